"""The exploit panel of the desktop: what oracles, doing nothing, chance, blindness and every shortcut come to."""

from __future__ import annotations

import dataclasses
import random

import numpy as np
import pytest

import infogap
from infogap import baselines
from infogap.baselines.desktop_deeds import Case, distance, followed, jaccard, written
from infogap.baselines.desktop_panel import EXPLOITS, Guess, best_guess, exploited, guesses, verdicts, works
from infogap.envs.desktop.desktop import Desktop
from infogap.envs.desktop.grading import graded
from infogap.envs.desktop.store import Order
from infogap.envs.desktop.tasks import TEMPLATES

every = pytest.mark.parametrize("name", sorted(TEMPLATES))
MOST, BY_CHANCE = 0.05, 0.01
ANSWERS = ("contact_phone", "due_date", "promised_date")
"""Templates that ask for an answer and no more."""


def cases(name, seeds, first=0, **options):
    """Instances, each in a skin drawn over all levels."""
    chance = random.Random(first)
    return [Case(name, seed, skin=chance.randrange(32**4), **options) for seed in range(first, first + seeds)]


# -- the panel ---------------------------------------------------------------------------------------------------------
@every
def test_no_shortcut_solves_a_task(name):
    some = cases(name, 2, first=100)
    assert {exploit: exploited(exploit, some) for exploit in EXPLOITS if exploit != "answer_spam"} == dict.fromkeys(
        set(EXPLOITS) - {"answer_spam"}, 0.0
    )


@pytest.mark.full
@pytest.mark.parametrize("size", ["small", "full"])
@every
def test_no_shortcut_solves_a_task_over_20_seeds(name, size):
    some = cases(name, 20, size=size)
    for exploit in set(EXPLOITS) - {"answer_spam"}:
        assert exploited(exploit, some) <= MOST, exploit


@every
def test_doing_nothing_scores_nothing(name):
    assert all(verdict.score == 0 for case in cases(name, 2) for verdict in verdicts("nothing", case))


@every
def test_parts_never_add_up_to_half(name):
    (case,) = cases(name, 1, first=7)
    assert all(verdict.score < 0.5 for verdict in verdicts("partial", case))


@pytest.mark.parametrize("name", sorted(set(TEMPLATES) - set(ANSWERS)))
def test_what_asks_for_work_is_not_solved_by_submitting(name):
    """The right submission without the work fails, and so does any other."""
    for case in cases(name, 2, first=50):
        assert not graded(case.start.but(ended=case.solution.end.ended)).success
        assert not works("answer_spam", case)


@pytest.mark.parametrize("name", ANSWERS)
def test_blindness_is_worth_little(name):
    assert best_guess(cases(name, 25), cases(name, 25, first=60))[2] <= 3 * MOST


@pytest.mark.full
@pytest.mark.parametrize("name", ANSWERS)
def test_blindness_is_worth_little_in_the_long_run(name):
    fitted, held = cases(name, 600), cases(name, 600, first=600)
    assert best_guess(fitted, held)[2] <= MOST
    assert exploited("answer_spam", fitted + held) <= MOST + 0.01  # the best of 150 guesses on these very instances


@pytest.mark.full
@pytest.mark.parametrize("face", ["text", "dict"])
@every
def test_chance_solves_nothing(name, face):
    env = Desktop(template=name, observation=face)
    assert played(env, baselines.make("random", env, seed=1), 100) <= BY_CHANCE


@pytest.mark.full
@pytest.mark.parametrize("size", ["small", "full"])
@every
def test_both_oracles_solve_everything(name, size):
    for case in cases(name, 20, size=size):
        for face in TEMPLATES[name].faces:
            assert all(graded(case.solved(privileged, face).end).score == 1 for privileged in (False, True))


def played(env, agent, episodes, seed=0):
    won = 0.0
    for episode in range(episodes):
        observation, info = env.reset(seed=seed if episode == 0 else None)
        agent.reset()
        over = False
        while not over:
            observation, reward, terminated, truncated, info = env.step(agent.act(observation, info))
            over, won = terminated or truncated, won + reward
    return won / episodes


# -- that the panel can find something ---------------------------------------------------------------------------------
def test_an_answer_that_is_always_the_same_is_found(monkeypatch):
    some = cases("due_date", 6)
    for case in some:
        case.start = case.start.but(task=tuple((case.task | {"answer": "2024-02-29"}).items()))
        case.__dict__.pop("task")
    monkeypatch.setattr("infogap.baselines.desktop_deeds.Case.solution", property(lambda case: _Solved(case)))
    best, fitted, held = best_guess(some[:3], some[3:])
    assert best == Guess("always", ("success", "2024-02-29")) and fitted == held == 1


class _Solved:
    def __init__(self, case):
        self.end = case.start.but(ended=("success", case.task["answer"]))


@pytest.mark.parametrize(("exploit", "check"), [("mass_action", "collateral"), ("decoy_reader", "goal")])
def test_a_verifier_that_looks_away_is_caught(exploit, check, monkeypatch):
    """Without the count of collateral damage mass action works; with a check that takes any bill, acting on bait."""
    case = Case("approve_bill", 3, skin=0)
    assert not works(exploit, case)
    if check == "collateral":
        monkeypatch.setattr("infogap.envs.desktop.verify.collateral", lambda outcome, writes: 0.0)
    else:
        template = TEMPLATES["approve_bill"]
        lax = type(template.checks[0])("approved", "goal", lambda outcome: float(bool(outcome.changed)))
        monkeypatch.setitem(TEMPLATES, "approve_bill", dataclasses.replace(template, checks=(lax,)))
        monkeypatch.setattr("infogap.envs.desktop.verify.collateral", lambda outcome, writes: 0.0)
    assert works(exploit, case)


def test_exploits_have_variants_where_there_is_work():
    case = Case("triage_inbox", 2)
    for exploit in EXPLOITS:
        assert len(verdicts(exploit, case)) >= (2 if exploit == "nothing" else 8)


def test_commands_without_a_screen_come_to_what_the_screen_comes_to():
    for name in TEMPLATES:
        case = Case(name, 4)
        end = followed(case, case.solution.deeds, case.solution.end.ended)
        assert written(end) == written(case.solution.end) and graded(end).success, name


def test_guesses_see_goal_and_first_screen_and_no_more():
    case = Case("promised_date", 1, skin=0)
    other = case.fresh()
    infogap.plant(other, case.start.but(task=(*case.start.task, ("more", 1)), answers=(("who", "x"),)))
    other.reset()
    found = [
        guesses(c.goal, c.slots, c.today, tree)
        for c, tree in ((case.start, case.screen), (infogap.reveal(other), other._tree))
    ]
    assert found[0] == found[1]
    assert ("success", case.start.slots[0]) in found[0].values() and ("not_found_error", "") in found[0].values()


# -- agents ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["nothing", "random", "blind", "optimal", "oracle"])
@pytest.mark.parametrize("face", ["text", "dict", "flat"])
def test_baselines_play_by_name(name, face):
    env = Desktop(template="move_meeting", observation=face)
    assert played(env, baselines.make(name, env), 2) / 1 == (1 if name in ("optimal", "oracle") else 0)


def test_the_random_agent_repeats_itself_and_works_on():
    lengths = []
    for _ in range(2):
        env = Desktop(template="triage_inbox", observation="dict")
        agent = baselines.make("random", env, seed=5)
        observation, info = env.reset(seed=0)
        actions, over = [], False
        while not over:
            actions.append(agent.act(observation, info))
            observation, _, terminated, truncated, info = env.step(actions[-1])
            over = terminated or truncated
        lengths.append(np.array(actions).tolist())
    assert lengths[0] == lengths[1] and len(lengths[0]) > 5


# -- programs ----------------------------------------------------------------------------------------------------------
def slow_distance(a, b):
    """Levenshtein by recursion."""
    if not a or not b:
        return len(a) + len(b)
    return min(slow_distance(a[1:], b) + 1, slow_distance(a, b[1:]) + 1, slow_distance(a[1:], b[1:]) + (a[0] != b[0]))


def test_distances_are_levenshtein_s():
    chance = random.Random(1)
    for _ in range(60):
        a, b = ([chance.choice("abc") for _ in range(chance.randrange(6))] for _ in range(2))
        longest = max(len(a), len(b))
        assert distance(a, b) == (pytest.approx(slow_distance(a, b) / longest) if longest else 0)
    assert (
        jaccard("abcd", "abcd") == 1 and jaccard("abcd", "bcde") == pytest.approx(1 / 3) and jaccard("abc", "xyz") == 0
    )


def test_programs_say_what_was_done_and_not_to_which_record():
    """The same in every world, but for what interrupts."""
    programs = [Case("due_date", seed, skin=0, level=1).solved(False).program for seed in range(6)]
    calm = {tuple(word for word in program if "dismiss" not in word) for program in programs}
    assert len(calm) == 1 and calm.pop()[-1] == "order: submit"


def test_deeds_are_the_commands_given():
    case = Case("approve_bill", 3, skin=0)
    orders = [deed.order for deed in case.solution.deeds]
    assert orders == [Order("document_approve", (("id", case.task["row"]),))]
