"""Set a customer's credit limit and terms by the policy in force, whatever state the software shows for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..company.dates import money
from ..company.model import TIERS, TOPICS
from ..hands import Hands, Row
from ..skin import parse_money
from ..verify import Check, Outcome, Write
from .base import Deal, Template
from .books import mixed

__all__ = ["CREDITS"]

Task = Mapping[str, Any]

TITLES = (
    "Credit limits and days to pay",
    "Customer credit: limits and terms",
    "Limits and terms by customer tier",
    "Granting credit: limits for customers",
)
"""Each holds the word that the oracle, and a person, would search for."""
WORD = "limits"
LIMITS = (
    (150_000, 200_000, 250_000, 300_000, 400_000),
    (600_000, 750_000, 900_000, 1_000_000, 1_200_000),
    (1_800_000, 2_200_000, 2_500_000, 3_000_000, 4_000_000),
    (50_000, 75_000, 100_000, 125_000),
)
TERMS = ((10, 14, 20), (21, 25, 30), (40, 45, 60), (5, 7, 8))
"""What revisions choose from, by tier, and for those who pay late."""
LATE = (5, 10, 15, 20, 25, 30)
OPENINGS = (
    "The tier on the customer's record decides.",
    "We grant credit by tier.",
    "Every customer has a limit and a term by its tier.",
)
CLAUSES = (
    "%(tier)s: credit limit %(limit)s, %(terms)s days to pay.",
    "%(tier)s customers: up to %(limit)s and %(terms)s days to pay.",
    "%(tier)s: %(limit)s at most, payable within %(terms)s days.",
)
EXCEPTIONS = (
    "Exception: who has an invoice that is not settled and was payable more than %(late)s days ago gets a limit of "
    "%(limit)s and %(terms)s days to pay, in every tier.",
    "Whoever has an unsettled invoice more than %(late)s days past its last day to pay is limited to %(limit)s with "
    "%(terms)s days to pay, whatever the tier.",
    "If an invoice of the customer is unsettled and more than %(late)s days overdue, the limit is %(limit)s and there "
    "are %(terms)s days to pay; the tier does not count then.",
)
CLOSINGS = (
    "A revision holds from its effective date until the next one takes effect.",
    "What counts is the effective date: the last revision that has taken effect holds.",
    "This revision holds from its effective date on and replaces all before it.",
)


class Rule(NamedTuple):
    """A revision: limit and days to pay by tier, and last for who has not paid for more than `late` days."""

    limits: tuple[int, ...]
    terms: tuple[int, ...]
    late: int

    def grants(self, tier: int, overdue: int) -> tuple[int, int]:
        """Limit and days to pay of a customer whose oldest unsettled invoice is so many days overdue."""
        place = len(TIERS) if overdue > self.late else tier
        return self.limits[place], self.terms[place]


GOALS = {
    2: (
        'Set credit limit and days to pay of {customer} to what the policy "{title}" that is in force today lays down '
        "for them. The effective date says what is in force.",
        "Open the record of the customer {customer} and bring credit limit and days to pay in line with our policy "
        '"{title}", in the revision that holds today by its effective date.',
        'The policy "{title}" has been revised more than once. By the revision in force today (go by effective dates), '
        "correct the credit limit and the days to pay of {customer}.",
    ),
    3: (
        "{customer} wants to know what credit we grant them. Bring credit limit and days to pay on their record "
        "in line with our rules as they are in force today.",
        "The record of {customer} has not been looked at for a while. Give them the credit limit and the days to pay "
        "that our policies prescribe today.",
        "An auditor says that credit limit and days to pay of {customer} break our own rules. Correct both to what the "
        "rules in force today say.",
    ),
}


def _dealt(deal: Deal, level: int) -> None:
    dice, title = deal.dice, deal.dice.pick(TITLES)
    late, rows = _overdue(deal), deal.rows("customers")
    owing = [row for row in rows if late.get(deal.cell("customers", row, "customer_name"), 0) > LATE[0]]
    row = dice.pick(owing if owing and dice.flip(0.5) else rows)
    name, tier = (deal.cell("customers", row, column) for column in ("customer_name", "tier"))
    overdue = late.get(name, 0)
    had = deal.cell("customers", row, "credit_limit"), deal.cell("customers", row, "terms")
    while True:
        rules = _rules(deal, overdue)
        granted = [rule.grants(tier, overdue) for rule in rules]
        limit, terms = granted[2]
        if limit != had[0] and terms != had[1] and all(g[0] != limit and g[1] != terms for g in granted[1:4:2]):
            break
    _issue(deal, title, rules)
    deal.goal = dice.pick(GOALS[level]).format(customer=name, title=title)
    deal.slots = [name, title] if level == 2 else [name]
    deal.task = {
        "row": row,
        "customer": name,
        "limit": limit,
        "terms": terms,
        "decoys": tuple(g for g in (*granted, rules[2].grants(tier, 0), rules[2].grants(tier, 999)) if g != granted[2]),
    }


def _overdue(deal: Deal) -> dict[str, int]:
    """By customer, days since the oldest unsettled invoice was payable, where it is no longer."""
    cells = deal.columns
    found: dict[str, int] = {}
    invoice = deal.option("documents", "document_type", "invoice")
    settled = [deal.option("documents", "document_status", name) for name in ("paid", "posted")]
    names = ("document_type", "document_status", "party", "payable")
    for kind, status, party, payable in zip(*(cells[f"documents_{name}"] for name in names), strict=True):
        if kind == invoice and status not in settled and payable < deal.today:
            found[party] = max(found.get(party, 0), deal.today - payable)
    return found


def _rules(deal: Deal, overdue: int) -> list[Rule]:
    """Four revisions: two that are over, one in force, one to come. No limit of days is near what is at stake."""
    pick = deal.dice.pick
    late = [days for days in LATE if abs(days - overdue) > 1]
    return [Rule(tuple(map(pick, LIMITS)), tuple(map(pick, TERMS)), pick(late)) for _ in range(4)]


def _issue(deal: Deal, title: str, rules: list[Rule]) -> None:
    """Put the revisions on the policies' pages; what state these show is right or not."""
    dice, today = deal.dice, deal.today
    now = today - dice.between(2, 25)
    second = now - dice.between(30, 60)
    days = (second - dice.between(30, 60), second, now, today + dice.between(3, 20))
    states = dice.pick(SHOWN)
    sentences = [dice.pick(part) for part in (OPENINGS, CLAUSES, EXCEPTIONS, CLOSINGS)]
    for k, (rule, day, state) in enumerate(zip(rules, days, states, strict=True)):
        deal.add(
            "policies",
            policy_title=title,
            topic=TOPICS.index("credit"),
            effective=day,
            policy_state=deal.option("policies", "policy_state", state),
            text=_worded(rule, *sentences),
            revision=k + 1,
        )
    mixed(deal, "policies")


SHOWN = (
    ("superseded", "superseded", "current", "announced"),
    ("superseded", "current", "announced", "announced"),
    ("superseded", "superseded", "superseded", "current"),
    ("superseded", "current", "superseded", "announced"),
)
"""States as they are displayed: right, not brought up to date, ahead of time, mixed up."""


def _worded(rule: Rule, opening: str, clause: str, exception: str, closing: str) -> str:
    clauses = [
        clause % {"tier": tier.title(), "limit": money(limit), "terms": terms}
        for tier, limit, terms in zip(TIERS, rule.limits, rule.terms, strict=False)
    ]
    special = exception % {"late": rule.late, "limit": money(rule.limits[-1]), "terms": rule.terms[-1]}
    return " ".join((opening, *clauses, special, closing))


_FIGURES = re.compile(r"(Standard|Silver|Gold)[^.]*?([0-9]+\.[0-9]{2})[^.]*?([0-9]+) days")
_DAYS, _AMOUNT = re.compile(r"more than ([0-9]+) days"), re.compile(r"[0-9]+\.[0-9]{2}")


def read_rule(text: str) -> Rule | None:
    """A revision as it is worded; None if this is no such policy."""
    found = {tier.casefold(): (limit, terms) for tier, limit, terms in _FIGURES.findall(text)}
    late = _DAYS.search(text)
    if set(found) != set(TIERS) or not late:
        return None
    sentence = next(part for part in re.split(r"(?<=[a-z])\. ", text) if late[0] in part)
    limit, terms = _AMOUNT.search(sentence), re.findall(r"([0-9]+) days to pay", sentence)
    if limit is None or not terms:
        return None
    limits = [parse_money(found[tier][0]) for tier in TIERS] + [parse_money(limit[0])]
    days = [int(found[tier][1]) for tier in TIERS] + [int(terms[-1])]
    return Rule(tuple(cents or 0 for cents in limits), tuple(days), int(late[1]))


# -- what is verified --------------------------------------------------------------------------------------------------
def _is(column: str, wanted: str) -> Check:
    def test(outcome: Outcome) -> float:
        return float(outcome.cell("customers", outcome.task["row"], column) == outcome.task[wanted])

    return Check(wanted, "goal", test)


def _writes(outcome: Outcome) -> tuple[Write, ...]:
    return (Write("customers", ("credit_limit", "terms"), (outcome.task["row"],)),)


# -- by hand -----------------------------------------------------------------------------------------------------------
def _solved(hands: Hands, task: Task | None) -> None:
    name = hands.view.slots[0]
    if task:
        limit, terms = task["limit"], task["terms"]
        hands.go("customer_list")
        _open_customer(hands, name)
    else:
        rule = _rule_in_force(hands)
        overdue = _look_up_overdue(hands, name)
        hands.go("customer_list")
        _open_customer(hands, name)
        limit, terms = rule.grants(TIERS.index(hands.read("tier")), overdue)
    hands.press("change_customer")
    hands.fill("credit_limit", money(limit))
    hands.fill("terms", str(terms))
    hands.save()
    hands.answer()


def _open_customer(hands: Hands, name: str) -> None:
    hands.search(name)
    hands.open_where(lambda row: row["customer_name"] == name)


def _rule_in_force(hands: Hands) -> Rule:
    """Read the policies about limits that have taken effect, the latest first."""
    hands.go("policy_list")
    hands.search(WORD)
    seen: set[tuple[str, int]] = set()

    def takes_part(row: Row) -> bool:
        return row["effective"] <= hands.today and (row["policy_title"], row["revision"]) not in seen

    while True:
        row = hands.open_where(takes_part)
        if rule := read_rule(hands.read("text")):
            return rule
        seen.add((row["policy_title"], row["revision"]))
        hands.back()


def _look_up_overdue(hands: Hands, name: str) -> int:
    """Days since the oldest unsettled invoice was payable."""
    hands.go("due_list")
    hands.search(name)
    hands.narrow("document_type", "invoice")
    return max([0, *(hands.today - row["payable"] for row in hands.every_row() if row["party"] == name)])


CREDIT_LIMIT = Template(
    name="credit_limit",
    archetype="update under a rule",
    occupation="13",  # credit analysts, 13-2041
    apps=("policies", "ledger", "orders"),
    hidden=("H1", "H3", "H4"),
    levels=(2, 3),
    faces=("text",),
    budget={"small": 60, "full": 60},
    deal=_dealt,
    checks=(_is("credit_limit", "limit"), _is("terms", "terms")),
    writes=_writes,
    solve=_solved,
)

CREDITS = (CREDIT_LIMIT,)
