"""Look something up, and answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..hands import Hands
from ..skin import write_date
from ..verify import Check, Outcome, Write
from .base import Deal, Template
from .phrases import hear, say
from .posts import namesakes
from .talks import discussed, last_promise, order_of

__all__ = ["LOOKUPS", "no_writes"]

Task = Mapping[str, Any]


def no_writes(outcome: Outcome) -> tuple[Write, ...]:
    """The agent may write nothing."""
    return ()


# -- when an order is due ----------------------------------------------------------------------------------------------
DUE = {
    1: (
        "On which day is order {number} due? Open Orders, search for {number}, open it and answer with its due date.",
        "Open Orders, type {number} into the search box, open the order and answer with the day on which it is due.",
        "Answer with the due date of order {number}: it stands on the page of the order, which you find by searching "
        "for {number} in Orders.",
    ),
    2: (
        "On which day is order {number} due?",
        "Find out for which day order {number} is promised, and answer with that day.",
        "{number}: what is the due date of this order? Answer with the date.",
        "I need to know when order {number} is due. The date will do.",
    ),
}


ASKED = (-40, 8)
"""Days from today around which the due date is asked for."""


def _due_dealt(deal: Deal, level: int) -> None:
    aim = deal.today + deal.dice.between(*ASKED)  # any day, so that none is the likeliest
    row = min(deal.rows("orders"), key=lambda row: abs(deal.cell("orders", row, "due") - aim))
    number, due = deal.cell("orders", row, "order_number"), deal.cell("orders", row, "due")
    others = {deal.cell("orders", row, "ordered"), *deal.dice.sample(deal.columns["orders_due"], 5)} - {due}
    deal.goal = say(deal.dice, DUE[level], number=number)
    deal.slots = [number]
    deal.task = {
        "answer": write_date("iso", due),
        "number": number,
        "decoys": tuple(write_date("iso", day) for day in sorted(others)),
    }


def _due_solved(hands: Hands, task: Task | None) -> None:
    number = hands.view.slots[0]
    hands.go("order_list")
    hands.search(number)
    hands.open_where(lambda row: row["order_number"] == number)
    hands.copy("due")
    hands.answer(hands.written_day(hands.read("due")))


DUE_DATE = Template(
    name="due_date",
    archetype="look up and answer",
    occupation="43",  # order clerks, 43-4151
    apps=("orders",),
    hidden=("H1",),
    levels=(1, 2),
    faces=("flat", "text"),
    budget={"small": 20, "full": 20},
    deal=_due_dealt,
    checks=(Check("answer", "goal", lambda outcome: outcome.says("date", outcome.task["answer"])),),
    writes=no_writes,
    solve=_due_solved,
)

# -- somebody's phone number -------------------------------------------------------------------------------------------
PHONE = {
    1: (
        "What is the phone number of {name} of {firm}? Open Mail, go to Contacts, search for {name}, open the card "
        "that names {firm} and answer with the phone number on it.",
        "Open Mail, then Contacts, and type {name} into the search box. Several people are called that: open the one "
        "of {firm} and answer with the phone number.",
        "Answer with {name}'s phone number. It stands on a card in Contacts, which is part of Mail; search for the "
        "name and take the card of {firm}.",
    ),
    2: (
        "What is the phone number of {name} of {firm}?",
        "I have to call {name} at {firm}. Answer with the phone number.",
        "Under which phone number do I reach {name}? The one who works for {firm}, I mean.",
    ),
    3: (
        "I have to call whoever is our contact at the customer of order {number}. Answer with the phone number.",
        "What is the phone number of the contact person of the customer who placed order {number}?",
        "Order {number}: under which phone number do we reach the customer's contact?",
    ),
}
NAMESAKES = 4


def _phone_logged(deal: Deal, level: int) -> None:
    deal.task["alike"] = tuple(namesakes(deal, NAMESAKES))


def _phone_dealt(deal: Deal, level: int) -> None:
    dice = deal.dice
    alike = [deal.find("people", address=address)[0] for address in deal.task["alike"]]
    row, number = dice.pick(alike), ""
    if level == 3:
        addresses = {deal.cell("people", one, "address"): one for one in alike}
        theirs = [deal.cell("customers", one, "contact_address") for one in deal.columns["orders_customer"]]
        orders = [one for one, address in enumerate(theirs) if address in addresses] or list(deal.rows("orders"))
        order = dice.pick(orders)
        row, number = deal.find("people", address=theirs[order])[0], deal.cell("orders", order, "order_number")
    name, firm, phone = (deal.cell("people", row, column) for column in ("name", "firm", "phone"))
    deal.goal = say(dice, PHONE[level], name=name, firm=firm, number=number)
    deal.slots = [number] if level == 3 else [name, firm]
    wrong = tuple(deal.cell("people", one, "phone") for one in alike if one != row)
    deal.task |= {"answer": phone, "decoys": wrong}


def _phone_solved(hands: Hands, task: Task | None) -> None:
    told = hands.view.slots
    if len(told) == 1:
        hands.go("order_list")
        hands.search(told[0])
        hands.open_where(lambda row: row["order_number"] == told[0])
        hands.click("customer_card")
        hands.copy("contact_address")
        told = (hands.read("contact_address"),)
    hands.go("contacts")
    hands.search(told[-1])  # the firm: fewer share it than the name
    hands.open_where(lambda row: told[0] in (row["name"], row["address"]))
    hands.copy("phone")
    hands.answer(hands.read("phone"))


CONTACT_PHONE = Template(
    name="contact_phone",
    archetype="look up and answer",
    occupation="43",  # customer service representatives, 43-4051
    apps=("mail", "orders"),
    hidden=("H1", "H8"),
    levels=(1, 2, 3),
    faces=("flat", "text"),
    budget={"small": 40, "full": 40},
    log=_phone_logged,
    deal=_phone_dealt,
    checks=(Check("answer", "goal", lambda outcome: outcome.says("text", outcome.task["answer"])),),
    writes=no_writes,
    solve=_phone_solved,
)

# -- the day promised last ---------------------------------------------------------------------------------------------
PROMISED = {
    1: (
        "Which delivery day have we promised {customer} last for order {number}? The date in Orders is out of date: "
        "what we wrote to them counts. Open Mail, go to Sent, search for {number} and read the latest mails of that "
        "conversation; where one only says yes or no, read what it answers. Answer with the day.",
        "Open Mail and search Sent, and where need be Inbox, for {number}: we have written to {customer} about the "
        "delivery day more than once. Answer with the day that holds in the end. Never mind the date in Orders.",
        "Look through the mails with {customer} about {number} (Mail, Sent and Inbox, search for {number}). Answer "
        "with the delivery day that we agreed to last. Orders still shows an older one.",
    ),
    2: (
        "Which delivery day have we promised {customer} last for order {number}? What we wrote to them counts, not "
        "the date in Orders.",
        "We have written to {customer} more than once about the delivery day of {number}. Answer with the day that "
        "holds by our latest mails; the one in Orders is out of date.",
        "By the mails between {customer} and us, for which day is {number} promised now? The order itself has not "
        "been brought up to date.",
    ),
    3: (
        "{customer} wants to know when their order of {things} comes. Which delivery day have we promised them last? "
        "What we wrote to them counts, not the date in Orders.",
        "Which delivery day holds for the {things} that {customer} ordered? We have agreed on it by mail, and more "
        "than once; the order itself has not been brought up to date.",
        "For their {things}, {customer} has been given several delivery days by mail. Answer with the one that we "
        "have promised last. Orders shows an older one.",
    ),
}


def _promised_dealt(deal: Deal, level: int) -> None:
    dice = deal.dice
    row, talks = discussed(deal, 4)
    customer = deal.cell("orders", row, "customer")
    number, item, quantity, due = (
        deal.cell("orders", row, name) for name in ("order_number", "item", "quantity", "due")
    )
    firm, things = deal.cell("customers", customer, "customer_name"), f"{quantity} x {item}"
    deal.goal = say(dice, PROMISED[level], number=number, customer=firm, things=things)
    deal.slots = [firm, item] if level == 3 else [number, firm]
    wrong = [day for talk in talks for day in (*talk.days, talk.due)]
    answer = talks[0].days[-1]
    deal.task = {
        "answer": write_date("iso", answer),
        "number": number,
        "due": write_date("iso", due),
        "decoys": tuple(write_date("iso", day) for day in sorted({*wrong} - {answer})),
    }


def _promised_solved(hands: Hands, task: Task | None) -> None:
    told = hear(PROMISED[1] + PROMISED[2] + PROMISED[3], hands.goal)
    assert told is not None
    number = told.get("number") or (task["number"] if task else order_of(hands, told["customer"], told["things"]))
    hands.answer(hands.written_day(last_promise(hands, number)))


PROMISED_DATE = Template(
    name="promised_date",
    archetype="look up and answer",
    occupation="41",  # sales representatives, 41-4012
    apps=("mail", "orders"),
    hidden=("H1", "H4", "H8"),
    levels=(1, 2, 3),
    faces=("text",),
    budget={"small": 55, "full": 55},
    deal=_promised_dealt,
    checks=(Check("answer", "goal", lambda outcome: outcome.says("date", outcome.task["answer"])),),
    writes=no_writes,
    solve=_promised_solved,
)

LOOKUPS = (DUE_DATE, CONTACT_PHONE, PROMISED_DATE)
