"""The true state of an office as columns, and the only way to change it: ``apply(truth, order, actor) -> journal``."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, cast

import numpy as np

from ...core.errors import InvalidTruth
from ...core.truth import ALL, Truth, TruthKind, release, seen_by
from .pages import page
from .schema import Column, Office, Table
from .values import Refused, arguments

__all__ = [
    "AGENT",
    "Desk",
    "Draft",
    "Entry",
    "Order",
    "Refused",
    "apply",
    "before",
    "commit",
    "desk_class",
    "net",
    "undone",
]

AGENT = "agent"
"""The actor whose writes are the agent's."""
JUDGES = ("verifier", "teacher", "critic", "auditor")
Place = tuple[str, int, str]
"""Table, row and column of a cell."""
NEW = "+"
"""Column of an entry that makes a record; its value is the tuple of all cells."""


class Order(NamedTuple):
    """A command to be carried out: its name and its arguments as pairs."""

    command: str
    arguments: tuple[tuple[str, Any], ...] = ()


class Entry(NamedTuple):
    """One line of the journal: a cell that changed, or a record that was made (column ``"+"``).

    Attributes:
        tick: When.
        actor: Who: ``"agent"``, or a person's name.
        command: By which command.
        table, row, column: Where.
        old, new: The cell before and after; of a new record None and the tuple of its cells.
    """

    tick: int
    actor: str
    command: str
    table: str
    row: int
    column: str
    old: Any
    new: Any


class Desk(Truth):
    """What is hidden in an episode of computer use. :func:`desk_class` adds the columns of an office."""

    office: ClassVar[Office]

    goal: str = seen_by(ALL, doc="what is asked of the agent, in words")
    slots: tuple[str, ...] = seen_by(ALL, doc="words of the goal that can be typed without writing them out")
    skin: int = seen_by(ALL, doc="number of the skin: what the software looks like")
    today: int = seen_by(ALL, doc="day number")
    tick: int = seen_by(ALL, doc="steps since the start")
    status: tuple[str, str, int] = seen_by(ALL, doc="message of the last command, the field at fault, the record made")
    said: tuple[tuple[str, str], ...] = seen_by(ALL, doc="questions asked of the principal and the answers")
    ended: tuple[str, str] = seen_by(ALL, doc="status and answer the agent has submitted; empty while it works")
    answers: tuple[tuple[str, str], ...] = seen_by(*JUDGES, doc="what the principal answers, by topic")
    task: tuple[tuple[str, Any], ...] = seen_by(*JUDGES, doc="the task: template, level, what is right, what is bait")
    agenda: tuple[tuple[int, str, Order], ...] = seen_by(*JUDGES, doc="what others will do: tick, actor, command")
    alerts: tuple[int, ...] = seen_by(*JUDGES, doc="ticks at which the software interrupts")
    journal: tuple[Entry, ...] = seen_by(*JUDGES, doc="every write since the start")

    def __post_init__(self) -> None:
        for table in self.office.tables.values():
            _check_table(self, table)

    @classmethod
    def made(cls, **fields: Any) -> Desk:
        """A truth as a generator deals it. Nothing is checked, which makes it fast; :func:`infogap.plant` checks."""
        new = object.__new__(cls)
        new.__dict__.update(fields)
        return new

    @classmethod
    def stack(cls, truths: Sequence[Desk]) -> Desk:
        """Truths as one whose fields are object arrays of shape (n,): the form of a native vector's truth."""
        fields = {name: np.empty(len(truths), object) for name in cls.names}
        for name, cells in fields.items():
            for i, truth in enumerate(truths):
                cells[i] = getattr(truth, name)
        return cls.made(**fields)

    def row(self, index: int) -> Desk:
        """The truth of row `index` of such a one."""
        return type(self).made(**{name: getattr(self, name)[index] for name in self.names})

    @release("agent", of="alerts tick")
    def alert(self) -> bool:
        """Whether the software interrupts now."""
        return self.tick in self.alerts

    def cells(self, table: str, column: str) -> tuple[Any, ...]:
        """A column. For the reducer and generators; the agent's view has pages only."""
        held: tuple[Any, ...] = getattr(self, f"{table}_{column}")
        return held


_PLAIN: Mapping[str, type | tuple[type, ...]] = {
    "int": int,
    "money": int,
    "date": int,
    "time": int,
    "enum": int,
    "text": str,
    "ref": int,
    "refs": tuple,
    "bool": bool,
}
_BOUNDED = frozenset(("enum", "ref", "refs"))
_UNBOUNDED = 0, 0
_SOUND: dict[int, tuple[Any, ...]] = {}
"""Columns found sound last, by identity: the cells, and what they were held to. Most columns of a truth that is made
of another are the other's."""
_MOST_SOUND = 2048


def _check_table(truth: Desk, table: Table) -> None:
    size, held = len(truth.cells(table.name, table.label)), vars(truth)
    for name, column in table.fields:
        cells = held[name]
        bounds = _range(truth, column) if column.kind in _BOUNDED else _UNBOUNDED
        seen = _SOUND.get(id(cells))
        if seen is not None and seen[0] is cells and seen[1] is column and seen[2] == size and seen[3] == bounds:
            continue
        _check_column(table, column, cells, size, bounds)
        if len(_SOUND) >= _MOST_SOUND:
            _SOUND.clear()
        _SOUND[id(cells)] = cells, column, size, bounds


def _check_column(table: Table, column: Column, cells: Any, size: int, bounds: tuple[int, int]) -> None:
    if not isinstance(cells, tuple) or len(cells) != size:
        raise InvalidTruth(f"column {table.name}_{column.name} must be a tuple of {size} cells")
    kind = _PLAIN[column.kind]
    if not {kind}.issuperset(map(type, cells)):
        raise InvalidTruth(f"column {table.name}_{column.name} must hold {column.kind} cells only")
    if column.kind in _BOUNDED:
        low, high = bounds
        used = cells if column.kind != "refs" else [one for cell in cells for one in cell]
        if used and not low <= min(used) <= max(used) < high:
            raise InvalidTruth(f"column {table.name}_{column.name} holds what does not exist")


def _range(truth: Desk, column: Column) -> tuple[int, int]:
    if column.kind == "enum":
        return 0, len(column.of)
    other = truth.office.tables[cast(str, column.of)]
    return (-1 if column.kind == "ref" else 0), len(truth.cells(other.name, other.label))


@functools.cache
def desk_class(office: Office) -> type[Desk]:
    """The Truth class of an office: a field for every column, a release for every app's pages."""
    annotations: dict[str, Any] = {}
    body: dict[str, Any] = {"office": office, "__annotations__": annotations, "__doc__": Desk.__doc__}
    for app in office.apps:
        for table in app.tables:
            for column in table.columns:
                name = f"{table.name}_{column.name}"
                annotations[name] = tuple[Any, ...]
                held = f"{column.doc or column.name.replace('_', ' ')} of {table.name}"
                body[name] = seen_by(*JUDGES, doc=held if column.shown else f"{held}; never shown")
        body[app.name] = _pages_of(office, app.name)
    body["graded"] = _verdict_of([*Desk.names, *annotations])
    body["recipe"] = (desk_class, (office,))
    body["__module__"] = __name__
    return cast("type[Desk]", TruthKind("Desk", (Desk,), body))


def _verdict_of(fields: list[str]) -> Any:
    """The release through which the agent is told its reward; a function of its own for each class."""

    def graded(self: Desk) -> float:
        """Whether what has been submitted is right, 1 or 0; 0 before."""
        from .grading import graded  # it knows the templates, which know this module

        return float(bool(self.ended[0]) and graded(self).success)

    return release("agent", of=" ".join(fields))(graded)


def _pages_of(office: Office, name: str) -> Any:
    """The release through which the agent sees an app's pages."""

    def pages(self: Desk, query: tuple[Any, ...]) -> tuple[Any, ...]:
        return page(self, query)

    pages.__name__, pages.__doc__ = name, f"What a page of the {name} software shows."
    return release("agent", of=" ".join(_read_by(office, name)), per_step=None)(pages)


def _read_by(office: Office, name: str) -> list[str]:
    """The columns that an app's pages show or choose by: its own, and the names of what they refer to."""
    found: dict[str, None] = {}
    for table in office.app[name].tables:
        for column in table.columns:
            if column.shown:
                found[f"{table.name}_{column.name}"] = None
                if column.kind in ("ref", "refs"):
                    other = office.tables[cast(str, column.of)]
                    found[f"{other.name}_{other.label}"] = None
    return list(found)


# -- the reducer -------------------------------------------------------------------------------------------------------
class Draft:
    """What a command's effect reads and writes.

    Args:
        truth: The state before.
        actor: Who gives the command.
        command: Its name.
    """

    def __init__(self, truth: Desk, actor: str, command: str) -> None:
        self._truth, self._who = truth, (truth.tick, actor, command)
        self._cells: dict[tuple[str, int, str], Any] = {}
        self._sizes: dict[str, int] = {}
        self.entries: list[Entry] = []

    @property
    def today(self) -> int:
        """Day number."""
        return self._truth.today

    @property
    def tick(self) -> int:
        """Steps since the start."""
        return self._who[0]

    @property
    def actor(self) -> str:
        """Who gives the command."""
        return self._who[1]

    def size(self, table: str) -> int:
        """Number of records of a table, new ones included."""
        if table not in self._sizes:
            label = self._truth.office.tables[table].label
            self._sizes[table] = len(self._truth.cells(table, label))
        return self._sizes[table]

    def get(self, table: str, row: int, column: str) -> Any:
        """A cell."""
        place = table, row, column
        return self._cells[place] if place in self._cells else self._truth.cells(table, column)[row]

    def option(self, table: str, column: str, name: str) -> int:
        """Index of an enum's value by name."""
        return self._truth.office.column(table, column).of.index(name)

    def find(self, table: str, column: str, value: Any) -> list[int]:
        """The rows whose cell is `value`."""
        return [row for row in range(self.size(table)) if self.get(table, row, column) == value]

    def set(self, table: str, row: int, **cells: Any) -> None:
        """Write cells. What is there already is not written again."""
        for column, new in cells.items():
            old = self.get(table, row, column)
            if old != new:
                self._cells[table, row, column] = new
                self.entries.append(Entry(*self._who, table, row, column, old, new))

    def add(self, table: str, **cells: Any) -> int:
        """Make a record. Returns its row."""
        columns = self._truth.office.tables[table].columns
        row = self.size(table)
        self._sizes[table] = row + 1
        made = tuple(cells[column.name] for column in columns)
        for column, cell in zip(columns, made, strict=True):
            self._cells[table, row, column.name] = cell
        self.entries.append(Entry(*self._who, table, row, NEW, None, made))
        return row


def apply(truth: Desk, order: Order, actor: str) -> tuple[Entry, ...]:
    """What a command would write. Pure: the truth stays as it is, :func:`commit` makes the next one.

    Args:
        truth: The state before.
        order: The command and its arguments.
        actor: Who gives it.

    Raises:
        Refused: It can't be carried out; nothing is written.
    """
    draft = Draft(truth, actor, order.command)
    truth.office.commands[order.command].effect(draft, arguments(truth, order))
    return tuple(draft.entries)


def commit(truth: Desk, entries: Sequence[Entry], **fields: Any) -> Desk:
    """The truth after `entries`, with other fields changed on the way."""
    if not entries:
        return truth.but(**fields) if fields else truth
    columns: dict[str, list[Any]] = {}

    def column(table: str, name: str) -> list[Any]:
        key = f"{table}_{name}"
        if key not in columns:
            columns[key] = list(truth.cells(table, name))
        return columns[key]

    for entry in entries:
        if entry.column == NEW:
            for spec, cell in zip(truth.office.tables[entry.table].columns, entry.new, strict=True):
                column(entry.table, spec.name).append(cell)
        else:
            column(entry.table, entry.column)[entry.row] = entry.new
    changed = {name: tuple(cells) for name, cells in columns.items()}
    return truth.but(**changed, journal=truth.journal + tuple(entries), **fields)


def undone(truth: Desk, actor: str = AGENT) -> tuple[Entry, ...]:
    """What undoing the last command of `actor` would write: its cells as they were.

    Raises:
        Refused: There is none, it made a record, or somebody has written there since.
    """
    last = next((entry for entry in reversed(truth.journal) if entry.actor == actor), None)
    if last is None:
        raise Refused("not_allowed")
    entries = [e for e in truth.journal if e[:3] == last[:3]]
    if any(e.column == NEW or truth.cells(e.table, e.column)[e.row] != e.new for e in entries):
        raise Refused("not_allowed")
    now = truth.tick, actor, "undo"
    return tuple(Entry(*now, e.table, e.row, e.column, e.new, e.old) for e in reversed(entries))


def before(truth: Desk) -> Desk:
    """The state at the start, from the journal."""
    columns: dict[str, list[Any]] = {}
    for entry in reversed(truth.journal):
        specs = truth.office.tables[entry.table].columns
        for name in [s.name for s in specs] if entry.column == NEW else [entry.column]:
            cells = columns.setdefault(f"{entry.table}_{name}", list(truth.cells(entry.table, name)))
            if entry.column == NEW:
                cells.pop()
            else:
                cells[entry.row] = entry.old
    return truth.but(**{name: tuple(cells) for name, cells in columns.items()}, journal=())


def net(journal: Iterable[Entry], actor: str = AGENT) -> tuple[dict[Place, tuple[Any, Any]], set[tuple[str, int]]]:
    """What `actor` has changed in the end: cells as (old, new), without what was undone, and the records it made.

    A cell counts for its last writer, who is held to what others had left there: putting back what somebody else has
    changed is a change. The cells of a new record are not listed one by one.
    """
    first: dict[Place, Any] = {}
    last: dict[Place, Entry] = {}
    made: set[tuple[str, int]] = set()
    for entry in journal:
        place = entry.table, entry.row, entry.column
        if entry.column == NEW:
            if entry.actor == actor:
                made.add(place[:2])
        else:
            if place not in last or last[place].actor != entry.actor:
                first[place] = entry.old
            last[place] = entry
    changed = {
        place: (first[place], entry.new)
        for place, entry in last.items()
        if entry.actor == actor and entry.new != first[place] and place[:2] not in made
    }
    return changed, made
