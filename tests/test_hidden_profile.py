"""Hidden profile: its rules and measures against a deal made by hand, and its secrets."""

from __future__ import annotations

import itertools
import pickle

import numpy as np
import pytest
from hidden_profile_deal import ASK, COMMON, CONFIRM, FAVOUR, PASS, REPAIR, SEATS, VOTE, dealt, nonzero, parts, shares

import infogap
from infogap.core.chance import Chance
from infogap.core.errors import InfogapError, InvalidAction
from infogap.envs.social import hidden_profile


# -- rules -------------------------------------------------------------------------------------------------------------
def test_a_discussion_step_by_step():
    env = dealt(5)  # member_0: fact 5 has -2
    assert nonzero(parts(env, "member_0")["told"]) == {5: -2}
    assert nonzero(parts(env, "member_1")["echo"]) == nonzero(parts(env, "member_2")["echo"]) == {5: -2}
    env.step(CONFIRM)  # member_1: me too
    assert nonzero(parts(env, "member_0")["echo"]) == nonzero(parts(env, "member_1")["echo"]) == {5: -2}
    env.step(9)  # member_2: fact 9 has +3
    for seat, channel in zip(SEATS, ("news", "news", "told"), strict=True):
        assert nonzero(parts(env, seat)[channel]) == {9: 3}
    env.step(REPAIR)  # member_0 takes fact 5 back, and member_1 still stands for it
    assert nonzero(parts(env, "member_0")["echo"]) == nonzero(parts(env, "member_2")["echo"]) == {5: -2}
    assert nonzero(parts(env, "member_1")["told"]) == {5: -2}
    env.step(FAVOUR + 1)  # member_1 favours B
    env.step(ASK + 2)  # member_2 asks about C
    seen = parts(env, "member_2")
    assert seen["seat"] == [0, 0, 1] and seen["left"] == [0] and seen["phase"] == [1]
    assert nonzero(seen["own"]) == {**COMMON, 4: -1, 9: 3, 14: -2}
    assert nonzero(seen["favours"]) == {2 * 3 + 1: 1}  # member_1 sits two after member_2
    assert seen["log"] == [1, 6, -2, 4, 6, -2, 1, 10, 3, 5, 6, -2, 2, 2, 0, 3, 3, 0]
    env.step(VOTE + 1)
    assert nonzero(parts(env, "member_0")["votes"]) == {1: 1}
    assert nonzero(parts(env, "member_1")["votes"]) == nonzero(parts(env, "member_2")["votes"]) == {}
    env.step(VOTE + 2)
    env.step(VOTE + 1)
    assert nonzero(parts(env, "member_0")["votes"]) == {1: 1, 3 + 2: 1, 6 + 1: 1}
    assert nonzero(parts(env, "member_1")["votes"]) == {2: 1, 3 + 1: 1, 6 + 1: 1}
    assert parts(env, "member_0")["phase"] == [2]
    assert env.rewards == dict.fromkeys(SEATS, 1.0) and all(env.terminations.values())


@pytest.mark.parametrize("votes", list(itertools.product(range(3), repeat=3)))
def test_the_group_gets_one_for_the_best_option_and_ties_go_by_the_alphabet(votes):
    env = dealt(*[PASS] * 6)
    for vote in votes:
        assert set(env.rewards.values()) == {0.0} and not any(env.terminations.values())
        env.step(VOTE + vote)
    most = max(votes.count(o) for o in range(3))
    chosen = min(o for o in range(3) if votes.count(o) == most)
    assert env.rewards == env._cumulative_rewards == dict.fromkeys(SEATS, float(chosen == 1))
    assert not any(env.truncations.values())
    assert infogap.outcome(env).success == (chosen == 1)


def mask(env, seat=None):
    return np.flatnonzero(env.observe(seat or env.agent_selection)["action_mask"]).tolist()


def test_masks():
    free = [*range(FAVOUR, CONFIRM), PASS]
    env = dealt()
    assert mask(env) == sorted([*COMMON, 2, 7, 12, *free]) and mask(env, "member_1") == []
    env.step(7)  # the own fact of member_0: nobody else can confirm it
    assert mask(env) == sorted([*COMMON, 3, 8, 13, *free])
    env.step(5)  # shared: member_2 can confirm it, and cannot tell it again
    assert mask(env) == sorted([*(COMMON.keys() - {5}), 4, 9, 14, *free, CONFIRM])
    env.step(PASS)
    assert mask(env) == sorted([*(COMMON.keys() - {5}), 2, 12, *free, CONFIRM, REPAIR])
    env.step(REPAIR)  # fact 7 may be told again now
    assert mask(env) == sorted([*(COMMON.keys() - {5}), 3, 8, 13, *free, REPAIR])
    env.step(REPAIR)
    assert mask(env) == sorted([*COMMON, 4, 9, 14, *free])
    env.step(FAVOUR)
    assert all(mask(env, seat) == [VOTE, VOTE + 1, VOTE + 2] for seat in SEATS)
    env.step(VOTE)
    assert mask(env, "member_0") == [] and mask(env, "member_1") == [VOTE, VOTE + 1, VOTE + 2]


def test_with_lying_any_claim_may_be_made_but_the_one_that_stands():
    env = dealt(lying=True)
    tells, weights = 90, (-3, -2, -1, 1, 2, 3)
    assert env.action_space("member_0").n == 90 + 9 + 3 and mask(env)[:90] == list(range(90))
    env.step(8 * 6 + 5)  # member_0: fact 8 has +3 (true, but member_1 holds it)
    assert 8 * 6 + 5 not in mask(env) and tells + 6 in mask(env)
    assert nonzero(parts_of(env, "member_1")["echo"]) == {8: 3} and nonzero(parts_of(env, "member_0")["news"]) == {8: 3}
    env.step(8 * 6 + 0)  # member_1: fact 8 has -3, which replaces that
    assert nonzero(parts_of(env, "member_0")["news"]) == {8: -3}
    env.step(tells + 6)  # member_2 confirms what it can't know
    env.step(tells + 8)
    assert weights[0] == -3 and tells + 7 in mask(env)  # member_1 may take its claim back
    env.step(tells + 7)
    env.step(tells + 7)  # and then member_2 its confirmation, and nothing stands
    assert not any(parts_of(env, "member_0")["news"])
    for vote in (0, 1, 1):
        env.step(tells + 9 + vote)
    checks = infogap.outcome(env).checks
    assert checks["deception"] == pytest.approx(2 / 3) and checks["repair"] == 2 and checks["confirm"] == 1
    assert checks["pooled"] == 0 and checks["disclosure_bits"] == 0


def parts_of(env, seat):
    seen = env.observe(seat)["observation"].tolist()[5:65]
    return {name: seen[i * 15 : i * 15 + 15] for i, name in enumerate(("own", "news", "echo", "told"))}


def test_the_parallel_form_hears_one_and_then_all():
    game = hidden_profile.parallel_env()
    truth_type = game._game.truth_type
    votes = dict.fromkeys(SEATS, -1)
    infogap.plant(game, truth_type(held=shares(), said=(), votes=votes, cast=0, tally=()))
    game.reset(seed=0)
    for turn in range(6):
        _, rewards, *_ = game.step(dict.fromkeys(SEATS, PASS) | {SEATS[turn % 3]: FAVOUR + 1})
        assert set(rewards.values()) == {0.0}
    with pytest.raises(InvalidAction):
        game.step(dict.fromkeys(SEATS[:2], VOTE + 1))
    _, rewards, ended, cut, _ = game.step(dict.fromkeys(SEATS, VOTE + 1))
    assert set(rewards.values()) == {1.0} and all(ended.values()) and not any(cut.values()) and game.agents == []


def test_without_rounds_all_vote_at_once():
    env = dealt(rounds=0)
    assert all(mask(env, seat) == [VOTE, VOTE + 1, VOTE + 2] for seat in SEATS)
    for _ in SEATS:
        env.step(VOTE + 1)
    assert infogap.outcome(env).success


# -- secrets -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("options", [{}, {"profile": "mixed", "members": 4}, {"lying": True, "shared": 1}])
def test_a_member_sees_nothing_of_the_others_facts_and_votes(options):
    """Deals that a member can't tell apart, other votes of the others: equal observations until all have voted."""
    env = hidden_profile.env(**options)
    env.reset(seed=4)
    start = infogap.reveal(env)
    for number, seat in enumerate(env.possible_agents):
        other = next(
            other
            for other in (env.resample(start, seat, Chance(7, i).fork(seat)) for i in range(100))
            if other.held != start.held
        )
        assert other.held[seat] == start.held[seat]
        seen = []
        for deal, shift in ((start, 0), (other, 1)):
            infogap.plant(env, deal)
            env.reset(seed=1)
            told = []
            while env.agents and not env.terminations[seat]:
                told.append((str(env.observe(seat)), str(infogap.view(env, seat).fields()), str(env.infos)))
                mover = env.agent_selection
                voting = env.observe(mover)["observation"][env.rules.members + 1] == 1
                own = voting and mover == seat
                env.step(env.rules.votes + (0 if own else shift) if voting else env.rules.votes - 1)
            seen.append(told)
        assert seen[0] == seen[1]
        assert len(seen[0]) == env.rules.turns + env.rules.members, number


def test_who_is_granted_what():
    env = dealt(5)
    held = shares()
    for seat in SEATS:
        view = infogap.view(env, seat)
        assert view.held == held[seat] == view.share() and view.type_of() == tuple(w + 3 for w in held[seat])
        assert view.votes == view.ballot() == -1 and view.tally == ()
    assert infogap.view(env, "verifier").held == held
    public = infogap.view(env, "public")
    assert set(public.fields()) == {"said", "cast", "tally"}
    for name in ("held", "votes", "share", "payoff", "type_of", "ballot"):
        with pytest.raises(InfogapError):
            getattr(public, name)


def test_regimes_tell_the_types():
    for regime, order in (("mindreader", (2, 0)), ("script", (0, 1, 2))):
        env = dealt(regime=regime)
        told = env.observe("member_1")["observation"][101:].tolist()
        expected = [w + 4 for i in order for w in shares()[SEATS[i]]]
        assert told == expected + ([0, 1, 0] if regime == "script" else [])


def test_games_and_truths_pickle_and_revealed_truths_are_the_callers():
    env = dealt(5)
    again = pickle.loads(pickle.dumps(env))
    assert str(again.observe("member_1")) == str(env.observe("member_1"))
    infogap.reveal(env).votes["member_0"] = 2
    env = hidden_profile.env()
    env.reset(seed=0)
    infogap.reveal(env).votes["member_0"] = 2
    env.reset()
    assert set(infogap.reveal(env).votes.values()) == {-1}


# -- outcomes ----------------------------------------------------------------------------------------------------------
def test_measures_of_an_episode():
    # member_0 tells its own +3 on B, member_1 asks, member_2 tells a shared fact, which member_1 confirms.
    env = dealt(7, ASK, 11, FAVOUR + 1, CONFIRM, REPAIR, VOTE + 1, VOTE + 1, VOTE)
    verdict = infogap.outcome(env)
    checks = verdict.checks
    assert verdict.success and verdict.score == 1.0
    expected = {"efficiency": 1, "first_best": 1, "pareto": 1, "correct": 1, "decoy": 0, "unanimous": 0, "turns": 6}
    expected |= {"clarify": 1, "confirm": 1, "repair": 1, "deception": 0, "pooled": 1 / 9}
    assert {name: checks[name] for name in expected} == pytest.approx(expected)
    assert all(checks[f"payoff_{seat}"] == 1.0 for seat in SEATS)
    # Endings of the shape ({-1, 1, 2}, {-2, -1, 3}): the best option is worth 2 * 3 = 6 if its own weight is 3, and the
    # lure 2 + 2 * own, so its own is -1 or 1; the third option's is -2 or -1. These are 4 endings for each of two
    # options, equally likely. Members 1 and 2 learn that B has +3 (half of all), and in which of two places that they
    # don't hold; that C doesn't have +3 is then no news.
    told = np.log2(2) + np.log2(2)
    assert checks["disclosure_bits"] == pytest.approx((1 + 2 * told) / 3)  # member_0 hears of the +3 on C only: 1 bit
    worse = infogap.outcome(dealt(*[PASS] * 6, VOTE, VOTE, VOTE))
    assert not worse.success and worse.score == 0 and worse.checks["decoy"] == 1 and worse.checks["unanimous"] == 1
    assert worse.checks["disclosure_bits"] == worse.checks["pooled"] == worse.checks["pareto"] == 0
