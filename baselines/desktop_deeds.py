"""What a script did at a desk: its commands, its program, and what other commands at the same times would have come to.

Programs say what was done and where, not to which record, so that those of two templates can be compared.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

import numpy as np

from ..core.chance import Chance
from ..core.world import reveal
from ..envs.desktop import flat, strings
from ..envs.desktop.desktop import Desktop, Move
from ..envs.desktop.elements import Tree
from ..envs.desktop.hands import Hands
from ..envs.desktop.skin import skin_of
from ..envs.desktop.store import Desk, Order, net
from ..envs.desktop.tasks import TEMPLATES
from ..envs.desktop.tasks.base import Template
from ..envs.desktop.ui import Event, press

__all__ = ["Case", "Deed", "Trace", "Watched", "distance", "followed", "jaccard", "written"]

NONE = Chance(0, 0, 0)
"""Transitions of a desk draw nothing."""


class Deed(NamedTuple):
    """A command, and the tick at which it was given."""

    tick: int
    order: Order


class Trace(NamedTuple):
    """What a script did in an episode.

    Attributes:
        end: The true state at the end.
        deeds: The commands it gave, those that the software gives by itself included.
        program: What it did, one word a step: page, verb and what it was done to.
        actions: Its actions, as the environment took them.
    """

    end: Desk
    deeds: tuple[Deed, ...]
    program: tuple[str, ...]
    actions: tuple[Any, ...]


class Watched(Hands):
    """Hands that keep what they do."""

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        self.deeds: list[Deed] = []
        self.program: list[str] = []
        self.actions: list[Any] = []

    def _step(self, action: Any) -> None:
        desk, view = self.desk, self.view
        if desk.observed == "text":
            meant = strings.parse(action)
        else:
            meant = flat.act(tuple(action), view.slots, desk._ui.clip)
        word = "submit"
        if isinstance(meant, Event):
            order = press(self.office, skin_of(view.skin), desk._tree, desk._ui, meant)[1]
            if order is not None:
                self.deeds.append(Deed(view.tick + 1, order))
            element = desk._tree.elements[meant.element] if meant.element >= 0 else None
            word = meant.verb if element is None else f"{meant.verb} {element.concept}"
        self.program.append(f"{desk._ui.view}: {word}")
        self.actions.append(action)
        super()._step(action)

    def trace(self) -> Trace:
        """What was done so far."""
        end = reveal(self.env)
        assert isinstance(end, Desk)
        return Trace(end, tuple(self.deeds), tuple(self.program), tuple(self.actions))


class Case:
    """One instance of a task, and how it may be played.

    Args:
        template: Its name.
        seed: Of the instance.
        **options: Of :class:`Desktop`, such as `split`, `size` and `skin`.
    """

    def __init__(self, template: str, seed: int, **options: Any) -> None:
        self.name, self.seed, self.options = template, seed, options

    @property
    def template(self) -> Template:
        """Its template; of a twin split the twin."""
        return TEMPLATES[self.task["template"]]

    def fresh(self, observation: str = "text") -> Desktop:
        """An environment in which the instance has just been dealt."""
        env = Desktop(template=self.name, observation=observation, **self.options)
        env.reset(seed=self.seed)
        return env

    @functools.cached_property
    def env(self) -> Desktop:
        """One that nobody plays."""
        return self.fresh()

    @functools.cached_property
    def start(self) -> Desk:
        """The true state at the start."""
        truth = reveal(self.env)
        assert isinstance(truth, Desk)
        return truth

    @property
    def screen(self) -> Tree:
        """What is on the screen at the start."""
        return self.env._tree

    @functools.cached_property
    def task(self) -> Mapping[str, Any]:
        """The task, solution and bait included."""
        return dict(self.start.task)

    @functools.cached_property
    def solution(self) -> Trace:
        """What the privileged oracle does."""
        return self.solved(privileged=True)

    def solved(self, privileged: bool, observation: str = "text") -> Trace:
        """What an oracle does."""
        hands = Watched(self.fresh(observation))
        self.template.solve(hands, self.task if privileged else None)
        return hands.trace()


def followed(case: Case, deeds: Iterable[Deed], ended: tuple[str, str]) -> Desk:
    """The state after commands, each no sooner than at its tick, and a submission. What is refused changes nothing.

    No screen is in the way, so that this gives commands faster than anybody could. Others act at their times.
    """
    truth: Any = case.start
    ui, step = case.env._ui, case.env.transition
    for deed in deeds:
        while truth.tick < deed.tick - 1:
            truth = step(truth, Move(ui), NONE)
        truth = step(truth, Move(ui, deed.order), NONE)
    done: Any = step(truth, Move(ui, None, ended), NONE)
    return cast(Desk, done)


def written(truth: Desk) -> tuple[Any, ...]:
    """What the agent has written in the end, comparable: cells but benign ones, and records with their cells."""
    changed, made = net(truth.journal)
    column = truth.office.column
    cells = {place: new for place, (_, new) in changed.items() if column(place[0], place[2]).write != "benign"}
    records = sorted(
        (table, repr([truth.cells(table, one.name)[row] for one in truth.office.tables[table].columns]))
        for table, row in made
    )
    return tuple(sorted(cells.items(), key=repr)), tuple(records)


# -- how alike programs are --------------------------------------------------------------------------------------------
def distance(first: Sequence[str], second: Sequence[str]) -> float:
    """Edit distance (Levenshtein 1966) by the length of the longer one: 0 for the same, 1 for nothing in common."""
    if not first or not second:
        return float(bool(first or second))
    codes = {word: i for i, word in enumerate({*first, *second})}
    other = np.array([codes[word] for word in second])
    row = np.arange(len(other) + 1)
    for i, word in enumerate(first):
        best = np.minimum(row[1:] + 1, row[:-1] + (other != codes[word]))
        # what comes from the left: the least of best[k] + (j - k) over k <= j, and of i + 1 + j
        best = np.concatenate([[i + 1], best]) - np.arange(len(row))
        row = np.minimum.accumulate(best) + np.arange(len(row))
    return float(row[-1]) / max(len(first), len(second))


def jaccard(first: Sequence[str], second: Sequence[str], n: int = 3) -> float:
    """Share of the runs of `n` words that both have, of those that either has; 0 where neither has one."""
    runs = [{tuple(words[i : i + n]) for i in range(len(words) - n + 1)} for words in (first, second)]
    either = runs[0] | runs[1]
    return len(runs[0] & runs[1]) / len(either) if either else math.nan
