"""Puts chains of events into mails: the facts of each event, the words, the answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..dice import Dice
from . import say_claims, say_orders, say_papers, say_talk
from .dates import DATE, clock, money, written
from .model import OWN, Company, Event, Mail, maker
from .say_back import CLOSINGS, FOLLOWS, GREETINGS, REPLIES, SUBJECTS
from .say_policies import RULES, UNITS, worded
from .say_talk import DECISIONS, NEWS, POINTS

__all__ = ["Facts", "Writer"]

Facts = dict[str, str]


# -- facts of events ---------------------------------------------------------------------------------------------------
def _placed(data: tuple[Any, ...], facts: Facts) -> str:
    facts["asked"] = facts["due"] = DATE[data[5]]
    return "urgent" if data[6] else "normal"


def _delayed(data: tuple[Any, ...], facts: Facts) -> str:
    facts["asked"], facts["due"] = DATE[data[0]], DATE[data[1]]
    return str(data[2])


def _shipped(data: tuple[Any, ...], facts: Facts) -> str:
    facts["tracking"], facts["expected"] = data[1], DATE[data[2]]
    return ""


def _returned(data: tuple[Any, ...], facts: Facts) -> str:
    facts["back"] = f"{data[0]} x {facts['item']}"
    return str(data[1])


def _credited(data: tuple[Any, ...], facts: Facts) -> str:
    facts["credit"], facts["invoice"], facts["amount"] = data[0], data[1], money(data[2])
    return str(data[3])


def _invoiced(data: tuple[Any, ...], facts: Facts) -> str:
    facts["invoice"], facts["amount"], facts["payable"] = data[0], money(data[1]), DATE[data[2]]
    return ""


def _reminded(data: tuple[Any, ...], facts: Facts) -> str:
    facts["days"] = str(data[2])
    return ""


def _paid(data: tuple[Any, ...], facts: Facts) -> str:
    facts["document"], facts["amount"] = data[1], money(data[2])
    return "BILL" if data[1][0] == "B" else "INV"


def _billed(data: tuple[Any, ...], facts: Facts) -> str:
    facts["bill"], facts["amount"], facts["payable"] = data[0], money(data[1]), DATE[data[2]]
    facts["billed"] = f"{data[3]} x {facts['item']}"
    return ""


def _asked(data: tuple[Any, ...], facts: Facts) -> str:
    return str(data[1])


def _answered(data: tuple[Any, ...], facts: Facts) -> str:
    _, topic, fact = data
    facts["fact"] = _FACT[topic](fact)
    return str(topic)


def _called(data: tuple[Any, ...], facts: Facts) -> str:
    facts["title"], facts["day"], facts["start"], facts["length"] = (
        data[0],
        written(data[1]),
        clock(data[2]),
        str(data[3]),
    )
    return ""


def _moved(data: tuple[Any, ...], facts: Facts) -> str:
    facts["day_before"], facts["start_before"] = written(data[0]), clock(data[1])
    facts["day"], facts["start"] = written(data[2]), clock(data[3])
    return ""


def _issued(data: tuple[Any, ...], facts: Facts) -> str:
    facts["revision"], facts["effective"] = str(data[1]), DATE[data[2]]
    return ""


def _first(data: tuple[Any, ...], facts: Facts) -> str:
    return str(data[0])


def _second(data: tuple[Any, ...], facts: Facts) -> str:
    return str(data[1])


def _nothing(data: tuple[Any, ...], facts: Facts) -> str:
    return ""


_FACT: dict[str, Callable[[Any], str]] = {
    "due": DATE.__getitem__,
    "tracking": str,
    "invoice": money,
    "limit": money,
    "terms": str,
    "price": money,
    "contact": str,
}
_FILL: dict[str, Callable[[tuple[Any, ...], Facts], str]] = {
    "order_placed": _placed,
    "order_held": _first,
    "delayed": _delayed,
    "shipped": _shipped,
    "cancelled": _first,
    "complained": _first,
    "returned": _returned,
    "credited": _credited,
    "invoiced": _invoiced,
    "reminded": _reminded,
    "paid": _paid,
    "supplier_billed": _billed,
    "bill_held": _second,
    "bill_disputed": _second,
    "question": _asked,
    "answer": _answered,
    "meeting_called": _called,
    "meeting_moved": _moved,
    "meeting_cancelled": _first,
    "policy_issued": _issued,
}
"""Puts the facts of an event among the others and returns its variant: a reason or topic."""


class _Turn(NamedTuple):
    """What can be said about an event and back: texts, chance and texts of an answer, and of an answer to that."""

    texts: tuple[str, ...]
    p: float
    answers: tuple[str, ...]
    q: float
    again: tuple[str, ...]


class _Kind(NamedTuple):
    """How a kind of event is told: its facts and variant, its turns by variant, what is said besides."""

    fill: Callable[[tuple[Any, ...], Facts], str]
    turns: dict[str, _Turn]
    more: Callable[[Writer, Event], str] | None


# -- conversations -----------------------------------------------------------------------------------------------------
class Writer:
    """Writes conversations."""

    def __init__(self, company: Company, dice: Dice) -> None:
        self.company, self.dice = company, dice
        self.mails: list[Mail] = []
        self.frames: dict[tuple[int, int], tuple[str, str]] = {}
        self.thread = 0

    def facts(self, row: int) -> Facts:
        """What can be said about an order whatever happens to it."""
        company = self.company
        order = company.orders[row]
        item = company.items[order.item]
        return {
            "number": order.number,
            "customer": company.customers[order.customer].name,
            "item": item.name,
            "item_": item.name.lower(),
            "sku": item.sku,
            "things": f"{order.quantity} x {item.name}",
            "quantity": str(order.quantity),
            "price": money(order.price),
            "total": money(order.total),
            "city": order.city,
        }

    def tell(self, chain: Sequence[Event], label: int, facts: Facts, near: int, far: int, cc: int = -1) -> None:
        """Write a conversation.

        Args:
            chain: The events it tells of, in the order of time.
            label: Of its mails.
            facts: What is known before.
            near: One of the two who talk.
            far: The other one; third parties write to `far`, and the principal gets a copy of what is not theirs.
            cc: Who gets a copy of the events told.
        """
        me, pick, unit, below = self.company.me, self.dice.pick, self.dice.unit, self.dice.below
        post, thread, frames, last, subject = self.mails.append, self.thread, self.frames, len(chain) - 1, ""
        for k, (kind, day, minute, sender, about, data) in enumerate(chain):
            how = _KINDS[kind]
            texts, p, answers, q, again = how.turns[how.fill(data, facts)]
            text = pick(texts) % facts
            if how.more:
                text += how.more(self, chain[k])
            if not subject:
                subject = pick(SUBJECTS[kind]) % facts
            to = near if sender == far else far
            head, end = frames.get((sender, to)) or self.frame(sender, to)
            ours = sender == me or to == me
            post(
                _mail(
                    (
                        thread,
                        sender,
                        to,
                        cc if ours else me,
                        day,
                        minute,
                        subject,
                        head + text + end,
                        label,
                        kind,
                        about,
                    )
                )
            )
            if k == 0:
                subject = f"Re: {subject}"
            minute += 12 + below(40)
            if p and unit() < p and (k == last or chain[k + 1][1] > day or chain[k + 1][2] > minute + 60):
                copy, text = -1 if ours else me, pick(answers) % facts
                back, close = frames.get((to, sender)) or self.frame(to, sender)
                post(
                    _mail((thread, to, sender, copy, day, minute, subject, back + text + close, label, "reply", about))
                )
                if q and unit() < q:
                    minute += 8 + below(32)
                    text = head + pick(again) + end
                    post(_mail((thread, sender, to, copy, day, minute, subject, text, label, "reply", about)))
        self.thread += 1

    def frame(self, sender: int, to: int) -> tuple[str, str]:
        """How somebody begins and ends a mail to somebody."""
        people = self.company.people
        person, other = people[sender], people[to]
        outside, style = person.firm != OWN or other.firm != OWN, (sender + self.company.today) % len(CLOSINGS[0])
        end = f"\n\n{CLOSINGS[outside][style]},\n"
        end += f"{person.name}\n{person.role}, {person.firm_name}" if outside else person.first
        found = self.frames[sender, to] = f"{GREETINGS[outside][style] % other.first}\n\n", end
        return found


def _note(writer: Writer, event: Event) -> str:
    return f" {event.data[8]}" if event.data[8] else ""


def _points(writer: Writer, event: Event) -> str:
    pick = writer.dice.pick
    said = [pick(POINTS) % {**writer.facts(row), "due": DATE[due]} for row, due in event.data]
    said.append(pick(DECISIONS))
    return "".join(f"\n- {point}" for point in said)


def _rule(writer: Writer, event: Event) -> str:
    topic, _, _, parameters = event.data
    k = writer.dice.below(len(parameters))
    return f" {writer.dice.pick(RULES[topic][k]) % worded(UNITS[topic][k], parameters[k])}"


def _news(writer: Writer, event: Event) -> str:
    items = [writer.company.items[row] for row in event.data]
    line = writer.dice.pick(NEWS)
    return "".join(f"\n- {line % {'item': item.name, 'sku': item.sku, 'price': money(item.price)}}" for item in items)


_MORE: dict[str, Callable[[Writer, Event], str]] = {
    "order_placed": _note,
    "minutes": _points,
    "policy_issued": _rule,
    "newsletter": _news,
}


def _kinds() -> dict[str, _Kind]:
    kinds: dict[str, _Kind] = {}
    for part in (say_orders, say_claims, say_papers, say_talk):
        for (kind, variant), texts in part.TEXTS.items():
            p, answers = REPLIES.get((kind, variant)) or REPLIES.get((kind, "")) or (0.0, ())
            how = kinds.setdefault(kind, _Kind(_FILL.get(kind, _nothing), {}, _MORE.get(kind)))
            how.turns[variant] = _Turn(texts, p, answers, *FOLLOWS.get(kind, (0.0, ())))
    return kinds


_KINDS = _kinds()
_mail = maker(Mail)
