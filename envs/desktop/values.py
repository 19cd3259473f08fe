"""From what was typed to what a command takes, as software does it: by kind, by name, or refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from .schema import Column, Field
from .shell import SHELL_WORDS
from .skin import labels, parse_date, parse_money, parse_time, skin_of

if TYPE_CHECKING:
    from .store import Desk, Order

__all__ = ["Refused", "arguments"]

NOTHING: dict[str, Any] = {"text": "", "ref": -1, "refs": (), "bool": False}
"""What a field holds that is left empty; None for all other kinds."""


class Refused(Exception):
    """A command can't be carried out as things stand.

    Args:
        code: Concept of the message that software shows, such as ``"not_allowed"``.
        field: The argument at fault, where it is one.
    """

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code, field)
        self.code, self.field = code, field


def arguments(truth: Desk, order: Order) -> dict[str, Any]:
    """The arguments of a command, parsed. Texts are read by the kind of their field; anything else is taken as it is.

    Raises:
        Refused: A field is missing, can't be read, or names nothing or several.
    """
    office, given = truth.office, dict(order.arguments)
    form = office.forms.get(order.command)
    found = {name: value for name, value in given.items() if name == "id"}
    for field in form.fields if form else ():
        if field.name in given:
            found[field.name] = _read(truth, field, given[field.name])
        elif form is not None and field.default:
            found[field.name] = truth.cells(form.about, field.default)[given["id"]]
        else:
            found[field.name] = _read(truth, field, "")
    for name, value in given.items():
        if name not in found:
            column = office.sets.get((order.command, name))
            found[name] = _read(truth, column, value) if column else value
    return found


def _read(truth: Desk, field: Field | Column, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not text:
        if getattr(field, "required", False):
            raise Refused("missing", field.name)
        return NOTHING.get(field.kind)
    if field.kind == "text":
        return text
    if field.kind == "refs":
        return tuple(dict.fromkeys(_named(truth, field, part.strip()) for part in text.split(",")))
    if field.kind == "ref":
        return _named(truth, field, text)
    if field.kind in ("enum", "bool"):
        return _chosen(truth, field, text)
    read = _READ[field.kind](text)
    if read is None:
        raise Refused("not_understood", field.name)
    return read


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


_READ: dict[str, Callable[[str], int | None]] = {
    "int": _whole,
    "money": parse_money,
    "date": parse_date,
    "time": parse_time,
}


def _chosen(truth: Desk, field: Field | Column, text: str) -> Any:
    """An enum's value, or yes or no, by its own name or by what the skin calls it."""
    say = labels(truth.office, skin_of(truth.skin).words, SHELL_WORDS)
    names = cast("tuple[str, ...]", field.of) if field.kind == "enum" else ("no", "yes")
    for i, name in enumerate(names):
        if text.casefold() in (name, say[name].casefold()):
            return i if field.kind == "enum" else bool(i)
    raise Refused("not_understood", field.name)


def _named(truth: Desk, field: Field | Column, text: str) -> int:
    """The row that a text names: by the table's label, or by another column that names without doubt."""
    table = truth.office.tables[cast(str, field.of)]
    said, key = text.casefold(), getattr(field, "key", "")
    for column in filter(None, (key, table.label)):
        rows = [row for row, cell in enumerate(truth.cells(table.name, column)) if cell.casefold() == said]
        if len(rows) == 1:
            return rows[0]
        if rows:
            raise Refused("ambiguous_name", field.name)
    raise Refused("unknown_name", field.name)
