"""Judges of what is to be done to bills, invoices, payments and customers' terms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from .reading import cents, days, exactly, in_force, only, rows
from .seen import Record, Seen

__all__ = ["PAPERS"]

Places = dict[tuple[str, int, str], Any]


def _status(row: int, status: str) -> Places:
    return {("documents", row, "document_status"): status}


def approve_bill(s: Seen) -> bool:
    """One bill, by its number, is to be approved."""
    number = re.findall(r"BILL-\d+", s.goal)[0]
    return exactly(s, _status(only(s.before["documents"], document_number=number), "approved"))


_VERBS = ((r"\b[Rr]elease", "open"), (r"\b[Dd]isput", "disputed"), (r"\bon hold\b", "on_hold"))


def hold_document(s: Seen) -> bool:
    """One bill or invoice is to be put on hold, to be released, or to be marked as disputed."""
    number = re.findall(r"(?:BILL|INV)-\d+", s.goal)[0]
    becomes = [status for said, status in _VERBS if re.search(said, s.goal)]
    return exactly(s, _status(only(s.before["documents"], document_number=number), becomes[0]))


# -- a customer's terms by the credit policy ---------------------------------------------------------------------------
_TIER = r"{}: (?:credit limit |up to )?([\d.]+)(?: at most, payable within|,| and) (\d+) days"
_LATE = re.compile(r"more than (\d+) days (?:past its last day to pay|overdue|ago)")
_THEN = re.compile(
    r"(?:is limited to|the limit is|gets a limit of) ([\d.]+) (?:with|and there are|and) (\d+) days to pay"
)


def _terms(s: Seen, customer: Record, policy: str) -> tuple[int | None, int]:
    """Credit limit in cents and days to pay that a customer should have."""
    late, then = _LATE.search(policy), _THEN.search(policy)
    assert late is not None and then is not None
    for paper in s.before["documents"]:
        owed = paper["document_type"] == "invoice" and paper["document_status"] != "paid"
        if owed and paper["party"] == customer["customer_name"] and s.today - paper["payable"] > int(late[1]):
            return cents(then[1]), int(then[2])
    found = re.search(_TIER.format(f"{customer['tier'].capitalize()}(?: customers)?"), policy)
    assert found is not None
    return cents(found[1]), int(found[2])


def credit_limit(s: Seen) -> bool:
    """Credit limit and days to pay of a customer are to be those of the policy in force."""
    customers = s.before["customers"]
    (row,) = (i for i, one in enumerate(customers) if one["customer_name"] in s.goal)
    title = re.search(r'"([^"]+)"', s.goal)
    policy = in_force(s, r"Silver\b.*\bdays", title[1] if title else "")
    limit, terms = _terms(s, customers[row], policy["text"])
    return exactly(s, {("customers", row, "credit_limit"): limit, ("customers", row, "terms"): terms})


# -- bills against orders and price lists ------------------------------------------------------------------------------
_PRICE = re.compile(r"^([A-Z]+-\d+) .*: ([\d,]+\.\d\d)$", re.M)


def _prices(s: Seen, supplier: str) -> dict[str, int | None]:
    """Prices by article, of the supplier's list that holds today."""
    lists = [
        (days(mail["body"])[0], mail["body"])
        for mail in s.before["mails"]
        if s.before["people"][mail["sender"].row]["firm"] == supplier and _PRICE.search(mail["body"])
    ]
    _, body = max(one for one in lists if one[0] <= s.today)
    return {sku: cents(price) for sku, price in _PRICE.findall(body)}


def order_of(s: Seen, paper: Record) -> Record | None:
    """The order that a paper refers to."""
    found = rows(s.before["orders"], order_number=paper["reference"])
    return s.before["orders"][found[0]] if found else None


def three_way_match(s: Seen) -> bool:
    """Pending bills of a supplier: approved if delivered and at the price in force, else on hold."""
    papers = s.before["documents"]
    bills = [i for i in rows(papers, document_type="bill", document_status="open") if papers[i]["party"] in s.goal]
    (supplier,) = {papers[i]["party"] for i in bills}
    prices = _prices(s, supplier)
    wanted: Places = {}
    for row in bills:
        order = order_of(s, papers[row])
        fits = (
            order is not None
            and order["order_status"] == "delivered"
            and order["sku"] in prices
            and order["quantity"] * (prices[order["sku"]] or 0) == papers[row]["amount"]
        )
        wanted |= _status(row, "approved" if fits else "on_hold")
    return exactly(s, wanted)


# -- invoices against orders -------------------------------------------------------------------------------------------
def wrong_totals(s: Seen) -> bool:
    """Unpaid invoices payable between two days are to be over the total of their order."""
    first, last = days(s.goal)
    wanted: Places = {}
    for row in rows(s.before["documents"], document_type="invoice"):
        paper = s.before["documents"][row]
        order = order_of(s, paper)
        if paper["document_status"] != "paid" and first <= paper["payable"] <= last and order is not None:
            wanted["documents", row, "amount"] = order["order_total"]
    return exactly(s, wanted)


# -- payments against invoices -----------------------------------------------------------------------------------------
def _payments(s: Seen) -> Iterator[int]:
    named = re.findall(r"PAY-\d+", s.goal)
    for row in rows(s.before["documents"], document_type="payment", document_status="open"):
        if not named or s.before["documents"][row]["document_number"] in named:
            yield row


def apply_payments(s: Seen) -> bool:
    """Pending payments are to be booked to the pending invoice of the same party over the same amount."""
    papers = s.before["documents"]
    wanted: Places = {}
    for row in _payments(s):
        same = {name: papers[row][name] for name in ("party", "amount")}
        owed = rows(papers, document_type="invoice", document_status="open", **same)
        if owed:
            wanted["documents", row, "reference"] = papers[owed[0]]["document_number"]
            wanted |= _status(row, "posted") | _status(owed[0], "paid")
    return exactly(s, wanted)


PAPERS: dict[str, Callable[[Seen], bool]] = {
    "approve_bill": approve_bill,
    "hold_document": hold_document,
    "credit_limit": credit_limit,
    "three_way_match": three_way_match,
    "wrong_totals": wrong_totals,
    "apply_payments": apply_payments,
}
"""Judges by the template's name."""
