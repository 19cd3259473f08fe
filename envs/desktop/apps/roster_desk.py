"""What the roster software can be told, and whom it lets work when.

A shift is drafted, crewed and then published to its crew. Only a draft can be changed or lose people; on a published
shift people can be swapped. Whoever is put on a shift must be qualified and there: not away, not on their day off, in a
band they work, on no other shift that day, rested, and within their shifts a week.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..schema import Command
from ..store import AGENT, Draft, Refused
from .checks import Given, day, number, option, passage, record, write

__all__ = [
    *("BANDS", "COMMANDS", "DAYS_OFF", "PERIODS", "PERSON", "PLACES", "QUALIFICATIONS", "STATES", "WORKS"),
    "obstacle",
]

QUALIFICATIONS = ("general", "service", "forklift", "cash", "supervision")
GENERAL, SUPERVISION = 0, 4
PLACES = ("reception", "upper_floor", "north_dock", "south_dock", "stores", "cash_office")
BANDS = ("early", "late", "evening")
EARLY, LATE, EVENING = range(3)
WORKS = ("any_band", "early_only", "late_only")
"""Bands that people work: all, the early one only, or all but that."""
DAYS_OFF = ("no_day_off", "mondays", "tuesdays", "wednesdays", "thursdays", "fridays")
STATES = ("draft", "published", "withdrawn")
DRAFT, PUBLISHED, WITHDRAWN = range(3)
PERIODS = ("worked", "ahead")
PERSON = ("qualification", "works", "day_off", "most_shifts", "away_from", "away_until")
"""What rules ask of a person."""
Cells = Mapping[str, Any]
_NEAR = ("shift_day", "crew", "shift_state", "band")
LARGEST = 12
"""People on a shift at most."""


def obstacle(person: Cells, shift: Cells, held: Iterable[tuple[int, int]]) -> str:
    """Why somebody can't work a shift: the concept of a message, empty if nothing stands against it.

    Args:
        person: Cells of staff, those of :data:`PERSON` at least.
        shift: Cells of the shift: shift_day, band and needs at least.
        held: Day and band of the other shifts that the person works, withdrawn ones left out. Those more than six days
            away don't matter. Looked at last.
    """
    when, band, has, works = shift["shift_day"], shift["band"], person["qualification"], person["works"]
    if shift["needs"] not in (GENERAL, has) and has != SUPERVISION:
        return "unqualified"
    if person["away_from"] <= when <= person["away_until"]:
        return "away"
    if person["day_off"] and when % 7 == person["day_off"] - 1:
        return "free_that_day"
    if works and (works == 1) != (band == EARLY):
        return "other_band"
    week = 0
    for day_, other in held:
        if day_ == when:
            return "double_shift"
        first, second = sorted(((day_, other), (when, band)))
        if second[0] - first[0] == 1 and first[1] == EVENING and second[1] == EARLY:
            return "no_rest"
        week += day_ // 7 == when // 7
    return "too_many_shifts" if week >= person["most_shifts"] else ""


def _held(draft: Draft, person: int, row: int, when: int) -> Iterator[tuple[int, int]]:
    """Day and band of the shifts of a person near a day, but for one."""
    for other in range(draft.size("shifts")):
        day_, crew, state, band = (draft.get("shifts", other, name) for name in _NEAR)
        if other != row and abs(day_ - when) <= 6 and person in crew and state != WITHDRAWN:
            yield day_, band


def _fit(draft: Draft, person: int, row: int, field: str, **changed: Any) -> int:
    """The person, if they can work the shift."""
    shift = {name: draft.get("shifts", row, name) for name in ("shift_day", "band", "needs")} | changed
    has = {name: draft.get("staff", person, name) for name in PERSON}
    if why := obstacle(has, shift, _held(draft, person, row, shift["shift_day"])):
        raise Refused(why, field)
    return person


def _coming(draft: Draft, given: Given, *states: int) -> int:
    """The row of a shift that lies ahead and is in one of the states."""
    row = record(draft, given, "id", "shifts")
    if draft.get("shifts", row, "shift_day") < draft.today:
        raise Refused("in_past")
    if draft.get("shifts", row, "shift_state") not in states:
        raise Refused("not_allowed")
    return row


def _planner(draft: Draft) -> int:
    if draft.actor == AGENT:
        return draft.find("staff", "own_badge", True)[0]
    rows = draft.find("staff", "staff_mail", draft.actor) or draft.find("staff", "staff_name", draft.actor)
    return rows[0] if len(rows) == 1 else -1


def _post(draft: Draft, given: Given) -> None:
    codes = (draft.get("shifts", row, "shift_code") for row in range(draft.size("shifts")))
    cells = {
        "shift_day": day(draft, given, "shift_day"),
        "band": option(BANDS, given, "band"),
        "place": option(PLACES, given, "place"),
        "needs": option(QUALIFICATIONS, given, "needs", "general"),
        "headcount": number(given, "headcount", 1, LARGEST, 1),
        "briefing": passage(given, "briefing", required=False),
    }
    draft.add(
        "shifts",
        shift_code=f"S-{1 + max((int(code[2:]) for code in codes), default=1000)}",
        crew=(),
        shift_state=DRAFT,
        planner=_planner(draft),
        shift_period=PERIODS.index("ahead"),
        **cells,
    )


def _cover(draft: Draft, given: Given) -> None:
    row, person = _coming(draft, given, DRAFT, PUBLISHED), record(draft, given, "person", "staff")
    crew = draft.get("shifts", row, "crew")
    if person in crew:
        raise Refused("unchanged", "person")
    if len(crew) >= draft.get("shifts", row, "headcount"):
        raise Refused("crew_full")
    write(draft, "shifts", row, crew=(*crew, _fit(draft, person, row, "person")))


def _swap(draft: Draft, given: Given) -> None:
    row, person = _coming(draft, given, DRAFT, PUBLISHED), record(draft, given, "person", "staff")
    crew, other = draft.get("shifts", row, "crew"), record(draft, given, "stand_in", "staff")
    if person not in crew:
        raise Refused("not_on_shift", "person")
    if other in crew:
        raise Refused("double_shift", "stand_in")
    other = _fit(draft, other, row, "stand_in")
    write(draft, "shifts", row, crew=tuple(other if one == person else one for one in crew))


def _relieve(draft: Draft, given: Given) -> None:
    row, person = _coming(draft, given, DRAFT), record(draft, given, "person", "staff")
    crew = draft.get("shifts", row, "crew")
    if person not in crew:
        raise Refused("not_on_shift", "person")
    write(draft, "shifts", row, crew=tuple(one for one in crew if one != person))


def _rework(draft: Draft, given: Given) -> None:
    row = _coming(draft, given, DRAFT)
    changed = {
        "shift_day": day(draft, given, "shift_day"),
        "band": option(BANDS, given, "band"),
        "headcount": number(given, "headcount", 1, LARGEST),
    }
    crew = draft.get("shifts", row, "crew")
    if changed["headcount"] < len(crew):
        raise Refused("crew_full", "headcount")
    for person in crew:
        _fit(draft, person, row, "shift_day", **changed)
    write(draft, "shifts", row, place=option(PLACES, given, "place"), **changed)


def _publish(draft: Draft, given: Given) -> None:
    row = _coming(draft, given, DRAFT)
    if len(draft.get("shifts", row, "crew")) < draft.get("shifts", row, "headcount"):
        raise Refused("crew_short")
    write(draft, "shifts", row, shift_state=PUBLISHED)


def _withdraw(draft: Draft, given: Given) -> None:
    write(draft, "shifts", _coming(draft, given, DRAFT, PUBLISHED), shift_state=WITHDRAWN)


def _leave(draft: Draft, given: Given) -> None:
    person, first = record(draft, given, "id", "staff"), day(draft, given, "away_from")
    last = day(draft, given, "away_until")
    if last < first:
        raise Refused("out_of_range", "away_until")
    for row in range(draft.size("shifts")):
        cells = {name: draft.get("shifts", row, name) for name in ("shift_day", "shift_state", "crew")}
        if first <= cells["shift_day"] <= last and cells["shift_state"] == PUBLISHED and person in cells["crew"]:
            raise Refused("on_roster", "away_from")
    write(draft, "staff", person, away_from=first, away_until=last)


COMMANDS = (
    Command("shift_post", _post, reversible=False, done="saved"),
    Command("shift_cover", _cover),
    Command("shift_swap", _swap),
    Command("shift_relieve", _relieve),
    Command("shift_rework", _rework, done="saved"),
    Command("shift_publish", _publish, severity=3, reversible=False, confirm=True, done="sent"),
    Command("shift_withdraw", _withdraw, severity=3, confirm=True),
    Command("staff_leave", _leave, done="saved"),
)
