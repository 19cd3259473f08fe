"""What colleagues write of their own accord: questions and answers, minutes, new policies, newsletters."""

from __future__ import annotations

from ..dice import Dice
from .cast import Cast
from .dates import DAY, WORK
from .house import Rules
from .ledger import Books
from .lives import Life
from .model import MEETING_STATES, Event, Meeting, Policy, maker

__all__ = ["ask", "hold", "issue", "spread"]

ALWAYS = ("due", "limit", "terms", "price", "contact")
ONCE_SHIPPED = ("tracking", "invoice", "tracking", "invoice", "due", "limit", "terms", "price", "contact")
CANCELLED = MEETING_STATES.index("cancelled")
_event = maker(Event)


def due_on(life: Life, work: int) -> int:
    """The working day that an order was promised for as of the evening of `work`."""
    return life.due if life.delayed < 0 or life.delayed <= work else life.first_due


def ask(books: Books, number: int) -> None:
    """Questions about orders between the principal and colleagues, and most of the answers."""
    dice, today, cast, add = books.dice, books.today, books.cast, books.events.append
    pick, below, between = dice.pick, dice.below, dice.between
    others = cast.staff[1:]
    old = [row for row, life in enumerate(books.lives) if life.placed <= today - 3]
    for row in dice.sample(old, number):
        life, colleague = books.lives[row], pick(others)
        asker, asked = (cast.me, colleague) if below(3) == 0 else (colleague, cast.me)
        work = today - 1 - below(min(15, today - 1 - life.placed))
        minute = between(1045, 1075)
        topic = pick(ONCE_SHIPPED if 0 <= life.shipped <= work else ALWAYS)
        add(_event(("question", DAY[work], minute, asker, row, (asked, topic))))
        if work + 1 < today and below(8):
            answered = DAY[work + 1], between(485, 540)
        elif below(3):
            answered = DAY[work], minute + between(5, 50)
        else:
            continue
        add(_event(("answer", *answered, asked, row, (asker, topic, _fact(books, row, topic, work)))))


def _fact(books: Books, row: int, topic: str, work: int) -> int | str:
    order, life = books.orders[row], books.lives[row]
    firm = books.cast.firms[order.customer]
    if topic == "due":
        return DAY[due_on(life, work)]
    if topic == "tracking":
        return order.tracking
    if topic == "invoice":
        return order.total
    if topic == "price":
        return books.items[order.item].price
    return books.cast.people[firm[5]].mail if topic == "contact" else firm[3 if topic == "limit" else 4]


def hold(books: Books, meetings: tuple[Meeting, ...], number: int) -> None:
    """Minutes of meetings: which orders under way were talked about, and when they were due by then."""
    dice, today, lives, me = books.dice, books.today, books.lives, books.cast.me
    past = [row for row, held in enumerate(meetings) if held.day < DAY[today] and held.state != CANCELLED]
    mine = [row for row in past if me in meetings[row].attendees]
    for row in dice.sample(mine, min(number, len(mine))):
        meeting = meetings[row]
        work = WORK[meeting.day]
        running = [
            order
            for order, life in enumerate(lives)
            if life.placed < work <= life.arrives and (life.ended < 0 or life.ended >= work)
        ]
        drawn = dice.sample(running, min(2, len(running)))
        talked = [(order, DAY[due_on(lives[order], work - 1)]) for order in drawn]
        after = (meeting.day, meeting.start + meeting.length + 20 + dice.below(30))
        books.events.append(_event(("minutes", *after, meeting.organiser, row, tuple(talked))))


def issue(dice: Dice, cast: Cast, rules: Rules, events: list[Event]) -> tuple[Policy, ...]:
    """All revisions, by topic; appends how they were issued to `events`."""
    policies = [policy for revisions in rules for policy in revisions]
    director = cast.lines["director"][0]
    for row, policy in enumerate(policies):
        told = (policy.topic, policy.revision, policy.effective, policy.parameters)
        events.append(_event(("policy_issued", policy.issued, 570 + dice.below(60), director, row, told)))
    return tuple(policies)


def spread(books: Books, number: int) -> None:
    """Newsletters that recommend things of the catalogue."""
    dice, writers = books.dice, books.cast.lines["marketing"]
    for k in range(number):
        day = DAY[books.today - 2 - 7 * k - dice.below(6)]
        news = tuple(dice.sample(range(len(books.items)), 2 + dice.below(2)))
        books.events.append(_event(("newsletter", day, 500 + dice.below(400), dice.pick(writers), -1, news)))
