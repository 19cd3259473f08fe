"""The family of hidden profiles and its exact values, against enumerations of their own and against play."""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

import infogap
from infogap.core.chance import Chance
from infogap.core.errors import InvalidOption
from infogap.envs.social import hidden_profile
from infogap.envs.social import hidden_profile_theory as theory
from infogap.envs.social.hidden_profile_family import deal, masses, read_deal, resampled, shapes
from infogap.envs.social.hidden_profile_rules import check_rules

WEIGHTS = (-3, -2, -1, 1, 2, 3)


# -- the family enumerated apart: all weights, kept if they are as its documentation says ------------------------------
def lure_and_best(n: int, weights: tuple[tuple[tuple[int, ...], int], ...]) -> tuple[int, int] | None:
    """Of ((shared weights, own weight) by option): the lure and the best option; None if there are none."""
    held = [sum(shared) + own for shared, own in weights]
    worth = [sum(shared) + n * own for shared, own in weights]
    lure, best = held.index(max(held)), worth.index(max(worth))
    sets = {frozenset([*shared, own]) for o, (shared, own) in enumerate(weights) if o != lure}
    sound = held.count(max(held)) == worth.count(max(worth)) == len(sets) == 1
    return (lure, best) if sound else None


def enumerated(n: int, m: int, s: int, profile: str) -> dict[tuple[tuple[tuple[int, ...], int], ...], Fraction]:
    """All deals but for which fact is which, with their probabilities."""
    columns = [
        (tuple(w for w in held if w != own), own) for held in itertools.combinations(WEIGHTS, s + 1) for own in held
    ]
    groups: dict[tuple, dict[bool, dict[tuple[int, int], list]]] = defaultdict(lambda: {True: {}, False: {}})
    for weights in itertools.product(columns, repeat=m):
        if found := lure_and_best(n, weights):
            lure, best = found
            shape = tuple(tuple(sorted([*shared, own])) for shared, own in (weights[lure], weights[lure - 1]))
            groups[shape][best != lure].setdefault((lure, best), []).append(weights)
    groups = {shape: kinds for shape, kinds in groups.items() if all(kinds.values())}
    hidden = {"hidden": Fraction(1), "manifest": Fraction(0), "mixed": Fraction(m - 1, m)}[profile]
    law = {}
    for kinds in groups.values():
        for kind, labelled in kinds.items():
            for deals in labelled.values():
                for weights in deals:
                    prior = hidden if kind else 1 - hidden
                    if prior:
                        law[weights] = prior / (len(groups) * len(labelled) * len(deals))
    return law


def laid_out(n: int, weights, orders) -> tuple[tuple[int, ...], ...]:
    """What each member holds, if the facts of an option stand in the order given: the shared ones, then the own."""
    held = [[0] * sum(map(len, orders)) for _ in range(n)]
    start = 0
    for (shared, own), order in zip(weights, orders, strict=True):
        for place, weight in zip(order, shared, strict=False):
            for share in held:
                share[start + place] = weight
        for share, place in zip(held, order[len(shared) :], strict=True):
            share[start + place] = own
        start += len(order)
    return tuple(map(tuple, held))


def all_laid_out(n: int, law) -> Iterator[tuple[tuple[tuple[int, ...], ...], int, Fraction]]:
    """All deals with their best option and probability."""
    for weights, p in law.items():
        _, best = lure_and_best(n, weights)
        block = len(weights[0][0]) + n
        layouts = list(itertools.product(itertools.permutations(range(block)), repeat=len(weights)))
        for orders in layouts:
            yield laid_out(n, weights, orders), best, p / len(layouts)


SMALL = [(2, 2, 1, "hidden"), (2, 2, 1, "mixed"), (2, 3, 1, "mixed"), (3, 3, 1, "hidden"), (3, 2, 2, "manifest")]


@pytest.mark.parametrize(("n", "m", "s", "profile"), SMALL)
def test_the_family_is_the_documented_one(n, m, s, profile):
    law = enumerated(n, m, s, profile)
    assert sum(law.values()) == 1
    rules = check_rules(n, m, s, 2, profile)
    found = {}
    for p, one in theory.deals(rules):
        sets = [one.shape[o != one.lure] for o in range(m)]
        weights = tuple((tuple(w for w in held if w != own), own) for held, own in zip(sets, one.own, strict=True))
        assert weights not in found and lure_and_best(n, weights) == (one.lure, one.best)
        found[weights] = p
    assert found.keys() == law.keys()
    assert all(found[weights] == pytest.approx(float(p), rel=1e-12) for weights, p in law.items())


def chi_square_bound(cells: int) -> float:
    """About the 0.99999 quantile of chi-square (Wilson & Hilferty 1931)."""
    k = cells - 1
    return k * (1 - 2 / (9 * k) + 4.265 * math.sqrt(2 / (9 * k))) ** 3


def assert_follows(counts: Counter, law: dict, n: int) -> None:
    assert counts.keys() <= law.keys()
    chi_square = sum((counts[x] - n * float(p)) ** 2 / (n * float(p)) for x, p in law.items())
    assert chi_square < chi_square_bound(len(law))


@pytest.mark.parametrize("profile", ["hidden", "manifest", "mixed"])
def test_deals_follow_the_law(profile):
    rules, law, n = check_rules(2, 2, 1, 2, profile), enumerated(2, 2, 1, profile), 6_000
    seen, places = Counter(), Counter()
    for i in range(n):
        held = deal(rules, Chance(11, i))
        first, second = held["member_0"], held["member_1"]
        weights, roles = [], []
        for block in (range(3), range(3, 6)):
            shared = tuple(first[f] for f in block if first[f] and second[f])
            weights.append((shared, next(first[f] for f in block if first[f] and not second[f])))
            roles.append(tuple(0 if first[f] and second[f] else 1 if first[f] else 2 for f in block))
        seen[tuple(weights)] += 1
        places[tuple(roles)] += 1
    assert_follows(seen, law, n)
    orders = itertools.product(itertools.permutations(range(3)), repeat=2)
    assert_follows(places, dict.fromkeys(orders, Fraction(1, 36)), n)


SIZES = [
    {},
    {"members": 2},
    {"members": 6, "options": 6, "shared": 4},
    {"options": 2, "shared": 1},
    {"members": 4, "shared": 3},
]


@pytest.mark.parametrize("options", SIZES)
@pytest.mark.parametrize("profile", ["hidden", "manifest", "mixed"])
def test_every_deal_has_the_profile(options, profile):
    """Computed from the facts: each member's own favour one option strictly, all together the best one strictly."""
    env = hidden_profile.env(profile=profile, **options)
    rules, hidden = env.rules, 0
    env.reset(seed=5)
    for _ in range(60):
        held = np.array(list(infogap.reveal(env).held.values()))
        by_option = held.reshape(rules.members, rules.options, rules.shared + rules.members)
        alone = by_option.sum(2)
        union = np.where(by_option.any(0), by_option.sum(0) // np.maximum((by_option != 0).sum(0), 1), 0).sum(1)
        assert len({tuple(np.flatnonzero(row == row.max())) for row in alone}) == 1
        lure, best = alone[0].argmax(), union.argmax()
        assert (np.sort(alone, 1)[:, -1] > np.sort(alone, 1)[:, -2]).all() and np.sort(union)[-1] > np.sort(union)[-2]
        assert ((by_option != 0).sum((0, 2)) == rules.members * (rules.shared + 1)).all()
        assert {"hidden": best != lure, "manifest": best == lure, "mixed": True}[profile]
        hidden += best != lure
        assert read_deal(rules, infogap.reveal(env).held)[1:3] == (lure, best)
        env.reset()
    assert len(shapes(rules.members, rules.options, rules.shared)) >= 3
    assert {"hidden": hidden == 60, "manifest": hidden == 0, "mixed": 0 < hidden < 60}[profile]


# -- what the own facts say --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("n", "m", "profile"), [(2, 2, "hidden"), (2, 2, "mixed"), (2, 3, "hidden"), (2, 3, "mixed")])
def test_own_facts_say_nothing_about_the_other_options(n, m, profile):
    """Exactly, over all deals: the posterior of the best option given what a member holds."""
    posterior: dict[tuple[int, ...], list[Fraction]] = defaultdict(lambda: [Fraction(0)] * m)
    law = enumerated(n, m, 1, profile)
    # All layouts are equally likely: those in which the member holds the first two facts of each option are enough.
    for weights, p in law.items():
        for orders in itertools.product(((0, 1, 2), (1, 0, 2)), repeat=m):
            posterior[laid_out(n, weights, orders)[0]][lure_and_best(n, weights)[1]] += p / 2**m
    assert sum(map(sum, posterior.values())) == 1
    for share, masses_ in posterior.items():
        sums = [sum(share[o * 3 : o * 3 + 3]) for o in range(m)]
        total = sum(masses_)
        for o in range(m):
            hidden = Fraction(int(sums[o] != max(sums)), m - 1)
            assert masses_[o] / total == (hidden if profile == "hidden" else Fraction(1, m))
    success = sum(max(found) for found in posterior.values())
    assert theory.alone_success(check_rules(n, m, 1, 2, profile)) == pytest.approx(float(success))


@pytest.mark.parametrize("profile", ["hidden", "mixed"])
def test_resampling_draws_from_the_posterior(profile):
    rules, law = check_rules(3, 2, 1, 2, profile), enumerated(3, 2, 1, profile)
    for seed in range(2, 5):
        share = deal(rules, Chance(3, seed))["member_1"]
        posterior: dict[tuple[tuple[int, ...], ...], Fraction] = defaultdict(Fraction)
        for held, _, p in all_laid_out(3, {w: p for w, p in law.items() if same_sets(w, share)}):
            if held[1] == share:
                posterior[held] += p
        total, n = sum(posterior.values()), 3_000
        drawn = Counter(tuple(resampled(rules, share, "member_1", Chance(8, i)).values()) for i in range(n))
        assert len(posterior) >= 4
        assert_follows(drawn, {held: p / total for held, p in posterior.items()}, n)


def same_sets(weights, share: tuple[int, ...]) -> bool:
    """Whether a member holds these weights, with four facts about each option."""
    held = [{w for w in share[start : start + 4] if w} for start in range(0, len(share), 4)]
    return [{*shared, own} for shared, own in weights] == held


def test_probabilities_given_what_is_possible():
    rules, rng = check_rules(3, 3, 2, 2, "mixed"), np.random.default_rng(1)
    law = [(p, one) for p, one in theory.deals(rules)]
    for _ in range(12):
        _, one = law[rng.integers(len(law))]
        sets = [one.shape[o != one.lure] for o in range(3)]
        possible = tuple(tuple(w for w in held if rng.random() < 0.7) or held for held in sets)
        alike = [(p, other) for p, other in law if other.shape == one.shape and other.lure == one.lure]
        expected = np.zeros(3)
        for p, other in alike:
            expected[other.best] += p * all(own in fits for own, fits in zip(other.own, possible, strict=True))
        found = masses(rules, one.shape, one.lure, possible)
        assert found == pytest.approx(expected / sum(p for p, _ in alike), rel=1e-9)


def test_disclosed_bits_are_the_shrinkage_of_the_consistent_deals():
    """For each member, by enumeration of all that the others may hold."""
    rules, law, rng = check_rules(3, 2, 1, 2), enumerated(3, 2, 1, "hidden"), np.random.default_rng(2)
    deals = list(law)
    seats = ("member_0", "member_1", "member_2")
    for _ in range(4):
        weights = deals[rng.integers(len(deals))]
        held = laid_out(3, weights, [tuple(rng.permutation(4)) for _ in range(2)])
        told = {(i, f) for i in range(3) for f in range(8) if held[i][f] and rng.random() < 0.4}
        bits = 0.0
        for i in range(3):
            fits = every = 0
            for other in deals:
                if not same_sets(other, held[i]):
                    continue
                for orders in itertools.product(itertools.permutations(range(4)), repeat=2):
                    possible = laid_out(3, other, orders)
                    if possible[i] == held[i]:
                        every += 1
                        fits += all(possible[who][f] == held[who][f] for who, f in told)
            bits += math.log2(every / fits) / 3
        found = theory.disclosed(rules, dict(zip(seats, held, strict=True)), told)
        assert found == pytest.approx(bits, abs=1e-9)
        assert theory.disclosed(rules, dict(zip(seats, held, strict=True)), set()) == pytest.approx(0, abs=1e-12)


# -- success by the evidence -------------------------------------------------------------------------------------------
def group_vote(n: int, weights, told: set[tuple[int, int]]) -> int:
    """The group's choice by the evidence, if the own facts (member, option) in `told` have been told."""
    votes = []
    for i in range(n):
        sums = [
            sum(s) + own * (1 + sum((j, o) in told for j in range(n) if j != i)) for o, (s, own) in enumerate(weights)
        ]
        votes.append(sums.index(max(sums)))
    counts = Counter(votes)
    return min(counts, key=lambda o: (-counts[o], o))


@pytest.mark.parametrize(("rounds", "profile"), [(0, "hidden"), (1, "hidden"), (2, "hidden"), (1, "mixed")])
def test_naive_groups_by_enumeration_of_all_draws(rounds, profile):
    n, m, law = 2, 2, enumerated(2, 2, 1, profile)
    facts = [(kind, o) for o in range(m) for kind in ("shared", "own")]  # what a member holds
    success = Fraction(0)
    for weights, p in law.items():
        right = 0
        for draws in itertools.product(facts, repeat=n * rounds):
            told = {(t % n, o) for t, (kind, o) in enumerate(draws) if kind == "own"}
            right += group_vote(n, weights, told) == lure_and_best(n, weights)[1]
        success += p * Fraction(right, len(facts) ** (n * rounds))
    assert theory.naive_success(check_rules(n, m, 1, rounds, profile)) == pytest.approx(float(success), rel=1e-9)


def test_random_facts_by_enumeration_of_all_sets():
    n, m, law = 2, 2, enumerated(2, 2, 1, "hidden")
    facts = [(i, o) for o in range(m) for i in (-1, 0, 1)]  # -1: the shared one
    rules = check_rules(n, m, 1)
    curve = []
    for k in range(7):
        sets = list(itertools.combinations(facts, k))
        success = sum(
            p
            * Fraction(
                sum(group_vote(n, weights, set(told)) == lure_and_best(n, weights)[1] for told in sets), len(sets)
            )
            for weights, p in law.items()
        )
        curve.append(theory.random_facts_success(rules, k))
        assert curve[-1] == pytest.approx(float(success), rel=1e-9)
    assert curve[0] == 0.0 and curve[-1] == pytest.approx(1.0)  # votes by own facts, and full pooling


def test_full_pooling_and_own_facts_by_default():
    for profile, own in (("hidden", 0.0), ("manifest", 1.0), ("mixed", 1 / 3)):
        rules = check_rules(profile=profile, shared=1)
        assert theory.random_facts_success(rules, 0) == pytest.approx(own)
        assert theory.random_facts_success(rules, rules.facts) == pytest.approx(1.0)
    for count, members in ((-1, 3), (16, 3), (1.0, 3), (True, 3), (None, 3), (1, 6)):
        with pytest.raises(InvalidOption):
            theory.random_facts_success(check_rules(members), count)


def test_random_votes_are_right_with_one_in_m():
    """All votes of all members, and all labels of the best option, are equally likely."""
    for n, m in ((2, 3), (3, 3), (4, 2)):
        right, total = 0, m ** (n + 1)
        for best, votes in itertools.product(range(m), itertools.product(range(m), repeat=n)):
            counts = Counter(votes)
            right += min(counts, key=lambda o: (-counts[o], o)) == best
        assert Fraction(right, total) == Fraction(1, m)
        by_label = defaultdict(float)
        for p, one in theory.deals(check_rules(n, m, 1)):
            by_label[one.best] += p
        assert all(by_label[o] == pytest.approx(1 / m) for o in range(m))


# -- play --------------------------------------------------------------------------------------------------------------
def play(env, makers, start: Chance):
    """One episode of scripted members."""
    turn = 0
    while not env.terminations[env.possible_agents[0]]:
        seat = env.agent_selection
        env.step(makers[env.possible_agents.index(seat)](seat, env.observe(seat), start.at(start.episode, turn)))
        turn += 1
    return infogap.outcome(env)


def group(name: str, **options):
    env = hidden_profile.env(**options)
    return env, [env.partners[name](env)] * env.rules.members


def test_naive_groups_in_the_environment():
    """Success within 4 standard errors of the exact value; facts surface as Stasser's collective sampling says."""
    env, makers = group("naive")
    env.reset(seed=6)
    n, success, surfaced = 600, [], {True: [], False: []}
    for i in range(n):
        held = list(infogap.reveal(env).held.values())
        success.append(play(env, makers, Chance(4, i)).success)
        table = {e // 6 for e in infogap.view(env, "public").said if e < 90}
        for shared in (True, False):
            facts = [f for f in range(15) if (sum(bool(share[f]) for share in held) == 3) == shared]
            surfaced[shared].append(np.mean([f in table for f in facts]))
        env.reset()
    exact = theory.naive_success(env.rules)
    assert exact == pytest.approx(0.2709, abs=5e-5)
    assert abs(np.mean(success) - exact) < 4 * math.sqrt(exact * (1 - exact) / n)
    p = theory.mentioned(env.rules)
    assert p == pytest.approx(1 - (8 / 9) ** 2)  # two draws out of nine facts
    for shared, holders in ((True, 3), (False, 1)):
        expected = theory.collective_sampling(p, holders)
        assert expected == pytest.approx(1 - (8 / 9) ** (2 * holders))
        assert abs(np.mean(surfaced[shared]) - expected) < 4 * np.std(surfaced[shared]) / math.sqrt(n)


def all_prudent(stride: int) -> None:
    env, makers = group("prudent")
    rng, votes = np.random.default_rng(3), dict.fromkeys(env.possible_agents, -1)
    for p, one in itertools.islice(theory.deals(env.rules), stride // 2, None, stride):
        assert p > 0
        sets = [one.shape[o != one.lure] for o in range(3)]
        weights = [(tuple(w for w in held if w != own), own) for held, own in zip(sets, one.own, strict=True)]
        held = laid_out(3, weights, [tuple(rng.permutation(5)) for _ in range(3)])
        shares = dict(zip(env.possible_agents, held, strict=True))
        infogap.plant(env, env.truth_type(held=shares, said=(), votes=votes, cast=0, tally=()))
        env.reset()
        assert play(env, makers, Chance(0)).success


def test_the_optimum_by_default_is_one():
    """Groups of prudent members choose right in every deal (here: in every 11th, but for the layout)."""
    all_prudent(11)


@pytest.mark.full
def test_the_optimum_by_default_is_one_in_all_deals():
    all_prudent(1)


@pytest.mark.parametrize(
    ("name", "options", "success"),
    [
        ("silent", {}, 0.0),
        ("silent", {"profile": "manifest"}, 1.0),
        ("truthful", {"rounds": 9}, 1.0),  # each member tells all that it holds: full pooling
        ("truthful", {"rounds": 6, "shared": 1, "members": 4, "profile": "mixed"}, 1.0),
        ("prudent", {"profile": "manifest"}, 1.0),
    ],
)
def test_groups_that_always_or_never_choose_right(name, options, success):
    env, makers = group(name, **options)
    env.reset(seed=9)
    for i in range(40):
        verdict = play(env, makers, Chance(2, i))
        assert verdict.success == bool(success)
        assert verdict.checks["pooled"] == 1.0 or options.get("rounds", 0) < 6
        env.reset()
