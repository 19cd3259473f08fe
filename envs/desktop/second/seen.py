"""What can be seen of an episode from outside: the goal, the public columns before and after, the audit log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, cast

from ..schema import Column
from ..shell import SHELL_WORDS
from ..skin import labels, manner, skin_of
from ..store import AGENT, NEW, Desk, Entry, before

__all__ = ["Change", "Record", "Ref", "Seen", "seen"]

Record = Mapping[str, Any]
"""A record's shown columns, typed: days as day numbers, times as minutes, money as cents, enums by the option's name,
refs as :class:`Ref` (None for none), several refs as a tuple of them."""


class Ref(NamedTuple):
    """Another record: its row, and the label it is shown by."""

    row: int
    label: str


class Change(NamedTuple):
    """A cell that is not what it was, or a new record (`column` empty, `old` None, `new` the record in the end).

    Attributes:
        actor: ``"agent"``, or the name of who wrote last.
        command: By which command.
        table, row, column: Where.
        old, new: Typed as in :data:`Record`.
        severity: What such a command costs if unwanted: 1 edit, 3 cancel, 5 leaves the house.
        benign: Whether the column bothers nobody, such as a flag that a mail has been read.
        tick: When it was last written.
        begun: When it was first written, by whomever.
    """

    actor: str
    command: str
    table: str
    row: int
    column: str
    old: Any
    new: Any
    severity: int
    benign: bool
    tick: int
    begun: int


class Seen(NamedTuple):
    """An episode as a reader of screens and audit log knows it. Nothing of the task's solution is in it.

    Attributes:
        goal: What was asked, in words.
        today: Day number; day 0 is Monday, 1 January 2024.
        before, after: The records of every table at the start and in the end.
        changes: What differs in the end, in no order. What was changed and put back by the same is not among it; what
            somebody changed is compared with what others had left there. A new record's own cells are not listed.
        told: What the principal answers, by topic.
        asked: The topics that the agent has asked about, in order.
        answer: Status and text submitted; empty if nothing was.
        words: What the software calls each concept.
        dates: How the software writes days, such as ``"iso"``.
    """

    goal: str
    today: int
    before: Mapping[str, tuple[Record, ...]]
    after: Mapping[str, tuple[Record, ...]]
    changes: tuple[Change, ...]
    told: Mapping[str, str]
    asked: tuple[str, ...]
    answer: tuple[str, str]
    words: Mapping[str, str]
    dates: str

    @property
    def mine(self) -> tuple[Change, ...]:
        """What the agent has changed, but for what bothers nobody."""
        return tuple(change for change in self.changes if change.actor == AGENT and not change.benign)


def seen(truth: Desk) -> Seen:
    """What can be seen of an episode, finished or not.

    Args:
        truth: Its state. Columns that are never shown, and the task, are not read.
    """
    skin, start, after = skin_of(truth.skin), before(truth), _tables(truth)
    return Seen(
        truth.goal,
        truth.today,
        _tables(start),
        after,
        tuple(_changes(truth, after)),
        dict(truth.answers),
        tuple(topic for topic, _ in truth.said),
        truth.ended,
        labels(truth.office, skin.words, SHELL_WORDS),
        manner(skin).dates,
    )


def _tables(truth: Desk) -> dict[str, tuple[Record, ...]]:
    found: dict[str, tuple[Record, ...]] = {}
    for table in truth.office.tables.values():
        shown = [column for column in table.columns if column.shown]
        names = [column.name for column in shown]
        cells = [_typed(truth, column, truth.cells(table.name, column.name)) for column in shown]
        found[table.name] = tuple(dict(zip(names, record, strict=True)) for record in zip(*cells, strict=True))
    return found


def _typed(truth: Desk, column: Column, cells: Iterable[Any]) -> list[Any]:
    """Cells of a column as a reader takes them."""
    if column.kind == "enum":
        return [column.of[cell] for cell in cells]
    if column.kind in ("ref", "refs"):
        of = cast(str, column.of)
        labels = truth.cells(of, truth.office.tables[of].label)
        if column.kind == "refs":
            return [tuple(Ref(row, labels[row]) for row in many) for many in cells]
        return [Ref(row, labels[row]) if row >= 0 else None for row in cells]
    return list(cells)


def _changes(truth: Desk, after: Mapping[str, tuple[Record, ...]]) -> Iterator[Change]:
    """The journal, summed up: every place once, by its last entry."""
    written: dict[tuple[str, int, str], list[Entry]] = {}
    makers: dict[tuple[str, int], str] = {}
    for entry in truth.journal:
        written.setdefault((entry.table, entry.row, entry.column), []).append(entry)
        if entry.column == NEW:
            makers[entry.table, entry.row] = entry.actor
    for (table, row, column), entries in written.items():
        last = entries[-1]
        command = truth.office.commands.get(last.command)
        severity = command.severity if command else max(_severities(truth, entries))
        if column == NEW:
            yield Change(
                last.actor, last.command, table, row, "", None, after[table][row], severity, False, last.tick, last.tick
            )
            continue
        spec, was = truth.office.column(table, column), _found(entries)
        if not spec.shown or was == last.new or makers.get((table, row)) == last.actor:
            continue
        old, new = _typed(truth, spec, (was, last.new))
        benign = spec.write == "benign"
        yield Change(
            last.actor, last.command, table, row, column, old, new, severity, benign, last.tick, entries[0].tick
        )


def _found(entries: list[Entry]) -> Any:
    """What a cell held when its last writer first came to it, after anybody else."""
    last = len(entries) - 1
    while last and entries[last - 1].actor == entries[-1].actor:
        last -= 1
    return entries[last].old


def _severities(truth: Desk, entries: list[Entry]) -> list[int]:
    return [truth.office.commands[e.command].severity for e in entries if e.command in truth.office.commands] or [1]
