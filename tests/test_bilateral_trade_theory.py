"""Bilateral trade: its theory against Chatterjee-Samuelson, Myerson-Satterthwaite and counting; its partners."""

from __future__ import annotations

import itertools
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from test_bilateral_trade import BUYER, OPTIONS, SELLER, deal

import infogap
from infogap.core.chance import Chance
from infogap.envs.social import bilateral_trade
from infogap.envs.social.bilateral_trade_partners import SCRIPTS
from infogap.envs.social.bilateral_trade_theory import (
    FIRST_BEST,
    Rules,
    deviation_bound,
    deviation_gain,
    equilibrium,
    linear,
    linear_surplus,
    play,
)


# -- theory ------------------------------------------------------------------------------------------------------------
def test_first_best_is_a_sixth():
    """E max(v - c, 0), exact on the grid: (1 - 1 / n^2) / 6."""
    assert pytest.approx(1 / 6, abs=1e-15) == FIRST_BEST
    for n in (2, 7, 40, 64):
        kinds = [Fraction(2 * i + 1, 2 * n) for i in range(n)]
        mean = sum(max(v - c, 0) for v in kinds for c in kinds) / n**2
        assert mean == Fraction(1, 6) - Fraction(1, 6 * n * n)


def test_the_linear_strategies_are_chatterjee_and_samuelsons():
    (slope, base), (rise, floor) = linear()
    assert (slope, base, rise, floor) == pytest.approx((2 / 3, 1 / 12, 2 / 3, 1 / 4))


@pytest.mark.parametrize("k", [0, 0.2, 0.5, 0.7, 1])
def test_the_linear_strategies_reply_best_to_each_other(k):
    """On [0, 1], against the other's line: profits at 2,001 prices, integrated over 20,000 types."""
    (slope, base), (rise, floor) = linear(k)
    other = (np.arange(20_000) + 0.5) / 20_000
    prices = np.linspace(0, 1, 2001)
    # Sums over the first or last types that trade, so that every price is one look-up.
    asks, bids = rise * other + floor, slope * other + base
    met = np.searchsorted(asks, prices, side="right")
    paid = np.r_[0, np.cumsum(asks)][met] / 20_000
    missed = np.searchsorted(bids, prices)
    got = (bids.sum() - np.r_[0, np.cumsum(bids)][missed]) / 20_000
    for own in np.linspace(0.3, 1, 8):
        profits = (own - k * prices) * met / 20_000 - (1 - k) * paid
        bid = min(slope * own + base, own)
        at = np.interp(bid, prices, profits)
        assert profits.max() - at < 2e-4
        cost = 1 - own
        profits = k * got + ((1 - k) * prices - cost) * (1 - missed / 20_000)
        ask = max(rise * cost + floor, cost)
        assert profits.max() - np.interp(ask, prices, profits) < 2e-4


def test_surplus_of_the_linear_equilibrium():
    """9/64 is 84.4 % of 1/6, and the second best. For k = 0 or 1 one side sets the price: 1/8."""
    assert linear_surplus() == pytest.approx(9 / 64)
    assert linear_surplus() / FIRST_BEST == pytest.approx(0.84375)
    assert linear_surplus(0) == pytest.approx(1 / 8) == linear_surplus(1)
    v = (np.arange(2000) + 0.5) / 2000
    for k in (0.1, 0.3, 0.8):
        (slope, base), (rise, floor) = linear(k)
        trade = (slope * v + base)[:, None] >= rise * v + floor
        assert linear_surplus(k) == pytest.approx((trade * (v[:, None] - v)).mean(), abs=2e-4)


@pytest.mark.parametrize("n", [8, 16, 24, 40, 64])
def test_on_the_grid_trade_and_surplus_are_those_of_the_paper(n):
    """Trade iff v - c >= 1/4, over all deals. The half cell on the border adds 3 / (32 n), less 1 / (8 n^2)."""
    rules = Rules(grid=n)
    bids, asks = equilibrium(rules)
    kinds = [Fraction(2 * i + 1, 2 * n) for i in range(n)]
    gains = [v - c for v in kinds for c in kinds if v - c >= Fraction(1, 4)]
    assert sum(gains) / n**2 == Fraction(9, 64) + Fraction(3, 32 * n) - Fraction(1, 8 * n * n)
    assert all((bids[i] >= asks[j]) == (kinds[i] - kinds[j] >= Fraction(1, 4)) for i in range(n) for j in range(n))
    got = play(rules, bids, asks)
    assert got.surplus == pytest.approx(float(sum(gains) / n**2)) and got.trade == pytest.approx(len(gains) / n**2)
    assert got.buyer == pytest.approx(got.seller)
    for i in range(n):
        if 4 * i >= n:
            assert (2 * bids[i] + 1) / (3 * n) == pytest.approx(2 / 3 * float(kinds[i]) + 1 / 12)
        if 4 * i < 3 * n:
            assert (2 * asks[i] + 1) / (3 * n) == pytest.approx(2 / 3 * float(kinds[i]) + 1 / 4)


def gain_by_counting(rules, bids, asks):
    """The most a type gains by another price: exact fractions, one deal after the other."""
    n, m, k = rules.grid, rules.prices, Fraction(rules.k)
    most = Fraction(0)

    def mean(own, price, others, buyer):
        total = Fraction(0)
        for other in others:
            bid, ask = (price, other) if buyer else (other, price)
            paid = (k * (2 * bid + 1) + (1 - k) * (2 * ask + 1)) / (2 * m)
            total += (bid >= ask) * (own - paid if buyer else paid - own)
        return total / n

    for buyer, mine, others in ((True, bids, asks), (False, asks, bids)):
        for kind in range(n):
            own = Fraction(2 * kind + 1, 2 * n)
            every = [mean(own, price, others, buyer) for price in range(m)]
            most = max(most, max(every) - every[mine[kind]])
    return most


@pytest.mark.parametrize(("n", "k"), [(8, 0.5), (16, 0.5), (5, 0.25), (6, 1.0)])
def test_deviation_gain_equals_counting(n, k):
    rules = Rules(grid=n, k=k)
    both = equilibrium(rules)
    assert deviation_gain(rules, *both) == pytest.approx(float(gain_by_counting(rules, *both)), abs=1e-12)


@pytest.mark.parametrize("n", [8, 16, 24, 32, 40, 48, 56, 64])
def test_nobody_gains_against_the_equilibrium_where_the_grid_holds_it(n):
    """Exact: the grid error is zero for k = 1/2 and multiples of 8 (see the theory module)."""
    assert deviation_gain(Rules(grid=n), *equilibrium(Rules(grid=n))) <= 1e-12


@pytest.mark.parametrize("k", [0, 0.25, 0.5, 0.75, 1])
@pytest.mark.parametrize("n", [2, 5, 13, 20, 41, 64])
def test_elsewhere_nobody_gains_more_than_the_derived_grid_error(n, k):
    rules = Rules(grid=n, k=k)
    assert deviation_gain(rules, *equilibrium(rules)) <= deviation_bound(rules)
    assert deviation_bound(rules) < 2 / n + 3 / n**2  # it vanishes with the grid


def test_off_equilibrium_somebody_gains():
    rules = Rules()
    bids, asks = equilibrium(rules)
    truth = [int(i * 1.5 + 0.25) for i in range(40)]
    assert deviation_gain(rules, truth, asks) > 0.02
    assert deviation_gain(rules, [max(b - 3, 0) for b in bids], asks) > 0.002
    assert deviation_gain(rules, bids, [min(a + 3, 59) for a in asks]) > 0.002


def test_played_means_are_the_expected_values():
    """Equilibrium partners over all 1,600 deals of the environment: 9/64 and its grid error, of first best."""
    env = bilateral_trade.env()
    act = env.partners["equilibrium"](env)
    checks: Counter[str] = Counter()
    for value, cost in itertools.product(range(40), repeat=2):
        deal(env, value, cost)
        for seat in (BUYER, SELLER):
            env.step(act(seat, env.observe(seat), Chance(0)))
        checks.update(infogap.outcome(env).checks)
    mean = {name: total / 1600 for name, total in checks.items()}
    assert mean["surplus"] == pytest.approx(9 / 64 + 3 / (32 * 40) - 1 / (8 * 1600))
    assert mean["first_best"] == pytest.approx((1 - 1 / 1600) / 6)
    assert mean["payoff_buyer_0"] == pytest.approx(mean["payoff_seller_0"]) == pytest.approx(mean["surplus"] / 2)


# -- partners ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_all_partners_play_legally_on_either_side(options):
    env = bilateral_trade.env(**options, regime="script")
    made = {name: maker(env) for name, maker in env.partners.items()}
    assert set(SCRIPTS) < set(made) and len(env.held_out) >= 2 and env.held_out < set(made)
    env.reset(seed=3)
    for turn, names in enumerate(itertools.product(made, repeat=2)):
        while not env.terminations[BUYER]:
            seat = env.agent_selection
            act = made[names[env.possible_agents.index(seat)]]
            env.step(act(seat, env.observe(seat), Chance(7, turn)))
        env.reset()


def named(name, value, cost, options=(), n=1):
    """The phrases with which a partner plays both seats."""
    seen = []
    for i in range(n):
        env = deal(bilateral_trade.env(grid=24, **dict(options)), value, cost)
        act = env.partners[name](env)
        said = []
        while not env.terminations[BUYER]:
            seat = env.agent_selection
            action = act(seat, env.observe(seat), Chance(1, i))
            said.append(action if action < env.rules.prices else env.words[action].split()[-1])
            env.step(action)
        seen.append(said)
    return seen if n > 1 else seen[0]


def test_partners_do_what_their_name_says():
    talk = {"messages": 1}
    # Values are (2 i + 1) / 48, prices (2 b + 1) / 72: the linear bid is i + 3, the ask j + 9.
    assert named("equilibrium", 20, 6, talk) == ["nothing", "nothing", 23, 15]
    assert named("equilibrium", 0, 23) == [0, 35]
    # 41/48 lies between prices 61/72 and 63/72, 13/48 between 19/72 and 21/72.
    assert named("truthful", 20, 6, talk) == ["high", "low", 30, 10]
    assert named("silent", 20, 6, talk) == ["nothing", "nothing", 0, 35]
    # Half of 41/48 is 30.75/72; halfway from 13/48 to 1 is 45.75/72.
    assert named("adversarial", 20, 6, talk) == ["low", "high", 15, 22]
    assert named("timid", 20, 6) == [26, 13]
    seen = named("naive", 20, 6, n=300)
    assert {bid for bid, _ in seen} == set(range(31)) and {ask for _, ask in seen} == set(range(10, 36))


def test_nobody_names_a_price_at_which_it_loses():
    for name, (k, n) in itertools.product(sorted(SCRIPTS), [(0.5, 40), (0.1, 7), (0.9, 64), (0, 2)]):
        env = bilateral_trade.env(grid=n, k=k)
        act = env.partners[name](env)
        for kind in range(n):
            deal(env, kind, kind)
            bid, ask = (act(seat, env.observe(seat), Chance(kind)) for seat in (BUYER, SELLER))
            own = (kind + 0.5) / n
            assert (bid + 0.5) / env.rules.prices <= own + 1e-9 or bid == 0
            assert (ask + 0.5) / env.rules.prices >= own - 1e-9 or ask == env.rules.prices - 1
