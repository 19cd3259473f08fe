"""What groups with a hidden profile can reach: exact values over the family of deals.

A vote *by the evidence* is for the option with the greatest sum of the weights that a member knows, of several such the
first. It does not depend on which shared facts were told, since all members hold them. What a group decides by the
evidence is thus a function of which own facts have been told.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from ...core.errors import InvalidOption
from .hidden_profile_family import Deal, endings, hidden_chance, masses, sets_of, shapes
from .hidden_profile_rules import Rules

__all__ = [
    "alone_success",
    "collective_sampling",
    "deals",
    "disclosed",
    "evidence_success",
    "mentioned",
    "naive_success",
    "random_facts_success",
]

MAX_OWN = 12
"""Most own facts for which sets of them are enumerated."""


def deals(rules: Rules) -> Iterator[tuple[float, Deal]]:
    """All deals with their probabilities, but for which fact is which: that is uniform."""
    n, m, hidden = rules.members, rules.options, hidden_chance(rules)
    known = shapes(n, m, rules.shared)
    for shape, lure, kind in itertools.product(known, range(m), (True, False)):
        if not (prior := hidden if kind else 1 - hidden):
            continue
        found = endings(n, m, shape, kind)
        tops = [o for o in range(m) if o != lure] if kind else [lure]
        each = prior / (len(known) * m * len(tops) * sum(e.ways for e in found))
        for best, ending in itertools.product(tops, found):
            left = [o for o in range(m) if o not in (lure, best)]
            for own in itertools.product(ending.lower, repeat=len(left)):
                weights = {lure: ending.lure, **dict(zip(left, own, strict=True))}
                if kind:
                    weights[best] = ending.best or 0
                yield each, Deal(shape, lure, best, tuple(weights[o] for o in range(m)))


def alone_success(rules: Rules) -> float:
    """Success of one member that decides by its own facts and knows the family: the best it can do."""
    hidden = hidden_chance(rules)
    return max(hidden / (rules.options - 1), 1 - hidden)


def collective_sampling(p: float, k: int) -> float:
    """Probability that a fact is told by somebody, where each of its `k` holders tells it with probability `p`.

    Stasser & Titus (1985).
    """
    return 1 - (1 - p) ** k


def mentioned(rules: Rules, rounds: int | None = None) -> float:
    """Probability that a naive member draws a certain fact that it holds within the discussion."""
    held = rules.options * (rules.shared + 1)
    return 1 - (1 - 1 / held) ** (rules.rounds if rounds is None else rounds)


@functools.lru_cache(maxsize=16)
def evidence_success(rules: Rules) -> npt.NDArray[np.float64]:
    """Probability that a group that votes by the evidence is right, by which own facts have been told.

    Returns:
        Shape ``(2 ** (members * options),)``: bit ``i * options + o`` of the index stands for the fact of member `i` on
        option `o`.

    Raises:
        InvalidOption: There are more than 12 own facts.
    """
    n, m = rules.members, rules.options
    if n * m > MAX_OWN:
        raise InvalidOption(f"sets of own facts are enumerated up to {MAX_OWN}, got members * options = {n * m}")
    told = (np.arange(1 << n * m)[:, None] >> np.arange(n * m) & 1).reshape(-1, n, m)
    others = told.sum(1, keepdims=True) - told
    success = np.zeros(len(told))
    for probability, found in deals(rules):
        base = np.array([sum(found.shape[o != found.lure]) for o in range(m)])
        votes = (base + others * np.array(found.own)).argmax(2)
        counts = (votes[:, :, None] == np.arange(m)).sum(1)
        success += probability * (counts.argmax(1) == found.best)
    return success


def naive_success(rules: Rules, rounds: int | None = None) -> float:
    """Success of a group of `naive` partners, exact over the family.

    In each of its turns a member draws one of the facts that it holds, and tells it unless it stands on the table. All
    vote by the evidence.
    """
    n, m, success = rules.members, rules.options, evidence_success(rules)
    held, draws = m * (rules.shared + 1), rules.rounds if rounds is None else rounds
    exactly = [  # a certain set of j own facts is drawn, and no other own fact
        sum((-1) ** i * math.comb(j, i) * ((held - m + j - i) / held) ** draws for i in range(j + 1))
        for j in range(m + 1)
    ]
    told = (np.arange(len(success))[:, None] >> np.arange(n * m) & 1).reshape(-1, n, m)
    return float(success @ np.array(exactly)[told.sum(2)].prod(1))


def random_facts_success(rules: Rules, count: int) -> float:
    """Success of a vote by the evidence once `count` facts, a random set of all facts, have been told. Exact.

    Raises:
        InvalidOption: There are not so many facts.
    """
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= rules.facts:
        raise InvalidOption(f"count must be an int in [0, {rules.facts}]")
    success, own = evidence_success(rules), rules.members * rules.options
    told = (np.arange(len(success))[:, None] >> np.arange(own) & 1).sum(1)
    shared, ways = rules.facts - own, math.comb(rules.facts, count)
    chances = [math.comb(shared, count - j) / ways if j <= count else 0.0 for j in range(own + 1)]
    return float(success @ np.array(chances)[told])


def disclosed(rules: Rules, held: Mapping[str, Sequence[int]], told: Collection[tuple[int, int]]) -> float:
    """Bits that a discussion told the members about the others' facts, in the mean over members.

    For a member it is -log2 of the probability, given the facts that it holds, that the others hold what they said they
    hold. That is log2 of how much the set of consistent deals has shrunk, unless the profile is mixed, where deals are
    not equally likely. False claims disclose nothing; taking a fact back does not undo it.

    Args:
        rules: The public options.
        held: By seat and fact the weight, 0 for a fact not held.
        told: Pairs (number of a member, fact that it holds and has told or confirmed).
    """
    bits = 0.0
    for i, seat in enumerate(rules.seats):
        own = held[seat]
        heard = {(who, fact) for who, fact in told if who != i}
        shape, lure = sets_of(rules, own)
        possible, orders = [], 1
        for o in range(rules.options):
            block = range(o * rules.block, (o + 1) * rules.block)
            news = {(who, f) for who, f in heard if f in block and not own[f]}
            weights = {held[rules.seats[who]][f] for who, f in news}
            common = {own[f] for _, f in heard if f in block and own[f]}
            possible.append(tuple(w for w in shape[o != lure] if w not in common and weights <= {w}))
            orders *= math.perm(rules.members - 1, len(news))
        bits += math.log2(orders) - math.log2(sum(masses(rules, shape, lure, tuple(possible))))
    return bits / rules.members
