"""The solver against exhaustive search, shipped policies replayed, bounds against the optima of small worlds."""

from __future__ import annotations

import functools
import itertools
import json
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

import infogap
from infogap import baselines
from infogap.baselines.bounds import packing_bound
from infogap.baselines.inquiry import Greedy, Optimal
from infogap.baselines.solver import named, solve
from infogap.baselines.store import DATA, checksum, named_items, policy_tree
from infogap.envs.inquiry.knowledge import Knowledge, load, save, select
from infogap.envs.inquiry.table import Table

ID = "infogap/TwentyQuestions-v0"
SPLITS = {"all": "all", "seen": "train", "held": "test_questions"}
FILES = sorted(path.name for path in DATA.glob("*.json"))


def most_named(rows: list[tuple[int, ...]], questions: int) -> int:
    """The most leaves of a decision tree, by trying all."""

    @functools.cache
    def best(items: frozenset[int], left: int) -> int:
        if left == 0 or len(items) < 2:
            return min(len(items), 1)
        return max(
            sum(best(frozenset(i for i in items if rows[i][q] == a), left - 1) for a in {rows[i][q] for i in items})
            for q in range(len(rows[0]))
        )

    return best(frozenset(range(len(rows))), questions)


@pytest.mark.parametrize("letters", [2, 3, 4])
@pytest.mark.parametrize("seed", range(12))
def test_the_solver_equals_exhaustive_search(letters: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    weights = chance.dirichlet(np.full(letters, 0.7))  # lopsided answers, where greedy goes wrong
    answers = chance.choice(letters, (14, 6), p=weights).astype(np.int8)
    rows = [tuple(row) for row in answers.tolist()]
    for questions in range(1, 5):
        found = solve(answers, letters, questions)
        assert found.lower == found.upper == most_named(rows, questions)
        assert found.distinct == len(set(rows))
        assert leaves(found.tree, rows, questions) == found.lower == named(found.tree, answers)


def leaves(tree: Any, rows: list[tuple[int, ...]], questions: int) -> int:
    """Items that a policy names, one for each end that some item reaches; it must keep to the number of questions."""

    def end(row: tuple[int, ...]) -> tuple[int, ...]:
        node, path = tree, []
        while node is not None:
            path.append(row[node[0]])
            node = node[1 + row[node[0]]]
        assert len(path) <= questions
        return tuple(path)

    return len({end(row) for row in rows})


def test_the_solver_beats_greedy_somewhere_and_says_what_it_has_not_proven() -> None:
    world = select(load("countries"))
    hurried = solve(world.answers, 3, 6, seconds=0.0)
    patient = solve(world.answers, 3, 6, seconds=60.0)
    assert hurried.lower <= patient.lower <= patient.upper <= hurried.upper
    rows = [tuple(row) for row in world.answers.tolist()]
    assert leaves(patient.tree, rows, 6) == patient.lower > 76  # greedy names 76
    assert leaves(hurried.tree, rows, 6) == hurried.lower


# -- what is shipped ---------------------------------------------------------------------------------------------------
def shipped(name: str) -> dict[str, Any]:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def shipped_env(content: dict[str, Any], questions: int, actions: str) -> gym.Env:
    split = SPLITS[content["question_set"]]
    budget = questions + (actions == "full")
    return gym.make(ID, world=content["world"], unknown=content["unknown"], split=split, budget=budget, actions=actions)


def test_every_default_configuration_is_solved() -> None:
    assert len(FILES) == 12
    for world, unknown, actions in itertools.product(("elements", "countries"), ("honest", "none"), ("full", "ask")):
        env = gym.make(ID, world=world, unknown=unknown, actions=actions)
        bounds = baselines.bounds(env)
        assert bounds.lower == pytest.approx(bounds.upper, abs=1e-12)
        assert bounds.width == pytest.approx(0, abs=1e-12) and "shipped policy" in bounds.how
        assert baselines.evaluate_exact(Optimal(env), env).success == pytest.approx(bounds.lower, abs=1e-12)


@pytest.mark.parametrize("name", FILES)
def test_shipped_policies_name_what_they_say(name: str) -> None:
    content = shipped(name)
    for solution in content["solutions"]:
        env = shipped_env(content, solution["questions"], "ask")
        table = env.unwrapped.table
        assert checksum(table) == content["checksum"] and table.n == content["items"]
        assert content["version"] == load(content["world"]).version
        rows = [tuple(row) for row in table.answers.tolist()]
        assert solution["distinct"] == len(set(rows))
        assert leaves(solution["tree"], rows, solution["questions"]) == solution["lower"]
        assert solution["lower"] <= solution["upper"] <= min(len(set(rows)), table.letters ** solution["questions"])
        assert solution["upper"] <= solution["lower"] * 1.05


@pytest.mark.parametrize("name", [name for name in FILES if "all" in name])
@pytest.mark.parametrize("actions", ["full", "ask"])
def test_shipped_policies_replayed_on_the_environment(name: str, actions: str) -> None:
    content = shipped(name)
    for solution in content["solutions"]:
        env = shipped_env(content, solution["questions"], actions)
        agent, found = Optimal(env), 0.0
        assert agent.stored
        env.reset(seed=0)
        for item in range(content["items"]):
            infogap.plant(env, env.unwrapped.truth_type(item=item, fill=0))
            observation, info = env.reset()
            agent.reset()
            over = False
            while not over:
                observation, reward, over, _, info = env.step(agent.act(observation, info))
                found += reward
        assert found == solution["lower"]


@pytest.mark.parametrize("name", ["countries_none_all.json", "elements_none_all.json", "countries_honest_held.json"])
def test_shipped_bounds_are_found_again(name: str) -> None:
    content = shipped(name)
    for solution in content["solutions"]:
        table = shipped_env(content, solution["questions"], "ask").unwrapped.table
        again = solve(table.answers, table.letters, solution["questions"], seconds=60)
        assert (again.lower, again.upper, again.tree) == (solution["lower"], solution["upper"], solution["tree"])


def perfect(rows: list[tuple[int, ...]], questions: int, letters: int) -> bool:
    """Whether some tree names every row: no set in it may be larger than the answers to come can tell apart."""
    ways = list(zip(*rows, strict=True))

    @functools.cache
    def can(items: tuple[int, ...], left: int) -> bool:
        if len(items) <= 1:
            return True
        if len(items) > letters**left:
            return False
        tried = set()
        for column in ways:
            parts: dict[int, list[int]] = {}
            for i in items:
                parts.setdefault(column[i], []).append(i)
            sets = tuple(sorted(map(tuple, parts.values()), key=len, reverse=True))
            if sets in tried or len(sets) < 2 or len(sets[0]) > letters ** (left - 1):
                continue
            tried.add(sets)
            if all(can(part, left - 1) for part in sets):
                return True
        return False

    return can(tuple(range(len(rows))), questions)


def test_no_policy_names_all_elements_with_the_default_budget() -> None:
    """The shipped 117 of 118 is the optimum, by a search of its own."""
    rows = [tuple(row) for row in select(load("elements")).answers.tolist()]
    assert not perfect(rows, 5, 3)
    assert perfect(rows, 6, 3)
    [solution] = [s for s in shipped("elements_honest_all.json")["solutions"] if s["questions"] == 5]
    assert solution["lower"] == solution["upper"] == 117


# -- bounds under noise, priors and redrawn answers -------------------------------------------------------------------
def small_world(folder: Path, seed: int, unknown: float) -> str:
    chance = np.random.default_rng(seed)
    answers = chance.choice(3, (8, 5), p=[(1 - unknown) * 0.6, (1 - unknown) * 0.4, unknown]).astype(np.int8)
    answers[:2] = [[0] * 5, [1] * 5]  # so that every question is admissible
    p = chance.dirichlet(np.ones(8))
    world = Knowledge(
        name="small",
        version="1.0",
        items=tuple("abcdefgh"),
        groups=("g",) * 8,
        questions=tuple(f"Is it {i}?" for i in range(5)),
        kinds=("taxonomy",) * 5,
        answers=answers,
        priors={"odd": p / p.sum()},
    )
    path = folder / f"{seed}.world"
    save(world, path)
    return str(path)


def best_success(table: Table, questions: int) -> float:
    """The optimum by trying all policies; a redrawn question is asked once, since its cells keep their answers."""

    def best(weight: np.ndarray, left: int, asked: tuple[int, ...]) -> float:
        if left == 0:
            return float(weight.max())
        options = [q for q in range(table.q) if not (table.redrawn and q in asked)]
        return max(
            sum(best(weight * table.likelihood[q, a], left - 1, (*asked, q)) for a in range(table.letters))
            for q in options
        )

    return best(table.prior, questions, ())


@pytest.mark.parametrize("unknown", ["honest", "none", "redrawn"])
@pytest.mark.parametrize("noise", [0.0, 0.15])
@pytest.mark.parametrize("prior", ["uniform", "odd"])
@pytest.mark.parametrize("seed", [0, 1])
def test_bounds_hold_the_optimum_of_small_worlds(
    tmp_path: Path, unknown: str, noise: float, prior: str, seed: int
) -> None:
    world = small_world(tmp_path, seed, 0.25)
    for budget in (1, 2, 3):
        env = gym.make(ID, world=world, unknown=unknown, noise=noise, prior=prior, budget=budget, actions="ask")
        table = env.unwrapped.table
        optimum, bounds = best_success(table, budget), baselines.bounds(env)
        assert bounds.lower <= optimum + 1e-9 and optimum <= bounds.upper + 1e-9
        greedy, optimal = (baselines.evaluate_exact(kind(env), env).success for kind in (Greedy, Optimal))
        assert greedy - 1e-9 <= optimal <= optimum + 1e-9
        if budget == 1:  # one question looked ahead is the whole game
            assert optimal == pytest.approx(optimum, abs=1e-9)
        assert optimum <= packing_bound(table, budget) + 1e-9
        if noise == 0:
            assert packing_bound(table, budget) == pytest.approx(baselines.ceiling(env, budget))


def test_counting_transcripts_with_their_noise_closes_the_bounds() -> None:
    env = gym.make(ID, world="countries", unknown="none", noise=0.1, actions="ask")
    bounds = baselines.bounds(env)
    assert bounds.upper == pytest.approx(128 / 243 * 0.9**7)  # 2^7 transcripts, each at best the one without an error
    assert 0 < bounds.width < 0.05


def test_policies_are_shipped_for_exact_answers_and_a_uniform_prior_only() -> None:
    for options in ({"noise": 0.1}, {"prior": "abundance"}, {"unknown": "redrawn"}, {"kinds": ["taxonomy"]}):
        env = gym.make(ID, **options)
        assert policy_tree(env.unwrapped.table, 5) is None and not Optimal(env).stored
    env = gym.make(ID, budget=100)
    assert Optimal(env).stored  # six questions name all; more are not needed
    assert baselines.bounds(env).lower == baselines.bounds(env).upper == 1.0
    assert baselines.evaluate_exact(Optimal(env), env).length <= 7
    table = env.unwrapped.table
    assert [named_items(table, t)[0] for t in (0, 1, 4, 5, 6, 50)] == [1, 3, 78, 117, 118, 118]


def test_a_budget_without_questions_leaves_a_guess() -> None:
    env = gym.make(ID, budget=1)
    bounds = baselines.bounds(env)
    assert bounds.lower == bounds.upper == pytest.approx(1 / 118)
    observation, info = env.reset(seed=0)
    for name in baselines.names(env):
        if name != "random":
            agent = baselines.make(name, env)
            agent.reset()
            assert agent.act(observation, info) >= env.unwrapped.table.q
