"""The native vector of desks equals Gymnasium's SyncVectorEnv of single desks, step for step."""

from __future__ import annotations

import random
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import data_equivalence
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.wrappers import TimeLimit

import infogap
from infogap.core.errors import (
    EpisodeOver,
    InvalidAction,
    InvalidOption,
    InvalidSeed,
    InvalidTruth,
    ResetNeeded,
    UnknownOption,
    Unsupported,
)
from infogap.envs.desktop import flat
from infogap.envs.desktop.desktop import Desktop
from infogap.envs.desktop.vector import DesktopVector

MODES = list(AutoresetMode)
FACES = ("flat", "dict")


def same(first: Any, second: Any) -> bool:
    return data_equivalence(first, second, exact=True)


def drawn(chance: random.Random, rows: int) -> np.ndarray:
    """Mostly clicks, and now and then a submission."""
    verbs = [
        chance.choice((0, 1, 1, 1, 2, 3, 4)) if chance.random() > 0.04 else 5 + chance.randrange(2) for _ in range(rows)
    ]
    return np.array([[v, chance.randrange(flat.ELEMENTS), chance.randrange(flat.ARGUMENTS)] for v in verbs])


def fields(truth: Any) -> dict[str, Any]:
    return {name: getattr(truth, name) for name in truth.names}


def alike(native: DesktopVector, sync: Any, final: bool = False) -> None:
    """Both hold the same truths."""
    ours, theirs = infogap.reveal(native, final=final), infogap.reveal(sync, final=final)
    for i, truth in enumerate(theirs):
        assert fields(ours.row(i)) == fields(truth)


def equal(mode: AutoresetMode, steps: int, rows: int = 4, limit: int = 0, seed: int = 3, **options: Any) -> None:
    def make() -> gym.Env:
        return TimeLimit(Desktop(**options), limit) if limit else Desktop(**options)

    native = DesktopVector(rows, autoreset_mode=mode, max_episode_steps=limit or None, **options)
    sync = SyncVectorEnv([make] * rows, autoreset_mode=mode)
    assert native.observation_space == sync.observation_space and native.action_space == sync.action_space
    assert native.single_action_space == sync.single_action_space
    chance, finished = random.Random(seed), np.zeros(rows, bool)
    assert same(native.reset(seed=seed), sync.reset(seed=seed))
    for i in range(steps):
        actions = drawn(chance, rows)
        ours, theirs = native.step(actions), sync.step(actions)
        for x, y in zip(ours, theirs, strict=True):
            assert same(x, y), i
        assert not isinstance(ours[0], dict) or list(ours[0]) == list(theirs[0])
        ended = ours[2] | ours[3]
        finished |= ended
        if i % 17 == 0:
            alike(native, sync)
            if finished.all() and not limit:  # an episode cut off by a wrapper has not ended for the environment
                alike(native, sync, final=True)
        if mode is AutoresetMode.DISABLED and ended.any():
            mask = ended | (np.array([chance.random() for _ in range(rows)]) < 0.2)
            seeds = None if i % 3 else [chance.randrange(99) if chance.random() < 0.5 else None for _ in range(rows)]
            results = [env.reset(seed=seeds, options={"reset_mask": mask.copy()}) for env in (native, sync)]
            assert same(*results)
        elif i % 40 == 39:
            assert same(native.reset(seed=i), sync.reset(seed=i))
        elif i % 40 == 20:
            assert same(native.reset(), sync.reset())
    assert finished.any()


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
def test_native_vector_equals_sync(mode, face):
    equal(mode, 50, observation=face)


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
def test_episodes_that_run_out_of_turns(mode):
    equal(mode, 25, rows=3, template="due_date", max_turns=6, skin=0)


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
@pytest.mark.parametrize("limit", [1, 5])
def test_a_limit_put_upon_it_is_gymnasiums(mode, limit):
    equal(mode, 15, rows=3, limit=limit, template="due_date")


@pytest.mark.full
@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
def test_native_vector_equals_sync_for_long(mode, face):
    for seed in range(4):
        equal(mode, 250, rows=6, seed=seed, observation=face, split=("train", "test_all", "all", "test_app")[seed])


def test_keyed_rows_equal_keyed_desks():
    native = DesktopVector(3, template="due_date")
    sync = SyncVectorEnv([lambda: Desktop(template="due_date")] * 3)
    plain = native.reset(seed=1)[0]
    for env in (native, sync):
        infogap.rekey(env, b"key")
    ours = native.reset(seed=1)
    assert same(ours, sync.reset(seed=1)) and not same(ours[0], plain)


def test_what_is_returned_is_fresh():
    native = DesktopVector(2, template="due_date", observation="dict")
    first = native.reset(seed=0)[0]
    kept = {name: values.copy() for name, values in first.items()}
    for values in first.values():
        assert values.flags.writeable
    second = native.step(np.array([[1, 3, 0], [1, 4, 0]]))[0]
    assert same(first, kept) and not same(first, second)
    first["screen"][:] = 9
    assert same(native.step(np.zeros((2, 3), int))[0]["screen"][:, :-1], second["screen"][:, :-1])


def test_rows_are_planted_and_seen():
    native = DesktopVector(3, template="due_date", skin=0)
    native.reset(seed=0)
    truths = infogap.reveal(native)
    goal = infogap.view(native, "agent").goal
    assert goal.tolist() == truths.goal.tolist()
    swapped = type(truths).stack([truths.row(i) for i in (2, 0, 1)])
    infogap.plant(native, swapped)
    shown = native.reset(seed=0)[0]
    assert infogap.reveal(native).goal.tolist() == [goal[i] for i in (2, 0, 1)]
    assert same(infogap.view(native, "verifier").task.tolist(), swapped.task.tolist())
    again = DesktopVector(3, template="due_date", skin=0)
    assert same(shown, again.reset(seed=0)[0][[2, 0, 1]])
    view = infogap.view(native, "verifier")
    native.step(np.zeros((3, 3), int))
    assert view.tick.tolist() == [1, 1, 1]
    with pytest.raises(InvalidTruth):
        infogap.plant(native, truths.row(0))
    with pytest.raises(InvalidTruth):
        infogap.plant(native, truths.but(goal=np.array([1, 2, 3], object)))


def test_bad_input():
    with pytest.raises(Unsupported, match="text"):
        DesktopVector(2, observation="text")
    with pytest.raises(Unsupported, match="render"):
        DesktopVector(2, render_mode="ansi")
    for rows in (0, -1, True, 1.5, None):
        with pytest.raises(InvalidOption):
            DesktopVector(rows)
    native = DesktopVector(2, template="due_date", autoreset_mode="Disabled")
    nothing = np.zeros((2, 3), int)
    with pytest.raises(ResetNeeded):
        native.step(nothing)
    with pytest.raises(ResetNeeded):
        native.reset(options={"reset_mask": np.array([True, False])})
    with pytest.raises(ResetNeeded):
        infogap.reveal(native)
    native.reset(seed=0)
    with pytest.raises(ResetNeeded):
        infogap.reveal(native, final=True)
    before = fields(infogap.reveal(native).row(0))
    for bad in (
        None,
        0,
        nothing[0],
        nothing * 1.0,
        [[0, 0], [0, 0, 0]],
        nothing - 1,
        nothing + np.array([7, 0, 0]),
        nothing + np.array([0, 48, 0]),
    ):
        with pytest.raises(InvalidAction):
            native.step(bad)
    with pytest.raises(InvalidSeed):
        native.reset(seed=[1])
    with pytest.raises(UnknownOption):
        native.reset(options={"x": 1})
    assert fields(infogap.reveal(native).row(0)) == before
    native.step(np.array([[5, 0, 12], [0, 0, 0]], np.uint8))
    with pytest.raises(EpisodeOver):
        native.step(nothing)
