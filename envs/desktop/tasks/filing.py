"""More tickets for the help desk of a company, that fit in with those its log tells of."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import NamedTuple

from ..apps.ticket_desk import QUEUES, URGENCIES
from .base import Deal
from .edits import day_after

__all__ = ["Note", "filed", "unanswered"]

MEDIUM = URGENCIES.index("medium")


class Note(NamedTuple):
    """What somebody has put to the help desk: name and mail address, the day, and what it says.

    Attributes:
        assignee: Row of the agent who has it, or had it.
        closed: Whether it has been put away.
        queue: Where it belongs and is.
    """

    name: str
    mail: str
    day: int
    summary: str
    description: str
    assignee: int
    closed: bool
    queue: str = "inside_matters"


def filed(deal: Deal, notes: Sequence[Note]) -> None:
    """Put notes among the tickets, in random order. All tickets are numbered again in the order of time."""
    for note in notes:
        deal.add(
            "tickets",
            ticket_number="",
            summary=note.summary,
            requester=note.name,
            requester_mail=note.mail,
            account=-1,
            queue=QUEUES.index(note.queue),
            urgency=MEDIUM,
            stage=deal.option("tickets", "stage", "closed" if note.closed else "in_work"),
            assignee=note.assignee,
            level=1,
            opened_on=note.day,
            answer_by=day_after(note.day, 3),
            resolution=deal.option("tickets", "resolution", "no_action") if note.closed else 0,
            merged_into=-1,
            description=note.description,
            unseen=False,
            concerns=-1,
            true_queue=QUEUES.index(note.queue),
        )
    _number(deal)
    _mix(deal)


def _number(deal: Deal) -> None:
    """Number tickets in the order of time, those without a number last on their day, and their replies after them."""
    cells = deal.columns
    days, numbers = cells["tickets_opened_on"], [int(label[2:] or 0) for label in cells["tickets_ticket_number"]]
    base = min(number for number in numbers if number)
    names = [""] * len(days)
    for k, row in enumerate(sorted(deal.rows("tickets"), key=lambda row: (days[row], not numbers[row], numbers[row]))):
        names[row] = f"T-{base + k}"
    cells["tickets_ticket_number"] = names
    cells["replies_reply_number"] = [
        f"{names[row]}.{number.split('.')[1]}"
        for row, number in zip(cells["replies_ticket"], cells["replies_reply_number"], strict=True)
    ]


def _mix(deal: Deal) -> None:
    """Put the rows of tickets in another order; what refers to them follows."""
    order = deal.dice.shuffled(deal.rows("tickets"))
    place = {was: row for row, was in enumerate(order)} | {-1: -1}
    for column in deal.office.tables["tickets"].columns:
        cells = deal.columns[f"tickets_{column.name}"]
        deal.columns[f"tickets_{column.name}"] = [cells[row] for row in order]
    for name in ("tickets_merged_into", "replies_ticket"):
        deal.columns[name] = [place[row] for row in deal.columns[name]]


def unanswered(deal: Deal, rows: Container[int]) -> None:
    """Take away the replies of tickets."""
    kept = [k for k, row in enumerate(deal.columns["replies_ticket"]) if row not in rows]
    for column in deal.office.tables["replies"].columns:
        cells = deal.columns[f"replies_{column.name}"]
        deal.columns[f"replies_{column.name}"] = [cells[k] for k in kept]
