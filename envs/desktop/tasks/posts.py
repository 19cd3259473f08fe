"""More mails and people for a company, that fit in with those its log tells of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..apps.mail import INBOX, SENT
from ..company.dates import DAY, WORK
from ..company.model import LABELS, OWN, Company
from ..company.say_back import CLOSINGS, GREETINGS
from ..hands import Hands
from .base import Deal
from .books import mixed

__all__ = ["Letter", "contact", "moments", "namesakes", "opened", "own", "posted", "written"]

HALF_HOURS = 18
"""Of a working day, from 08:10."""
DAYS = 3
"""Working days before yesterday within which customers have written what is still to be done."""


class Letter(NamedTuple):
    """A mail to be put among the others, not labelled.

    Attributes:
        sender, recipient: Rows of people.
        moment: Day and minute.
        text: What it says between greeting and closing.
        thread: Letters of one call that share it are one conversation.
        about: Row of the order it is about, or -1.
        label: The right one.
    """

    sender: int
    recipient: int
    moment: tuple[int, int]
    subject: str
    text: str
    thread: int = 0
    about: int = -1
    label: str = "order"


def own(deal: Deal) -> int:
    """Row of the person the agent works for."""
    return deal.columns["people_own_card"].index(True)


def contact(deal: Deal, customer: int) -> int:
    """Row of the person who writes for a customer."""
    return deal.columns["people_address"].index(deal.cell("customers", customer, "contact_address"))


def moments(deal: Deal, n: int, first: int, last: int) -> list[tuple[int, int]]:
    """So many rising times, as day and minute, on working days from `first` to `last`."""
    low, high = WORK[first], max(WORK[first], WORK[last])
    halves = sorted(deal.dice.sample(range((high - low + 1) * HALF_HOURS), n))
    return [(DAY[low + k // HALF_HOURS], 490 + 30 * (k % HALF_HOURS) + deal.dice.below(28)) for k in halves]


def written(
    deal: Deal,
    customer: int,
    subject: str,
    texts: Sequence[str],
    thread: int,
    about: int = -1,
    label: str = "order",
    after: int = 0,
) -> list[Letter]:
    """What a customer has written to the principal in one conversation, within the last days and after a day."""
    yesterday = WORK[deal.today] - 1
    times = moments(deal, len(texts), DAY[max(yesterday - DAYS, WORK[after] + 1)], DAY[yesterday])
    pair, subjects = (contact(deal, customer), own(deal)), (subject, *(f"Re: {subject}" for _ in texts[1:]))
    return [
        Letter(*pair, moment, title, text, thread, about, label)
        for moment, title, text in zip(times, subjects, texts, strict=True)
    ]


def posted(deal: Deal, letters: Sequence[Letter]) -> list[int]:
    """Put letters among the mails, in random order. Returns their rows."""
    mine, thread = own(deal), 1 + max(deal.columns["mails_thread"], default=-1)
    places = {person.mail: row for row, person in enumerate(deal.company.people)}
    marks = []
    for letter in letters:
        sent, (day, minute) = letter.sender == mine, letter.moment
        writer, reader = (places[deal.cell("people", row, "address")] for row in (letter.sender, letter.recipient))
        marks.append((thread + letter.thread, day, minute))
        deal.add(
            "mails",
            subject=letter.subject,
            sender=letter.sender,
            recipient=letter.recipient,
            copy=-1,
            sent=day,
            clock=minute,
            body=_body(deal.company, writer, reader, letter.text),
            folder=SENT if sent else INBOX,
            label=0,
            unread=not sent and day >= deal.today - 3 and deal.dice.flip(0.6),
            flagged=not sent and deal.dice.flip(0.1),
            thread=thread + letter.thread,
            true_label=LABELS.index(letter.label),
            concerns=letter.about,
        )
    mixed(deal, "mails")
    cells = zip(*(deal.columns[f"mails_{name}"] for name in ("thread", "sent", "clock")), strict=True)
    rows = {mark: row for row, mark in enumerate(cells)}
    return [rows[mark] for mark in marks]


def _body(company: Company, sender: int, recipient: int, text: str) -> str:
    """A letter as everybody writes theirs: each person has one greeting and one closing."""
    writer, reader = company.people[sender], company.people[recipient]
    outside = writer.firm != OWN or reader.firm != OWN
    end = f"{CLOSINGS[outside][sender % 6]},\n{writer.name if outside else writer.first}"
    if outside:
        end += f"\n{writer.role}, {writer.firm_name}"
    return f"{GREETINGS[outside][sender % 6] % reader.first}\n\n{text}\n\n{end}"


def namesakes(deal: Deal, n: int) -> list[str]:
    """Give the contacts of `n` customers the name of one of them, in the log. Returns their mail addresses."""
    company = deal.company
    people = list(company.people)
    rows = deal.dice.sample([customer.contact for customer in company.customers], n)
    one = people[rows[0]]
    told = {}
    for row in rows:
        address = f"{one.first}.{one.last}".lower() + people[row].mail[people[row].mail.index("@") :]
        told[people[row].mail] = address
        people[row] = people[row]._replace(first=one.first, last=one.last, name=one.name, mail=address)
    events = tuple(
        event._replace(data=tuple([told.get(one, one) if type(one) is str else one for one in event.data]))
        if event.kind == "answer"
        else event
        for event in company.events
    )
    deal.company = company._replace(people=tuple(people), events=events)
    return [people[row].mail for row in rows]


def opened(hands: Hands) -> Iterator[str]:
    """Open the mails of a list one after the other, and give what they say."""
    seen = 0
    while True:
        rows = hands.rows()
        if seen >= len(rows):
            if not hands.has("next"):
                return
            hands.click("next")
            seen = 0
            continue
        hands.open(rows[seen])
        yield hands.read("body")
        hands.back()
        seen += 1
