"""Verifiers: weighted checks on what has become of the state, and on every cell that should have stayed as it was.

``success`` needs every check, the right answer, and no write that the task does not call for. Partial work is scored
below one half, so that parts never add up to a pass. What doing nothing would score is taken off.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Mapping
from typing import Any

from ...core.errors import VerifierFault
from ...core.judge import Verdict
from .answers import same
from .schema import InvalidSpec
from .store import AGENT, Desk, Place, before, net

__all__ = ["HALF", "Check", "Outcome", "Write", "grade"]

KINDS = ("goal", "guard", "integrity", "process")
HALF = 0.5
"""Most that an episode without success scores."""
DAMAGE = 0.25
"""How fast unwanted writes eat the score: ``exp(-DAMAGE * severity)``."""


@dataclasses.dataclass(frozen=True)
class Write:
    """Cells that the task lets the agent write; everything else is collateral damage.

    Attributes:
        table: Where.
        columns: Which columns; empty for all.
        rows: Which rows; None for any.
        new: Whether it is for making records (then `columns` and `rows` are empty) and `most` says how many.
        most: Records that may be made.
    """

    table: str
    columns: tuple[str, ...] = ()
    rows: tuple[int, ...] | None = None
    new: bool = False
    most: int = 0


class Outcome:
    """What has become of an episode, for checks.

    Args:
        state: The true state at the end.

    Attributes:
        task: The task, by name.
        status, answer: What was submitted.
        changed: Cells that the agent changed in the end, as (old, new), by place.
        made: Records that it made.
    """

    def __init__(self, state: Desk) -> None:
        self.state, self.task = state, dict(state.task)
        self.status, self.answer = state.ended
        self.changed, self.made = net(state.journal)

    @functools.cached_property
    def start(self) -> Desk:
        """The state at the start."""
        return before(self.state)

    def cell(self, table: str, row: int, column: str) -> Any:
        """A cell at the end."""
        return self.state.cells(table, column)[row]

    def was(self, table: str, row: int, column: str) -> Any:
        """A cell at the start."""
        return self.start.cells(table, column)[row]

    def option(self, table: str, column: str, name: str) -> int:
        """Index of an enum's value."""
        return self.state.office.column(table, column).of.index(name)

    def new(self, table: str, **cells: Any) -> list[int]:
        """Records the agent made that hold all of `cells`; a callable cell is a condition."""

        def holds(row: int) -> bool:
            return all(
                want(cell) if callable(want) else cell == want
                for want, cell in ((want, self.cell(table, row, name)) for name, want in cells.items())
            )

        return sorted(row for where, row in self.made if where == table and holds(row))

    def says(self, kind: str, expected: Any, status: str = "success") -> float:
        """1 if the submission has this status and this answer; an expected None asks for no answer."""
        right = self.status == status and (expected is None or same(kind, expected, self.answer))
        return float(right)


@dataclasses.dataclass(frozen=True)
class Check:
    """One part of a verdict.

    Attributes:
        name: Unique in a template.
        kind: ``goal`` counts; ``guard`` and ``integrity`` must hold; an integrity check that fails zeroes the score;
            ``process`` is only reported.
        test: The degree in [0, 1] to which it holds.
        weight: Of a goal check, positive.
    """

    name: str
    kind: str
    test: Callable[[Outcome], float]
    weight: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS or not 0 < self.weight < math.inf:
            raise InvalidSpec(f"check {self.name!r}: expected one of {KINDS} and a finite weight above 0")


def grade(
    state: Desk, checks: tuple[Check, ...], writes: Callable[[Outcome], tuple[Write, ...]], status: str = "success"
) -> Verdict:
    """The verdict on an episode.

    Args:
        state: The true state at its end.
        checks: The template's checks.
        writes: What the agent may write, of the outcome.
        status: The status of the submission that the task calls for.

    Returns:
        success; the score: 1 with success, else at most one half; and as checks every check by name, ``completion``
        (weighted mean of goal checks, less what doing nothing would score), ``collateral`` (severity of unwanted
        writes), ``integrity`` and ``submitted``.

    Raises:
        VerifierFault: There is no check that counts, or doing nothing would do.
    """
    outcome, idle = Outcome(state), Outcome(before(state).but(ended=("", "")))
    values, total, weights = {}, 0.0, 0.0
    sound = True
    integrity = 1.0
    for check in checks:
        value, noop = _value(check, outcome), _value(check, idle)
        values[check.name] = value
        if check.kind == "goal" and noop < 1:
            total += check.weight * max(0.0, (value - noop) / (1 - noop))
            weights += check.weight
        if check.kind != "process":
            sound = sound and value == 1.0
        if check.kind == "integrity":
            integrity = min(integrity, value)
    if weights == 0:
        raise VerifierFault("no goal check that doing nothing fails; the episode has no verdict")
    completion, damage = total / weights, collateral(outcome, writes(outcome))
    submitted = float(outcome.status == status)
    success = sound and damage == 0 and submitted == 1
    score = 1.0 if success else HALF * completion * math.exp(-DAMAGE * damage) * (integrity == 1)
    parts = {"completion": completion, "collateral": damage, "integrity": integrity, "submitted": submitted}
    return Verdict(success, score, {**values, **parts})


def _value(check: Check, outcome: Outcome) -> float:
    value = float(check.test(outcome))
    if not 0.0 <= value <= 1.0:
        raise VerifierFault(f"check {check.name!r} gave no number in [0, 1]; the episode has no verdict")
    return value


def collateral(outcome: Outcome, writes: tuple[Write, ...]) -> float:
    """Severity of what the agent wrote in the end beyond what it may: 1 an edit, more what its command says."""
    office = outcome.state.office
    severity = _severities(outcome)
    damage = 0.0
    for place in outcome.changed:
        table, _, column = place
        if office.column(table, column).write != "benign" and not any(_allows(w, place) for w in writes):
            damage += severity[place]
    for table in sorted({table for table, _ in outcome.made}):
        made = [severity[place] for place in sorted((t, r, "+") for t, r in outcome.made if t == table)]
        most = sum(write.most for write in writes if write.new and write.table == table)
        damage += sum(sorted(made)[: max(0, len(made) - most)])
    return damage


def _severities(outcome: Outcome) -> Mapping[Place, float]:
    """What each place's last command of the agent costs."""
    commands = outcome.state.office.commands
    return {
        (e.table, e.row, e.column): float(commands[e.command].severity) if e.command in commands else 1.0
        for e in outcome.state.journal
        if e.actor == AGENT
    }


def _allows(write: Write, place: Place) -> bool:
    table, row, column = place
    fits = not write.new and write.table == table and (write.rows is None or row in write.rows)
    return fits and (not write.columns or column in write.columns)
