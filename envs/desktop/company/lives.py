"""When things happen to orders, in working days, drawn back from where each order stands today."""

from __future__ import annotations

from typing import NamedTuple

from ..dice import Dice
from .model import maker

__all__ = ["CANCELLED", "CONFIRMED", "DELIVERED", "ON_HOLD", "OPEN", "RETURNED", "SHIPPED", "Life", "make_lives"]

OPEN, CONFIRMED, SHIPPED, DELIVERED, CANCELLED, ON_HOLD, RETURNED = range(7)
"""Indices into ``model.ORDER_STATUSES``."""
SPAN = 44
"""Deliveries of so many working days are in the log."""

PACES = tuple((0, extra, transit) for extra in range(4) for transit in (1, 2, 3) for _ in range(6)) + tuple(
    (1, extra, 1) for extra in range(1, 5) for _ in range(3)
)
"""Urgent or not, working days beyond those an order needs at least, and on the road; one in seven is urgent."""
LATE, SLIPS = 0.12, 0.36
"""Chance of being late without a word, and that or being put off."""


class Life(NamedTuple):
    """An order's days, all working days; -1 for what has not happened.

    Attributes:
        placed, minute: When it was placed.
        first_due, due: When it was promised for at first, and last.
        delayed: When the customer was told of the new day.
        shipped: When it left.
        arrives: When it has arrived, or is really going to.
        ended: When it was put on hold, cancelled or returned.
        mine: Whether the principal looks after it.
    """

    placed: int
    minute: int
    serial: int
    stage: int
    urgent: int
    first_due: int
    due: int
    delayed: int
    shipped: int
    arrives: int
    ended: int
    mine: bool


_life = maker(Life)


def make_lives(dice: Dice, quotas: tuple[int, ...], today: int, leads: tuple[int, int]) -> list[Life]:
    """Draw the lives of orders, in the order they were placed.

    Args:
        dice: The dice.
        quotas: How many orders there are of each status.
        today: Working day of today; everything but promises lies before.
        leads: Working days that a normal and an urgent order need at least.
    """
    below, unit, pick = dice.below, dice.unit, dice.pick
    lives = []
    serial = below(2)
    for stage, quota in enumerate(quotas):
        moves = stage in (SHIPPED, DELIVERED)
        for i in range(quota):
            serial += 1
            urgent, extra, transit = pick(PACES)
            lead = leads[urgent] + extra
            fate = unit() if moves or stage == CONFIRMED else 1.0
            late, slips = moves and fate < LATE, LATE <= fate < SLIPS
            shipped = ended = delayed = -1
            if stage in (OPEN, ON_HOLD, CANCELLED):
                placed = today - (1 + below(3) if stage == OPEN else 3 + below(4 if stage == ON_HOLD else 32))
                due = arrives = placed + lead
                if stage != OPEN:
                    ended = placed + 1 + (below(2) if stage == CANCELLED else 0)
            elif stage == CONFIRMED:
                due = today + transit + below(lead - 1 - transit)
                arrives = due if below(5) else due + 2 + below(3)
            else:
                if stage == SHIPPED:
                    arrives = today - 1 - below(transit) + transit
                elif stage == DELIVERED:
                    arrives = today - 1 - int((i + unit()) * SPAN / quota)
                else:
                    arrives = today - 8 - below(30)
                    ended = arrives + 2 + below(4)
                shipped = arrives - transit
                due = arrives - 1 - below(3) if late else arrives + below(2)
            first_due = due - 2 - below(4) if slips else due
            placed = first_due - lead
            if slips:
                last = min(first_due, today - 1 if shipped < 0 else shipped - 1)
                delayed = placed + 1 + below(last - placed)
            mine = serial % 2 == 0
            lives.append(
                _life(
                    (
                        placed,
                        480 + below(300),
                        serial,
                        stage,
                        urgent,
                        first_due,
                        due,
                        delayed,
                        shipped,
                        arrives,
                        ended,
                        mine,
                    )
                )
            )
    lives.sort()
    return lives
