"""Judges of tasks in the twin apps: the ticket queue, stand-ins in the roster, bills and price lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from .papers import order_of
from .reading import DAY_IN_WORDS, Places, beyond, cents, claims, day, days, exactly, rows
from .seen import Record, Ref, Seen

__all__ = ["TWINS"]

AWAY = ("closed", "merged")
"""Stages of tickets that are put away."""
_SHORT_DAY = r"\d{1,2} [A-Z][a-z]{2} \d{4}"


def _number(ticket: Record) -> int:
    return int(ticket["ticket_number"].removeprefix("T-"))


def _put_away(s: Seen, who: str, word: str) -> list[Record]:
    """The tickets of somebody, by name, whose summaries have a word and that are put away; the last one first."""
    found = [
        ticket
        for ticket in s.before["tickets"]
        if ticket["requester"] == who and ticket["stage"] in AWAY and word in ticket["summary"].casefold()
    ]
    return sorted(found, key=_number, reverse=True)


def _meant(s: Seen, table: str, column: str, pattern: str = "{}") -> str:
    """The one name of a table that the goal speaks of."""
    names = {record[column] for record in s.before[table]}
    (found,) = (name for name in names if re.search(pattern.format(re.escape(name)), s.goal))
    return str(found)


# -- the queue ---------------------------------------------------------------------------------------------------------
_BACK = r"\b(returns?|back)\b"
_RULE = r"(order questions|complaints|goods back|supplier bills|inside matters): (\w+), (leave|take) it"


def _kind(s: Seen, ticket: Record) -> str:
    """The queue of a ticket, as the goal defines queues."""
    text = f"{ticket['summary']} {ticket['description']}"
    if any(agent["agent_mail"] == ticket["requester_mail"] for agent in s.before["agents"]):
        return "inside_matters"
    if ticket["account"] is None:
        return "supplier_bills"
    numbers = set(re.findall(r"SO-\d+", text))
    about = [order for order in s.before["orders"] if order["order_number"] in numbers]
    coming = re.search(DAY_IN_WORDS, text) or re.search(_SHORT_DAY, text)
    if not about or coming or any(order["order_status"] == "cancelled" for order in about):
        return "order_questions"
    return "goods_back" if re.search(_BACK, text.casefold()) else "complaints"


def triage_queue(s: Seen) -> bool:
    """Tickets of days before today that are fresh and in the last queue are sorted by kind, and taken or not."""
    text = s.goal
    if not re.search(_RULE, text):
        writers = {agent["agent_name"] for agent in s.before["agents"] if agent["agent_name"] in s.goal}
        (writer,) = writers
        text = _put_away(s, writer, "sorting")[0]["description"]
    rule = {kind.replace(" ", "_"): (urgency, take == "take") for kind, urgency, take in re.findall(_RULE, text)}
    (me,) = (Ref(row, one["agent_name"]) for row, one in enumerate(s.before["agents"]) if one["own_seat"])
    wanted: Places = {}
    free: set[tuple[str, int, str]] = set()
    for row in rows(s.before["tickets"], stage="fresh", queue="anything_else"):
        ticket = s.before["tickets"][row]
        if ticket["opened_on"] >= s.today:
            continue
        kind = _kind(s, ticket)
        urgency, take = rule[kind]
        cells = {"queue": kind, "urgency": urgency, "assignee": me if take else None}
        wanted = {**wanted, **{("tickets", row, name): cell for name, cell in cells.items()}}
        free |= {("tickets", row, "stage")} if take else set()
    right = all(s.after[table][row][name] == cell for (table, row, name), cell in wanted.items())
    return claims(s) and right and all(change[2:5] in free for change in beyond(s, wanted))


# -- the roster --------------------------------------------------------------------------------------------------------
_CANNOT = r"cannot stand in|not possible for me to stand in|do not have me stand in"
_WEEKDAYS = ("mondays", "tuesdays", "wednesdays", "thursdays", "fridays")
_BANDS = ("early", "late", "evening")
Crews = dict[int, set[int]]


def cover_shift(s: Seen) -> bool:
    """Somebody's shifts on some days go to stand-ins: who may, has not said no, and has the fewest or most shifts."""
    staff, shifts = s.before["staff"], s.before["shifts"]
    names = [one["staff_name"] for one in staff]
    span = _days(s.goal)
    text = s.goal
    spoken = sorted((name for name in names if name in s.goal), key=s.goal.index)
    if not span:
        (boss,) = re.findall(r"the last ticket of (.+) about standing in says", s.goal)
        (ill,) = {name for name in spoken if name != boss}
        span = _days(_put_away(s, ill, "absence")[0]["description"])
        text = next(t["description"] for t in _put_away(s, boss, "standing in") if "shifts" in t["description"])
    else:
        ill = spoken[0]
    sign = 1 if "the fewest shifts" in text else -1
    refused = _refused(s, names)
    person, first, last = names.index(ill), min(span), max(span)
    crews: Crews = {row: {one.row for one in shift["crew"]} for row, shift in enumerate(shifts)}
    asked = [row for row in crews if person in crews[row] and first <= shifts[row]["shift_day"] <= last]
    wanted: Places = {}
    for row in sorted(asked, key=lambda row: int(shifts[row]["shift_day"])):
        if shifts[row]["shift_state"] == "withdrawn":
            continue
        able = [
            other
            for other in range(len(staff))
            if not refused.get((other, shifts[row]["shift_day"]), False) and _may(s, crews, other, row)
        ]
        near = [
            crew for one, crew in crews.items() if _stands(shifts[one]) and first <= shifts[one]["shift_day"] <= last
        ]
        if able:
            best = min(able, key=lambda one: (sign * sum(one in crew for crew in near), names[one]))
            crews[row] = crews[row] - {person} | {best}
            wanted = {**wanted, ("shifts", row, "crew"): crews[row]}
    right = all({one.row for one in s.after["shifts"][row]["crew"]} == crew for (_, row, _), crew in wanted.items())
    return claims(s) and right and not any(beyond(s, wanted))


def _days(text: str) -> list[int]:
    return [number for said in re.findall(_SHORT_DAY, text) if (number := day(said)) is not None]


def _refused(s: Seen, names: list[str]) -> dict[tuple[int, int], bool]:
    """Who has said last of a day that they cannot stand in, and who that they can."""
    found = {}
    for row, name in enumerate(names):
        for ticket in reversed(_put_away(s, name, "standing in")):
            for number in _days(ticket["description"]):
                found[row, number] = re.search(_CANNOT, ticket["description"]) is not None
    return found


def _stands(shift: Record) -> bool:
    return bool(shift["shift_state"] != "withdrawn")


def _may(s: Seen, crews: Crews, person: int, row: int) -> bool:
    """Whether the roster's rules let somebody work a shift, crews being as they are."""
    shift, one = s.before["shifts"][row], s.before["staff"][person]
    when, band = shift["shift_day"], shift["band"]
    skilled = shift["needs"] in ("general", one["qualification"]) or one["qualification"] == "supervision"
    away = one["away_from"] <= when <= one["away_until"] or one["day_off"] == _WEEKDAYS[when % 7]
    bands = {"any_band": _BANDS, "early_only": _BANDS[:1], "late_only": _BANDS[1:]}[one["works"]]
    others = [
        s.before["shifts"][k] for k in crews if k != row and person in crews[k] and _stands(s.before["shifts"][k])
    ]
    held = {(other["shift_day"], other["band"]) for other in others}
    tired = (when - 1, "evening") in held if band == "early" else (when + 1, "early") in held and band == "evening"
    busy = person in crews[row] or any(number == when for number, _ in held)
    week = sum(other["shift_day"] // 7 == when // 7 for other in others)
    return bool(skilled and not away and band in bands and not tired and not busy and week < one["most_shifts"])


# -- bills -------------------------------------------------------------------------------------------------------------
_PRICE = re.compile(r"^([A-Z]{2}-\d{3}) .*: ([\d,.]+)$", re.MULTILINE)


def _lists(s: Seen, supplier: str) -> Iterator[tuple[int, dict[str, int | None]]]:
    """From when on which prices hold, by the supplier's tickets."""
    for ticket in s.before["tickets"]:
        prices = _PRICE.findall(ticket["description"])
        if prices and supplier in ticket["summary"]:
            yield days(ticket["description"])[0], {sku: cents(price) for sku, price in prices}


def match_tickets(s: Seen) -> bool:
    """Pending bills of a supplier: approved if delivered and at the price in force, else on hold."""
    papers = s.before["documents"]
    bills = [
        row for row in rows(papers, document_type="bill", document_status="open") if papers[row]["party"] in s.goal
    ]
    (supplier,) = {papers[row]["party"] for row in bills}
    lists = dict(_lists(s, supplier))
    prices = lists[max(first for first in lists if first <= s.today)]
    wanted: Places = {}
    for row in bills:
        order = order_of(s, papers[row])
        fits = order is not None and order["order_status"] == "delivered"
        if order is not None and order["quantity"] * (prices.get(order["sku"]) or 0) != papers[row]["amount"]:
            fits = False
        wanted = {**wanted, ("documents", row, "document_status"): "approved" if fits else "on_hold"}
    return exactly(s, wanted)


TWINS: dict[str, Callable[[Seen], bool]] = {
    "triage_queue": triage_queue,
    "cover_shift": cover_shift,
    "match_tickets": match_tickets,
}
"""Judges by the template's name."""
