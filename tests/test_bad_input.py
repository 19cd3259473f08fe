"""Bad input gets a typed error with a message, and changes nothing: a twin that was left in peace goes on alike."""

from __future__ import annotations

import math
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import data_equivalence
from gymnasium.vector import AutoresetMode
from hypothesis import given, settings
from hypothesis import strategies as st

import infogap
from infogap.core.env import use_template
from infogap.core.errors import (
    EpisodeOver,
    InfogapError,
    InvalidAction,
    InvalidOption,
    InvalidSeed,
    InvalidTruth,
    ResetNeeded,
    UnknownOption,
    Unsupported,
    VerifierFault,
    WorldFileError,
)
from infogap.core.judge import Verdict, judge
from infogap.core.splits import fraction
from infogap.envs.inquiry.knowledge import Knowledge, save
from infogap.envs.inquiry.twenty_questions import TwentyQuestions
from infogap.envs.inquiry.vector import TwentyQuestionsVector

HUGE = 10**5000  # more digits than Python prints


class Odd:
    """Something whose repr fails."""

    def __repr__(self) -> str:
        raise RuntimeError("no")


BAD_ACTIONS = [
    -1,
    10**6,
    2**63,
    HUGE,
    -HUGE,
    1.0,
    0.5,
    math.nan,
    math.inf,
    True,
    False,
    np.bool_(True),
    np.float64(1),
    np.float32("nan"),
    np.int64(-1),
    "1",
    "a" * 10**6,
    "\0\ud800",
    b"1",
    None,
    [],
    [1],
    (1,),
    {},
    {"action": 1},
    object(),
    Odd(),
    1 + 0j,
    np.array([1]),
    np.array([1, 2]),
    np.array(1.0),
    np.array(True),
    np.array("1"),
    np.array(None),
    np.zeros((2, 2), int),
    np.datetime64("2020-01-01"),
]
BAD_SEEDS = [
    -1,
    1.5,
    "a",
    True,
    np.bool_(False),
    math.nan,
    b"1",
    [1],
    np.array([1]),
    np.float64(3),
    -HUGE,
    HUGE,
    object(),
    Odd(),
]


def name_of(value: Any) -> str:
    try:
        return f"{type(value).__name__} {value!r:.20}".encode("ascii", "replace").decode().replace("\0", "0")
    except Exception:
        return type(value).__name__


def same(first: Any, second: Any) -> bool:
    return data_equivalence(first, second, exact=True)


def said(error: BaseException) -> str:
    """The message; it is there, and short."""
    text = str(error)
    assert text and len(text) < 400
    return text


FORMS = {
    "fast": {},
    "template": {},
    "ask": {"actions": "ask", "observation": "log"},
    "noisy": {"noise": 0.2, "unknown": "redrawn", "masks": True, "observation": "last"},
}


def pair(form: str) -> tuple[Any, Any]:
    envs = tuple(TwentyQuestions(**FORMS[form]) for _ in range(2))
    if form == "template":
        for env in envs:
            use_template(env)
    return envs


def go_on(env: Any, twin: Any) -> None:
    """Both play on alike: this episode, the next one, and what they hide."""
    for episode in range(3):
        turn = 0
        while True:
            turn += 1
            ours, theirs = env.step(turn), twin.step(turn)
            assert same(ours, theirs)
            if ours[2]:
                break
        assert infogap.reveal(env).item == infogap.reveal(twin).item
        assert same(env.reset(), twin.reset()), episode


# -- actions -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("form", FORMS)
def test_bad_actions_of_single_environments(form):
    env, twin = pair(form)
    assert same(env.reset(seed=6), twin.reset(seed=6))
    for step in range(3):
        for bad in [*BAD_ACTIONS, int(env.action_space.n)]:
            with pytest.raises(InvalidAction) as caught:
                env.step(bad)
            said(caught.value)
        assert same(env.step(step), twin.step(step))
    go_on(env, twin)


@pytest.mark.parametrize("bad", BAD_ACTIONS, ids=name_of)
def test_bad_actions_of_every_registered_environment(env_id, bad):
    env, twin = gym.make(env_id).unwrapped, gym.make(env_id).unwrapped
    assert same(env.reset(seed=6), twin.reset(seed=6))
    if not isinstance(env.action_space, gym.spaces.Discrete):
        pytest.skip("for discrete actions")
    with pytest.raises(InvalidAction) as caught:
        env.step(bad)
    said(caught.value)
    twin.action_space.seed(1)
    for _ in range(5):
        action = twin.action_space.sample()
        step = env.step(action)
        assert same(step, twin.step(action))
        if step[2] or step[3]:
            break


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.integers(), st.floats(), st.text(), st.none(), st.booleans(), st.lists(st.integers()), st.binary()))
def test_any_action_is_played_or_refused(action):
    env = TwentyQuestions()
    env.reset(seed=0)
    valid = type(action) is int and 0 <= action < env.action_space.n
    if valid:
        env.step(action)
    else:
        with pytest.raises(InvalidAction):
            env.step(action)


@pytest.mark.parametrize("mode", list(AutoresetMode), ids=lambda mode: mode.value)
def test_bad_actions_of_native_vectors(mode):
    env, twin = (TwentyQuestionsVector(3, autoreset_mode=mode, noise=0.1) for _ in range(2))
    assert same(env.reset(seed=6), twin.reset(seed=6))
    n = env.single_action_space.n
    good = np.array([1, 2, 3])
    for _ in range(env._budget - 1):
        for bad in (
            *BAD_ACTIONS,
            [1, 2],
            [1, 2, 3, 4],
            [1, 2, n],
            [1, 2, -1],
            [1, 2, HUGE],
            [1.0, 2.0, 3.0],
            [True, False, True],
            ["a", "b", "c"],
            [1, [2, 3], 4],
            [1, None, 2],
            [[1, 2, 3]],
            np.array([1, 2, 2**63], np.uint64),
            np.array([1, math.nan, 2]),
            np.array([1, 2, 3], object),
        ):
            with pytest.raises(InvalidAction) as caught:
                env.step(bad)
            said(caught.value)
        assert same(env.step(good), twin.step(good))
    for kind in (list, tuple, np.uint8, np.int32):
        actions = good.astype(kind) if isinstance(kind, type) and issubclass(kind, np.generic) else kind(good.tolist())
        if mode is AutoresetMode.DISABLED and env._ended.any():
            env.reset()
            twin.reset()
        assert same(env.step(actions), twin.step(good))


# -- order -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("form", FORMS)
def test_step_before_reset_and_after_the_end(form):
    env, twin = pair(form)
    for call in (lambda: env.step(0), env.action_masks):
        with pytest.raises(ResetNeeded) as caught:
            call()
        assert not isinstance(caught.value, EpisodeOver)
    assert same(env.reset(seed=6), twin.reset(seed=6))
    guess = int(env.action_space.n) - 1
    assert same(env.step(guess), twin.step(guess))
    for action in (0, guess, "nonsense"):
        with pytest.raises(EpisodeOver):
            env.step(action)
    assert same(env.reset(), twin.reset())
    go_on(env, twin)


def test_order_in_vectors():
    env = TwentyQuestionsVector(2, autoreset_mode=AutoresetMode.DISABLED, budget=2)
    with pytest.raises(ResetNeeded):
        env.step(np.zeros(2, int))
    twin = TwentyQuestionsVector(2, autoreset_mode=AutoresetMode.DISABLED, budget=2)
    for one in (env, twin):
        one.reset(seed=1)
        one.step(np.array([0, one.table.q]))
    with pytest.raises(EpisodeOver):
        env.step(np.zeros(2, int))
    mask = {"reset_mask": np.array([False, True])}
    assert same(env.reset(options=mask), twin.reset(options=mask))
    assert same(env.step(np.zeros(2, int)), twin.step(np.zeros(2, int)))


def test_step_before_reset_of_every_registered_environment(env_id):
    env = gym.make(env_id).unwrapped
    with pytest.raises(ResetNeeded):
        env.step(env.action_space.sample())


# -- seeds and options of reset ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("form", FORMS)
def test_bad_seeds_and_reset_options(form):
    env, twin = pair(form)
    assert same(env.reset(seed=6), twin.reset(seed=6))
    assert same(env.step(3), twin.step(3))
    for seed in BAD_SEEDS:
        with pytest.raises(InvalidSeed) as caught:
            env.reset(seed=seed)
        said(caught.value)
    for options in ({"item": 3}, {"seed": 3}, {1: 2}, {"reset_mask": np.ones(1, bool)}):
        with pytest.raises(UnknownOption) as caught:
            env.reset(options=options)
        said(caught.value)
    for options in (3, "abc", [1], True, [("item", 3)]):
        with pytest.raises(InvalidOption):
            env.reset(options=options)
    with pytest.raises(InfogapError):
        env.reset(seed=3, options={"item": 3})
    go_on(env, twin)


@pytest.mark.parametrize("seed", BAD_SEEDS, ids=name_of)
def test_bad_seeds_of_every_registered_environment(env_id, seed):
    env, twin = gym.make(env_id).unwrapped, gym.make(env_id).unwrapped
    assert same(env.reset(seed=6), twin.reset(seed=6))
    with pytest.raises(InvalidSeed):
        env.reset(seed=seed)
    assert same(env.reset(), twin.reset())


def test_numpy_and_large_seeds_are_seeds(env_id):
    for seed, again in ((np.int64(7), 7), (np.uint8(7), 7), (2**70, 2**70)):
        env, twin = gym.make(env_id).unwrapped, gym.make(env_id).unwrapped
        assert same(env.reset(seed=seed), twin.reset(seed=again))
        truths = [infogap.reveal(one) for one in (env, twin)]
        assert same(*({name: getattr(t, name) for name in t.names} for t in truths))
    far, near = gym.make(env_id).unwrapped, gym.make(env_id).unwrapped
    dealt = []
    for env, seed in ((far, 2**70), (near, 2**70 % 2**64)):
        env.reset(seed=seed)
        dealt.append([str(sorted(vars(infogap.reveal(env)).items())) for _ in range(20) if env.reset()])
    assert dealt[0] != dealt[1], "large seeds do not wrap round"


# -- options of the constructor ----------------------------------------------------------------------------------------
BAD_OPTIONS: list[tuple[str, Any, type[InfogapError]]] = [
    *(("world", value, UnknownOption) for value in ("atlantis", "", "elements ", None, 3, ["elements"], b"elements")),
    *(("world", value, WorldFileError) for value in ("missing.world", "a\0b.world", "/.world")),
    *(("split", value, UnknownOption) for value in ("dev", "", None, 3, ["test"], "Train")),
    *(("prior", value, UnknownOption) for value in ("population", "flat", None, 3, ["uniform"])),
    *(("unknown", value, UnknownOption) for value in ("maybe", None, True, ["honest"])),
    *(("kinds", value, UnknownOption) for value in (("colour",), ("taxonomy", "colour"), ["part"])),
    *(("kinds", value, InvalidOption) for value in ((), "taxonomy", 3, [["taxonomy"]], [None], [1], {"taxonomy": 1})),
    *(("actions", value, UnknownOption) for value in ("guess", None, 0, ["full"])),
    *(("observation", value, UnknownOption) for value in ("text", None, 0, ["log"])),
    *(("render_mode", value, UnknownOption) for value in ("human", "rgb_array", 3, ["ansi"])),
    *(
        ("budget", value, InvalidOption)
        for value in (0, -1, True, "7", 7.0, math.nan, 1001, HUGE, [7], Odd(), np.array([7]))
    ),
    *(
        ("noise", value, InvalidOption)
        for value in (0.5, -0.01, 1, math.nan, math.inf, -math.inf, "0.1", None, True, [0.1], HUGE)
    ),
    *(
        ("costs", value, InvalidOption)
        for value in (-1, -1e-9, math.nan, math.inf, "a", None, True, [1], 10**400, HUGE, Odd())
    ),
    *(("costs", {"taxonomy": value}, InvalidOption) for value in (-1, math.nan, "a", None, True)),
    *(("costs", value, UnknownOption) for value in ({"colour": 1}, {3: 1}, {3: 1, "colour": 2, None: 3})),
    *(("masks", value, InvalidOption) for value in ("no", 1, None, [True])),
]


@pytest.mark.parametrize(("option", "value", "error"), BAD_OPTIONS, ids=lambda value: name_of(value)[:30])
def test_bad_options_of_twenty_questions(option, value, error):
    for kind in (TwentyQuestions, lambda **options: TwentyQuestionsVector(2, **options)):
        if option == "render_mode" and kind is not TwentyQuestions:
            error = Unsupported
        with pytest.raises(error) as caught:
            kind(**{option: value})
        text = said(caught.value)
        assert option in text or error is not InvalidOption, text


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("budget", np.int32(7)),
        ("noise", np.float32(0.1)),
        ("noise", 0),
        ("costs", 1),
        ("costs", np.int64(1)),
        ("costs", {}),
        ("kinds", ["taxonomy"]),
        ("masks", np.bool_(True)),
    ],
)
def test_unusual_but_good_options(option, value):
    env = TwentyQuestions(**{option: value})
    env.reset(seed=1)
    env.step(0)


def test_made_environments_say_the_same():
    with pytest.raises(UnknownOption):
        gym.make("infogap/TwentyQuestions-v0", world="atlantis")
    with pytest.raises(InvalidOption):
        gym.make_vec("infogap/TwentyQuestions-v0", num_envs=0)
    with pytest.raises(TypeError, match="colour"):
        gym.make("infogap/TwentyQuestions-v0", colour="red")


def test_splits_that_leave_nothing_are_refused(tmp_path):
    """A world of the user's, too small to hold anything out."""
    questions = tuple([q for q in (f"Question {i}?" for i in range(9)) if fraction(q, "tiny/questions") < 0.8][:2])
    items = tuple([item for item in "abcdefghi" if fraction(item, "tiny/items") < 0.7][:4])
    groups = tuple([g for g in "uvwxyz" if fraction(g, "tiny/groups") < 0.8][:1] * 4)
    answers = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.int8)
    tiny = Knowledge("tiny", "1.0", items, groups, questions, ("taxonomy",) * 2, answers)
    path = str(tmp_path / "tiny.world")
    save(tiny, path)
    env = TwentyQuestions(world=path, split="train")
    env.reset(seed=0)
    assert env.table.items == items and env.budget == 3, "log2(4) questions and a guess"
    with pytest.raises(InvalidOption, match="no question"):
        TwentyQuestions(world=path, split="test_questions")
    for split in ("val", "test", "test_groups"):
        with pytest.raises(InvalidOption, match="deals no item"):
            TwentyQuestions(world=path, split=split)


# -- other errors ------------------------------------------------------------------------------------------------------
def test_verifier_faults_are_never_scores():
    env = TwentyQuestions()
    env.reset(seed=1)
    view, episode = infogap.view(env, "verifier"), infogap.Episode("x")
    for wrong in (
        lambda view, episode: 1 / 0,
        lambda view, episode: None,
        lambda view, episode: True,
        lambda view, episode: (True, 1.0),
        lambda view, episode: Verdict(1, 1.0),
        lambda view, episode: Verdict(True, 1.5),
        lambda view, episode: Verdict(True, math.nan),
        lambda view, episode: Verdict(True, "1"),
        lambda view, episode: [][view.item + 1000],
        lambda view, episode: {}[f"secret {view.item}"],
    ):
        with pytest.raises(VerifierFault) as caught:
            judge(wrong, view, episode)
        error = caught.value
        assert "secret" not in str(error) and (error.__suppress_context__ or error.__context__ is None)


def messages(item: int) -> list[str]:
    """What a number of mistakes are answered while `item` is hidden."""
    env = TwentyQuestions()
    infogap.plant(env, env.truth_type(item=item, fill=0))
    env.reset(seed=1)
    said = []
    for call in (
        lambda: env.step(-1),
        lambda: env.step("a"),
        lambda: infogap.view(env, "agent").item,
        lambda: infogap.plant(env, None),
        lambda: env.truth_type(item=item + 1000, fill=0),
        lambda: env.reset(options={"item": 1}),
        lambda: judge(lambda view, episode: 1 / (view.item - item), infogap.view(env, "verifier"), None),
    ):
        with pytest.raises(InfogapError) as caught:
            call()
        said.append(str(caught.value))
    return said


def test_errors_hold_no_secret():
    assert messages(3) == messages(90)


def test_every_error_is_ours_and_a_builtin():
    from infogap.core import errors

    kinds = [getattr(errors, name) for name in errors.__all__ if isinstance(getattr(errors, name), type)]
    assert len(kinds) > 10
    for kind in kinds:
        assert issubclass(kind, InfogapError)
        builtins = [
            base for base in kind.__mro__ if base.__module__ == "builtins" and base not in (object, BaseException)
        ]
        assert kind is InfogapError or len(builtins) > 1, f"{kind.__name__} derives from a builtin that fits"
        assert kind.__doc__
    assert issubclass(InvalidTruth, ValueError)
