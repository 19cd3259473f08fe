"""Office software in ``infogap bench throughput``: turns at a desk beside turns of 20 Questions, resets excluded.

What is played decides the figure, so four ways are measured: actions drawn evenly (as 20 Questions' are: masks off,
5 % of them submissions) in worlds that never come twice; the same without submissions, up to the limit of turns; among
actions that masks allow; and what the templates' own oracles do. The latter two are played again from recordings.
"""

from __future__ import annotations

import itertools
import random
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np

from ..core.env import use_template
from ..envs.desktop import flat
from ..envs.desktop.desktop import Desktop
from ..envs.desktop.hands import Hands
from ..envs.desktop.tasks import TEMPLATES
from ..envs.desktop.vector import DesktopVector
from ..envs.inquiry.twenty_questions import TwentyQuestions

__all__ = ["BROWSER", "HISTORY", "ROWS", "Timed", "desktop_arms", "reset_notes"]

HISTORY = "history, no resets"
BROWSER = "MiniWoB++, 9.5 steps/s"
"""Recorded, not measured: click-test-2 through Selenium, with screenshot and DOM, wall-clock, on two cores."""
ENDS = 0.05
"""Share of actions that are submissions, as of those that are guesses in 20 Questions."""
EPISODES = 40
"""Recorded episodes of each kind; a round plays the next few."""
ROWS = 1024
WORDS = ("Anna", "10", "2024-02-05", "Keller", "")


class Timed(NamedTuple):
    """What an arm that leaves its resets out has played.

    Attributes:
        steps: Steps.
        seconds: CPU time they took.
    """

    steps: int
    seconds: float


Arm = Callable[[], Timed]
Episode = tuple[str, int, list[Any]]
"""Template, seed and actions."""


def desktop_arms(steps: int) -> dict[str, Arm]:
    """Desks in every form of observation, and what they are compared with; each is made when it is first played.

    Args:
        steps: Steps of 20 Questions in a round; desks take fewer.
    """
    few = max(steps // 40, 40)
    found: dict[str, Callable[[], Arm]] = {HISTORY: lambda: _questions(steps), BROWSER: lambda: lambda: Timed(19, 2.0)}
    for face in ("flat", "dict", "text"):
        found[f"desktop {face}"] = lambda face=face: _even(face, few)  # type: ignore[misc]
    for face in ("flat", "text"):
        found[f"desktop {face}, to the limit"] = lambda face=face: _even(face, few, ends=0.0)  # type: ignore[misc]
        found[f"desktop {face}, masked"] = lambda face=face: _recorded(face, few, _masked)  # type: ignore[misc]
        found[f"desktop {face}, oracles"] = lambda face=face: _recorded(face, few, _oracles)  # type: ignore[misc]
    found["desktop text, rebuilt"] = lambda: _even("text", few // 4, rebuilt=True)
    for face in ("flat", "dict"):
        found[f"desktop {face} x {ROWS}"] = lambda face=face: _rows(face, 2)  # type: ignore[misc]
    return {name: _later(make) for name, make in found.items()}


def _later(make: Callable[[], Arm]) -> Arm:
    """An arm that is made when it is first played."""
    made: list[Arm] = []

    def play() -> Timed:
        if not made:
            made.append(make())
        return made[0]()

    return play


def _played(env: Any, actions: Any) -> int:
    """Steps until the end of the episode, or of the actions."""
    step, steps = env.step, 0
    for action in actions:
        steps += 1
        _, _, terminated, truncated, _ = step(action)
        if terminated or truncated:
            break
    return steps


def _timed(env: Any, least: int, episodes: Iterator[tuple[Any, int | None, Any]]) -> Timed:
    """Play episodes, given as environment, seed and actions, until there are enough steps."""
    steps, seconds = 0, 0.0
    while steps < least:
        env, seed, actions = next(episodes)
        env.reset(seed=seed)
        start = time.process_time()
        steps += _played(env, actions)
        seconds += time.process_time() - start
    return Timed(steps, seconds)


def _questions(steps: int) -> Arm:
    env = TwentyQuestions(world="elements", observation="history")
    chance, table = np.random.default_rng(0), env.table
    guesses = chance.random(steps) < ENDS
    drawn = np.where(guesses, table.q + chance.integers(table.n, size=steps), chance.integers(table.q, size=steps))
    actions = itertools.cycle(drawn.tolist())
    env.reset(seed=0)
    return lambda: _timed(env, steps, itertools.repeat((env, None, actions)))


def _even(face: str, steps: int, rebuilt: bool = False, ends: float = ENDS) -> Arm:
    """Actions drawn evenly, in ever new worlds; `rebuilt` renders the whole page at every step.

    It is warmed up for eight rounds, after which the words of most skins have been met.
    """
    env, chance = Desktop(observation=face), random.Random(0)
    actions = itertools.cycle([_written(face, _drawn(chance, ends=ends)) for _ in range(4096)])
    if rebuilt:
        use_template(env)
    env.reset(seed=0)
    if not rebuilt:
        _timed(env, 8 * steps, itertools.repeat((env, None, actions)))
    return lambda: _timed(env, steps, itertools.repeat((env, None, actions)))


def _drawn(chance: random.Random, verbs: tuple[int, ...] = (0, 1, 2, 3, 4), ends: float = ENDS) -> list[int]:
    verb = chance.choice(verbs) if chance.random() >= ends else chance.choice((5, 6))
    return [verb, chance.randrange(flat.ELEMENTS), chance.randrange(flat.ARGUMENTS)]


def _written(face: str, action: list[int]) -> Any:
    """An action as the face takes it."""
    verb, element, argument = action
    if face != "text":
        return action
    word = WORDS[argument % len(WORDS)]
    forms = ("noop()", f"click('{element}')", f"fill('{element}', '{word}')", "noop()", "go_back()")
    return (*forms, f"send_msg_to_user('{word}')", "report_infeasible('not_found_error')")[verb]


def _recorded(face: str, steps: int, record: Callable[[str], Iterator[Episode]]) -> Arm:
    """Episodes played from recordings, without what was kept of their texts the last time."""
    envs = {name: Desktop(template=name, observation=face) for name in ("all", *TEMPLATES)}
    script = list(itertools.islice(record(face), EPISODES))
    episodes = ((envs[name], seed, actions) for name, seed, actions in itertools.cycle(script))

    def play() -> Timed:
        flat.forget()
        return _timed(None, steps, episodes)

    return play


def _masked(face: str) -> Iterator[Episode]:
    """Actions drawn among those that masks allow."""
    env, chance = Desktop(observation="flat"), random.Random(0)
    for seed in itertools.count():
        env.reset(seed=seed)
        actions, over = [], False
        while not over:
            parts = np.split(env.action_masks(), [len(flat.VERBS), len(flat.VERBS) + flat.ELEMENTS])
            verbs, elements, arguments = (np.flatnonzero(part).tolist() for part in parts)
            action = [_drawn(chance, tuple(verbs[:-2]))[0], chance.choice(elements or [0]), chance.choice(arguments)]
            actions.append(_written(face, action))
            _, _, terminated, truncated, _ = env.step(action)
            over = terminated or truncated
        yield "all", seed, actions


class _Kept(gym.Wrapper[Any, Any, Any, Any]):
    """Keeps the actions."""

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        self.actions: list[Any] = []

    def step(self, action: Any) -> Any:
        """One step."""
        self.actions.append(action)
        return super().step(action)


def _oracles(face: str) -> Iterator[Episode]:
    """What the templates' oracles do."""
    able = [name for name, one in TEMPLATES.items() if face in one.faces and one.office == "office"]
    for seed in itertools.count():
        for name in able:
            env = _Kept(Desktop(template=name, observation=face))
            env.reset(seed=seed)
            TEMPLATES[name].solve(Hands(env), None)
            yield name, seed, env.actions


def _rows(face: str, batches: int) -> Arm:
    """The native vector; rows that have ended are reset in between."""
    env, chance = DesktopVector(ROWS, observation=face, autoreset_mode="Disabled"), random.Random(0)
    pool = itertools.cycle([np.array([_drawn(chance) for _ in range(ROWS)]) for _ in range(16)])
    env.reset(seed=0)

    def play() -> Timed:
        seconds = 0.0
        for actions in itertools.islice(pool, batches):
            start = time.process_time()
            _, _, terminated, truncated, _ = env.step(actions)
            seconds += time.process_time() - start
            ended = terminated | truncated
            if ended.any():
                env.reset(options={"reset_mask": ended})
        return Timed(batches * ROWS, seconds)

    return play


def reset_notes(quick: bool = False) -> list[str]:
    """What resets take, in words: medians of CPU time."""
    said = []
    for size, n in (("small", 40), ("full", 6)):
        env = Desktop(size=size)
        env.reset(seed=0)
        found = []
        for _ in range(3 if quick else n):
            start = time.process_time()
            env.reset()
            found.append(1000 * (time.process_time() - start))
        said.append(f"{statistics.median(found):.2f} ms for a {size} world")
    return [f"A desktop's reset takes {' and '.join(said)}."]
