"""The apps, each a spec of its own, and the offices that they make up."""

from __future__ import annotations

import functools
from collections.abc import Callable
from operator import itemgetter
from typing import Any, cast

from ..company.model import Company
from ..dice import Dice
from ..schema import Office
from . import calendar, ledger, mail, orders, policies, roster, tickets
from .calendar import CALENDAR
from .ledger import LEDGER
from .mail import MAIL
from .orders import ORDERS
from .policies import POLICIES
from .roster import ROSTER
from .tickets import TICKETS
from .words import MESSAGES

__all__ = ["MESSAGES", "OFFICE", "OFFICES", "TWINS", "columns", "projected", "shuffled"]

OFFICE = Office("office", (MAIL, CALENDAR, ORDERS, LEDGER, POLICIES), MESSAGES)
TWINS = Office("twins", (TICKETS, ROSTER, ORDERS, LEDGER, POLICIES), MESSAGES)
OFFICES = {office.name: office for office in (OFFICE, TWINS)}
"""The office that agents learn in, and the one with other software for mail and calendar, by name."""

_ROWS: dict[str, Callable[[Company, Dice], dict[str, list[Any]]]] = {
    "mail": mail.rows,
    "calendar": calendar.rows,
    "orders": orders.rows,
    "ledger": ledger.rows,
    "policies": policies.rows,
    "tickets": tickets.rows,
    "roster": roster.rows,
}


def columns(office: Office, company: Company, dice: Dice) -> dict[str, tuple[Any, ...]]:
    """What the software of an office holds: the company's log as every app shows it.

    Args:
        office: One of :data:`OFFICES`.
        company: The company.
        dice: For what the log leaves open, such as which mails have been read, and for the order of rows.

    Returns:
        Every column of :func:`~..store.desk_class` of the office, by ``"<table>_<column>"``. Rows are in random order.
    """
    return shuffled(office, projected(office, company, dice), dice)


def projected(office: Office, company: Company, dice: Dice) -> dict[str, list[Any]]:
    """The columns with rows in the company's own order, to which refs into its lists hold."""
    return {name: cells for app in office.apps for name, cells in _ROWS[app.name](company, dice).items()}


def shuffled(office: Office, cells: dict[str, list[Any]], dice: Dice) -> dict[str, tuple[Any, ...]]:
    """The columns with the rows of every table in another order, and refs that follow."""
    order: dict[str, list[int]] = {}
    place: dict[str, list[int]] = {}
    for table, label, _ in _layout(office):
        order[table] = dice.shuffled(range(len(cells[f"{table}_{label}"])))
        place[table] = [-1] * (len(order[table]) + 1)  # the last one, for the ref -1 to none
        for row, was in enumerate(order[table]):
            place[table][was] = row
    found: dict[str, tuple[Any, ...]] = {}
    for table, _, specs in _layout(office):
        take = _taker(order[table])
        for name, kind, of in specs:
            if kind == "ref":
                found[name] = tuple(map(place[of].__getitem__, take(cells[name])))
            elif kind == "refs":
                to = place[of].__getitem__
                found[name] = tuple([tuple(map(to, many)) for many in take(cells[name])])
            else:
                found[name] = take(cells[name])
    return found


def _taker(rows: list[int]) -> Callable[[list[Any]], tuple[Any, ...]]:
    """What takes the cells of `rows`, in that order."""
    if len(rows) > 1:
        return itemgetter(*rows)
    return tuple


@functools.cache
def _layout(office: Office) -> tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...]:
    """Of every table its name, label and columns; of these the name of the field, kind, and table of a ref."""
    return tuple(
        (
            table.name,
            table.label,
            tuple(
                (f"{table.name}_{c.name}", c.kind, cast(str, c.of) if c.kind in ("ref", "refs") else "")
                for c in table.columns
            ),
        )
        for table in office.tables.values()
    )
