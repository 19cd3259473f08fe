"""The best fixed set of questions, by local search."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from ..envs.inquiry.table import Table, first_of_best

__all__ = ["best_fixed_questions"]

RESTARTS = 6
MOST = 100
"""Questions in a set at most; a budget beyond it is not used up."""
LETTERS = 128
"""More than any alphabet of int8 codes has; cells are numbered by it."""
SAME = 1e-12

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@functools.lru_cache(maxsize=64)
def best_fixed_questions(table: Table, count: int) -> tuple[int, ...]:
    """A set of questions whose answers tell much under the prior, in the order they were found.

    Questions are added one by one, each the one with the greatest expected success of a final guess by the posterior;
    then single questions are exchanged while that helps; the same from random sets; the best is kept. Noise is left out
    of that, and redrawn cells count as a letter of their own. Under either the rest of the budget goes to further sets,
    found in the same way among the questions left.

    Args:
        table: The table.
        count: Questions at most.
    """
    count = min(count, MOST)
    order = np.argsort(-table.prior, kind="stable")  # the guess among items left is the first of them
    answers, prior = table.answers[order].astype(np.int64), table.prior[order]
    left = np.arange(table.q)
    chosen: list[int] = []
    while len(chosen) < count and left.size:
        found = left[_search(answers[:, left], prior, count - len(chosen))]
        chosen += found.tolist()
        left = np.setdiff1d(left, found)
        if table.exact or not found.size:
            break
    return tuple(chosen)


def _search(answers: Codes, prior: Floats, count: int) -> list[int]:
    """Indices of different columns of `answers`, at most `count`."""
    all_there_is = prior[np.unique(answers, axis=0, return_index=True)[1]].sum()
    greedy: list[int] = []
    value, cells = float(prior[0]), np.zeros(len(prior), np.int64)
    while len(greedy) < count and value < all_there_is - SAME:
        question, value = _best_next(answers, cells, prior)
        if question in greedy:
            break
        greedy.append(question)
        cells = _refine(cells, answers[:, question])
    best, best_value = _exchanged(greedy, value, answers, prior)
    chance = np.random.default_rng(0)
    for _ in range(RESTARTS if greedy else 0):
        start = chance.choice(answers.shape[1], min(count, answers.shape[1]), replace=False).tolist()
        chosen, value = _exchanged(start, -1.0, answers, prior)
        if value > best_value + SAME:
            best, best_value = chosen, value
    return list(dict.fromkeys(best))


def _exchanged(chosen: list[int], value: float, answers: Codes, prior: Floats) -> tuple[list[int], float]:
    """Exchange one question after the other, while that raises the value; the set and its value at the end."""
    chosen, at, unchanged = list(chosen), 0, 0
    while unchanged < len(chosen):
        cells = np.zeros(len(answers), np.int64)
        for question in chosen[:at] + chosen[at + 1 :]:
            cells = _refine(cells, answers[:, question])
        question, found = _best_next(answers, cells, prior)
        unchanged += 1
        if found > value + SAME:
            chosen[at], value, unchanged = question, found, 1
        at = (at + 1) % len(chosen)
    return chosen, value


def _best_next(answers: Codes, cells: Codes, prior: Floats) -> tuple[int, float]:
    """The question that helps most after those that made `cells`, and the expected success then.

    That is the mass of the first item of each cell, since items come in the order of the prior.
    """
    n = len(cells)
    keys = (cells[:, None] * LETTERS + answers) * n + np.arange(n)[:, None]
    keys.sort(axis=0)
    cell = keys // n
    first = np.ones(keys.shape, bool)
    first[1:] = cell[1:] != cell[:-1]
    values = (prior[keys % n] * first).sum(0)
    best = first_of_best(values)
    return best, float(values[best])


def _refine(cells: Codes, answers: Codes) -> Codes:
    return np.unique(cells * LETTERS + answers, return_inverse=True)[1].reshape(-1)
