"""The best fixed set of questions, by local search."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from ..envs.inquiry.table import Table, first_of_best

__all__ = ["best_fixed_questions"]

RESTARTS = 6
SAMPLES = 1000
MOST = 100
"""Questions in a set at most; a budget beyond it is not used up."""
LETTERS = 128
"""More than any alphabet of int8 codes has; cells are numbered by it."""

SAME = 1e-12
Floats = npt.NDArray[np.float64]


@functools.lru_cache(maxsize=64)
def best_fixed_questions(table: Table, count: int) -> tuple[int, ...]:
    """A set of questions whose answers tell most under the prior, in the order they were found.

    Where answers are exact: questions are added one by one, each the one with the greatest expected success; then
    single questions are exchanged while that helps; the same from random sets; the best is kept. Success is computed
    exactly, for a final guess by the posterior. With noise or redrawn cells: questions are added one by one, by their
    success over sampled episodes.

    Args:
        table: The table.
        count: Questions at most.
    """
    count = min(count, MOST)
    return _exact_search(table, count) if table.exact else _sampled_search(table, count)


def _exact_search(table: Table, count: int) -> tuple[int, ...]:
    order = np.argsort(-table.prior, kind="stable")  # the guess among items left is the first of them
    answers, prior = table.answers[order].astype(np.int64), table.prior[order]
    all_there_is = prior[_distinct(answers)].sum()
    chance = np.random.default_rng(0)
    greedy: list[int] = []
    value, cells = float(prior[0]), np.zeros(table.n, np.int64)
    while len(greedy) < count and value < all_there_is - SAME:
        question, value = _first_greatest(_values(answers, cells, prior))
        greedy.append(question)
        cells = _refine(cells, answers[:, question])
    best, best_value = _exchanged(greedy, value, answers, prior)
    for _ in range(RESTARTS if greedy else 0):
        start = chance.choice(table.q, min(count, table.q), replace=False).tolist()
        chosen, value = _exchanged(start, -1.0, answers, prior)
        if value > best_value + SAME:
            best, best_value = chosen, value
    return tuple(best)


def _exchanged(
    chosen: list[int], value: float, answers: npt.NDArray[np.int64], prior: Floats
) -> tuple[list[int], float]:
    """Exchange one question after the other, while that raises the value; the set and its value at the end."""
    chosen, at, unchanged = list(chosen), 0, 0
    while unchanged < len(chosen):
        cells = np.zeros(len(answers), np.int64)
        for question in chosen[:at] + chosen[at + 1 :]:
            cells = _refine(cells, answers[:, question])
        question, found = _first_greatest(_values(answers, cells, prior))
        unchanged += 1
        if found > value + SAME:
            chosen[at], value, unchanged = question, found, 1
        at = (at + 1) % len(chosen)
    return chosen, value


def _values(answers: npt.NDArray[np.int64], cells: npt.NDArray[np.int64], prior: Floats) -> Floats:
    """Expected success after the questions that made `cells` and each further question.

    It is the mass of the first item of each cell, since items come in the order of the prior.
    """
    n = len(cells)
    keys = (cells[:, None] * LETTERS + answers) * n + np.arange(n)[:, None]
    keys.sort(axis=0)
    cell = keys // n
    first = np.ones(keys.shape, bool)
    first[1:] = cell[1:] != cell[:-1]
    return (prior[keys % n] * first).sum(0)


def _refine(cells: npt.NDArray[np.int64], answers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.unique(cells * LETTERS + answers, return_inverse=True)[1].reshape(-1)


def _distinct(answers: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
    return np.unique(answers, axis=0, return_index=True)[1]


def _first_greatest(values: Floats) -> tuple[int, float]:
    best = first_of_best(values)
    return best, float(values[best])


def _sampled_search(table: Table, count: int) -> tuple[int, ...]:
    chance = np.random.default_rng(0)
    items = chance.choice(table.n, SAMPLES, p=table.prior)
    weight = np.tile(table.prior, (SAMPLES, 1))
    cumulative = table.likelihood.cumsum(1)
    chosen: list[int] = []
    for _ in range(count):
        u = chance.random(SAMPLES)
        values = np.full(table.q, -1.0)
        for question in range(table.q):
            if not (table.redrawn and question in chosen):
                told = (u >= cumulative[question, :-1, items].T).sum(0)
                values[question] = ((weight * table.likelihood[question, told]).argmax(1) == items).mean()
        if values.max() < 0:
            break
        question = _first_greatest(values)[0]
        chosen.append(question)
        told = (u >= cumulative[question, :-1, items].T).sum(0)
        weight *= table.likelihood[question, told]
        weight /= weight.sum(1, keepdims=True)
    return tuple(chosen)
