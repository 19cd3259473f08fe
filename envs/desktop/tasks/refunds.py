"""Refund what came damaged: from the complaint over order, policy and ledger to the reply."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..apps.policies import ANNOUNCED, CURRENT, SUPERSEDED
from ..company.dates import DAY, WORK, money
from ..company.grammar import lines
from ..company.house import CHOICES, FIRST
from ..company.model import DOCUMENT_STATUSES, DOCUMENT_TYPES, ORDER_STATUSES, TOPICS, Company, Event, Policy
from ..dice import Dice
from ..hands import Hands
from ..skin import parse_money
from ..verify import Check, Outcome, Write
from .base import Deal, Template
from .books import revisions
from .phrases import hear, say
from .posts import Letter, opened, posted, written

__all__ = ["REFUNDING"]

Task = Mapping[str, Any]

DAMAGED = lines("""
    From our order {number}, {quantity} pieces came damaged.
    We unpacked {number} and found {quantity} pieces broken.
    With order {number} we got {quantity} pieces that are scratched and can't be used.
    In the delivery of {number}, {quantity} pieces have dents.
    Of what came with {number}, {quantity} pieces are damaged.
    Order {number} has arrived, but {quantity} pieces of it are broken.
""")
CLAIMS = lines("""
    We would like our money back for them.
    Please refund them.
    What do we get back for that?
    We don't need them replaced, but we won't pay for them either.
    Please let us have a credit note for these.
""")
COUNTED = lines("""
    We have looked through the boxes again: it is {quantity} pieces and not {old}.
    I have to correct myself: {quantity} pieces are damaged, not {old}.
    Our warehouse has counted again and says {quantity} pieces instead of {old}.
    Please make that {quantity} pieces; {old} was a mistake.
""")
LATE = lines("""
    By the way, {number} was some days late. We ask for nothing, but you should know.
    Your driver was very late with {number}. It is settled, I only want to mention it.
    With {number} the invoice was missing. We have got it by now, so there is nothing to do.
""")
SUBJECTS = lines("""
    Complaint about {number}
    Problem with {number}
    Trouble with order {number}
    {number}: we are not satisfied
    Our order {number}
""")
REFUND = {
    2: (
        "{customer} complains by mail that {quantity} pieces of order {number} came damaged. Issue a credit note "
        "over what they paid for these, but over no more than our refund policy in force today lets us grant without "
        "a manager; its reference is the order. Then reply to the complaint: name the order number and the amount "
        "credited (as in 1234.50), and no other amount or order.",
        "Settle the complaint of {customer} about {quantity} damaged pieces of {number}. Credit the price they paid "
        "for them, with the order as the reference; if that is more than one may refund without a manager by the "
        "policy that holds today, credit just as much as one may. Reply to their mail with order number and credited "
        "amount (written like 1234.50); mention no other order or amount.",
        "Of order {number}, {quantity} pieces reached {customer} damaged. They get a credit note with the order as "
        "its reference: their price for the pieces, capped at what needs no approval by a manager under today's "
        "refund policy. Answer their complaint by replying to it, with the order number and the amount of the credit "
        "note (like 1234.50) and without any other.",
    ),
    3: (
        "{customer} has complained by mail about damaged goods. Issue a credit note over what they paid for the "
        "damaged pieces, but over no more than our refund policy in force today lets us grant without a manager; its "
        "reference is the order. Then reply to the complaint: name the order number and the amount credited (as in "
        "1234.50), and no other amount or order.",
        "Settle the complaint of {customer} about damaged pieces. Go by the last that they wrote. Credit the price "
        "they paid for them, with the order as the reference; if that is more than one may refund without a manager "
        "by the policy that holds today, credit just as much as one may. Reply to their mail with order number and "
        "credited amount (written like 1234.50); mention no other order or amount.",
        "Some of what {customer} ordered arrived damaged; their mails say how much. They get a credit note with the "
        "order as its reference: their price for the pieces, capped at what needs no approval by a manager under "
        "today's refund policy. Answer their complaint by replying to it, with the order number and the amount of "
        "the credit note (like 1234.50) and without any other.",
    ),
}
REFUNDS = TOPICS.index("refunds")
DELIVERED = ORDER_STATUSES.index("delivered")
CREDIT, OPEN = DOCUMENT_TYPES.index("credit"), DOCUMENT_STATUSES.index("open")
WORTH = 6_000, 300_000
"""Cents that damaged pieces are worth, at least and at most."""
STEP = 1_000
"""Cents in which a policy's limit is set."""


# -- the log -----------------------------------------------------------------------------------------------------------
def _logged(deal: Deal, level: int) -> None:
    """Choose what is damaged, and revise the refund policy so that only the revision in force gives the amount."""
    company, dice = deal.company, deal.dice
    claims = [event.about for event in company.events if event.kind in ("complained", "returned", "credited")]
    unhappy = {company.orders[row].customer for row in claims}
    choices = [
        (row, pieces)
        for row, order in enumerate(company.orders)
        if order.status == DELIVERED and order.customer not in unhappy
        for pieces in range(2, min(order.quantity, 40))
        if WORTH[0] <= pieces * order.price <= WORTH[1]
    ]
    row = dice.pick(sorted({row for row, _ in choices}))
    pieces = dice.pick([k for one, k in choices if one == row])
    worth, capped = pieces * company.orders[row].price, dice.flip(0.5)
    limit = _limit(dice, worth, capped)
    wrong = [_limit(dice, worth, True, limit) for _ in range(3)]
    amount, others = min(worth, limit), [min(worth, one) for one in wrong]
    assert amount not in others
    arrived = next(event.day for event in company.events if event.kind == "delivered" and event.about == row)
    deal.company = _revised(company, dice, [*wrong[:2], limit, wrong[2]], company.today - arrived)
    deal.task = {
        "number": company.orders[row].number,
        "pieces": pieces,
        "amount": amount,
        "decoys": tuple(sorted({*others, worth, limit} - {amount})),
    }


def _limit(dice: Dice, worth: int, capped: bool, but: int = 0) -> int:
    """A limit below what the pieces are worth, or not below it."""
    while True:
        share = 0.3 + 0.65 * dice.unit() if capped else 1.0 + 0.8 * dice.unit()
        limit = max(STEP, int(worth * share / STEP + (not capped)) * STEP)
        if limit != but:
            return limit


def _revised(company: Company, dice: Dice, limits: list[int], age: int) -> Company:
    """The company in which refunds were limited so, by revision: the last but one is in force, the last to come.

    A refund can be asked for longer than `age` days after delivery.
    """
    old, today = revisions(company, "refunds"), company.today
    now = today - dice.between(10, 40)
    before = now - dice.between(28, 50)
    days = (min(before - dice.between(28, 50), today - FIRST), before, now, today + dice.between(5, 30))
    windows, payments = CHOICES[REFUNDS][1:]
    window, payment = dice.pick([days for days in windows if days >= age] or windows[-1:]), dice.pick(payments)
    made = []
    for k, (day, limit) in enumerate(zip(days, limits, strict=True), 1):
        issued = DAY[WORK[max(0, min(day - dice.between(9, 24), today - 4))]]
        made.append(Policy(REFUNDS, k, issued, day, (limit, window, payment)))
    kept = [row for row, policy in enumerate(company.policies) if policy not in old]
    policies = [company.policies[row] for row in kept] + made
    place = {row: k for k, row in enumerate(kept)}
    director, events = 0, []
    for event in company.events:
        if event.kind != "policy_issued":
            events.append(event)
        elif event.about in place:
            events.append(event._replace(about=place[event.about]))
        director = event.actor if event.kind == "policy_issued" else director
    for k, policy in enumerate(made, len(kept)):
        told = (policy.topic, policy.revision, policy.effective, policy.parameters)
        events.append(Event("policy_issued", policy.issued, 570 + dice.below(60), director, k, told))
    events.sort(key=lambda event: event[1:3])
    return company._replace(policies=tuple(policies), events=tuple(events))


# -- the deal ----------------------------------------------------------------------------------------------------------
def _dealt(deal: Deal, level: int) -> None:
    dice, task = deal.dice, deal.task
    number, customers = task["number"], deal.columns["orders_customer"]
    row = deal.columns["orders_order_number"].index(number)
    firm, price = deal.cell("customers", customers[row], "customer_name"), deal.cell("orders", row, "unit_price")
    others = [one for one in deal.find("orders", order_status=DELIVERED) if customers[one] != customers[row]]
    asked, firms = [row], {customers[row]}
    for one in dice.shuffled(others):
        if customers[one] not in firms and len(asked) < 4 and deal.cell("orders", one, "quantity") > 2:
            asked.append(one)
            firms.add(customers[one])
    letters = [letter for thread, one in enumerate(asked) for letter in _complaint(deal, thread, one)]
    letters += _remark(deal, len(asked), row)
    rows = posted(deal, letters)
    _date_wrongly(deal)
    deal.goal = say(dice, REFUND[level], customer=firm, quantity=task["pieces"], number=number)
    deal.slots = [firm, number] if level == 2 else [firm]
    item = deal.columns["items_sku"].index(deal.cell("orders", row, "sku"))
    listed = deal.cell("items", item, "unit_price") * task["pieces"]
    more = {listed, task["pieces"] * price, deal.cell("orders", row, "order_total")} - {task["amount"]}
    deal.task |= {
        "order": row,
        "firm": firm,
        "thread": deal.cell("mails", rows[0], "thread"),
        "contact": deal.cell("mails", rows[0], "sender"),
        "decoys": tuple(sorted({*task["decoys"], *more})),
    }


def _complaint(deal: Deal, thread: int, row: int) -> list[Letter]:
    """A customer's mails about damage."""
    dice, number = deal.dice, deal.cell("orders", row, "order_number")
    quantity = deal.cell("orders", row, "quantity")
    pieces = deal.task["pieces"] if thread == 0 else dice.between(2, quantity - 1)
    said, texts = pieces, []
    if quantity > 3 and dice.flip(0.5):
        said = dice.pick([k for k in range(max(2, pieces - 3), min(quantity, pieces + 4)) if k != pieces])
        texts = [say(dice, COUNTED, quantity=pieces, old=said)]
    texts.insert(0, f"{say(dice, DAMAGED, number=number, quantity=said)} {dice.pick(CLAIMS)}")
    customer, title = deal.cell("orders", row, "customer"), say(dice, SUBJECTS, number=number)
    return written(deal, customer, title, texts, thread, row, "complaint")


def _remark(deal: Deal, thread: int, row: int) -> list[Letter]:
    """A mail of the same customer about another order, if there is one, that asks for nothing."""
    dice, customers = deal.dice, deal.columns["orders_customer"]
    rows = deal.find("orders", order_status=DELIVERED, customer=customers[row])
    others = [one for one in rows if one != row]
    if not others:
        return []
    one = dice.pick(others)
    number = deal.cell("orders", one, "order_number")
    title, text = say(dice, SUBJECTS, number=number), say(dice, LATE, number=number)
    return written(deal, customers[row], title, [text], thread, one, "other")


def _date_wrongly(deal: Deal) -> None:
    """Let the software show states of the refund policy that are not up to date, half of the time."""
    if deal.dice.flip(0.5):
        rows = sorted(deal.find("policies", topic=REFUNDS), key=lambda row: deal.cell("policies", row, "effective"))
        states = (SUPERSEDED, CURRENT, ANNOUNCED, ANNOUNCED)
        for row, state in zip(rows, states, strict=True):
            deal.set("policies", row, policy_state=state)


# -- the verifier ------------------------------------------------------------------------------------------------------
def _credited(outcome: Outcome) -> float:
    """Whether the credit note was issued, and left as it was."""
    task = outcome.task
    as_made = {"document_type": CREDIT, "document_status": OPEN}
    return float(bool(outcome.new("documents", amount=task["amount"], reference=task["number"], **as_made)))


def _replied(outcome: Outcome) -> float:
    task = outcome.task
    return float(bool(outcome.new("mails", recipient=task["contact"], thread=task["thread"], copy=-1)))


_ORDERS = re.compile(r"(?<![A-Za-z0-9])SO-[0-9]+(?![0-9])", re.IGNORECASE)
_AMOUNTS = re.compile(r"(?<![0-9.,])[0-9][0-9,]*\.[0-9]{2}(?![0-9]|[.,][0-9])")


def _named(outcome: Outcome) -> float:
    """Whether what was written names this order and this amount, and no other."""
    task = outcome.task

    def right(text: str) -> bool:
        orders = {found.upper() for found in _ORDERS.findall(text)}
        return orders == {task["number"]} and {*map(parse_money, _AMOUNTS.findall(text))} == {task["amount"]}

    return float(bool(outcome.new("mails", body=right)))


def _writes(outcome: Outcome) -> tuple[Write, ...]:
    return Write("documents", new=True, most=1), Write("mails", new=True, most=1)


# -- by hand -----------------------------------------------------------------------------------------------------------
def _solved(hands: Hands, task: Task | None) -> None:
    told = hear(REFUND[2] + REFUND[3], hands.goal) or {}
    customer = told["customer"]
    if task:
        number, amount = task["number"], task["amount"]
    else:
        if "number" not in told:
            told |= _read_complaint(hands, customer)
        number = told["number"]
        hands.go("order_list")
        hands.search(number)
        hands.open_where(lambda row: row["order_number"] == number)
        amount = min(int(told["quantity"]) * hands.read("unit_price"), _grantable(hands))
    hands.go("document_list")
    hands.click("new_credit")
    hands.fill("reference", number)
    hands.fill("amount", money(amount))
    hands.save()
    hands.go("inbox")
    hands.search(number)
    for text in opened(hands):
        if hear(DAMAGED + COUNTED, text) is not None:
            break
    hands.click("reply")
    hands.fill("body", f"We are sorry. For the damage in {number} we have credited {money(amount)}.")
    hands.save()
    hands.answer()


def _read_complaint(hands: Hands, customer: str) -> dict[str, str]:
    hands.go("inbox")
    hands.search(customer)
    told: dict[str, str] = {}
    for text in opened(hands):
        told = {**(hear(COUNTED, text) or {}), **told}
        if (damage := hear(DAMAGED, text)) is not None:
            return {**damage, **told}
    return told


def _grantable(hands: Hands) -> int:
    """What may be refunded without a manager by the policy in force."""
    hands.go("policy_list")
    hands.narrow("topic", "refunds")
    best = max(row["effective"] for row in hands.rows() if row["effective"] <= hands.today)
    hands.open_where(lambda row: row["effective"] == best)
    found = re.search(r"[0-9][0-9,]*\.[0-9]{2}", hands.read("text"))
    limit = parse_money(found[0]) if found else None
    assert limit is not None
    return limit


REFUND_REPLY = Template(
    name="refund_reply",
    archetype="chain across apps",
    occupation="41",  # supervisors of sales workers, 41-1012
    apps=("mail", "orders", "policies", "ledger"),
    hidden=("H1", "H3", "H4", "H8"),
    levels=(2, 3),
    faces=("text",),
    budget={"small": 95, "full": 95},
    log=_logged,
    deal=_dealt,
    checks=(
        Check("credited", "goal", _credited, 2.0),
        Check("replied", "goal", _replied),
        Check("named", "goal", _named),
    ),
    writes=_writes,
    solve=_solved,
)

REFUNDING = (REFUND_REPLY,)
