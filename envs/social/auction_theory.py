"""Sealed-bid auctions on a grid: equilibrium bids, exact payoffs against them, and how far the grid can move them.

A rule is 1 (the winner pays the highest bid) or 2 (the second-highest). Values and bids are levels 0..levels-1, worth
``level / (levels - 1)``; values are independent and uniform over the levels; several highest bidders share the payoff
equally. A strategy is a tuple with the bid level of each value level, played by all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate

__all__ = [
    "consistent_profiles",
    "deviation_gains",
    "grid_error",
    "interim_payoffs",
    "revenue",
    "scripted_bids",
    "symmetric_bid",
]


def symmetric_bid(value: float, bidders: int, reserve: float = 0.0) -> float:
    """Bid of the symmetric equilibrium of the first-price auction with values uniform on [0, 1].

    It is (n-1)v/n without a reserve price (Vickrey 1961), and v minus the integral of (x/v)^(n-1) from the reserve to
    v with one (Riley & Samuelson 1981). Below the reserve it is 0, which cannot win.

    Args:
        value: In [0, 1].
        bidders: At least 2.
        reserve: In [0, 1].
    """
    if value < reserve or value == 0.0:
        return 0.0
    return ((bidders - 1) * value**bidders + reserve**bidders) / (bidders * value ** (bidders - 1))


def scripted_bids(rule: int, bidders: int, levels: int, reserve: int = 0) -> tuple[int, ...]:
    """The equilibrium on the grid: own value under rule 2; under rule 1 :func:`symmetric_bid`, rounded half up.

    Truthful bids are weakly dominant on the grid too. The rounded first-price bids are an equilibrium up to
    :func:`grid_error`; :func:`deviation_gains` says exactly how far.

    Args:
        rule: 1 or 2.
        bidders: Number of bidders.
        levels: Number of levels.
        reserve: Lowest level that can win.
    """
    if rule == 2:
        return tuple(range(levels))
    top = levels - 1
    bids = (symmetric_bid(v / top, bidders, reserve / top) * top for v in range(levels))
    return tuple(math.floor(bid + 0.5 + 1e-9) for bid in bids)


def _below_and_upto(strategy: Sequence[int]) -> tuple[list[float], list[float]]:
    """Chance that one bidder bids less than, and at most, each level."""
    levels = len(strategy)
    upto = list(accumulate(sum(bid == b for bid in strategy) / levels for b in range(levels)))
    return [0.0, *upto[:-1]], upto


def interim_payoffs(rule: int, strategy: Sequence[int], bidders: int, reserve: int = 0) -> list[list[float]]:
    """Expected payoff of each own value and bid, while all others play `strategy`: ``payoffs[value][bid]``.

    Args:
        rule: 1 or 2.
        strategy: Bid level of each value level.
        bidders: Number of bidders, the own one included.
        reserve: Lowest level that can win.
    """
    levels, n = len(strategy), bidders
    below, upto = _below_and_upto(strategy)
    # Chance to win at a bid, shares counted; and without the case that nobody else bids as much.
    share = [(h**n - low**n) / (n * (h - low)) if h > low else h ** (n - 1) for low, h in zip(below, upto, strict=True)]
    highest = [h ** (n - 1) - low ** (n - 1) for low, h in zip(below, upto, strict=True)]
    payoffs = []
    for value in range(levels):
        row = []
        for bid in range(levels):
            if bid < reserve:
                gain = 0.0
            elif rule == 1:
                gain = (value - bid) * share[bid]
            else:
                alone = sum(highest[other] * (value - max(other, reserve)) for other in range(bid))
                gain = alone + (value - bid) * (share[bid] - below[bid] ** (n - 1))
            row.append(gain / (levels - 1))
        payoffs.append(row)
    return payoffs


def deviation_gains(rule: int, bidders: int, levels: int, reserve: int = 0) -> list[float]:
    """What a best response gains over the scripted equilibrium, by own value; all bids are tried.

    Args:
        rule: 1 or 2.
        bidders: Number of bidders.
        levels: Number of levels.
        reserve: Lowest level that can win.
    """
    strategy = scripted_bids(rule, bidders, levels, reserve)
    payoffs = interim_payoffs(rule, strategy, bidders, reserve)
    return [max(row) - row[bid] for row, bid in zip(payoffs, strategy, strict=True)]


def grid_error(bidders: int, levels: int) -> float:
    """Bound on :func:`deviation_gains` of the first-price auction without a reserve, from the continuous equilibrium.

    Couple each level k of value with the uniform numbers u of [k/L, (k+1)/L), L levels: the value is within 1/L of u.
    The equilibrium bid rises by (n-1)/n per unit of value and rounding moves it by h/2, h = 1/(L-1), so a bid on the
    grid lies within e = (n-1)/(nL) + h/2 of the continuous bid of u. Hence a deviation to b wins no more often than
    b + e would in the continuous game, where it could not pay: it earns at most U(v) + e. The scripted bid wins at
    least as often as its continuous bid lowered by d = e + h/2 would. There the loss against U(v) is the integral of
    x^(n-1) - w^(n-1) over [w, v] with v - w = nd/(n-1), at most n^2 d^2 / (2(n-1)), and its price differs by e.
    """
    step = 1 / (levels - 1)
    e = (bidders - 1) / (bidders * levels) + step / 2
    return 2 * e + (bidders * (e + step / 2)) ** 2 / (2 * (bidders - 1))


def revenue(rule: int, bidders: int, levels: int, reserve: int = 0) -> float:
    """Expected price, in [0, 1], when all play :func:`scripted_bids`; nothing is paid where nobody meets the reserve.

    Args:
        rule: 1 or 2.
        bidders: Number of bidders.
        levels: Number of levels.
        reserve: Lowest level that can win.
    """
    below, upto = _below_and_upto(scripted_bids(rule, bidders, levels, reserve))
    n = bidders
    if rule == 1:
        total = sum(b * (upto[b] ** n - below[b] ** n) for b in range(reserve, levels))
    else:
        second = [p**n + n * p ** (n - 1) * (1 - p) for p in upto]  # chance that the second-highest is at most b
        total = sum(b * (second[b] - (second[b - 1] if b else 0.0)) for b in range(reserve + 1, levels))
        total += reserve * (second[reserve] - below[reserve] ** n)
    return total / (levels - 1)


def consistent_profiles(rule: int, levels: int, reserve: int, price: int, winners: Sequence[int]) -> int:
    """How many profiles of bids give this result, of the ``levels ** bidders`` there are.

    Args:
        rule: 1 or 2.
        levels: Number of levels.
        reserve: Lowest level that can win.
        price: Price level; -1 where nothing was sold.
        winners: 1 for each highest bidder, 0 for the others.
    """
    n, k = len(winners), sum(winners)
    if k == 0:
        return int(reserve**n)
    if rule == 1 or k > 1:
        return int(price ** (n - k))
    higher = levels - 1 - price
    if price > reserve:  # one of the others bid the price
        return int(((price + 1) ** (n - 1) - price ** (n - 1)) * higher)
    return int((price + 1) ** (n - 1) * higher + price ** (n - 1))
