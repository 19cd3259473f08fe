"""Sentences of mails about complaints, returns and credit notes."""

from __future__ import annotations

from .grammar import Texts, mix

__all__ = ["TEXTS"]

_COMPLAINT_ASKS = """
    Please tell us what you are going to do about it.
    How do we go on from here?
    I would like to hear from you soon.
    Please put this right.
    We did not expect this from you.
    Can you look into it, please?
"""

_RETURN_ASKS = """
    How do we send it back?
    Please arrange for it to be collected.
    When can somebody pick it up?
    Please let us have a credit note.
    What do you need from us?
    Please tell us how to return it.
"""

_OF_INVOICE = """
    It refers to invoice %(invoice)s.
    Please set it against invoice %(invoice)s.
    It belongs to invoice %(invoice)s.
"""

TEXTS: Texts = {
    ("returned", "surplus"): mix(
        """
        We have ordered too many with %(number)s and would like to return %(back)s.
        From order %(number)s we do not need %(back)s after all.
        With %(number)s we got more than we can use: %(back)s, still in the boxes.
        """,
        _RETURN_ASKS,
    ),
    ("returned", "damaged"): mix(
        """
        From order %(number)s, %(back)s came damaged and should go back.
        We unpacked %(number)s and found damage; it concerns %(back)s.
        We would like to return %(back)s from %(number)s because of dents.
        """,
        _RETURN_ASKS,
    ),
    ("returned", "wrong"): mix(
        """
        With %(number)s we got the wrong finish and would like to return %(back)s.
        Order %(number)s is not what we asked for; we send back %(back)s.
        The colour of %(number)s is not the one we chose, so we return %(back)s.
        """,
        _RETURN_ASKS,
    ),
    ("complained", "damaged"): mix(
        """
        Order %(number)s has arrived, but some of it is damaged.
        We have unpacked %(number)s, and not everything is in one piece.
        Some of what came with %(number)s (%(things)s) is scratched or torn.
        The parcel of %(number)s was torn, and the goods have suffered.
        """,
        _COMPLAINT_ASKS,
    ),
    ("complained", "wrong"): mix(
        """
        What came with %(number)s is not what we have ordered.
        We ordered %(things)s (%(number)s) and got another model.
        With %(number)s you have sent us the wrong colour.
        The article number on the boxes of %(number)s is not %(sku)s.
        """,
        _COMPLAINT_ASKS,
    ),
    ("complained", "late"): mix(
        """
        Order %(number)s was promised for %(asked)s and came on %(arrived)s.
        We waited for %(number)s from %(asked)s until %(arrived)s.
        You promised %(number)s for %(asked)s, and we got it on %(arrived)s only.
        Our people have been waiting: %(number)s came on %(arrived)s, not on %(asked)s.
        """,
        _COMPLAINT_ASKS,
    ),
    ("complained", "missing"): mix(
        """
        There should be %(quantity)s pieces in %(number)s, and we have counted fewer.
        Something is missing in %(number)s; we ordered %(things)s.
        Order %(number)s is not complete, and the delivery note is missing too.
        We have got %(number)s, but one box is missing.
        """,
        _COMPLAINT_ASKS,
    ),
    ("complained", "quality"): mix(
        """
        The %(item_)s from %(number)s is not as good as the sample in your showroom.
        We are not happy with the quality of %(number)s.
        What we got with %(number)s does not look like the picture in your catalogue.
        After a few days the %(item_)s from %(number)s looks worn.
        """,
        _COMPLAINT_ASKS,
    ),
    ("credited", "returned"): mix(
        """
        For the goods returned from %(number)s we have issued credit note %(credit)s over %(amount)s.
        Your return from %(number)s is checked, and credit note %(credit)s over %(amount)s is on its way.
        We have credited %(amount)s for your return from %(number)s; the credit note is %(credit)s.
        """,
        _OF_INVOICE,
        """
        -
        Thank you for your patience.
        Please tell us if anything is unclear.
        """,
    ),
    ("credited", "goodwill"): mix(
        """
        As a gesture of goodwill for %(number)s we have issued credit note %(credit)s over %(amount)s.
        We are sorry about %(number)s and have credited %(amount)s (credit note %(credit)s).
        For the trouble with %(number)s you get %(amount)s back; the credit note is %(credit)s.
        """,
        _OF_INVOICE,
        """
        -
        We hope that this settles it.
        Thank you for telling us.
        """,
    ),
}
