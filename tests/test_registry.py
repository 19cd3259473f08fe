"""Every registered environment, found through the registries, keeps the promises of its ecosystem and of ours."""

from __future__ import annotations

import copy
import json
import os
import pickle
import random
import subprocess
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import gymnasium as gym
import numpy as np
import pettingzoo
import pytest
from gymnasium import spaces
from gymnasium.envs.registration import EnvSpec, load_env_creator
from gymnasium.utils.env_checker import check_env
from registry_play import digests, equal, fields, play

import infogap
from infogap.core.gamerules import Common
from infogap.core.truth import held_by, partition
from infogap.envs import DESKTOPS, GAMES, GYMNASIUM_IDS
from infogap.envs.desktop.tasks import TEMPLATES

GYM_SECTIONS = (
    "Description",
    "Action Space",
    "Observation Space",
    "Starting State",
    "Rewards",
    "Episode End",
    "Information",
    "Arguments",
    "References",
    "Version History",
)
OUR_SECTIONS = ("Hidden State", "Reference Scores")

copies = pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))], ids=["deepcopy", "pickle"]
)


# -- what is registered ------------------------------------------------------------------------------------------------
def test_the_registries_hold_what_the_package_lists(ids):
    assert ids == sorted(GYMNASIUM_IDS) and ids
    if hasattr(pettingzoo, "aec_registry"):
        for registry in (pettingzoo.aec_registry, pettingzoo.parallel_registry):
            assert sorted(name for name in registry if name.startswith("infogap/")) == sorted(GAMES)


def test_every_task_of_the_desktop_has_an_id():
    ours = {name for name, one in TEMPLATES.items() if one.solve.__module__.startswith("infogap.")}
    assert set(DESKTOPS.values()) == {"all", *ours}


def test_registering_again_is_silent():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        infogap.register_envs()


# -- other people's checkers -------------------------------------------------------------------------------------------
def test_gymnasium_check_env(env_id):
    env = gym.make(env_id)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(env.unwrapped)


def test_gymnasium_passive_check_env(env_id):
    """Gymnasium's default wrappers find nothing to complain of, the passive checker among them."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        list(play(gym.make(env_id), 30))


def test_stable_baselines3_check_env(env_id):
    checker = pytest.importorskip("stable_baselines3.common.env_checker")
    env = gym.make(env_id)
    if isinstance(env.observation_space, (spaces.Text, spaces.Sequence)):
        pytest.skip("text faces need a tokeniser")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        checker.check_env(env)


# -- determinism -------------------------------------------------------------------------------------------------------
DIGESTS = """
import json, sys
sys.path.insert(0, sys.argv[1])
from conftest import GYMNASIUM_IDS
from registry_play import digests
print(json.dumps(digests(GYMNASIUM_IDS)))
"""


def test_same_rollout_in_every_process_and_hash_seed(ids):
    here = digests(ids)
    folder = os.path.dirname(os.path.abspath(__file__))
    running = [
        subprocess.Popen(
            [sys.executable, *optimise, "-c", DIGESTS, folder],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            stdout=subprocess.PIPE,
        )
        for hash_seed, optimise in (("0", []), ("4242", ["-O"]))
    ]
    for process in running:
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        assert json.loads(out) == here


def test_global_generators_are_neither_read_nor_moved(env_id):
    random.seed(1)
    np.random.seed(1)
    first = list(play(gym.make(env_id), 60))
    random.seed(2)
    np.random.seed(2)
    before = random.getstate(), np.random.get_state()[1].copy()
    assert equal(first, play(gym.make(env_id), 60))
    assert random.getstate() == before[0] and (np.random.get_state()[1] == before[1]).all()


def test_environments_do_not_disturb_each_other(env_id):
    alone = list(play(gym.make(env_id), 80))
    one, other = play(gym.make(env_id), 80), play(gym.make(env_id), 80, seed=9)
    together = []
    for step in one:
        next(other, None)
        together.append(step)
    assert equal(alone, together)


def test_what_an_episode_hides_does_not_depend_on_those_before(env_id):
    """Streams restart at each episode: however the first was played, the second deals the same."""

    def second(steps: int) -> dict[str, Any]:
        env = gym.make(env_id)
        rollout = play(env, steps, seed=3)
        for _ in range(steps):
            next(rollout)
            if env.unwrapped._world.done:
                break
        env.reset()
        if env.unwrapped._world.episode != 1:
            pytest.fail("the rollout was to stay within one episode")
        return fields(infogap.reveal(env))

    assert second(1) == second(2) == second(3)


def test_returned_data_is_not_reused(env_id):
    """Nothing that is returned shares memory with what was returned before, nor with the environment's own state."""
    env, twin = gym.make(env_id).unwrapped, gym.make(env_id).unwrapped
    kept: list[np.ndarray] = []
    for ours, theirs in zip(play(env, 120), play(twin, 120), strict=True):
        assert equal(ours, theirs)
        for array in _arrays(ours):
            assert not any(np.shares_memory(array, old) for old in kept[-6:])
            kept.append(array)
            array[...] = 1  # whoever scribbles on an observation changes nothing
    assert kept or isinstance(env.observation_space, (spaces.Discrete, spaces.Text))


def _arrays(value: Any) -> Iterator[np.ndarray]:
    if isinstance(value, np.ndarray) and value.ndim:
        yield value
    elif isinstance(value, dict):
        for entry in value.values():
            yield from _arrays(entry)
    elif isinstance(value, (tuple, list)):
        for entry in value:
            yield from _arrays(entry)


def test_numpy_integers_are_actions_like_any_other(env_id):
    if not isinstance(gym.make(env_id).action_space, spaces.Discrete):
        pytest.skip("for discrete actions")
    kinds = (int, np.int64, np.int32, np.uint16, lambda a: np.array(a), lambda a: np.array(a, np.int16))
    envs = [gym.make(env_id).unwrapped for _ in kinds]
    for env in envs:
        env.reset(seed=1)
    masks = getattr(envs[0], "action_masks", None)
    for action in (0, 1, 0):
        action = action if masks is None else int(np.flatnonzero(masks())[-1])
        steps = [env.step(kind(action)) for env, kind in zip(envs, kinds, strict=True)]
        assert all(equal(steps[0], step) for step in steps[1:])
        if steps[0][2] or steps[0][3]:
            break


# -- making again ------------------------------------------------------------------------------------------------------
def test_spec_makes_the_same_environment_again(env_id):
    env = gym.make(env_id)
    first = list(play(env, 60))
    assert equal(first, play(gym.make(env.spec), 60))
    assert equal(first, play(gym.make(EnvSpec.from_json(env.spec.to_json())), 60))
    assert EnvSpec.from_json(env.spec.to_json()) == env.spec


@copies
def test_copies_in_mid_episode_go_on_alike(env_id, copied):
    vectors = [gym.make_vec(env_id, 3)] if gym.spec(env_id).vector_entry_point else []  # Gymnasium's own hold lambdas
    for env in (gym.make(env_id), *vectors):
        rollout = play(env, 40) if not isinstance(env, gym.vector.VectorEnv) else _vector_play(env, 40)
        for _ in range(5):
            next(rollout)
        other = copied(env)
        again = copy.deepcopy(env.action_space)
        again.seed(11)
        actions = [again.sample() for _ in range(30)]
        assert equal(_play_on(env, actions), _play_on(other, actions))


def _vector_play(env: Any, steps: int) -> Iterator[tuple[Any, ...]]:
    env.action_space.seed(7)
    yield env.reset(seed=0)
    for _ in range(steps):
        yield env.step(env.action_space.sample())


def _play_on(env: Any, actions: list[Any]) -> list[tuple[Any, ...]]:
    steps = []
    for action in actions:
        if not isinstance(env, gym.vector.VectorEnv) and env.unwrapped._world.done:
            env.reset()
        steps.append(env.step(action))
    return steps


# -- the contract ------------------------------------------------------------------------------------------------------
def _parties(truth: type, more: tuple[str, ...] = ()) -> list[str]:
    named = set().union(*(row.to | row.at_end for row in partition(truth)))
    return sorted({*named, "agent", "verifier", "stranger", *more} - {infogap.ALL, infogap.OWN})


def test_views_hold_what_their_space_says(env_id):
    env = gym.make(env_id)
    parties = _parties(env.unwrapped.truth_type)
    ends = 0
    for step in play(env, 60):
        if len(step) == 5 and (step[2] or step[3]):
            ends += 1
            for party in parties:
                seen = infogap.view(env, party).fields()
                assert env.unwrapped.view_space(party).contains(seen), party
                who = getattr(env.unwrapped, "party", party) if party == "agent" else party
                held = held_by(env.unwrapped.truth_type, who)
                assert set(seen) == {row.name for row in held if row.kind == "field"}
            truth = infogap.reveal(env)
            assert env.unwrapped.truth_space.contains(fields(truth))
    assert ends


def _documented() -> list[Any]:
    singles = [load_env_creator(gym.spec(env_id).entry_point) for env_id in GYMNASIUM_IDS]
    return [*dict.fromkeys(singles), *(type(game.env()) for game in GAMES.values() if game.regime == "private")]


@pytest.mark.parametrize("kind", _documented(), ids=lambda kind: kind.__name__)
def test_docstring_has_every_section(kind):
    lines = [line.strip() for line in (kind.__doc__ or "").splitlines()]
    at = [lines.index(f"## {section}") for section in GYM_SECTIONS]
    assert at == sorted(at), "Gymnasium's sections come in Gymnasium's order"
    for section in (*GYM_SECTIONS, *OUR_SECTIONS):
        text = lines[lines.index(f"## {section}") + 1 :]
        assert text and text[0] and not text[0].startswith("##"), section
    arguments = set(kind.__init__.__annotations__)
    for argument in (arguments | set(Common.__annotations__) if "common" in arguments else arguments) - {"common"}:
        if argument != "return":
            assert f"`{argument}`" in kind.__doc__ or f"`{argument}=" in kind.__doc__, argument


def test_public_text_shows_no_truth(env_id):
    """repr and str of the environment, of its truth and of its views say nothing that differs between secrets."""
    shown = set()
    for seed in range(5):
        env = gym.make(env_id)
        env.reset(seed=seed)
        truth = infogap.reveal(env)
        seen = [infogap.view(env, party) for party in _parties(env.unwrapped.truth_type)]
        shown.add(tuple(f"{x!r} {x}" for x in (env.unwrapped, truth, *seen)))
        assert env.spec.kwargs == gym.make(env_id).spec.kwargs
    assert len(shown) == 1
