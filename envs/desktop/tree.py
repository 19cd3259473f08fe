"""The view tree: what is on the screen, for every form of observation, as a pure function.

``render(office, skin, read, ui)`` sees app state only through `read`, which answers queries of pages.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from .elements import (
    CHECKED,
    DISABLED,
    HELP,
    PLACES,
    REQUIRED,
    ROOM,
    UI,
    Call,
    Element,
    Read,
    Style,
    Tree,
    covered,
)
from .schema import Column, DetailView, Field, FormView, ListView, Office
from .shell import ASK, SHELL_WORDS, TOPICS
from .skin import BASE, MONTHS, Manner, Skin, labels, manner, shown_value, write_date

__all__ = ["calls", "render", "style_of", "title_of"]

STEP = 2
"""Fields asked at a time by a wizard."""
FEW = 5
"""Choices that may be shown as buttons."""


def style_of(office: Office, skin: Skin, today: int = 0) -> Style:
    """The style of an episode."""
    return Style(office, skin, manner(skin), labels(office, skin.words, SHELL_WORDS), today, {})


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
    style = style_of(office, skin, today)
    elements = [element for make, *about in calls(style, read, ui, said) for element in make(style, *about)]
    if ui.dialog:
        # First, so that it is within the elements that fixed-size observations have room for.
        elements = [*dialog(style, ui.view, ui.dialog), *map(covered, elements)]
    return Tree(title_of(style, ui), tuple(elements))


def title_of(style: Style, ui: UI) -> str:
    """What the page is called."""
    return style.say[ui.view if ui.view in style.office.views else HELP]


def calls(s: Style, read: Read, ui: UI, said: tuple[tuple[str, str], ...]) -> list[Call]:
    """The parts of a page in reading order, whatever lies over it.

    Nothing but its arguments and the style decides what a part is, so parts can be kept.
    """
    view = s.office.views.get(ui.view)
    parts: list[Call] = [(apps, s.office.app_of.get(ui.view, HELP)), (day,), (ways, ui.view, bool(ui.past))]
    if view is None:
        parts.append((_help, said))
    elif isinstance(view, ListView):
        size = s.sizes.get(ui.view) or s.sizes.setdefault(ui.view, size_of(s.office, s.how, ui.view))
        first = ui.page * size
        total, found = read(("list", ui.view, ui.chosen, ui.search, first, first + size))
        above, below = (tools, ui.view, ui.search, ui.chosen), (rows, ui.view, found)
        parts += [below, above] if s.how.tools_last else [above, below]
        parts.append((pages, ui.page, total, first + size < total))
    elif isinstance(view, DetailView):
        cells, targets = read(("record", ui.view, ui.row))
        parts += [(record, ui.view, cells), (deeds, ui.view, ui.row, targets)]
    else:
        parts.append((_form, ui.view, read(("form", ui.view, ui.row)), ui.drafts, ui.step))
    if ui.note[0]:
        parts.append((note, ui.note, ui.undo and s.how.confirm == "undo"))
    return parts


@functools.lru_cache(4096)
def size_of(office: Office, how: Manner, name: str) -> int:
    """Records on a page of a list: as many as the skin shows and have a place with all that may stand beside them."""
    view, app = cast(ListView, office.views[name]), office.app_of[name]
    options = [len(office.tables[view.table][column].of) for column in view.filters]
    frame = (1 if how.nav == "menu" else len(office.app) + 1) + 2 + len(lists_of(office, app))
    tools = bool(view.search) + sum(n if how.buttons and n <= FEW else 1 for n in options) + 1 + bool(view.new)
    pages, notes = 3, 2 if how.confirm == "undo" else 1
    return min(how.size, PLACES - frame - tools - pages - notes)


def note(s: Style, what: tuple[str, str], undo: bool) -> Iterator[Element]:
    """The message of the software, and whether what it tells of can be undone."""
    code, field = what
    yield Element("status", "note", f"{s.say[code]}: {s.say[field]}" if field in s.say else s.say[code])
    if undo:
        yield Element("button", "undo", s.say["undo"], does=("undo",))


def apps(s: Style, app: str) -> Iterator[Element]:
    """The ways to the apps."""
    if s.how.nav == "menu":
        yield Element("button", "menu", s.say["menu"], does=("dialog", "menu"))
        return
    role = "tab" if s.how.nav == "tabs" else "link"
    for name in (*s.office.app, HELP):
        yield Element(role, name, s.say[name], does=_to_app(s, name), flags=CHECKED * (name == app))


def day(s: Style) -> tuple[Element]:
    """What day it is."""
    return (Element("text", "today", s.say["today"], write_date(s.how.dates, s.today)),)


def ways(s: Style, view: str, past: bool) -> Iterator[Element]:
    """The way back, and the ways to the other lists of the app."""
    yield Element("button", "back", s.say["back"], does=("back",), flags=0 if past else DISABLED)
    for name in lists_of(s.office, s.office.app_of.get(view, HELP)):
        yield Element("tab", name, s.say[name], does=("go", name), flags=CHECKED * (name == view))


@functools.cache
def lists_of(office: Office, app: str) -> tuple[str, ...]:
    """The lists of an app that has several."""
    lists = tuple(v.name for v in office.app[app].views if isinstance(v, ListView)) if app != HELP else ()
    return lists if len(lists) > 1 else ()


def _to_app(s: Style, name: str) -> tuple[Any, ...]:
    return ("go", s.office.home.get(name, HELP))


@functools.cache
def columns_of(office: Office, name: str) -> tuple[Column, ...]:
    """The columns that a list or a record's page shows."""
    view = cast("ListView | DetailView", office.views[name])
    table = office.tables[view.table]
    return tuple(table[one] for one in (view.columns if isinstance(view, ListView) else view.fields))


def turned(s: Style, name: str) -> tuple[int, ...]:
    """The order in which the columns of a list or the fields of a record stand.

    A list turns only the cells that every form of observation has room for, so that a skin hides none from numbers.
    """
    order = tuple(range(len(columns_of(s.office, name))))
    room = ROOM if isinstance(s.office.views[name], ListView) else len(order)
    return (0, *order[1:room][::-1], *order[room:]) if s.how.turned else order


# -- lists -------------------------------------------------------------------------------------------------------------
def pages(s: Style, page: int, total: int, more: bool) -> tuple[Element, ...]:
    """The way to the other pages of a list."""
    return (
        Element("button", "previous", s.say["previous"], does=("page", -1), flags=0 if page else DISABLED),
        Element("text", "count", s.say["count"], str(total)),
        Element("button", "next", s.say["next"], does=("page", 1), flags=0 if more else DISABLED),
    )


def rows(s: Style, name: str, found: tuple[tuple[Any, ...], ...]) -> Iterator[Element]:
    """Records in a list: of each its row in the table, and its cells."""
    columns = columns_of(s.office, name)
    order = turned(s, name)
    for row, *cells in found:
        yield row_of(s, name, row, [shown_value(s.skin, s.say, columns[i], cells[i]) for i in order])


def row_of(s: Style, name: str, row: int, texts: Sequence[str]) -> Element:
    """A record in a list, of the texts of its cells in the order in which they stand."""
    view = cast(ListView, s.office.views[name])
    labels = [s.say[view.columns[i]] for i in turned(s, name)]
    does = ("dialog", "record", row) if s.how.by_menu else ("open", view.opens, row)
    pairs = tuple(zip(labels, texts, strict=True))
    return Element("card" if s.how.cards else "row", view.table, texts[0], does=does, cells=pairs)


def tools(s: Style, name: str, search: str, narrowed: tuple[tuple[str, Any], ...]) -> Iterator[Element]:
    """Search and filters of a list."""
    view = cast(ListView, s.office.views[name])
    table, chosen = s.office.tables[view.table], dict(narrowed)
    if view.search:
        yield Element("textbox", "search", s.say["search"], search, ("search",))
    for name in view.filters:
        column = table[name]
        if s.how.buttons and len(column.of) <= FEW:
            for i, option in enumerate(column.of):
                does = ("choose", name, None if chosen.get(name) == i else i)
                yield Element("button", option, s.say[option], does=does, flags=CHECKED * (chosen.get(name) == i))
        else:
            value = s.say[column.of[chosen[name]]] if name in chosen else s.say["all"]
            yield Element("combobox", name, s.say[name], value, ("dialog", "filter", name))
    if search or narrowed:
        yield Element("button", "clear", s.say["clear"], does=("clear",))
    if view.new:
        yield Element("button", view.new, s.say[view.new], does=("form", view.new, -1))


# -- records -----------------------------------------------------------------------------------------------------------
def record(s: Style, name: str, cells: tuple[Any, ...]) -> list[Element]:
    """A record's fields."""
    fields = [
        Element("text", column.name, s.say[column.name], shown_value(s.skin, s.say, column, cell))
        for column, cell in zip(columns_of(s.office, name), cells, strict=True)
    ]
    return [fields[i] for i in turned(s, name)]


def deeds(s: Style, name: str, row: int, targets: tuple[int, ...]) -> Iterator[Element]:
    """A record's buttons and links; a link that leads to no row is disabled."""
    view = cast(DetailView, s.office.views[name])
    for action in view.actions:
        order = ("order", action.command, (("id", row), *action.sets))
        yield Element(
            "button", action.name, s.say[action.name], does=("form", action.form, row) if action.form else order
        )
    for link, target in zip(view.links, targets, strict=True):
        opens = isinstance(s.office.views[link.view], DetailView)
        does = ("open", link.view, target) if opens else ("list", link.view, ((link.column, target),))
        yield Element("link", link.name, s.say[link.name], does=does, flags=0 if target >= 0 else DISABLED)


# -- forms -------------------------------------------------------------------------------------------------------------
def _typed(s: Style, field: Field, start: Any, drafts: Mapping[str, str]) -> str:
    """What stands in a field of a form: what was typed, or what it starts with."""
    if field.name in drafts:
        return drafts[field.name]
    return shown_value(s.skin, s.say, field, start) if field.default else ""


def _form(
    s: Style, name: str, starts: tuple[Any, ...], drafts: tuple[tuple[str, str], ...], step: int
) -> list[Element]:
    """The fields of a form, or some of them, and what can be done with it."""
    view = cast(FormView, s.office.views[name])
    fields, typed = list(zip(view.fields, starts, strict=True)), dict(drafts)
    more = False
    if s.how.wizard:
        first = step * STEP
        more, fields = first + STEP < len(fields), fields[first : first + STEP]
    made = [element for field, start in fields for element in _field(s, field, _typed(s, field, start, typed))]
    if s.how.wizard and step:
        made.append(Element("button", "earlier", s.say["earlier"], does=("step", -1)))
    if more:
        made.append(Element("button", "continue", s.say["continue"], does=("step", 1)))
    else:
        made.append(Element("button", "save", s.say["save"], does=("save",)))
    made.append(Element("button", "cancel", s.say["cancel"], does=("back",)))
    return made


def _field(s: Style, field: Field, value: str) -> Iterator[Element]:
    name, label, flags = field.name, s.say[field.name], REQUIRED * field.required
    if field.kind == "enum" and s.how.buttons and len(field.of) <= FEW:
        for option in field.of:
            said = s.say[option]
            yield Element(
                "radio", option, f"{label}: {said}", does=("type", name, said), flags=flags | CHECKED * (said == value)
            )
    elif field.kind == "enum":
        yield Element("combobox", name, label, value, ("dialog", "field", name), flags=flags)
    elif field.kind == "bool":
        yes = value == s.say["yes"]
        does = ("type", name, s.say["no"] if yes else s.say["yes"])
        yield Element("checkbox", name, label, does=does, flags=flags | CHECKED * yes)
    elif field.kind == "date" and s.how.picker:
        yield Element("button", name, label, value, ("dialog", "date", name, None), flags=flags)
    else:
        yield Element("textbox", name, label, value, ("type", name), flags=flags)


# -- what lies over the page -------------------------------------------------------------------------------------------
def dialog(s: Style, name: str, what: tuple[Any, ...]) -> list[Element]:
    """What must be answered first."""
    view, (kind, *about) = s.office.views.get(name), what
    if kind == "alert":
        return [
            Element("status", "alert", s.say["alert"]),
            Element("button", "dismiss", s.say["dismiss"], does=("close",)),
        ]
    options = list(_options(s, view, kind, about))
    return [*options, Element("button", "cancel", s.say["cancel"], does=("close",))]


def _options(s: Style, view: Any, kind: str, about: list[Any]) -> Iterator[Element]:
    if kind == "menu":
        for name in (*s.office.app, HELP):
            yield Element("option", name, s.say[name], does=_to_app(s, name))
    elif kind == "record":
        yield Element(
            "option", "open_record", s.say["open_record"], does=("open", cast(ListView, view).opens, about[0])
        )
    elif kind == "confirm":
        yield Element("status", "sure", s.say["sure"])
        yield Element("button", "confirm", s.say["confirm"], does=("confirmed", *about))
    elif kind == "filter":
        column: Column = s.office.tables[view.table][about[0]]
        yield Element("option", "all", s.say["all"], does=("choose", column.name, None))
        for i, option in enumerate(column.of):
            yield Element("option", option, s.say[option], does=("choose", column.name, i))
    elif kind == "field":
        field = next(f for f in view.fields if f.name == about[0])
        for option in field.of:
            yield Element("option", option, s.say[option], does=("type", field.name, s.say[option]))
    elif kind == "date":
        yield from _month(s, about[0], s.today if about[1] is None else about[1])


def _month(s: Style, name: str, day: int) -> Iterator[Element]:
    """A month to pick a day of."""
    date = datetime.date.fromordinal(BASE + day)
    first = date.toordinal() - date.day + 1 - BASE
    after = datetime.date(date.year + date.month // 12, date.month % 12 + 1, 1).toordinal() - BASE
    yield Element("status", "month", f"{MONTHS[date.month - 1]} {date.year}")
    yield Element("button", "earlier", s.say["earlier"], does=("dialog", "date", name, first - 1))
    yield Element("button", "continue", s.say["continue"], does=("dialog", "date", name, after))
    for number, ordinal in enumerate(range(first, after), 1):
        yield Element("option", "day", str(number), does=("type", name, write_date(s.how.dates, ordinal)))


def _help(s: Style, said: tuple[tuple[str, str], ...]) -> Iterator[Element]:
    """Questions to the principal, and what has been answered."""
    for topic, answer in said:
        yield Element("text", "answer", s.say[ASK + topic], answer or s.say["dont_know"])
    for topic in TOPICS:
        yield Element("button", ASK + topic, s.say[ASK + topic], does=("ask", topic))
