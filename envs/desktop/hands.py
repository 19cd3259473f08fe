"""Hands that do by script what a person does at the screen: find, read, click, type. Oracles use them.

They go through the environment's actions and see nothing but the screen. They know what a literate user knows: what
software of any skin calls things, and how it is handled.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from . import flat
from .answers import STATUSES
from .elements import COVERED, DISABLED, HELP, Element
from .schema import Column, DetailView, Field, ListView
from .shell import ASK, SHELL_WORDS
from .skin import BASE, MONTHS, labels, manner, parse_date, parse_money, parse_time, skin_of, write_date

if TYPE_CHECKING:
    from .desktop import Desktop

__all__ = ["Hands", "Row", "Stuck"]


class Stuck(Exception):
    """What was to be done can't be: no such element, no way to type it through this face, or the episode is over."""


def _cut(element: Element) -> Element:
    """An element with the cells that numbers have room for."""
    room = len(element.cells) <= flat.CELLS
    return element if room else element._replace(cells=element.cells[: flat.CELLS])


class Row(dict[str, Any]):
    """A record in a list: typed values by column, and `element`, its place on the screen."""

    element: int


class Hands:
    """Hands at a desk.

    Args:
        env: The environment, wrapped or not, after its reset.

    Attributes:
        steps: Actions taken.
        reward: Sum of rewards.
        over: Whether the episode has ended.
    """

    def __init__(self, env: Any) -> None:
        self.env = env
        self.desk: Desktop = env.unwrapped
        self.steps, self.reward, self.over = 0, 0.0, False
        self.office = self.desk.office

    # -- what is on the screen ---------------------------------------------------------------------------------------
    @property
    def view(self) -> Any:
        """The agent's view, of which only goal, slots, skin and day are read here."""
        return self.desk._own_view()

    @property
    def goal(self) -> str:
        """What is asked."""
        return str(self.view.goal)

    @property
    def today(self) -> int:
        """Day number."""
        return int(self.view.today)

    @property
    def say(self) -> Mapping[str, str]:
        """What each concept is called here."""
        return labels(self.office, skin_of(self.view.skin).words, SHELL_WORDS)

    @property
    def elements(self) -> tuple[Element, ...]:
        """What is on the screen, as far as this face shows it.

        Numbers have room for some elements and some cells of a row: what lies beyond is not there. Of a text they show
        signs of a hash, and hands read the text.
        """
        elements = self.desk._tree.elements
        if self.desk.observed == "text":
            return elements
        return tuple([_cut(element) for element in elements[: flat.ELEMENTS]])

    def has(self, concept: str, *roles: str) -> bool:
        """Whether there is such an element that can be used."""
        return next(self._places(concept, *roles), None) is not None

    def _places(self, concept: str, *roles: str) -> Iterator[int]:
        for i, element in enumerate(self.elements):
            usable = not element.flags & (COVERED | DISABLED)
            if element.concept == concept and usable and (not roles or element.role in roles):
                yield i

    def place(self, concept: str, *roles: str) -> int:
        """Where an element is; Stuck if there is none."""
        for i in self._places(concept, *roles):
            return i
        raise Stuck(f"no {concept!r} on {self.desk._tree.title!r}")

    def read(self, concept: str) -> Any:
        """The typed value of a field on a record's page."""
        element = self.elements[self.place(concept, "text")]
        view = self.office.views[self.desk._ui.view]
        assert isinstance(view, DetailView)
        return self.typed(self.office.tables[view.table][concept], element.value)

    def typed(self, column: Column | Field, text: str) -> Any:
        """A shown text as a value: money in cents, days and minutes as numbers, enums by name."""
        readers: dict[str, Callable[[str], Any]] = {
            "money": parse_money,
            "date": parse_date,
            "time": parse_time,
            "int": int,
            "bool": lambda said: said == self.say["yes"],
            "enum": lambda said: next(name for name in column.of if self.say[name] == said),
        }
        return readers[column.kind](text) if column.kind in readers else text

    def rows(self) -> list[Row]:
        """The records on this page of a list."""
        view = self.office.views[self.desk._ui.view]
        assert isinstance(view, ListView)
        table, names = self.office.tables[view.table], {self.say[name]: name for name in view.columns}
        found = []
        for i, element in enumerate(self.elements):
            if element.cells and not element.flags & COVERED:
                row = Row({names[label]: self.typed(table[names[label]], text) for label, text in element.cells})
                row.element = i
                found.append(row)
        return found

    def every_row(self, until: Callable[[Row], bool] | None = None) -> list[Row]:
        """The records of all pages from this one on, or up to the page with one that `until` holds for."""
        found = []
        while True:
            here = self.rows()
            found += here
            if (until is not None and any(map(until, here))) or not self.has("next"):
                return found
            self.click("next")

    # -- doing -------------------------------------------------------------------------------------------------------
    def do(self, verb: str, element: int = 0, text: str = "") -> None:
        """Take one action, and dismiss whatever interrupts."""
        if self.over:
            raise Stuck("the episode has ended")
        self._step(self._action(verb, element, text))
        if not self.over and self.desk._ui.dialog == ("alert",):
            self._step(self._action("click", self.place("dismiss"), ""))

    def _step(self, action: Any) -> None:
        _, reward, terminated, truncated, _ = self.env.step(action)
        self.steps, self.reward, self.over = self.steps + 1, self.reward + float(reward), terminated or truncated

    def _action(self, verb: str, element: int, text: str) -> Any:
        if self.desk.observed == "text":
            forms = {
                "click": f"click('{element}')",
                "fill": f"fill('{element}', {text!r})",
                "back": "go_back()",
                "noop": "noop()",
                "answer": f"send_msg_to_user({text!r})",
                "give_up": f"report_infeasible({text!r})",
                "copy": "noop()",
            }
            return forms[verb]
        if element >= flat.ELEMENTS:
            raise Stuck("the element has no place in this face")
        argument = 0
        if verb == "copy":
            argument = flat.SLOTS + int(text)
        elif verb in ("fill", "answer", "give_up"):
            argument = self._argument(text)
        return [flat.VERBS.index(verb), element, argument]

    def _argument(self, text: str) -> int:
        """The argument that says `text`."""
        for i in range(flat.ARGUMENTS):
            if flat.argument(i, self.view.slots, self.desk._ui.clip) == text:
                return i
        raise Stuck("this face has no way to type a text that is neither in the goal nor copied")

    def click(self, concept: str, *roles: str) -> None:
        """Click an element."""
        self.do("click", self.place(concept, *roles))

    def copy(self, concept: str, place: int = 0) -> None:
        """Copy a field into the clipboard; needed only by faces that can't type freely."""
        if self.desk.observed != "text":
            self.do("copy", self.place(concept), str(place))

    def go(self, name: str) -> None:
        """Go to an app, or to a list by the name of its view."""
        app = name if name in self.office.app or name == HELP else self.office.app_of.get(name, "")
        if not app:
            raise Stuck(f"no app and no list is called {name!r}")
        if self.office.app_of.get(self.desk._ui.view, HELP) != app or self.desk._ui.view != name:
            if self.has("menu"):
                self.click("menu")
            self.click(app, "tab", "link", "option")
        if name in self.office.views and self.desk._ui.view != name:
            self.click(name, "tab")

    def search(self, text: str) -> None:
        """Search a list."""
        self.do("fill", self.place("search", "textbox"), text)

    def narrow(self, column: str, option: str) -> None:
        """Narrow a list to one value of a column."""
        if self.has(column, "combobox"):
            self.click(column, "combobox")
            self.click(option, "option")
        else:
            self.click(option, "button")

    def open(self, row: Row) -> None:
        """Open a record of the list on the screen."""
        self.do("click", row.element)
        if self.has("open_record", "option"):
            self.click("open_record", "option")

    def open_where(self, holds: Callable[[Row], bool]) -> Row:
        """Open the first record for which `holds`, turning pages."""
        while True:
            for row in self.rows():
                if holds(row):
                    self.open(row)
                    return row
            if not self.has("next"):
                raise Stuck("no such record")
            self.click("next")

    def back(self) -> None:
        """Go back one page."""
        self.do("back")

    # -- forms -------------------------------------------------------------------------------------------------------
    def _turn_to(self, *concepts: str) -> None:
        """Go on in a form that asks step by step until one of these is on the screen."""
        while not any(self.has(concept) for concept in concepts):
            self.click("continue", "button")

    def fill(self, name: str, text: str) -> None:
        """Type into a field of a form."""
        self._turn_to(name)
        self.do("fill", self.place(name, "textbox"), text)

    def choose(self, name: str, option: str) -> None:
        """Choose a value of an enum field."""
        self._turn_to(name, option)
        if self.has(name, "combobox"):
            self.click(name, "combobox")
            self.click(option, "option")
        else:
            self.click(option, "radio")

    def date(self, name: str, day: int) -> None:
        """Give a day to a field, by typing or by picking."""
        self._turn_to(name)
        if self.has(name, "textbox"):
            self.do("fill", self.place(name, "textbox"), self.written_day(day))
            return
        self.click(name, "button")
        wanted = datetime.date.fromordinal(BASE + day)
        while True:
            month, year = self.elements[self.place("month", "status")].label.split()
            shown = int(year), 1 + MONTHS.index(month)
            if shown == (wanted.year, wanted.month):
                break
            self.click("earlier" if (wanted.year, wanted.month) < shown else "continue")
        days = self.elements
        self.do("click", next(i for i in self._places("day") if days[i].label == str(wanted.day)))

    def written_day(self, day: int) -> str:
        """A day as this software writes it."""
        return write_date(manner(skin_of(self.view.skin)).dates, day)

    def save(self) -> None:
        """Save a form."""
        while not self.has("save"):
            self.click("continue", "button")
        self.press("save")

    def press(self, name: str) -> None:
        """Press a button, and confirm where the software asks."""
        self.click(name, "button", "link")
        if self.has("confirm"):
            self.click("confirm")

    # -- the principal -----------------------------------------------------------------------------------------------
    def ask(self, topic: str) -> str:
        """Ask the principal, and read the answer."""
        self.go(HELP)
        self.click(ASK + topic)
        return next((said for asked, said in reversed(self.view.said) if asked == topic), "")

    def answer(self, text: str = "") -> None:
        """Submit: done, with an answer if one is asked for."""
        self.do("answer", 0, text)

    def give_up(self, status: str) -> None:
        """Submit that it can't be done, and why."""
        assert status in STATUSES[1:]
        self.do("give_up", 0, status)
