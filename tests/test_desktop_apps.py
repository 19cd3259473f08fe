"""The apps of the office: pages that hang together, words that differ, and columns that show what the log came to."""

from __future__ import annotations

import collections
import functools
from collections.abc import Mapping
from typing import Any

import pytest
from desktop_desks import PUBLIC, cell, company, desk, option, rows

from infogap.envs.desktop.apps import MESSAGES, OFFICE, OFFICES, columns, projected, shuffled
from infogap.envs.desktop.apps.words import SHARED
from infogap.envs.desktop.company.letters import policy_pages, threads
from infogap.envs.desktop.dice import Dice
from infogap.envs.desktop.elements import UI
from infogap.envs.desktop.flat import ELEMENTS
from infogap.envs.desktop.pages import page
from infogap.envs.desktop.schema import DetailView, FormView, ListView, Office
from infogap.envs.desktop.shell import SHELL_WORDS
from infogap.envs.desktop.skin import VARIANTS, Skin, manner
from infogap.envs.desktop.store import desk_class
from infogap.envs.desktop.tree import render

VIEWS = OFFICE.views.values()


# -- the spec ----------------------------------------------------------------------------------------------------------
def test_every_page_and_command_can_be_reached() -> None:
    details = [view for view in VIEWS if isinstance(view, DetailView)]
    actions = [action for view in details for action in view.actions]
    opened = {view.opens for view in VIEWS if isinstance(view, ListView)} | {x.view for v in details for x in v.links}
    assert opened >= {view.name for view in details}
    forms = {view.name: view for view in VIEWS if isinstance(view, FormView)}
    assert forms.keys() == {v.new for v in VIEWS if isinstance(v, ListView) and v.new} | {
        a.form for a in actions if a.form
    }
    given = {a.command for a in actions} | {form.command for form in forms.values()} | {v.marks for v in details}
    assert given - {""} == OFFICE.commands.keys()
    for view in VIEWS:  # a form is about the record it is opened on, or about none
        if isinstance(view, ListView) and view.new:
            assert not forms[view.new].about
    assert all(forms[a.form].about == view.table for view in details for a in view.actions if a.form)


def test_pages_are_small() -> None:
    for view in VIEWS:
        if not isinstance(view, ListView):
            assert len(view.fields) <= 12, view.name
    shown = {view.table: set() for view in VIEWS if not isinstance(view, FormView)}
    for view in VIEWS:
        if not isinstance(view, FormView):
            shown[view.table] |= set(view.columns if isinstance(view, ListView) else view.fields)
    for table in OFFICE.tables.values():
        missing = {c.name for c in table.columns if c.shown} - shown[table.name]
        assert missing <= {"period"}, "a column that may be shown is on some page"


def test_pages_fit_screens_of_fixed_size() -> None:
    """With 25 records on a page, and room for a message and one more button."""
    truth, look = desk(1, "full"), next(look for look in range(VARIANTS) if manner(Skin(look=look)).size == 25)
    for layout in range(VARIANTS):
        for view in VIEWS:
            screen = render(OFFICE, Skin(look, layout), lambda query: page(truth, query), UI(view.name, 0))
            assert len(screen.elements) + 2 * isinstance(view, ListView) <= ELEMENTS, view.name


def test_every_concept_has_four_words_of_its_own() -> None:
    """No two things on one page can be called the same, whatever the skin: not even those of one app."""
    shell = dict(SHELL_WORDS)
    assert not OFFICE.words.keys() & shell.keys()
    for app in OFFICE.apps:
        seen: dict[str, str] = {}
        for concept in dict.fromkeys([*shell, *OFFICE.app, *MESSAGES, *app.words]):
            said = shell.get(concept) or OFFICE.words[concept]
            assert len({word.casefold() for word in said}) == len(said) >= 4, concept
            for word in said:
                assert word == word.strip() and seen.setdefault(word.casefold(), concept) == concept, word


def test_apps_agree_on_the_words_of_a_concept() -> None:
    for concept, said in [(c, w) for app in OFFICE.apps for c, w in app.words.items()] + [*MESSAGES.items()]:
        assert OFFICE.words[concept] == said, concept
    used = collections.Counter(concept for app in OFFICE.apps for concept in app.words)
    assert {concept for concept, n in used.items() if n > 1} == SHARED.keys()


# -- the projection ----------------------------------------------------------------------------------------------------
SIZES = {
    "small": {"people": 24, "mails": 40, "events": 30, "customers": 16, "orders": 30, "documents": 40, "policies": 10},
    "full": {
        "people": 80,
        "mails": 300,
        "events": 200,
        "customers": 120,
        "orders": 250,
        "documents": 300,
        "policies": 40,
    },
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_there_is_enough_of_everything(size: str, seed: int) -> None:
    truth = desk(seed, size)
    for table, least in SIZES[size].items():
        assert len(truth.cells(table, OFFICE.tables[table].label)) >= least, table
    assert len(set(truth.cells("mails", "thread"))) >= {"small": 12, "full": 60}[size]
    names = collections.Counter(truth.cells("people", "name"))
    assert sum(n > 1 for n in names.values()) >= {"small": 1, "full": 4}[size]
    for table, column in (("people", "address"), ("orders", "order_number"), ("documents", "document_number")):
        cells = truth.cells(table, column)
        assert len(set(cells)) == len(cells)
    assert len(set(truth.cells("items", "sku"))) == len(company(seed, size).items)


@pytest.mark.parametrize("size", SIZES)
def test_the_apps_show_what_the_log_came_to(size: str) -> None:
    truth, of = desk(2, size), company(2, size)
    named = {number: row for row, number in enumerate(truth.cells("orders", "order_number"))}
    for order in of.orders:
        row = named[order.number]
        got = functools.partial(cell, truth, "orders", row)
        firm = of.customers[order.customer]
        assert cell(truth, "customers", got("customer"), "customer_name") == firm.name
        assert cell(truth, "customers", got("customer"), "contact_address") == of.people[firm.contact].mail
        assert (got("quantity"), got("unit_price"), got("ordered")) == (order.quantity, order.price, order.placed)
        assert got("order_total") == order.quantity * order.price
        assert got("sku") in truth.cells("items", "sku")
    papers = {paper.number: paper for paper in of.documents}
    assert papers.keys() == set(truth.cells("documents", "document_number"))
    for row, number in enumerate(truth.cells("documents", "document_number")):
        got, paper = functools.partial(cell, truth, "documents", row), papers[number]
        assert (got("party"), got("reference"), got("amount")) == (paper.party, paper.reference, paper.amount)
        if got("document_type") == option("documents", "document_type", "invoice"):
            at = named[got("reference")]
            assert got("amount") == cell(truth, "orders", at, "quantity") * cell(truth, "orders", at, "unit_price")
            assert got("party") == cell(truth, "customers", cell(truth, "orders", at, "customer"), "customer_name")
    own = rows(truth, "people", own_card=True)
    assert [cell(truth, "people", row, "address") for row in own] == [of.people[of.me].mail]


def test_delivered_orders_were_delivered_by_the_log() -> None:
    truth, of = desk(2, "full"), company(2, "full")
    happened = collections.defaultdict(set)
    for event in of.events:
        happened[event.kind].add(of.orders[event.about].number if 0 <= event.about < len(of.orders) else "")
    wanted = {"delivered": {"shipped", "delivered"}, "returned": {"shipped", "delivered", "returned"}}
    for status, kinds in {**wanted, "shipped": {"shipped"}, "cancelled": {"cancelled"}}.items():
        numbers = {cell(truth, "orders", row, "order_number") for row in rows(truth, "orders", order_status=status)}
        assert numbers
        for kind in kinds:
            assert numbers <= happened[kind]


@pytest.mark.parametrize("size", SIZES)
def test_the_mailbox_holds_the_principals_letters(size: str) -> None:
    of, seed = company(3, size), 3
    truth = desk(seed, size)
    address = truth.cells("people", "address")

    def shown(row: int) -> tuple[Any, ...]:
        got = functools.partial(cell, truth, "mails", row)
        people = [address[got(name)] if got(name) >= 0 else "" for name in ("sender", "recipient", "copy")]
        return got("subject"), *people, got("sent"), got("clock"), got("body"), got("true_label")

    def meant(mail: Any) -> tuple[Any, ...]:
        people = [of.people[row].mail if row >= 0 else "" for row in (mail.sender, mail.recipient, mail.copy)]
        return mail.subject, *people, mail.day, mail.minute, mail.body, mail.label

    letters = threads(of, Dice(seed + 1000))
    every = range(len(letters))
    assert sorted(map(shown, every)) == sorted(map(meant, letters))
    sent, mine = option("mails", "folder", "sent"), rows(truth, "people", own_card=True)[0]
    for row in every:
        assert (cell(truth, "mails", row, "folder") == sent) == (cell(truth, "mails", row, "sender") == mine)
        assert cell(truth, "mails", row, "label") in (0, cell(truth, "mails", row, "true_label"))
    folders = collections.Counter(truth.cells("mails", "folder"))
    assert folders[option("mails", "folder", "inbox")] >= {"small": 5, "full": 30}[size]
    if size == "full":
        assert folders[option("mails", "folder", "archive")] >= 20 and any(truth.cells("mails", "unread"))


@pytest.mark.parametrize("size", SIZES)
def test_mails_speak_of_the_order_they_concern(size: str) -> None:
    truth = desk(4, size)
    said = collections.defaultdict(str)
    for row, thread in enumerate(truth.cells("mails", "thread")):
        said[thread] += cell(truth, "mails", row, "subject") + " " + cell(truth, "mails", row, "body")
    found = 0
    for row, order in enumerate(truth.cells("mails", "concerns")):
        if order >= 0:
            found += 1
            names = (cell(truth, "orders", order, name) for name in ("order_number", "item"))
            assert any(name in said[cell(truth, "mails", row, "thread")] for name in names)
    assert found >= {"small": 15, "full": 150}[size]


def test_one_policy_a_topic_is_current() -> None:
    for size in SIZES:
        truth = desk(5, size)
        current, announced = (rows(truth, "policies", policy_state=name) for name in ("current", "announced"))
        by_topic = {cell(truth, "policies", row, "topic"): cell(truth, "policies", row, "effective") for row in current}
        assert len(by_topic) == len(current) and set(by_topic) == set(truth.cells("policies", "topic"))
        for row in range(len(truth.cells("policies", "topic"))):
            effective = cell(truth, "policies", row, "effective")
            assert (effective > truth.today) == (row in announced)
            assert row in announced or effective <= by_topic[cell(truth, "policies", row, "topic")]
        pages = collections.Counter((p.topic, p.effective, p.revision) for p in policy_pages(company(5, size), Dice(0)))
        cells = (truth.cells("policies", name) for name in ("topic", "effective", "revision"))
        assert pages == collections.Counter(zip(*cells, strict=True))


def test_refs_follow_their_rows() -> None:
    of = company(6)
    straight, moved = (f(projected(OFFICE, of, Dice(6))) for f in (dict, lambda x: shuffled(OFFICE, x, Dice(7))))

    def resolved(cells: Mapping[str, Any], table: str) -> list[tuple[Any, ...]]:
        def name(of: str, row: int) -> str:
            return str(cells[f"{of}_{key.get(of, OFFICE.tables[of].label)}"][row]) if row >= 0 else ""

        key = {"people": "address"}
        made = []
        for column in OFFICE.tables[table].columns:
            old = cells[f"{table}_{column.name}"]
            if column.kind == "ref":
                old = [name(str(column.of), row) for row in old]
            if column.kind == "refs":
                old = [tuple(name(str(column.of), row) for row in many) for many in old]
            made.append(old)
        return sorted(zip(*made, strict=True))

    for table in OFFICE.tables:
        assert resolved(straight, table) == resolved(moved, table)
    assert any(list(moved[name]) != straight[name] for name in moved)


def test_rows_do_not_tell_the_date() -> None:
    """The mean over worlds of the rank correlation of row and date is within three standard errors of none."""
    for table, column in (("mails", "sent"), ("orders", "ordered"), ("documents", "issued"), ("events", "day")):
        scores = []
        for seed in range(40):
            dates = columns(OFFICE, company(seed), Dice(seed))[f"{table}_{column}"]
            n = len(dates)
            ranks = sorted(range(n), key=lambda row: (dates[row], hash((seed, row))))
            scores.append(1 - 6 * sum((row - rank) ** 2 for rank, row in enumerate(ranks)) / (n * (n * n - 1)))
        assert abs(sum(scores)) / len(scores) < 3 / ((n - 1) * len(scores)) ** 0.5, table


@pytest.mark.parametrize("office", OFFICES.values(), ids=OFFICES)
@pytest.mark.parametrize("size", SIZES)
def test_every_office_has_all_its_columns(office: Office, size: str) -> None:
    cells = columns(office, company(7, size), Dice(7))
    fields = {f"{table.name}_{column.name}" for table in office.tables.values() for column in table.columns}
    assert cells.keys() == fields
    desk_class(office)(**PUBLIC, today=company(7, size).today, **cells)  # finds no fault in them


def test_the_same_dice_show_the_same() -> None:
    assert columns(OFFICE, company(8), Dice(1)) == columns(OFFICE, company(8), Dice(1))
    assert columns(OFFICE, company(8), Dice(1)) != columns(OFFICE, company(8), Dice(2))
