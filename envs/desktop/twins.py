"""Other states over the same first screen, for leak checks."""

from __future__ import annotations

import functools
from typing import Any, cast

from .dice import Dice
from .schema import ListView, Office
from .store import Desk

__all__ = ["shuffled"]


def shuffled(truth: Desk, dice: Dice) -> Desk:
    """A truth in which cells of columns that the first page does not read change places, and plans differ."""
    kept = _read_at_first(truth.office)
    changed: dict[str, Any] = {}
    share = dice.pick((0.05, 0.2, 0.6))
    for table in truth.office.tables.values():
        for column in table.columns:
            name = f"{table.name}_{column.name}"
            if name not in kept and dice.flip(share):
                changed[name] = _moved(truth.cells(table.name, column.name), dice)
    if dice.flip(0.5):
        changed["alerts"] = tuple(sorted(dice.between(1, 20) for _ in range(dice.below(3))))
    if dice.flip(0.3):
        changed["agenda"] = truth.agenda[: dice.below(len(truth.agenda) + 1)]
    if dice.flip(0.3):
        changed["answers"] = tuple((topic, dice.pick(("", "Yes.", "No."))) for topic, _ in truth.answers)
    changed["task"] = (*truth.task, ("twin", dice.below(1 << 30)))
    return truth.but(**changed)


@functools.cache
def _read_at_first(office: Office) -> frozenset[str]:
    """The columns that the page shown first reads."""
    view = cast(ListView, office.views[next(iter(office.home.values()))])
    names = {*view.columns, *(name for name, _ in view.where), *(part.lstrip("-") for part in view.sort.split())}
    found = {f"{view.table}_{name}" for name in names}
    for name in names:
        column = office.column(view.table, name)
        if column.kind in ("ref", "refs"):
            other = office.tables[cast(str, column.of)]
            found.add(f"{other.name}_{other.label}")
    return frozenset(found)


def _moved(cells: tuple[Any, ...], dice: Dice) -> tuple[Any, ...]:
    """The cells, some of them in other places."""
    rows = list(cells)
    for _ in range(max(1, int(len(rows) * dice.pick((0.02, 0.3))))):
        i, j = dice.below(len(rows)), dice.below(len(rows))
        rows[i], rows[j] = rows[j], rows[i]
    return tuple(rows)
