"""Enter an order that a customer has mailed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..company.dates import DATE, DAY, WORK
from ..company.grammar import lines
from ..company.say_back import SUBJECTS
from ..hands import Hands
from ..skin import parse_date, write_date
from ..verify import Check, Outcome, Write
from .base import Deal, Template
from .phrases import hear, say
from .posts import Letter, opened, posted, written

__all__ = ["ORDERING"]

Task = Mapping[str, Any]
HOLD = 1
OPEN = 0
"""Place of "on hold" among the standings of customers."""


WANTS = lines("""
    We would like to order {quantity} x {item}.
    Please enter an order for {quantity} x {item}.
    Could you send us {quantity} x {item}?
    We need {quantity} x {item} from your catalogue.
    This is an order for {quantity} x {item}.
    We have decided on {quantity} x {item}.
""")
BRINGS = lines("""
    Everything should be with us in {city} by {day}.
    Please deliver to {city} by {day}.
    It goes to our site in {city}, by {day} at the latest.
    Delivery is to {city}, and {day} would suit us.
    We would like to have it in {city} by {day}.
    Could you manage {day}? The address is the one in {city}.
""")
HURRIES = lines("""
    It is urgent, so please put it down as such.
    Please treat this order as urgent.
    This is an urgent one.
    We are in a hurry: mark it as urgent, please.
""")
ENDS = lines("""
    Please confirm.
    A short confirmation would help us.
    Please let me know the order number.
    Thank you.
""")
CORRECTIONS = {
    "quantity": lines("""
        I have to correct my last mail: please make it {quantity} pieces, not {old}.
        We have counted again and need {quantity} pieces instead of {old}.
        My mistake: it should be {quantity} pieces and not {old}.
    """),
    "city": lines("""
        I have to correct my last mail: please deliver to {city}, not to {old}.
        Our people in {old} have no room for it, so it goes to {city}.
        My mistake: the goods are for {city} and not for {old}.
    """),
    "day": lines("""
        I have to correct my last mail: we need it by {day}, not by {before}.
        Our plans have changed, so please deliver by {day} instead of {before}.
        My mistake: the day should be {day} and not {before}.
    """),
}
ENTER = {
    1: (
        "Enter an order: customer {customer}, article {sku}, quantity {quantity}, due {day}, to be shipped to "
        "{city}, priority {priority}. Open Orders, press New order, fill in just that, and save.",
        "Open Orders and press New order. The customer is {customer}, the SKU {sku}, the quantity {quantity}, the "
        "due date {day}, the city to ship to {city}, the priority {priority}. Leave the price to the software, and "
        "save.",
        "{customer} orders {quantity} of article {sku}, due {day}, shipped to {city}, priority {priority}. Enter "
        "that with New order in Orders, at the price that the software fills in.",
    ),
    2: (
        "Enter an order of {customer}: {quantity} x {item}, due {day}, to be shipped to {city}, priority {priority}, "
        "at list price.",
        "{customer} wants {quantity} x {item} in {city} by {day}. Enter the order with that as its due date, "
        "priority {priority}, at the price of our catalogue.",
        "Please put down a new order for {customer}. They get {quantity} x {item} at list price; it is due {day}, "
        "goes to {city} and has priority {priority}.",
    ),
    3: (
        "{customer} has mailed us an order these days that nobody has entered yet. Enter it as they want it in the "
        "end, at list price.",
        "There is an order by {customer} in the latest mail that is not in the software. Put it down at list price, "
        "with everything that they ask for; where they correct themselves, the correction holds.",
        "Nobody has dealt with the latest order that {customer} sent by mail. Enter it as it stands after all that "
        "they wrote, at the price of our catalogue.",
    ),
}
RECENT = 15
"""Days within which a customer has entered no other order."""


def _alike(deal: Deal, row: int) -> list[int]:
    """Other customers that can order, those whose names begin alike first."""
    names = deal.columns["customers_customer_name"]
    head = names[row][:3]
    rows = [one for one in deal.rows("customers") if one != row and deal.cell("customers", one, "standing") != HOLD]
    return sorted(deal.dice.shuffled(rows), key=lambda one: names[one][:3] != head)


def _enter_dealt(deal: Deal, level: int) -> None:
    dice, today = deal.dice, deal.today
    last = dict.fromkeys(deal.rows("customers"), 0)
    for customer, day in zip(deal.columns["orders_customer"], deal.columns["orders_ordered"], strict=True):
        last[customer] = max(last[customer], day)
    firms = [row for row in last if deal.cell("customers", row, "standing") != HOLD]
    quiet = [row for row in firms if last[row] <= today - RECENT]
    row = dice.pick(quiet or [min(firms, key=last.__getitem__)])
    asked = [_wanted(deal, one) for one in (row, *_alike(deal, row)[:3])]
    wrong = [_ask(deal, thread, wanted, thread == 0 or dice.flip(0.3)) for thread, wanted in enumerate(asked)]
    posted(deal, [letter for letters, _ in wrong for letter in letters])
    wanted = asked[0]
    priority = ("Normal", "Urgent")[wanted["priority"]]
    said = {**wanted, "day": write_date("day", wanted["due"]), "priority": priority}
    deal.goal = say(dice, ENTER[level], **said)
    words = (
        ("customer", "sku", "quantity", "day", "city")
        if level == 1
        else ("customer", "item", "quantity", "day", "city")
    )
    deal.slots = [str(said[name]) for name in (words if level < 3 else words[:1])]
    deal.task = {
        "customer": row,
        "firm": wanted["customer"],
        "sku": wanted["sku"],
        "item": wanted["item"],
        "quantity": wanted["quantity"],
        "due": wanted["due"],
        "city": wanted["city"],
        "priority": wanted["priority"],
        "price": wanted["price"],
        "decoys": (*(tuple(old.items()) for _, old in wrong[:1] if old), *(tuple(one.items()) for one in asked[1:])),
    }


def _wanted(deal: Deal, customer: int) -> dict[str, Any]:
    """What a customer orders."""
    dice, row = deal.dice, deal.dice.pick(deal.rows("items"))
    firm, home = (deal.cell("customers", customer, name) for name in ("customer_name", "customer_city"))
    price = deal.cell("items", row, "unit_price")
    return {
        "row": customer,
        "customer": firm,
        "item": deal.cell("items", row, "item"),
        "sku": deal.cell("items", row, "sku"),
        "price": price,
        "quantity": dice.between(2, 9) if price > 20_000 else dice.between(3, 30),
        "due": DAY[WORK[deal.today] + dice.between(6, 20)],
        "city": home if dice.flip(0.3) else dice.pick(deal.names.cities),
        "priority": int(dice.flip(0.4)),
    }


def _ask(deal: Deal, thread: int, wanted: dict[str, Any], may_correct: bool) -> tuple[list[Letter], dict[str, Any]]:
    """The mails by which a customer orders, and what they correct."""
    dice, first = deal.dice, dict(wanted)
    old: dict[str, Any] = {}
    if may_correct and dice.flip(0.6):
        old = _slip(deal, wanted)
        first |= old
    day = DATE[first["due"]]
    parts = [say(dice, WANTS, **first), say(dice, BRINGS, city=first["city"], day=day)]
    parts += [dice.pick(HURRIES)] * first["priority"] + [dice.pick(ENDS)]
    subject = dice.pick(SUBJECTS["order_placed"]) % {
        **first,
        "things": f"{first['quantity']} x {first['item']}",
        "item_": first["item"].lower(),
    }
    texts = [" ".join(parts)]
    for name, was in old.items():
        key = "day" if name == "due" else name
        said = {"day": DATE[wanted["due"]], "before": DATE[was]} if name == "due" else {key: wanted[name], "old": was}
        texts.append(say(dice, CORRECTIONS[key], **said))
    return written(deal, wanted["row"], subject, texts, thread), old


def _slip(deal: Deal, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What was wrong in a first mail."""
    dice = deal.dice
    name = dice.pick(("quantity", "city", "due"))
    while True:
        was = {
            "quantity": max(1, wanted["quantity"] + dice.between(-3, 5)),
            "city": dice.pick(deal.names.cities),
            "due": DAY[WORK[wanted["due"]] + dice.between(-4, 6)],
        }[name]
        if was != wanted[name]:
            return {name: was}


def _made(outcome: Outcome, **cells: Any) -> float:
    """Whether an order that holds these cells was entered and then left alone."""
    return float(bool(outcome.new("orders", order_status=OPEN, order_note="", **cells)))


def _entered(**columns: str) -> Callable[[Outcome], float]:
    """A test of columns of the new order against the task, by name of what is wanted."""
    return lambda outcome: _made(outcome, **{column: outcome.task[wanted] for column, wanted in columns.items()})


def _to_city(outcome: Outcome) -> float:
    return _made(outcome, ship_city=lambda city: city.casefold() == outcome.task["city"].casefold())


def _enter_solved(hands: Hands, task: Task | None) -> None:
    if task:
        said = {name: str(task[name]) for name in ("sku", "quantity", "city")}
        said |= {"customer": task["firm"], "priority": ("Normal", "Urgent")[task["priority"]]}
        day = task["due"]
    else:
        said = hear(ENTER[1] + ENTER[2] + ENTER[3], hands.goal) or {}
        if "quantity" not in said:
            said |= _read_order(hands, said["customer"])
        if "sku" not in said:
            said["sku"] = _sku(hands, said["item"])
        day = parse_date(said["day"])
    hands.go("order_list")
    hands.click("new_order")
    for name in ("customer", "sku", "quantity"):
        hands.fill(name, said[name])
    hands.date("due", day)
    hands.fill("ship_city", said["city"])
    if said["priority"] == "Urgent":
        hands.choose("priority", "urgent")
    hands.save()
    hands.answer()


def _read_order(hands: Hands, customer: str) -> dict[str, str]:
    """What a customer wants in the end, from the latest mails to the order."""
    hands.go("inbox")
    hands.search(customer)
    told: dict[str, str] = {}
    for text in opened(hands):
        for phrases in CORRECTIONS.values():
            told = {**(hear(phrases, text) or {}), **told}
        if (wants := hear(WANTS, text)) is not None:
            urgent = any(phrase in text for phrase in HURRIES)
            return {**wants, **(hear(BRINGS, text) or {}), "priority": "Urgent" if urgent else "Normal", **told}
    return told


def _sku(hands: Hands, item: str) -> str:
    """The number of an article."""
    hands.go("catalogue")
    hands.search(item)
    return str(next(row["sku"] for row in hands.every_row() if row["item"] == item))


ORDER_FROM_MAIL = Template(
    name="order_from_mail",
    archetype="create from a source",
    occupation="43",  # order clerks, 43-4151
    apps=("mail", "orders"),
    hidden=("H1", "H8"),
    levels=(1, 2, 3),
    faces=("text",),
    budget={"small": 70, "full": 70},
    deal=_enter_dealt,
    checks=(
        Check("customer", "goal", _entered(customer="customer")),
        Check("goods", "goal", _entered(sku="sku", quantity="quantity", unit_price="price"), 2.0),
        Check("day", "goal", _entered(due="due", priority="priority")),
        Check("place", "goal", _to_city),
    ),
    writes=lambda outcome: (Write("orders", new=True, most=1),),
    solve=_enter_solved,
)

ORDERING = (ORDER_FROM_MAIL,)
