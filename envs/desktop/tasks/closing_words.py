"""How the closing of a month is asked for, step by step and by level. All ways to say a step ask for the same."""

from __future__ import annotations

__all__ = ["BILLS", "CREDIT", "INTRO", "LETTERS", "REMIND", "REPORT", "WRONG"]

INTRO = (
    "Please close the books for {month}.",
    "This is what remains to be done for the closing of {month}.",
    "Do the month-end closing for {month} in these steps.",
)
BILLS = {
    2: (
        "Bills: approve every pending bill issued in {month} whose order has the status delivered and whose amount is "
        "not above {limit}; put every other pending bill issued in {month} on hold.",
        "Decide on each bill that is pending and was issued in {month}: it is approved if the order it refers to is "
        "delivered and it comes to {limit} or less; else it goes on hold.",
        "Of the pending bills issued in {month}, put on hold those above {limit} and those whose order does not have "
        "the status delivered, and approve the rest.",
    ),
    3: (
        "Bills: approve every pending bill issued in {month} whose order has the status delivered and whose amount "
        "accounts may approve without the managing director by our policy on approvals in force today; put every other "
        "pending bill issued in {month} on hold.",
        "Decide on each bill that is pending and was issued in {month}: it is approved if the order it refers to is "
        "delivered and the policy on approvals in force today lets accounts approve its amount alone; else it goes "
        "on hold.",
        "Of the pending bills issued in {month}, put on hold those that need the managing director by today's policy "
        "on approvals and those whose order does not have the status delivered, and approve the rest.",
    ),
}
WRONG = {
    2: (
        "Invoice {wrong} of {customer} is not over the total of the order it refers to: correct its amount to that.",
        "Correct the amount of invoice {wrong} ({customer}); it has to be the total of its order.",
        "{customer} is right about {wrong}: the invoice's amount has to be the total of its order. Correct it.",
    ),
    3: (
        "A pending invoice of {customer} is not over the total of the order it refers to: find it and correct its "
        "amount to that total.",
        "Among the pending invoices of {customer} one has an amount that is not the total of its order. Correct it.",
        "{customer} complains that we have invoiced another sum than the total of the order. Find that pending invoice "
        "and correct its amount to the order's total.",
    ),
}
CREDIT = {
    2: (
        "Order {order} has come back: issue a credit note over {credit}, with invoice {returned} as its reference.",
        "Credit {credit} for order {order}, which has come back; the credit note's reference is invoice {returned}.",
        "For order {order}, which the customer has returned, a credit note over {credit} is due; its reference is the "
        "invoice {returned}.",
    ),
    3: (
        "Order {order} has come back complete, since the goods were not needed. Issue a credit note that refers to its "
        "invoice, over the invoice's amount less the fee that the policy on returns in force today keeps in such a "
        "case (cut off fractions of a cent).",
        "The goods of order {order} were not needed, and all of them have come back. Credit the amount of the order's "
        "invoice less the fee for that by the policy on returns in force today, without fractions of a cent; the "
        "reference of the credit note is the invoice's number.",
        "The customer did not need what order {order} brought and has returned everything. By the policy on returns in "
        "force today we keep a fee; credit the rest of the amount of the order's invoice, fractions of a cent cut off, "
        "with the invoice as reference.",
    ),
}
REMIND = {
    2: (
        "Remind customers by mail of every pending invoice that is {days} days or more past its last day to pay and "
        "whose note does not say that a reminder has gone out.",
        "Reminders: each pending invoice that was payable {days} or more days ago and whose note tells of no reminder "
        "is due for one, by mail.",
        "Send a reminder by mail for each pending invoice whose last day to pay is {days} or more days ago, unless its "
        "note says that the customer has been reminded.",
    ),
    3: (
        "Remind customers by mail of every pending invoice that is past its last day to pay by the number of days "
        "after which our credit policy in force today calls for a reminder, or by more, and whose note does not say "
        "that a reminder has gone out.",
        "Reminders: by the credit policy in force today an invoice that is overdue for so many days is due for one. "
        "Send them by mail for all pending invoices that have been overdue that long or longer and whose note tells of "
        "no reminder.",
        "Send a reminder by mail for each pending invoice that is overdue for at least the days that today's credit "
        "policy lays down for reminders, unless its note says that the customer has been reminded.",
    ),
}
LETTERS = (
    "Write to the contact on the customer's record and name number and amount of the invoice; one mail may name "
    "several invoices of a customer, but no two mails the same invoice. Write to nobody else.",
    "Each of these mails goes to the contact on the customer's record and gives the invoice's number and amount "
    "(several of one customer may share a mail, but none is in two mails). Send no other mails.",
    "The mail goes to the contact on the customer's record, with the number and the amount of the invoice; a customer "
    "with several may get one mail for all, but only one mail names each. Nobody else gets a mail.",
)
REPORT = (
    "Then answer with the sum of the amounts of the bills that you have approved.",
    "At the end, tell me the total of the bills that you have approved.",
    "As the answer I need the sum over all bills that you have approved.",
)
