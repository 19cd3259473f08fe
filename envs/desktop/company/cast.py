"""Who is there when the log begins: staff, suppliers, customers and their people, and the catalogue."""

from __future__ import annotations

import functools
from typing import NamedTuple

from ..dice import Dice
from .model import OWN, SUPPLIER, Item, Person, maker
from .names import CONTACT_ROLES, LINES, PHONES, STAFF, TRADES, Names

__all__ = ["Cast", "make_cast", "make_items"]

LIMITS = tuple(
    map(
        tuple,
        (range(200_000, 800_000, 50_000), range(800_000, 2_000_000, 100_000), range(2_000_000, 6_000_000, 250_000)),
    )
)
"""Credit limits by tier, in cents."""
STEPS = (1009, 1511, 2003, 2503, 3001, 3511, 4003, 4507)
"""Coprime to the number of phone numbers, so that none is given twice."""
ACCOUNTS = ((0, 14), (0, 30), (1, 14), (0, 30), (2, 60), (0, 14), (1, 30), (0, 45), (2, 30), (0, 14), (1, 45), (0, 30))
"""Tiers and days to pay, of one customer each."""
REMARKS = (
    *(
        "",
        "",
        "",
        "",
        "Delivery before noon only.",
        "Ring the bell at the back entrance.",
        "Wants one invoice a month.",
    ),
    *("No deliveries on Fridays.", "Second floor, no lift.", "Invoices go to the head office."),
    *("Has asked for a quotation for the new building.", "Prefers to be called rather than written to."),
    *("Orders by mail only.", "Pallets have to be taken back.", "Moves to larger rooms next year."),
    *("Asks for samples before larger orders.", "Access by the side street."),
)

_person, _item = maker(Person), maker(Item)


class Cast(NamedTuple):
    """People and firms by what they do.

    Attributes:
        people: Staff, the principal first; then suppliers' people, then customers'.
        me: Row of the principal.
        staff: Rows of the company's own people, the principal's first.
        lines: Rows of staff by line of work.
        suppliers: Rows of the suppliers' people.
        firms: Of each customer: name, city, tier, limit, terms, contact's row, remark.
    """

    name: str
    domain: str
    people: tuple[Person, ...]
    me: int
    staff: tuple[int, ...]
    lines: dict[str, tuple[int, ...]]
    suppliers: tuple[int, ...]
    firms: list[tuple[str, str, int, int, int, int, str]]


def make_cast(dice: Dice, names: Names, own: int, suppliers: int, customers: int, pairs: int) -> Cast:
    """Draw the people. `pairs` is the number of pairs of people of different firms who share their name."""
    pick, below = dice.pick, dice.below
    house, domain = pick(names.houses)
    home = pick(names.cities)
    sellers = dice.sample(names.suppliers, min(suppliers, len(names.suppliers)))
    suppliers = len(sellers)
    called = _names(dice, names, own, suppliers, customers, pairs)
    phone, step = below(len(PHONES)), pick(STEPS)
    people: list[Person] = []

    def enter(at: str, role: str, firm: int, firm_name: str, city: str) -> None:
        k = len(people)
        first, last = called[k]
        number = PHONES[(phone + k * step) % len(PHONES)]
        mail = f"{first}.{last}@{at}".lower()
        people.append(_person((first, last, f"{first} {last}", mail, number, role, firm, firm_name, city)))

    for role, _ in STAFF[:own]:
        enter(domain, role, OWN, house, home)
    for firm, at in sellers:
        enter(at, "Sales representative", SUPPLIER, firm, pick(names.cities))
    accounts = dice.shuffled([ACCOUNTS[j % len(ACCOUNTS)] for j in range(customers)])
    firms = []
    for j, stem in enumerate(dice.sample(names.firms, customers)):
        firm, city, (tier, terms) = f"{stem} {pick(TRADES)}", pick(names.cities), accounts[j]
        enter(f"{stem.lower()}.example", pick(CONTACT_ROLES), j, firm, city)
        firms.append((firm, city, tier, pick(LIMITS[tier]), terms, own + suppliers + j, pick(REMARKS)))
    sellers_at = tuple(range(own, own + suppliers))
    return Cast(house, domain, tuple(people), 0, tuple(range(own)), _lines(own), sellers_at, firms)


@functools.cache
def _lines(own: int) -> dict[str, tuple[int, ...]]:
    """Rows of staff by line of work."""
    return {line: tuple(row for row in range(own) if STAFF[row][1] == line) for _, line in STAFF}


def _names(dice: Dice, names: Names, own: int, suppliers: int, customers: int, pairs: int) -> list[tuple[str, str]]:
    """First and last names: staff, suppliers' people, customers' people. Only pairs share both."""
    size, lasts = own + suppliers + customers, names.last
    taken: list[str] = []
    while len(taken) < size:
        taken += dice.sample(lasts, min(size - len(taken), len(lasts)))
    found = [(dice.pick(names.first), last) for last in taken]
    for k in range(len(lasts), size):
        while found[k] in found[:k]:
            found[k] = dice.pick(names.first), found[k][1]
    contacts = dice.sample(range(own + suppliers, size), 2 * pairs)
    colleagues = dice.sample(range(1, own), pairs)
    for i in range(pairs):
        found[contacts[i]] = found[colleagues[i] if dice.flip(0.3) else contacts[pairs + i]]
    return found


def make_items(dice: Dice, names: Names, size: int, suppliers: tuple[int, ...]) -> tuple[Item, ...]:
    """Draw the catalogue: `size` goods, each from one of the suppliers."""
    items = []
    start = dice.below(80)
    for k, (name, price) in enumerate(dice.sample(names.goods, min(size, len(names.goods)))):
        line = dice.below(len(suppliers))
        price = max(10, price * dice.between(85, 115) // 1000 * 10)
        cost = price * dice.between(52, 68) // 100
        items.append(_item((f"{LINES[line]}-{100 + (start + 7 * k) % 800}", name, price, cost, suppliers[line])))
    return tuple(items)
