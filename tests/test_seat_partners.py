"""Games from one seat: the partners, those that fail, and the agent's illegal actions."""

from __future__ import annotations

import itertools
import sys
from collections import Counter
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from seats import every_game, every_role, rollout, same, template

import infogap
from infogap.core.errors import (
    EpisodeOver,
    InvalidAction,
    PartnerFault,
    ResetNeeded,
)
from infogap.core.judge import Verdict
from infogap.envs import GAMES
from infogap.envs.social import kuhn
from infogap.envs.social.kuhn_partners import POLICIES
from infogap.envs.social.pools import POOLS, Pool
from infogap.envs.social.seat import SeatEnv
from infogap.wrappers import VerifierReward


# -- partners ----------------------------------------------------------------------------------------------------------
@every_game
def test_pools_of_a_game(game):
    made = GAMES[game].env()
    pools = {name: set(Pool(made, name).names) for name in POOLS}
    assert pools["train"] | pools["held_out"] == pools["all"] == set(made.partners)
    assert not pools["train"] & pools["held_out"] and len(pools["held_out"]) >= 2
    assert {"truthful", "silent", "adversarial", "naive"} <= pools["all"]
    assert pools["all"] & {"equilibrium", "prudent"}


def drawn(env: SeatEnv, episodes: int) -> Counter[str]:
    """How often each partner sat down."""
    found: Counter[str] = Counter()
    for episode in range(episodes):
        env.reset(seed=None if episode else 0)
        found.update(infogap.view(env, "verifier").partner.values())
    return found


def test_partners_are_drawn_evenly_from_the_pool():
    env = SeatEnv(role="infogap/KuhnFirst-v0")
    counts = drawn(env, 1000)
    assert set(counts) == {"adversarial", "equilibrium", "naive", "silent", "truthful"}
    assert all(abs(n - 200) < 4 * np.sqrt(1000 * 0.2 * 0.8) for n in counts.values())
    assert set(drawn(SeatEnv(role="infogap/KuhnFirst-v0", partners="held_out"), 50)) == {"bold", "bluffing"}
    assert set(drawn(SeatEnv(role="infogap/KuhnFirst-v0", partners="naive"), 5)) == {"naive"}
    assert set(drawn(SeatEnv(role="infogap/KuhnFirst-v0", partners=("naive", "bold")), 50)) == {"naive", "bold"}
    mine = {"mine": lambda game: lambda seat, observation, chance: 1}
    assert set(drawn(SeatEnv(role="infogap/KuhnFirst-v0", partners=mine), 5)) == {"mine"}


def test_kuhn_partners_play_their_policies():
    """Frequencies of a partner's first move against its policy, by the card it holds."""
    for name, policy in POLICIES.items():
        env = SeatEnv(role="infogap/KuhnSecond-v0", partners=name)
        bets: dict[int, list[int]] = {0: [], 1: [], 2: []}
        for episode in range(300):
            env.reset(seed=None if episode else 1)
            truth = infogap.reveal(env)
            bets[truth.card["player_0"]].append(truth.history == "b")
        for card, found in bets.items():
            p = policy[card, ""]
            assert abs(np.mean(found) - p) <= 4 * np.sqrt(p * (1 - p) / len(found))


def test_kuhn_adversary_is_a_best_response_to_the_truthful():
    policy = {name: dict(chances) for name, chances in POLICIES.items()}
    keys = [list(kuhn.equilibrium(seat)) for seat in kuhn.SEATS]
    assert all(set(keys[0] + keys[1]) == set(p) for p in policy.values())
    honest, adversary = policy["truthful"], policy["adversarial"]
    pure = [[dict(zip(k, map(float, b), strict=True)) for b in itertools.product((0, 1), repeat=6)] for k in keys]
    best = max(kuhn.expected_payoff(one, honest) for one in pure[0])
    assert kuhn.expected_payoff(adversary, honest) == pytest.approx(best)
    assert kuhn.expected_payoff(honest, adversary) == pytest.approx(
        min(kuhn.expected_payoff(honest, p) for p in pure[1])
    )
    for name in ("equilibrium", "bold"):
        assert kuhn.exploitability(policy[name], policy[name]) == pytest.approx(0, abs=1e-12)


def test_partners_see_the_private_part_only_and_play_alike_in_every_regime():
    ids = ["infogap/Kuhn-v0", "infogap/Kuhn-mindreader-v0", "infogap/Kuhn-script-v0", "infogap/Kuhn-noisy-v0"]
    sizes = set()

    def spy(game):
        def act(seat, observation, chance):
            sizes.add(observation["observation"].size)
            return int(chance.unit() < 0.5)

        return act

    def histories(id):
        env, found = SeatEnv(id, "player_1", partners={"spy": spy}), []
        for episode in range(30):
            env.reset(seed=None if episode else 3)
            found.append((infogap.reveal(env).history, infogap.reveal(env).card))
        return found

    assert all(histories(id) == histories(ids[0]) for id in ids[1:])
    assert sizes == {6}
    told, _ = SeatEnv(ids[1], "player_0").reset(seed=3)
    assert told["observation"].size == 7


def _raises(seat, observation, chance):
    raise KeyError("the card is K")


def _grows(seat, observation, chance):
    observation["observation"][...] = 9
    observation["action_mask"][...] = 9
    return 0


FAULTY = {
    "raises": _raises,
    "exits": lambda *_: sys.exit("the card is K"),
    "looks up": lambda *_: [][0],
    "none": lambda *_: None,
    "bool": lambda *_: True,
    "float": lambda *_: 1.0,
    "text": lambda *_: "bet",
    "array": lambda *_: np.array([1]),
    "negative": lambda *_: -1,
    "large": lambda *_: 2,
}


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("name", FAULTY)
def test_a_partner_that_fails_makes_the_episode_invalid(name, fast):
    act = FAULTY[name]
    env = SeatEnv(role="infogap/KuhnFirst-v0", partners={name: lambda game: act})
    if not fast:
        template(env)
    for _ in range(3):
        env.reset(seed=None if env._world.started else 0)
        with pytest.raises(PartnerFault, match=f"partner '{name}' at player_1") as caught:
            env.step(0)
        raised = name in ("raises", "exits", "looks up")
        assert (caught.value.__cause__ is None and caught.value.__suppress_context__) or not raised
        assert "K" not in str(caught.value).replace("KeyError", "")
        for attempt in (lambda: env.step(0), lambda: infogap.outcome(env)):
            with pytest.raises(PartnerFault, match="invalid"):
                attempt()
        assert infogap.reveal(env).history == "c", "the truth stands where the partner was to move"
    second = SeatEnv(role="infogap/KuhnSecond-v0", partners={name: lambda game: act})
    for seed in (0, None):
        with pytest.raises(PartnerFault, match="player_0"):
            second.reset(seed=seed)
        with pytest.raises(PartnerFault):
            second.step(0)


def test_a_fault_is_no_score_and_the_next_episode_is_sound():
    fails = {"now": True}

    def sometimes(game):
        return lambda seat, observation, chance: None if fails["now"] else 0

    env = VerifierReward(gym.make("infogap/KuhnFirst-v0", partners={"sometimes": sometimes}))
    env.reset(seed=0)
    with pytest.raises(PartnerFault):
        env.step(1)
    fails["now"] = False
    env.reset()
    assert env.step(1)[4] == {"success": True, "score": 0.75}, "bet and fold: a gain of 1 of [-2, 2]"
    assert infogap.outcome(env).success


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("role", ["infogap/KuhnSecond-v0", "infogap/LemonsSeller-v0", "infogap/MafiaPlayer-v0"])
def test_an_interrupt_in_a_partners_move_ends_the_episode(role, fast):
    """Going on after ctrl-C, the agent would make the partner's move, and be scored for it."""
    presses = {"now": True}

    def pressed(game):
        def act(seat, observation, chance):
            if presses["now"]:
                raise KeyboardInterrupt
            return int(observation["action_mask"].argmax())

        return act

    env = SeatEnv(role=role, partners={"pressed": pressed})
    if not fast:
        template(env)
    with pytest.raises(KeyboardInterrupt):
        env.reset(seed=0)
        env.step(int(env.action_masks().argmax()))
    for attempt in (lambda: env.step(0), lambda: infogap.outcome(env)):
        with pytest.raises(PartnerFault, match="interrupted"):
            attempt()
    presses["now"] = False
    env.reset()
    while not env.step(int(env.action_masks().argmax()))[2]:
        pass
    assert "unfinished" not in infogap.outcome(env).checks


def test_a_partner_out_of_its_mask_and_one_that_scribbles():
    env = SeatEnv("infogap/DealOrNoDeal-v0", "player_0", partners={"out": lambda game: lambda s, o, c: _illegal(o)})
    observation, _ = env.reset(seed=0)
    with pytest.raises(PartnerFault, match="not legal"):
        env.step(int(observation["action_mask"].argmax()))
    scribbler = SeatEnv(role="infogap/KuhnFirst-v0", partners={"grows": lambda game: _grows})
    folder = SeatEnv(role="infogap/KuhnFirst-v0", partners={"grows": lambda game: lambda *_: 0})
    assert same(rollout(scribbler, 60), rollout(folder, 60))


def _illegal(observation: Any) -> int:
    return int(np.flatnonzero(observation["action_mask"] == 0)[0])


def test_a_partner_that_cannot_be_made():
    def broken(game):
        raise OSError("no file")

    with pytest.raises(PartnerFault, match="'broken' can't be made: it raised OSError"):
        SeatEnv(role="infogap/KuhnFirst-v0", partners={"broken": broken})


# -- actions -----------------------------------------------------------------------------------------------------------
@every_role
@pytest.mark.parametrize("fast", [True, False])
def test_an_illegal_action_changes_nothing(role, fast):
    env, twin = SeatEnv(role=role, illegal="error"), SeatEnv(role=role, illegal="error")
    if not fast:
        template(env)
    with pytest.raises(ResetNeeded):
        env.step(0)
    rng, refused = np.random.default_rng(0), 0
    env.reset(seed=1), twin.reset(seed=1)
    for _ in range(40):
        mask = env.action_masks()
        for action in (*np.flatnonzero(~mask)[:3].tolist(), -1, mask.size, 0.0, True, None, "0", [0]):
            with pytest.raises(InvalidAction):
                env.step(action)
            refused += type(action) is int
        chosen = int(rng.choice(np.flatnonzero(mask)))
        ours, theirs = env.step(chosen), twin.step(chosen)
        assert same(ours, theirs)
        if ours[2]:
            with pytest.raises(EpisodeOver):
                env.step(0)
            env.reset(), twin.reset()
    assert refused >= 80


def test_illegal_actions_may_end_the_episode():
    for penalty, options in ((-1.0, {}), (-7.0, {"penalty": -7})):
        env = SeatEnv("infogap/DealOrNoDeal-v0", "player_0", illegal="end", **options)
        for start in (0, None, None):
            observation, _ = env.reset(seed=start)
            ended = env.step(_illegal(observation))
            assert ended[1:] == (penalty, True, False, {})
            assert infogap.outcome(env) == Verdict(False, 0.0, {"unfinished": 1.0, "illegal": 1.0})
            with pytest.raises(InvalidAction):
                env.reset(), env.step(env.action_space.n)


@every_role
def test_an_illegal_action_is_never_worth_while(role):
    """No play pays less than what it costs, neither of the game with its defaults nor by a step of it."""
    env = SeatEnv(role=role, partners="all")
    game, lowest, total = env._game, 0.0, 0.0
    for step in rollout(env, 300, choice=4):
        if len(step) == 5:
            total += step[1]
            lowest = min(lowest, total, step[1])
            total = 0.0 if step[2] else total
    assert lowest >= game.lowest == env._penalty and game.lowest <= -1.0


def test_returned_arrays_are_not_reused():
    env = SeatEnv(role="infogap/KuhnFirst-v0")
    twin = SeatEnv(role="infogap/KuhnFirst-v0")
    for episode in range(40):
        ours, theirs = env.reset(seed=None if episode else 0)[0], twin.reset(seed=None if episode else 0)[0]
        assert same(ours, theirs)
        ours["observation"][...] = ours["action_mask"][...] = 1
        step, other = env.step(episode % 2), twin.step(episode % 2)
        assert same(step, other)
        step[0]["observation"][...] = 7
