"""Words about the time of a meeting: what is asked, and when colleagues say that they can't come."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..skin import parse_date, parse_time
from .edits import at, on

__all__ = [
    "AIM",
    "ALL_DAY",
    "FRAME",
    "INSTEAD",
    "PLAINLY",
    "RULES",
    "SUBJECTS",
    "TITLES",
    "WORD",
    "Barred",
    "barred",
    "clause",
]

TITLES = (
    *("Pallet returns", "Catalogue kick-off", "Carrier contracts", "Stock figures", "Autumn prices", "Display window"),
    *("Packing line", "Customer survey", "Order backlog", "Label design", "Delivery slots", "Showroom lights"),
)
AIM = (
    'Put a meeting "{title}" of {length} minutes in room {room} into the calendar, with {guests} as attendees, at the '
    "earliest time at which they, I ({me}) and the room are all free. ",
    'I ({me}) need to meet {guests} about "{title}" (that is the title), for {length} minutes in room {room}. Enter it '
    "for the first time at which all of us and the room are free. ",
    'Find the earliest time for "{title}": {length} minutes, room {room}, with {guests} and me ({me}), everybody and '
    "the room being free. Enter the meeting under that title, with them as attendees. ",
)
FRAME = (
    "It can be any working day from today to {last}, begins on the hour or half past, not before 09:00, and ends by "
    "17:00. Tentative meetings take time as well, cancelled ones do not. "
)
RULES = {
    2: "Invitations go out in time, so it may not be before {limit}. {owner} {barred}.",
    3: (
        "It also has to keep the notice that our policy on meetings in force today asks for (counted from today; with "
        "a notice of one working day it could be on the next working day), and what these colleagues have written to "
        "me about times at which they cannot meet; of two mails of one person the later one holds."
    ),
}
RULES[4] = RULES[3] + " There is something that I cannot miss myself, too; it is not in the calendar. Ask me when."
SUBJECTS = ("When I can meet", "My days", "Not in my calendar", "Times for meetings")
WORD = "cannot meet"
"""Words of every such mail; what the oracle, and a person, would search for."""
PLAINLY = (
    "I {clause}. It is a private matter, so the calendar does not show it.",
    "just so that you know: I {clause}. It is not in the calendar.",
    "please keep in mind that I {clause}. I do not want to put it into the calendar.",
)
INSTEAD = (
    "forget what I wrote about {day}, I am free then after all. But I {clause}. The calendar does not show it.",
    "a change: {day} is free again, as far as I am concerned. Now I {clause}. It is not in the calendar.",
)


# -- times that are barred ---------------------------------------------------------------------------------------------
class Barred(NamedTuple):
    """A time at which somebody can't come."""

    day: int
    start: int
    end: int

    def meets(self, day: int, start: int, length: int) -> bool:
        """Whether a meeting would fall into it."""
        return day == self.day and start < self.end and self.start < start + length


ALL_DAY = 0, 24 * 60
CLAUSES = {
    "until": "cannot meet on {day} before {end}",
    "between": "cannot meet on {day} between {start} and {end}",
    "all": "cannot meet on {day}, all day",
}


def clause(one: Barred) -> str:
    """A barred time in words; :func:`barred` reads them."""
    kind = "all" if one.end == ALL_DAY[1] else "between" if one.start else "until"
    return CLAUSES[kind].format(day=on(one.day), start=at(one.start), end=at(one.end))


_CLAUSE = re.compile(
    r"cannot meet on ([0-9]{1,2} [A-Z][a-z]{2} [0-9]{4})"
    r"(?:, all (day)| before ([0-9:]+[0-9])| between ([0-9:]+) and ([0-9:]+[0-9]))"
)


def barred(text: str) -> list[Barred]:
    """The times that a text says somebody can't come at."""
    found = []
    for day, whole, before, start, end in _CLAUSE.findall(text):
        hours = ALL_DAY if whole else (0, parse_time(before)) if before else (parse_time(start), parse_time(end))
        found.append(Barred(parse_date(day), *hours))  # type: ignore[arg-type]
    return found
