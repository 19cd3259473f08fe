"""The company's log is consistent, and its records are what the log comes to."""

import itertools
import re
from collections import Counter, defaultdict

import pytest
from company_worlds import WORLDS, by_order, every, rule, workdays

from infogap.envs.desktop.company.model import (
    DOCUMENT_STATUSES,
    DOCUMENT_TYPES,
    LABELS,
    OWN,
    SUPPLIER,
    TOPICS,
    Document,
)


# -- what there is -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("size", "least"),
    [
        (
            "small",
            dict(mails=40, threads=12, people=24, meetings=30, customers=16, orders=30, documents=40, policies=10),
        ),
        (
            "full",
            dict(mails=300, threads=60, people=80, meetings=200, customers=120, orders=250, documents=300, policies=40),
        ),
    ],
)
def test_sizes_are_reached(size, least):
    for company, mails, pages in every(size):
        found = {name: len(getattr(company, name)) for name in least if hasattr(company, name)}
        found |= {"mails": len(mails), "threads": len({mail.thread for mail in mails})}
        assert len(pages) == len(company.policies)
        assert all(found[name] >= number for name, number in least.items()), found
        assert found["mails"] <= 1.3 * least["mails"]
        labels = {mail.label for mail in mails}
        assert labels == set(range(1, len(LABELS)))  # each kind of conversation is there
        kinds = {event.kind for event in company.events}
        assert kinds >= {"delayed", "cancelled", "returned", "complained", "credited", "bill_disputed", "question"}


def test_calendar_spans_six_weeks_about_a_weekday():
    for company, _, _ in every():
        days = [meeting.day for meeting in company.meetings]
        assert company.today % 7 < 5
        assert all(day % 7 < 5 for day in days)
        assert 36 <= max(days) - min(days) + 3 <= 45
        assert min(days) < company.today - 14 and max(days) > company.today + 12


def test_same_name_pairs():
    for company, _, _ in every():
        pairs = [n for n in Counter(person.name for person in company.people).values() if n > 1]
        assert pairs == [2] * (1 if company.size == "small" else 5)
        for one, other in itertools.combinations(company.people, 2):
            if one.name == other.name:
                assert one.firm_name != other.firm_name
        assert len({person.mail for person in company.people}) == len(company.people)
        assert len({person.phone for person in company.people}) == len(company.people)


def test_addresses_and_numbers_are_set_aside_for_fiction():
    for company, _, _ in every():
        assert all(person.mail.endswith(".example") for person in company.people)
        assert all(re.fullmatch(r"\(\d{3}\) 555-01\d\d", person.phone) for person in company.people)


def test_people_belong_where_they_say():
    for company, _, _ in every():
        assert company.people[company.me].firm == OWN and company.me in company.staff
        for row, person in enumerate(company.people):
            assert (row in company.staff) == (person.firm == OWN)
            assert (person.mail.split("@")[1] == company.domain) == (person.firm == OWN)
            if person.firm >= 0:
                assert company.customers[person.firm].contact == row
                assert company.customers[person.firm].name == person.firm_name
        assert len({customer.name for customer in company.customers}) == len(company.customers)
        assert len({item.sku for item in company.items}) == len(company.items)
        assert all(company.people[item.supplier].firm == SUPPLIER for item in company.items)


# -- the log -----------------------------------------------------------------------------------------------------------
def test_the_log_is_past_and_in_office_hours():
    for company, mails, _ in every():
        times = [(event.day, event.minute) for event in company.events]
        assert times == sorted(times)
        for thing in (*company.events, *mails):
            assert 0 <= thing.day < company.today
            assert thing.day % 7 < 5
            assert 8 * 60 <= thing.minute < 19 * 60 + 30


ORDER_OF = ("order_placed", "order_confirmed", "delayed", "shipped", "delivered", "returned", "credited")


def test_orders_live_in_order():
    for company, _, _ in every():
        for row, told in by_order(company).items():
            kinds = [event.kind for event in told]
            assert kinds[0] == "order_placed"
            assert company.orders[row].number == told[0].data[0]
            assert Counter(kinds)["order_placed"] == 1
            course = [kind for kind in kinds if kind in ORDER_OF[:5]]
            assert course == sorted(course, key=ORDER_OF.index)
            for needs, needed in (
                ("delivered", "shipped"),
                ("shipped", "order_confirmed"),
                ("delayed", "order_confirmed"),
                ("invoiced", "shipped"),
                ("complained", "delivered"),
                ("returned", "delivered"),
                ("credited", "invoiced"),
                ("reminded", "invoiced"),
                ("bill_approved", "supplier_billed"),
                ("bill_held", "supplier_billed"),
                ("bill_disputed", "supplier_billed"),
                ("answer", "question"),
            ):
                assert needs not in kinds or needed in kinds[: kinds.index(needs)], (needs, kinds)
            assert not {"cancelled", "shipped"} <= set(kinds)
            assert not {"order_held", "order_confirmed"} <= set(kinds)


def folded_order(company, row, told):
    """What an order's events come to."""
    number, customer, item, quantity, price, due, priority, city, note = told[0].data
    status, carrier, tracking, arrived = "open", 0, "", None
    for event in told:
        if event.kind == "delayed":
            assert event.data[0] == due
            due = event.data[1]
        elif event.kind == "shipped":
            carrier, tracking, _ = event.data
        elif event.kind == "delivered":
            arrived = event.day
            assert event.data == (city,)
        status = {
            "order_confirmed": "confirmed",
            "order_held": "on_hold",
            "shipped": "shipped",
            "delivered": "delivered",
            "cancelled": "cancelled",
            "returned": "returned",
        }.get(event.kind, status)
    code = ("open", "confirmed", "shipped", "delivered", "cancelled", "on_hold", "returned").index(status)
    start = told[0].day
    return (
        number,
        customer,
        item,
        quantity,
        price,
        quantity * price,
        start,
        due,
        code,
        city,
        carrier,
        tracking,
        note,
        priority,
    ), arrived


def test_orders_are_what_the_log_comes_to():
    for company, _, _ in every():
        told = by_order(company)
        assert set(told) == set(range(len(company.orders)))
        for row, order in enumerate(company.orders):
            cells, arrived = folded_order(company, row, told[row])
            assert order[:14] == cells
            if arrived is not None:
                assert order.true_due == arrived
            elif order.status == 2:
                assert order.true_due >= company.today
            doers = {event.actor for event in told[row] if event.kind in ("order_confirmed", "delayed", "order_held")}
            assert doers <= {order.handler}
            assert company.people[order.handler].firm == OWN


def test_documents_are_what_the_log_comes_to():
    for company, _, _ in every():
        folded = {}
        for event in company.events:
            kind, data, day, row = event.kind, event.data, event.day, event.about
            if row < 0 or kind.startswith(("meeting", "policy")):
                continue
            order = company.orders[row] if row < len(company.orders) else None
            if kind == "invoiced":
                party = company.customers[order.customer].name
                folded[data[0]] = ["invoice", party, order.number, data[1], day, data[2], "open", row]
            elif kind == "supplier_billed":
                party = company.people[event.actor].firm_name
                folded[data[0]] = ["bill", party, order.number, data[1], day, data[2], "open", row]
            elif kind in ("bill_approved", "bill_held", "bill_disputed"):
                folded[data[0]][6] = {"bill_approved": "approved", "bill_held": "on_hold"}.get(kind, "disputed")
            elif kind == "paid":
                paid = folded[data[1]]
                assert data[2] == paid[3] and paid[6] in ("open", "approved")
                paid[6] = "paid"
                folded[data[0]] = ["payment", paid[1], data[1], data[2], day, day, "posted", row]
            elif kind == "credited":
                party = company.customers[order.customer].name
                folded[data[0]] = ["credit", party, data[1], data[2], day, day, "posted", row]
        for document in company.documents:
            kind, party, reference, cents, issued, payable, status, row = folded.pop(document.number)
            want = (document.number, DOCUMENT_TYPES.index(kind), party, reference, cents, issued, payable)
            assert document == Document(*want, DOCUMENT_STATUSES.index(status), document.note, row)
        assert not folded


def test_numbers_are_unique_and_rise_with_the_days():
    for company, _, _ in every():
        issued = [(order.number, order.placed) for order in company.orders]
        issued += [(document.number, document.issued) for document in company.documents]
        assert len({number for number, _ in issued}) == len(issued)
        series = defaultdict(list)
        for number, day in issued:
            series[number.split("-")[0]].append((int(number.split("-")[1]), day))
        assert set(series) == {"SO", "INV", "BILL", "PAY", "CN"}
        for pairs in series.values():
            days = [day for _, day in sorted(pairs)]
            assert days == sorted(days)
        tracking = [order.tracking for order in company.orders if order.tracking]
        assert len(set(tracking)) == len(tracking)


def test_amounts_are_quantity_times_price_and_prices_follow_the_policy():
    for company, _, _ in every():
        for document in company.documents:
            order = company.orders[document.order]
            item = company.items[order.item]
            if document.type == 0:
                assert document.amount == order.quantity * order.price
                assert document.payable == document.issued + company.customers[order.customer].terms
            elif document.type == 1 and DOCUMENT_STATUSES[document.status] != "disputed":
                assert document.amount == order.quantity * item.cost
            elif document.type == 1:
                assert document.amount > order.quantity * item.cost
        discounted = 0
        for order in company.orders:
            silver, gold, minimum = rule(company, "discounts", order.placed)
            tier, price = company.customers[order.customer].tier, company.items[order.item].price
            cut = (0, silver, gold)[tier] if order.quantity * price >= minimum else 0
            discounted += cut > 0
            assert order.price == price * (100 - cut) // 100
        assert discounted


def test_people_keep_to_the_policies():
    held = 0
    for company, _, _ in every():
        accounts = {
            row
            for row in company.staff
            if company.people[row].role in ("Accountant", "Payables clerk", "Receivables clerk")
        }
        director = next(row for row in company.staff if company.people[row].role == "Managing director")
        payable = {document.number: document.payable for document in company.documents}
        for order in company.orders:
            least = rule(company, "shipping", order.placed)[order.priority]
            assert workdays(order.placed, order.due) >= least
        for event in company.events:
            if event.kind == "reminded":
                assert event.data[2] == event.day - payable[event.data[0]]
                assert event.data[2] >= rule(company, "credit", payable[event.data[0]])[0]
            elif event.kind == "bill_approved":
                above = event.data[1] > rule(company, "approvals", event.day)[0]
                assert event.actor == director if above else event.actor in accounts
            elif event.kind == "returned":
                order = company.orders[event.about]
                assert 0 < event.data[0] <= order.quantity
                assert event.day - order.true_due <= rule(company, "returns", event.day)[0]
                fee = rule(company, "returns", event.day)[1] if event.data[1] == "surplus" else 0
                credit = next(e for e in company.events if e.kind == "credited" and e.about == event.about)
                assert credit.data[2] == event.data[0] * order.price * (100 - fee) // 100
        for row, customer in enumerate(company.customers):
            late = [
                company.today - document.payable
                for document in company.documents
                if document.type == 0
                and document.status == 0
                and company.orders[document.order].customer == row
                and company.orders[document.order].status != 6
            ]
            assert customer.active == (max(late, default=0) <= rule(company, "credit", company.today)[1])
            held += not customer.active
        assert any(order.true_due > order.due for order in company.orders)
    assert held > len(WORLDS)


def test_orders_are_held_for_the_reason_given():
    reasons = Counter()
    for company, _, _ in every():
        for event in company.events:
            if event.kind == "order_held":
                order = company.orders[event.about]
                reasons[event.data[0]] += 1
                above = order.total > company.customers[order.customer].limit
                assert event.data[0] != "limit" or above
                assert event.data[0] != "address" or not above
                assert event.data[0] != "overdue" or not company.customers[order.customer].active
    assert set(reasons) == {"limit", "address", "overdue"}


# -- meetings ----------------------------------------------------------------------------------------------------------
def test_nobody_and_no_room_is_in_two_meetings_at_once():
    for company, _, _ in every():
        taken = defaultdict(list)
        for meeting in company.meetings:
            assert meeting.organiser in company.staff
            assert meeting.attendees and meeting.organiser not in meeting.attendees
            assert len(set(meeting.attendees)) == len(meeting.attendees)
            assert 9 * 60 <= meeting.start < meeting.start + meeting.length <= 17 * 60
            span = meeting.start, meeting.start + meeting.length
            for who in (meeting.organiser, *meeting.attendees):
                taken[who, meeting.day].append(span)
            if meeting.room:
                taken["room", meeting.room, meeting.day].append(span)
        for spans in taken.values():
            spans.sort()
            assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))


def test_meetings_are_what_the_log_comes_to():
    for company, _, _ in every():
        told = defaultdict(list)
        for event in company.events:
            if event.kind.startswith(("meeting", "minutes")):
                told[event.about].append(event)
        states = Counter()
        for row, meeting in enumerate(company.meetings):
            called, *rest = told[row]
            title, day, start, length, attendees, room, state, notes = called.data
            assert (
                called.kind == "meeting_called"
                and workdays(called.day, day) >= rule(company, "meetings", called.day)[1]
            )
            for event in rest:
                assert event.actor == called.actor
                if event.kind == "meeting_moved":
                    assert event.data[:2] == (day, start) and event.day < day
                    day, start = event.data[2:]
                elif event.kind == "meeting_cancelled":
                    assert event.day < day
                    state = 1
                else:
                    assert (event.day, event.minute) > (day, start + length) and state == 0
            assert meeting == (title, day, start, length, called.actor, attendees, room, state, notes)
            assert length <= rule(company, "meetings", meeting.day)[0]
            states[state] += 1
            assert state != 2 or day >= company.today
        assert len(states) == 3


# -- policies ----------------------------------------------------------------------------------------------------------
def test_exactly_one_policy_per_topic_is_in_force():
    for company, _, _ in every():
        states = Counter()
        for topic in range(len(TOPICS)):
            mine = sorted((p for p in company.policies if p.topic == topic), key=lambda p: p.revision)
            assert [policy.revision for policy in mine] == list(range(1, len(mine) + 1))
            days = [policy.effective for policy in mine]
            assert len(set(days)) == len(days) and days == sorted(days)
            states["past"] += sum(day <= company.today for day in days) - 1
            states["ahead"] += sum(day > company.today for day in days)
            assert days[0] <= min(order.placed for order in company.orders)  # some policy holds all through the log
            for before, after in itertools.pairwise(mine):
                assert sum(a != b for a, b in zip(before.parameters, after.parameters, strict=True)) == 1
        assert states["past"] and states["ahead"]
        issued = {event.about: event for event in company.events if event.kind == "policy_issued"}
        for row, policy in enumerate(company.policies):
            assert issued[row].data == (policy.topic, policy.revision, policy.effective, policy.parameters)
            assert issued[row].day <= max(policy.effective, 4)
