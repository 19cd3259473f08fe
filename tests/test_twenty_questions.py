"""20 Questions: every rule its docstring states, against computations made from the raw knowledge table."""

from __future__ import annotations

import hashlib
import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import infogap
from infogap.core.chance import Chance
from infogap.core.episode import EpisodeBuilder, EpisodeWriter, read_episodes
from infogap.core.errors import VerifierFault
from infogap.envs.inquiry.knowledge import UNKNOWN, load
from infogap.envs.inquiry.table import Table
from infogap.envs.inquiry.twenty_questions import SPLITS, TwentyQuestions

ID = "infogap/TwentyQuestions-v0"
WORLDS = ("elements", "countries")


def dealt(item: int, fill: int = 0, seed: int = 0, **options: Any) -> TwentyQuestions:
    """An environment in which `item` has just been dealt."""
    env = TwentyQuestions(**options)
    infogap.plant(env, env.truth_type(item=item, fill=fill))
    env.reset(seed=seed)
    return env


def raw(env: TwentyQuestions, world: str) -> np.ndarray:
    """Answers of the env's items to its questions, looked up by name in the world as shipped."""
    whole = load(world)
    rows = [whole.items.index(item) for item in env.table.items]
    columns = [whole.questions.index(question) for question in env.table.questions]
    return whole.answers[np.ix_(rows, columns)]


# -- answers -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("unknown", ["honest", "none"])
def test_answers_are_those_of_the_world(world, unknown):
    """Every third item, all questions, against the shipped table; a closed world takes unknown for no."""
    env = TwentyQuestions(world=world, unknown=unknown, observation="last", budget=1000)
    expected = raw(env, world)
    if unknown == "none":
        expected = np.where(expected == UNKNOWN, 0, expected)
    assert env.table.letters == (2 if unknown == "none" else 3)
    told = np.zeros_like(expected)
    for item in range(0, env.table.n, 3):
        infogap.plant(env, env.truth_type(item=item, fill=0))
        env.reset(seed=0)
        for question in range(env.table.q):
            seen = env.step(question)[0]
            assert seen[0] == question + 1
            told[item, question] = seen[1] - 1
    assert (told[::3] == expected[::3]).all()


def test_spelling_is_left_out_unless_asked_for():
    whole = load("elements")
    kind = dict(zip(whole.questions, whole.kinds, strict=True))
    assert "spelling" not in {kind[question] for question in TwentyQuestions().table.questions}
    only = TwentyQuestions(kinds=("spelling",))
    assert {kind[question] for question in only.table.questions} == {"spelling"}
    some = TwentyQuestions(kinds=("taxonomy", "numeric"))
    assert {kind[question] for question in some.table.questions} == {"taxonomy", "numeric"}


@pytest.mark.parametrize("observation", ["history", "last", "log"])
def test_observations_say_what_was_told(observation):
    item, asked = 30, [4, 9, 4, 100]
    env = dealt(item, observation=observation)
    answers = raw(env, "elements")[item]
    q, t = env.table.q, env.budget
    seen = env.reset()[0]
    assert not seen.any() and env.observation_space.contains(seen)
    infogap.plant(env, env.truth_type(item=item, fill=0))
    env.reset()
    for turn, question in enumerate(asked, 1):
        seen = env.step(question)[0]
        assert env.observation_space.contains(seen)
        if observation == "last":
            expected: Any = [question + 1, answers[question] + 1]
        elif observation == "history":
            expected = [int(answers[i]) + 1 if i in asked[:turn] else 0 for i in range(q)]
        else:
            expected = [[i + 1, answers[i] + 1] for i in asked[:turn]] + [[0, 0]] * (t - turn)
        assert seen.tolist() == expected
        assert env.read(seen, question, turn) == env.told() == (question, answers[question])
    before = seen
    seen = env.step(q + item)[0]  # a guess tells nothing
    assert seen.tolist() == ([0, 0] if observation == "last" else before.tolist())
    assert env.read(seen, q + item, 5) is None and env.told() is None


def test_shapes_and_dtypes_are_those_of_the_docstring():
    for actions, observation in itertools.product(("full", "ask"), ("history", "last", "log")):
        env = TwentyQuestions(actions=actions, observation=observation, budget=9)
        n, q = len(env.table.items), len(env.table.questions)
        assert env.action_space.n == (q + n if actions == "full" else q + 1)
        seen, _ = env.reset(seed=1)
        kinds = {"history": ((q,), np.int8), "last": ((2,), np.int16), "log": ((9, 2), np.int16)}
        assert (seen.shape, seen.dtype) == kinds[observation]
        assert (env.observation_space.shape, env.observation_space.dtype) == kinds[observation]


# -- payments and ends -------------------------------------------------------------------------------------------------
def test_a_right_guess_pays_one_and_a_wrong_one_nothing_and_both_end():
    for item, guess in [(0, 0), (7, 7), (117, 117), (0, 1), (7, 6), (117, 0)]:
        env = dealt(item)
        env.step(3)
        _, reward, terminated, truncated, info = env.step(env.table.q + guess)
        assert (reward, terminated, truncated, info) == (float(item == guess), True, False, {})


@pytest.mark.parametrize("budget", [1, 2, 6, 30])
def test_the_budget_terminates_and_pays_nothing_in_full_mode(budget):
    env = dealt(5, budget=budget)
    for turn in range(1, budget + 1):
        _, reward, terminated, truncated, _ = env.step(turn % env.table.q)
        assert (reward, terminated, truncated) == (0.0, turn == budget, False)


def test_a_guess_uses_a_turn_and_may_be_the_last_one():
    env = dealt(5, budget=3)
    env.step(0)
    env.step(1)
    assert env.step(env.table.q + 5)[1:3] == (1.0, True)


def test_asking_again_is_allowed_and_uses_a_turn():
    env = dealt(5, budget=3)
    assert [env.step(2)[2] for _ in range(3)] == [False, False, True]


def best_by_hand(env: TwentyQuestions, transcript: list[tuple[int, int]], answers: np.ndarray) -> int:
    """The most probable item given the prior and a noiseless transcript, by elimination over the raw table."""
    prior = [1.0] * env.table.n
    for question, answer in transcript:
        prior = [p if answers[i, question] == answer else 0.0 for i, p in enumerate(prior)]
    return prior.index(max(prior))


def test_ask_commits_when_told_to_and_at_timeout():
    rng = np.random.default_rng(4)
    outcomes = set()
    for trial in range(60):
        env = TwentyQuestions(actions="ask", budget=5)
        answers = raw(env, "elements")
        env.reset(seed=trial)
        item = infogap.reveal(env).item
        transcript = []
        turns = int(rng.integers(0, 6))
        for turn in range(turns):
            question = int(rng.integers(env.table.q))
            transcript.append((question, int(answers[item, question])))
            _, reward, ended, _, info = env.step(question)
            assert ended == (turn == 4)
            if not ended:
                assert (reward, info) == (0.0, {})
        if turns < 5:
            _, reward, ended, _, info = env.step(env.table.q)
        guess = best_by_hand(env, transcript, answers)
        assert (ended, info) == (True, {"guess": guess})
        assert reward == float(guess == item)
        outcomes.add((turns == 5, reward))
    assert len(outcomes) == 4, "commitments and timeouts, right and wrong, have all been seen"


def test_costs_are_paid_by_kind_on_top_of_everything():
    env = dealt(5, costs={"taxonomy": 0.1, "numeric": 0.02}, budget=4)
    kind = dict(zip(load("elements").questions, load("elements").kinds, strict=True))
    price = {"taxonomy": 0.1, "numeric": 0.02}
    kinds = [kind[question] for question in env.table.questions]
    for wanted in ("taxonomy", "numeric", "relation"):
        assert env.step(kinds.index(wanted))[1] == pytest.approx(-price.get(wanted, 0.0))
    assert env.step(env.table.q + 5)[1] == 1.0, "a guess costs nothing"
    flat = dealt(5, costs=0.25, budget=2, actions="ask")
    first = flat.step(0)
    assert first[1] == -0.25
    _, reward, _, _, info = flat.step(1)
    assert reward == -0.25 + (info["guess"] == 5)
    sure = dealt(int(infogap.reveal(flat).item), costs=0.25, budget=2, actions="ask")
    assert sure.step(sure.table.q)[1] in (0.0, 1.0), "committing costs nothing"


def test_masks_hide_questions_that_would_tell_nothing():
    env = dealt(5, masks=True)
    q, n = env.table.q, env.table.n
    mask = env.step(7)[4]["action_mask"]
    assert mask.dtype == np.int8 and mask.tolist() == [int(i != 7) for i in range(q + n)]
    assert (env.action_masks() == mask.astype(bool)).all()
    noisy = dealt(5, masks=True, noise=0.1)
    assert noisy.step(7)[4]["action_mask"].all(), "under noise asking again tells something"
    redrawn = dealt(5, fill=3, masks=True, unknown="redrawn")
    assert not redrawn.step(7)[4]["action_mask"][7], "redrawn cells keep their answer"
    full = dealt(5, masks=True, actions="ask", kinds=("spelling",), budget=1000)
    for question in range(full.table.q):
        info = full.step(question)[4]
    assert info["action_mask"].tolist() == [0] * full.table.q + [1], "committing is always left"


def test_info_is_empty_but_for_what_is_documented():
    for actions in ("full", "ask"):
        env = dealt(5, actions=actions, budget=3)
        assert env.step(0)[4] == {} and env.step(1)[4] == {}
        assert set(env.step(2)[4]) == (set() if actions == "full" else {"guess"})


def test_rendering_is_the_transcript():
    env = dealt(5, render_mode="ansi", budget=2, actions="ask")
    assert env.render() == "Nothing asked yet."
    env.step(0)
    env.step(1)
    text = env.render()
    told = [("no", "yes", "unknown")[a] for a in raw(env, "elements")[5, :2]]
    assert text.splitlines()[0] == f"1. {env.table.questions[0]} - {told[0]}"
    assert text.splitlines()[1] == f"2. {env.table.questions[1]} - {told[1]}"
    assert text.splitlines()[2].startswith("Guess: ")


# -- noise -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("noise", [0.05, 0.3, 0.49])
@pytest.mark.parametrize("unknown", ["honest", "none"])
def test_noise_has_its_rate_and_wrong_letters_are_uniform(noise, unknown):
    env = dealt(5, noise=noise, unknown=unknown, budget=1000, observation="last")
    letters = env.table.letters
    answers = raw(env, "elements")[5]
    if unknown == "none":
        answers = np.where(answers == UNKNOWN, 0, answers)
    shifts = np.zeros(letters, int)
    n = 0
    for episode in range(6):
        for turn in range(1000):
            question = (turn * 7 + episode) % env.table.q
            seen = env.step(question)[0]
            shifts[(seen[1] - 1 - answers[question]) % letters] += 1
            n += 1
        infogap.plant(env, env.truth_type(item=5, fill=0))
        env.reset()
    wrong = n - shifts[0]
    assert abs(wrong - n * noise) < 4 * math.sqrt(n * noise * (1 - noise))
    for count in shifts[1:]:
        p = noise / (letters - 1)
        assert abs(count - n * p) < 4 * math.sqrt(n * p * (1 - p))


def test_noise_is_drawn_anew_at_every_asking():
    env = dealt(5, noise=0.3, budget=600, observation="last")
    told = np.array([env.step(2)[0][1] for _ in range(600)])
    changes = (told[1:] != told[:-1]).mean()
    p = [0.7, 0.15, 0.15]
    expected = 1 - sum(x * x for x in p)  # two independent draws differ
    assert abs(changes - expected) < 0.1
    again = dealt(5, noise=0.3, budget=600, observation="last")
    assert [again.step(2)[0][1] for _ in range(600)] == told.tolist(), "and repeats with the seed"


def test_noise_does_not_depend_on_what_was_asked_before():
    """Turn t of a seed is wrong or right whatever the other turns were."""
    wrong = []
    for first in (2, 50):
        env = dealt(5, noise=0.3, budget=60, observation="last")
        answers = raw(env, "elements")[5]
        told = [env.step(first if turn < 30 else 9)[0][1] - 1 for turn in range(59)]
        wrong.append([t != answers[9] for t in told[30:]])
    assert wrong[0] == wrong[1]


# -- redrawn answers ---------------------------------------------------------------------------------------------------
def test_redrawn_cells_are_fixed_within_an_episode_and_have_the_questions_rate():
    env = TwentyQuestions(unknown="redrawn", budget=1000, observation="last")
    answers = raw(env, "elements")
    assert env.table.letters == 2
    item = int((answers == UNKNOWN).sum(1).argmax())
    unknown = np.flatnonzero(answers[item] == UNKNOWN)
    rate = np.array([(answers[:, q] == 1).sum() / (answers[:, q] != UNKNOWN).sum() for q in unknown])
    yes = np.zeros(unknown.size)
    episodes = 400
    rng = np.random.default_rng(0)
    seen = set()
    for _ in range(episodes):
        infogap.plant(env, env.truth_type(item=item, fill=int(rng.integers(2**31))))
        env.reset(seed=1)
        told = np.array([env.step(int(q))[0][1] - 1 for q in unknown])
        again = np.array([env.step(int(q))[0][1] - 1 for q in unknown[::-1]])[::-1]
        assert (told == again).all()
        known = int(np.flatnonzero(answers[item] != UNKNOWN)[0])
        assert env.step(known)[0][1] - 1 == answers[item, known]
        yes += told
        seen.add(told.tobytes())
    assert len(seen) > 1
    deviation = np.sqrt(np.maximum(episodes * rate * (1 - rate), 1e-9))
    assert (np.abs(yes - episodes * rate) < 4.5 * deviation + 1e-6).all()


def test_dealt_fills_differ_between_episodes_and_draw_cells_apart():
    env = TwentyQuestions(unknown="redrawn")
    env.reset(seed=0)
    fills = []
    for _ in range(200):
        fills.append(infogap.reveal(env).fill)
        env.reset()
    assert len(set(fills)) == 200 and min(fills) >= 0 and max(fills) < 2**31
    bits = np.array([[Chance(fill, 0, q).unit() < 0.5 for q in range(40)] for fill in fills])
    agreement = (bits[:, :-1] == bits[:, 1:]).mean()
    assert abs(agreement - 0.5) < 4 * 0.5 / math.sqrt(200 * 39), "the coins of neighbouring questions are independent"


# -- posteriors --------------------------------------------------------------------------------------------------------
def posterior(answers: np.ndarray, prior: np.ndarray, noise: float, letters: int, transcript: list) -> np.ndarray:
    """By brute force over items and over all fills of the redrawn cells that were asked: P(item | transcript)."""
    n = len(prior)
    weight = np.zeros(n)
    for item in range(n):
        asked = sorted({q for q, _ in transcript})
        open_cells = [q for q in asked if answers[item, q] < 0]
        rates = {
            q: [(answers[:, q] == a).sum() / (answers[:, q] >= 0).sum() for a in range(letters)] for q in open_cells
        }
        for fill in itertools.product(range(letters), repeat=len(open_cells)):
            drawn = dict(zip(open_cells, fill, strict=True))
            p = prior[item] * math.prod(rates[q][a] for q, a in drawn.items())
            for q, told in transcript:
                truth = drawn.get(q, answers[item, q])
                p *= (1 - noise) if truth == told else noise / (letters - 1)
            weight[item] += p
    return weight / weight.sum()


tables = st.integers(2, 4).flatmap(
    lambda letters: st.tuples(
        st.just(letters),
        st.integers(0, 2**32 - 1),
        st.sampled_from([0.0, 0.1, 0.45]),
        st.booleans(),
        st.booleans(),
        st.integers(0, 7),
    )
)


@settings(max_examples=80, deadline=None)
@given(tables)
def test_belief_and_commitment_are_exact(drawn):
    """Random tables with noise, priors, redrawn cells and repeated questions, against brute-force enumeration."""
    letters, seed, noise, redrawn, uniform, turns = drawn
    rng = np.random.default_rng(seed)
    n, q = int(rng.integers(2, 6)), int(rng.integers(1, 4))
    answers = rng.integers(-1 if redrawn else 0, letters, (n, q)).astype(np.int8)
    answers[0] = np.arange(q) % letters  # every question has a known answer
    prior = np.full(n, 1 / n) if uniform else rng.dirichlet(np.ones(n))
    table = Table(answers, tuple("abcd"[:letters]), prior, prior, noise)
    item, fill = int(rng.integers(n)), int(rng.integers(2**31))
    transcript: list[tuple[int, int]] = []
    belief = table.belief()
    for turn in range(turns):
        question = int(rng.integers(q))
        told = table.told(table.answer(item, fill, question), Chance(seed, 0, turn))
        transcript.append((question, told))
        belief.update(question, told)
    exact = posterior(answers, prior, noise, letters, transcript)
    assert belief.probabilities() == pytest.approx(exact, abs=1e-9)
    for i in range(n):
        assert belief.log_prob(i) == (pytest.approx(math.log(exact[i]), abs=1e-6) if exact[i] > 1e-12 else -math.inf)
    ties = np.flatnonzero(exact >= exact.max() * (1 - 1e-9))
    assert table.best(transcript) == ties[0], "the first of equals"


@pytest.mark.parametrize(
    "options",
    [
        {"noise": 0.2},
        {"noise": 0.1, "prior": "abundance"},
        {"unknown": "redrawn", "noise": 0.1},
        {"unknown": "redrawn"},
        {"prior": "abundance"},
        {"world": "countries", "prior": "population", "noise": 0.05},
    ],
    ids=str,
)
def test_the_environment_commits_to_the_brute_force_best(options):
    world = options.get("world", "elements")
    rng = np.random.default_rng(2)
    for trial in range(4):
        env = TwentyQuestions(actions="ask", observation="log", budget=6, **options)
        answers = raw(env, world)
        if options.get("unknown") == "redrawn":
            answers = np.where(answers == UNKNOWN, -1, answers)
        whole = load(world)
        prior = np.asarray(whole.priors[options.get("prior", "uniform")])
        prior = prior[[whole.items.index(item) for item in env.table.items]]
        env.reset(seed=trial)
        pool = rng.integers(0, env.table.q, 3)  # three questions, so that some are asked again
        for turn in range(6):
            seen, reward, ended, _, info = env.step(int(pool[turn % 3]))
        assert ended
        transcript = [(int(q) - 1, int(a) - 1) for q, a in seen]
        exact = posterior(answers, prior / prior.sum(), options.get("noise", 0.0), env.table.letters, transcript)
        assert info["guess"] == int(np.flatnonzero(exact >= exact.max() * (1 - 1e-9))[0])
        assert reward == float(info["guess"] == infogap.reveal(env).item)


# -- what is dealt -----------------------------------------------------------------------------------------------------
def deals(env: TwentyQuestions, n: int) -> np.ndarray:
    truth = env.initial(Chance(np.full(n, 77, np.uint64), np.arange(n, dtype=np.uint64), np.zeros(n, np.uint64)))
    return np.bincount(truth.item, minlength=env.table.n)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"prior": "abundance"},
        {"world": "countries", "prior": "population"},
        {"split": "test"},
        {"split": "test", "prior": "abundance"},
    ],
    ids=str,
)
def test_deals_follow_the_prior(options):
    env = TwentyQuestions(**options)
    whole = load(options.get("world", "elements"))
    prior = np.asarray(whole.priors[options.get("prior", "uniform")])
    p = prior[[whole.items.index(item) for item in env.table.items]]
    if "split" in options:
        p = np.where(env.table.deal > 0, p, 0)
    p = p / p.sum()
    n = 40_000
    counts = deals(env, n)
    assert not counts[p == 0].any()
    rare = p * n < 10  # the chi-square statistic needs about ten expected in each cell
    observed = np.append(counts[~rare], counts[rare].sum())
    expected = np.append(p[~rare], p[rare].sum()) * n
    observed, expected = observed[expected > 0], expected[expected > 0]
    k = expected.size - 1
    statistic = ((observed - expected) ** 2 / expected).sum()
    normal = ((statistic / k) ** (1 / 3) - (1 - 2 / (9 * k))) / math.sqrt(2 / (9 * k))
    assert abs(normal) < 5
    assert env.table.prior == pytest.approx(
        prior[[whole.items.index(i) for i in env.table.items]]
        / prior[[whole.items.index(i) for i in env.table.items]].sum()
    )


def share(salt: str, name: str) -> float:
    return int.from_bytes(hashlib.blake2b(f"{salt}|{name}".encode(), digest_size=8).digest(), "big") / 2**64


@pytest.mark.parametrize("world", WORLDS)
def test_splits_are_what_hashes_of_names_say(world):
    whole = load(world)
    group = dict(zip(whole.items, whole.groups, strict=True))
    envs = {split: TwentyQuestions(world=world, split=split) for split in SPLITS}
    items = {s: {e.table.items[i] for i in np.flatnonzero(e.table.deal)} for s, e in envs.items()}
    parts = [items[s] for s in ("train", "val", "test", "test_groups")]
    assert set.union(*parts) == items["all"] == set(envs["all"].table.items)
    assert sum(map(len, parts)) == len(items["all"]), "disjoint"
    for split, found in items.items():
        for item in found:
            held = share(f"{world}/groups", group[item]) >= 0.8
            u = share(f"{world}/items", item)
            part = "test_groups" if held else "train" if u < 0.7 else "val" if u < 0.8 else "test"
            assert split in ("all", part) or (split == "test_questions" and part == "train")
    seen_groups = {group[i] for s in ("train", "val", "test") for i in items[s]}
    assert seen_groups.isdisjoint({group[i] for i in items["test_groups"]})
    questions = {s: set(e.table.questions) for s, e in envs.items()}
    held_out = questions["test_questions"]
    assert held_out.isdisjoint(questions["train"]) and held_out | questions["train"] == questions["all"]
    assert held_out == {q for q in questions["all"] if share(f"{world}/questions", q) >= 0.8}
    for split in ("val", "test", "test_groups"):
        assert envs[split].table.questions == envs["train"].table.questions
        assert envs[split].action_space == envs["train"].action_space
        assert envs[split].observation_space == envs["train"].observation_space
    assert len({e.table.items for e in envs.values()}) == 1, "guesses mean the same in every split"
    assert all((e.table.prior == envs["all"].table.prior).all() for e in envs.values()), "the split is not told"


def test_seed_and_split_choose_the_item_alone():
    """The same seed hides the same item however the episode is played, observed and paid for."""
    base = TwentyQuestions()
    base.reset(seed=5)
    for options in (
        {"observation": "log"},
        {"actions": "ask"},
        {"masks": True},
        {"costs": 0.1},
        {"noise": 0.2},
        {"budget": 3},
    ):
        env = TwentyQuestions(**options)
        env.reset(seed=5)
        assert infogap.reveal(env).item == infogap.reveal(base).item


def test_default_budgets_are_the_worlds_own():
    for world, unknown in itertools.product(WORLDS, ("honest", "redrawn", "none")):
        suggested = load(world).budgets[unknown]
        assert TwentyQuestions(world=world, unknown=unknown, actions="ask").budget == suggested
        assert TwentyQuestions(world=world, unknown=unknown).budget == suggested + 1


# -- the verifier ------------------------------------------------------------------------------------------------------
def record(env: TwentyQuestions, seed: int, choose: Any, **options: Any):
    builder = EpisodeBuilder(ID, options)
    seen, info = env.reset(seed=seed)
    builder.start(seen, seed)
    ended = False
    while not ended:
        action = choose(env, builder.steps)
        seen, reward, terminated, truncated, info = env.step(action)
        builder.add(action, seen, reward, terminated, truncated, info)
        ended = terminated or truncated
    return builder.build()


def verdict(env: TwentyQuestions, episode: Any) -> Any:
    return infogap.judge(env.verify, infogap.view(env, "verifier"), episode)


def oracle(env, turn):
    return env.table.q + infogap.reveal(env).item


def test_the_oracle_always_succeeds():
    env = TwentyQuestions()
    verdicts = [verdict(env, record(env, seed, oracle)) for seed in range(1_000)]
    assert all(v.success and v.score == 1.0 for v in verdicts)
    assert len({type(v.success) for v in verdicts}) == 1


def test_no_op_near_misses_and_cheats_score_nothing():
    env = TwentyQuestions()
    n, q = env.table.n, env.table.q
    policies = {
        "never guesses": lambda env, turn: turn,
        "asks one question for ever": lambda env, turn: 0,
        "next item": lambda env, turn: q + (infogap.reveal(env).item + 1) % n,
        "item before": lambda env, turn: q + (infogap.reveal(env).item - 1) % n,
        "the question of that number": lambda env, turn: infogap.reveal(env).item,
    }
    for name, policy in policies.items():
        for seed in range(60):
            found = verdict(env, record(env, seed, policy))
            assert not found.success and found.score == 0.0, name


def test_a_replay_of_another_episode_scores_nothing():
    env = TwentyQuestions()
    won = [record(env, seed, oracle) for seed in range(40)]
    items = []
    for seed in range(40):
        env.reset(seed=seed)
        items.append(infogap.reveal(env).item)
    for seed in range(40):
        env.reset(seed=seed)
        for other in range(40):
            assert verdict(env, won[other]).success == (items[seed] == items[other])


def test_unfinished_and_truncated_episodes_score_nothing():
    env = TwentyQuestions()
    env.reset(seed=1)
    right = env.table.q + infogap.reveal(env).item
    for ended, actions in [("", (right,)), ("truncated", (right,)), ("terminated", ()), ("terminated", (right, 0))]:
        assert not verdict(env, infogap.Episode(ID, {}, 1, 0, (), actions, (), ended)).success


def test_success_is_not_reward():
    """An answer that costs more than a right guess pays is still a success; with ask the commitment counts."""
    env = TwentyQuestions(costs=0.9, actions="ask")
    seen = set()
    for seed in range(30):
        episode = record(env, seed, lambda env, turn: turn, actions="ask", costs=0.9)
        found = verdict(env, episode)
        assert found.success == (episode.final_info["guess"] == infogap.reveal(env).item)
        assert sum(episode.rewards) < 0
        seen.add(found.success)
    assert seen == {True, False}


def test_errors_in_the_record_are_faults_and_never_scores():
    env = TwentyQuestions()
    env.reset(seed=1)
    for actions in (("x",), ([1, 2],), (None,)):
        with pytest.raises(VerifierFault) as caught:
            verdict(env, infogap.Episode(ID, {}, 1, 0, (), actions, (), "terminated"))
        assert str(infogap.reveal(env).item) not in str(caught.value)


def test_verdicts_repeat_offline_from_the_record(tmp_path):
    options = {"split": "test", "actions": "ask", "noise": 0.1, "kinds": ["taxonomy", "numeric"], "observation": "log"}
    env = TwentyQuestions(**options)
    writer = EpisodeWriter(tmp_path / "run.jsonl")
    online = []
    for seed in range(100):
        episode = record(env, seed, lambda env, turn: (turn * 13) % env.table.q, **options)
        online.append(verdict(env, episode))
        writer.write(episode)
    writer.close()
    assert {v.success for v in online} == {True, False}
    for episode, before in zip(read_episodes(tmp_path / "run.jsonl"), online, strict=True):
        again = TwentyQuestions(**episode.kwargs)
        again.reset(seed=episode.seed)
        assert verdict(again, episode) == before
