"""Beliefs: exact Bayes over a finite set of hypotheses, incremental and in log space.

A belief reads what an agent was *told*: the environment's pair (query, answer) of a turn. Its likelihoods come from the same releases that
answer in the environment, asked of all hypotheses at once.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import InvalidOption

__all__ = ["Belief", "BitBelief", "TableBelief", "entropy_bits"]

Floats = npt.NDArray[np.float64]


def entropy_bits(p: Floats) -> float:
    """Shannon entropy of a distribution, in bits."""
    q = p[p > 0]
    return float(-(q * np.log2(q)).sum())


class Belief(ABC):
    """A distribution over `n` hypotheses that is updated by what was told."""

    n: int

    @abstractmethod
    def reset(self) -> None:
        """Back to the prior."""

    @abstractmethod
    def update(self, query: int, answer: int) -> None:
        """Take in the answer to a query.

        Raises:
            InvalidOption: No hypothesis allows this answer; nothing has changed.
        """

    @abstractmethod
    def log_prob(self, hypothesis: int) -> float:
        """Natural logarithm of the probability of one hypothesis; minus infinity where it is excluded."""

    @abstractmethod
    def probabilities(self) -> Floats:
        """The distribution, float64 of shape (n,), summing to 1."""


_CONTRADICTION = "no hypothesis allows answer {} to query {}; the belief does not fit this environment's options"


class TableBelief(Belief):
    """Bayes over a likelihood table, for any prior and noise.

    Args:
        likelihood: float64 of shape (queries, answers, hypotheses): probability of being told the answer.
        prior: float64 of shape (hypotheses,), summing to 1.
    """

    def __init__(self, likelihood: Floats, prior: Floats) -> None:
        self._likelihood = np.ascontiguousarray(likelihood)
        self._rows = [list(per_query) for per_query in self._likelihood]
        self._prior = np.ascontiguousarray(prior, dtype=np.float64)
        self.n = self._prior.size
        self._ones = np.ones(self.n)
        self.reset()

    def reset(self) -> None:
        """Back to the prior."""
        self._weight = self._prior.copy()
        self._spare = np.empty_like(self._weight)
        self._total = 1.0

    def update(self, query: int, answer: int) -> None:
        """Multiply the likelihood in. Weights are left unnormalised, and rescaled before they underflow."""
        spare = self._spare
        np.multiply(self._weight, self._rows[query][answer], out=spare)
        total = float(spare.dot(self._ones))
        if not total > 0.0:
            raise InvalidOption(_CONTRADICTION.format(answer, query))
        if total < 1e-100:
            spare /= total
            total = 1.0
        self._weight, self._spare, self._total = spare, self._weight, total

    def log_prob(self, hypothesis: int) -> float:
        """Log of the normalised weight."""
        w = self._weight.item(hypothesis)
        return math.log(w / self._total) if w > 0.0 else -math.inf

    def probabilities(self) -> Floats:
        """The normalised weights."""
        return self._weight / self._weight.sum()


class BitBelief(Belief):
    """The same for answers that exclude and a uniform prior: the candidates as the bits of one Python int.

    Args:
        allows: bool of shape (queries, answers, hypotheses): whether a hypothesis gives the answer.
        support: bool of shape (hypotheses,): which are possible at the start.
    """

    def __init__(self, allows: npt.NDArray[np.bool_], support: npt.NDArray[np.bool_]) -> None:
        self.n = int(support.size)
        self.sets = [[as_bits(row) for row in per_query] for per_query in allows]
        self.start = as_bits(support)
        self._log = [-math.inf, *(math.log(k) for k in range(1, self.n + 1))]
        self.reset()

    def reset(self) -> None:
        """Back to the support."""
        self._left = self.start

    def update(self, query: int, answer: int) -> None:
        """Keep the candidates that give this answer."""
        left = self._left & self.sets[query][answer]
        if not left:
            raise InvalidOption(_CONTRADICTION.format(answer, query))
        self._left = left

    def log_prob(self, hypothesis: int) -> float:
        """Minus the log number of candidates."""
        return -self._log[self._left.bit_count()] if self._left >> hypothesis & 1 else -math.inf

    def probabilities(self) -> Floats:
        """Uniform over the candidates."""
        raw = np.frombuffer(self._left.to_bytes((self.n + 7) // 8, "little"), np.uint8)
        bits = np.unpackbits(raw, count=self.n, bitorder="little").astype(np.float64)
        return bits / bits.sum()


def as_bits(row: npt.NDArray[Any]) -> int:
    """A bool array as an int whose bit i is entry i."""
    return int.from_bytes(np.packbits(row, bitorder="little").tobytes(), "little")
