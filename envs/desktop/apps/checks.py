"""Reading a command's arguments. What is refused is refused before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..store import Draft, Refused

__all__ = [
    "LINE",
    "TEXT",
    "Given",
    "day",
    "flag",
    "known",
    "line",
    "number",
    "option",
    "passage",
    "record",
    "records",
    "write",
]

Given = Mapping[str, Any]
LINE, TEXT = 200, 4000
"""Characters of a line and of a text at most."""


def _filled(given: Given, name: str, required: bool) -> Any:
    """The argument, None if it is left empty."""
    value = given.get(name)
    if value is None or (isinstance(value, str) and not value.strip()):
        if required:
            raise Refused("missing", name)
        return None
    return value


def _readable(given: Given, name: str, required: bool) -> str:
    value = _filled(given, name, required)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Refused("not_understood", name)
    return value.strip()


def line(given: Given, name: str, required: bool = True) -> str:
    """A line of text, its blanks made single."""
    value = " ".join(_readable(given, name, required).split())
    if not value.isprintable():
        raise Refused("not_understood", name)
    if len(value) > LINE:
        raise Refused("too_long", name)
    return value


def passage(given: Given, name: str, required: bool = True) -> str:
    """A text of several lines."""
    value = _readable(given, name, required)
    if not all(part.isprintable() for part in value.split("\n")):
        raise Refused("not_understood", name)
    if len(value) > TEXT:
        raise Refused("too_long", name)
    return value


def number(given: Given, name: str, low: int, high: int, default: int | None = None) -> int:
    """A whole number from `low` to `high`; required where there is no default."""
    value = _filled(given, name, default is None)
    if value is None:
        assert default is not None
        return default
    if type(value) is not int:
        raise Refused("not_understood", name)
    if not low <= value <= high:
        raise Refused("out_of_range", name)
    return value


def day(draft: Draft, given: Given, name: str, was: int | None = None) -> int:
    """A day from today to two years ahead, or the one that it `was`."""
    value = number(given, name, -(10**6), 10**6)
    if value != was and value < draft.today:
        raise Refused("in_past", name)
    if value > draft.today + 730:
        raise Refused("out_of_range", name)
    return value


def flag(given: Given, name: str, default: bool) -> bool:
    """Yes or no."""
    value = given.get(name, default)
    value = {"yes": True, "no": False}.get(value, value) if isinstance(value, str) else value
    if not isinstance(value, bool):
        raise Refused("not_understood", name)
    return value


def option(values: tuple[str, ...], given: Given, name: str, default: str = "") -> int:
    """Index of one of few values, given by index or by name; required where there is no default."""
    value = _filled(given, name, not default)
    if value is None:
        value = default
    if isinstance(value, str) and value in values:
        return values.index(value)
    if type(value) is not int or not 0 <= value < len(values):
        raise Refused("not_understood", name)
    return value


def record(draft: Draft, given: Given, name: str, table: str, required: bool = True) -> int:
    """A row of a table; -1 where none is given and none is required."""
    value = _filled(given, name, required)
    if value is None or (value == -1 and not required):
        return -1
    if value == -1:
        raise Refused("missing", name)
    if type(value) is not int:
        raise Refused("not_understood", name)
    if not 0 <= value < draft.size(table):
        raise Refused("unknown_name", name)
    return value


def records(draft: Draft, given: Given, name: str, table: str, required: bool = True) -> tuple[int, ...]:
    """Different rows of a table, in the order given."""
    value = _filled(given, name, required)
    if value is None:
        return ()
    if not isinstance(value, (tuple, list)):
        raise Refused("not_understood", name)
    if required and not value:
        raise Refused("missing", name)
    return tuple(dict.fromkeys(record(draft, {name: one}, name, table) for one in value))


def known(draft: Draft, table: str, column: str, value: str, field: str) -> int:
    """The row whose cell is `value`, in whatever case.

    Raises:
        Refused: There is none, or there are several.
    """
    said = value.casefold()
    rows = [row for row in range(draft.size(table)) if draft.get(table, row, column).casefold() == said]
    if len(rows) != 1:
        raise Refused("ambiguous_name" if rows else "unknown_name", field)
    return rows[0]


def write(draft: Draft, table: str, row: int, **cells: Any) -> None:
    """Write cells of a record.

    Raises:
        Refused: They are so already.
    """
    written = len(draft.entries)
    draft.set(table, row, **cells)
    if len(draft.entries) == written:
        raise Refused("unchanged")
