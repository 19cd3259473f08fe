"""The twin apps: other software for the same jobs, that shows the same log."""

from __future__ import annotations

import collections
from typing import Any

import pytest
from desktop_desks import company
from desktop_twin_desks import OWN, TWINS, VIEWS, desk, records, shown

from infogap.envs.desktop.apps import MESSAGES, roster, tickets
from infogap.envs.desktop.apps.calendar import CALENDAR
from infogap.envs.desktop.apps.mail import MAIL
from infogap.envs.desktop.apps.roster import ROSTER
from infogap.envs.desktop.apps.tickets import TICKETS
from infogap.envs.desktop.dice import Dice
from infogap.envs.desktop.elements import UI
from infogap.envs.desktop.flat import ELEMENTS
from infogap.envs.desktop.pages import page
from infogap.envs.desktop.schema import App, DetailView, FormView, ListView
from infogap.envs.desktop.shell import SHELL_WORDS
from infogap.envs.desktop.skin import VARIANTS, Skin, manner
from infogap.envs.desktop.tree import render


# -- the spec ----------------------------------------------------------------------------------------------------------
def test_they_are_twins_and_no_copies() -> None:
    for app, other in ((TICKETS, MAIL), (ROSTER, CALENDAR)):
        assert app.twin == other.name

        def parts(a: App) -> set[str]:
            columns = {column.name for table in a.tables for column in table.columns}
            return columns | {x.name for x in (*a.tables, *a.views, *a.commands)}

        assert parts(app) & parts(other) <= {"concerns"}, "which nobody is shown"
        assert app.words.keys() & other.words.keys() <= {"none"}
        assert len(app.tables) != len(other.tables) and len(app.commands) > len(other.commands)


def test_every_page_and_command_can_be_reached() -> None:
    details = [view for view in VIEWS if isinstance(view, DetailView)]
    actions = [action for view in details for action in view.actions]
    lists = [view for view in VIEWS if isinstance(view, ListView)]
    forms = {view.name: view for view in VIEWS if isinstance(view, FormView)}
    opened = {view.opens for view in lists} | {link.view for view in details for link in view.links}
    assert opened >= {view.name for view in details}
    assert forms.keys() == {v.new for v in lists if v.new} | {a.form for a in actions if a.form}
    given = {a.command for a in actions} | {form.command for form in forms.values()} | {v.marks for v in details}
    assert given - {""} == {command.name for app in OWN for command in app.commands}
    assert all(forms[a.form].about == view.table for view in details for a in view.actions if a.form)
    assert not any(forms[v.new].about for v in lists if v.new)
    for table in (table for app in OWN for table in app.tables):
        on = {
            c
            for v in (*lists, *details)
            if v.table == table.name
            for c in getattr(v, "columns", getattr(v, "fields", ()))
        }
        assert {c.name for c in table.columns if c.shown} - on <= {"shift_period"}


def test_pages_fit_screens_of_fixed_size() -> None:
    truth, look = desk(1, "full"), next(look for look in range(VARIANTS) if manner(Skin(look=look)).size == 25)
    for view in VIEWS:
        assert isinstance(view, ListView) or len(view.fields) <= 12
        for layout in range(VARIANTS):
            screen = render(TWINS, Skin(look, layout), lambda query: page(truth, query), UI(view.name, 0))
            assert len(screen.elements) + 2 * isinstance(view, ListView) <= ELEMENTS, view.name


@pytest.mark.parametrize("app", TWINS.apps, ids=lambda app: app.name)
def test_no_two_things_on_a_page_can_be_called_the_same(app: App) -> None:
    shell, seen = dict(SHELL_WORDS), dict[str, str]()
    assert not TWINS.words.keys() & shell.keys()
    for concept in dict.fromkeys([*shell, *TWINS.app, *MESSAGES, *app.words]):
        said = shell.get(concept) or TWINS.words[concept]
        assert len({word.casefold() for word in said}) == len(said) >= 4, concept
        for word in said:
            assert word == word.strip() and seen.setdefault(word.casefold(), concept) == concept, word
    assert all(TWINS.words[concept] == said for concept, said in app.words.items())


# -- tickets: the projection -------------------------------------------------------------------------------------------
CASES = [(1, "small"), (2, "small"), (3, "full")]


def of_tickets(seed: int, size: str) -> tuple[list[dict[str, Any]], list[list[dict[str, Any]]], list[dict[str, Any]]]:
    cells = shown(seed, size)
    tickets, agents = records(cells, "tickets"), records(cells, "agents")
    said: list[list[dict[str, Any]]] = [[] for _ in tickets]
    for reply in records(cells, "replies"):
        said[reply["ticket"]].append(reply)
    return tickets, said, agents


@pytest.mark.parametrize(("seed", "size"), CASES)
def test_there_is_enough_of_everything(seed: int, size: str) -> None:
    cells, full = shown(seed, size), size == "full"
    n = {table: len(cells[f"{table}_{TWINS.tables[table].label}"]) for table in TWINS.tables}
    assert n["tickets"] + n["replies"] >= (300 if full else 40) and n["tickets"] >= (60 if full else 12)
    assert n["shifts"] >= (180 if full else 25) and n["staff"] == n["agents"] == len(company(seed, size).staff)
    for name in ("tickets_ticket_number", "replies_reply_number", "shifts_shift_code", "agents_agent_mail"):
        assert len(set(cells[name])) == len(cells[name])
    assert {"fresh", "in_work", "closed"} <= {ticket["stage"] for ticket in records(cells, "tickets")}


@pytest.mark.parametrize(("seed", "size"), CASES)
def test_what_happened_is_in_the_tickets(seed: int, size: str) -> None:
    of = company(seed, size)
    tickets, said, _ = of_tickets(seed, size)
    asked = ("complained", "returned", "cancelled", "supplier_billed", "reminded", "question", "order_held")
    queue = {"complained": "complaints", "returned": "goods_back", "supplier_billed": "supplier_bills"}
    queue |= dict.fromkeys(("reminded", "question", "order_held"), "inside_matters") | {"cancelled": "order_questions"}
    for event in of.events:
        if event.kind not in asked:
            continue
        mail, number = of.people[event.actor].mail, of.orders[event.about].number
        found = [
            t
            for t in tickets
            if (t["requester_mail"], t["opened_on"], t["concerns"]) == (mail, event.day, event.about)
            and t["true_queue"] == t["queue"] == queue[event.kind]
            and (number in t["description"] or (event.kind == "reminded" and event.data[0] in t["description"]))
        ]
        assert found, event
    told = collections.defaultdict(str)
    for ticket, replies in zip(tickets, said, strict=True):
        told[ticket["concerns"]] += " ".join(reply["words"] for reply in replies)
    for event in of.events:
        if event.kind == "credited":
            number, invoice, amount, _ = event.data
            assert all(x in told[event.about] for x in (number, invoice, f"{amount / 100:.2f}"))
        if event.kind == "answer" and isinstance(event.data[2], str):
            assert event.data[2] in told[event.about]


@pytest.mark.parametrize(("seed", "size"), CASES)
def test_tickets_have_kept_the_rules(seed: int, size: str) -> None:
    of = company(seed, size)
    tickets, said, agents = of_tickets(seed, size)
    serves = {
        "order_questions": "sales",
        "complaints": "sales",
        "goods_back": "sales stock",
        "supplier_bills": "accounts",
    }
    ranks = ("junior", "senior", "desk_head")
    assert [agent["agent_mail"] for agent in agents if agent["own_seat"]] == [of.people[of.me].mail]
    for row, (ticket, replies) in enumerate(zip(tickets, said, strict=True)):
        held, stage = ticket["assignee"], ticket["stage"]
        assert (held < 0) == (stage in ("fresh", "merged"))
        assert (ticket["resolution"] == "none") == (stage not in ("closed", "merged"))
        assert (ticket["merged_into"] >= 0) == (stage == "merged") == (ticket["resolution"] == "duplicate")
        if stage == "merged":
            into = tickets[ticket["merged_into"]]
            assert into["requester_mail"] == ticket["requester_mail"] and ticket["merged_into"] != row
        voices = [reply["voice"] for reply in replies]
        if stage == "awaiting" or (stage == "closed" and ticket["resolution"] != "no_action"):
            assert "from_desk" in voices
        if held >= 0:
            rank = ranks.index(agents[held]["rank"])
            team = agents[held]["team"].removesuffix("_team")
            assert rank == 2 or team in serves.get(ticket["queue"], "sales stock accounts house")
            assert rank + 1 >= ticket["level"]
        times = [(ticket["opened_on"], 0), *((reply["said_on"], reply["said_at"]) for reply in replies)]
        assert times == sorted(times) and times[-1][0] < of.today
        assert ticket["answer_by"] > ticket["opened_on"] and ticket["opened_on"] % 7 < 5 > ticket["answer_by"] % 7
        for i, reply in enumerate(replies, 1):
            assert reply["reply_number"] == f"{ticket['ticket_number']}.{i}" and "{" not in reply["words"]
        assert "{" not in ticket["summary"] + ticket["description"] and ticket["summary"][0] != " "


def test_orders_that_nobody_has_entered_yet_can_be_asked_for() -> None:
    # As tasks do it: an event that an order is to be made of.
    of = company(1)
    event = next(e for e in of.events if e.kind == "order_placed")
    data = ("", 0, 1, 7, of.items[1].price, of.today + 9, 1, "Oslo", "Ring twice.")
    wish = event._replace(day=of.today - 1, about=-1, data=data, actor=of.customers[0].contact)
    cells = tickets.rows(of._replace(events=(*of.events, wish)), Dice(1))
    row = cells["tickets_description"].index(next(d for d in cells["tickets_description"] if "Oslo" in d))
    assert "7" in cells["tickets_description"][row] and cells["tickets_description"][row].endswith("Ring twice.")
    assert (cells["tickets_concerns"][row], cells["tickets_account"][row]) == (-1, 0)


# -- roster: the projection --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("seed", "size"), CASES)
def test_nobody_works_against_the_rules(seed: int, size: str) -> None:
    of, cells = company(seed, size), shown(seed, size)
    staff, shifts = records(cells, "staff"), records(cells, "shifts")
    weeks = collections.Counter()
    for shift in shifts:
        day, ahead = shift["shift_day"], shift["shift_day"] >= of.today
        assert day % 7 < 5 and (shift["shift_period"] == "ahead") == ahead and len(shift["crew"]) <= shift["headcount"]
        assert shift["shift_state"] != "published" or len(shift["crew"]) == shift["headcount"]
        assert ahead or shift["shift_state"] == "published"
        for row in shift["crew"]:
            person = staff[row]
            assert shift["needs"] == "general" or person["qualification"] in (shift["needs"], "supervision")
            assert not person["away_from"] <= day <= person["away_until"]
            assert person["day_off"] != ("mondays", "tuesdays", "wednesdays", "thursdays", "fridays")[day % 7]
            assert person["works"] == "any_band" or (person["works"] == "early_only") == (shift["band"] == "early")
            weeks[row, day // 7] += 1
        days = [(row, other["shift_day"]) for other in shifts for row in other["crew"]]
    assert len(set(days)) == len(days)
    assert all(n <= staff[row]["most_shifts"] for (row, _), n in weeks.items())
    for meeting in of.meetings:  # whoever is away meets nobody
        for one in (meeting.organiser, *meeting.attendees):
            person = staff[of.staff.index(one)] if one in of.staff else None
            if person and meeting.state != 1 and meeting.day > of.today:
                assert not person["away_from"] <= meeting.day <= person["away_until"]


@pytest.mark.parametrize(("seed", "size"), CASES)
def test_shifts_are_for_what_is_in_the_log(seed: int, size: str) -> None:
    of, shifts = company(seed, size), records(shown(seed, size), "shifts")
    assert all(shift["briefing"] and "{" not in shift["briefing"] for shift in shifts)
    tasks = collections.defaultdict(str)
    crews = collections.defaultdict(set)
    for shift in shifts:
        key = shift["shift_day"], shift["place"].rpartition("_")[2]
        tasks[key] += shift["briefing"] + "\n"
        crews[key] |= {of.staff[row] for row in shift["crew"]}
    loaded = [e for e in of.events if e.kind == "shipped" and e.day >= of.today - 21]
    there = [of.orders[e.about].number in tasks[e.day, "dock"] for e in loaded]
    assert loaded and sum(there) >= 0.8 * len(there), "few were left out for want of people"
    assert sum(e.actor in crews[e.day, "dock"] for e in loaded) >= 0.6 * len(loaded)
    for order in of.orders:
        if order.status in (0, 1) and order.due > of.today:
            days = range(of.today, order.due)
            assert any(order.number in tasks[day, "dock"] for day in days)
    for meeting in of.meetings:
        if meeting.room and meeting.day >= of.today and meeting.state == 0:
            at = tasks[meeting.day, "reception" if meeting.room < 3 else "floor"]
            assert meeting.title in at and f"{meeting.start // 60:02}:{meeting.start % 60:02}" in at


def test_rows_do_not_depend_on_anything_but_the_dice() -> None:
    for app in (tickets, roster):
        assert app.rows(company(1), Dice(4)) == app.rows(company(1), Dice(4)) != app.rows(company(1), Dice(5))
