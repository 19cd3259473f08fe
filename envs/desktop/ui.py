"""Using the screen: from an event to the next UI and, perhaps, a command. Pure; app state is not in sight."""

from __future__ import annotations

from typing import Any, NamedTuple

from .elements import COVERED, DISABLED, HELP, UI, Element, Tree
from .schema import FormView, Office
from .shell import SHELL_WORDS
from .skin import Skin, labels, manner
from .store import Order

__all__ = ["ASKED", "TYPED", "UNDO", "Event", "erred", "opened", "press", "settled"]

TYPED = 2000
"""Characters a field takes."""
PAST = 8
"""Pages that can be gone back to."""
ASKED, UNDO = "ask", "undo"
"""Commands of the shell: ask the principal, undo the last command."""


class Event(NamedTuple):
    """Something done to the screen.

    Attributes:
        verb: ``click``, ``fill``, ``select``, ``copy``, ``back``, ``goto`` or ``noop``.
        element: Number of the element.
        text: What is filled in or selected; of a copy the place in the clipboard as a digit; where to go to.
    """

    verb: str
    element: int = -1
    text: str = ""


def press(office: Office, skin: Skin, tree: Tree, ui: UI, event: Event) -> tuple[UI, Order | None]:
    """What an event does.

    Args:
        office: The software.
        skin: What it looks like.
        tree: What is on the screen.
        ui: The UI that the tree was rendered of.
        event: What is done.

    Returns:
        The next UI, and the command to be given, if any. An event that can't be done leaves everything as it is but
        ``error``: ``no_element``, ``hidden_element``, ``disabled_element``, ``not_clickable``, ``not_editable``,
        ``no_option`` or ``no_app``.
    """
    ui = erred(ui, "")
    if event.verb == "noop":
        return ui, None
    if event.verb == "goto":
        if event.text not in office.app and event.text != HELP:
            return erred(ui, "no_app"), None
        return (erred(ui, "hidden_element") if ui.dialog else _go(ui, office.home.get(event.text, HELP))), None
    if event.verb == "back":
        return (_back(ui), None) if ui.past and not ui.dialog else (erred(ui, "disabled_element"), None)
    if not 0 <= event.element < len(tree.elements):
        return erred(ui, "no_element"), None
    element = tree.elements[event.element]
    if element.flags & (COVERED | DISABLED):
        return erred(ui, "hidden_element" if element.flags & COVERED else "disabled_element"), None
    if event.verb == "copy":
        place = int(event.text)
        clip = (*ui.clip[:place], _copied(element), *ui.clip[place + 1 :])
        return UI._make((*ui[:8], clip, *ui[9:])), None
    if event.verb == "fill":
        if element.role != "textbox":
            return erred(ui, "not_editable"), None
        return _typed(ui, element.does, event.text[:TYPED]), None
    if event.verb == "select":
        return _selected(office, skin, ui, element, event.text), None
    if not element.does:
        return erred(ui, "not_clickable"), None
    if element.role == "textbox":  # the focus, which nothing depends on
        return ui, None
    return _clicked(office, skin, ui, element)


def erred(ui: UI, error: str) -> UI:
    """The UI after an action that did nothing, and why; after one that did something with an empty `error`."""
    return ui if ui.error == error else UI._make((*ui[:-1], error))


def opened(office: Office, app: str = "") -> UI:
    """The UI at the start."""
    return UI(office.home[app or next(iter(office.app))])


def settled(office: Office, ui: UI, order: Order, status: tuple[str, str, int]) -> UI:
    """The UI after a command has been carried out or refused, as `status` says: code, field at fault, record made."""
    code, field, _ = status
    done = code in office.done
    form = office.views.get(ui.view)
    if done and isinstance(form, FormView) and form.command == order.command:
        ui = _back(ui)
    undoable = done and order.command in office.commands and office.commands[order.command].reversible
    return UI(*ui[:10], (code, field), undoable, ui.error)


def _copied(element: Element) -> str:
    return element.cells[0][1] if element.cells else element.value or element.label


def _typed(ui: UI, does: tuple[Any, ...], text: str) -> UI:
    if does[0] == "search":
        return ui._replace(search=text, page=0)
    return _drafted(ui, does[1], text)


def _drafted(ui: UI, name: str, text: str) -> UI:
    drafts = (*((n, t) for n, t in ui.drafts if n != name), (name, text))
    return ui._replace(drafts=drafts, dialog=())


def _selected(office: Office, skin: Skin, ui: UI, element: Element, option: str) -> UI:
    """Choose from a drop-down by what the option is called."""
    if element.role != "combobox":
        return erred(ui, "not_editable")
    _, kind, name = element.does
    view: Any = office.views[ui.view]
    of = office.tables[view.table][name].of if kind == "filter" else next(f for f in view.fields if f.name == name).of
    say = labels(office, skin.words, SHELL_WORDS)
    said = [say[value].casefold() for value in of]
    if option.strip().casefold() not in said:
        return erred(ui, "no_option")
    place = said.index(option.strip().casefold())
    if kind == "field":
        return _drafted(ui, name, say[of[place]])
    return ui._replace(chosen=(*((n, v) for n, v in ui.chosen if n != name), (name, place)), page=0)


def _go(ui: UI, view: str, row: int = -1, chosen: tuple[tuple[str, Any], ...] = ()) -> UI:
    here = ui.view, ui.row, ui.page, ui.search, ui.chosen
    return UI(view, row, chosen=chosen, clip=ui.clip, past=(*ui.past, here)[-PAST:])


def _back(ui: UI) -> UI:
    if not ui.past:
        return ui
    *past, (view, row, page, search, chosen) = ui.past
    return UI(view, row, page, search, chosen, clip=ui.clip, past=tuple(past))


def _clicked(office: Office, skin: Skin, ui: UI, element: Element) -> tuple[UI, Order | None]:
    kind, *about = element.does
    if kind == "go":
        return _go(ui, about[0]), None
    if kind == "open":
        view, row = about
        marks = getattr(office.views[view], "marks", "")
        return _go(ui, view, row), Order(marks, (("id", row),)) if marks else None
    if kind == "list":
        return _go(ui, about[0], chosen=about[1]), None
    if kind == "form":
        return _go(ui, about[0], about[1]), None
    if kind == "back":
        return _back(ui), None
    if kind == "page":
        return ui._replace(page=ui.page + about[0]), None
    if kind == "choose":
        name, value = about
        chosen = tuple((n, v) for n, v in ui.chosen if n != name)
        return ui._replace(chosen=(*chosen, (name, value)) if value is not None else chosen, page=0, dialog=()), None
    if kind == "clear":
        return ui._replace(chosen=(), search="", page=0), None
    if kind == "type":
        return _drafted(ui, about[0], about[1]), None
    if kind == "step":
        return ui._replace(step=ui.step + about[0]), None
    if kind == "dialog":
        return ui._replace(dialog=tuple(about)), None
    if kind == "close":
        return ui._replace(dialog=()), None
    if kind == "ask":
        return ui, Order(ASKED, (("topic", about[0]),))
    if kind == "undo":
        return ui._replace(undo=False), Order(UNDO)
    if kind == "confirmed":
        return ui._replace(dialog=()), about[0]
    order = _saved(office, ui) if kind == "save" else Order(about[0], about[1])
    if manner(skin).confirm == "modal" and office.commands[order.command].confirm:
        return ui._replace(dialog=("confirm", order)), None
    return ui, order


def _saved(office: Office, ui: UI) -> Order:
    """The command that saving a form gives, with what was typed."""
    form = office.views[ui.view]
    assert isinstance(form, FormView)
    about = (("id", ui.row),) if form.about else ()
    return Order(form.command, (*about, *ui.drafts))
