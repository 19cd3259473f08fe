"""How mails begin and end, what they are called, and what is answered to them."""

from __future__ import annotations

from .grammar import Key, lines

__all__ = ["CLOSINGS", "FOLLOWS", "GREETINGS", "REPLIES", "SUBJECTS"]

GREETINGS = (
    ("Hi %s,", "Hello %s,", "%s,", "Hi %s!", "Good day, %s,", "Dear %s,"),
    ("Dear %s,", "Hello %s,", "Good day, %s,", "Dear %s,", "Hello %s,", "Dear %s,"),
)
"""To colleagues, and to others; everybody has one way."""
CLOSINGS = (
    ("Thanks", "Best", "See you", "Bye for now", "Many thanks", "Regards"),
    ("Kind regards", "Best regards", "With kind regards", "Many thanks and best regards", "Yours sincerely", "Regards"),
)

MEMOS = lines("""
    Thanks, I have read it.
    Noted, thank you.
    Thank you, I will tell the others.
    Thanks, that was needed.
    Understood.
""")
_THANKS = lines("""
    Thank you for letting us know.
    Thanks, that helps.
    Many thanks for the quick message.
    Thank you, we are looking forward to it.
    Thanks, noted.
    Perfect, thank you.
    Thank you, I have passed it on.
    Good, thanks for looking after it.
""")
_COMES = lines("""
    Thanks, I will be there.
    That suits me, see you then.
    I will come, thank you.
    Fine with me.
    Good, I have noted it.
    Yes, I can make it.
""")
_LOOKS_INTO = lines("""
    I am sorry about %(number)s. I have passed it to the warehouse and will come back to you.
    Thank you for telling us about %(number)s. We will look into it at once.
    Please excuse that. I am checking %(number)s with our warehouse.
    I am sorry to hear that. Could you send us a photo or the delivery note of %(number)s?
    That should not have happened with %(number)s. I will see what we can do.
    I understand that you are not happy with %(number)s. We will put it right.
""")
_ANSWERS_LIMIT = lines("""
    I have to ask our accounts people and will tell you.
    Could you raise the limit? We have been customers for years.
    We can pay a part of it in advance.
""")

REPLIES: dict[Key, tuple[float, tuple[str, ...]]] = {
    ("order_confirmed", ""): (0.35, _THANKS),
    ("order_held", "limit"): (0.8, _ANSWERS_LIMIT),
    ("order_held", "overdue"): (
        0.8,
        lines("""
            I was not aware of that. I will talk to our accounts people.
            Sorry, the invoice must have been lost here. We will pay it.
            Thank you for telling me. I will see that it is paid.
        """),
    ),
    ("order_held", "address"): (
        0.7,
        lines("""
            Strange, you have delivered there before. I will check the address.
            I will ask my colleagues in %(city)s and send it to you.
            Sorry, that was left out. I will look it up for you.
        """),
    ),
    ("delayed", ""): (
        0.8,
        lines("""
            Thank you for telling us early. %(due)s is all right.
            That is a pity, but %(due)s still works for us.
            We can wait until %(due)s, but not longer, please.
            That is too bad. Is there really nothing you can do before %(due)s?
            Then %(due)s it is. Please keep to it this time.
            Thanks. Please make sure that %(due)s is really the last change.
            Our people will not like it, but we accept %(due)s.
        """),
    ),
    ("shipped", ""): (0.25, _THANKS),
    ("delivered", ""): (
        0.4,
        lines("""
            All there, thank you.
            Everything has arrived in good order, thanks.
            We have checked it, and it is complete. Thank you.
            Yes, it is here. Thanks for the good work.
            It has arrived; we unpack it tomorrow.
            Thank you, the driver was very helpful.
        """),
    ),
    ("cancelled", ""): (
        1.0,
        lines("""
            I have cancelled %(number)s. Nothing will be charged.
            %(number)s is cancelled, as you asked.
            That is a pity. Order %(number)s is cancelled now.
            No problem, %(number)s is off our books.
            Done: %(number)s is cancelled. We hope to hear from you again.
            We confirm that %(number)s is cancelled.
        """),
    ),
    ("complained", ""): (0.9, _LOOKS_INTO),
    ("returned", ""): (
        0.9,
        lines("""
            Thank you for writing. The carrier will pick up %(back)s this week; please put %(number)s on the boxes.
            Please write %(number)s on the parcels and send %(back)s to our warehouse.
            We take back %(back)s from %(number)s. The carrier will call you.
            That is all right. Please pack %(back)s well; the carrier picks it up.
            I have noted the return of %(back)s for %(number)s. A credit note follows after we have checked it.
        """),
    ),
    ("credited", ""): (
        0.5,
        lines("""
            Thank you, the credit note has arrived.
            Thanks, that settles it for us.
            Thank you for dealing with it.
            That is fair, thank you.
            Thanks, I have passed it on to our accounts people.
        """),
    ),
    ("reminded", ""): (
        0.6,
        lines("""
            I have passed it on to our accounts people.
            Sorry about that. We will pay it in the next days.
            Thank you for the reminder; it was overlooked.
            I will look into it. Could you send the invoice again?
            It is in our next run of payments.
        """),
    ),
    ("supplier_billed", ""): (
        0.3,
        lines("""
            Thank you, we will check it.
            Thanks, the bill has arrived.
            We have got it and compare it with the delivery.
        """),
    ),
    ("bill_held", ""): (
        0.6,
        lines("""
            I will look for the delivery note and send it to you.
            Our driver must still have it. I will ask him.
            Thank you, I will see to it.
        """),
    ),
    ("bill_disputed", ""): (
        0.7,
        lines("""
            I will check that and come back to you.
            You may be right. I will ask our office.
            Sorry for that, I will look at it again.
            Thank you for telling me. We will see what went wrong.
        """),
    ),
    ("paid", ""): (
        0.3,
        lines("""
            Thank you, the money has arrived.
            Thanks for the payment.
            Thank you for paying.
        """),
    ),
    ("answer", ""): (
        0.5,
        lines("""
            Thanks, that is what I needed.
            Great, thank you.
            Thanks a lot.
            Perfect, I will tell them.
            Thank you, that was quick.
        """),
    ),
    ("meeting_called", ""): (0.8, _COMES),
    ("meeting_moved", ""): (0.5, _COMES),
    ("meeting_cancelled", ""): (0.3, MEMOS),
    ("minutes", ""): (0.4, MEMOS),
    ("policy_issued", ""): (0.3, MEMOS),
    ("newsletter", ""): (0.0, MEMOS),
}
"""How likely a mail is answered, and what may be said."""

FOLLOWS: dict[str, tuple[float, tuple[str, ...]]] = {
    "delayed": (
        0.35,
        lines("""
            I will keep an eye on it and write to you if anything changes.
            Thank you for your understanding.
            I have told the warehouse how much you need it.
            We will do what we can.
            You have my word that I will look after it.
        """),
    ),
    "complained": (
        0.5,
        lines("""
            Thank you. Please be quick about it.
            I will send you what we have. Please call me if that is easier.
            We are waiting for your answer, then.
            All right. The boxes are still here, if you want to see them.
            Good, thank you for caring.
        """),
    ),
    "order_held": (
        0.4,
        lines("""
            Thank you, I will wait to hear from you.
            Thanks. As soon as that is done, we go on.
            Good, please write to me then.
        """),
    ),
}
"""How likely an answer is answered in turn, and what may be said."""

SUBJECTS: dict[str, tuple[str, ...]] = {
    "order_placed": lines("""
        Order: %(things)s
        Order for %(city)s
        New order: %(item_)s
        Our order of %(things)s
        Order by %(customer)s
        Order, article %(sku)s
        Please deliver: %(things)s
    """),
    "complained": lines("""
        Complaint about %(number)s
        Problem with %(number)s
        %(number)s: we are not satisfied
        Our order %(number)s
        Order %(number)s, please read
        Trouble with order %(number)s
    """),
    "returned": lines("""
        Return from %(number)s
        Goods to be returned, %(number)s
        %(number)s: return
        We would like to return something
        Return of %(item_)s
    """),
    "invoiced": lines("""
        Invoice %(invoice)s
        Invoice for %(number)s
        %(invoice)s for your order %(number)s
        Your invoice %(invoice)s
        Invoice %(invoice)s, order %(number)s
    """),
    "supplier_billed": lines("""
        Bill %(bill)s
        Bill for %(number)s
        Our bill %(bill)s
        %(bill)s, your order %(number)s
        Bill: %(billed)s
    """),
    "question": lines("""
        %(number)s
        Question about %(number)s
        Quick question: %(customer)s
        %(customer)s, %(number)s
        Need your help with %(number)s
        A detail of %(number)s
    """),
    "meeting_called": lines("""
        Invitation: %(title)s
        %(title)s, %(day)s
        Meeting: %(title)s
        %(title)s
        Please come: %(title)s
    """),
    "minutes": lines("""
        Minutes: %(title)s, %(day)s
        Minutes of %(title)s
        %(title)s: minutes
        What we said in %(title)s
    """),
    "policy_issued": lines("""
        New revision: %(title)s
        Policy "%(title)s"
        Our policy has changed: %(title)s
        Please read: %(title)s
    """),
    "newsletter": lines("""
        From the catalogue
        In the window this month
        Catalogue news
        News for our customers
        What we recommend
        Newsletter
    """),
}
"""Subjects, by the kind of the event that opens a conversation."""
