"""Judges of tasks about orders: enter one, redirect one, watch one, stop what has been recalled."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .letters import (
    ARTICLE,
    DAY,
    Made,
    alike,
    as_typed,
    carried_out,
    colleague,
    customer,
    letters,
    me,
    numbers,
    option,
    said,
    when,
)
from .reading import only
from .seen import Record, Seen

__all__ = ["ORDERS"]

PRIORITIES = ("normal", "urgent")
CITY = r"[A-Z][\w'-]*(?: [A-Z][\w'-]*)*"


# -- enter an order ----------------------------------------------------------------------------------------------------
def order_from_mail(s: Seen) -> bool:
    """One order stands in the software that did not, with what the goal or the letters say, at list price."""
    buyer = customer(s)
    items = s.before["items"]
    if "price that the software" in s.goal or "Leave the price" in s.goal or "fill in just that" in s.goal:
        wanted = _by_number(s)
    elif re.search(DAY, s.goal):
        wanted = _by_name(s, s.goal)
    else:
        wanted = _by_letter(s, s.before["customers"][buyer]["customer_name"])
    item = items[only(items, sku=wanted["sku"])]
    wanted["unit_price"] = item["unit_price"]
    wanted["order_total"] = item["unit_price"] * wanted["quantity"]
    city = wanted.pop("ship_city")

    def entered(made: Record) -> bool:
        plain = made["order_status"] == "open" and not made["order_note"]
        plain = plain and made["customer"].row == buyer and alike(made["ship_city"], city)
        return plain and all(made[name] == cell for name, cell in wanted.items())

    return carried_out(s, {}, [("orders", entered)])


def _by_number(s: Seen) -> dict[str, Any]:
    """What a goal with an article number asks for."""
    found = {
        "quantity": re.search(r"quantity (\d+)|orders (\d+) of article", s.goal),
        "ship_city": re.search(rf"(?:shipped to|city to ship to) ({CITY})", s.goal),
        "priority": re.search(r"priority ([^.,]+)", s.goal),
    }
    said_of = {name: next(filter(None, hit.groups())) for name, hit in found.items() if hit}
    return {
        "sku": re.findall(ARTICLE, s.goal)[0],
        "quantity": int(said_of["quantity"]),
        "due": when(s.goal)[0],
        "ship_city": said_of["ship_city"],
        "priority": option(s, said_of["priority"], PRIORITIES),
    }


def _named_item(s: Seen, text: str) -> tuple[int, str]:
    """The count and the article number of ``8 x Oak bookcase``, in a text that goes on after it."""
    found = re.search(r"\b(\d+) x (.+)", text)
    assert found
    fits = [one for one in s.before["items"] if re.match(rf"{re.escape(one['item'])}(?!\w)", found[2])]
    return int(found[1]), max(fits, key=lambda one: len(one["item"]))["sku"]


def _by_name(s: Seen, text: str) -> dict[str, Any]:
    """What a goal with the name of an article asks for."""
    quantity, sku = _named_item(s, text)
    city = re.search(rf"(?:shipped to|goes to) ({CITY})| in ({CITY}) by {DAY}", text)
    level = re.search(r"priority ([^.,]+)", text)
    assert city and level
    return {
        "sku": sku,
        "quantity": quantity,
        "due": when(text)[0],
        "ship_city": city[1] or city[2],
        "priority": option(s, level[1], PRIORITIES),
    }


def _entered(s: Seen, mail: Record) -> bool:
    """Whether an order letter has become an order."""
    quantity, sku = _named_item(s, said(mail))
    asked = customer(s), quantity, sku
    return any(
        (one["customer"].row, one["quantity"], one["sku"]) == asked and one["ordered"] >= mail["sent"]
        for one in s.before["orders"]
    )


_GOES_TO = rf"(?:in|to|[Dd]elivery is to) ({CITY})"
_CORRECTS = {
    "quantity": re.compile(r"\b(\d+) pieces\b"),
    "due": re.compile(rf"\b(?:by|should be) ({DAY})"),
    "ship_city": re.compile(rf"(?:deliver to|goods are for|goes to|has to go to|should go to) ({CITY})"),
}


def _by_letter(s: Seen, firm: str) -> dict[str, Any]:
    """What the last letter of a firm orders that nobody has entered, after all corrections."""
    told = letters(s, firm=firm)
    asked = [mail for _, mail in told if re.search(r"\b\d+ x ", said(mail)) and not numbers(said(mail))]
    letter = [mail for mail in asked if not _entered(s, mail)][-1]
    text = said(letter)
    quantity, sku = _named_item(s, text)
    wanted: dict[str, Any] = {
        "sku": sku,
        "quantity": quantity,
        "due": when(text)[0],
        "ship_city": re.findall(_GOES_TO, text)[0],
        "priority": "urgent" if re.search(r"[Uu]rgent|hurry", text) else "normal",
    }
    for _, mail in told:
        later = (mail["sent"], mail["clock"]) > (letter["sent"], letter["clock"])
        if later and mail["subject"] == f"Re: {letter['subject']}":
            for name, form in _CORRECTS.items():
                if found := form.search(said(mail)):
                    right = found[1]
                    wanted[name] = int(right) if name == "quantity" else when(right)[0] if name == "due" else right
            if re.search(r"[Uu]rgent|hurry", said(mail)):
                wanted["priority"] = "urgent"
    return wanted


# -- redirect one ------------------------------------------------------------------------------------------------------
_ASKS = re.compile(
    rf"\b(SO-\d+) (?:still be redirected to|to our site in|should go to|in|has to go to|to) ({CITY})(?=[,.?;]| instead)"
)
_AFTER_ALL = re.compile(rf"\bis ({CITY}) after all|\bbut ({CITY})\.|\bgoes to ({CITY}) and not|\bhas to be ({CITY})\.")
_GOAL_CITY = re.compile(
    rf"delivered to ({CITY}) instead of|is to go to ({CITY}) and not|from {CITY} to ({CITY}), provided"
)
_LATE = re.compile(r"make its note read (.+?),|its note, which becomes: (.+?);|write (.+?) as its note,")
_LEFT = ("shipped", "delivered", "returned")


def change_address(s: Seen) -> bool:
    """An order goes to another city if it is still in the house; else that is noted and reported."""
    if numbers(s.goal):
        number, found = numbers(s.goal)[0], _GOAL_CITY.search(s.goal)
        assert found
        city = next(filter(None, found.groups()))
    else:
        number, city = _redirected(s)
    order = only(s.before["orders"], order_number=number)
    if s.before["orders"][order]["order_status"] in _LEFT:
        note = _LATE.search(s.goal)
        late = next(filter(None, note.groups())) if note else ""
        wanted = as_typed(s, ("orders", order, "order_note"), late) if late else {}
        return carried_out(s, wanted, status="action_not_allowed_error")
    return carried_out(s, as_typed(s, ("orders", order, "ship_city"), city))


def _redirected(s: Seen) -> tuple[str, str]:
    """The order and the city that a customer wants in the end."""
    number = city = ""
    for _, mail in letters(s, firm=s.before["customers"][customer(s)]["customer_name"]):
        text = said(mail)
        if found := _ASKS.search(text):
            number, city, subject = found[1], found[2], mail["subject"]
        elif number and mail["subject"] == f"Re: {subject}" and (found := _AFTER_ALL.search(text)):
            city = next(filter(None, found.groups()))
    return number, city


# -- watch one ---------------------------------------------------------------------------------------------------------
def wait_for_shipment(s: Seen) -> bool:
    """The note says what has become of the order, written after it happened."""
    orders, (sent, held) = s.before["orders"], re.findall(r'"([^"]+)"', s.goal)
    if numbers(s.goal):
        row = only(orders, order_number=numbers(s.goal)[0])
    else:
        quantity, sku = _named_item(s, s.goal)
        (row,) = (
            row
            for row, one in enumerate(orders)
            if (one["customer"].row, one["quantity"], one["sku"], one["order_status"])
            == (customer(s), quantity, sku, "confirmed")
        )
    status = s.after["orders"][row]["order_status"]
    if status not in ("shipped", "on_hold"):
        return False
    changes = {change.column: change for change in s.changes if (change.table, change.row) == ("orders", row)}
    if "order_note" not in changes or changes["order_note"].begun <= changes["order_status"].tick:
        return False
    return carried_out(s, as_typed(s, ("orders", row, "order_note"), sent if status == "shipped" else held))


# -- stop what has been recalled ---------------------------------------------------------------------------------------
_CALL = re.compile(rf"\bcall(?: you)? on ({DAY})")
_WITHDRAWN = re.compile(r"\bwithdrawn\b|\btake back our recall\b")


def recall(s: Seen) -> bool:
    """Orders of the article are on hold, their customers know, and a meeting is called."""
    if re.search(ARTICLE, s.goal.replace("XY-100", "")):
        article, on = re.findall(ARTICLE, s.goal)[0], when(s.goal)[0]
    else:
        article, on = _recalled(s)
    orders = {
        row: one
        for row, one in enumerate(s.before["orders"])
        if one["sku"] == article and one["order_status"] in ("open", "confirmed")
    }
    buyers: dict[int, set[str]] = {}
    for one in orders.values():
        buyers.setdefault(one["customer"].row, set()).add(one["order_number"])
    made: list[Made] = [("mails", _tells(s, buyer, held)) for buyer, held in buyers.items()]
    made.append(("events", _meeting(s, f"Recall {article}", on)))
    return carried_out(s, {("orders", row, "order_status"): "on_hold" for row in orders}, made)


def _recalled(s: Seen) -> tuple[str, int]:
    """The article of a supplier that is still recalled, and the day on which they call."""
    firm = max((who["firm"] for who in s.before["people"] if who["firm"] in s.goal), key=len)
    stands: dict[str, int] = {}
    for _, mail in letters(s, firm=firm):
        text = said(mail)
        articles = re.findall(ARTICLE, text)
        if "recall" in text and articles and _WITHDRAWN.search(text):
            stands.pop(articles[0], None)
        elif "recall" in text and articles and (day := _CALL.search(text)):
            stands[articles[0]] = when(day[1])[0]
    return list(stands.items())[-1]


def _tells(s: Seen, buyer: int, held: set[str]) -> Callable[[Record], bool]:
    """A letter to the contact of a customer that names these orders and no other."""
    to = only(s.before["people"], address=s.before["customers"][buyer]["contact_address"])
    return lambda made: (
        made["recipient"].row == to
        and made["copy"] is None
        and set(numbers(f"{made['subject']}\n{made['body']}")) == held
    )


def _meeting(s: Seen, title: str, on: int) -> Callable[[Record], bool]:
    """The meeting that the goal asks for."""
    found = re.search(r"at (\d\d):(\d\d), of (\d+) minutes, in room (\w+), with (.+?) as attendees", s.goal)
    assert found
    hour, minute, length = map(int, found.groups()[:3])
    guests = {colleague(s, name) for name in re.split(r", | and ", found[5])}
    cells = {"day": on, "start": 60 * hour + minute, "length": length, "state": "planned"}
    cells["room"] = found[4].casefold()
    return lambda made: (
        alike(made["title"], title)
        and all(made[name] == cell for name, cell in cells.items())
        and {one.row for one in made["attendees"]} == guests
        and made["organiser"].row == me(s)
    )


ORDERS: dict[str, Callable[[Seen], bool]] = {
    "order_from_mail": order_from_mail,
    "change_address": change_address,
    "wait_for_shipment": wait_for_shipment,
    "recall": recall,
}
"""Judges by template."""
