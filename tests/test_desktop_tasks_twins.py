"""Tasks in the twin apps: what is right derived apart, and near misses that must fail."""

from __future__ import annotations

import itertools
import re
from collections import Counter

import pytest
from desktop_sittings import Contrary, dealt, failed, sitting, solve

from infogap.envs.desktop.apps import TWINS
from infogap.envs.desktop.grading import graded
from infogap.envs.desktop.skin import parse_date, parse_money
from infogap.envs.desktop.store import AGENT, Order, Refused, apply, commit
from infogap.envs.desktop.tasks import TEMPLATES

NAMES = ("triage_queue", "cover_shift", "match_tickets")
every = pytest.mark.parametrize("name", NAMES)
DAY = r"[0-9]{1,2} [A-Z][a-z]{2} 2024"


def option(table, column, name):
    return TWINS.column(table, column).of.index(name)


def done(truth, *orders):
    """The state after commands of the agent, and a submission."""
    for command, given in orders:
        truth = commit(truth, apply(truth, Order(command, tuple(given.items())), AGENT))
    return graded(truth.but(ended=("success", "")))


# -- what holds of all of them -----------------------------------------------------------------------------------------
@every
def test_the_wrong_status_fails(name):
    for seed in range(2):
        hands, task = sitting(name, seed, Contrary)
        solve(hands, task)
        assert failed(hands).checks["completion"] == 1


@every
def test_a_ticket_taken_or_noted_on_in_passing_fails(name):
    hands, _ = sitting(name, 1)
    hands.go("being_worked_on")
    hands.open(hands.rows()[0])
    hands.press("jot_down")
    hands.fill("jotting", "Seen.")
    hands.save()
    solve(hands)
    assert failed(hands).checks["collateral"] >= 1


@every
def test_goals_have_three_wordings_a_level_and_name_what_can_be_typed(name):
    for level in TEMPLATES[name].levels:
        truths = dealt(name, 40, level)
        names = "|".join(re.escape(slot) for truth in truths for slot in truth.slots)
        plain = {
            re.sub(r"[A-Z0-9][\w./-]*|[0-9]+", "#", re.sub(names, "#", t.goal) if names else t.goal)[:60]
            for t in truths
        }
        assert len(plain) >= 3
        assert all(len(truth.slots) <= 8 and all(slot in truth.goal for slot in truth.slots) for truth in truths)


@every
@pytest.mark.parametrize("size", ["small", "full"])
def test_tickets_that_were_put_there_fit_in(name, size):
    for truth in dealt(name, 8 if size == "small" else 1, size=size):
        numbers = [int(number[2:]) for number in truth.tickets_ticket_number]
        assert sorted(numbers) == list(range(min(numbers), min(numbers) + len(numbers)))
        byday = sorted(zip(truth.tickets_opened_on, numbers, strict=True))
        assert [number for _, number in byday] == sorted(numbers), "numbers rise with time"
        assert all(day < truth.today and day % 7 < 5 for day in truth.tickets_opened_on)
        assert all(answer > day for answer, day in zip(truth.tickets_answer_by, truth.tickets_opened_on, strict=True))
        for row, stage in enumerate(truth.tickets_stage):
            waits = stage in (option("tickets", "stage", "fresh"), option("tickets", "stage", "merged"))
            assert (truth.tickets_assignee[row] < 0) == waits
            over = stage in (option("tickets", "stage", "closed"), option("tickets", "stage", "merged"))
            assert (truth.tickets_resolution[row] > 0) == over
            into = truth.tickets_merged_into[row]
            assert into < 0 or truth.tickets_requester_mail[into] == truth.tickets_requester_mail[row]
        for number, row, day in zip(
            truth.replies_reply_number, truth.replies_ticket, truth.replies_said_on, strict=True
        ):
            assert number.startswith(f"{truth.tickets_ticket_number[row]}.") and day >= truth.tickets_opened_on[row]
        texts = (*truth.tickets_summary, *truth.tickets_description, truth.goal)
        assert all(text.isascii() and "{" not in text for text in texts)


@every
def test_the_row_tells_nothing_of_the_target(name):
    key, table = {"triage_queue": ("queues", "tickets"), "cover_shift": ("swaps", "shifts")}.get(
        name, ("rows", "documents")
    )
    places = []
    for truth in dealt(name, 40):
        size = len(truth.cells(table, TWINS.tables[table].label))
        places += [row / (size - 1) for row, _ in dict(truth.task)[key]]
    # the mean of n even draws from [0, 1] has a standard deviation of 1 / sqrt(12 n)
    assert abs(sum(places) / len(places) - 0.5) < 4 / (12 * len(places)) ** 0.5


# -- sort the queue ----------------------------------------------------------------------------------------------------
QUEUES = TWINS.column("tickets", "queue").of


def test_the_right_queue_follows_from_who_asks_and_what_became_of_the_order():
    seen = Counter()
    for truth in (*dealt("triage_queue", 30), *dealt("triage_queue", 6, size="full")):
        house = truth.agents_agent_mail[0].split("@")[1]
        for row, queue in dict(truth.task)["queues"]:
            told = f"{truth.tickets_summary[row]} {truth.tickets_description[row]}"
            status = truth.orders_order_status[truth.tickets_concerns[row]]
            status = TWINS.column("orders", "order_status").of[status]
            if truth.tickets_requester_mail[row].endswith(f"@{house}"):
                want = {"inside_matters"}
            elif truth.tickets_account[row] < 0:
                want = {"supplier_bills"}
            elif status == "cancelled":
                want = {"order_questions"}
            elif re.search(r"\b(return|sending back|going back|went back|on its way back|back from)\b", told, re.I):
                want = {"goods_back"}
            else:
                want = {"order_questions", "complaints"}
            assert QUEUES[queue] in want, told
            if "complaints" in want and "SO-" not in told:
                assert QUEUES[queue] == "order_questions", "a new order has no number yet"
            seen[QUEUES[queue]] += 1
    assert set(seen) == set(QUEUES) - {"anything_else"} and min(seen.values()) >= 3


def test_every_ticket_has_look_alikes():
    for truth in dealt("triage_queue", 10):
        task = dict(truth.task)
        rows = {row for row, _ in task["queues"]}
        fresh = option("tickets", "stage", "fresh")
        others = [row for row, stage in enumerate(truth.tickets_stage) if stage == fresh and row not in rows]
        unsorted = [row for row, queue in enumerate(truth.tickets_queue) if QUEUES[queue] == "anything_else"]
        assert len(rows) >= 5 and len(others) >= 3 and set(unsorted) - rows == set(task["decoys"])
        assert all(truth.tickets_queue[row] != QUEUES.index("anything_else") for row in others)


def orders_of(task, truth, change=None):
    """The commands that sort the tickets, one of them changed."""
    urgencies, taken = dict(task["urgencies"]), dict(task["taken"])
    for k, (row, queue) in enumerate(task["queues"]):
        cells = {"queue": queue, "urgency": urgencies[row], "take": taken[row] >= 0}
        if change and k == change[1]:
            cells[change[0]] = not cells["take"] if change[0] == "take" else (cells[change[0]] + 1) % 4
        yield "ticket_sort", {"id": row, "queue": cells["queue"], "urgency": cells["urgency"]}
        if cells["take"]:
            yield "ticket_take", {"id": row}


def test_one_wrong_queue_urgency_or_owner_fails():
    for truth in dealt("triage_queue", 3):
        task = dict(truth.task)
        assert done(truth, *orders_of(task, truth)).success
        for what, k in itertools.product(("queue", "urgency", "take"), range(len(task["queues"]))):
            found = done(truth, *orders_of(task, truth, (what, k)))
            assert not found.success and 0 < found.score <= 0.5
        half = list(orders_of(task, truth))[:4]
        assert done(truth, *half).score < 0.5


def test_sorting_what_is_in_work_or_of_another_queue_fails():
    for truth in dealt("triage_queue", 3):
        task = dict(truth.task)
        for row in task["decoys"]:
            sort = "ticket_sort", {"id": row, "queue": 0, "urgency": 0}
            found = done(truth, *orders_of(task, truth), sort)
            assert not found.success and found.checks["collateral"] >= 1


def test_the_older_rule_and_that_of_another_colleague_fail():
    wrong = 0
    for truth in dealt("triage_queue", 10, level=3):
        task, who = dict(truth.task), truth.slots[0]
        rules = [
            (truth.tickets_requester[row] == who, truth.tickets_opened_on[row], truth.tickets_description[row])
            for row, summary in enumerate(truth.tickets_summary)
            if "sorting" in summary.casefold()
        ]
        assert len(rules) == 3 and sum(right for right, *_ in rules) == 2
        latest = max(day for right, day, _ in rules if right)
        for right, day, text in rules:
            said = dict(re.findall(r"([a-z]+(?: [a-z]+)?): (\w+),", text))
            fits = all(
                said[QUEUES[queue].replace("_", " ")]
                == TWINS.column("tickets", "urgency").of[dict(task["urgencies"])[row]]
                for row, queue in task["queues"]
            )
            assert fits or not (right and day == latest)
            wrong += not fits
    assert wrong >= 15


# -- stand-ins ---------------------------------------------------------------------------------------------------------
def told(truth):
    """Who has said last that they cannot stand in, by mail address and day: read with patterns of this test alone."""
    found = {}
    for row in sorted(range(len(truth.tickets_summary)), key=lambda row: truth.tickets_ticket_number[row]):
        if "tanding in" in truth.tickets_summary[row] and "several" not in (text := truth.tickets_description[row]):
            for day in re.findall(DAY, text):
                cannot = re.search(r"cannot|not possible|do not have me", text) is not None
                found[truth.tickets_requester_mail[row], parse_date(day)] = cannot
    return found


def asked(truth):
    """Who can't work, from when to when, and which stand-ins are preferred."""
    if len(truth.slots) == 3:
        ill, first, last = truth.slots
        return ill, parse_date(first), parse_date(last), " fewest " in truth.goal
    ill, boss = truth.slots
    rows = sorted(range(len(truth.tickets_summary)), key=lambda row: truth.tickets_ticket_number[row])
    tickets = [(truth.tickets_requester[row], truth.tickets_description[row]) for row in rows]
    first, last = [
        re.findall(DAY, text) for who, text in tickets if who == ill and ("bsen" in text or "work from" in text)
    ][-1]
    rule = [text for who, text in tickets if who == boss and " shifts on all the days " in text][-1]
    return ill, parse_date(first), parse_date(last), " fewest " in rule


def derived(truth):
    """The swaps that are right, found by trying every command on the state, and the state after them."""
    ill, first, last, fewest = asked(truth)
    cannot, names = told(truth), truth.staff_staff_name
    person, swaps = names.index(ill), {}
    days = [day for day in range(first, last + 1) if day % 7 < 5]
    for day in days:
        for row, when in enumerate(truth.shifts_shift_day):
            if when != day or person not in truth.shifts_crew[row]:
                continue
            able = []
            for other, name in enumerate(names):
                try:
                    swap = Order("shift_swap", (("id", row), ("person", person), ("stand_in", other)))
                    entries = apply(truth, swap, AGENT)
                except Refused:
                    continue
                if not cannot.get((truth.staff_staff_mail[other], day), False):
                    n = sum(
                        other in crew
                        for crew, d in zip(truth.shifts_crew, truth.shifts_shift_day, strict=True)
                        if d in days
                    )
                    able.append(((n if fewest else -n), name, other, entries))
            if able:
                _, _, other, entries = min(able)
                swaps[row] = other
                truth = commit(truth, entries)
    return swaps, truth


@pytest.mark.parametrize("size", ["small", "full"])
def test_the_stand_ins_are_those_that_trying_everybody_gives(size):
    choice, levels = 0, Counter()
    for truth in dealt("cover_shift", 24 if size == "small" else 3, size=size):
        swaps, after = derived(truth)
        assert {row: tuple(sorted(after.shifts_crew[row])) for row in swaps} == dict(dict(truth.task)["swaps"])
        choice += len(swaps) > 1
        levels[len(truth.slots)] += 1
    assert choice > 1 and len(levels) == 2


def test_who_cannot_stand_in_would_be_chosen_by_the_roster_alone():
    baited = 0
    for truth in dealt("cover_shift", 20):
        quiet = truth.but(tickets_summary=tuple("" for _ in truth.tickets_summary))
        if len(truth.slots) == 3:
            task, (swaps, after) = dict(truth.task), derived(quiet)
            crews = {row: tuple(sorted(after.shifts_crew[row])) for row in swaps}
            if crews != dict(task["swaps"]):
                baited += 1
                assert not graded(after.but(ended=("success", ""))).success
    assert baited >= 4


def test_any_other_stand_in_fails_and_so_does_none():
    seen = 0
    for truth in dealt("cover_shift", 6):
        swaps, after = derived(truth)
        assert graded(after.but(ended=("success", ""))).success
        person = truth.staff_staff_name.index(dict(truth.task)["ill"])
        row, right = next(iter(swaps.items()))
        for other in set(range(len(truth.staff_staff_name))) - {right, person}:
            try:
                found = done(truth, ("shift_swap", {"id": row, "person": person, "stand_in": other}))
            except Refused:
                continue
            assert not found.success and found.score < 0.5
            seen += 1
        left = [row for row, state in enumerate(truth.shifts_shift_state) if row not in swaps and state == 0]
        if left:
            found = graded(commit(after, apply(after, Order("shift_withdraw", (("id", left[0]),)), AGENT)))
            assert not found.success and found.checks["collateral"] == 3
    assert seen >= 5


# -- bills -------------------------------------------------------------------------------------------------------------
def test_the_price_list_in_force_decides():
    statuses = Counter()
    for truth in dealt("match_tickets", 20):
        firm = truth.slots[0]
        found = {}
        for summary, text in zip(truth.tickets_summary, truth.tickets_description, strict=True):
            day = re.search(r"[0-9]+ [A-Z][a-z]+ 2024$", summary)
            if day and firm in summary:
                found[parse_date(day[0])] = {
                    name: parse_money(price) for name, price in re.findall(r"^\S+ (.+): ([0-9.]+)$", text, re.M)
                }
        assert len(found) == 3
        prices = found[max(day for day in found if day <= truth.today)]
        for row, status in dict(truth.task)["rows"]:
            order = truth.orders_order_number.index(truth.documents_reference[row])
            right = truth.orders_quantity[order] * prices[truth.orders_item[order]] == truth.documents_amount[row]
            right &= TWINS.column("orders", "order_status").of[truth.orders_order_status[order]] == "delivered"
            assert status == ("approved" if right else "on_hold")
            statuses[status] += 1
    assert min(statuses.values()) > 20


def test_approving_all_or_holding_all_fails():
    for truth in dealt("match_tickets", 6):
        rows = dict(truth.task)["rows"]
        right = [(f"document_{'approve' if status == 'approved' else 'hold'}", {"id": row}) for row, status in rows]
        assert done(truth, *right).success and done(truth, *right[:-1]).score < 0.5
        for command in ("document_approve", "document_hold"):
            if len({status for _, status in rows}) > 1:
                assert not done(truth, *((command, {"id": row}) for row, _ in rows)).success
