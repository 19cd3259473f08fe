"""Beliefs: exact Bayes over a finite set of hypotheses, incremental and in log space.

A belief reads what an agent was *told*: the environment's pair (query, answer) of a turn. Its likelihoods come from
the same releases that answer in the environment, asked of all hypotheses at once.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import InvalidOption

__all__ = [
    "BatchBelief",
    "BatchBits",
    "BatchOfBeliefs",
    "BatchTable",
    "Belief",
    "BitBelief",
    "TableBelief",
    "as_bits",
    "entropy_bits",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


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

    def learn(self, told: tuple[int, int], hypothesis: int) -> float:
        """Take in (query, answer), and return :meth:`log_prob` of `hypothesis` after it."""
        self.update(*told)
        return self.log_prob(hypothesis)

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
        np.multiply(self._weight, self._likelihood[query, answer], out=spare)
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
        p: Floats = self._weight / self._weight.sum()
        return p


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

    def learn(self, told: tuple[int, int], hypothesis: int) -> float:
        """The two in one; training loops call it at every step."""
        left = self._left & self.sets[told[0]][told[1]]
        if not left:
            raise InvalidOption(_CONTRADICTION.format(told[1], told[0]))
        self._left = left
        return -self._log[left.bit_count()] if left >> hypothesis & 1 else -math.inf

    def log_prob(self, hypothesis: int) -> float:
        """Minus the log number of candidates."""
        return -self._log[self._left.bit_count()] if self._left >> hypothesis & 1 else -math.inf

    def probabilities(self) -> Floats:
        """Uniform over the candidates."""
        raw = np.frombuffer(self._left.to_bytes((self.n + 7) // 8, "little"), np.uint8)
        bits = np.unpackbits(raw, count=self.n, bitorder="little").astype(np.float64)
        p: Floats = bits / bits.sum()
        return p


class BatchBelief(ABC):
    """One belief per row of a vector environment.

    Attributes:
        prior_log: Log-probability of each hypothesis at the start, float64 of shape (hypotheses,).
    """

    prior_log: Floats

    @abstractmethod
    def reset(self, rows: npt.NDArray[np.intp]) -> None:
        """Back to the prior in `rows`."""

    @abstractmethod
    def learn(self, queries: Ints, answers: Ints, hypotheses: Ints) -> Floats:
        """Take in an answer in each row with ``queries >= 0``.

        Returns:
            Log-probability of each row's hypothesis after it, of shape (rows,).
        """


class BatchBits(BatchBelief):
    """:class:`BitBelief` for `rows` rows, as words of 64 bits."""

    def __init__(self, allows: npt.NDArray[np.bool_], support: npt.NDArray[np.bool_], rows: int) -> None:
        queries, self._letters, n = allows.shape
        pad = -n % 64
        widened = np.pad(
            allows.reshape(-1, n), ((0, 1), (0, pad)), constant_values=True
        )  # the last row excludes nothing
        self._sets = np.packbits(widened, axis=1, bitorder="little").view("<u8").astype(np.uint64)
        self._start = np.packbits(np.pad(support, (0, pad)), bitorder="little").view("<u8").astype(np.uint64)
        self._nothing = queries * self._letters
        self._left = np.tile(self._start, (rows, 1))
        self._rows = np.arange(rows)
        with np.errstate(divide="ignore"):
            self._log = -np.array([-math.inf, *(math.log(k) for k in range(1, n + 1))])
            self.prior_log = np.where(support, self._log[int(support.sum())], -np.inf)

    def reset(self, rows: npt.NDArray[np.intp]) -> None:
        """Back to the support."""
        self._left[rows] = self._start

    def learn(self, queries: Ints, answers: Ints, hypotheses: Ints) -> Floats:
        """Keep the candidates that give the answers."""
        cells = queries * self._letters + answers
        cells[queries < 0] = self._nothing
        left = self._left
        left &= self._sets.take(cells, axis=0)
        log: Floats = self._log.take(np.bitwise_count(left).sum(axis=1, dtype=np.intp))
        words = left[self._rows, hypotheses >> 6]
        lost = (words >> (hypotheses & 63).astype(np.uint64)) & np.uint64(1) == 0
        if lost.any():
            log[lost] = -np.inf
        return log


class BatchTable(BatchBelief):
    """:class:`TableBelief` for `rows` rows."""

    def __init__(self, likelihood: Floats, prior: Floats, rows: int) -> None:
        queries, self._letters, n = likelihood.shape
        self._cells = np.concatenate([likelihood.reshape(-1, n), np.ones((1, n))])
        self._nothing = queries * self._letters
        self._prior = prior
        self._weight = np.tile(prior, (rows, 1))
        self._rows = np.arange(rows)
        with np.errstate(divide="ignore"):
            self.prior_log = np.log(prior)

    def reset(self, rows: npt.NDArray[np.intp]) -> None:
        """Back to the prior."""
        self._weight[rows] = self._prior

    def learn(self, queries: Ints, answers: Ints, hypotheses: Ints) -> Floats:
        """Multiply the likelihoods in, and normalise."""
        cells = queries * self._letters + answers
        cells[queries < 0] = self._nothing
        weight = self._weight
        weight *= self._cells.take(cells, axis=0)
        weight /= weight.sum(axis=1, keepdims=True)
        with np.errstate(divide="ignore"):
            return np.log(weight[self._rows, hypotheses])


class BatchOfBeliefs(BatchBelief):
    """Any belief, one object per row: slow, and right for beliefs that have no batch form."""

    def __init__(self, beliefs: list[Belief]) -> None:
        self._beliefs = beliefs
        with np.errstate(divide="ignore"):
            self.prior_log = np.log(beliefs[0].probabilities())

    def reset(self, rows: npt.NDArray[np.intp]) -> None:
        """Back to the prior."""
        for i in rows.tolist():
            self._beliefs[i].reset()

    def learn(self, queries: Ints, answers: Ints, hypotheses: Ints) -> Floats:
        """Row by row."""
        told = zip(self._beliefs, queries.tolist(), answers.tolist(), hypotheses.tolist(), strict=True)
        return np.array([b.log_prob(h) if q < 0 else b.learn((q, a), h) for b, q, a, h in told])


def as_bits(row: npt.NDArray[Any]) -> int:
    """A bool array as an int whose bit i is entry i."""
    return int.from_bytes(np.packbits(row, bitorder="little").tobytes(), "little")
