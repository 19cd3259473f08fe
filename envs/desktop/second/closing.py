"""The judge of a month-end closing: bills, a wrong invoice, a credit note, reminders, and a total."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from .papers import order_of
from .reading import MONTHS, amounts, as_wanted, beyond, claims, day, in_force, only, rows, says_money
from .seen import Change, Record, Seen

__all__ = ["CLOSING"]

Places = dict[tuple[str, int, str], Any]


def _sentence(text: str, says: str) -> str:
    """The first sentence of a text in which `says` is found."""
    return next(one for one in re.split(r"(?<=[.;:])\s+(?=[A-Z])", text) if re.search(says, one))


# -- bills -------------------------------------------------------------------------------------------------------------
def _limit(s: Seen) -> int:
    """Cents up to which bills are to be approved: as the goal says, or the policy on approvals."""
    if "approvals" in s.goal:
        return amounts(_sentence(in_force(s, "managing director")["text"], "managing director"))[0]
    return amounts(_sentence(s.goal, r"\bbills?\b.*\d\.\d\d"))[0]


def _bills(s: Seen) -> tuple[Places, int]:
    """What should become of the month's pending bills, and the total of those to be approved."""
    found = re.search(r"\b([A-Z][a-z]+) (20\d\d)\b", s.goal)
    assert found is not None
    month = MONTHS.index(found[1][:3].casefold()) + 1
    next_month = (month % 12 + 1, int(found[2]) + month // 12)
    first, after = day(f"{found[2]}-{month}-1"), day(f"{next_month[1]}-{next_month[0]}-1")
    assert first is not None and after is not None
    wanted: Places = {}
    total, limit = 0, _limit(s)
    for row in rows(s.before["documents"], document_type="bill", document_status="open"):
        bill = s.before["documents"][row]
        if first <= bill["issued"] < after:
            order = order_of(s, bill)
            fine = order is not None and order["order_status"] == "delivered" and bill["amount"] <= limit
            wanted["documents", row, "document_status"] = "approved" if fine else "on_hold"
            total += bill["amount"] if fine else 0
    return wanted, total


# -- the wrong invoice and the credit note -----------------------------------------------------------------------------
def _wrong_invoice(s: Seen) -> Places:
    """The invoice that is not over the total of its order: by its number, or of the customer who is named."""
    papers = s.before["documents"]
    said = _sentence(s.goal, r"total of (?:its|the) order|order it refers to: correct|is not the total of its order")
    numbers = re.findall(r"INV-\d+", said)
    found = {}
    for row in rows(papers, document_type="invoice"):
        paper, order = papers[row], order_of(s, papers[row])
        meant = paper["document_number"] in numbers or (
            not numbers and paper["document_status"] == "open" and paper["party"] in said
        )
        if meant and order is not None and order["order_total"] != paper["amount"]:
            found["documents", row, "amount"] = order["order_total"]
    return found


def _credit(s: Seen) -> tuple[str, int]:
    """Reference and cents of the credit note that is asked for."""
    said = s.goal[s.goal.index(re.findall(r"SO-\d+", s.goal)[0]) - 80 :]
    if number := re.search(r"reference[^.]*?(INV-\d+)|(INV-\d+) as its reference", said):
        return number[1] or number[2], amounts(_sentence(s.goal, r"\b[Cc]redit (?:note over )?\d|credit note over"))[0]
    order = re.findall(r"SO-\d+", s.goal)[0]
    invoice = s.before["documents"][only(s.before["documents"], document_type="invoice", reference=order)]
    fee = re.search(r"([\d.]+) %", _sentence(in_force(s, "not needed|without a fault")["text"], r"\d %"))
    assert fee is not None
    return invoice["document_number"], int(invoice["amount"] * (100 - Decimal(fee[1])) / 100)


def _is_credit(s: Seen, change: Change) -> bool:
    """Whether a change is that credit note."""
    reference, amount = _credit(s)
    made = change.new
    return (
        change[2:5:2] == ("documents", "")
        and (made["document_type"], made["document_status"]) == ("credit", "open")
        and (made["reference"], made["amount"]) == (reference, amount)
    )


# -- reminders ---------------------------------------------------------------------------------------------------------
def _patience(s: Seen) -> int:
    """Days after its last day to pay at which an invoice is due for a reminder."""
    said = _sentence(s.goal, r"\b[Rr]emind")
    said = s.goal[s.goal.index(said) :]
    if "credit policy" in said:
        said = _sentence(in_force(s, r"[Rr]emind")["text"], r"[Rr]emind")
    found = re.search(r"(\d+)\)? (?:days|or more days)", said)
    assert found is not None
    return int(found[1])


def _due(s: Seen) -> dict[str, list[Record]]:
    """Invoices due for a reminder, by the address that it goes to."""
    patience, found = _patience(s), dict[str, list[Record]]()
    for row in rows(s.before["documents"], document_type="invoice", document_status="open"):
        paper = s.after["documents"][row]
        reminded = "remind" in s.before["documents"][row]["document_note"].casefold()
        if s.today - paper["payable"] >= patience and not reminded:
            customer = s.before["customers"][only(s.before["customers"], customer_name=paper["party"])]
            found.setdefault(customer["contact_address"], []).append(paper)
    return found


def _reminded(s: Seen, mails: list[Record]) -> bool:
    """Whether these mails are the reminders that are due, and no others."""
    due, people = _due(s), s.before["people"]
    sent: list[str] = []
    for mail in mails:
        text = f"{mail['subject']}\n{mail['body']}"
        papers = due.get(people[mail["recipient"].row]["address"], [])
        numbers = {number.upper() for number in re.findall(r"(?i)\bINV-\d+", text)}
        named = [one for one in papers if one["document_number"] in numbers and one["amount"] in amounts(text)]
        others = numbers - {one["document_number"] for one in named}
        if mail["copy"] is not None or not named or others:
            return False
        sent += [one["document_number"] for one in named]
    return sorted(sent) == sorted(one["document_number"] for papers in due.values() for one in papers)


def month_end(s: Seen) -> bool:
    """Everything that closing the books takes, and nothing else."""
    wanted, total = _bills(s)
    wanted |= _wrong_invoice(s)
    extra = list(beyond(s, wanted))
    mails = [change.new for change in extra if change[2:5:2] == ("mails", "")]
    credits = [change for change in extra if _is_credit(s, change)]
    return (
        claims(s)
        and as_wanted(s, wanted)
        and len(credits) == 1
        and len(mails) + 1 == len(extra)
        and _reminded(s, mails)
        and says_money(s, total)
    )


CLOSING: dict[str, Callable[[Seen], bool]] = {"month_end": month_end}
"""Judges by the template's name."""
