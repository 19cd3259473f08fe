"""What a company is made of. Plain tuples: a world has thousands of them, and is made at every reset.

``log.make(dice, size)`` makes a :class:`Company`, ``letters.threads(company, dice)`` its mails as :class:`Mail` and
``letters.policy_pages(company, dice)`` its policies as :class:`Page`.

Days are numbers: day 0 is Monday, 1 January 2024 (``date.fromordinal(BASE + day)``). Times are minutes since midnight,
money is in cents. Whatever is one of a few is an index into the tuples below. The log ends before ``today`` begins:
events have ``day < today``; only what they are about (a due day, a meeting) lies ahead. Office life has weekdays only.

Records refer to each other by row. Lists stand as they were drawn (staff before others, orders as they came in, events
in order of time), so that a row tells much; the apps deal the rows of every table anew.
``orders``, ``documents``, ``meetings`` and ``policies`` are what the log comes to: each of their cells follows from it.

Kinds of events, with the row each is about and what ``data`` holds:

==================  ==================  ========  ==================================================================
kind                actor               about     data
==================  ==================  ========  ==================================================================
order_placed        customer's contact  order     number, customer, item, quantity, price, due, priority, city, note
order_confirmed     handler             order     due
order_held          handler             order     reason
delayed             handler             order     due before, due now, reason
shipped             warehouse           order     carrier, tracking, day of arrival expected
delivered           warehouse           order     city
cancelled           customer's contact  order     reason
returned            customer's contact  order     quantity, reason
complained          customer's contact  order     reason
invoiced            accounts            order     INV number, amount, payable
reminded            accounts            order     INV number, amount, days since it was payable
credited            accounts            order     CN number, INV number, amount, reason
paid                contact, accounts   order     PAY number, INV or BILL number, amount (accounts pay the bills)
supplier_billed     supplier's person   order     BILL number, amount, payable, quantity, item
bill_approved       accounts, director  order     BILL number, amount
bill_held           accounts            order     BILL number, reason
bill_disputed       accounts            order     BILL number, reason
question            colleague           order     person asked, topic (one of QUESTIONS)
answer              colleague           order     person told, topic, fact (of the type in QUESTIONS)
meeting_called      organiser           meeting   title, day, start, length, attendees, room, state, notes
meeting_moved       organiser           meeting   day and start before, day and start now
meeting_cancelled   organiser           meeting   reason
minutes             organiser           meeting   pairs of an order that was talked about and when it was due by then
policy_issued       director            policy    topic, revision, effective, parameters
newsletter          colleague           -1        rows of items that are recommended
==================  ==================  ========  ==================================================================

Reasons are keys of ``REASONS``, by kind of event; ``letters`` puts them into words. Data are always tuples.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

__all__ = [
    "BASE",
    "CARRIERS",
    "DOCUMENT_STATUSES",
    "DOCUMENT_TYPES",
    "LABELS",
    "MEETING_STATES",
    "ORDER_STATUSES",
    "OWN",
    "PARAMETERS",
    "PRIORITIES",
    "QUESTIONS",
    "REASONS",
    "ROOMS",
    "SUPPLIER",
    "TIERS",
    "TOPICS",
    "Company",
    "Customer",
    "Document",
    "Event",
    "Item",
    "Mail",
    "Meeting",
    "Order",
    "Page",
    "Person",
    "Policy",
    "maker",
]

BASE = datetime.date(2024, 1, 1).toordinal()
OWN, SUPPLIER = -1, -2
"""`Person.firm` of the company's own staff, and of people on the supplier side."""

TIERS = ("standard", "silver", "gold")
ORDER_STATUSES = ("open", "confirmed", "shipped", "delivered", "cancelled", "on_hold", "returned")
PRIORITIES = ("normal", "urgent")
CARRIERS = ("none", "norden", "swift", "tern")
DOCUMENT_TYPES = ("invoice", "bill", "payment", "credit")
DOCUMENT_STATUSES = ("open", "paid", "approved", "on_hold", "disputed", "posted")
ROOMS = ("none", "atlas", "birch", "cedar", "delta")
MEETING_STATES = ("planned", "cancelled", "tentative")
LABELS = ("none", "order", "invoice", "complaint", "meeting", "other")
TOPICS = ("refunds", "credit", "returns", "approvals", "shipping", "meetings", "discounts", "privacy")

PARAMETERS = {
    "refunds": (("approval", "money"), ("window", "days"), ("payment", "days")),
    "credit": (("reminder", "days"), ("hold", "days"), ("deposit", "money")),
    "returns": (("window", "days"), ("fee", "percent"), ("inspection", "days")),
    "approvals": (("clerk", "money"), ("director", "money")),
    "shipping": (("normal", "working days"), ("urgent", "working days"), ("free", "money")),
    "meetings": (("longest", "minutes"), ("notice", "working days"), ("group", "people")),
    "discounts": (("silver", "percent"), ("gold", "percent"), ("minimum", "money")),
    "privacy": (("retention", "months"), ("reply", "days")),
}
"""Names and units of what a policy lays down, by topic, in the order of `Policy.parameters`."""

REASONS = {
    "order_held": ("limit", "overdue", "address"),
    "delayed": ("supplier", "carrier", "stock", "damage", "staff", "customs"),
    "cancelled": ("budget", "elsewhere", "mistake", "project"),
    "returned": ("surplus", "damaged", "wrong"),
    "complained": ("damaged", "wrong", "late", "missing", "quality"),
    "credited": ("returned", "goodwill"),
    "bill_held": ("receipt",),
    "bill_disputed": ("quantity", "price"),
    "meeting_cancelled": ("illness", "travel", "mail", "clash"),
}
QUESTIONS = {
    "due": "day",  # until when is the order to be there?
    "tracking": "text",  # what is its tracking number?
    "invoice": "money",  # how much was it invoiced at?
    "limit": "money",  # what is the customer's credit limit?
    "terms": "days",  # how many days has the customer to pay?
    "price": "money",  # what is the list price of the item?
    "contact": "text",  # what is the mail address of the customer's contact?
}
"""What colleagues ask each other about an order, and the type of the answer."""


class Person(NamedTuple):
    """Somebody who writes mails or sits in meetings.

    Attributes:
        name: First and last name. Some people of different firms share theirs; no two share `mail` or `phone`.
        firm: Row of the customer, or :data:`OWN`, or :data:`SUPPLIER`.
    """

    first: str
    last: str
    name: str
    mail: str
    phone: str
    role: str
    firm: int
    firm_name: str
    city: str


class Customer(NamedTuple):
    """A firm that buys. `limit` in cents, `terms` in days, `contact` a row of people."""

    name: str
    city: str
    tier: int
    limit: int
    terms: int
    contact: int
    active: bool
    remark: str


class Item(NamedTuple):
    """A thing of the catalogue: list price and what the supplier takes, in cents; `supplier` is a row of people."""

    sku: str
    name: str
    price: int
    cost: int
    supplier: int


class Order(NamedTuple):
    """An order of one item, as it stands today.

    Attributes:
        customer, item: Rows.
        price: Of one, in cents: the list price less the discount that the policy of that day gives.
        placed, due: Days. `due` is what the customer was told last.
        city: Where it goes to.
        tracking: Empty until it is shipped.
        true_due: Day on which it has arrived, or is really going to. Nobody in the office knows one that lies ahead.
        handler: Row of the colleague who looks after it.
    """

    number: str
    customer: int
    item: int
    quantity: int
    price: int
    total: int
    placed: int
    due: int
    status: int
    city: str
    carrier: int
    tracking: str
    note: str
    priority: int
    true_due: int
    handler: int


class Document(NamedTuple):
    """A paper of the ledger, as it stands today.

    Attributes:
        party: Name of the customer or the supplier.
        reference: Number of the order (invoices, bills), or of the document that is paid or credited.
        payable: Last day to pay; of payments and credits the day they were issued.
        order: Row of the order it goes back to.
    """

    number: str
    type: int
    party: str
    reference: str
    amount: int
    issued: int
    payable: int
    status: int
    note: str
    order: int


class Meeting(NamedTuple):
    """A meeting, as it stands today. Attendees are without the organiser; nobody has two at once."""

    title: str
    day: int
    start: int
    length: int
    organiser: int
    attendees: tuple[int, ...]
    room: int
    state: int
    notes: str


class Policy(NamedTuple):
    """A revision of a policy. Of each topic the one with the latest `effective` day up to today is in force.

    Attributes:
        topic: Index into :data:`TOPICS`.
        parameters: Numbers in the order of :data:`PARAMETERS`.
    """

    topic: int
    revision: int
    issued: int
    effective: int
    parameters: tuple[int, ...]


class Event(NamedTuple):
    """Something that happened; see the table above."""

    kind: str
    day: int
    minute: int
    actor: int
    about: int
    data: tuple[Any, ...]


class Company(NamedTuple):
    """A company on a weekday morning.

    Attributes:
        name, domain: Of the company itself, and of its mail addresses.
        me: Row of the person the agent works for, one of the staff.
        staff: Rows of the company's own people.
    """

    name: str
    domain: str
    size: str
    today: int
    me: int
    staff: tuple[int, ...]
    people: tuple[Person, ...]
    customers: tuple[Customer, ...]
    items: tuple[Item, ...]
    orders: tuple[Order, ...]
    documents: tuple[Document, ...]
    meetings: tuple[Meeting, ...]
    policies: tuple[Policy, ...]
    events: tuple[Event, ...]


class Mail(NamedTuple):
    """A mail that `me` has sent or got, perhaps as a copy.

    Attributes:
        thread: Mails of one conversation share it. Their subjects are the first one's, with "Re: " from the second on.
        sender, recipient, copy: Rows of people; copy is -1 for none.
        label: The right one of :data:`LABELS`.
        kind: Of the event that it reports, or ``"reply"``.
        about: Row of what that event is about.
    """

    thread: int
    sender: int
    recipient: int
    copy: int
    day: int
    minute: int
    subject: str
    body: str
    label: int
    kind: str
    about: int


class Page(NamedTuple):
    """A policy in words; pages are in the order of ``Company.policies``. `topic` is an index into :data:`TOPICS`."""

    topic: int
    title: str
    effective: int
    revision: int
    text: str
    parameters: tuple[int, ...]


T = TypeVar("T", bound="tuple[Any, ...]")


def maker(kind: type[T]) -> Callable[[tuple[Any, ...]], T]:
    """Makes records of `kind` from plain tuples of all fields, in half the time that its constructor takes."""
    return functools.partial(tuple.__new__, kind)
