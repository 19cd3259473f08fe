"""What the orders software can be told."""

from __future__ import annotations

from ..company.model import ORDER_STATUSES, PRIORITIES, TIERS
from ..schema import Command
from ..store import Draft, Refused
from .checks import Given, day, known, line, number, option, record, write

__all__ = ["COMMANDS", "NEXT", "STANDINGS"]

STANDINGS = ("active", "on_hold")
ACTIVE, HELD = range(2)
MOST, DEAREST = 9_999, 100_000_000
"""Pieces of an order, and cents of a price or limit."""
NEXT = {
    "open": ("confirmed", "on_hold", "cancelled"),
    "confirmed": ("on_hold", "shipped", "cancelled"),
    "on_hold": ("open", "cancelled"),
    "shipped": ("delivered",),
    "delivered": ("returned",),
    "cancelled": (),
    "returned": (),
}
"""What an order can become, by what it is."""
NEEDS_STANDING = ("confirmed", "shipped")
"""What an order becomes only if its customer is not on hold."""
CHANGEABLE = ("open", "confirmed", "on_hold")


def _status(draft: Draft, row: int) -> str:
    return ORDER_STATUSES[draft.get("orders", row, "order_status")]


def _become(draft: Draft, row: int, status: int) -> None:
    name = ORDER_STATUSES[status]
    if name not in NEXT[_status(draft, row)]:
        raise Refused("not_allowed")
    standing = draft.get("customers", draft.get("orders", row, "customer"), "standing")
    if name in NEEDS_STANDING and standing == HELD:
        raise Refused("not_allowed", "customer")
    write(draft, "orders", row, order_status=status)


def _set_status(draft: Draft, given: Given) -> None:
    _become(draft, record(draft, given, "id", "orders"), option(ORDER_STATUSES, given, "status"))


def _cancel(draft: Draft, given: Given) -> None:
    _become(draft, record(draft, given, "id", "orders"), ORDER_STATUSES.index("cancelled"))


def _new_number(draft: Draft) -> str:
    """The number after the highest one."""
    numbers = (draft.get("orders", row, "order_number") for row in range(draft.size("orders")))
    return f"SO-{1 + max((int(number[3:]) for number in numbers), default=1000)}"


def _create(draft: Draft, given: Given) -> None:
    customer = record(draft, given, "customer", "customers")
    if draft.get("customers", customer, "standing") == HELD:
        raise Refused("not_allowed", "customer")
    item = known(draft, "items", "sku", line(given, "sku"), "sku")
    quantity, due = number(given, "quantity", 1, MOST), day(draft, given, "due")
    price = number(given, "unit_price", 1, DEAREST, default=draft.get("items", item, "unit_price"))
    draft.add(
        "orders",
        order_number=_new_number(draft),
        customer=customer,
        item=draft.get("items", item, "item"),
        sku=draft.get("items", item, "sku"),
        quantity=quantity,
        unit_price=price,
        order_total=quantity * price,
        ordered=draft.today,
        due=due,
        order_status=ORDER_STATUSES.index("open"),
        ship_city=line(given, "ship_city", required=False) or draft.get("customers", customer, "customer_city"),
        carrier=0,
        tracking="",
        order_note="",
        priority=option(PRIORITIES, given, "priority", "normal"),
        true_due=due,
    )


def _change(draft: Draft, given: Given) -> None:
    row = record(draft, given, "id", "orders")
    if _status(draft, row) not in CHANGEABLE:
        raise Refused("not_allowed")
    quantity = number(given, "quantity", 1, MOST)
    write(
        draft,
        "orders",
        row,
        quantity=quantity,
        order_total=quantity * draft.get("orders", row, "unit_price"),
        due=day(draft, given, "due", was=draft.get("orders", row, "due")),
        ship_city=line(given, "ship_city"),
        priority=option(PRIORITIES, given, "priority"),
    )


def _note(draft: Draft, given: Given) -> None:
    write(draft, "orders", record(draft, given, "id", "orders"), order_note=line(given, "note"))


def _change_customer(draft: Draft, given: Given) -> None:
    write(
        draft,
        "customers",
        record(draft, given, "id", "customers"),
        credit_limit=number(given, "credit_limit", 0, DEAREST),
        terms=number(given, "terms", 0, 180),
        tier=option(TIERS, given, "tier"),
        remark=line(given, "remark", required=False),
    )


def _hold(draft: Draft, given: Given) -> None:
    write(draft, "customers", record(draft, given, "id", "customers"), standing=HELD)


def _release(draft: Draft, given: Given) -> None:
    write(draft, "customers", record(draft, given, "id", "customers"), standing=ACTIVE)


COMMANDS = (
    Command("order_create", _create, reversible=False, done="saved"),
    Command("order_change", _change, done="saved"),
    Command("order_status", _set_status),
    Command("order_cancel", _cancel, severity=3, confirm=True),
    Command("order_note", _note, done="saved"),
    Command("customer_change", _change_customer, done="saved"),
    Command("customer_hold", _hold),
    Command("customer_release", _release),
)
