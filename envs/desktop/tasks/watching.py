"""Watch an order until something happens to it, and only then act, as what has happened calls for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..company.model import ORDER_STATUSES
from ..hands import Hands, Row
from ..store import AGENT, Order
from ..verify import Check, Outcome, Write
from .base import Deal, Template
from .redirecting import noted

__all__ = ["WATCHING"]

CONFIRMED, SHIPPED, ON_HOLD = map(ORDER_STATUSES.index, ("confirmed", "shipped", "on_hold"))
WAREHOUSE = "warehouse"
"""The actor who ships orders and holds them."""
EARLIEST, LATEST = 16, 44
"""Ticks between which it happens."""
BAITS = 2
"""Other orders to which something happens before."""

LEFT = (
    *("Told the customer: on its way", "Customer informed of dispatch", "Left us, invoice to follow"),
    *("Ask the carrier for the time slot", "Sent off, check arrival", "On the road, call the site"),
)
STOPPED = (
    *("Ask warehouse what is missing", "Stopped, find another date", "Call the customer about the delay"),
    *("Held up, ask for the reason", "Not sent, tell sales", "Look for another carrier"),
)
GOALS = {
    2: (
        "Order {number} leaves our warehouse today, or is put on hold there. Watch it. Once it is shipped, set its "
        'note to "{left}"; if it is put on hold instead, to "{stopped}". Write nothing before it has happened.',
        "Keep an eye on order {number}, which is still confirmed. As soon as its status is shipped, its note has to "
        'read "{left}"; should it be put on hold, "{stopped}". Do not touch the note before the status has changed.',
        "Wait until the warehouse has decided on order {number}: it will be shipped or put on hold. Only after that "
        'replace its note: by "{left}" if it was shipped, by "{stopped}" if it is on hold.',
    ),
    3: (
        "{customer} have a confirmed order of {quantity} x {item}. It leaves our warehouse today, or is put on hold "
        'there. Watch it. Once it is shipped, set its note to "{left}"; if it is put on hold instead, set its note to '
        '"{stopped}". Write nothing before it has happened.',
        "Keep an eye on what {customer} have ordered: {quantity} x {item}, confirmed so far. As soon as the status of "
        'that order is shipped, its note has to read "{left}"; should it be put on hold, "{stopped}". Do not touch the '
        "note before the status has changed.",
        "Wait until the warehouse has decided on the confirmed order of {customer} for {quantity} x {item}: it will be "
        'shipped or put on hold. Only after that replace its note: by "{left}" if it was shipped, by "{stopped}" if it '
        "is on hold.",
    ),
}


def _dealt(deal: Deal, level: int) -> None:
    dice, task = deal.dice, deal.task

    def about(row: int) -> tuple[Any, ...]:
        return tuple(deal.cell("orders", row, name) for name in ("customer", "quantity", "item"))

    active = deal.option("customers", "standing", "active")
    waiting = deal.find(
        "orders",
        order_status=CONFIRMED,
        customer=lambda customer: deal.cell("customers", customer, "standing") == active,
    )
    every = [about(row) for row in deal.find("orders", order_status=(CONFIRMED, SHIPPED, ON_HOLD).__contains__)]
    row = dice.pick([row for row in waiting if every.count(about(row)) == 1])
    number = int(deal.cell("orders", row, "order_number")[3:])
    near = sorted(
        (other for other in waiting if other != row),
        key=lambda other: abs(int(deal.cell("orders", other, "order_number")[3:]) - number),
    )[:BAITS]
    shipped = dice.flip(0.5)
    tick = dice.between(EARLIEST, LATEST)
    for other, before in zip(near, dice.sample(range(3, tick - 2), len(near)), strict=True):
        deal.agenda.append((before, WAREHOUSE, _becomes(other, not shipped)))
    deal.agenda.append((tick, WAREHOUSE, _becomes(row, shipped)))
    left, stopped = dice.pick(LEFT), dice.pick(STOPPED)
    said = {"number": deal.cell("orders", row, "order_number"), "left": left, "stopped": stopped}
    customer, said["quantity"], said["item"] = about(row)
    said["customer"] = deal.cell("customers", customer, "customer_name")
    deal.goal = dice.pick(GOALS[level]).format(**said)
    deal.slots = [said["number"] if level == 2 else said["customer"], left, stopped]
    if level == 3:
        deal.slots += [str(said["quantity"]), said["item"]]
    task |= {"row": row, "tick": tick, "note": left if shipped else stopped, "number": said["number"]}
    task["decoys"] = (stopped if shipped else left, *near)


def _becomes(row: int, shipped: bool) -> Order:
    return Order("order_status", (("id", row), ("status", "shipped" if shipped else "on_hold")))


def _noted(outcome: Outcome) -> float:
    return float(noted(outcome, outcome.task["row"], outcome.task["note"]))


def _waited(outcome: Outcome) -> float:
    """Whether the agent wrote to the order at all, and never before it was decided on."""
    row = outcome.task["row"]
    ticks = [e.tick for e in outcome.state.journal if e.actor == AGENT and (e.table, e.row) == ("orders", row)]
    return float(bool(ticks) and min(ticks) > outcome.task["tick"])


def _writes(outcome: Outcome) -> tuple[Write, ...]:
    return (Write("orders", ("order_note",), (outcome.task["row"],)),)


def _solved(hands: Hands, task: Mapping[str, Any] | None) -> None:
    known, left, stopped, *thing = hands.view.slots
    hands.go("order_list")
    if not thing:
        hands.search(known)
        hands.open_where(lambda row: row["order_number"] == known)
    else:
        quantity, item = thing

        def may_be(row: Row) -> bool:
            return bool(row["customer"] == known and row["order_status"] in ("confirmed", "shipped", "on_hold"))

        hands.search(known)
        for place in range(len([row for row in hands.rows() if may_be(row)])):
            hands.open([row for row in hands.rows() if may_be(row)][place])
            if (str(hands.read("quantity")), hands.read("item")) == (quantity, item):
                break
            hands.back()
    while (status := hands.read("order_status")) == "confirmed":
        hands.do("noop")
    hands.press("add_note")
    hands.fill("note", left if status == "shipped" else stopped)
    hands.save()
    hands.answer()


WAIT_FOR_SHIPMENT = Template(
    name="wait_for_shipment",
    archetype="monitor and react",
    occupation="53",  # supervisors of transportation workers, 53-1047
    apps=("orders",),
    hidden=("H1", "H6"),
    levels=(2, 3),
    faces=("flat", "text"),
    budget={"small": 140, "full": 140},
    deal=_dealt,
    checks=(Check("note", "goal", _noted), Check("waited", "goal", _waited)),
    writes=_writes,
    solve=_solved,
)

WATCHING = (WAIT_FOR_SHIPMENT,)
