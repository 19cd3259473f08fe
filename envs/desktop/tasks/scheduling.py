"""Move a meeting, or find the first time at which people and a room are free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..company.model import ROOMS, Meeting
from ..dice import Dice
from ..hands import Hands, Stuck
from ..skin import parse_date
from ..verify import Check, Outcome, Write
from .base import Deal, Template
from .edits import at, call_meetings, colleagues, day_after, free_time, on

__all__ = ["SCHEDULING", "give_day"]

Task = Mapping[str, Any]


def give_day(hands: Hands, name: str, said: str) -> None:
    """Give a day to a field: typed as the goal says it, or picked where it can't be typed."""
    try:
        hands.fill(name, said)
    except Stuck:
        day = parse_date(said)
        assert day is not None
        hands.date(name, day)


# -- move a meeting ----------------------------------------------------------------------------------------------------
STEMS = (
    *("Price round", "Stock review", "Delivery windows", "Summer catalogue", "Forklift training", "Key account review"),
    *("Claims of the quarter", "Paper supply", "Chair samples", "Loading bay plan", "Invoice backlog", "Team retreat"),
    *("Insurance renewal", "Desk assembly", "Web shop", "Recycling scheme", "Cleaning contract", "Spring fair"),
)
ALIKE = ("{}", "{}: follow-up", "{} (part 2)", "Notes on {}")
"""Titles of the meetings of which one is to be moved."""
LENGTHS = (30, 60, 60, 90)

MOVES = {
    1: (
        'Move the meeting "{title}" of {old} to {day} at {start}, in room {room}. Open Calendar, search the agenda for '
        '"{title}", open the entry of {old}, choose Change event, set day, start and room, and save.',
        'In Calendar, find "{title}" on {old} through the search box, open it and press Change event. The new day is '
        "{day}, the new start {start}, the new room {room}. Save, and leave the length as it is.",
        'Reschedule "{title}" ({old}): new day {day}, new start {start}, new room {room}. To do so open Calendar, type '
        "the title into the search of the agenda, open the meeting of {old}, press Change event, fill in and save.",
    ),
    2: (
        'Move the meeting "{title}" of {old} to {day} at {start}, in room {room}.',
        'The meeting "{title}" on {old} has to be put off: it now takes place on {day} at {start} in room {room}. '
        "Change the entry in the calendar.",
        'Please reschedule "{title}", now on {old}: {day}, {start}, room {room}. It stays as long as it is.',
    ),
}


def _move_logged(deal: Deal, level: int) -> None:
    company, dice = deal.company, deal.dice
    days = [day_after(company.today, k) for k in range(2, 14)]
    near = [meeting for meeting in company.meetings if meeting.day in days]
    stem, staff = dice.pick(STEMS), [company.me, *colleagues(company)]
    dates = dice.sample(days, len(ALIKE) + 1)
    family = [_meeting(dice, near, title.format(stem), staff, [day]) for title, day in zip(ALIKE, dates, strict=False)]
    family.append(_meeting(dice, near, stem, staff, dates[-1:]))
    call_meetings(deal, family)
    target = dice.pick(family)
    people, others = (target.organiser, *target.attendees), [day for day in days if day not in dates]
    rooms = [room for room in range(1, len(ROOMS)) if room != target.room]
    new = None
    while new is None or new[1] == target.start:
        new = free_time(dice, near, people, target.length, others, rooms)
    deal.task = {"title": target.title, "old": target.day, "day": new[0], "start": new[1], "room": new[2]}
    deal.task["decoys"] = tuple((one.title, one.day) for one in family if one is not target)


def _meeting(dice: Dice, near: list[Meeting], title: str, staff: Sequence[int], days: Sequence[int]) -> Meeting:
    """A meeting of some colleagues when they have time, added to those that are `near`."""
    while True:
        people, length = dice.sample(staff, dice.between(2, 3)), dice.pick(LENGTHS)
        if when := free_time(dice, near, people, length, days):
            day, start, room = when
            near.append(Meeting(title, day, start, length, people[0], tuple(people[1:]), room, 0, ""))
            return near[-1]


def _move_dealt(deal: Deal, level: int) -> None:
    task = deal.task
    (task["row"],) = deal.find("events", title=task["title"], day=task["old"])
    said = {name: task[name] for name in ("title",)} | {name: on(task[name]) for name in ("old", "day")}
    said |= {"start": at(task["start"]), "room": ROOMS[task["room"]].title()}
    deal.goal = deal.dice.pick(MOVES[level]).format(**said)
    deal.slots = [said[name] for name in ("title", "old", "day", "start", "room")]


def _moved(column: str) -> Check:
    def test(outcome: Outcome) -> float:
        return float(outcome.cell("events", outcome.task["row"], column) == outcome.task[column])

    return Check(column, "goal", test)


def _move_writes(outcome: Outcome) -> tuple[Write, ...]:
    return (Write("events", ("day", "start", "room"), (outcome.task["row"],)),)


def _move_solved(hands: Hands, task: Task | None) -> None:
    title, old, day, start, room = hands.view.slots
    hands.go("agenda")
    hands.search(title)
    hands.open_where(lambda row: row["title"] == title and row["day"] == parse_date(old))
    hands.press("change_event")
    give_day(hands, "day", day)
    hands.fill("start", start)
    hands.choose("room", room.casefold())
    hands.save()
    hands.answer()


MOVE_MEETING = Template(
    name="move_meeting",
    archetype="update under a rule",
    occupation="43",  # secretaries, 43-6014
    apps=("calendar",),
    hidden=("H1", "H2"),
    levels=(1, 2),
    faces=("flat", "text"),
    budget={"small": 45, "full": 45},
    log=_move_logged,
    deal=_move_dealt,
    checks=tuple(map(_moved, ("day", "start", "room"))),
    writes=_move_writes,
    solve=_move_solved,
)

SCHEDULING = (MOVE_MEETING,)
