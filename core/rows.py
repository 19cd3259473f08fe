"""The running episodes behind a native vector environment: a :class:`~infogap.core.world.World` for many rows at once.

Truths are held as a struct of arrays. Because chance is counter-based, they are dealt some episodes ahead for every
row.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from .chance import PUBLIC, Chance, KeyedChance, check_key, streams
from .errors import InvalidTruth, ResetNeeded
from .truth import Audit, Truth, View, view_class

__all__ = ["RowWorld", "Rows"]

AHEAD = 64
"""Episodes dealt ahead per row. Dealing waits for the row that ends most often, so few would be wasteful."""

BLOCK = 128
"""Rows dealt for at once."""

Rows = npt.NDArray[np.intp]


class RowWorld:
    """The episodes of all rows.

    Args:
        rows: Number of rows.
        family: Name of the instance family, as of the single environment.
        generator: Version of the family's generator.
        kind: The Truth class.
        initial: Deals initial truths from streams of many rows; fields it leaves scalars are the same in all.

    Attributes:
        truth: The current truths; None before the first reset.
    """

    def __init__(
        self, rows: int, family: str, generator: int, kind: type[Truth], initial: Callable[[Chance], Truth]
    ) -> None:
        self.family, self.generator, self.kind, self._initial = family, generator, kind, initial
        self.rows = rows
        self.key = PUBLIC
        self.truth: Any = None
        self.audit: Audit | None = None
        self._stale = True
        self._seeds: list[int] | None = None
        self._dice: Chance
        self._noise: Chance
        # Row i plays episode first[i] + (at[i] - origin[i]); what is dealt for it stands at at[i] in the pool.
        self._origin = np.arange(rows, dtype=np.intp) * AHEAD
        self._at = self._origin.copy()
        self._first = np.zeros(rows, np.uint64)
        self._pool: dict[str, npt.NDArray[Any]] = {}
        self._constants = True
        self._safe = 0  # how often any row may still go to its next episode before that must be looked at
        self._final: dict[str, npt.NDArray[Any]] = {}
        self._had = np.zeros(rows, np.bool_)
        self._planted: Truth | None = None
        self._views: dict[str, View] = {}

    # -- for the base ----------------------------------------------------------------------------------------------
    @property
    def started(self) -> bool:
        """Whether there has been a reset."""
        return self.truth is not None

    def episodes(self) -> npt.NDArray[np.uint64]:
        """Number of the current episode in each row since its last seeding."""
        return self._first + (self._at - self._origin).astype(np.uint64)

    def noise(self, turns: npt.NDArray[np.int64]) -> Chance:
        """The noise streams of all rows at these turns, as their single environments would have them."""
        return self._noise.at(self.episodes(), turns.astype(np.uint64))

    def open(self, rows: Rows, seeds: list[int | None]) -> None:
        """Start the next episode of `rows`, or the first of their new seeds, or what was planted for all.

        Raises:
            ResetNeeded: The first reset, or the first with a new key, must be of all rows; nothing has changed.
        """
        if rows.size < self.rows and (self.truth is None or self._stale):
            why = "the first reset" if self.truth is None else "the first reset with a new key"
            raise ResetNeeded(f"{why} must be of all rows; call reset() without reset_mask")
        if self.truth is not None:
            self._had[rows] = True
            for name, kept in self._final.items():
                kept[rows] = getattr(self.truth, name)[rows]
        self._seed(rows, seeds)
        self._deal_ahead()
        if self.truth is None:
            fields = {name: _wide(values[self._at]) for name, values in self._broadcast().items()}
            self.truth = self.kind(**fields)
            self._final = {name: values.copy() for name, values in fields.items()}
        for name, pool in self._pool.items():
            getattr(self.truth, name)[rows] = pool[self._at[rows]]
        if self._planted is not None and rows.size == self.rows:
            self.truth, self._planted = self._planted, None
            self._constants = False  # planted rows may differ where dealt ones do not
            self._pool = self._broadcast()
        for seen in self._views.values():
            seen._truth = self.truth

    def _seed(self, rows: Rows, seeds: list[int | None]) -> None:
        first = self._seeds is None
        if self._seeds is None:
            self._seeds = [int.from_bytes(os.urandom(7), "big") for _ in range(self.rows)]
        fresh = rows[[first or seeds[i] is not None for i in rows.tolist()]]
        for i in fresh.tolist():
            given = seeds[i]
            if given is not None:
                self._seeds[i] = given
        self._first, self._at = self.episodes(), self._origin.copy()
        self._first[np.setdiff1d(rows, fresh)] += np.uint64(1)
        self._first[fresh] = 0
        if self._stale:
            kind, keys = (Chance, np.uint64) if self.key == PUBLIC else (KeyedChance, object)
            self._dice, self._noise = (kind(np.zeros(self.rows, keys)) for _ in range(2))
            self._stale, fresh = False, np.arange(self.rows)
        for i in fresh.tolist():
            dice, noise = streams(self.key, self.family, self.generator, self._seeds[i])
            self._dice.key[i], self._noise.key[i] = dice.key, noise.key

    def _deal_ahead(self) -> None:
        """Deal the current and the next episodes of every row."""
        self._first, self._at = self.episodes(), self._origin.copy()
        parts = [self._deal_block(slice(at, at + BLOCK)) for at in range(0, self.rows, BLOCK)]
        # What initial() leaves a scalar is the same in every episode.
        self._dealt = {n: np.concatenate([p[n] for p in parts]) if v.ndim else v for n, v in parts[0].items()}
        self._pool = {n: v for n, v in self._dealt.items() if v.ndim} if self._constants else self._broadcast()
        self._safe = AHEAD - 1

    def _deal_block(self, block: slice) -> dict[str, npt.NDArray[Any]]:
        """Deal the current and the next episodes of some rows; a block at a time stays in the cache."""
        episodes = (self._first[block, None] + np.arange(AHEAD, dtype=np.uint64)).ravel()
        dealt = self._initial(type(self._dice)(np.repeat(self._dice.key[block], AHEAD), episodes, 0))
        return {name: _narrow(np.asarray(getattr(dealt, name))) for name in dealt.names}

    def _broadcast(self) -> dict[str, npt.NDArray[Any]]:
        """What was dealt ahead, with the scalars written out."""
        size = self.rows * AHEAD
        return {name: values if values.ndim else np.full(size, values) for name, values in self._dealt.items()}

    def again(self, rows: Rows) -> None:
        """Start the next episode of `rows`, in the middle of a run."""
        if not self._safe:  # some row may have used up what was dealt for it
            self._safe = AHEAD - 1 - int(np.maximum.reduce(self._at - self._origin))
            if not self._safe:
                self._deal_ahead()
        self._safe -= 1
        at = self._at[rows] + 1
        self._at[rows] = at
        for name, pool in self._pool.items():
            values = getattr(self.truth, name)
            self._final[name][rows] = values[rows]
            values[rows] = pool[at]

    # -- behind the doors ------------------------------------------------------------------------------------------
    def reveal(self, running: npt.NDArray[np.bool_] | None = None) -> Truth:
        """A copy of the current truths; of rows that are `running`, the truths of their last finished episodes."""
        if self.truth is None:
            raise ResetNeeded("there is no episode yet; call reset() first")
        fields = {name: getattr(self.truth, name).copy() for name in self.truth.names}
        if running is not None:
            rows = np.flatnonzero(running & (self._had | (self.episodes() > 0)))
            if not rows.size and running.all():
                raise ResetNeeded("no episode has finished yet")
            for name, values in fields.items():
                values[rows] = self._final[name][rows]
        return self.kind(**fields)

    def view(self, party: str) -> View:
        """Views over arrays. What is granted only at the end of an episode is not granted here: rows end apart."""
        if party not in self._views:
            seen = view_class(self.kind, party, self.audit is not None)(party)
            seen._audit, seen._truth = self.audit, self.truth
            self._views[party] = seen
        return self._views[party]

    def plant(self, truth: Truth, space: spaces.Dict) -> None:
        """Deal the rows of `truth`, whose fields must be in `space`, at the next reset of all rows."""
        if not isinstance(truth, self.kind):
            raise InvalidTruth(f"expected a {self.kind.__qualname__} of arrays, got {type(truth).__qualname__}")
        fields = {name: np.array(getattr(truth, name)) for name in truth.names}
        if any(values.shape[:1] != (self.rows,) for values in fields.values()):
            raise InvalidTruth(
                f"expected fields with {self.rows} rows each; use {self.kind.__qualname__}.stack(truths)"
            )
        fields = {name: _wide(values) for name, values in fields.items()}
        if wrong := [name for name, values in fields.items() if not all(space[name].contains(v) for v in values)]:
            raise InvalidTruth(f"these fields are not in truth_space: {wrong}")
        self._planted = dataclasses.replace(truth, **fields)  # type: ignore[type-var]

    def rekey(self, key: bytes) -> None:
        """Use an evaluator's key from the next reset on."""
        self.key, self._stale = check_key(key), True

    def set_audit(self, audit: Audit | None) -> None:
        """Let `audit` see every grant read from now on. Views are made anew."""
        self.audit = audit
        self._views.clear()


def _wide(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Integers as int64, the type of a truth's integer fields."""
    return values.astype(np.int64) if values.dtype.kind in "iu" else values


def _narrow(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The same numbers in the smallest unsigned type, since what is dealt ahead competes for the cache."""
    if values.ndim == 0 or values.dtype.kind not in "iu" or values.min() < 0:
        return values
    return values.astype(np.min_scalar_type(int(values.max())))
