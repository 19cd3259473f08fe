"""Scripted players of Kuhn poker. Each is a policy: the probability to bet or call by (card, history)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from ...core.chance import Chance
from ...core.gamerules import Partner

if TYPE_CHECKING:
    from .kuhn import KuhnPoker

__all__ = ["HELD_OUT", "PARTNERS", "POLICIES", "scripted"]

Policy = Mapping[tuple[int, str], float]
DECISIONS = ("", "cb", "c", "b")
"""Histories after which somebody decides: the first two are player_0's."""
J, Q, K = range(3)


def _policy(bets: Mapping[str, tuple[float, float, float]]) -> Policy:
    """From the chances to bet or call with J, Q and K, by history."""
    return {(card, history): bets[history][card] for history in DECISIONS for card in (J, Q, K)}


POLICIES: dict[str, Policy] = {
    # Kuhn's equilibria: player_0's with alpha = 0 and with alpha = 1/3; player_1's is the only one.
    "equilibrium": _policy({"": (0, 0, 0), "cb": (0, 1 / 3, 1), "c": (1 / 3, 0, 1), "b": (0, 1 / 3, 1)}),
    "bold": _policy({"": (1 / 3, 0, 1), "cb": (0, 2 / 3, 1), "c": (1 / 3, 0, 1), "b": (0, 1 / 3, 1)}),
    # Bets say what is held. Calls say nothing: with Q it tosses a coin.
    "truthful": _policy({"": (0, 0, 1), "cb": (0, 1 / 2, 1), "c": (0, 0, 1), "b": (0, 1 / 2, 1)}),
    "silent": _policy(dict.fromkeys(DECISIONS, (0, 0, 0))),
    # A best response to "truthful": bluffs after a check, which says that it has no K, and pays no bet, which says K.
    "adversarial": _policy({"": (0, 0, 1), "cb": (0, 0, 1), "c": (1, 0, 1), "b": (0, 0, 1)}),
    "naive": _policy(dict.fromkeys(DECISIONS, (1 / 2, 1 / 2, 1 / 2))),
    "bluffing": _policy({"": (1, 0, 0), "cb": (0, 1, 1), "c": (1, 0, 1), "b": (0, 1, 1)}),
}
"""Chances to bet or call.

* ``equilibrium``, ``bold``: two of Kuhn's equilibria.
* ``truthful``: bets exactly K.
* ``silent``: never bets, never calls.
* ``adversarial``: a best response to ``truthful``.
* ``naive``: a fair coin.
* ``bluffing``: bets J, calls with Q.
"""

HELD_OUT = frozenset({"bold", "bluffing"})
"""Partners that training never meets."""


def scripted(name: str) -> Any:
    """The maker of a partner."""

    def maker(game: KuhnPoker) -> Partner:
        policy = POLICIES[name]

        def act(seat: str, observation: Mapping[str, npt.NDArray[Any]], chance: Chance) -> int:
            seen = observation["observation"].tolist()
            return int(chance.unit() < policy[seen.index(1), _HISTORIES[tuple(seen[3:6])]])

        return act

    return maker


_HISTORIES = {(0, 0, 0): "", (1, 0, 0): "c", (2, 0, 0): "b", (1, 2, 0): "cb"}
PARTNERS = {name: scripted(name) for name in POLICIES}
"""Makers by name."""
