"""Scripted buyers and sellers of the lemons market."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ...core.chance import Chance
from ...core.game import Partner, PartnerMaker
from .lemons_rules import Rules, layout, quality, step_of
from .lemons_theory import cost, reply, solve, worth

__all__ = ["HELD_OUT", "PARTNERS"]


class Seen(NamedTuple):
    """What a seat has seen.

    Attributes:
        rules: The rules.
        kind: The own quality; -1 for a buyer.
        said: The quality that was stated; None for none.
        warranted: Whether there is a warranty.
        price: The best price posted.
    """

    rules: Rules
    kind: int
    said: int | None
    warranted: bool
    price: float

    @property
    def costs(self) -> float:
        """What a sale costs the seller."""
        return cost(self.rules, self.kind, self.warranted)

    @property
    def believed(self) -> tuple[float, float]:
        """Seller's cost and buyer's worth if the statement is true; without one, of the average good."""
        kinds = range(self.rules.grid) if self.said is None else (self.said,)
        costs, worths = (sum(f(self.rules, j, self.warranted) for j in kinds) / len(kinds) for f in (cost, worth))
        return costs, worths


class Script(NamedTuple):
    """How to play either side.

    Attributes:
        offer: A buyer's price, cut to the price grid.
        states: What a seller states, None for silence. Where statements are proofs, only the true one is made.
        backs: Whether a seller offers a warranty.
        asks: The least price at which a seller sells.
    """

    offer: Callable[[Seen], float]
    states: Callable[[Seen], int | None]
    backs: Callable[[Seen], bool]
    asks: Callable[[Seen], float]


def _equilibrium_price(seen: Seen) -> float:
    proved = seen.said if seen.rules.disclosure == "verifiable" else None
    return solve(seen.rules).posted[proved, seen.warranted] * step_of(seen.rules)


def _sceptical_price(seen: Seen) -> float:
    proved = seen.said if seen.rules.disclosure == "verifiable" else None
    return reply(seen.rules, [0 if proved is None else proved], seen.warranted) * step_of(seen.rules)


def _good(seen: Seen) -> bool:
    return 2 * seen.kind >= seen.rules.grid


SCRIPTS: Mapping[str, Script] = {
    "equilibrium": Script(
        offer=_equilibrium_price,
        states=lambda seen: solve(seen.rules).signal(seen.kind)[0],
        backs=lambda seen: seen.said is None and solve(seen.rules).signal(seen.kind)[1],
        asks=lambda seen: seen.costs,
    ),
    "truthful": Script(
        offer=lambda seen: sum(seen.believed) / 2,
        states=lambda seen: seen.kind,
        backs=_good,
        asks=lambda seen: seen.costs,
    ),
    "silent": Script(
        offer=lambda seen: 0.0,
        states=lambda seen: None,
        backs=lambda seen: False,
        asks=lambda seen: seen.costs,
    ),
    "adversarial": Script(
        offer=lambda seen: seen.believed[0] / 2,
        states=lambda seen: seen.rules.grid - 1,
        backs=lambda seen: False,
        asks=lambda seen: 1.25 * seen.costs,
    ),
    "naive": Script(
        offer=lambda seen: seen.believed[1],
        states=lambda seen: seen.kind,
        backs=lambda seen: True,
        asks=lambda seen: quality(seen.rules, seen.rules.grid // 2),
    ),
    "sceptic": Script(
        offer=_sceptical_price,
        states=lambda seen: seen.kind if _good(seen) else None,
        backs=_good,
        asks=lambda seen: 1.1 * seen.costs,
    ),
}
"""Scripts by name.

- equilibrium: an equilibrium of :func:`~infogap.envs.social.lemons_theory.solve`; claims are neither made nor believed.
- truthful: the seller tells its quality and offers a warranty from the middle on; the buyer believes it, or thinks of
  the average good, and shares the gain equally.
- silent: the seller says and offers nothing and sells if that pays; the buyer posts zero.
- adversarial: the seller claims the best quality and wants a quarter more than its cost; the buyer posts half the cost.
- naive: the buyer pays what the stated or average good is worth to it, forgetting who sells at that price; the seller
  says what is true, offers a warranty, and sells at the value of an average good, whatever its own.
- sceptic (held out): the buyer thinks of the lowest quality unless there is a proof; the seller tells good news only
  and wants a tenth more than its cost.
"""


def _act(script: Script, rules: Rules, observation: Mapping[str, npt.NDArray[Any]]) -> int:
    seen, legal, at = observation["observation"], observation["action_mask"], layout(rules)
    h, grid, most = step_of(rules), rules.grid, max(1, rules.prices - 1)
    what = Seen(
        rules,
        kind=-1 if seen[0] else int(seen[1] * grid),
        said=int(seen[2] * grid) if seen[2] > 0 else None,
        warranted=bool(seen[3] == 1),
        price=h * round(float(seen[4 : 4 + rules.buyers].max()) * most),
    )
    if legal[0]:
        return int(what.price >= script.asks(what) - 1e-9)
    if legal[at.offer]:
        return at.offer + min(math.floor(max(0.0, script.offer(what)) / h + 1e-9), most)
    if at.say < at.back and legal[at.say]:
        stated = script.states(what)
        if rules.disclosure == "verifiable":
            return at.say + (stated == what.kind)
        return at.say + (0 if stated is None else stated + 1)
    return at.back + script.backs(what)


def _scripted(name: str) -> PartnerMaker:
    def maker(game: Any) -> Partner:
        script, rules = SCRIPTS[name], game.rules
        return lambda seat, observation, chance: _act(script, rules, observation)

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
HELD_OUT = frozenset({"sceptic", "unsteady"})
"""Partners that training never meets."""
