"""Meetings that a task adds to a company's log, and what it needs to know of its people and their time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..company.dates import DAY, WORK
from ..company.meetings import NOTICE, STARTS
from ..company.model import MEETING_STATES, ROOMS, Company, Event, Meeting, Person
from ..skin import write_date, write_time
from .base import Deal

__all__ = [
    "at",
    "call_meeting",
    "clear",
    "colleagues",
    "day_after",
    "free_slot",
    "namesakes",
    "on",
    "person_row",
]

CANCELLED = MEETING_STATES.index("cancelled")


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
    names = [person.name for person in company.people]
    return {name for name in names if names.count(name) > 1}


def colleagues(company: Company) -> list[int]:
    """Rows of the company's own people without the principal, whose names nobody else bears."""
    shared = namesakes(company)
    return [row for row in company.staff if row != company.me and company.people[row].name not in shared]


def clear(company: Company, people: Iterable[int], room: int, day: int, start: int, length: int) -> bool:
    """Whether all people and the room (0 for none) are free; meetings that are not cancelled take time."""
    wanted, end = set(people), start + length
    for meeting in company.meetings:
        if meeting.day != day or meeting.state == CANCELLED:
            continue
        busy = meeting.organiser in wanted or wanted.intersection(meeting.attendees) or (room and meeting.room == room)
        if busy and meeting.start < end and start < meeting.start + meeting.length:
            return False
    return True


def free_slot(
    deal: Deal, people: Sequence[int], length: int, days: Sequence[int], rooms: Sequence[int] = range(1, len(ROOMS))
) -> tuple[int, int, int]:
    """A day, a start and a room, drawn, at which all are free."""
    for _ in range(200):
        day, start, room = deal.dice.pick(days), deal.dice.pick(STARTS), deal.dice.pick(rooms)
        if clear(deal.company, people, room, day, start, length):
            return day, start, room
    raise AssertionError("no time is free in a calendar that is mostly empty")


def call_meeting(
    deal: Deal,
    title: str,
    when: tuple[int, int, int],
    length: int,
    organiser: int,
    attendees: Sequence[int],
    state: str = "planned",
    notes: str = "",
) -> None:
    """Add a meeting at `when` (day, start, room) to the log, and the mail by which it was called."""
    day, start, room = when
    company, dice = deal.company, deal.dice
    begun = min(WORK[day] - NOTICE - dice.below(4), WORK[company.today] - 1 - dice.below(3))
    asked = "planned" if state == "cancelled" else state
    cells = (title, day, start, length, tuple(attendees), room)
    row = len(company.meetings)
    call = (*cells, MEETING_STATES.index(asked), notes)
    events = [Event("meeting_called", DAY[begun], 500 + dice.below(200), organiser, row, call)]
    if state == "cancelled":
        told = WORK[company.today] - 1
        events.append(Event("meeting_cancelled", DAY[told], 720 + dice.below(240), organiser, row, ("travel",)))
    meeting = Meeting(title, day, start, length, organiser, tuple(attendees), room, MEETING_STATES.index(state), notes)
    deal.company = company._replace(
        meetings=(*company.meetings, meeting),
        events=tuple(sorted([*company.events, *events], key=lambda event: event[1:3])),
    )


def person_row(deal: Deal, person: Person) -> int:
    """The row of a person in the address book, once the log has been projected."""
    return deal.columns["people_address"].index(person.mail)
