"""Theory of the lemons market on its grid: profits, best prices, and equilibria with proofs and warranties.

Qualities are the midpoints of `grid` cells of equal width on [0, top] and prices the edges of these cells, so quality
and price never tie, and the mean quality below a price p is p / 2 exactly, as it is for a uniform quality.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .lemons_rules import Rules, quality, step_of

__all__ = [
    "Equilibrium",
    "Values",
    "cost",
    "profit",
    "reply",
    "solve",
    "values",
    "worth",
]

_CLOSE = 1e-9
"""Profits closer than this are equal."""


def _cover(rules: Rules, kind: int) -> float:
    """What a warranty pays on average: `warranty` with the probability 1 - quality / top that the good fails."""
    return rules.warranty * (1 - (kind + 0.5) / rules.grid)


def cost(rules: Rules, kind: int, warranted: bool = False) -> float:
    """What selling costs the seller: the good and, if given, the warranty."""
    return quality(rules, kind) + (_cover(rules, kind) if warranted else 0.0)


def worth(rules: Rules, kind: int, warranted: bool = False) -> float:
    """What buying is worth to the buyer: the good and, if given, the warranty."""
    return rules.multiplier * quality(rules, kind) + rules.gain + (_cover(rules, kind) if warranted else 0.0)


@functools.lru_cache(maxsize=256)
def _tables(rules: Rules, warranted: bool) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Costs of shape (grid,); what each type adds to the profit at each price, of shape (grid, prices)."""
    kinds, prices = range(rules.grid), np.arange(rules.prices) * step_of(rules)
    costs = np.array([cost(rules, kind, warranted) for kind in kinds])
    worths = np.array([worth(rules, kind, warranted) for kind in kinds])
    return costs, np.where(costs[:, None] <= prices + _CLOSE, worths[:, None] - prices, 0.0)


def profit(rules: Rules, kinds: Iterable[int], warranted: bool = False) -> npt.NDArray[np.float64]:
    """Expected profit of a lone buyer at each price, where the type is one of `kinds`, equally likely.

    The seller accepts a price that covers its cost.

    Returns:
        float64 of shape (prices,).
    """
    gains: npt.NDArray[np.float64] = _tables(rules, warranted)[1][list(kinds)].mean(axis=0)
    return gains


def reply(rules: Rules, kinds: Iterable[int], warranted: bool = False) -> int:
    """Index of the price that buyers post in equilibrium when they believe in `kinds`, equally likely.

    A lone buyer posts the cheapest most profitable price. Several compete it up to the highest price that does not
    lose: above it everybody would lose, below it somebody would raise.
    """
    gains = profit(rules, kinds, warranted)
    if rules.buyers > 1:
        return int(np.flatnonzero(gains >= -_CLOSE)[-1])
    return int(np.flatnonzero(gains >= gains.max() - _CLOSE)[0])


class Equilibrium(NamedTuple):
    """Pure strategies of the seller and the buyers.

    Attributes:
        proves: The seller proves its quality from this type on; `grid` for never.
        backs: It offers a warranty from this type on, unless it proves; `grid` for never.
        posted: Index of the buyers' price, by the type proved (None for none) and whether there is a warranty.
        slack: The most that some type of the seller gains by another signal; zero in an exact equilibrium.
    """

    proves: int
    backs: int
    posted: Mapping[tuple[int | None, bool], int]
    slack: float

    def signal(self, kind: int) -> tuple[int | None, bool]:
        """What the seller of a type does: the type it proves, or None, and whether it offers a warranty."""
        return (kind, False) if kind >= self.proves else (None, kind >= self.backs)


class Values(NamedTuple):
    """Means over all types, equally likely.

    Attributes:
        surplus: Gains from trade.
        trade: Probability of trade.
        seller: The seller's payoff.
        buyers: The buyers' payoffs together.
    """

    surplus: float
    trade: float
    seller: float
    buyers: float


def _signals(rules: Rules, kind: int) -> list[tuple[int | None, bool]]:
    proofs = (None, kind) if rules.disclosure == "verifiable" else (None,)
    return [(proof, warranted) for proof in proofs for warranted in ((False, True) if rules.warranty else (False,))]


def _rent(rules: Rules, kind: int, signal: tuple[int | None, bool], price: int) -> float:
    """What the seller gets at a price, selling if that pays."""
    return max(0.0, price * step_of(rules) - cost(rules, kind, signal[1]))


def _posted(rules: Rules, proves: int, backs: int) -> dict[tuple[int | None, bool], int]:
    """Prices that answer each signal. One that no type sends is met with the belief that prices it lowest."""
    kinds = range(rules.grid)
    posted: dict[tuple[int | None, bool], int] = {}
    for warranted in (False, True) if rules.warranty else (False,):
        pool = [kind for kind in kinds if kind < proves and (kind >= backs) == warranted]
        posted[None, warranted] = (
            reply(rules, pool, warranted) if pool else min(reply(rules, [kind], warranted) for kind in kinds)
        )
        if rules.disclosure == "verifiable":
            posted.update({(kind, warranted): reply(rules, [kind], warranted) for kind in kinds})
    return posted


def _slack(rules: Rules, equilibrium: Equilibrium) -> float:
    posted = equilibrium.posted

    def gain(kind: int) -> float:
        own = equilibrium.signal(kind)
        best = max(_rent(rules, kind, signal, posted[signal]) for signal in _signals(rules, kind))
        return best - _rent(rules, kind, own, posted[own])

    return max(map(gain, range(rules.grid)))


def values(rules: Rules, equilibrium: Equilibrium) -> Values:
    """Expected values of an equilibrium, over all types."""
    h, total = step_of(rules), np.zeros(4)
    for kind in range(rules.grid):
        proof, warranted = equilibrium.signal(kind)
        price = h * equilibrium.posted[proof, warranted]
        low, high = cost(rules, kind, warranted), worth(rules, kind, warranted)
        if low <= price + _CLOSE:
            total += (high - low, 1.0, price - low, high - price)
    return Values(*(total / rules.grid).tolist())


@functools.lru_cache(maxsize=256)
def solve(rules: Rules) -> Equilibrium:
    """An equilibrium in which types from some threshold on prove, or where there are no proofs, offer the warranty.

    Buyers' prices are best replies by construction. All thresholds are tried; of those that leave the seller the
    least to gain, the one with the largest surplus is returned, and of these the one that proves most, or backs least.
    Unverifiable claims are ignored: the equilibrium in which they say nothing (babbling).

    `slack` is 0 for all options that the tests try, but for proofs and warranties together: whichever a proven type
    offers, the price exceeds its cost, or a competing buyer's worth the price, by less than a step, so `slack` is below
    one step.
    """
    never, thresholds = rules.grid, range(rules.grid + 1)
    if rules.disclosure == "verifiable":
        tried = [(proves, never) for proves in thresholds]
    elif rules.warranty:
        tried = [(never, backs) for backs in reversed(thresholds)]
    else:
        tried = [(never, never)]
    best: tuple[tuple[float, float], Equilibrium] | None = None
    for proves, backs in tried:
        found = Equilibrium(proves, backs, _posted(rules, proves, backs), 0.0)
        found = found._replace(slack=_slack(rules, found))
        rank = (round(found.slack, 9), -round(values(rules, found).surplus, 9))
        if best is None or rank < best[0]:
            best = rank, found
    assert best is not None
    return best[1]
