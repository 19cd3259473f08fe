"""Kuhn poker: its rules against a hand-made table, its theory against Kuhn (1950) and a linear programme."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest

import infogap
from infogap.core.errors import EpisodeOver, InfogapError, InvalidAction, InvalidOption, InvalidTruth, ResetNeeded
from infogap.envs.social import kuhn
from infogap.envs.social.kuhn import KuhnTruth, equilibrium, expected_payoff, exploitability

DEALS = list(itertools.permutations(range(3), 2))
# History as actions of the seats in turn; what player_0 gains when it holds the higher and the lower card.
ENDINGS = {
    (0, 0): (1, -1),  # check, check: showdown for the antes
    (1, 0): (1, 1),  # bet, fold
    (1, 1): (2, -2),  # bet, call: showdown for two each
    (0, 1, 0): (-1, -1),  # check, bet, fold
    (0, 1, 1): (2, -2),  # check, bet, call
}
ALPHAS = np.linspace(0, 1 / 3, 7)


def deal(cards: tuple[int, int], env: kuhn.KuhnPoker | None = None) -> kuhn.KuhnPoker:
    env = env or kuhn.env()
    infogap.plant(env, KuhnTruth(card=dict(zip(env.possible_agents, cards, strict=True)), history=""))
    env.reset()
    return env


# -- rules -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("cards", DEALS)
@pytest.mark.parametrize("moves", ENDINGS)
def test_every_deal_and_ending_pays_as_the_table_says(cards, moves):
    env = deal(cards)
    for i, move in enumerate(moves):
        assert env.agent_selection == env.possible_agents[i % 2]
        assert not any(env.terminations.values()) and set(env.rewards.values()) == {0.0}
        env.step(move)
    gain = ENDINGS[moves][0 if cards[0] > cards[1] else 1]
    assert env.rewards == {"player_0": gain, "player_1": -gain}
    assert env._cumulative_rewards == env.rewards
    assert all(env.terminations.values()) and not any(env.truncations.values())


@pytest.mark.parametrize("cards", DEALS)
def test_observation_is_the_own_card_and_the_public_moves(cards):
    for moves in [(), (0,), (1,), (0, 1), *ENDINGS]:
        env = deal(cards)
        for move in moves:
            env.step(move)
        for seat, card in zip(env.possible_agents, cards, strict=True):
            seen = env.observe(seat)
            expected = [int(card == c) for c in range(3)] + [move + 1 for move in moves] + [0] * (3 - len(moves))
            assert seen["observation"].tolist() == expected
            free = moves not in ENDINGS and env.agent_selection == seat
            assert seen["action_mask"].tolist() == [int(free)] * 2


def test_a_seat_sees_nothing_of_the_other_card():
    """Same own card, same moves: the observations of the two deals that differ in the other card are equal."""
    for own in range(3):
        first, second = ((own, other) for other in range(3) if other != own)
        for moves in [(), (0,), (1,), (0, 1)]:
            seen = []
            for cards in (first, second):
                env = deal(cards)
                for move in moves:
                    env.step(move)
                seen.append((env.observe("player_0"), env.infos["player_0"], infogap.view(env, "player_0").fields()))
            assert str(seen[0]) == str(seen[1])


def test_who_is_granted_what():
    env = deal((2, 0))
    assert infogap.view(env, "player_0").card == 2 and infogap.view(env, "player_1").card == 0
    assert infogap.view(env, "verifier").card == {"player_0": 2, "player_1": 0}
    for party in ("stranger", "auditor", "player_2"):
        seen = infogap.view(env, party)
        assert seen.fields() == {"history": ""}
        for name in ("card", "payoff", "legal"):
            with pytest.raises(InfogapError):
                getattr(seen, name)


def test_illegal_moves_are_refused_and_change_nothing():
    env, twin = deal((0, 2)), deal((0, 2))
    for bad in (2, -1, 1.0, True, None, "bet", np.array([1]), np.nan, 10**5000, [1], {}):
        with pytest.raises(InvalidAction):
            env.step(bad)
    parallel = kuhn.parallel_env()
    with pytest.raises(ResetNeeded):
        parallel.step({"player_0": 0, "player_1": 0})
    parallel.reset(seed=1)
    for bad in ({}, {"player_1": 0}, None, 3, [0, 0], {"player_0": 7, "player_1": 0}, {"player_0": None}):
        with pytest.raises(InvalidAction):
            parallel.step(bad)
    for move in (0, 1, 1):
        env.step(move)
        twin.step(move)
        assert str(env.last()) == str(twin.last())
    with pytest.raises(InvalidAction):
        env.step(0)  # the finished seats step with None
    env.step(None)
    env.step(None)
    with pytest.raises(EpisodeOver):
        env.step(0)
    with pytest.raises(ResetNeeded):
        kuhn.env().step(0)
    with pytest.raises(ResetNeeded):
        kuhn.env().observe("player_0")


def test_a_deal_refuses_itself():
    for card, history in [
        ({"player_0": 1, "player_1": 1}, ""),
        ({"player_0": 1, "player_1": 3}, ""),
        ({"player_0": 1}, ""),
        ({"player_0": 1, "player_2": 0}, ""),
        ({"player_0": [1], "player_1": 0}, ""),
        (7, ""),
        ({"player_0": 1, "player_1": 0}, "bc"),
        ({"player_0": 1, "player_1": 0}, None),
    ]:
        with pytest.raises(InvalidTruth):
            KuhnTruth(card=card, history=history)
    env = kuhn.env()
    with pytest.raises(InvalidTruth, match="over"):
        infogap.plant(env, KuhnTruth(card={"player_0": 1, "player_1": 0}, history="cc"))


def test_planted_games_start_where_they_stand():
    env = kuhn.env()
    infogap.plant(env, KuhnTruth(card={"player_0": 1, "player_1": 0}, history="c"))
    env.reset()
    assert env.agent_selection == "player_1"


def test_all_deals_are_equally_likely():
    env = kuhn.env()
    env.reset(seed=0)
    seen: Counter[tuple[int, ...]] = Counter()
    n = 6_000
    for _ in range(n):
        seen[tuple(infogap.reveal(env).card.values())] += 1
        env.reset()
    assert set(seen) == set(DEALS)
    chi_square = sum((count - n / 6) ** 2 / (n / 6) for count in seen.values())
    assert chi_square < 25.7  # 0.9999 quantile with 5 degrees of freedom


def test_rendering_shows_the_public_moves_only():
    texts = set()
    for cards in DEALS:
        env = deal(cards, kuhn.env(render_mode="ansi"))
        env.step(0)
        env.step(1)
        texts.add(env.render())
    assert len(texts) == 1 and "player_1 bets" in texts.pop()


# -- theory ------------------------------------------------------------------------------------------------------------
def test_value_between_equilibria_is_kuhns():
    assert pytest.approx(-1 / 18, abs=1e-15) == kuhn.GAME_VALUE
    for alpha in ALPHAS:
        assert expected_payoff(equilibrium("player_0", alpha), equilibrium("player_1")) == pytest.approx(
            -1 / 18, abs=1e-12
        )


def test_nobody_gains_against_an_equilibrium():
    for alpha in ALPHAS:
        assert exploitability(equilibrium("player_0", alpha), equilibrium("player_1")) == pytest.approx(0, abs=1e-12)


def test_off_equilibrium_somebody_gains():
    first, second = equilibrium("player_0"), equilibrium("player_1")
    always = dict.fromkeys(first, 1.0)
    never = dict.fromkeys(first, 0.0)
    half = dict.fromkeys(first, 0.5)
    for policy in (always, never, half):
        assert exploitability(policy, second) > 0.01
        assert exploitability(first, dict.fromkeys(second, policy[0, ""])) > 0.01
    beyond = {**equilibrium("player_0", 1 / 3), (0, ""): 0.4}
    assert exploitability(beyond, second) > 1e-3
    # Nobody bets or calls: the higher card takes the antes, so both gain nothing in the mean; a bet always takes 1.
    passive = dict.fromkeys(second, 0.0)
    assert expected_payoff(never, passive) == 0.0
    assert exploitability(never, passive) == pytest.approx(1.0)


def test_alpha_outside_the_family_is_refused():
    for seat, alpha in [
        ("player_0", 0.34),
        ("player_0", -0.1),
        ("player_2", 0.1),
        ("player_0", np.nan),
        ("player_0", "a"),
    ]:
        with pytest.raises(InvalidOption):
            equilibrium(seat, alpha)


def test_value_equals_a_linear_programme_over_the_played_environment():
    """Sequence form (von Stengel 1996) over payoffs measured by playing every deal and line of the environment."""
    linprog = pytest.importorskip("scipy.optimize").linprog
    # Sequences of player_0: check, bet, check then fold or call; of player_1: its reply to a check and to a bet.
    ones = [()] + [(card, line) for card in range(3) for line in ("c", "b", "c-fold", "c-call")]
    twos = [()] + [(card, line) for card in range(3) for line in ("c:c", "c:b", "b:p", "b:b")]
    played = {
        (0, 0): ("c", "c:c"),
        (1, 0): ("b", "b:p"),
        (1, 1): ("b", "b:b"),
        (0, 1, 0): ("c-fold", "c:b"),
        (0, 1, 1): ("c-call", "c:b"),
    }
    payoff = np.zeros((len(ones), len(twos)))
    for cards in DEALS:
        for moves, (line, reply) in played.items():
            env = deal(cards)
            for move in moves:
                env.step(move)
            payoff[ones.index((cards[0], line)), twos.index((cards[1], reply))] += env.rewards["player_0"] / 6
    rows_one, rows_two = [np.eye(len(ones))[0]], [np.eye(len(twos))[0]]
    for card in range(3):
        for parent, children in [((), ("c", "b")), ((card, "c"), ("c-fold", "c-call"))]:
            row = np.zeros(len(ones))
            row[[ones.index((card, child)) for child in children]] = 1
            row[ones.index(parent)] -= 1
            rows_one.append(row)
        for children in (("c:c", "c:b"), ("b:p", "b:b")):
            row = np.zeros(len(twos))
            row[[twos.index((card, child)) for child in children]] = 1
            row[0] -= 1
            rows_two.append(row)
    e, f = np.array(rows_one), np.array(rows_two)
    # max over x, q of q_0 with F^T q <= A^T x, E x = e_0, x >= 0
    result = linprog(
        c=np.r_[np.zeros(len(ones)), -1, np.zeros(len(f) - 1)],
        A_ub=np.c_[-payoff.T, f.T],
        b_ub=np.zeros(len(twos)),
        A_eq=np.c_[e, np.zeros((len(e), len(f)))],
        b_eq=np.eye(len(e))[0],
        bounds=[(0, None)] * len(ones) + [(None, None)] * len(f),
    )
    assert result.success
    assert -result.fun == pytest.approx(-1 / 18, abs=1e-9)


def test_mean_payoff_of_play_is_the_expected_payoff():
    """10,000 hands of arbitrary policies through the environment, within 4 standard errors of the exact value."""
    rng = np.random.default_rng(5)
    first = {key: float(rng.random()) for key in equilibrium("player_0")}
    second = {key: float(rng.random()) for key in equilibrium("player_1")}
    env = kuhn.env()
    env.reset(seed=3)
    gains = []
    for _ in range(10_000):
        history = ""
        while not env.terminations["player_0"]:
            seat = env.agent_selection
            card = int(np.flatnonzero(env.observe(seat)["observation"][:3])[0])
            bet = rng.random() < (first if seat == "player_0" else second)[card, history]
            history += "b" if bet else "p" if history.endswith("b") else "c"
            env.step(int(bet))
        gains.append(env.rewards["player_0"])
        env.reset()
    error = np.std(gains) / len(gains) ** 0.5
    assert abs(np.mean(gains) - expected_payoff(first, second)) < 4 * error
