"""The values that scores are measured against: exact where they can be computed, else measured and said to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import baselines
from ..core.errors import Unsupported
from ..envs.inquiry.inquiry import Inquiry
from ..envs.social.kuhn import KuhnPoker
from .stats import SMALLEST_GAP

__all__ = ["references"]

NAMES = ("blind", "optimal", "oracle")


def references(env: Any, measured: Mapping[str, float]) -> dict[str, dict[str, Any]]:
    """Reference values of an environment.

    Args:
        env: The environment.
        measured: Mean returns by agent.

    Returns:
        By name of a reference that has played: ``value``; ``known``, in words how; for the optimum its ``bounds`` where
        they are known (the same twice where it is proven); for the oracle its ``further`` gap,
        (J_oracle - J_optimal) / (J_optimal - J_blind), None where undefined.
    """
    found: dict[str, dict[str, Any]] = {
        name: {"value": measured[name], "known": "measured"} for name in NAMES if name in measured
    }
    inner = env.unwrapped
    if isinstance(inner, KuhnPoker):
        exact = baselines.kuhn_scores()
        for name, one in found.items():
            one.update(value=exact[name], known="exact")
    elif isinstance(inner, Inquiry):
        _of_inquiry(env, inner, found)
    if set(found) == set(NAMES):
        blind, optimal, oracle = (found[name]["value"] for name in NAMES)
        gap = optimal - blind
        found["oracle"]["further"] = (oracle - optimal) / gap if gap > SMALLEST_GAP else None
    return found


def _of_inquiry(env: Any, inner: Inquiry, found: Mapping[str, dict[str, Any]]) -> None:
    """Exact values of the policies where their trees are small enough, and the bounds of the optimum."""
    for name in ("blind", "optimal"):
        try:
            found[name].update(value=_exact(name, env), known="exact")
        except (KeyError, Unsupported):
            continue
    if "optimal" in found and not inner.cost.any():  # bounds are of success
        bounds = baselines.bounds(env)
        found["optimal"]["bounds"] = [bounds.lower, bounds.upper]


def _exact(name: str, env: Any) -> float:
    agent: Any = baselines.make(name, env)
    return baselines.evaluate_exact(agent, env).reward
