"""Desks at the twin apps, for tests."""

from __future__ import annotations

import functools
from typing import Any

from desktop_desks import PUBLIC, company

from infogap.envs.desktop.apps import TWINS, projected, shuffled
from infogap.envs.desktop.apps.roster import ROSTER
from infogap.envs.desktop.apps.tickets import TICKETS
from infogap.envs.desktop.dice import Dice
from infogap.envs.desktop.store import Desk, desk_class

OWN = (TICKETS, ROSTER)
VIEWS = [view for app in OWN for view in app.views]


@functools.cache
def shown(seed: int = 1, size: str = "small") -> dict[str, list[Any]]:
    """Columns in the company's own order."""
    return projected(TWINS, company(seed, size), Dice(seed))


@functools.cache
def desk(seed: int = 1, size: str = "small") -> Desk:
    """A truth, checked by its class."""
    cells = shuffled(TWINS, shown(seed, size), Dice(seed))
    return desk_class(TWINS)(**PUBLIC, today=company(seed, size).today, **cells)


def option(table: str, column: str, name: str) -> int:
    return TWINS.column(table, column).of.index(name)


def rows(truth: Desk, table: str, **cells: Any) -> list[int]:
    """The rows that hold all of `cells`; enums by name, a callable is a condition."""
    found = range(len(truth.cells(table, TWINS.tables[table].label)))
    for name, want in cells.items():
        if isinstance(want, str) and TWINS.column(table, name).kind == "enum":
            want = option(table, name, want)
        column = truth.cells(table, name)
        found = [row for row in found if (want(column[row]) if callable(want) else column[row] == want)]
    return list(found)


def records(cells: dict[str, list[Any]], table: str) -> list[dict[str, Any]]:
    """The rows of a table, enums by name."""
    columns = TWINS.tables[table].columns
    made = []
    for row in zip(*(cells[f"{table}_{column.name}"] for column in columns), strict=True):
        made.append({c.name: c.of[x] if c.kind == "enum" else x for c, x in zip(columns, row, strict=True)})
    return made
