"""Vector forms of the wrappers."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode

from ..core.belief import BatchBelief
from ..core.errors import Unsupported
from ..core.vector import VectorEnv
from .shaping import check_shaping

__all__ = ["BeliefReward"]


class BeliefReward(gym.vector.VectorWrapper):  # not generic before Gymnasium 1.4
    """Vector form of :class:`infogap.wrappers.BeliefReward`, with the exact belief: equal to it row by row.

    Args:
        env: A native infogap vector environment.
        weight, clip, potential, gamma: As there.

    Raises:
        InvalidOption: A number is out of range.
        Unsupported: Not a native infogap vector environment, or it has no exact belief.
    """

    def __init__(
        self,
        env: gym.vector.VectorEnv[Any, Any, Any],
        weight: float = 1.0,
        clip: float | None = None,
        potential: bool = False,
        gamma: float = 1.0,
    ) -> None:
        check_shaping(weight, clip, potential, gamma)
        super().__init__(env)
        inner = env.unwrapped
        belief = inner.batch_belief() if isinstance(inner, VectorEnv) else None
        if belief is None:
            raise Unsupported(
                f"BeliefReward needs a native infogap vector environment with a belief, got {type(inner).__name__}"
            )
        self._inner: VectorEnv = inner  # type: ignore[assignment]
        self._belief: BatchBelief = belief
        self._weight, self._clip, self._potential, self._gamma = weight, clip, potential, gamma
        self._log = np.zeros(self.num_envs)
        self._truth = np.zeros(self.num_envs, np.int64)
        self._waiting = np.zeros(0, np.intp)

    def reset(self, *, seed: Any = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Start episodes, in all rows or in those of ``options["reset_mask"]``."""
        mask = (options or {}).get("reset_mask")
        result = self.env.reset(seed=seed, options=options)
        rows = np.arange(self.num_envs) if mask is None else np.flatnonzero(mask)
        self._waiting = np.setdiff1d(self._waiting, rows)
        self._restart(rows)
        return result

    def _restart(self, rows: npt.NDArray[np.intp]) -> None:
        if rows.size:
            self._truth[rows] = self._inner.hypotheses()[rows]
            self._belief.reset(rows)
            self._log[rows] = self._belief.prior_log[self._truth[rows]]

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """Play one action in every row."""
        observation, reward, terminated, truncated, info = self.env.step(actions)
        queries, answers = self._inner.told()
        if self._waiting.size:
            queries[self._waiting] = -1
        now = self._belief.learn(queries, answers, self._truth)
        if self._potential:
            gain = self._gamma * np.where(terminated, 0.0, now) - self._log
        else:
            gain = now - self._log
            if self._clip is not None:
                np.clip(gain, -self._clip, self._clip, out=gain)
        self._log = now
        if self._waiting.size:
            gain[self._waiting] = 0.0
            self._restart(self._waiting)
        ended = np.flatnonzero(terminated | truncated)
        mode = self._inner.autoreset_mode
        self._waiting = ended if mode is AutoresetMode.NEXT_STEP else self._waiting[:0]
        if mode is AutoresetMode.SAME_STEP:
            self._restart(ended)
        return observation, reward + self._weight * gain, terminated, truncated, info
