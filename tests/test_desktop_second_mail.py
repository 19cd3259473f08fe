"""The second verifier on mail, orders and meetings: it agrees with the first one, whatever the agent did."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator

import pytest
from desktop_rewritten import rewritten, told_again
from desktop_trajectories import KINDS, corpus, played

from infogap.envs.desktop.grading import graded
from infogap.envs.desktop.second import SECOND, agrees, seen
from infogap.envs.desktop.second.calendar import CALENDAR
from infogap.envs.desktop.second.mail import MAIL
from infogap.envs.desktop.second.orders import ORDERS
from infogap.envs.desktop.store import AGENT, NEW, Desk, Order, apply, commit

TEMPLATES = sorted([*MAIL, *ORDERS, *CALENDAR])


@functools.cache
def solved(template: str, seed: int, size: str = "small") -> Desk:
    """The state after the oracle."""
    truth = played(template, "oracle", seed, size=size).truth
    assert graded(truth).success
    return truth


def written_otherwise(template: str, seeds: range, each: int, size: str = "small") -> Iterator[tuple[str, Desk]]:
    """The oracle's episodes, altered in one to three places, with names to tell them by."""
    for seed in seeds:
        for i in range(each):
            chance = random.Random(f"{template} {seed} {i}")
            yield f"{template} {size} {seed} {i}", rewritten(solved(template, seed, size), chance, 1 + i % 3)


# -- agreement ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("template", TEMPLATES)
def test_both_verifiers_agree_on_what_is_played(template: str) -> None:
    for kind in KINDS:
        truth = played(template, kind, 7).truth
        assert agrees(truth, template, graded(truth).success), kind


@pytest.mark.parametrize("template", TEMPLATES)
def test_both_verifiers_agree_on_what_is_written_otherwise(template: str) -> None:
    said = []
    for name, truth in written_otherwise(template, range(2), 12):
        said.append(graded(truth).success)
        assert agrees(truth, template, said[-1]), name
    assert {*said} == {True, False}


@pytest.mark.full
@pytest.mark.parametrize("template", TEMPLATES)
def test_both_verifiers_agree_at_length(template: str) -> None:
    for game in corpus([template], 500, 10_000, full_share=0.05):
        assert agrees(game.truth, template, graded(game.truth).success), game[:5]
    for worlds, each, size in ((40, 50, "small"), (3, 30, "full")):
        for name, truth in written_otherwise(template, range(500, 500 + worlds), each, size):
            assert agrees(truth, template, graded(truth).success), name


# -- what both must say ------------------------------------------------------------------------------------------------
AFTERWARDS = (
    ("find_slot", "events", "event_cancel", {}),
    ("find_slot", "events", "event_change", {"length": 25}),
    ("recall", "events", "event_cancel", {}),
    ("order_from_mail", "orders", "order_cancel", {}),
    ("order_from_mail", "orders", "order_status", {"status": "confirmed"}),
    ("order_from_mail", "orders", "order_note", {"note": "as ordered"}),
    ("refund_reply", "documents", "document_post", {}),
    ("refund_reply", "documents", "document_hold", {}),
)
"""What nobody has asked for: a command given to the record that the task has had made."""


@pytest.mark.parametrize(("template", "table", "command", "given"), AFTERWARDS)
def test_what_has_been_made_is_left_alone(template: str, table: str, command: str, given: dict[str, object]) -> None:
    truth = solved(template, 3)
    row = len(truth.cells(table, truth.office.tables[table].label)) - 1
    spoilt = commit(truth, apply(truth, Order(command, (("id", row), *given.items())), AGENT))
    assert not graded(spoilt).success
    assert not SECOND[template](seen(spoilt))


def test_a_credit_note_refers_to_the_order_itself() -> None:
    truth = solved("refund_reply", 3)
    columns = [one.name for one in truth.office.tables["documents"].columns]
    at = next(i for i, entry in enumerate(truth.journal) if entry.table == "documents")
    cells, place = list(truth.journal[at].new), columns.index("reference")
    invoice = truth.cells("documents", "reference").index(cells[place])
    cells[place] = truth.cells("documents", "document_number")[invoice]
    assert cells[place].startswith("INV-")
    changed = truth.journal[at]._replace(new=tuple(cells))
    spoilt = told_again(truth, [*truth.journal[:at], changed, *truth.journal[at + 1 :]])
    assert not graded(spoilt).success
    assert not SECOND["refund_reply"](seen(spoilt))


@pytest.mark.parametrize("column", ("subject", "body"))
def test_a_letter_about_one_meeting_names_no_other_one(column: str) -> None:
    truth = solved("cancel_day", 3)
    titles = truth.cells("events", "title")
    place = [one.name for one in truth.office.tables["mails"].columns].index(column)
    at = next(i for i, entry in enumerate(truth.journal) if entry.column == NEW)
    journal = list(truth.journal)
    for title in {*titles}:
        cells = list(journal[at].new)
        if any(title in named for named in cells if isinstance(named, str)):
            continue
        cells[place] = f"{cells[place]} {title}"
        entries = [*journal[:at], journal[at]._replace(new=tuple(cells)), *journal[at + 1 :]]
        spoilt = told_again(truth, entries)
        assert not graded(spoilt).success, title
        assert not SECOND["cancel_day"](seen(spoilt)), title


@pytest.mark.parametrize("template", ("wait_for_shipment", "injected", "change_address"))
def test_a_note_may_be_typed_in_capitals_and_end_with_a_full_stop(template: str) -> None:
    written = 0
    for seed in range(4):
        truth = solved(template, seed)
        notes = [entry for entry in truth.journal if entry.column == "order_note"]
        for how, right in ((lambda note: f"{note.upper()}.", True), (lambda note: f"{note} soon", False)):
            entries = [one._replace(new=how(one.new)) if one in notes else one for one in truth.journal]
            told = told_again(truth, entries)
            assert graded(told).success == SECOND[template](seen(told)) == (right or not notes)
        written += len(notes)
    assert written


def test_a_letter_about_sorting_is_told_from_one_about_a_mail_sorter() -> None:
    truth = solved("triage_inbox", 20_132)
    assert any("Mail sorter" in body for body in truth.cells("mails", "body"))
    assert SECOND["triage_inbox"](seen(truth))


@pytest.mark.parametrize("template", TEMPLATES)
def test_nothing_is_done_by_doing_nothing(template: str) -> None:
    truth = told_again(solved(template, 1), [])
    assert not graded(truth).success
    assert not SECOND[template](seen(truth))
