"""What the tests of games from one seat share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from gymnasium.utils.env_checker import data_equivalence

from infogap.core.truth import Truth
from infogap.envs import GAMES, ROLES
from infogap.envs.social.seat import SeatEnv

every_role = pytest.mark.parametrize("role", sorted(ROLES))
every_game = pytest.mark.parametrize("game", sorted(g for g, spec in GAMES.items() if spec.regime == "private"))


def fields(truth: Truth) -> dict[str, Any]:
    return {name: getattr(truth, name) for name in truth.names}


def template(env: SeatEnv) -> SeatEnv:
    env._door("template")
    return env


def rollout(env: Any, steps: int, seed: int | None = 0, choice: int = 0) -> list[Any]:
    """What legal play returns; resets at every end."""
    rng, seen = np.random.default_rng(choice), [env.reset(seed=seed)]
    for _ in range(steps):
        seen.append(env.step(int(rng.choice(np.flatnonzero(env.get_wrapper_attr("action_masks")())))))
        if seen[-1][2]:
            seen.append(env.reset())
    return seen


def same(first: Any, second: Any) -> bool:
    return data_equivalence(first, second, exact=True)
