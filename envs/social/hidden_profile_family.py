"""The random family of hidden profiles, and what follows from a part of a deal by Bayes' rule.

About every option there are ``shared`` facts that all members hold, and one fact of each member's own. A deal has a
*lure*, the option that every member favours by what it holds. A *shape* ``(lure, rest)`` gives the weights that each
member holds on the lure, and those that it holds on each of the other options: two different sets of ``shared + 1``
weights. So all members hold the same weights. What they don't know is which fact on an option is their own. The own
facts of all members on an option have the same weight, one of the set, and with n members the option is worth

    sum(set) + (n - 1) * own weight.

Which weights are the own ones is an *ending*. It is hidden if another option than the lure is worth most (strictly more
than each other one), manifest if the lure is. This is the pattern of Stasser & Titus (1985): what speaks for the best
option is unshared, and what speaks against it is shared.

A deal is drawn so:
  1. a shape, uniformly out of those with endings of both kinds (so that what members hold tells nothing of the kind);
  2. the kind, by the rules' profile: hidden, manifest, or ("mixed") hidden with probability (m - 1) / m for m options;
  3. the lure, uniformly; if hidden, the best option, uniformly out of the others;
  4. an ending of the kind, uniformly;
  5. which of an option's facts is which, uniformly.

Given what a member holds, its posterior is therefore: the kind by 2; the best option by 3; and uniform over endings and
layouts. Its own information says nothing about which of the other options is best; in mixed profiles, nothing at all.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from typing import NamedTuple

from ...core.chance import Chance
from ...core.errors import InvalidTruth
from .hidden_profile_rules import WEIGHTS, Rules

__all__ = ["Ending", "Shape", "deal", "endings", "masses", "read_deal", "resampled", "shapes", "totals"]


class Shape(NamedTuple):
    """The weights that each member holds on the lure and on every other option, ascending."""

    lure: tuple[int, ...]
    rest: tuple[int, ...]


class Ending(NamedTuple):
    """Endings that differ only in the own weights of the options that are not best.

    Attributes:
        lure: The own weight on the lure.
        best: The own weight on the best option; None if that is the lure.
        lower: What the own weight may be on each of the options left.
        ways: How many endings these are.
    """

    lure: int
    best: int | None
    lower: tuple[int, ...]
    ways: int


@functools.cache
def endings(members: int, options: int, shape: Shape, hidden: bool) -> tuple[Ending, ...]:
    """All endings of a kind, with the best option given."""
    more, found = members - 1, []
    base, other = sum(shape.lure), sum(shape.rest)
    for own in shape.lure:
        value = base + more * own
        if not hidden:
            lower = tuple(w for w in shape.rest if other + more * w < value)
            found.append(Ending(own, None, lower, len(lower) ** (options - 1)))
            continue
        for best in shape.rest:
            if other + more * best > value:
                lower = tuple(w for w in shape.rest if w < best)
                found.append(Ending(own, best, lower, len(lower) ** (options - 2)))
    return tuple(e for e in found if e.ways)


@functools.cache
def shapes(members: int, options: int, shared: int) -> tuple[Shape, ...]:
    """All shapes that have endings of both kinds."""
    sets = list(itertools.combinations(WEIGHTS, shared + 1))
    pairs = (Shape(a, b) for a, b in itertools.product(sets, repeat=2) if sum(a) > sum(b))
    return tuple(p for p in pairs if all(endings(members, options, p, hidden) for hidden in (True, False)))


def hidden_chance(rules: Rules) -> float:
    """The probability that a deal's profile is hidden."""
    return {"hidden": 1.0, "manifest": 0.0, "mixed": (rules.options - 1) / rules.options}[rules.profile]


# -- deals -----------------------------------------------------------------------------------------------------------
def _own_weights(rules: Rules, shape: Shape, lure: int, chance: Chance) -> list[int]:
    """Steps 2 to 4 but for the lure: the own weight on each option."""
    n, m = rules.members, rules.options
    hidden = rules.profile == "hidden" or (rules.profile == "mixed" and chance.below(m) > 0)
    others = [o for o in range(m) if o != lure]
    best = others[chance.below(m - 1)] if hidden else lure
    kinds = endings(n, m, shape, hidden)
    index = chance.below(sum(e.ways for e in kinds))
    for ending in kinds:
        if index < ending.ways:
            break
        index -= ending.ways
    own = [0] * m
    for o in others:
        if o == best:
            own[o] = ending.best or 0
        else:
            index, digit = divmod(index, len(ending.lower))
            own[o] = ending.lower[digit]
    own[lure] = ending.lure
    return own


@functools.cache
def _orders(n: int) -> tuple[tuple[int, ...], ...]:
    return tuple(itertools.permutations(range(n)))


def _order(n: int, chance: Chance) -> Sequence[int]:
    """A random order of range(n). One word of chance where all orders fit into a small table."""
    if n > 6:
        return chance.permutation(n)
    orders = _orders(n)
    return orders[chance.below(len(orders))]


def deal(rules: Rules, chance: Chance) -> dict[str, tuple[int, ...]]:
    """What each member holds: by fact its weight, 0 for a fact not held. At most 66 words of chance."""
    known = shapes(rules.members, rules.options, rules.shared)
    shape, lure = known[chance.below(len(known))], chance.below(rules.options)
    own = _own_weights(rules, shape, lure, chance)
    held = [[0] * rules.facts for _ in range(rules.members)]
    for o, mine in enumerate(own):
        common = [w for w in shape[o != lure] if w != mine]
        order = _order(rules.block, chance)
        for place, weight in zip(order, common, strict=False):
            for share in held:
                share[o * rules.block + place] = weight
        for share, place in zip(held, order[rules.shared :], strict=True):
            share[o * rules.block + place] = mine
    return {seat: tuple(share) for seat, share in zip(rules.seats, held, strict=True)}


def sets_of(rules: Rules, share: Sequence[int]) -> tuple[Shape, int]:
    """The shape and the lure, which every member knows from the weights it holds."""
    b = rules.block
    sets = [tuple(sorted(w for w in share[o * b : (o + 1) * b] if w)) for o in range(rules.options)]
    lure = max(range(rules.options), key=lambda o: sum(sets[o]))
    return Shape(sets[lure], sets[lure - 1]), lure


def resampled(rules: Rules, share: tuple[int, ...], seat: str, chance: Chance) -> dict[str, tuple[int, ...]]:
    """A deal from the posterior of a seat that holds `share`; exact."""
    shape, lure = sets_of(rules, share)
    own, b, me = _own_weights(rules, shape, lure, chance), rules.block, rules.seats.index(seat)
    others = [i for i in range(rules.members) if i != me]
    held = [[0] * rules.facts for _ in range(rules.members)]
    held[me] = list(share)
    for o, mine in enumerate(own):
        free = [f for f in range(o * b, (o + 1) * b) if not share[f]]
        for i in others:
            for f in range(o * b, (o + 1) * b):
                held[i][f] = share[f] if share[f] != mine else 0
        for i, place in zip(others, _order(len(free), chance), strict=True):
            held[i][free[place]] = mine
    return {s: tuple(h) for s, h in zip(rules.seats, held, strict=True)}


@functools.lru_cache(maxsize=256)
def totals(rules: Rules, shares: tuple[tuple[int, ...], ...]) -> tuple[int, ...]:
    """What each option is worth: the sum of the weights of all facts in the union of the shares."""
    union = [next((w for w in weights if w), 0) for weights in zip(*shares, strict=True)]
    return tuple(sum(union[o * rules.block : (o + 1) * rules.block]) for o in range(rules.options))


class Deal(NamedTuple):
    """What a deal comes to.

    Attributes:
        shape: Its shape.
        lure: The option that each member's own facts favour.
        best: The option that all facts together favour.
        own: The weight of the members' own facts, by option.
    """

    shape: Shape
    lure: int
    best: int
    own: tuple[int, ...]


def read_deal(rules: Rules, held: dict[str, tuple[int, ...]]) -> Deal:
    """What a deal comes to.

    Raises:
        InvalidTruth: It is not one of the family.
    """
    shares, b = tuple(held[seat] for seat in rules.seats), rules.block
    own = []
    for o in range(rules.options):
        rows = [share[o * b : (o + 1) * b] for share in shares]
        holders = [[w for w in weights if w] for weights in zip(*rows, strict=True)]
        counts = sorted(map(len, holders))
        if counts != [1] * rules.members + [rules.members] * rules.shared or any(len(set(h)) > 1 for h in holders):
            raise InvalidTruth(
                f"about each option all members hold the same {rules.shared} facts, and each one of its own"
            )
        mine = {w for weights in holders if len(weights) == 1 for w in weights}
        if len(mine) != 1 or len({tuple(sorted(row)) for row in rows}) != 1:
            raise InvalidTruth("the members' own facts about an option have the same weight, one for each member")
        own.append(mine.pop())
    shape, lure = sets_of(rules, shares[0])
    sets = [tuple(sorted(w for w in shares[0][o * b : (o + 1) * b] if w)) for o in range(rules.options)]
    if any(found != shape[o != lure] for o, found in enumerate(sets)):
        raise InvalidTruth("members hold one set of weights on the lure, and another one on each of the other options")
    worth = totals(rules, shares)
    best = worth.index(max(worth))
    wanted = {"hidden": best != lure, "manifest": best == lure, "mixed": True}[rules.profile]
    known = shapes(rules.members, rules.options, rules.shared)
    if shape not in known or worth.count(max(worth)) > 1 or not wanted:
        raise InvalidTruth(f"one option is strictly best, and the profile is {rules.profile}")
    return Deal(shape, lure, best, tuple(own))


# -- Bayes' rule -------------------------------------------------------------------------------------------------------
@functools.lru_cache(maxsize=65536)
def masses(rules: Rules, shape: Shape, lure: int, possible: tuple[tuple[int, ...], ...]) -> tuple[float, ...]:
    """For each option the probability that it is best, and that the own weight on each option is one that is possible.

    Args:
        rules: The public options.
        shape: The weights that members hold.
        lure: Their favourite by that.
        possible: By option, own weights.

    Returns:
        A probability for each option, given the shape and the lure; their sum is that of `possible`.
    """
    n, m, hidden = rules.members, rules.options, hidden_chance(rules)
    mass = [0.0] * m
    others = [o for o in range(m) if o != lure]
    for kind, prior in ((True, hidden / (m - 1)), (False, 1 - hidden)):
        found = endings(n, m, shape, kind) if prior else ()
        for ending in found:
            if ending.lure not in possible[lure]:
                continue
            fits = [len(set(ending.lower) & set(possible[o])) for o in range(m)]
            for best in others if kind else [lure]:
                if ending.best is None or ending.best in possible[best]:
                    count = 1
                    for o in others:
                        count *= fits[o] if o != best else 1
                    mass[best] += prior * count / sum(e.ways for e in found)
    return tuple(mass)
