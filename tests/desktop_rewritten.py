"""Finished episodes in which what the agent did is written otherwise, as if it had done something else."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

from infogap.envs.desktop.answers import STATUSES
from infogap.envs.desktop.schema import Column
from infogap.envs.desktop.store import AGENT, NEW, Desk, Entry, Order, Refused, apply, before, commit

SETTABLE = {
    "mails": ("recipient", "copy", "subject", "body", "folder", "label", "flagged"),
    "events": ("title", "day", "start", "length", "attendees", "room", "state"),
    "orders": ("customer", "quantity", "due", "ship_city", "priority", "order_note", "order_status"),
    "documents": ("reference", "amount", "document_note", "document_status"),
}
"""What the agent can give a record that it makes, or change about it afterwards."""
BY_COMMAND = {"mail_reply": ("recipient", "body", "flagged", "label"), "mail_forward": ("recipient", "body", "folder")}
"""What it can give where the rest follows from the mail answered."""
BECOMES = {
    "state": ("cancelled",),
    "order_status": ("confirmed", "on_hold", "cancelled"),
    "document_status": ("approved", "on_hold", "posted"),
}
"""What a new record can become by further commands."""


def rewritten(truth: Desk, chance: random.Random, count: int = 1) -> Desk:
    """The final state of a finished episode as it would be if the agent had done something else.

    Args:
        truth: Its state.
        chance: What decides.
        count: How many alterations.
    """
    for _ in range(count):
        truth = chance.choice(WAYS)(truth, chance)
    return truth


# -- values ------------------------------------------------------------------------------------------------------------
def another(truth: Desk, table: str, column: Column, cell: Any, chance: random.Random) -> Any:
    """Another value that a cell could have."""
    everything = truth.cells(table, column.name)
    if column.kind == "enum":
        return chance.choice([i for i in range(len(column.of)) if i != cell])
    if column.kind == "bool":
        return not cell
    if column.kind in ("ref", "refs"):
        return _people(truth, str(column.of), column.kind == "refs", cell, chance)
    if column.kind == "text":
        return _text(truth, cell, everything, chance)
    step = {"date": (-7, -1, 1, 7), "time": (-30, 30), "money": (-1, 1, 100)}.get(column.kind, (-1, 1))
    return chance.choice((cell + chance.choice(step), chance.choice(everything)))


def _people(truth: Desk, table: str, many: bool, cell: Any, chance: random.Random) -> Any:
    names = truth.cells(table, truth.office.tables[table].label)
    some = chance.randrange(len(names))
    if not many:
        same = [row for row, name in enumerate(names) if cell >= 0 and name == names[cell] and row != cell]
        return chance.choice([some, *same])
    fewer = tuple(row for row in cell if row != chance.choice(cell)) if cell else ()
    more = cell if some in cell else (*cell, some)
    return chance.choice((fewer, more, tuple(reversed(cell))))


def _text(truth: Desk, text: str, everything: tuple[str, ...], chance: random.Random) -> str:
    ways = [text[: len(text) // 2], f"{text} again", chance.choice(everything), text.upper(), text.lower(), f"{text}."]
    ways.append(f"{text} {chance.choice(truth.cells('orders', 'order_number'))}")
    ways.append(f"{text} 12.50")
    if truth.office.tables.get("events"):
        titles = truth.cells("events", "title")
        ways.append(f"{text} {chance.choice(titles)}")
        ways += [text.replace(title, chance.choice(titles)) for title in set(titles) if title in text]
    for found in re.finditer(r"\d+", text):
        near = str(max(0, int(found[0]) + chance.choice((-1, 1)))).zfill(len(found[0]))
        ways.append(text[: found.start()] + near + text[found.end() :])
    return chance.choice(ways).strip()  # as software does


# -- the journal -------------------------------------------------------------------------------------------------------
def told_again(truth: Desk, entries: list[Entry]) -> Desk:
    """The state after other entries. What was there before a cell was written is looked up again."""
    now = before(truth)
    for entry in entries:
        if entry.column == NEW:
            label = truth.office.tables[entry.table].label
            now = commit(now, (entry._replace(row=len(now.cells(entry.table, label))),))
            continue
        cells = now.cells(entry.table, entry.column)
        if entry.row < len(cells) and cells[entry.row] != entry.new:
            now = commit(now, (entry._replace(old=cells[entry.row]),))
    return now


def _own(truth: Desk) -> list[int]:
    """The places in the journal of what the agent wrote, but for what it has only read."""
    return [i for i, entry in enumerate(truth.journal) if entry.actor == AGENT and entry.command != "mail_read"]


def _dropped(truth: Desk, chance: random.Random) -> Desk:
    """One command was not given. Records made later move up."""
    own = _own(truth)
    if not own:
        return truth
    gone = truth.journal[chance.choice(own)]
    entries = []
    for entry in truth.journal:
        if entry[:3] == gone[:3]:
            continue
        if gone.column == NEW and entry.table == gone.table and entry.row >= gone.row:
            if entry.row == gone.row:
                continue
            entry = entry._replace(row=entry.row - 1)
        entries.append(entry)
    return told_again(truth, entries)


def _doubled(truth: Desk, chance: random.Random) -> Desk:
    """A record was made twice."""
    made = [i for i in _own(truth) if truth.journal[i].column == NEW]
    if not made:
        return truth
    return told_again(truth, [*truth.journal, truth.journal[chance.choice(made)]])


def _altered(truth: Desk, chance: random.Random) -> Desk:
    """Something else was written, into a cell or into a new record."""
    own = _own(truth)
    if not own:
        return truth
    at = chance.choice(own)
    entry, entries = truth.journal[at], list(truth.journal)
    table = truth.office.tables[entry.table]
    if entry.column != NEW:
        new = another(truth, entry.table, table[entry.column], entry.new, chance)
        entries[at] = entry._replace(new=new)
        return told_again(truth, entries)
    cells = dict(zip([column.name for column in table.columns], entry.new, strict=True))
    name = chance.choice(BY_COMMAND.get(entry.command, SETTABLE[entry.table]))
    if name in BECOMES:
        cells[name] = table[name].of.index(chance.choice(BECOMES[name]))
    elif (entry.command, name) == ("mail_forward", "body"):
        cells[name] = f"{chance.choice(truth.cells('mails', 'subject'))}\n\n{cells[name]}"  # it quotes the mail
    else:
        cells[name] = another(truth, entry.table, table[name], cells[name], chance)
    if entry.table == "orders":
        cells["order_total"] = cells["quantity"] * cells["unit_price"]
    entries[at] = entry._replace(new=tuple(cells.values()))
    return told_again(truth, entries)


def _elsewhere(truth: Desk, chance: random.Random) -> Desk:
    """A cell was written in another record."""
    own = [i for i in _own(truth) if truth.journal[i].column != NEW]
    if not own:
        return truth
    at = chance.choice(own)
    entry, entries = truth.journal[at], list(truth.journal)
    rows = len(before(truth).cells(entry.table, entry.column))
    entries[at] = entry._replace(row=chance.randrange(rows))
    return told_again(truth, entries)


def _early(truth: Desk, chance: random.Random) -> Desk:
    """The agent did all before anybody else did anything."""
    own = [entry._replace(tick=1) for entry in truth.journal if entry.actor == AGENT]
    return told_again(truth, [*own, *(entry for entry in truth.journal if entry.actor != AGENT)])


def _at_second_try(truth: Desk, chance: random.Random) -> Desk:
    """A cell had been written wrongly first, at the very beginning."""
    own = [i for i in _own(truth) if truth.journal[i].column != NEW]
    if not own:
        return truth
    entry = truth.journal[chance.choice(own)]
    if entry.row >= len(before(truth).cells(entry.table, entry.column)):
        return truth
    column = truth.office.column(entry.table, entry.column)
    wrong = another(truth, entry.table, column, entry.new, chance)
    return told_again(truth, [entry._replace(tick=1, new=wrong), *truth.journal])


def _unasked(truth: Desk, chance: random.Random) -> Desk:
    """The principal was not asked."""
    return truth.but(said=())


def _said_otherwise(truth: Desk, chance: random.Random) -> Desk:
    """Another status was submitted, or more words."""
    status, text = truth.ended
    return truth.but(ended=chance.choice(((chance.choice(STATUSES), text), (status, f"{text} done"), ("", ""))))


def _and_more(truth: Desk, chance: random.Random) -> Desk:
    """Another command was given in the end: to a record that has been dealt with, or to any other."""
    for _ in range(30):
        command = chance.choice(sorted(EXTRA))
        table, given = EXTRA[command]
        size = len(truth.cells(table, truth.office.tables[table].label))
        touched = [entry.row for entry in truth.journal if entry.table == table]
        row = chance.choice(touched if touched and chance.random() < 0.5 else range(size))
        try:
            return commit(truth, apply(truth, Order(command, tuple(given(truth, row, chance).items())), AGENT))
        except Refused:
            continue
    return truth


Given = Callable[[Desk, int, random.Random], dict[str, Any]]


def _cells(truth: Desk, table: str, row: int, **names: str) -> dict[str, Any]:
    return {"id": row, **{name: truth.cells(table, column)[row] for name, column in names.items()}}


EXTRA: dict[str, tuple[str, Given]] = {
    "mail_send": ("mails", lambda t, r, c: _cells(t, "mails", r, recipient="sender", subject="subject", body="body")),
    "mail_reply": ("mails", lambda t, r, c: {"id": r, "body": "Noted."}),
    "mail_forward": (
        "mails",
        lambda t, r, c: {"id": r, "recipient": c.randrange(len(t.cells("people", "name"))), "body": ""},
    ),
    "mail_move": ("mails", lambda t, r, c: {"id": r, "folder": c.choice(("archive", "trash", "inbox"))}),
    "mail_label": ("mails", lambda t, r, c: {"id": r, "label": c.choice(("order", "invoice", "meeting", "other"))}),
    "mail_flag": ("mails", lambda t, r, c: {"id": r}),
    "mail_read": ("mails", lambda t, r, c: {"id": r}),
    "event_cancel": ("events", lambda t, r, c: {"id": r}),
    "event_invite": ("events", lambda t, r, c: {"id": r, "attendees": (c.randrange(len(t.cells("people", "name"))),)}),
    "order_note": ("orders", lambda t, r, c: {"id": r, "note": "noted"}),
    "order_status": ("orders", lambda t, r, c: {"id": r, "status": c.choice(("confirmed", "on_hold", "shipped"))}),
    "order_cancel": ("orders", lambda t, r, c: {"id": r}),
    "customer_hold": ("customers", lambda t, r, c: {"id": r}),
    "document_approve": ("documents", lambda t, r, c: {"id": r}),
    "document_hold": ("documents", lambda t, r, c: {"id": r}),
    "document_post": ("documents", lambda t, r, c: {"id": r}),
}
"""Commands that nobody has asked for: the table they are about, and their arguments."""
WAYS = (
    *(_altered, _altered, _altered, _altered, _and_more, _and_more, _dropped, _doubled, _elsewhere),
    *(_early, _at_second_try, _unasked, _said_otherwise),
)
"""What can be written otherwise."""
