"""Judges of what is to be found out: a due date, a phone number, a promise given by mail."""

from __future__ import annotations

import re
from collections.abc import Callable

from .reading import DAY_IN_WORDS, days, only, rows, says_day, says_text
from .seen import Record, Seen

__all__ = ["LOOKUPS"]

_NUMBER = r"SO-\d+"


def due_date(s: Seen) -> bool:
    """The due date of an order by its number."""
    number = re.findall(_NUMBER, s.goal)[0]
    return says_day(s, s.after["orders"][only(s.before["orders"], order_number=number)]["due"])


def contact_phone(s: Seen) -> bool:
    """The phone number of somebody: by name and firm, or as the contact of the customer of an order."""
    people = s.before["people"]
    if number := re.search(_NUMBER, s.goal):
        order = s.before["orders"][only(s.before["orders"], order_number=number[0])]
        customer = s.before["customers"][order["customer"].row]
        meant = rows(people, address=customer["contact_address"])
    else:
        meant = [i for i, who in enumerate(people) if who["name"] in s.goal and who["firm"] in s.goal]
    phones = {people[row]["phone"] for row in meant}
    return len(phones) == 1 and says_text(s, phones.pop())


# -- what has been promised by mail ------------------------------------------------------------------------------------
_REFUSED = re.compile(
    r"\bNo,|\bUnfortunately not\b|\bcan't do that\b|\bdoes not work\b|\bcan't be changed\b|\bis not possible\b"
    r"|\bNothing changes\b|\b[Ww]e keep to\b|\bstays as it was\b"
)
_GIVEN_UP = re.compile(
    rf"(?:[Ii]nstead of|no longer on|\bnot|\bfrom) {DAY_IN_WORDS}|{DAY_IN_WORDS} (?:can't|cannot) be kept"
)
"""Days that are named only to say that they don't hold."""
_ELSEWHERE = re.compile(r"[^.!?\n]*(?:deliver|new date|planned for|expect)[^.!?\n]*[.!?]")
"""Sentences about delivery in letters about something else as well."""


def _said(mail: Record) -> str:
    """The text between greeting and closing."""
    parts = mail["body"].split("\n\n")
    return "\n\n".join(parts[1:-1]) if len(parts) > 2 else str(mail["body"])


def _promise(s: Seen, number: str, firm: str) -> int | None:
    """The delivery day that holds in the end by the letters between a customer and the principal."""
    people, mails = s.before["people"], s.before["mails"]
    about = {mail["subject"].removeprefix("Re: ") for mail in mails if number in mail["subject"]}
    holds = asked = None
    for mail in sorted(mails, key=lambda one: (one["sent"], one["clock"])):
        ours, theirs = people[mail["sender"].row], people[mail["recipient"].row]
        if firm not in (ours["firm"], theirs["firm"]):
            continue
        text = _said(mail)
        if mail["subject"].removeprefix("Re: ") not in about:
            if number not in text or ours["firm"] == firm:
                continue
            text = " ".join(_ELSEWHERE.findall(text))
            if not days(text):
                continue
        if ours["firm"] == firm:
            asked = days(text)[-1] if days(text) else asked
        elif not _REFUSED.search(text):
            left = days(_GIVEN_UP.sub("", text))
            holds = left[-1] if left else asked if asked is not None else holds
    return holds


def promised_date(s: Seen) -> bool:
    """The delivery day of an order that we have promised last, by mail."""
    orders, found = s.before["orders"], re.search(_NUMBER, s.goal)
    if found:
        meant = rows(orders, order_number=found[0])
    else:
        what = re.search(r"(\d+) x ", s.goal)
        assert what is not None
        meant = [
            i
            for i, one in enumerate(orders)
            if one["quantity"] == int(what[1])
            and f"{what[0]}{one['item']}" in s.goal
            and one["customer"].label in s.goal
        ]
    promises = [_promise(s, orders[row]["order_number"], orders[row]["customer"].label) for row in meant]
    promised = {one for one in promises if one is not None}
    return len(promised) == 1 and says_day(s, promised.pop())


LOOKUPS: dict[str, Callable[[Seen], bool]] = {
    "due_date": due_date,
    "contact_phone": contact_phone,
    "promised_date": promised_date,
}
"""Judges by the template's name."""
