"""Deal or no deal: what the scripted players do."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import infogap
from infogap.core.chance import Chance
from infogap.envs.social import deal_or_no_deal as dond
from infogap.envs.social import deal_or_no_deal_partners as players
from infogap.envs.social import deal_or_no_deal_rules as rules

SEATS = ("player_0", "player_1")
ACCEPT, ASK = 125, 136
MOST, NONE = 127, 133
BOOK, HAT, BALL = range(3)


# -- partners ----------------------------------------------------------------------------------------------------------
def matched(first, second, episodes, seed=0, **options):
    """Episodes of two partners: (acts, truth, verdict)."""
    env = dond.env(**options)
    seated = dict(zip(SEATS, (env.partners[first](env), env.partners[second](env)), strict=True))
    results = []
    for episode in range(episodes):
        env.reset(seed=seed + episode)
        turn = 0
        while not any(env.terminations.values()):
            seat = env.agent_selection
            act = seated[seat](seat, env.observe(seat), Chance(9, episode, turn))
            assert type(act) is int and env.observe(seat)["action_mask"][act]
            env.step(act)
            turn += 1
        truth = infogap.reveal(env)
        results.append((truth.acts, truth.values, infogap.outcome(env)))
    return results


@pytest.mark.parametrize(
    "options", [{}, {"turns": 2}, {"turns": 7, "regime": "script", "instances": "contested"}], ids=str
)
def test_partners_play_legal_acts_in_all_pairings(options):
    for first, second in itertools.product(players.PARTNERS, repeat=2):
        matched(first, second, 2, **options)


def test_partners_are_deterministic_given_the_chance():
    for name in players.PARTNERS:
        assert str(matched(name, "boulware", 3)) == str(matched(name, "boulware", 3))


def test_what_the_partners_do():
    def statements(results, i):
        return [(act, values[SEATS[i]]) for acts, values, _ in results for act in acts[i::2] if MOST <= act < ASK]

    told = statements(matched("truthful", "truthful", 40), 0)
    assert len(told) >= 40 and all(rules.holds(act, own) for act, own in told)
    lied = statements(matched("adversarial", "acceptor", 40), 0)
    assert len(lied) >= 35 and not any(rules.holds(act, own) for act, own in lied)
    for acts, _, _ in matched("silent", "naive", 40):
        assert all(act <= ACCEPT for act in acts[::2])
    accepted = 0
    for acts, _, verdict in matched("acceptor", "boulware", 40):
        assert all(act in (ACCEPT, ASK) for act in acts[::2])
        assert verdict.success == (acts[-1] == ACCEPT) and (
            not verdict.success or verdict.checks["payoff_player_0"] >= 5
        )
        accepted += verdict.success
    assert 5 < accepted < 40


def test_prudent_partners_divide_well_and_the_adversary_does_not():
    prudent = [verdict for _, _, verdict in matched("prudent", "prudent", 80)]
    assert np.mean([v.success for v in prudent]) > 0.97 and np.mean([v.score for v in prudent]) > 0.95
    hostile = [verdict for _, _, verdict in matched("adversarial", "adversarial", 80)]
    assert np.mean([v.score for v in hostile]) < 0.5


def test_some_partners_are_held_out():
    game = dond.env()
    assert {"prudent", "truthful", "silent", "adversarial", "naive"} <= game.partners.keys()
    assert len(game.held_out) >= 2 and game.held_out < game.partners.keys()


def test_guesses_about_the_other_follow_what_it_says_and_offers():
    scene = rules.decode(rules.encode(0, (0, 4, 2), (2, 1, 3), (), 10))
    flat = players.weights(scene)
    assert len({w for _, w in flat}) == 1 and sum(w for _, w in flat) == pytest.approx(1)
    scene = scene._replace(turn=2, acts=(ASK, NONE + HAT))
    believed = players.weights(scene, doubt=0.0)
    assert all(values[HAT] == 0 for values, w in believed if w > 0)
    contradiction = scene._replace(turn=4, acts=(ASK, NONE + BOOK, ASK, NONE + BALL))
    assert sum(w for _, w in players.weights(contradiction, doubt=0.0)) == pytest.approx(1)
    # Somebody who asks for the balls values balls more than they were thought to.
    offered = scene._replace(turn=2, acts=(ASK, rules.proposal((0, 0, 3))))
    mean = [sum(w * values[BALL] for values, w in found) for found in (flat, players.weights(offered))]
    assert mean[1] > mean[0]
