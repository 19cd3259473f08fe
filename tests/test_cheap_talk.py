"""Cheap talk: rules against hand-made tables, theory against Crawford and Sobel (1982) and enumeration."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

import infogap
from infogap.core.chance import Chance
from infogap.core.errors import InvalidAction, InvalidOption, InvalidTruth, NotGranted
from infogap.envs.social import cheap_talk
from infogap.envs.social.cheap_talk_partners import HELD_OUT, PARTNERS
from infogap.envs.social.cheap_talk_theory import (
    actions,
    best_receiver,
    best_sender,
    boundaries,
    cells,
    deviation_gains,
    equilibrium,
    expected_payoffs,
    literal,
    partition,
    points,
    receiver_value,
    sender_value,
    value_bound,
)

SENDER, RECEIVER = "sender_0", "receiver_0"
# Bias, most cells, the receiver's expected payoff: the four values computed from Crawford and Sobel's formula.
PUBLISHED = [(0.25, 1, -0.0833), (0.1, 2, -0.0308), (0.05, 3, -0.0159), (0.02, 5, -0.0065)]
OPTIONS = [
    {},
    {"bias": 0.0, "messages": 3},
    {"bias": 0.02, "grid": 20, "messages": 3},
    {"bias": 1.0, "grid": 2, "messages": 1},
    {"bias": 0.01, "grid": 7, "messages": 12},
    {"bias": 0.05, "grid": 500, "messages": 64},
]


def deal(env, state, message=-1, action=-1):
    """Plant and start a game."""
    infogap.plant(env, env.truth_type(deal={SENDER: (state,), RECEIVER: ()}, message=message, action=action))
    env.reset()
    return env


def played(env, sender, receiver, number=0):
    """Play the episode that has started to its end with two partners, by name; the rewards."""
    players = {SENDER: env.partners[sender](env), RECEIVER: env.partners[receiver](env)}
    for turn in (1, 2):
        seat = env.agent_selection
        shown = env.observe(seat)
        assert env.observation_space(seat).contains(shown)
        action = players[seat](seat, shown, Chance(23, number, turn))
        assert shown["action_mask"][action] == 1
        env.step(action)
    assert all(env.terminations.values())
    return env.rewards


def means(env, sender, receiver, draws=1):
    """Mean rewards of the two seats over all states."""
    rewards = []
    for state, draw in itertools.product(range(env.rules.grid), range(draws)):
        deal(env, state)
        rewards.append(list(played(env, sender, receiver, draw).values()))
    return np.mean(rewards, 0)


# -- rules -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("state", "action", "point", "played_at", "sender", "receiver"),
    [  # grid 4, bias 1/4: states 1/8, 3/8, 5/8, 7/8; actions in eighths
        (0, 0, 0.125, 0.0, -9 / 64, -1 / 64),
        (0, 1, 0.125, 0.125, -4 / 64, 0.0),
        (0, 3, 0.125, 0.375, 0.0, -4 / 64),
        (1, 8, 0.375, 1.0, -9 / 64, -25 / 64),
        (2, 4, 0.625, 0.5, -9 / 64, -1 / 64),
        (3, 7, 0.875, 0.875, -4 / 64, 0.0),
        (3, 8, 0.875, 1.0, -1 / 64, -1 / 64),
    ],
)
def test_rewards_and_observations_are_those_of_the_table(state, action, point, played_at, sender, receiver):
    env = deal(cheap_talk.env(bias=0.25, grid=4, messages=2), state)
    assert env.agent_selection == SENDER
    assert env.observe(SENDER)["observation"].tolist() == [1, point, 0, 0, 0, 0]
    assert env.observe(RECEIVER)["observation"].tolist() == [0, 0, 0, 0, 0, 0]
    assert env.observe(SENDER)["action_mask"].tolist() == [1, 1] + [0] * 9
    assert not env.observe(RECEIVER)["action_mask"].any()
    env.step(1)
    assert env.agent_selection == RECEIVER and set(env.rewards.values()) == {0.0}
    assert not any(env.terminations.values())
    assert env.observe(RECEIVER)["action_mask"].tolist() == [0, 0] + [1] * 9
    assert not env.observe(SENDER)["action_mask"].any()
    env.step(2 + action)
    assert env.rewards == pytest.approx({SENDER: sender, RECEIVER: receiver}, abs=1e-15)
    assert all(env.terminations.values()) and not any(env.truncations.values())
    assert env.observe(SENDER)["observation"].tolist() == [1, point, 0, 1, 1, played_at]
    assert env.observe(RECEIVER)["observation"].tolist() == [0, 0, 0, 1, 1, played_at]


def test_the_message_costs_nothing():
    for message in range(3):
        env = deal(cheap_talk.env(messages=3), 10)
        env.step(message)
        env.step(3 + 60)
        assert env.rewards[SENDER] == pytest.approx(-((0.5 - 10.5 / 60 - 0.1) ** 2))


def test_all_states_are_equally_likely():
    env = cheap_talk.env(grid=10)
    env.reset(seed=0)
    counts = np.zeros(10)
    for _ in range(3_000):
        counts[infogap.reveal(env).deal[SENDER][0]] += 1
        env.reset()
    assert ((counts - 300) ** 2 / 300).sum() < 33.7  # 0.9999 quantile with 9 degrees of freedom


def test_parallel_form_plays_the_same_game():
    aec, parallel = cheap_talk.env(), cheap_talk.parallel_env()
    aec.reset(seed=2)
    shown, _ = parallel.reset(seed=2)
    for move in (3, 8 + 77):
        assert str(shown) == str({seat: aec.observe(seat) for seat in aec.possible_agents})
        shown, rewards, ended, _, _ = parallel.step({SENDER: move, RECEIVER: move})
        aec.step(move)
        assert rewards == aec.rewards and ended == aec.terminations
    assert all(ended.values())


# -- who knows what ----------------------------------------------------------------------------------------------------
def test_the_receiver_sees_nothing_of_the_state_before_it_acts():
    env = cheap_talk.env(grid=6, messages=2)
    for message in (0, 1):
        shown = set()
        for state in range(6):
            deal(env, state)
            first = str(env.observe(RECEIVER))
            env.step(message)
            shown.add(first + str((env.last(), infogap.view(env, RECEIVER).fields(), env.picture(env.look("public")))))
        assert len(shown) == 1


def test_the_observation_at_the_end_is_public_and_the_payoff_is_not():
    env, shown, rewards = cheap_talk.env(grid=6, messages=2), set(), set()
    for state in range(6):
        deal(env, state)
        env.step(0)
        env.step(2 + 6)
        shown.add(str(env.observe(RECEIVER)))
        rewards.add(round(env.rewards[RECEIVER], 12))
    assert len(shown) == 1 and len(rewards) == 3  # the distance to 1/2


def test_who_is_granted_what():
    env = deal(cheap_talk.env(), 7)
    assert infogap.view(env, SENDER).deal == (7,) and infogap.view(env, RECEIVER).deal == ()
    assert infogap.view(env, "verifier").deal == {SENDER: (7,), RECEIVER: ()}
    public = infogap.view(env, "public")
    assert public.fields() == {"message": -1, "action": -1}
    for name in ("deal", "type_of", "payoff", "legal"):
        with pytest.raises(NotGranted):
            getattr(public, name)


def test_regimes_tell_the_receiver_the_state():
    env = deal(cheap_talk.env(regime="mindreader"), 41)
    assert env.observe(RECEIVER)["observation"][env.own_size :].tolist() == [42]
    assert env.observe(SENDER)["observation"][env.own_size :].tolist() == [0]


def test_resampling_keeps_what_the_seat_knows():
    env = deal(cheap_talk.env(grid=5), 3)
    truth = infogap.reveal(env)
    drawn = [env.resample(truth, RECEIVER, Chance(2, i)).deal[SENDER][0] for i in range(500)]
    assert all(abs(drawn.count(state) - 100) < 45 for state in range(5))
    assert env.resample(truth, SENDER, Chance(2)).deal == truth.deal


def test_words_for_people():
    env = deal(cheap_talk.env(grid=2, messages=1, render_mode="ansi"), 1)
    assert env.words == ("say m0", *(f"act on {y}" for y in ("0.0000", "0.2500", "0.5000", "0.7500", "1.0000")))
    assert env.describe(SENDER, (1,)) == "sender_0 knows the state 0.7500."
    assert "not know" in env.describe(RECEIVER, ())
    assert env.render() == "nothing has been said"
    env.step(0)
    env.step(1 + 3)
    assert env.render() == "m0; action 0.7500"


# -- bad input ---------------------------------------------------------------------------------------------------------
def test_options_out_of_range_are_refused():
    bad = [{"bias": v} for v in (-0.1, -1e-12, 1.1, math.nan, math.inf, "0.1", None, True, [0.1], 1j)]
    bad += [{"grid": v} for v in (1, 0, -5, 501, 60.0, "60", None, True, math.nan)]
    bad += [{"messages": v} for v in (0, -1, 65, 8.0, None, False)]
    for options in bad:
        with pytest.raises(InvalidOption):
            cheap_talk.env(**options)


def test_illegal_moves_are_refused_and_change_nothing():
    env, twin = (deal(cheap_talk.env(grid=3, messages=2), 1) for _ in range(2))
    for move, bad in [(1, (2, 8, 9, -1, 1.0, True, None, "say m0", np.nan, [0], {})), (5, (0, 1, 9, -1, 3.0, None))]:
        for action in bad:
            with pytest.raises(InvalidAction):
                env.step(action)
        env.step(move)
        twin.step(move)
        assert str((env.last(), env.rewards)) == str((twin.last(), twin.rewards))
    with pytest.raises(InvalidAction):
        env.step(0)


def test_a_deal_refuses_itself():
    kind = cheap_talk.env(grid=4, messages=2).truth_type
    good = {"deal": {SENDER: (3,), RECEIVER: ()}, "message": 1, "action": -1}
    kind(**good)
    wrong = [
        *({"deal": v} for v in (7, None, {}, {SENDER: (3,)}, {SENDER: (3,), RECEIVER: (1,)})),
        *({"deal": {SENDER: v, RECEIVER: ()}} for v in ((), (4,), (-1,), (1, 2), [3], 3, (1.0,), (True,))),
        *({"message": v} for v in (2, -2, 0.0, None, True)),
        *({"action": v} for v in (9, -2, 1.0, None)),
        {"message": -1, "action": 3},
    ]
    for change in wrong:
        with pytest.raises(InvalidTruth):
            kind(**{**good, **change})
    env = cheap_talk.env(grid=4, messages=2)
    with pytest.raises(InvalidTruth, match="over"):
        infogap.plant(env, kind(**{**good, "action": 0}))
    with pytest.raises(InvalidTruth):  # of a game under other rules
        infogap.plant(cheap_talk.env(grid=4), kind(**good))


# -- theory on the continuum -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("bias", "most", "value"), PUBLISHED)
def test_the_published_values(bias, most, value):
    assert cells(bias) == most == math.ceil(-0.5 + 0.5 * (1 + 2 / bias) ** 0.5)
    assert receiver_value(bias) == pytest.approx(value, abs=5e-5)
    assert receiver_value(bias) == pytest.approx(-1 / (12 * most**2) - bias**2 * (most**2 - 1) / 3, abs=1e-15)
    assert sender_value(bias) == pytest.approx(receiver_value(bias) - bias**2)


def test_the_number_of_cells_with_exact_fractions():
    """The largest N with 2 N (N - 1) b < 1, on both sides of each threshold."""
    for n in range(1, 12):
        at = Fraction(1, 2 * n * (n + 1))  # where n + 1 cells just cease to fit
        assert cells(float(at) * (1 + 1e-9)) == n and cells(float(at) * (1 - 1e-9)) == n + 1
        assert math.ceil(-0.5 + 0.5 * (1 + 2 / (float(at) * 1.001)) ** 0.5) == n
    assert cells(0.0, 7) == cells(1e-9, 7) == 7 and cells(0.25) == cells(3.0) == 1
    for bad in (-0.1, math.nan, math.inf, "a", None, True):
        with pytest.raises(InvalidOption):
            cells(bad)


@pytest.mark.parametrize("bias", [0.25, 0.1, 0.05, 0.02, 0.003])
def test_boundaries_leave_the_sender_indifferent_and_give_the_value(bias):
    """Crawford and Sobel's arbitrage condition, and the receiver's loss by integration cell by cell."""
    for n in range(1, cells(bias) + 1):
        a = boundaries(bias, n)
        assert a[0] == 0 and a[-1] == pytest.approx(1) and np.all(np.diff(a) > 0)
        y = (a[1:] + a[:-1]) / 2
        below, above = (y[:-1] - a[1:-1] - bias) ** 2, (y[1:] - a[1:-1] - bias) ** 2
        assert np.allclose(below, above, atol=1e-12)
        # Simpson's rule is exact for a square.
        lose = sum((r - l) / 6 * ((l - m) ** 2 + (r - m) ** 2) for l, m, r in zip(a, y, a[1:], strict=False))  # noqa: E741
        assert receiver_value(bias, n) == pytest.approx(-lose, abs=1e-12)
    for bad in (0, cells(bias) + 1, -1, 1.0, True):
        with pytest.raises(InvalidOption):
            boundaries(bias, bad)


# -- theory on the grid ------------------------------------------------------------------------------------------------
def enumerated(bias, grid, messages):
    """Payoffs of the scripted partners in the equilibrium, in exact fractions, from the cells alone."""
    bounds, sender, receiver, b = partition(bias, grid, messages), Fraction(0), Fraction(0), Fraction(bias)
    for first, last in itertools.pairwise(bounds):
        states = [Fraction(2 * i + 1, 2 * grid) for i in range(first, last)]
        mean = sum(states) / len(states)
        receiver -= sum((mean - s) ** 2 for s in states) / grid
        sender -= sum((mean - s - b) ** 2 for s in states) / grid
    return float(sender), float(receiver)


@pytest.mark.parametrize(("bias", "most", "value"), PUBLISHED)
@pytest.mark.parametrize("grid", [20, 60, 64])
def test_the_game_on_the_grid_reproduces_the_published_values(bias, most, value, grid):
    env = cheap_talk.env(bias=bias, grid=grid)
    sender, receiver = means(env, "equilibrium", "equilibrium")
    assert (sender, receiver) == pytest.approx(enumerated(bias, grid, 8), abs=1e-12)
    assert (sender, receiver) == pytest.approx(expected_payoffs(*equilibrium(bias, grid, 8), bias), abs=1e-12)
    assert abs(receiver - receiver_value(bias)) <= value_bound(bias, grid, 8)
    assert abs(receiver - value) <= value_bound(bias, grid, 8) + 5e-5
    assert sender == pytest.approx(receiver - bias**2, abs=1e-12)


def test_the_default_grid_is_off_by_its_width_only():
    """With G = 60 the boundaries of three of the four are whole states: the values differ by 1/(12 G^2)."""
    for bias, _, _ in PUBLISHED[:3]:
        _, receiver = expected_payoffs(*equilibrium(bias, 60, 8), bias)
        assert receiver == pytest.approx(receiver_value(bias) + 1 / (12 * 60**2), abs=1e-12)
    assert value_bound(0.1, 60, 8) < 0.002 and value_bound(0.02, 60, 8) < 0.0005


def some_games(count):
    rng = np.random.default_rng(9)
    for _ in range(count):
        bias = float(rng.choice([rng.uniform(0, 0.3), rng.uniform(0, 0.03), 10 ** rng.uniform(-5, -1)]))
        yield bias, int(rng.integers(2, 70)), int(rng.integers(1, 20))


def test_the_grid_is_off_by_no_more_than_its_bound():
    worst = 0.0
    for bias, grid, messages in some_games(400):
        _, receiver = expected_payoffs(*equilibrium(bias, grid, messages), bias)
        off = abs(receiver - receiver_value(bias, cells(bias, messages))) / value_bound(bias, grid, messages)
        worst = max(worst, off)
    assert 0.3 < worst <= 1


def test_nobody_gains_by_leaving_the_scripted_equilibrium():
    """The derived error is zero: the rounded partition is an exact equilibrium of the game on the grid."""
    for bias, grid, messages in some_games(400):
        gains = deviation_gains(*equilibrium(bias, grid, messages), bias)
        assert max(map(abs, gains)) < 1e-12


@pytest.mark.parametrize("options", OPTIONS[:5])
def test_scripted_partners_play_that_equilibrium(options):
    """Asked at every position; then every deviation is paid by the environment's own rules."""
    env = cheap_talk.env(**options)
    bias, grid, messages = env.rules
    act = env.partners["equilibrium"](env)
    says, acts = [], []
    for state in range(grid):
        deal(env, state)
        says.append(act(SENDER, env.observe(SENDER), Chance(0)))
    for message in range(messages):
        deal(env, 0, message)
        acts.append(act(RECEIVER, env.observe(RECEIVER), Chance(0)) - messages)
    sender, receiver = equilibrium(bias, grid, messages)
    assert np.array_equal(np.eye(messages)[says], sender) and np.array_equal(np.eye(2 * grid + 1)[acts], receiver)

    def pays(seat, state, action):
        return env.truth_type(deal={SENDER: (state,), RECEIVER: ()}, message=0, action=action).payoff(seat)

    for state, said in enumerate(says):  # no other message leads to a better action
        assert all(pays(SENDER, state, y) <= pays(SENDER, state, acts[said]) + 1e-12 for y in acts)
    for message in set(says):
        told = [state for state in range(grid) if says[state] == message]
        value = [sum(pays(RECEIVER, state, y) for state in told) for y in range(2 * grid + 1)]
        assert max(value) <= value[acts[message]] + 1e-12


def test_off_equilibrium_somebody_gains():
    sender, receiver = literal(60, 8)
    gains = deviation_gains(sender, receiver, 0.1)
    assert gains[0] > 0.005 and gains[1] == pytest.approx(0, abs=1e-12)  # the sender would exaggerate
    assert deviation_gains(sender, receiver, 0.0)[0] == pytest.approx(0, abs=1e-12)
    sender, _ = equilibrium(0.1, 60, 8)
    gains = deviation_gains(sender, np.eye(121)[[0] * 8], 0.1)
    assert gains[1] > 0.2 and gains[0] == pytest.approx(0, abs=1e-12)


def test_best_responses_are_the_best_of_all_pure_ones():
    rng, grid, messages, bias = np.random.default_rng(1), 3, 2, 0.13
    sender, receiver = rng.dirichlet(np.ones(messages), grid), rng.dirichlet(np.ones(2 * grid + 1), messages)

    def value(say, play):
        both = [0.0, 0.0]
        for i, x, k in itertools.product(range(grid), range(messages), range(2 * grid + 1)):
            share, state, y = say[i, x] * play[x, k] / grid, (2 * i + 1) / (2 * grid), k / (2 * grid)
            both[0] -= share * (y - state - bias) ** 2
            both[1] -= share * (y - state) ** 2
        return both

    assert expected_payoffs(sender, receiver, bias) == pytest.approx(value(sender, receiver))
    speeches = [np.eye(messages)[list(r)] for r in itertools.product(range(messages), repeat=grid)]
    replies = [np.eye(2 * grid + 1)[list(r)] for r in itertools.product(range(2 * grid + 1), repeat=messages)]
    top = max(value(s, receiver)[0] for s in speeches), max(value(sender, r)[1] for r in replies)
    assert (best_sender(receiver, bias)[1], best_receiver(sender)[1]) == pytest.approx(top)
    assert value(best_sender(receiver, bias)[0], receiver)[0] == pytest.approx(top[0])
    assert value(sender, best_receiver(sender)[0])[1] == pytest.approx(top[1])
    for bad in ((receiver, sender), (sender * 2, receiver), (sender * np.nan, receiver), (sender[0], receiver)):
        with pytest.raises(InvalidOption):
            expected_payoffs(*bad, bias)


def test_few_messages_and_coarse_grids():
    assert partition(0.02, 60, 1) == (0, 60) and partition(0.1, 60, 8) == (0, 18, 60)
    assert partition(0.249, 60, 8) == (0, 60)  # the first of two cells is rounded to nothing
    assert partition(0.0, 5, 12) == (0, 1, 2, 3, 4, 5)
    assert points(2).tolist() == [0.25, 0.75] and actions(2).tolist() == [0, 0.25, 0.5, 0.75, 1]


# -- partners ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("options", OPTIONS)
def test_partners_play_legal_actions(options):
    env = cheap_talk.env(**options)
    env.reset(seed=5)
    for number, pair in enumerate(itertools.product(PARTNERS, repeat=2)):
        for _ in range(4):
            rewards = played(env, *pair, number)
            assert all(-((1 + env.rules.bias) ** 2) <= r <= 0 for r in rewards.values())
            env.reset()
    assert set(PARTNERS) > HELD_OUT and len(HELD_OUT) >= 2
    assert {"equilibrium", "truthful", "silent", "adversarial", "naive"} <= set(PARTNERS)


def test_partners_do_what_is_said_of_them():
    env = cheap_talk.env()
    noise, cell = (1 - 1 / 60**2) / 12, (1 / 8**2 - 1 / 60**2) / 12
    assert means(env, "silent", "silent") == pytest.approx([-noise - 0.01, -noise])
    assert means(env, "naive", "silent")[1] == pytest.approx(-noise)
    # 60 states in 8 cells of 7 or 8: within the even cells' loss and a little more
    assert -cell * 1.02 < means(env, "truthful", "truthful")[1] + 0 <= -cell * 0.98
    assert means(env, "permuted", "permuted") == pytest.approx(means(env, "equilibrium", "equilibrium"))
    # A believer is taken in by one who claims state + bias: the sender nearly gets what it wants.
    assert means(env, "exaggerating", "truthful")[0] > -0.005 > means(env, "truthful", "truthful")[0]
    assert means(env, "exaggerating", "exaggerating")[1] > -0.005
    for other in ("equilibrium", "truthful"):
        assert means(env, "adversarial", other)[1] < -noise * 3
        assert means(env, other, "adversarial")[1] < -noise * 3
    naive = means(env, "truthful", "naive", draws=20)[1]  # E (y - s)^2 = 1/6 for independent even draws
    assert abs(naive + 1 / 6) < 0.02


# -- outcomes ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("state", "message", "action", "correct", "told", "deception", "pareto"),
    [  # grid 60, bias 0.1: cells of states 0..17 and 18..59; state i lies at (2 i + 1)/120
        (3, 0, 20, 1, math.log2(60 / 18), 0, 0),
        (3, 0, 10, 1, math.log2(60 / 18), 0, 1),
        (3, 1, 78, 0, 0, 1, 0),
        (30, 1, 61, 1, math.log2(60 / 42), 0, 1),
        (30, 1, 73, 1, math.log2(60 / 42), 0, 1),
        (30, 7, 74, 1, math.log2(60 / 42), 0, 0),  # unused messages are read as the last one
        (30, 0, 35, 0, 0, 1, 0),
        (59, 1, 120, 1, math.log2(60 / 42), 0, 1),
    ],
)
def test_measures_of_an_episode(state, message, action, correct, told, deception, pareto):
    env = deal(cheap_talk.env(), state)
    env.step(message)
    env.step(8 + action)
    verdict = infogap.outcome(env)
    point, y = (2 * state + 1) / 120, action / 120
    assert verdict.success is bool(correct) and verdict.score == pytest.approx(1 - (y - point) ** 2)
    variance = sum(((2 * i + 1) / 120 - 0.5) ** 2 for i in range(60)) / 60
    expected = {
        "correct": correct,
        "pareto": pareto,
        "efficiency": 1 - (y - point) ** 2 / variance,
        "disclosure_bits": told,
        "deception": deception,
        "turns": 2,
        f"payoff_{SENDER}": env.rewards[SENDER],
        f"payoff_{RECEIVER}": env.rewards[RECEIVER],
    }
    assert dict(verdict.checks) == pytest.approx(expected, abs=1e-12)


def test_mean_efficiency_lies_between_no_and_full_information():
    env, mean = cheap_talk.env(), {}
    for name in ("equilibrium", "silent"):
        got = []
        for state in range(60):
            deal(env, state)
            played(env, name, name)
            got.append(infogap.outcome(env).checks)
        mean[name] = {key: np.mean([checks[key] for checks in got]) for key in got[0]}
    assert mean["silent"]["efficiency"] == pytest.approx(0, abs=1e-12)
    assert mean["equilibrium"]["efficiency"] == pytest.approx(1 - 12 * 0.030833, abs=0.001)
    assert mean["equilibrium"]["correct"] == 1 and mean["equilibrium"]["deception"] == 0
    entropy = -sum(p * math.log2(p) for p in (0.3, 0.7))  # a partition's message tells its entropy
    assert mean["equilibrium"]["disclosure_bits"] == pytest.approx(entropy)
