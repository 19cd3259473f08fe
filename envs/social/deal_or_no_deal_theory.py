"""Deal or no deal: bargaining solutions, exact best responses and measures, all by enumeration.

No equilibrium of the game under private values is known. What can be computed exactly is here: the solutions of each
deal, the value of the game when values are known, and the best a proposer can do against an acceptor whose values it
does not know (which is the game itself when there are two turns only).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ...core.options import choice
from .deal_or_no_deal_rules import (
    COUNTS,
    INSTANCES,
    POOL,
    Triple,
    counterparts,
    deals,
    holds,
    left,
    splits,
    statement,
    vectors,
    worth,
)

__all__ = [
    "Response",
    "Solutions",
    "best_proposals",
    "best_proposals_mean",
    "consistent",
    "disclosed",
    "known_values",
    "known_values_mean",
    "payoffs",
    "reference_values",
    "solve",
]

Payoffs = tuple[int, int]


# -- a deal's solutions ------------------------------------------------------------------------------------------------
class Solutions(NamedTuple):
    """What a deal allows.

    Attributes:
        first_best: Largest total of points.
        nash: Payoffs with the largest product (Nash 1950; without a deal both get 0). Among equals the larger total,
            then the larger payoff of the first seat.
        egalitarian: Payoffs with the largest minimum (the max-min value), then the larger total, then the first seat's.
        pareto: Payoffs that no other split betters for one seat without loss for the other.
    """

    first_best: int
    nash: Payoffs
    egalitarian: Payoffs
    pareto: frozenset[Payoffs]


def payoffs(counts: Triple, first: Triple, second: Triple) -> list[Payoffs]:
    """Points of both seats for every split, by what the first seat takes, in the order of ``splits(counts)``."""
    return [(worth(first, share), POOL - worth(second, share)) for share in splits(counts)]


@functools.lru_cache(maxsize=8192)
def solve(counts: Triple, first: Triple, second: Triple) -> Solutions:
    """The bargaining solutions of a deal, by enumeration of its splits."""
    table = set(payoffs(counts, first, second))
    pareto = frozenset(p for p in table if not any(q != p and q[0] >= p[0] and q[1] >= p[1] for q in table))
    return Solutions(
        first_best=max(a + b for a, b in pareto),
        nash=max(pareto, key=lambda p: (p[0] * p[1], sum(p), p[0])),
        egalitarian=max(pareto, key=lambda p: (min(p), sum(p), p[0])),
        pareto=pareto,
    )


def _mean(rows: Iterable[Sequence[float]]) -> tuple[float, ...]:
    columns = list(zip(*rows, strict=True))
    return tuple(math.fsum(column) / len(column) for column in columns)


def reference_values(instances: str = "valued") -> dict[str, float]:
    """Exact means over the deals, as the environment draws them.

    Returns:
        ``first_best``: largest total; ``nash``: square root of the best Nash product, points per seat;
        ``nash_points``: mean payoff at the Nash solution, points per seat; ``max_min``: the larger minimum;
        ``random_split``: total when everything is handed out uniformly at random; ``contested``: share of the deals
        in which both value some type.
    """
    choice("instances", instances, INSTANCES)
    pools = []
    for counts in COUNTS:
        rows = []
        for first, second in deals(counts, instances):
            found, table = solve(counts, first, second), payoffs(counts, first, second)
            rows.append(
                (
                    found.first_best,
                    math.sqrt(found.nash[0] * found.nash[1]),
                    sum(found.nash) / 2,
                    min(found.egalitarian),
                    sum(a + b for a, b in table) / len(table),
                    any(a and b for a, b in zip(first, second, strict=True)),
                )
            )
        pools.append(_mean(rows))
    names = ("first_best", "nash", "nash_points", "max_min", "random_split", "contested")
    return dict(zip(names, _mean(pools), strict=True))


# -- known values ------------------------------------------------------------------------------------------------------
def known_values(counts: Triple, first: Triple, second: Triple, turns: int = 10, kind: bool = True) -> Payoffs:
    """Payoffs when both know all values, by backward induction over (turn, standing offer).

    Time costs nothing until the deadline, so whoever may propose last, with one act left for the other, holds the
    other to what it gives away for nothing.

    Args:
        counts: The pool.
        first: Values of the seat that acts first.
        second: Values of the other.
        turns: At most so many acts, at least 2.
        kind: How a seat chooses among acts that give it the same: for the other (True) or against it (False). Both
            are subgame-perfect; equilibria differ in such ties only.
    """
    table = payoffs(counts, first, second)
    # Offers by (maker, split index by what the first seat takes); None when nothing stands.
    nothing: Payoffs = (0, 0)
    after: dict[tuple[int, int] | None, Payoffs] = dict.fromkeys(
        [None, *((maker, i) for maker in (0, 1) for i in range(len(table)))], nothing
    )
    for turn in range(turns - 1, -1, -1):
        mover = turn % 2

        def rank(p: Payoffs, mover: int = mover) -> tuple[int, int]:
            return p[mover], p[1 - mover] if kind else -p[1 - mover]

        # Any offer of one's own, silence where nothing stands, and walking away do not depend on the standing offer.
        anyway = max((after[mover, i] for i in range(len(table))), key=rank)
        now = {}
        for offer, silent in after.items():
            options = [anyway, nothing, silent]  # silence: any message leaves the offer as it is
            if offer is not None and offer[0] == mover:
                options.append(after[None])
            elif offer is not None:
                options.append(table[offer[1]])
            now[offer] = max(options, key=rank)
        after = now
    return after[None]


def known_values_mean(turns: int = 10, kind: bool = True, instances: str = "valued") -> Payoffs | tuple[float, ...]:
    """Mean of :func:`known_values` over the deals: points of the seat that may propose last, and of the other."""
    choice("instances", instances, INSTANCES)
    last = turns % 2  # the seat that acts last but one
    return _mean(
        _mean(
            (p[last], p[1 - last])
            for p in (known_values(counts, v, w, turns, kind) for v, w in deals(counts, instances))
        )
        for counts in COUNTS
    )


# -- private values ----------------------------------------------------------------------------------------------------
class Response(NamedTuple):
    """A best response: its expected points, and the shares to ask for in order until one is accepted."""

    value: float
    shares: tuple[Triple, ...]


@functools.lru_cache(maxsize=8192)
def best_proposals(counts: Triple, own: Triple, offers: int, threshold: int = 1, instances: str = "valued") -> Response:
    """The best that a seat can do against an acceptor whose values it does not know.

    The acceptor takes any offer that is worth at least `threshold` points to it and never makes one. All that a
    rejection tells is that the acceptor's values are not among those that would have accepted, so a plan is a
    sequence of shares; the best is found by dynamic programming over the sets of values that remain possible.

    With ``threshold=1, offers=1`` this is what seat 0 gets in the game of two turns between players who take whatever
    is better than nothing: there the equilibrium is known.

    Args:
        counts: The pool.
        own: The proposer's values.
        offers: How many proposals it may make.
        threshold: Points that the acceptor insists on.
        instances: Which values can meet.
    """
    others = counterparts(counts, own, instances)
    everyone = (1 << len(others)) - 1
    best_for: dict[int, Triple] = {}  # who accepts, as bits, to the best share that exactly they accept
    for share in splits(counts):
        rest = left(counts, share)
        takers = sum(1 << i for i, other in enumerate(others) if worth(other, rest) >= threshold)
        if takers and (takers not in best_for or worth(own, share) > worth(own, best_for[takers])):
            best_for[takers] = share

    @functools.cache
    def plan(open_: int, offers: int) -> tuple[int, tuple[Triple, ...]]:
        """Points summed over the values in `open_`, and the shares to ask for."""
        best: tuple[int, tuple[Triple, ...]] = (0, ())
        if not offers or not open_:
            return best
        for takers, share in best_for.items():
            if takers & open_:
                later, shares = plan(open_ & ~takers, offers - 1)
                points = (takers & open_).bit_count() * worth(own, share) + later
                if points > best[0]:
                    best = points, (share, *shares)
        return best

    points, shares = plan(everyone, offers)
    return Response(points / len(others), shares)


def best_proposals_mean(offers: int, threshold: int = 1, instances: str = "valued") -> float:
    """Mean of :func:`best_proposals` over the deals, in points."""
    choice("instances", instances, INSTANCES)
    means = []
    for counts in COUNTS:
        met = [(own, len(counterparts(counts, own, instances))) for own in vectors(counts)]
        total = math.fsum(n * best_proposals(counts, own, offers, threshold, instances).value for own, n in met if n)
        means.append(total / sum(n for _, n in met))
    return math.fsum(means) / len(means)


# -- talk --------------------------------------------------------------------------------------------------------------
def consistent(counts: Triple, acts: Iterable[int]) -> tuple[Triple, ...]:
    """The values that a reader who takes one seat's acts at their word still thinks possible.

    Only statements tell; offers do not. A statement that contradicts what was said before is passed over, as nothing
    would be left.

    Args:
        counts: The pool.
        acts: Acts of one seat, in order.
    """
    left_over = vectors(counts)
    for act in acts:
        if statement(act) is not None:
            left_over = tuple(v for v in left_over if holds(act, v)) or left_over
    return left_over


def disclosed(counts: Triple, acts: Iterable[int]) -> float:
    """Bits that one seat's statements tell about its values: log2 of how far the possible values shrink."""
    return math.log2(len(vectors(counts)) / len(consistent(counts, acts)))
