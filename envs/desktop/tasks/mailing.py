"""Forward a mail to the right one of several people of one name: who and which, only the principal can tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..company.dates import DATE, DAY, WORK, money
from ..company.grammar import lines
from ..hands import Hands
from ..skin import parse_date
from ..verify import Check, Outcome, Write
from .base import Deal, Template
from .phrases import hear, say
from .posts import Letter, moments, namesakes, own, posted

__all__ = ["MAILING"]

Task = Mapping[str, Any]

SUBJECTS = lines("""
    Plan for the trade fair
    Ideas for the showroom
    List for the spring catalogue
    Offer for the new school
    Furniture for the town hall
    Samples for the summer show
""")
OPENS = lines("""
    Here is what I would put on it.
    This is my version.
    As promised, my proposal.
    I have thought about it once more.
    This is how I would do it.
    Please have a look at this.
""")
NAMES = lines("""
    I would take {first} x {one} and {second} x {other}, about {sum} in total.
    My choice is {first} x {one} with {second} x {other}. That makes about {sum}.
    We begin with {first} x {one} and add {second} x {other}; it comes to some {sum}.
    {first} x {one} and {second} x {other} would do, for {sum} or so.
""")
ENDS = lines("""
    What do you think?
    You may pass it on.
    Tell me if something is missing.
    That is all for now.
""")
FORWARD = (
    'Forward the mail "{subject}" to {name}. Ask me if it is not clear to you who or what I mean.',
    '{name} should get "{subject}" from us. Please forward that mail, only that one and only to the right person. '
    "When in doubt, ask me first.",
    'Please pass on the mail called "{subject}" to {name} by forwarding it. There may be more than one of either, so '
    "better ask me than guess.",
    'I have promised {name} to forward the mail "{subject}". Do that for me, and use the questions you can ask me '
    "wherever something is open.",
)
WHO = {
    "firm": lines("""
        I mean the one at {firm}.
        The one who works for {firm}.
        It is for {firm}, of course.
    """),
    "city": lines("""
        I mean the one in {city}.
        The one whose office is in {city}.
        The contact in {city}, please.
    """),
}
WHICH = {
    "writer": lines("""
        The one that {writer} has written.
        I mean the mail from {writer}.
        Take the version of {writer}.
    """),
    "day": lines("""
        The one of {day}.
        I mean the mail that came on {day}.
        Take the one sent on {day}.
    """),
}
PEOPLE, VERSIONS = 5, 4
"""People of the name and mails of the subject: who does not ask is right once in twenty."""
DAYS = 9
"""Working days within which the mails came."""


def _logged(deal: Deal, level: int) -> None:
    deal.task["alike"] = tuple(namesakes(deal, PEOPLE))


def _dealt(deal: Deal, level: int) -> None:
    dice = deal.dice
    alike = [deal.columns["people_address"].index(address) for address in deal.task.pop("alike")]
    subject, writers = dice.pick(SUBJECTS), _writers(deal)
    yesterday = WORK[deal.today] - 1
    days = sorted(dice.sample(range(DAYS), VERSIONS), reverse=True)
    letters = []
    for thread, (writer, back) in enumerate(zip(writers, days, strict=True)):
        when = moments(deal, 1, DAY[yesterday - back], DAY[yesterday - back])[0]
        letters.append(Letter(writer, own(deal), when, subject, _version(deal), thread, label="other"))
    rows = posted(deal, letters)
    who, which = dice.pick(alike), dice.below(VERSIONS)
    row = rows[which]
    name, address, firm, city = (deal.cell("people", who, column) for column in ("name", "address", "firm", "city"))
    cities = [deal.cell("people", one, "city") for one in deal.find("people", name=name)]
    by = "city" if cities.count(city) == 1 and dice.flip(0.5) else "firm"
    of = dice.pick(tuple(WHICH))
    writer, day = deal.cell("people", writers[which], "name"), DATE[deal.cell("mails", row, "sent")]
    deal.goal = say(dice, FORWARD, subject=subject, name=name)
    deal.slots = [name, subject]
    deal.answers = {
        "who": say(dice, WHO[by], firm=firm, city=city),
        "which": say(dice, WHICH[of], writer=writer, day=day),
    }
    deal.task |= {
        "who": who,
        "address": address,
        "row": row,
        "thread": deal.cell("mails", row, "thread"),
        "body": deal.cell("mails", row, "body"),
        "decoys": (*(one for one in alike if one != who), *(one for one in rows if one != row)),
    }


def _writers(deal: Deal) -> list[int]:
    """Those of different names who have written about it: colleagues, and others where there are too few."""
    mine = own(deal)
    names = deal.columns["people_name"]
    house = deal.cell("people", mine, "firm")
    rows = deal.dice.shuffled([row for row in deal.rows("people") if row != mine and names.count(names[row]) == 1])
    return sorted(rows, key=lambda row: deal.cell("people", row, "firm") != house)[:VERSIONS]


def _version(deal: Deal) -> str:
    """What one of them proposes."""
    dice = deal.dice
    one, other = dice.sample(deal.rows("items"), 2)
    first, second = dice.between(2, 9), dice.between(2, 9)
    total = first * deal.cell("items", one, "unit_price") + second * deal.cell("items", other, "unit_price")
    goods = (deal.cell("items", row, "item") for row in (one, other))
    said = dict(zip(("one", "other"), goods, strict=True))
    named = say(dice, NAMES, first=first, second=second, sum=money(total // 1000 * 1000), **said)
    return f"{dice.pick(OPENS)} {named} {dice.pick(ENDS)}"


def _right_mail(outcome: Outcome) -> float:
    task = outcome.task
    passed_on = outcome.new("mails", thread=task["thread"], copy=-1, body=lambda text: text.endswith(task["body"]))
    return float(bool(passed_on))


def _right_person(outcome: Outcome) -> float:
    return float(bool(outcome.new("mails", recipient=outcome.task["who"])))


def _asked(outcome: Outcome) -> float:
    """Whether both questions have been asked."""
    return float({"who", "which"} <= {topic for topic, _ in outcome.state.said})


def _solved(hands: Hands, task: Task | None) -> None:
    name, subject = hands.view.slots
    who, which = hands.ask("who"), hands.ask("which")
    known = hear(WHO["firm"] + WHO["city"], who) or {}
    hands.go("contacts")
    hands.search(name)
    hands.open_where(lambda row: row["name"] == name and known.items() <= row.items())
    hands.copy("address")
    address = hands.read("address")
    told = hear(WHICH["writer"] + WHICH["day"], which) or {}
    day = parse_date(told.get("day", ""))
    hands.go("inbox")
    hands.search(subject)
    hands.open_where(
        lambda row: (
            row["subject"] == subject and (row["sent"] == day if "day" in told else row["sender"] == told["writer"])
        )
    )
    hands.click("forward")
    hands.fill("recipient", address)
    hands.save()
    hands.answer()


WHICH_MARIA = Template(
    name="which_maria",
    archetype="ask then act",
    occupation="43",  # secretaries, 43-6014
    apps=("mail",),
    hidden=("H5", "H8"),
    levels=(4,),
    faces=("flat", "text"),
    budget={"small": 45, "full": 45},
    log=_logged,
    deal=_dealt,
    checks=(
        Check("mail", "goal", _right_mail),
        Check("person", "goal", _right_person),
        Check("asked", "process", _asked),
    ),
    writes=lambda outcome: (Write("mails", new=True, most=1),),
    solve=_solved,
)

MAILING = (WHICH_MARIA,)
