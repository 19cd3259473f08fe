"""Match the bills of a supplier with orders, deliveries and the price list that holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..company.dates import DATE, DAY, WORK, money
from ..company.model import DOCUMENT_STATUSES, ORDER_STATUSES
from ..hands import Hands
from ..skin import parse_date, parse_money
from ..verify import Check, Outcome, Write
from .base import Deal, Template
from .books import Billing, add_bills, days_after, unbilled
from .ledgers import decided, to_document, whole
from .matching import pending
from .posts import Letter, own, posted

__all__ = ["BILLS", "as_matched", "billed", "decide", "lists", "prices_of", "title_in_force", "to_match", "writes"]

Task = Mapping[str, Any]
Prices = dict[str, int]
Sent = tuple[int, tuple[int, int], str, str]
"""A price list: row of the person who sent it, day and minute, subject and text."""

GOALS = {
    2: (
        "Check all pending bills of {supplier}. A bill is right if the order it refers to has the status delivered and "
        "its amount is the quantity of that order times the price of the article in the supplier's price list that is "
        "valid today; the list came by mail. Approve the bills that are right and put all others on hold.",
        "Approve every pending bill of {supplier} whose order has been delivered (status) and whose amount is the "
        "order's quantity times the price in {supplier}'s price list, sent to us by mail, that holds today. Every "
        "other pending bill of theirs goes on hold.",
        "Each pending bill of {supplier} refers to an order. Where that order is delivered and quantity times price "
        "makes the amount billed, approve the bill; else put it on hold. The price is the one in their list, which "
        "they mailed us, that is in force today, not an older or a later one.",
    ),
    3: (
        "Go through the pending bills of {supplier}: approve what has been delivered and is billed at the prices of "
        "their price list in force today for the quantity ordered. Put the rest on hold.",
        "{supplier} wants its money. Match every pending bill of theirs with the order it refers to, with its "
        "delivery, and with the price list of theirs that holds today. Those that agree in everything are approved, "
        "those that do not are put on hold.",
        "Do the three-way match for {supplier}: order, delivery, bill. Quantity is the order's, price the one of their "
        "price list in force today. Approve all pending bills that match, and put all those on hold that do not.",
    ),
}
SUBJECTS = ("Price list of {supplier} from {day}", "{supplier}: prices from {day}", "Prices of {supplier} as of {day}")
TEXTS = (
    "here is our price list, valid from {day} until we send you the next one.\n{lines}\nPrices are for one piece.",
    "these are our prices per piece from {day} on.\n{lines}\nThey hold until a new list comes into force.",
    "please find below what one piece costs from {day} on. All earlier lists end then.\n{lines}",
)
_LINE = re.compile(r"^[A-Z]{2}-[0-9]{3} (.*): ([0-9.]+)$", re.MULTILINE)
OPEN = DOCUMENT_STATUSES.index("open")
PENDING, ADDED = 6, 3
"""Bills that are to be pending, and that are added at least."""


def billed(deal: Deal, level: int) -> None:
    """More bills of the supplier with most orders unbilled: some right, some not, some too early."""
    company, dice = deal.company, deal.dice
    billable, arrived = dice.shuffled(unbilled(company)), Counter[int]()
    seller = {row: company.items[company.orders[row].item].supplier for row in billable}
    for row in billable:
        arrived[seller[row]] += ORDER_STATUSES[company.orders[row].status] == "delivered"
    supplier = max(sorted(arrived), key=arrived.__getitem__)
    past, coming = (
        {item.sku: max(1, item.cost * dice.between(88, 96) // 100) for item in company.items},
        {item.sku: item.cost * dice.between(104, 112) // 100 + 1 for item in company.items},
    )
    rows = sorted(
        (row for row in billable if seller[row] == supplier),
        key=lambda row: ORDER_STATUSES[company.orders[row].status] == "delivered",
    )
    early = len(rows) - arrived[supplier]
    rows = rows[max(0, early - 1) :]  # one that has not arrived is enough
    waiting = [paper for paper in company.documents if paper.number.startswith("BILL-") and paper.status == OPEN]
    there = sum(paper.party == company.people[supplier].firm_name for paper in waiting)
    kinds = ("right",) * (1 + (early > 0)) + tuple(dice.shuffled(("right", "quantity", "coming", "past")))
    new = []
    for row, kind in zip(rows[: max(ADDED, PENDING - there)], kinds, strict=False):
        order = company.orders[row]
        item, quantity = company.items[order.item], order.quantity
        cost = {"coming": coming[item.sku], "past": past[item.sku]}.get(kind, item.cost)
        quantity += 1 + dice.below(max(2, quantity // 4)) if kind == "quantity" else 0
        new.append(Billing(row, dice.pick(days_after(company, row)), quantity, cost))
    deal.company = add_bills(company, dice, new)
    deal.task = {"supplier": supplier, "past": past, "coming": coming}


def _dealt(deal: Deal, level: int) -> None:
    letters = []
    for supplier, sent, subject, text in lists(deal):
        (sender,) = deal.find("people", address=deal.company.people[supplier].mail)
        letters.append(Letter(sender, own(deal), sent, subject, text, label="other"))
    posted(deal, [letter._replace(thread=k) for k, letter in enumerate(deal.dice.shuffled(letters))])
    to_match(deal, GOALS[level])


def to_match(deal: Deal, goals: tuple[str, ...]) -> None:
    """Ask to match the pending bills of the supplier that :func:`billed` has chosen."""
    company, made = deal.company, deal.task
    firm = company.people[made["supplier"]].firm_name
    now = {item.sku: item.cost for item in company.items}
    orders = {deal.cell("orders", row, "order_number"): row for row in deal.rows("orders")}
    bill, open_ = (deal.option("documents", *pair) for pair in (("document_type", "bill"), ("document_status", "open")))
    right: dict[str, list[tuple[int, str]]] = {"approved": [], "on_hold": []}
    for row in deal.find("documents", document_type=bill, document_status=open_, party=firm):
        order = orders[deal.cell("documents", row, "reference")]
        amount = deal.cell("orders", order, "quantity") * now[deal.cell("orders", order, "sku")]
        arrived = ORDER_STATUSES[deal.cell("orders", order, "order_status")] == "delivered"
        match = arrived and amount == deal.cell("documents", row, "amount")
        right["approved" if match else "on_hold"].append((row, deal.cell("documents", row, "document_number")))
    deal.goal = deal.dice.pick(goals).format(supplier=firm)
    deal.slots = [firm]
    deal.task = {
        "rows": tuple((row, status) for status, found in right.items() for row, _ in found),
        "numbers": tuple((number, status) for status, found in right.items() for _, number in found),
        "decoys": tuple(deal.find("documents", document_type=bill, document_status=open_, party=lambda of: of != firm)),
    }


def lists(deal: Deal) -> list[Sent]:
    """The price lists that have been sent: three of the supplier whose bills are matched, and one of another."""
    company, made = deal.company, deal.task
    now = {item.sku: item.cost for item in company.items}
    found = _lists(deal, made["supplier"], now, made["past"], made["coming"])
    others = [item.supplier for item in company.items if item.supplier != made["supplier"]]
    return found + _lists(deal, deal.dice.pick(others), now)


def _lists(
    deal: Deal, supplier: int, now: Prices, past: Prices | None = None, coming: Prices | None = None
) -> list[Sent]:
    """The price lists of a supplier: the one that holds, and perhaps the ones before and after it."""
    dice, today, firm = deal.dice, deal.today, deal.company.people[supplier].firm_name
    subject, text = dice.pick(SUBJECTS), dice.pick(TEXTS)
    found = []
    for prices, first in (
        (past, dice.between(14, 30)),
        (now, dice.between(60, 100)),
        (coming, today + dice.between(4, 25)),
    ):
        if prices:
            goods = [item for item in deal.company.items if item.supplier == supplier]
            lines = "\n".join(f"{item.sku} {item.name}: {money(prices[item.sku])}" for item in goods)
            told = {"supplier": firm, "day": DATE[first], "lines": lines}
            sent = DAY[WORK[min(first, today)] - dice.between(2, 9)], dice.between(500, 900)
            found.append((supplier, sent, subject.format(**told), text.format(**told)))
    return found


def as_matched(outcome: Outcome) -> float:
    """The share of the bills that have been decided rightly."""
    rows = outcome.task["rows"]
    return sum(decided(outcome, row, status) for row, status in rows) / len(rows)


def writes(outcome: Outcome) -> tuple[Write, ...]:
    """The bills' statuses."""
    return (Write("documents", ("document_status",), tuple(row for row, _ in outcome.task["rows"])),)


def _solved(hands: Hands, task: Task | None) -> None:
    decide(hands, task, _prices_in_force)


def decide(hands: Hands, task: Task | None, prices_in_force: Callable[[Hands, str], Prices]) -> None:
    """Match the bills by hand, with the prices that a look at the letters of the supplier gives."""
    if task:
        decisions = dict(task["numbers"])
    else:
        supplier = hands.view.slots[0]
        prices = prices_in_force(hands, supplier)
        decisions = {}
        for row in pending(hands, "bill", supplier):
            whole(hands, "order_list")
            hands.search(row["reference"])
            hands.open_where(lambda order, number=row["reference"]: order["order_number"] == number)  # type: ignore[misc]
            amount = hands.read("quantity") * prices[hands.read("item")]
            match = hands.read("order_status") == "delivered" and amount == row["amount"]
            decisions[row["document_number"]] = "approved" if match else "on_hold"
    for number, status in decisions.items():
        to_document(hands, number)
        hands.press("approve" if status == "approved" else "hold")
    hands.answer()


def _prices_in_force(hands: Hands, supplier: str) -> Prices:
    hands.go("inbox")
    hands.search("price")
    subject = title_in_force([row["subject"] for row in hands.every_row()], supplier, hands.today)
    whole(hands, "inbox")
    hands.search("price")
    hands.open_where(lambda row: row["subject"] == subject)
    return prices_of(hands.read("body"))


def title_in_force(titles: Iterable[str], supplier: str, today: int) -> str:
    """The title of the supplier's price list that holds."""
    found = {}
    for title in titles:
        day = re.search(r"[0-9]+ [A-Z][a-z]+ [0-9]{4}$", title)
        if supplier in title and day:
            found[parse_date(day[0]) or 0] = title
    return found[max(day for day in found if day <= today)]


def prices_of(text: str) -> Prices:
    """The prices in a list, by article."""
    return {name: parse_money(amount) or 0 for name, amount in _LINE.findall(text)}


THREE_WAY_MATCH = Template(
    name="three_way_match",
    archetype="reconcile two sources",
    occupation="13",  # accountants and auditors, 13-2011
    apps=("mail", "ledger", "orders"),
    hidden=("H1", "H2", "H3"),
    levels=(2, 3),
    faces=("text",),
    budget={"small": 150, "full": 200},
    log=billed,
    deal=_dealt,
    checks=(Check("matched", "goal", as_matched),),
    writes=writes,
    solve=_solved,
    twin="match_tickets",
)

BILLS = (THREE_WAY_MATCH,)
