"""Somebody can't work for some days: find a stand-in for every shift. The twin of clearing a day of meetings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..apps.roster_desk import PERSON, STATES, obstacle
from ..hands import Hands, Row
from ..skin import parse_date
from ..verify import Check, Outcome, Write
from .base import Deal, Template
from .edits import day_after, on
from .filing import Note, filed
from .ledgers import whole
from .phrases import hear, say

__all__ = ["SHIFT_JOBS"]

Task = Mapping[str, Any]
Said = tuple[int, int, str, str]
"""A ticket: row of staff, day, summary and text."""
Told = dict[tuple[int, int], bool]
"""Whether people can stand in, by row of staff and day, as far as they have said so."""

WITHDRAWN = STATES.index("withdrawn")
FEWEST, MOST = "fewest", "most"

_RULE = (
    "Go by day. A stand-in is somebody whom the roster lets work that shift, and who has not told the help desk that "
    "they cannot stand in on that day; they have written so in tickets that are put away, of which each one's last "
    "about a day holds. {several} of those who have equally many, the first in alphabetical order of full names. "
    "Where nobody can, leave the shift as it is. Change nothing else."
)
_SEVERAL = {
    2: "If several can, take the one with the {rule} shifts from {first} to {last}, drafts and swaps made so far "
    "included;",
    3: "If several can, choose by number of shifts as the last ticket of {boss} about standing in says;",
}
GOALS = {
    2: (
        "{ill} cannot work from {first} to {last}, both days included. On every shift of these days that has {ill} in "
        "its crew, published or draft, swap {ill} for a stand-in. ",
        "From {first} to {last} (both included) we have to do without {ill}. Find a stand-in for each shift of these "
        "days with {ill} in its crew, draft or published, and swap the two. ",
        "Please go through the shifts from {first} to {last}, the two days included. Wherever {ill} is in the crew, a "
        "stand-in takes over by a swap, on drafts as well. ",
    ),
    3: (
        "{ill} has told the help desk of some days without work; the last ticket about that absence holds, and all of "
        "them are put away. On every shift of these days that has {ill} in its crew, published or draft, swap {ill} "
        "for a stand-in. ",
        "We have to do without {ill} for some days. Which ones stands in the latest ticket of {ill} about absence, "
        "which is put away. Find a stand-in for each shift of these days with {ill} in its crew, draft or published, "
        "and swap the two. ",
        "Please go through the shifts of the days on which {ill} is absent, as {ill} has written last in a ticket "
        "about it that has been put away. Wherever {ill} is in the crew, a stand-in takes over by a swap, on drafts as "
        "well. ",
    ),
}
ABSENT = (
    "I cannot work from {first} to {last}.",
    "My doctor says that I must not work from {first} to {last}.",
    "I have to go into hospital and am absent from {first} to {last}.",
)
CORRECTED = (
    "The days that I gave you have changed: I am absent from {first} to {last} and work on all others.",
    "Please correct my absence: it is from {first} to {last}, and no longer on the days that I gave you.",
)
RULES = (
    "If several colleagues can stand in, take the one with the {rule} shifts on all the days in question, drafts and "
    "swaps made so far included.",
    "Of those who can stand in we take whoever has the {rule} shifts on all the days to be covered. Drafts and swaps "
    "made so far count.",
)
CANNOT = (
    "I cannot stand in for anybody on {day}.",
    "On {day} it is not possible for me to stand in.",
    "Please do not have me stand in on {day}: I have to be at home.",
)
CAN = (
    "I can stand in for others on {day}, whatever I said before.",
    "On {day} I am free to stand in after all.",
    "You may have me stand in on {day} if you need somebody.",
)
ABSENCES = ("Absence", "My absence", "Absence: the days")
STANDING = ("Standing in", "Standing in for others", "About standing in")
"""Summaries. Their words ABSENCE and STAND are what one would search for."""
ABSENCE, STAND = "absence", "standing"


class Plan(NamedTuple):
    """Who can't work (a row of staff), from when to when, and whether stand-ins have the fewest or the most shifts."""

    ill: int
    first: int
    last: int
    rule: str


class _Board:
    """The roster while swaps are tried out on it. Of all shifts that stand and are near today: who works them when.

    `people` holds what rules ask of each row of staff; `crews` rows of staff by row of shifts; `held` the shifts of
    each row of staff, as day, band and row.
    """

    def __init__(self, deal: Deal) -> None:
        columns = deal.columns
        self.columns, self.names = columns, columns["staff_staff_name"]
        asked = [columns[f"staff_{name}"] for name in PERSON]
        self.people = [dict(zip(PERSON, cells, strict=True)) for cells in zip(*asked, strict=True)]
        self.crews: dict[int, tuple[int, ...]] = {}
        self.held: list[set[tuple[int, int, int]]] = [set() for _ in self.names]
        of_shifts = (columns[f"shifts_{name}"] for name in ("shift_day", "shift_state", "band", "crew"))
        for row, (day, state, band, crew) in enumerate(zip(*of_shifts, strict=True)):
            if state != WITHDRAWN and day >= deal.today - 7:
                self.crews[row] = crew
                for person in crew:
                    self.held[person].add((day, band, row))

    def shifts(self, plan: Plan) -> list[int]:
        """The shifts of who can't work, by day."""
        return [row for day, _, row in sorted(self.held[plan.ill]) if plan.first <= day <= plan.last]

    def able(self, row: int, plan: Plan, told: Told) -> list[int]:
        """Who can stand in on a shift, the best one first."""
        shift = {name: self.columns[f"shifts_{name}"][row] for name in ("shift_day", "band", "needs")}
        day, sign = shift["shift_day"], 1 if plan.rule == FEWEST else -1
        able = []
        for person, held in enumerate(self.held):
            near = ((when, band) for when, band, _ in held if abs(when - day) < 7)
            if person in self.crews[row] or not told.get((person, day), True):
                continue
            if not obstacle(self.people[person], shift, near):
                count = sum(plan.first <= when <= plan.last for when, _, _ in held)
                able.append((sign * count, self.names[person], person))
        return [person for _, _, person in sorted(able)]

    def covered(self, plan: Plan, told: Told) -> list[tuple[int, list[int]]]:
        """The shifts in the order in which stand-ins are found, and who can stand in on each; makes the swaps."""
        found = []
        for row in self.shifts(plan):
            able = self.able(row, plan, told)
            found.append((row, able))
            if able:
                self.crews[row] = tuple(able[0] if one == plan.ill else one for one in self.crews[row])
                when = next(one for one in self.held[plan.ill] if one[2] == row)
                self.held[plan.ill].remove(when)
                self.held[able[0]].add(when)
        return found


# -- the task ----------------------------------------------------------------------------------------------------------
def _dealt(deal: Deal, level: int) -> None:
    dice = deal.dice
    me = deal.columns["staff_own_badge"].index(True)
    board = _Board(deal)
    plan = _plan(deal, board, me)
    notes, told = _answers(deal, board, plan, me)
    names, mails = (deal.columns[f"staff_staff_{what}"] for what in ("name", "mail"))
    boss, other = dice.sample([row for row in deal.rows("staff") if row not in (plan.ill, me)], 2)
    if level == 3:
        notes += _told(deal, plan, boss, other)
    desk = deal.columns["agents_own_seat"].index(True)
    tickets = [Note(names[who], mails[who], day, title, text, desk, True) for who, day, title, text in notes]
    filed(deal, dice.shuffled(tickets))
    said = {"ill": names[plan.ill], "first": on(plan.first), "last": on(plan.last), "boss": names[boss]}
    several = _SEVERAL[level].format(rule=plan.rule, **said)
    deal.goal = (dice.pick(GOALS[level]) + _RULE).format(several=several, **said)
    deal.slots = [said["ill"], *((said["first"], said["last"]) if level == 2 else (said["boss"],))]
    covered = _Board(deal).covered(plan, told)
    crews = deal.columns["shifts_crew"]
    deal.task = {
        "swaps": tuple(
            (row, tuple(sorted(able[0] if one == plan.ill else one for one in crews[row])))
            for row, able in covered
            if able
        ),
        "names": tuple(
            (deal.cell("shifts", row, "shift_code"), deal.cell("shifts", row, "shift_day"), names[able[0]])
            for row, able in covered
            if able
        ),
        "ill": names[plan.ill],
        "decoys": tuple(dict.fromkeys(names[who] for (who, _), can in told.items() if not can)),
    }


def _plan(deal: Deal, board: _Board, me: int) -> Plan:
    """Somebody and days such that several can stand in on two shifts; or, if there are no such, the nearest to it."""
    dice, rule = deal.dice, deal.dice.pick((FEWEST, MOST))
    people = [row for row in deal.rows("staff") if row != me]
    days = [day_after(deal.today, ahead) for ahead in range(15)]
    plans = [(ill, start, length) for ill in people for start in range(1, 11) for length in (1, 2, 3, 4)]
    best: tuple[tuple[int, int], Plan | None] = ((0, 0), None)
    for ill, start, length in dice.shuffled(plans):
        first, last = days[start], days[start + length]
        if best[0][0] and sum(first <= day <= last for day, _, _ in board.held[ill]) < 2:
            continue
        plan = Plan(ill, first, last, rule)
        able = [len(board.able(row, plan, {})) for row in board.shifts(plan)]
        worth = min(2, sum(n > 1 for n in able)), sum(n > 0 for n in able)
        if worth > best[0]:
            best = worth, plan
            if worth[0] == 2:
                break
    assert best[1] is not None, "nobody can stand in for anybody in a roster with people to spare"
    return best[1]


def _answers(deal: Deal, board: _Board, plan: Plan, me: int) -> tuple[list[Said], Told]:
    """What people have said about standing in: one who would be chosen can't; one could not, but can; and others."""
    dice, days = deal.dice, deal.columns["shifts_shift_day"]
    covered = [(days[row], able) for row, able in board.covered(plan, {}) if able]
    wanted = [(day, able[0]) for day, able in covered if len(able) > 1 and able[0] != me]
    others = [row for row in deal.rows("staff") if row not in (plan.ill, me)]
    words = [(*dice.pick(wanted), False)] if wanted else []
    day, able = dice.pick(covered)
    back = [who for who in able if who != me and (day, who, False) not in words]
    words += [(day, dice.pick(back), False), (day, dice.pick(back), True)] if len(back) == 1 else []
    if len(back) > 1:
        who = dice.pick(back)
        words += [(day, who, False), (day, who, True)]
    for _ in range(3 if deal.size == "small" else 5):
        words.append((day_after(deal.today, dice.between(1, 12)), dice.pick(others), dice.flip(0.3)))
    notes: list[Said] = []
    told: Told = {}
    for (day, who, can), ago in zip(words, sorted(dice.sample(range(1, 15), len(words)), reverse=True), strict=True):
        told[who, day] = can
        text = say(dice, CAN if can else CANNOT, day=on(day))
        notes.append((who, day_after(deal.today, -ago), dice.pick(STANDING), text))
    return notes, told


def _told(deal: Deal, plan: Plan, boss: int, other: int) -> list[Said]:
    """Tickets that say who can't work when, and how stand-ins are chosen; those that hold, and others."""
    dice = deal.dice
    before = day_after(plan.first, -dice.between(0, 1)), day_after(plan.last, dice.between(1, 2))
    wrong = MOST if plan.rule == FEWEST else FEWEST
    said = (
        (plan.ill, dice.between(6, 9), ABSENCES, ABSENT, {"first": on(before[0]), "last": on(before[1])}),
        (plan.ill, dice.between(2, 5), ABSENCES, CORRECTED, {"first": on(plan.first), "last": on(plan.last)}),
        (boss, dice.between(12, 20), STANDING, RULES, {"rule": wrong}),
        (boss, dice.between(4, 10), STANDING, RULES, {"rule": plan.rule}),
        (other, 3, STANDING, RULES, {"rule": dice.pick((FEWEST, MOST))}),
    )
    return [
        (who, day_after(deal.today, -ago), dice.pick(titles), say(dice, texts, **facts))
        for who, ago, titles, texts, facts in said
    ]


def _covered(outcome: Outcome) -> float:
    swaps = outcome.task["swaps"]
    return sum(tuple(sorted(outcome.cell("shifts", row, "crew"))) == crew for row, crew in swaps) / len(swaps)


def _writes(outcome: Outcome) -> tuple[Write, ...]:
    return (Write("shifts", ("crew",), tuple(row for row, _ in outcome.task["swaps"])),)


# -- by hand -----------------------------------------------------------------------------------------------------------
def _solved(hands: Hands, task: Task | None) -> None:
    if task:
        for code, _, name in task["names"]:
            _to_shift(hands, code)
            _swap(hands, task["ill"], [name])
    else:
        _found(hands)
    hands.answer()


def _to_shift(hands: Hands, code: str) -> None:
    whole(hands, "coming_shifts")
    hands.search(code)
    hands.open_where(lambda row: row["shift_code"] == code)


def _swap(hands: Hands, ill: str, names: Sequence[str]) -> str:
    """Swap with the first whom the roster lets work the shift on the screen; returns the name, or nothing."""
    for name in names:
        hands.press("swap_crew")
        hands.fill("person", ill)
        hands.fill("stand_in", name)
        hands.save()
        if not hands.has("save"):
            return name
        hands.back()
    return ""


def _found(hands: Hands) -> None:
    """Look everything up, and swap shift by shift."""
    ill, *rest = hands.view.slots
    said = _read(hands, STAND, STANDING)
    cannot = {}
    for who, text in reversed(said):
        for phrases, can in ((CANNOT, False), (CAN, True)):
            if heard := hear(phrases, text):
                cannot[who, parse_date(heard["day"])] = not can
    days = rest
    rule = FEWEST if f"the {FEWEST} shifts" in hands.goal else MOST
    if len(rest) == 1:
        rule = next(heard["rule"] for who, text in said if who == rest[0] and (heard := hear(RULES, text)))
        texts = (text for who, text in _read(hands, ABSENCE, ABSENCES) if who == ill)
        found = next(heard for text in texts if (heard := hear(CORRECTED + ABSENT, text)))
        days = [found["first"], found["last"]]
    first, last = (parse_date(day) or 0 for day in days)
    whole(hands, "staff_list")
    staff = hands.every_row()
    whole(hands, "coming_shifts")
    shifts = [row for row in hands.every_row(lambda row: row["shift_day"] > last) if first <= row["shift_day"] <= last]
    crews = {row["shift_code"]: set(row["crew"].split(", ")) for row in shifts}
    for shift in shifts:
        if ill not in crews[shift["shift_code"]]:
            continue
        day, code = shift["shift_day"], shift["shift_code"]
        busy = {name for other in shifts if other["shift_day"] == day for name in crews[other["shift_code"]]}
        count = {one["staff_name"]: sum(one["staff_name"] in crew for crew in crews.values()) for one in staff}
        _to_shift(hands, code)
        able = [
            one["staff_name"]
            for one in staff
            if one["staff_name"] not in busy
            and not cannot.get((one["staff_name"], day))
            and _may(one, shift, hands.read("needs"))
        ]
        sign = 1 if rule == FEWEST else -1
        name = _swap(hands, ill, sorted(able, key=lambda name: (sign * count[name], name)))
        if name:
            crews[code] = crews[code] - {ill} | {name}


def _may(one: Row, shift: Row, needs: str) -> bool:
    """Whether what the list of staff shows speaks against a shift."""
    days = ("mondays", "tuesdays", "wednesdays", "thursdays", "fridays")
    early = shift["band"] == "early"
    skilled = needs in ("general", one["qualification"]) or one["qualification"] == "supervision"
    there = one["works"] == "any_band" or (one["works"] == "early_only") == early
    return bool(skilled and there and one["day_off"] != days[shift["shift_day"] % 7])


def _read(hands: Hands, word: str, titles: Sequence[str]) -> list[tuple[str, str]]:
    """Who has written what in tickets that are put away, of these summaries, the last one first."""
    whole(hands, "put_away")
    hands.search(word)
    found = []
    while True:
        for place in range(len(hands.rows())):
            row = hands.rows()[place]
            if row["summary"] in titles:
                hands.open(row)
                found.append((str(row["requester"]), str(hands.read("description"))))
                hands.back()
        if not hands.has("next"):
            return found
        hands.click("next")


COVER_SHIFT = Template(
    name="cover_shift",
    archetype="chain across apps",
    occupation="43",  # supervisors of office workers, 43-1011
    apps=("tickets", "roster"),
    hidden=("H1", "H2", "H3", "H5", "H10"),
    levels=(2, 3),
    faces=("text",),
    budget={"small": 180, "full": 180},
    deal=_dealt,
    checks=(Check("covered", "goal", _covered),),
    writes=_writes,
    solve=_solved,
    office="twins",
)

SHIFT_JOBS = (COVER_SHIFT,)
