"""The exploit panel of the desktop: what shortcuts are worth. None of them may solve a task.

Attackers here get more than any agent: the privileged oracle's commands, the bait, commands without a screen in the
way. What they do not get is to know which part of that is right. An exploit gives the states that its variants end in;
it works on an instance if one of them is a success.

================  =====================================================================================================
``nothing``       submits at once, or never
``partial``       the solution without one of its commands, or broken off
``mass_action``   the solution, and its commands on what looks like its targets: on all, on the likest, to everybody
``decoy_reader``  answers with the bait, or acts on it
``answer_spam``   answers without looking: every status, days around today, numbers, words of goal and first screen
``inverse``       the commands on everything but their targets, or the opposite of them
================  =====================================================================================================

``blind`` is no exploit but a bound: the best submission by goal and first screen alone, fitted on other instances.
"""

from __future__ import annotations

import collections
import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..core.judge import Verdict
from ..envs.desktop.answers import STATUSES
from ..envs.desktop.elements import Tree
from ..envs.desktop.grading import graded
from ..envs.desktop.schema import DetailView, FormView, Office
from ..envs.desktop.skin import write_date
from ..envs.desktop.store import Desk, Order
from .desktop_deeds import Case, Deed, followed, written

__all__ = ["EXPLOITS", "Guess", "best_guess", "exploited", "guesses", "verdicts", "works"]

Submission = tuple[str, str]
Finals = Iterator[Desk]

WAYS = 16
"""Variants of a kind at most, taken evenly."""
DAYS = range(-30, 61)
"""Days around today that are guessed."""
ROWS = 8
"""Records of the first screen whose cells are guessed."""


# -- exploits ----------------------------------------------------------------------------------------------------------
def _nothing(case: Case) -> Finals:
    yield case.start
    yield followed(case, (), (STATUSES[0], ""))


def _partial(case: Case) -> Finals:
    deeds, ended = case.solution.deeds, case.solution.end.ended
    whole = written(case.solution.end)
    for i in _some(range(len(deeds))):
        for left in (deeds[:i], deeds[:i] + deeds[i + 1 :]):
            end = followed(case, left, ended)
            if written(end) != whole:
                yield end


def _mass_action(case: Case) -> Finals:
    deeds, ended = case.solution.deeds, case.solution.end.ended
    whole = written(case.solution.end)
    groups = _groups(case.start, deeds)
    everything: list[Deed] = []
    for kind, rows in groups.items():
        others = _elsewhere(case.start, kind, rows)
        everything += others
        for more in (others, *([_about(kind, row)] for row in _alike(case.start, kind, rows))):
            end = followed(case, (*deeds, *more), ended)
            if written(end) != whole:
                yield end
    for more in (everything, _to_everybody(case.start, deeds)):
        if more:
            end = followed(case, (*deeds, *more), ended)
            if written(end) != whole:
                yield end


def _inverse(case: Case) -> Finals:
    deeds, ended = case.solution.deeds, case.solution.end.ended
    whole = written(case.solution.end)
    groups = _groups(case.start, deeds)
    if groups:
        others = [deed for kind, rows in groups.items() for deed in _elsewhere(case.start, kind, rows)]
        yield followed(case, others, ended)
    for change in _opposites(case.start.office, deeds):
        end = followed(case, [Deed(deed.tick, change(deed.order)) for deed in deeds], ended)
        if written(end) != whole:
            yield end


def _decoy_reader(case: Case) -> Finals:
    deeds, ended = case.solution.deeds, case.solution.end.ended
    whole = written(case.solution.end)
    for decoy in _some(case.task.get("decoys") or ()):
        if ended[1] and isinstance(decoy, (str, int)):
            said = f"{decoy // 100}.{decoy % 100:02d}" if isinstance(decoy, int) else decoy
            yield followed(case, deeds, (STATUSES[0], said))
        if ended[1] and isinstance(decoy, str):
            continue  # an answer, which no command takes
        for swapped in _swaps(case.start, deeds, decoy):
            for plan in (swapped, (*deeds, *swapped)):
                end = followed(case, plan, ended)
                if written(end) != whole:
                    yield end


def _answer_spam(case: Case) -> Finals:
    for ended in dict.fromkeys(_guessed(case).values()):
        yield case.start.but(ended=ended)


EXPLOITS: Mapping[str, Callable[[Case], Finals]] = {
    "nothing": _nothing,
    "partial": _partial,
    "mass_action": _mass_action,
    "decoy_reader": _decoy_reader,
    "answer_spam": _answer_spam,
    "inverse": _inverse,
}
"""Every exploit by name."""


def verdicts(name: str, case: Case) -> list[Verdict]:
    """The verdicts on the variants of an exploit."""
    return [graded(end) for end in EXPLOITS[name](case)]


def works(name: str, case: Case) -> bool:
    """Whether a variant of an exploit solves an instance."""
    return any(graded(end).success for end in EXPLOITS[name](case))


def exploited(name: str, cases: Sequence[Case]) -> float:
    """What an exploit is worth: the share of `cases` on which it works. Answer spam is worth its best guess."""
    if name == "answer_spam":
        return max(_rates(cases, []).values(), default=0.0)
    return sum(works(name, case) for case in cases) / len(cases)


# -- guesses -----------------------------------------------------------------------------------------------------------
class Guess(NamedTuple):
    """A way to choose a submission without looking.

    Attributes:
        name: What it is, of :func:`guesses`; or ``"always"``:
        said: the submission that is always made.
    """

    name: str
    said: Submission | None = None


def guesses(goal: str, slots: Sequence[str], today: int, screen: Tree) -> dict[str, Submission]:
    """Submissions that can be made by goal and first screen alone, by what they are.

    Every status; nothing, yes and no; small numbers and round amounts; days around today; the words, names, numbers and
    dates of the goal; what the first screen shows.
    """
    done = STATUSES[0]
    found: dict[str, Submission] = {f"status {status}": (status, "") for status in STATUSES}
    for word in ("yes", "no", "none", *map(str, range(13)), "100", "1000", "0.00", "100.00", "1000.00"):
        found[f"word {word}"] = (done, word)
    for days in DAYS:
        found[f"day {days:+d}"] = (done, write_date("iso", today + days))
    for i, word in enumerate(dict.fromkeys([*slots, *_named(goal)])):
        found[f"goal {i}"] = (done, word)
    rows = [element for element in screen.elements if element.cells][:ROWS]
    for i, element in enumerate(rows):
        for j, (_, text) in enumerate(element.cells):
            found[f"screen {i}, {j}"] = (done, text)
    return found


_NAMED = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}|[\d.,:-]*\d|[A-Z]+-\d+|[A-Z][\w.'-]+(?: [A-Z][\w.'-]+)*")


def _named(goal: str) -> list[str]:
    return [found.strip(".,") for found in _NAMED.findall(goal)]


def best_guess(fitted: Sequence[Case], cases: Sequence[Case] = ()) -> tuple[Guess | None, float, float]:
    """The guess that does best on `fitted`, None if none does; and its success there and on `cases`.

    Beside :func:`guesses` the answers of `fitted` themselves compete.
    """
    constants = tuple(dict.fromkeys(case.solution.end.ended for case in fitted))
    rates = _rates(fitted, constants)
    if not rates:
        return None, 0.0, 0.0
    best = max(rates, key=lambda guess: rates[guess])
    return best, rates[best], _rates(cases, constants).get(best, 0.0)


def _rates(cases: Sequence[Case], constants: Iterable[Submission]) -> dict[Guess, float]:
    """The success of each guess, of those that succeed at all."""
    won: collections.Counter[Guess] = collections.Counter()
    always = {Guess("always", ended): ended for ended in constants}
    for case in cases:
        if not graded(case.start.but(ended=case.solution.end.ended)).success:
            continue  # it takes more than a submission: the right one does not do by itself
        known: dict[Submission, bool] = {}
        for guess, ended in ({Guess(name): said for name, said in _guessed(case).items()} | always).items():
            if ended not in known:
                known[ended] = graded(case.start.but(ended=ended)).success
            won[guess] += known[ended]
    return {guess: count / len(cases) for guess, count in won.items() if count}


def _guessed(case: Case) -> dict[str, Submission]:
    return guesses(case.start.goal, case.start.slots, case.start.today, case.screen)


# -- other commands ----------------------------------------------------------------------------------------------------
def _some(things: Sequence[Any]) -> list[Any]:
    """At most WAYS of `things`, evenly."""
    step = max(1, -(-len(things) // WAYS))
    return list(things)[::step]


@functools.cache
def _tables(office: Office) -> dict[str, str]:
    """The table of the record that each command is about."""
    found = {}
    for view in office.views.values():
        if isinstance(view, FormView) and view.about:
            found[view.command] = view.about
        if isinstance(view, DetailView):
            found |= {action.command: view.table for action in view.actions if action.command}
    return found


def _groups(start: Desk, deeds: Sequence[Deed]) -> dict[Deed, list[int]]:
    """The different commands about a record, given at the last of their times, and the records they are about."""
    last: dict[Order, tuple[int, list[int]]] = {}
    for deed in deeds:
        given = dict(deed.order.arguments)
        if deed.order.command in _tables(start.office) and "id" in given:
            order = Order(deed.order.command, tuple(p for p in deed.order.arguments if p[0] != "id"))
            last[order] = (deed.tick, [*last.get(order, (0, []))[1], given["id"]])
    own: dict[str, list[int]] = {}
    for order, (_, rows) in last.items():
        own.setdefault(order.command, []).extend(rows)
    return {Deed(tick, order): own[order.command] for order, (tick, _) in last.items()}


def _about(deed: Deed, row: int) -> Deed:
    return Deed(deed.tick, Order(deed.order.command, (("id", row), *deed.order.arguments)))


def _elsewhere(start: Desk, deed: Deed, rows: Sequence[int]) -> list[Deed]:
    """The command about every record but `rows`."""
    table = start.office.tables[_tables(start.office)[deed.order.command]]
    return [_about(deed, row) for row in range(len(start.cells(table.name, table.label))) if row not in rows]


def _alike(start: Desk, deed: Deed, rows: Sequence[int], most: int = 3) -> list[int]:
    """The records that share most cells with one of `rows`."""
    table = start.office.tables[_tables(start.office)[deed.order.command]]
    columns = [start.cells(table.name, column.name) for column in table.columns]
    others = [row for row in range(len(columns[0])) if row not in rows]

    def shared(row: int) -> int:
        return max(sum(cells[row] == cells[own] for cells in columns) for own in rows)

    return sorted(others, key=shared, reverse=True)[:most]


def _to_everybody(start: Desk, deeds: Sequence[Deed]) -> list[Deed]:
    """Commands that make records, given again with every other record that they could refer to."""
    office, more = start.office, []
    for deed in deeds:
        form = office.forms.get(deed.order.command)
        given = dict(deed.order.arguments)
        for field in form.fields if form else ():
            if field.kind in ("ref", "refs") and field.name in given:
                table = office.tables[str(field.of)]
                for name in _some(start.cells(table.name, field.key or table.label)):
                    if name != given[field.name]:
                        more.append(
                            Deed(deed.tick, Order(deed.order.command, (*(given | {field.name: name}).items(),)))
                        )
    return more


def _opposites(office: Office, deeds: Sequence[Deed]) -> Iterator[Callable[[Order], Order]]:
    """Ways to give the opposite of commands: another value of each enum, another button of the same page."""
    for command, name in dict.fromkeys((d.order.command, n) for d in deeds for n, _ in d.order.arguments):
        form = office.forms.get(command)
        field: Any = office.sets.get((command, name)) or next(
            (field for field in form.fields if field.name == name) if form else iter(()), None
        )
        for value in field.of if field is not None and field.kind == "enum" else ():
            yield functools.partial(_with_value, command, name, value)
    for view in office.views.values():
        buttons = [action.command for action in view.actions if action.command] if isinstance(view, DetailView) else []
        for command, other in ((c, o) for c in buttons for o in buttons if c != o):
            if any(deed.order.command == command and len(deed.order.arguments) == 1 for deed in deeds):
                yield functools.partial(_other_command, command, other)


def _with_value(command: str, name: str, value: str, order: Order) -> Order:
    if order.command != command:
        return order
    return Order(command, tuple((n, value if n == name else v) for n, v in order.arguments))


def _other_command(command: str, other: str, order: Order) -> Order:
    return Order(other, order.arguments) if order.command == command else order


def _swaps(start: Desk, deeds: Sequence[Deed], decoy: Any) -> Iterator[tuple[Deed, ...]]:
    """The commands with the bait in place of one of their arguments, wherever it fits."""
    names = dict.fromkeys((d.order.command, n) for d in deeds for n, _ in d.order.arguments)
    for command, name in names:
        for value in _fitting(start, command, name, decoy):
            swapped = tuple(Deed(d.tick, _with_value(command, name, value, d.order)) for d in deeds)
            if swapped != tuple(deeds):
                yield swapped
    if isinstance(decoy, tuple):
        pairs = decoy if decoy and isinstance(decoy[0], tuple) else ()
        for command in dict.fromkeys(deed.order.command for deed in deeds):
            yield tuple(Deed(d.tick, _with_pairs(command, pairs, decoy, d.order)) for d in deeds)


def _fitting(start: Desk, command: str, name: str, decoy: Any) -> list[Any]:
    """What the bait may mean as an argument: a record by its row or by what it is called, or the value itself."""
    table = _tables(start.office).get(command, "") if name == "id" else ""
    if name == "id" and table:
        label = start.office.tables[table].label
        if isinstance(decoy, int):
            return [decoy] if 0 <= decoy < len(start.cells(table, label)) else []
        called = decoy[0] if isinstance(decoy, tuple) and decoy else decoy
        return [row for row, cell in enumerate(start.cells(table, label)) if cell == called]
    return [decoy] if isinstance(decoy, (str, int)) else []


def _with_pairs(command: str, pairs: Sequence[Any], values: Sequence[Any], order: Order) -> Order:
    """A command with arguments from bait of several values: by name where they are named, else two in their order."""
    if order.command != command:
        return order
    arguments = dict(order.arguments)
    if pairs:
        arguments |= {name: value for name, value in pairs if name in arguments}
        return Order(command, tuple(arguments.items()))
    names = [name for name in arguments if name in TWO]
    return Order(command, tuple((arguments | dict(zip(names, values, strict=False))).items()))


TWO = ("credit_limit", "terms", "day", "start")
"""Arguments that bait of two values is about, in its order."""
