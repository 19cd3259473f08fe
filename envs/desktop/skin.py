"""Skins: the same software in another look, layout, wording and workflow. What software does is none of their business.

A skin is four numbers, one a level. Number 0 is the plain one of its level. Everything else follows from the numbers by
hashing, so that skins need no data and held-out ones are as many as wanted.
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from ...core.splits import fraction
from .schema import Column, Field, Office

__all__ = [
    "BASE",
    "LEVELS",
    "VARIANTS",
    "Skin",
    "labels",
    "parse_date",
    "parse_money",
    "parse_time",
    "shown_value",
    "skin_of",
    "writer",
]

LEVELS = ("look", "layout", "words", "workflow")
VARIANTS = 32
"""Skins a level."""
BASE = datetime.date(2024, 1, 1).toordinal()
"""Day 0, a Monday."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
T = TypeVar("T")


def _pick(level: str, variant: int, what: str, choices: Sequence[T]) -> T:
    """One of the choices; the first for variant 0."""
    if variant == 0:
        return choices[0]
    return choices[int(_share(level, variant, what) * len(choices))]


@functools.lru_cache(65536)
def _share(level: str, variant: int, what: str) -> float:
    return fraction(f"{level}|{variant}|{what}", "skin")


class Skin(NamedTuple):
    """What software looks like and how it is handled.

    Attributes:
        look, layout, words, workflow: Its number at each level, in [0, 32).
    """

    look: int = 0
    layout: int = 0
    words: int = 0
    workflow: int = 0

    @property
    def number(self) -> int:
        """All four in one, in [0, 32**4)."""
        return ((self.workflow * VARIANTS + self.words) * VARIANTS + self.layout) * VARIANTS + self.look


class Manner(NamedTuple):
    """What follows from a skin's numbers.

    Attributes:
        dates: How days are written: iso, day, month, dots, long.
        money: How amounts are written: plain, comma, sign, code.
        clock24: Whether times are written 14:30, not 2:30 pm.
        size: Records on a page, 10 to 25.
        hue: Colour of the frame, for pictures.
        nav: Where the apps are: tabs, sidebar, or behind a menu button.
        cards: Whether records are cards that name each cell, not rows of a table.
        tools_last: Whether search and filters stand below the records.
        turned: Whether fields but the first stand in falling order, and of columns the second to the fourth.
        buttons: Whether few choices are shown as buttons and not as a drop-down.
        confirm: What becomes of a command: none, modal (asked before) or undo (offered after).
        wizard: Whether forms ask step by step.
        by_menu: Whether a record is opened through its menu.
        picker: Whether days are picked from a calendar and not typed.
    """

    dates: str
    money: str
    clock24: bool
    size: int
    hue: int
    nav: str
    cards: bool
    tools_last: bool
    turned: bool
    buttons: bool
    confirm: str
    wizard: bool
    by_menu: bool
    picker: bool


@functools.cache
def manner(skin: Skin) -> Manner:
    """What follows from a skin's numbers."""
    look, layout, work = skin.look, skin.layout, skin.workflow
    return Manner(
        _pick("look", look, "dates", ("iso", "day", "month", "dots", "long")),
        _pick("look", look, "money", ("comma", "plain", "sign", "code")),
        _pick("look", look, "clock", (True, False)),
        _pick("look", look, "size", (10, 12, 15, 20, 25)),
        _pick("look", look, "hue", tuple(range(0, 360, 30))),
        _pick("layout", layout, "nav", ("tabs", "sidebar", "menu")),
        _pick("layout", layout, "cards", (False, True)),
        _pick("layout", layout, "tools", (False, True)),
        _pick("layout", layout, "turned", (False, True)),
        _pick("layout", layout, "buttons", (False, True)),
        _pick("workflow", work, "confirm", ("none", "modal", "undo")),
        _pick("workflow", work, "wizard", (False, True)),
        _pick("workflow", work, "menu", (False, False, True)),
        _pick("workflow", work, "picker", (False, True)),
    )


@functools.lru_cache(4096)
def skin_of(number: int) -> Skin:
    """The skin of a number."""
    rest, look = divmod(number, VARIANTS)
    rest, layout = divmod(rest, VARIANTS)
    workflow, words = divmod(rest, VARIANTS)
    return Skin(look, layout, words, workflow)


@functools.lru_cache(256)
def labels(office: Office, words: int, more: tuple[tuple[str, tuple[str, ...]], ...] = ()) -> Mapping[str, str]:
    """What each concept is called, by concept; `more` are concepts beside those of the office."""
    every = {**office.words, **dict(more)}
    return {concept: _pick("words", words, concept, said) for concept, said in every.items()}


# -- values ------------------------------------------------------------------------------------------------------------
def shown_value(skin: Skin, words: Mapping[str, str], column: Column | Field, cell: Any) -> str:
    """A cell as the skin writes it. Refs come as names already."""
    return writer(skin, words, column)(cell)


def writer(skin: Skin, words: Mapping[str, str], column: Column | Field) -> Callable[[Any], str]:
    """How the skin writes the cells of a column."""
    kind = column.kind
    if kind == "enum":
        return [words[option] for option in column.of].__getitem__
    if kind == "bool":
        return (words["no"], words["yes"]).__getitem__
    if kind == "money":
        return functools.partial(write_money, manner(skin).money)
    if kind == "date":
        return functools.partial(write_date, manner(skin).dates)
    if kind == "time":
        return functools.partial(write_time, manner(skin).clock24)
    return str


@functools.lru_cache(16384)
def write_date(how: str, day: int) -> str:
    """A day in words."""
    date = datetime.date.fromordinal(BASE + day)
    month = MONTHS[date.month - 1]
    if how == "iso":
        return date.isoformat()
    if how == "day":
        return f"{date.day} {month} {date.year}"
    if how == "month":
        return f"{month} {date.day}, {date.year}"
    if how == "dots":
        return f"{date.day:02}.{date.month:02}.{date.year}"
    return f"{DAYS[date.weekday()]} {date.day} {month} {date.year}"


def write_money(how: str, cents: int) -> str:
    """An amount in words."""
    amount = f"{cents / 100:.2f}" if how == "plain" else f"{cents / 100:,.2f}"
    return {"sign": "$" + amount, "code": amount + " USD"}.get(how, amount)


def write_time(clock24: bool, minutes: int) -> str:
    """A time of day in words."""
    hour, minute = divmod(minutes, 60)
    if clock24:
        return f"{hour:02}:{minute:02}"
    return f"{(hour - 1) % 12 + 1}:{minute:02} {'am' if hour < 12 else 'pm'}"


_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})\Z")
_DOTS = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})\Z")
_DAY = re.compile(r"(?:[a-z]{3} )?([0-9]{1,2}) ([a-z]{3})[a-z]* ([0-9]{4})\Z")
_MONTH = re.compile(r"([a-z]{3})[a-z]* ([0-9]{1,2}), ([0-9]{4})\Z")
_MONEY = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,2})?\Z")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?: ?(am|pm))?\Z")


def parse_date(text: str) -> int | None:
    """The day that is written in any skin's way; None if none is."""
    said = text.strip().casefold()
    if found := _ISO.match(said):
        year, month, day = map(int, found.groups())
    elif found := _DOTS.match(said):
        day, month, year = map(int, found.groups())
    elif found := _DAY.match(said):
        day, month, year = int(found[1]), _month(found[2]), int(found[3])
    elif found := _MONTH.match(said):
        day, month, year = int(found[2]), _month(found[1]), int(found[3])
    else:
        return None
    try:
        return datetime.date(year, month, day).toordinal() - BASE
    except ValueError:
        return None


def _month(name: str) -> int:
    return MONTHS.index(name.capitalize()) + 1 if name.capitalize() in MONTHS else 0


def parse_money(text: str) -> int | None:
    """The cents that are written in any skin's way; None if none are."""
    said = text.strip().casefold().removeprefix("$").removesuffix("usd").replace(",", "").strip()
    return round(float(said) * 100) if _MONEY.match(said) else None


def parse_time(text: str) -> int | None:
    """The minutes since midnight that are written in any skin's way; None if none are."""
    found = _TIME.match(text.strip().casefold())
    if not found:
        return None
    hour, minute, half = int(found[1]), int(found[2]), found[3]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return hour * 60 + minute if hour < 24 and minute < 60 else None
