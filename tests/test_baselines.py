"""The baselines against values computed apart from them, in plain Python over the raw facts."""

from __future__ import annotations

import itertools
import math
import random
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

import infogap
from infogap import baselines
from infogap.baselines import agent as registry
from infogap.baselines.inquiry import Blind, Greedy, Oracle, Random
from infogap.core.errors import InfogapError, InvalidOption, UnknownOption, Unsupported
from infogap.envs.inquiry.knowledge import Knowledge, load, select
from infogap.envs.social import kuhn
from infogap.wrappers import BeliefReward

ID = "infogap/TwentyQuestions-v0"
TABLES = [("elements", "honest"), ("elements", "none"), ("countries", "honest"), ("countries", "none")]


def game(world: str = "elements", unknown: str = "honest", **options: Any) -> gym.Env:
    return gym.make(ID, world=world, unknown=unknown, **options)


def facts(world: str, unknown: str) -> Knowledge:
    return select(load(world), unknown=unknown)


def deal(env: gym.Env, item: int) -> Any:
    """Start an episode with a given item."""
    infogap.plant(env, env.unwrapped.truth_type(item=item, fill=0))
    return env.reset()


def play(env: gym.Env, agent: Any, start: tuple[Any, Any]) -> tuple[float, list[int]]:
    """Return and actions of one episode."""
    agent.reset()
    (observation, info), reward, actions, over = start, 0.0, [], False
    while not over:
        actions.append(agent.act(observation, info))
        observation, gain, terminated, truncated, info = env.step(actions[-1])
        reward += gain
        over = terminated or truncated
    return reward, actions


def play_all(env: gym.Env, agent: Any) -> list[tuple[float, list[int]]]:
    env.reset(seed=0)
    return [play(env, agent, deal(env, item)) for item in range(env.unwrapped.table.n)]


# -- greedy ------------------------------------------------------------------------------------------------------------
def greedy_questions(world: Knowledge) -> float:
    """Expected questions of greedy search until one item is left: sets of names, no arrays, no engine."""
    answers = {item: row for item, row in zip(world.items, world.answers.tolist(), strict=True)}

    def parts(items: frozenset[str], question: int) -> list[frozenset[str]]:
        found = (frozenset(i for i in items if answers[i][question] == letter) for letter in range(3))
        return [part for part in found if part]

    def entropy(items: frozenset[str], question: int) -> float:
        shares = [len(part) / len(items) for part in parts(items, question)]
        return round(-sum(share * math.log(share) for share in shares), 9)

    def total(items: frozenset[str]) -> int:
        """Questions asked, summed over the items."""
        if len(items) == 1:
            return 0
        best = max(range(len(world.questions)), key=lambda question: entropy(items, question))
        return len(items) + sum(total(part) for part in parts(items, best))

    return total(frozenset(world.items)) / len(world.items)


@pytest.mark.parametrize(("world", "unknown"), TABLES)
def test_greedy_needs_as_many_questions_as_a_search_over_sets(world: str, unknown: str) -> None:
    env = game(world, unknown, actions="ask", budget=40)
    played = play_all(env, baselines.make("greedy", env))
    assert [reward for reward, _ in played] == [1.0] * env.unwrapped.table.n
    assert all(actions[-1] == env.unwrapped.table.q for _, actions in played)  # it commits once it knows
    asked = sum(len(actions) - 1 for _, actions in played) / len(played)
    assert asked == pytest.approx(greedy_questions(facts(world, unknown)), abs=0.01)


@pytest.mark.parametrize("observation", ["last", "log", "history"])
@pytest.mark.parametrize("masks", [False, True])
def test_greedy_does_not_depend_on_how_answers_are_shown(observation: str, masks: bool) -> None:
    env, plain = game(observation=observation, masks=masks), game()
    assert play_all(env, Greedy(env)) == play_all(plain, Greedy(plain))


def test_greedy_breaks_ties_by_the_lowest_index_and_stops_when_nothing_is_left() -> None:
    env = game("elements", "none", actions="ask", budget=40)
    agent = Greedy(env)
    answers = facts("elements", "none").answers
    balance = np.abs(answers.sum(0) - 59)
    assert (balance == 0).sum() > 1  # several questions halve the items exactly
    assert agent.choose(()) == int(np.flatnonzero(balance == 0)[0])
    chosen = tuple((q, int(answers[5, q])) for q in range(answers.shape[1]))
    assert agent.choose(chosen) is None


def plain_bayes(world: Knowledge, prior: list[float], noise: float, told: list[tuple[int, int]]) -> list[float]:
    """Posterior, from the facts alone."""
    letters, answers = len(world.alphabet), world.answers.tolist()
    weight = list(prior)
    for question, answer in told:
        weight = [
            w * (1 - noise if row[question] == answer else noise / (letters - 1))
            for w, row in zip(weight, answers, strict=True)
        ]
    return [w / math.fsum(weight) for w in weight]


def plain_gain(world: Knowledge, p: list[float], noise: float, question: int) -> float:
    """Mutual information of the item and the answer, H(A) - H(A | item), in nats."""
    letters = len(world.alphabet)
    wrong = noise / (letters - 1)
    shares = [0.0] * letters
    for weight, row in zip(p, world.answers.tolist(), strict=True):
        for letter in range(letters):
            shares[letter] += weight * (1 - noise if row[question] == letter else wrong)
    given = [1 - noise, *[wrong] * (letters - 1)]
    return entropy(shares) - entropy(given)


def entropy(p: list[float]) -> float:
    return -math.fsum(x * math.log(x) for x in p if x > 0)


@pytest.mark.parametrize("prior", ["uniform", "abundance"])
@pytest.mark.parametrize("noise", [0.0, 0.1])
@pytest.mark.parametrize("unknown", ["honest", "none"])
def test_expected_change_of_belief_is_the_information_gain(unknown: str, noise: float, prior: str) -> None:
    env = game("elements", unknown, noise=noise, prior=prior, actions="ask")
    world, table, agent = facts("elements", unknown), env.unwrapped.table, Greedy(env)
    for told in ([], [(141, 0)], [(141, 0), (3, 1)]):
        p = plain_bayes(world, world.priors[prior].tolist(), noise, told)
        gains = agent.gains(np.array(p))
        for question in (0, 7, 60, 141, 224):
            expected = 0.0
            for letter in range(table.letters):
                belief = env.unwrapped.belief()
                for pair in told:
                    belief.update(*pair)
                chance = [
                    w * (1 - noise if row[question] == letter else noise / (table.letters - 1))
                    for w, row in zip(p, world.answers.tolist(), strict=True)
                ]
                if math.fsum(chance) > 0:
                    before = [belief.log_prob(item) for item in range(table.n)]
                    belief.update(question, letter)
                    expected += math.fsum(
                        c * (belief.log_prob(item) - before[item]) for item, c in enumerate(chance) if c > 0
                    )
            gain = plain_gain(world, p, noise, question)
            assert expected == pytest.approx(gain, abs=1e-9)
            assert gains[question] == pytest.approx(gain, abs=1e-9)


def test_expected_belief_reward_of_a_question_is_its_information_gain() -> None:
    env = BeliefReward(game(actions="ask"))
    world, n = facts("elements", "honest"), 118
    env.reset(seed=0)
    for question in (0, 60, 141):
        rewards = []
        for item in range(n):
            deal(env, item)
            rewards.append(env.step(question)[1])
        assert math.fsum(rewards) / n == pytest.approx(plain_gain(world, [1 / n] * n, 0.0, question), abs=1e-9)


@pytest.mark.parametrize("noise", [0.0, 0.2])
def test_belief_rewards_telescope(noise: float) -> None:
    env = BeliefReward(game(noise=noise, actions="ask", observation="log", budget=9))
    world, agent, n = facts("elements", "honest"), Greedy(env), 118
    for episode in range(20):
        observation, info = env.reset(seed=episode)
        item = infogap.reveal(env).item
        agent.reset()
        shaped, over = 0.0, False
        while not over:
            observation, reward, over, _, info = env.step(agent.act(observation, info))
            shaped += reward
        told = [(int(q) - 1, int(a) - 1) for q, a in observation if q]
        after = plain_bayes(world, [1 / n] * n, noise, told)[item]
        shaped -= float(info["guess"] == item)
        assert shaped == pytest.approx(math.log(after) - math.log(1 / n), abs=1e-9)


# -- random and blind --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("options", [{"actions": "ask"}, {"actions": "full"}, {"actions": "full", "masks": True}])
def test_random_is_worth_what_a_simulation_says(options: dict[str, Any]) -> None:
    env = game(budget=8, **options)
    exact, error = baselines.random_success(env)
    rows, dice, episodes = facts("elements", "honest").answers.tolist(), random.Random(1), 4000
    n, questions, found = len(rows), len(rows[0]), 0
    for _ in range(episodes):
        item, left, open_ = dice.randrange(n), list(range(n)), list(range(questions))
        for _ in range(8):
            action = dice.randrange(len(open_) + (n if options["actions"] == "full" else 0))
            if action >= len(open_):
                found += action - len(open_) == item
                break
            question = open_.pop(action) if options.get("masks") else open_[action]
            left = [i for i in left if rows[i][question] == rows[item][question]]
        else:
            found += options["actions"] == "ask" and left[0] == item
    agent = baselines.make("random", env, seed=3)
    env.reset(seed=5)
    played = sum(play(env, agent, env.reset())[0] for _ in range(episodes))
    for count in (found, played):
        spread = math.sqrt(exact * (1 - exact) / episodes + error**2)
        assert abs(count / episodes - exact) < 3 * spread
    assert (error == 0.0) == (options["actions"] == "full")


def test_random_keeps_to_the_mask_and_repeats_by_its_seed() -> None:
    env = game(actions="ask", masks=True, budget=300, kinds=["taxonomy"])
    q = env.unwrapped.table.q
    _, actions = play(env, Random(env, seed=1), env.reset(seed=1))
    assert sorted(actions) == [*range(q), q]  # each question once, then there is nothing but to commit
    assert play(env, Random(env, seed=1), env.reset(seed=1))[1] == actions
    assert play(env, Random(env, seed=2), env.reset(seed=1))[1] != actions


@pytest.mark.parametrize(("world", "unknown"), TABLES)
def test_blind_questions_are_recounted(world: str, unknown: str) -> None:
    env = game(world, unknown, actions="ask")
    agent = Blind(env)
    rows = facts(world, unknown).answers.tolist()
    worth = len({tuple(row[q] for q in agent.asked) for row in rows})  # one item is named in each part
    played = play_all(env, agent)
    assert sum(reward for reward, _ in played) == worth
    assert baselines.evaluate_exact(agent, env).success == pytest.approx(worth / len(rows), abs=1e-12)
    assert {tuple(actions) for _, actions in played} == {agent.asked}  # whatever the answers
    for at in range(len(agent.asked)):  # no exchange of one question does better
        others = agent.asked[:at] + agent.asked[at + 1 :]
        kept = [tuple(row[q] for q in others) for row in rows]
        assert worth >= max(len({(k, row[q]) for k, row in zip(kept, rows, strict=True)}) for q in range(len(rows[0])))


@pytest.mark.parametrize("unknown", ["honest", "redrawn"])
def test_blind_under_noise_and_redrawn_answers_is_recounted(unknown: str) -> None:
    noise = 0.1
    env = game("elements", unknown, noise=noise, actions="ask")
    asked = Blind(env).asked
    assert len(asked) == len(set(asked)) == env.unwrapped.budget
    answers, letters = facts("elements", unknown).answers.tolist(), 3 if unknown == "honest" else 2
    rates = {
        q: [sum(row[q] == a for row in answers) / sum(row[q] < 2 for row in answers) for a in (0, 1)] for q in asked
    }

    def chance(letter: int, question: int, told: int) -> float:
        if letter == 2 and unknown == "redrawn":
            return sum(rate * chance(a, question, told) for a, rate in enumerate(rates[question]))
        return 1 - noise if letter == told else noise / (letters - 1)

    success = 0.0
    for transcript in itertools.product(range(letters), repeat=len(asked)):
        weights = [
            math.prod(chance(row[q], q, told) for q, told in zip(asked, transcript, strict=True)) for row in answers
        ]
        success += max(weights) / len(answers)
    assert baselines.evaluate_exact(Blind(env), env).success == pytest.approx(success, abs=1e-9)


def test_blind_names_the_likeliest_item_where_it_must_guess() -> None:
    env = game(prior="abundance")
    prior = facts("elements", "honest").priors["abundance"]
    value = baselines.evaluate_exact(Blind(env), env)
    assert value.success == value.reward == prior.max() and value.length == 1
    assert play(env, Blind(env), deal(env, int(prior.argmax())))[0] == 1.0
    split = game(split="test")
    dealt = np.count_nonzero(split.unwrapped.table.deal)
    assert baselines.evaluate_exact(Blind(split), split).success == pytest.approx(1 / dealt)


# -- all of them -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("world", "unknown"), TABLES)
@pytest.mark.parametrize("actions", ["full", "ask"])
def test_the_baselines_are_in_order_and_below_the_ceiling(world: str, unknown: str, actions: str) -> None:
    env = game(world, unknown, actions=actions)
    n, budget = env.unwrapped.table.n, env.unwrapped.budget
    success = {}
    for name in ("blind", "greedy", "optimal", "oracle"):
        played = play_all(env, baselines.make(name, env))
        success[name] = sum(reward for reward, _ in played) / n
        for turn in range(budget + 1) if name != "oracle" else ():
            by_turn = sum(reward for reward, acts in played if len(acts) <= turn) / n
            assert by_turn <= baselines.ceiling(env, turn) + 1e-9
    success["random"], error = baselines.random_success(env)
    assert success["oracle"] == 1.0
    assert success["optimal"] >= success["greedy"] > success["blind"] > success["random"] + 3 * error
    for name in ("blind", "greedy", "optimal"):
        assert baselines.evaluate_exact(baselines.make(name, env), env).success == pytest.approx(success[name])


def test_the_ceiling_in_numbers() -> None:
    full, ask = game(), game(actions="ask")
    assert full.unwrapped.budget == 6 and ask.unwrapped.budget == 5
    assert [baselines.ceiling(full, t) for t in range(8)] == pytest.approx(
        [0, 1 / 118, 3 / 118, 9 / 118, 27 / 118, 81 / 118, 1, 1]
    )
    # A commitment before the end of the budget is a turn; the one at its end is none.
    assert [baselines.ceiling(ask, t) for t in range(6)] == pytest.approx([0, 1 / 118, 3 / 118, 9 / 118, 27 / 118, 1])
    masses = sorted(load("countries").priors["population"], reverse=True)
    prior = game("countries", "none", prior="population")
    assert baselines.ceiling(prior, 3) == pytest.approx(sum(masses[:4]))
    split = game(split="test", unknown="none")
    assert baselines.ceiling(split, 4) == pytest.approx(8 / np.count_nonzero(split.unwrapped.table.deal))
    with pytest.raises(InvalidOption):
        baselines.ceiling(full, -1)


@pytest.mark.parametrize("actions", ["full", "ask"])
def test_exact_values_are_those_of_play(actions: str) -> None:
    """Return and length too, with costs."""
    env = game(actions=actions, costs={"taxonomy": 0.01, "numeric": 0.1}, budget=9)
    for name in ("greedy", "blind", "optimal"):
        agent = baselines.make(name, env)
        played = play_all(env, agent)
        value = baselines.evaluate_exact(agent, env)
        assert value.reward == pytest.approx(np.mean([reward for reward, _ in played]))
        assert value.length == pytest.approx(np.mean([len(acts) for _, acts in played]))
        assert value.reward <= value.success <= 1


@pytest.mark.parametrize("options", [{"noise": 0.1}, {"unknown": "redrawn"}, {"unknown": "redrawn", "noise": 0.2}])
def test_exact_values_under_chance_are_those_of_play(options: dict[str, Any]) -> None:
    env, episodes = game(actions="ask", **options), 1500
    for name in ("greedy", "optimal"):
        agent = baselines.make(name, env)
        value = baselines.evaluate_exact(agent, env)
        env.reset(seed=11)
        found = sum(play(env, agent, env.reset())[0] for _ in range(episodes)) / episodes
        assert abs(found - value.success) < 3 * math.sqrt(value.success * (1 - value.success) / episodes)


def test_the_oracle_sees_and_only_it() -> None:
    for options in ({}, {"unknown": "redrawn"}, {"split": "val"}, {"prior": "abundance"}):
        for actions in ("full", "ask"):
            env = game(actions=actions, **options)
            env.reset(seed=2)
            assert all(play(env, Oracle(env), env.reset())[0] == 1.0 for _ in range(40))
    one, other = game(), game()
    for name in ("random", "blind", "greedy", "optimal"):  # the same told, the same done
        first, second = baselines.make(name, one), baselines.make(name, other)
        (observation, info), _ = deal(one, 3), deal(other, 90)
        first.reset(), second.reset()
        assert first.act(observation, info) == second.act(observation, info)


def test_no_exact_value_where_there_is_none() -> None:
    env = game(actions="ask")
    for name in ("random", "oracle"):
        with pytest.raises(Unsupported):
            baselines.evaluate_exact(baselines.make(name, env), env)
    noisy = game(noise=0.1, budget=30)
    with pytest.raises(Unsupported, match="more than"):
        baselines.evaluate_exact(Greedy(noisy), noisy)
    with pytest.raises(Unsupported):
        baselines.random_success(game(actions="ask", noise=0.1))


# -- names and errors --------------------------------------------------------------------------------------------------
def test_names_and_errors() -> None:
    env, poker, cart = game(), kuhn.env(), gym.make("CartPole-v1")
    assert {"random", "blind", "greedy", "optimal", "oracle"} <= set(baselines.names(env))
    assert {"random", "blind", "optimal", "equilibrium", "oracle"} <= set(baselines.names(poker))
    assert set(baselines.names()) >= {*baselines.names(env), *baselines.names(poker)}
    for name in baselines.names(env):
        assert isinstance(baselines.make(name, env), baselines.Agent)
    for name in ("nobody", "equilibrium", "", None):
        with pytest.raises(UnknownOption, match="greedy"):
            baselines.make(name, env)  # type: ignore[arg-type]
    with pytest.raises(UnknownOption, match="equilibrium"):
        baselines.make("greedy", poker)
    vector = gym.make_vec(ID, 2, vectorization_mode="vector_entry_point")
    for wrong in (cart, vector, infogap.seal(game()), None, 3):
        for attempt in (lambda wrong=wrong: baselines.make("greedy", wrong), lambda wrong=wrong: Greedy(wrong)):
            with pytest.raises(Unsupported) as caught:
                attempt()
            assert isinstance(caught.value, InfogapError)
    for wrong in (cart, poker):
        with pytest.raises(Unsupported):
            baselines.bounds(wrong)


def test_others_can_register(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_FACTORIES", {kind: dict(made) for kind, made in registry._FACTORIES.items()})
    baselines.register(infogap.envs.inquiry.inquiry.Inquiry, "mine", Greedy)
    assert isinstance(baselines.make("mine", game()), Greedy) and "mine" in baselines.names(game())
    assert "mine" not in baselines.names(kuhn.env())
