"""Meetings of six weeks, about today. Nobody sits in two at once, and no room is taken twice."""

from __future__ import annotations

from itertools import permutations, product

from ..dice import Dice
from .cast import Cast
from .dates import DAY
from .model import MEETING_STATES, REASONS, ROOMS, Event, Meeting, maker

__all__ = ["make_meetings"]

WEEKS = 6
DAYS = 5 * WEEKS
BEFORE = 15
"""Working days before today with which the calendar begins."""
NOTICE = 3
"""Working days between a call and its meeting at least: what every revision of the policy asks for."""
LATER = 4
"""Working days by which a meeting is put off at most."""
SERIES = (
    *("Weekly planning", "Sales round", "Stand-up", "Order review", "Warehouse check-in", "Team breakfast"),
    *("Open invoices", "Delivery planning", "Service review", "Catalogue meeting", "Purchasing round", "Safety round"),
)
SINGLES = (
    *("Budget for next year", "Stock count", "Price list", "New forklift", "Returns process", "Training: order desk"),
    *("Training: new colleagues", "Office move", "Packaging costs", "Carrier review", "Holiday cover", "Job interview"),
    *("Catalogue photos", "Quality of deliveries", "Open house", "Trade fair preparation", "Month-end closing"),
    *("Complaints of the month", "Supplier ratings", "Website texts", "Showroom layout", "Fire drill", "Payment terms"),
    *("Sample room", "Delivery routes", "First aid course", "Warranty cases", "Lunch with the new trainee"),
)
VISITS = ("Visit: %s", "Call with %s", "Review with %s", "Showroom tour: %s", "Fitting plan: %s", "Quotation for %s")
NOTES = (
    *("", "", "", "Please read the figures before.", "Bring your open points.", "Minutes follow by mail."),
    *("Agenda: last month, open points, next steps.", "Short, please; we need the room after.", "Coffee is there."),
    *("Please decline early if you cannot come.", "Agenda: figures, complaints, any other business."),
    *("We decide, so please be prepared.", "Slides are with the organiser."),
)
LENGTHS = (30, 30, 60, 60, 60, 90)
STARTS = tuple(range(540, 720, 30)) + tuple(range(780, 960, 30))
"""Half-hours from 09:00 to 11:30 and from 13:00 to 15:30."""
HALVES = 16
"""Half-hours of a day, from 09:00 to 17:00."""
SLOTS = tuple(product(STARTS, LENGTHS, range(len(ROOMS))))
FIRST = 1 << len(ROOMS)
"""The bit of the first person; rooms have those below."""
MATTERS = tuple(product(SINGLES, NOTES))
FEW = tuple(permutations(range(6)))
"""All orders of six colleagues, which is what a small company has."""
PLANNED, CANCELLED, TENTATIVE = range(len(MEETING_STATES))
_event, _meeting = maker(Event), maker(Meeting)


def make_meetings(
    dice: Dice, today: int, cast: Cast, series: int, number: int, fates: tuple[int, int, int], events: list[Event]
) -> tuple[Meeting, ...]:
    """Draw the meetings, and append what was written about them to `events`.

    Args:
        dice: The dice.
        today: Working day of today.
        cast: The people.
        series: Number of meetings that are held every week.
        number: Of all meetings.
        fates: How many of those not held every week are cancelled and moved, and how many ahead are tentative.
        events: The log.
    """
    planner = _Planner(dice, today, cast, events)
    for title in dice.sample(SERIES, series):
        planner.every_week(title)
    cancelled, moved, tentative = fates
    while len(planner.meetings) < number:
        if cancelled:
            cancelled -= planner.once(CANCELLED)
        elif moved:
            moved -= planner.once(PLANNED, moves=True)
        elif tentative:
            tentative -= planner.once(TENTATIVE)
        else:
            planner.once(PLANNED)
    return tuple(planner.meetings)


class _Planner:
    """Meetings under way, and who has time: of every half-hour the people and rooms that are taken, as bits."""

    def __init__(self, dice: Dice, today: int, cast: Cast, events: list[Event]) -> None:
        self.dice, self.today, self.cast, self.add = dice, today, cast, events.append
        self.first = today - BEFORE
        self.taken = [0] * (DAYS * HALVES)
        self.meetings: list[Meeting] = []

    def takes(self, who: int, day: int, start: int, length: int) -> bool:
        """Take the time of all whose bits are set, if it is free."""
        taken = self.taken
        begin = day * HALVES + (start - 540) // 30
        halves = range(begin, begin + length // 30)
        for half in halves:
            if taken[half] & who:
                return False
        for half in halves:
            taken[half] |= who
        return True

    def bits(self, people: list[int], room: int) -> int:
        """People and a room as bits; no room is no bit."""
        who = 1 << room >> 1
        for person in people:
            who |= FIRST << person
        return who

    def group(self) -> list[int]:
        """An organiser and others; the principal is there more often than others."""
        below, me = self.dice.below, self.cast.me
        draw, staff = below(12), self.cast.staff
        if len(staff) == len(FEW[0]):
            people = list(self.dice.pick(FEW))[: 2 + draw // 3]
        else:
            people = self.dice.sample(staff, 2 + draw // 3)
        if draw % 3 == 0 and me not in people:
            people[below(len(people))] = me
        return people

    def every_week(self, title: str) -> None:
        """A meeting on the same day of every week, called before the first."""
        pick, below = self.dice.pick, self.dice.below
        people, (start, length, room), note = self.group(), pick(SLOTS), pick(NOTES)
        called, at, who = DAY[self.first - NOTICE - below(5)], 540 + below(360), self.bits(people, room)
        organiser, guests = people[0], tuple(people[1:])
        for day in range(below(5), DAYS, 5):
            if self.takes(who, day, start, length):
                when = DAY[self.first + day]
                told = (title, when, start, length, guests, room, PLANNED, note)
                self.add(_event(("meeting_called", called, at, organiser, len(self.meetings), told)))
                self.meetings.append(_meeting((title, when, start, length, organiser, guests, room, PLANNED, note)))

    def once(self, state: int, moves: bool = False) -> bool:
        """Another meeting, which `moves` if there is time on a later day. False if nothing came of it."""
        pick, below, first, today, add = self.dice.pick, self.dice.below, self.first, self.today, self.add
        day = BEFORE + below(DAYS - BEFORE) if state == TENTATIVE else below(DAYS - LATER if moves else DAYS)
        people, (start, length, room), (title, note) = self.group(), pick(SLOTS), pick(MATTERS)
        if below(6) == 0:
            firm = pick(self.cast.firms)
            people.append(firm[5])
            title = pick(VISITS) % firm[0]
        who = self.bits(people, room)
        if not self.takes(who, day, start, length):
            return False
        work, organiser, guests = first + day, people[0], tuple(people[1:])
        called = min(work - NOTICE - below(6), today - 1 - below(3))
        when, begin = work, start
        if moves:
            later, begin = day + 1 + below(LATER), pick(STARTS)
            moves = self.takes(who, later, begin, length)
            if moves:
                when = first + later
            else:
                begin = start
        row = len(self.meetings)
        self.meetings.append(_meeting((title, DAY[when], begin, length, organiser, guests, room, state, note)))
        call = (title, DAY[work], start, length, guests, room, TENTATIVE if state == TENTATIVE else PLANNED, note)
        add(_event(("meeting_called", DAY[called], 500 + below(200), organiser, row, call)))
        if moves or state == CANCELLED:
            told, at = DAY[max(called, min(work, today) - 1 - below(2))], 720 + below(240)
            if moves:
                add(_event(("meeting_moved", told, at, organiser, row, (DAY[work], start, DAY[when], begin))))
            else:
                add(_event(("meeting_cancelled", told, at, organiser, row, (pick(REASONS["meeting_cancelled"]),))))
        return moves or state != PLANNED
