"""What a screen is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from .schema import Office
from .skin import Manner, Skin

__all__ = [
    "CHECKED",
    "COVERED",
    "DISABLED",
    "FOCUSED",
    "HELP",
    "PLACES",
    "REQUIRED",
    "ROOM",
    "UI",
    "Call",
    "Element",
    "Read",
    "Style",
    "Tree",
    "covered",
]

COVERED = 1
DISABLED = 2
CHECKED = 4
FOCUSED = 8
REQUIRED = 16
HELP = "help"
"""The page on which the principal is asked."""
PLACES = 48
"""Elements that observations of fixed size have room for. What can be used stands there."""
ROOM = 4
"""Cells of a row that observations of fixed size have room for."""

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


class Style(NamedTuple):
    """What every part of every screen of an episode depends on.

    Attributes:
        office: The software.
        skin, how, say: What it looks like, what follows from it, and what each concept is called.
        today: Day number, where a calendar opens.
        sizes: Records on a page, by list, as far as has been asked.
    """

    office: Office
    skin: Skin
    how: Manner
    say: Mapping[str, str]
    today: int
    sizes: dict[str, int]


Call = tuple[Any, ...]
"""A part of a screen: a function and its arguments but for the style. It makes the part's elements."""


def covered(e: Element) -> Element:
    """An element that something lies over."""
    return Element(e.role, e.concept, e.label, e.value, e.does, e.cells, e.flags | COVERED)
