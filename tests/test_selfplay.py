"""PPO for all seats of a game. Skipped where the extra `sb3` is not installed."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

import infogap
from infogap.baselines.cfr import Tree, exploitability, values
from infogap.baselines.match import as_partner, evaluate_match
from infogap.baselines.tabular import Policy
from infogap.core.errors import InvalidOption, InvalidSeed, MissingExtra, UnknownOption, Unsupported
from infogap.envs import GAMES
from infogap.envs.social.seat import SeatEnv

pytest.importorskip("torch")
pytest.importorskip("sb3_contrib")

from infogap.baselines import selfplay
from infogap.baselines.selfplay import METHODS, NetworkAgent, train_selfplay

KUHN, REFERENCE, DEAL = "infogap/Kuhn-v0", "infogap/ReferenceGame-v0", "infogap/DealOrNoDeal-v0"
SMALL = {"n_steps": 8, "batch_size": 32, "n_epochs": 2, "net_arch": [8], "features": 8}
TINY = {"steps": 128, "n_envs": 4, "rounds": 2, "memory": 2, "hyperparameters": SMALL}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("game", [KUHN, DEAL])
def test_every_method_gives_an_agent_for_each_seat(game, method):
    agents = train_selfplay(game, method=method, **TINY)
    assert list(agents) == GAMES[game].env().possible_agents
    assert len({id(agent.policy) for agent in agents.values()}) == (2 if method == "independent" else 1)
    scores = evaluate_match(game, agents, 10)
    assert 0 <= scores["score"] <= 1
    aec = GAMES[game].env()
    aec.reset(seed=0)
    seen = aec.observe(aec.agent_selection)
    chances = agents[aec.agent_selection].probabilities(seen)
    assert chances.sum() == pytest.approx(1) and (chances[seen["action_mask"] == 0] == 0).all()
    assert (chances[seen["action_mask"] == 1] > 0).all()
    env = SeatEnv(game, "player_0", partners={"learnt": as_partner(agents)})
    env.reset(seed=0)
    env.step(int(env.action_masks().argmax()))


@pytest.mark.parametrize("method", METHODS)
def test_same_seed_same_policies(method):
    tree = Tree(KUHN)
    found = [tree.strategies(train_selfplay(KUHN, seed=seed, method=method, **TINY)) for seed in (1, 1, 2)]
    rows = [np.concatenate([row for seat in one for row in seat]) for one in found]
    assert (rows[0] == rows[1]).all() and not np.allclose(rows[0], rows[2])


def test_learning_moves_the_policies_and_those_met_are_earlier_ones(monkeypatch):
    """What sits at the other seats are copies: they do not move while the others learn."""
    met = []
    push = selfplay._Seated.push

    def watch(self, seats, policy):
        push(self, seats, policy)
        met.append((seats, [a.policy for a in self.by_seat[seats[0]]], policy))

    monkeypatch.setattr(selfplay._Seated, "push", watch)
    agents = train_selfplay(KUHN, method="independent", **TINY)
    assert [seats for seats, *_ in met] == [("player_0",), ("player_1",)] * 2
    first, second = met[0][1], met[2][1]
    assert len(first) == 1 and len(second) == 2 and second[1] is first[0]
    weights = [next(p.parameters()).detach().numpy() for p in (first[0], second[0], agents["player_0"].policy)]
    assert not np.allclose(weights[0], weights[1]) and not np.allclose(weights[1], weights[2])
    assert met[0][2] is agents["player_0"].policy


def test_one_policy_with_all_information():
    agents = train_selfplay("infogap/ReferenceGame-script-v0", **TINY)
    scores = evaluate_match("infogap/ReferenceGame-script-v0", agents, 20)
    assert 0 <= scores["success"] <= 1


@pytest.mark.parametrize(
    ("error", "options"),
    [
        (UnknownOption, {"method": "together"}),
        (UnknownOption, {"game_id": "infogap/KuhnFirst-v0"}),
        (UnknownOption, {"hyperparameters": {"speed": 1}}),
        (InvalidOption, {"seed": None}),
        (InvalidSeed, {"seed": -1}),
        (InvalidOption, {"steps": 0}),
        (InvalidOption, {"rounds": 0}),
        (InvalidOption, {"memory": True}),
        (InvalidOption, {"n_envs": 1.5}),
        (InvalidOption, {"threads": 0}),
        (Unsupported, {"game_id": "infogap/Kuhn-script-v0", "method": "copies"}),
        (Unsupported, {"game_id": "infogap/Kuhn-noisy-v0", "method": "independent"}),
    ],
)
def test_runs_that_make_no_sense(error, options):
    with pytest.raises(error):
        train_selfplay(**{"game_id": KUHN, **TINY, **options})


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    real = importlib.import_module

    def absent(name, *args):
        if name.startswith(("sb3_contrib", "stable_baselines3")):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *args)

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(MissingExtra, match=r"pip install 'infogap\[sb3\]'"):
        train_selfplay(KUHN, **TINY)


def test_a_network_agent_keeps_what_it_has_computed(monkeypatch):
    agent = train_selfplay(KUHN, **TINY)["player_0"]
    fresh = NetworkAgent(agent.policy)
    env = infogap.envs.GAMES[KUHN].env()
    env.reset(seed=0)
    seen = env.observe("player_0")
    first = fresh.probabilities(seen)
    monkeypatch.setattr(fresh, "_asked", lambda *_: pytest.fail("asked again"))
    assert (fresh.probabilities(seen) == first).all()
    draws = np.bincount([fresh.act(seen) for _ in range(2000)], minlength=2) / 2000
    assert draws == pytest.approx(first, abs=0.05)


@pytest.mark.full
def test_two_seats_learn_a_language_and_both_gain():
    """Babbling gives 1/8 to each seat. One run in six stays in partial pooling, at 7/8; hardly ever three of three."""
    found = []
    for seed in range(3):
        scores = evaluate_match(REFERENCE, train_selfplay(REFERENCE, 80_000, seed))
        assert scores["return_speaker_0"] == scores["return_listener_0"] == scores["success"]
        found.append(scores["success"])
    assert max(found) > 0.9 and min(found) > 0.7


@pytest.mark.full
@pytest.mark.parametrize("method", ["copies", "independent"])
def test_playing_earlier_selves_helps_in_a_game_of_conflict(method):
    """Exploitability in chips, exact: 0.458 for coins, 0 at equilibrium. PPO's last policies stay in between."""
    tree = Tree(KUHN)
    coins = {seat: Policy({}) for seat in tree.seats}
    assert exploitability(tree, coins) == pytest.approx(11 / 24)
    agents = train_selfplay(KUHN, 80_000, 0, method, rounds=50)
    assert exploitability(tree, agents) < 0.4
    assert values(tree, {**agents, "player_1": coins["player_1"]})["player_0"] > 0.1
