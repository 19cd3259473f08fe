"""The state of the books in which a month is to be closed: what the log has to tell for it."""

from __future__ import annotations

import datetime

from ..company.dates import DATE, DAY, WORK
from ..company.house import CHOICES, in_force
from ..company.model import BASE, DOCUMENT_STATUSES, ORDER_STATUSES, TOPICS, Company, Event, Policy
from ..dice import Dice
from .base import Deal
from .books import BILL, INVOICE, OPEN, WHEN, Billing, add_bills, days_after, plain, revisions, unbilled, unpaid

__all__ = ["REMINDED", "month_to_close", "prepared"]

BILLS, ADDED, REMINDERS = 5, 2, 3
"""Bills that are to be pending in the month, those added at least, and invoices that are to be reminded of."""
REMINDED = "Reminded"
PAID, RETURNED = DOCUMENT_STATUSES.index("paid"), ORDER_STATUSES.index("returned")
DECIDING = {"approvals": 0, "credit": 0, "returns": 1}
"""Which parameter of which policy the closing rests on."""
_ALSO = frozenset({"supplier_billed", "bill_approved", "bill_held", "bill_disputed", "question", "answer"})


def month_to_close(today: int) -> tuple[str, int, int]:
    """The month: its name with the year, its first and its last day. In its second half, the one that runs."""
    date = datetime.date.fromordinal(BASE + today)
    first = date.replace(day=1)
    if date.day <= 15:
        first = (first - datetime.timedelta(1)).replace(day=1)
    after = (first + datetime.timedelta(31)).replace(day=1)
    start, end = first.toordinal() - BASE, after.toordinal() - BASE - 1
    return DATE[start].split(" ", 1)[1], start, end


def prepared(deal: Deal, level: int) -> None:
    """Bills to decide on, a return to be credited, customers to be reminded, and policies with other revisions."""
    company, dice = deal.company, deal.dice
    for topic, place in DECIDING.items():
        company = _revised(company, dice, topic, place)
    company, order = _returned(company, dice)
    company = _billed(company, dice)
    deal.company = _owing(company, dice, order)
    deal.task = {"order": order}


def _revised(company: Company, dice: Dice, topic: str, place: int) -> Company:
    """The company with an older revision of a policy and one still to come, which differ in one parameter."""
    known = revisions(company, topic)
    now = [policy for policy in known if policy.effective <= company.today][-1]
    values = [value for value in CHOICES[TOPICS.index(topic)][place] if value != now.parameters[place]]
    before, after = (
        tuple(dice.pick(values) if k == place else value for k, value in enumerate(now.parameters)) for _ in range(2)
    )
    made = list(known)
    if now is known[0]:
        effective = now.effective - dice.between(30, 45)
        made.insert(0, now._replace(effective=effective, issued=_issued(company, dice, effective), parameters=before))
    if now is known[-1]:
        effective = company.today + dice.between(5, 30)
        made.append(now._replace(effective=effective, issued=_issued(company, dice, effective), parameters=after))
    return _issue(company, dice, [policy._replace(revision=k + 1) for k, policy in enumerate(made)])


def _issued(company: Company, dice: Dice, effective: int) -> int:
    return DAY[WORK[max(0, min(effective - dice.between(9, 24), company.today - 4))]]


def _issue(company: Company, dice: Dice, made: list[Policy]) -> Company:
    """The company with these revisions of a topic: those there are in their rows, the others after them."""
    topic = made[0].topic
    policies, events = list(company.policies), list(company.events)
    told = {event.about: k for k, event in enumerate(events) if event.kind == "policy_issued"}
    director = events[next(iter(told.values()))].actor
    rows = {policy.effective: row for row, policy in enumerate(policies) if policy.topic == topic}
    for policy in made:
        data = (topic, policy.revision, policy.effective, policy.parameters)
        row = rows.get(policy.effective)
        if row is None:
            events.append(Event("policy_issued", policy.issued, 570 + dice.below(60), director, len(policies), data))
            policies.append(policy)
        else:
            policies[row], events[told[row]] = policy, events[told[row]]._replace(data=data)
    events.sort(key=WHEN)
    return company._replace(policies=tuple(policies), events=tuple(events))


def _returned(company: Company, dice: Dice) -> tuple[Company, int]:
    """The company in which an order has come back complete, not needed and not credited yet; its row."""
    fee = in_force(revisions(company, "returns"), company.today)[1]
    owed = {paper.order: paper for paper in company.documents if paper.type == INVOICE}
    candidates = sorted(plain(company, _ALSO))

    def rank(row: int) -> tuple[bool, bool]:
        settled = owed[row].status == PAID or owed[row].payable >= company.today
        return not settled, company.orders[row].total * (100 - fee) % 100 != 0

    best = min(map(rank, candidates))
    row = dice.pick([row for row in candidates if rank(row) == best])
    order = company.orders[row]
    came = max(event.day for event in company.events if event.about == row and event.kind == "delivered")
    contact = company.customers[order.customer].contact
    days = [DAY[work] for work in range(WORK[came] + 1, WORK[company.today])][:8] or [came]
    event = Event("returned", dice.pick(days), dice.between(840, 900), contact, row, (order.quantity, "surplus"))
    orders = (*company.orders[:row], order._replace(status=RETURNED), *company.orders[row + 1 :])
    events = sorted((*company.events, event), key=WHEN)
    return company._replace(orders=orders, events=tuple(events)), row


def _billed(company: Company, dice: Dice) -> Company:
    """The company with more bills that are pending and from the month, some of them before the goods have arrived."""
    _, start, end = month_to_close(company.today)
    there = sum(
        paper.type == BILL and paper.status == OPEN and start <= paper.issued <= end for paper in company.documents
    )
    days = {row: [day for day in days_after(company, row) if start <= day <= end] for row in unbilled(company)}
    rows = dice.shuffled([row for row in sorted(days) if days[row]])
    orders = company.orders
    cost = {row: orders[row].quantity * company.items[orders[row].item].cost for row in rows}
    arrived = [row for row in rows if ORDER_STATUSES[orders[row].status] == "delivered"]
    early = [row for row in rows if row not in arrived][:1]
    cheap, dear = sorted(arrived, key=cost.__getitem__)[:1], sorted(arrived, key=cost.__getitem__)[1:][-1:]
    chosen = list(dict.fromkeys([*cheap, *early, *dear, *rows]))[: max(ADDED, BILLS - there)]
    new = [
        Billing(row, dice.pick(days[row]), orders[row].quantity, company.items[orders[row].item].cost) for row in chosen
    ]
    return add_bills(company, dice, new)


def _owing(company: Company, dice: Dice, returned: int) -> Company:
    """The company in which few customers are late enough to be reminded and have not been; others have been."""
    days = in_force(revisions(company, "credit"), company.today)[0]
    last = company.today - days
    owed = [paper for paper in company.documents if paper.type == INVOICE and paper.payable <= last]
    late = [paper for paper in owed if paper.status == OPEN]
    done = [paper for paper in late if paper.note]
    can = [paper for paper in late if not paper.note and _due(paper.payable, days) < company.today]
    must = len(late) - len(done) - len(can)
    for paper in dice.sample(can, max(0, min(len(can), len(can) + must - REMINDERS))):
        company = _told(company, dice, paper.order, days)
    missing = REMINDERS - must - len(can)
    for paper in dice.sample(done, max(0, min(missing, len(done) - 1))):
        company, missing = _untold(company, paper.order), missing - 1
    for paper in sorted(owed, key=lambda paper: -paper.payable):
        if missing > 0 and paper.status == PAID and paper.order != returned:
            company, missing = _untold(unpaid(company, paper.order), paper.order), missing - 1
    return company


def _due(payable: int, days: int) -> int:
    """The day on which a reminder goes out."""
    return DAY[WORK[payable + days]]


def _told(company: Company, dice: Dice, row: int, days: int) -> Company:
    """The company in which a customer has been reminded of an order's invoice."""
    paper = next(paper for paper in company.documents if paper.type == INVOICE and paper.order == row)
    day = _due(paper.payable, days)
    clerk = next(event.actor for event in company.events if event.kind == "invoiced")
    data = (paper.number, paper.amount, day - paper.payable)
    events = sorted((*company.events, Event("reminded", day, 560 + dice.below(300), clerk, row, data)), key=WHEN)
    return _noted(company, row, f"{REMINDED} on {DATE[day]}.", tuple(events))


def _untold(company: Company, row: int) -> Company:
    """The company in which a customer has not been reminded of an order's invoice."""
    return _noted(company, row, "", tuple(e for e in company.events if (e.kind, e.about) != ("reminded", row)))


def _noted(company: Company, row: int, note: str, events: tuple[Event, ...]) -> Company:
    papers = tuple(
        paper._replace(note=note) if paper.type == INVOICE and paper.order == row else paper
        for paper in company.documents
    )
    return company._replace(documents=papers, events=events)
