"""The sealed-bid auctions: rules, secrets, measures and partners."""

from __future__ import annotations

import itertools
import math
from collections import Counter

import numpy as np
import pytest
from auction_deal import MODULES, RULES, deal, plant, play, settled

import infogap
from infogap.core.chance import Chance
from infogap.core.errors import (
    EpisodeOver,
    InfogapError,
    InvalidAction,
    InvalidOption,
    InvalidTruth,
    NotGranted,
    UnknownOption,
)
from infogap.envs.social import auction_theory as theory
from infogap.envs.social import first_price, second_price
from infogap.envs.social.auction import Auction, Rules


# -- rules -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("reserve", [0, 2])
def test_every_small_auction_pays_as_the_rules_say(rule, reserve):
    levels = 4
    for values in ((0, 3), (2, 2), (3, 1), (1, 2, 3), (3, 3, 0)):
        env = deal(rule, values, levels=levels, reserve=reserve / 3)
        for bids in itertools.product(range(levels), repeat=len(values)):
            plant(env, values)
            for i, bid in enumerate(bids):
                assert env.agent_selection == env.possible_agents[i] and not any(env.terminations.values())
                env.step(bid)
            gains = settled(rule, values, bids, reserve, 3)
            assert list(env.rewards.values()) == pytest.approx([float(gain) for gain in gains], abs=1e-12)
            assert all(env.terminations.values()) and not any(env.truncations.values())


def test_the_parallel_form_is_the_same_auction():
    for rule, module in MODULES.items():
        env, aec = module.parallel_env(bidders=3), module.env(bidders=3)
        env.reset(seed=5)
        aec.reset(seed=5)
        bids = (4, 9, 7)
        seen, rewards, done, cut, _ = env.step(dict(zip(env.possible_agents, bids, strict=True)))
        for bid in bids:
            aec.step(bid)
        assert rewards == aec.rewards and all(done.values()) and not any(cut.values()) and env.agents == []
        for seat in aec.possible_agents:
            assert seen[seat]["observation"].tolist() == aec.observe(seat)["observation"].tolist()
        assert infogap.view(aec, "public").price == (9 if rule == 1 else 7)


def test_observations_hold_the_own_value_the_own_bid_and_the_result():
    env = deal(2, (10, 20, 4), levels=21)
    assert env.observe("bidder_1")["observation"].tolist() == [1, -1, 0, -1, 0, 0, 0]
    env.step(3)
    assert env.observe("bidder_0")["observation"].tolist() == pytest.approx([0.5, 0.15, 0, -1, 0, 0, 0])
    assert env.observe("bidder_0")["action_mask"].sum() == 0 and env.observe("bidder_2")["action_mask"].sum() == 21
    env.step(8)
    env.step(8)
    assert env.observe("bidder_1")["observation"].tolist() == pytest.approx([1, 0.4, 1, 0.4, 0.5, 0.5, 0])
    assert env.observe("bidder_2")["observation"].tolist() == pytest.approx([0.2, 0.4, 1, 0.4, 0.5, 0, 0.5])
    for seat in env.possible_agents:
        assert env.observation_space(seat).contains(env.observe(seat))


@pytest.mark.parametrize("rule", RULES)
def test_a_seat_learns_nothing_of_sealed_values_and_bids(rule):
    """Others' values and losing bids change, the result does not: the first seat perceives the same throughout."""
    seen = []
    for values, bids in [((9, 3, 8), (12, 7, 5)), ((9, 11, 1), (12, 7, 2)), ((9, 0, 20), (12, 7, 0))]:
        env = deal(rule, values)
        trace = [str(env.observe("bidder_0"))]
        for bid in bids:
            env.step(bid)
            known = infogap.view(env, "bidder_0").fields()
            trace.append(str((env.observe("bidder_0"), env.infos, known, env.rewards["bidder_0"])))
        seen.append(trace)
    assert seen[0] == seen[1] == seen[2]
    assert set(infogap.view(env, "public").fields()) == {"placed", "price", "winners"}
    with pytest.raises(NotGranted):
        _ = infogap.view(env, "bidder_9").value


def test_illegal_bids_and_deals_and_options_are_refused():
    env, twin = deal(1, (3, 9)), deal(1, (3, 9))
    for bad in (21, -1, 0.5, True, None, "5", [1], np.nan):
        with pytest.raises(InvalidAction):
            env.step(bad)
    parallel = first_price.parallel_env()
    parallel.reset(seed=0)
    for bad in ({}, {"bidder_0": 1}, None, [1, 1], {"bidder_0": 1, "bidder_1": 21}):
        with pytest.raises(InvalidAction):
            parallel.step(bad)
    for bid in (1, 2):
        env.step(bid)
        twin.step(bid)
        assert str(env.last()) == str(twin.last())
    for _ in env.possible_agents:
        with pytest.raises(InvalidAction):
            env.step(0)
        env.step(None)
    with pytest.raises(EpisodeOver):
        env.step(0)
    for bad in (
        {"bidders": 1},
        {"bidders": 7},
        {"bidders": -2},
        {"bidders": 2.0},
        {"levels": 1},
        {"levels": 0},
        {"levels": 102},
        {"levels": True},
        {"reserve": -0.1},
        {"reserve": 1.1},
        {"reserve": 0.33},
        {"reserve": math.nan},
        {"reserve": "0"},
    ):
        with pytest.raises(InvalidOption):
            first_price.env(**bad)
    with pytest.raises(UnknownOption):
        second_price.env(regime="open")
    truth = env.truth_type
    good = {"value": {"bidder_0": 1, "bidder_1": 2}, "bid": {"bidder_0": -1, "bidder_1": -1}, "placed": 0}
    for bad in (
        {"value": {"bidder_0": 1}},
        {"value": {"bidder_0": 1, "bidder_1": 21}},
        {"value": {"bidder_0": 1, "bidder_1": -1}},
        {"value": [1, 2]},
        {"bid": {"bidder_0": 3, "bidder_1": -1}},
        {"bid": {"bidder_0": -1, "bidder_1": 1}, "placed": 1},
        {"placed": 2},
        {"placed": 1.0},
        {"bid": {"bidder_0": 3, "bidder_1": 2}, "placed": 2},
        {"bid": {"bidder_0": 3, "bidder_1": 2}, "placed": 2, "price": 3, "winners": (1, 1)},
        {"price": 4},
        {"winners": (1, 0)},
    ):
        with pytest.raises(InvalidTruth):
            truth(**{**good, "price": -1, "winners": (0, 0), **bad})
    with pytest.raises(InvalidTruth, match="over"):
        infogap.plant(env, infogap.reveal(env))


def test_planted_auctions_start_where_they_stand_and_values_are_uniform():
    env = deal(1, (3, 9))
    value, bid = {"bidder_0": 3, "bidder_1": 9}, {"bidder_0": 2, "bidder_1": -1}
    infogap.plant(env, env.truth_type(value=value, bid=bid, placed=1, price=-1, winners=(0, 0)))
    env.reset()
    assert env.agent_selection == "bidder_1"
    env = second_price.env(levels=5)
    env.reset(seed=1)
    seen = Counter()
    for _ in range(2_500):
        seen[tuple(infogap.reveal(env).value.values())] += 1
        env.reset()
    assert len(seen) == 25
    assert sum((count - 100) ** 2 / 100 for count in seen.values()) < 58.7  # 0.9999 quantile, 24 degrees of freedom


def test_an_own_posterior_sample_keeps_the_own_value_only():
    env = deal(2, (3, 9, 20))
    truth = infogap.reveal(env)
    drawn = [env.resample(truth, "bidder_1", Chance(key)) for key in range(40)]
    assert {t.value["bidder_1"] for t in drawn} == {9}
    assert len({t.value["bidder_0"] for t in drawn}) > 10 and not any(t.placed for t in drawn)


def test_words_pictures_and_types():
    env = deal(1, (3, 9), render_mode="ansi")
    assert env.words[7] == "I bid 0.35." and len(set(env.words)) == 21
    assert env.describe("bidder_0", (7,)) == "The item is worth 0.35 to bidder_0."
    env.step(4)
    assert env.render() == "1 of 2 sealed bids are in."
    env.step(4)
    assert env.render() == "bidder_0 and bidder_1 won at the price 0.2."
    env = deal(1, (3, 9), reserve=0.5, render_mode="ansi")
    env.step(9)
    env.step(9)
    assert "not sold" in env.render()


# -- outcomes ----------------------------------------------------------------------------------------------------------
def test_outcomes():
    env = deal(2, (5, 20, 10))
    for bid in (5, 20, 10):
        env.step(bid)
    verdict = infogap.outcome(env)
    assert verdict.success and verdict.score == 1.0
    checks = verdict.checks
    assert (checks["efficiency"], checks["revenue"], checks["first_best"]) == (1.0, 0.5, 1.0)
    assert [checks[f"payoff_bidder_{i}"] for i in range(3)] == [0, 0.5, 0]
    env = deal(1, (5, 20, 10))
    for bid in (5, 3, 5):
        env.step(bid)
    verdict = infogap.outcome(env)
    assert not verdict.success and verdict.score == pytest.approx(7.5 / 20)
    assert verdict.checks["payoff_bidder_0"] == 0 and verdict.checks["payoff_bidder_2"] == pytest.approx(0.125)
    env = deal(1, (5, 9), reserve=0.5)
    env.step(5)
    env.step(9)
    verdict = infogap.outcome(env)
    assert (verdict.score, verdict.checks["sold"], verdict.checks["revenue"]) == (0, 0, 0)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("n", "levels", "reserve"), [(2, 5, 0), (2, 5, 3), (3, 4, 0), (3, 4, 2), (4, 3, 1)])
def test_bits_disclosed_count_the_profiles_that_give_the_result(rule, n, levels, reserve):
    """Every profile's result, through the environment, against a count of the profiles that give the same."""
    profiles, results = list(itertools.product(range(levels), repeat=n)), {}
    env = MODULES[rule].env(bidders=n, levels=levels, reserve=reserve / (levels - 1))
    for profile in profiles:
        plant(env, profile)
        for bid in profile:
            env.step(bid)
        public = infogap.view(env, "public")
        results[profile] = public.price, public.winners, infogap.outcome(env).checks["disclosure_bits"]
    same = Counter(result[:2] for result in results.values())
    for price, winners, bits in results.values():
        assert bits == pytest.approx(math.log2(len(profiles) / same[price, winners]))


# -- partners ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("rule", RULES)
def test_every_partner_bids_as_it_says(rule):
    assert {"equilibrium", "truthful", "silent", "adversarial", "naive"} <= Auction.partners.keys() - Auction.held_out
    assert len(Auction.held_out) >= 2 and Auction.held_out <= Auction.partners.keys()
    for levels in (2, 21, 101):
        env = MODULES[rule].env(levels=levels, bidders=3)
        for name, maker in env.partners.items():
            assert maker.__doc__
            act, bids = maker(env), {}
            for value in range(levels):
                plant(env, (value, 0, 0))
                bids[value] = [act("bidder_0", env.observe("bidder_0"), Chance(9, k)) for k in range(8)]
                assert all(type(bid) is int and 0 <= bid < levels for bid in bids[value])
            if name in ("truthful", "constrained"):
                assert all(max(given) <= value for value, given in bids.items())
            if name == "truthful":
                assert all(set(given) == {value} for value, given in bids.items())
            if name == "adversarial":
                assert all(min(given) > value for value, given in bids.items() if value < levels - 1)
            if name == "silent":
                assert {0} == set().union(*bids.values())
            if name == "equilibrium":
                assert [given[0] for given in bids.values()] == list(theory.scripted_bids(rule, 3, levels))


def test_partners_read_the_private_part_of_open_observations():
    for regime in ("mindreader", "script", "noisy", "partial"):
        env = first_price.env(regime=regime)
        for seed in range(5):
            env.reset(seed=seed)
            play(env, ["truthful", "truthful"], Chance(1))
            assert infogap.outcome(env).checks["efficiency"] == 1.0


def test_rules_are_public_and_truths_pickle():
    import pickle

    env = second_price.env(bidders=3, reserve=0.5)
    assert env.rules == Rules(2, 3, 21, 10) == env.truth_type.rules
    env.reset(seed=4)
    again = pickle.loads(pickle.dumps(env))
    assert str(again.observe("bidder_2")) == str(env.observe("bidder_2"))
    with pytest.raises(InfogapError):
        infogap.outcome(env)
