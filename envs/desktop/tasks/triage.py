"""Sort the unread mail: label every mail by its kind, and put it where that kind belongs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..apps.mail import FOLDERS
from ..company.model import LABELS
from ..hands import Hands
from ..store import Order
from ..verify import Check, Outcome, Write
from .base import Deal, Template
from .edits import day_after, person_row
from .posts import Letter, own, posted

__all__ = ["TRIAGE"]

Rule = tuple[int, ...]
"""What becomes of a mail of each kind, in the order of KINDS, as indices into WAYS."""

KINDS = LABELS[1:]
WAYS = (("archive", False), ("inbox", True), ("inbox", False), ("trash", False))
"""Folder, and whether flagged."""
ARCHIVE, FLAG, LEAVE, TRASH = range(len(WAYS))
SAID = (
    ("archive it", "flag it and leave it in the inbox", "leave it in the inbox without a flag", "put it in the trash"),
    ("into the archive", "flagged, but left in the inbox", "left in the inbox, not flagged", "into the trash"),
    (
        "file it in the archive",
        "give it a flag, it stays in the inbox",
        "it stays in the inbox, no flag",
        "to the trash",
    ),
)
"""Ways in words, several sets of them."""
SIZES = {"small": (6, 9), "full": (9, 13)}
"""How many unread mails there are."""

DEFINED = (
    "order is for orders and for questions of colleagues about one, invoice for invoices and bills of suppliers, "
    "complaint for complaints and goods sent back, meeting for invitations and minutes, other for policies, news and "
    "all else."
)
GOALS = {
    2: (
        "Sort the mails in the inbox that are unread and came in before today. Label each by its kind: {defined} Then, "
        "by kind: {rule} Leave all other mail alone, that of today too.",
        "Unread mail from the days before today is waiting in the inbox. Give every one of these mails its label "
        "({defined}) and deal with it like this: {rule} Mail of today, and mail that has been read, stays as it is.",
        "Please work through the inbox: every mail that is unread and older than today gets the label of its kind. "
        "{defined} After that: {rule} Nothing else in the mailbox may change, nor what comes in today.",
    ),
    3: (
        "Sort the mails in the inbox that are unread and came in before today. Label each by its kind: {defined} Then "
        "do with each kind what {who} asks for in the latest mail about sorting the inbox. Leave all other mail alone, "
        "that of today too.",
        "Unread mail from the days before today is waiting in the inbox. Give every one of these mails its label "
        "({defined}) and deal with it by kind as {who} wants it; what counts is the last mail that {who} has written "
        "about sorting the inbox. Mail of today, and mail that has been read, stays as it is.",
        "Please work through the inbox: every mail that is unread and older than today gets the label of its kind. "
        "{defined} What is to be done with each kind stands in the newest mail from {who} about sorting the inbox. "
        "Nothing else in the mailbox may change, nor what comes in today.",
    ),
}
SUBJECTS = ("Sorting the inbox", "The inbox: how we sort it", "Inbox, sorting of mail")
WORD = "sort"
"""Begins a word in every such mail; what the oracle, and a person, would search for."""
LETTERS = (
    "Please sort incoming mail like this from now on.\n{rule}\nThank you.",
    "So that nothing gets lost, we sort our mail the same way from now on:\n{rule}\nThanks for your help.",
    "This is how the inbox should be sorted from now on.\n{rule}\nPlease keep to it.",
)
NEWS = (
    ("Our order", "Could you send us a price for more of the same? We would need it this month."),
    ("Invoice wanted", "Please send us the last invoice again. We can't find it."),
    ("Meeting next week", "Could we meet next week? I would like to talk about the coming months."),
    ("Something is wrong", "Two of the boxes are torn. Please call me about it."),
)
"""What comes in while the agent works."""


def _rule(deal: Deal) -> Rule:
    """A way for every kind; at least three ways are used, and one of them is not to leave mail alone."""
    while True:
        rule = tuple(deal.dice.below(len(WAYS)) for _ in KINDS)
        if len(set(rule)) >= 3:
            return rule


def _in_words(deal: Deal, rule: Rule, sep: str) -> str:
    ways = deal.dice.pick(SAID)
    return sep.join(f"{kind}: {ways[way]}" for kind, way in zip(KINDS, rule, strict=True)) + "."


def _dealt(deal: Deal, level: int) -> None:
    dice = deal.dice
    me, rule = own(deal), _rule(deal)
    who = ""
    if level == 3:
        who = _told(deal, me, rule)
    firsts = deal.find(
        "mails",
        subject=lambda subject: not subject.startswith("Re: "),
        sender=lambda sender: sender != me,
        sent=lambda day: day < deal.today,
        body=lambda body: WORD not in body,
    )
    newest = sorted(firsts, key=lambda row: -deal.cell("mails", row, "sent"))
    rows = newest[: dice.between(*SIZES[deal.size])]
    for row in deal.find("mails", unread=True):
        deal.set("mails", row, unread=False)
    for row in rows:
        deal.set("mails", row, folder=0, label=0, unread=True, flagged=False)
    tick = dice.between(4, 20)
    for _ in range(2):
        sender = dice.pick([row for row in deal.rows("people") if row != me])
        subject, body = dice.pick(NEWS)
        mail = Order("mail_send", (("recipient", me), ("subject", subject), ("body", body)))
        deal.agenda.append((tick, deal.cell("people", sender, "address"), mail))
        tick += dice.between(3, 12)
    deal.goal = dice.pick(GOALS[level]).format(defined=DEFINED, rule=_in_words(deal, rule, "; "), who=who)
    deal.slots = [who, WORD] if who else []
    right = {row: deal.cell("mails", row, "true_label") for row in rows}
    deal.task = {
        "labels": tuple(right.items()),
        "ways": tuple((row, *WAYS[rule[label - 1]]) for row, label in right.items()),
        "decoys": tuple(row for row in newest if row not in rows),
    }


def _told(deal: Deal, me: int, rule: Rule) -> str:
    """Put the rule into a colleague's mail, with older ones that say otherwise; returns the colleague's name."""
    dice, company = deal.dice, deal.company
    names = [company.people[row].name for row in company.staff]
    people = [row for row in company.staff if row != company.me and names.count(company.people[row].name) == 1]
    writer, other = (company.people[row] for row in dice.sample(people, 2))
    days = sorted((dice.between(5, 9), dice.between(12, 20)))
    letters: list[Letter] = []
    for person, before, what in ((writer, days[0], rule), (writer, days[1], _rule(deal)), (other, 4, _rule(deal))):
        text = dice.pick(LETTERS).format(rule=_in_words(deal, what, "\n"))
        when = day_after(deal.today, -before), 500 + dice.below(400)
        sender, subject = person_row(deal, person), dice.pick(SUBJECTS)
        letters.append(Letter(sender, me, when, subject, text, len(letters), label="other"))
    posted(deal, letters)
    return writer.name


def _labels(outcome: Outcome) -> float:
    right = [outcome.cell("mails", row, "label") == label for row, label in outcome.task["labels"]]
    return sum(right) / len(right)


def _ways(outcome: Outcome) -> float:
    right = [
        outcome.cell("mails", row, "folder") == FOLDERS.index(folder)
        and outcome.cell("mails", row, "flagged") == flagged
        for row, folder, flagged in outcome.task["ways"]
    ]
    return sum(right) / len(right)


def _writes(outcome: Outcome) -> tuple[Write, ...]:
    return (Write("mails", rows=tuple(row for row, _ in outcome.task["labels"])),)


# -- by hand -----------------------------------------------------------------------------------------------------------
READ_AS = (
    (
        "other",
        r"our policy|new revision|recommend from our|showroom window|tell your customers about|first page of the",
    ),
    ("other", r"things to talk about with|have been asking about"),
    ("meeting", r"minutes of|invite you|time free for|sit down together|make it to|into the calendar|invitation to"),
    ("meeting", r"in short what we said"),
    ("order", r"quick question|on the phone|am looking at|wrote to me about|help me with|need something for"),
    ("invoice", r"\b(INV|BILL)-[0-9]"),
    ("complaint", r"\bSO-[0-9]"),
)
"""How a reader tells the kind of a mail; what fits none is a new order, which has no number yet."""


def kind_of(text: str) -> str:
    """The kind of a mail."""
    return next((kind for kind, signs in READ_AS if re.search(signs, text, re.IGNORECASE)), "order")


def rule_of(text: str) -> Rule:
    """The rule that a text lays down."""
    found = []
    for kind in KINDS:
        said = re.search(rf"\b{kind}: (.*?)(?:[\n.]|; (?={'|'.join(KINDS)}))", text)
        assert said
        found.append(next(i for words in SAID for i in (3, 2, 1, 0) if words[i] == said[1]))
    return tuple(found)


def _solved(hands: Hands, task: Mapping[str, Any] | None) -> None:
    text = hands.goal
    hands.go("inbox")
    if hands.view.slots:
        who, word = hands.view.slots
        hands.search(word)
        hands.open_where(lambda row: row["sender"] == who and not row["unread"] and word in row["subject"].casefold())
        text = hands.read("body")
        hands.back()
        hands.click("clear")
    rule = rule_of(text)
    while True:
        todo = [row for row in hands.rows() if row["unread"] and row["sent"] < hands.today]
        if todo:
            hands.open(todo[0])
            kind = kind_of(f"{hands.read('subject')}\n{hands.read('body')}")
            hands.press(f"label_{kind}")
            way = rule[KINDS.index(kind)]
            if way != LEAVE:
                hands.press(("archive", "flag", "", "trash")[way])
            hands.back()
        elif hands.has("next"):
            hands.click("next")
        else:
            break
    hands.answer()


TRIAGE_INBOX = Template(
    name="triage_inbox",
    archetype="triage many",
    occupation="43",  # customer service representatives, 43-4051
    apps=("mail",),
    hidden=("H1", "H2", "H3", "H6"),
    levels=(2, 3),
    faces=("flat", "text"),
    budget={"small": 120, "full": 220},
    deal=_dealt,
    checks=(Check("labels", "goal", _labels), Check("ways", "goal", _ways)),
    writes=_writes,
    solve=_solved,
    twin="triage_queue",
)

TRIAGE = (TRIAGE_INBOX,)
