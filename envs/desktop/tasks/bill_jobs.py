"""Match the bills of a supplier whose price lists have come to the help desk: the twin of matching them by mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..apps.ticket_desk import TEAMS
from ..hands import Hands
from ..verify import Check
from .base import Deal, Template
from .bills import Prices, as_matched, billed, decide, lists, prices_of, title_in_force, to_match, writes
from .filing import Note, filed
from .ledgers import whole

__all__ = ["BILL_JOBS"]

GOALS = {
    2: (
        "Check all pending bills of {supplier}. A bill is right if the order it refers to has the status delivered and "
        "its amount is the quantity of that order times the price of the article in the supplier's price list that is "
        "valid today; the list came to the help desk as a ticket. Approve the bills that are right and put all others "
        "on hold.",
        "Approve every pending bill of {supplier} whose order has been delivered (status) and whose amount is the "
        "order's quantity times the price in {supplier}'s price list, sent to us as a ticket, that holds today. Every "
        "other pending bill of theirs goes on hold.",
        "Each pending bill of {supplier} refers to an order. Where that order is delivered and quantity times price "
        "makes the amount billed, approve the bill; else put it on hold. The price is the one in their list, which "
        "they put to the help desk, that is in force today, not an older or a later one.",
    ),
    3: (
        "Go through the pending bills of {supplier}: approve what has been delivered and is billed at the prices of "
        "their price list in force today for the quantity ordered. Put the rest on hold.",
        "{supplier} wants its money. Match every pending bill of theirs with the order it refers to, with its "
        "delivery, and with the price list of theirs that holds today. Those that agree in everything are approved, "
        "those that do not are put on hold.",
        "Do the three-way match for {supplier}: order, delivery, bill. Quantity is the order's, price the one of their "
        "price list in force today. Approve all pending bills that match, and put all those on hold that do not.",
    ),
}
ACCOUNTS = TEAMS.index("accounts_team")
WORD = "price"
"""Stands in every list, and is what one would search for."""


def _dealt(deal: Deal, level: int) -> None:
    dice, notes = deal.dice, []
    desk = [row for row in deal.rows("agents") if deal.cell("agents", row, "team") == ACCOUNTS]
    for supplier, (day, _), subject, text in dice.shuffled(lists(deal)):
        person = deal.company.people[supplier]
        text = text[0].upper() + text[1:]
        notes.append(Note(person.name, person.mail, day, subject, text, dice.pick(desk), True, "supplier_bills"))
    filed(deal, notes)
    to_match(deal, GOALS[level])


def _solved(hands: Hands, task: Mapping[str, Any] | None) -> None:
    decide(hands, task, _prices_in_force)


def _prices_in_force(hands: Hands, supplier: str) -> Prices:
    whole(hands, "put_away")
    hands.search(WORD)
    summary = title_in_force([row["summary"] for row in hands.every_row()], supplier, hands.today)
    whole(hands, "put_away")
    hands.search(WORD)
    hands.open_where(lambda row: row["summary"] == summary)
    return prices_of(hands.read("description"))


MATCH_TICKETS = Template(
    name="match_tickets",
    archetype="reconcile two sources",
    occupation="13",  # accountants and auditors, 13-2011
    apps=("tickets", "ledger", "orders"),
    hidden=("H1", "H2", "H3"),
    levels=(2, 3),
    faces=("text",),
    budget={"small": 210, "full": 320},
    log=billed,
    deal=_dealt,
    checks=(Check("matched", "goal", as_matched),),
    writes=writes,
    solve=_solved,
    office="twins",
)

BILL_JOBS = (MATCH_TICKETS,)
