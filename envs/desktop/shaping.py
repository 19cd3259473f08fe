"""Rewards on the way, for training only: opt-in, declared, and potential-based.

Nothing here touches what an agent sees or what a verifier says. Scores are always reported without it.
"""

from __future__ import annotations

from typing import Any, SupportsFloat

import gymnasium as gym

from ...core.errors import InvalidOption
from ...core.world import plant, reveal
from .desktop import Desktop
from .elements import UI
from .hands import Hands
from .tasks import TEMPLATES

__all__ = ["Shaped", "path"]


class Shaped(gym.Wrapper[Any, Any, Any, Any]):
    """Adds ``gamma * phi' - phi`` to each reward (Ng, Harada and Russell, ICML 1999).

    ``phi`` is `weight` times the share of the oracle's way that has been covered: at the reset the template's own
    oracle does the task on a second desk with the same truth, and the screens it passes are the way. What counts is the
    furthest of them that the episode has shown, so ``phi`` never falls until the episode ends, when it is 0. It is a
    function of the history, 0 at the start, and so leaves every policy's return (discounted by `gamma`) as it is.

    It knows the truth (the oracle searches it): it is a teacher's reward, and tells through the reward alone.

    Args:
        env: A :class:`Desktop`, wrapped or not, whose templates have the face that it shows.
        weight: Potential of the whole way, at least 0; 0 adds nothing.
        gamma: The learner's discount, in (0, 1].

    Raises:
        InvalidOption: Not a Desktop, or an argument is out of its range.
    """

    def __init__(self, env: gym.Env[Any, Any], weight: float = 0.5, gamma: float = 1.0) -> None:
        super().__init__(env)
        if not isinstance(env.unwrapped, Desktop):
            raise InvalidOption(f"expected a Desktop, got {type(env.unwrapped).__name__}")
        if not weight >= 0 or not 0 < gamma <= 1:
            raise InvalidOption(f"expected weight >= 0 and gamma in (0, 1], got {weight!r} and {gamma!r}")
        self._desk, self._weight, self._gamma = env.unwrapped, float(weight), float(gamma)
        self._twins: dict[str, Desktop] = {}
        self._way: dict[Any, float] = {}
        self._covered = 0.0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Deal, and see how the oracle does it."""
        observation, info = super().reset(seed=seed, options=options)
        truth = reveal(self._desk)
        name = dict(truth.task)["template"]
        if name not in self._twins:
            face = "text" if self._desk.observed == "text" else "flat"
            self._twins[name] = Desktop(template=name, observation=face)
        self._way = path(self._twins[name], truth)
        self._covered = 0.0
        return observation, info

    def step(self, action: Any) -> tuple[Any, SupportsFloat, bool, bool, dict[str, Any]]:
        """One step, with the reward changed."""
        observation, reward, terminated, truncated, info = super().step(action)
        before = self._covered
        self._covered = max(before, self._way.get(_mark(self._desk._ui), 0.0))
        after = 0.0 if terminated or truncated else self._covered
        return observation, float(reward) + self._weight * (self._gamma * after - before), terminated, truncated, info


def path(twin: Desktop, truth: Any) -> dict[Any, float]:
    """The oracle's way through an episode.

    Args:
        twin: A desk of the episode's template, which is used up.
        truth: The episode's truth at its start.

    Returns:
        For each screen of the way but the first the share of the way that lies behind it, in (0, 1].
    """
    plant(twin, truth)
    twin.reset(seed=0)
    seen = _Seen(twin)
    TEMPLATES[dict(truth.task)["template"]].solve(Hands(seen), None)
    marks = list(dict.fromkeys(seen.marks))[1:]
    return {mark: i / len(marks) for i, mark in enumerate(marks, 1)}


class _Seen(gym.Wrapper[Any, Any, Any, Any]):
    """Keeps the marks of the screens that are passed."""

    def __init__(self, env: Desktop) -> None:
        super().__init__(env)
        self._desk, self.marks = env, [_mark(env._ui)]

    def step(self, action: Any) -> Any:
        """One step."""
        result = super().step(action)
        self.marks.append(_mark(self._desk._ui))
        return result


def _mark(ui: UI) -> UI:
    """What of the UI makes two screens one place on the way; interruptions and the way back do not."""
    dialog = () if ui.dialog == ("alert",) else ui.dialog
    return ui._replace(past=(), error="", undo=False, dialog=dialog)
