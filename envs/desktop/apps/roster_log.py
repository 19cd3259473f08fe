"""The company's log as the roster has it: what was to be done, where and when, who did it, and what is still ahead.

Every shift is there for something in the log: an order that leaves, goods that come, a meeting with guests, bills to be
paid. Whom it says did it is on the shift where the rules allow. Limits are drawn so that no shift breaks them.
"""

from __future__ import annotations

from typing import Any

from ..company.dates import DATE, DAY, WORK, clock, money
from ..company.model import CARRIERS, ROOMS, Company
from ..company.names import STAFF
from ..dice import Dice
from .roster_desk import (
    DRAFT,
    EARLY,
    GENERAL,
    LATE,
    PLACES,
    PUBLISHED,
    QUALIFICATIONS,
    SUPERVISION,
    WITHDRAWN,
)

__all__ = ["rows"]

BEHIND, AHEAD = 21, 20
"""Days of the roster before and after today."""
SOON = 4
"""Days for which shifts are published as soon as they have their crew."""
WEEK = 5
"""Shifts a week at most."""
JOBS, ALIKE = 2, 3
"""Things to be done on a shift, more where there would be too many shifts at one time and place."""
TRIES = 4
"""Leaves that are tried."""
NOON = 12 * 60
RECEPTION, UPPER, NORTH, SOUTH, STORES, CASH = range(len(PLACES))
SERVICE, FORKLIFT, MONEY = map(QUALIFICATIONS.index, ("service", "forklift", "cash"))
_NEEDS = (SERVICE, GENERAL, FORKLIFT, FORKLIFT, GENERAL, MONEY)
"""Qualification that each place asks for."""
_SKILL = {"me": SUPERVISION, "director": SUPERVISION, "sales": SERVICE, "marketing": SERVICE}
_SKILL |= {"warehouse": FORKLIFT, "accounts": MONEY}
_LINE = dict(STAFF)
_ROOM = tuple(room.title() for room in ROOMS)
_CARRIER = tuple(carrier.title() for carrier in CARRIERS)

GUESTS = (
    "{0} in {1} at {2}: {3} people to let in.",
    "At {2}: {0}, room {1}, {3} people.",
    "{3} people come for {0} at {2}. Room {1}.",
    "Room {1} is needed from {2} for {0}, {3} people.",
    "{0} begins at {2} in {1}. Please show {3} people the way.",
    "Set up {1} for {0}, {3} people, {2}.",
)
OFF = ("{0} at {2} is off.", "No {0} at {2}; {1} stays free.", "{0} ({2}, {1}) was cancelled.")
LOADED = (
    "Load {0} for {1}, carrier {2}.",
    "{2} fetches {0} for {1}.",
    "{0} goes to {1} with {2}.",
    "Hand {0} ({1}) to {2}.",
    "Have {0} for {1} ready; {2} comes in the afternoon.",
    "{2} to {1}: {0}.",
)
TO_LOAD = (
    "Pack {0} for {1}: {2} x {3}.",
    "{0} has to leave: {2} x {3} for {1}.",
    "Get {2} x {3} ready for {1} ({0}).",
    "Load {0}, {2} x {3}, for {1}.",
    "{2} x {3} go out under {0} to {1}.",
    "Last day to load {0} for {1}: {2} x {3}.",
)
GOODS_IN = (
    "Put away {1} x {2}, meant for {0}.",
    "{1} x {2} come in for {0}.",
    "Count {1} x {2} ({0}) and shelve them.",
)
CAME_BACK = (
    "Check {1} x {2} back from {0}.",
    "{1} x {2} ({0}) come back. Look for damage.",
    "Return of {0}: {1} x {2}.",
)
SETTLED = ("Pay {0}, {1}.", "{0} over {1} is to be paid.", "Transfer {1} for {0}.")
TO_SETTLE = ("{0} over {1} is payable by {2}.", "Settle {0} ({1}), last day {2}.", "Pay {1} for {0} by {2}.")
CALLS = ("Send a reminder for {0}, {1}.", "{0} ({1}) is overdue: remind them.", "Remind the customer of {0} over {1}.")


class _Plan:
    """What is to be done by day, band and place, and who did it."""

    def __init__(self, company: Company, dice: Dice) -> None:
        self.company, self.pick = company, dice.pick
        self.first, self.last = company.today - BEHIND, company.today + AHEAD
        self.jobs: dict[tuple[int, int, int], list[str]] = {}
        self.doers: dict[tuple[int, int, int], list[int]] = {}
        self.off: set[tuple[int, int, int]] = set()
        self.row = {person: row for row, person in enumerate(company.staff)}

    def add(self, day: int, band: int, place: int, sentences: tuple[str, ...], *gaps: Any, by: int = -1) -> None:
        """Something to be done; `by` is the person of the company who did it."""
        if self.first <= day <= self.last:
            key = day, band, place
            self.jobs.setdefault(key, []).append(self.pick(sentences).format(*gaps))
            if by in self.row:
                self.doers.setdefault(key, []).append(self.row[by])


def _dock(number: str) -> int:
    return NORTH if number[-1:] in "02468" else SOUTH


def _done(plan: _Plan) -> None:
    """What the log says was done."""
    company = plan.company
    orders, items, first = company.orders, company.items, plan.first
    for kind, day, minute, actor, about, data in company.events:
        if day < first - 7:  # what came back is looked at some days later
            continue
        if kind == "shipped":
            order = orders[about]
            plan.add(day, LATE, _dock(order.number), LOADED, order.number, order.city, _CARRIER[data[0]], by=actor)
        elif kind == "supplier_billed":
            plan.add(day, EARLY, STORES, GOODS_IN, orders[about].number, data[3], items[data[4]].name.lower())
        elif kind == "returned":
            order = orders[about]
            back = DAY[WORK[day] + 1]
            plan.add(back, EARLY, STORES, CAME_BACK, order.number, data[0], items[order.item].name.lower())
        elif kind == "paid" and actor in plan.row:
            plan.add(day, _band(minute), CASH, SETTLED, data[1], money(data[2]), by=actor)
        elif kind == "reminded":
            plan.add(day, _band(minute), CASH, CALLS, data[0], money(data[1]), by=actor)


def _band(minute: int) -> int:
    return EARLY if minute < NOON else LATE


def _meetings(plan: _Plan) -> None:
    for meeting in plan.company.meetings:
        if meeting.room:
            place = RECEPTION if meeting.room < 3 else UPPER
            key = meeting.day, _band(meeting.start), place
            told = meeting.title, _ROOM[meeting.room], clock(meeting.start), 1 + len(meeting.attendees)
            if meeting.state != 1:
                plan.add(*key, GUESTS, *told)
            elif meeting.day >= plan.company.today:
                plan.off.add(key)
                plan.add(*key, OFF, *told)


def _ahead(plan: _Plan) -> None:
    """What has to be done from today on, as the papers say."""
    company = plan.company
    for order in company.orders:
        if order.status < 2 and order.due > company.today:
            day = max(company.today, DAY[WORK[order.due] - 1])
            told = order.number, order.city, order.quantity, company.items[order.item].name.lower()
            plan.add(day, EARLY, _dock(order.number), TO_LOAD, *told)
    for document in company.documents:
        if document.type == 1 and document.status in (0, 2) and document.payable >= company.today:
            day = DAY[max(WORK[company.today], WORK[document.payable + 1] - 1)]
            plan.add(day, EARLY, CASH, TO_SETTLE, document.number, money(document.amount), DATE[document.payable])


# -- people ------------------------------------------------------------------------------------------------------------
class _Crews:
    """Who works when. Nobody works twice a day, on leave, or more than :data:`WEEK` times a week.

    Of everybody: `barred` are days of leave or with a shift, `worked` weekdays and bands, `weeks` shifts a week.
    """

    def __init__(self, company: Company, dice: Dice) -> None:
        everybody = range(len(company.staff))
        self.dice = dice
        self.skill = [_SKILL.get(_LINE.get(company.people[person].role, ""), GENERAL) for person in company.staff]
        self.leads = [person for person in everybody if self.skill[person] == SUPERVISION]
        self.able = [
            [p for p in everybody if self.skill[p] == needs or (needs == GENERAL and self.skill[p] != SUPERVISION)]
            for needs in range(len(QUALIFICATIONS))
        ]
        self.leaves = _leaves(company, dice)
        self.barred = [set(range(first, last + 1)) for first, last in self.leaves]
        self.worked: list[set[tuple[int, int]]] = [set() for _ in everybody]
        self.weeks: list[dict[int, int]] = [{} for _ in everybody]

    def drawn(self, day: int, band: int, needs: int, wanted: list[int], headcount: int) -> list[int]:
        """People for a shift: those wanted, if they can, then others; as many as there are."""
        able, leads = self.able[needs], self.leads
        start = self.dice.below(len(able) + 1)
        others = able[start:] + able[:start] + leads  # who can do everything is kept for what nobody else can do
        crew: list[int] = []
        for person in [p for p in wanted if p in able or p in leads] + others if wanted else others:
            barred, weeks, week = self.barred[person], self.weeks[person], day // 7
            if day in barred or weeks.get(week, 0) == WEEK:
                continue
            crew.append(person)
            barred.add(day)
            self.worked[person].add((day % 7, band))
            weeks[week] = weeks.get(week, 0) + 1
            if len(crew) == headcount:
                break
        return crew


def _leaves(company: Company, dice: Dice) -> list[tuple[int, int]]:
    """First and last day of everybody's next leave: soon, if no meeting stands against it, or after all meetings."""
    today = company.today
    met: dict[int, set[int]] = {person: set() for person in company.staff}
    for meeting in company.meetings:
        if meeting.day > today and meeting.state != 1:
            for person in (meeting.organiser, *meeting.attendees):
                if person in met:
                    met[person].add(meeting.day)
    return [_leave(dice, today, met[person]) for person in company.staff]


def _leave(dice: Dice, today: int, busy: set[int]) -> tuple[int, int]:
    for _ in range(TRIES):
        work = WORK[today] + dice.between(1, 10)
        first, last = DAY[work], DAY[work + dice.below(4)]
        if busy.isdisjoint(range(first, last + 1)):
            return first, last
    work = WORK[today + AHEAD + 1] + dice.below(20)
    return DAY[work], DAY[work + dice.below(10)]


# -- the projection ----------------------------------------------------------------------------------------------------
def rows(company: Company, dice: Dice) -> dict[str, list[Any]]:
    """The columns of staff and shifts."""
    plan, crews, today = _Plan(company, dice), _Crews(company, dice), company.today
    _done(plan)
    _meetings(plan)
    _ahead(plan)
    shifts: list[tuple[Any, ...]] = []
    for day, band, place in sorted(plan.jobs, key=lambda key: (key not in plan.doers, key)):
        jobs, doers = plan.jobs[day, band, place], plan.doers.get((day, band, place), [])
        if len(jobs) == 1 and (day, band, place) in plan.off:
            shifts.append((day, band, place, _NEEDS[place], 1, (), WITHDRAWN, jobs[0]))
            continue
        size = max(JOBS, -(-len(jobs) // ALIKE))
        for k in range(0, len(jobs), size):
            told = " ".join(jobs[k : k + size])
            headcount = 2 if not doers and dice.flip(0.25) else 1
            crew = crews.drawn(day, band, _NEEDS[place], doers[k : k + size], headcount)
            if day < today:
                if not crew:
                    continue
                headcount = len(crew)
            state = PUBLISHED if len(crew) == headcount and (day <= today + SOON or dice.flip(0.3)) else DRAFT
            if state == DRAFT and dice.flip(0.5):
                crew = crew[:-1]
            shifts.append((day, band, place, _NEEDS[place], headcount, tuple(crew), state, told))
    shifts.sort()
    days, bands, places, needs_, counts, crew_, states, briefings = (
        map(list, zip(*shifts, strict=True)) if shifts else ([],) * 8
    )
    base = 100 + dice.below(5000)
    return {
        **_staff(company, dice, crews),
        "shifts_shift_code": [f"S-{base + k}" for k in range(len(shifts))],
        "shifts_shift_day": days,
        "shifts_band": bands,
        "shifts_place": places,
        "shifts_needs": needs_,
        "shifts_headcount": counts,
        "shifts_crew": crew_,
        "shifts_shift_state": states,
        "shifts_planner": [dice.below(min(3, len(company.staff))) for _ in shifts],
        "shifts_briefing": briefings,
        "shifts_shift_period": [int(day >= today) for day in days],
    }


def _staff(company: Company, dice: Dice, crews: _Crews) -> dict[str, list[Any]]:
    people = [company.people[person] for person in company.staff]
    works, off = [], []
    for worked in crews.worked:
        weekdays, bands = {weekday for weekday, _ in worked}, {band for _, band in worked}
        free = [weekday for weekday in range(5) if weekday not in weekdays]
        off.append(1 + dice.pick(free) if free and dice.flip(0.5) else 0)
        only = 1 if bands <= {EARLY} else 2 if EARLY not in bands else 0
        works.append(only if dice.flip(0.6) else 0)
    return {
        "staff_staff_name": [person.name for person in people],
        "staff_staff_mail": [person.mail for person in people],
        "staff_qualification": crews.skill,
        "staff_works": works,
        "staff_day_off": off,
        "staff_most_shifts": [min(WEEK, max([3, *week.values()]) + dice.below(2)) for week in crews.weeks],
        "staff_away_from": [first for first, _ in crews.leaves],
        "staff_away_until": [last for _, last in crews.leaves],
        "staff_own_badge": [person == company.me for person in company.staff],
    }
