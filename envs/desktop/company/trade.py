"""The orders and what was written about them: placed, confirmed, held, delayed, shipped, delivered, cancelled."""

from __future__ import annotations

from ..dice import Dice
from .cast import Cast
from .dates import DAY
from .house import Rules, in_force
from .lives import CANCELLED, DELIVERED, ON_HOLD, OPEN, RETURNED, Life
from .model import REASONS, TOPICS, Event, Item, Order, maker

__all__ = ["make_orders"]

DISCOUNTS = TOPICS.index("discounts")
NOTES = (
    *("", "", "", "", "", "", "Please deliver before noon.", "Please call half an hour before delivery."),
    *("Delivery to the back entrance, please.", "Please put our order name on the parcel labels."),
    *("We need help carrying it to the second floor.", "Please leave it at the reception."),
    *("Please send everything in one delivery.", "Our loading bay is open from eight to four."),
    *(
        "Please take the packaging back.",
        "It is for a new colleague, so the day matters.",
        "Please no delivery on Fridays.",
    ),
)
CARRIER_CODES = ("", "NR", "SW", "TR")

_event, _order = maker(Event), maker(Order)


def make_orders(
    dice: Dice,
    cast: Cast,
    items: tuple[Item, ...],
    rules: Rules,
    lives: list[Life],
    events: list[Event],
) -> tuple[Order, ...]:
    """The orders, from their lives. Appends to `events`."""
    pick, below, between = dice.pick, dice.below, dice.between
    add, firms, me = events.append, cast.firms, cast.me
    colleagues, stores = cast.lines["sales"], cast.lines["warehouse"]
    number, marker = 1000 + below(4000), below(90_000)
    orders: list[Order] = []
    for row, life in enumerate(lives):
        placed, minute, _, stage, urgent, first_due, due, delayed, shipped, arrives, ended, mine = life
        customer, item = below(len(firms)), below(len(items))
        _, city, tier, _, _, contact, _ = firms[customer]
        price = items[item].price
        quantity = between(1, 8) if price > 20_000 else between(2, 24) if price > 3_000 else 5 * between(2, 24)
        day = DAY[placed]
        if tier:
            cuts = in_force(rules[DISCOUNTS], day)
            if quantity * price >= cuts[2]:
                price = price * (100 - cuts[tier - 1]) // 100
        handler = me if mine else pick(colleagues)
        name, draw = f"SO-{number + row}", below(12 * len(NOTES))
        note = NOTES[draw // 12]
        if draw % 12 == 0:
            city = firms[below(len(firms))][1]
        asked, promised = DAY[first_due], DAY[due]
        wish = (name, customer, item, quantity, price, asked, urgent, city, note)
        add(_event(("order_placed", day, minute, contact, row, wish)))
        if stage != OPEN and stage != ON_HOLD:
            wait = below(290)
            if wait < 190:
                add(_event(("order_confirmed", day, minute + 45 + wait, handler, row, (asked,))))
            else:
                add(_event(("order_confirmed", DAY[placed + 1], 300 + wait, handler, row, (asked,))))
        if delayed >= 0:
            reason = pick(REASONS["delayed"])
            add(_event(("delayed", DAY[delayed], between(660, 830), handler, row, (asked, promised, reason))))
        carrier, tracking = 0, ""
        if shipped >= 0:
            draw = below(270)
            carrier = 1 + draw // 90
            tracking = f"{CARRIER_CODES[carrier]}{marker + 97 * row}{10 + draw % 90}"
            store = pick(stores)
            expected = arrives if stage in (DELIVERED, RETURNED) else max(due, shipped + 1)
            add(_event(("shipped", DAY[shipped], between(840, 950), store, row, (carrier, tracking, DAY[expected]))))
            if stage in (DELIVERED, RETURNED):
                add(_event(("delivered", DAY[arrives], between(540, 830), store, row, (city,))))
        if stage == CANCELLED:
            add(_event(("cancelled", DAY[ended], between(610, 900), contact, row, (pick(REASONS["cancelled"]),))))
        bought = (name, customer, item, quantity, price, quantity * price, day, promised, stage, city)
        orders.append(_order((*bought, carrier, tracking, note, urgent, DAY[arrives], handler)))
    return tuple(orders)
