"""Sentences of mails about invoices, bills and payments."""

from __future__ import annotations

from .grammar import Texts, mix

__all__ = ["TEXTS"]

_DISPUTED = """
    Your bill %(bill)s for %(number)s does not match our order.
    We cannot accept your bill %(bill)s for %(number)s as it is.
    There is something wrong with bill %(bill)s for %(number)s.
"""

_PLEASE_CORRECT = """
    Please send a new one.
    Please correct it.
    Until then we do not pay it.
"""

TEXTS: Texts = {
    ("invoiced", ""): mix(
        """
        Here is our invoice %(invoice)s for order %(number)s.
        Please find invoice %(invoice)s for your order %(number)s.
        We have invoiced your order %(number)s under %(invoice)s.
        Invoice %(invoice)s for %(number)s (%(things)s) is ready.
        With the delivery of %(number)s comes invoice %(invoice)s.
        For %(number)s we send you invoice %(invoice)s.
        """,
        """
        It is over %(amount)s and payable by %(payable)s.
        The amount is %(amount)s, due on %(payable)s.
        Please pay %(amount)s by %(payable)s.
        We ask you to transfer %(amount)s by %(payable)s.
        Please transfer %(amount)s by %(payable)s and quote %(invoice)s.
        %(amount)s are payable by %(payable)s.
        """,
    ),
    ("reminded", ""): mix(
        """
        Invoice %(invoice)s for order %(number)s is still open.
        We have not found a payment for invoice %(invoice)s (order %(number)s).
        Perhaps it has escaped you: invoice %(invoice)s for %(number)s has not been paid.
        May I remind you of invoice %(invoice)s for %(number)s?
        Our books show invoice %(invoice)s for %(number)s as open.
        A reminder of invoice %(invoice)s for your order %(number)s.
        """,
        """
        %(amount)s were payable by %(payable)s, which is %(days)s days ago.
        The %(amount)s were due on %(payable)s, %(days)s days ago.
        It is over %(amount)s and has been overdue for %(days)s days, since %(payable)s.
        """,
        """
        Please pay it in the next days.
        If you have paid already, please ignore this.
        Could you look into it?
        Please tell us if there is a reason.
        """,
    ),
    ("paid", "INV"): mix(
        """
        We have paid %(amount)s for invoice %(document)s today.
        The transfer of %(amount)s for %(document)s went out this morning.
        Invoice %(document)s is paid: %(amount)s, by transfer.
        %(amount)s for invoice %(document)s should be on your account soon.
        Our bank has transferred %(amount)s for your invoice %(document)s.
        For your invoice %(document)s we have transferred %(amount)s.
        """,
        """
        -
        It is for order %(number)s.
        The order was %(number)s.
        Please confirm that it has arrived.
        """,
    ),
    ("paid", "BILL"): mix(
        """
        We have paid your bill %(document)s, %(amount)s, today.
        The transfer of %(amount)s for your bill %(document)s went out today.
        Your bill %(document)s over %(amount)s is settled.
        For %(document)s we have transferred %(amount)s.
        """,
        """
        -
        It was for our order %(number)s.
        Please confirm that it has arrived.
        """,
    ),
    ("supplier_billed", ""): mix(
        """
        Here is our bill %(bill)s for your order %(number)s.
        Please find our bill %(bill)s, which belongs to your order %(number)s.
        For the goods of your order %(number)s we send you bill %(bill)s.
        Our bill for %(number)s is %(bill)s.
        The bill for the goods that went into %(number)s is %(bill)s.
        We bill the goods of %(number)s under %(bill)s.
        """,
        """
        It is for %(billed)s and comes to %(amount)s, payable by %(payable)s.
        For %(billed)s we ask you to pay %(amount)s by %(payable)s.
        %(billed)s make %(amount)s, which are payable by %(payable)s.
        Please pay %(amount)s for %(billed)s by %(payable)s.
        """,
    ),
    ("bill_held", "receipt"): mix(
        """
        Your bill %(bill)s for %(number)s is on hold with us.
        We cannot pay your bill %(bill)s for %(number)s yet.
        I had to put your bill %(bill)s (order %(number)s) on hold.
        """,
        """
        Our warehouse has not booked the receipt of the goods.
        We have no receipt for the goods.
        The delivery note is missing.
        """,
        """
        Could you send us the delivery note?
        I will come back to you when it is there.
        Please send us a copy.
        """,
    ),
    ("bill_disputed", "quantity"): mix(
        _DISPUTED,
        """
        We ordered %(things)s, and you have billed more.
        The order was %(things)s; the quantity on your bill is higher.
        The quantity is not right: our order says %(things)s.
        """,
        _PLEASE_CORRECT,
    ),
    ("bill_disputed", "price"): mix(
        _DISPUTED,
        """
        The price of one should be %(cost)s, and you have billed more.
        We had agreed on %(cost)s each.
        You have billed more than the %(cost)s each that we agreed on.
        """,
        _PLEASE_CORRECT,
    ),
}
