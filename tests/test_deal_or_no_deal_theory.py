"""Deal or no deal: its theory against enumeration, search and play apart from the module."""

from __future__ import annotations

import functools
import itertools
import math

import numpy as np
import pytest

import infogap
from infogap.core.chance import Chance
from infogap.core.errors import InvalidOption
from infogap.envs.social import deal_or_no_deal as dond
from infogap.envs.social import deal_or_no_deal_rules as rules
from infogap.envs.social import deal_or_no_deal_theory as theory

SEATS = ("player_0", "player_1")
ASK = 136
# Two books, a hat, three balls. player_0 wants the hat and the balls, player_1 the books and the balls.
COUNTS, FIRST, SECOND = (2, 1, 3), (0, 4, 2), (2, 0, 2)


# -- every deal, enumerated apart from the module ----------------------------------------------------------------------
@functools.cache
def enumerated() -> dict[tuple[int, int, int], tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
    """By pool: value vectors (n, 3), points of the first and second seat (n, n, splits), and which pairs are valued."""
    found = {}
    grid = np.array(list(itertools.product(range(11), repeat=3)))
    for counts in itertools.product((1, 2, 3, 4), repeat=3):
        if 5 <= sum(counts) <= 7:
            values = grid[grid @ counts == 10]
            shares = np.stack(np.meshgrid(*(np.arange(n + 1) for n in counts), indexing="ij"), -1).reshape(-1, 3)
            first = np.broadcast_to((values @ shares.T)[:, None], (len(values), len(values), len(shares)))
            second = np.broadcast_to((values @ (counts - shares).T)[None], first.shape)
            valued = ((values[:, None] > 0) | (values[None] > 0)).all(-1)
            found[counts] = values, first, second, valued
    return found


def contested(values: np.ndarray) -> np.ndarray:
    return ((values[:, None] > 0) & (values[None] > 0)).any(-1)


@pytest.mark.parametrize(("instances", "pairs"), [("valued", 5_559), ("contested", 5_295)])
def test_deals_are_all_that_the_rule_allows(instances, pairs):
    total = 0
    assert tuple(enumerated()) == rules.COUNTS and len(rules.COUNTS) == 28
    for counts, (values, _, _, valued) in enumerated().items():
        meet = valued & contested(values) if instances == "contested" else valued
        expected = {(tuple(map(int, values[i])), tuple(map(int, values[j]))) for i, j in np.argwhere(meet)}
        assert set(rules.deals(counts, instances)) == expected
        assert len(rules.deals(counts, instances)) == len(expected)
        total += len(expected)
    assert total == pairs


@pytest.mark.parametrize("instances", rules.INSTANCES)
def test_reference_values_equal_an_enumeration_in_numpy(instances):
    rows = []
    for values, first, second, valued in enumerated().values():
        meet = valued & contested(values) if instances == "contested" else valued
        product = first * second
        columns = (
            (first + second).max(-1),
            np.sqrt(product.max(-1)),
            np.where(product == product.max(-1, keepdims=True), first + second, 0).max(-1) / 2,
            np.minimum(first, second).max(-1),
            (first + second).mean(-1),
            contested(values),
        )
        rows.append([column[meet].mean() for column in columns])
    found = theory.reference_values(instances)
    assert list(found.values()) == pytest.approx(np.mean(rows, axis=0), abs=1e-9)


def test_published_values_of_uniformly_random_instances():
    """15.47, 7.60 (the root of the Nash product) and 6.86 come from a sample; 10.0 is exact by symmetry.

    Of the obvious distributions only pools drawn uniformly, then pairs of values uniformly among those in which
    somebody values each type, come within 0.02 of all three.
    """
    found = theory.reference_values("valued")
    assert found["first_best"] == pytest.approx(15.47, abs=0.02)
    assert found["nash"] == pytest.approx(7.60, abs=0.02)
    assert found["max_min"] == pytest.approx(6.86, abs=0.02)
    assert found["random_split"] == pytest.approx(10.0, abs=1e-12)
    other = theory.reference_values("contested")
    assert other["first_best"] < 15.3 and other["nash"] < 7.5 and other["max_min"] < 6.75
    # The figures of the class's documentation.
    assert [round(v, 3) for v in found.values()][:4] == [15.451, 7.587, 7.705, 6.877]
    assert [round(v, 3) for v in other.values()][:4] == [15.178, 7.442, 7.567, 6.690]


def some_deals(n: int, seed: int = 0) -> list[tuple[tuple[int, int, int], tuple[int, int, int], tuple[int, int, int]]]:
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(n):
        counts = rules.COUNTS[rng.integers(28)]
        pairs = rules.deals(counts)
        found.append((counts, *pairs[rng.integers(len(pairs))]))
    return found


def test_solutions_equal_another_algorithm():
    for counts, first, second in some_deals(200):
        points = []
        for b, h, k in itertools.product(*(range(n + 1) for n in counts)):
            mine = b * first[0] + h * first[1] + k * first[2]
            points.append((mine, 10 - b * second[0] - h * second[1] - k * second[2]))
        assert theory.payoffs(counts, first, second) == points
        frontier, best = set(), -1
        for a, b in sorted(set(points), reverse=True):  # sweep from the largest share of the first seat
            if b > best:
                frontier.add((a, b))
                best = b
        found = theory.solve(counts, first, second)
        assert found.pareto == frontier
        assert found.first_best == max(a + b for a, b in points)
        assert math.prod(found.nash) == max(a * b for a, b in points) > 0 and found.nash in frontier
        assert min(found.egalitarian) == max(min(p) for p in points) and found.egalitarian in frontier


def test_solutions_of_a_deal_worked_by_hand():
    """player_0 takes the hat (4), player_1 the books (2 each), and balls are 2 to both: 14 points whoever has them."""
    found = theory.solve(COUNTS, FIRST, SECOND)
    assert found.first_best == 14
    assert found.pareto == {(10, 4), (8, 6), (6, 8), (4, 10)}
    assert found.nash in {(8, 6), (6, 8)} and found.nash == (8, 6) == found.egalitarian


# -- values known ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", [True, False])
@pytest.mark.parametrize("turns", [2, 3, 4, 9, 10])
def test_known_values_are_what_the_last_proposer_can_dictate(turns, kind):
    """Closed form: it takes the best for itself that leaves the other something, or nothing if the other is kind."""
    for counts, first, second in some_deals(12, seed=turns):
        table = theory.payoffs(counts, first, second)
        last = turns % 2
        if kind:
            dictated = max((p for p in table), key=lambda p: (p[last], p[1 - last]))
        else:
            dictated = max((p for p in table if p[1 - last] > 0), key=lambda p: (p[last], -p[1 - last]))
        assert theory.known_values(counts, first, second, turns, kind) == dictated


@pytest.mark.parametrize("kind", [True, False])
@pytest.mark.parametrize("turns", [2, 3])
def test_known_values_equal_a_search_of_the_whole_game(turns, kind):
    """Minimax over every legal act, by the environment's own rules."""
    made = dond.env(turns=turns)

    def search(truth):
        if truth.over():
            return tuple(int(truth.payoff(seat)) for seat in SEATS)
        (seat,) = truth.to_move()
        i = SEATS.index(seat)
        ends = (search(made.transition(truth, seat, act, None)) for act in np.flatnonzero(truth.legal(seat)))
        return max(ends, key=lambda p: (p[i], p[1 - i] if kind else -p[1 - i]))

    for counts, first, second in [((1, 1, 3), (4, 3, 1), (2, 2, 2)), ((1, 3, 1), (10, 0, 0), (1, 2, 3))]:
        truth = made.truth_type(values=dict(zip(SEATS, (first, second), strict=True)), counts=counts, acts=())
        assert theory.known_values(counts, first, second, turns, kind) == search(truth)


def test_mean_of_known_values():
    """The other keeps what the last proposer does not value; means over all deals, computed apart."""
    rows = []
    for counts, (values, _, _, valued) in enumerated().items():
        left_over = (values[:, None] == 0) * values[None] @ np.array(counts)
        rows.append(left_over[valued].mean())
    last, other = theory.known_values_mean(2)
    assert last == 10.0 and other == pytest.approx(np.mean(rows), abs=1e-9) and round(other, 3) == 3.420


# -- values private ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("offers", "threshold"), [(1, 1), (1, 5), (2, 5), (2, 1)])
def test_best_proposals_equal_all_sequences_of_offers(offers, threshold):
    for counts, own, _ in some_deals(6, seed=offers):
        others = rules.counterparts(counts, own)
        plans = itertools.product(rules.splits(counts), repeat=offers)
        best = 0.0
        for plan in plans:
            points = 0
            for other in others:
                taken = next((s for s in plan if 10 - rules.worth(other, s) >= threshold), None)
                points += rules.worth(own, taken) if taken is not None else 0
            best = max(best, points / len(others))
        assert theory.best_proposals(counts, own, offers, threshold).value == pytest.approx(best, abs=1e-12)


def test_mean_best_proposals_are_the_documented_figures():
    assert round(theory.best_proposals_mean(1, 1), 3) == 9.020
    assert round(theory.best_proposals_mean(5, 5), 3) == 7.999
    assert round(theory.best_proposals_mean(1, 1, "contested"), 3) == 8.963
    assert round(theory.best_proposals_mean(5, 5, "contested"), 3) == 7.884


def test_best_proposals_played_against_the_acceptor_earn_their_value():
    """Every deal of three pools through the environment: the mean is the computed one, exactly."""
    env = dond.env()
    acceptor = env.partners["acceptor"](env)
    gained, expected = [], []
    for counts in [(1, 1, 3), (2, 2, 1), (1, 4, 2)]:
        for first, second in rules.deals(counts):
            plan = theory.best_proposals(counts, first, 5, 5)
            values = dict(zip(SEATS, (first, second), strict=True))
            infogap.plant(env, env.truth_type(values=values, counts=counts, acts=()))
            env.reset()
            offers = [rules.proposal(share) for share in plan.shares]
            offers += [ASK] * (5 - len(offers))
            for offer in offers:
                env.step(offer)
                env.step(acceptor("player_1", env.observe("player_1"), Chance(1)))
                if env.terminations["player_0"]:
                    break
            gained.append(env.rewards["player_0"])
            expected.append(plan.value)
    assert np.mean(gained) == pytest.approx(np.mean(expected), abs=1e-9)


def test_theory_refuses_unknown_instances():
    for function in (
        theory.reference_values,
        lambda i: theory.known_values_mean(2, True, i),
        lambda i: theory.best_proposals_mean(1, 1, i),
    ):
        with pytest.raises(InvalidOption):
            function("any")
