"""Scripted buyers and sellers of bilateral trade."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ...core.chance import Chance
from ...core.game import Partner, PartnerMaker
from .bilateral_trade_theory import LEVELS, Rules, equilibrium, level_of, nearest, safe, value_of

__all__ = ["HELD_OUT", "PARTNERS"]


class Seen(NamedTuple):
    """What a seat knows when it names its price: the rules, its side, its type, and its own chance."""

    rules: Rules
    buyer: bool
    kind: int
    chance: Chance


class Script(NamedTuple):
    """How to play either side.

    Attributes:
        price: Index of the price to name.
        claims: The level to claim, 0 to 2; None for silence.
    """

    price: Callable[[Seen], int]
    claims: Callable[[Seen], int | None]


def _linear(seen: Seen) -> int:
    return equilibrium(seen.rules)[0 if seen.buyer else 1][seen.kind]


def _safe(seen: Seen) -> int:
    return safe(seen.rules, seen.buyer, seen.kind)


def _extreme(seen: Seen) -> int:
    return 0 if seen.buyer else seen.rules.prices - 1


def _greedy(seen: Seen) -> int:
    own = value_of(seen.rules, seen.kind)
    return nearest(seen.rules, own / 2 if seen.buyer else (own + 1) / 2)


def _anyhow(seen: Seen) -> int:
    limit = _safe(seen)
    return seen.chance.below(limit + 1) if seen.buyer else limit + seen.chance.below(seen.rules.prices - limit)


def _timid(seen: Seen) -> int:
    return math.floor((_linear(seen) + _safe(seen)) / 2) if seen.buyer else math.ceil((_linear(seen) + _safe(seen)) / 2)


def _true(seen: Seen) -> int:
    return level_of(seen.rules, seen.kind)


def _mute(seen: Seen) -> None:
    return None


SCRIPTS: Mapping[str, Script] = {
    "equilibrium": Script(_linear, _mute),
    "truthful": Script(_safe, _true),
    "silent": Script(_extreme, _mute),
    "adversarial": Script(_greedy, lambda seen: 0 if seen.buyer else LEVELS - 1),
    "naive": Script(_anyhow, _true),
    "timid": Script(_timid, _true),
}
"""Scripts by name.

- equilibrium: the linear strategies of :func:`~infogap.envs.social.bilateral_trade_theory.equilibrium`; says nothing.
- truthful: claims what is true and names its value or cost, rounded to its own side.
- silent: says nothing, bids the lowest and asks the highest price, so it hardly ever trades.
- adversarial: claims a low value or a high cost, bids half its value or asks halfway between its cost and 1.
- naive: claims what is true and names any price that cannot lose, all equally likely.
- timid (held out): claims what is true and shades half as much as the equilibrium.
"""


def _act(script: Script, rules: Rules, observation: Mapping[str, npt.NDArray[Any]], chance: Chance) -> int:
    own, legal = observation["observation"], observation["action_mask"]
    seen = Seen(rules, bool(own[0]), int(own[1] * rules.grid), chance)
    if legal[0]:
        return script.price(seen)
    claim = script.claims(seen)
    return rules.prices + (0 if claim is None else 1 + claim)


def _scripted(name: str) -> PartnerMaker:
    def maker(game: Any) -> Partner:
        script, rules = SCRIPTS[name], game.rules
        return lambda seat, observation, chance: _act(script, rules, observation, chance)

    return maker


def _unsteady(game: Any) -> Partner:
    """The equilibrium, with one act in five at random."""
    steady = PARTNERS["equilibrium"](game)

    def act(seat: str, observation: Mapping[str, npt.NDArray[Any]], chance: Chance) -> int:
        if chance.unit() < 0.8:
            return steady(seat, observation, chance)
        legal = np.flatnonzero(observation["action_mask"])
        return int(legal[chance.below(len(legal))])

    return act


PARTNERS: Mapping[str, PartnerMaker] = {**{name: _scripted(name) for name in SCRIPTS}, "unsteady": _unsteady}
"""Makers of the partners by name; `unsteady` (held out) plays the equilibrium with one act in five at random."""
HELD_OUT = frozenset({"timid", "unsteady"})
"""Partners that training never meets."""
