"""Bilateral trade: rules and verifier against hand-made tables, and bad input. See also test_bilateral_trade_theory."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest

import infogap
from infogap.core.errors import InfogapError, InvalidAction, InvalidOption, InvalidTruth
from infogap.envs.social import bilateral_trade

BUYER, SELLER = "buyer_0", "seller_0"
OPTIONS = [
    {},
    {"grid": 2},
    {"grid": 8, "k": 0},
    {"grid": 64, "k": 1, "messages": 1},
    {"grid": 7, "k": 0.3, "messages": 3},
]


def deal(env, value, cost):
    infogap.plant(env, env.dealt(value * env.rules.grid + cost))
    env.reset()
    return env


def do(env, *actions):
    """Play actions by number or phrase; returns the rewards of the last."""
    for action in actions:
        env.step(env.words.index(action) if isinstance(action, str) else action)
    return env.rewards


# -- rules -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("k", "value", "cost", "bid", "ask", "gains"),
    [
        # With grid 8, types are 1/16, 3/16 ... and prices 1/24, 3/24 ...
        (0.5, 7, 0, 6, 4, (15 / 16 - 11 / 24, 11 / 24 - 1 / 16)),
        (0.5, 7, 0, 4, 4, (15 / 16 - 9 / 24, 9 / 24 - 1 / 16)),
        (0.5, 7, 0, 3, 4, (0, 0)),
        (1, 7, 0, 6, 4, (15 / 16 - 13 / 24, 13 / 24 - 1 / 16)),
        (0, 7, 0, 6, 4, (15 / 16 - 9 / 24, 9 / 24 - 1 / 16)),
        (0.25, 7, 0, 6, 4, (15 / 16 - 10 / 24, 10 / 24 - 1 / 16)),
        (0.5, 0, 7, 11, 0, (1 / 16 - 12 / 24, 12 / 24 - 15 / 16)),
    ],
)
def test_payoffs_are_as_the_table_says(k, value, cost, bid, ask, gains):
    env = deal(bilateral_trade.env(grid=8, k=k), value, cost)
    assert env.words[bid] == f"name the price {(2 * bid + 1) / 24:.4f}"
    assert set(do(env, bid).values()) == {0.0} and not any(env.terminations.values())
    assert do(env, ask) == pytest.approx({BUYER: gains[0], SELLER: gains[1]}, abs=1e-12)
    assert all(env.terminations.values()) and not any(env.truncations.values())


def test_observations_and_masks():
    env = deal(bilateral_trade.env(grid=8, messages=1), 5, 2)
    quiet, talk = [0] * 12, [0] * 12 + [1] * 4

    def seen(seat):
        both = env.observe(seat)
        return both["observation"].tolist(), both["action_mask"].tolist()

    def expect(seat, numbers, mask):
        observed, free = seen(seat)
        assert observed == pytest.approx(numbers) and free == mask

    mine, yours = [1, 11 / 16], [0, 5 / 16]
    expect(BUYER, [*mine, -1, -1, -1, -1], talk)
    expect(SELLER, [*yours, -1, -1, -1, -1], [0] * 16)
    do(env, "claim that it is low")
    expect(SELLER, [*yours, -1, -1, 1 / 3, -1], talk)
    do(env, "say nothing")
    expect(BUYER, [*mine, -1, -1, 1 / 3, 0], [1] * 12 + [0] * 4)
    expect(SELLER, [*yours, -1, -1, 1 / 3, 0], [1] * 12 + [0] * 4)
    do(env, 7)
    expect(BUYER, [*mine, 15 / 24, -1, 1 / 3, 0], quiet + [0] * 4)
    expect(SELLER, [*yours, -1, -1, 1 / 3, 0], [1] * 12 + [0] * 4)
    do(env, 3)
    expect(BUYER, [*mine, 15 / 24, 7 / 24, 1 / 3, 0], [0] * 16)
    expect(SELLER, [*yours, 7 / 24, 15 / 24, 1 / 3, 0], [0] * 16)


def test_a_seat_sees_nothing_of_the_other_number_nor_of_a_price_not_told():
    seen = {BUYER: set(), SELLER: set()}
    for other, bid in itertools.product(range(8), range(12)):
        env = deal(bilateral_trade.env(grid=8), other, 2)
        do(env, bid)
        seen[SELLER].add(str((env.observe(SELLER), env.infos[SELLER], infogap.view(env, SELLER).fields(), env.rewards)))
        env = deal(bilateral_trade.env(grid=8), 6, other)
        do(env, 4)
        seen[BUYER].add(str((env.observe(BUYER), env.infos[BUYER], infogap.view(env, BUYER).fields())))
    assert {len(texts) for texts in seen.values()} == {1}


def test_who_is_granted_what():
    env = deal(bilateral_trade.env(grid=8), 5, 2)
    do(env, 7)
    assert infogap.view(env, BUYER).deal == (5,) and infogap.view(env, SELLER).named == -1
    assert infogap.view(env, "verifier").named == {BUYER: 7, SELLER: -1}
    for name in ("deal", "named", "payoff", "own_price"):
        with pytest.raises(InfogapError):
            getattr(infogap.view(env, "stranger"), name)


def test_parallel_form_names_both_prices_at_once():
    env = bilateral_trade.parallel_env(grid=8)
    env.reset(seed=1)
    seen, rewards, ended, *_ = env.step({BUYER: 11, SELLER: 0})
    assert all(ended.values()) and seen[BUYER]["observation"][2:].tolist() == pytest.approx([23 / 24, 1 / 24])
    assert sum(rewards.values()) != 0


def test_all_deals_are_equally_likely():
    env = bilateral_trade.env(grid=3)
    env.reset(seed=0)
    seen: Counter[tuple[int, ...]] = Counter()
    n = 4_500
    for _ in range(n):
        seen[tuple(kind for (kind,) in infogap.reveal(env).deal.values())] += 1
        env.reset()
    assert set(seen) == set(itertools.product(range(3), repeat=2))
    assert sum((count - n / 9) ** 2 / (n / 9) for count in seen.values()) < 31.9  # 0.9999 quantile, 8 degrees


def test_words_for_people():
    env = deal(bilateral_trade.env(grid=8, messages=1, render_mode="ansi"), 7, 0)
    assert env.render() == "nothing has been said"
    do(env, "claim that it is low", "say nothing", 6)
    assert env.render() == "buyer_0 says low; seller_0 says nothing"
    do(env, 4)
    assert env.render().endswith("buyer_0 bids 0.5417, seller_0 asks 0.3750; they trade at 0.4583")
    assert "0.9375" in env.describe(BUYER, (7,)) and "costs seller_0" in env.describe(SELLER, (0,))


# -- outcome -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "cost", "actions", "expected"),
    [
        (7, 0, (6, 4), {"efficiency": 1, "first_best": 14 / 16, "surplus": 14 / 16, "price": 11 / 24, "pareto": 1}),
        (7, 0, (6, 4), {"nash_share": 4 * (15 / 16 - 11 / 24) * (11 / 24 - 1 / 16) / (14 / 16) ** 2}),
        (7, 0, (3, 4), {"efficiency": 0, "surplus": 0, "trade": 0, "pareto": 0, "nash_share": 0}),
        (0, 7, (0, 11), {"efficiency": 1, "first_best": 0, "surplus": 0, "pareto": 1, "nash_share": 1}),
        (0, 7, (11, 0), {"efficiency": 0, "surplus": -14 / 16, "pareto": 0, "nash_share": 0}),
        (3, 3, (11, 0), {"efficiency": 1, "first_best": 0}),
        # A bid of 13/24 says that v is 9/16 or more, an ask of 9/24 that c is 5/16 or less: four and three of eight.
        (7, 0, (6, 4), {"disclosure_bits": np.log2(8 / 4) + np.log2(8 / 3)}),
        (7, 0, (0, 11), {"disclosure_bits": 0}),
        # Above all values: no value at its word bids so.
        (7, 0, (11, 11), {"disclosure_bits": 0}),
    ],
)
def test_outcome(value, cost, actions, expected):
    env = deal(bilateral_trade.env(grid=8), value, cost)
    do(env, *actions)
    verdict = infogap.outcome(env)
    assert {name: verdict.checks[name] for name in expected} == pytest.approx(expected)
    assert verdict.score == verdict.checks["efficiency"] and verdict.success == (verdict.score == 1)
    assert [verdict.checks[f"payoff_{seat}"] for seat in (BUYER, SELLER)] == pytest.approx([*env.rewards.values()])


@pytest.mark.parametrize(
    ("claims", "deception", "bits"),
    [
        (("claim that it is high", "claim that it is low"), 0, np.log2(9 / 3) * 2),
        (("claim that it is low", "claim that it is low"), 0.5, np.log2(9 / 3) * 2),
        (("claim that it is low", "claim that it is middle"), 1, np.log2(9 / 3) * 2),
        (("claim that it is low", "say nothing"), 1, np.log2(9 / 3)),
        (("say nothing", "say nothing"), 0, 0),
    ],
)
def test_claims_are_counted_and_checked(claims, deception, bits):
    env = deal(bilateral_trade.env(grid=9, messages=1), 8, 0)
    do(env, *claims, 0, 12)
    checks = infogap.outcome(env).checks
    assert checks["deception"] == deception and checks["disclosure_bits"] == pytest.approx(bits)


# -- bad input ---------------------------------------------------------------------------------------------------------
NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    "options",
    [
        *({"grid": bad} for bad in (1, 0, -8, 65, 8.0, True, None, "8", NAN)),
        *({"k": bad} for bad in (-0.1, 1.1, NAN, INF, None, "0.5", True, [0.5])),
        *({"messages": bad} for bad in (-1, 4, 1.0, True, None)),
        {"regime": "omniscient"},
        {"render_mode": "human"},
    ],
    ids=str,
)
def test_bad_options_are_refused(options):
    with pytest.raises(InvalidOption):
        bilateral_trade.env(**options)


def test_unknown_options_are_refused():
    with pytest.raises(TypeError):
        bilateral_trade.env(players=1)


@pytest.mark.parametrize(
    "changes",
    [
        {"deal": {BUYER: (3,)}},
        {"deal": {BUYER: (3,), "seller_1": (3,)}},
        *({"deal": {BUYER: (3,), SELLER: bad}} for bad in ((), (-1,), (8,), (1.0,), 3, (1, 2), None, (True,))),
        *({"said": bad} for bad in ((4,), (-1,), (1, 2, 3), [1, 2], None, (1,))),
        *({"named": {BUYER: bad, SELLER: -1}} for bad in (12, -2, None, 1.0)),
        {"named": {BUYER: -1, SELLER: 3}, "posted": 1},
        {"named": {BUYER: 4, SELLER: 3}, "posted": 1},
        {"named": {BUYER: 4, SELLER: 3}, "posted": 2},
        *({"posted": bad} for bad in (-1, 0, 2, 3, None, True)),
        *({"prices": bad} for bad in ((5,), (5, 6), None, [])),
        {"deal": 7},
        {"named": {}},
    ],
    ids=str,
)
def test_a_truth_refuses_itself(changes):
    env = bilateral_trade.env(grid=8, messages=1)
    fields = {
        "deal": {BUYER: (3,), SELLER: (2,)},
        "said": (1, 0),
        "named": {BUYER: 5, SELLER: -1},
        "posted": 1,
        "prices": (),
    }
    infogap.plant(env, env.truth_type(**fields))
    env.reset()
    assert env.agent_selection == SELLER
    with pytest.raises(InvalidTruth):
        env.truth_type(**{**fields, **changes})


def test_illegal_acts_are_refused_and_change_nothing():
    env, twin = (deal(bilateral_trade.env(grid=8, messages=1), 5, 2) for _ in range(2))
    for bad in (-1, 0, 11, 16, 10**9, 12.0, True, None, "say nothing", np.nan, [1], {}):
        with pytest.raises(InvalidAction):
            env.step(bad)
    for action in (12, 13, 6, 5):
        assert str(env.last()) == str(twin.last())
        do(env, action)
        do(twin, action)
    assert env.rewards == twin.rewards
    parallel = bilateral_trade.parallel_env(grid=8)
    parallel.reset(seed=1)
    for bad in ({}, {BUYER: 1}, {BUYER: 1, SELLER: 12}, {BUYER: -1, SELLER: 1}, None, 3):
        with pytest.raises(InvalidAction):
            parallel.step(bad)
