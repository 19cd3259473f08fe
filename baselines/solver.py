"""The best decision tree of a given depth over a table of answers, by branch and bound, with certified bounds.

With T questions, exact answers and a uniform prior, a policy names as many items as its tree has leaves that hold an
item. So the optimum is a tree of depth T with as many such leaves as there can be. The search counts the *loss*: items
that no leaf names. Sets of items are the bits of Python ints.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Solution", "Solver", "solve"]

Tree = Any
"""A policy: ``None`` (stop asking and guess), or ``[question, tree after letter 0, after letter 1, ...]``."""

Split = tuple[int, tuple[int, ...]]
"""A question and the sets it parts a set into, empty ones left out, the largest first."""


class OutOfTime(Exception):
    """The search has used up its time; raised and caught in this module."""


@dataclass(frozen=True)
class Solution:
    """How many items the best policy names.

    Attributes:
        lower: Items that `tree` names.
        upper: No policy names more. Equal to `lower` where the search was finished.
        distinct: Items that differ in some answer; no number of questions names more.
        tree: A policy that names `lower` items.
    """

    lower: int
    upper: int
    distinct: int
    tree: Tree


class Solver:
    """Branch and bound over decision trees.

    A set of n items with b questions left loses at least ``n - capacity``, where the capacity is the number of leaves
    a tree of depth b can fill: K^b, and no more than 2^b plus the items that ever give a third answer. Sets of at
    most b + 1 items lose nothing, since all rows differ.

    Args:
        answers: int8 of shape (items, questions), letters in [0, letters); rows all different.
        letters: Size of the answer alphabet.
        width: How many of the most promising questions are tried while more than two are left; None: all, for an
            exact search.
        seconds: Time after which a search gives up.
    """

    def __init__(
        self, answers: npt.NDArray[np.int8], letters: int, width: int | None = None, seconds: float = math.inf
    ):
        self.items, self.questions = answers.shape
        self.letters, self.width = letters, width
        self.deadline = time.monotonic() + seconds
        self.all = (1 << self.items) - 1
        self._cells = [[_as_bits(answers[:, q] == a) for a in range(letters)] for q in range(self.questions)]
        self._third = _as_bits((answers >= 2).any(1))
        self._one: dict[int, int] = {}
        self._low: dict[tuple[int, int], int] = {}
        self._found: dict[tuple[int, int], tuple[int, int]] = {}
        self._ticks = 0

    def capacity(self, items: int, depth: int) -> int:
        """An upper bound on the leaves that `depth` questions make of a set."""
        return min(items.bit_count(), self.letters**depth, 2**depth + (items & self._third).bit_count())

    def splits(self, items: int, questions: list[int]) -> list[Split]:
        """The different ways to part a set, each by its first question."""
        seen: dict[tuple[int, ...], int] = {}
        for q in questions:
            cells = [cell for mask in self._cells[q] if (cell := items & mask)]
            if len(cells) > 1:
                cells.sort(key=lambda cell: (-cell.bit_count(), cell))
                seen.setdefault(tuple(cells), q)
        return [(q, cells) for cells, q in seen.items()]

    def letters_in(self, items: int, questions: list[int]) -> int:
        """Leaves of the best single question."""
        n = items.bit_count()
        if n <= 2 or not items & self._third:
            return min(n, 2)
        best = self._one.get(items)
        if best is None:
            best = 2
            for q in questions:
                found = sum(1 for mask in self._cells[q] if items & mask)
                if found > best:
                    best = found
                    if best == min(n, self.letters):
                        break
            self._one[items] = best
        return best

    def loss(self, items: int, depth: int, limit: int, questions: list[int] | None = None) -> int:
        """The least loss of a set, where it is at most `limit`; else a number above `limit` that bounds it below.

        Args:
            items: A set of items.
            depth: Questions left.
            limit: Losses above it are of no interest.
            questions: Those that may part the set; all where None.

        Raises:
            OutOfTime: The time is used up.
        """
        n = items.bit_count()
        if n <= depth + 1:
            return 0
        if depth == 0:
            return n - 1
        key = items, depth
        least = max(n - self.capacity(items, depth), self._low.get(key, 0))
        found = self._found.get(key)
        if least > limit or (found and found[0] == least):
            return least
        self._check_time()
        ways = self.splits(items, questions if questions is not None else list(range(self.questions)))
        asked = [q for q, _ in ways]
        best, move = found if found and found[0] <= limit else (limit + 1, -1)
        for base, _, q, cells, bases in self._ranked(ways, depth - 1, asked, best):
            if base >= best:
                break
            total = base
            for cell, at_least in zip(cells, bases, strict=True):
                total += self.loss(cell, depth - 1, best - 1 - (total - at_least), asked) - at_least
                if total >= best:
                    break
            else:
                best, move = total, q
                if best <= least:
                    break
        if move >= 0:
            self._found[key] = best, move
        self._low[key] = max(least, best)
        return best

    def _ranked(
        self, ways: list[Split], depth: int, asked: list[int], best: int
    ) -> list[tuple[int, float, int, tuple[int, ...], list[int]]]:
        """The splits worth trying, the most promising first: by the loss that is certain, then by entropy."""
        ranked = []
        for q, cells in ways:
            if depth == 1:
                bases = [cell.bit_count() - self.letters_in(cell, asked) for cell in cells]
            else:
                bases = [cell.bit_count() - self.capacity(cell, depth) for cell in cells]
            base = sum(bases)
            if base < best:
                spread = sum((size := cell.bit_count()) * math.log(size) for cell in cells)
                ranked.append((base, round(spread, 9), q, cells, bases))
        ranked.sort(key=lambda way: way[:3])
        return ranked if self.width is None or depth < 2 else ranked[: self.width]

    def _check_time(self) -> None:
        self._ticks += 1
        if self._ticks % 64 == 0 and time.monotonic() > self.deadline:
            raise OutOfTime

    def tree(self, items: int, depth: int) -> Tree:
        """The policy found for a set, after :meth:`loss` has answered for it."""
        if depth == 0 or items.bit_count() <= 1:
            return None
        found = self._found.get((items, depth))
        q = found[1] if found else self._any_question(items, depth)
        parts = (items & mask for mask in self._cells[q])
        return [q, *(self.tree(part, depth - 1) if part else None for part in parts)]

    def _any_question(self, items: int, depth: int) -> int:
        """For sets so small that every question that parts them will do: the one of most entropy."""
        everything = list(range(self.questions))
        return self._ranked(self.splits(items, everything), depth - 1, everything, self.items)[0][2]


def _as_bits(row: npt.NDArray[Any] | Any) -> int:
    return int.from_bytes(np.packbits(row, bitorder="little").tobytes(), "little")


def named(tree: Tree, answers: npt.NDArray[np.int8], items: list[int] | None = None) -> int:
    """How many items a policy names: its leaves that hold an item."""
    items = list(range(len(answers))) if items is None else items
    if tree is None or not items:
        return min(len(items), 1)
    q, *after = tree
    return sum(named(sub, answers, [i for i in items if answers[i, q] == a]) for a, sub in enumerate(after))


def solve(answers: npt.NDArray[np.int8], letters: int, depth: int, seconds: float = 600.0, log: Any = None) -> Solution:
    """Bound the number of items that `depth` questions can name, from both sides.

    First policies are sought with a growing width, in half of the time; then losses are excluded one by one by the
    exact search, until one is attained or the time is over.

    Args:
        answers: int8 of shape (items, questions), letters in [0, letters). Of equal rows one can be named.
        letters: Size of the answer alphabet.
        depth: Number of questions.
        seconds: Time in all.
        log: Called with a line of progress now and then.
    """
    say = log or (lambda line: None)
    start = time.monotonic()
    rows = np.unique(answers, axis=0)
    exact = Solver(rows, letters, None, seconds)
    n = len(rows)
    best, tree = n - 1, None  # a guess names one
    least = n - exact.capacity(exact.all, depth)
    width = 1
    while best > least and width < 2 * answers.shape[1]:
        narrow = Solver(rows, letters, width, seconds / 2 - (time.monotonic() - start))
        try:
            loss = narrow.loss(narrow.all, depth, best - 1)
        except OutOfTime:
            break
        if loss < best:
            best, tree = loss, narrow.tree(narrow.all, depth)
        say(f"width {width}: names {n - best} of {n} after {time.monotonic() - start:.0f} s")
        width *= 2
    try:
        while least < best:
            loss = exact.loss(exact.all, depth, least)
            if loss <= least:
                best, tree = loss, exact.tree(exact.all, depth)
            else:
                least = max(loss, least + 1)
            say(f"at most {n - least} of {n} after {time.monotonic() - start:.0f} s")
    except OutOfTime:
        pass
    return Solution(n - best, n - least, n, tree)
