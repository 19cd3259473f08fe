"""Mails and policy pages say what is true, at the time they are written, and read as what they are."""

import itertools
import re
from collections import Counter, defaultdict

from company_worlds import amount, by_order, date_of, every

from infogap.envs.desktop.company import say_claims, say_orders, say_papers, say_talk
from infogap.envs.desktop.company.model import LABELS, OWN, PARAMETERS, TOPICS

UNITS = {
    "money": r"\b{0}\.{1:02d}(?!\d)",
    "percent": r"\b{2} %",
    "days": r"\b{2}\)? days",
    "working days": r"\b{2}\)? working days",
    "minutes": r"\b{2}\)? minutes",
    "people": r"\b{2}\)? people",
    "months": r"\b{2}\)? months",
}


def test_pages_say_their_parameters():
    for company, _, pages in every():
        titles = defaultdict(set)
        for policy, page in zip(company.policies, pages, strict=True):
            assert (policy.topic, policy.revision, policy.effective, policy.parameters) == (
                page.topic, page.revision, page.effective, page.parameters,
            )  # fmt: skip
            titles[page.topic].add(page.title)
            assert f"evision {page.revision}" in page.text and date_of(page.effective) in page.text
            lines = page.text.split("\n")[1:-1]
            specs = PARAMETERS[TOPICS[page.topic]]
            assert len(lines) == len(specs) == len(page.parameters) >= 2
            for line, (_, unit), number in zip(lines, specs, page.parameters, strict=True):
                assert re.search(UNITS[unit].format(number // 100, number % 100, number), line), (unit, number, line)
                figures = re.findall(r"\d+(?:\.\d\d)?", line)
                assert len(figures) == 1  # nothing to mistake it for
        assert all(len(names) == 1 for names in titles.values()) and len(set.union(*titles.values())) == len(TOPICS)


# -- mails -------------------------------------------------------------------------------------------------------------
def conversations(mails):
    threads = defaultdict(list)
    for mail in mails:
        threads[mail.thread].append(mail)
    return [sorted(thread, key=lambda mail: (mail.day, mail.minute)) for thread in threads.values()]


def test_threads_read_as_conversations():
    answered = following = 0
    for company, mails, _ in every():
        for thread in conversations(mails):
            first, *rest = thread
            assert first.kind != "reply" and not first.subject.startswith("Re:")
            assert all(mail.subject == f"Re: {first.subject}" for mail in rest)
            assert len({mail.label for mail in thread}) == 1
            assert len({mail.about for mail in thread}) == 1
            for mail in thread:
                assert mail.sender != mail.recipient and mail.copy not in (mail.sender, mail.recipient)
                assert company.me in (mail.sender, mail.recipient, mail.copy)
            for before, after in itertools.pairwise(thread):
                assert (before.day, before.minute) < (after.day, after.minute)
                if after.kind == "reply":
                    assert after.sender == before.recipient and after.recipient == before.sender
                    assert after.day == before.day
                following += 1
                answered += after.sender != before.sender
    assert answered > 0.75 * following


def test_mails_begin_and_end_with_names():
    for company, mails, _ in every():
        for mail in mails:
            sender, reader = company.people[mail.sender], company.people[mail.recipient]
            greeting, *_, end = mail.body.split("\n\n")
            assert reader.first in greeting and len(greeting) < 30
            assert sender.first in end
            assert OWN == sender.firm == reader.firm or sender.firm_name in end
            assert len(mail.subject) <= 70 and 20 < len(mail.body) < 1200


DATES = re.compile(r"\b\d{1,2} [A-Z][a-z]+ 20\d\d\b")
AMOUNTS = re.compile(r"\b\d+\.\d\d\b")
NUMBERS = re.compile(r"\b(?:SO|INV|BILL|CN|PAY)-\d+\b")


def known(company, told, row, until):
    """What has been said about an order up to a time: days, amounts, numbers, quantities."""
    order = company.orders[row]
    item, customer = company.items[order.item], company.customers[order.customer]
    days, cents, numbers = set(), {order.price, order.total, item.price, item.cost, customer.limit}, {order.number}
    counts = {order.quantity}
    for event in told[row]:
        if (event.day, event.minute) > until:
            break
        kind, data = event.kind, event.data
        days |= {event.day} if kind == "delivered" else set()
        days |= {
            "order_placed": lambda d: {d[5]},
            "delayed": lambda d: {d[0], d[1]},
            "shipped": lambda d: {d[2]},
            "invoiced": lambda d: {d[2]},
            "supplier_billed": lambda d: {d[2]},
        }.get(kind, lambda d: set())(data)
        if kind in ("invoiced", "reminded", "supplier_billed", "bill_approved"):
            cents.add(data[1])
            numbers.add(data[0])
        elif kind in ("credited", "paid"):
            cents.add(data[2])
            numbers |= {data[0], data[1]}
        counts |= {data[3]} if kind == "supplier_billed" else {data[0]} if kind == "returned" else set()
    return {date_of(day) for day in days}, {amount(c) for c in cents}, numbers, counts


def test_mails_say_what_the_log_says():
    """Every date, amount, number and quantity of a mail is one that was known of its order by then."""
    for company, mails, _ in every():
        told = by_order(company)
        for mail in mails:
            text = f"{mail.subject}\n{mail.body}"
            if LABELS[mail.label] in ("meeting", "other"):
                continue
            days, cents, numbers, counts = known(company, told, mail.about, (mail.day, mail.minute))
            assert set(DATES.findall(text)) <= days, text
            assert set(AMOUNTS.findall(text)) <= cents, text
            assert set(NUMBERS.findall(text)) <= numbers, text
            item = company.items[company.orders[mail.about].item].name
            said = re.findall(r"\b(\d+) x ([A-Z][A-Za-z -]*)", text)
            assert all(int(count) in counts and what.startswith(item) for count, what in said), text


def clock(minute):
    return f"{minute // 60:02d}:{minute % 60:02d}"


def ordered(company, data):
    item = company.items[data[2]]
    return item.name, item.sku, f"{data[3]} x", date_of(data[5]), data[7], data[8]


def answered(company, data):
    _, topic, fact = data
    plain = topic in ("terms", "tracking", "contact")
    return (date_of(fact) if topic == "due" else str(fact) if plain else amount(fact),)


def recorded(company, data):
    return tuple(word for row, due in data for word in (company.orders[row].number, date_of(due)))


def recommended(company, data):
    return tuple(word for row in data for word in (company.items[row].sku, amount(company.items[row].price)))


NEEDED = {
    "order_placed": ordered,
    "order_confirmed": lambda c, d: (date_of(d[0]),),
    "order_held": lambda c, d: (),
    "delayed": lambda c, d: (date_of(d[0]), date_of(d[1])),
    "shipped": lambda c, d: (d[1], date_of(d[2])),
    "delivered": lambda c, d: (d[0],),
    "cancelled": lambda c, d: (),
    "returned": lambda c, d: (f"{d[0]} x",),
    "complained": lambda c, d: (),
    "credited": lambda c, d: (d[0], d[1], amount(d[2])),
    "invoiced": lambda c, d: (d[0], amount(d[1]), date_of(d[2])),
    "reminded": lambda c, d: (d[0], amount(d[1]), f"{d[2]} days"),
    "paid": lambda c, d: (d[1], amount(d[2])),
    "supplier_billed": lambda c, d: (d[0], amount(d[1]), date_of(d[2]), f"{d[3]} x"),
    "bill_held": lambda c, d: (d[0],),
    "bill_disputed": lambda c, d: (d[0],),
    "question": lambda c, d: (),
    "answer": answered,
    "meeting_called": lambda c, d: (d[0], date_of(d[1]), clock(d[2]), f"{d[3]} minutes"),
    "meeting_moved": lambda c, d: (date_of(d[0]), date_of(d[2]), clock(d[3])),
    "meeting_cancelled": lambda c, d: (),
    "minutes": recorded,
    "policy_issued": lambda c, d: (f"evision {d[1]}", date_of(d[2])),
    "newsletter": recommended,
}
"""What a mail must say, by the kind of its event; about the company and the event's data."""
NUMBERED = ("order_confirmed", "order_held", "delayed", "shipped", "delivered", "cancelled", "returned")
NUMBERED += ("complained", "credited", "question", "supplier_billed", "invoiced", "reminded")


OLD = re.compile(rf"(?:instead of|rather than|not on|no longer by|it was) ({DATES.pattern})", re.I)
LATE = re.compile(rf"(?:came on|until|got it on) ({DATES.pattern})")


def test_mails_say_which_of_two_dates_is_new():
    delays = complaints = 0
    for company, mails, _ in every():
        told = by_order(company)
        for mail in mails:
            if mail.kind == "delayed":
                (event,) = (event for event in told[mail.about] if event.kind == "delayed")
                assert OLD.findall(mail.body) == [date_of(event.data[0])], mail.body
                delays += 1
            elif mail.kind == "complained" and len(DATES.findall(mail.body)) == 2:
                assert LATE.findall(mail.body) == [date_of(company.orders[mail.about].true_due)], mail.body
                complaints += 1
    assert delays > 100 and complaints > 20


def test_minutes_are_about_orders_under_way():
    for company, _, _ in every():
        told = by_order(company)
        for event in company.events:
            for row, due in event.data if event.kind == "minutes" else ():
                past = [e for e in told[row] if (e.day, e.minute) < (event.day, event.minute)]
                dues = [e.data[1 if e.kind == "delayed" else 5] for e in past if e.kind in ("order_placed", "delayed")]
                assert due in dues and (due == dues[-1] or past[-1].day == event.day)
                over = ("cancelled", "returned", "delivered")
                assert all(e.day == event.day for e in past if e.kind in over)


def test_every_mail_reports_its_event():
    seen = Counter()
    for company, mails, _ in every():
        events = defaultdict(list)
        for event in company.events:
            events[event.kind, event.day, event.minute, event.actor, event.about].append(event)
        for mail in mails:
            if mail.kind != "reply":
                (event,) = events[mail.kind, mail.day, mail.minute, mail.sender, mail.about]
                words = NEEDED[mail.kind](company, event.data)
                if mail.kind in NUMBERED:
                    words += (company.orders[mail.about].number,)
                elif mail.kind in ("meeting_cancelled", "minutes"):
                    words += (company.meetings[mail.about].title, date_of(company.meetings[mail.about].day))
                if mail.kind == "order_confirmed":
                    words += (amount(company.orders[mail.about].total), amount(company.orders[mail.about].price))
                missing = [word for word in words if word not in mail.body]
                assert not missing, (mail.kind, missing, mail.body)
                seen[mail.kind] += 1
    assert set(seen) == set(NEEDED)


def test_answers_state_facts_of_the_time():
    """The fact in an answer is what the log said when the question was put."""
    topics = set()
    for company, _, _ in every():
        told = by_order(company)
        for event in company.events:
            if event.kind != "answer":
                continue
            order, (asker, topic, fact) = company.orders[event.about], event.data
            asked = next(e for e in told[event.about] if e.kind == "question")
            customer = company.customers[order.customer]
            assert (asked.actor, asked.data[1]) == (asker, topic)
            past = [e for e in told[event.about] if (e.day, e.minute) <= (asked.day, asked.minute)]
            want = {"limit": customer.limit, "terms": customer.terms, "price": company.items[order.item].price}
            want["contact"] = company.people[customer.contact].mail
            for e in past:
                if e.kind == "order_placed":
                    want["due"] = e.data[5]
                elif e.kind == "delayed":
                    want["due"] = e.data[1]
                elif e.kind == "shipped":
                    want["tracking"] = e.data[1]
                elif e.kind == "invoiced":
                    want["invoice"] = e.data[1]
            assert fact == want[topic]
            topics.add(topic)
    assert len(topics) == 7


def test_frequent_sentences_vary():
    for part in (say_orders, say_claims, say_papers, say_talk):
        for key, texts in part.TEXTS.items():
            assert len(set(texts)) == len(texts) >= 3, key
    often = ("order_placed", "order_confirmed", "delayed", "shipped", "delivered", "invoiced", "meeting_called")
    said = {kind: set() for kind in often}
    for _, mails, _ in every("full"):
        for mail in mails:
            if mail.kind in said:
                said[mail.kind].add(re.sub(r"[A-Z]*-?\d[\d.:]*|[A-Z][a-z]+", "_", mail.body.split("\n\n")[1]))
    assert all(len(bodies) >= 30 for bodies in said.values()), {kind: len(bodies) for kind, bodies in said.items()}


def test_texts_are_printable_ascii():
    def texts(thing):
        if isinstance(thing, str):
            yield thing
        elif isinstance(thing, tuple | list):
            for part in thing:
                yield from texts(part)

    for size in ("small", "full"):
        for company, mails, pages in every(size)[:8]:
            for text in texts((company, mails, pages)):
                assert text.isascii() and text.replace("\n", "").isprintable(), text
                assert "%(" not in text and "  " not in text, text
                assert text == text.strip()
