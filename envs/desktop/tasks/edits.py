"""Meetings that a task adds to a company's log, and what it needs to know of its people and their time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from ..company.dates import DAY, WORK
from ..company.meetings import NOTICE, STARTS
from ..company.model import MEETING_STATES, ROOMS, Company, Event, Meeting, Person
from ..dice import Dice
from ..skin import write_date, write_time
from ..verify import Outcome
from .base import Deal

__all__ = [
    "at",
    "call_meetings",
    "called",
    "clear",
    "colleagues",
    "day_after",
    "free_time",
    "joins",
    "namesakes",
    "on",
    "person_row",
    "stands",
]

PLANNED, CANCELLED, _ = range(len(MEETING_STATES))
Time = tuple[int, int, int]
"""Day, start and room of a meeting."""


def on(day: int) -> str:
    """A day as goals and letters of tasks write it: ``12 Sep 2024``."""
    return write_date("day", day)


def at(minute: int) -> str:
    """A time as goals and letters of tasks write it: ``14:30``."""
    return write_time(True, minute)


def day_after(day: int, working: int) -> int:
    """The day so many working days after `day`; before it, if negative."""
    return DAY[WORK[day] + working]


def namesakes(company: Company) -> set[str]:
    """Names that more than one person bears."""
    return {name for name, n in Counter(person.name for person in company.people).items() if n > 1}


def colleagues(company: Company) -> list[int]:
    """Rows of the company's own people without the principal, whose names nobody else bears."""
    shared = namesakes(company)
    return [row for row in company.staff if row != company.me and company.people[row].name not in shared]


def stands(meeting: Meeting) -> bool:
    """Whether a meeting is still on, and takes time."""
    return meeting.state != CANCELLED


def joins(meeting: Meeting, person: int) -> bool:
    """Whether somebody has called a meeting or is invited to it."""
    return meeting.organiser == person or person in meeting.attendees


def clear(meetings: Iterable[Meeting], people: Iterable[int], room: int, day: int, start: int, length: int) -> bool:
    """Whether all people and the room (0 for none) are free of meetings."""
    wanted, end = set(people), start + length
    for meeting in meetings:
        if meeting.day != day or meeting.start >= end or start >= meeting.start + meeting.length or not stands(meeting):
            continue
        if (room and meeting.room == room) or meeting.organiser in wanted or wanted.intersection(meeting.attendees):
            return False
    return True


def free_time(
    dice: Dice,
    meetings: Sequence[Meeting],
    people: Sequence[int],
    length: int,
    days: Sequence[int],
    rooms: Sequence[int] = range(1, len(ROOMS)),
) -> Time | None:
    """A time, drawn, at which people and the room drawn with it are free; None if none is found soon."""
    for _ in range(60):
        day, start, room = dice.pick(days), dice.pick(STARTS), dice.pick(rooms)
        if clear(meetings, people, room, day, start, length):
            return day, start, room
    return None


def call_meetings(deal: Deal, meetings: Sequence[Meeting]) -> None:
    """Add meetings to the log, and the mails by which they were called and, where they are, cancelled."""
    company, dice = deal.company, deal.dice
    yesterday, events = WORK[company.today] - 1, list(company.events)
    for row, meeting in enumerate(meetings, len(company.meetings)):
        title, day, start, length, organiser, attendees, room, state, notes = meeting
        called = DAY[min(WORK[day] - NOTICE - dice.below(4), yesterday - dice.below(3))]
        told = (title, day, start, length, attendees, room, PLANNED if state == CANCELLED else state, notes)
        events.append(Event("meeting_called", called, 500 + dice.below(200), organiser, row, told))
        if state == CANCELLED:
            events.append(
                Event("meeting_cancelled", DAY[yesterday], 720 + dice.below(240), organiser, row, ("travel",))
            )
    events.sort(key=lambda event: event[1:3])
    deal.company = company._replace(meetings=(*company.meetings, *meetings), events=tuple(events))


def called(outcome: Outcome, *columns: str) -> bool:
    """Whether a meeting with the task's title was called, is as the task says in these columns, and is still on."""
    task = outcome.task
    rows = outcome.new("events", title=lambda title: title.casefold() == task["title"].casefold(), state=PLANNED)
    return any(all(_sorted(outcome.cell("events", row, name)) == task[name] for name in columns) for row in rows)


def _sorted(cell: Any) -> Any:
    return tuple(sorted(cell)) if isinstance(cell, tuple) else cell


def person_row(deal: Deal, person: Person) -> int:
    """The row of a person in the address book, once the log has been projected."""
    return deal.columns["people_address"].index(person.mail)
