"""The apps, each a spec of its own, and the offices that they make up."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any, cast

from ....core.errors import InvalidTruth
from ..company.log import make
from ..company.model import Company
from ..dice import Dice
from ..schema import InvalidSpec, Office
from ..store import Desk, desk_class
from . import calendar, ledger, mail, orders, policies, roster, tickets
from .calendar import CALENDAR
from .ledger import LEDGER
from .mail import MAIL
from .orders import ORDERS
from .policies import POLICIES
from .roster import ROSTER
from .tickets import TICKETS
from .words import MESSAGES

__all__ = ["MESSAGES", "OFFICE", "OFFICES", "TWINS", "columns", "projected", "register_office", "shuffled"]

Rows = Callable[[Company, Dice], dict[str, list[Any]]]
"""An app's projection of the company's log: every column of its tables, by ``"<table>_<column>"``."""

OFFICE = Office("office", (MAIL, CALENDAR, ORDERS, LEDGER, POLICIES), MESSAGES)
TWINS = Office("twins", (TICKETS, ROSTER, ORDERS, LEDGER, POLICIES), MESSAGES)
OFFICES = {office.name: office for office in (OFFICE, TWINS)}
"""The office that agents learn in, and the one with other software for mail and calendar, by name."""

_ROWS: dict[str, Rows] = {
    "mail": mail.rows,
    "calendar": calendar.rows,
    "orders": orders.rows,
    "ledger": ledger.rows,
    "policies": policies.rows,
    "tickets": tickets.rows,
    "roster": roster.rows,
}


def register_office(office: Office, rows: Mapping[str, Rows] | None = None) -> Office:
    """Make an office known, so that templates can be about it.

    Args:
        office: Apps that fit together.
        rows: For each app that is new, by name: ``rows(company, dice)`` gives every column of its tables as the log has
            it. A ref to a table of an app that is known counts in the order of the company's own list.

    Raises:
        InvalidSpec: There is an office or other rows of this name, an app has none, or they don't fit its tables.
    """
    known = {**_ROWS, **(rows or {})}
    if office.name in OFFICES:
        raise InvalidSpec(f"there is an office {office.name!r} already; choose another name")
    if unread := sorted({*office.app} - {*known}):
        raise InvalidSpec(f"no rows for the apps {unread}; give a function of company and dice for each")
    if clash := sorted(name for name in _ROWS if known[name] is not _ROWS[name]):
        raise InvalidSpec(f"there are rows of the apps {clash} already; choose another name")
    _try(office, known)
    _ROWS.update(known)
    OFFICES[office.name] = office
    return office


def _try(office: Office, rows: Mapping[str, Rows]) -> None:
    """Refuse rows that don't fit, found out on one small company."""
    company, dice = make(Dice(0), "small"), Dice(1)
    fields: dict[str, Any] = {
        "goal": "",
        "skin": 0,
        "today": company.today,
        "tick": 0,
        "status": ("", "", -1),
        "ended": ("", ""),
    }
    fields |= {name: () for name in Desk.names if name not in fields}
    for app in office.apps:
        made = rows[app.name](company, dice)
        needed = {f"{table.name}_{column.name}" for table in app.tables for column in table.columns}
        if odd := sorted(needed ^ {*made}):
            raise InvalidSpec(f"the rows of app {app.name!r} lack or have beyond its columns: {', '.join(odd)}")
        fields |= {name: tuple(made[name]) for name in made}
    try:
        desk_class(office)(**fields)
    except InvalidTruth as error:
        raise InvalidSpec(f"the rows of office {office.name!r} don't fit its tables: {error}") from None


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
