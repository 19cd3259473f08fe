"""The ledger: invoices, suppliers' bills, payments and credit notes."""

from __future__ import annotations

from typing import Any

from ..company.model import DOCUMENT_STATUSES, DOCUMENT_TYPES, Company
from ..dice import Dice
from ..schema import Action, App, Column, Command, DetailView, Field, FormView, ListView, Table
from ..store import Draft, Refused
from .checks import Given, line, number, record, write
from .words import with_shared

__all__ = ["LEDGER", "NEXT", "rows"]

OPEN, PAID, _, _, _, POSTED = range(len(DOCUMENT_STATUSES))
DEAREST = 100_000_000
"""Cents of a document at most."""
_OWED = ("invoice", "bill")
NEXT = {
    "approved": (("bill", "credit"), ("open",)),
    "on_hold": (("invoice", "bill", "credit"), ("open", "approved")),
    "disputed": (_OWED, ("open", "approved", "on_hold")),
    "open": ((*_OWED, "credit"), ("on_hold", "disputed")),
    "posted": (("payment", "credit"), ("open", "approved")),
}
"""Which types of documents become what, and from what."""
CHANGEABLE = ("open", "on_hold", "disputed")

_DOCUMENTS = Table(
    "documents",
    "document_number",
    (
        Column("document_number", "text"),
        Column("document_type", "enum", DOCUMENT_TYPES),
        Column("party", "text", doc="customer or supplier"),
        Column("reference", "text", doc="number of the order, or of the document paid or credited,"),
        Column("amount", "money"),
        Column("issued", "date"),
        Column("payable", "date", doc="last day to pay"),
        Column("document_status", "enum", DOCUMENT_STATUSES),
        Column("document_note", "text"),
    ),
)


# -- commands ----------------------------------------------------------------------------------------------------------
def _cell(draft: Draft, row: int, name: str) -> Any:
    return draft.get("documents", row, name)


def _become(draft: Draft, given: Given, status: str) -> int:
    """Give a document another status. Returns its row."""
    row = record(draft, given, "id", "documents")
    kind, was = (
        DOCUMENT_TYPES[_cell(draft, row, "document_type")],
        DOCUMENT_STATUSES[_cell(draft, row, "document_status")],
    )
    kinds, from_ = NEXT[status]
    if kind not in kinds or was not in from_:
        raise Refused("not_allowed")
    write(draft, "documents", row, document_status=DOCUMENT_STATUSES.index(status))
    return row


def _approve(draft: Draft, given: Given) -> None:
    _become(draft, given, "approved")


def _hold(draft: Draft, given: Given) -> None:
    _become(draft, given, "on_hold")


def _dispute(draft: Draft, given: Given) -> None:
    _become(draft, given, "disputed")


def _release(draft: Draft, given: Given) -> None:
    _become(draft, given, "open")


def _same(a: str, b: str) -> bool:
    return a.casefold() == b.casefold()


def _post(draft: Draft, given: Given) -> None:
    """Book a payment or a credit note. An invoice or bill that a payment settles in full is then paid."""
    row = _become(draft, given, "posted")
    if DOCUMENT_TYPES[_cell(draft, row, "document_type")] != "payment":
        return
    for owed in range(draft.size("documents")):
        named = _same(_cell(draft, owed, "document_number"), _cell(draft, row, "reference"))
        if named and DOCUMENT_TYPES[_cell(draft, owed, "document_type")] in _OWED:
            if _cell(draft, owed, "amount") <= _cell(draft, row, "amount"):
                draft.set("documents", owed, document_status=PAID)
            return


def _invoice(draft: Draft, reference: str) -> int:
    """The invoice of a number, or of an order's number."""
    for name in ("document_number", "reference"):
        for row in range(draft.size("documents")):
            if DOCUMENT_TYPES[_cell(draft, row, "document_type")] == "invoice" and _same(
                _cell(draft, row, name), reference
            ):
                return row
    raise Refused("unknown_name", "reference")


def _new_number(draft: Draft, prefix: str) -> str:
    """The number after the highest one of a type."""
    numbers = (_cell(draft, row, "document_number") for row in range(draft.size("documents")))
    return f"{prefix}{1 + max((int(n[len(prefix) :]) for n in numbers if n.startswith(prefix)), default=1000)}"


def _credit(draft: Draft, given: Given) -> None:
    reference, note = line(given, "reference"), line(given, "note", required=False)
    invoice = _invoice(draft, reference)
    draft.add(
        "documents",
        document_number=_new_number(draft, "CN-"),
        document_type=DOCUMENT_TYPES.index("credit"),
        party=_cell(draft, invoice, "party"),
        reference=reference.upper(),
        amount=number(given, "amount", 1, _cell(draft, invoice, "amount")),
        issued=draft.today,
        payable=draft.today,
        document_status=OPEN,
        document_note=note,
    )


def _names(draft: Draft, reference: str) -> bool:
    """Whether a reference names anything there is."""
    places = (("documents", "document_number"), ("documents", "reference"), ("orders", "order_number"))
    return any(
        _same(draft.get(table, row, column), reference) for table, column in places for row in range(draft.size(table))
    )


def _change(draft: Draft, given: Given) -> None:
    row = record(draft, given, "id", "documents")
    if DOCUMENT_STATUSES[_cell(draft, row, "document_status")] not in CHANGEABLE:
        raise Refused("not_allowed")
    reference = line(given, "reference")
    if not _names(draft, reference):
        raise Refused("unknown_name", "reference")
    write(
        draft,
        "documents",
        row,
        amount=number(given, "amount", 1, DEAREST),
        reference=reference.upper(),
        document_note=line(given, "note", required=False),
    )


# -- pages -------------------------------------------------------------------------------------------------------------
_VIEWS = (
    ListView(
        "document_list",
        "documents",
        ("document_number", "party", "amount", "document_status", "reference"),
        opens="document",
        sort="-issued -document_number",
        filters=("document_type", "document_status"),
        search=("document_number", "party", "reference"),
        new="new_credit",
    ),
    ListView(
        "due_list",
        "documents",
        ("document_number", "party", "amount", "payable", "document_status"),
        opens="document",
        where=(("document_status", tuple(i for i in range(len(DOCUMENT_STATUSES)) if i not in (PAID, POSTED))),),
        sort="payable document_number",
        filters=("document_type",),
        search=("document_number", "party", "reference"),
        new="new_credit",
    ),
    DetailView(
        "document",
        "documents",
        (
            *("document_number", "document_type", "party", "reference", "amount"),
            *("issued", "payable", "document_status", "document_note"),
        ),
        actions=(
            Action("change_document", form="change_document"),
            Action("approve", "document_approve"),
            Action("hold", "document_hold"),
            Action("dispute", "document_dispute"),
            Action("release", "document_release"),
            Action("post", "document_post"),
        ),
    ),
    FormView(
        "new_credit",
        "document_credit",
        (Field("reference", "text"), Field("amount", "money"), Field("note", "text", required=False)),
    ),
    FormView(
        "change_document",
        "document_change",
        (
            Field("amount", "money", default="amount"),
            Field("reference", "text", default="reference"),
            Field("note", "text", required=False, default="document_note"),
        ),
        about="documents",
    ),
)
_COMMANDS = (
    Command("document_approve", _approve),
    Command("document_hold", _hold),
    Command("document_dispute", _dispute),
    Command("document_release", _release),
    Command("document_post", _post, severity=3, confirm=True),
    Command("document_credit", _credit, reversible=False, done="saved"),
    Command("document_change", _change, done="saved"),
)

_WORDS = {
    "ledger": ("Ledger", "Accounts", "Bookkeeping", "Daybook"),
    "document_list": ("All documents", "Documents", "Vouchers", "Muniments"),
    "due_list": ("To be settled", "Not settled yet", "Unsettled", "Arrears and dues"),
    "document": ("Document", "Voucher", "Document details", "Instrument"),
    "new_credit": ("New credit note", "Issue a credit note", "Credit a customer", "Draw a credit note"),
    "change_document": ("Change document", "Edit document", "Correct", "Amend"),
    "approve": ("Approve", "Sign off", "Give approval", "Countersign"),
    "dispute": ("Dispute", "Contest", "Raise a dispute", "Impugn"),
    "post": ("Post", "Book", "Enter in the books", "Bring to account"),
    "document_number": ("Number", "Document number", "Document no.", "Folio"),
    "document_type": ("Type", "Document type", "Kind", "Class"),
    "bill": ("Bill", "Supplier invoice", "Vendor bill", "Invoice received"),
    "payment": ("Payment", "Money transfer", "Bank transfer", "Remittance"),
    "party": ("Party", "Customer or supplier", "Business partner", "Counterparty"),
    "reference": ("Reference", "Refers to", "Belongs to", "Ref."),
    "amount": ("Amount", "Sum", "Value", "Figure"),
    "issued": ("Issued", "Issue date", "Issued on", "Drawn on"),
    "payable": ("Payable by", "Due date", "To be paid by", "Falls due"),
    "document_status": ("Status", "Document status", "State", "Disposition"),
    "paid": ("Paid", "Settled", "Paid in full", "Discharged"),
    "approved": ("Approved", "Signed off", "Passed for payment", "Countersigned"),
    "disputed": ("Disputed", "Contested", "In dispute", "Impugned"),
    "posted": ("Posted", "Booked", "In the books", "Brought to account"),
    "document_note": ("Document note", "Note on document", "Bookkeeper's note", "Marginal note"),
}
_ALSO = ("open", "on_hold", "hold", "release", "note", "invoice", "credit")
LEDGER = App("ledger", (_DOCUMENTS,), _VIEWS, _COMMANDS, with_shared(_WORDS, _ALSO))


# -- the projection of the log -----------------------------------------------------------------------------------------
def rows(company: Company, dice: Dice) -> dict[str, list[Any]]:
    """The columns of documents."""
    names = [column.name for column in _DOCUMENTS.columns]
    cells = zip(*company.documents, strict=True) if company.documents else [()] * len(names)
    return {f"documents_{name}": list(column) for name, column in zip(names, cells, strict=False)}
