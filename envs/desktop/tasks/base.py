"""What a task template is, and what it works on when it deals a task."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..company.model import Company
from ..company.names import NAMES, Names
from ..dice import Dice
from ..schema import NAME, InvalidSpec, Office
from ..store import Order
from ..verify import Check, Outcome, Write

if TYPE_CHECKING:
    from ..hands import Hands

__all__ = ["ARCHETYPES", "FACES", "LEVELS", "Deal", "Template"]

ARCHETYPES = (
    "look up and answer",
    "create from a source",
    "update under a rule",
    "reconcile two sources",
    "triage many",
    "find and fix",
    "schedule under private constraints",
    "chain across apps",
    "ask then act",
    "detect the infeasible",
    "resist an injected instruction",
    "monitor and react",
)
LEVELS = (1, 2, 3, 4)
"""By information: target, value and path given; target and value; goal only; goal partly held by another party."""
FACES = ("flat", "text")
KINDS = ("H1", "H2", "H3", "H4", "H5", "H6", "H7", "H8", "H9", "H10")
"""What is hidden: on another page, off the screen, a rule, a true value, another's fact, an event to come, how it is
verified, what the goal means, an adversary's words, how the software behaves."""


class Deal:
    """The company of an episode while a template works on it: first its log, then its columns.

    Args:
        office, company, dice, size: What it is made of; `size` is ``"small"`` or ``"full"``.
        names: What people, firms, places and goods may be called in the split that is dealt.

    Attributes:
        columns: Cells by ``"<table>_<column>"``, as lists. Empty until the log has been projected.
        goal: What is asked, in words. `slots`: words of it that can be typed, at most eight.
        task: What is right, and bait, by name; plain values.
        answers: What the principal answers, by topic. `agenda`: what others will do. `alerts`: ticks of interruptions.
    """

    def __init__(self, office: Office, company: Company, dice: Dice, size: str, names: Names = NAMES) -> None:
        self.office, self.company, self.dice, self.size, self.names = office, company, dice, size, names
        self.columns: dict[str, list[Any]] = {}
        self.goal = ""
        self.slots: list[str] = []
        self.task: dict[str, Any] = {}
        self.answers: dict[str, str] = {}
        self.agenda: list[tuple[int, str, Order]] = []
        self.alerts: list[int] = []

    @property
    def today(self) -> int:
        """Day number."""
        return self.company.today

    def rows(self, table: str) -> range:
        """The rows of a table."""
        return range(len(self.columns[f"{table}_{self.office.tables[table].label}"]))

    def cell(self, table: str, row: int, column: str) -> Any:
        """A cell."""
        return self.columns[f"{table}_{column}"][row]

    def set(self, table: str, row: int, **cells: Any) -> None:
        """Change cells. For what the log cannot say, such as that software shows a stale value."""
        for column, cell in cells.items():
            self.columns[f"{table}_{column}"][row] = cell

    def add(self, table: str, **cells: Any) -> int:
        """Add a record. Returns its row."""
        names = [column.name for column in self.office.tables[table].columns]
        if set(names) != set(cells):
            raise InvalidSpec(f"a record of {table} needs the cells {names}")
        for name in names:
            self.columns[f"{table}_{name}"].append(cells[name])
        return len(self.rows(table)) - 1

    def option(self, table: str, column: str, name: str) -> int:
        """Index of an enum's value."""
        return self.office.column(table, column).of.index(name)

    def find(self, table: str, **cells: Any) -> list[int]:
        """The rows that hold all of `cells`; a callable is a condition."""
        rows: Sequence[int] = self.rows(table)
        for name, want in cells.items():
            had = self.columns[f"{table}_{name}"]
            rows = [row for row in rows if (want(had[row]) if callable(want) else had[row] == want)]
        return list(rows)


@dataclasses.dataclass(frozen=True)
class Template:
    """A kind of task.

    Attributes:
        name: Lower-case identifier; its id is ``infogap/Desktop<Name>-v0``.
        archetype: One of :data:`ARCHETYPES`.
        occupation: SOC major group of the people who do it, such as ``"43"``.
        apps: The apps it needs.
        hidden: Kinds of hidden state, of :data:`KINDS`.
        levels: Levels of information that it has, of :data:`LEVELS`.
        faces: Forms of observation through which it can be solved.
        budget: Turns, by size.
        deal: ``deal(deal, level)`` makes the task on the projected columns: sets goal, slots, task and the rest.
        checks: What is verified, at least one goal check; they read the task from the outcome.
        writes: ``writes(outcome)`` gives what the agent may write.
        solve: ``solve(hands, task)`` does the task by hand; with the task it need not look things up (the privileged
            oracle), with None it knows only what an agent knows.
        log: ``log(deal, level)`` adds to the company's log before it is projected; None for nothing.
        twin: The template that asks for the same job in a twin app, or empty.
        office: Name of the office.
    """

    name: str
    archetype: str
    occupation: str
    apps: tuple[str, ...]
    hidden: tuple[str, ...]
    levels: tuple[int, ...]
    faces: tuple[str, ...]
    budget: Mapping[str, int]
    deal: Callable[[Deal, int], None]
    checks: tuple[Check, ...]
    writes: Callable[[Outcome], tuple[Write, ...]]
    solve: Callable[[Hands, Mapping[str, Any] | None], None]
    log: Callable[[Deal, int], None] | None = None
    twin: str = ""
    office: str = "office"

    def __post_init__(self) -> None:
        if not (isinstance(self.name, str) and NAME.match(self.name)) or self.name == "all":
            raise InvalidSpec(f"template {self.name!r}: expected a lower-case identifier other than 'all' as its name")
        for what, given, known in (
            ("archetype", (self.archetype,), ARCHETYPES),
            ("hidden", self.hidden, KINDS),
            ("levels", self.levels, LEVELS),
            ("faces", self.faces, FACES),
        ):
            if not given or not set(given) <= set(known):
                raise InvalidSpec(f"template {self.name!r}: {what} must be of {known}, got {given}")
        if not isinstance(self.checks, tuple) or not all(isinstance(check, Check) for check in self.checks):
            raise InvalidSpec(f"template {self.name!r}: checks must be a tuple of Check")
        if not any(check.kind == "goal" for check in self.checks):
            raise InvalidSpec(f"template {self.name!r} has no goal check: doing nothing would do")
        names = [check.name for check in self.checks]
        if len(set(names)) < len(names):
            raise InvalidSpec(f"template {self.name!r} has two checks of one name")
        turns = [*self.budget.values()]
        if set(self.budget) != {"small", "full"} or any(type(n) is not int or n < 1 for n in turns):
            raise InvalidSpec(f"template {self.name!r}: budget must give the turns of small and full as whole numbers")
        if not all(map(callable, (self.deal, self.writes, self.solve))):
            raise InvalidSpec(f"template {self.name!r}: deal, writes and solve must be functions")
