"""Policies in words: titles, openings and rules, by topic in the order of ``model.TOPICS``.

Rules are in the order of ``model.PARAMETERS``; ``%s`` is the parameter with its unit.
"""

from __future__ import annotations

from .dates import money
from .grammar import lines
from .model import PARAMETERS, TOPICS

__all__ = ["ENDINGS", "OPENINGS", "REPLACED", "RULES", "TITLES", "UNITS", "worded"]

TITLES = (
    ("Refunds", "Refunds to customers", "Paying money back"),
    ("Credit and overdue invoices", "Customer credit", "Credit control"),
    ("Returns", "Returned goods", "Taking goods back"),
    ("Approval of bills", "Approvals", "Who approves what"),
    ("Shipping and delivery", "Delivery times", "Shipping"),
    ("Meetings", "Meeting rules", "How we meet"),
    ("Discounts", "Customer discounts", "Discounts by tier"),
    ("Privacy", "Data protection", "Customer data"),
)
OPENINGS = tuple(
    map(
        lines,
        (
            """
            This page says when and how customers get their money back.
            Refunds are paid to keep customers, not to avoid questions.
            Everybody who promises a refund reads this first.
            """,
            """
            We sell on account, and this page says how far.
            Credit is given by trust; these are its limits.
            This page is for everybody who deals with late payers.
            """,
            """
            Customers may send goods back under these rules.
            This page says what we take back and on which terms.
            Returns cost us money, so please keep to these rules.
            """,
            """
            No bill is paid that nobody has approved.
            This page says who may approve bills of suppliers.
            Whoever approves a bill has compared it with the order.
            """,
            """
            We promise only what the warehouse can keep.
            This page says how soon we deliver and what it costs.
            These rules hold for every order, whoever takes it.
            """,
            """
            Meetings cost time, so we keep them short and few.
            This page says how we call and hold meetings.
            Please think twice before you call a meeting.
            """,
            """
            Discounts depend on the tier of the customer.
            This page says who gets which discount.
            Nobody gives other discounts than these.
            """,
            """
            We keep no more data about people than we need.
            This page says how we treat data of customers.
            What customers tell us stays with us.
            """,
        ),
    )
)
RULES = tuple(
    tuple(map(lines, topic))
    for topic in (
        (
            """
            Refunds above %s need approval by a manager.
            A manager has to approve every refund above %s.
            Up to %s you may grant a refund yourself; anything above needs approval by a manager.
            No refund above %s is paid without the approval of a manager.
            """,
            """
            A refund can be asked for within %s of delivery.
            Customers have %s from the day of delivery to ask for a refund.
            Whoever asks later than %s after delivery gets no refund.
            """,
            """
            Refunds are paid within %s of being granted.
            Once granted, a refund is paid within %s.
            The customer has the money within %s after we have agreed to it.
            """,
        ),
        (
            """
            A reminder is sent once an invoice has been overdue for %s.
            We send a reminder %s after the day on which an invoice was payable.
            Customers are reminded when they are %s late.
            """,
            """
            Accounts with an invoice overdue for more than %s are put on hold.
            If an invoice has been overdue for more than %s, the account is put on hold.
            More than %s overdue means that the account goes on hold.
            """,
            """
            New customers pay a deposit on orders above %s.
            For orders above %s we ask new customers for a deposit.
            A deposit is asked of new customers whose order is above %s.
            """,
        ),
        (
            """
            Goods can be returned within %s of delivery.
            We take goods back up to %s after delivery.
            Customers may return goods for %s after delivery.
            """,
            """
            If the goods were simply not needed, we keep a fee of %s of their price.
            A fee of %s of the price is kept for goods that were not needed.
            For goods returned without a fault the fee is %s of their price.
            """,
            """
            Returned goods are inspected within %s of arrival.
            The warehouse inspects what comes back within %s.
            We check returned goods within %s after they have come in.
            """,
        ),
        (
            """
            Accounts may approve bills up to %s; above that the managing director approves them.
            Bills above %s need the approval of the managing director.
            Up to %s accounts may approve a bill; all others go to the managing director.
            """,
            """
            Bills above %s need a second signature as well.
            Above %s there has to be a second signature.
            A second signature is needed for every bill above %s.
            """,
        ),
        (
            """
            Normal orders need %s from order to delivery.
            For normal orders we promise no delivery sooner than %s after the order.
            The earliest delivery of a normal order is %s after it was placed.
            """,
            """
            Urgent orders need %s.
            For urgent orders we promise no delivery sooner than %s after the order.
            If it is urgent, the earliest delivery is %s after the order.
            """,
            """
            Delivery is free for orders above %s.
            Orders above %s are delivered free of charge.
            We charge for delivery unless the order is above %s.
            """,
        ),
        (
            """
            No meeting takes more than %s.
            Meetings end after %s at the latest.
            The longest meeting takes %s.
            """,
            """
            Invitations go out %s before the meeting at least.
            Whoever calls a meeting does so %s ahead or sooner.
            Between invitation and meeting there are %s at least.
            """,
            """
            Meetings of more than %s need an agenda.
            If there are more than %s, an agenda is sent out before.
            An agenda is needed where more than %s meet.
            """,
        ),
        (
            """
            Silver customers get %s off the list price.
            The discount for silver customers is %s.
            For the silver tier we take %s off the list price.
            """,
            """
            Gold customers get %s off the list price.
            The discount for gold customers is %s.
            For the gold tier we take %s off the list price.
            """,
            """
            Discounts are given on orders worth %s or more at list prices.
            An order has to be worth %s at list prices to get a discount.
            There is no discount on orders worth less than %s at list prices.
            """,
        ),
        (
            """
            Data of customers are deleted %s after their last order.
            We delete what we know of a customer %s after the last order.
            Nothing is kept longer than %s after the last order of a customer.
            """,
            """
            Questions of customers about their data are answered within %s.
            Whoever asks what we know about them gets an answer within %s.
            We have %s to answer people who ask for their data.
            """,
        ),
    )
)
ENDINGS = lines("""
    Revision %s, in force from %s.
    This is revision %s. It applies from %s on.
    Revision %s; it comes into force on %s.
""")
REPLACED = lines("""
    It replaces revision %s.
    Revision %s then no longer applies.
    With it revision %s goes out of force.
""")

_ONES = lines(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen".replace(" ", "\n")
)
_ONES += lines("fifteen sixteen seventeen eighteen nineteen".replace(" ", "\n"))
_TENS = lines("zero ten twenty thirty forty fifty sixty seventy eighty ninety".replace(" ", "\n"))


def _numeral(number: int) -> str:
    if number >= 100:
        rest = f" and {_numeral(number % 100)}" if number % 100 else ""
        return f"{_ONES[number // 100]} hundred{rest}"
    if number < 20:
        return _ONES[number]
    return _TENS[number // 10] + (f"-{_ONES[number % 10]}" if number % 10 else "")


NUMERALS = tuple(map(_numeral, range(200)))
"""Numbers in words."""
UNITS = tuple(tuple(unit for _, unit in PARAMETERS[topic]) for topic in TOPICS)
"""The units of parameters, by topic."""


def worded(unit: str, number: int, long: bool = False) -> str:
    """A parameter with its unit: ``"250.00"``, ``"30 days"``, or long ``"thirty (30) days"``."""
    if unit == "money":
        return money(number)
    if unit == "percent":
        return f"{number} %"
    return f"{NUMERALS[number]} ({number}) {unit}" if long else f"{number} {unit}"
