"""Conversations with customers about the day of a delivery: days are asked for, promised, moved and refused."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import NamedTuple

from ..company.dates import DATE, DAY, WORK
from ..company.grammar import lines
from ..company.model import ORDER_STATUSES
from ..dice import Dice
from ..hands import Hands, Row, Stuck
from ..skin import parse_date
from .base import Deal
from .phrases import hear, say
from .posts import Letter, contact, moments, opened, own, posted

__all__ = ["WAITING", "Talk", "discussed", "last_promise", "lifetimes", "order_of"]

SUBJECTS = lines("""
    Delivery of {number}
    {number}: day of delivery
    When does {number} arrive?
    Date for order {number}
""")
ASKS = lines("""
    When will {number} be with us?
    Could you tell us on which day {number} arrives?
    We have to plan for {number}: which day is it going to be?
    Do you know already when {number} comes?
    On which day can we expect {number}?
    Our people ask me when {number} is delivered.
""")
PROMISES = lines("""
    You will have it on {day}.
    We deliver on {day}.
    It comes on {day}.
    I can promise you {day}.
    It is planned for {day}.
    The carrier brings it on {day}.
""")
MOVES = lines("""
    I am sorry, but {before} can't be kept. It will be {day}.
    We have to move your delivery from {before} to {day}.
    Please excuse us: not {before}, but {day} is the day now.
    The carrier has changed its tour, so it comes on {day} and no longer on {before}.
    Your delivery is late by some days; please expect it on {day} instead of {before}.
    Instead of {before} we can only offer {day}.
""")
WISHES = lines("""
    Could you make it {day}?
    Would {day} be possible?
    We would rather have it on {day}.
    Nobody is here then. Can you come on {day}?
    {day} would suit us much better, if you can arrange it.
    Please deliver on {day} instead, if there is a way.
""")
AGREED = lines("""
    That can be done, so it is {day} then.
    Yes, {day} is fine. I have told the carrier.
    Yes, that can be arranged. The carrier knows.
    Of course. I have changed it with the carrier as you asked.
    No problem, we do it as you wish.
    Agreed. I have noted your day.
""")
REFUSED = lines("""
    I am sorry, {day} is not possible. It stays as it was.
    Unfortunately not, the tour is full that day. We have to leave it as agreed.
    I have asked the carrier, but it can't be changed any more.
    That does not work, I am afraid; we keep to what I wrote before.
    Sorry, I can't do that. Please expect it as announced.
    No, {day} is a holiday of the carrier. Nothing changes.
""")
THANKS = lines("""
    Thank you, that helps.
    Good, thank you.
    Thanks for looking after it.
    All right, I have passed it on.
""")

CANCELLED, RETURNED = (ORDER_STATUSES.index(name) for name in ("cancelled", "returned"))
WAITING = tuple(ORDER_STATUSES.index(name) for name in ("open", "confirmed", "on_hold"))
"""Orders that have not left the house."""
TOLD = ("order_placed", "order_confirmed", "order_held", "delayed")
"""Kinds of events that say when an order is due, or whether it goes on."""
ABOUT_ORDERS = (*TOLD, "shipped", "complained")
AHEAD = 42
"""Working days within which deliveries are promised."""


class Talk(NamedTuple):
    """A conversation about an order: what was said, by whom (True for us), and the days in it, what holds last."""

    order: int
    said: list[tuple[bool, str]]
    days: list[int]
    due: int


def lifetimes(deal: Deal) -> dict[int, tuple[int, int]]:
    """The first and last day on which one could write about the delivery of an order, by row of the order."""
    days: dict[int, dict[str, int]] = {row: {} for row in range(len(deal.company.orders))}
    for event in deal.company.events:
        if event.kind in ABOUT_ORDERS:
            days[event.about][event.kind] = event.day
    rows = {number: row for row, number in enumerate(deal.columns["orders_order_number"])}
    found = {}
    for about, order in enumerate(deal.company.orders):
        known = days[about]
        first = WORK[max(known[kind] for kind in TOLD if kind in known)] + 1
        last = WORK[known.get("shipped", deal.today)] - 1
        if first <= last and order.status not in (CANCELLED, RETURNED) and "complained" not in known:
            found[rows[order.number]] = DAY[first], DAY[last]
    return found


def _talk(deal: Deal, row: int, last: int) -> Talk:
    """A conversation that ends on `last` at the latest. What holds in the end is not what Orders shows."""
    dice, due = deal.dice, deal.cell("orders", row, "due")
    number = deal.cell("orders", row, "order_number")
    ahead = [DAY[WORK[last] + k] for k in range(2, AHEAD) if DAY[WORK[last] + k] != due]
    day, *fresh = dice.sample(ahead, 6)
    said, days = [(False, say(dice, ASKS, number=number)), (True, _promise(dice, PROMISES, day))], [day]
    for _ in range(dice.between(1, 3)):
        new = fresh.pop()
        what = dice.below(3)
        if what == 0:
            said.append((True, _promise(dice, MOVES, new, day)))
            day = new
        else:
            said += [(False, _promise(dice, WISHES, new)), (True, _promise(dice, (AGREED, REFUSED)[what - 1], new))]
            day = new if what == 1 else day
        days.append(new)
    if not said[-1][0] or dice.flip(0.4):
        said.append((False, dice.pick(THANKS)))
    return Talk(row, said, [*(one for one in days if one != day), day], due)


def _promise(dice: Dice, phrases: tuple[str, ...], day: int, before: int = 0) -> str:
    return say(dice, phrases, day=DATE[day], before=DATE[before])


def discussed(deal: Deal, number: int) -> tuple[int, list[Talk]]:
    """Write conversations about so many orders, of one customer where there are enough.

    Returns:
        An order that has not been shipped, of a customer with others of other goods; and the conversations, its own
        first.
    """
    dice, spans = deal.dice, lifetimes(deal)
    customers, items, quantities, statuses = (
        deal.columns[f"orders_{name}"] for name in ("customer", "item", "quantity", "order_status")
    )
    goods = Counter(zip(customers, items, quantities, strict=True))
    firms = Counter(customers[row] for row in spans)
    waiting = [
        row for row in spans if statuses[row] in WAITING and goods[customers[row], items[row], quantities[row]] == 1
    ]
    row = dice.pick([one for one in waiting if firms[customers[one]] > 1] or waiting)
    near = dice.shuffled([one for one in spans if one != row and customers[one] == customers[row]])
    far = dice.shuffled([one for one in spans if customers[one] != customers[row]])
    rows = [row, *(near + far)[: number - 1]]
    talks = [_talk(deal, one, spans[one][1]) for one in rows]
    letters = []
    for thread, talk in enumerate(talks):
        if statuses[talk.order] in WAITING:  # the rest have arrived or are on their way
            deal.set("orders", talk.order, true_due=talk.days[-1])
        other, subject = contact(deal, deal.cell("orders", talk.order, "customer")), dice.pick(SUBJECTS)
        subject = subject.format(number=deal.cell("orders", talk.order, "order_number"))
        for moment, (ours, text) in zip(moments(deal, len(talk.said), *spans[talk.order]), talk.said, strict=True):
            pair = (own(deal), other) if ours else (other, own(deal))
            letters.append(Letter(*pair, moment, subject, text, thread, talk.order))
            subject = subject if subject.startswith("Re: ") else f"Re: {subject}"
    posted(deal, letters)
    return row, talks


# -- by hand -----------------------------------------------------------------------------------------------------------
def order_of(hands: Hands, customer: str, things: str) -> str:
    """The number of a customer's order of so many pieces of something."""
    quantity, item = things.split(" x ")
    hands.go("order_list")
    hands.search(customer)
    tried: set[str] = set()

    def fresh(row: Row) -> bool:
        return row["customer"] == customer and row["order_number"] not in tried

    while True:
        tried.add(hands.open_where(fresh)["order_number"])
        if hands.read("item") == item and hands.read("quantity") == int(quantity):
            return str(hands.read("order_number"))
        hands.back()


def last_promise(hands: Hands, number: str) -> int:
    """The day of delivery that we have promised last in our mails about an order."""
    refused = 0
    hands.go("sent")
    hands.search(number)
    for text in opened(hands):
        if hear(REFUSED, text) is not None:
            refused += 1
            continue
        heard = hear((*MOVES, *PROMISES, *AGREED), text)
        if heard is None:
            continue
        if "day" not in heard:
            hands.go("inbox")
            hands.search(number)
            wishes = (found for text in opened(hands) if (found := hear(WISHES, text)))
            heard = next(itertools.islice(wishes, refused, None))
        day = parse_date(heard["day"])
        assert day is not None
        return day
    raise Stuck("no promise in the mails")
