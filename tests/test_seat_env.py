"""Games from one seat: the ids, the options, and that it is the game with its partners played."""

from __future__ import annotations

import copy
import pickle
import warnings
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.envs.registration import EnvSpec
from gymnasium.utils.env_checker import check_env
from seats import every_game, every_role, fields, rollout, same, template

import infogap
from infogap.core.chance import PUBLIC, streams
from infogap.core.errors import (
    InvalidOption,
    UnknownOption,
)
from infogap.envs import GAMES, ROLES
from infogap.envs.social.seat import SeatEnv

copies = pytest.mark.parametrize("copied", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))])


# -- the ids -----------------------------------------------------------------------------------------------------------
@every_game
def test_every_role_of_a_game_has_an_id(game):
    base, made = GAMES[game].base, GAMES[game].env()
    ids = {name: role for name, role in ROLES.items() if role.game == game}
    assert ids == {f"infogap/{base}{role}-v0": (game, seat) for role, seat in made.roles.items()}
    assert ids and set(ids) <= set(gym.registry)


@every_role
@pytest.mark.parametrize("observation", ["dict", "flat"])
def test_checkers_of_gymnasium_and_stable_baselines3(role, observation):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        env = gym.make(role, observation=observation)
        check_env(env.unwrapped)
        pytest.importorskip("stable_baselines3.common.env_checker").check_env(env)


@every_role
def test_spaces_seeds_and_specs(role):
    env = gym.make(role, partners="all")
    seen = rollout(env, 60)
    for observation, *rest in seen:
        assert env.observation_space.contains(observation)
        if len(rest) == 4:
            assert type(rest[0]) is float and type(rest[1]) is bool and rest[2] is False and rest[3] == {}
    assert same(seen, rollout(gym.make(role, partners="all"), 60))
    assert same(seen, rollout(gym.make(EnvSpec.from_json(env.spec.to_json())), 60))
    assert not same(seen, rollout(env, 60, seed=1))
    flat = rollout(gym.make(role, partners="all", observation="flat"), 60)
    for (one, *_), (other, *_) in zip(seen, flat, strict=True):
        assert (np.concatenate([one["observation"], one["action_mask"]]) == other).all()


def test_the_id_says_game_seat_and_regime():
    for options in ({"game": "infogap/Kuhn-mindreader-v0"}, {"seat": "player_1"}, {"regime": "script"}):
        with pytest.raises(InvalidOption, match=r"SeatEnv\(game='infogap/Kuhn-mindreader-v0', seat='player_0'\)"):
            gym.make("infogap/KuhnFirst-v0", **options)
    with pytest.raises(InvalidOption, match="infogap/Kuhn-mindreader-v0"):
        SeatEnv("infogap/Kuhn-v0", "player_0", regime="mindreader")
    assert SeatEnv("infogap/Kuhn-script-v0", "player_0").regime.name == "script"
    assert gym.make("infogap/KuhnFirst-v0").unwrapped.regime.name == "private"


@pytest.mark.parametrize(
    ("error", "options"),
    [
        (UnknownOption, {"game": None}),
        (UnknownOption, {"game": "infogap/Nothing-v0"}),
        (UnknownOption, {"seat": None}),
        (UnknownOption, {"seat": "player_2"}),
        (UnknownOption, {"observation": "tuple"}),
        (UnknownOption, {"illegal": None}),
        (UnknownOption, {"render_mode": "human"}),
        (UnknownOption, {"partners": "nobody"}),
        (UnknownOption, {"partners": ["naive", "nobody"]}),
        (InvalidOption, {"partners": []}),
        (InvalidOption, {"partners": ["naive", "naive"]}),
        (InvalidOption, {"partners": [3]}),
        (InvalidOption, {"partners": None}),
        (InvalidOption, {"partners": {}}),
        (InvalidOption, {"partners": {"me": 3}}),
        (InvalidOption, {"seat": "all", "partners": "naive"}),
        (InvalidOption, {"penalty": float("inf")}),
        (InvalidOption, {"penalty": True}),
        (UnknownOption, {"role": "infogap/KuhnThird-v0"}),
        (InvalidOption, {"role": "infogap/KuhnFirst-v0"}),
        (TypeError, {"cards": 4}),
    ],
)
def test_options_that_make_no_sense(error, options):
    with pytest.raises(error):
        SeatEnv(**{"game": "infogap/Kuhn-v0", "seat": "player_0", **options})


# -- it is the game ----------------------------------------------------------------------------------------------------
def by_hand(role: str, seed: int, episodes: int) -> list[Any]:
    """The same, played with the game itself: the deal and each move at their places in the game's stream."""
    spec = ROLES[role]
    game = GAMES[spec.game].env()
    names = sorted(set(game.partners) - game.held_out)
    makers = {name: game.partners[name](game) for name in names}
    dice = streams(PUBLIC, game.family, game.generator, seed)[0]
    rng, seen = np.random.default_rng(0), []
    for episode in range(episodes):
        game.reset(seed=None if episode else seed)
        draws = dice.fork("partners").at(episode)
        cast = {seat: names[draws.below(len(names))] for seat in game.possible_agents if seat != spec.seat}
        moves, gained, turns = 0, 0.0, 0
        while not all(game.terminations.values()):
            mover = game.agent_selection
            if mover == spec.seat:
                seen.append((game.observe(mover), gained) if turns else (game.observe(mover),))
                gained, turns = gained if not turns else 0.0, turns + 1
                action = int(rng.choice(np.flatnonzero(game.observe(mover)["action_mask"])))
            else:
                chance = dice.fork("partners' moves").at(episode, moves + 1)
                action = makers[cast[mover]](mover, game.observe(mover), chance)
            game.step(action)
            moves += 1
            gained += game.rewards[spec.seat]
        if not turns:  # the partners have ended it: a step in which nothing happens
            now = game.observe(spec.seat)
            seen.append(({**now, "action_mask": np.ones_like(now["action_mask"])},))
            rng.choice(now["action_mask"].size)
        seen.append((game.observe(spec.seat), gained, infogap.outcome(game)))
    return seen


@every_role
@pytest.mark.parametrize("fast", [True, False])
def test_it_is_the_game_with_its_partners_played(role, fast):
    env = SeatEnv(role=role) if fast else template(SeatEnv(role=role))
    rng, seen, episodes = np.random.default_rng(0), [], 25
    for episode in range(episodes):
        observation, _ = env.reset(seed=None if episode else 5)
        seen.append((observation,))
        done = False
        while not done:
            action = int(rng.choice(np.flatnonzero(observation["action_mask"])))
            observation, reward, done, *_ = env.step(action)
            seen.append((observation, reward, infogap.outcome(env)) if done else (observation, reward))
    assert same(seen, by_hand(role, 5, episodes))


@every_role
@pytest.mark.parametrize("options", [{"partners": "all"}, {"illegal": "end", "penalty": -3.0, "observation": "flat"}])
def test_the_fast_path_equals_the_template(role, options):
    fast, spec = SeatEnv(role=role, **options), template(SeatEnv(role=role, **options))
    rng = np.random.default_rng(1)
    ours, theirs = fast.reset(seed=2), spec.reset(seed=2)
    for i in range(120):
        assert same(ours, theirs) and same(fast.action_masks(), spec.action_masks())
        anything = options.get("illegal") == "end" and i % 9 == 0
        action = int(rng.integers(fast.action_space.n) if anything else rng.choice(np.flatnonzero(fast.action_masks())))
        ours, theirs = fast.step(action), spec.step(action)
        if ours[2]:
            assert same(ours, theirs)
            if i % 5 == 0:
                assert fields(infogap.reveal(fast)) == fields(infogap.reveal(spec))
                assert infogap.outcome(fast) == infogap.outcome(spec)
            ours, theirs = fast.reset(), spec.reset()
            if i % 7 == 0:
                assert same(*(fields(infogap.reveal(env, final=True)) for env in (fast, spec)))
        elif i % 11 == 0:
            assert same(*(fields(infogap.reveal(env)) for env in (fast, spec)))


def test_the_fast_path_is_taken():
    env = SeatEnv(role="infogap/KuhnFirst-v0")
    env.reset(seed=0)
    env.reset()
    assert env._position is not None
    infogap.reveal(env)
    assert env._position is None


@every_role
@copies
def test_copies_in_mid_episode_go_on_alike(role, copied):
    for env in (SeatEnv(role=role, partners="all"), template(SeatEnv(role=role, partners="all"))):
        rollout(env, 7)
        env.reset()
        other = copied(env)
        assert same(rollout(env, 30, None), rollout(other, 30, None))
        assert same(fields(infogap.reveal(env, final=True)), fields(infogap.reveal(other, final=True)))


# -- the agent of all seats --------------------------------------------------------------------------------------------
@every_game
def test_one_agent_for_all_seats_is_the_game(game):
    """It sees what the mover sees, and is paid the sum."""
    env, aec = SeatEnv(game, "all"), GAMES[game].env()
    rng = np.random.default_rng(3)
    for episode in range(20):
        observation, _ = env.reset(seed=None if episode else 4)
        aec.reset(seed=None if episode else 4)
        done = False
        while not done:
            assert same(observation, aec.observe(aec.agent_selection))
            assert same(env.action_masks(), observation["action_mask"].astype(bool))
            action = int(rng.choice(np.flatnonzero(observation["action_mask"])))
            observation, reward, done, *_ = env.step(action)
            aec.step(action)
            assert reward == pytest.approx(sum(aec.rewards.values()))
        assert infogap.outcome(env) == infogap.outcome(aec)


@every_game
@pytest.mark.parametrize("regime", ["private", "script", "noisy"])
def test_all_seats_on_the_fast_path_equal_the_template(game, regime):
    id = game if regime == "private" else game.replace("-v0", f"-{regime}-v0")
    assert same(rollout(SeatEnv(id, "all"), 60), rollout(template(SeatEnv(id, "all")), 60))
