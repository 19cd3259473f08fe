"""Reconcile: invoices with orders, payments with invoices."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ..company.dates import DATE, money
from ..company.model import DOCUMENT_STATUSES, DOCUMENT_TYPES, Company, Document
from ..dice import Dice
from ..hands import Hands, Row
from ..skin import parse_date
from ..verify import Check, Outcome, Write
from .base import Deal, Template
from .books import plain, price_of, reordered
from .ledgers import decided, to_document, whole

__all__ = ["MATCHING", "look_up_order", "pending", "slipped"]

Task = Mapping[str, Any]


def pending(hands: Hands, kind: str, party: str = "") -> list[Row]:
    """The documents of a kind, and of one party, that are open."""
    whole(hands, "document_list")
    if party:
        hands.search(party)
    hands.narrow("document_type", kind)
    hands.narrow("document_status", "open")
    return [row for row in hands.every_row() if party in ("", row["party"])]


def look_up_order(hands: Hands, number: str) -> Row:
    """An order as the list of orders shows it."""
    whole(hands, "order_list")
    hands.search(number)
    return next(row for row in hands.every_row() if row["order_number"] == number)


# -- amounts that contradict the order ---------------------------------------------------------------------------------
TOTALS = (
    "Some invoices that are payable from {first} to {last}, both days included, were keyed in wrongly. Check all of "
    "them that are not settled yet: where the amount is not the total of the order that the invoice refers to, correct "
    "it to that total. Leave everything else as it is.",
    "Please check the unsettled invoices that fall due between {first} and {last} (both days count) against the orders "
    "they refer to. An invoice has to be over the total of its order; correct the amounts that are not.",
    "In the ledger some amounts of invoices are wrong. Go through all invoices payable on {first} or later, but not "
    "after {last}, that have not been paid, compare each with the total of its order, and put in the right amount "
    "where the two differ. I do not know how many there are. Touch no other documents.",
)


def _totals_dealt(deal: Deal, level: int) -> None:
    dice = deal.dice
    kind, paid = (
        deal.option("documents", "document_type", "invoice"),
        deal.option("documents", "document_status", "paid"),
    )
    rows = deal.find("documents", document_type=kind, document_status=lambda status: status != paid)
    rows.sort(key=lambda row: deal.cell("documents", row, "payable"))
    size = dice.between(5, 7)
    start = dice.below(len(rows) - size + 1)
    first, last = (deal.cell("documents", rows[place], "payable") for place in (start, start + size - 1))
    asked = [row for row in rows if first <= deal.cell("documents", row, "payable") <= last]
    orders = {deal.cell("orders", row, "order_number"): row for row in deal.rows("orders")}
    wrong = dice.sample(asked, dice.between(1, 3))
    beyond = dice.sample([row for row in rows if row not in asked], min(2, len(rows) - len(asked)))
    right = {row: deal.cell("documents", row, "amount") for row in wrong}
    for row in (*wrong, *beyond):
        order = orders[deal.cell("documents", row, "reference")]
        unit, amount = deal.cell("orders", order, "unit_price"), deal.cell("documents", row, "amount")
        deal.set("documents", row, amount=slipped(dice, amount, unit))
    deal.goal = dice.pick(TOTALS).format(first=DATE[first], last=DATE[last])
    deal.slots = [DATE[first], DATE[last]]
    deal.task = {
        "rows": tuple(wrong),
        "numbers": tuple(deal.cell("documents", row, "document_number") for row in wrong),
        "right": tuple(right[row] for row in wrong),
        "decoys": tuple(beyond),
    }


def slipped(dice: Dice, amount: int, unit: int) -> int:
    """An amount as it is keyed in wrongly: one piece too many, two figures exchanged, a nought too many."""
    ways = [amount + unit, amount * 10]
    if amount > 2 * unit:
        ways.append(amount - unit)
    figures = str(amount // 100)
    for i in range(len(figures) - 1):
        if figures[i] != figures[i + 1] and figures[i + 1] != "0":
            swapped = figures[:i] + figures[i + 1] + figures[i] + figures[i + 2 :]
            ways.append(int(swapped) * 100 + amount % 100)
    return dice.pick(ways)


def _corrected(outcome: Outcome) -> float:
    task = outcome.task
    cells = [outcome.cell("documents", row, "amount") for row in task["rows"]]
    return sum(cell == right for cell, right in zip(cells, task["right"], strict=True)) / len(cells)


def _totals_writes(outcome: Outcome) -> tuple[Write, ...]:
    return (Write("documents", ("amount",), outcome.task["rows"]),)


def _totals_solved(hands: Hands, task: Task | None) -> None:
    if task:
        wrong = dict(zip(task["numbers"], task["right"], strict=True))
    else:
        first, last = (parse_date(day) or 0 for day in hands.view.slots)
        hands.go("due_list")
        hands.narrow("document_type", "invoice")
        due = hands.every_row(lambda row: row["payable"] > last)
        asked = {row["document_number"] for row in due if first <= row["payable"] <= last}
        invoices = pending(hands, "invoice")
        wrong = {}
        for row in invoices:
            if row["document_number"] in asked:
                total = look_up_order(hands, row["reference"])["order_total"]
                if total != row["amount"]:
                    wrong[row["document_number"]] = total
    for number, total in wrong.items():
        to_document(hands, number)
        hands.press("change_document")
        hands.fill("amount", money(total))
        hands.save()
    hands.answer()


WRONG_TOTALS = Template(
    name="wrong_totals",
    archetype="find and fix",
    occupation="43",  # billing clerks, 43-3021
    apps=("ledger", "orders"),
    hidden=("H1", "H2", "H4"),
    levels=(3,),
    faces=("text",),
    budget={"small": 120, "full": 160},
    deal=_totals_dealt,
    checks=(Check("corrected", "goal", _corrected),),
    writes=_totals_writes,
    solve=_totals_solved,
)

# -- payments and the invoices they pay --------------------------------------------------------------------------------
INVOICE, _, PAYMENT, _ = range(len(DOCUMENT_TYPES))
OPEN = DOCUMENT_STATUSES.index("open")
PAYMENTS = {
    2: (
        "The payments {payments} could not be booked, since their references are missing or wrong. For each of them "
        "find the pending invoice of the same party over exactly the same amount, change the reference of the payment "
        "to the number of that invoice, and post the payment.",
        "Please book {payments}. Each pays the pending invoice of its party that has exactly its amount, whatever "
        "reference it shows: correct the reference to the invoice's number first, then post the payment.",
        "Post {payments}, each with the right reference. The right one is the number of the invoice of the same party "
        "that is pending and over the very same amount; what the reference says now is wrong.",
    ),
    3: (
        "Some payments in the ledger are still pending because their reference is missing or wrong. Book each of them "
        "to the pending invoice of the same party over exactly the same amount: change the reference to the number of "
        "that invoice and post the payment. Leave a payment alone if there is no such invoice.",
        "Our bank's file has garbled the references of some payments, and they have not been posted. Party and amount "
        "say which pending invoice each of them pays. Put the number of that invoice in as reference and post the "
        "payment; where no pending invoice of the party has exactly that amount, change nothing.",
        "Please clear the pending payments. What their references say cannot be trusted: a payment belongs to the "
        "pending invoice of its own party with exactly the same amount. Correct the reference to that invoice's "
        "number, then post. Payments without such an invoice stay as they are.",
    ),
}


def _payments_logged(deal: Deal, level: int) -> None:
    """Payments that have not been booked: some of the last ones, two of them of one amount, and one too small."""
    company, dice = deal.company, deal.dice
    owing = Counter((paper.party, paper.amount) for paper in company.documents if paper.type == INVOICE)
    recent = [
        paper
        for paper in sorted(company.documents, key=lambda paper: -paper.issued)
        if paper.type == PAYMENT and paper.reference[0] == "I" and owing[paper.party, paper.amount] == 1
    ]
    wanted = 3 if deal.size == "small" else 4
    chosen = [paper.order for paper in dice.sample(recent[: wanted + 1], wanted)]
    others = [paper.order for paper in recent if paper.order not in chosen]
    company, twins = _tied(company, chosen, others)
    chosen += twins[1:]
    others = [row for row in others if row not in chosen]
    owed = {paper.order: paper for paper in company.documents if paper.type == INVOICE}
    money_ = {paper.order: paper for paper in company.documents if paper.type == PAYMENT and paper.reference[0] == "I"}
    wrong = {row: _garbled(dice, company, owed, row, twins) for row in chosen}
    short = others[:1]
    for row in short:
        amount = owed[row].amount * dice.between(70, 98) // 100 - 1
        amount += owing[owed[row].party, amount]  # no invoice of theirs is over that
        money_[row] = money_[row]._replace(amount=amount)
        company = company._replace(events=tuple(_less(event, owed[row].number, amount) for event in company.events))
        wrong[row] = _garbled(dice, company, owed, row, [])
    new = {owed[row].number: owed[row]._replace(status=OPEN) for row in wrong}
    new.update({money_[row].number: money_[row]._replace(status=OPEN, reference=wrong[row]) for row in wrong})
    deal.company = company._replace(documents=tuple(new.get(paper.number, paper) for paper in company.documents))
    deal.task = {
        "pairs": tuple((money_[row].number, owed[row].number) for row in chosen),
        "decoys": tuple(money_[row].number for row in short),
    }


def _less(event: Any, invoice: str, amount: int) -> Any:
    paid = event.kind == "paid" and event.data[1] == invoice
    return event._replace(data=(*event.data[:2], amount)) if paid else event


def _tied(company: Company, chosen: Sequence[int], others: Sequence[int]) -> tuple[Company, list[int]]:
    """The company in which another customer has paid the same amount as one of the chosen; the two orders."""
    simple = plain(company)
    for row in chosen:
        one = company.orders[row]
        for other in others:
            two = company.orders[other]
            buyers = {order.customer for order in company.orders if order.total == one.total}
            if other not in simple or two.customer in buyers:
                continue
            if price_of(company, two.customer, one.item, one.quantity, two.placed) == one.price:
                return reordered(company, other, one.item, one.quantity), [row, other]
    return company, []


def _garbled(dice: Dice, company: Company, owed: Mapping[int, Document], row: int, twins: list[int]) -> str:
    """A reference that does not name the right invoice."""
    number = owed[row].number
    if row in twins and dice.flip(0.6):
        return owed[twins[1 - twins.index(row)]].number
    figures = number[4:]
    places = [i for i in range(len(figures) - 1) if figures[i] != figures[i + 1]]
    i = dice.pick(places) if places else 0
    exchanged = f"INV-{figures[:i]}{figures[i + 1]}{figures[i]}{figures[i + 2 :]}" if places else ""
    another = dice.pick([paper.number for order, paper in owed.items() if order != row])
    return dice.pick(("", "Invoice", exchanged, another, company.orders[row].number, f"INV {figures[:3]}"))


def _payments_dealt(deal: Deal, level: int) -> None:
    rows = {deal.cell("documents", row, "document_number"): row for row in deal.rows("documents")}
    pairs = deal.dice.shuffled(deal.task["pairs"])
    numbers = [payment for payment, _ in pairs]
    deal.goal = deal.dice.pick(PAYMENTS[level]).format(payments=f"{', '.join(numbers[:-1])} and {numbers[-1]}")
    deal.slots = numbers if level == 2 else []
    deal.task = {
        "pairs": tuple(pairs),
        "rows": tuple((rows[payment], rows[invoice]) for payment, invoice in pairs),
        "decoys": deal.task["decoys"],
    }


def _booked(outcome: Outcome) -> float:
    done = [
        decided(outcome, row, "posted")
        and outcome.cell("documents", row, "reference") == outcome.cell("documents", owed, "document_number")
        and decided(outcome, owed, "paid")
        for row, owed in outcome.task["rows"]
    ]
    return sum(done) / len(done)


def _payments_writes(outcome: Outcome) -> tuple[Write, ...]:
    payments, invoices = zip(*outcome.task["rows"], strict=True)
    return (
        Write("documents", ("document_status", "reference"), payments),
        Write("documents", ("document_status",), invoices),
    )


def _payments_solved(hands: Hands, task: Task | None) -> None:
    pairs = list(task["pairs"]) if task else _looked_up_pairs(hands)
    for payment, invoice in pairs:
        to_document(hands, payment)
        hands.press("change_document")
        hands.fill("reference", invoice)
        hands.save()
        hands.press("post")
    hands.answer()


def _looked_up_pairs(hands: Hands) -> list[tuple[str, str]]:
    """Payments, and the invoices they pay."""
    named = re.findall(r"PAY-[0-9]+", hands.goal)
    pairs = []
    for payment in pending(hands, "payment"):
        number = payment["document_number"]
        if not named or number in named:
            owed = [row for row in pending(hands, "invoice", payment["party"]) if row["amount"] == payment["amount"]]
            pairs += [(number, row["document_number"]) for row in owed]
    return pairs


APPLY_PAYMENTS = Template(
    name="apply_payments",
    archetype="reconcile two sources",
    occupation="43",  # bookkeeping clerks, 43-3031
    apps=("ledger",),
    hidden=("H1", "H4"),
    levels=(2, 3),
    faces=("text",),
    budget={"small": 160, "full": 200},
    log=_payments_logged,
    deal=_payments_dealt,
    checks=(Check("booked", "goal", _booked),),
    writes=_payments_writes,
    solve=_payments_solved,
)

MATCHING = (WRONG_TOTALS, APPLY_PAYMENTS)
