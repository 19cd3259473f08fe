"""Lemons market: its theory against Akerlof, Samuelson and Bazerman, Grossman and Milgrom; its partners."""

from __future__ import annotations

import itertools
from collections import defaultdict

import numpy as np
import pytest
from test_lemons import OPTIONS, deal, do

import infogap
from infogap.core.chance import Chance
from infogap.envs.social import lemons
from infogap.envs.social.lemons_partners import SCRIPTS
from infogap.envs.social.lemons_rules import Rules
from infogap.envs.social.lemons_theory import profit, reply, solve, values


# -- theory ------------------------------------------------------------------------------------------------------------
def sold_at(env, price):
    """The buyer's and the seller's mean gain and the share sold at a price, over all qualities, played."""
    gains = []
    for kind in range(env.rules.grid):
        deal(env, kind).step(2 + price)
        step = env.rules.top / env.rules.grid
        env.step(int(price * step >= (kind + 0.5) * step))
        gains.append((env.rewards["buyer_0"], env.rewards["seller_0"], infogap.outcome(env).checks["trade"]))
    return np.mean(gains, axis=0)


def test_no_price_above_zero_pays_in_akerlofs_market():
    """q uniform on [0, 2], worth 1.5 q: a price p <= 2 sells p / 2 of all goods, worth 0.75 p on average."""
    env = lemons.env()
    for index in range(31):
        p = index / 10
        expected = p / 2 * (0.75 * p - p) if p <= 2 else 1.5 - p
        assert sold_at(env, index)[0] == pytest.approx(expected, abs=1e-12)
        assert (expected < 0) == (p > 0)
    assert values(env.rules, solve(env.rules)) == (0, 0, 0, 0)
    first_best = [
        infogap.outcome(do(deal(env, k), "offer 0", "refuse") and env).checks["first_best"] for k in range(20)
    ]
    assert np.mean(first_best) == pytest.approx(0.5)


@pytest.mark.parametrize(("k", "p", "expected"), [(1.5, 0.5, -0.0625), (1.5, 1, -0.25), (2.5, 1, 0.25), (1.5, 0, 0)])
def test_profits_of_acquiring_a_company(k, p, expected):
    """p^2 (k / 2 - 1) for q uniform on [0, 1], exact on the grid."""
    assert sold_at(lemons.env(top=1, multiplier=k), int(p * 20))[0] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("grid", [4, 20, 100])
@pytest.mark.parametrize("k", [1, 1.25, 1.5, 1.75, 1.99, 2, 2.01, 2.5, 4])
def test_a_lone_buyer_trades_exactly_above_two(k, grid):
    rules = Rules(grid=grid, top=1.0, multiplier=k)
    p = np.arange(grid + 1) / grid
    assert profit(rules, range(grid))[: grid + 1] == pytest.approx(p**2 * (k / 2 - 1), abs=1e-12)
    trade = values(rules, solve(rules)).trade
    assert trade == (1 if k > 2 else 0)  # at k = 2 all prices are worth nothing, and the lowest is taken
    if k > 2:
        assert reply(rules, range(grid)) == grid


@pytest.mark.parametrize("g", [0.05, 0.1, 0.25, 0.4, 0.5])
def test_additive_gain(g):
    """Monopsony: price g, profit g^2 / 2. Competition: price 2 g, which sells 2 g of all goods."""
    rules = Rules(top=1.0, multiplier=1.0, gain=g)
    assert reply(rules, range(20)) / 20 == pytest.approx(g)
    assert values(rules, solve(rules)) == pytest.approx((g * g, g, g * g / 2, g * g / 2))
    rules = rules._replace(buyers=2)
    assert reply(rules, range(20)) / 20 == pytest.approx(2 * g)
    assert values(rules, solve(rules)) == pytest.approx((2 * g * g, 2 * g, 2 * g * g, 0), abs=1e-12)


@pytest.mark.parametrize("g", [0.03, 0.07, 0.111, 0.333, 0.49])
@pytest.mark.parametrize("grid", [10, 20, 50])
def test_additive_gain_between_the_prices_of_the_grid(g, grid):
    """The profit p (g - p / 2) is a parabola: the nearest price, at most h / 2 away, loses at most h^2 / 8."""
    h, rules = 1 / grid, Rules(grid=grid, top=1.0, multiplier=1.0, gain=g)
    assert abs(reply(rules, range(grid)) * h - g) <= h / 2 + 1e-12
    assert 0 <= g * g / 2 - profit(rules, range(grid)).max() <= h * h / 8 + 1e-12
    assert 2 * g - h < reply(rules._replace(buyers=2), range(grid)) * h <= 2 * g + 1e-12


@pytest.mark.parametrize("k", [1.25, 1.5, 1.9, 2.0, 2.5, 3.0])
def test_two_buyers_pay_what_the_average_good_is_worth(k):
    """q uniform on [0, 1]: below k = 2 they break even at 0 only, from there on at k / 2, where everything sells."""
    rules = Rules(top=1.0, multiplier=k, buyers=2)
    price = reply(rules, range(20)) / 20
    assert price == 0 if k < 2 else k / 2 - 1 / 20 < price <= k / 2 + 1e-12


def untradable(rules):
    """Qualities whose gain no price on the grid can share: less than half a step. The next price is that far off."""
    step = rules.top / rules.grid
    gains = [(rules.multiplier - 1) * (j + 0.5) * step + rules.gain for j in range(rules.grid)]
    return sum(gain < step / 2 - 1e-12 for gain in gains)


@pytest.mark.parametrize("grid", [5, 20, 100])
@pytest.mark.parametrize(
    "given",
    [{}, {"buyers": 2}, {"multiplier": 1.0, "gain": 0.5, "buyers": 2}, {"multiplier": 1.9, "buyers": 3}],
    ids=str,
)
def test_proofs_unravel_to_full_disclosure(given, grid):
    """Grossman, Milgrom. From nobody proving, in turn: the silent pool is priced, and who gains by it proves."""
    rules = Rules(grid=grid, disclosure="verifiable", **given)
    step = rules.top / grid
    silent = set(range(grid))
    leave = {0}
    while leave and silent:
        price = reply(rules, silent) * step
        rent = {j: reply(rules, [j]) * step - (j + 0.5) * step for j in silent}
        leave = {j for j in silent if max(rent[j], 0) > max(price - (j + 0.5) * step, 0) + 1e-9}
        silent -= leave
    # The m lowest are worth (m - 1) k / 2 steps less than the best of them, who proves if that makes a step.
    assert len(silent) < 1 + 2 / rules.multiplier
    found = solve(rules)
    assert found.proves == 0 and found.slack == 0
    # As if quality were observed: all trade that a price on the grid can carry.
    got = values(rules, found)
    assert got.trade == pytest.approx(1 - untradable(rules) / grid) and untradable(rules) <= 1
    first_best = (rules.multiplier - 1) * rules.top / 2 + rules.gain
    assert first_best - step / 2 * untradable(rules) / grid <= got.surplus <= first_best + 1e-12


def test_a_lone_buyer_leaves_the_lower_qualities_nothing_to_prove_for():
    """With a gain of g the silent sell below g, and keep g - q, more than the buyer leaves to those who prove."""
    rules = Rules(top=1.0, multiplier=1.0, gain=0.3, disclosure="verifiable")
    assert values(rules, solve(rules)).trade == 1 and solve(rules).slack <= 1e-12


@pytest.mark.parametrize("k", [1.2, 1.5, 1.8])
def test_a_full_warranty_separates(k):
    """Warranty w = k top: a buyer of quality q gets k top in all, and the seller gives up k top - (k - 1) q.

    So at k top - d those above d / (k - 1) sell; the profit d (1 - d / ((k - 1) top)) is best at d = (k - 1) top / 2.
    """
    h, rules = 1 / 100, Rules(grid=100, top=1.0, multiplier=k, warranty=k)
    found = solve(rules)
    got = values(rules, found)
    # Who sells is rounded by half a quality, so the profit is off by at most (k - 1) h / 2; the parabola's top is as
    # flat as (t - 1/2)^2 (k - 1), which puts the threshold t within sqrt(h).
    assert found.slack == 0 and found.posted[None, False] == 0
    assert abs(got.buyers - (k - 1) / 4) <= (k - 1) * h / 2 + 1e-12
    assert abs(found.backs * h - 0.5) <= h**0.5 and abs(got.trade - 0.5) <= h**0.5
    assert abs(found.posted[None, True] * h - (k + 1) / 2) <= (k - 1) * h**0.5 + h


def test_a_full_warranty_separates_exactly_by_default():
    found = solve(Rules(warranty=3.0))
    assert (found.backs, found.posted[None, True], found.posted[None, False], found.slack) == (10, 25, 0, 0)


def scripted(env, kind, first=0, seller=None, offer=None):
    """Play a deal between equilibrium partners; `seller` (phrases) or `offer` (price of buyer_0) deviate."""
    act = env.partners["equilibrium"](env)
    deal(env, kind, first)
    moves = iter(seller or ())
    signal = []
    while not env.terminations["seller_0"]:
        seat = env.agent_selection
        action = act(seat, env.observe(seat), Chance(0))
        if seat == "seller_0" and seller is not None:
            action = env.words.index(next(moves))
        if seat == "buyer_0" and offer is not None:
            action = 2 + offer
        if seat == "buyer_0":
            signal = env.observe(seat)["observation"][2:4].tolist()
        env.step(action)
    return env.rewards, tuple(signal)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_nobody_gains_by_leaving_the_scripted_equilibrium(options):
    """All strategies of the seller for each quality, all prices of a buyer after each signal, played.

    Exact, but where both a proof and a warranty can be offered: whichever is, the next price above the cost leaves the
    seller less than one step, so another signal gains less than that.
    """
    env = lemons.env(**options)
    rules = env.rules
    bound = 1e-9 + (rules.top / rules.grid if "verifiable" in options.values() and "warranty" in options else 0)
    says = [word for word in env.words if word.startswith(("say", "claim", "prove"))] or [None]
    backs = ["offer no warranty", "offer a warranty"] if rules.warranty else [None]
    pools = defaultdict(list)
    for kind, first in itertools.product(range(rules.grid), range(rules.buyers)):
        played, signal = scripted(env, kind, first)
        pools[signal].append((kind, first, played["buyer_0"]))
        for say, back, answer in itertools.product(says, backs, ("refuse", "accept")):
            moves = [word for word in (say, back, answer) if word is not None]
            assert scripted(env, kind, first, seller=moves)[0]["seller_0"] <= played["seller_0"] + bound
    for pool in pools.values():
        mean = np.mean([gain for *_, gain in pool])
        for offer in range(rules.prices):
            other = np.mean([scripted(env, kind, lot, offer=offer)[0]["buyer_0"] for kind, lot, _ in pool])
            assert other <= mean + 1e-9


@pytest.mark.parametrize("disclosure", ["none", "verifiable"])
def test_equilibria_are_exact_unless_there_are_two_kinds_of_signals(disclosure):
    for k, g, w, buyers in itertools.product((1.0, 1.5, 2.5), (0.0, 0.3), (0.0, 0.5, 1.0, 3.0), (1, 2)):
        rules = Rules(10, 1.0, k, g, disclosure, w, buyers)
        assert solve(rules).slack < (0.1 if disclosure == "verifiable" and w else 1e-12)


def test_off_equilibrium_somebody_gains():
    """The naive buyer pays 1.5 for the average good and loses 0.375 a deal on average (Samuelson and Bazerman)."""
    env = lemons.env()
    naive = env.partners["naive"](env)
    deal(env)
    assert env.words[naive("buyer_0", env.observe("buyer_0"), Chance(0))] == "offer 1.5"
    assert sold_at(env, 15)[0] == pytest.approx(0.75 * (0.75 * 1.5 - 1.5)) and sold_at(env, 0)[0] == 0


# -- partners ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_all_partners_play_legally_on_either_side(options):
    env = lemons.env(**options, regime="mindreader")
    made = {name: maker(env) for name, maker in env.partners.items()}
    assert set(SCRIPTS) < set(made) and len(env.held_out) >= 2 and env.held_out < set(made)
    env.reset(seed=3)
    for turn, (buyer, seller) in enumerate(itertools.product(made, repeat=2)):
        while not env.terminations["seller_0"]:
            seat = env.agent_selection
            act = made[seller if seat == "seller_0" else buyer]
            env.step(act(seat, env.observe(seat), Chance(7, turn)))
        env.reset()


@pytest.mark.parametrize(
    ("name", "options", "kind", "phrases"),
    [
        ("equilibrium", {}, 9, ["offer 0", "refuse"]),
        ("equilibrium", {"multiplier": 2.5}, 9, ["offer 2", "accept"]),
        ("equilibrium", {"disclosure": "verifiable"}, 9, ["prove the quality", "offer 1", "accept"]),
        (
            "equilibrium",
            {"disclosure": "verifiable", "buyers": 2},
            9,
            ["prove the quality", *["offer 1.4"] * 2, "accept"],
        ),
        ("equilibrium", {"disclosure": "cheap"}, 9, ["say nothing", "offer 0", "refuse"]),
        ("equilibrium", {"warranty": 3}, 9, ["offer no warranty", "offer 0", "refuse"]),
        ("equilibrium", {"warranty": 3}, 10, ["offer a warranty", "offer 2.5", "accept"]),
        ("truthful", {"disclosure": "cheap"}, 9, ["claim that the quality is 0.95", "offer 1.1", "accept"]),
        (
            "silent",
            {"disclosure": "cheap", "warranty": 3},
            9,
            ["say nothing", "offer no warranty", "offer 0", "refuse"],
        ),
        ("adversarial", {"disclosure": "cheap"}, 9, ["claim that the quality is 1.95", "offer 0.9", "refuse"]),
        ("adversarial", {"disclosure": "verifiable"}, 9, ["say nothing", "offer 0.5", "refuse"]),
        ("naive", {}, 12, ["offer 1.5", "accept"]),
        ("sceptic", {"disclosure": "verifiable"}, 12, ["prove the quality", "offer 1.3", "refuse"]),
        ("sceptic", {"disclosure": "verifiable"}, 5, ["say nothing", "offer 0", "refuse"]),
    ],
)
def test_partners_do_what_their_name_says(name, options, kind, phrases):
    env = deal(lemons.env(**options), kind)
    act = env.partners[name](env)
    for phrase in phrases:
        seat = env.agent_selection
        action = act(seat, env.observe(seat), Chance(1))
        assert env.words[action] == phrase
        env.step(action)
