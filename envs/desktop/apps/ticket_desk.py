"""What the ticket software can be told, and the workflow that it keeps.

A ticket is fresh until an agent takes it, or it is given to one whose team serves its queue. Only who has it in work
answers it; an answer leaves it awaiting the requester. It is closed with a resolution, and not without an answer unless
the resolution says why none was needed. Escalated, it goes back to the queue one level up, for those of higher rank.
"""

from __future__ import annotations

from typing import Any

from ..schema import Command
from ..store import AGENT, Draft, Refused
from .checks import Given, line, option, passage, record, write

__all__ = ["COMMANDS", "LEVELS", "QUEUES", "RANKS", "RESOLUTIONS", "SERVES", "STAGES", "TEAMS", "URGENCIES", "VOICES"]

TEAMS = ("sales_team", "stock_team", "accounts_team", "house_team")
QUEUES = ("order_questions", "complaints", "goods_back", "supplier_bills", "inside_matters", "anything_else")
SERVES = ((0,), (0,), (0, 1), (2,), (0, 1, 2, 3), (0, 3))
"""Teams that serve each queue. Those of the highest rank serve all."""
RANKS = ("junior", "senior", "desk_head")
STAGES = ("fresh", "in_work", "awaiting", "closed", "merged")
FRESH, IN_WORK, AWAITING, CLOSED, MERGED = range(5)
URGENCIES = ("low", "medium", "high", "critical")
RESOLUTIONS = ("none", "answered", "replaced", "refunded", "declined", "duplicate", "no_action")
SILENT = (RESOLUTIONS.index("duplicate"), RESOLUTIONS.index("no_action"))
"""Resolutions that need no answer."""
VOICES = ("from_requester", "from_desk", "inside_note")
REQUESTER, DESK, INSIDE = range(3)
LEVELS = len(RANKS)
"""Levels of support; a ticket of level n is for agents whose rank is the n-th or higher."""
MORNING = 8 * 60
"""Minute at which an episode begins. A step takes one."""


def _agent(draft: Draft) -> int:
    """Row of the agent who gives the command; -1 for somebody who is none."""
    if draft.actor == AGENT:
        return draft.find("agents", "own_seat", True)[0]
    rows = draft.find("agents", "agent_mail", draft.actor) or draft.find("agents", "agent_name", draft.actor)
    return rows[0] if len(rows) == 1 else -1


def _fit(draft: Draft, row: int, agent: int, field: str = "") -> int:
    """The agent, if a ticket may be theirs."""
    if not draft.get("agents", agent, "on_duty"):
        raise Refused("off_duty", field)
    rank, team = (draft.get("agents", agent, name) for name in ("rank", "team"))
    if rank + 1 < draft.get("tickets", row, "level"):
        raise Refused("rank_too_low", field)
    if rank + 1 < LEVELS and team not in SERVES[draft.get("tickets", row, "queue")]:
        raise Refused("wrong_team", field)
    return agent


def _live(draft: Draft, given: Given, name: str = "id") -> int:
    """The row of a ticket that is neither closed nor merged."""
    row = record(draft, given, name, "tickets")
    if draft.get("tickets", row, "stage") in (CLOSED, MERGED):
        raise Refused("not_allowed", name if name != "id" else "")
    return row


def _held(draft: Draft, given: Given) -> tuple[int, int]:
    """The row of a ticket that the agent has in work, and the agent's."""
    row, agent = _live(draft, given), _agent(draft)
    if agent < 0 or draft.get("tickets", row, "assignee") != agent:
        raise Refused("not_taken")
    return row, agent


def _take(draft: Draft, given: Given) -> None:
    row, agent = _live(draft, given), _agent(draft)
    if agent < 0:
        raise Refused("not_allowed")
    if draft.get("tickets", row, "assignee") not in (-1, agent):
        raise Refused("taken")
    write(draft, "tickets", row, assignee=_fit(draft, row, agent), stage=IN_WORK)


def _assign(draft: Draft, given: Given) -> None:
    row, agent = _live(draft, given), record(draft, given, "assignee", "agents")
    write(draft, "tickets", row, assignee=_fit(draft, row, agent, "assignee"), stage=IN_WORK)


def _sort(draft: Draft, given: Given) -> None:
    row, now = _live(draft, given), {"queue": option(QUEUES, given, "queue")}
    if now["queue"] != draft.get("tickets", row, "queue"):  # whoever had it belongs to another queue
        now |= {"assignee": -1, "stage": FRESH}
    write(draft, "tickets", row, urgency=option(URGENCIES, given, "urgency"), **now)


def _say(draft: Draft, row: int, writer: str, voice: int, words: str) -> None:
    number = draft.get("tickets", row, "ticket_number")
    draft.add(
        "replies",
        reply_number=f"{number}.{1 + len(draft.find('replies', 'ticket', row))}",
        ticket=row,
        writer=writer,
        voice=voice,
        said_on=draft.today,
        said_at=min(MORNING + draft.tick, 24 * 60 - 1),
        words=words,
    )


def _answer(draft: Draft, given: Given) -> None:
    """Write to the requester; or, if it is the requester who gives the command, to the desk."""
    agent = _agent(draft)
    if agent < 0:
        row, words = _live(draft, given), passage(given, "words")
        if draft.actor not in (draft.get("tickets", row, "requester"), draft.get("tickets", row, "requester_mail")):
            raise Refused("not_allowed")
        held = draft.get("tickets", row, "assignee") >= 0
        draft.set("tickets", row, stage=IN_WORK if held else FRESH, unseen=True)
        _say(draft, row, draft.get("tickets", row, "requester"), REQUESTER, words)
        return
    (row, agent), words = _held(draft, given), passage(given, "words")
    draft.set("tickets", row, stage=AWAITING)
    _say(draft, row, draft.get("agents", agent, "agent_name"), DESK, words)


def _note(draft: Draft, given: Given) -> None:
    row, agent = record(draft, given, "id", "tickets"), _agent(draft)
    if agent < 0:
        raise Refused("not_allowed")
    _say(draft, row, draft.get("agents", agent, "agent_name"), INSIDE, passage(given, "jotting"))


def _escalate(draft: Draft, given: Given) -> None:
    (row, agent), cause = _held(draft, given), passage(given, "cause")
    level, urgency = (draft.get("tickets", row, name) for name in ("level", "urgency"))
    if level == LEVELS:
        raise Refused("not_allowed")
    urgency = max(urgency, URGENCIES.index("high"))
    draft.set("tickets", row, level=level + 1, urgency=urgency, assignee=-1, stage=FRESH)
    _say(draft, row, draft.get("agents", agent, "agent_name"), INSIDE, cause)


def _merge(draft: Draft, given: Given) -> None:
    row, into = _live(draft, given), _live(draft, given, "merged_into")
    asked = [draft.get("tickets", one, "requester_mail") for one in (row, into)]
    if row == into or asked[0] != asked[1]:
        raise Refused("not_allowed", "merged_into")
    draft.set("tickets", row, stage=MERGED, merged_into=into, resolution=RESOLUTIONS.index("duplicate"))


def _close(draft: Draft, given: Given) -> None:
    row, _ = _held(draft, given)
    resolution = option(RESOLUTIONS, given, "resolution")
    if not resolution:
        raise Refused("missing", "resolution")
    voices = [draft.get("replies", said, "voice") for said in draft.find("replies", "ticket", row)]
    if resolution not in SILENT and DESK not in voices:
        raise Refused("not_answered")
    draft.set("tickets", row, stage=CLOSED, resolution=resolution)


def _reopen(draft: Draft, given: Given) -> None:
    row, agent = record(draft, given, "id", "tickets"), _agent(draft)
    if draft.get("tickets", row, "stage") != CLOSED or agent < 0:
        raise Refused("not_allowed")
    draft.set("tickets", row, stage=IN_WORK, resolution=0, assignee=_fit(draft, row, agent))


def _open(draft: Draft, given: Given) -> None:
    cells: dict[str, Any] = {name: line(given, name) for name in ("summary", "requester", "requester_mail")}
    numbers = (draft.get("tickets", row, "ticket_number") for row in range(draft.size("tickets")))
    draft.add(
        "tickets",
        ticket_number=f"T-{1 + max((int(number[2:]) for number in numbers), default=1000)}",
        description=passage(given, "description"),
        account=record(draft, given, "account", "customers", required=False),
        queue=option(QUEUES, given, "queue", "order_questions"),
        urgency=option(URGENCIES, given, "urgency", "medium"),
        stage=FRESH,
        assignee=-1,
        level=1,
        opened_on=draft.today,
        answer_by=draft.today + (2 if draft.today % 7 < 3 else 4),  # two working days
        resolution=0,
        merged_into=-1,
        unseen=_agent(draft) < 0,
        concerns=-1,
        true_queue=QUEUES.index("anything_else"),
        **cells,
    )


def _seen(draft: Draft, given: Given) -> None:
    draft.set("tickets", record(draft, given, "id", "tickets"), unseen=False)


COMMANDS = (
    Command("ticket_take", _take),
    Command("ticket_assign", _assign),
    Command("ticket_sort", _sort, done="saved"),
    Command("ticket_answer", _answer, severity=5, reversible=False, confirm=True, done="sent"),
    Command("ticket_note", _note, reversible=False, done="saved"),
    Command("ticket_escalate", _escalate, severity=3, reversible=False, confirm=True),
    Command("ticket_merge", _merge, severity=3, confirm=True),
    Command("ticket_close", _close, severity=3, confirm=True),
    Command("ticket_reopen", _reopen),
    Command("ticket_open", _open, reversible=False, done="saved"),
    Command("ticket_seen", _seen),
)
