"""Policies: the company's rules, several revisions of each. Nobody writes them here."""

from __future__ import annotations

from typing import Any

from ..company.letters import policy_pages
from ..company.model import TOPICS, Company
from ..dice import Dice
from ..schema import App, Column, DetailView, ListView, Table
from .words import with_shared

__all__ = ["POLICIES", "STATES", "rows"]

STATES = ("current", "superseded", "announced")
CURRENT, SUPERSEDED, ANNOUNCED = range(3)

_POLICIES = Table(
    "policies",
    "policy_title",
    (
        Column("policy_title", "text"),
        Column("topic", "enum", TOPICS),
        Column("effective", "date", doc="first day in force"),
        Column("policy_state", "enum", STATES, doc="state displayed, which may be stale,"),
        Column("text", "text"),
        Column("revision", "int"),
    ),
)
_VIEWS = (
    ListView(
        "policy_list",
        "policies",
        ("policy_title", "topic", "effective", "policy_state", "revision"),
        opens="policy",
        sort="-effective -revision",
        filters=("topic", "policy_state"),
        search=("policy_title", "text"),
    ),
    DetailView("policy", "policies", ("policy_title", "topic", "effective", "policy_state", "revision", "text")),
)
_WORDS = {
    "policies": ("Policies", "Rules", "Guidelines", "House rules"),
    "policy_list": ("All policies", "Policy list", "Rule book", "Compendium"),
    "policy": ("Policy", "Rule", "Guideline", "Ordinance"),
    "policy_title": ("Title", "Policy title", "Headline", "Caption"),
    "topic": ("Topic", "Subject", "Area", "Matter"),
    "effective": ("Effective", "Effective from", "In force from", "Valid as of"),
    "policy_state": ("State", "Status", "Validity", "Force"),
    "current": ("Current", "In force", "Valid now", "Extant"),
    "superseded": ("Superseded", "Replaced", "Outdated", "Repealed"),
    "announced": ("Announced", "Not yet in force", "Coming", "Promulgated"),
    "text": ("Text", "Wording", "What it says", "Provisions"),
    "revision": ("Revision", "Version", "Edition", "Recension"),
    "refunds": ("Refunds", "Money back", "Refunding", "Reimbursement"),
    "returns": ("Returns", "Returned goods", "Goods sent back", "Goods restituted"),
    "approvals": ("Approvals", "Who may approve", "Sign-off", "Sanctions"),
    "shipping": ("Shipping", "Delivery", "Dispatch", "Carriage"),
    "meetings": ("Meetings", "Appointments", "Holding meetings", "Convocations"),
    "discounts": ("Discounts", "Price reductions", "Rebates", "Abatements"),
    "privacy": ("Privacy", "Data protection", "Personal data", "Confidentiality"),
}
POLICIES = App("policies", (_POLICIES,), _VIEWS, (), with_shared(_WORDS, ("credit",)))


# -- the projection of the log -----------------------------------------------------------------------------------------
def rows(company: Company, dice: Dice) -> dict[str, list[Any]]:
    """The columns of policies."""
    pages = policy_pages(company, dice)
    in_force: dict[int, int] = {}
    for page in pages:
        if page.effective <= company.today and page.effective >= in_force.get(page.topic, page.effective):
            in_force[page.topic] = page.effective

    def state(topic: int, effective: int) -> int:
        if effective > company.today:
            return ANNOUNCED
        return CURRENT if effective == in_force[topic] else SUPERSEDED

    return {
        "policies_policy_title": [page.title for page in pages],
        "policies_topic": [page.topic for page in pages],
        "policies_effective": [page.effective for page in pages],
        "policies_policy_state": [state(page.topic, page.effective) for page in pages],
        "policies_text": [page.text for page in pages],
        "policies_revision": [page.revision for page in pages],
    }
