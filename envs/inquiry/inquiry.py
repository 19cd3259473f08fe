"""The engine of single-agent inquiry: ask questions of a table, then name the hypothesis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from ...core.belief import Belief
from ...core.chance import Chance
from ...core.env import Env, check_discrete
from ...core.errors import InvalidTruth
from ...core.options import choice, flag, whole
from ...core.truth import Truth, TruthKind, View, release, seen_by
from .table import Pair, Table

__all__ = ["ACTIONS", "OBSERVATIONS", "Inquiry", "Secret", "secret_class"]

ACTIONS = ("full", "ask")
OBSERVATIONS = ("history", "last", "log")
PRIVILEGED = ("verifier", "teacher", "critic", "auditor")
AHEAD = 4096
"""Episodes dealt ahead by the fast path, at once as arrays."""


class Secret(Truth):
    """What is hidden in an inquiry.

    Subclasses made by :func:`secret_class` know the public table the answers come from.
    """

    table: ClassVar[Table]

    item: int = seen_by(*PRIVILEGED, doc="index of the hypothesis that holds")
    fill: int = seen_by(*PRIVILEGED, doc="what redrawn cells answer in this episode (0 where none is redrawn)")

    def __post_init__(self) -> None:
        item = np.asarray(self.item)
        if item.dtype.kind not in "iu" or item.size == 0 or item.min() < 0 or item.max() >= self.table.n:
            raise InvalidTruth(f"item must be integers in [0, {self.table.n})")

    @release("agent", of="item fill")
    def answer(self, question: Any) -> Any:
        """The true answer to a question, before noise."""
        return self.table.answer(self.item, self.fill, question)

    @release("agent", of="item")
    def is_it(self, guess: Any) -> Any:
        """Whether a guess is right."""
        return self.item == guess


def secret_class(table: Table, recipe: Any) -> type[Secret]:
    """The Truth class over one table.

    Args:
        table: The public table.
        recipe: ``(function, arguments)`` that makes this class again, so that truths can be pickled.
    """
    namespace = {"__doc__": Secret.__doc__, "__module__": __name__, "table": table, "recipe": recipe}
    return cast("type[Secret]", TruthKind("Secret", (Secret,), namespace))


class Inquiry(Env):
    """Engine: a Table and a few options make an environment. ``TwentyQuestions`` states the rules.

    Args:
        truth: A class made by :func:`secret_class`.
        budget: Turns, at least 1.
        cost: Price of each question, float64 of shape (questions,).
        actions: ``"full"`` or ``"ask"``.
        observation: ``"history"``, ``"last"`` or ``"log"``.
        masks: Whether info carries an ``action_mask``.
        render_mode: None or ``"ansi"``.
    """

    family = "inquiry"
    metadata: dict[str, Any] = {"render_modes": ["ansi"], "render_fps": 4}

    def __init__(
        self,
        truth: type[Secret],
        budget: int,
        cost: npt.NDArray[np.float64],
        actions: str,
        observation: str,
        masks: bool,
        render_mode: str | None,
    ) -> None:
        choice("actions", actions, ACTIONS), choice("observation", observation, OBSERVATIONS)
        budget, masks = whole("budget", budget, 1, 1000), flag("masks", masks)
        self.truth_type = truth  # type: ignore[misc]
        self.table = table = truth.table
        super().__init__(render_mode)
        self.budget, self.masks = budget, masks
        self.actions, self.observed = actions, observation
        self.cost = cost
        self._reward = (-cost).tolist() if cost.any() else [0.0] * table.q
        self._q, self._k = table.q, table.letters
        self.action_space = spaces.Discrete(self._q + (table.n if actions == "full" else 1))
        self._n = int(self.action_space.n)
        self.observation_space = observation_space(observation, table, self.budget)
        fills = 2**31 if table.redrawn else 1
        self.truth_space = spaces.Dict(item=spaces.Discrete(table.n), fill=spaces.Discrete(fills))

        self._pairs, self._seen = table.pairs, table.seen
        self._rows = [] if table.redrawn else table.compact_rows
        self._nothing = np.zeros(2, np.int16)
        self._hot = (self._q, self._k, self.budget, self._pairs, self._seen, self._reward, observation)
        self._history, self._log = np.zeros(self._q, np.int8), np.zeros((self.budget, 2), np.int16)
        self._fast = not table.redrawn and not self.masks
        self._row: Sequence[int] | None = None  # answers of the hypothesis that holds, while the fast path runs
        self._ahead: list[int] = []
        self._noise_ahead: list[list[float]] = []
        self._item = -1
        self._draws: list[float] = []  # noise of the episode's turns; empty without noise
        self._clear()

    def belief(self) -> Belief:
        """The exact belief of an agent that assumes the prior."""
        return self.table.belief()

    @staticmethod
    def hypothesis(truth: Truth) -> Any:
        """Index of the hypothesis that holds, as :meth:`belief` counts them."""
        return truth.item  # type: ignore[attr-defined]

    def current_hypothesis(self) -> int:
        """The same of the current truth, without making the truth where the fast path left it undealt."""
        return self._item if self._row is not None and self._world.plain else super().current_hypothesis()

    # -- the specification -----------------------------------------------------------------------------------------
    def initial(self, chance: Chance) -> Secret:
        """Draw the hypothesis, and the redrawn cells where there are some."""
        item = self.table.draw(chance)
        fill = chance.below(2**31) if self.table.redrawn else 0
        return self.truth_type(item=item, fill=fill)  # type: ignore[return-value, call-arg]

    def _clear(self) -> None:
        self._asked: list[Pair] = []
        self._silent = False
        self._guess = -1
        self._history.fill(0)
        self._log.fill(0)

    def begin(self, view: View) -> None:
        """Forget the last episode."""
        self._clear()

    def told(self) -> Pair | None:
        """What the last turn told: (question, answer), or None."""
        return None if self._silent or not self._asked else self._asked[-1]

    def turn(self, view: View, action: int, noise: Chance) -> tuple[float, bool]:
        """Ask, or guess and end. A budget used up ends the episode; with ``actions="ask"`` it commits first."""
        if action >= self._q:
            self._silent = True
            return self._guessed(view, action - self._q if self.actions == "full" else None), True
        answer = self.table.told(view.answer(action), noise)
        code = action * self._k + answer
        self._log[len(self._asked)] = self._seen[code]
        self._history[action] = answer + 1
        self._asked.append(self._pairs[code])
        reward = self._reward[action]
        if len(self._asked) < self.budget:
            return reward, False
        return (reward + self._guessed(view, None) if self.actions == "ask" else reward), True

    def _guessed(self, view: View, guess: int | None) -> float:
        """Take a guess, or the exact posterior's best; 1 where it is right."""
        self._guess = self.table.best(self._asked) if guess is None else guess
        return float(view.is_it(self._guess))

    def observation(self, view: View) -> npt.NDArray[Any]:
        """What has been told so far, in the form chosen."""
        if self.observed == "history":
            return self._history.copy()
        if self.observed == "log":
            return self._log.copy()
        told = self.told()
        return self._nothing.copy() if told is None else self._seen[told[0] * self._k + told[1]].copy()

    def info(self, view: View) -> dict[str, Any]:
        """The mask where it is switched on; what was committed to, at the end, with ``actions="ask"``."""
        info: dict[str, Any] = {"action_mask": self.mask(view)} if self.masks else {}
        if self._guess >= 0 and self.actions == "ask":
            info["guess"] = self._guess
        return info

    def mask(self, view: View) -> npt.NDArray[np.int8]:
        """Everything but, where answers never change, the questions asked already."""
        mask = np.ones(self._n, np.int8)
        if self.table.noise == 0.0:
            mask[[question for question, _ in self._asked]] = 0
            if not mask.any():
                mask[:] = 1
        return mask

    def read(self, observation: npt.NDArray[Any], action: int, turn: int) -> Pair | None:
        """What an observation tells in reply to `action` at turn `turn` (from 1): (question, answer), or None."""
        if action >= self._q:
            return None
        if self.observed == "history":
            return action, int(observation[action]) - 1
        return action, int((observation if self.observed == "last" else observation[turn - 1])[1]) - 1

    def render(self) -> str | None:
        """The transcript in words, for ``render_mode="ansi"``."""
        if self.render_mode is None:
            return None
        table = self.table
        lines = [f"{i}. {table.questions[q]} - {table.alphabet[a]}" for i, (q, a) in enumerate(self._asked, 1)]
        if self._guess >= 0:
            lines.append(f"Guess: {table.items[self._guess]}")
        return "\n".join(lines) or "Nothing asked yet."

    # -- the fast path: equal to the template, held so by the tests ----------------------------------------------------
    def reset(self, *, seed: int | None = None, options: Mapping[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Start an episode; see :meth:`infogap.core.env.Env.reset`."""
        world = self._world
        if seed is not None or options or not (self._fast and world.plain):
            result = super().reset(seed=seed, options=options)
            self._ahead, self._noise_ahead = [], []
            if self._fast:
                self._item = item = world.truth.item  # type: ignore[attr-defined]
                self._row = self._rows[item]
                if self.table.noise:
                    self._draws = self._draw_noise(np.array([world.episode], np.uint64))[0]
            return result
        if world._truth is None:  # World.skip, without the call
            world.done, world.episode = False, world.episode + 1
        else:
            world.skip()
        if not self._ahead:
            self._deal_ahead(world.episode)
        self._item = item = self._ahead.pop()
        self._row = self._rows[item]
        if self._noise_ahead:
            self._draws = self._noise_ahead.pop()
        self._asked, self._silent, self._guess = [], False, -1
        if self.observed == "last":
            return self._nothing.copy(), {}
        buffer = self._history if self.observed == "history" else self._log
        buffer.fill(0)
        return buffer.copy(), {}

    def _deal_ahead(self, episode: int) -> None:
        """Draw the items and the noise of the episodes from `episode` on; the next one stands last."""
        episodes = np.arange(episode, episode + AHEAD, dtype=np.uint64)
        dealt = self.initial(self._world.dice.at(episodes, np.zeros(AHEAD, np.uint64)))
        self._ahead = np.asarray(dealt.item)[::-1].tolist()
        self._noise_ahead = self._draw_noise(episodes)[::-1] if self.table.noise else []

    def _draw_noise(self, episodes: npt.NDArray[np.uint64]) -> list[list[float]]:
        """The noise stream's draw for every turn of some episodes."""
        turns = np.arange(1, self.budget + 1, dtype=np.uint64)
        at = self._world.noise.at(np.repeat(episodes, self.budget), np.tile(turns, len(episodes)))
        return at.unit().reshape(len(episodes), self.budget).tolist()

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Play one action; see :meth:`infogap.core.env.Env.step`."""
        row = self._row
        if row is None:
            return super().step(action)
        questions, letters, budget, pairs, seen, rewards, observed = self._hot
        if type(action) is not int or not 0 <= action < questions:
            action = check_discrete(action, self._n)
            if action >= questions:
                self._silent = True
                return self._finish_fast(action)
        answer = row[action]
        asked = self._asked
        if self._draws:
            answer = self.table.garbled(answer, self._draws[len(asked)])
        code = action * letters + answer
        if observed == "last":
            observation = seen[code].copy()
        elif observed == "history":
            history = self._history
            history[action] = answer + 1
            observation = history.copy()
        else:
            self._log[len(asked)] = seen[code]
            observation = self._log.copy()
        asked.append(pairs[code])
        if len(asked) < budget:
            return observation, rewards[action], False, False, {}
        return self._finish_fast(action, observation)

    def _finish_fast(self, action: int, observation: Any = None) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """End the episode by a guess (no observation yet) or by the budget."""
        self._row = None
        reward = 0.0 if observation is None else self._reward[action]
        if observation is None or self.actions == "ask":
            self._guess = action - self._q if self.actions == "full" else self.table.best(self._asked)
            reward += float(self._guess == self._item)
        world = self._world
        world.done = True
        if world.watched:
            world.end()
        if observation is None:
            observation = self.observation(None)  # type: ignore[arg-type]
        return observation, reward, True, False, ({"guess": self._guess} if self.actions == "ask" else {})


def observation_space(observation: str, table: Table, budget: int) -> spaces.Space[Any]:
    """Space of each form of observation."""
    if observation == "history":
        return spaces.Box(0, table.letters, (table.q,), np.int8)
    if observation == "last":
        return spaces.MultiDiscrete([table.q + 1, table.letters + 1], dtype=np.int16)
    high = np.tile(np.array([table.q, table.letters], np.int16), (budget, 1))
    return spaces.Box(np.zeros_like(high), high, dtype=np.int16)
