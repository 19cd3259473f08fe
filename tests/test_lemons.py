"""Lemons market: its rules and its verifier against hand-made tables, and bad input. See also test_lemons_theory."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest

import infogap
from infogap.core.errors import InfogapError, InvalidAction, InvalidOption, InvalidTruth, UnknownOption
from infogap.envs.social import lemons

OPTIONS = [
    {},
    {"disclosure": "verifiable"},
    {"disclosure": "cheap", "multiplier": 2.5},
    {"warranty": 3.0},
    {"warranty": 1.0, "multiplier": 1.0, "gain": 0.3, "top": 1.0, "buyers": 2},
    {"disclosure": "verifiable", "warranty": 3.0},
    {"buyers": 2},
    {"disclosure": "verifiable", "buyers": 3, "multiplier": 1.0, "gain": 0.6},
    {"disclosure": "cheap", "warranty": 1.0, "buyers": 4, "grid": 7},
]


def deal(env, kind=0, first=0):
    """Deal this quality (and lot, with several buyers)."""
    index = first * env.rules.grid + kind
    infogap.plant(env, env.dealt(index))
    env.reset()
    return env


def do(env, *phrases):
    """Play actions by their phrases; returns the rewards of the last."""
    for phrase in phrases:
        env.step(env.words.index(phrase))
    return env.rewards


def legal_words(env, seat):
    mask = env.observe(seat)["action_mask"]
    return [env.words[i] for i in np.flatnonzero(mask)]


# -- rules -------------------------------------------------------------------------------------------------------------
def test_words_and_prices_of_the_default():
    env = lemons.env()
    # Qualities 0.05, 0.15 ... 1.95 are worth up to 3 to the buyer, and prices are 0, 0.1 ... 3.
    assert env.words == ("refuse", "accept", *(f"offer {p / 10:.6g}" for p in range(31)))
    env = lemons.env(grid=2, top=1, disclosure="cheap", warranty=1)
    claims = ("say nothing", "claim that the quality is 0.25", "claim that the quality is 0.75")
    assert env.words[-5:] == (*claims, "offer no warranty", "offer a warranty")


@pytest.mark.parametrize(
    ("options", "kind", "phrases", "gains"),
    [
        ({}, 9, ("offer 1.2", "accept"), (1.425 - 1.2, 1.2 - 0.95)),
        ({}, 9, ("offer 1.2", "refuse"), (0, 0)),
        ({}, 19, ("offer 0.1", "accept"), (2.925 - 0.1, 0.1 - 1.95)),
        ({"multiplier": 1, "gain": 0.3, "top": 1}, 9, ("offer 0.5", "accept"), (0.475 + 0.3 - 0.5, 0.5 - 0.475)),
        ({"disclosure": "verifiable"}, 3, ("prove the quality", "offer 0.4", "accept"), (0.525 - 0.4, 0.05)),
        ({"disclosure": "cheap"}, 3, ("claim that the quality is 1.95", "offer 2", "accept"), (0.525 - 2, 2 - 0.35)),
        # A good of quality 0.95 on [0, 2] fails with probability 0.525, and then the warranty pays 3.
        ({"warranty": 3}, 9, ("offer a warranty", "offer 2.5", "accept"), (1.425 + 1.575 - 2.5, 2.5 - 0.95 - 1.575)),
        ({"warranty": 3}, 9, ("offer no warranty", "offer 2.5", "accept"), (1.425 - 2.5, 2.5 - 0.95)),
    ],
)
def test_payoffs_are_as_the_table_says(options, kind, phrases, gains):
    env = deal(lemons.env(**options), kind)
    for phrase in phrases[:-1]:
        assert set(do(env, phrase).values()) == {0.0} and not any(env.terminations.values())
    do(env, phrases[-1])
    assert env.rewards == pytest.approx({"buyer_0": gains[0], "seller_0": gains[1]}, abs=1e-12)
    assert all(env.terminations.values()) and not any(env.truncations.values())


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_phases_come_in_order_and_masks_tell_them(options):
    env = deal(lemons.env(**options), 1)
    buyers = [seat for seat in env.possible_agents if seat != "seller_0"]
    offers = [word for word in env.words if word.startswith("offer ") and "warranty" not in word]
    phases = []
    if "disclosure" in options:
        said = [word for word in env.words if word.startswith(("say", "claim", "prove"))]
        assert len(said) == (2 if options["disclosure"] == "verifiable" else 1 + env.rules.grid)
        phases.append(("seller_0", said))
    if "warranty" in options:
        phases.append(("seller_0", ["offer no warranty", "offer a warranty"]))
    phases += [(buyer, offers) for buyer in buyers] + [("seller_0", ["refuse", "accept"])]
    for seat, words in phases:
        assert env.agent_selection == seat and legal_words(env, seat) == words
        waiting = set(env.possible_agents) - {seat} - (set(buyers) if seat in buyers else set())
        assert all(legal_words(env, other) == [] for other in waiting)
        with pytest.raises(InvalidAction):
            env.step(next(i for i, word in enumerate(env.words) if word not in words))
        env.step(env.words.index(words[-1]))
    assert all(env.terminations.values())


def test_observations():
    env = deal(lemons.env(disclosure="cheap", warranty=3.0), 9)
    before = [-1, -1, -1, -1, -1]

    def seen(seat):
        return env.observe(seat)["observation"].tolist()

    assert seen("seller_0") == pytest.approx([0, 0.475, *before])
    assert seen("buyer_0") == pytest.approx([1, 0, *before])
    do(env, "claim that the quality is 1.95")
    assert seen("buyer_0") == pytest.approx([1, 0, 0.975, -1, -1, -1, -1])
    do(env, "offer a warranty")
    assert seen("buyer_0") == pytest.approx([1, 0, 0.975, 1, -1, -1, -1])
    do(env, "offer 1.5")
    assert seen("seller_0") == pytest.approx([0, 0.475, 0.975, 1, 0.5, 1, -1])
    do(env, "accept")
    assert seen("seller_0") == pytest.approx([0, 0.475, 0.975, 1, 0.5, 1, 1])
    assert seen("buyer_0") == pytest.approx([1, 0, 0.975, 1, 0.5, 1, 1])


def test_prices_of_several_buyers_stay_secret_until_all_have_posted():
    env = deal(lemons.env(buyers=3), 9)
    do(env, "offer 0.6")

    def prices(seat):
        return env.observe(seat)["observation"][4:8].tolist()

    assert prices("buyer_0") == pytest.approx([0.2, -1, -1, -1])
    assert prices("buyer_1") == prices("seller_0") == [-1] * 4
    do(env, "offer 1.5", "offer 0.3")
    assert prices("buyer_0") == pytest.approx([0.2, 0.5, 0.1, 0])
    assert prices("buyer_1") == pytest.approx([0.5, 0.1, 0.2, 1])
    assert prices("seller_0") == pytest.approx([0.2, 0.5, 0.1, 1])


@pytest.mark.parametrize(
    ("offers", "first", "winner"),
    [((5, 7, 6), 0, 1), ((5, 5, 5), 0, 0), ((5, 5, 5), 2, 2), ((5, 5, 3), 2, 0), ((3, 5, 5), 2, 2), ((3, 5, 5), 0, 1)],
)
def test_the_highest_price_wins_and_the_lot_breaks_ties(offers, first, winner):
    env = deal(lemons.env(buyers=3), 9, first)
    do(env, *(f"offer {price / 10:.6g}" for price in offers), "accept")
    paid = max(offers) / 10
    gains = {f"buyer_{b}": 1.425 - paid if b == winner else 0 for b in range(3)}
    assert env.rewards == pytest.approx({**gains, "seller_0": paid - 0.95})


def test_parallel_form_takes_all_prices_at_once():
    env = lemons.parallel_env(buyers=2)
    env.reset(seed=1)
    post, accept = {"buyer_0": 5, "buyer_1": 9, "seller_0": 0}, dict.fromkeys(env.agents, 1)
    seen, rewards, ended, *_ = env.step(post)
    assert not any(ended.values()) and seen["seller_0"]["action_mask"][:2].tolist() == [1, 1]
    _, rewards, ended, *_ = env.step(accept)
    assert all(ended.values()) and rewards["buyer_0"] == 0 != rewards["buyer_1"]


def test_a_buyer_sees_nothing_of_the_quality():
    for options, phrases in [
        ({}, ("offer 1",)),
        ({"disclosure": "cheap"}, ("claim that the quality is 0.35", "offer 1")),
        ({"disclosure": "verifiable", "warranty": 3.0}, ("say nothing", "offer a warranty", "offer 1", "refuse")),
    ]:
        seen = set()
        for kind in range(20):
            env = deal(lemons.env(**options, render_mode="ansi"), kind)
            do(env, *phrases)
            fields = infogap.view(env, "buyer_0").fields()
            seen.add(str((env.observe("buyer_0"), env.infos["buyer_0"], env.rewards["buyer_0"], fields, env.render())))
        assert len(seen) == 1


def test_who_is_granted_what():
    env = deal(lemons.env(buyers=2), 7, 1)
    do(env, "offer 1.1")
    assert infogap.view(env, "seller_0").kind == 7 and infogap.view(env, "verifier").bids["buyer_0"] == 11
    assert infogap.view(env, "buyer_0").own_bid() == 11 and infogap.view(env, "buyer_1").own_bid() == -1
    for party, name in itertools.product(("buyer_0", "buyer_1", "stranger"), ("kind", "first")):
        with pytest.raises(InfogapError):
            getattr(infogap.view(env, party), name)
    with pytest.raises(InfogapError):
        infogap.view(env, "stranger").bids  # noqa: B018 - the attempt is the test


def test_all_qualities_and_lots_are_equally_likely():
    env = lemons.env(buyers=2, grid=5)
    env.reset(seed=0)
    seen: Counter[tuple[int, int]] = Counter()
    n = 5_000
    for _ in range(n):
        truth = infogap.reveal(env)
        seen[truth.kind, truth.first] += 1
        env.reset()
    assert set(seen) == set(itertools.product(range(5), range(2)))
    chi_square = sum((count - n / 10) ** 2 / (n / 10) for count in seen.values())
    assert chi_square < 33.8  # 0.9999 quantile with 9 degrees of freedom


def test_words_for_people():
    env = deal(lemons.env(disclosure="verifiable", warranty=3.0, render_mode="ansi"), 3)
    assert env.render() == "nothing has been said"
    do(env, "prove the quality", "offer no warranty", "offer 0.4", "accept")
    said = (
        "seller_0 proves the quality 0.35; seller_0 offers no warranty; buyer_0 offers 0.4; seller_0 sells to buyer_0"
    )
    assert env.render() == said
    assert "0.35" in env.describe("seller_0", (3,)) and "not know" in env.describe("buyer_0", ())


# -- outcome -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("options", "kind", "phrases", "expected"),
    [
        ({}, 9, ("offer 1.2", "accept"), {"efficiency": 1, "first_best": 0.475, "trade": 1, "payoff_seller_0": 0.25}),
        ({}, 9, ("offer 0.2", "refuse"), {"efficiency": 0, "surplus": 0, "payoff_buyer_0": 0, "pareto": 0}),
        # Twelve of twenty qualities sell at 1.2, and eighteen are kept at 0.2.
        ({}, 9, ("offer 1.2", "accept"), {"disclosure_bits": np.log2(20 / 12), "deception": 0}),
        ({}, 9, ("offer 0.2", "refuse"), {"disclosure_bits": np.log2(20 / 18)}),
        ({"disclosure": "verifiable"}, 9, ("prove the quality", "offer 0", "refuse"), {"disclosure_bits": np.log2(20)}),
        ({"disclosure": "cheap"}, 9, ("claim that the quality is 0.95", "offer 1", "accept"), {"deception": 0}),
        ({"disclosure": "cheap"}, 9, ("claim that the quality is 1.05", "offer 1", "accept"), {"deception": 1}),
        ({"disclosure": "cheap"}, 9, ("say nothing", "offer 0", "refuse"), {"deception": 0, "disclosure_bits": 0}),
        # At a price of 2.5 the better half sells with the warranty.
        ({"warranty": 3}, 15, ("offer a warranty", "offer 2.5", "accept"), {"disclosure_bits": 1, "efficiency": 1}),
        ({"multiplier": 1}, 9, ("offer 0", "refuse"), {"efficiency": 1, "first_best": 0}),
    ],
)
def test_outcome(options, kind, phrases, expected):
    env = deal(lemons.env(**options), kind)
    do(env, *phrases)
    verdict = infogap.outcome(env)
    assert {name: verdict.checks[name] for name in expected} == pytest.approx(expected)
    assert verdict.score == verdict.checks["efficiency"] and verdict.success == (verdict.score == 1)
    assert verdict.checks["payoff_buyer_0"] == pytest.approx(env.rewards["buyer_0"])


# -- bad input ---------------------------------------------------------------------------------------------------------
NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    "options",
    [
        *({"grid": bad} for bad in (1, 0, -3, 101, 2.0, True, None, "20", NAN)),
        *({"buyers": bad} for bad in (0, -1, 5, 1.0, True, None)),
        *({"multiplier": bad} for bad in (0.99, -1.5, 4.1, NAN, INF, None, "1.5", True, [1.5])),
        *({"gain": bad} for bad in (-0.1, 8.1, NAN, -INF, None)),
        *({"top": bad} for bad in (0, -2, NAN, INF, 1e9, "2")),
        *({"warranty": bad} for bad in (-1, 8.1, NAN, None)),
        *({"disclosure": bad} for bad in ("", "all", None, 3, ["none"])),
        {"regime": "omniscient"},
        {"render_mode": "human"},
    ],
    ids=str,
)
def test_bad_options_are_refused(options):
    with pytest.raises(InvalidOption):
        lemons.env(**options)


def test_unknown_options_are_refused():
    with pytest.raises(UnknownOption):
        lemons.env(disclosure="partial")
    with pytest.raises(TypeError):
        lemons.env(players=1)


@pytest.mark.parametrize(
    "changes",
    [
        *({"kind": bad} for bad in (-1, 20, 1.0, None, True, (3,))),
        *({"said": bad} for bad in (-2, 5, None, 21)),
        *({"backed": bad} for bad in (-2, 2, None)),
        *({"first": bad} for bad in (-1, 2, None)),
        *({"bids": bad} for bad in (None, {}, {"buyer_0": -1}, {"buyer_0": -1, "buyer_1": 5, "seller_0": -1})),
        {"bids": {"buyer_0": -1, "buyer_1": -1, "seller_0": 4}},
        {"bids": {"buyer_0": 99, "buyer_1": -1, "seller_0": -1}, "posted": 1},
        *({"posted": bad} for bad in (-1, 1, 2, None)),
        *({"prices": bad} for bad in ((1,), (1, 2), None, [1, 2], (1, -1))),
        *({"answer": bad} for bad in (0, 1, 2, -2, None)),
        {"said": 4, "backed": -1, "bids": {"buyer_0": 3, "buyer_1": -1, "seller_0": -1}, "posted": 1},
        {"said": -1, "backed": 1},
    ],
    ids=str,
)
def test_a_truth_refuses_itself(changes):
    env = lemons.env(buyers=2, disclosure="verifiable", warranty=3.0)
    sound = env.dealt(3)
    fields = {name: getattr(sound, name) for name in sound.names}
    type(sound)(**fields)
    with pytest.raises(InvalidTruth):
        infogap.plant(env, type(sound)(**{**fields, **changes}))


def test_illegal_acts_are_refused_and_change_nothing():
    env, twin = deal(lemons.env(disclosure="cheap"), 5), deal(lemons.env(disclosure="cheap"), 5)
    for bad in (-1, 0, 1, 2, 10**9, 1.0, True, None, "say nothing", np.nan, [1], {}):
        with pytest.raises(InvalidAction):
            env.step(bad)
    for phrase in ("say nothing", "offer 0.6", "accept"):
        assert str(env.last()) == str(twin.last())
        do(env, phrase), do(twin, phrase)
    assert env.rewards == twin.rewards
