"""Bad answers, options and specs of desks, and verifiers that fail: never a score, never a secret.

Faults of offices stand in test_desktop_schema and test_desktop_walkthrough, splits in test_desktop_splits_dealt.
"""

from __future__ import annotations

import dataclasses
import math
import pickle

import numpy as np
import pytest

import infogap
from infogap.core.errors import EpisodeOver, InvalidOption, InvalidTruth, UnknownOption, VerifierFault
from infogap.core.judge import judge
from infogap.envs.desktop import (
    MESSAGES,
    OFFICES,
    TEMPLATES,
    Check,
    Desktop,
    Hands,
    InvalidSpec,
    Office,
    graded,
    register_office,
)
from infogap.envs.desktop.answers import STATUSES
from infogap.envs.desktop.apps.orders import ORDERS
from infogap.envs.desktop.store import Order

DUE = TEMPLATES["due_date"]


def made(observation="text"):
    env = Desktop(template="due_date", observation=observation, skin=0)
    env.reset(seed=0)
    return env


# -- answers -----------------------------------------------------------------------------------------------------------
def dated(env):
    """The right answer to when an order is due, in ISO form."""
    return dict(infogap.reveal(env).task)["answer"]


NO_ANSWERS = {
    "nothing": "",
    "blanks": "   ",
    "no date": "soon",
    "a number": "45000",
    "a long number": "9" * 3000,
    "no such day": "2024-02-30",
    "a day without a year": "12 March",
    "two dates": "{right} or 2024-01-01",
    "the right one twice": "{right}, {right}",
    "the right one in words": "It is due on {right}.",
    "the right one as code": "['{right}']",
    "a status": "success",
}


@pytest.mark.parametrize("name", NO_ANSWERS)
def test_an_answer_of_another_kind_is_wrong(name):
    env = made()
    text = NO_ANSWERS[name].format(right=dated(env))
    _, reward, over, *_ = env.step(f"send_msg_to_user({text!r})")
    verdict = graded(infogap.reveal(env))
    assert over and reward == 0 and not verdict.success and verdict.score == 0


@pytest.mark.parametrize("status", STATUSES[1:])
def test_the_right_answer_under_another_status_is_wrong(status):
    env = made()
    _, reward, over, *_ = env.step(f"report_infeasible('{status}: {dated(env)}')")
    assert over and reward == 0 and graded(infogap.reveal(env)).score == 0
    truth = infogap.reveal(env)
    assert not graded(truth.but(ended=(status, dated(env)))).success
    assert graded(truth.but(ended=("success", dated(env)))).success


HOSTILE = (
    "",
    "x" * 4000,
    "9" * 4000,
    "\x00",
    "1e999",
    "nan",
    "-0",
    "\u202e",
    "{task}",
    "' or 1=1",
    "2024-99-99",
    ";" * 999,
)


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_no_answer_makes_a_verifier_fail(name):
    env = Desktop(template=name)
    env.reset(seed=1)
    truth = infogap.reveal(env)
    for status in ("success", "no status", ""):
        for answer in (*HOSTILE, None, 3, 2.5, ["x"], b"x"):
            assert not graded(truth.but(ended=(status, answer))).success


# -- options and specs -------------------------------------------------------------------------------------------------
OPTIONS = [
    ("template", "nothing", UnknownOption, r"closest of \d+ are \w+, \w+"),
    ("template", "Due_Date", UnknownOption, "due_date"),
    ("template", None, UnknownOption, r"closest of \d+ are \w+, \w+"),
    ("template", ["due_date"], UnknownOption, "due_date"),
    ("template", "x" * 10**6, UnknownOption, r"closest of \d+ are \w+, \w+"),
    ("split", "test", UnknownOption, "test_iid"),
    ("split", b"train", UnknownOption, "train"),
    ("size", "tiny", UnknownOption, "small"),
    ("size", None, UnknownOption, "small"),
    ("observation", "pixels", UnknownOption, "text"),
    ("weights", "gdp", UnknownOption, "wage_bill"),
    ("render_mode", "human", UnknownOption, "ansi"),
    ("skin", -1, InvalidOption, "from 0 to 1048575"),
    ("skin", 32**4, InvalidOption, "from 0 to 1048575"),
    ("skin", "0", InvalidOption, "from 0 to 1048575"),
    ("skin", 1.0, InvalidOption, "from 0 to 1048575"),
    ("skin", True, InvalidOption, "from 0 to 1048575"),
    ("level", 5, InvalidOption, "from 0 to 4"),
    ("level", "1", InvalidOption, "from 0 to 4"),
    ("level", 4, InvalidOption, "take level 0"),
    ("max_turns", 0, InvalidOption, "from 1 to"),
    ("max_turns", math.inf, InvalidOption, "from 1 to"),
]


@pytest.mark.parametrize(("option", "value", "kind", "expected"), OPTIONS)
def test_options_are_refused_with_what_was_expected(option, value, kind, expected):
    with pytest.raises(kind, match=expected) as caught:
        Desktop(**{option: value})
    assert option in str(caught.value) and len(str(caught.value)) < 1500


def test_whole_numbers_of_numpy_are_numbers():
    assert Desktop("due_date", skin=np.int64(3), level=np.uint8(1), max_turns=np.int32(9)).max_turns == 9


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"checks": ()}, "no goal check"),
        ({"checks": (Check("stays", "guard", lambda outcome: 1.0),)}, "no goal check"),
        ({"checks": (*DUE.checks, *DUE.checks)}, "two checks"),
        ({"checks": None}, "tuple of Check"),
        ({"checks": ("answer",)}, "tuple of Check"),
        ({"name": "all"}, "identifier other than 'all'"),
        ({"name": "Due Date"}, "identifier"),
        ({"name": None}, "identifier"),
        ({"deal": None}, "functions"),
        ({"writes": ()}, "functions"),
        ({"solve": "by hand"}, "functions"),
        ({"archetype": "guess"}, "archetype"),
        ({"hidden": ()}, "hidden"),
        ({"hidden": ("H11",)}, "hidden"),
        ({"levels": (0,)}, "levels"),
        ({"levels": ()}, "levels"),
        ({"faces": ("pixels",)}, "faces"),
        ({"budget": {"small": 5}}, "budget"),
        ({"budget": {"small": 5, "full": 0}}, "budget"),
        ({"budget": {"small": 5, "full": 2.5}}, "budget"),
    ],
)
def test_faulty_templates_are_refused(changes, match):
    with pytest.raises(InvalidSpec, match=match):
        dataclasses.replace(DUE, **changes)


@pytest.mark.parametrize(
    ("kind", "weight"), [("wish", 1.0), ("goal", 0.0), ("goal", -1.0), ("goal", math.nan), ("goal", math.inf)]
)
def test_faulty_checks_are_refused(kind, weight):
    with pytest.raises(InvalidSpec, match="'c'"):
        Check("c", kind, lambda outcome: 1.0, weight)


@pytest.mark.parametrize(
    ("name", "apps", "match"),
    [("My office", (ORDERS,), "no lower-case identifier"), (None, (ORDERS,), "identifier"), ("bare", (), "has no app")],
)
def test_an_office_without_a_name_or_apps_is_refused(name, apps, match):
    with pytest.raises(InvalidSpec, match=match):
        Office(name, apps, MESSAGES)


@pytest.mark.parametrize("observation", ["flat", "text"])
@pytest.mark.parametrize(
    ("dealt", "match"),
    [
        ({}, "goal or slot"),
        ({"goal": 3}, "goal or slot"),
        ({"goal": "Ask Zoë."}, "printable ASCII"),
        ({"goal": "x" * 4001}, "4000 characters"),
        ({"slots": ["x", 3]}, "goal or slot"),
        ({"slots": ["x"] * 9}, "8 slots"),
        ({"task": None}, "no dict"),
    ],
)
def test_a_task_that_no_observation_holds_is_not_dealt(dealt, match, observation, monkeypatch):
    def deal(work, level):
        for name, value in {"goal": "Do it." if dealt else "", "task": {}, **dealt}.items():
            setattr(work, name, value)

    monkeypatch.setitem(TEMPLATES, "due_date", dataclasses.replace(DUE, deal=deal))
    with pytest.raises(InvalidSpec, match=match):
        made(observation)


PLANTED = {
    "goal": ["x" * 4001, "Zoë", 3],
    "slots": [None, (1,)],
    "skin": [-1, 32**4, 1.0],
    "tick": [-1, "0"],
    "status": [(), ("", "", "")],
    "said": [5, (("x",),)],
    "ended": [("success",), ("success", None)],
    "task": [(), (("template", "nothing"),), (("template", "cover_shift"),), (("template", []),), ("template",)],
    "agenda": [((1, 2, 3),), ((1, "x", Order("nothing")),)],
    "alerts": [("1",)],
    "journal": [(1,)],
}


@pytest.mark.parametrize("field", PLANTED)
def test_a_truth_of_bad_fields_is_not_planted(field):
    """Planted, they would fail somewhere in the episode, and with an error of no kind."""
    env = made()
    truth = infogap.reveal(env)
    for value in PLANTED[field]:
        with pytest.raises(InvalidTruth, match=field):
            infogap.plant(env, truth.but(**{field: value}))
    infogap.plant(env, truth)
    env.reset(seed=5)
    assert vars(infogap.reveal(env)) == vars(truth)
    assert pickle.loads(pickle.dumps(env.truth_space)) == env.truth_space


def test_an_office_that_nobody_registered_is_not_unpickled():
    made = register_office(Office("elsewhere", (ORDERS,), MESSAGES))
    try:
        pickled = pickle.dumps(made)
        assert pickle.loads(pickled) is made
    finally:
        del OFFICES["elsewhere"]
    with pytest.raises(UnknownOption, match="import the module that registers it"):
        pickle.loads(pickled)


# -- verifiers that fail -----------------------------------------------------------------------------------------------
def raising(outcome):
    return {}[outcome.task["answer"]]


FAULTS = {
    "a check that raises": {"checks": (Check("c", "goal", raising),)},
    "a guard that raises": {"checks": (*DUE.checks, Check("c", "guard", raising))},
    "a report that raises": {"checks": (*DUE.checks, Check("c", "process", raising))},
    "writes that raise": {"writes": raising},
    "nan": {"checks": (Check("c", "goal", lambda outcome: math.nan),)},
    "more than 1": {"checks": (Check("c", "goal", lambda outcome: 1.5),)},
    "less than 0": {"checks": (Check("c", "goal", lambda outcome: -0.5),)},
    "no number": {"checks": (Check("c", "goal", lambda outcome: outcome.task["answer"]),)},
    "nothing": {"checks": (Check("c", "goal", lambda outcome: None),)},
    "doing nothing does": {"checks": (Check("c", "goal", lambda outcome: 1.0),)},
    "endless": {"checks": (Check("c", "goal", lambda outcome: endless(outcome)),)},
}


def endless(outcome):
    return endless(outcome)


@pytest.mark.parametrize("observation", ["flat", "text"])
@pytest.mark.parametrize("name", FAULTS)
def test_a_verifier_that_fails_gives_no_score(name, observation, monkeypatch):
    monkeypatch.setitem(TEMPLATES, "due_date", dataclasses.replace(DUE, **FAULTS[name]))
    env = made(observation)
    answer = dated(env)
    with pytest.raises(VerifierFault, match="no verdict") as caught:
        env.step(f"send_msg_to_user('{answer}')" if observation == "text" else [5, 0, 0])
    error = caught.value
    assert answer not in str(error) and (error.__suppress_context__ or error.__context__ is None)
    with pytest.raises(VerifierFault, match="no verdict"):
        judge(env.verify, infogap.view(env, "verifier"), infogap.Episode("infogap/DesktopDueDate-v0"))
    with pytest.raises(EpisodeOver):  # the episode is invalid: it can't go on to another verdict
        env.step("noop()" if observation == "text" else [0, 0, 0])
    monkeypatch.undo()
    env.reset(seed=0)
    DUE.solve(Hands(env), None)
    assert graded(infogap.reveal(env)).success
