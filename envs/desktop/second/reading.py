"""What judges share: reading figures and days in writing, and comparing an episode with what should have come of it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .seen import Change, Record, Seen

__all__ = [
    "DAY_IN_WORDS",
    "amounts",
    "cents",
    "claims",
    "day",
    "days",
    "in_force",
    "only",
    "rows",
    "says_day",
    "says_money",
    "says_text",
]

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FIRST = datetime.date(2024, 1, 1)
"""Day 0."""
DAY_IN_WORDS = (
    r"\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4}"
)
"""How letters, policies and goals write a day."""
Places = Mapping[tuple[str, int, str], Any]
"""What cells should hold, by table, row and column."""


# -- days --------------------------------------------------------------------------------------------------------------
_FORMS = (
    r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})",
    r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})",
    r"(?P<d>\d{1,2}) (?P<m>[a-z]+)\.?,? (?P<y>\d{4})",
    r"(?P<m>[a-z]+)\.? (?P<d>\d{1,2}),? (?P<y>\d{4})",
)


def day(text: str) -> int | None:
    """The day number of a day in writing, with or without its weekday; None if it is none or the weekday is wrong."""
    said = " ".join(text.casefold().split())
    weekday = next((name for name in WEEKDAYS if re.match(rf"{name}[a-z]*,? ", said)), "")
    if weekday:
        said = said.split(" ", 1)[1]
    for form in _FORMS:
        if found := re.fullmatch(form, said):
            month = found["m"]
            number = int(month) if month.isdigit() else MONTHS.index(month[:3]) + 1 if month[:3] in MONTHS else 0
            try:
                date = datetime.date(int(found["y"]), number, int(found["d"]))
            except ValueError:
                return None
            right = not weekday or WEEKDAYS[date.weekday()] == weekday
            return (date - FIRST).days if right else None
    return None


def days(text: str) -> list[int]:
    """All days in a text, in order."""
    return [number for said in re.findall(DAY_IN_WORDS, text) if (number := day(said)) is not None]


# -- figures -----------------------------------------------------------------------------------------------------------
_AMOUNT = r"\d{1,3}(?:,\d{3})+\.\d{2}|\d+\.\d{2}"


def cents(text: str) -> int | None:
    """An amount in writing, such as ``1,250.00 USD``; None if it is none."""
    said = re.sub(r"^\$|\s*usd$", "", text.strip().casefold()).strip()
    if not re.fullmatch(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d{1,2})?", said):
        return None
    whole, _, part = said.replace(",", "").partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0")) * (-1 if said.startswith("-") else 1)


def amounts(text: str) -> list[int]:
    """All amounts in a text that are written with two decimals."""
    return [int(re.sub(r"[,.]", "", said)) for said in re.findall(rf"(?<![\d.,])(?:{_AMOUNT})(?![\d,.]*\d)", text)]


# -- records -----------------------------------------------------------------------------------------------------------
def rows(records: tuple[Record, ...], **cells: Any) -> list[int]:
    """Rows of the records that hold these cells."""
    return [i for i, one in enumerate(records) if all(one[name] == cell for name, cell in cells.items())]


def only(records: tuple[Record, ...], **cells: Any) -> int:
    """The row of the one record that holds these cells; LookupError if it is none or several."""
    found = rows(records, **cells)
    if len(found) != 1:
        raise LookupError(f"{len(found)} records with {cells}")
    return found[0]


def in_force(s: Seen, says: str, title: str = "") -> Record:
    """The policy page that holds today among those whose text has `says`, and that bear a title if one is given."""
    pages = [
        page
        for page in s.before["policies"]
        if re.search(says, page["text"]) and page["effective"] <= s.today and title in ("", page["policy_title"])
    ]
    return max(pages, key=lambda page: page["effective"])


# -- verdicts ----------------------------------------------------------------------------------------------------------
def claims(s: Seen, status: str = "success") -> bool:
    """Whether the agent has submitted with this status."""
    return s.answer[0] == status


def as_wanted(s: Seen, wanted: Places) -> bool:
    """Whether every cell holds in the end what it should."""
    return all(s.after[table][row][column] == cell for (table, row, column), cell in wanted.items())


def beyond(s: Seen, wanted: Places) -> Iterator[Change]:
    """What the agent has changed that nobody asked for."""
    return (change for change in s.mine if change[2:5] not in wanted)


def exactly(s: Seen, wanted: Places) -> bool:
    """Whether the agent says that it is done, every cell holds what it should, and the agent changed nothing else."""
    return claims(s) and as_wanted(s, wanted) and not any(beyond(s, wanted))


def says_day(s: Seen, right: int) -> bool:
    """Whether the answer is this day, and nothing has been changed."""
    return exactly(s, {}) and day(s.answer[1]) == right


def says_money(s: Seen, right: int) -> bool:
    """Whether the answer is this amount."""
    return cents(s.answer[1]) == right


def says_text(s: Seen, right: str) -> bool:
    """Whether the answer is this text but for case and blanks, and nothing has been changed."""
    return exactly(s, {}) and s.answer[1].casefold().split() == right.casefold().split()
