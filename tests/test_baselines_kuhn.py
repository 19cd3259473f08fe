"""Kuhn poker's baselines: their exact values by hand, and what they earn in play."""

from __future__ import annotations

import math

import numpy as np
import pytest

from infogap import baselines
from infogap.baselines.kuhn import KuhnAgent
from infogap.core.errors import UnknownOption
from infogap.envs.social import kuhn


def test_kuhn_values_by_hand() -> None:
    """Against the equilibrium with alpha = 0.

    There player_0 checks, and calls with Q by 1/3 and with K; player_1 bets after a check with J by 1/3 and with K, and
    calls with Q by 1/3 and with K. Over the deals JQ, JK, QJ, QK, KJ, KQ, seeing both cards, player_0 gains 0, -1, 4/3,
    -1, 4/3, 4/3 and player_1 gains 1, 1, 0, 4/3, -1, -1. Blindly, player_0 does best to bet (0, -2, 1, -2, 1, 4/3),
    player_1 to check (which is even).
    """
    assert baselines.kuhn_values("oracle") == pytest.approx((2 / 6, 4 / 18))
    assert baselines.kuhn_values("blind") == pytest.approx((-1 / 9, 0))
    assert baselines.kuhn_values("optimal") == pytest.approx((kuhn.GAME_VALUE, -kuhn.GAME_VALUE))
    coin = [dict.fromkeys(kuhn.equilibrium(seat), 0.5) for seat in kuhn.SEATS]
    first = kuhn.expected_payoff(coin[0], kuhn.equilibrium("player_1"))
    second = -kuhn.expected_payoff(kuhn.equilibrium("player_0"), coin[1])
    assert baselines.kuhn_values("random") == pytest.approx((first, second))
    scores = baselines.kuhn_scores()
    assert scores["oracle"] > scores["optimal"] == scores["equilibrium"] > scores["blind"] > scores["random"]
    assert scores["optimal"] == pytest.approx(0, abs=1e-12)
    for attempt in (baselines.kuhn_values, lambda name: KuhnAgent(kuhn.env(), name)):
        with pytest.raises(UnknownOption):
            attempt("greedy")


@pytest.mark.parametrize("name", ["random", "blind", "equilibrium", "oracle"])
def test_kuhn_agents_earn_their_values(name: str) -> None:
    env, games = kuhn.env(), 3000
    agent, other = baselines.make(name, env, seed=1), baselines.make("equilibrium", env, seed=2)
    env.reset(seed=7)
    for seat, value in zip(kuhn.SEATS, baselines.kuhn_values(name), strict=True):
        seats = {s: agent if s == seat else other for s in kuhn.SEATS}
        gains = [baselines.play(env, seats)[seat] for _ in range(games)]
        assert abs(np.mean(gains) - value) < 3 * np.std(gains) / math.sqrt(games)
