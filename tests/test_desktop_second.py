"""The two verifiers, written apart, agree: on what is solved, nearly solved, spoilt, and played at random."""

from __future__ import annotations

import random

import pytest
from desktop_tampering import tampered
from desktop_trajectories import KINDS, Played, corpus, played

import infogap
from infogap.envs.desktop.desktop import Desktop
from infogap.envs.desktop.grading import graded
from infogap.envs.desktop.hands import Hands
from infogap.envs.desktop.second import SECOND, agrees, seen
from infogap.envs.desktop.second.reading import amounts, cents, day, days
from infogap.envs.desktop.store import AGENT, NEW, Order, apply, before, commit
from infogap.envs.desktop.tasks import TEMPLATES

NAMES = sorted(SECOND)


def disagreements(episodes):
    """What the verifiers don't agree on, each in a line that says how to see it again; and how many were successes."""
    found, good, number = [], 0, 0
    for one in episodes:
        success = bool(graded(one.truth).success)
        good, number = good + success, number + 1
        if not agrees(one.truth, one.template, success):
            wrote = [entry[2:] for entry in one.truth.journal if entry.actor == AGENT]
            found.append(f"{one[:5]}: first says {success}; {one.truth.ended}; {one.truth.goal}; {wrote}")
    return found, good, number


def near_misses(seeds, each):
    """Solved episodes whose final state is otherwise in one thing."""
    for seed in seeds:
        one = played(NAMES[seed % len(NAMES)], "oracle", seed)
        chance = random.Random(seed)
        for _ in range(each):
            way, truth = tampered(one.truth, chance)
            yield one._replace(kind=f"oracle, {way}", truth=truth)


def test_both_verifiers_agree_on_played_episodes():
    found, good, number = disagreements(corpus(NAMES, 288))
    assert not found
    assert 0.2 * number < good < 0.8 * number


def test_both_verifiers_agree_on_states_that_differ_in_one_thing():
    found, good, number = disagreements(near_misses(range(2 * len(NAMES)), 6))
    assert not found
    assert good < 0.4 * number


@pytest.mark.full
def test_both_verifiers_agree_on_10000_played_episodes():
    found, good, number = disagreements(corpus(NAMES, 10_000, start=1000, full_share=0.02))
    assert number == 10_000 and 2000 < good < 8000
    assert not found


@pytest.mark.full
def test_both_verifiers_agree_on_10000_states_that_differ_in_one_thing():
    found, _, number = disagreements(near_misses(range(1000, 1667), 15))
    assert number >= 10_000
    assert not found


@pytest.mark.parametrize("name", NAMES)
def test_a_judge_wants_what_was_asked_and_a_submission(name):
    one = played(name, "oracle", 0)
    assert SECOND[name](seen(one.truth))
    assert not SECOND[name](seen(one.truth.but(ended=("", ""))))
    env = Desktop(template=name, observation="text", split="all")
    env.reset(seed=0)
    Hands(env).answer("")
    assert not SECOND[name](seen(infogap.reveal(env)))


def test_every_kind_of_episode_is_played():
    kinds = {one.kind for one in corpus(NAMES[:1], 30)}
    assert kinds == set(KINDS)
    assert isinstance(played(NAMES[0], "random", 0), Played)


# -- opinions, fixed before the first verifier was looked at -----------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "made", "command"),
    [
        ("order_from_mail", "orders", "order_cancel"),
        ("find_slot", "events", "event_cancel"),
        ("recall", "events", "event_cancel"),
        ("refund_reply", "documents", "document_hold"),
        ("month_end", "documents", "document_post"),
    ],
)
def test_what_was_made_and_then_called_off_has_not_been_done(name, made, command):
    for seed in range(3):
        truth = played(name, "oracle", seed).truth
        new = [entry.row for entry in truth.journal if (entry.table, entry.column) == (made, NEW)]
        assert graded(truth).success and new
        off = commit(truth, apply(truth, Order(command, (("id", new[-1]),)), AGENT))
        assert not SECOND[name](seen(off))
        assert not graded(off).success


def test_a_credit_note_of_the_closing_refers_to_the_invoice_and_not_to_the_order():
    for seed in range(3):
        truth = played("month_end", "oracle", seed).truth
        (at,) = [i for i, entry in enumerate(truth.journal) if (entry.table, entry.column) == ("documents", NEW)]
        cells = list(truth.journal[at].new)
        (reference,) = [i for i, cell in enumerate(cells) if str(cell).startswith("INV-")]
        cells[reference] = truth.documents_reference[truth.documents_document_number.index(cells[reference])]
        assert cells[reference].startswith("SO-")
        other = truth.journal[at]._replace(new=tuple(cells))
        wrong = commit(before(truth), (*truth.journal[:at], other, *truth.journal[at + 1 :]))
        assert not SECOND["month_end"](seen(wrong))
        assert not graded(wrong).success


def test_putting_back_what_somebody_else_has_changed_is_a_change():
    truth = played("due_date", "oracle", 2).truth
    row = truth.customers_standing.index(0)
    about = (("id", row),)
    held = commit(truth, apply(truth, Order("customer_hold", about), "Anna Berg"))
    assert SECOND["due_date"](seen(held)) and graded(held).success
    back = commit(held, apply(held, Order("customer_release", about), AGENT))
    assert not SECOND["due_date"](seen(back))
    assert not graded(back).success


# -- what is seen ------------------------------------------------------------------------------------------------------
def test_nothing_that_is_never_shown_is_seen():
    env = Desktop(template="promised_date", observation="text")
    env.reset(seed=3)
    view = seen(infogap.reveal(env))
    for table in env.office.tables.values():
        for record in (*view.before[table.name], *view.after[table.name]):
            assert set(record) == {column.name for column in table.columns if column.shown}
    assert not {"task", "agenda", "journal"} & set(view._fields)


def test_a_truth_that_differs_in_hidden_things_only_is_seen_alike():
    env = Desktop(template="approve_bill", observation="text")
    env.reset(seed=5)
    truth = infogap.reveal(env)
    other = truth.but(
        task=(),
        alerts=(),
        orders_true_due=tuple(one + 1 for one in truth.orders_true_due),
        mails_true_label=tuple(0 for _ in truth.mails_true_label),
    )
    assert seen(truth) == seen(other)


def test_changes_are_told_by_who_made_them_and_not_if_they_were_put_back():
    env = Desktop(template="due_date", observation="text")
    env.reset(seed=1)
    truth = infogap.reveal(env)
    row = truth.customers_standing.index(0)

    def given(state, actor, command, **arguments):
        return commit(state, apply(state, Order(command, (("id", row), *arguments.items())), actor))

    held = given(truth, AGENT, "customer_hold")
    (change,) = seen(held).changes
    assert change[:7] == (AGENT, "customer_hold", "customers", row, "standing", "active", "on_hold")
    assert seen(given(held, AGENT, "customer_release")).changes == ()
    assert [one.actor for one in seen(given(truth, "Anna Berg", "customer_hold")).changes] == ["Anna Berg"]
    assert seen(given(truth, "Anna Berg", "customer_hold")).mine == ()
    read = given(truth, AGENT, "mail_read")
    assert all(one.benign for one in seen(read).changes) and seen(read).mine == ()


def test_a_new_record_is_seen_once_as_it_is_in_the_end():
    env = Desktop(template="due_date", observation="text")
    env.reset(seed=1)
    truth = infogap.reveal(env)
    made = (("customer", 0), ("sku", truth.items_sku[0]), ("quantity", 2), ("due", truth.today + 9))
    truth = truth.but(customers_standing=tuple(0 for _ in truth.customers_standing))
    truth = commit(truth, apply(truth, Order("order_create", made), AGENT))
    row = len(truth.orders_sku) - 1
    truth = commit(truth, apply(truth, Order("order_cancel", (("id", row),)), AGENT))
    view = seen(truth)
    (change,) = view.changes
    assert (change.table, change.row, change.column, change.old) == ("orders", row, "", None)
    assert change.new == view.after["orders"][row] and change.new["order_status"] == "cancelled"
    assert len(view.before["orders"]) == row


# -- reading -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2024-01-01", 0),
        ("1.2.2024", 31),
        ("Thu 29 Feb 2024", 59),
        ("Mar 1, 2024", 60),
        ("31 December 2024", 365),
        ("Fri 29 Feb 2024", None),
        ("30 February 2024", None),
        ("3/4/2024", None),
        ("tomorrow", None),
        ("", None),
    ],
)
def test_days_are_read(text, number):
    assert day(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,250.00", 125000),
        ("1250.5", 125050),
        ("$12", 1200),
        ("7.05 USD", 705),
        ("1.250", None),
        ("12,50", None),
        ("about 3.00", None),
        ("", None),
    ],
)
def test_amounts_are_read(text, number):
    assert cents(text) == number


def test_letters_are_read():
    assert days("not 2 January 2024, but 5 January 2024 is the day now") == [1, 4]
    assert amounts("INV-12 over 1,250.00 and 7.50, payable by 3.4.2024, less 12.5 %") == [125000, 750]


def test_every_judge_is_of_a_template():
    assert set(SECOND) <= set(TEMPLATES)
