"""What a page shows: a pure function of the truth and a query. The agent's only way to app state.

Queries are ``("list", view, chosen, search, start, stop)``, ``("record", view, row)`` and ``("form", view, row)``;
`chosen` are pairs of column and value. A list answers ``(how many there are, ((row, cell, ...), ...))``, a record its
cells and the rows its links lead to, a form what its fields start with. A cell of a ref is the name of what it refers
to, of refs their names; all others are as they stand.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from .schema import DetailView, FormView, ListView, Office

if TYPE_CHECKING:
    from .store import Desk

__all__ = ["chosen_rows", "page"]


class _Source(NamedTuple):
    """Where cells come from: a field of the truth, and of a ref the field of the names, and whether it has many."""

    field: str
    labels: str
    many: bool


def page(truth: Desk, query: tuple[Any, ...]) -> tuple[Any, ...]:
    """What the page of `query` shows."""
    view = truth.office.views[query[1]]
    if isinstance(view, DetailView):
        row = query[2]
        links = [getattr(truth, f"{view.table}_{link.via}")[row] if link.via else row for link in view.links]
        return _cells(truth, view.table, view.fields, row), tuple(links)
    if isinstance(view, FormView):
        names = tuple(field.default for field in view.fields if field.default)
        starts = iter(_cells(truth, view.about, names, query[2]) if names else ())
        return tuple([next(starts) if field.default else "" for field in view.fields])
    _, _, chosen, search, start, stop = query
    rows = chosen_rows(truth, view, chosen, search)
    here = rows[start:stop]
    return len(rows), tuple(zip(here, *_columns(truth, view.table, view.columns, here), strict=True))


def _columns(truth: Desk, table: str, names: tuple[str, ...], rows: Sequence[int]) -> Iterator[list[Any]]:
    """Cells of some rows as a page shows them, column by column."""
    for field, labels, many in _sources(truth.office, table, names):
        column = getattr(truth, field)
        cells = [column[row] for row in rows]
        if labels:
            named = getattr(truth, labels)
            if many:
                cells = [", ".join([named[one] if one >= 0 else "" for one in cell]) for cell in cells]
            else:
                cells = [named[one] if one >= 0 else "" for one in cells]
        yield cells


def _cells(truth: Desk, table: str, names: tuple[str, ...], row: int) -> tuple[Any, ...]:
    """Cells of one row as a page shows them."""
    found = []
    for field, labels, many in _sources(truth.office, table, names):
        cell = getattr(truth, field)[row]
        if labels:
            named = getattr(truth, labels)
            cell = (
                ", ".join([named[one] if one >= 0 else "" for one in cell])
                if many
                else named[cell]
                if cell >= 0
                else ""
            )
        found.append(cell)
    return tuple(found)


@functools.cache
def _sources(office: Office, table: str, names: tuple[str, ...]) -> tuple[_Source, ...]:
    found = []
    for name in names:
        column, labels = office.column(table, name), ""
        if column.kind in ("ref", "refs"):
            other = office.tables[cast(str, column.of)]
            labels = f"{other.name}_{other.label}"
        found.append(_Source(f"{table}_{name}", labels, column.kind == "refs"))
    return tuple(found)


def chosen_rows(truth: Desk, view: ListView, chosen: Sequence[tuple[str, Any]] = (), search: str = "") -> list[int]:
    """The records of a list, in its order.

    The search is as imperfect as software's: each of its words must begin a word of the searched columns.
    """
    rows: list[int] = list(range(len(getattr(truth, f"{view.table}_{truth.office.tables[view.table].label}"))))
    for name, values in view.where:
        column = getattr(truth, f"{view.table}_{name}")
        rows = [row for row in rows if column[row] in values]
    for name, value in chosen:
        column = getattr(truth, f"{view.table}_{name}")
        many = truth.office.column(view.table, name).kind == "refs"
        rows = [row for row in rows if (value in column[row] if many else column[row] == value)]
    if words := search.casefold().split():
        rows = _found(truth, view, rows, words)
    for name in reversed(view.sort.split()):
        rows.sort(key=getattr(truth, f"{view.table}_{name.lstrip('-')}").__getitem__, reverse=name[0] == "-")
    return rows


def _found(truth: Desk, view: ListView, rows: list[int], words: list[str]) -> list[int]:
    """The rows that a search finds."""
    columns = zip(*_columns(truth, view.table, view.search, rows), strict=True)
    said = [[f" {cell}".casefold() for cell in cells] for cells in columns] if view.search else [[] for _ in rows]
    # A text begins with what follows a blank, and so do its words.
    return [
        row for row, texts in zip(rows, said, strict=True) if all(any(f" {w}" in text for text in texts) for w in words)
    ]
