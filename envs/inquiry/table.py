"""The table behind an inquiry: hypotheses, questions, answers, prior and noise, and the exact inference they allow."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ...core.belief import BatchBelief, BatchBits, BatchOfBeliefs, BatchTable, Belief, BitBelief, TableBelief
from ...core.chance import Chance
from ...core.errors import InvalidOption

__all__ = ["MAX_NOISE", "RepeatBelief", "Table"]

MAX_NOISE = 0.5
"""Noise must stay below: at it an answer from two letters tells nothing, above it the opposite."""

Pair = tuple[int, int]


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Table:
    """Public knowledge of an inquiry: everything but which hypothesis holds.

    Attributes:
        answers: int8 of shape (hypotheses, questions), codes into `alphabet`; -1 marks a cell that is redrawn in each
            episode.
        alphabet: Words for the answers.
        prior: float64 of shape (hypotheses,), summing to 1: what the agent may assume.
        deal: float64 of shape (hypotheses,), summing to 1: what is dealt; the prior restricted to a split.
        noise: Chance in [0, 0.5) that an answer told is wrong; a wrong one is any other letter, all equally likely.
        items: Names of the hypotheses.
        questions: Texts of the questions.
    """

    answers: npt.NDArray[np.int8]
    alphabet: tuple[str, ...]
    prior: npt.NDArray[np.float64]
    deal: npt.NDArray[np.float64]
    noise: float = 0.0
    items: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        n, q = self.answers.shape
        letters = len(self.alphabet)
        if n < 2 or q < 1 or letters < 2:
            raise InvalidOption(f"an inquiry needs two hypotheses, a question and two answers; got {n}, {q}, {letters}")
        if self.answers.min() < -1 or self.answers.max() >= letters:
            raise InvalidOption(f"answers must be codes in [-1, {letters})")
        for p in (self.prior, self.deal):
            if p.shape != (n,) or not np.isfinite(p).all() or p.min() < 0 or abs(p.sum() - 1) > 1e-9:
                raise InvalidOption(f"a prior must be {n} non-negative numbers that sum to 1")

    @property
    def n(self) -> int:
        """Number of hypotheses."""
        return int(self.answers.shape[0])

    @property
    def q(self) -> int:
        """Number of questions."""
        return int(self.answers.shape[1])

    @property
    def letters(self) -> int:
        """Number of answers."""
        return len(self.alphabet)

    @functools.cached_property
    def redrawn(self) -> bool:
        """Whether some cells are drawn anew in each episode."""
        return bool((self.answers < 0).any())

    @property
    def exact(self) -> bool:
        """Whether a question always has the same answer for a hypothesis: no noise, nothing redrawn."""
        return self.noise == 0.0 and not self.redrawn

    @functools.cached_property
    def rows(self) -> list[list[int]]:
        """The answers as Python lists, for single lookups."""
        return self.answers.tolist()

    @functools.cached_property
    def compact_rows(self) -> list[bytes] | list[list[int]]:
        """The same in as little memory as goes: a step that misses the cache costs more than what it computes."""
        return [bytes(row) for row in self.rows] if self.letters <= 256 else self.rows

    @functools.cached_property
    def pairs(self) -> list[Pair]:
        """(question, answer) by code = question * letters + answer: what a turn can tell."""
        return [(question, answer) for question in range(self.q) for answer in range(self.letters)]

    @functools.cached_property
    def seen(self) -> list[npt.NDArray[np.int16]]:
        """The same as observations have it, one more of each; to be copied, never handed out."""
        return list(np.array(self.pairs, np.int16) + np.int16(1))

    @functools.cached_property
    def rates(self) -> npt.NDArray[np.float64]:
        """Share of each letter among a question's known cells, float64 of shape (questions, letters)."""
        counts = np.stack([(self.answers == a).sum(0) for a in range(self.letters)], axis=1).astype(np.float64)
        return counts / np.maximum(counts.sum(1, keepdims=True), 1.0)

    @functools.cached_property
    def truth_likelihood(self) -> npt.NDArray[np.float64]:
        """Probability of the true answer, before noise: float64 of shape (questions, letters, hypotheses)."""
        letters = np.arange(self.letters)[None, :, None]
        known = self.answers.T[:, None, :]
        return np.where(known < 0, self.rates[:, :, None], (known == letters).astype(np.float64))

    @functools.cached_property
    def likelihood(self) -> npt.NDArray[np.float64]:
        """Probability of the answer told: float64 of shape (questions, letters, hypotheses)."""
        wrong = self.noise / (self.letters - 1)
        return self.truth_likelihood * (1 - self.noise - wrong) + wrong

    def draw(self, chance: Chance) -> Any:
        """A hypothesis as it is dealt: an int, or an int64 array."""
        support, cumulative = self._dealt
        if cumulative is not None:
            return chance.pick(cumulative)
        place = chance.below(len(support))
        if len(support) == self.n:
            return place
        return support[place] if isinstance(place, int) else self._support[place]

    @functools.cached_property
    def _support(self) -> npt.NDArray[np.int64]:
        return np.flatnonzero(self.deal).astype(np.int64)

    @functools.cached_property
    def _dealt(self) -> tuple[list[int], list[float] | None]:
        """What can be dealt, and the cumulative weights where they are not all equal."""
        weights = self.deal[self._support]
        equal = np.allclose(weights, weights[0], rtol=1e-12, atol=0)
        return self._support.tolist(), None if equal else self.cumulative(self.deal)

    def cumulative(self, p: npt.NDArray[np.float64]) -> list[float]:
        """Cumulative weights for :meth:`~infogap.core.chance.Chance.pick`, ending at exactly 1."""
        sums = np.cumsum(p)
        return (sums / sums[-1]).tolist()

    def answer(self, item: Any, fill: Any, question: Any) -> Any:
        """The true answer: ints in, int out; arrays in, int64 array out.

        `fill` decides the redrawn cells of an episode.
        """
        if isinstance(item, int):
            code = self.rows[item][question]
            return code if code >= 0 else Chance(fill, 0, question).pick(self._fill_weights[question])
        if np.ndim(item) == 0:
            return self.answer(int(item), int(fill), int(question))
        codes = self.answers[item, question].astype(np.int64)
        if not self.redrawn:
            return codes
        drawn = np.asarray(Chance(np.asarray(fill, np.uint64), np.uint64(0), np.asarray(question, np.uint64)).unit())
        weights = np.asarray(self._fill_weights)[question]
        filled = np.minimum((weights <= drawn[..., None]).sum(-1), self.letters - 1)
        return np.where(codes < 0, filled, codes)

    @functools.cached_property
    def _fill_weights(self) -> list[list[float]]:
        return [self.cumulative(rate) for rate in self.rates]

    def told(self, answer: Any, noise: Chance) -> Any:
        """The answer after noise: a wrong letter with probability `noise`, drawn anew at every asking."""
        return answer if self.noise == 0.0 else self.garbled(answer, noise.unit())

    def garbled(self, answer: Any, u: Any) -> Any:
        """The answer after noise, by a draw `u` in [0, 1): ints and a float in, int out; arrays in, int64 array out."""
        others = self.letters - 1
        if isinstance(answer, int):
            if u >= self.noise:
                return answer
            return (answer + 1 + min(int(u / self.noise * others), others - 1)) % self.letters
        shift = np.where(u < self.noise, 1 + np.minimum((u / self.noise * others).astype(np.int64), others - 1), 0)
        return (answer + shift) % self.letters

    def belief(self) -> Belief:
        """The exact belief at the start, of an agent that assumes the prior."""
        uniform = self.prior[self.prior > 0]
        if self.exact and np.allclose(uniform, uniform[0], rtol=1e-12, atol=0):
            return BitBelief(self.truth_likelihood > 0, self.prior > 0)
        return RepeatBelief(self) if self.redrawn else TableBelief(self.likelihood, self.prior)

    def batch_belief(self, rows: int) -> BatchBelief:
        """The same for each row of a vector environment."""
        one = self.belief()
        if isinstance(one, BitBelief):
            return BatchBits(self.truth_likelihood > 0, self.prior > 0, rows)
        if isinstance(one, RepeatBelief):
            return BatchOfBeliefs([one, *(self.belief() for _ in range(rows - 1))])
        return BatchTable(self.likelihood, self.prior, rows)

    def best(self, transcript: Sequence[Pair]) -> int:
        """The most probable hypothesis after a transcript of (question, answer told); the first of equals."""
        if self.exact:
            left = self._live
            for question, answer in transcript:
                left = left & self._sets[question][answer]
            return self._order[(left & -left).bit_length() - 1]
        belief = self.belief()
        for question, answer in transcript:
            belief.update(question, answer)
        return first_of_best(belief.probabilities())

    @functools.cached_property
    def _order(self) -> list[int]:
        return np.argsort(-self.prior, kind="stable").tolist()

    @functools.cached_property
    def _ranked(self) -> BitBelief:
        return BitBelief(self.truth_likelihood[:, :, self._order] > 0, self.prior[self._order] > 0)

    @functools.cached_property
    def _sets(self) -> list[list[int]]:
        return self._ranked.sets

    @functools.cached_property
    def _live(self) -> int:
        return self._ranked.start


def first_of_best(p: npt.NDArray[np.float64]) -> int:
    """Index of the greatest probability; the first of those that differ from it by rounding only (a part in 10^9)."""
    return int(np.flatnonzero(p >= p.max() * (1 - 1e-9))[0])


class RepeatBelief(TableBelief):
    """Bayes where a redrawn cell keeps its answer for the episode, so that asking again is no new evidence about it.

    For a hypothesis whose cell is redrawn, the answers told to one question are independent only given the letter
    drawn: their likelihood is the mean over letters of the product, not the product of the means.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        wrong = table.noise / (table.letters - 1)
        self._channel = np.where(
            np.eye(table.letters, dtype=bool), 1 - table.noise, wrong
        )  # [true letter, letter told]
        self._told: list[Pair] = []
        super().__init__(table.likelihood, table.prior)

    def reset(self) -> None:
        """Back to the prior."""
        super().reset()
        self._told = []

    def update(self, query: int, answer: int) -> None:
        """Take in an answer; a repeated question makes the weights be computed from all that was told."""
        if all(query != asked for asked, _ in self._told):
            super().update(query, answer)
        else:
            told = [*self._told, (query, answer)]
            weight = self._prior.copy()
            for question in dict.fromkeys(asked for asked, _ in told):
                heard = [a for asked, a in told if asked == question]
                given_letter = np.prod(self._channel[:, heard], axis=1)
                weight *= given_letter @ self._table.truth_likelihood[question]
            total = float(weight.sum())
            if not total > 0.0:
                raise InvalidOption(f"no hypothesis allows answer {answer} to query {query}")
            self._weight, self._total = weight, total
        self._told.append((query, answer))
