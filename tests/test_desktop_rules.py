"""What the office software allows: the rules of each command."""

from __future__ import annotations

import collections
from typing import Any

import pytest
from desktop_desks import cell, desk, do, option, refusal, rows

from infogap.envs.desktop.apps import OFFICE
from infogap.envs.desktop.store import Desk


# -- mail --------------------------------------------------------------------------------------------------------------
def test_a_mail_that_is_sent() -> None:
    truth = desk()
    me = rows(truth, "people", own_card=True)[0]
    to, copy = rows(truth, "people", own_card=False)[:2]
    address = cell(truth, "people", to, "address")
    after = do(
        truth.but(tick=7), "mail_send", recipient=address, copy=copy, subject=" Your  order ", body="Thanks.\nBye"
    )
    new = len(truth.cells("mails", "subject"))
    assert [entry[3:6] for entry in after.journal] == [("mails", new, "+")]
    got = {column.name: cell(after, "mails", new, column.name) for column in OFFICE.tables["mails"].columns}
    assert (got["subject"], got["body"], got["sent"]) == ("Your order", "Thanks.\nBye", truth.today)
    assert (got["sender"], got["recipient"], got["copy"], got["clock"]) == (me, to, copy, 8 * 60 + 7)
    assert got["folder"] == option("mails", "folder", "sent") and not got["unread"]
    assert got["thread"] not in truth.cells("mails", "thread")


def test_mail_by_somebody_else_arrives() -> None:
    truth = desk()
    me = rows(truth, "people", own_card=True)[0]
    other = next(r for r in rows(truth, "people", own_card=False) if _unique(truth, r))
    address, name = (cell(truth, "people", other, column) for column in ("address", "name"))
    for actor in (address, name):
        after = do(truth, "mail_send", actor, recipient=me, subject="News", body="It is late.")
        row = len(truth.cells("mails", "subject"))
        assert cell(after, "mails", row, "sender") == other and cell(after, "mails", row, "unread")
        assert cell(after, "mails", row, "folder") == option("mails", "folder", "inbox")
    third = rows(truth, "people", own_card=False)[1]
    assert refusal(truth, "mail_send", address, recipient=third, subject="a", body="b") == ("not_allowed", "")
    assert refusal(truth, "mail_send", "Nobody", recipient=me, subject="a", body="b") == ("unknown_name", "")
    twin = next(n for n, k in collections.Counter(truth.cells("people", "name")).items() if k > 1)
    assert refusal(truth, "mail_send", twin, recipient=me, subject="a", body="b") == ("ambiguous_name", "")
    assert refusal(truth, "mail_send", recipient=twin, subject="a", body="b") == ("ambiguous_name", "recipient")


def _unique(truth: Desk, row: int) -> bool:
    return truth.cells("people", "name").count(cell(truth, "people", row, "name")) == 1


def test_replies_and_forwards() -> None:
    truth = desk()
    me = rows(truth, "people", own_card=True)[0]
    got = rows(truth, "mails", recipient=me, subject=lambda s: not s.startswith("Re: "))[0]
    new = len(truth.cells("mails", "subject"))
    sender, subject = cell(truth, "mails", got, "sender"), cell(truth, "mails", got, "subject")
    after = do(truth, "mail_reply", id=got, body="Yes")
    assert cell(after, "mails", new, "recipient") == sender and cell(after, "mails", new, "subject") == f"Re: {subject}"
    assert cell(after, "mails", new, "thread") == cell(truth, "mails", got, "thread")
    again = do(after, "mail_reply", id=new, body="And one thing more")  # to one's own mail: to whom it went
    assert cell(again, "mails", new + 1, "recipient") == sender
    assert cell(again, "mails", new + 1, "subject") == f"Re: {subject}"
    third = next(row for row in range(new) if row not in (me, sender))
    passed = do(truth, "mail_forward", id=got, recipient=third, body="For you")
    assert cell(passed, "mails", new, "subject") == f"Fwd: {subject}"
    body = cell(passed, "mails", new, "body")
    assert body.startswith("For you\n") and body.endswith(cell(truth, "mails", got, "body"))
    assert refusal(truth, "mail_reply", id=got, body=" ") == ("missing", "body")
    assert refusal(truth, "mail_send", recipient=third, subject="a\u202eb", body="b") == ("not_understood", "subject")
    assert refusal(truth, "mail_send", recipient=third, subject="a", body="b" * 4001) == ("too_long", "body")


def test_mail_is_moved_labelled_and_flagged() -> None:
    truth = desk()
    got, sent = (rows(truth, "mails", folder=name, label="none")[0] for name in ("inbox", "sent"))
    assert refusal(truth, "mail_move", id=got, folder="sent") == ("not_allowed", "folder")
    assert refusal(truth, "mail_move", id=got, folder="drafts") == ("not_allowed", "folder")
    assert refusal(truth, "mail_move", id=sent, folder="inbox") == ("not_allowed", "folder")
    assert refusal(truth, "mail_move", id=got, folder="inbox") == ("unchanged", "")
    after = do(do(truth, "mail_move", id=got, folder="trash"), "mail_label", id=got, label="invoice")
    assert cell(after, "mails", got, "folder") == option("mails", "folder", "trash")
    assert cell(after, "mails", got, "label") == option("mails", "label", "invoice")
    was = cell(truth, "mails", got, "flagged")
    assert cell(do(truth, "mail_flag", id=got), "mails", got, "flagged") is not was
    assert refusal(truth, "mail_flag", id=got, flagged="yes" if was else "no") == ("unchanged", "")
    new = truth.but(mails_unread=tuple(row == got for row in range(len(truth.cells("mails", "unread")))))
    read = do(new, "mail_read", id=got)
    assert not cell(read, "mails", got, "unread") and do(read, "mail_read", id=got) is read


# -- calendar ----------------------------------------------------------------------------------------------------------
def _meeting(truth: Desk, **changes: Any) -> dict[str, Any]:
    return {"title": "Review", "day": truth.today + 8, "start": 600, "length": 60, "room": "atlas", **changes}


def _free(truth: Desk) -> Desk:
    """No meetings on the day of :func:`_meeting`."""
    days = tuple(truth.today + 9 if day == truth.today + 8 else day for day in truth.cells("events", "day"))
    return truth.but(events_day=days)


def test_a_meeting_that_is_called() -> None:
    truth = _free(desk())
    me, (ann, ben) = rows(truth, "people", own_card=True)[0], rows(truth, "people", own_card=False)[:2]
    said = ", ".join(cell(truth, "people", row, "address") for row in (ann, me, ben, ann))
    after = do(truth, "event_create", **_meeting(truth), attendees=said)
    row = len(truth.cells("events", "title"))
    assert cell(after, "events", row, "organiser") == me and cell(after, "events", row, "attendees") == (ann, ben)
    assert cell(after, "events", row, "state") == option("events", "state", "planned")
    assert cell(after, "events", row, "period") == option("events", "period", "coming")
    more = do(after, "event_invite", id=row, attendees=(me, ben, ben + 1 if ben + 1 != me else ben + 2))
    assert len(cell(more, "events", row, "attendees")) == 3
    assert refusal(after, "event_invite", id=row, attendees=(me, ben)) == ("unchanged", "")


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"title": " "}, "missing", "title"),
        ({"day": -400}, "in_past", "day"),
        ({"day": "31.02.2024"}, "not_understood", "day"),
        ({"day": 40_000}, "out_of_range", "day"),
        ({"start": 1440}, "out_of_range", "start"),
        ({"length": 4}, "out_of_range", "length"),
        ({"start": 1400, "length": 60}, "out_of_range", "length"),
        ({"room": "attic"}, "not_understood", "room"),
        ({"attendees": "Nobody Inparticular"}, "unknown_name", "attendees"),
    ],
)
def test_a_meeting_that_is_refused(changes: dict[str, Any], code: str, field: str) -> None:
    truth = _free(desk())
    assert refusal(truth, "event_create", **_meeting(truth, **changes)) == (code, field)


def test_a_room_is_taken_once() -> None:
    truth = do(_free(desk()), "event_create", **_meeting(desk()))
    first = len(truth.cells("events", "title")) - 1
    for start, length, taken in ((600, 60, True), (541, 60, True), (659, 5, True), (630, 5, True), (540, 60, False)):
        given = _meeting(truth, start=start, length=length)
        if taken:
            assert refusal(truth, "event_create", **given) == ("taken", "room")
        else:
            do(truth, "event_create", **given)
    do(truth, "event_create", **_meeting(truth, start=660))
    do(truth, "event_create", **_meeting(truth, room="birch"))
    twice = do(
        do(truth, "event_create", **_meeting(truth, room="none")), "event_create", **_meeting(truth, room="none")
    )
    moved = {"day": truth.today + 8, "start": 600, "length": 30, "room": "atlas"}
    assert refusal(twice, "event_change", id=first + 1, **moved) == ("taken", "room")
    do(truth, "event_change", id=first, **moved)  # its own time is no obstacle
    do(do(truth, "event_cancel", id=first), "event_create", **_meeting(truth))  # nor is one that was cancelled


def test_what_is_over_stays() -> None:
    truth = desk()
    past = rows(truth, "events", day=lambda day: day < truth.today, state="planned")[0]
    called_off = rows(truth, "events", state="cancelled")[0]
    for command, given in (("event_cancel", {}), ("event_invite", {"attendees": (0,)})):
        assert refusal(truth, command, id=past, **given) == ("in_past", "")
        assert refusal(truth, command, id=called_off, **given) == ("not_allowed", "")


# -- orders ------------------------------------------------------------------------------------------------------------
NEXT = {
    "open": {"confirmed", "on_hold", "cancelled"},
    "confirmed": {"on_hold", "shipped", "cancelled"},
    "on_hold": {"open", "cancelled"},
    "shipped": {"delivered"},
    "delivered": {"returned"},
    "cancelled": set(),
    "returned": set(),
}


def test_orders_become_what_they_can() -> None:
    truth = desk(2, "full")
    for status, following in NEXT.items():
        standing = {
            row: cell(truth, "customers", row, "standing") for row in range(len(truth.cells("customers", "terms")))
        }
        row = next(
            r for r in rows(truth, "orders", order_status=status) if not standing[cell(truth, "orders", r, "customer")]
        )
        for name in NEXT:
            if name in following:
                after = do(truth, "order_status", id=row, status=name)
                assert [entry[3:6] for entry in after.journal] == [("orders", row, "order_status")]
                assert cell(after, "orders", row, "order_status") == option("orders", "order_status", name)
            else:
                assert refusal(truth, "order_status", id=row, status=name) == ("not_allowed", "")
        if "cancelled" not in following:
            assert refusal(truth, "order_cancel", id=row) == ("not_allowed", "")


def test_customers_on_hold_get_nothing() -> None:
    truth = desk()
    row = rows(truth, "orders", order_status="open")[0]
    customer = cell(truth, "orders", row, "customer")
    held = do(truth, "customer_hold", id=customer) if customer in rows(truth, "customers", standing="active") else truth
    assert refusal(held, "order_status", id=row, status="confirmed") == ("not_allowed", "customer")
    new = {"customer": customer, "sku": cell(truth, "items", 0, "sku"), "quantity": 1, "due": truth.today + 5}
    assert refusal(held, "order_create", **new) == ("not_allowed", "customer")
    assert refusal(held, "customer_hold", id=customer) == ("unchanged", "")
    free = do(held, "customer_release", id=customer)
    do(free, "order_create", **new)
    do(do(held, "order_status", id=row, status="on_hold"), "order_cancel", id=row)


def test_a_new_order_has_the_list_price_and_the_next_number() -> None:
    truth = desk()
    customer, price = rows(truth, "customers", standing="active")[0], cell(truth, "items", 3, "unit_price")
    given = {"customer": customer, "sku": cell(truth, "items", 3, "sku").lower(), "quantity": 7, "due": truth.today + 5}
    after = do(truth, "order_create", **given)
    row = len(truth.cells("orders", "sku"))
    assert cell(after, "orders", row, "order_total") == 7 * price and cell(after, "orders", row, "unit_price") == price
    assert cell(after, "orders", row, "item") == cell(truth, "items", 3, "item")
    assert cell(after, "orders", row, "ship_city") == cell(truth, "customers", customer, "customer_city")
    highest = max(int(number.removeprefix("SO-")) for number in truth.cells("orders", "order_number"))
    assert cell(after, "orders", row, "order_number") == f"SO-{highest + 1}"
    cheap = do(truth, "order_create", **given, unit_price="12.50", ship_city="Porto", priority="urgent")
    assert cell(cheap, "orders", row, "order_total") == 7 * 1250 and cell(cheap, "orders", row, "ship_city") == "Porto"
    for changes, problem in (
        ({"sku": "ZZ-0"}, ("unknown_name", "sku")),
        ({"quantity": 0}, ("out_of_range", "quantity")),
        ({"quantity": "many"}, ("not_understood", "quantity")),
        ({"due": truth.today - 1}, ("in_past", "due")),
        ({"customer": ""}, ("missing", "customer")),
    ):
        assert refusal(truth, "order_create", **{**given, **changes}) == problem


def test_an_order_is_changed_before_it_is_shipped() -> None:
    truth = desk()
    row, gone = rows(truth, "orders", order_status="confirmed")[0], rows(truth, "orders", order_status="shipped")[0]
    assert refusal(truth, "order_change", id=gone, quantity=3) == ("not_allowed", "")
    quantity = cell(truth, "orders", row, "quantity") + 1
    after = do(truth, "order_change", id=row, quantity=str(quantity))
    assert {entry.column for entry in after.journal} == {"quantity", "order_total"}
    assert cell(after, "orders", row, "order_total") == quantity * cell(truth, "orders", row, "unit_price")
    assert refusal(truth, "order_change", id=row) == ("unchanged", "")
    late = truth.but(today=max(truth.cells("orders", "due")) + 2)
    assert refusal(late, "order_change", id=row, due=late.today - 1) == ("in_past", "due")
    do(late, "order_change", id=row, quantity=quantity)  # a day that has passed may stay
    assert cell(do(truth, "order_note", id=gone, note="Ring"), "orders", gone, "order_note") == "Ring"
    customer = do(truth, "customer_change", id=0, remark="", terms=44, tier="gold")
    assert cell(customer, "customers", 0, "terms") == 44


# -- ledger ------------------------------------------------------------------------------------------------------------
def _papers(truth: Desk, kind: str, status: str) -> list[int]:
    return rows(truth, "documents", document_type=kind, document_status=status)


def test_bills_are_approved_once() -> None:
    truth = desk()
    bill = _papers(truth, "bill", "open")[0]
    approved = do(truth, "document_approve", id=bill)
    assert [entry[3:8] for entry in approved.journal] == [("documents", bill, "document_status", 0, 2)]
    assert refusal(approved, "document_approve", id=bill) == ("not_allowed", "")
    held = do(approved, "document_hold", id=bill)
    assert refusal(held, "document_approve", id=bill) == ("not_allowed", "")
    do(do(held, "document_release", id=bill), "document_approve", id=bill)
    disputed = do(held, "document_dispute", id=bill)
    assert refusal(disputed, "document_hold", id=bill) == ("not_allowed", "")
    paid, booked = _papers(truth, "invoice", "paid")[0], _papers(truth, "payment", "posted")[0]
    for command in ("approve", "hold", "dispute", "release", "post"):
        for row in (paid, booked):
            assert refusal(truth, f"document_{command}", id=row) == ("not_allowed", "")
    assert refusal(truth, "document_approve", id=_papers(truth, "invoice", "open")[0]) == ("not_allowed", "")


MAY = {
    "approve": {"bill": {"open"}, "credit": {"open"}},
    "hold": {"invoice": {"open"}, "bill": {"open", "approved"}, "credit": {"open", "approved"}},
    "dispute": {"invoice": {"open", "on_hold"}, "bill": {"open", "approved", "on_hold"}},
    "release": {"invoice": {"on_hold", "disputed"}, "bill": {"on_hold", "disputed"}, "credit": {"on_hold"}},
    "post": {"payment": {"open"}, "credit": {"open", "approved"}},
}
"""What can be done to a document of a type in a status that it may have."""
HAVE = {
    "invoice": ("open", "paid", "on_hold", "disputed"),
    "bill": ("open", "approved", "paid", "on_hold", "disputed"),
    "payment": ("open", "posted"),
    "credit": ("open", "approved", "on_hold", "posted"),
}


@pytest.mark.parametrize("kind", HAVE)
def test_documents_become_what_they_can(kind: str) -> None:
    truth = desk()
    row = rows(truth, "documents", document_type=kind)[0]
    for status in HAVE[kind]:
        statuses = list(truth.cells("documents", "document_status"))
        statuses[row] = option("documents", "document_status", status)
        there = truth.but(documents_document_status=tuple(statuses))
        for command, kinds in MAY.items():
            if status in kinds.get(kind, ()):
                assert do(there, f"document_{command}", id=row).journal[0][3:6] == ("documents", row, "document_status")
            else:
                assert refusal(there, f"document_{command}", id=row) == ("not_allowed", ""), (command, status)


def test_a_payment_settles_what_it_pays_in_full() -> None:
    truth = desk()
    invoice, payment = _papers(truth, "invoice", "open")[0], _papers(truth, "payment", "posted")[0]
    number, amount = (cell(truth, "documents", invoice, name) for name in ("document_number", "amount"))

    def with_payment(of: str, cents: int) -> Desk:
        status, references, amounts = (
            list(truth.cells("documents", n)) for n in ("document_status", "reference", "amount")
        )
        status[payment], references[payment], amounts[payment] = 0, of, cents
        return truth.but(
            documents_document_status=tuple(status),
            documents_reference=tuple(references),
            documents_amount=tuple(amounts),
        )

    full = do(with_payment(number, amount), "document_post", id=payment)
    assert [entry[4] for entry in full.journal] == [payment, invoice]
    assert cell(full, "documents", invoice, "document_status") == option("documents", "document_status", "paid")
    for part in (with_payment(number, amount - 1), with_payment("SO-1", amount)):
        assert [entry[4] for entry in do(part, "document_post", id=payment).journal] == [payment]


def test_credit_notes_are_for_invoices() -> None:
    truth = desk()
    invoice, bill = _papers(truth, "invoice", "paid")[0], _papers(truth, "bill", "open")[0]
    got = {
        name: cell(truth, "documents", invoice, name) for name in ("document_number", "reference", "amount", "party")
    }
    for reference in (got["document_number"].lower(), got["reference"]):
        after = do(truth, "document_credit", reference=reference, amount=got["amount"], note="Sorry")
        row = len(truth.cells("documents", "party"))
        assert cell(after, "documents", row, "party") == got["party"]
        assert cell(after, "documents", row, "reference") == reference.upper()
        assert cell(after, "documents", row, "document_number") not in truth.cells("documents", "document_number")
        assert cell(after, "documents", row, "issued") == truth.today
    given = {"reference": got["document_number"], "amount": got["amount"] + 1}
    assert refusal(truth, "document_credit", **given) == ("out_of_range", "amount")
    number = cell(truth, "documents", bill, "document_number")
    assert refusal(truth, "document_credit", reference=number, amount=1) == ("unknown_name", "reference")


def test_documents_are_changed_while_they_are_open() -> None:
    truth = desk()
    bill, paid = _papers(truth, "bill", "open")[0], _papers(truth, "invoice", "paid")[0]
    order = cell(truth, "orders", 0, "order_number")
    after = do(truth, "document_change", id=bill, reference=order.lower(), note="Corrected")
    assert cell(after, "documents", bill, "reference") == order
    assert refusal(truth, "document_change", id=bill, reference="SO-1") == ("unknown_name", "reference")
    assert refusal(truth, "document_change", id=paid, amount=5) == ("not_allowed", "")
