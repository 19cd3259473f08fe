"""The view tree: what is on the screen, for every form of observation, as a pure function.

``render(office, skin, read, ui)`` sees app state only through `read`, which answers queries of pages.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, cast

from .schema import Column, DetailView, Field, FormView, ListView, Office
from .shell import ASK, SHELL_WORDS, TOPICS
from .skin import BASE, MONTHS, Manner, Skin, labels, manner, shown_value, write_date

__all__ = ["CHECKED", "COVERED", "DISABLED", "FOCUSED", "HELP", "UI", "Element", "Tree", "render", "typed_value"]

HIDDEN = COVERED = 1
DISABLED = 2
CHECKED = 4
FOCUSED = 8
REQUIRED = 16
HELP = "help"
"""The page on which the principal is asked."""
STEP = 2
"""Fields asked at a time by a wizard."""

Read = Callable[[tuple[Any, ...]], Any]


class UI(NamedTuple):
    """What the screen shows of which app state, and what has been typed. Public, and never verified.

    Attributes:
        view, row: The page and, where it is about one, the record.
        page, search, chosen: Of a list: page number, search text, and conditions as pairs of column and value.
        drafts: Of a form: what has been typed, as pairs of field and text.
        step: Of a wizard: the step.
        dialog: What lies over the page and must be answered first; empty for nothing.
        clip: Texts copied.
        past: Pages to go back to, as (view, row, page, search, chosen).
        note: Message of the software: a code and the field at fault.
        undo: Whether the last command can be undone.
        error: Why the last action did nothing; empty if it did something.
    """

    view: str
    row: int = -1
    page: int = 0
    search: str = ""
    chosen: tuple[tuple[str, Any], ...] = ()
    drafts: tuple[tuple[str, str], ...] = ()
    step: int = 0
    dialog: tuple[Any, ...] = ()
    clip: tuple[str, ...] = ("", "", "", "")
    past: tuple[tuple[Any, ...], ...] = ()
    note: tuple[str, str] = ("", "")
    undo: bool = False
    error: str = ""


class Element(NamedTuple):
    """Something on the screen.

    Attributes:
        role: As in ARIA: tab, button, textbox, combobox, option, checkbox, row, text, status.
        concept: What it is. For drivers and tests; no observation shows it.
        label: What it is called.
        value: What it holds.
        does: What using it means to the UI; empty if nothing.
        cells: Of a row: pairs of column label and text.
        flags: Sum of COVERED, DISABLED, CHECKED, FOCUSED, REQUIRED.
    """

    role: str
    concept: str
    label: str
    value: str = ""
    does: tuple[Any, ...] = ()
    cells: tuple[tuple[str, str], ...] = ()
    flags: int = 0


class Tree(NamedTuple):
    """A screen: its title and its elements in reading order. An element's number is its place."""

    title: str
    elements: tuple[Element, ...]


class _Page(NamedTuple):
    """What every part of a page needs."""

    office: Office
    skin: Skin
    how: Manner
    say: Mapping[str, str]
    read: Read
    ui: UI
    today: int


def render(
    office: Office, skin: Skin, read: Read, ui: UI, said: tuple[tuple[str, str], ...] = (), today: int = 0
) -> Tree:
    """What is on the screen.

    Args:
        office: The software.
        skin: What it looks like.
        read: Answers the queries of :mod:`.pages` for the agent's view.
        ui: What the screen is about.
        said: Questions asked of the principal and the answers.
        today: Day number, where a calendar opens.
    """
    p = _Page(office, skin, manner(skin), labels(office, skin.words, SHELL_WORDS), read, ui, today)
    view = office.views.get(ui.view)
    if view is None:
        title, body = p.say[HELP], list(_help(p, said))
    else:
        title = p.say[view.name]
        if isinstance(view, ListView):
            body = list(_list(p, view))
        elif isinstance(view, DetailView):
            body = list(_record(p, view))
        else:
            body = list(_form(p, view))
    elements = [*_frame(p), *body]
    if ui.note[0]:
        elements.append(Element("status", "note", _note(p)))
        if ui.undo and p.how.confirm == "undo":
            elements.append(Element("button", "undo", p.say["undo"], does=("undo",)))
    if ui.dialog:
        # First, so that it is within the elements that fixed-size observations have room for.
        elements = [*_dialog(p, view), *(e._replace(flags=e.flags | COVERED) for e in elements)]
    return Tree(title, tuple(elements))


def _note(p: _Page) -> str:
    code, field = p.ui.note
    return f"{p.say[code]}: {p.say[field]}" if field in p.say else p.say[code]


def _frame(p: _Page) -> Iterator[Element]:
    """The ways to the apps, to the other lists of this one, and back."""
    app = p.office.app_of.get(p.ui.view, HELP)
    if p.how.nav == "menu":
        yield Element("button", "menu", p.say["menu"], does=("dialog", "menu"))
    else:
        role = "tab" if p.how.nav == "tabs" else "link"
        for name in (*p.office.app, HELP):
            yield Element(role, name, p.say[name], does=_to_app(p, name), flags=CHECKED * (name == app))
    yield Element("text", "today", p.say["today"], write_date(p.how.dates, p.today))
    yield Element("button", "back", p.say["back"], does=("back",), flags=0 if p.ui.past else DISABLED)
    if app != HELP:
        lists = [view for view in p.office.app[app].views if isinstance(view, ListView)]
        for view in lists if len(lists) > 1 else ():
            yield Element(
                "tab", view.name, p.say[view.name], does=("go", view.name), flags=CHECKED * (view.name == p.ui.view)
            )


def _to_app(p: _Page, name: str) -> tuple[Any, ...]:
    return ("go", p.office.home.get(name, HELP))


def _turned(p: _Page, names: tuple[str, ...]) -> tuple[int, ...]:
    """The order in which columns or fields stand."""
    order = tuple(range(len(names)))
    return (0, *order[:0:-1]) if p.how.turned else order


# -- lists -------------------------------------------------------------------------------------------------------------
def _list(p: _Page, view: ListView) -> list[Element]:
    size, first = p.how.size, p.ui.page * p.how.size
    total, found = p.read(("list", view.name, p.ui.chosen, p.ui.search, first, first + size))
    tools, rows = list(_tools(p, view)), [_row(p, view, row, cells) for row, *cells in found]
    pages = [
        Element("button", "previous", p.say["previous"], does=("page", -1), flags=0 if p.ui.page else DISABLED),
        Element("text", "count", p.say["count"], str(total)),
        Element("button", "next", p.say["next"], does=("page", 1), flags=0 if first + size < total else DISABLED),
    ]
    return [*rows, *tools, *pages] if p.how.tools_last else [*tools, *rows, *pages]


def _row(p: _Page, view: ListView, row: int, cells: list[Any]) -> Element:
    table = p.office.tables[view.table]
    texts = [shown_value(p.skin, p.say, table[name], cell) for name, cell in zip(view.columns, cells, strict=True)]
    pairs = tuple((p.say[view.columns[i]], texts[i]) for i in _turned(p, view.columns))
    does = ("dialog", "record", row) if p.how.by_menu else ("open", view.opens, row)
    return Element("card" if p.how.cards else "row", view.table, texts[0], does=does, cells=pairs)


def _tools(p: _Page, view: ListView) -> Iterator[Element]:
    table, chosen = p.office.tables[view.table], dict(p.ui.chosen)
    if view.search:
        yield Element("textbox", "search", p.say["search"], p.ui.search, ("search",))
    for name in view.filters:
        column = table[name]
        if p.how.buttons and len(column.of) <= 5:
            for i, option in enumerate(column.of):
                does = ("choose", name, None if chosen.get(name) == i else i)
                yield Element("button", option, p.say[option], does=does, flags=CHECKED * (chosen.get(name) == i))
        else:
            value = p.say[column.of[chosen[name]]] if name in chosen else p.say["all"]
            yield Element("combobox", name, p.say[name], value, ("dialog", "filter", name))
    if p.ui.search or p.ui.chosen:
        yield Element("button", "clear", p.say["clear"], does=("clear",))
    if view.new:
        yield Element("button", view.new, p.say[view.new], does=("form", view.new, -1))


# -- records -----------------------------------------------------------------------------------------------------------
def _record(p: _Page, view: DetailView) -> list[Element]:
    cells, targets = p.read(("record", view.name, p.ui.row))
    table, row = p.office.tables[view.table], p.ui.row
    fields = [
        Element("text", name, p.say[name], shown_value(p.skin, p.say, table[name], cell))
        for name, cell in zip(view.fields, cells, strict=True)
    ]
    fields = [fields[i] for i in _turned(p, view.fields)]
    buttons = []
    for action in view.actions:
        order = ("order", action.command, (("id", row), *action.sets))
        does = ("form", action.form, row) if action.form else order
        buttons.append(Element("button", action.name, p.say[action.name], does=does))
    for link, target in zip(view.links, targets, strict=True):
        other = p.office.views[link.view]
        does = (
            ("open", link.view, target)
            if isinstance(other, DetailView)
            else ("list", link.view, ((link.column, target),))
        )
        buttons.append(Element("link", link.name, p.say[link.name], does=does, flags=0 if target >= 0 else DISABLED))
    return [*fields, *buttons]


# -- forms -------------------------------------------------------------------------------------------------------------
def typed_value(p: _Page, field: Field, start: Any) -> str:
    """What stands in a field of a form: what was typed, or what it starts with."""
    drafts = dict(p.ui.drafts)
    if field.name in drafts:
        return drafts[field.name]
    return shown_value(p.skin, p.say, field, start) if field.default else ""


def _form(p: _Page, view: FormView) -> list[Element]:
    starts = p.read(("form", view.name, p.ui.row))
    fields = list(zip(view.fields, starts, strict=True))
    more = False
    if p.how.wizard:
        first = p.ui.step * STEP
        more, fields = first + STEP < len(fields), fields[first : first + STEP]
    made = [element for field, start in fields for element in _field(p, field, typed_value(p, field, start))]
    if p.how.wizard and p.ui.step:
        made.append(Element("button", "earlier", p.say["earlier"], does=("step", -1)))
    if more:
        made.append(Element("button", "continue", p.say["continue"], does=("step", 1)))
    else:
        made.append(Element("button", "save", p.say["save"], does=("save",)))
    made.append(Element("button", "cancel", p.say["cancel"], does=("back",)))
    return made


def _field(p: _Page, field: Field, value: str) -> Iterator[Element]:
    name, label, flags = field.name, p.say[field.name], REQUIRED * field.required
    if field.kind == "enum" and p.how.buttons and len(field.of) <= 5:
        for option in field.of:
            said = p.say[option]
            yield Element(
                "radio", option, f"{label}: {said}", does=("type", name, said), flags=flags | CHECKED * (said == value)
            )
    elif field.kind == "enum":
        yield Element("combobox", name, label, value, ("dialog", "field", name), flags=flags)
    elif field.kind == "bool":
        yes = value == p.say["yes"]
        does = ("type", name, p.say["no"] if yes else p.say["yes"])
        yield Element("checkbox", name, label, does=does, flags=flags | CHECKED * yes)
    elif field.kind == "date" and p.how.picker:
        yield Element("button", name, label, value, ("dialog", "date", name, None), flags=flags)
    else:
        yield Element("textbox", name, label, value, ("type", name), flags=flags)


# -- what lies over the page -------------------------------------------------------------------------------------------
def _dialog(p: _Page, view: Any) -> list[Element]:
    kind, *about = p.ui.dialog
    if kind == "alert":
        return [
            Element("status", "alert", p.say["alert"]),
            Element("button", "dismiss", p.say["dismiss"], does=("close",)),
        ]
    options = list(_options(p, view, kind, about))
    return [*options, Element("button", "cancel", p.say["cancel"], does=("close",))]


def _options(p: _Page, view: Any, kind: str, about: list[Any]) -> Iterator[Element]:
    if kind == "menu":
        for name in (*p.office.app, HELP):
            yield Element("option", name, p.say[name], does=_to_app(p, name))
    elif kind == "record":
        yield Element(
            "option", "open_record", p.say["open_record"], does=("open", cast(ListView, view).opens, about[0])
        )
    elif kind == "confirm":
        yield Element("status", "sure", p.say["sure"])
        yield Element("button", "confirm", p.say["confirm"], does=("confirmed", *about))
    elif kind == "filter":
        column: Column = p.office.tables[view.table][about[0]]
        yield Element("option", "all", p.say["all"], does=("choose", column.name, None))
        for i, option in enumerate(column.of):
            yield Element("option", option, p.say[option], does=("choose", column.name, i))
    elif kind == "field":
        field = next(f for f in view.fields if f.name == about[0])
        for option in field.of:
            yield Element("option", option, p.say[option], does=("type", field.name, p.say[option]))
    elif kind == "date":
        yield from _month(p, about[0], p.today if about[1] is None else about[1])


def _month(p: _Page, name: str, day: int) -> Iterator[Element]:
    """A month to pick a day of."""
    date = datetime.date.fromordinal(BASE + day)
    first = date.toordinal() - date.day + 1 - BASE
    after = datetime.date(date.year + date.month // 12, date.month % 12 + 1, 1).toordinal() - BASE
    yield Element("status", "month", f"{MONTHS[date.month - 1]} {date.year}")
    yield Element("button", "earlier", p.say["earlier"], does=("dialog", "date", name, first - 1))
    yield Element("button", "continue", p.say["continue"], does=("dialog", "date", name, after))
    for number, ordinal in enumerate(range(first, after), 1):
        yield Element("option", "day", str(number), does=("type", name, write_date(p.how.dates, ordinal)))


def _help(p: _Page, said: tuple[tuple[str, str], ...]) -> Iterator[Element]:
    """Questions to the principal, and what has been answered."""
    for topic, answer in said:
        yield Element("text", "answer", p.say[ASK + topic], answer or p.say["dont_know"])
    for topic in TOPICS:
        yield Element("button", ASK + topic, p.say[ASK + topic], does=("ask", topic))
