"""Every task template: what its oracles, nothing, chance and haste come to, over faces, skins and seeds."""

from __future__ import annotations

import dataclasses
import random

import numpy as np
import pytest

import infogap
from infogap.core.errors import InvalidAction, InvalidOption, VerifierFault
from infogap.core.judge import judge
from infogap.envs.desktop.desktop import Desktop
from infogap.envs.desktop.grading import graded
from infogap.envs.desktop.hands import Hands
from infogap.envs.desktop.schema import InvalidSpec
from infogap.envs.desktop.store import AGENT, Entry, before, commit
from infogap.envs.desktop.tasks import TEMPLATES, register
from infogap.envs.desktop.verify import Check, grade

FACES = [(name, face) for name, template in TEMPLATES.items() for face in template.faces]
every = pytest.mark.parametrize("name", sorted(TEMPLATES))


def worlds(seeds, skins=2):
    """Seeds, each with the plain skin and some drawn over all levels."""
    chance = random.Random(7)
    for seed in range(seeds):
        yield from ((seed, skin) for skin in (0, *(chance.randrange(32**4) for _ in range(skins))))


def solved(name, face, seed, skin, size, privileged):
    env = Desktop(template=name, observation=face, size=size, skin=skin)
    env.reset(seed=seed)
    hands, template = Hands(env), TEMPLATES[name]
    template.solve(hands, dict(infogap.reveal(env).task) if privileged else None)
    truth = infogap.reveal(env)
    return hands, truth, env


def oracles_succeed(name, face, size, seeds, skins):
    for seed, skin in worlds(seeds, skins):
        for privileged in (False, True):
            hands, truth, env = solved(name, face, seed, skin, size, privileged)
            verdict = graded(truth)
            assert verdict.success and verdict.score == 1 == hands.reward and hands.over, (seed, skin, privileged)
            assert hands.steps < env.max_turns / 1.5


@pytest.mark.parametrize(("name", "face"), FACES)
def test_both_oracles_succeed_in_every_skin(name, face):
    oracles_succeed(name, face, "small", 3, 2)


@pytest.mark.full
@pytest.mark.parametrize("size", ["small", "full"])
@pytest.mark.parametrize(("name", "face"), FACES)
def test_both_oracles_succeed_over_20_seeds(name, face, size):
    oracles_succeed(name, face, size, 20, 3)


@every
def test_doing_nothing_scores_nothing(name):
    env = Desktop(template=name)
    for seed in range(4):
        env.reset(seed=seed)
        assert graded(infogap.reveal(env)).score == 0
        _, reward, over, _, _ = env.step([5, 0, 12])
        verdict = graded(infogap.reveal(env))
        assert over and reward == 0 and not verdict.success and verdict.score == 0


@every
def test_giving_up_is_no_success_where_it_can_be_done(name):
    env = Desktop(template=name, observation="text")
    env.reset(seed=0)
    if dict(infogap.reveal(env).task).get("status", "success") != "success":
        pytest.skip("this one can't be done")
    env.step("report_infeasible('not_found_error')")
    assert graded(infogap.reveal(env)).score == 0


@every
def test_chance_does_not_solve_it(name):
    env = Desktop(template=name, observation="dict")
    chance = np.random.default_rng(0)
    won = 0
    for seed in range(20):
        observation, _ = env.reset(seed=seed)
        over = False
        while not over:
            mask = observation["action_mask"]
            parts = mask[:7], mask[7:55], mask[55:]
            action = [int(chance.choice(np.flatnonzero(part))) for part in parts]
            observation, reward, terminated, truncated, _ = env.step(action)
            over, won = terminated or truncated, won + reward
    assert won == 0


@every
def test_one_more_write_spoils_a_success(name):
    _, truth, _ = solved(name, TEMPLATES[name].faces[-1], 1, 0, "small", False)
    old = truth.customers_remark[0]
    spoilt = commit(truth, [Entry(truth.tick, AGENT, "customer_change", "customers", 0, "remark", old, old + "!")])
    verdict = graded(spoilt)
    assert not verdict.success and verdict.checks["collateral"] == 1 and verdict.score <= 0.5


@every
def test_the_journal_leads_back_to_the_start_and_forth_again(name):
    env = Desktop(template=name, observation=TEMPLATES[name].faces[-1], skin=0)
    env.reset(seed=2)
    start = infogap.reveal(env)
    TEMPLATES[name].solve(Hands(env), None)
    end = infogap.reveal(env)
    columns = [field for field in end.names if "_" in field]
    undone, redone = before(end), commit(start, end.journal)
    for field in columns:
        assert getattr(undone, field) == getattr(start, field)
        assert getattr(redone, field) == getattr(end, field)


@every
def test_the_recorded_verdict_is_the_door_s(name):
    _, truth, env = solved(name, TEMPLATES[name].faces[-1], 0, 0, "small", False)
    view = infogap.view(env, "verifier")
    assert judge(env.verify, view, infogap.Episode(id="infogap/Desktop-v0")) == graded(truth)


# -- bad input ---------------------------------------------------------------------------------------------------------
HOSTILE = (
    "__import__('os').system('true')",
    "click(click('1'))",
    "click('1'); click('2')",
    "click(*['1'])",
    "fill('4', f'{1}')",
    "goto('file:///etc/passwd')",
    "goto('https://example.org')",
    "lambda: 0",
    "click(" * 200,
    "x" * 4000,
    "fill('4')",
    "click(None)",
    "send_msg_to_user()",
    "report_infeasible('because')",
    "9" * 3999,
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_strings_cost_the_turn_and_change_nothing(text):
    env = Desktop(template="due_date", observation="text")
    env.reset(seed=0)
    screen = env.render() or env._tree
    observation, reward, terminated, _, _ = env.step(text)
    assert "Error" in observation["last_action_error"] and env._tree == screen and (reward, terminated) == (0, False)
    assert not infogap.reveal(env).journal


@pytest.mark.parametrize("action", [None, 3, b"click('1')", "", "y" * 4001, "click('\x00')", "click('é')", [1, 2, 3]])
def test_what_is_no_action_string_is_refused(action):
    env = Desktop(template="due_date", observation="text")
    env.reset(seed=0)
    with pytest.raises(InvalidAction, match="expected"):
        env.step(action)
    assert infogap.reveal(env).tick == 0


@pytest.mark.parametrize("action", [None, "click", [1, 2], [7, 0, 0], [1, 48, 0], [0, 0, -1], [1.0, 0, 0], np.zeros(3)])
def test_what_is_no_triple_is_refused(action):
    env = Desktop(template="due_date")
    env.reset(seed=0)
    with pytest.raises(InvalidAction):
        env.step(action)
    assert infogap.reveal(env).tick == 0


def test_missing_hidden_and_disabled_elements_are_three_errors():
    env = Desktop(template="due_date", observation="text", skin=0)
    env.reset(seed=0)
    said = [env.step("click('999')")[0]["last_action_error"], env.step("click('7')")[0]["last_action_error"]]
    back = next(i for i, e in enumerate(env._tree.elements) if e.concept == "back")
    said[1] = env.step(f"click('{back}')")[0]["last_action_error"]
    box = next(i for i, e in enumerate(env._tree.elements) if e.role == "combobox")
    env.step(f"click('{box}')")
    said.append(env.step(f"click('{len(env._tree.elements) - 1}')")[0]["last_action_error"])
    assert "Could not find" in said[0] and "disabled" in said[1] and "covered" in said[2]


@pytest.mark.parametrize(
    "options",
    [
        {"template": "nothing"},
        {"split": "test"},
        {"size": "huge"},
        {"observation": "pixels"},
        {"skin": -1},
        {"skin": 32**4},
        {"level": 5},
        {"level": 4, "template": "due_date"},
        {"weights": "gdp"},
        {"max_turns": 0},
        {"render_mode": "human"},
    ],
)
def test_options_that_mean_nothing_are_refused(options):
    with pytest.raises(InvalidOption):
        Desktop(**options)


def test_templates_without_a_goal_check_or_of_a_known_name_are_refused():
    template = TEMPLATES["due_date"]
    with pytest.raises(InvalidSpec, match="no goal check"):
        dataclasses.replace(template, checks=())
    with pytest.raises(InvalidSpec, match="already"):
        register(template)


def test_a_verifier_that_raises_gives_no_score():
    env = Desktop(template="due_date")
    env.reset(seed=0)
    truth = infogap.reveal(env)
    nonsense = Check("nonsense", "goal", lambda outcome: 2.0)
    idle = Check("idle", "goal", lambda outcome: 1.0)
    for check in (nonsense, idle):
        with pytest.raises(VerifierFault):
            grade(truth, (check,), lambda outcome: ())
    with pytest.raises(VerifierFault, match="KeyError"):
        graded(truth.but(task=(("template", "due_date"),), ended=("success", "x")))
