"""Reward for moving a belief towards the truth."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np

from ..core.env import Env
from ..core.errors import Unsupported
from .shaping import MIN_PROBABILITY, check_shaping

__all__ = ["BeliefReward"]

AgentBelief = Callable[[Any], Any]
"""``belief(observation) -> probabilities``, float array of shape (hypotheses,)."""


class BeliefReward(gym.Wrapper[Any, Any, Any, Any], gym.utils.RecordConstructorArgs):
    """Adds the change in log-probability that a belief gives to the truth: Delta = log b_t - log b_{t-1}, in nats.

    Over an episode the changes telescope to log b_T - log b_0. The reward reads the truth, so it tells the agent more
    than the
    observations do: use it to train, and leave it off to evaluate.

    Args:
        env: An environment with hypotheses, such as 20 Questions.
        weight: Factor of the change.
        clip: Bound on the absolute change per step, in nats, before weighing; None for none.
        potential: Use potential-based shaping, gamma * Phi(s') - Phi(s) with Phi = log b and Phi = 0 at the end of an
            episode, which leaves optimal policies as they are (Ng, Harada & Russell, ICML 1999). `gamma` must be the
            learner's discount.
        gamma: Discount, used with `potential` only.
        belief: None for the exact posterior of the environment's prior and noise; or the agent's own belief, a
            function from an observation to probabilities. Its probabilities are floored at 1e-12.

    Raises:
        InvalidOption: A number is out of range.
        Unsupported: The environment has no exact belief and none was given.

    References:
        Delta-Belief rewards: intrinsic credit assignment by the change in an agent's own belief on 20 Questions.
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        weight: float = 1.0,
        clip: float | None = None,
        potential: bool = False,
        gamma: float = 1.0,
        belief: AgentBelief | None = None,
    ) -> None:
        check_shaping(weight, clip, potential, gamma)
        gym.utils.RecordConstructorArgs.__init__(
            self, _disable_deepcopy=True, weight=weight, clip=clip, potential=potential, gamma=gamma, belief=belief
        )
        gym.Wrapper.__init__(self, env)
        inner = env.unwrapped
        if not isinstance(inner, Env):
            raise Unsupported(
                f"BeliefReward needs an infogap environment that is not sealed, got {type(inner).__name__}"
            )
        self._inner = inner
        self._exact = inner.belief() if belief is None else None
        self._supplied = belief
        if belief is None and self._exact is None:
            raise Unsupported(
                f"{type(inner).__name__} has no exact belief; pass belief=, a function of the observation"
            )
        self._weight, self._clip = weight, math.inf if clip is None else clip
        self._potential, self._gamma = potential, gamma
        self._plain = not potential and clip is None and self._exact is not None
        self._told = inner.told
        self._learn = self._exact.learn if self._exact is not None else None
        self._truth = -1
        self._log = 0.0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Start an episode, with the belief at its prior."""
        observation, info = self.env.reset(seed=seed, options=options)
        self._truth = self._inner.current_hypothesis()
        if self._exact is not None:
            self._exact.reset()
            self._log = self._exact.log_prob(self._truth)
        else:
            self._log = self._supplied_log(observation)
        return observation, info

    def _supplied_log(self, observation: Any) -> float:
        assert self._supplied is not None
        return math.log(max(float(np.asarray(self._supplied(observation))[self._truth]), MIN_PROBABILITY))

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Play one action; the shaped reward is a float."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        before = self._log
        if self._learn is None:
            now = self._supplied_log(observation)
        else:
            told = self._told()
            now = before if told is None else self._learn(told, self._truth)
        self._log = now
        if self._plain:
            return observation, reward + self._weight * (now - before), terminated, truncated, info  # type: ignore[operator]
        if self._potential:
            gain = self._gamma * (0.0 if terminated else now) - before
        else:
            gain = min(max(now - before, -self._clip), self._clip)
        return observation, reward + self._weight * gain, terminated, truncated, info  # type: ignore[operator]
