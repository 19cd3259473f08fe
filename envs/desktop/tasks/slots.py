"""Find the first time at which some people and a room are free, as calendar, policy, letters and the principal say."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ..company.house import CHOICES, in_force
from ..company.meetings import SINGLES
from ..company.model import MEETING_STATES, ROOMS, TOPICS, Event, Meeting, Policy
from ..dice import Dice
from ..hands import Hands, Row
from ..skin import parse_date
from ..verify import Check, Outcome, Write
from .base import Deal, Template
from .books import revisions
from .edits import at, call_meetings, called, clear, colleagues, day_after, on, person_row
from .posts import Letter, own, posted
from .slot_words import AIM, ALL_DAY, FRAME, INSTEAD, PLAINLY, RULES, SUBJECTS, TITLES, WORD, Barred, barred, clause

__all__ = ["SLOTS"]

OPENS, CLOSES, STEP = 9 * 60, 17 * 60, 30
WINDOW = 5
"""Working days after today on which the meeting may be."""
NOTICE = 1
"""Place of the notice among the parameters of the policy on meetings."""
MEETINGS = TOPICS.index("meetings")
PLANNED, CANCELLED, TENTATIVE = range(len(MEETING_STATES))
MOST = 40
"""Plans that are drawn before one fits."""


def first_free(days: Iterable[int], length: int, free: Callable[[int, int], bool]) -> list[tuple[int, int]]:
    """The times (day, start) of a grid at which a meeting fits, the earliest first."""
    grid = range(OPENS, CLOSES - length + 1, STEP)
    return [(day, start) for day in days for start in grid if free(day, start)]


# -- the task ----------------------------------------------------------------------------------------------------------
class Plan(NamedTuple):
    """What the task comes to. People are rows of the company's list."""

    title: str
    guests: tuple[int, ...]
    room: int
    length: int
    limit: int
    when: tuple[int, int]
    owner: int
    barred: Barred
    mine: Barred | None
    wrong: tuple[tuple[int, int], ...]
    added: tuple[Meeting, ...]


def _logged(deal: Deal, level: int) -> None:
    _announce(deal)
    for attempt in range(MOST):
        if plan := _planned(deal, level, strict=attempt < MOST // 4):
            deal.task = {"plan": plan}
            call_meetings(deal, plan.added)
            return
    raise AssertionError("no plan fits a calendar that is mostly empty")


def _announce(deal: Deal) -> None:
    """See to it that some revision of the policy on meetings asks for another notice than the one in force."""
    company, dice = deal.company, deal.dice
    known = revisions(company, "meetings")
    now = in_force(known, company.today)[NOTICE]
    if any(policy.parameters[NOTICE] != now for policy in known):
        return
    last = known[-1]
    told = (last.parameters[0], _other(now), *last.parameters[2:])
    effective = max(last.effective, company.today + 7) + dice.between(1, 20)
    issued = day_after(company.today, -dice.between(3, 8))
    policy = Policy(MEETINGS, last.revision + 1, issued, effective, told)
    director = next(event.actor for event in company.events if event.kind == "policy_issued")
    data = (policy.topic, policy.revision, effective, told)
    event = Event("policy_issued", issued, 570 + dice.below(60), director, len(company.policies), data)
    deal.company = company._replace(
        policies=(*company.policies, policy),
        events=tuple(sorted([*company.events, event], key=lambda one: one[1:3])),
    )


def _other(notice: int) -> int:
    """A notice that revisions of the policy have asked for, but for this one."""
    return next(days for days in CHOICES[MEETINGS][NOTICE] if days != notice)


def _planned(deal: Deal, level: int, strict: bool) -> Plan | None:
    """A plan, with what is to stand in its way; None if it leads nowhere.

    If it is strict, the notice of other revisions of the policy leads to another time.
    """
    dice, company = deal.dice, deal.company
    today = company.today
    notice = in_force(revisions(company, "meetings"), today)[NOTICE]
    staff = dice.shuffled(colleagues(company))
    guests, others = tuple(staff[: min(3, len(staff) - 2)]), staff[min(3, len(staff) - 2) :]
    room, length = dice.between(1, len(ROOMS) - 1), dice.pick((30, 60, 60, 90))
    days = [day_after(today, k) for k in range(WINDOW + 1)]
    group = (company.me, *guests)
    near = [meeting for meeting in company.meetings if meeting.day in days]
    known = len(near)
    _obstruct(dice, near, group, others, room, length, days[notice])
    free = _free(near, group, room, length, days)
    late = [slot for slot in free if slot[0] >= days[notice]]
    if not late or free[0] == late[0]:
        return None
    stale = [slot for slot in free if slot[0] >= days[_other(notice)]]
    bars: list[Barred] = []
    wrong = [free[0]]
    for _ in range(2 if level == 4 else 1):
        wrong.append(late[0])
        bars.append(_bar(deal, *late[0], length))
        late = [slot for slot in late if not bars[-1].meets(*slot, length)]
        stale = [slot for slot in stale if not bars[-1].meets(*slot, length)]
        if not late:
            return None
    if strict and stale and stale[0] == late[0]:
        return None
    when = late[0]
    wrong += stale[:1]
    guest = dice.pick(guests)
    if clear(near, (guest, others[0]), 0, *when, length):  # cancelled, and therefore in nobody's way
        near.append(Meeting(dice.pick(SINGLES), *when, length, others[0], (guest,), room, CANCELLED, ""))
    mine = bars[1] if level == 4 else None
    wrong_ones = tuple(sorted(set(wrong) - {when}))
    return Plan(
        *(dice.pick(TITLES), guests, room, length, days[notice], when, guest, bars[0], mine, wrong_ones),
        tuple(near[known:]),
    )


def _free(
    near: Sequence[Meeting], group: Sequence[int], room: int, length: int, days: Sequence[int]
) -> list[tuple[int, int]]:
    return first_free(days, length, lambda day, start: clear(near, group, room, day, start, length))


def _obstruct(
    dice: Dice, near: list[Meeting], group: Sequence[int], others: Sequence[int], room: int, length: int, day: int
) -> None:
    """Fill the first times of a day: one of the group is busy, one perhaps, and the room is taken."""
    for kind in dice.sample(("busy", "perhaps", "room"), dice.between(2, 3)):
        free = _free(near, group, room, length, [day])
        if not free:
            return
        start = free[0][1]
        first, *rest = others[:2] if kind == "room" else (dice.pick(group[1:]), others[0])
        place, state = room if kind == "room" else 0, TENTATIVE if kind == "perhaps" else PLANNED
        for lasts in (90, 60, 30):
            if clear(near, (first, *rest), place, day, start, lasts):
                near.append(Meeting(dice.pick(SINGLES), day, start, lasts, first, tuple(rest), place, state, ""))
                break


def _bar(deal: Deal, day: int, start: int, length: int) -> Barred:
    """A time at which somebody can't come, such that a meeting at `start` falls into it."""
    kind = deal.dice.below(4)
    if kind == 0:
        return Barred(day, *ALL_DAY)
    end = min(start + STEP * deal.dice.between(1, 5), CLOSES)
    return Barred(day, 0 if kind < 3 or start == OPENS else start, end)


def _dealt(deal: Deal, level: int) -> None:
    plan: Plan = deal.task["plan"]
    company, dice, people = deal.company, deal.dice, deal.company.people
    _write_letters(deal, plan)
    names = [people[row].name for row in plan.guests]
    said: dict[str, Any] = {
        "title": plan.title,
        "length": plan.length,
        "room": ROOMS[plan.room].title(),
        "guests": f"{', '.join(names[:-1])} and {names[-1]}",
        "me": people[company.me].name,
        "last": on(day_after(deal.today, WINDOW)),
        "limit": on(plan.limit),
        "owner": people[plan.owner].name,
        "barred": clause(plan.barred),
    }
    deal.goal = (dice.pick(AIM) + FRAME + RULES[level]).format(**said)
    deal.slots = [plan.title, said["room"], said["last"], str(plan.length), said["me"], *names]
    if plan.mine is not None:
        deal.answers["date"] = f"I {clause(plan.mine)}."
    deal.task = {
        "title": plan.title,
        "day": plan.when[0],
        "start": plan.when[1],
        "length": plan.length,
        "room": plan.room,
        "attendees": tuple(sorted(person_row(deal, people[row]) for row in plan.guests)),
        "decoys": plan.wrong,
    }


def _write_letters(deal: Deal, plan: Plan) -> None:
    """What colleagues have written about their time: the one that counts, and others of the kind."""
    company, dice, people = deal.company, deal.dice, deal.company.people
    taken = Barred(plan.when[0], 0, plan.when[1] + STEP)
    elsewhere = Barred(day_after(deal.today, WINDOW + dice.between(1, 4)), 0, dice.pick((600, 660, 780)))
    uninvited = [row for row in colleagues(company) if row not in plan.guests]
    me = own(deal)
    letters: list[Letter] = []

    def write(row: int, before: int, text: str) -> None:
        when, sender = (day_after(deal.today, -before), 500 + dice.below(500)), person_row(deal, people[row])
        text = text[0].upper() + text[1:]
        letters.append(Letter(sender, me, when, dice.pick(SUBJECTS), text, len(letters), label="meeting"))

    if taken.day != plan.barred.day and dice.flip(0.5):
        write(plan.owner, dice.between(4, 6), dice.pick(PLAINLY).format(clause=clause(taken)))
        text = dice.pick(INSTEAD).format(day=on(taken.day), clause=clause(plan.barred))
    else:
        text = dice.pick(PLAINLY).format(clause=clause(plan.barred))
    write(plan.owner, dice.between(1, 3), text)
    write(uninvited[0], dice.between(1, 6), dice.pick(PLAINLY).format(clause=clause(taken)))
    other = dice.pick([row for row in plan.guests if row != plan.owner])
    write(other, dice.between(1, 6), dice.pick(PLAINLY).format(clause=clause(elsewhere)))
    posted(deal, letters)


# -- verdict -----------------------------------------------------------------------------------------------------------
def _entered(*columns: str) -> Callable[[Outcome], float]:
    return lambda outcome: float(called(outcome, *columns))


def _writes(outcome: Outcome) -> tuple[Write, ...]:
    return (Write("events", new=True, most=1),)


# -- by hand -----------------------------------------------------------------------------------------------------------
def _solved(hands: Hands, task: Mapping[str, Any] | None) -> None:
    title, room, _, length, _, *guests = hands.view.slots
    if task is None:
        mails, bars = _asked_around(hands, guests)
        day, start = _found(hands, bars)
    else:
        mails, (day, start) = [_address(hands, guest) for guest in guests], (task["day"], task["start"])
    hands.go("agenda")
    hands.press("new_event")
    hands.fill("title", title)
    hands.date("day", day)
    hands.fill("start", at(start))
    hands.fill("length", length)
    hands.fill("attendees", ", ".join(mails))
    hands.choose("room", room.casefold())
    hands.save()
    hands.answer()


def _address(hands: Hands, name: str) -> str:
    hands.go("contacts")
    hands.search(name)
    return str(next(row for row in hands.rows() if row["name"] == name)["address"])


def _has_address(address: str, row: Row) -> bool:
    return bool(row["address"] == address)


def _asked_around(hands: Hands, guests: Sequence[str]) -> tuple[list[str], list[Barred]]:
    """The addresses of the guests, and when they or the principal can't meet."""
    mails, bars = [], barred(hands.goal)
    asked = not bars
    for guest in guests:
        mails.append(_address(hands, guest))
        if asked:
            hands.open_where(functools.partial(_has_address, mails[-1]))
            hands.click("their_mail")
            hands.search(WORD)
            bars += _latest(hands)
    if "Ask me when" in hands.goal:
        bars += barred(hands.ask("date"))
    return mails, bars


def _latest(hands: Hands) -> list[Barred]:
    """What the newest mail of a list that speaks of such times says."""
    for place in range(len(hands.rows())):
        hands.open(hands.rows()[place])
        if found := barred(hands.read("body")):
            return found
        hands.back()
    return []


def _found(hands: Hands, bars: Sequence[Barred]) -> tuple[int, int]:
    """The earliest time at which everybody is free."""
    _, room, last, length, *group = hands.view.slots
    until = parse_date(last)
    assert until is not None
    told = re.search(r"may not be before ([0-9]+ [A-Z][a-z]{2} [0-9]{4})", hands.goal)
    limit = parse_date(told[1]) if told else hands.today + _notice(hands)
    taken = _taken(hands, until, room, group)
    assert limit is not None

    def free(day: int, start: int) -> bool:
        return not any(one.meets(day, start, int(length)) for one in (*bars, *taken))

    days = [day for day in range(limit, until + 1) if day % 7 < 5]
    return first_free(days, int(length), free)[0]


def _notice(hands: Hands) -> int:
    """Days from today to the first day that the policy in force lets a meeting be on."""
    hands.go("policy_list")
    hands.narrow("topic", "meetings")
    in_time = [row["effective"] for row in hands.rows() if row["effective"] <= hands.today]
    hands.open_where(lambda row: row["effective"] == max(in_time))
    said = re.search(r"([0-9]+)\)? working days?", hands.read("text"))
    assert said
    return day_after(hands.today, int(said[1])) - hands.today


def _taken(hands: Hands, until: int, room: str, group: Sequence[str]) -> list[Barred]:
    """When the calendar has somebody of the group, or the room, in another meeting."""
    hands.go("agenda")
    found: list[Barred] = []
    while True:
        here = hands.rows()
        for row in here:
            if row["day"] > until:
                return found
            hands.open(row)
            start, names = hands.read("start"), {hands.read("organiser"), *hands.read("attendees").split(", ")}
            if names.intersection(group) or hands.read("room") == room.casefold():
                found.append(Barred(row["day"], start, start + hands.read("length")))
            hands.back()
        if not hands.has("next"):
            return found
        hands.click("next")


FIND_SLOT = Template(
    name="find_slot",
    archetype="schedule under private constraints",
    occupation="11",  # operations managers, 11-1021
    apps=("calendar", "mail", "policies"),
    hidden=("H1", "H2", "H3", "H5"),
    levels=(2, 3, 4),
    faces=("text",),
    budget={"small": 190, "full": 500},
    log=_logged,
    deal=_dealt,
    checks=(
        Check("when", "goal", _entered("day", "start"), 3.0),
        Check("who", "goal", _entered("attendees")),
        Check("where", "goal", _entered("room")),
        Check("how long", "goal", _entered("length")),
    ),
    writes=_writes,
    solve=_solved,
)

SLOTS = (FIND_SLOT,)
