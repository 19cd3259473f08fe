"""Working days and dates. Working day 0 is Monday, 1 January 2024; five make a week."""

from __future__ import annotations

import datetime

from .model import BASE

__all__ = ["DATE", "DAY", "WORK", "clock", "money", "written"]

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _written(day: int) -> str:
    date = datetime.date.fromordinal(BASE + day)
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


DAY = tuple(work // 5 * 7 + work % 5 for work in range(400))
"""The day number of a working day."""
WORK = tuple(day // 7 * 5 + min(day % 7, 5) for day in range(560))
"""The first working day that is not before a day."""
DATE = tuple(map(_written, range(560)))
"""A day as it is written in letters: ``"4 March 2024"``."""


def written(day: int) -> str:
    """A day with its day of the week: ``"Monday, 4 March 2024"``."""
    return f"{_WEEKDAYS[day % 7]}, {DATE[day]}"


def clock(minute: int) -> str:
    """A time as it is written in letters: ``"09:30"``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def money(cents: int) -> str:
    """An amount as it is written in letters: ``"1250.00"``."""
    return f"{cents // 100}.{cents % 100:02d}"
