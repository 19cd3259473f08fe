"""Rollouts that the tests over the registries share."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from gymnasium.utils.env_checker import data_equivalence

from infogap.envs import ROLES


def equal(first: Any, second: Any) -> bool:
    return data_equivalence(list(first), list(second), exact=True)


def fields(truth: Any) -> dict[str, Any]:
    return {name: getattr(truth, name) for name in truth.names}


def legal(mask: Any) -> list[int]:
    return np.flatnonzero(mask).tolist()


def masked(env: Any) -> bool:
    """Whether an environment refuses what its masks do not show: games from one seat do."""
    return env.unwrapped.spec is not None and env.unwrapped.spec.id in ROLES


def chooser(env: Any, seed: int = 7) -> Callable[[Any], Any]:
    """``choose(env)`` draws an action apart from the environment, a legal one where the rest is refused."""
    if masked(env):
        rng = np.random.default_rng(seed)
        return lambda env: int(rng.choice(legal(env.unwrapped.action_masks())))
    actions = copy.deepcopy(env.action_space)
    actions.seed(seed)
    return lambda env: actions.sample()


def play(env: Any, steps: int, seed: int | None = 0) -> Iterator[tuple[Any, ...]]:
    """A rollout of actions that are drawn apart from the environment; resets at every end."""
    choose = chooser(env)
    yield env.reset(seed=seed)
    for _ in range(steps):
        step = env.step(choose(env))
        yield step
        if step[2] or step[3]:
            yield env.reset()


def play_vector(env: Any, steps: int) -> Iterator[tuple[Any, ...]]:
    """The same for a vector of environments; of games from one seat it plays the first legal action of each row."""
    env.action_space.seed(7)
    yield env.reset(seed=0)
    for _ in range(steps):
        yield env.step(vector_actions(env))


def vector_actions(env: Any) -> Any:
    if getattr(env, "envs", None) and masked(env.envs[0]):
        return np.array([(legal(one.unwrapped.action_masks()) or [0])[0] for one in env.envs])
    return env.action_space.sample()


def play_game(env: Any, steps: int, seed: int | None = 0, bad: float = 0.0) -> Iterator[tuple[Any, ...]]:
    """A rollout of an AEC environment with legal actions; a share `bad` of them is any action, refused or not."""
    rng = np.random.default_rng(7)
    env.reset(seed=seed)
    for _ in range(steps):
        if not env.agents:
            env.reset()
        seat = env.agent_selection
        last = env.last()
        yield seat, *last, *(env.observe(other) for other in env.agents)
        action: Any = None
        if not (last[2] or last[3]):
            action = int(rng.choice(np.flatnonzero(last[0]["action_mask"])))
        if bad and rng.random() < bad:
            action = (None, -1, 10**6, "a", 1.5, True, int(rng.integers(len(env.words))))[rng.integers(7)]
        try:
            env.step(action)
        except Exception as error:
            if not bad:
                raise
            yield seat, type(error).__name__, str(error)


def play_parallel(env: Any, steps: int, seed: int | None = 0) -> Iterator[tuple[Any, ...]]:
    """A rollout of a parallel environment with legal actions."""
    rng = np.random.default_rng(7)
    step: tuple[Any, ...] = env.reset(seed=seed)
    yield step
    for _ in range(steps):
        moves = {seat: legal(step[0][seat]["action_mask"]) for seat in env.agents}
        step = env.step({seat: int(rng.choice(own)) if own else 0 for seat, own in moves.items()})
        yield step
        if not env.agents:
            step = env.reset()
            yield step
