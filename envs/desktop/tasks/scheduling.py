"""Move a meeting, or find the first time at which people and a room are free."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..company.model import ROOMS
from ..hands import Hands, Stuck
from ..skin import parse_date
from ..verify import Check, Outcome, Write
from .base import Deal, Template
from .edits import at, call_meeting, colleagues, day_after, free_slot, on

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
    stem, staff = dice.pick(STEMS), [company.me, *colleagues(company)]
    dates = dice.sample(days, len(ALIKE) + 1)
    family = []
    for title, day in zip((ALIKE[0], *ALIKE), dates, strict=True):
        title = title.format(stem)
        people, length = dice.sample(staff, dice.between(2, 3)), dice.pick(LENGTHS)
        when = free_slot(deal, people, length, [day])
        call_meeting(deal, title, when, length, people[0], people[1:])
        family.append((title, when, length, people))
    title, (old, start, room), length, people = dice.pick(family)
    others = [day for day in days if day not in dates]
    rooms = [one for one in range(1, len(ROOMS)) if one != room]
    while (new := free_slot(deal, people, length, others, rooms))[1] == start:
        pass
    deal.task = {"title": title, "old": old, "day": new[0], "start": new[1], "room": new[2]}
    deal.task["decoys"] = tuple((name, when[0]) for name, when, *_ in family if (name, when[0]) != (title, old))


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
    occupation="43",
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
    twin="cover_shift",
)

SCHEDULING = (MOVE_MEETING,)
