"""The papers of the ledger and what led to them: invoices, bills, payments, complaints, returns, credit notes."""

from __future__ import annotations

from typing import NamedTuple

from ..dice import Dice
from .cast import Cast
from .dates import DATE, DAY, WORK
from .house import Rules, in_force
from .lives import DELIVERED, ON_HOLD, RETURNED, Life
from .model import DOCUMENT_STATUSES, DOCUMENT_TYPES, REASONS, TOPICS, Document, Event, Item, Order, maker

__all__ = ["Books", "Quotas", "make_documents"]

CREDIT, RETURNS, APPROVALS = map(TOPICS.index, ("credit", "returns", "approvals"))
INVOICE, BILL, PAYMENT, NOTE = range(len(DOCUMENT_TYPES))
OPEN, PAID, APPROVED, HELD, DISPUTED, POSTED = range(len(DOCUMENT_STATUSES))
BILL_TERMS = 30
"""Days in which suppliers want their money."""
BILL_NOTES = {
    "receipt": "Receipt of the goods not booked yet.",
    "quantity": "Quantity billed differs from the order.",
    "price": "Price billed differs from the agreed price.",
}

_event, _document = maker(Event), maker(Document)


class Quotas(NamedTuple):
    """How many papers there are of a kind. Invoices and credit notes of returns come on top, one for each order."""

    payments: int
    bills: tuple[int, int, int, int]  # paid, approved, on hold, disputed
    open_bills: int
    complaints: int
    goodwill: int


class Books(NamedTuple):
    """What the papers are about, as arguments that all their makers share."""

    dice: Dice
    today: int
    cast: Cast
    items: tuple[Item, ...]
    rules: Rules
    orders: tuple[Order, ...]
    lives: list[Life]
    events: list[Event]
    documents: list[Document]


def make_documents(books: Books, quotas: Quotas) -> frozenset[int]:
    """Write the papers and what goes with them; returns the customers whose accounts are on hold for not paying."""
    dice, today, orders, lives = books.dice, books.today, books.orders, books.lives
    arrived = [row for row, life in enumerate(lives) if life.stage == DELIVERED and life.arrives <= today - 3]
    paid = {}
    for row in dice.sample(arrived, quotas.payments):
        low = lives[row].shipped + 2
        last = WORK[DAY[lives[row].shipped] + books.cast.firms[orders[row].customer][4]] + 6
        paid[row] = dice.between(low, min(today - 1, last))
    numbers, waits = _invoices(books, paid)
    _returns_and_complaints(books, quotas, arrived, numbers)
    bills = _bills(books, quotas)
    _payments(books, paid, numbers, bills)
    _holds(books, waits)
    now = in_force(books.rules[CREDIT], DAY[today])[1]
    return frozenset(customer for customer, payable in waits.items() if DAY[today] - payable > now)


def _invoices(books: Books, paid: dict[int, int]) -> tuple[dict[int, str], dict[int, int]]:
    """Invoices and reminders: the numbers by order, and the oldest day of payment that a customer has missed."""
    below, add, accounts = books.dice.below, books.events.append, books.cast.lines["accounts"]
    rules, orders, lives, firms, today = books.rules[CREDIT], books.orders, books.lives, books.cast.firms, books.today
    sent = [(life.shipped, 970 + below(70), row) for row, life in enumerate(lives) if life.shipped >= 0]
    sent.sort()
    base, clerk = 20_000 + below(9_000), books.dice.pick(accounts)
    numbers: dict[int, str] = {}
    waits: dict[int, int] = {}
    for k, (work, minute, row) in enumerate(sent):
        order = orders[row]
        firm = firms[order.customer]
        day, amount, number = DAY[work], order.total, f"INV-{base + k}"
        payable, note = day + firm[4], ""
        numbers[row] = number
        add(_event(("invoiced", day, minute, clerk, row, (number, amount, payable))))
        if lives[row].stage == DELIVERED and payable < DAY[today]:
            end = paid.get(row, today)
            reminder = WORK[payable + in_force(rules, payable)[0]]
            if reminder < end:
                day_of = DAY[reminder]
                note = f"Reminded on {DATE[day_of]}."
                add(_event(("reminded", day_of, 560 + below(300), clerk, row, (number, amount, day_of - payable))))
            if row not in paid and payable < waits.get(order.customer, 9999):
                waits[order.customer] = payable
        status = PAID if row in paid else OPEN
        books.documents.append(
            _document((number, INVOICE, firm[0], order.number, amount, day, payable, status, note, row))
        )
    return numbers, waits


def _returns_and_complaints(books: Books, quotas: Quotas, arrived: list[int], numbers: dict[int, str]) -> None:
    dice, add, lives, orders, firms = books.dice, books.events.append, books.lives, books.orders, books.cast.firms
    pick, below, between, today = dice.pick, dice.below, dice.between, books.today
    credits = []
    for row, life in enumerate(lives):
        if life.stage == RETURNED:
            order, reason = orders[row], pick(REASONS["returned"])
            quantity = between(1, order.quantity)
            day = DAY[life.ended]
            fee = in_force(books.rules[RETURNS], day)[1] if reason == "surplus" else 0
            add(_event(("returned", day, between(540, 900), firms[order.customer][5], row, (quantity, reason))))
            amount = quantity * order.price * (100 - fee) // 100
            credits.append((life.ended + 1 + below(2), between(560, 930), row, amount, "returned"))
    for i, row in enumerate(_complainers(dice, arrived, lives, quotas.complaints)):
        life, order = lives[row], orders[row]
        late = life.arrives > life.due or life.delayed >= 0
        reason = "late" if late and below(3) else pick(("damaged", "wrong", "missing", "quality"))
        work = life.arrives + 1 + below(2)
        add(_event(("complained", DAY[work], between(500, 900), firms[order.customer][5], row, (reason,))))
        if i < quotas.goodwill:
            credited = work + 1 + below(2)
            if credited < today:
                credits.append((credited, between(560, 930), row, order.total * pick((5, 10, 15)) // 100, "goodwill"))
    credits.sort()
    base, clerk = 300 + below(500), pick(books.cast.lines["accounts"])
    for k, (work, minute, row, amount, reason) in enumerate(credits):
        number, day, of = f"CN-{base + k}", DAY[work], numbers[row]
        add(_event(("credited", day, minute, clerk, row, (number, of, amount, reason))))
        note = "For goods returned." if reason == "returned" else "As a gesture of goodwill."
        party = firms[orders[row].customer][0]
        books.documents.append(_document((number, NOTE, party, of, amount, day, day, POSTED, note, row)))


def _complainers(dice: Dice, arrived: list[int], lives: list[Life], number: int) -> list[int]:
    """Orders complained about, the oldest first; half of them are the principal's."""
    mine = dice.shuffled([row for row in arrived if lives[row].mine])[: (number + 1) // 2]
    others = dice.shuffled([row for row in arrived if not lives[row].mine])[: number - len(mine)]
    return sorted(mine + others, key=lambda row: lives[row].arrives)


def _bills(books: Books, quotas: Quotas) -> list[tuple[int, int, int, str, int]]:
    """Bills of suppliers. Returns those to be paid: working day, minute, order, number, amount."""
    dice, add, orders, lives, people = books.dice, books.events.append, books.orders, books.lives, books.cast.people
    below, between, today, lines = dice.below, dice.between, books.today, books.cast.lines
    ready = [row for row, life in enumerate(lives) if life.shipped >= 0 and life.arrives <= today - 3]
    drawn = dice.sample(ready, sum(quotas.bills) + quotas.open_bills)
    came = sorted([(lives[row].shipped + below(3), between(500, 800), row) for row in drawn])
    fates = [PAID] * quotas.bills[0] + dice.shuffled(
        [APPROVED] * quotas.bills[1]
        + [HELD] * quotas.bills[2]
        + [DISPUTED] * quotas.bills[3]
        + [OPEN] * quotas.open_bills
    )
    base = 7_000 + below(2_000)
    due = []
    for k, ((work, minute, row), fate) in enumerate(zip(came, fates, strict=True)):
        order = orders[row]
        item = books.items[order.item]
        quantity, cost, day = order.quantity, item.cost, DAY[work]
        reason = dice.pick(REASONS["bill_disputed"]) if fate == DISPUTED else ""
        if reason == "quantity":
            quantity += 1 + below(max(2, quantity // 4))
        elif reason == "price":
            cost += max(5, cost * between(5, 12) // 100)
        number, amount, payable = f"BILL-{base + k}", quantity * cost, day + BILL_TERMS
        seller = people[item.supplier]
        add(
            _event(
                ("supplier_billed", day, minute, item.supplier, row, (number, amount, payable, quantity, order.item))
            )
        )
        then, at, clerk = DAY[min(work + 1 + below(2), today - 1)], between(810, 1000), dice.pick(lines["accounts"])
        if fate == HELD:
            reason = "receipt"
            add(_event(("bill_held", then, at, clerk, row, (number, reason))))
        elif fate == DISPUTED:
            add(_event(("bill_disputed", then, at, clerk, row, (number, reason))))
        elif fate != OPEN:
            if amount > in_force(books.rules[APPROVALS], then)[0]:
                clerk = lines["director"][0]
            add(_event(("bill_approved", then, at, clerk, row, (number, amount))))
            if fate == PAID:
                due.append((work + 3 + below(3), between(600, 1000), row, number, amount))
        note = BILL_NOTES.get(reason, "")
        books.documents.append(
            _document((number, BILL, seller.firm_name, order.number, amount, day, payable, fate, note, row))
        )
    return due


def _payments(
    books: Books, paid: dict[int, int], numbers: dict[int, str], bills: list[tuple[int, int, int, str, int]]
) -> None:
    dice, orders, firms, items = books.dice, books.orders, books.cast.firms, books.items
    between, add = dice.between, books.events.append
    made = [(work, between(490, 1000), row, numbers[row], orders[row].total) for row, work in paid.items()]
    made += bills
    made.sort()
    base, clerk = 50_000 + dice.below(9_000), dice.pick(books.cast.lines["accounts"])
    for k, (work, minute, row, of, amount) in enumerate(made):
        number, day = f"PAY-{base + k}", DAY[work]
        ours = of[0] == "B"
        firm = firms[orders[row].customer]
        party = books.cast.people[items[orders[row].item].supplier].firm_name if ours else firm[0]
        add(_event(("paid", day, minute, clerk if ours else firm[5], row, (number, of, amount))))
        books.documents.append(_document((number, PAYMENT, party, of, amount, day, day, POSTED, "", row)))


def _holds(books: Books, waits: dict[int, int]) -> None:
    """Orders put on hold: because the customer has not paid, or the limit is passed, or the address is not clear."""
    for row, life in enumerate(books.lives):
        if life.stage == ON_HOLD:
            order, day = books.orders[row], DAY[life.ended]
            firm = books.cast.firms[order.customer]
            overdue = day - waits.get(order.customer, day) > in_force(books.rules[CREDIT], day)[1]
            reason = "overdue" if overdue else "limit" if order.total > firm[3] else "address"
            minute = books.dice.between(490, 700)
            books.events.append(_event(("order_held", day, minute, order.handler, row, (reason,))))
