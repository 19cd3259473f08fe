"""Somebody is ill: call off or put off their meetings of a day, and tell everybody concerned by mail."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ..company.meetings import SINGLES, VISITS
from ..company.model import MEETING_STATES, OWN, Company, Meeting
from ..dice import Dice
from ..hands import Hands, Row
from ..skin import parse_date, write_date
from ..verify import Check, Outcome, Write
from .base import Deal, Template
from .edits import call_meetings, clear, colleagues, day_after, free_time, joins, namesakes, on, person_row, stands
from .posts import Letter, own, posted

__all__ = ["ABSENCE"]

Task = Mapping[str, Any]
Notice = tuple[int, str, str]
"""A mail to be written: to whom (a row), the title of the meeting, and its new day or nothing."""

PLANNED, CANCELLED, TENTATIVE = range(len(MEETING_STATES))
MOST = 60
"""People and days that are drawn before they fit."""
WEEKS = {1: "one week", 2: "two weeks"}

_MAILS = (
    "Then tell people by mail: for each meeting that you cancel or move, everybody who is invited to it, but not me "
    "({me}); for each meeting of that day that {ill} was only invited to, the one who called it, unless that is me. "
    "Write one mail for each meeting and person, without copies. It names the title of that meeting and no other one, "
    "and, if the meeting is moved, the new day as YYYY-MM-DD. Tentative meetings count, those already cancelled do not."
)
GOALS = {
    2: (
        "{ill} is ill and will not be in on {day}. Cancel the meetings of that day that {ill} has called; but those "
        "with guests from outside our company are moved by exactly {weeks}, to the same time and room. Meetings called "
        "by others stay as they are. ",
        "On {day}, {ill} will not be in. Of the meetings that {ill} has called for that day, move those with anybody "
        "from outside our company by exactly {weeks} (same time, same room) and cancel the others. Leave meetings that "
        "somebody else has called alone. ",
        "Because of illness {ill} is away on {day}. Go through the meetings of that day. Those {ill} has called are "
        "cancelled; with guests from outside our company, though, they are put off by exactly {weeks}, time and room "
        "staying the same. What others have called stays. ",
    ),
    3: (
        "{ill} has written to me about being ill on some day. Deal with the meetings of the day that holds in the end: "
        "what becomes of those that {ill} has called stands in the latest mail from {boss} about absence. Meetings "
        "called by others stay as they are. ",
        "We have to do without {ill} for a day; on which one stands in the last mail from {ill} about it. Treat the "
        "meetings that {ill} has called for that day as the newest mail from {boss} about absence asks. Leave meetings "
        "that somebody else has called alone. ",
        "{ill} is ill on a day to come: see the mails from {ill}, of which the last one holds. Go through the meetings "
        "of that day. With those {ill} has called do what {boss} has laid down last in a mail about absence. What "
        "others have called stays. ",
    ),
}
ILL = (
    "I am ill, I am sorry. I will not be in on {day}.",
    "My doctor has told me to stay at home, so I will not be in on {day}.",
    "I do not feel well at all. I will not be in on {day}, but I hope to be back soon.",
)
CORRECTED = (
    "I got the day wrong in my last mail. I am there on {other}, but I will not be in on {day}.",
    "Please note a change: {other} is settled, I come to work then. Instead I will not be in on {day}.",
)
ILL_SUBJECTS = ("Ill", "I have to stay at home", "Not well", "Away")
RULES = (
    "If somebody is absent for a day, the meetings that they have called are cancelled. Meetings with guests from "
    "outside are not cancelled, but moved by exactly {weeks}, to the same time and room.",
    "On absence: we cancel the meetings of who is absent, if they have called them. Where somebody from outside is "
    "invited, we move them by exactly {weeks} and keep time and room.",
)
RULE_SUBJECTS = ("Absence of colleagues", "When somebody is absent", "Absence: what to do")
WORD = "absen"
_NOT_IN = re.compile(r"will not be in on ([0-9]{1,2} [A-Z][a-z]{2} [0-9]{4})")
_BY = re.compile(r"by exactly (one|two) week")


class Plan(NamedTuple):
    """Who is ill, when, who says what is to be done, and by how many weeks meetings with guests are moved."""

    ill: int
    day: int
    other: int
    boss: int
    weeks: int


# -- the task ----------------------------------------------------------------------------------------------------------
def _joined(meetings: Iterable[Meeting], person: int, day: int) -> list[Meeting]:
    """The meetings of a person on a day that are not cancelled."""
    return [one for one in meetings if one.day == day and stands(one) and joins(one, person)]


def _with_guests(company: Company, meeting: Meeting) -> bool:
    return any(company.people[row].firm != OWN for row in meeting.attendees)


def _logged(deal: Deal, level: int) -> None:
    company, dice = deal.company, deal.dice
    known, shared = colleagues(company), namesakes(company)
    contacts = [(one.contact, one.name) for one in company.customers if company.people[one.contact].name not in shared]
    for _ in range(MOST):
        ill, boss = dice.sample(known, 2)
        first, second = dice.sample((1, 2, 3), 2)
        plan = Plan(ill, day_after(company.today, first), day_after(company.today, second), boss, 1 + dice.below(2))
        days = plan.day, plan.other, plan.day + 7 * plan.weeks
        near = [meeting for meeting in company.meetings if meeting.day in days]
        was = _joined(near, ill, plan.day)
        if len(was) > 2 or not _fits(company, plan, near, shared, was):
            continue
        added = _added(dice, company, near, plan, [row for row in known if row != ill], dice.pick(contacts))
        if added and _fits(company, plan, near, shared, [*was, *_joined(added, ill, plan.day)]):
            call_meetings(deal, added)
            deal.task = {"plan": plan}
            return
    raise AssertionError("no day fits in a calendar that is mostly empty")


def _added(
    dice: Dice, company: Company, near: list[Meeting], plan: Plan, others: Sequence[int], contact: tuple[int, str]
) -> list[Meeting]:
    """Meetings of the day: to be cancelled, to be moved, of others; and such that are not concerned. Empty if none fit.

    Puts them among those that are `near`, too.
    """
    ill, titles, staff = plan.ill, dice.sample(SINGLES, 4), dice.shuffled([company.me, *others])
    called = tuple(staff[: dice.between(1, 2)])
    wanted = (
        (titles[0], plan.day, ill, called, dice.pick((PLANNED, PLANNED, TENTATIVE))),
        (dice.pick(VISITS) % contact[1], plan.day, ill, (contact[0], *staff[2 : 2 + dice.below(2)]), PLANNED),
        (titles[1], plan.day, staff[-1], (ill, *staff[1 : 1 + dice.below(2)]), PLANNED),
        (titles[0], plan.other, ill, called[:1], PLANNED),
        (titles[2], plan.day, ill, (staff[0],), CANCELLED),
        (titles[3], plan.day, staff[0], (staff[1],), PLANNED),
    )
    added = []
    for title, day, organiser, attendees, state in wanted:
        length = dice.pick((30, 60, 60))
        when = free_time(dice, near, (organiser, *attendees), length, [day])
        if when is None:
            return []
        added.append(Meeting(title, day, when[1], length, organiser, attendees, when[2], state, ""))
        near.append(added[-1])
    return added


def _fits(
    company: Company, plan: Plan, near: Sequence[Meeting], shared: Container[str], meetings: Sequence[Meeting]
) -> bool:
    """Whether meetings of the day can be dealt with in one way only, and with as many mails as one can ask for."""
    people = {row for meeting in meetings for row in (meeting.organiser, *meeting.attendees)}
    alike = len({meeting.title for meeting in meetings}) < len(meetings)
    if alike or any(company.people[row].name in shared for row in people):
        return False
    later = plan.day + 7 * plan.weeks
    moved = [one for one in meetings if one.organiser == plan.ill and _with_guests(company, one)]
    return len(_told(company, plan, meetings)) <= 8 and all(
        clear(near, (one.organiser, *one.attendees), one.room, later, one.start, one.length) for one in moved
    )


def _told(company: Company, plan: Plan, meetings: Sequence[Meeting]) -> list[tuple[int, Meeting]]:
    """Who is to be told of which meeting."""
    found = []
    for meeting in meetings:
        who = meeting.attendees if meeting.organiser == plan.ill else (meeting.organiser,)
        found += [(row, meeting) for row in who if row != company.me]
    return found


def _dealt(deal: Deal, level: int) -> None:
    plan: Plan = deal.task["plan"]
    company, people = deal.company, deal.company.people
    _write_letters(deal, plan)
    later = plan.day + 7 * plan.weeks
    meetings = _joined(company.meetings, plan.ill, plan.day)
    mine = [meeting for meeting in meetings if meeting.organiser == plan.ill]
    rows = {m: deal.find("events", title=m.title, day=m.day, start=m.start, state=m.state)[0] for m in mine}
    moved = tuple(row for meeting, row in rows.items() if _with_guests(company, meeting))
    notices: list[Notice] = []
    for person, meeting in _told(company, plan, meetings):
        new = write_date("iso", later) if rows.get(meeting) in moved else ""
        notices.append((person_row(deal, people[person]), meeting.title, new))
    said = {
        "ill": people[plan.ill].name,
        "boss": people[plan.boss].name,
        "me": people[company.me].name,
        "day": on(plan.day),
        "weeks": WEEKS[plan.weeks],
    }
    deal.goal = (deal.dice.pick(GOALS[level]) + _MAILS).format(**said)
    deal.slots = [said["ill"], said["me"], said["day"] if level == 2 else said["boss"]]
    bait = dict.fromkeys(m.title for m in _joined(company.meetings, plan.ill, plan.other))
    deal.task = {
        "cancelled": tuple(row for row in rows.values() if row not in moved),
        "moved": moved,
        "later": later,
        "day": plan.day,
        "mails": tuple(notices),
        "decoys": tuple(bait),
    }


def _write_letters(deal: Deal, plan: Plan) -> None:
    """Who has been ill when, and what is done then: what holds, and what does not hold any more."""
    company, dice, me = deal.company, deal.dice, own(deal)
    letters: list[Letter] = []

    def write(row: int, before: int, subjects: Sequence[str], texts: Sequence[str], **said: str) -> None:
        when, text = (day_after(deal.today, -before), 500 + dice.below(400)), dice.pick(texts).format(**said)
        sender = person_row(deal, company.people[row])
        letters.append(Letter(sender, me, when, dice.pick(subjects), text, len(letters), label="other"))

    if dice.flip(0.5):
        write(plan.ill, dice.between(3, 5), ILL_SUBJECTS, ILL, day=on(plan.other))
        write(plan.ill, dice.between(1, 2), ILL_SUBJECTS, CORRECTED, day=on(plan.day), other=on(plan.other))
    else:
        write(plan.ill, dice.between(1, 3), ILL_SUBJECTS, ILL, day=on(plan.day))
    third = dice.pick([row for row in colleagues(company) if row not in (plan.ill, plan.boss)])
    write(third, dice.between(1, 4), ILL_SUBJECTS, ILL, day=on(plan.other))
    now, before = dice.between(3, 7), dice.between(9, 15)
    write(plan.boss, now, RULE_SUBJECTS, RULES, weeks=WEEKS[plan.weeks])
    write(plan.boss, before, RULE_SUBJECTS, RULES, weeks=WEEKS[3 - plan.weeks])
    posted(deal, letters)


# -- verdict -----------------------------------------------------------------------------------------------------------
def _share(what: str, column: str, right: Callable[[Task], int]) -> Check:
    """How many of the meetings of a list have the right cell."""

    def test(outcome: Outcome) -> float:
        rows = outcome.task[what]
        return sum(outcome.cell("events", row, column) == right(outcome.task) for row in rows) / len(rows)

    return Check(what, "goal", test)


def names(text: str, what: str) -> bool:
    """Whether a text names something, as words of its own."""
    return re.search(rf"(?<!\w){re.escape(what)}(?!\w)", text, re.IGNORECASE) is not None


def _mails(outcome: Outcome) -> float:
    """How many of the mails there are, each about its meeting and no other of the calendar."""
    task = outcome.task
    titles = {*outcome.start.cells("events", "title")}

    def about(row: int, title: str, new: str) -> bool:
        text = f"{outcome.cell('mails', row, 'subject')}\n{outcome.cell('mails', row, 'body')}"
        others = (one for one in titles if not names(title, one))
        right = names(text, title) and (not new or names(text, new))
        return right and not any(names(text, one) for one in others)

    right = 0
    for person, title, new in task["mails"]:
        right += any(about(row, title, new) for row in outcome.new("mails", recipient=person, copy=-1))
    return right / len(task["mails"])


def _writes(outcome: Outcome) -> tuple[Write, ...]:
    task = outcome.task
    return (
        Write("events", ("state",), task["cancelled"]),
        Write("events", ("day",), task["moved"]),
        Write("mails", new=True, most=len(task["mails"])),
    )


# -- by hand -----------------------------------------------------------------------------------------------------------
class Found(NamedTuple):
    """A meeting of the day as a page shows it."""

    title: str
    organiser: str
    attendees: tuple[str, ...]


def _solved(hands: Hands, task: Task | None) -> None:
    ill, me, _ = hands.view.slots
    if task is None:
        day, weeks = _what_is_said(hands)
    else:
        day, weeks = task["day"], (task["later"] - task["day"]) // 7
    found = [meeting for link in ("meetings_called", "meetings_joined") for meeting in _seen(hands, ill, day, link)]
    known: dict[str, Row] = {}
    for name in dict.fromkeys([ill, *(n for one in found for n in (one.organiser, *one.attendees)), me]):
        known[name] = _card(hands, name)
    notices = []
    for one in found:
        if one.organiser != ill:
            notices += [(one.organiser, one.title, "")] if one.organiser != me else []
            continue
        _open(hands, one.title, day, ill)
        new = ""
        if any(known[name]["firm"] != known[ill]["firm"] for name in one.attendees):
            hands.press("change_event")
            hands.date("day", day + 7 * weeks)
            hands.save()
            new = write_date("iso", day + 7 * weeks)
        else:
            hands.press("cancel_event")
        notices += [(name, one.title, new) for name in one.attendees if name != me]
    for name, title, new in notices:
        hands.go("inbox")
        hands.press("compose")
        hands.fill("recipient", known[name]["address"])
        hands.fill("subject", title)
        hands.fill("body", f"{title} is moved to {new}." if new else f"{ill} can't be there: {title}.")
        hands.save()
    hands.answer()


def _open(hands: Hands, title: str, day: int, organiser: str) -> None:
    """Open a coming meeting."""
    hands.go("agenda")
    hands.search(title)
    hands.open_where(lambda row: (row["title"], row["day"], row["organiser"]) == (title, day, organiser))


def _card(hands: Hands, name: str) -> Row:
    hands.go("contacts")
    hands.search(name)
    return next(row for row in hands.rows() if row["name"] == name)


def _what_is_said(hands: Hands) -> tuple[int, int]:
    """The day of the illness, and by how many weeks meetings with guests are moved."""
    ill, _, boss = hands.view.slots
    said = _NOT_IN.search(hands.goal) or re.search(r"([0-9]{1,2} [A-Z][a-z]{2} [0-9]{4})", hands.goal)
    weeks = _BY.search(hands.goal)
    if weeks is None:
        hands.open(_card(hands, ill))
        hands.click("their_mail")
        hands.search("will not be in on")
        hands.open(hands.rows()[0])
        said = _NOT_IN.search(hands.read("body"))
        hands.open(_card(hands, boss))
        hands.click("their_mail")
        hands.search(WORD)
        hands.open(hands.rows()[0])
        weeks = _BY.search(hands.read("body"))
    assert said and weeks
    day = parse_date(said[1])
    assert day is not None
    return day, ("one", "two").index(weeks[1]) + 1


def _seen(hands: Hands, name: str, day: int, link: str) -> list[Found]:
    """Somebody's meetings of a day, through their card."""
    hands.open(_card(hands, name))
    hands.click(link)
    found: list[Found] = []
    while True:
        here = hands.rows()
        for row in here:
            if row["day"] == day and row["state"] != "cancelled":
                hands.open(row)
                guests = tuple(hands.read("attendees").split(", "))
                found.append(Found(row["title"], row["organiser"], guests))
                hands.back()
        if not hands.has("next") or here[-1]["day"] < day:
            return found
        hands.click("next")


CANCEL_DAY = Template(
    name="cancel_day",
    archetype="chain across apps",
    occupation="43",  # executive assistants, 43-6011
    apps=("mail", "calendar"),
    hidden=("H1", "H2", "H3", "H5"),
    levels=(2, 3),
    faces=("text",),
    budget={"small": 260, "full": 300},
    log=_logged,
    deal=_dealt,
    checks=(
        _share("cancelled", "state", lambda task: CANCELLED),
        _share("moved", "day", lambda task: task["later"]),
        Check("mails", "goal", _mails, 2.0),
    ),
    writes=_writes,
    solve=_solved,
    twin="cover_shift",
)

ABSENCE = (CANCEL_DAY,)
