"""More papers for a company's ledger, such that its log, its orders and its mails still agree with them."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from ..company.dates import DAY, WORK
from ..company.house import in_force
from ..company.ledger import BILL_NOTES, BILL_TERMS
from ..company.model import (
    DOCUMENT_STATUSES,
    DOCUMENT_TYPES,
    ORDER_STATUSES,
    TOPICS,
    Company,
    Document,
    Event,
    Order,
    Policy,
)
from ..dice import Dice
from .base import Deal

__all__ = [
    "Billing",
    "add_bills",
    "days_after",
    "mixed",
    "plain",
    "price_of",
    "reordered",
    "revisions",
    "unbilled",
    "unpaid",
]

INVOICE, BILL, PAYMENT, _ = range(len(DOCUMENT_TYPES))
OPEN = DOCUMENT_STATUSES.index("open")
SHIPPED, DELIVERED = (ORDER_STATUSES.index(name) for name in ("shipped", "delivered"))
WHEN = itemgetter(1, 2)
"""Day and minute of an event."""


class Billing(NamedTuple):
    """A bill to be added: for which order (a row), on which day, over what, and what has become of it.

    Attributes:
        reason: Why it is on hold or disputed, a key of ``model.REASONS``.
    """

    order: int
    day: int
    quantity: int
    cost: int
    status: str = "open"
    reason: str = ""


def unbilled(company: Company) -> list[int]:
    """Rows of orders that have left the house and that no bill refers to, the earliest first."""
    billed = {document.order for document in company.documents if document.type == BILL}
    rows = [
        row for row, order in enumerate(company.orders) if order.status in (SHIPPED, DELIVERED) and row not in billed
    ]
    return sorted(rows, key=lambda row: company.orders[row].number)


def days_after(company: Company, row: int) -> list[int]:
    """The working days before today on which a bill for an order that has left can have come."""
    left = next(event.day for event in company.events if event.kind == "shipped" and event.about == row)
    return [DAY[work] for work in range(WORK[left], WORK[company.today])] or [left]


def add_bills(company: Company, dice: Dice, billings: Sequence[Billing]) -> Company:
    """The company with more bills. All bills are numbered again in the order of time, so that none stands out."""
    papers, events = list(company.documents), list(company.events)
    clerk = next(event.actor for event in company.events if event.kind == "invoiced")
    for k, billing in enumerate(billings):
        order = company.orders[billing.order]
        item = company.items[order.item]
        number, amount, payable = f"BILL-new{k:03}", billing.quantity * billing.cost, billing.day + BILL_TERMS
        told = (number, amount, payable, billing.quantity, order.item)
        events.append(Event("supplier_billed", billing.day, 801 + dice.below(100), item.supplier, billing.order, told))
        kind = {"on_hold": "bill_held", "disputed": "bill_disputed", "approved": "bill_approved"}.get(billing.status)
        if kind:
            then = DAY[min(WORK[billing.day] + 1 + dice.below(2), WORK[company.today] - 1)]
            about: tuple[Any, ...] = (number, amount if kind == "bill_approved" else billing.reason)
            events.append(Event(kind, then, 910 + dice.below(90), clerk, billing.order, about))
        party = company.people[item.supplier].firm_name
        status, note = DOCUMENT_STATUSES.index(billing.status), BILL_NOTES.get(billing.reason, "")
        papers.append(
            Document(number, BILL, party, order.number, amount, billing.day, payable, status, note, billing.order)
        )
    return _numbered(company, papers, events, "BILL-")


def unpaid(company: Company, row: int) -> Company:
    """The company in which an order's invoice has not been paid."""
    invoice = next(paper for paper in company.documents if paper.type == INVOICE and paper.order == row)
    papers = [
        paper._replace(status=OPEN) if paper is invoice else paper
        for paper in company.documents
        if paper.type != PAYMENT or paper.reference != invoice.number
    ]
    events = [event for event in company.events if event.kind != "paid" or event.data[1] != invoice.number]
    return _numbered(company, papers, events, "PAY-")


def _numbered(company: Company, papers: list[Document], events: list[Event], prefix: str) -> Company:
    """The company with these papers, those of one kind numbered in the order of time; of one day the old ones first."""
    size = len(prefix)
    kind = [paper for paper in papers if paper.number.startswith(prefix)]
    old = sorted(int(paper.number[size:]) for paper in kind if paper.number[size:].isdigit())

    def when(paper: Document) -> tuple[int, bool, int, str]:
        known = paper.number[size:].isdigit()
        return paper.issued, not known, int(paper.number[size:]) if known else 0, paper.number

    names = {paper.number: f"{prefix}{old[0] + k}" for k, paper in enumerate(sorted(kind, key=when))}
    new = {was: now for was, now in names.items() if was != now}
    renamed = [
        paper._replace(number=new.get(paper.number, paper.number), reference=new.get(paper.reference, paper.reference))
        if paper.number in new or paper.reference in new
        else paper
        for paper in papers
    ]
    told = [
        event._replace(data=tuple([new.get(one, one) if type(one) is str else one for one in event.data]))
        if event.kind in _ABOUT_PAPERS and not new.keys().isdisjoint(event.data)
        else event
        for event in events
    ]
    told.sort(key=WHEN)
    return company._replace(documents=tuple(renamed), events=tuple(told))


_ABOUT_PAPERS = ("supplier_billed", "bill_approved", "bill_held", "bill_disputed", "paid")
"""Kinds of events whose data name bills or payments."""


_PLAIN = {"order_placed", "order_confirmed", "delayed", "shipped", "delivered", "invoiced", "reminded", "paid"}
_OTHERS = {"meeting_called", "meeting_moved", "meeting_cancelled", "minutes", "policy_issued", "newsletter"}
"""Kinds of events whose `about` is no order."""


def plain(company: Company, also: frozenset[str] = frozenset()) -> set[int]:
    """Rows of orders that have arrived and of which nothing is told but how they came and were paid, and `also`."""
    told: dict[int, set[str]] = {}
    for event in company.events:
        told.setdefault(event.about, set()).add(event.kind)
    usual = _PLAIN | _OTHERS | also
    return {row for row, one in enumerate(company.orders) if one.status == DELIVERED and told[row] <= usual}


def revisions(company: Company, topic: str) -> list[Policy]:
    """The revisions of a topic's policy, in order of time."""
    number = TOPICS.index(topic)
    return sorted((policy for policy in company.policies if policy.topic == number), key=lambda p: p.effective)


def price_of(company: Company, customer: int, item: int, quantity: int, day: int) -> int:
    """What one piece costs a customer who orders on `day`: the list price less the discount in force then."""
    price, tier = company.items[item].price, company.customers[customer].tier
    cuts = in_force(revisions(company, "discounts"), day)
    return price * (100 - cuts[tier - 1]) // 100 if tier and quantity * price >= cuts[2] else price


def reordered(company: Company, row: int, item: int, quantity: int) -> Company:
    """The company in which an order was for something else from the start.

    For orders that are :func:`plain`.
    """
    order = company.orders[row]
    price = price_of(company, order.customer, item, quantity, order.placed)
    new = order._replace(item=item, quantity=quantity, price=price, total=quantity * price)
    orders = (*company.orders[:row], new, *company.orders[row + 1 :])
    papers = tuple(p._replace(amount=new.total) if p.order == row else p for p in company.documents)
    events = tuple(_retold(event, new) if event.about == row else event for event in company.events)
    return company._replace(orders=orders, documents=papers, events=events)


def _retold(event: Event, order: Order) -> Event:
    if event.kind == "order_placed":
        told = (*event.data[:2], order.item, order.quantity, order.price, *event.data[5:])
        return event._replace(data=told)
    if event.kind in ("invoiced", "reminded"):
        return event._replace(data=(event.data[0], order.total, event.data[2]))
    if event.kind == "paid":
        return event._replace(data=(*event.data[:2], order.total))
    return event


def mixed(deal: Deal, table: str) -> None:
    """Put the rows of a table that nothing refers to in another order, so that what was added does not stand last."""
    order = deal.dice.shuffled(deal.rows(table))
    for column in deal.office.tables[table].columns:
        name = f"{table}_{column.name}"
        cells = deal.columns[name]
        deal.columns[name] = [cells[row] for row in order]
