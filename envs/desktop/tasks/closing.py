"""Close a month: bills, corrections, credit notes and reminders, by the policies in force."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..answers import units
from ..company.dates import money
from ..company.model import ORDER_STATUSES
from ..dice import TooFew
from ..hands import Hands
from ..skin import parse_money
from ..verify import Check, Outcome, Write
from .base import Deal, Template
from .closing_words import BILLS, CREDIT, INTRO, LETTERS, REMIND, REPORT, WRONG
from .ledgers import decided, to_document, whole
from .matching import look_up_order, pending, slipped
from .monthly import REMINDED, month_to_close, prepared
from .posts import contact

__all__ = ["CLOSING"]

Task = Mapping[str, Any]


# -- the task ----------------------------------------------------------------------------------------------------------
def _dealt(deal: Deal, level: int) -> None:
    dice, company = deal.dice, deal.company
    month, start, end = month_to_close(deal.today)
    rules = {topic: _in_force(deal, topic) for topic in ("approvals", "credit", "returns")}
    limit, days, fee = rules["approvals"][0], rules["credit"][0], rules["returns"][1]
    bills = _bills(deal, start, end, limit)
    reminders = _reminders(deal, days)
    if not reminders:
        raise TooFew("nobody is to be reminded")
    came_back = company.orders[deal.task["order"]]
    (returned,) = deal.find("documents", reference=came_back.number, document_type=_type(deal, "invoice"))
    wrong, right = _falsified(deal, {row for row, *_ in reminders} | {returned})
    credit = deal.cell("documents", returned, "amount") * (100 - fee) // 100
    facts = {
        "month": month,
        "limit": money(limit),
        "wrong": deal.cell("documents", wrong, "document_number"),
        "customer": deal.cell("documents", wrong, "party"),
        "order": came_back.number,
        "returned": deal.cell("documents", returned, "document_number"),
        "credit": money(credit),
        "days": str(days),
    }
    steps = [BILLS[level], WRONG[level], CREDIT[level], REMIND[level], LETTERS]
    deal.goal = " ".join(dice.pick(step) for step in (INTRO, *steps, REPORT)).format(**facts)
    told = {2: (*facts,), 3: ("month", "customer", "order")}[level]
    deal.slots = [facts[name] for name in told]
    asked = [row for row, *_ in bills]
    total, all_of_them = (
        str(units(sum(amount for _, status, amount in bills if status in counted)))
        for counted in (("approved",), ("approved", "on_hold"))
    )
    deal.task = {
        "bills": tuple((row, status) for row, status, _ in bills),
        "decisions": tuple((deal.cell("documents", row, "document_number"), status) for row, status, _ in bills),
        "total": total,
        "wrong": wrong,
        "wrong_number": facts["wrong"],
        "right": right,
        "reference": facts["returned"],
        "credit": credit,
        "reminders": tuple((who, number, amount) for _, who, number, amount in reminders),
        "addresses": tuple(deal.cell("people", who, "address") for _, who, _, _ in reminders),
        "decoys": (
            *({all_of_them} - {total}),
            *(row for row in _pending(deal, "bill") if row not in asked),
        ),
    }


def _in_force(deal: Deal, topic: str) -> tuple[int, ...]:
    ones = [p for p in deal.company.policies if p.topic == deal.option("policies", "topic", topic)]
    return max((p for p in ones if p.effective <= deal.today), key=lambda p: p.effective).parameters


def _type(deal: Deal, name: str) -> int:
    return deal.option("documents", "document_type", name)


def _pending(deal: Deal, kind: str) -> list[int]:
    open_ = deal.option("documents", "document_status", "open")
    return deal.find("documents", document_type=_type(deal, kind), document_status=open_)


def _order_of(deal: Deal, row: int) -> int:
    return deal.find("orders", order_number=deal.cell("documents", row, "reference"))[0]


def _bills(deal: Deal, start: int, end: int, limit: int) -> list[tuple[int, str, int]]:
    """The bills to decide on: row, what they become, amount."""
    found = []
    for row in _pending(deal, "bill"):
        if start <= deal.cell("documents", row, "issued") <= end:
            status = ORDER_STATUSES[deal.cell("orders", _order_of(deal, row), "order_status")]
            amount = deal.cell("documents", row, "amount")
            found.append((row, "approved" if status == "delivered" and amount <= limit else "on_hold", amount))
    return found


def _reminders(deal: Deal, days: int) -> list[tuple[int, int, str, int]]:
    """The invoices to remind of: row, row of the contact, number, amount."""
    found = []
    for row in _pending(deal, "invoice"):
        note, payable = (deal.cell("documents", row, name) for name in ("document_note", "payable"))
        if deal.today - payable >= days and not note.startswith(REMINDED):
            (customer,) = deal.find("customers", customer_name=deal.cell("documents", row, "party"))
            number, amount = (deal.cell("documents", row, name) for name in ("document_number", "amount"))
            found.append((row, contact(deal, customer), number, amount))
    return found


def _falsified(deal: Deal, spared: set[int]) -> tuple[int, int]:
    """Key in a pending invoice wrongly. Returns its row and the right amount."""
    rows = [row for row in _pending(deal, "invoice") if row not in spared]
    row = deal.dice.pick(rows)
    right, unit = deal.cell("documents", row, "amount"), deal.cell("orders", _order_of(deal, row), "unit_price")
    deal.set("documents", row, amount=slipped(deal.dice, right, unit))
    return row, right


# -- what is verified --------------------------------------------------------------------------------------------------
def _decided(outcome: Outcome) -> float:
    bills = outcome.task["bills"]
    return sum(decided(outcome, row, status) for row, status in bills) / len(bills)


def _corrected(outcome: Outcome) -> float:
    return float(outcome.cell("documents", outcome.task["wrong"], "amount") == outcome.task["right"])


def _credited(outcome: Outcome) -> float:
    """Whether there is a new credit note over the amount, about the invoice, and left as it was issued."""
    task = outcome.task
    kind, status = (
        outcome.option("documents", name, value)
        for name, value in (("document_type", "credit"), ("document_status", "open"))
    )
    rows = outcome.new(
        "documents", document_type=kind, document_status=status, amount=task["credit"], reference=task["reference"]
    )
    return float(bool(rows))


def _names(text: str, number: str, amount: int) -> bool:
    """Whether a text names an invoice and its amount."""
    named = re.search(rf"(?<![\w-]){re.escape(number)}(?!\w)", text, re.IGNORECASE)
    return bool(named and re.search(rf"(?<![\w.]){re.escape(money(amount))}(?![0-9])", text.replace(",", "")))


def _letters(outcome: Outcome) -> list[tuple[int, str]]:
    """The mails that were written: recipient, subject and text."""
    names = ("recipient", "subject", "body")
    mails = [[outcome.cell("mails", row, name) for name in names] for row in outcome.new("mails")]
    return [(recipient, f"{subject} {body}") for recipient, subject, body in mails]


def _reminded(outcome: Outcome) -> float:
    wanted = outcome.task["reminders"]
    letters = _letters(outcome)
    done = [any(to == who and _names(text, *what) for to, text in letters) for who, *what in wanted]
    return sum(done) / len(done)


def _nobody_else(outcome: Outcome) -> float:
    """Whether each mail reminds its recipient of something, each invoice is in one mail, and none else is reminded."""
    named = [
        (to, number)
        for to, text in _letters(outcome)
        for number in {found.upper() for found in re.findall(r"(?i)\bINV-[0-9]+", text)} or {""}
    ]
    copied = len(outcome.new("mails", copy=-1)) < len(outcome.new("mails"))
    wanted = {(who, number) for who, number, _ in outcome.task["reminders"]}
    return float(not copied and {*named} <= wanted and len({*named}) == len(named))


def _writes(outcome: Outcome) -> tuple[Write, ...]:
    task = outcome.task
    return (
        Write("documents", ("document_status",), tuple(row for row, _ in task["bills"])),
        Write("documents", ("amount",), (task["wrong"],)),
        Write("documents", new=True, most=1),
        Write("mails", new=True, most=len(task["reminders"])),
    )


# -- by hand -----------------------------------------------------------------------------------------------------------
def _solved(hands: Hands, task: Task | None) -> None:
    if task:
        _carry_out(hands, task)
        return
    slots, informed = hands.view.slots, len(hands.view.slots) > 3
    if informed:
        _, limit, wrong, _, order, returned, credit, days = slots
        total = _do_bills(hands, parse_money(limit) or 0)
        _correct(hands, wrong)
        _issue(hands, returned, parse_money(credit) or 0)
        _remind(hands, int(days))
    else:
        _, customer, order = slots
        limit, days, fee = (_rule(hands, *topic) for topic in TOPICS)
        total = _do_bills(hands, parse_money(limit) or 0)
        _correct_one(hands, customer)
        _credit(hands, order, int(fee))
        _remind(hands, int(days))
    hands.answer(money(total))


TOPICS = (
    ("approvals", r"([0-9]+\.[0-9]{2})[^\n]*managing director"),
    ("credit", r"[Rr]emind[^\n]*?([0-9]+)\)? days"),
    ("returns", r"([0-9]+) %"),
)
"""The policies that are looked up, and where the figure stands."""


def _rule(hands: Hands, topic: str, pattern: str) -> str:
    """A figure of the policy in force."""
    hands.go("policy_list")
    whole(hands, "policy_list")
    hands.narrow("topic", topic)
    hands.open_where(lambda row: row["effective"] <= hands.today)
    found = re.search(pattern, hands.read("text"))
    assert found is not None
    return found[1]


def _do_bills(hands: Hands, limit: int) -> int:
    """Decide on the month's bills. Returns the sum of those approved."""
    _, start, end = month_to_close(hands.today)
    total = 0
    for bill in pending(hands, "bill"):
        to_document(hands, bill["document_number"])
        if not start <= hands.read("issued") <= end:
            continue
        if bill["amount"] > limit or look_up_order(hands, bill["reference"])["order_status"] != "delivered":
            decision = "hold"
        else:
            decision, total = "approve", total + bill["amount"]
        to_document(hands, bill["document_number"])
        hands.press(decision)
    return total


def _correct(hands: Hands, number: str, total: int = -1) -> None:
    """Correct an invoice to the total of its order, which is looked up unless it is known."""
    if total < 0:
        to_document(hands, number)
        total = look_up_order(hands, hands.read("reference"))["order_total"]
    to_document(hands, number)
    hands.press("change_document")
    hands.fill("amount", money(total))
    hands.save()


def _correct_one(hands: Hands, customer: str) -> None:
    for invoice in pending(hands, "invoice", customer):
        total = look_up_order(hands, invoice["reference"])["order_total"]
        if total != invoice["amount"]:
            _correct(hands, invoice["document_number"], total)
            return


def _credit(hands: Hands, order: str, fee: int) -> None:
    whole(hands, "document_list")
    hands.search(order)
    hands.narrow("document_type", "invoice")
    invoice = next(row for row in hands.every_row() if row["reference"] == order)
    _issue(hands, invoice["document_number"], invoice["amount"] * (100 - fee) // 100)


def _issue(hands: Hands, invoice: str, amount: int) -> None:
    hands.go("document_list")
    hands.press("new_credit")
    hands.fill("reference", invoice)
    hands.fill("amount", money(amount))
    hands.save()


def _remind(hands: Hands, days: int) -> None:
    whole(hands, "due_list")
    hands.narrow("document_type", "invoice")
    last = hands.today - days
    late = [row for row in hands.every_row(lambda row: row["payable"] > last) if row["payable"] <= last]
    for row in late:
        if row["document_status"] == "open":
            to_document(hands, row["document_number"])
            if not hands.read("document_note").startswith(REMINDED):
                whole(hands, "customer_list")
                hands.search(row["party"])
                hands.open_where(lambda one, name=row["party"]: one["customer_name"] == name)  # type: ignore[misc]
                _write(hands, hands.read("contact_address"), row["document_number"], row["amount"])


def _write(hands: Hands, address: str, number: str, amount: int) -> None:
    hands.go("inbox")
    hands.press("compose")
    hands.fill("recipient", address)
    hands.fill("subject", f"Reminder: invoice {number}")
    hands.fill("body", f"Invoice {number} over {money(amount)} has not been paid yet. Please look into it.")
    hands.save()


def _carry_out(hands: Hands, task: Task) -> None:
    for number, status in task["decisions"]:
        to_document(hands, number)
        hands.press("approve" if status == "approved" else "hold")
    _correct(hands, task["wrong_number"], task["right"])
    _issue(hands, task["reference"], task["credit"])
    for address, (_, number, amount) in zip(task["addresses"], task["reminders"], strict=True):
        _write(hands, address, number, amount)
    hands.answer(task["total"])


MONTH_END = Template(
    name="month_end",
    archetype="chain across apps",
    occupation="13",  # accountants and auditors, 13-2011
    apps=("mail", "orders", "ledger", "policies"),
    hidden=("H1", "H2", "H3", "H4"),
    levels=(2, 3),
    faces=("text",),
    budget={"small": 420, "full": 880},
    log=prepared,
    deal=_dealt,
    checks=(
        Check("bills", "goal", _decided, 3.0),
        Check("corrected", "goal", _corrected),
        Check("credited", "goal", _credited),
        Check("reminded", "goal", _reminded, 2.0),
        Check("total", "goal", lambda outcome: outcome.says("money", outcome.task["total"])),
        Check("nobody_else", "guard", _nobody_else),
    ),
    writes=_writes,
    solve=_solved,
)

CLOSING = (MONTH_END,)
