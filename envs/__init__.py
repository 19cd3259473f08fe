"""The environments, by family, and their registration."""

from __future__ import annotations

import gymnasium as gym
import pettingzoo

__all__ = ["GAMES", "GYMNASIUM_IDS", "register_envs"]

_SINGLE: dict[str, dict[str, str]] = {
    "infogap/TwentyQuestions-v0": {
        "entry_point": "infogap.envs.inquiry.twenty_questions:TwentyQuestions",
        "vector_entry_point": "infogap.envs.inquiry.vector:TwentyQuestionsVector",
    },
}
GYMNASIUM_IDS: tuple[str, ...] = tuple(_SINGLE)
"""Ids registered with Gymnasium."""

GAMES: dict[str, str] = {"infogap/Kuhn-v0": "infogap.envs.social.kuhn"}
"""PettingZoo ids and the modules that offer ``env``, ``raw_env`` and ``parallel_env``."""


def register_envs() -> None:
    """Register all environments; may be called again.

    PettingZoo has a registry from 1.27 on; before it, use the modules in :data:`GAMES`.
    """
    for id, entry_points in _SINGLE.items():
        if id not in gym.registry:
            # The environments enforce the order of calls themselves, with errors that say more.
            gym.register(
                id,
                entry_points["entry_point"],
                vector_entry_point=entry_points["vector_entry_point"],
                order_enforce=False,
            )
    if not hasattr(pettingzoo, "register"):
        return
    for id, module in GAMES.items():
        if id not in pettingzoo.aec_registry:
            pettingzoo.register("aec", id, entry_point=f"{module}:env")
        if id not in pettingzoo.parallel_registry:
            pettingzoo.register("parallel", id, entry_point=f"{module}:parallel_env")
