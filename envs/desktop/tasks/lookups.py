"""Look something up, and answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..hands import Hands
from ..skin import write_date
from ..verify import Check, Outcome, Write
from .base import Deal, Template

__all__ = ["LOOKUPS"]


def no_writes(outcome: Outcome) -> tuple[Write, ...]:
    """The agent may write nothing."""
    return ()


# -- when an order is due ----------------------------------------------------------------------------------------------
def _due_dealt(deal: Deal, level: int) -> None:
    row = deal.dice.pick(deal.rows("orders"))
    number, due = deal.cell("orders", row, "order_number"), deal.cell("orders", row, "due")
    asked = f"On which day is order {number} due?"
    deal.goal = (
        f"{asked} Open Orders, search for {number}, open it and answer with its due date." if level == 1 else asked
    )
    deal.slots = [number]
    deal.task = {"answer": write_date("iso", due), "number": number}


def _due_solved(hands: Hands, task: Mapping[str, Any] | None) -> None:
    number = hands.view.slots[0]
    hands.go("orders_list")
    hands.search(number)
    hands.open_where(lambda row: row["order_number"] == number)
    hands.copy("due")
    hands.answer(hands.written_day(hands.read("due")))


DUE_DATE = Template(
    name="due_date",
    archetype="look up and answer",
    occupation="43",
    apps=("orders",),
    hidden=("H1",),
    levels=(1, 2),
    faces=("flat", "text"),
    budget={"small": 30, "full": 30},
    deal=_due_dealt,
    checks=(Check("answer", "goal", lambda outcome: outcome.says("date", outcome.task["answer"])),),
    writes=no_writes,
    solve=_due_solved,
)

LOOKUPS = (DUE_DATE,)
