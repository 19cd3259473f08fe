"""Theory of the k-double auction: the linear equilibrium, on [0, 1] and on the game's grids.

Values and costs are the midpoints of `grid` equal cells of [0, 1], prices those of half as many cells again. Where
`grid` is a multiple of 8 and k = 1/2 the linear strategies fall on prices, and they are an equilibrium of the game on
the grid too, exactly: against asks in steps of 2/3 of a cell, the profit is a parabola in the number of sellers who
trade, with its top a third of a step from where the linear bid stands.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = [
    "FIRST_BEST",
    "Rules",
    "Values",
    "deviation_bound",
    "deviation_gain",
    "equilibrium",
    "level_of",
    "linear",
    "linear_surplus",
    "nearest",
    "play",
    "price_of",
    "safe",
    "value_of",
]

FIRST_BEST = 1 / 6
"""Mean gains from trade for uniform values if all trades that gain are made: E max(v - c, 0)."""
LEVELS = 3
"""Claims: low, middle, high."""


class Rules(NamedTuple):
    """The public options; see :class:`~infogap.envs.social.bilateral_trade.BilateralTrade`."""

    grid: int = 40
    k: float = 0.5
    messages: int = 0

    @property
    def prices(self) -> int:
        """Number of prices."""
        return self.grid + self.grid // 2


class Values(NamedTuple):
    """Means over all deals, equally likely."""

    surplus: float
    trade: float
    buyer: float
    seller: float


def value_of(rules: Rules, kind: int) -> float:
    """The value or cost of a type, in (0, 1)."""
    return (kind + 0.5) / rules.grid


def price_of(rules: Rules, index: int) -> float:
    """A price, in (0, 1)."""
    return (index + 0.5) / rules.prices


def level_of(rules: Rules, kind: int) -> int:
    """The third of the range that a type lies in: 0 low, 1 middle, 2 high."""
    return kind * LEVELS // rules.grid


def nearest(rules: Rules, price: float) -> int:
    """The nearest price on the grid."""
    return min(max(round(price * rules.prices - 0.5), 0), rules.prices - 1)


def safe(rules: Rules, buyer: bool, kind: int) -> int:
    """The price that cannot lose and trades most: the highest up to the value, or the lowest from the cost on."""
    exact = value_of(rules, kind) * rules.prices - 0.5
    return max(math.floor(exact + 1e-9), 0) if buyer else min(math.ceil(exact - 1e-9), rules.prices - 1)


def linear(k: float = 0.5) -> tuple[tuple[float, float], tuple[float, float]]:
    """Slope and intercept of the bid in the value, and of the ask in the cost (Chatterjee and Samuelson 1983)."""
    return (1 / (1 + k), k * (1 - k) / (2 * (1 + k))), (1 / (2 - k), (1 - k) / 2)


def linear_surplus(k: float = 0.5) -> float:
    """Mean gains from trade of the linear equilibrium with values uniform on [0, 1]: 9/64 for k = 1/2.

    Trade takes place where c <= r (v - v0), with r = (2 - k) / (1 + k) and v0 = (1 - k) / 2.
    """
    r, v0, width = (2 - k) / (1 + k), (1 - k) / 2, (1 + k) / 2
    return r * width**3 / 3 + v0 * r * width**2 / 2 - r * r * width**3 / 6


@functools.lru_cache(maxsize=256)
def equilibrium(rules: Rules) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Bids by value and asks by cost: the linear strategies on the grid of prices.

    A bid is never above the value nor an ask below the cost. The linear formula is where it never trades, and that is
    as good a reply and loses to nobody.
    """
    (slope, base), (rise, floor) = linear(rules.k)
    kinds = range(rules.grid)
    bids = tuple(min(nearest(rules, slope * value_of(rules, i) + base), safe(rules, True, i)) for i in kinds)
    asks = tuple(max(nearest(rules, rise * value_of(rules, i) + floor), safe(rules, False, i)) for i in kinds)
    return bids, asks


Table = npt.NDArray[np.float64]


def _trades(rules: Rules, bids: Sequence[int], asks: Sequence[int]) -> tuple[npt.NDArray[np.bool_], Table]:
    """For each bid and ask, whether there is a trade, and its price."""
    bid, ask = (np.asarray(indices)[:, None] for indices in (bids, asks))
    return bid >= ask.T, (rules.k * (bid + 0.5) + (1 - rules.k) * (ask.T + 0.5)) / rules.prices


def play(rules: Rules, bids: Sequence[int], asks: Sequence[int]) -> Values:
    """Expected values of a strategy each, prices by type, over all deals."""
    trade, price = _trades(rules, bids, asks)
    own = (np.arange(rules.grid) + 0.5) / rules.grid
    gains = (own[:, None] - own, np.ones_like(price), own[:, None] - price, price - own)
    return Values(*(float((trade * gain).mean()) for gain in gains))


def deviation_gain(rules: Rules, bids: Sequence[int], asks: Sequence[int]) -> float:
    """The most that a type of either side gains by naming another price, all prices tried."""
    own, every = (np.arange(rules.grid) + 0.5) / rules.grid, range(rules.prices)
    trade, price = _trades(rules, every, asks)
    as_buyer = (trade * (own[:, None, None] - price)).mean(axis=2)  # value, bid
    trade, price = _trades(rules, bids, every)
    as_seller = (trade * (price - own[:, None, None])).mean(axis=1)  # cost, ask
    kinds = np.arange(rules.grid)
    regrets = [table.max(axis=1) - table[kinds, list(named)] for table, named in ((as_buyer, bids), (as_seller, asks))]
    return float(np.max(regrets))


def deviation_bound(rules: Rules) -> float:
    """An upper bound on :func:`deviation_gain` of the linear strategies rounded to the nearest price.

    With h the distance of types, u that of prices and s the slope of the asks: the profit of a bid that a share x of
    all sellers meets is within d = k e + (1 - k) u / 2 of the parabola V(x) of the continuous game, where
    e = (u + s h) / 2 bounds how far the bid is from the price at which the share is x. V'' = -s (1 + k), and rounding
    moves x by at most (u / 2 + e) / s. So the gain is at most 2 d + (1 + k) (u / 2 + e)^2 / (2 s). The seller's side
    mirrors it with 1 - k for k.
    """
    h, u = 1 / rules.grid, 1 / rules.prices

    def side(k: float) -> float:
        s = 1 / (2 - k)
        e = (u + s * h) / 2
        return 2 * (k * e + (1 - k) * u / 2) + (1 + k) * (u / 2 + e) ** 2 / (2 * s)

    return max(side(rules.k), side(1 - rules.k))
