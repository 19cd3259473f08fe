"""Final states that differ from what has been played in one thing."""

from __future__ import annotations

import random
import re
from typing import Any

from infogap.envs.desktop.answers import STATUSES
from infogap.envs.desktop.schema import FormView
from infogap.envs.desktop.skin import parse_date, parse_money, write_date, write_money
from infogap.envs.desktop.store import AGENT, NEW, Desk, Entry, before, commit

WAYS = {
    "left out": 1,
    "another value": 3,
    "another row": 1,
    "too much": 1,
    "too much near": 2,
    "doubled": 1,
    "made too much": 1,
    "cut short": 0.5,
    "unnamed": 0.5,
    "too early": 1,
    "not asked": 0.2,
    "looked up": 0.3,
    "submission": 1,
}
"""What can be otherwise, and how often it is."""


def tampered(truth: Desk, chance: random.Random) -> tuple[str, Desk]:
    """The final state with one thing in it otherwise: what was done, and the state.

    It is made from the journal: a command is left out, a cell gets another value, another row is written, something is
    written too much or before anything else, a new record is doubled, one of its texts is cut down to a word or a name
    is taken out of all of them, or something else is submitted.
    """
    for way in sorted(WAYS, key=lambda way: chance.random() ** (1 / WAYS[way]), reverse=True):
        start, journal = before(truth), list(truth.journal)
        mine = [i for i, entry in enumerate(journal) if entry.actor == AGENT and not _benign(truth, entry)]
        ended = truth.ended
        if way == "submission":
            ended = _submission(ended, chance)
        elif way == "not asked" and truth.said:
            return way, truth.but(said=())
        elif way == "looked up" and "mails" in truth.office.tables and True in start.cells("mails", "unread"):
            row = start.cells("mails", "unread").index(True)
            journal.insert(0, Entry(1, AGENT, "mail_read", "mails", row, "unread", True, False))
        elif way == "made too much":
            journal.append(_stray_record(truth, chance))
        elif way.startswith("too much"):
            journal.append(_stray(truth, chance, [journal[i] for i in mine] if way.endswith("near") else []))
        elif not mine:
            continue
        else:
            changed = _rewritten(truth, journal, chance.choice(mine), way, chance)
            if changed is None:
                continue
            journal = changed
        return way, commit(start, journal, ended=ended)
    return "nothing", truth


WRITTEN = {
    "mails": ("folder", "label", "flagged"),
    "events": ("state", "attendees"),
    "orders": ("order_status", "order_note"),
    "customers": ("standing",),
    "documents": ("document_status", "document_note"),
    "tickets": ("stage", "assignee", "resolution"),
    "shifts": ("shift_state", "crew"),
}
"""Columns that buttons write, by table; those that forms write are known by the forms."""


def reachable(truth: Desk, table: str, entry: Entry | None = None) -> list[str]:
    """Columns of a table that software lets one write: of any record, or of one that is made by an entry's command."""
    forms = [one for one in truth.office.views.values() if isinstance(one, FormView) and one.about == table]
    fields = {field.name for one in forms if table != "mails" for field in one.fields}
    if entry is not None and entry.command in truth.office.forms:
        fields |= {field.name for field in truth.office.forms[entry.command].fields}
    columns = [one.name for one in truth.office.tables[table].columns if one.shown and one.write != "benign"]
    return [name for name in columns if name in fields or name in WRITTEN.get(table, ())]


def _benign(truth: Desk, entry: Entry) -> bool:
    return entry.column != NEW and truth.office.column(entry.table, entry.column).write == "benign"


def _submission(ended: tuple[str, str], chance: random.Random) -> tuple[str, str]:
    """Another status, or another text of nearly the same kind."""
    status, text = ended
    if text and chance.random() < 0.3:
        return status, _rephrased(text, chance)
    figures = list(re.finditer(r"\d+", text))
    if figures and chance.random() < 0.7:
        found = chance.choice(figures)
        near = str(max(0, int(found[0]) + chance.choice((-1, 1)))).zfill(len(found[0]))
        return status, text[: found.start()] + near + text[found.end() :]
    return (chance.choice([one for one in STATUSES if one != status]), text) if chance.random() < 0.7 else (status, "x")


def _rephrased(text: str, chance: random.Random) -> str:
    """A day or an amount in another way of writing, which may have it wrong by a little; other texts in capitals."""
    off = chance.choice((0, 0, 1))
    if (day := parse_date(text)) is not None:
        return write_date(chance.choice(("iso", "day", "month", "dots", "long")), day + off)
    if (cents := parse_money(text)) is not None and "." in text:
        return write_money(chance.choice(("plain", "comma", "sign", "code")), cents + off)
    return text.upper() if not off else text.replace(" ", "")


def _other_cell(truth: Desk, table: str, column: str, cell: Any, chance: random.Random) -> Any:
    """Another value of a column: one off, or that of another record."""
    spec = truth.office.column(table, column)
    if spec.kind in ("int", "money", "date", "time") and chance.random() < 0.6:
        return max(0, cell + chance.choice((-1, 1)))
    if spec.kind == "enum":
        return chance.choice([i for i in range(len(spec.of)) if i != cell])
    if spec.kind == "bool":
        return not cell
    if spec.kind == "text" and chance.random() < 0.35:
        return _with_name(truth, cell, chance)
    others = [one for one in truth.cells(table, column) if one != cell]
    if spec.kind == "text" and (not others or chance.random() < 0.5):
        figures = list(re.finditer(r"\d", cell))
        if figures:
            found = chance.choice(figures)
            return cell[: found.start()] + str((int(found[0]) + 1) % 10) + cell[found.end() :]
        return f"{cell} too".strip()
    return chance.choice(others) if others else cell


def _with_name(truth: Desk, text: str, chance: random.Random) -> str:
    """A text that names some other record as well, or has one name instead of another."""
    table = chance.choice([one for one in truth.office.tables.values() if one.name not in ("mails", "replies")])
    names = truth.cells(table.name, table.label)
    name = chance.choice(names)
    held = [one for one in names if one and one in text and one != name]
    return text.replace(chance.choice(held), name) if held and chance.random() < 0.5 else f"{text} {name}".strip()


def _stray(truth: Desk, chance: random.Random, near: list[Entry]) -> Entry:
    """Something written that nobody asked for; near: on a record or in a column that the agent has written."""
    office, tick = truth.office, truth.tick
    if near:
        entry = chance.choice(near)
        table = entry.table
        size = len(truth.cells(table, office.tables[table].label))
        row = entry.row if chance.random() < 0.5 else chance.randrange(size)
    else:
        table = chance.choice([name for name in office.tables if reachable(truth, name)])
        row = chance.randrange(len(truth.cells(table, office.tables[table].label)))
    column = chance.choice(reachable(truth, table))
    old = truth.cells(table, column)[row]
    return Entry(tick, AGENT, "stray", table, row, column, old, _other_cell(truth, table, column, old, chance))


MADE = {
    "mails": "mail_send",
    "events": "event_create",
    "orders": "order_create",
    "documents": "document_credit",
    "tickets": "ticket_open",
    "shifts": "shift_post",
}
"""Tables in which records can be made, and by which command."""


def _stray_record(truth: Desk, chance: random.Random) -> Entry:
    """A record that nobody asked for, just like another one."""
    table = chance.choice([name for name in MADE if name in truth.office.tables])
    columns = [one.name for one in truth.office.tables[table].columns]
    size = len(truth.cells(table, columns[0]))
    like = chance.randrange(size)
    made = tuple(truth.cells(table, name)[like] for name in columns)
    return Entry(truth.tick, AGENT, MADE[table], table, size, NEW, None, made)


def _rewritten(truth: Desk, journal: list[Entry], at: int, way: str, chance: random.Random) -> list[Entry] | None:
    """The journal with one of its entries otherwise; None if that can't be."""
    entry = journal[at]
    columns = truth.office.tables[entry.table].columns
    made = entry.column == NEW
    if way == "left out":
        if made:  # later rows would move
            return journal[:at] + journal[at + 1 :] if not _after(journal, at) else None
        return [one for one in journal if one[:3] != entry[:3]]
    if way == "another value":
        if made:
            name = chance.choice(reachable(truth, entry.table, entry))
            spec = [one.name for one in columns].index(name)
            cells = list(entry.new)
            if (entry.command, name) == ("mail_forward", "body"):  # what is passed on can't be altered
                cells[spec] = f"{_with_name(truth, 'Please see', chance)}\n\n{cells[spec]}"
            else:
                cells[spec] = _other_cell(truth, entry.table, name, cells[spec], chance)
            return [*journal[:at], entry._replace(new=tuple(cells)), *journal[at + 1 :]]
        new = _other_cell(truth, entry.table, entry.column, entry.new, chance)
        return [*journal[:at], entry._replace(new=new), *journal[at + 1 :]]
    if way in ("cut short", "unnamed"):
        return [*journal[:at], _retold(truth, entry, way, chance), *journal[at + 1 :]] if made else None
    if way == "another row":
        row = chance.randrange(len(before(truth).cells(entry.table, columns[0].name)))
        if made or row == entry.row or sum(one[:3] == entry[:3] for one in journal) > 1:
            return None  # half a command is none
        old = truth.cells(entry.table, entry.column)[row]
        return [*journal[:at], entry._replace(row=row, old=old), *journal[at + 1 :]]
    if way == "too early" and not made and entry.row < len(before(truth).cells(entry.table, columns[0].name)):
        place, tick = 0, 1
        if others := [i for i, one in enumerate(journal[:at]) if one.actor != AGENT]:
            place = chance.choice(others)
            tick = chance.choice((1, journal[place].tick, journal[place].tick + 1))
            place += tick > journal[place].tick
        old = before(truth).cells(entry.table, entry.column)[entry.row]
        return [*journal[:place], entry._replace(tick=tick, old=old), *journal[place:at], *journal[at + 1 :]]
    if way == "doubled" and made:
        size = len(truth.cells(entry.table, columns[0].name))
        cells = list(entry.new)
        if chance.random() < 0.5:
            name = chance.choice(reachable(truth, entry.table, entry))
            spec = [one.name for one in columns].index(name)
            cells[spec] = _other_cell(truth, entry.table, name, cells[spec], chance)
        return [*journal, entry._replace(row=size, new=tuple(cells))]
    return None


def _retold(truth: Desk, entry: Entry, way: str, chance: random.Random) -> Entry:
    """The entry of a new record with a text of one word, or without the name of some record in any of its texts."""
    columns, cells = truth.office.tables[entry.table].columns, list(entry.new)
    free = [name for name in reachable(truth, entry.table, entry) if (entry.command, name) != ("mail_forward", "body")]
    texts = [i for i, one in enumerate(columns) if one.name in free and one.kind == "text" and cells[i]]
    said = "\n".join(cells[i] for i in texts)
    tables = [one for one in truth.office.tables.values() if one.name not in ("mails", "replies")]
    names = sorted({name for one in tables for name in truth.cells(one.name, one.label) if name and name in said})
    if way == "unnamed" and names:
        name = chance.choice(names)
        for i in texts:
            cells[i] = cells[i].replace(name, "it")
    elif texts:
        i = chance.choice(texts)
        cells[i] = cells[i].split()[0]
    return entry._replace(new=tuple(cells))


def _after(journal: list[Entry], at: int) -> bool:
    """Whether a later entry is about a record that was made with this one or after it."""
    table, row = journal[at].table, journal[at].row
    return any(one.table == table and one.row >= row for one in journal[at + 1 :])
