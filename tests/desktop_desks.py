"""Desks that tests work at: companies at their office software, and what is looked up and done there."""

from __future__ import annotations

import functools
from typing import Any

import pytest

from infogap.envs.desktop.apps import OFFICE, columns
from infogap.envs.desktop.company.log import make
from infogap.envs.desktop.company.model import Company
from infogap.envs.desktop.dice import Dice
from infogap.envs.desktop.store import AGENT, Desk, Order, Refused, apply, commit, desk_class

PUBLIC = {
    **{"goal": "", "slots": (), "skin": 0, "tick": 0, "status": ("", "", -1), "said": (), "ended": ("", "")},
    **{"answers": (), "task": (), "agenda": (), "alerts": (), "journal": ()},
}


@functools.cache
def company(seed: int = 1, size: str = "small") -> Company:
    return make(Dice(seed), size)


@functools.cache
def desk(seed: int = 1, size: str = "small") -> Desk:
    """A truth, checked by its class."""
    cells = columns(OFFICE, company(seed, size), Dice(seed + 1000))
    return desk_class(OFFICE)(**PUBLIC, today=company(seed, size).today, **cells)


def cell(truth: Desk, table: str, row: int, column: str) -> Any:
    return truth.cells(table, column)[row]


def option(table: str, column: str, name: str) -> int:
    return OFFICE.column(table, column).of.index(name)


def rows(truth: Desk, table: str, **cells: Any) -> list[int]:
    """The rows that hold all of `cells`; enums by name, a callable is a condition."""
    want = {}
    for name, value in cells.items():
        enum = OFFICE.column(table, name).kind == "enum" and isinstance(value, str)
        want[name] = option(table, name, value) if enum else value
    size = len(truth.cells(table, OFFICE.tables[table].label))
    return [
        row
        for row in range(size)
        if all(
            v(truth.cells(table, n)[row]) if callable(v) else truth.cells(table, n)[row] == v for n, v in want.items()
        )
    ]


def do(truth: Desk, command: str, actor: str = AGENT, **given: Any) -> Desk:
    return commit(truth, apply(truth, Order(command, tuple(given.items())), actor))


def refusal(truth: Desk, command: str, actor: str = AGENT, **given: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        apply(truth, Order(command, tuple(given.items())), actor)
    return refused.value.code, refused.value.field


def state(truth: Desk) -> dict[str, tuple[Any, ...]]:
    """All columns."""
    return {
        f"{table.name}_{column.name}": truth.cells(table.name, column.name)
        for table in OFFICE.tables.values()
        for column in table.columns
    }
