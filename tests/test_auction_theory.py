"""The sealed-bid auctions: theory against plain enumeration of all profiles, and play against theory."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from auction_deal import MODULES, RULES, plant, play, settled

import infogap
from infogap.core.chance import Chance
from infogap.envs.social import auction_theory as theory


# -- theory ------------------------------------------------------------------------------------------------------------
def test_the_symmetric_equilibrium_is_the_published_one():
    for n in range(2, 7):
        assert theory.symmetric_bid(0.8, n) == pytest.approx((n - 1) / n * 0.8)
        for v, r in [(0.9, 0.3), (0.5, 0.5), (1.0, 0.7)]:
            x = np.linspace(r, v, 20_001)
            area = float(np.sum((x[1:] ** (n - 1) + x[:-1] ** (n - 1)) / 2 * np.diff(x)))
            assert theory.symmetric_bid(v, n, r) == pytest.approx(v - area / v ** (n - 1), abs=1e-8)
        assert theory.symmetric_bid(0.2, n, 0.3) == 0.0 == theory.symmetric_bid(0.0, n)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("n", "levels", "reserve"), [(2, 7, 0), (2, 6, 3), (3, 5, 0), (3, 5, 2), (4, 4, 0)])
def test_interim_payoffs_and_revenue_are_means_over_all_profiles(rule, n, levels, reserve):
    top, strategy = levels - 1, theory.scripted_bids(rule, n, levels, reserve)
    other = tuple(min(top, (3 * v + 1) // 2) for v in range(levels))  # an odd strategy: several values share a bid
    for played in (strategy, other):
        payoffs = theory.interim_payoffs(rule, played, n, reserve)
        for value, bid in itertools.product(range(levels), repeat=2):
            total = Fraction(0)
            for others in itertools.product(range(levels), repeat=n - 1):
                bids = (bid, *(played[v] for v in others))
                total += settled(rule, (value, *others), bids, reserve, top)[0]
            assert payoffs[value][bid] == pytest.approx(float(total / levels ** (n - 1)), abs=1e-12)
    income = Fraction(0)
    for values in itertools.product(range(levels), repeat=n):
        bids = sorted(strategy[v] for v in values)
        if bids[-1] >= reserve:
            income += Fraction(bids[-1] if rule == 1 else max(bids[-2], reserve), top)
    assert theory.revenue(rule, n, levels, reserve) == pytest.approx(float(income / levels**n), abs=1e-12)


def test_bidding_the_own_value_is_weakly_dominant_in_the_second_price_auction():
    """Against every profile of the others' bids, not only in the mean."""
    levels = 5
    for reserve in (0, 2):
        for value, others in itertools.product(range(levels), itertools.product(range(levels), repeat=2)):
            gains = [settled(2, (value, 0, 0), (bid, *others), reserve, 4)[0] for bid in range(levels)]
            assert gains[value] == max(gains)
    for n in range(2, 7):
        assert max(theory.deviation_gains(2, n, 21)) == pytest.approx(0, abs=1e-12)


def test_a_best_response_to_the_first_price_equilibrium_gains_at_most_the_grid_error():
    for n in range(2, 7):
        bounds = []
        for levels in (5, 11, 21, 22, 51):
            gains = theory.deviation_gains(1, n, levels)
            bounds.append(theory.grid_error(n, levels))
            assert min(gains) >= 0 and max(gains) <= bounds[-1]
        assert bounds[-1] < 0.07 and bounds == sorted(bounds, reverse=True)
        gains = theory.deviation_gains(1, n, 21)
        assert max(gains) < 0.0056 and sum(gains) / 21 < 0.0006  # the figures of the docstring
    truthful = theory.interim_payoffs(1, range(21), 2)
    assert max(truthful[20]) - truthful[20][20] > 0.2  # far from equilibrium, a best response gains much


def test_revenue_equivalence_within_the_grid():
    """E[second-highest value] = (n-1)/(n+1) = E[highest equilibrium bid]; each level is within 1/L."""
    for n in range(2, 7):
        for levels in (11, 21, 101):
            error = 1 / levels
            first, second = theory.revenue(1, n, levels), theory.revenue(2, n, levels)
            assert second == pytest.approx((n - 1) / (n + 1), abs=error)
            assert first == pytest.approx((n - 1) / (n + 1), abs=error + 0.5 / (levels - 1))
    assert theory.revenue(2, 2, 21) == pytest.approx(0.3254, abs=5e-5)


@pytest.mark.parametrize("rule", RULES)
def test_equilibrium_play_through_the_environment_pays_what_theory_says(rule):
    """All 441 deals of two bidders; and 1,500 random auctions of four, within 4 standard errors."""
    env, total, paid = MODULES[rule].env(), 0.0, 0.0
    for values in itertools.product(range(21), repeat=2):
        plant(env, values)
        total += play(env, ["equilibrium"] * 2, Chance(1))["bidder_0"] / 441
        paid += infogap.outcome(env).checks["revenue"] / 441
    bids = theory.scripted_bids(rule, 2, 21)
    payoffs = theory.interim_payoffs(rule, bids, 2)
    assert total == pytest.approx(sum(row[b] for row, b in zip(payoffs, bids, strict=True)) / 21)
    assert total == pytest.approx(1 / 6, abs=1 / 21 + 0.05)
    assert paid == pytest.approx(theory.revenue(rule, 2, 21))
    env = MODULES[rule].env(bidders=4)
    env.reset(seed=2)
    prices = []
    for episode in range(1_500):
        play(env, ["equilibrium"] * 4, Chance(3, episode))
        prices.append(infogap.view(env, "public").price / 20)
        env.reset()
    error = float(np.std(prices)) / math.sqrt(len(prices))
    assert np.mean(prices) == pytest.approx(theory.revenue(rule, 4, 21), abs=4 * error)
