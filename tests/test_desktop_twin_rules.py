"""The twin apps: what the ticket queue and the roster allow."""

from __future__ import annotations

import collections
import functools
import random
from typing import Any

import pytest
from desktop_desks import cell, do, refusal
from desktop_twin_desks import OWN, TWINS, VIEWS, desk, option, rows

from infogap.envs.desktop.schema import FormView
from infogap.envs.desktop.store import AGENT, Desk, Order, Refused, apply


# -- tickets: the rules ------------------------------------------------------------------------------------------------
def seat(truth: Desk) -> int:
    return rows(truth, "agents", own_seat=True)[0]


def test_a_ticket_is_taken_answered_and_closed() -> None:
    truth = desk()
    row, me = rows(truth, "tickets", stage="fresh")[0], seat(truth)
    assert refusal(truth, "ticket_answer", id=row, words="Hello") == ("not_taken", "")
    assert refusal(truth, "ticket_close", id=row, resolution="answered") == ("not_taken", "")
    assert refusal(truth, "ticket_escalate", id=row, cause="Too hard") == ("not_taken", "")
    now = do(truth, "ticket_take", id=row)
    assert cell(now, "tickets", row, "assignee") == me and cell(now, "tickets", row, "stage") == 1
    assert refusal(now, "ticket_take", id=row) == ("unchanged", "")
    assert refusal(now, "ticket_close", id=row, resolution="answered") == ("not_answered", "")
    assert refusal(now, "ticket_close", id=row, resolution="none") == ("missing", "resolution")
    assert refusal(now, "ticket_answer", id=row, words=" ") == ("missing", "words")
    silent = do(now, "ticket_close", id=row, resolution="no_action")
    assert cell(silent, "tickets", row, "stage") == option("tickets", "stage", "closed")
    new = len(now.cells("replies", "words"))
    now = do(now.but(tick=5), "ticket_answer", id=row, words="It is on its way.")
    reply = {column.name: cell(now, "replies", new, column.name) for column in TWINS.tables["replies"].columns}
    assert (reply["ticket"], reply["words"], reply["said_at"]) == (row, "It is on its way.", 485)
    assert reply["writer"] == cell(now, "agents", me, "agent_name") and reply["said_on"] == now.today
    assert cell(now, "tickets", row, "stage") == option("tickets", "stage", "awaiting")
    now = do(now, "ticket_close", id=row, resolution="answered")
    for command, given in (("ticket_answer", {"words": "a"}), ("ticket_take", {}), ("ticket_close", {"resolution": 1})):
        assert refusal(now, command, id=row, **given) == ("not_allowed", "")
    again = do(now, "ticket_reopen", id=row)
    assert cell(again, "tickets", row, "resolution") == 0 and cell(again, "tickets", row, "assignee") == me
    assert refusal(again, "ticket_reopen", id=row) == ("not_allowed", "")


def test_tickets_go_to_those_who_may_have_them() -> None:
    truth = desk(3, "full")
    row = rows(truth, "tickets", stage="fresh", queue="order_questions")[0]
    pick = functools.partial(rows, truth, "agents", rank=lambda rank: rank < 2)
    given = functools.partial(refusal, truth, "ticket_assign", id=row)
    assert given(assignee=pick(team="accounts_team", on_duty=True)[0]) == ("wrong_team", "assignee")
    assert given(assignee=pick(on_duty=False)[0]) == ("off_duty", "assignee")
    seller = pick(team="sales_team", on_duty=True)[0]
    now = do(truth, "ticket_assign", id=row, assignee=cell(truth, "agents", seller, "agent_mail"))
    assert cell(now, "tickets", row, "assignee") == seller
    assert refusal(now, "ticket_take", id=row) == ("taken", "")
    assert refusal(now, "ticket_answer", id=row, words="a") == ("not_taken", "")
    sorted_ = do(now, "ticket_sort", id=row, queue="supplier_bills", urgency="critical")
    assert cell(sorted_, "tickets", row, "assignee") == -1 and cell(sorted_, "tickets", row, "stage") == 0
    kept = do(now, "ticket_sort", id=row, queue="order_questions", urgency="critical")
    assert cell(kept, "tickets", row, "assignee") == seller
    up = do(do(truth, "ticket_take", id=row), "ticket_escalate", id=row, cause="They threaten to leave.")
    assert (cell(up, "tickets", row, "level"), cell(up, "tickets", row, "assignee")) == (2, -1)
    assert up.cells("replies", "voice")[-1] == option("replies", "voice", "inside_note")
    junior = rows(up, "agents", rank="junior", on_duty=True)[0]
    assert refusal(up, "ticket_assign", id=row, assignee=junior) == ("rank_too_low", "assignee")
    top = do(do(up, "ticket_take", id=row), "ticket_escalate", id=row, cause="Still")
    top = do(top, "ticket_take", id=row)
    assert refusal(top, "ticket_escalate", id=row, cause="More") == ("not_allowed", "")


def test_tickets_are_merged_with_those_of_the_same_requester() -> None:
    truth = desk(3, "full")
    live = rows(truth, "tickets", stage=lambda stage: stage < 3)
    by = collections.defaultdict(list)
    for row in live:
        by[cell(truth, "tickets", row, "requester_mail")].append(row)
    one, two = next(pair for pair in by.values() if len(pair) > 1)[:2]
    now = do(truth, "ticket_merge", id=two, merged_into=cell(truth, "tickets", one, "ticket_number").lower())
    assert cell(now, "tickets", two, "merged_into") == one and cell(now, "tickets", two, "stage") == 4
    assert cell(now, "tickets", two, "resolution") == option("tickets", "resolution", "duplicate")
    other = next(row for row in live if row not in by[cell(truth, "tickets", one, "requester_mail")])
    assert refusal(truth, "ticket_merge", id=other, merged_into=one) == ("not_allowed", "merged_into")
    assert refusal(truth, "ticket_merge", id=one, merged_into=one) == ("not_allowed", "merged_into")
    assert refusal(now, "ticket_merge", id=one, merged_into=two) == ("not_allowed", "merged_into")


def test_requesters_write_too() -> None:
    truth = desk()
    row = rows(truth, "tickets", stage="awaiting")[0]
    mail = cell(truth, "tickets", row, "requester_mail")
    now = do(truth, "ticket_answer", mail, id=row, words="And when?")
    assert now.cells("replies", "voice")[-1] == 0 and cell(now, "tickets", row, "unseen")
    assert cell(now, "tickets", row, "stage") == option("tickets", "stage", "in_work")
    assert refusal(truth, "ticket_answer", "somebody@else.example", id=row, words="a") == ("not_allowed", "")
    for command in ("ticket_take", "ticket_reopen"):
        assert refusal(truth, command, mail, id=row) == ("not_allowed", "")
    given = {"summary": "Chairs", "requester": "Jo", "requester_mail": mail, "description": "Two, please."}
    now = do(truth, "ticket_open", mail, **given)
    made = {column.name: now.cells("tickets", column.name)[-1] for column in TWINS.tables["tickets"].columns}
    assert made["ticket_number"] not in truth.cells("tickets", "ticket_number") and made["stage"] == 0
    assert (
        made["unseen"]
        and not do(now, "ticket_seen", id=len(truth.cells("tickets", "stage"))).cells("tickets", "unseen")[-1]
    )


# -- roster: the rules -------------------------------------------------------------------------------------------------
def posted(truth: Desk, **cells: Any) -> tuple[Desk, int]:
    """With a draft of three, six weeks from now, on a Wednesday."""
    day = truth.today - truth.today % 7 + 44
    given = {"shift_day": day, "band": "early", "place": "stores", "headcount": 3, "briefing": "Count"} | cells
    return do(truth, "shift_post", **given), len(truth.cells("shifts", "band"))


def free(truth: Desk, **cells: Any) -> Desk:
    """With staff whom nothing keeps from working, but for `cells` of all of them."""
    n = len(truth.cells("staff", "works"))
    plain = {"qualification": 0, "works": 0, "day_off": 0, "most_shifts": 5, "away_from": 0, "away_until": 0} | cells
    return truth.but(**{f"staff_{name}": (value,) * n for name, value in plain.items()})


def test_a_shift_is_crewed_and_published() -> None:
    truth, row = posted(free(desk()))
    assert cell(truth, "shifts", row, "planner") == rows(truth, "staff", own_badge=True)[0]
    assert refusal(truth, "shift_publish", id=row) == ("crew_short", "")
    for person in range(3):
        truth = do(truth, "shift_cover", id=row, person=cell(truth, "staff", person, "staff_mail"))
    assert cell(truth, "shifts", row, "crew") == (0, 1, 2)
    assert refusal(truth, "shift_cover", id=row, person=3) == ("crew_full", "")
    assert refusal(truth, "shift_cover", id=row, person=1) == ("unchanged", "person")
    assert refusal(truth, "shift_relieve", id=row, person=3) == ("not_on_shift", "person")
    less = do(truth, "shift_relieve", id=row, person=1)
    assert cell(less, "shifts", row, "crew") == (0, 2)
    now = do(truth, "shift_publish", id=row)
    given = {"shift_day": cell(now, "shifts", row, "shift_day"), "band": "late", "place": "stores", "headcount": 3}
    assert refusal(now, "shift_rework", id=row, **given) == ("not_allowed", "")
    assert refusal(now, "shift_relieve", id=row, person=1) == ("not_allowed", "")
    swapped = do(now, "shift_swap", id=row, person=1, stand_in=4)
    assert cell(swapped, "shifts", row, "crew") == (0, 4, 2)
    assert refusal(now, "shift_swap", id=row, person=1, stand_in=2) == ("double_shift", "stand_in")
    assert refusal(now, "shift_swap", id=row, person=4, stand_in=5) == ("not_on_shift", "person")
    gone = do(now, "shift_withdraw", id=row)
    assert refusal(gone, "shift_cover", id=row, person=4) == ("not_allowed", "")
    old = rows(now, "shifts", shift_period="worked")[0]
    assert refusal(now, "shift_withdraw", id=old) == ("in_past", "")


@pytest.mark.parametrize(
    ("staff", "shift", "why"),
    [
        ({}, {"needs": "forklift"}, "unqualified"),
        ({"qualification": 1}, {"needs": "cash"}, "unqualified"),
        ({"qualification": 4}, {"needs": "cash"}, ""),
        ({"qualification": 1}, {"needs": "service"}, ""),
        ({"day_off": 3}, {}, "free_that_day"),
        ({"day_off": 2}, {}, ""),
        ({"works": 1}, {"band": "late"}, "other_band"),
        ({"works": 1}, {"band": "early"}, ""),
        ({"works": 2}, {"band": "early"}, "other_band"),
        ({"works": 2}, {"band": "evening"}, ""),
        ({"away_from": 0, "away_until": 10**5}, {}, "away"),
        ({"most_shifts": 0}, {}, "too_many_shifts"),
    ],
)
def test_who_can_work(staff: dict[str, int], shift: dict[str, str], why: str) -> None:
    truth, row = posted(free(desk(), **staff), **shift)
    if why:
        assert refusal(truth, "shift_cover", id=row, person=2) == (why, "person")
    else:
        do(truth, "shift_cover", id=row, person=2)


def test_rest_and_weeks() -> None:
    truth, first = posted(free(desk(), most_shifts=2), band="evening")
    day = cell(truth, "shifts", first, "shift_day")
    truth = do(truth, "shift_cover", id=first, person=2)
    truth, second = posted(truth, shift_day=day + 1)
    assert refusal(truth, "shift_cover", id=second, person=2) == ("no_rest", "person")
    late = do(truth, "shift_rework", id=second, shift_day=day + 1, band="late", place="stores", headcount=1)
    late = do(late, "shift_cover", id=second, person=2)
    back = {"shift_day": day + 1, "band": "early", "place": "stores", "headcount": 1}
    assert refusal(late, "shift_rework", id=second, **back) == ("no_rest", "shift_day")
    same = {**back, "shift_day": day, "band": "late"}
    assert refusal(late, "shift_rework", id=second, **same) == ("double_shift", "shift_day")
    third, row = posted(late, shift_day=day - 2)
    assert refusal(third, "shift_cover", id=row, person=2) == ("too_many_shifts", "person")
    do(do(third, "shift_withdraw", id=first), "shift_cover", id=row, person=2)
    full = do(third, "shift_publish", id=second)
    gone = {"id": 2, "away_from": day, "away_until": day + 1}
    assert refusal(full, "staff_leave", **gone) == ("on_roster", "away_from")
    assert refusal(full, "staff_leave", id=2, away_from=day, away_until=day - 1) == ("out_of_range", "away_until")
    left = do(third, "staff_leave", **gone)
    assert cell(left, "staff", 2, "away_until") == day + 1


# -- both --------------------------------------------------------------------------------------------------------------
def test_senseless_commands_are_refused() -> None:
    truth, chance, refused = desk(), random.Random(1), 0
    odd = [None, -1, 0, 3, 10**6, True, "", " ", "x" * 5000, "a\x00b", "none", "early", (1, 2), (), 2.5, "Nobody"]
    forms = {view.command: view for view in VIEWS if isinstance(view, FormView)}
    for _ in range(1500):
        command = chance.choice([command for app in OWN for command in app.commands])
        names = ["id", *(field.name for field in getattr(forms.get(command.name), "fields", ()))]
        order = Order(command.name, tuple((name, chance.choice(odd)) for name in names))
        try:
            entries = apply(truth, order, chance.choice([AGENT, "nobody@else.example"]))
        except Refused as refusal_:
            refused += 1
            assert refusal_.code in TWINS.words and refusal_.field in ("", *names)
        else:
            assert all(entry.table in TWINS.tables for entry in entries)
    assert refused > 1000
