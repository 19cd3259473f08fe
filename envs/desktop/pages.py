"""What a page shows: a pure function of the truth and a query. The agent's only way to app state.

Queries are ``("list", view, chosen, search, start, stop)``, ``("record", view, row)`` and ``("form", view, row)``;
`chosen` are pairs of column and value. A list answers ``(how many there are, ((row, cell, ...), ...))``, a record its
cells and the rows its links lead to, a form what its fields start with. A cell of a ref is the name of what it refers
to, of refs their names; all others are as they stand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from .schema import DetailView, FormView, ListView

if TYPE_CHECKING:
    from .store import Desk

__all__ = ["chosen_rows", "page", "shown_cell"]


def page(truth: Desk, query: tuple[Any, ...]) -> tuple[Any, ...]:
    """What the page of `query` shows."""
    view = truth.office.views[query[1]]
    if isinstance(view, DetailView):
        row = query[2]
        cells = tuple(shown_cell(truth, view.table, name, row) for name in view.fields)
        return cells, tuple(getattr(truth, f"{view.table}_{link.via}")[row] if link.via else row for link in view.links)
    if isinstance(view, FormView):
        return tuple(shown_cell(truth, view.about, f.default, query[2]) if f.default else "" for f in view.fields)
    _, _, chosen, search, start, stop = query
    rows = chosen_rows(truth, view, chosen, search)
    listed = [(row, *(shown_cell(truth, view.table, name, row) for name in view.columns)) for row in rows[start:stop]]
    return len(rows), tuple(listed)


def shown_cell(truth: Desk, table: str, name: str, row: int) -> Any:
    """A cell as a page shows it."""
    cell = getattr(truth, f"{table}_{name}")[row]
    column = truth.office.column(table, name)
    if column.kind == "ref":
        return _named(truth, cast(str, column.of))(cell)
    if column.kind == "refs":
        return ", ".join(map(_named(truth, cast(str, column.of)), cell))
    return cell


def _named(truth: Desk, table: str) -> Callable[[int], str]:
    labels = getattr(truth, f"{table}_{truth.office.tables[table].label}")
    return lambda row: str(labels[row]) if row >= 0 else ""


def chosen_rows(truth: Desk, view: ListView, chosen: Sequence[tuple[str, Any]] = (), search: str = "") -> list[int]:
    """The records of a list, in its order.

    The search is as imperfect as software's: each of its words must begin a word of the searched columns.
    """
    size = len(getattr(truth, f"{view.table}_{truth.office.tables[view.table].label}"))
    rows: Sequence[int] = range(size)
    for name, values in view.where:
        column = getattr(truth, f"{view.table}_{name}")
        rows = [row for row in rows if column[row] in values]
    for name, value in chosen:
        column = getattr(truth, f"{view.table}_{name}")
        many = truth.office.column(view.table, name).kind == "refs"
        rows = [row for row in rows if (value in column[row] if many else column[row] == value)]
    for word in search.casefold().split():
        rows = [row for row in rows if _begins(truth, view, row, word)]
    for name in reversed(view.sort.split()):
        rows = sorted(rows, key=getattr(truth, f"{view.table}_{name.lstrip('-')}").__getitem__, reverse=name[0] == "-")
    return list(rows)


def _begins(truth: Desk, view: ListView, row: int, word: str) -> bool:
    for name in view.search:
        text = str(shown_cell(truth, view.table, name, row)).casefold()
        if text.startswith(word) or f" {word}" in text:
            return True
    return False
