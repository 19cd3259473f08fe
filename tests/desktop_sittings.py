"""How tests of single tasks sit down at a desk, solve the task there, and look at what came of it."""

from __future__ import annotations

from typing import Any

import infogap
from infogap.core.judge import Verdict
from infogap.envs.desktop.desktop import Desktop
from infogap.envs.desktop.dice import Dice
from infogap.envs.desktop.generate import Choice, deal
from infogap.envs.desktop.grading import graded
from infogap.envs.desktop.hands import Hands
from infogap.envs.desktop.store import Desk
from infogap.envs.desktop.tasks import TEMPLATES

DESKS: dict[tuple[Any, ...], Desktop] = {}
"""Desks that have been made, by their options."""


def sitting(name: str, seed: int, kind: Any = Hands, **options: Any) -> tuple[Any, dict[str, Any]]:
    """Hands of a kind at a fresh desk, and its task."""
    key = name, *sorted(options.items())
    if key not in DESKS:
        DESKS[key] = Desktop(template=name, **{"observation": "text", "skin": 0, **options})
    hands = kind(DESKS[key])
    hands.desk.reset(seed=seed)
    return hands, dict(state(hands).task)


def state(hands: Hands) -> Any:
    """The true state."""
    return infogap.reveal(hands.desk)


def verdict(hands: Hands) -> Verdict:
    """The verdict on what has been done."""
    return graded(state(hands))


def failed(hands: Hands) -> Verdict:
    """The verdict on what has been done, which must be no success."""
    found = verdict(hands)
    assert not found.success and found.score <= 0.5
    return found


def solve(hands: Hands, task: dict[str, Any] | None = None) -> None:
    """Do the task as its oracle does."""
    TEMPLATES[dict(state(hands).task)["template"]].solve(hands, task)


def dealt(name: str, seeds: int, level: int = 0, size: str = "small") -> list[Desk]:
    """The states at the start of episodes."""
    return [deal(Choice((name,), size=size, level=level, skin=0), Dice(seed)) for seed in range(seeds)]


class Contrary(Hands):
    """Hands that do all that is right, and then say that something else came of it."""

    def answer(self, text: str = "") -> None:
        super().give_up("data_validation_error")

    def give_up(self, status: str) -> None:
        super().answer()
