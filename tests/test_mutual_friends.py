"""Mutual friends: its rules against a reading of its sentences, what each seat is told, and its verdicts."""

from __future__ import annotations

import itertools
import math
import zlib
from collections import Counter

import numpy as np
import pytest
from mutual_friends_reading import OWN, SEATS, SMALL, Reading, dealt, is_true, number, said_by

import infogap
from infogap.core.chance import Chance
from infogap.core.errors import InfogapError, InvalidAction, InvalidOption, InvalidTruth, UnknownOption
from infogap.envs.social import mutual_friends as game
from infogap.envs.social.mutual_friends_acts import COMPANIES, HOBBIES, table
from infogap.envs.social.mutual_friends_partners import Seen

CRC = 456356225
"""Of the sentences of the default game. Where they change, so must the id's version."""


# -- the public table --------------------------------------------------------------------------------------------------
def test_the_public_table_is_what_it_was():
    acts = table(32)
    assert len(acts.words) == 228 == 32 + 8 * 16 + 4 * 8 + 4 + 32
    assert len(set(acts.words)) == 228 and max(map(len, acts.words)) < 120
    assert zlib.crc32("\n".join(acts.words).encode()) == CRC
    assert acts is table(32)
    first = [name.split()[0] for name in table(64).names]
    assert len(set(first)) == 64 and len(set(table(64).names)) == 64


@pytest.mark.parametrize("people", [2, 3, 5, 7, 8, 32, 62, 64])
def test_four_people_share_a_school_a_hobby_and_a_company(people):
    acts = table(people)
    schools = [list(acts.school(g)) for g in range(acts.groups)]
    traits = [acts.bearers(t) for t in range(2 * acts.groups)]
    for groups in (schools, traits[: acts.groups], traits[acts.groups :]):
        assert sorted(itertools.chain(*groups)) == list(range(people))
        assert all(len(group) == 4 for group in groups[:-1]) and 1 <= len(groups[-1]) <= 4
    for person in range(people):
        hobby, company = acts.traits(person).split(", works for ")
        assert person in acts.bearers(HOBBIES.index(hobby))
        assert person in acts.bearers(acts.groups + COMPANIES.index(company))


# -- rules -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "options", [{}, {"lying": True}, SMALL, {"people": 7, "friends": 2, "turns": 5, "lying": True}], ids=str
)
def test_the_game_is_what_its_sentences_say(options):
    """Masks, observations, ends and rewards over random lines, against another reading of the sentences."""
    env, rng = game.env(**options), np.random.default_rng(3)
    seen_kinds = set()
    for seed in range(40):
        env.reset(seed=seed)
        friends = infogap.reveal(env).friends
        rules = Reading(env.acts, friends.values(), env.rules.turns, env.rules.lying)
        env.reset(seed=seed)  # the reveal has moved the first to the specification
        spoken = []
        while not rules.over():
            legal = [rules.may(sentence) for sentence in env.words]
            for i, seat in enumerate(SEATS):
                observed = env.observe(seat)
                assert env.observation_space(seat).contains(observed)
                mover = len(spoken) % 2 == i
                assert observed["action_mask"].astype(bool).tolist() == (legal if mover else [False] * len(legal))
                parts = Seen.of(observed["observation"], env)
                assert np.flatnonzero(parts.own).tolist() == list(friends[seat])
                assert parts.who == i and parts.turn == len(spoken)
                assert parts.mine.tolist() == rules.told(i) and parts.theirs.tolist() == rules.told(1 - i)
                assert [row[3] for row in parts.log.tolist()] == [
                    0 if t >= len(spoken) else 1 if t % 2 == i else 2 for t in range(env.rules.turns)
                ]
            assert env.agent_selection == SEATS[len(spoken) % 2] and not any(env.rewards.values())
            kinds = sorted({said_by(env.acts, w)[0] for w, may in zip(env.words, legal, strict=True) if may})
            if len(kinds) > 1 and rng.random() < 0.9:
                kinds.remove("select")
            kind = str(rng.choice(kinds))
            fitting = [a for a, may in enumerate(legal) if may and said_by(env.acts, env.words[a])[0] == kind]
            action = int(rng.choice(fitting))
            spoken.append(env.words[action])
            rules.play(env.words[action])
            env.step(action)
            seen_kinds.add(kind)
        assert all(env.terminations.values()) and not any(env.truncations.values())
        last = [said[:2] for said, _ in rules.history[-2:]]
        won = last[0] == last[1] and last[0][0] == "select" and all(last[0][1] in f for f in friends.values())
        assert env.rewards == dict.fromkeys(SEATS, float(won))
        assert tuple(env.words[a] for a in infogap.reveal(env).acts) == tuple(spoken)
    assert {"name", "report", "somebody", "nobody", "again", "back", "yes"} <= seen_kinds


def test_selecting_the_mutual_friend_wins_and_anything_else_loses():
    for first, second, reward in [(2, 2, 1.0), (2, 4, 0.0), (0, 2, 0.0), (1, 7, 0.0)]:
        env = dealt()
        pick = [f"Our mutual friend is {env.acts.names[p]}." for p in (first, second)]
        env.step(number(env, pick[0]))
        assert env.rewards == dict.fromkeys(SEATS, 0.0) and not env.terminations["friend_0"]
        mask = env.observe("friend_1")["action_mask"]
        assert np.flatnonzero(mask).tolist() == [env.acts.select + p for p in OWN[1]]  # it must answer at once
        env.step(number(env, pick[1]))
        assert env.rewards == dict.fromkeys(SEATS, reward) and all(env.terminations.values())
        assert infogap.outcome(env).success is bool(reward)
    lied = dealt(lying=True)
    for _ in SEATS:
        lied.step(lied.acts.select + 0)  # friend_1 does not know person 0
    assert lied.rewards == dict.fromkeys(SEATS, 0.0)


def test_the_deadline_ends_the_game():
    env = dealt(turns=3, acts=[2, 4])
    env.step(env.acts.select + 2)  # too late for an answer
    assert all(env.terminations.values()) and not any(env.truncations.values())
    assert env.rewards == dict.fromkeys(SEATS, 0.0) and not infogap.outcome(env).success


def test_deals_are_uniform():
    """All 60 deals of two out of five people with one in common are equally likely, and the regimes deal the same."""
    env = game.env(people=5, friends=2, turns=2)
    deals = [
        (a, b)
        for a in itertools.combinations(range(5), 2)
        for b in itertools.combinations(range(5), 2)
        if len({*a} & {*b}) == 1
    ]
    n, seen = 6_000, Counter()
    for i in range(n):
        env.reset(seed=0 if i == 0 else None)
        seen[tuple(env._position.truth.friends.values())] += 1
    assert set(seen) == set(deals) and len(deals) == 60
    assert sum((seen[d] - n / 60) ** 2 / (n / 60) for d in deals) < 107  # 0.9999 quantile with 59 degrees of freedom
    for regime in ("mindreader", "script", "noisy", "partial"):
        told = game.env(people=5, friends=2, turns=2, regime=regime)
        for seed in range(5):
            env.reset(seed=seed)
            told.reset(seed=seed)
            assert infogap.reveal(told).friends == infogap.reveal(env).friends


@pytest.mark.parametrize("seat", [0, 1])
def test_resampling_draws_from_the_posterior(seat):
    """Given the own two of five: 2 mutual friends x 3 strangers, all six alike; the own friends stay."""
    env = dealt(((0, 3), (3, 4)), people=5, friends=2)
    truth, n, drawn = infogap.reveal(env), 3_000, Counter()
    own = truth.friends[SEATS[seat]]
    for i in range(n):
        other = env.resample(truth, SEATS[seat], Chance(11, i))
        assert other.friends[SEATS[seat]] == own and other.acts == ()
        drawn[other.friends[SEATS[1 - seat]]] += 1
    possible = [b for b in itertools.combinations(range(5), 2) if len({*own} & {*b}) == 1]
    assert set(drawn) == set(possible) and len(possible) == 6
    assert sum((drawn[b] - n / 6) ** 2 / (n / 6) for b in possible) < 25.8  # 0.9999 quantile, 5 degrees of freedom


# -- information -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("seat", [0, 1])
@pytest.mark.parametrize("lying", [False, True])
def test_a_seat_sees_nothing_of_the_others_friends(seat, lying):
    """The same own friends, other friends of the other seat, the same acts: everything that the seat gets is equal."""
    own, other = (0, 1, 2), [(2, 4, 7), (2, 5, 7), (0, 4, 7), (1, 4, 7)]
    scripts = [[], [0], [0, 4]]
    pairs = 0
    for (one, two), script in itertools.product(itertools.combinations(other, 2), scripts):
        results = []
        for theirs in (one, two):
            deal = (own, theirs) if seat == 0 else (theirs, own)
            env, parallel = dealt(deal, lying=lying), game.parallel_env(**SMALL, lying=lying)
            infogap.plant(parallel, infogap.reveal(env))
            observations = [parallel.reset()[0][SEATS[seat]]]
            got = [str(env.observe(SEATS[seat]))]
            for t, act in enumerate(script if seat == 0 else script[::-1]):
                if not env.observe(SEATS[t % 2])["action_mask"][act]:
                    break  # somebody does not know that person
                env.step(act)
                got.append(str((env.observe(SEATS[seat]), env.infos[SEATS[seat]], env.rewards)))
                *told, info = parallel.step(dict.fromkeys(SEATS, act))
                observations.append((told[0][SEATS[seat]], info[SEATS[seat]]))
            got.append(str(infogap.view(env, SEATS[seat]).fields()))
            results.append((got, str(observations)))
        if len(results[0][0]) == len(results[1][0]):
            assert results[0] == results[1]
            pairs += 1
    assert pairs >= 9


def test_who_is_granted_what():
    env = dealt(acts=[0])
    for i, seat in enumerate(SEATS):
        view = infogap.view(env, seat)
        assert view.friends == OWN[i] and view.acts == (0,)
        assert view.type_of() == tuple(int(p in OWN[i]) for p in range(8))
    assert infogap.view(env, "verifier").friends == dict(zip(SEATS, OWN, strict=True))
    assert infogap.view(env, "critic").friends == dict(zip(SEATS, OWN, strict=True))
    for party in ("stranger", "auditor", "teacher"):
        seen = infogap.view(env, party)
        assert seen.fields() == {"acts": (0,)}
        for name in ("friends", "legal", "payoff", "type_of"):
            with pytest.raises(InfogapError):
                getattr(seen, name)


def test_telling_all_solves_the_game_at_once():
    for regime in ("mindreader", "script"):
        env = game.env(regime=regime)
        for seed in range(20):
            env.reset(seed=seed)
            for i, seat in enumerate(SEATS):
                channel = env.observe(seat)["observation"][env.own_size :]
                parts = Seen.of(env.observe(seat)["observation"], env)
                if regime == "mindreader":
                    other = channel == 2
                else:
                    types, one_hot = channel[:64].reshape(2, 32), channel[64:]
                    assert one_hot.tolist() == [1 - i, i] and ((types[i] == 2) == parts.own).all()
                    other = types[1 - i] == 2
                (mutual,) = np.flatnonzero(parts.own & other)
                env.step(env.acts.select + int(mutual))
            assert env.rewards == dict.fromkeys(SEATS, 1.0) and infogap.outcome(env).checks["turns"] == 2.0


def test_noisy_and_partial_regimes_tell_a_share():
    right = 0
    for seed in range(200):
        env = game.env(regime="noisy", accuracy=0.7)
        env.reset(seed=seed)
        channel = env.observe("friend_0")["observation"][env.own_size :]
        told = tuple(np.flatnonzero(channel == 2).tolist())
        assert len(told) == 8 and set(channel.tolist()) == {1, 2}
        right += told == infogap.reveal(env).friends["friend_1"]
    assert abs(right / 200 - 0.7) < 4 * math.sqrt(0.7 * 0.3 / 200)
    env = game.env(regime="partial", share=0.5)
    env.reset(seed=1)
    channel = env.observe("friend_0")["observation"][env.own_size :]
    truth = [int(p in infogap.reveal(env).friends["friend_1"]) + 1 for p in range(32)]
    assert all(c in (0, t) for c, t in zip(channel.tolist(), truth, strict=True)) and 5 < (channel > 0).sum() < 27


def test_rendering_and_the_picture_show_what_is_public():
    texts = set()
    for theirs in [(2, 4, 7), (2, 5, 6)]:
        env = dealt(((0, 1, 2), theirs), render_mode="ansi", acts=[0])
        texts.add(env.render())
    (text,) = texts
    assert "friend_0: I know Alice Archer." in text and "Turns left: 7." in text and "friend_1:" not in text
    assert all(name in text for name in env.acts.names) and game.env().render() is None


# -- bad input ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "options",
    [
        *({"people": bad} for bad in (1, 0, -4, 65, 14, 8.0, True, "32", None)),
        *({"friends": bad} for bad in (0, -1, 17, 33, 2.5, True, None)),
        *({"turns": bad} for bad in (1, 0, -3, 41, 1.0, False, None)),
        *({"lying": bad} for bad in (None, 1, "no")),
        {"people": 4, "friends": 3},
    ],
    ids=str,
)
def test_bad_options_are_refused(options):
    with pytest.raises(InvalidOption):
        game.env(**options)


def test_unknown_options_are_refused():
    for options in ({"regime": "omniscient"}, {"render_mode": "human"}):
        with pytest.raises(UnknownOption):
            game.env(**options)
    with pytest.raises(TypeError):
        game.env(players=3)


def test_the_smallest_game():
    env = game.env(people=2, friends=1, turns=2)
    env.reset(seed=0)
    for seat in SEATS:
        (own,) = np.flatnonzero(Seen.of(env.observe(seat)["observation"], env).own)
        env.step(env.acts.select + int(own))
    assert env.rewards == dict.fromkeys(SEATS, 1.0)


def test_a_claim_about_strangers_is_refused_and_changes_nothing():
    for template in (False, True):
        env, twin = dealt(), dealt()
        env.reset(seed=4)  # undealt: the fast path
        twin.reset(seed=4)
        if template:
            env._door("template")
        mask = env.observe("friend_0")["action_mask"]
        bad = [int(i) for i in np.flatnonzero(mask == 0)]
        assert len(bad) > 40
        for action in [*bad, -1, len(mask), 1.0, True, None, "I know Alice Archer.", np.array([0]), 10**30, {}]:
            with pytest.raises(InvalidAction) as error:
                env.step(action)
            assert not any(str(infogap.reveal(twin).friends[seat]) in str(error.value) for seat in SEATS)
        assert str(env.last()) == str(twin.last())


def test_a_truth_refuses_itself():
    make = game.env(**SMALL).truth_type
    good = dict(zip(SEATS, OWN, strict=True))
    make(friends=good, acts=(0, 4))
    for friends, acts in [
        ({**good, "friend_1": (3, 4, 5)}, ()),  # nobody in common
        ({**good, "friend_1": (1, 2, 5)}, ()),  # two in common
        ({**good, "friend_1": (2, 4)}, ()),
        ({**good, "friend_1": (2, 7, 4)}, ()),
        ({**good, "friend_1": (2, 4, 8)}, ()),
        ({**good, "friend_1": (2, 2, 4)}, ()),
        ({**good, "friend_1": [2, 4, 7]}, ()),
        ({**good, "friend_1": (2, 4, "7")}, ()),
        ({"friend_0": (0, 1, 2)}, ()),
        (7, ()),
        (good, [0]),
        (good, (4,)),  # friend_0 does not know person 4
        (good, (0, 0)),
        (good, (999,)),
        (good, (0, None)),
    ]:
        with pytest.raises(InvalidTruth):
            make(friends=friends, acts=acts)
    with pytest.raises(InvalidTruth, match="truth_type"):
        game.MutualFriendsTruth(friends=good, acts=())
    env = game.env(**SMALL)
    with pytest.raises(InvalidTruth, match="over"):
        infogap.plant(env, make(friends=good, acts=(env.acts.select + 2, env.acts.select + 2)))
    with pytest.raises(InvalidTruth):
        infogap.plant(game.env(), make(friends=good, acts=()))
    infogap.plant(env, make(friends=good, acts=(0,)))
    env.reset()
    assert env.agent_selection == "friend_1"


# -- verdicts ----------------------------------------------------------------------------------------------------------
def test_outcome_counts_what_was_done():
    env = dealt()
    a = env.acts
    for action in (0, a.deny, 1, a.clarify, 1, a.deny, a.repair, a.select + 2):
        env.step(action)
    verdict = infogap.outcome(env)
    assert not verdict.success and verdict.score == 0.0  # out of turns
    expected = {"turns": 8, "clarify": 1, "confirm": 2, "repair": 1, "deception": 0, "unanimous": 0, "efficiency": 0}
    assert {key: verdict.checks[key] for key in expected} == expected
    won = dealt(acts=[2])
    for action in (a.confirm, a.select + 2, a.select + 2):
        won.step(action)
    checks = infogap.outcome(won).checks
    assert infogap.outcome(won) == infogap.outcome(won) and infogap.outcome(won)[:2] == (True, 1.0)
    expected = dict.fromkeys(("efficiency", "first_best", "pareto", "correct", "unanimous", "confirm"), 1.0)
    expected |= {"payoff_friend_0": 1.0, "payoff_friend_1": 1.0, "turns": 4.0, "deception": 0.0}
    assert {key: checks[key] for key in expected} == expected


def test_outcome_tells_lies():
    env = dealt(lying=True)
    a = env.acts
    lies = [5, a.confirm, a.reporting(0, [0] * 8), a.deny]  # the last is no answer to a name: not legal
    env.step(lies[0])
    env.step(lies[1])  # friend_1 does not know person 5
    env.step(lies[2])
    assert not env.observe("friend_1")["action_mask"][a.deny]
    for action in (4, a.select + 5, a.select + 5):
        env.step(action)
    checks = infogap.outcome(env).checks
    assert checks["deception"] == pytest.approx(3 / 4) and checks["unanimous"] == 1.0 and checks["correct"] == 0.0


def test_disclosure_is_the_shrinkage_of_the_sets_that_fit():
    """Enumeration of all 56 sets of three of eight people, against the sentences that stand at the end."""
    env, rng = game.env(**SMALL), np.random.default_rng(0)
    told = 0
    for seed in range(60):
        env.reset(seed=seed)
        friends = infogap.reveal(env).friends
        rules = Reading(env.acts, friends.values(), env.rules.turns, False)
        while not rules.over():
            legal = np.flatnonzero(env.observe(env.agent_selection)["action_mask"])
            action = int(rng.choice(legal))
            rules.play(env.words[action])
            env.step(action)
        bits = 0.0
        for seat in (0, 1):
            picks = [said for t, (said, _) in enumerate(rules.history) if said[0] == "select" and t % 2 == seat]
            claims = [*rules.claims[seat], *((said, None) for said in picks)]
            sets = [set(s) for s in itertools.combinations(range(8), 3)]
            bits += math.log2(56 / sum(all(is_true(said, s, pending) for said, pending in claims) for s in sets))
        assert infogap.outcome(env).checks["disclosure_bits"] == pytest.approx(bits, abs=1e-12)
        told += bits > 3
    assert told > 20
