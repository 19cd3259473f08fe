"""The company's log as the help desk has it: who asked what, who took it, what was said, and what came of it.

Customers ask, complain, order, send back and cancel; suppliers bill; colleagues ask each other. Each such event of the
log is a ticket, and what the log says about it later are its replies.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any

from ..company.dates import DATE, DAY, WORK, money
from ..company.model import QUESTIONS, Company, Event
from ..company.names import STAFF
from ..dice import Dice
from .ticket_desk import (
    AWAITING,
    CLOSED,
    DESK,
    FRESH,
    IN_WORK,
    INSIDE,
    MERGED,
    QUEUES,
    RANKS,
    RESOLUTIONS,
    TEAMS,
    URGENCIES,
)
from .ticket_letters import ANSWERS, ASKS, FACTS, REASONS, SUMMARIES

__all__ = ["rows"]

RECENT, SETTLED = 10, 14
"""Days for which tickets of orders that go on well are kept, and after which a complaint that was answered is over."""
UNTAKEN = 3
"""Tickets that nobody has taken yet, at least."""
SALES, STOCK, ACCOUNTS, HOUSE = range(len(TEAMS))
JUNIOR, SENIOR, HEAD = range(len(RANKS))
LOW, MEDIUM, HIGH, CRITICAL = range(len(URGENCIES))
ANSWER_WITHIN = (5, 3, 1, 1)
"""Working days by urgency."""
ORDERING, COMPLAINTS, BACK, BILLS, WITHIN, _ = range(len(QUEUES))
ANSWERED, REFUNDED, DUPLICATE, NO_ACTION = map(RESOLUTIONS.index, ("answered", "refunded", "duplicate", "no_action"))
_SUMMARIES, _FACTS, _ANSWERS = (
    {kind: tuple(sentence.format for sentence in sentences) for kind, sentences in every.items()}
    for every in (SUMMARIES, FACTS, ANSWERS)
)
_TEAM = {"sales": SALES, "warehouse": STOCK, "accounts": ACCOUNTS}
_LINE = dict(STAFF)
_STARTERS = ("clerk", "assistant", "agent", "Trainee")


class _Ticket:
    """A ticket while the log is read; `agent` is who has it or would, a row of agents."""

    def __init__(self, row: int, event: Event, queue: int, gaps: tuple[Any, ...]) -> None:
        _, self.day, self.minute, self.requester, self.about, _ = event
        self.row, self.queue, self.gaps = row, queue, gaps
        self.urgency, self.level, self.account, self.agent = MEDIUM, 1, -1, 0
        self.stage, self.resolution, self.into = FRESH, 0, -1
        self.texts = ("", "")
        self.said: list[tuple[int, int, str, int, str]] = []


class _Desk:
    """The tickets so far, and those that later events may come back to."""

    def __init__(self, company: Company, dice: Dice) -> None:
        self.company, self.dice, self.pick = company, dice, dice.pick
        self.tickets: list[_Ticket] = []
        self.known: dict[Any, _Ticket] = {}
        self.agents = {person: row for row, person in enumerate(company.staff)}
        self.names = [company.people[person].name for person in company.staff]
        self.goods = [item.name.lower() for item in company.items]
        roles = [company.people[person].role for person in company.staff]
        self.teams = [_TEAM.get(_LINE.get(role, ""), HOUSE) for role in roles]
        self.ranks = [
            HEAD if row == 0 or role == "Managing director" else JUNIOR if role.split()[-1] in _STARTERS else SENIOR
            for row, role in enumerate(roles)
        ]
        self.clerks = [row for row, team in enumerate(self.teams) if team == ACCOUNTS] or [0]

    def open(self, event: Event, kind: str, queue: int, *more: Any, ask: str = "", item: int = -1) -> _Ticket:
        """A ticket about the event's order. `more` goes into the gaps from 4 on."""
        order = self.company.orders[event.about]
        goods = self.goods[order.item if item < 0 else item]
        ticket = _Ticket(len(self.tickets), event, queue, (order.number, order.quantity, goods, order.city))
        ticket.account, ticket.agent = order.customer, self.agents[order.handler]
        self.write(ticket, kind, ask, *more)
        self.tickets.append(ticket)
        return ticket

    def write(self, ticket: _Ticket, kind: str, ask: str, *more: Any) -> None:
        """Put a ticket into words."""
        pick, gaps = self.pick, ticket.gaps + more
        fact = pick(_FACTS[kind])(*gaps)
        ticket.texts = pick(_SUMMARIES[kind])(*gaps), f"{fact} {pick(ASKS[ask])}" if ask else fact

    def say(self, ticket: _Ticket, kind: str, day: int, minute: int, agent: int, voice: int, *more: Any) -> None:
        """A reply of an agent."""
        words = self.pick(_ANSWERS[kind])(*ticket.gaps, *more)
        ticket.said.append((day, minute if minute < 1440 else 1439, self.names[agent], voice, words))

    def answer(self, ticket: _Ticket, kind: str, event: Event, *more: Any, after: int = 0) -> None:
        """The answer of the agent who has the ticket, some minutes after an event."""
        self.say(ticket, kind, event.day, event.minute + after, ticket.agent, DESK, *more)
        ticket.stage = AWAITING


def _close(ticket: _Ticket, resolution: int = ANSWERED) -> None:
    ticket.stage, ticket.resolution = CLOSED, resolution


# -- what events do ----------------------------------------------------------------------------------------------------
def _placed(desk: _Desk, event: Event) -> None:
    company, row = desk.company, event.about
    if row >= 0 and event.day < company.today - RECENT and company.orders[row].status not in _WAITING:
        return
    _, customer, item, quantity, _, due, urgent, city, note = event.data
    ticket = _Ticket(len(desk.tickets), event, ORDERING, ("", quantity, desk.goods[item], city))
    if row >= 0:  # it may not have been entered yet
        order = company.orders[row]
        ticket.gaps, ticket.agent = (order.number, *ticket.gaps[1:]), desk.agents[order.handler]
    ticket.account, ticket.urgency = customer, HIGH if urgent else MEDIUM
    desk.write(ticket, "order_placed", "order_placed", DATE[due])
    if note:
        ticket.texts = (ticket.texts[0], f"{ticket.texts[1]} {note}")
    desk.tickets.append(ticket)
    desk.known["placed", row] = ticket


def _confirmed(desk: _Desk, event: Event) -> None:
    if ticket := desk.known.pop(("placed", event.about), None):
        desk.answer(ticket, "confirmed", event, DATE[event.data[0]])
        _close(ticket)


def _held(desk: _Desk, event: Event) -> None:
    ticket = desk.open(event, "order_held", WITHIN, REASONS[event.data[0]], ask="inside")
    ticket.agent = 0


def _delayed(desk: _Desk, event: Event) -> None:
    was, now, reason = event.data
    order = desk.company.orders[event.about]
    contact = desk.company.customers[order.customer].contact
    asked = event._replace(actor=contact, minute=max(0, event.minute - desk.dice.between(20, 150)))
    ticket = desk.open(asked, "delayed", ORDERING, DATE[was], ask="delayed")
    ticket.agent, ticket.urgency = desk.agents.get(event.actor, ticket.agent), HIGH
    desk.answer(ticket, "delayed", event, DATE[was], DATE[now], REASONS[reason])
    _close(ticket)


def _cancelled(desk: _Desk, event: Event) -> None:
    ticket = desk.open(event, "cancelled", ORDERING, REASONS[event.data[0]], ask="cancelled")
    desk.answer(ticket, "cancelled", event, after=desk.dice.between(15, 90))
    _close(ticket)
    if placed := desk.known.pop(("placed", event.about), None):
        _close(placed, NO_ACTION)


def _complained(desk: _Desk, event: Event) -> None:
    reason = event.data[0]
    ticket = desk.open(event, reason, COMPLAINTS, ask="complained")
    if reason in ("damaged", "missing", "wrong"):
        ticket.urgency = CRITICAL if desk.dice.flip(0.2) else HIGH
    desk.known["claim", event.about] = ticket
    if desk.dice.flip(0.3):
        late = min(event.minute + desk.dice.between(6, 40), 1439)
        again = desk.open(event._replace(minute=late), "again", COMPLAINTS)
        again.stage, again.resolution, again.into, again.urgency = MERGED, DUPLICATE, ticket.row, ticket.urgency


def _returned(desk: _Desk, event: Event) -> None:
    quantity, reason = event.data
    ticket = desk.open(event, "returned", BACK, quantity, REASONS[reason], ask="returned")
    desk.known["claim", event.about] = ticket


def _credited(desk: _Desk, event: Event) -> None:
    number, of, amount, _ = event.data
    if ticket := desk.known.pop(("claim", event.about), None):
        told = number, of, money(amount)
        clerk = desk.agents.get(event.actor, 0)
        desk.say(ticket, "credit_inside", event.day, event.minute, clerk, INSIDE, *told)
        desk.answer(ticket, "credit", event, *told, after=desk.dice.between(5, 60))
        _close(ticket, REFUNDED)


def _billed(desk: _Desk, event: Event) -> None:
    number, amount, payable, quantity, item = event.data
    told = number, quantity, money(amount), DATE[payable]
    ticket = desk.open(event, "supplier_billed", BILLS, *told, item=item)
    ticket.account, ticket.agent, ticket.urgency = -1, desk.pick(desk.clerks), LOW
    desk.known["bill", number] = ticket


def _bill_approved(desk: _Desk, event: Event) -> None:
    number, amount = event.data
    if ticket := desk.known.get(("bill", number)):
        who = desk.agents.get(event.actor, 0)
        desk.say(ticket, "approved", event.day, event.minute, who, INSIDE, number, money(amount))
        ticket.stage = IN_WORK


def _bill_stopped(desk: _Desk, event: Event) -> None:
    number, reason = event.data
    if ticket := desk.known.get(("bill", number)):
        ticket.agent = desk.agents.get(event.actor, ticket.agent)
        desk.answer(ticket, event.kind, event, number, REASONS[reason])


def _reminded(desk: _Desk, event: Event) -> None:
    number, amount, days = event.data
    desk.known["invoice", number] = desk.open(event, "reminded", WITHIN, number, money(amount), days)


def _paid(desk: _Desk, event: Event) -> None:
    number, of, amount = event.data
    told = number, of, money(amount)
    if ticket := desk.known.pop(("bill", of), None):
        ticket.agent = desk.agents.get(event.actor, ticket.agent)
        desk.answer(ticket, "bill_paid", event, *told)
        _close(ticket)
    elif ticket := desk.known.pop(("invoice", of), None):
        who = desk.agents.get(ticket.requester, 0)
        desk.say(ticket, "money_in", event.day, event.minute, who, INSIDE, *told)
        _close(ticket, NO_ACTION)


def _asked(desk: _Desk, event: Event) -> None:
    asked, topic = event.data
    ticket = desk.open(event, topic, WITHIN, ask="inside")
    ticket.account, ticket.agent = -1, desk.agents.get(asked, 0)
    desk.known["question", event.about, event.actor, topic] = ticket


_SAID: dict[str, Callable[[Any], str]] = {
    "day": DATE.__getitem__,
    "money": money,
    "days": "{} days".format,
    "text": str,
}


def _told(desk: _Desk, event: Event) -> None:
    asker, topic, fact = event.data
    if ticket := desk.known.pop(("question", event.about, asker, topic), None):
        desk.answer(ticket, "fact", event, _SAID[QUESTIONS[topic]](fact))
        _close(ticket)


_WAITING = (0, 5)
"""Statuses of orders, open and on hold, that still wait for something."""
_DOES: dict[str, Callable[[_Desk, Event], None]] = {
    "order_placed": _placed,
    "order_confirmed": _confirmed,
    "order_held": _held,
    "delayed": _delayed,
    "cancelled": _cancelled,
    "complained": _complained,
    "returned": _returned,
    "credited": _credited,
    "supplier_billed": _billed,
    "bill_approved": _bill_approved,
    "bill_held": _bill_stopped,
    "bill_disputed": _bill_stopped,
    "reminded": _reminded,
    "paid": _paid,
    "question": _asked,
    "answer": _told,
}


def _settle(desk: _Desk, ticket: _Ticket) -> None:
    """Where a ticket stands this morning that the log leaves open."""
    today, dice = desk.company.today, desk.dice
    age = today - ticket.day
    if ticket.queue in (COMPLAINTS, BACK) and not ticket.said and age > 2 and dice.flip(0.7):
        day = DAY[WORK[ticket.day] + 1]
        if day < today:
            desk.say(ticket, "promise", day, dice.between(490, 600), ticket.agent, DESK)
            ticket.stage = AWAITING
            if age > SETTLED and dice.flip(0.7):
                _close(ticket)
    if ticket.stage == FRESH and (age > 4 or dice.flip(0.35)):
        ticket.stage = IN_WORK
    if ticket.stage == IN_WORK and ticket.urgency >= HIGH and age > 4 and desk.ranks[ticket.agent] >= SENIOR:
        ticket.level = 2


# -- the projection ----------------------------------------------------------------------------------------------------
def rows(company: Company, dice: Dice) -> dict[str, list[Any]]:
    """The columns of agents, tickets and replies."""
    desk = _Desk(company, dice)
    for event in company.events:
        does = _DOES.get(event.kind)
        if does:
            does(desk, event)
    for ticket in desk.tickets:
        if ticket.stage == FRESH or ticket.stage == IN_WORK:
            _settle(desk, ticket)
    lacking = UNTAKEN - sum(ticket.stage == FRESH for ticket in desk.tickets)
    for ticket in reversed(desk.tickets):
        if lacking > 0 and ticket.stage == IN_WORK and not ticket.said:
            ticket.stage, ticket.level, lacking = FRESH, 1, lacking - 1
    return {**_agents(desk), **_columns(desk)}


def _agents(desk: _Desk) -> dict[str, list[Any]]:
    company, dice = desk.company, desk.dice
    people = [company.people[person] for person in company.staff]
    return {
        "agents_agent_name": [person.name for person in people],
        "agents_agent_mail": [person.mail for person in people],
        "agents_team": desk.teams,
        "agents_rank": desk.ranks,
        "agents_on_duty": [row == 0 or dice.flip(0.85) for row in range(len(people))],
        "agents_own_seat": [person == company.me for person in company.staff],
    }


def _columns(desk: _Desk) -> dict[str, list[Any]]:
    company, dice, tickets = desk.company, desk.dice, desk.tickets
    people, base = company.people, 2000 + dice.below(6000)
    order = sorted(range(len(tickets)), key=lambda row: (tickets[row].day, tickets[row].minute))
    numbers = [""] * len(tickets)
    for k, row in enumerate(order):
        numbers[row] = f"T-{base + k}"
    replies = [
        (f"{numbers[t.row]}.{k}", t.row, *said)
        for t in tickets
        for k, said in enumerate(sorted(t.said, key=itemgetter(0, 1)), 1)
    ]
    label, of, days, minutes, who, voices, words = map(list, zip(*replies, strict=True)) if replies else ([],) * 7
    yesterday = company.today - 3
    return {
        "tickets_ticket_number": numbers,
        "tickets_summary": [t.texts[0] for t in tickets],
        "tickets_requester": [people[t.requester].name for t in tickets],
        "tickets_requester_mail": [people[t.requester].mail for t in tickets],
        "tickets_account": [t.account for t in tickets],
        "tickets_queue": [t.queue for t in tickets],
        "tickets_urgency": [t.urgency for t in tickets],
        "tickets_stage": [t.stage for t in tickets],
        "tickets_assignee": [-1 if t.stage in (FRESH, MERGED) else t.agent for t in tickets],
        "tickets_level": [t.level for t in tickets],
        "tickets_opened_on": [t.day for t in tickets],
        "tickets_answer_by": [DAY[WORK[t.day] + ANSWER_WITHIN[t.urgency]] for t in tickets],
        "tickets_resolution": [t.resolution for t in tickets],
        "tickets_merged_into": [t.into for t in tickets],
        "tickets_description": [t.texts[1] for t in tickets],
        "tickets_unseen": [t.stage == FRESH and t.day >= yesterday and dice.flip(0.6) for t in tickets],
        "tickets_true_queue": [t.queue for t in tickets],
        "tickets_concerns": [t.about for t in tickets],
        "replies_reply_number": label,
        "replies_ticket": of,
        "replies_writer": who,
        "replies_voice": voices,
        "replies_said_on": days,
        "replies_said_at": minutes,
        "replies_words": words,
    }
