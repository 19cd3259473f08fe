"""What people write: the mails of the principal, and the policies in words.

A conversation is a chain of events about one thing, told in mails, with answers between them that say nothing new.
"""

from __future__ import annotations

from typing import NamedTuple

from ..dice import Dice
from .dates import DATE, money, written
from .meetings import SERIES
from .model import LABELS, Company, Event, Mail, Page
from .say_policies import ENDINGS, OPENINGS, REPLACED, RULES, TITLES, UNITS, worded
from .telling import Writer

__all__ = ["policy_pages", "threads"]


class Shares(NamedTuple):
    """How many conversations there are of each kind at least, and how many mails altogether."""

    orders: int
    claims: int
    invoices: int
    bills: int
    questions: int
    meetings: int
    policies: int
    news: int
    mails: int


SHARES = {"small": Shares(4, 2, 1, 1, 2, 2, 1, 1, 40), "full": Shares(34, 12, 10, 6, 14, 14, 5, 4, 305)}
RECENT = 90
"""Policies of so many days ago are still in the mail."""

FAMILIES = ("orders", "claims", "invoices", "bills", "questions", "meetings", "policies", "news", "")
ORDERS, CLAIMS, INVOICES, BILLS, QUESTIONS, MEETINGS, POLICIES, NEWSLETTERS, NONE = range(len(FAMILIES))
FAMILY = {
    **dict.fromkeys(("order_placed", "order_confirmed", "order_held", "delayed", "shipped", "delivered"), ORDERS),
    "cancelled": ORDERS,
    **dict.fromkeys(("complained", "returned", "credited"), CLAIMS),
    **dict.fromkeys(("invoiced", "reminded", "paid"), INVOICES),
    **dict.fromkeys(("supplier_billed", "bill_held", "bill_disputed"), BILLS),
    "bill_approved": NONE,
    **dict.fromkeys(("question", "answer"), QUESTIONS),
    **dict.fromkeys(("meeting_called", "meeting_moved", "meeting_cancelled", "minutes"), MEETINGS),
    "policy_issued": POLICIES,
    "newsletter": NEWSLETTERS,
}
"""Which conversations tell of a kind of event."""
ORDER, INVOICE, COMPLAINT, MEETING, OTHER = map(LABELS.index, ("order", "invoice", "complaint", "meeting", "other"))


def threads(company: Company, dice: Dice) -> list[Mail]:
    """The mails that ``company.me`` has sent or got, conversation by conversation.

    Args:
        company: The company.
        dice: Chooses which conversations there are, and the words.
    """
    writer, shares, chains = Writer(company, dice), SHARES[company.size], _chains(company)
    orders, me = company.orders, company.me
    mine = dice.shuffled([row for row, order in enumerate(orders) if order.handler == me])
    for row in mine[: shares.orders]:
        _tell_order(writer, row, chains)
    for family, number in ((CLAIMS, shares.claims), (INVOICES, shares.invoices), (BILLS, shares.bills)):
        rows = [row for row in chains[family] if orders[row].handler == me]
        for row in dice.sample(rows, min(number, len(rows))):
            _TELL[family](writer, row, chains)
    _tell_office(writer, shares, chains)
    for row in mine[shares.orders :]:
        if len(writer.mails) >= shares.mails:
            break
        _tell_order(writer, row, chains)
    return writer.mails


Chains = list[dict[int, list[Event]]]


def _chains(company: Company) -> Chains:
    """The events of every family by what they are about, in the order of time."""
    chains: Chains = [{} for _ in FAMILIES]
    for event in company.events:
        family = FAMILY[event[0]]
        if event[0] == "paid" and event[5][1][0] == "B":
            family = BILLS
        about, chain = event[4], chains[family]
        if about in chain:
            chain[about].append(event)
        else:
            chain[about] = [event]
    return chains


def _tell_order(writer: Writer, row: int, chains: Chains) -> None:
    company = writer.company
    order, facts = company.orders[row], writer.facts(row)
    customer = company.customers[order.customer]
    facts["limit"] = money(customer.limit)
    writer.tell(chains[ORDERS][row], ORDER, facts, company.me, customer.contact)


def _tell_claim(writer: Writer, row: int, chains: Chains) -> None:
    company = writer.company
    order, facts = company.orders[row], writer.facts(row)
    facts["asked"], facts["arrived"] = DATE[chains[ORDERS][row][0].data[5]], DATE[order.true_due]
    writer.tell(chains[CLAIMS][row], COMPLAINT, facts, company.me, company.customers[order.customer].contact)


def _tell_invoice(writer: Writer, row: int, chains: Chains) -> None:
    company, chain = writer.company, chains[INVOICES][row]
    contact = company.customers[company.orders[row].customer].contact
    writer.tell(chain, INVOICE, writer.facts(row), chain[0].actor, contact)


def _tell_bill(writer: Writer, row: int, chains: Chains) -> None:
    company, chain, facts = writer.company, chains[BILLS][row], writer.facts(row)
    item = company.items[company.orders[row].item]
    facts["cost"] = money(item.cost)
    clerk = chain[1].actor if len(chain) > 1 else next(iter(chains[INVOICES].values()))[0].actor
    writer.tell(chain, INVOICE, facts, clerk, item.supplier)


_TELL = {CLAIMS: _tell_claim, INVOICES: _tell_invoice, BILLS: _tell_bill}


def _tell_office(writer: Writer, shares: Shares, chains: Chains) -> None:
    """Conversations among colleagues: questions, meetings, policies, news."""
    company, dice = writer.company, writer.dice
    me = company.me
    asked = chains[QUESTIONS]
    for row in dice.sample(list(asked), min(shares.questions, len(asked))):
        chain = asked[row]
        writer.tell(chain, ORDER, writer.facts(row), chain[0].actor, chain[0].data[0])
    _tell_meetings(writer, shares.meetings, chains[MEETINGS])
    recent = [chain for chain in chains[POLICIES].values() if chain[0].day >= company.today - RECENT]
    for chain in dice.sample(recent, min(shares.policies, len(recent))):
        title = title_of(company, chain[0].data[0])
        writer.tell(chain, OTHER, {"title": title}, chain[0].actor, me)
    for event in chains[NEWSLETTERS].get(-1, ())[: shares.news]:
        writer.tell((event,), OTHER, {}, event.actor, me)


def _tell_meetings(writer: Writer, number: int, chains: dict[int, list[Event]]) -> None:
    """Meetings of the principal. Of those held every week only the minutes are sent."""
    company, dice = writer.company, writer.dice
    me, meetings = company.me, company.meetings
    rows = [
        row
        for row, chain in chains.items()
        if (meetings[row].title not in SERIES or chain[-1].kind == "minutes")
        and (meetings[row].organiser == me or me in meetings[row].attendees)
    ]
    for row in dice.sample(rows, min(number, len(rows))):
        meeting, chain, facts = meetings[row], chains[row], {}
        if meeting.title in SERIES:
            facts = {"title": meeting.title, "day": written(meeting.day)}
            chain = chain[-1:]
        others = [person for person in meeting.attendees if person != me]
        if meeting.organiser == me:
            writer.tell(chain, MEETING, facts, me, others[0], others[1] if len(others) > 1 else -1)
        else:
            writer.tell(chain, MEETING, facts, meeting.organiser, me, others[0] if others else -1)


# -- policies ----------------------------------------------------------------------------------------------------------
def title_of(company: Company, topic: int) -> str:
    """What a company calls its policy on a topic."""
    return TITLES[topic][(company.today + topic) % len(TITLES[topic])]


def policy_pages(company: Company, dice: Dice) -> list[Page]:
    """The company's policies in words, in the order of ``company.policies``.

    Args:
        company: The company.
        dice: Chooses the words.
    """
    pick, pages = dice.pick, []
    for topic, revision, _, effective, parameters in company.policies:
        text = [pick(OPENINGS[topic])]
        style = dice.below(4)
        for variants, unit, number in zip(RULES[topic], UNITS[topic], parameters, strict=True):
            text.append(pick(variants) % worded(unit, number, style == 0))
        end = pick(ENDINGS) % (revision, DATE[effective])
        if revision > 1:
            end += f" {pick(REPLACED) % (revision - 1)}"
        text.append(end)
        pages.append(Page(topic, title_of(company, topic), effective, revision, "\n".join(text), parameters))
    return pages
