"""Reward by verdict."""

from __future__ import annotations

from typing import Any

import gymnasium as gym

from ..core.episode import Episode, EpisodeBuilder
from ..core.errors import UnknownOption, Unsupported
from ..core.judge import judge
from ..core.world import view

__all__ = ["VerifierReward", "builder_for"]


def builder_for(env: gym.Env[Any, Any], agent: str = "") -> EpisodeBuilder:
    """A builder that knows the id and arguments of `env`.

    Raises:
        Unsupported: `env` was not made by ``gymnasium.make``, so its episodes could not be named.
    """
    spec = env.unwrapped.spec
    if spec is None or not hasattr(env.unwrapped, "_door"):
        raise Unsupported("episodes are recorded of infogap environments made by gymnasium.make(id)")
    return EpisodeBuilder(spec.id, {k: v for k, v in spec.kwargs.items() if k != "render_mode"}, agent)


class VerifierReward(gym.Wrapper[Any, Any, Any, Any], gym.utils.RecordConstructorArgs):
    """Replaces the reward by the verifier's word at the end of an episode, and 0 before it.

    The verdict also stands in ``info["success"]`` (bool) and ``info["score"]`` (float) at the end: success is not
    ``reward > 0``.

    Args:
        env: An infogap environment made by ``gymnasium.make``.
        reward: ``"score"`` pays the verdict's score in [0, 1]; ``"success"`` pays 1 or 0.

    Raises:
        UnknownOption: Another `reward`.
        VerifierFault: The verifier failed; the episode has no reward.
    """

    def __init__(self, env: gym.Env[Any, Any], reward: str = "score") -> None:
        if reward not in ("score", "success"):
            raise UnknownOption(f"unknown reward {reward!r}; expected 'score' or 'success'")
        gym.utils.RecordConstructorArgs.__init__(self, reward=reward)
        gym.Wrapper.__init__(self, env)
        self._builder = builder_for(env)
        self._pays = reward

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Start an episode."""
        observation, info = self.env.reset(seed=seed, options=options)
        self._builder.start(observation)
        return observation, info

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Play one action; only the last one is paid."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        self._builder.add(action, observation, float(reward), terminated, truncated, info)
        if not (terminated or truncated):
            return observation, 0.0, terminated, truncated, info
        verdict = self._judged(self._builder.build())
        info = {**info, "success": verdict.success, "score": float(verdict.score)}
        paid = info["score"] if self._pays == "score" else float(verdict.success)
        return observation, paid, terminated, truncated, info

    def _judged(self, episode: Episode) -> Any:
        return judge(self.env.unwrapped.verify, view(self.env, "verifier"), episode)  # type: ignore[attr-defined]
