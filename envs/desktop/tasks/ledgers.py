"""Work on one document of the ledger: approve it, put it on hold, dispute it, release it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..hands import Hands
from ..verify import Check, Outcome, Write
from .base import Deal, Template
from .books import Billing, add_bills, days_after, unbilled

__all__ = ["LEDGERS", "decided", "to_document", "whole"]

Task = Mapping[str, Any]


def whole(hands: Hands, view: str) -> None:
    """Go to a list, and show all of it."""
    hands.go(view)
    if hands.has("clear"):
        hands.click("clear")


def to_document(hands: Hands, number: str) -> None:
    """Open a document by its number."""
    whole(hands, "document_list")
    hands.search(number)
    hands.open_where(lambda row: row["document_number"] == number)


def decided(outcome: Outcome, row: int, status: str) -> bool:
    """Whether a document has come to this status."""
    return bool(
        outcome.cell("documents", row, "document_status") == outcome.option("documents", "document_status", status)
    )


# -- approve a bill ----------------------------------------------------------------------------------------------------
APPROVE = {
    1: (
        "Approve bill {number} of {party}. Open Ledger, search for {number}, open the bill and press Approve.",
        "Bill {number} from {party} has to be approved: go to Ledger, type {number} into the search box, open the "
        "bill, press Approve.",
        "In Ledger, find {number} by the search box and open it. It is a bill of {party}; approve it with the button "
        "Approve.",
        "Please approve {party}'s bill {number}. You find it in Ledger if you search for {number}; the button on its "
        "page is called Approve.",
    ),
    2: (
        "Please approve bill {number} of {party}.",
        "{party} is waiting for its money. Bill {number} is right, so approve it.",
        "I have checked bill {number} from {party}. Give it your approval, and leave all others alone.",
        "The bill with the number {number}, from {party}, can be approved. Only this one, please.",
    ),
}


def _bills_logged(deal: Deal, level: int) -> None:
    """Four more bills that wait for approval."""
    deal.company = add_bills(deal.company, deal.dice, _bills(deal, ("open",) * 4))


def _bills(deal: Deal, statuses: tuple[str, ...]) -> list[Billing]:
    """One bill for each status, for orders without one; a disputed one has too high a price."""
    company, dice = deal.company, deal.dice
    found = unbilled(company)
    new = []
    for row, status in zip(dice.sample(found, min(len(statuses), len(found))), statuses, strict=False):
        order = company.orders[row]
        cost, reason = company.items[order.item].cost, {"on_hold": "receipt", "disputed": "price"}.get(status, "")
        cost += max(5, cost * dice.between(5, 12) // 100) if reason == "price" else 0
        new.append(Billing(row, dice.pick(days_after(company, row)), order.quantity, cost, status, reason))
    return new


def _approve_dealt(deal: Deal, level: int) -> None:
    bill, open_ = (deal.option("documents", *pair) for pair in (("document_type", "bill"), ("document_status", "open")))
    rows = deal.find("documents", document_type=bill, document_status=open_)
    row = deal.dice.pick(rows)
    number, party = (deal.cell("documents", row, name) for name in ("document_number", "party"))
    deal.goal = deal.dice.pick(APPROVE[level]).format(number=number, party=party)
    deal.slots = [number, party]
    deal.task = {"row": row, "number": number, "status": "success", "decoys": tuple(r for r in rows if r != row)}


def _approved(outcome: Outcome) -> float:
    return float(decided(outcome, outcome.task["row"], "approved"))


def _status_of_target(outcome: Outcome) -> tuple[Write, ...]:
    return (Write("documents", ("document_status",), (outcome.task["row"],)),)


def _approve_solved(hands: Hands, task: Task | None) -> None:
    to_document(hands, hands.view.slots[0])
    hands.press("approve")
    hands.answer()


APPROVE_BILL = Template(
    name="approve_bill",
    archetype="update under a rule",
    occupation="11",  # financial managers, 11-3031
    apps=("ledger",),
    hidden=("H1",),
    levels=(1, 2),
    faces=("flat", "text"),
    budget={"small": 20, "full": 20},
    log=_bills_logged,
    deal=_approve_dealt,
    checks=(Check("approved", "goal", _approved),),
    writes=_status_of_target,
    solve=_approve_solved,
)

# -- hold, dispute or release a document -------------------------------------------------------------------------------
HOLD = {
    ("on_hold", 1): (
        "Put {kind} {number} of {party} on hold. Open Ledger, search for {number}, open it and press Put on hold.",
        "In Ledger, search for {number}, open the {kind} of {party} and press Put on hold.",
        "The {kind} {number} ({party}) has to be put on hold: Ledger, search box, {number}, open, button Put on hold.",
    ),
    ("on_hold", 2): (
        "Please put {kind} {number} of {party} on hold.",
        "There is an open question about {kind} {number} of {party}. Put it on hold until that is cleared.",
        "Nothing should happen with {kind} {number} ({party}) for now: it goes on hold, and only this one.",
    ),
    ("disputed", 1): (
        "Dispute {kind} {number} of {party}. Open Ledger, search for {number}, open it and press Dispute.",
        "In Ledger, search for {number}, open the {kind} of {party} and press Dispute.",
        "The {kind} {number} ({party}) is disputed; say so: Ledger, search box, {number}, open, button Dispute.",
    ),
    ("disputed", 2): (
        "Please mark {kind} {number} of {party} as disputed.",
        "There is a disagreement with {party} about {kind} {number}. Register the dispute in the ledger.",
        "The {kind} {number} ({party}) is contested; its status has to say disputed. Leave all others alone.",
    ),
    ("open", 1): (
        "Release {kind} {number} of {party}. Open Ledger, search for {number}, open it and press Release.",
        "In Ledger, search for {number}, open the {kind} of {party} and press Release.",
        "The {kind} {number} ({party}) has to be released: Ledger, search box, {number}, open, button Release.",
    ),
    ("open", 2): (
        "Please release {kind} {number} of {party}.",
        "The question about {kind} {number} of {party} has been answered. Release it, so that work on it goes on.",
        "Nothing stands against {kind} {number} ({party}) any more: release it, and only this one.",
    ),
}
"""By what becomes of the document, and level."""
BUTTONS = {"on_hold": "hold", "disputed": "dispute", "open": "release"}


def _hold_logged(deal: Deal, level: int) -> None:
    """Four more bills that are on hold or disputed, and one that waits for approval."""
    statuses = ("on_hold", "on_hold", "disputed", "disputed", "open")
    deal.company = add_bills(deal.company, deal.dice, _bills(deal, statuses))


def _hold_dealt(deal: Deal, level: int) -> None:
    becomes = deal.dice.pick(tuple(BUTTONS))
    from_ = ("on_hold", "disputed") if becomes == "open" else ("open",)
    kinds = {deal.option("documents", "document_type", name): name for name in ("invoice", "bill")}
    statuses = tuple(deal.option("documents", "document_status", name) for name in from_)
    rows = deal.find("documents", document_type=kinds.__contains__, document_status=statuses.__contains__)
    row = deal.dice.pick(rows)
    number, party = (deal.cell("documents", row, name) for name in ("document_number", "party"))
    kind = kinds[deal.cell("documents", row, "document_type")]
    deal.goal = deal.dice.pick(HOLD[becomes, level]).format(kind=kind, number=number, party=party)
    deal.slots = [number, party]
    deal.task = {"row": row, "number": number, "becomes": becomes, "decoys": tuple(r for r in rows if r != row)}


def _has_become(outcome: Outcome) -> float:
    return float(decided(outcome, outcome.task["row"], outcome.task["becomes"]))


def _hold_solved(hands: Hands, task: Task | None) -> None:
    said = hands.goal.casefold()
    asked = "open" if "release" in said else "disputed" if "dispute" in said else "on_hold"
    to_document(hands, hands.view.slots[0])
    hands.press(BUTTONS[task["becomes"] if task else asked])
    hands.answer()


HOLD_DOCUMENT = Template(
    name="hold_document",
    archetype="update under a rule",
    occupation="43",  # bookkeeping clerks, 43-3031
    apps=("ledger",),
    hidden=("H1",),
    levels=(1, 2),
    faces=("flat", "text"),
    budget={"small": 20, "full": 20},
    log=_hold_logged,
    deal=_hold_dealt,
    checks=(Check("become", "goal", _has_become),),
    writes=_status_of_target,
    solve=_hold_solved,
)

LEDGERS = (APPROVE_BILL, HOLD_DOCUMENT)
