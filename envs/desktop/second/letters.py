"""What judges of letters and meetings share: who wrote what and when, and which records should have been made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .reading import Places, as_wanted, beyond, claims, day
from .seen import Record, Seen

__all__ = [
    "ARTICLE",
    "DAY",
    "Made",
    "alike",
    "as_typed",
    "carried_out",
    "colleague",
    "customer",
    "letters",
    "me",
    "numbers",
    "option",
    "said",
    "staff",
    "when",
]

DAY = r"\d{1,2} [A-Z][a-z]+ \d{4}"
"""A day in a goal or a letter."""
ARTICLE = r"\b(?!SO|CN)[A-Z]{2}-\d+\b"
Made = tuple[str, Callable[[Record], bool]]
"""A record that should have been made: its table, and what must hold for it."""


def when(text: str) -> list[int]:
    """All days in a text, in order."""
    return [number for written in re.findall(DAY, text) if (number := day(written)) is not None]


def numbers(text: str) -> list[str]:
    """All order numbers in a text, in order, however they are spelt."""
    return [number.upper() for number in re.findall(r"\bSO-\d+\b", text, re.IGNORECASE)]


def alike(text: str, right: str) -> bool:
    """Whether a name that was typed in is the right one; case and outer blanks don't matter."""
    return text.strip().casefold() == right.strip().casefold()


def as_typed(s: Seen, place: tuple[str, int, str], right: str) -> dict[tuple[str, int, str], Any]:
    """What a text cell should hold in the end: the right text, or what stands there if it is alike.

    A note is a sentence, so it may end with a full stop.
    """
    table, row, column = place
    text = s.after[table][row][column]
    bare = text.rstrip(".") if column == "order_note" else text
    return {place: text if alike(bare, right) else right}


# -- people ------------------------------------------------------------------------------------------------------------
def me(s: Seen) -> int:
    """The row of the one whom the agent works for."""
    return next(row for row, who in enumerate(s.before["people"]) if who["own_card"])


def staff(s: Seen) -> set[int]:
    """The rows of those who work for the same company."""
    people = s.before["people"]
    firm = people[me(s)]["firm"]
    return {row for row, who in enumerate(people) if who["firm"] == firm}


def colleague(s: Seen, name: str) -> int:
    """The row of the one colleague of this name."""
    (row,) = (row for row in staff(s) if s.before["people"][row]["name"] == name)
    return row


def customer(s: Seen) -> int:
    """The row of the customer whom the goal names."""
    named = [row for row, one in enumerate(s.before["customers"]) if one["customer_name"] in s.goal]
    return max(named, key=lambda row: len(s.before["customers"][row]["customer_name"]))


# -- letters -----------------------------------------------------------------------------------------------------------
def letters(s: Seen, senders: Iterable[int] = (), firm: str = "") -> list[tuple[int, Record]]:
    """The mails of some people or of all people of a firm, in the order of sending, with their rows."""
    rows = {*senders, *(row for row, who in enumerate(s.before["people"]) if firm and who["firm"] == firm)}
    found = [(row, mail) for row, mail in enumerate(s.before["mails"]) if mail["sender"].row in rows]
    return sorted(found, key=lambda one: (one[1]["sent"], one[1]["clock"]))


def said(mail: Record) -> str:
    """What a mail says between greeting and closing."""
    parts = mail["body"].split("\n\n")
    return "\n\n".join(parts[1:-1]) if len(parts) > 2 else str(mail["body"])


# -- verdicts ----------------------------------------------------------------------------------------------------------
def carried_out(s: Seen, wanted: Places, made: Sequence[Made] = (), status: str = "success") -> bool:
    """Whether the agent submits this status, cells are as wanted, and nothing else has come of it but records `made`.

    Each record serves one entry of `made` only.
    """
    more = list(beyond(s, wanted))
    if not claims(s, status) or not as_wanted(s, wanted):
        return False
    if len(more) != len(made) or any(change.column for change in more):
        return False
    serves = [[change.table == table and holds(change.new) for change in more] for table, holds in made]
    return _each_its_own(serves)


def _each_its_own(serves: list[list[bool]]) -> bool:
    """Whether every row can be given a column of its own that serves it (augmenting paths)."""
    holder: dict[int, int] = {}

    def seat(row: int, tried: set[int]) -> bool:
        for column, fits in enumerate(serves[row]):
            if fits and column not in tried:
                tried.add(column)
                if column not in holder or seat(holder[column], tried):
                    holder[column] = row
                    return True
        return False

    return all(seat(row, set()) for row in range(len(serves)))


def option(s: Seen, written: str, names: Iterable[str]) -> str:
    """The one of the options that a goal or the software calls so."""
    meant = written.strip().casefold()
    return next(name for name in names if meant in (name.replace("_", " "), s.words[name].casefold()))
