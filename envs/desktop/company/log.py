"""The log of a company: :func:`make` draws it from dice, and what it comes to."""

from __future__ import annotations

from operator import itemgetter
from typing import NamedTuple

from ....core.errors import UnknownOption
from ..dice import Dice
from .cast import make_cast, make_items
from .dates import DAY
from .house import CHOICES, make_policies
from .ledger import Books, Quotas, make_documents
from .lives import make_lives
from .meetings import make_meetings
from .model import TOPICS, Company, Customer, Event, maker
from .names import NAMES, Names
from .talk import ask, hold, issue, spread
from .trade import make_orders

__all__ = ["SIZES", "Size", "make"]

SHIPPING = TOPICS.index("shipping")
LEADS = max(CHOICES[SHIPPING][0]), max(CHOICES[SHIPPING][1])
"""Working days that every revision of the shipping policy allows for, normal and urgent."""
EARLY, LATE = 165, 230
"""Working days between which today lies: from 19 August to 18 November 2024."""


class Size(NamedTuple):
    """How much of everything there is. `orders` are by status."""

    own: int
    suppliers: int
    customers: int
    pairs: int
    items: int
    orders: tuple[int, ...]
    ledger: Quotas
    series: int
    meetings: int
    fates: tuple[int, int, int]
    questions: int
    minutes: int
    newsletters: int


SIZES = {
    "small": Size(
        own=6, suppliers=2, customers=16, pairs=1, items=14, orders=(3, 5, 5, 12, 2, 1, 2),
        ledger=Quotas(payments=8, bills=(3, 1, 1, 1), open_bills=2, complaints=3, goodwill=1),
        series=3, meetings=30, fates=(3, 3, 2), questions=4, minutes=3, newsletters=1,
    ),
    "full": Size(
        own=24, suppliers=8, customers=120, pairs=5, items=50, orders=(20, 40, 35, 130, 15, 8, 14),
        ledger=Quotas(payments=80, bills=(20, 8, 5, 6), open_bills=11, complaints=30, goodwill=10),
        series=8, meetings=210, fates=(15, 20, 12), questions=30, minutes=25, newsletters=4,
    ),
}  # fmt: skip

_customer = maker(Customer)


def make(dice: Dice, size: str = "small", names: Names = NAMES) -> Company:
    """Draw a company.

    Args:
        dice: The dice; the same draws make the same company.
        size: Name in :data:`SIZES`.
        names: What people, places, firms and goods are called; lists half as long as :data:`~.names.NAMES` will do.

    Raises:
        UnknownOption: There is no such size.
    """
    if size not in SIZES:
        raise UnknownOption(f"size must be one of {', '.join(map(repr, SIZES))}, got {size!r}")
    scale = SIZES[size]
    today = dice.between(EARLY, LATE)
    cast = make_cast(dice, names, scale.own, scale.suppliers, scale.customers, scale.pairs)
    items = make_items(dice, names, scale.items, cast.suppliers)
    rules = make_policies(dice, size, DAY[today])
    events: list[Event] = []
    lives = make_lives(dice, scale.orders, today, LEADS)
    orders = make_orders(dice, cast, items, rules, lives, events)
    books = Books(dice, today, cast, items, rules, orders, lives, events, [])
    held = make_documents(books, scale.ledger)
    meetings = make_meetings(dice, today, cast, scale.series, scale.meetings, scale.fates, events)
    policies = issue(dice, cast, rules, events)
    ask(books, scale.questions)
    hold(books, meetings, scale.minutes)
    spread(books, scale.newsletters)
    events.sort(key=itemgetter(2))
    events.sort(key=itemgetter(1))
    customers = [_customer((*firm[:6], j not in held, firm[6])) for j, firm in enumerate(cast.firms)]
    return Company(
        *(cast.name, cast.domain, size, DAY[today], cast.me, cast.staff, cast.people, tuple(customers), items, orders),
        *(tuple(books.documents), meetings, policies, tuple(events)),
    )
