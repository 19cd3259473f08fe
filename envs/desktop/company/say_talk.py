"""Sentences of colleagues' mails: questions, answers, meetings, policies, news."""

from __future__ import annotations

from .grammar import Texts, lines, mix

__all__ = ["DECISIONS", "NEWS", "POINTS", "TEXTS"]

_ASKED_ABOUT = """
    I have a quick question about %(number)s (%(customer)s).
    %(customer)s is on the phone about %(number)s.
    I am looking at %(number)s for %(customer)s.
    %(customer)s wrote to me about %(number)s.
    Could you help me with %(number)s, the order of %(customer)s?
    I need something for %(number)s (%(customer)s).
"""
_HAVE_ASKED = """
    -
    I have looked it up.
    Sure.
    Here you are.
    No problem.
"""
_ALL_SET = """
    -
    Is that all you need?
    Just ask if you need more.
"""

TEXTS: Texts = {
    ("question", "due"): mix(
        _ASKED_ABOUT,
        """
        When is it due?
        For which day have we promised it?
        What delivery date have we given them?
        """,
    ),
    ("question", "tracking"): mix(
        _ASKED_ABOUT,
        """
        Do you have the tracking number?
        What is the tracking number?
        Can you send me the tracking number?
        """,
    ),
    ("question", "invoice"): mix(
        _ASKED_ABOUT,
        """
        How much did we invoice?
        What was the amount of the invoice?
        Which amount is on the invoice?
        """,
    ),
    ("question", "limit"): mix(
        _ASKED_ABOUT,
        """
        What is their credit limit?
        How high is the credit limit of the customer?
        Can you tell me their credit limit?
        """,
    ),
    ("question", "terms"): mix(
        _ASKED_ABOUT,
        """
        How many days do they have to pay?
        What are their terms of payment?
        What term of payment have we agreed on with them?
        """,
    ),
    ("question", "price"): mix(
        _ASKED_ABOUT,
        """
        What is the list price of one %(item_)s now?
        Which list price do we have for article %(sku)s?
        What does %(sku)s cost according to the list?
        """,
    ),
    ("question", "contact"): mix(
        _ASKED_ABOUT,
        """
        What is the mail address of their contact?
        Whom can I write to there, and under which address?
        Do you have a mail address for them?
        """,
    ),
    ("answer", "due"): mix(
        _HAVE_ASKED,
        """
        %(number)s is due on %(fact)s.
        We have promised %(number)s for %(fact)s.
        The date for %(number)s is %(fact)s.
        """,
        _ALL_SET,
    ),
    ("answer", "tracking"): mix(
        _HAVE_ASKED,
        """
        The tracking number of %(number)s is %(fact)s.
        It is %(fact)s.
        For %(number)s it is %(fact)s.
        """,
        _ALL_SET,
    ),
    ("answer", "invoice"): mix(
        _HAVE_ASKED,
        """
        We invoiced %(fact)s for %(number)s.
        The invoice for %(number)s is over %(fact)s.
        It was %(fact)s.
        """,
        _ALL_SET,
    ),
    ("answer", "limit"): mix(
        _HAVE_ASKED,
        """
        The credit limit of %(customer)s is %(fact)s.
        They have a limit of %(fact)s.
        Our limit for %(customer)s is %(fact)s.
        """,
        _ALL_SET,
    ),
    ("answer", "terms"): mix(
        _HAVE_ASKED,
        """
        %(customer)s pays within %(fact)s days.
        They have %(fact)s days to pay.
        The term of payment for %(customer)s is %(fact)s days.
        """,
        _ALL_SET,
    ),
    ("answer", "price"): mix(
        _HAVE_ASKED,
        """
        The list price of %(sku)s is %(fact)s.
        One %(item_)s is %(fact)s according to the list.
        It is %(fact)s in the list, before any discount.
        """,
        _ALL_SET,
    ),
    ("answer", "contact"): mix(
        _HAVE_ASKED,
        """
        Write to %(fact)s.
        The address is %(fact)s.
        For %(customer)s we have %(fact)s.
        """,
        _ALL_SET,
    ),
    ("meeting_called", ""): mix(
        """
        I would like to invite you to "%(title)s".
        Please keep some time free for "%(title)s".
        We should sit down together: "%(title)s".
        Can you make it to "%(title)s"?
        I have put "%(title)s" into the calendar.
        This is an invitation to "%(title)s".
        """,
        """
        It is on %(day)s at %(start)s and takes %(length)s minutes.
        We meet on %(day)s from %(start)s, for %(length)s minutes.
        The time is %(start)s on %(day)s, %(length)s minutes long.
        I have planned %(length)s minutes on %(day)s at %(start)s.
        """,
        """
        -
        Please tell me if you cannot come.
        I count on you.
        """,
    ),
    ("meeting_moved", ""): mix(
        """
        We have to move "%(title)s".
        "%(title)s" cannot take place as planned.
        A change of date for "%(title)s".
        Sorry, "%(title)s" has to be moved.
        """,
        """
        The new time is %(day)s at %(start)s instead of %(day_before)s at %(start_before)s.
        Instead of %(day_before)s at %(start_before)s we meet on %(day)s at %(start)s.
        It was %(day_before)s, %(start_before)s, and is now %(day)s, %(start)s.
        """,
        """
        -
        I hope that suits you.
        Please tell me if that does not work for you.
        """,
    ),
    ("meeting_cancelled", "illness"): mix(
        """
        "%(title)s" on %(day)s is cancelled; I have caught a cold.
        I am ill, so "%(title)s" on %(day)s will not take place.
        Sorry, no "%(title)s" on %(day)s: two of us are ill.
        """
    ),
    ("meeting_cancelled", "travel"): mix(
        """
        "%(title)s" on %(day)s is cancelled, since I have to travel.
        I am on the road on %(day)s, so "%(title)s" will not take place.
        Sorry, no "%(title)s" on %(day)s: I have to visit a supplier.
        """
    ),
    ("meeting_cancelled", "mail"): mix(
        """
        "%(title)s" on %(day)s is cancelled; we can settle it by mail.
        We do not need to meet: what was planned for "%(title)s" on %(day)s goes by mail.
        No "%(title)s" on %(day)s. I will write to you all instead.
        """
    ),
    ("meeting_cancelled", "clash"): mix(
        """
        "%(title)s" on %(day)s is cancelled; too many of us have something else.
        Half of us cannot come, so "%(title)s" on %(day)s will not take place.
        Sorry, no "%(title)s" on %(day)s: it clashes with a visit.
        """
    ),
    ("minutes", ""): mix(
        """
        Here are the minutes of "%(title)s" on %(day)s.
        Minutes of "%(title)s", %(day)s.
        In short what we said in "%(title)s" on %(day)s:
        As promised, the minutes of "%(title)s" on %(day)s.
        """
    ),
    ("policy_issued", ""): mix(
        """
        There is a new revision of our policy "%(title)s".
        Please read the new revision of "%(title)s".
        We have revised our policy "%(title)s".
        Our policy "%(title)s" has been changed.
        """,
        """
        Revision %(revision)s is in force from %(effective)s.
        It is revision %(revision)s and applies from %(effective)s on.
        From %(effective)s on, revision %(revision)s applies.
        """,
        """
        Until then the old one holds.
        You find it under policies.
        Please tell your people.
        """,
    ),
    ("newsletter", ""): mix(
        """
        This month we recommend from our catalogue:
        These things are in the showroom window this month:
        Please tell your customers about these:
        On the first page of the catalogue this month:
        Things to talk about with customers:
        Customers have been asking about these:
        """
    ),
}

NEWS = lines("""
    %(item)s (%(sku)s), list price %(price)s.
    %(sku)s: %(item)s at %(price)s.
    %(item)s for %(price)s, article %(sku)s.
""")
POINTS = lines("""
    %(number)s (%(customer)s) is due on %(due)s.
    %(customer)s, order %(number)s: promised for %(due)s.
    Order %(number)s of %(customer)s: the date is %(due)s.
""")
DECISIONS = lines("""
    Next time we look at the open points again.
    Everybody brings figures next time.
    The stock list will be checked by the end of the week.
    Complaints are answered within a day from now on.
    The warehouse gets a second label printer to try.
    No change to prices for now.
    We ask the carriers for better times.
    Nobody had anything else.
""")
