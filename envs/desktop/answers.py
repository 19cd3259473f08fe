"""Typed answers: a status and a value, compared as what they are and never as strings that resemble each other.

An answer is right only if all of it is: no part of it may be the right one, and what can be read in two ways is wrong.
Statuses are those of WebArena-Verified in lower case.
"""

from __future__ import annotations

import datetime
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from ...core.errors import InvalidOption, UnknownOption, shown

__all__ = ["KINDS", "STATUSES", "Answer", "matches", "read_status", "same", "units"]

STATUSES = (
    "success",
    "not_found_error",
    "action_not_allowed_error",
    "permission_denied_error",
    "data_validation_error",
    "unknown_error",
)
"""What came of the task, as the agent claims it."""
LONGEST, MOST = 10_000, 1_000
"""Characters of a value and items of a list that are looked at; longer ones are wrong."""
SHORT = 64
"""Characters of a number, a date or a time."""
DIGITS = 18
"""Digits of a number at most."""


class Answer(NamedTuple):
    """What an agent hands in: one of :data:`STATUSES`, and a value where it succeeded and one is asked for."""

    status: str
    value: Any = ""


class Reading(NamedTuple):
    """What a value means. `unit` is the currency where one is named; values without one go with any."""

    value: Any
    unit: str = ""


def read_status(given: Any) -> str:
    """The status that is meant, in any case; empty if none is."""
    said = given.strip().casefold() if type(given) is str and len(given) <= SHORT else ""
    return said if said in STATUSES else ""


def units(cents: int) -> Decimal:
    """Cents of a store as the amount that ``same("money", ...)`` expects."""
    return Decimal(cents) / 100


def same(kind: str, expected: Any, given: Any, *, of: str = "text", ordered: bool = False, order: str = "") -> bool:
    """Whether an answer is the expected one.

    Args:
        kind: One of :data:`KINDS`:

            - ``text``: the same words; case, blanks and typographic quotes and dashes don't matter.
            - ``name``: a text in which full stops after words don't matter either (``Acme Ltd.``).
            - ``identifier``: the same ASCII characters but for case and outer blanks.
            - ``int``: a whole number; ``25``, ``25.0`` and ``"25"`` are one, ``"1,250"`` is 1250.
            - ``money``: an amount with at most two decimals, in units; of two currencies that are named, both must be
              one. ``"1.250"`` is refused, since it can be read in two ways.
            - ``date``: a day with its year, ISO or in words; a weekday must be right. With dots the day comes first;
              ``03/04/2024`` is refused unless `order` says how to read it.
            - ``time``: a time of day, ``14:30`` or ``2:30 pm``.
            - ``list``: items of kind `of`, as a list or separated by line ends, semicolons or commas. As many as
              expected, each as often.

        expected: What is right. Also ``datetime.date`` for dates, minutes since midnight for times.
        given: What was handed in: a str, int, float, Decimal, list or tuple; anything else is wrong, as is what is too
            long or holds control characters. Never raises for what was given.
        of: Kind of the items of a list.
        ordered: Whether the order of a list matters.
        order: How dates in figures are written: ``"dmy"``, ``"mdy"``, or empty if nobody said.

    Raises:
        UnknownOption: No such kind or order.
        InvalidOption: What is expected can't be read itself, or is empty.
    """
    if kind not in KINDS or of not in READERS or order not in ("", "dmy", "mdy"):
        raise UnknownOption(
            f"unknown kind {shown(kind)} of {shown(of)} or order {shown(order)}; expected one of {', '.join(KINDS)}, "
            "lists of all but lists, and dmy, mdy or nothing"
        )
    read, item = (_read_list, of) if kind == "list" else (_read_one, kind)
    right = read(item, _native(item, expected), order)
    if not right or len(_units(right)) > 1:
        raise InvalidOption(f"the expected answer can't be read as {kind}, is empty, or is in several currencies")
    found = read(item, given, order)
    if len(_units(right + found)) > 1:
        return False
    values, others = [reading.value for reading in right], [reading.value for reading in found]
    return values == others if ordered else Counter(values) == Counter(others)


def matches(kind: str, expected: Answer, given: Answer, **how: Any) -> bool:
    """Whether status and value are the expected ones, as :func:`same` says. The value counts for a success only."""
    if expected.status not in STATUSES:
        raise UnknownOption(f"unknown status {shown(expected.status)}; expected one of {', '.join(STATUSES)}")
    if read_status(given.status) != expected.status:
        return False
    return expected.status != "success" or same(kind, expected.value, given.value, **how)


def _units(readings: list[Reading]) -> set[str]:
    return {reading.unit for reading in readings} - {""}


def _native(kind: str, value: Any) -> Any:
    """Dates and times as the author may have them, in writing."""
    if type(value) in (list, tuple):
        return [_native(kind, one) for one in value]
    if kind == "date" and type(value) is datetime.date:
        return value.isoformat()
    if kind == "time" and type(value) is int and 0 <= value < 24 * 60:
        return f"{value // 60:02}:{value % 60:02}"
    return value


def _read_one(kind: str, value: Any, order: str) -> list[Reading]:
    reading = READERS[kind](value, order)
    return [] if reading is None else [reading]


def _read_list(kind: str, value: Any, order: str) -> list[Reading]:
    """The items of a list; none if one of them can't be read."""
    if type(value) is str and len(value) <= LONGEST:
        value = _split(kind, value)
    parts = value if type(value) in (list, tuple) else [value]
    if len(parts) > MOST:
        return []
    readings = [READERS[kind](part, order) for part in parts]
    return [] if None in readings else [reading for reading in readings if reading]


_COMMAS = {
    "int": re.compile(r",(?![0-9]{3}(?![0-9]))"),
    "money": re.compile(r",(?![0-9]{2,3}(?![0-9]))"),
    "date": re.compile(r",(?! *[0-9]{4}(?![0-9/-]))"),
}
"""Commas that part items; others stand within a number or before a year."""


def _split(kind: str, text: str) -> list[str]:
    text = text.strip(" \t\r\n")  # plain strip() would take control characters along
    if "\n" in text:
        return [line for line in text.split("\n") if line.strip()]
    if ";" in text:
        return text.split(";")
    return _COMMAS[kind].split(text) if kind in _COMMAS else text.split(",")


# -- words -------------------------------------------------------------------------------------------------------------
_ALIKE = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "‐": "-", "‑": "-", "–": "-", "—": "-"})
_STOP = re.compile(r"\.(?= |$)")


def _line(value: Any) -> str:
    """A text with single blanks and plain quotes and dashes; empty if it is none or holds what can't be seen."""
    if type(value) is not str or len(value) > LONGEST:
        return ""
    if any(unicodedata.category(c)[0] == "C" and c not in "\t\r\n" for c in value):
        return ""
    return unicodedata.normalize("NFC", " ".join(value.split())).translate(_ALIKE)


def _words(value: Any, order: str = "") -> Reading | None:
    """A text in one way of writing; numbers are taken as they are written."""
    if (type(value) is int and value.bit_length() <= SHORT) or (type(value) is float and math.isfinite(value)):
        value = str(value)
    text = _line(value).casefold()
    return Reading(text) if text else None


def _name(value: Any, order: str = "") -> Reading | None:
    words = _words(value)
    name = _STOP.sub("", words.value).strip() if words else ""
    return Reading(name) if name else None


def _identifier(value: Any, order: str = "") -> Reading | None:
    text = str(value) if type(value) is int and value.bit_length() <= SHORT else _line(value)
    return Reading(text.casefold()) if text and text.isascii() and " " not in text else None


# -- figures -----------------------------------------------------------------------------------------------------------
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>[1-9][0-9]{0,2}(?P<group>[,.' ])[0-9]{3}(?:(?P=group)[0-9]{3})*|[0-9]+)"
    r"(?:(?P<mark>[.,])(?P<part>[0-9]+))?\Z"
)
_CURRENCIES = {"$": "usd", "usd": "usd", "us$": "usd", "€": "eur", "eur": "eur", "£": "gbp", "gbp": "gbp"}
_UNIT = r"us\$|[$€£]|[a-z]{3}"
_AMOUNT = re.compile(rf"(?P<sign>[+-]?)(?P<before>{_UNIT})? ?(?P<number>[+-]?[0-9].*?) ?(?P<after>{_UNIT})?\Z")
_SIGNS = str.maketrans("", "", "€£")


def _figures(value: Any) -> str:
    """A short text of a number, date or time: ASCII but for signs of currencies. Empty if it is none."""
    if type(value) is not str or len(value) > LONGEST:
        return ""
    text = _line(value).replace("−", "-")
    return text.casefold() if len(text) <= SHORT and text.translate(_SIGNS).isascii() else ""


def _number(value: Any) -> Decimal | None:
    """A number that can be read in one way only."""
    if type(value) is int:
        return Decimal(value) if value.bit_length() < SHORT else None
    if type(value) is float:
        return Decimal(repr(round(value, 9))) if abs(value) < 10**DIGITS else None
    if type(value) is Decimal:
        return value if value.is_finite() and abs(value.adjusted()) < DIGITS >= len(value.as_tuple().digits) else None
    found = _NUMBER.match(_figures(value))
    if not found:
        return None
    group, mark, part = found["group"], found["mark"], found["part"] or ""
    whole = re.sub("[^0-9]", "", found["whole"])
    two_ways = group == "." and not mark and len(whole) <= 6  # 1.250: a thousand and more, or one and a quarter?
    odd_mark = mark is not None and (mark == group or (mark == "," and len(part) > 2))
    if two_ways or odd_mark or len(whole) + len(part) > DIGITS:
        return None
    return Decimal(f"{found['sign']}{whole}.{part or 0}")


def _int(value: Any, order: str = "") -> Reading | None:
    number = _number(value)
    return Reading(int(number)) if number is not None and number == int(number) else None


def _money(value: Any, order: str = "") -> Reading | None:
    unit = ""
    if type(value) is str:
        found = _AMOUNT.match(_figures(value))
        if not found:
            return None
        named = [_CURRENCIES.get(name, "?") for name in (found["before"], found["after"]) if name]
        if "?" in named or len(named) > 1 or (found["sign"] and found["number"][0] in "+-"):
            return None
        unit, value = "".join(named), found["sign"] + found["number"]
    number = _number(value)
    if number is None or number * 100 != int(number * 100):
        return None
    return Reading(int(number * 100), unit)


# -- days and hours ----------------------------------------------------------------------------------------------------
MONTHS: tuple[str, ...] = ("january", "february", "march", "april", "may", "june")
MONTHS += ("july", "august", "september", "october", "november", "december")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = r"(?P<d>[0-9]{1,2})(?:st|nd|rd|th)?"
_WRITTEN = [
    (re.compile(pattern + r"\Z"), fields)
    for pattern, fields in (
        (r"(?P<y>[0-9]{4})([-/.])(?P<m>[0-9]{1,2})\2(?P<d>[0-9]{1,2})", "ymd"),
        (r"(?P<d>[0-9]{1,2})\.(?P<m>[0-9]{1,2})\.(?P<y>[0-9]{4})", "dmy"),
        (r"(?P<d>[0-9]{1,2})([-/])(?P<m>[0-9]{1,2})\2(?P<y>[0-9]{4})", ""),
        (rf"{_DAY}(?:(?: of)? |-)(?P<m>[a-z]+)\.?(?:,? |-)(?P<y>[0-9]{{4}})", "dmy"),
        (rf"(?P<m>[a-z]+)\.? {_DAY},? (?P<y>[0-9]{{4}})", "mdy"),
    )
]
_WEEKDAY = re.compile(r"([a-z]+)\.?,? (?=[0-9a-z])")
_TIME = re.compile(r"(?P<h>[0-9]{1,2})(?:[:.h](?P<m>[0-9]{2}))?(?::00)? ?(?P<half>am|pm|a\.m\.|p\.m\.)?\Z")


def _date(value: Any, order: str = "") -> Reading | None:
    text, weekday = _figures(value), -1
    if (found := _WEEKDAY.match(text)) and (weekday := _place(found[1], WEEKDAYS)) >= 0:
        text = text[found.end() :]
    for pattern, fields in _WRITTEN:
        if found := pattern.match(text):
            days = {_day(found, way) for way in ([fields] if fields else [order] if order else ["dmy", "mdy"])} - {None}
            if len(days) == 1 and (day := days.pop()) and weekday in (-1, day.weekday()):
                return Reading(day)
    return None


def _day(found: re.Match[str], fields: str) -> datetime.date | None:
    """The day in a match; written month first, the first figure is the month."""
    first, second = found["d"], found["m"]
    if fields == "mdy" and second.isdigit():
        first, second = second, first
    month = int(second) if second.isdigit() else _place(second, MONTHS) + 1
    try:
        return datetime.date(int(found["y"]), month, int(first))
    except ValueError:
        return None


def _place(word: str, names: tuple[str, ...]) -> int:
    """Which of the names is meant, in full or by its first three letters (four of September); -1 if none."""
    return next((i for i, name in enumerate(names) if word in (name, name[:3]) or word == "sept" == name[:4]), -1)


def _time(value: Any, order: str = "") -> Reading | None:
    text = _figures(value)
    if text in ("noon", "midday"):
        return Reading(12 * 60)
    found = _TIME.match(text)
    if not found or not (found["m"] or found["half"]):
        return None
    hour, minute, half = int(found["h"]), int(found["m"] or 0), (found["half"] or "").replace(".", "")
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (half == "pm")
    return Reading(hour * 60 + minute) if hour < 24 and minute < 60 else None


READERS: Mapping[str, Callable[[Any, str], Reading | None]] = {
    "text": _words,
    "identifier": _identifier,
    "money": _money,
    "date": _date,
    "time": _time,
    "int": _int,
    "name": _name,
}
KINDS = (*READERS, "list")
"""Kinds of values."""
