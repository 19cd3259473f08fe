"""Theory of mutual friends: exact values of simple protocols, bounds on the best one, and bits disclosed.

Probabilities are exact fractions. `people` is N, `friends` is n, `turns` is T: turns of both seats together, of which
the last two are needed for the selections. All of it is for ``lying=False`` and the private regime.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import comb, log2, sqrt

from ...core.errors import InvalidOption, shown
from .mutual_friends_acts import GROUP, Acts, Kind, said, standing, table

__all__ = [
    "Bounds",
    "bounds",
    "consistent_sets",
    "disclosed_bits",
    "largest_report",
    "naming_calls",
    "namings",
    "one_message_bound",
    "reports",
]

Bounds = tuple[Fraction, float]
"""A probability of success that is reached, and one that can't be exceeded."""


def _whole(name: str, value: object, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InvalidOption(f"{name} must be an int of at least {least}, got {shown(value)}")


def _check(people: int, friends: int, turns: int = 2) -> None:
    for name, value, least in (("friends", friends, 1), ("turns", turns, 0), ("people", people, 1)):
        _whole(name, value, least)
    if people < 2 * friends - 1:
        raise InvalidOption(f"two seats with {friends} friends, one in common, need {2 * friends - 1} people")


# -- protocols ---------------------------------------------------------------------------------------------------------
def naming_calls(friends: int) -> Fraction:
    """Names on average until the mutual friend, if one seat names its n friends without replacement: (n + 1) / 2."""
    _whole("friends", friends, 1)
    return Fraction(friends + 1, 2)


def namings(friends: int, turns: int) -> tuple[Fraction, Fraction]:
    """Both seats name their friends in random order, without replacement, and select what they know or must guess.

    A seat whose friend the other has named selects it; one with a single friend left selects that; with two turns left
    a seat guesses among the friends it has not named.

    Args:
        friends: n.
        turns: T, at least 2.

    Returns:
        Probability of success and expected number of turns, by enumeration of where the mutual friend stands in the two
        orders.
    """
    _whole("friends", friends, 1)
    _whole("turns", turns, 2)
    success = length = Fraction(0)
    for first in range(friends):
        for second in range(friends):
            won, played = _naming((first, second), friends, turns)
            success, length = success + won, length + played
    return success / friends**2, length / friends**2


def _naming(place: tuple[int, int], friends: int, turns: int) -> tuple[Fraction, int]:
    """Success and length where the mutual friend is number `place` (from 0) in the orders of the seats."""
    for turn in range(turns):
        calls, seat = turn // 2, turn % 2
        if turn >= turns - 2 or calls == friends - 1:  # a guess among those not named
            return Fraction(int(turn < turns - 1), friends - calls), min(turn + 2, turns)
        if place[seat] == calls:  # named: the other selects next, and this seat after it
            return Fraction(int(turn + 3 <= turns)), min(turn + 3, turns)
    return Fraction(0), turns


def reports(people: int, friends: int, turns: int) -> Fraction:
    """Success of reporting school by school in a fixed order, whoever's turn it is, then guessing among the rest.

    The seat that guesses knows that the mutual friend is none of the schools reported. Given its friends, each of them
    is the mutual one with probability 1/n; so a guess is right with 1/n wherever a friend is left.
    """
    _check(people, friends, turns)
    if turns < 2:
        return Fraction(0)
    told = min(people, GROUP * (turns - 2))
    left = 1 - Fraction(comb(told, friends), comb(people, friends))
    return Fraction(told, people) + left / friends


def largest_report(people: int, friends: int) -> Fraction:
    """Success with three turns: friend_0 reports a school of which it knows most, friend_1 selects, and is followed.

    friend_1 finds the mutual friend in the school, or guesses among its friends of other schools, all alike.
    """
    _check(people, friends)
    if people % GROUP:
        raise InvalidOption(f"schools of one size are needed, a number of people that {GROUP} divides; got {people}")
    total, value, strangers, others = comb(people, friends), Fraction(0), people - friends, friends - 1
    fitting = [_sets_below(people // GROUP, most, friends) for most in range(GROUP + 1)]
    for most in range(1, min(GROUP, friends) + 1):
        weight, guess = Fraction(fitting[most] - fitting[most - 1], total), Fraction(0)
        for h in range(min(others, GROUP - most) + 1):  # strangers of the school that friend_1 knows
            ways = comb(GROUP - most, h) * comb(strangers - (GROUP - most), others - h)
            guess += Fraction(ways, comb(strangers, others)) / (friends - h)
        mutual_there = Fraction(most, friends)
        value += weight * (mutual_there + (1 - mutual_there) * guess)
    return value


def _sets_below(schools: int, most: int, friends: int) -> int:
    """Number of sets with `friends` people and at most `most` of each school."""
    ways = [1] + [0] * friends
    for _ in range(schools):
        ways = [
            sum(ways[total - here] * comb(GROUP, here) for here in range(min(most, total) + 1))
            for total in range(friends + 1)
        ]
    return ways[friends]


# -- bounds ------------------------------------------------------------------------------------------------------------
def one_message_bound(people: int, friends: int, messages: int) -> float:
    """An upper bound on success if one seat sends one of `messages` messages and the other guesses, whatever the code.

    A code splits the C(N, n) sets of the sender into classes. Of a class M let x(B, p) be the number of its sets that
    have just p in common with the receiver's set B. The receiver is right in sum_B max_p x(B, p) pairs at most, and
    max_p x <= sqrt(sum_p x^2). Summed over B, sum_p x^2 counts the pairs of sets in M, with i people in common, and the
    B that have exactly one of these and nobody else of either: i C(N - 2n + i, n - 1) of them. That grows with i, so it
    is largest if M is a ball; and the bound is concave in the size of M, so it is largest for classes of one size.

    Returns:
        The bound, at most 1.
    """
    _check(people, friends)
    sets, pairs = comb(people, friends), friends * comb(people - friends, friends - 1)
    size, count = Fraction(sets, messages), Fraction(0)
    for i in range(friends, 0, -1):
        shell = min(size, Fraction(comb(friends, i) * comb(people - friends, friends - i)))
        count, size = count + shell * i * comb(max(people - 2 * friends + i, 0), friends - 1), size - shell
    return min(1.0, sqrt(messages * float(count)) / pairs)


def bounds(people: int, friends: int, turns: int) -> Bounds:
    """Bounds on the success of the best pair of seats.

    Exact with less than 3 turns (nobody has told anything: 1/n), and from `schools + 2` turns on (reports tell all: 1).
    With 3 turns the upper bound is :func:`one_message_bound`; between these it is 1, and the optimum is not known.
    """
    _check(people, friends, turns)
    if turns < 2:
        return Fraction(0), 0.0
    if turns == 2 or friends == 1:
        return Fraction(1, friends), 1 / friends
    reached = max(namings(friends, turns)[0], reports(people, friends, turns))
    if people % GROUP == 0:  # turns may be left unused
        reached = max(reached, largest_report(people, friends))
    if turns > 3:
        return reached, 1.0
    public = table(people)
    answers = 4
    return reached, max(float(reached), one_message_bound(people, friends, len(public.acts) - answers))


# -- disclosure --------------------------------------------------------------------------------------------------------
def consistent_sets(
    people: int, friends: int, known: Sequence[int], unknown: Sequence[int], somebody: Sequence[Sequence[int]]
) -> int:
    """Number of sets of `friends` people that hold all of `known`, none of `unknown`, and one at least of each group.

    Groups that overlap none are counted at once by a product of polynomials; for one that does, the sets that miss it
    are subtracted from those that need not hit it.

    Args:
        people: N.
        friends: n.
        known: People in the set.
        unknown: People not in the set.
        somebody: Groups with somebody in the set.
    """
    inside, outside = set(known), set(unknown)
    if inside & outside or len(inside) > friends:
        return 0
    groups = [set(group) - outside for group in somebody if not inside.intersection(group)]
    for i, group in enumerate(groups):
        rest = groups[:i] + groups[i + 1 :]
        if any(group & other for other in rest):
            hit_or_not = consistent_sets(people, friends, known, unknown, [*map(sorted, rest)])
            return hit_or_not - consistent_sets(people, friends, known, [*outside, *group], [*map(sorted, rest)])
    need, free = friends - len(inside), people - len(inside) - len(outside) - sum(map(len, groups))
    ways = [1] + [0] * need  # by the number chosen from groups
    for group in groups:
        ways = [
            sum(ways[total - k] * comb(len(group), k) for k in range(1, min(len(group), total) + 1))
            for total in range(need + 1)
        ]
    return sum(count * comb(free, need - k) for k, count in enumerate(ways))


def disclosed_bits(acts: Acts, friends: int, played: Sequence[int], who: int) -> float:
    """Bits of the set of seat `who` told by what it stands by at the end, read as if true; a selection says "known".

    The logarithm of all sets over those that fit; 0 where nothing fits, for then the claims tell nothing.
    """
    told = said(acts, played, who)
    known, unknown = (told > 0).nonzero()[0].tolist(), (told < 0).nonzero()[0].tolist()
    claims = {acts.acts[played[t]] for t in standing(acts, played, who)}
    groups = [acts.bearers(act.what - 1) for act in sorted(claims) if act.kind == Kind.SOMEBODY]
    fit = consistent_sets(acts.people, friends, known, unknown, groups)
    return log2(comb(acts.people, friends)) - log2(fit) if fit else 0.0
