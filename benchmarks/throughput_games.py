"""Games in ``infogap bench throughput``: agent steps of every game beside PettingZoo's own."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..envs import GAMES

__all__ = ["HOT", "PARALLEL", "PEER", "game_arms"]

Arm = Callable[[], int]
HOT = ("Kuhn", "ReferenceGame", "MutualFriends")
"""Games with a fast path of their own or kept positions."""
PEER, PARALLEL = "tictactoe_v3 AEC", "rps_v2 parallel"
EPISODES = 500
"""Episodes whose actions are drawn beforehand, for parallel forms."""


def game_arms(steps: int) -> tuple[dict[str, Arm], list[str]]:
    """Every game in its private regime, and PettingZoo's tic-tac-toe and rock-paper-scissors.

    Args:
        steps: Agent steps in a round.

    Returns:
        The arms by name, and notes on those that can't run here.
    """
    private = [game for game in GAMES.values() if game.regime == "private"]
    found: dict[str, Arm] = {
        f"{game.base} AEC": aec(game.env(), steps if game.base in HOT else steps // 4) for game in private
    }
    found |= {f"{game.base} parallel": parallel(game.parallel_env(), steps) for game in private if game.base in HOT}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # PettingZoo 1.27 prefers its registry; 1.25 has none
            from pettingzoo.classic import rps_v2, tictactoe_v3
    except ImportError as error:
        return found, [f"PettingZoo's classic games are left out: {error} (pip install pygame-ce)"]
    found[PEER] = aec(tictactoe_v3.env(), steps // 10)
    found[PARALLEL] = parallel(rps_v2.parallel_env(), steps // 20)
    return found, []


def aec(env: Any, steps: int) -> Arm:
    """Agent steps of an AEC game as its documentation plays it: ``agent_iter``, ``last``, a random legal action."""
    chance = itertools.cycle(np.random.default_rng(0).random(4096).tolist())
    env.reset(seed=0)

    def play() -> int:
        done = 0
        while done < steps:
            env.reset()
            for _ in env.agent_iter():
                observation, _, terminated, truncated, _ = env.last()
                if terminated or truncated:
                    env.step(None)
                    continue
                legal = observation["action_mask"].nonzero()[0]
                env.step(int(legal[int(next(chance) * len(legal))]))
                done += 1
        return done

    return play


def parallel(env: Any, steps: int) -> Arm:
    """Steps of a parallel game; its random legal actions are drawn beforehand."""
    rng = np.random.default_rng(0)
    script: list[list[dict[str, int]]] = []
    observations, _ = env.reset(seed=0)
    for _ in range(EPISODES):
        episode: list[dict[str, int]] = []
        while env.agents:
            actions = {seat: _legal(rng, observations[seat], env.action_space(seat)) for seat in env.agents}
            episode.append(actions)
            observations = env.step(actions)[0]
        script.append(episode)
        observations, _ = env.reset()

    def play() -> int:
        done = 0
        seed: int | None = 0
        while done < steps:
            for episode in script:
                env.reset(seed=seed)
                seed = None
                for actions in episode:
                    env.step(actions)
                done += len(episode)
                if done >= steps:
                    break
            seed = 0
        return done

    return play


def _legal(rng: np.random.Generator, observation: Any, space: Any) -> int:
    if not isinstance(observation, dict):
        return int(rng.integers(space.n))
    legal = np.flatnonzero(observation["action_mask"])
    return int(rng.choice(legal)) if legal.size else 0
