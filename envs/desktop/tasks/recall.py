"""A supplier recalls an item: stop the orders for it, tell the customers, and call a meeting about it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..company.model import MEETING_STATES, ORDER_STATUSES, ROOMS, Company
from ..hands import Hands
from ..skin import parse_date
from ..verify import Check, Outcome, Write
from .base import Deal, Template
from .books import price_of
from .edits import at, called, clear, colleagues, day_after, on, person_row
from .posts import Letter, contact, moments, own, posted

__all__ = ["RECALLS"]

Task = Mapping[str, Any]

OPEN, CONFIRMED, ON_HOLD = (ORDER_STATUSES.index(name) for name in ("open", "confirmed", "on_hold"))
LIVE = OPEN, CONFIRMED
PLANNED = MEETING_STATES.index("planned")
HELD = {"small": 6, "full": 7}
"""Orders for the item that have not left, at least."""
ALSO = 2
"""Orders for the item whose recall has been withdrawn, at most."""
STARTS = (540, 570, 600, 630, 780, 810, 840, 900)

_HOLD = {
    2: (
        "{firm} has recalled {sku} ({item}). Put all orders for it that are pending or confirmed on hold. ",
        "Because {firm} recalls {item} ({sku}), every pending or confirmed order for {sku} has to go on hold. ",
        "There is a recall of {sku} ({item}) by {firm}: put each order for it that is pending or confirmed on hold. ",
    ),
    3: (
        "{firm} has recalled one of our goods by mail; go by what holds after all their mails about recalls. Put all "
        "orders for that item that are pending or confirmed on hold. ",
        "Because of a recall by {firm}, every pending or confirmed order for the item has to go on hold. Which item it "
        "is stands in their mails about recalls; not everything in them still holds. ",
        "There is a recall by {firm}; see their mails about recalls, of which the later ones hold. Put each order for "
        "the item that is pending or confirmed on hold. ",
    ),
}
_MAILS = (
    "Write one mail to the contact of each customer whose orders you have put on hold, to the contact address on the "
    "customer's record: it names the numbers of all these orders of that customer and no other order, and has no copy. "
)
_MEETING = {
    2: (
        'Last, enter a meeting "{title}" on {day} at {start}, of {length} minutes, in room {room}, with {guests} as '
        "attendees. Change nothing else."
    ),
    3: (
        'Last, enter a meeting "Recall" and the article number, such as "Recall XY-100", on the day on which {firm} is '
        "going to call us about it, at {start}, of {length} minutes, in room {room}, with {guests} as attendees. "
        "Change nothing else."
    ),
}
SUBJECTS = ("Recall of {item}", "Recall: article {sku}", "Important: recall of {sku}")
RECALLED = (
    "We have to recall {item}, article {sku}: {fault}. Please send none of them to your customers. We call you on "
    "{day} about what comes next.",
    "There is a recall of our article {sku} ({item}), since {fault}. Please keep back what has not left your house. "
    "We will call you on {day}.",
    "Our article {sku}, {item}, is recalled because {fault}. Please stop your deliveries of it. Somebody of us will "
    "call you on {day}.",
)
FAULTS = (
    "a weld can break under load",
    "the varnish gives off a smell that it should not have",
    "some of the screws are too short",
    "a batch was made of the wrong board",
    "edges have been found to be sharp",
    "a label with warnings is missing",
)
WITHDRAWN = (
    "Good news about {sku} ({item}): our recall of it is withdrawn, the tests were in order. You can deliver as usual.",
    "We take back our recall of {item}, article {sku}. Nothing was found, and nothing needs to be done.",
)
WORD = "recall"
_STANDS = re.compile(r"(?:have to recall|a recall of our article|is recalled)")
_SKU = re.compile(r"\b[A-Z]{2}-[0-9]{3}\b")
_DAY = re.compile(r"call you on ([0-9]{1,2} [A-Z][a-z]{2} [0-9]{4})")
_ORDER = re.compile(r"\bSO-[0-9]+\b", re.IGNORECASE)


class Plan(NamedTuple):
    """What the task comes to. Items and people are rows of the company's lists."""

    item: int
    other: int
    day: int
    start: int
    length: int
    room: int
    guests: tuple[int, int]


# -- the task ----------------------------------------------------------------------------------------------------------
def _logged(deal: Deal, level: int) -> None:
    company, dice = deal.company, deal.dice
    suppliers = Counter(item.supplier for item in company.items)
    supplier = dice.pick([person for person, goods in suppliers.items() if goods > 1])
    item, other = dice.sample([row for row, one in enumerate(company.items) if one.supplier == supplier], 2)
    live = dice.shuffled([row for row, order in enumerate(company.orders) if order.status in LIVE])
    held = live[: HELD[deal.size]]
    bait = live[len(held) : len(held) + ALSO]
    deal.company = _instead(company, {**dict.fromkeys(held, item), **dict.fromkeys(bait, other)})
    guests = dice.sample(colleagues(company), 2)
    while True:
        day, start = day_after(company.today, dice.between(2, 7)), dice.pick(STARTS)
        length, room = dice.pick((30, 60)), dice.between(1, len(ROOMS) - 1)
        if clear(company.meetings, (company.me, *guests), room, day, start, length):
            break
    deal.task = {"plan": Plan(item, other, day, start, length, room, (guests[0], guests[1]))}


def _instead(company: Company, items: Mapping[int, int]) -> Company:
    """The company in which orders that have not left were for other items from the start."""
    orders, events = list(company.orders), list(company.events)
    for row, item in items.items():
        order = orders[row]
        price = price_of(company, order.customer, item, order.quantity, order.placed)
        orders[row] = order._replace(item=item, price=price, total=order.quantity * price)
    for k, event in enumerate(events):
        if event.kind == "order_placed" and event.about in items:
            order = orders[event.about]
            told = (*event.data[:2], order.item, order.quantity, order.price, *event.data[5:])
            events[k] = event._replace(data=told)
        elif event.kind == "answer" and event.about in items and event.data[1] == "price":
            events[k] = event._replace(data=(*event.data[:2], company.items[items[event.about]].price))
    return company._replace(orders=tuple(orders), events=tuple(events))


def _dealt(deal: Deal, level: int) -> None:
    plan: Plan = deal.task["plan"]
    company, people, dice = deal.company, deal.company.people, deal.dice
    item = company.items[plan.item]
    supplier = people[item.supplier]
    _write_letters(deal, plan)
    rows = deal.find("orders", sku=item.sku, order_status=LIVE.__contains__)
    by_contact: dict[int, list[str]] = {}
    for row in rows:
        reader = contact(deal, deal.cell("orders", row, "customer"))
        by_contact.setdefault(reader, []).append(deal.cell("orders", row, "order_number"))
    guests = [people[row] for row in plan.guests]
    said: dict[str, Any] = {
        "firm": supplier.firm_name,
        "sku": item.sku,
        "item": item.name,
        "title": f"Recall {item.sku}",
        "day": on(plan.day),
        "start": at(plan.start),
        "length": plan.length,
        "room": ROOMS[plan.room].title(),
        "guests": " and ".join(person.name for person in guests),
    }
    deal.goal = (dice.pick(_HOLD[level]) + _MAILS + _MEETING[level]).format(**said)
    known = [said["start"], str(plan.length), said["room"], *(person.name for person in guests)]
    deal.slots = [*([said["sku"], said["day"]] if level == 2 else [said["firm"]]), *known]
    deal.task = {
        "rows": tuple(rows),
        "mails": tuple((reader, tuple(sorted(numbers))) for reader, numbers in by_contact.items()),
        "sku": item.sku,
        "title": said["title"],
        "day": plan.day,
        "start": plan.start,
        "length": plan.length,
        "room": plan.room,
        "attendees": tuple(sorted(person_row(deal, person) for person in guests)),
        "decoys": tuple(deal.find("orders", sku=company.items[plan.other].sku)),
    }


def _write_letters(deal: Deal, plan: Plan) -> None:
    """The recall that holds, and one that has been withdrawn, in any order."""
    company, dice, me = deal.company, deal.dice, own(deal)
    sender = person_row(deal, company.people[company.items[plan.item].supplier])
    times = moments(deal, 3, day_after(deal.today, -7), day_after(deal.today, -1))
    held = dice.pick(times)
    first, last = (moment for moment in times if moment != held)
    false_day = on(day_after(deal.today, dice.between(2, 7)))

    def letter(row: int, texts: tuple[str, ...], moment: tuple[int, int], day: str, thread: int, again: str) -> Letter:
        item, fault = company.items[row], dice.pick(FAULTS)
        said = {"item": item.name, "sku": item.sku, "fault": fault, "day": day}
        subject = again + SUBJECTS[(sender + row) % len(SUBJECTS)].format(**said)
        return Letter(sender, me, moment, subject, dice.pick(texts).format(**said), thread, label="other")

    posted(
        deal,
        [
            letter(plan.item, RECALLED, held, on(plan.day), 0, ""),
            letter(plan.other, RECALLED, first, false_day, 1, ""),
            letter(plan.other, WITHDRAWN, last, false_day, 1, "Re: "),
        ],
    )


# -- verdict -----------------------------------------------------------------------------------------------------------
def _held(outcome: Outcome) -> float:
    rows = outcome.task["rows"]
    return sum(outcome.cell("orders", row, "order_status") == ON_HOLD for row in rows) / len(rows)


def _mails(outcome: Outcome) -> float:
    """How many contacts have got a mail with the numbers of their orders and no others."""

    def named(row: int) -> set[str]:
        text = f"{outcome.cell('mails', row, 'subject')}\n{outcome.cell('mails', row, 'body')}"
        return {number.upper() for number in _ORDER.findall(text)}

    wanted = outcome.task["mails"]
    right = [
        any(named(row) == set(numbers) for row in outcome.new("mails", recipient=reader, copy=-1))
        for reader, numbers in wanted
    ]
    return sum(right) / len(wanted)


def _meeting(outcome: Outcome) -> float:
    """The share of what the meeting should be that it is."""
    parts = [called(outcome, name) for name in ("day", "start", "length", "room", "attendees")]
    return sum(parts) / len(parts)


def _writes(outcome: Outcome) -> tuple[Write, ...]:
    return (
        Write("orders", ("order_status",), outcome.task["rows"]),
        Write("mails", new=True, most=len(outcome.task["mails"])),
        Write("events", new=True, most=1),
    )


# -- by hand -----------------------------------------------------------------------------------------------------------
def _solved(hands: Hands, task: Task | None) -> None:
    *known, start, length, room, first, second = hands.view.slots
    if task is not None:
        sku, day = task["sku"], task["day"]
    elif len(known) == 2:
        sku, day = known[0], parse_date(known[1])
    else:
        sku, day = _read(hands)
    addresses = [_address(hands, guest) for guest in (first, second)]
    by_contact: dict[str, list[str]] = {}
    for number in _numbers(hands, sku):
        by_contact.setdefault(_stopped(hands, number), []).append(number)
    for address, numbers in by_contact.items():
        hands.go("inbox")
        hands.press("compose")
        hands.fill("recipient", address)
        hands.fill("subject", "Recall")
        hands.fill("body", f"We have to stop {' and '.join(numbers)}. The item is recalled; we will write again.")
        hands.save()
    hands.go("agenda")
    hands.press("new_event")
    hands.fill("title", f"Recall {sku}")
    hands.date("day", day)
    hands.fill("start", start)
    hands.fill("length", length)
    hands.fill("attendees", ", ".join(addresses))
    hands.choose("room", room.casefold())
    hands.save()
    hands.answer()


def _address(hands: Hands, name: str) -> str:
    hands.go("contacts")
    hands.search(name)
    return str(next(row for row in hands.rows() if row["name"] == name)["address"])


def _read(hands: Hands) -> tuple[str, int]:
    """The article that is recalled and not withdrawn, and the day of the call."""
    hands.go("inbox")
    hands.search(WORD)
    recalled: dict[str, int] = {}
    withdrawn: set[str] = set()
    for place in range(len(hands.rows())):
        hands.open(hands.rows()[place])
        body = hands.read("body")
        sku, day = _SKU.search(body), _DAY.search(body)
        if sku and day and _STANDS.search(body):
            recalled[sku[0]] = parse_date(day[1]) or 0
        elif sku:
            withdrawn.add(sku[0])
        hands.back()
    (left,) = set(recalled) - withdrawn
    return left, recalled[left]


def _numbers(hands: Hands, sku: str) -> list[str]:
    """The orders for an article that have not left."""
    hands.go("order_list")
    hands.search(sku)
    return [row["order_number"] for row in hands.every_row() if row["order_status"] in ("open", "confirmed")]


def _stopped(hands: Hands, number: str) -> str:
    """Put an order on hold; returns its customer's contact address."""
    hands.go("order_list")
    hands.search(number)
    hands.open_where(lambda row: row["order_number"] == number)
    hands.press("hold")
    hands.click("customer_card")
    return str(hands.read("contact_address"))


RECALL = Template(
    name="recall",
    archetype="chain across apps",
    occupation="11",  # operations managers, 11-1021
    apps=("mail", "orders", "calendar"),
    hidden=("H1", "H2", "H3"),
    levels=(2, 3),
    faces=("text",),
    budget={"small": 270, "full": 380},
    log=_logged,
    deal=_dealt,
    checks=(
        Check("held", "goal", _held, 2.0),
        Check("mails", "goal", _mails, 2.0),
        Check("meeting", "goal", _meeting),
    ),
    writes=_writes,
    solve=_solved,
)

RECALLS = (RECALL,)
