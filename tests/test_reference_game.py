"""The reference game: rules against hand-made tables, theory against enumeration."""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter

import numpy as np
import pytest

import infogap
from infogap.core.chance import Chance
from infogap.core.errors import InvalidAction, InvalidOption, InvalidTruth, NotGranted, UnknownOption
from infogap.envs.social import reference_game, reference_theory
from infogap.envs.social.reference_partners import HELD_OUT, PARTNERS, seen
from infogap.envs.social.reference_theory import (
    babbling,
    best_fixed_code,
    best_listener,
    best_speaker,
    deviation_gain,
    equilibrium,
    first_best,
    fixed_code_success,
    mutual_information,
    partial_pooling,
    pure_equilibria,
    reinforce,
    roth_erev,
    success,
)

SPEAKER, LISTENER = "speaker_0", "listener_0"
OPTIONS = [
    {},
    {"states": 3, "messages": 3},
    {"states": 5, "messages": 2},
    {"states": 2, "messages": 1},
    {"states": 6, "messages": 3, "candidates": 4},
    {"states": 5, "messages": 7, "rounds": 4},
    {"states": 9, "messages": 2, "candidates": 3, "rounds": 3},
    {"states": 64, "messages": 64, "candidates": 32},
]


def deal(env, *targets, contexts=None, said=(), chosen=()):
    """Plant and start a game."""
    contexts = contexts or (tuple(range(env.rules.states)),) * len(targets)
    results = tuple(int(c == t) for c, t in zip(chosen, targets, strict=False))
    private = {SPEAKER: tuple(targets), LISTENER: ()}
    infogap.plant(env, env.truth_type(deal=private, contexts=contexts, messages=said, choices=chosen, results=results))
    env.reset()
    return env


def played(env, speaker, listener, number=0):
    """Play the episode that has started to its end with two partners, by name; the reward of a seat."""
    players = {SPEAKER: env.partners[speaker](env), LISTENER: env.partners[listener](env)}
    total, turn = 0.0, 0
    while not env.terminations[SPEAKER]:
        seat, turn = env.agent_selection, turn + 1
        shown = env.observe(seat)
        assert env.observation_space(seat).contains(shown)
        action = players[seat](seat, shown, Chance(17, number, turn))
        assert shown["action_mask"][action] == 1
        env.step(action)
        total += env.rewards[seat]
    return total


# -- rules -------------------------------------------------------------------------------------------------------------
# Target, message, choice of a game with 3 states and 2 messages: its reward, and the observations at the end.
TABLE = {
    (0, 0, 0): (1, "1 100 10 100 10", "0 000 10 100 10"),
    (0, 0, 1): (0, "1 100 10 010 01", "0 000 10 010 01"),
    (0, 1, 2): (0, "1 100 01 001 01", "0 000 01 001 01"),
    (1, 0, 1): (1, "1 010 10 010 10", "0 000 10 010 10"),
    (1, 1, 0): (0, "1 010 01 100 01", "0 000 01 100 01"),
    (2, 1, 2): (1, "1 001 01 001 10", "0 000 01 001 10"),
    (2, 0, 1): (0, "1 001 10 010 01", "0 000 10 010 01"),
}


def bits(text):
    return [int(c) for c in text if c in "01"]


@pytest.mark.parametrize(("moves", "expected"), TABLE.items())
def test_rewards_and_observations_are_those_of_the_table(moves, expected):
    target, message, choice = moves
    reward, by_speaker, by_listener = expected
    env = deal(reference_game.env(states=3, messages=2), target)
    assert env.agent_selection == SPEAKER
    assert env.observe(SPEAKER)["action_mask"].tolist() == [1, 1, 0, 0, 0]
    assert env.observe(LISTENER)["action_mask"].tolist() == [0] * 5
    env.step(message)
    assert env.agent_selection == LISTENER and set(env.rewards.values()) == {0.0}
    assert env.observe(SPEAKER)["action_mask"].tolist() == [0] * 5
    assert env.observe(LISTENER)["action_mask"].tolist() == [0, 0, 1, 1, 1]
    env.step(2 + choice)
    assert env.rewards == {SPEAKER: reward, LISTENER: reward}
    assert all(env.terminations.values()) and not any(env.truncations.values())
    assert env.observe(SPEAKER)["observation"].tolist() == bits(by_speaker)
    assert env.observe(LISTENER)["observation"].tolist() == bits(by_listener)


def test_rounds_and_contexts_as_written_by_hand():
    env = reference_game.env(states=4, messages=2, candidates=2, rounds=2)
    deal(env, 3, 0, contexts=((1, 3), (0, 2)))
    rows = [  # action, reward, then what the speaker sees: role; target, candidates, message, choice, right and wrong
        (None, 0.0, "1 0001 0101 00 0000 00 0000 0000 00 0000 00"),
        (1, 0.0, "1 0001 0101 01 0000 00 0000 0000 00 0000 00"),
        (2 + 3, 0.5, "1 0001 0101 01 0001 10 1000 1010 00 0000 00"),
        (0, 0.0, "1 0001 0101 01 0001 10 1000 1010 10 0000 00"),
        (2 + 2, 0.0, "1 0001 0101 01 0001 10 1000 1010 10 0010 01"),
    ]
    masks = ["11 0000", "00 0101", "11 0000", "00 1010", "00 0000"]
    for i, (action, reward, speaker) in enumerate(rows):
        if action is not None:
            env.step(action)
        assert set(env.rewards.values()) == {reward}
        expected = np.array(bits(speaker))
        assert env.observe(SPEAKER)["observation"].tolist() == expected.tolist()
        expected[[0, *range(1, 5), *range(17, 21)]] = 0  # the listener sees neither role nor targets
        assert env.observe(LISTENER)["observation"].tolist() == expected.tolist()
        mover = [SPEAKER, LISTENER][i % 2]
        assert env.observe(mover)["action_mask"].tolist() == bits(masks[i])
    assert all(env.terminations.values())
    read = seen(env.rules, env.observe(SPEAKER)["observation"])
    assert read == [((1, 3), 1, 1, 1, True), ((0, 2), 0, 0, 1, False)]


@pytest.mark.parametrize("options", [{}, {"states": 6, "messages": 3, "candidates": 4}, {"states": 5, "candidates": 2}])
def test_deals_are_all_contexts_with_all_their_candidates_once(options):
    env = reference_game.env(**options)
    n, _, k, _ = env.rules
    dealt = [env.dealt(i) for i in range(env.deals)]
    pairs = [(truth.contexts[0], truth.deal[SPEAKER][0]) for truth in dealt]
    assert sorted(pairs) == sorted((c, t) for c in itertools.combinations(range(n), k) for t in c)


@pytest.mark.parametrize(
    "options",
    [{"states": 4, "rounds": 3}, {"states": 4, "candidates": 2, "rounds": 3}, {"states": 20, "candidates": 9}],
)
def test_drawn_targets_and_contexts_are_even(options):
    env = reference_game.env(**options)
    n, _, k, rounds = env.rules
    assert env.deals == 0
    env.reset(seed=4)
    targets, members, ranks, repeats, episodes = Counter(), Counter(), Counter(), 0, 1_500
    for _ in range(episodes):
        truth = infogap.reveal(env)
        for context, target in zip(truth.contexts, truth.deal[SPEAKER], strict=True):
            targets[target] += 1
            ranks[context.index(target)] += 1
            members.update(context)
        repeats += rounds > 1 and truth.deal[SPEAKER][0] == truth.deal[SPEAKER][1]
        env.reset()
    for counts, cells, draws in ((targets, n, 1), (ranks, k, 1), (members, n, k)):
        mean = episodes * rounds * draws / cells
        assert all(abs(counts[cell] - mean) < 5 * mean**0.5 for cell in range(cells))
    if rounds > 1:  # rounds are independent
        assert abs(repeats - episodes / n) < 5 * (episodes / n) ** 0.5


def test_kept_positions_show_what_the_specification_shows():
    for options in ({"states": 3, "messages": 2}, {"states": 4, "messages": 2, "candidates": 3}):
        fast, slow = reference_game.env(**options), reference_game.env(**options)
        infogap.view(slow, "verifier")  # watched: played through the Truth
        for env in (fast, slow):
            env.reset(seed=5)
        rng = random.Random(1)
        for _ in range(60):
            while not fast.terminations[SPEAKER]:
                legal = np.flatnonzero(fast.observe(fast.agent_selection)["action_mask"])
                assert str(fast.last()) == str(slow.last())
                action = int(rng.choice(legal))
                fast.step(action)
                slow.step(action)
            assert str((fast.last(), fast.rewards)) == str((slow.last(), slow.rewards))
            assert infogap.reveal(fast).deal == infogap.reveal(slow).deal
            fast.reset()
            slow.reset()


def test_parallel_form_plays_the_same_game():
    aec, parallel = reference_game.env(rounds=3), reference_game.parallel_env(rounds=3)
    aec.reset(seed=2)
    seen_now, _ = parallel.reset(seed=2)
    for move in (3, 8 + 1, 0, 8 + 5, 7, 8 + 7):
        assert str(seen_now) == str({seat: aec.observe(seat) for seat in aec.possible_agents})
        seen_now, rewards, ended, _, _ = parallel.step({SPEAKER: move, LISTENER: move})
        aec.step(move)
        assert rewards == aec.rewards and ended == aec.terminations
    assert all(ended.values())


# -- who knows what ----------------------------------------------------------------------------------------------------
def test_the_listener_sees_nothing_of_the_target_before_it_has_chosen():
    env = reference_game.env(states=4, messages=3, candidates=3)
    for message in range(3):
        shown = set()
        for target in (0, 2, 3):
            deal(env, target, contexts=((0, 2, 3),))
            first = str(env.observe(LISTENER))
            env.step(message)
            shown.add(first + str((env.last(), infogap.view(env, LISTENER).fields(), env.picture(env.look("public")))))
        assert len(shown) == 1


def test_after_the_choice_the_listener_sees_the_result_only():
    env = reference_game.env(states=3, messages=2)
    shown = Counter()
    for target in range(3):
        deal(env, target)
        env.step(1)
        env.step(2 + 0)
        shown[str((env.observe(LISTENER), env.rewards, infogap.view(env, LISTENER).fields()))] += 1
    assert sorted(shown.values()) == [1, 2]


def test_the_speaker_sees_targets_only_when_their_round_begins():
    env = reference_game.env(states=3, messages=3, rounds=2)
    shown = set()
    for second in range(3):
        deal(env, 1, second)
        env.step(2)
        shown.add(str(env.observe(SPEAKER)))
    assert len(shown) == 1
    env.step(3)
    assert env.observe(SPEAKER)["observation"][12:15].tolist() == [0, 0, 1]


def test_who_is_granted_what():
    env = deal(reference_game.env(states=3), 2)
    assert infogap.view(env, SPEAKER).deal == (2,) and infogap.view(env, LISTENER).deal == ()
    assert infogap.view(env, "verifier").deal == {SPEAKER: (2,), LISTENER: ()}
    public = infogap.view(env, "public")
    assert set(public.fields()) == {"contexts", "messages", "choices", "results"}
    for name in ("deal", "type_of", "payoff", "legal"):
        with pytest.raises(NotGranted):
            getattr(public, name)


def test_regimes_tell_the_listener_the_targets():
    env = deal(reference_game.env(states=3, rounds=2, regime="mindreader"), 2, 0)
    assert env.observe(LISTENER)["observation"][env.own_size :].tolist() == [3, 1]
    assert env.observe(SPEAKER)["observation"][env.own_size :].tolist() == [0, 0]
    env = reference_game.env(states=3, rounds=2, regime="private")
    env.reset(seed=0)
    assert len(env.observe(LISTENER)["observation"]) == env.own_size


def test_resampling_keeps_what_the_seat_knows():
    env = reference_game.env(states=5, candidates=3, rounds=2)
    env.reset(seed=3)
    truth = infogap.reveal(env)
    drawn = [env.resample(truth, LISTENER, Chance(1, i)) for i in range(900)]
    assert {other.contexts for other in drawn} == {truth.contexts}
    counts = Counter(other.deal[SPEAKER] for other in drawn)
    assert set(counts) == set(itertools.product(*truth.contexts))
    assert all(abs(count - 100) < 50 for count in counts.values())
    assert env.resample(truth, SPEAKER, Chance(1)).deal == truth.deal


def test_words_for_people():
    env = deal(reference_game.env(states=4, messages=2, candidates=2, render_mode="ansi"), 3, contexts=((1, 3),))
    assert env.words == ("say m0", "say m1", *(f"choose state {i}" for i in range(4)))
    assert env.describe(SPEAKER, (3,)) == "speaker_0 is to tell of state 3."
    assert "no private" in env.describe(LISTENER, ())
    assert env.render() == "round 1: candidates 1, 3"
    env.step(1)
    env.step(2 + 1)
    assert env.render() == "round 1: candidates 1, 3; m1; state 1, wrong"


# -- bad input ---------------------------------------------------------------------------------------------------------
def test_options_out_of_range_are_refused():
    bad = [{"states": v} for v in (1, 0, -3, 65, 2.0, "8", None, True, math.nan, [8])]
    bad += [{"messages": v} for v in (0, -1, 65, 1.5, None, False, math.inf)]
    bad += [{"states": 4, "candidates": v} for v in (1, 0, 5, -2, 2.0, "2", True)]
    bad += [{"rounds": v} for v in (0, -1, 101, 1.0, None, math.nan)]
    for options in bad:
        with pytest.raises(InvalidOption):
            reference_game.env(**options)
    with pytest.raises(UnknownOption):
        reference_game.env(regime="omniscient")


def test_illegal_moves_are_refused_and_change_nothing():
    env = deal(reference_game.env(states=4, messages=2, candidates=2), 3, contexts=((1, 3),))
    twin = deal(reference_game.env(states=4, messages=2, candidates=2), 3, contexts=((1, 3),))
    # A choice by the speaker, actions that do not exist, no ints; then a message by the listener, no candidate.
    for move, bad in [
        (1, (2, 5, 6, -1, 1.0, True, None, "say m0", np.nan, [0], {})),
        (3, (0, 1, 2, 4, 6, -1, 3.0, None)),
    ]:
        for action in bad:
            with pytest.raises(InvalidAction):
                env.step(action)
        env.step(move)
        twin.step(move)
        assert str((env.last(), env.rewards)) == str((twin.last(), twin.rewards))
    with pytest.raises(InvalidAction):
        env.step(0)


def test_a_deal_refuses_itself():
    kind = reference_game.env(states=4, messages=2, candidates=2, rounds=2).truth_type
    good = {
        "deal": {SPEAKER: (3, 0), LISTENER: ()},
        "contexts": ((1, 3), (0, 2)),
        "messages": (1,),
        "choices": (1,),
        "results": (0,),
    }
    kind(**good)
    wrong = [
        *({"deal": v} for v in (7, {}, {SPEAKER: (3, 0)}, {SPEAKER: (3, 0), LISTENER: (1,)})),
        *({"deal": {SPEAKER: v, LISTENER: ()}} for v in ((3,), (3, 4), (3, -1), [3, 0], (3, 0.0), (3, True), (1, 1))),
        *(
            {"contexts": v}
            for v in ((), ((1, 3),), ((3, 1), (0, 2)), ((3, 3), (0, 2)), ((1, 2, 3), (0, 2)), ((1, 4), (0, 2)))
        ),
        *({"messages": v} for v in ((), (2,), (0, 1, 0), (-1,), [1], (1.0,))),
        *({"choices": v} for v in ((0,), (4,), (1, 1), ["1"])),
        *({"results": v} for v in ((1,), (), (0, 0), (0.5,))),
    ]
    for change in wrong:
        with pytest.raises(InvalidTruth):
            kind(**{**good, **change})
    env = reference_game.env(states=4, messages=2, candidates=2, rounds=2)
    with pytest.raises(InvalidTruth, match="over"):
        infogap.plant(env, kind(**{**good, "messages": (1, 1), "choices": (1, 2), "results": (0, 0)}))
    with pytest.raises(InvalidTruth):  # of a game under other rules
        infogap.plant(reference_game.env(), kind(**good))


# -- partners ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("options", OPTIONS)
def test_partners_play_legal_actions(options):
    env = reference_game.env(**options)
    env.reset(seed=11)
    number = 0
    for speaker, listener in itertools.product(PARTNERS, repeat=2):
        for _ in range(4):
            number += 1
            assert 0 <= played(env, speaker, listener, number) <= 1 + 1e-9
            env.reset()


def exact(env, speaker, listener, draws=1):
    """Mean reward over all deals of a game with one round."""
    total = 0.0
    for index in range(env.deals):
        for draw in range(draws):
            infogap.plant(env, env.dealt(index))
            env.reset()
            total += played(env, speaker, listener, draw)
    return total / (env.deals * draws)


@pytest.mark.parametrize("options", [o for o in OPTIONS if "rounds" not in o and o.get("states", 8) < 64])
def test_the_known_code_reaches_the_first_best_and_partners_what_is_said_of_them(options):
    env = reference_game.env(**options)
    n, m, k, _ = env.rules
    best = min(m, k) / k
    assert exact(env, "equilibrium", "equilibrium") == pytest.approx(best, abs=1e-12)
    assert exact(env, "permuted", "permuted") == pytest.approx(best, abs=1e-12)
    assert exact(env, "silent", "equilibrium") == pytest.approx(1 / k, abs=1e-12)
    assert exact(env, "adaptive", "equilibrium") == pytest.approx(best, abs=1e-12)
    if m > 1:
        assert exact(env, "adversarial", "equilibrium") == exact(env, "equilibrium", "adversarial") == 0
    if k == n:  # without a context, naming the state is the code
        assert exact(env, "truthful", "equilibrium") == pytest.approx(best, abs=1e-12)


def test_babblers_are_right_by_chance():
    """1/N, and 1/K with candidates: 700 rounds within 4 standard errors."""
    for options, chance in (({"states": 8}, 1 / 8), ({"states": 8, "candidates": 3}, 1 / 3)):
        env = reference_game.env(**options)
        for pair in (("naive", "equilibrium"), ("equilibrium", "silent"), ("naive", "naive")):
            draws = 700 // env.deals + 1
            rounds = draws * env.deals
            mean = exact(env, *pair, draws=draws)
            assert abs(mean - chance) < 4 * (chance * (1 - chance) / rounds) ** 0.5


def test_an_adaptive_partner_learns_a_strange_code():
    """The held-out permuted speaker is understood better in later rounds, and the fixed reading never is."""
    env = reference_game.env(states=4, messages=4, rounds=12)
    env.reset(seed=8)
    results = []
    for number in range(120):
        played(env, "permuted", "adaptive", number)
        results.append(infogap.view(env, "verifier").results)
        env.reset()
    results = np.array(results)
    assert results[:, :2].mean() < 0.3 and results[:, -3:].mean() > 0.8
    assert played(env, "permuted", "equilibrium") == 0
    assert set(PARTNERS) > HELD_OUT and len(HELD_OUT) >= 2
    assert {"equilibrium", "truthful", "silent", "adversarial", "naive"} <= set(PARTNERS)


def policies(env):
    """The scripted equilibrium as arrays, asked at every position of the game."""
    n, m, _, _ = env.rules
    act = env.partners["equilibrium"](env)
    speaker, listener = np.zeros((n, m)), np.zeros((m, n))
    for target in range(n):
        deal(env, target)
        speaker[target, act(SPEAKER, env.observe(SPEAKER), Chance(0))] = 1
    for message in range(m):
        deal(env, 0)
        env.step(message)
        listener[message, act(LISTENER, env.observe(LISTENER), Chance(0)) - m] = 1
    return speaker, listener


@pytest.mark.parametrize(("n", "m"), [(2, 1), (2, 2), (3, 2), (3, 3), (4, 2), (3, 5), (8, 8), (8, 3)])
def test_nobody_gains_by_leaving_the_scripted_equilibrium(n, m):
    """Rewards of every deviation are measured by playing them; the scripted choice is among the best everywhere."""
    env = reference_game.env(states=n, messages=m)
    speaker, listener = policies(env)
    assert np.array_equal(speaker, equilibrium(n, m)[0]) and np.array_equal(listener, equilibrium(n, m)[1])
    pays = np.zeros((n, m, n))
    for target, message, choice in itertools.product(range(n), range(m), range(n)):
        deal(env, target)
        env.step(message)
        env.step(m + choice)
        pays[target, message, choice] = env.rewards[SPEAKER]
    value = np.einsum("sm,mc,smc->", speaker, listener, pays) / n
    assert value == pytest.approx(min(m, n) / n)
    assert np.einsum("mc,smc->sm", listener, pays).max(1).sum() / n <= value + 1e-12
    assert np.einsum("sm,smc->mc", speaker, pays).max(1).sum() / n <= value + 1e-12
    assert deviation_gain(speaker, listener) == pytest.approx(0, abs=1e-12)


# -- outcomes ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("options", "target", "message", "choice", "expected"),
    [  # correct, efficiency, bits, deception; the code is target mod m
        ({}, 5, 5, 5, (1, 1, 3, 0)),
        ({}, 5, 5, 4, (0, 0, 3, 0)),
        ({}, 5, 4, 5, (1, 1, 0, 1)),
        ({"states": 4, "messages": 2}, 3, 1, 3, (1, 2, 1, 0)),
        ({"states": 4, "messages": 2}, 3, 1, 1, (0, 0, 1, 0)),
        ({"states": 5, "messages": 2}, 3, 1, 3, (1, 2.5, math.log2(5 / 2), 0)),
        ({"states": 5, "messages": 2}, 4, 0, 3, (0, 0, math.log2(5 / 3), 0)),
        ({"states": 3, "messages": 1}, 2, 0, 2, (1, 3, 0, 0)),
        ({"states": 3, "messages": 5}, 2, 4, 2, (1, 1, 0, 1)),  # a message outside of the code tells nothing
    ],
)
def test_measures_of_an_episode(options, target, message, choice, expected):
    env = deal(reference_game.env(**options), target)
    env.step(message)
    env.step(env.rules.messages + choice)
    verdict = infogap.outcome(env)
    correct, efficiency, told, deception = expected
    assert verdict.success is bool(correct) and verdict.score == correct
    checks = verdict.checks
    assert checks["correct"] == checks[f"payoff_{SPEAKER}"] == checks[f"payoff_{LISTENER}"] == correct
    assert checks["efficiency"] == pytest.approx(efficiency) and checks["deception"] == deception
    assert checks["disclosure_bits"] == pytest.approx(told, abs=1e-12) and checks["turns"] == 2
    n, m, _, _ = env.rules
    assert checks["first_best"] == min(m, n) / n


def test_measures_add_up_over_rounds():
    env = deal(reference_game.env(states=4, messages=2, candidates=2, rounds=2), 3, 0, contexts=((1, 3), (0, 2)))
    for action in (1, 2 + 3, 1, 2 + 2):  # the truth, understood; then the other rank's message, believed
        env.step(action)
    verdict = infogap.outcome(env)
    assert not verdict.success and verdict.score == 0.5
    checks = verdict.checks
    assert (checks["disclosure_bits"], checks["deception"], checks["efficiency"], checks["turns"]) == (1, 0.5, 0.5, 4)


def test_mean_efficiency_of_the_known_code_is_one():
    env, got = reference_game.env(states=6, messages=4), []
    for index in range(env.deals):
        infogap.plant(env, env.dealt(index))
        env.reset()
        played(env, "equilibrium", "equilibrium")
        got.append(infogap.outcome(env).checks["efficiency"])
    assert np.mean(got) == pytest.approx(1)


# -- theory ------------------------------------------------------------------------------------------------------------
def by_enumeration(n, m):
    """Best success of all pairs of pure policies."""
    return max(
        sum(listener[message] == state for state, message in enumerate(speaker)) / n
        for speaker in itertools.product(range(m), repeat=n)
        for listener in itertools.product(range(n), repeat=m)
    )


@pytest.mark.parametrize(("n", "m"), [(2, 1), (2, 2), (2, 3), (3, 1), (3, 2), (3, 3), (3, 4), (4, 2), (4, 3)])
def test_first_best_is_the_best_of_all_pairs(n, m):
    assert first_best(n, m) == by_enumeration(n, m) == pytest.approx(min(m, n) / n)
    assert success(*equilibrium(n, m)) == pytest.approx(min(m, n) / n)
    assert first_best(9, m, n) == by_enumeration(n, m)  # in a context of n


def test_babbling_is_an_equilibrium_with_success_one_over_n():
    for n, m in itertools.product(range(2, 9), range(1, 9)):
        assert success(*babbling(n, m)) == pytest.approx(1 / n)
        assert deviation_gain(*babbling(n, m)) == pytest.approx(0, abs=1e-12)
        assert mutual_information(babbling(n, m)[0]) == pytest.approx(0, abs=1e-12)


def random_policies(rng, n, m):
    return rng.dirichlet(np.full(m, 0.5), n), rng.dirichlet(np.full(n, 0.5), m)


def test_success_is_that_of_play_through_the_environment():
    rng, env = np.random.default_rng(2), reference_game.env(states=4, messages=3)
    speaker, listener = random_policies(rng, 4, 3)
    env.reset(seed=1)
    wins, rounds = 0.0, 4_000
    for _ in range(rounds):
        target = int(env.observe(SPEAKER)["observation"][1:5].argmax())
        env.step(int(rng.choice(3, p=speaker[target])))
        message = int(env.observe(LISTENER)["observation"][5:8].argmax())
        env.step(3 + int(rng.choice(4, p=listener[message])))
        wins += env.rewards[LISTENER]
        env.reset()
    assert abs(wins / rounds - success(speaker, listener)) < 4 * 0.5 / rounds**0.5


def test_best_responses_are_the_best_of_all_pure_ones():
    rng = np.random.default_rng(3)
    for n, m in ((2, 2), (3, 2), (3, 3), (2, 4)):
        speaker, listener = random_policies(rng, n, m)

        def value(say, pick, n=n):
            return sum(say[s, x] * pick[x, s] for s in range(n) for x in range(say.shape[1])) / n

        replies = [np.eye(n)[list(r)] for r in itertools.product(range(n), repeat=m)]
        speeches = [np.eye(m)[list(r)] for r in itertools.product(range(m), repeat=n)]
        top_listener = max(value(speaker, r) for r in replies)
        top_speaker = max(value(s, listener) for s in speeches)
        assert best_listener(speaker)[1] == pytest.approx(top_listener)
        assert best_speaker(listener)[1] == pytest.approx(top_speaker)
        assert value(speaker, best_listener(speaker)[0]) == pytest.approx(top_listener)
        assert value(best_speaker(listener)[0], listener) == pytest.approx(top_speaker)
        gain = max(top_listener, top_speaker) - value(speaker, listener)
        assert deviation_gain(speaker, listener) == pytest.approx(gain) and gain > 0.01


def test_information_is_bounded_by_the_messages():
    """I(state; message) = H(message) - H(message | state) <= log2 m, reached by a code that uses all evenly."""
    rng = np.random.default_rng(4)

    def entropy(p):
        return -sum(x * math.log2(x) for x in p if x > 0)

    for n, m in itertools.product((2, 3, 8), (1, 2, 5, 8)):
        for _ in range(20):
            speaker, _ = random_policies(rng, n, m)
            expected = entropy(speaker.mean(0)) - np.mean([entropy(row) for row in speaker])
            assert mutual_information(speaker) == pytest.approx(expected, abs=1e-12)
            assert -1e-12 <= expected <= math.log2(m) + 1e-12
        if n % m == 0:
            assert mutual_information(equilibrium(n, m)[0]) == pytest.approx(math.log2(m))


def test_partial_pooling_is_an_equilibrium_from_three_states_on():
    for n in range(3, 9):
        for mix, pick in itertools.product((0, 0.2, 0.5, 1), repeat=2):
            pair = partial_pooling(n, mix, pick)
            assert success(*pair) == pytest.approx((n - 1) / n)
            assert deviation_gain(*pair) == pytest.approx(0, abs=1e-12)
    told = mutual_information(partial_pooling(3)[0])  # {0, 1} against {2}
    assert told == pytest.approx(math.log2(3) - 2 / 3) and told < math.log2(3)
    for arguments in ((2,), (3, -0.1), (3, 0.5, 1.1), (3, math.nan)):
        with pytest.raises(InvalidOption):
            partial_pooling(*arguments)


def test_pure_equilibria_of_small_games():
    """Against single deviations tried one by one; two states have no partial pooling, three have."""
    for n in (2, 3):
        brute = set()
        for say in itertools.product(range(n), repeat=n):
            for pick in itertools.product(range(n), repeat=n):
                value = sum(pick[x] == s for s, x in enumerate(say))
                speeches = [(*say[:i], x, *say[i + 1 :]) for i in range(n) for x in range(n)]
                replies = [(*pick[:i], s, *pick[i + 1 :]) for i in range(n) for s in range(n)]
                if all(sum(pick[x] == s for s, x in enumerate(other)) <= value for other in speeches) and all(
                    sum(other[x] == s for s, x in enumerate(say)) <= value for other in replies
                ):
                    brute.add((say, pick, value / n))
        assert set(pure_equilibria(n, n)) == brute
    values = Counter(value for _, _, value in pure_equilibria(3, 3))
    assert values[1] == math.factorial(3) and set(values) == {1 / 3, 2 / 3, 1}
    assert {value for _, _, value in pure_equilibria(2, 2)} == {1 / 2, 1}
    with pytest.raises(InvalidOption):
        next(pure_equilibria(8, 8))


def test_fixed_codes_against_contexts_one_by_one():
    rng = random.Random(6)
    for n, m, k in ((4, 2, 2), (5, 3, 2), (5, 2, 4), (6, 3, 3), (6, 6, 4)):
        code = tuple(rng.randrange(m) for _ in range(n))
        contexts = list(itertools.combinations(range(n), k))
        plain = sum(len({code[s] for s in context}) for context in contexts) / k / len(contexts)
        assert fixed_code_success(code, k) == pytest.approx(plain)


def test_the_best_fixed_code_shares_messages_evenly():
    for n, m, k in ((4, 2, 2), (5, 3, 2), (6, 3, 4), (7, 3, 3), (6, 6, 3), (6, 8, 3)):
        code, value = best_fixed_code(n, m, k)
        assert value == pytest.approx(fixed_code_success([s % m for s in range(n)], k))
        assert max(map(code.count, code)) <= -(-n // m)
        assert value <= first_best(n, m, k) + 1e-12
    # Two states with one message meet in some context: an error-free fixed code needs a colour for every state.
    assert best_fixed_code(5, 4, 2)[1] < 1 == best_fixed_code(5, 5, 2)[1] == first_best(5, 4, 2)
    with pytest.raises(InvalidOption):
        best_fixed_code(11, 2, 2)


def plain(rng, rule, n, steps):
    """One pair of learners written out with floats and lists; exact success at the end."""
    urns = rule == "roth_erev"
    speaker, listener = ([[1.0 if urns else rng.gauss(0, 0.1) for _ in range(n)] for _ in range(n)] for _ in range(2))

    def shares(weights):
        weights = weights if urns else [math.exp(x) for x in weights]
        return [w / sum(weights) for w in weights]

    for _ in range(steps):
        target = rng.randrange(n)
        up = shares(speaker[target])
        message = rng.choices(range(n), up)[0]
        down = shares(listener[message])
        choice = rng.choices(range(n), down)[0]
        if choice == target:
            for i in range(n):
                speaker[target][i] += (i == message) if urns else 0.3 * ((i == message) - up[i])
                listener[message][i] += (i == choice) if urns else 0.3 * ((i == choice) - down[i])
    says, picks = (list(map(shares, weights)) for weights in (speaker, listener))
    return sum(says[s][x] * picks[x][s] for s in range(n) for x in range(n)) / n


@pytest.mark.parametrize("rule", [reinforce, roth_erev])
def test_learners_agree_with_a_plain_version(rule):
    """Early in learning, where runs differ most: means within 4 standard errors."""
    rng, steps = random.Random(7), 250
    slow = [plain(rng, rule.__name__, 3, steps) for _ in range(80)]
    fast = success(*rule(3, 3, runs=600, steps=steps, seed=2))
    error = (np.var(slow) / 80 + np.var(fast) / 600) ** 0.5
    assert abs(np.mean(slow) - np.mean(fast)) < 4 * error and error < 0.03
    assert abs(np.std(slow) - np.std(fast)) < 0.05


def test_urns_separate_two_states_and_some_end_in_partial_pooling_with_three():
    assert np.mean(success(*roth_erev(2, 2, runs=200)) > 0.8) > 0.93
    speakers, listeners = roth_erev(3, 3, runs=300, steps=8_000, seed=1)
    values = success(speakers, listeners)
    stuck = np.abs(values - 2 / 3) < 0.05
    assert 0.04 < stuck.mean() < 0.2 and np.all(values > 0.6) and np.mean(values > 0.85) > 0.7
    gains = [deviation_gain(speakers[run], listeners[run]) for run in np.flatnonzero(stuck)]
    assert np.median(gains) < 0.05  # nobody alone gets out


def test_reinforce_separates_two_states_and_stays_in_partial_pooling_with_more():
    assert np.all(success(*reinforce(2, 2)) > 0.9)
    for n, least in ((3, 0.002), (4, 0.02), (8, 0.5)):
        values = success(*reinforce(n, n, runs=400 if n < 8 else 100, seed=1))
        partial = np.abs(values - (n - 1) / n) < 0.3 / n
        assert partial.mean() >= least and np.all(values < 1)
        assert np.mean(partial | (values > (n - 0.5) / n)) > (0.98 if n < 8 else 0.6)


def test_theory_refuses_nonsense():
    good = equilibrium(3, 2)
    for bad in (([[1, 0.5]] * 3, good[1]), (good[0], good[0]), (good[0], -good[1]), (np.full((3, 2), np.nan), good[1])):
        with pytest.raises(InvalidOption):
            success(*bad)
    for sizes in ((1, 2), (3, 0), (3, -1), (2.0, 2), (True, 2), (3, None)):
        with pytest.raises(InvalidOption):
            first_best(*sizes)
    assert reference_theory.reading(5, 2, 1) == range(1, 5, 2) and reference_theory.reading(3, 5, 4) == range(3)
