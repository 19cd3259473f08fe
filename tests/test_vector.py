"""The fast paths equal the template, and the native vector equals Gymnasium's SyncVectorEnv, step for step."""

from __future__ import annotations

import itertools
import random
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import data_equivalence
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.wrappers import TimeLimit

import infogap
from infogap.core.env import use_template
from infogap.core.errors import InvalidOption, InvalidSeed, ResetNeeded, UnknownOption, Unsupported
from infogap.envs.inquiry.twenty_questions import TwentyQuestions
from infogap.envs.inquiry.vector import TwentyQuestionsVector

MODES = list(AutoresetMode)
OPTIONS = [
    dict(zip(("actions", "observation", "noise", "unknown", "masks", "costs"), values, strict=True))
    for values in itertools.product(
        ("full", "ask"),
        ("history", "last", "log"),
        (0.0, 0.2),
        ("honest", "redrawn", "none"),
        (False, True),
        (0.0, 0.01),
    )
]
SPECIAL: list[dict[str, Any]] = [
    {"world": "countries", "prior": "population", "actions": "ask", "noise": 0.1},
    {"world": "countries", "split": "test_groups", "observation": "log"},
    {"split": "test_questions", "actions": "ask", "budget": 3},
    {"budget": 1, "observation": "log"},
    {"budget": 1, "actions": "ask", "masks": True},
    {"kinds": ("taxonomy",), "prior": "abundance", "actions": "ask"},
    {"kinds": ("numeric", "spelling"), "budget": 40, "observation": "last"},
]
SAMPLE = random.Random(0).sample(OPTIONS, 22)


def named(options: dict[str, Any]) -> str:
    return ",".join(f"{value}" for value in options.values())


def same(first: Any, second: Any) -> bool:
    return data_equivalence(first, second, exact=True)


def action(rng: np.random.Generator, questions: int, n: int) -> int:
    """Mostly questions, and some asked again, so that episodes are long."""
    return int(
        rng.integers(questions if rng.random() < 0.5 else min(3, questions)) if rng.random() < 0.8 else rng.integers(n)
    )


# -- the fast path of the single environment ---------------------------------------------------------------------------
def fast_equals_template(options: dict[str, Any], steps: int) -> None:
    fast, plain = TwentyQuestions(**options), TwentyQuestions(**options)
    use_template(plain)
    rng = np.random.default_rng(0)
    assert same(fast.reset(seed=3), plain.reset(seed=3))
    for i in range(steps):
        a = action(rng, fast.table.q, int(fast.action_space.n))
        ours, theirs = fast.step(a), plain.step(a)
        assert same(ours, theirs), (i, ours, theirs)
        assert fast.told() == plain.told()
        assert (fast.action_masks() == plain.action_masks()).all()
        if i % 7 == 0:
            assert infogap.reveal(fast).item == infogap.reveal(plain).item
        if ours[2] or i % 31 == 0:  # the end, or the episode is left
            seed = i if i % 4 == 3 else None
            assert same(fast.reset(seed=seed), plain.reset(seed=seed))
            if i % 5 == 0:
                assert infogap.reveal(fast, final=True).item == infogap.reveal(plain, final=True).item
    assert fast.render() is None


@pytest.mark.parametrize("options", [*SAMPLE, *SPECIAL], ids=named)
def test_fast_path_equals_template(options):
    fast_equals_template(options, 120)


@pytest.mark.full
@pytest.mark.parametrize("options", [*OPTIONS, *SPECIAL], ids=named)
def test_fast_path_equals_template_for_all_options(options):
    fast_equals_template(options, 800)


def test_fast_path_equals_template_past_what_is_dealt_ahead():
    """600 one-turn episodes: more than twice what is dealt ahead at once."""
    fast_equals_template({"budget": 1, "observation": "last"}, 600)


# -- the native vector -------------------------------------------------------------------------------------------------
def vector_equals_sync(options: dict[str, Any], mode: AutoresetMode, steps: int, rows: int = 5, limit: int = 0) -> None:
    def make() -> gym.Env:
        return TimeLimit(TwentyQuestions(**options), limit) if limit else TwentyQuestions(**options)

    native = TwentyQuestionsVector(rows, autoreset_mode=mode, max_episode_steps=limit or None, **options)
    sync = SyncVectorEnv([make] * rows, autoreset_mode=mode)
    assert native.single_observation_space == sync.single_observation_space and native.action_space == sync.action_space
    assert native.observation_space == sync.observation_space
    rng = np.random.default_rng(0)
    assert same(native.reset(seed=5), sync.reset(seed=5))
    finished = np.zeros(rows, bool)
    for i in range(steps):
        a = np.array([action(rng, native.table.q, int(native.single_action_space.n)) for _ in range(rows)])
        ours, theirs = native.step(a), sync.step(a)
        for x, y in zip(ours, theirs, strict=True):
            assert same(x, y), (i, x, y)
        finished |= ours[2] | ours[3]
        if i % 9 == 0:
            assert infogap.reveal(native).item.tolist() == [t.item for t in infogap.reveal(sync)]
            if finished.all() and not limit:  # an episode cut off by a wrapper has not ended for the environment
                assert infogap.reveal(native, final=True).item.tolist() == [
                    t.item for t in infogap.reveal(sync, final=True)
                ]
        ended = ours[2] | ours[3]
        if mode is AutoresetMode.DISABLED and ended.any():
            mask = ended | (rng.random(rows) < 0.2)  # rows in the middle of an episode may be reset, too
            seed = None if i % 3 else [int(rng.integers(99)) if rng.random() < 0.5 else None for _ in range(rows)]
            results = [env.reset(seed=seed, options={"reset_mask": mask.copy()}) for env in (native, sync)]
            assert same(*results), (i, results)
        elif i % 40 == 39:
            assert same(native.reset(seed=i), sync.reset(seed=i))
        elif i % 40 == 20:
            assert same(native.reset(), sync.reset())


@pytest.mark.parametrize("options", [*SAMPLE, *SPECIAL], ids=named)
def test_native_vector_equals_sync(options):
    mode = MODES[(*SAMPLE, *SPECIAL).index(options) % 3]
    vector_equals_sync(options, mode, 60)


@pytest.mark.full
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
@pytest.mark.parametrize("options", [*OPTIONS, *SPECIAL], ids=named)
def test_native_vector_equals_sync_for_all_options(options, mode):
    vector_equals_sync(options, mode, 150)


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
def test_native_vector_equals_sync_past_what_is_dealt_ahead(mode):
    """Episodes of one turn, 50 a row: several refills, by rows that run out at different times."""
    vector_equals_sync({"budget": 2, "observation": "log"}, mode, 150, rows=3)


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
@pytest.mark.parametrize("limit", [1, 3, 6])
def test_native_time_limit_equals_gymnasiums(mode, limit):
    """A limit put upon the environment truncates, also where the rules end the episode in the same step."""
    vector_equals_sync({"budget": 6, "actions": "ask"}, mode, 60, rows=4, limit=limit)


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
def test_keyed_vector_equals_keyed_environments(mode):
    native = TwentyQuestionsVector(3, autoreset_mode=mode, noise=0.3, unknown="redrawn", observation="log")
    sync = SyncVectorEnv(
        [lambda: TwentyQuestions(noise=0.3, unknown="redrawn", observation="log")] * 3, autoreset_mode=mode
    )
    rng = np.random.default_rng(1)
    for key in (None, b"first", b"second"):
        if key:
            infogap.rekey(native, key)
            infogap.rekey(sync, key)
        assert same(
            native.reset(seed=2 if key != b"second" else None), sync.reset(seed=2 if key != b"second" else None)
        )
        for _ in range(25):
            a = rng.integers(0, native.table.q, 3)
            ours, theirs = native.step(a), sync.step(a)
            assert same(ours, theirs)
            if mode is AutoresetMode.DISABLED and ours[2].any():
                assert same(*(env.reset(options={"reset_mask": ours[2].copy()}) for env in (native, sync)))


def test_rows_do_not_depend_on_their_number():
    small, large = TwentyQuestionsVector(4, noise=0.1), TwentyQuestionsVector(300, noise=0.1)
    rng = np.random.default_rng(0)
    assert same(small.reset(seed=9)[0], large.reset(seed=9)[0][:4])
    for _ in range(60):
        a = rng.integers(0, small.single_action_space.n, 300)
        ours, theirs = small.step(a[:4]), large.step(a)
        assert all(same(x, y[:4]) for x, y in zip(ours[:4], theirs[:4], strict=True))


def test_row_i_has_seed_plus_i():
    native = TwentyQuestionsVector(4)
    native.reset(seed=11)
    singles = []
    for i in range(4):
        env = TwentyQuestions()
        env.reset(seed=11 + i)
        singles.append(infogap.reveal(env).item)
    assert infogap.reveal(native).item.tolist() == singles
    native.reset(seed=[14, 13, 12, 11])
    assert infogap.reveal(native).item.tolist() == singles[::-1]
    native.reset(seed=np.array([11, 12, 13, 14]))
    assert infogap.reveal(native).item.tolist() == singles


def test_unseeded_vectors_differ():
    dealt = []
    for _ in range(2):
        env = TwentyQuestionsVector(64)
        env.reset()
        dealt.append(infogap.reveal(env).item.tolist())
    assert dealt[0] != dealt[1] and len(set(dealt[0])) > 10


def test_returned_arrays_are_fresh():
    env, twin = (TwentyQuestionsVector(3, actions="ask", masks=True, budget=2) for _ in range(2))
    kept: list[np.ndarray] = []
    rng = np.random.default_rng(0)
    env.reset(seed=1)
    twin.reset(seed=1)
    for _ in range(12):
        a = rng.integers(0, env.single_action_space.n, 3)
        ours, theirs = env.step(a), twin.step(a)
        assert same(ours, theirs)
        arrays = [x for x in (*ours[:4], *ours[4].values())]
        assert [x.dtype for x in ours[1:4]] == [np.float64, np.bool_, np.bool_]
        for array in arrays:
            assert not any(np.shares_memory(array, old) for old in kept)
            array[...] = 1
        kept = arrays


def test_told_is_what_the_last_turn_told():
    env = TwentyQuestionsVector(3)
    env.reset(seed=3)
    items = infogap.reveal(env).item
    env.step(np.array([4, env.table.q, 6]))
    questions, answers = env.told()
    assert questions.tolist() == [4, -1, 6]
    assert answers[[0, 2]].tolist() == [env.table.answers[items[0], 4], env.table.answers[items[2], 6]]


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
def test_told_is_what_the_rows_environments_were_told(mode):
    native = TwentyQuestionsVector(3, autoreset_mode=mode, noise=0.2, budget=4)
    singles = [TwentyQuestions(noise=0.2, budget=4) for _ in range(3)]
    native.reset(seed=1)
    for i, env in enumerate(singles):
        env.reset(seed=1 + i)
    assert native.told()[0].tolist() == [-1] * 3
    rng = np.random.default_rng(0)
    for _ in range(40):
        a = rng.integers(0, native.table.q + 20, 3)
        waiting = [] if native._pending is None else native._pending.tolist()
        ended = native.step(a)[2]
        expected = []
        for i, env in enumerate(singles):
            if i in waiting:
                env.reset()
            else:
                env.step(int(a[i]))
            expected.append(env.told() or (-1, -1))
        assert list(zip(*(x.tolist() for x in native.told()), strict=True)) == expected
        if mode is AutoresetMode.DISABLED and ended.any():
            native.reset(options={"reset_mask": ended})
            assert (native.told()[0][ended] == -1).all()
        if mode is not AutoresetMode.NEXT_STEP:
            for i in np.flatnonzero(ended):
                singles[i].reset()


def test_make_vec_gives_the_native_form_with_the_options_of_the_single_one():
    env = gym.make_vec("infogap/TwentyQuestions-v0", 6, split="test", noise=0.1, observation="log", budget=4)
    assert isinstance(env.unwrapped, TwentyQuestionsVector) and env.num_envs == 6
    assert env.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP and env.metadata["render_modes"] == []
    assert env.single_observation_space.shape == (4, 2)
    assert gym.make_vec(env.spec, num_envs=6).single_observation_space == env.single_observation_space
    for mode in AutoresetMode:
        made = gym.make_vec("infogap/TwentyQuestions-v0", 2, autoreset_mode=mode.value)
        assert made.unwrapped.autoreset_mode is mode


def test_native_vectors_say_what_they_cannot():
    with pytest.raises(Unsupported, match="render"):
        TwentyQuestionsVector(2, render_mode="ansi")
    for bad in (0, -1, 1.5, True, "3", None, np.nan, 10**5000 * -1):
        with pytest.raises(InvalidOption):
            TwentyQuestionsVector(bad)
    for bad in (0, -1, 1.5, True, "3"):
        with pytest.raises(InvalidOption):
            TwentyQuestionsVector(2, max_episode_steps=bad)
    for bad in ("never", None, 3, []):
        with pytest.raises(UnknownOption):
            TwentyQuestionsVector(2, autoreset_mode=bad)


def test_resets_that_cannot_be_are_refused_and_change_nothing():
    env, twin = (TwentyQuestionsVector(3, autoreset_mode=AutoresetMode.DISABLED, noise=0.1) for _ in range(2))
    with pytest.raises(ResetNeeded):
        env.reset(options={"reset_mask": np.array([True, False, False])})
    assert same(env.reset(seed=1), twin.reset(seed=1))
    for options in (
        {"reset_mask": np.zeros(3, bool)},
        {"reset_mask": np.ones(2, bool)},
        {"reset_mask": np.ones(3, int)},
        {"reset_mask": [True] * 3},
        {"reset_mask": True},
        {"item": 3},
        {"reset_mask": np.ones(3, bool), "item": 3},
        3,
        "abc",
        [("reset_mask", None)],
    ):
        with pytest.raises(InvalidOption):
            env.reset(options=options)
    for seed in (-1, 1.5, "a", True, [1, 2], [1, 2, -3], [1, 2, "a"], np.array(3), np.ones((3, 2), int), np.ones(3)):
        with pytest.raises(InvalidSeed):
            env.reset(seed=seed)
    infogap.rekey(env, b"k")
    with pytest.raises(ResetNeeded, match="all rows"):
        env.reset(options={"reset_mask": np.array([True, False, False])})
    for _ in range(4):
        assert same(env.step(np.array([1, 2, 3])), twin.step(np.array([1, 2, 3])))
