"""Send an order to another city, if it has not left the house."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..company.dates import DAY, WORK
from ..company.grammar import lines
from ..company.model import ORDER_STATUSES
from ..hands import Hands
from ..verify import Check, Outcome, Write
from .base import Deal, Template
from .phrases import hear, say
from .posts import Letter, opened, posted, written
from .talks import WAITING

__all__ = ["REDIRECTING", "noted"]

Task = Mapping[str, Any]

ASKS = lines("""
    Please send our order {number} to {city} instead.
    Could you deliver {number} to our site in {city}?
    We are moving, so {number} has to go to {city}.
    Our order {number} should go to {city}, please.
    Can {number} still be redirected to {city}?
    We need {number} in {city}, so please change the delivery.
""")
STAYS = lines("""
    Our order {number} stays as it is.
    Nothing changes for {number}.
    Please leave {number} as it is.
    For {number} the address is right.
""")
INSTEAD = lines("""
    I was too quick: it is not {old} but {city}.
    Please forget {old}; it has to be {city}.
    My colleague corrects me: it goes to {city} and not to {old}.
    It is {city} after all, not {old}. Sorry for the back and forth.
""")
TITLES = lines("""
    Other address for {number}
    {number}: please change the delivery
    Delivery of {number}
    Where {number} should go
""")
REDIRECT = {
    2: (
        "{customer} wants order {number} to be delivered to {city} instead of {old}. Change it if the order has not "
        "left the house. If it has, change nothing but its note, which becomes: too late; and report "
        "action_not_allowed_error.",
        "Redirect order {number} of {customer} from {old} to {city}, provided that it has not been shipped. "
        "Otherwise make its note read too late, leave everything else as it is and report action_not_allowed_error.",
        "Order {number} ({customer}) is to go to {city} and not to {old}. We do that for orders that are still here; "
        "if this one is already on its way, write too late as its note, touch nothing else and give up with "
        "action_not_allowed_error.",
    ),
    3: (
        "{customer} has asked by mail to have an order delivered to another city. Do it as they want it in the end, "
        "if the order has not left the house. If it has, change nothing but its note, which becomes: too late; and "
        "report action_not_allowed_error.",
        "There is a request by {customer} in the mail to send an order to another city. Go by the last that they "
        "wrote. We redirect only what has not been shipped; for an order that has, make its note read too late, touch "
        "nothing else and report action_not_allowed_error.",
        "Look at the mail in which {customer} wants one of their orders to be redirected, and at what followed it. "
        "Change the order if it is still here; if it is on its way, write too late as its note, leave everything else "
        "as it is and give up with action_not_allowed_error.",
    ),
}
NOTE = "too late"
"""What is noted on an order that has left: giving up alone, which chance does too, is not enough."""
SHIPPED = ORDER_STATUSES.index("shipped")
REFUSAL = "action_not_allowed_error"


def _redirect_dealt(deal: Deal, level: int) -> None:
    dice, cells = deal.dice, deal.columns
    can = dice.flip(0.5)
    statuses, customers, ordered = (cells[f"orders_{name}"] for name in ("order_status", "customer", "ordered"))
    rows = [row for row in deal.rows("orders") if ordered[row] < DAY[WORK[deal.today] - 1]]
    pool = [row for row in rows if (statuses[row] in WAITING if can else statuses[row] == SHIPPED)]
    twice = [row for row in pool if customers.count(customers[row]) > 1]
    row = dice.pick(twice or pool)
    near = [one for one in rows if customers[one] != customers[row] and statuses[one] in (*WAITING, SHIPPED)]
    asked, firms = [row], {customers[row]}
    for one in dice.shuffled(near):
        if customers[one] not in firms and len(asked) < 4:
            asked.append(one)
            firms.add(customers[one])
    others = [one for one in deal.rows("orders") if customers[one] == customers[row] and one != row]
    letters, cities = [], []
    for thread, one in enumerate(asked):
        mailed, named = _redirection(deal, thread, one, others if one == row else [])
        letters += mailed
        cities.append(named)
    posted(deal, letters)
    number, old = deal.cell("orders", row, "order_number"), deal.cell("orders", row, "ship_city")
    firm, city = deal.cell("customers", customers[row], "customer_name"), cities[0][-1]
    deal.goal = say(dice, REDIRECT[level], customer=firm, number=number, city=city, old=old)
    deal.slots = [number, city, NOTE] if level == 2 else [firm, NOTE]
    deal.task = {
        "row": row,
        "number": number,
        "city": city if can else old,
        "wish": city,
        "status": "success" if can else REFUSAL,
        "decoys": (*cities[0][:-1], *(deal.cell("orders", one, "order_number") for one in (*others, *asked[1:]))),
    }


def _redirection(deal: Deal, thread: int, row: int, others: list[int]) -> tuple[list[Letter], list[str]]:
    """A customer's mails about where an order should go, and the cities named; the last one holds."""
    dice = deal.dice
    number, customer, there, ordered = (
        deal.cell("orders", row, name) for name in ("order_number", "customer", "ship_city", "ordered")
    )
    taken = {there, deal.cell("customers", customer, "customer_city")}
    cities = dice.sample([city for city in deal.names.cities if city not in taken], 1 + dice.flip(0.5))
    texts = [say(dice, ASKS, number=number, city=cities[0])]
    if others and dice.flip(0.7):
        stays = say(dice, STAYS, number=deal.cell("orders", dice.pick(others), "order_number"))
        texts = [f"{texts[0]} {stays}" if dice.flip(0.5) else f"{stays} {texts[0]}"]
    if len(cities) > 1:
        texts.append(say(dice, INSTEAD, old=cities[0], city=cities[1]))
    title = say(dice, TITLES, number=number)
    return written(deal, customer, title, texts, thread, row, after=ordered), cities


def _redirected(outcome: Outcome) -> float:
    place = outcome.cell("orders", outcome.task["row"], "ship_city")
    return float(place.casefold() == outcome.task["city"].casefold())


def noted(outcome: Outcome, row: int, text: str) -> bool:
    """Whether an order's note says this; case does not matter, nor a full stop."""
    note = outcome.cell("orders", row, "order_note")
    return bool(note.rstrip(".").strip().casefold() == text.casefold())


def _noted(outcome: Outcome) -> float:
    if outcome.task["status"] == "success":
        return 1.0
    return float(noted(outcome, outcome.task["row"], NOTE))


def _redirect_writes(outcome: Outcome) -> tuple[Write, ...]:
    column = "ship_city" if outcome.task["status"] == "success" else "order_note"
    return (Write("orders", (column,), (outcome.task["row"],)),)


def _redirect_solved(hands: Hands, task: Task | None) -> None:
    told = hear(REDIRECT[2] + REDIRECT[3], hands.goal) or {}
    if task:
        told |= {"number": task["number"], "city": task["wish"]}
    elif "number" not in told:
        told |= _read_redirection(hands, told["customer"])
    hands.go("order_list")
    hands.search(told["number"])
    hands.open_where(lambda row: row["order_number"] == told["number"])
    if hands.read("order_status") not in ("open", "confirmed", "on_hold"):
        hands.press("add_note")
        hands.fill("note", NOTE)
        hands.save()
        hands.give_up(REFUSAL)
        return
    hands.click("change_order")
    hands.fill("ship_city", told["city"])
    hands.save()
    hands.answer()


def _read_redirection(hands: Hands, customer: str) -> dict[str, str]:
    hands.go("inbox")
    hands.search(customer)
    told: dict[str, str] = {}
    for text in opened(hands):
        told = {**(hear(INSTEAD, text) or {}), **told}
        if (asked := hear(ASKS, text)) is not None:
            return {**asked, **told}
    return told


CHANGE_ADDRESS = Template(
    name="change_address",
    archetype="detect the infeasible",
    occupation="43",  # shipping clerks, 43-5071
    apps=("mail", "orders"),
    hidden=("H1", "H3", "H8"),
    levels=(2, 3),
    faces=("text",),
    budget={"small": 45, "full": 45},
    deal=_redirect_dealt,
    checks=(
        Check("place", "goal", _redirected),
        Check("noted", "goal", _noted),
    ),
    writes=_redirect_writes,
    solve=_redirect_solved,
)

REDIRECTING = (CHANGE_ADDRESS,)
