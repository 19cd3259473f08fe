"""Score a policy on the task itself: no shaping, the verifier's word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gymnasium as gym
import numpy as np

from ..core.world import plant
from ..envs.inquiry.inquiry import Inquiry
from ..wrappers import VerifierReward

__all__ = ["EVALUATION_SEED", "MAX_EXACT", "Evaluation"]

EVALUATION_SEED = 2**40
"""Seed of the first evaluation episode; seeds of training lie below 2^32, so that no stream serves both."""

MAX_EXACT = 1000
"""Up to so many items, each is played once and weighed by how often it is dealt."""


class Evaluation:
    """Episodes played side by side, with one call of the policy for all.

    Args:
        env_id: Registered id.
        env_kwargs: Constructor arguments.
        episodes: How many, at seeds that are always the same. Where answers never change, every item that is dealt is
            played instead: for a deterministic policy the scores are then exact expectations.
        maskable: Whether the policy takes action masks.
    """

    def __init__(self, env_id: str, env_kwargs: Mapping[str, Any], episodes: int, maskable: bool = False) -> None:
        one = self._make(env_id, env_kwargs)
        inner, self._maskable = one.unwrapped, maskable
        self._items: list[int] | None = None
        self._weights = np.full(episodes, 1 / episodes)
        if isinstance(inner, Inquiry) and inner.table.exact:
            items = np.flatnonzero(inner.table.deal > 0)
            if items.size <= MAX_EXACT:
                self._items, self._weights = items.tolist(), inner.table.deal[items]
        self._envs = [one, *(self._make(env_id, env_kwargs) for _ in range(self._weights.size - 1))]

    @staticmethod
    def _make(env_id: str, env_kwargs: Mapping[str, Any]) -> gym.Env[Any, Any]:
        env = gym.make(env_id, disable_env_checker=True, **env_kwargs)
        return VerifierReward(gym.wrappers.RecordEpisodeStatistics(env))

    def __call__(self, policy: Any, deterministic: bool = True) -> dict[str, Any]:
        """Play every episode to its end.

        Args:
            policy: A Stable-Baselines3 policy.
            deterministic: Take the most probable actions.

        Returns:
            Means ``success``, ``return`` (undiscounted, of the task) and ``length`` (in turns), and the number of
            ``episodes``.
        """
        envs, rows = self._envs, len(self._envs)
        observations = [self._reset(row) for row in range(rows)]
        infos: list[dict[str, Any]] = [{} for _ in range(rows)]
        running, state, start = list(range(rows)), None, np.ones(rows, np.bool_)
        any_action = np.ones(int(getattr(envs[0].action_space, "n", 1)), np.bool_)
        while running:
            masks = {}
            if self._maskable:
                alive = set(running)
                masks["action_masks"] = np.stack(
                    [e.get_wrapper_attr("action_masks")() if i in alive else any_action for i, e in enumerate(envs)]
                )
            actions, state = policy.predict(np.stack(observations), state, start, deterministic=deterministic, **masks)
            start = np.zeros(rows, np.bool_)
            still = []
            for row in running:
                observations[row], _, terminated, truncated, infos[row] = envs[row].step(actions[row])
                if not (terminated or truncated):
                    still.append(row)
            running = still
        scores = {
            "success": [float(info["success"]) for info in infos],
            "return": [float(info["episode"]["r"]) for info in infos],
            "length": [float(info["episode"]["l"]) for info in infos],
        }
        means = {name: round(float(self._weights @ np.array(values)), 6) for name, values in scores.items()}
        return {**means, "episodes": rows}

    def _reset(self, row: int) -> Any:
        env = self._envs[row]
        if self._items is None:
            return env.reset(seed=EVALUATION_SEED + row)[0]
        inner: Any = env.unwrapped
        plant(env, inner.truth_type(item=self._items[row], fill=0))
        return env.reset()[0]
