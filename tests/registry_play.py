"""Rollouts of registered environments, for the tests over the registries."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.utils.env_checker import data_equivalence

from infogap.core.episode import jsonable
from infogap.envs import GAMES


def chooser(env: Any) -> Callable[[], Any]:
    """Draws actions apart from the environment; those that its masks show, where it has masks."""
    actions = copy.deepcopy(env.action_space)
    actions.seed(7)
    masks = getattr(env.unwrapped, "action_masks", None) if not isinstance(env, gym.vector.VectorEnv) else None
    return actions.sample if masks is None else lambda: actions.sample(_of_parts(actions, masks().astype(np.int8)))


def _of_parts(actions: gym.Space[Any], mask: Any) -> Any:
    """A mask as `sample` wants it: for each part of a MultiDiscrete action one."""
    if not isinstance(actions, gym.spaces.MultiDiscrete):
        return mask
    return tuple(np.split(mask, np.cumsum(actions.nvec)[:-1]))


def legal_batch(env: Any) -> Any:
    """Actions for a SyncVectorEnv: of each row, and of each part of its action, the first that its mask shows."""
    space = env.single_action_space

    def first(one: Any) -> Any:
        parts = _of_parts(space, one.unwrapped.action_masks())
        return [int(np.flatnonzero(part)[0]) for part in parts] if type(parts) is tuple else np.flatnonzero(parts)[0]

    return np.array([first(one) for one in env.envs])


def play(env: Any, steps: int, seed: int | None = 0) -> Iterator[tuple[Any, ...]]:
    """A rollout of actions that are drawn apart from the environment; resets at every end."""
    choose = chooser(env)
    yield env.reset(seed=seed)
    for _ in range(steps):
        step = env.step(choose())
        yield step
        if step[2] or step[3]:
            yield env.reset()


def play_game(env: Any, steps: int, seed: int | None = 0) -> Iterator[tuple[Any, ...]]:
    """The same for an AEC environment, with legal actions."""
    rng = np.random.default_rng(7)
    env.reset(seed=seed)
    for _ in range(steps):
        if not env.agents:
            env.reset()
        seat = env.agent_selection
        last = env.last()
        yield seat, *last, *(env.observe(other) for other in env.agents)
        done = last[2] or last[3]
        env.step(None if done else int(rng.choice(np.flatnonzero(last[0]["action_mask"]))))


def play_parallel(env: Any, steps: int, seed: int | None = 0) -> Iterator[tuple[Any, ...]]:
    """The same for a parallel environment."""
    rng = np.random.default_rng(7)
    step: tuple[Any, ...] = env.reset(seed=seed)
    yield step
    for _ in range(steps):
        legal = {seat: np.flatnonzero(step[0][seat]["action_mask"]) for seat in env.agents}
        step = env.step({seat: int(rng.choice(moves)) if moves.size else 0 for seat, moves in legal.items()})
        yield step
        if not env.agents:
            step = env.reset()
            yield step


def equal(first: Any, second: Any) -> bool:
    return data_equivalence(list(first), list(second), exact=True)


def fields(truth: Any) -> dict[str, Any]:
    return {name: getattr(truth, name) for name in truth.names}


def digest(rollout: Iterator[Any]) -> str:
    return hashlib.sha256(json.dumps(jsonable(list(rollout)), sort_keys=True).encode()).hexdigest()


def digests(ids: list[str]) -> dict[str, str]:
    """A SHA-256 of a rollout for every id, in every form."""
    found = {env_id: digest(play(gym.make(env_id), 60, seed=5)) for env_id in ids}
    for game_id, game in GAMES.items():
        found[game_id] = digest(play_game(game.env(), 40, seed=5))
        found[f"parallel {game_id}"] = digest(play_parallel(game.parallel_env(), 20, seed=5))
    return found
