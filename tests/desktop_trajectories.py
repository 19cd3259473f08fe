"""Episodes of every kind on which verifiers are compared: solved, nearly solved, spoilt, and played at random."""

from __future__ import annotations

import contextlib
import functools
import random
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

import infogap
from infogap.envs.desktop import flat
from infogap.envs.desktop.answers import STATUSES
from infogap.envs.desktop.desktop import Desktop
from infogap.envs.desktop.hands import Hands, Row, Stuck
from infogap.envs.desktop.schema import ListView
from infogap.envs.desktop.store import Desk
from infogap.envs.desktop.tasks import TEMPLATES

KINDS = ("oracle", "slip", "slips", "spoilt", "random")
"""Solved; one step altered; several; solved but for something else that was done before; at random."""
SHARES = (1, 5, 2, 2, 1)


class Played(NamedTuple):
    """An episode to its end: template, how it was played, seed, skin, size, and the final truth."""

    template: str
    kind: str
    seed: int
    skin: int
    size: str
    truth: Desk


class Slips(Hands):
    """Hands that make mistakes: at chosen moments a step is dropped, doubled, or done to something else.

    Args:
        env: The environment.
        chance: What decides.
        at: Moments, counted over all steps that can go wrong.
    """

    def __init__(self, env: Any, chance: random.Random, at: set[int]) -> None:
        super().__init__(env)
        self.chance, self.at, self.moment, self.inside = chance, at, 0, False

    def _wrong(self) -> bool:
        """Whether this step goes wrong; steps of which another step is made up don't count."""
        if self.inside:
            return False
        self.moment += 1
        return self.moment - 1 in self.at

    def _either(self, *ways: Any) -> None:
        """One of several ways to go wrong."""
        self.inside = True
        try:
            self.chance.choice(ways)()
        finally:
            self.inside = False

    def open(self, row: Row) -> None:
        if self._wrong():
            self._either(lambda: Hands.open(self, self.chance.choice(self.rows())))
        else:
            super().open(row)

    def fill(self, name: str, text: str) -> None:
        if self._wrong():
            self._either(lambda: Hands.fill(self, name, self.other(text)), lambda: None)
        else:
            super().fill(name, text)

    def search(self, text: str) -> None:
        if self._wrong():
            self._either(lambda: Hands.search(self, self.other(text)), lambda: None)
        else:
            super().search(text)

    def narrow(self, column: str, option: str) -> None:
        if self._wrong():
            self._either(lambda: Hands.narrow(self, column, self.other_option(option)), lambda: None)
        else:
            super().narrow(column, option)

    def choose(self, name: str, option: str) -> None:
        if self._wrong():
            self._either(lambda: Hands.choose(self, name, self.other_option(option)), lambda: None)
        else:
            super().choose(name, option)

    def date(self, name: str, day: int) -> None:
        if self._wrong():
            near = day + self.chance.choice((-7, -1, 1, 2, 7))
            self._either(lambda: Hands.date(self, name, near), lambda: None)
        else:
            super().date(name, day)

    def press(self, name: str) -> None:
        if self._wrong():
            twice = lambda: (Hands.press(self, name), Hands.press(self, name))  # noqa: E731
            self._either(lambda: Hands.press(self, self.other_button(name)), lambda: None, twice)
        else:
            super().press(name)

    def answer(self, text: str = "") -> None:
        if self._wrong():
            give_up = lambda: Hands.give_up(self, self.chance.choice(STATUSES[1:]))  # noqa: E731
            self._either(lambda: Hands.answer(self, self.other(text)), give_up)
        else:
            super().answer(text)

    def give_up(self, status: str) -> None:
        if self._wrong():
            others = [other for other in STATUSES[1:] if other != status]
            self._either(lambda: Hands.give_up(self, self.chance.choice(others)), lambda: Hands.answer(self))
        else:
            super().give_up(status)

    # -- what else there is ------------------------------------------------------------------------------------------
    def other(self, text: str) -> str:
        """A text that is nearly the same: a figure one off, a part of it, or something else on the screen."""
        figures = [found for found in re.finditer(r"\d+", text)]
        ways = ["", text[: len(text) // 2], f"{text} again"]
        for found in figures:
            near = str(max(0, int(found[0]) + self.chance.choice((-1, 1)))).zfill(len(found[0]))
            ways += [text[: found.start()] + near + text[found.end() :]] * 2
        ways += [element.value for element in self.elements if element.value and element.value != text][:6]
        return self.chance.choice(ways)

    def other_option(self, option: str) -> str:
        """Another value of an enum that has this one."""
        for table in self.office.tables.values():
            for column in table.columns:
                if column.kind == "enum" and option in column.of:
                    return self.chance.choice([name for name in column.of if name != option])
        return option

    def other_button(self, name: str) -> str:
        """Another button of the screen."""
        found = [e.concept for e in self.elements if e.role == "button" and e.concept and e.concept != name]
        return self.chance.choice(found or [name])

    def meddle(self) -> None:
        """Do something that nobody has asked for: open a record somewhere and press a button or change a field."""
        lists = [view.name for view in self.office.views.values() if isinstance(view, ListView)]
        self.go(self.chance.choice(lists))
        rows = self.rows()
        if not rows:
            return
        self.open(self.chance.choice(rows))
        view = self.office.views[self.desk._ui.view]
        actions = [action for action in view.actions if self.has(action.name)]
        if not actions:
            return
        action = self.chance.choice(actions)
        self.press(action.name)
        if action.form:
            for field in self.office.views[action.form].fields:
                if field.kind in ("text", "int", "money") and field.required:
                    self.fill(field.name, self.chance.choice(("7", "1200.00", "SO-1000", "Noted")))
            self.save()


def played(template: str, kind: str, seed: int, skin: int | None = None, size: str = "small") -> Played:
    """An episode of a template, played to its end.

    Args:
        template: Its name.
        kind: One of :data:`KINDS`.
        seed: Decides what is dealt and how it is played.
        skin: Number of the skin; None for one that the seed decides.
        size: ``"small"`` or ``"full"``.
    """
    chance = random.Random(f"{template} {kind} {seed}")
    worn = chance.choice((0, chance.randrange(32**4))) if skin is None else skin
    face = "dict" if kind == "random" else "text"
    env = Desktop(template=template, split="all", observation=face, skin=worn, size=size)
    env.reset(seed=seed)
    if kind == "random":
        _at_random(env, chance)
    else:
        _by_hand(env, template, kind, size, chance)
    truth = infogap.reveal(env)
    assert isinstance(truth, Desk)
    return Played(template, kind, seed, worn, size, truth)


def _by_hand(env: Desktop, template: str, kind: str, size: str, chance: random.Random) -> None:
    """The oracle's way, with mistakes. What it can't do any more after one it leaves, and says that it is done."""
    count = {"slip": 1, "slips": chance.choice((2, 2, 3, 4))}.get(kind, 0)
    at = {chance.randrange(_length(template, size)) for _ in range(count)}
    hands = Slips(env, chance, at)
    try:
        if kind == "spoilt":
            _meddled(hands)
        TEMPLATES[template].solve(hands, None)
    except (Stuck, LookupError, ValueError, AssertionError, TypeError, StopIteration):
        pass
    if not hands.over:
        with contextlib.suppress(Stuck):
            Hands.answer(hands, chance.choice(("", hands.goal[:20])))


def _meddled(hands: Slips) -> None:
    with contextlib.suppress(Stuck, LookupError, ValueError, AttributeError):
        hands.meddle()
    while hands.desk._ui.dialog:
        hands.back()


@functools.cache
def _length(template: str, size: str) -> int:
    """About how many steps of the oracle can go wrong."""
    env = Desktop(template=template, split="all", observation="text", skin=0, size=size)
    env.reset(seed=0)
    hands = Slips(env, random.Random(0), set())
    TEMPLATES[template].solve(hands, None)
    return hands.moment


def _at_random(env: Desktop, chance: random.Random) -> None:
    """Usable actions at random, and a submission in the end."""
    steps, over = chance.randrange(5, 60), False
    while not over and steps:
        mask = np.asarray(env.action_masks())
        verbs, elements, arguments = flat.VERBS, flat.ELEMENTS, flat.ARGUMENTS
        parts = mask[: len(verbs)], mask[len(verbs) : len(verbs) + elements], mask[-arguments:]
        action = [int(chance.choice(np.flatnonzero(part))) if part.any() else 0 for part in parts]
        if verbs[action[0]] in ("answer", "give_up") and chance.random() < 0.9:
            continue
        _, _, terminated, truncated, _ = env.step(action)
        over, steps = terminated or truncated, steps - 1
    if not over:
        env.step([flat.VERBS.index("answer"), 0, chance.randrange(flat.ARGUMENTS)])


def corpus(templates: list[str], count: int, start: int = 0, full_share: float = 0.0) -> Iterator[Played]:
    """Episodes of these templates in turn, in all kinds and skins.

    Args:
        templates: Their names.
        count: How many episodes in all.
        start: First seed.
        full_share: Share of the episodes in the full-size company.
    """
    for i in range(count):
        chance = random.Random(f"corpus {start + i}")
        kind = chance.choices(KINDS, SHARES)[0]
        size = "full" if chance.random() < full_share else "small"
        yield played(templates[i % len(templates)], kind, start + i, size=size)
