"""Judges of tasks in the calendar: move a meeting, find a time for one, clear the day of somebody who is ill."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from .letters import DAY, Made, alike, carried_out, colleague, letters, me, said, staff, when
from .seen import Record, Seen

__all__ = ["CALENDAR"]

TIME = r"(\d\d):(\d\d)"


def minutes(text: str) -> list[int]:
    """All times of day in a text, as minutes since midnight."""
    return [60 * int(hour) + int(minute) for hour, minute in re.findall(TIME, text)]


# -- move a meeting ----------------------------------------------------------------------------------------------------
def move_meeting(s: Seen) -> bool:
    """A meeting has another day, start and room; its length stays."""
    title = re.findall(r'"([^"]+)"', s.goal)[0]
    days = list(dict.fromkeys(when(s.goal)))
    rooms = re.findall(r"\broom ([A-Z]\w+)", s.goal)
    events = s.before["events"]
    (row,) = (row for row, one in enumerate(events) if (one["title"], one["day"]) == (title, days[0]))
    wanted = {
        ("events", row, "day"): days[-1],
        ("events", row, "start"): minutes(s.goal)[0],
        ("events", row, "room"): rooms[-1].casefold(),
    }
    return carried_out(s, wanted)


# -- find a time -------------------------------------------------------------------------------------------------------
class Busy(NamedTuple):
    """A stretch of a day."""

    day: int
    start: int
    end: int


_CANNOT = re.compile(rf"cannot meet on ({DAY})(?:, all day| before {TIME}| between {TIME} and {TIME})")


def _kept_free(text: str) -> Iterator[Busy]:
    """The times at which somebody cannot meet, as they write it."""
    for found in _CANNOT.finditer(text):
        times = minutes(found[0])
        start, end = (0, 24 * 60) if not times else (0, times[0]) if len(times) == 1 else times
        yield Busy(when(found[1])[0], start, end)


def find_slot(s: Seen) -> bool:
    """A meeting stands at the first time at which everybody and the room are free."""
    title = re.findall(r'"([^"]+)"', s.goal)[0]
    room, length = _first(r"\broom ([A-Z]\w+)", s.goal).casefold(), int(_first(r"(\d+) minutes", s.goal))
    listed = _first(r"need to meet (.+?) about \"|with (.+?) as attendees, at|with (.+?) and me \(", s.goal)
    guests = {colleague(s, name) for name in re.split(r", | and ", listed)}
    busy = [*_taken(s, {me(s), *guests}, room), *_private(s, guests)]
    slot = next(slot for slot in _slots(s, length) if not any(_meet(slot, one) for one in busy))

    def entered(made: Record) -> bool:
        at = Busy(made["day"], made["start"], made["start"] + made["length"])
        kept = made["room"], made["state"], made["organiser"].row
        right = at == slot and kept == (room, "planned", me(s)) and _rows(made) == guests
        return right and alike(made["title"], title)

    return carried_out(s, {}, [("events", entered)])


def _first(form: str, text: str) -> str:
    found = re.search(form, text)
    assert found
    return next(filter(None, found.groups()))


def _rows(event: Record) -> set[int]:
    return {one.row for one in event["attendees"]}


def _meet(one: Busy, other: Busy) -> bool:
    return one.day == other.day and one.start < other.end and other.start < one.end


def _taken(s: Seen, who: set[int], room: str) -> Iterator[Busy]:
    """What stands in the calendar."""
    for one in s.before["events"]:
        there = _rows(one) | {one["organiser"].row}
        if one["state"] != "cancelled" and (there & who or one["room"] == room):
            yield Busy(one["day"], one["start"], one["start"] + one["length"])


def _private(s: Seen, guests: set[int]) -> Iterator[Busy]:
    """What does not stand there: in the goal, in the last letter of each guest, and what the principal answers."""
    yield from _kept_free(s.goal)
    if "written to me about times" in s.goal:
        for guest in guests:
            yield from next((list(_kept_free(said(m))) for _, m in _latest(s, guest) if _CANNOT.search(said(m))), [])
    if "Ask me when" in s.goal:
        yield from _kept_free(" ".join(s.told.values()))


def _latest(s: Seen, who: int) -> list[tuple[int, Record]]:
    return letters(s, [who])[::-1]


def _slots(s: Seen, length: int) -> Iterator[Busy]:
    """The times that the goal allows, first ones first."""
    opens, closes = minutes(_first(r"(not before \d\d:\d\d, and ends by \d\d:\d\d)", s.goal))
    last = when(_first(rf"from today to ({DAY})", s.goal))[0]
    if early := re.search(rf"may not be before ({DAY})", s.goal):
        first = when(early[1])[0]
    else:
        first = s.today
        for _ in range(_notice(s)):
            first += 1
            while first % 7 > 4:
                first += 1
    for day in range(first, last + 1):
        if day % 7 < 5:
            for start in range(opens, closes - length + 1, 30):
                yield Busy(day, start, start + length)


def _notice(s: Seen) -> int:
    """Working days between invitation and meeting, by the page in force."""
    pages = [one for one in s.before["policies"] if one["topic"] == "meetings" and one["effective"] <= s.today]
    text = max(pages, key=lambda one: one["effective"])["text"]
    return int(_first(r"(\d+)\)? working days?\b", text))


# -- clear a day -------------------------------------------------------------------------------------------------------
_WHO = (
    r"^(.+?) is ill and will not be in on",
    r"^Because of illness (.+?) is away on",
    rf"^On {DAY}, (.+?) will not be in\.",
    r"^(.+?) has written to me about being ill",
    r"^(.+?) is ill on a day to come",
    r"^We have to do without (.+?) for a day",
)
_BOSS = r"(?:latest|newest) mail from (.+?) about absence|do what (.+?) has laid down last"
_WEEKS = r"exactly (one|two) weeks?"


def cancel_day(s: Seen) -> bool:
    """The meetings that somebody ill has called are cancelled or moved, and everybody concerned knows."""
    who = colleague(s, next(found[1] for form in _WHO if (found := re.search(form, s.goal))))
    if re.search(_WEEKS, s.goal):
        on, rule = when(s.goal)[0], s.goal
    else:
        gone = [found[1] for _, m in letters(s, [who]) if (found := re.search(rf"not be in on ({DAY})", said(m)))]
        boss = colleague(s, _first(_BOSS, s.goal))
        on, rule = when(gone[-1])[0], [said(m) for _, m in letters(s, [boss]) if re.search(_WEEKS, said(m))][-1]
    later = on + 7 * (1 if _first(_WEEKS, rule) == "one" else 2)
    wanted: dict[tuple[str, int, str], object] = {}
    made: list[Made] = []
    for row, event in enumerate(s.before["events"]):
        if event["day"] != on or event["state"] == "cancelled":
            continue
        if event["organiser"].row == who:
            moved = bool(_rows(event) - staff(s))
            cell, value = ("day", later) if moved else ("state", "cancelled")
            wanted["events", row, cell] = value
            told, new = _rows(event), later if moved else None
        else:
            told, new = {event["organiser"].row} if who in _rows(event) else set(), None
        made += [("mails", _tells(s, person, event["title"], new)) for person in told - {me(s)}]
    return carried_out(s, wanted, made)


def _tells(s: Seen, person: int, title: str, new: int | None) -> Callable[[Record], bool]:
    """A letter to somebody that names one meeting and, if it moves, the new day."""

    def holds(made: Record) -> bool:
        text = f"{made['subject']}\n{made['body']}"
        to = made["recipient"].row == person and made["copy"] is None
        return to and _titles(s, text) == {title} and (new is None or _iso(new) in text)

    return holds


def _titles(s: Seen, text: str) -> set[str]:
    """The titles of meetings that a text names; of one that stands within another, the longer."""
    found = set()
    for title in sorted({one["title"] for one in s.before["events"]}, key=len, reverse=True):
        form = re.compile(rf"(?<!\w){re.escape(title)}(?!\w)", re.IGNORECASE)
        if form.search(text):
            found.add(title)
            text = form.sub("\n", text)
    return found


def _iso(day: int) -> str:
    """A day as YYYY-MM-DD."""
    return (datetime.date(2024, 1, 1) + datetime.timedelta(days=day)).isoformat()


CALENDAR: dict[str, Callable[[Seen], bool]] = {
    "move_meeting": move_meeting,
    "find_slot": find_slot,
    "cancel_day": cancel_day,
}
"""Judges by template."""
