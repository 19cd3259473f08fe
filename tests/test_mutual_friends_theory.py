"""Theory of mutual friends against enumeration, simulation and play: protocols, bounds, disclosure."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from mutual_friends_reading import SEATS

from infogap.core.chance import Chance
from infogap.core.errors import InvalidOption
from infogap.envs.social import mutual_friends as game
from infogap.envs.social import mutual_friends_theory as theory
from infogap.envs.social.mutual_friends_acts import table


def play(env, pair, episodes, seed=0):
    """Success and length of each episode of two scripted partners, by name."""
    act = [env.partners[name](env) for name in pair]
    won, length = [], []
    for episode in range(episodes):
        env.reset(seed=seed if episode == 0 else None)
        turn = 0
        while not env._position.over:
            seat = env.agent_selection
            env.step(act[SEATS.index(seat)](seat, env.observe(seat), Chance(seed + 1, episode, turn)))
            turn += 1
        won.append(env.rewards["friend_0"])
        length.append(turn)
    return np.array(won), np.array(length)


def near(sample, exact, sigmas=4.5):
    """Whether a sample's mean is that many standard errors from a value at most."""
    return abs(sample.mean() - float(exact)) <= sigmas * max(sample.std(), 0.05) / len(sample) ** 0.5


# -- naming ----------------------------------------------------------------------------------------------------------
def test_one_seat_needs_half_of_its_names():
    """(n + 1) / 2, by all orders of n friends."""
    for n in range(1, 7):
        calls = [order.index(0) + 1 for order in itertools.permutations(range(n))]
        assert theory.naming_calls(n) == Fraction(sum(calls), len(calls)) == Fraction(n + 1, 2)


def simulated(n, turns):
    """Success and length of naming, turn by turn, over all pairs of orders of n friends with 0 the mutual one."""
    results = []
    for first, second in itertools.product(itertools.permutations(range(n)), repeat=2):
        untold, known, picks = [list(first), list(second)], [False, False], []
        for turn in range(turns):
            seat = turn % 2
            if known[seat]:
                picks.append((Fraction(1), turn))
            elif picks:
                picks.append((Fraction(0), turn))
            elif len(untold[seat]) == 1 or turn >= turns - 2:
                picks.append((Fraction(1, len(untold[seat])), turn))
                known[1 - seat] = True  # if it is right; and if not, both have lost
            else:
                known[1 - seat] |= untold[seat].pop(0) == 0
                known[seat] |= known[1 - seat]  # it hears that the other selects
            if len(picks) == 2:
                break
        both = len(picks) == 2
        results.append((picks[0][0] if both else Fraction(0), turn + 1))
    return tuple(Fraction(sum(r[i] for r in results), len(results)) for i in (0, 1))


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_namings_equal_a_simulation_over_all_orders(n):
    for turns in range(2, 2 * n + 4):
        assert theory.namings(n, turns) == simulated(n, turns), turns


def test_namings_in_closed_form():
    """With k and l names of the seats before the last two turns: all fail with (1 - k/n)(1 - l/n), then a guess."""
    for n in range(2, 12):
        for turns in range(2, 2 * n):
            first, second = (turns - 1) // 2, (turns - 2) // 2
            missed = Fraction(n - first, n) * Fraction(n - second, n)
            guesser = second if turns % 2 else first
            guess = Fraction(1, n - guesser)
            assert theory.namings(n, turns)[0] == 1 - missed * (1 - guess)
        assert theory.namings(n, 2 * n)[0] == 1
    assert theory.namings(8, 10)[0] == Fraction(13, 16) and theory.namings(8, 10_000)[1] == Fraction(499, 64)
    # Without a deadline the mutual friend falls in turn min(2i - 1, 2j), i and j uniform, or is the last one left.
    lengths = [
        min(2 * i - 1 if i < 8 else 14, 2 * j if j < 8 else 15) + 2 if i < 8 or j < 8 else 16
        for i in range(1, 9)
        for j in range(1, 9)
    ]
    assert Fraction(sum(lengths), 64) == Fraction(499, 64)


def test_namings_are_what_truthful_partners_reach():
    won, length = play(game.env(), ("truthful", "truthful"), 1500)
    success, turns = theory.namings(8, 10)
    assert near(won, success) and near(length, turns) and not won.all()
    won, length = play(game.env(people=12, friends=4, turns=20), ("truthful", "truthful"), 300)
    assert won.all() and near(length, theory.namings(4, 20)[1])


# -- reports ---------------------------------------------------------------------------------------------------------
def pairs(people, friends):
    """All deals."""
    sets = list(itertools.combinations(range(people), friends))
    return [({*a}, {*b}) for a in sets for b in sets if len({*a} & {*b}) == 1]


@pytest.mark.parametrize(("people", "friends"), [(8, 3), (9, 2), (7, 4), (6, 3)])
def test_reports_in_order_by_enumeration(people, friends):
    deals = pairs(people, friends)
    for turns in range(2, 6):
        told = range(min(people, 4 * (turns - 2)))
        guesser, total = (turns - 2) % 2, Fraction(0)
        for deal in deals:
            (mutual,) = deal[0] & deal[1]
            left = deal[guesser] - {*told}
            total += Fraction(1) if mutual in told else Fraction(1, len(left))
        assert theory.reports(people, friends, turns) == total / len(deals)


def test_the_private_optimum_is_one_from_schools_and_two_turns_on():
    for people, friends in [(32, 8), (8, 3), (10, 4), (64, 20)]:
        schools = math.ceil(people / 4)
        assert theory.reports(people, friends, schools + 2) == 1
        assert theory.bounds(people, friends, schools + 2) == (1, 1.0)
        assert theory.bounds(people, friends, schools + 1)[0] < 1
    won, length = play(game.env(), ("prudent", "prudent"), 400)
    assert won.all() and length.max() <= 10
    won, _ = play(game.env(people=12, friends=6, turns=5), ("prudent", "prudent"), 200)
    assert won.all()


def test_the_largest_report_by_enumeration():
    """Three turns and eight people: friend_0 reports a school of which it knows most; all deals and guesses."""
    for friends in (2, 3, 4):
        total, deals = Fraction(0), pairs(8, friends)
        for own, other in deals:
            (mutual,) = own & other
            school = max(({0, 1, 2, 3}, {4, 5, 6, 7}), key=lambda s: len(s & own))
            left = other - school
            total += Fraction(1) if mutual in school else Fraction(1, len(left))
        assert theory.largest_report(8, friends) == total / len(deals)
    with pytest.raises(InvalidOption, match="divides"):
        theory.largest_report(10, 3)


def test_the_largest_report_is_what_prudent_partners_reach_in_three_turns():
    won, length = play(game.env(turns=3), ("prudent", "prudent"), 3000)
    assert near(won, theory.largest_report(32, 8)) and set(length) == {3}


# -- bounds ----------------------------------------------------------------------------------------------------------
def test_saying_nothing_is_right_once_in_n():
    """With two turns nothing can be told: each own friend is the mutual one with 1/n, whatever is selected."""
    for people, friends in [(5, 2), (7, 3)]:
        deals = pairs(people, friends)
        hits = [len(own & other) / len(own) for own, other in deals]
        assert np.mean(hits) == pytest.approx(1 / friends)
        assert theory.bounds(people, friends, 2) == (Fraction(1, friends), 1 / friends)
    assert theory.bounds(32, 8, 1) == (0, 0.0) and theory.bounds(3, 1, 5) == (1, 1.0)
    won, length = play(game.env(), ("silent", "silent"), 2000)
    assert near(won, Fraction(1, 8)) and set(length) == {2}


@pytest.mark.parametrize(("people", "friends", "messages"), [(5, 2, 2), (6, 2, 2), (5, 2, 3), (5, 3, 2)])
def test_no_code_beats_the_bound_of_one_message(people, friends, messages):
    """The best of all codes, by trying every assignment of messages to sets, is below the bound."""
    sets = list(itertools.combinations(range(people), friends))
    matches = np.zeros((len(sets), len(sets), friends))  # by own set, other's set: which own friend is the mutual one
    for a, b in itertools.product(range(len(sets)), repeat=2):
        if len(common := {*sets[a]} & {*sets[b]}) == 1:
            matches[a, b, sets[b].index(*common)] = 1
    codes = np.array([*itertools.product(range(messages), repeat=len(sets) - 1)])
    codes = np.concatenate([np.zeros((len(codes), 1), int), codes], axis=1)  # messages have no names
    right = np.zeros(len(codes))
    for message in range(messages):
        right += np.einsum("ca,abp->cbp", (codes == message).astype(float), matches).max(-1).sum(-1)
    best = right.max() / matches.sum()
    bound = theory.one_message_bound(people, friends, messages)
    assert best <= bound + 1e-12 and bound <= 1.0
    assert theory.one_message_bound(people, friends, 1) >= 1 / friends - 1e-12


def test_bounds_hold_each_other_and_what_is_played():
    for people, friends in [(32, 8), (8, 3), (16, 5)]:
        reached = [theory.bounds(people, friends, turns) for turns in range(2, 14)]
        assert all(low <= high + 1e-12 for low, high in reached)
        assert all(a[0] <= b[0] and a[1] <= b[1] for a, b in itertools.pairwise(reached))
    low, high = theory.bounds(32, 8, 3)
    assert (round(float(low), 3), round(high, 3)) == (0.384, 0.951)
    for turns in (4, 6, 8):
        won, _ = play(game.env(turns=turns), ("prudent", "prudent"), 400)
        assert won.mean() > theory.bounds(32, 8, turns)[0] - 0.1


# -- disclosure ------------------------------------------------------------------------------------------------------
def test_consistent_sets_by_enumeration():
    rng = np.random.default_rng(1)
    acts = table(8)
    for _ in range(300):
        friends = int(rng.integers(1, 5))
        known, unknown = (rng.choice(8, rng.integers(0, 3), replace=False).tolist() for _ in range(2))
        groups = [acts.bearers(t) for t in rng.choice(2 * acts.groups, rng.integers(0, 4), replace=False)]
        groups += [rng.choice(8, 3, replace=False).tolist()] if rng.random() < 0.5 else []
        fit = sum(
            {*known} <= {*s} and not {*unknown} & {*s} and all({*g} & {*s} for g in groups)
            for s in itertools.combinations(range(8), friends)
        )
        assert theory.consistent_sets(8, friends, known, unknown, groups) == fit


def test_bits_of_simple_claims():
    acts = table(32)
    everything = math.log2(math.comb(32, 8))
    assert theory.disclosed_bits(acts, 8, [], 0) == 0.0
    assert theory.disclosed_bits(acts, 8, [3], 0) == pytest.approx(2.0)  # 8 of 32 sets hold a given person
    assert theory.disclosed_bits(acts, 8, [3], 1) == 0.0
    nobody = acts.words.index("From Ashford I know nobody.")
    left = math.log2(math.comb(28, 8))
    assert theory.disclosed_bits(acts, 8, [nobody], 0) == pytest.approx(everything - left)
    assert theory.disclosed_bits(acts, 8, [nobody, 5, acts.repair], 0) == 0.0  # taken back
    all_of_them = [acts.reporting(g, [p % 4 == 0 for p in range(32)]) for g in range(8)]
    told = [a for report in all_of_them for a in (report, acts.clarify)]
    assert theory.disclosed_bits(acts, 8, told, 0) == pytest.approx(everything)
    lies = [a for person in range(9) for a in (person, acts.clarify)]
    assert theory.disclosed_bits(acts, 8, lies, 0) == 0.0  # nobody knows nine people: nothing fits


@pytest.mark.parametrize("bad", [0, -1, 1.5, True, None, "8"])
def test_bad_sizes_are_refused(bad):
    for call in (
        lambda: theory.naming_calls(bad),
        lambda: theory.namings(bad, 10),
        lambda: theory.reports(32, bad, 10),
        lambda: theory.bounds(32, bad, 10),
        lambda: theory.bounds(8, 8, 3),
        lambda: theory.one_message_bound(32, bad, 10),
    ):
        with pytest.raises(InvalidOption):
            call()
