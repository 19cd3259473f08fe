"""Commands of the office software write by the rules or not at all, whatever they are given."""

from __future__ import annotations

import collections
from collections.abc import Callable
from typing import Any

import pytest
from desktop_desks import cell, desk, option, rows, state

from infogap.envs.desktop.apps import MESSAGES, OFFICE
from infogap.envs.desktop.dice import Dice
from infogap.envs.desktop.store import AGENT, Desk, Draft, Order, Refused, apply, before, commit, desk_class


# -- commands: whatever they are given ---------------------------------------------------------------------------------
def _row(table: str) -> Callable[[Desk, Dice], Any]:
    return lambda truth, dice: dice.below(len(truth.cells(table, OFFICE.tables[table].label)))


def _people(truth: Desk, dice: Dice) -> tuple[int, ...]:
    return tuple(dice.sample(range(len(truth.cells("people", "name"))), dice.between(1, 3)))


def _pick(*things: Any) -> Callable[[Desk, Dice], Any]:
    return lambda truth, dice: dice.pick(things)


def _reference(truth: Desk, dice: Dice) -> str:
    return dice.pick(truth.cells(*dice.pick((("documents", "document_number"), ("orders", "order_number")))))


def _between(low: int, high: int) -> Callable[[Desk, Dice], Any]:
    return lambda truth, dice: dice.between(low, high)


def _ahead(truth: Desk, dice: Dice) -> int:
    return truth.today + dice.between(0, 30)


_TEXT = _pick("Stock count", "Please see below.", "two\nlines", "Ärger über Öl, 5 €")
GIVEN: dict[str, dict[str, Callable[[Desk, Dice], Any]]] = {
    "mail_send": {"recipient": _row("people"), "copy": _row("people"), "subject": _pick("Hello"), "body": _TEXT},
    "mail_reply": {"id": _row("mails"), "body": _TEXT},
    "mail_forward": {"id": _row("mails"), "recipient": _row("people"), "body": _TEXT},
    "mail_move": {"id": _row("mails"), "folder": _pick(0, 1, 2, 3, 4, "archive", "trash")},
    "mail_label": {"id": _row("mails"), "label": _pick(0, 1, 2, 3, 4, 5, "invoice")},
    "mail_flag": {"id": _row("mails"), "flagged": _pick(True, False, "yes", "no")},
    "mail_read": {"id": _row("mails")},
    "event_create": {
        **{"title": _pick("Budget"), "day": _ahead, "start": _between(480, 1020), "length": _between(15, 120)},
        **{"attendees": _people, "room": _between(0, 4)},
    },
    "event_change": {
        **{"id": _row("events"), "day": _ahead, "start": _between(480, 1020), "length": _between(15, 120)},
        "room": _between(0, 4),
    },
    "event_cancel": {"id": _row("events")},
    "event_invite": {"id": _row("events"), "attendees": _people},
    "order_create": {
        "customer": _row("customers"),
        "sku": lambda truth, dice: dice.pick(truth.cells("items", "sku")),
        **{"quantity": _between(1, 40), "due": _ahead, "unit_price": _between(100, 90_000)},
        **{"ship_city": _pick("Leeds"), "priority": _pick(0, 1, "urgent")},
    },
    "order_change": {
        **{"id": _row("orders"), "quantity": _between(1, 40), "due": _ahead},
        **{"ship_city": _pick("Leeds", "Porto"), "priority": _pick(0, 1)},
    },
    "order_status": {"id": _row("orders"), "status": _pick("confirmed", "on_hold", "open", "shipped", "returned")},
    "order_cancel": {"id": _row("orders")},
    "order_note": {"id": _row("orders"), "note": _pick("Ring first", "Gate 4")},
    "customer_change": {
        **{"id": _row("customers"), "credit_limit": _between(0, 900_000), "terms": _between(0, 90)},
        **{"tier": _between(0, 2), "remark": _pick("", "Pays late")},
    },
    "customer_hold": {"id": _row("customers")},
    "customer_release": {"id": _row("customers")},
    "document_approve": {"id": _row("documents")},
    "document_hold": {"id": _row("documents")},
    "document_dispute": {"id": _row("documents")},
    "document_release": {"id": _row("documents")},
    "document_post": {"id": _row("documents")},
    "document_credit": {"reference": _reference, "amount": _between(1, 50_000), "note": _pick("", "Goodwill")},
    "document_change": {
        "id": _row("documents"),
        "amount": _between(1, 90_000),
        "reference": _reference,
        "note": _pick("x"),
    },
}
NASTY = (
    *(
        None,
        "",
        "  ",
        -1,
        -7,
        10**9,
        3.5,
        True,
        (),
        [],
        (-5,),
        (10**6,),
        ("x",),
        b"x",
        object(),
        "nonsense",
        "x" * 5000,
    ),
    *("a\x00b", "\u202eabc", "__import__('os')", {"a": 1}, float("nan"), "-1", "\n"),
)


def _arguments(command: str, truth: Desk, dice: Dice, nasty: float) -> dict[str, Any]:
    given = {name: draw(truth, dice) for name, draw in GIVEN[command].items()}
    for name in list(given):
        if dice.flip(nasty):
            given[name] = dice.pick(NASTY)
        elif dice.flip(nasty / 4):
            del given[name]
    return given


def busy(truth: Desk) -> Desk:
    """The truth with payments that have not been booked and customers on hold; not every company has them."""
    payment = option("documents", "document_type", "payment")
    kinds, statuses = truth.cells("documents", "document_type"), truth.cells("documents", "document_status")
    return truth.but(
        documents_document_status=tuple(0 if k == payment else s for k, s in zip(kinds, statuses, strict=True)),
        customers_standing=tuple(int(row % 3 == 0) for row in range(len(truth.cells("customers", "standing")))),
    )


def test_all_commands_are_tried() -> None:
    assert GIVEN.keys() == OFFICE.commands.keys()


@pytest.mark.parametrize("command", GIVEN)
def test_a_command_writes_or_refuses(command: str) -> None:
    """Whatever it is given, it writes what the truth can hold, or refuses with a reason that has words."""
    truth, dice, outcomes = busy(desk(9)), Dice(sum(map(ord, command))), collections.Counter()
    held = dict(truth.__dict__)
    stranger = cell(truth, "people", rows(truth, "people", own_card=False)[0], "address")
    for i in range(300):
        given = _arguments(command, truth, dice, (0.0, 0.15, 0.5)[i % 3])
        draft = Draft(truth, dice.pick((AGENT, AGENT, stranger, "Nobody Inparticular")), command)
        try:
            OFFICE.commands[command].effect(draft, given)
        except Refused as refused:
            outcomes["refused"] += 1
            assert refused.code in MESSAGES and refused.field in ("", "id", "customer", *GIVEN[command])
            assert refused.code not in {c.done for c in OFFICE.commands.values()}
        else:
            outcomes["done"] += 1
            assert draft.entries or command == "mail_read", given
            after = commit(truth, draft.entries)
            type(after)(**{name: getattr(after, name) for name in after.names})  # its class finds no fault
        assert truth.__dict__.keys() == held.keys() and all(truth.__dict__[n] is old for n, old in held.items())
    assert outcomes["done"] >= 3 and outcomes["refused"] >= 10, outcomes


@pytest.mark.parametrize("seed", range(3))
def test_the_journal_leads_back_and_forth(seed: int) -> None:
    start = now = busy(desk(seed))
    dice, commands = Dice(seed), list(GIVEN)
    writers = [AGENT, *start.cells("people", "address")[:3]]
    for tick in range(150):
        command = dice.pick(commands)
        order = Order(command, tuple(_arguments(command, now, dice, 0.0).items()))
        try:
            now = commit(now, apply(now, order, dice.pick(writers)), tick=tick)
        except Refused:
            continue
    assert len(now.journal) > 60 and len({entry.command for entry in now.journal}) > 15
    assert state(before(now)) == state(start) != state(now)
    assert state(commit(start, now.journal)) == state(now)
    fields = {name: getattr(now, name) for name in now.names}
    assert state(desk_class(OFFICE)(**fields)) == state(now)  # and its class finds no fault in it
