"""Sort the ticket queue: the same job as sorting the unread mail, in other software."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..apps.ticket_desk import QUEUES, RESOLUTIONS, STAGES, URGENCIES
from ..company.model import DOCUMENT_TYPES
from ..hands import Hands
from ..store import Order
from ..verify import Check, Outcome, Write
from .base import Deal, Template
from .edits import day_after
from .filing import Note, filed, unanswered

__all__ = ["TWIN_JOBS"]

Task = Mapping[str, Any]
Rule = tuple[tuple[int, bool], ...]
"""Urgency of the tickets of each kind, in the order of KINDS, and whether the principal takes them."""

KINDS, UNSORTED = QUEUES[:-1], len(QUEUES) - 1
FRESH, IN_WORK, _, CLOSED, MERGED = range(len(STAGES))
MEDIUM = URGENCIES.index("medium")
REFUNDED = RESOLUTIONS.index("refunded")
SIZES = {"small": (5, 7), "full": (8, 11)}
"""How many tickets wait to be sorted."""
BACK = 2
"""Orders sent back for which nothing has been credited yet."""
CREDIT = DOCUMENT_TYPES.index("credit")
KEPT = 3
"""Tickets to be taken that have their queue."""
COUNTED = 2
"""Tickets without a queue that somebody has in work already."""

NAMES = tuple(kind.replace("_", " ") for kind in KINDS)
TAKEN = ("leave it to the others", "take it yourself")

DEFINED = (
    "order questions are customers' orders, their questions about a delivery to come, and cancellations; complaints "
    "are about goods that have been delivered; goods back is for goods that customers send back; supplier bills for "
    "bills; inside matters for whatever colleagues ask or tell us."
)
GOALS = {
    2: (
        "Sort the tickets to be taken that are in the queue Anything else and came in before today. Put each into the "
        "queue of its kind: {defined} Set its urgency, and take it or leave it to be taken, by kind: {rule} Leave all "
        "other tickets alone, those of today too.",
        "Tickets that came in before today wait in the queue Anything else and have not been taken. Give every one of "
        "them its queue ({defined}) and go on by kind, which says urgency and who has it: {rule} Tickets of today, of "
        "other queues or in work stay as they are.",
        "Work through the tickets to be taken: each that is in the queue Anything else and older than today goes into "
        "the queue of its kind. {defined} After that urgency and taking follow from the kind: {rule} Nothing else may "
        "change, nor what comes in today.",
    ),
    3: (
        "Sort the tickets to be taken that are in the queue Anything else and came in before today. Put each into the "
        "queue of its kind: {defined} Set its urgency, and take it or leave it to be taken, as the latest ticket of "
        "{who} about sorting asks for its kind; it has been put away. Leave all other tickets alone, those of today "
        "too.",
        "Tickets that came in before today wait in the queue Anything else and have not been taken. Give every one of "
        "them its queue ({defined}) and go on by kind: urgency and who has it stand in what {who} has last told the "
        "help desk about sorting, a ticket that is closed. Tickets of today, of other queues or in work stay as they "
        "are.",
        "Work through the tickets to be taken: each that is in the queue Anything else and older than today goes into "
        "the queue of its kind. {defined} For urgency and taking look up the newest closed ticket of {who} about "
        "sorting. Nothing else may change, nor what comes in today.",
    ),
}
SUMMARIES = ("Sorting of tickets", "How we are sorting tickets", "Sorting the queue")
WORD = "sorting"
TELLS = (
    "From now on, by kind:\n{rule}",
    "Please keep to this with new tickets.\n{rule}",
    "This is how it should be from now on.\n{rule}",
)
NEWS = (
    ("Question about an order", "Could you send us a price for more of the same? We would need it this month."),
    ("Invoice wanted", "Please send us the last invoice again. We can't find it."),
    ("Something is wrong", "Two of the boxes are torn. Please call me about it."),
)
"""What comes in while the agent works."""


def _rule(deal: Deal) -> Rule:
    """Urgency and taking of every kind, neither being the same for all."""
    while True:
        rule = tuple((deal.dice.below(len(URGENCIES)), deal.dice.flip(0.5)) for _ in KINDS)
        if len({urgency for urgency, _ in rule}) > 2 and len({take for _, take in rule}) == 2:
            return rule


def _in_words(rule: Rule, sep: str) -> str:
    parts = [f"{name}: {URGENCIES[urgency]}, {TAKEN[take]}" for name, (urgency, take) in zip(NAMES, rule, strict=True)]
    return sep.join(parts) + "."


def _logged(deal: Deal, level: int) -> None:
    """Leave some goods that came back uncredited, so that a ticket about them may wait."""
    company = deal.company
    rows = [event.about for event in company.events if event.kind == "credited" and event.data[3] == "returned"]
    back = deal.dice.sample(rows, min(BACK, len(rows)))
    deal.company = company._replace(
        events=tuple(event for event in company.events if event.kind != "credited" or event.about not in back),
        documents=tuple(paper for paper in company.documents if paper.type != CREDIT or paper.order not in back),
    )


def _dealt(deal: Deal, level: int) -> None:
    dice, cells = deal.dice, deal.columns
    rule, who = _rule(deal), ""
    me = cells["agents_own_seat"].index(True)
    if level == 3:
        who = _told(deal, me, rule)
    replied = set(cells["replies_ticket"])

    def may_wait(row: int) -> bool:
        late = row in replied and cells["tickets_true_queue"][row] not in (1, 2)
        over = cells["tickets_stage"][row] == MERGED or cells["tickets_resolution"][row] == REFUNDED
        return not (late or over or WORD in cells["tickets_summary"][row].casefold())

    kept = dice.sample(free := deal.find("tickets", stage=FRESH), min(KEPT, len(free)))
    waiting = dice.shuffled([row for row in deal.rows("tickets") if row not in kept and may_wait(row)])
    rows = waiting[: dice.between(*SIZES[deal.size])]
    unanswered(deal, set(rows))
    for row in rows:
        deal.set("tickets", row, queue=UNSORTED, urgency=MEDIUM, stage=FRESH, assignee=-1, level=1, resolution=0)
        deal.set("tickets", row, unseen=dice.flip(0.5))
    others = [row for row in deal.find("tickets", stage=IN_WORK) if row not in rows]
    for row in others[:COUNTED]:
        deal.set("tickets", row, queue=UNSORTED)
    _comes_in(deal)
    deal.goal = dice.pick(GOALS[level]).format(defined=DEFINED, rule=_in_words(rule, "; "), who=who)
    deal.slots = [who, WORD] if who else []
    right = [(row, cells["tickets_true_queue"][row]) for row in rows]
    deal.task = {
        "queues": tuple(right),
        "urgencies": tuple((row, rule[queue][0]) for row, queue in right),
        "taken": tuple((row, me if rule[queue][1] else -1) for row, queue in right),
        "decoys": tuple(others[:COUNTED]),
    }


def _comes_in(deal: Deal) -> None:
    """Let customers open tickets while the agent works."""
    dice, tick = deal.dice, deal.dice.between(5, 25)
    for row in dice.sample(deal.rows("customers"), 2):
        summary, description = dice.pick(NEWS)
        name, mail = (deal.cell("customers", row, f"contact_{part}") for part in ("name", "address"))
        asks = {"summary": summary, "requester": name, "requester_mail": mail, "description": description}
        order = Order("ticket_open", (*asks.items(), ("account", row), ("queue", UNSORTED)))
        deal.agenda.append((tick, mail, order))
        tick += dice.between(5, 20)


def _told(deal: Deal, me: int, rule: Rule) -> str:
    """Put the rule into a colleague's ticket, with others that say otherwise; returns the colleague's name."""
    dice = deal.dice
    writer, other = dice.sample([row for row in deal.rows("agents") if row != me], 2)
    now, before = dice.between(4, 8), dice.between(10, 20)
    notes = []
    for agent, days, how in ((writer, now, rule), (writer, before, _rule(deal)), (other, 3, _rule(deal))):
        text = dice.pick(TELLS).format(rule=_in_words(how, "\n"))
        name, mail = (deal.cell("agents", agent, f"agent_{what}") for what in ("name", "mail"))
        notes.append(Note(name, mail, day_after(deal.today, -days), dice.pick(SUMMARIES), text, me, closed=True))
    filed(deal, notes)
    return str(deal.cell("agents", writer, "agent_name"))


def _share(what: str, column: str) -> Check:
    def test(outcome: Outcome) -> float:
        right = [outcome.cell("tickets", row, column) == want for row, want in outcome.task[what]]
        return sum(right) / len(right)

    return Check(what, "goal", test)


def _writes(outcome: Outcome) -> tuple[Write, ...]:
    rows = tuple(row for row, _ in outcome.task["queues"])
    taken = tuple(row for row, agent in outcome.task["taken"] if agent >= 0)
    return Write("tickets", ("queue", "urgency"), rows), Write("tickets", ("assignee", "stage"), taken)


# -- by hand -----------------------------------------------------------------------------------------------------------
READ_AS = (
    ("supplier_bills", r"\bBILL-[0-9]"),
    ("order_questions", r"\A(?!.*\bSO-[0-9])"),
    ("goods_back", r"\b(return|back)\b"),
    ("order_questions", r"cancel|no(t| longer) need|off your list|call off|kindly stop|stop SO-|waiting for SO-"),
    ("order_questions", r"still right for|was to come to|tell us whether|needs SO-|planned with SO-"),
)
"""How a reader tells the kind of a ticket of a customer or supplier; what fits none is a complaint."""


def kind_of(text: str) -> str:
    """The queue of what a customer or supplier has written."""
    how = re.IGNORECASE | re.DOTALL
    return next((kind for kind, signs in READ_AS if re.search(signs, text, how)), "complaints")


def rule_of(text: str) -> Rule:
    """The rule that a text lays down."""
    found = []
    for name in NAMES:
        said = re.search(rf"\b{name}: (\w+), ({'|'.join(TAKEN)})", text)
        assert said
        found.append((URGENCIES.index(said[1]), said[2] == TAKEN[True]))
    return tuple(found)


def _solved(hands: Hands, task: Task | None) -> None:
    text = hands.goal
    hands.go("help_desk")
    house = str(hands.rows()[0]["agent_mail"]).split("@")[1]
    if hands.view.slots:
        who, word = hands.view.slots
        hands.go("put_away")
        hands.search(word)
        hands.open_where(lambda row: row["requester"] == who)
        text = hands.read("description")
    rule = rule_of(text)
    hands.go("to_be_taken")
    hands.narrow("queue", "anything_else")
    while True:
        todo = [row for row in hands.rows() if row["opened_on"] < hands.today]
        if todo:
            hands.open(todo[0])
            _sorted(hands, house, rule)
            hands.back()
        elif hands.has("next"):
            hands.click("next")
        else:
            break
    hands.answer()


def _sorted(hands: Hands, house: str, rule: Rule) -> None:
    """Sort the ticket on the screen."""
    text = f"{hands.read('summary')}\n{hands.read('description')}"
    kind = "inside_matters" if hands.read("requester_mail").endswith(f"@{house}") else kind_of(text)
    urgency, take = rule[KINDS.index(kind)]
    hands.press("sort_ticket")
    hands.choose("queue", kind)
    hands.choose("urgency", URGENCIES[urgency])
    hands.save()
    if take:
        hands.press("take_ticket")


TRIAGE_QUEUE = Template(
    name="triage_queue",
    archetype="triage many",
    occupation="43",  # customer service representatives, 43-4051
    apps=("tickets",),
    hidden=("H1", "H2", "H3", "H6"),
    levels=(2, 3),
    faces=("flat", "text"),
    budget={"small": 200, "full": 340},
    log=_logged,
    deal=_dealt,
    checks=(_share("queues", "queue"), _share("urgencies", "urgency"), _share("taken", "assignee")),
    writes=_writes,
    solve=_solved,
    office="twins",
)

TWIN_JOBS = (TRIAGE_QUEUE,)
