"""Beliefs: incremental Bayes equals Bayes' rule written out, one by one and in batches."""

from __future__ import annotations

import copy
import math
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import infogap
from infogap.core.belief import BatchBits, BatchOfBeliefs, BatchTable, Belief, BitBelief, TableBelief, entropy_bits
from infogap.core.errors import InvalidOption
from infogap.envs.inquiry.twenty_questions import TwentyQuestions
from infogap.envs.inquiry.vector import TwentyQuestionsVector


def by_hand(likelihood: np.ndarray, prior: np.ndarray, told: list[tuple[int, int]]) -> list[float]:
    """Bayes' rule with exact sums of Python floats, from the start each time."""
    weight = [float(p) for p in prior]
    for query, answer in told:
        weight = [w * float(likelihood[query, answer, h]) for h, w in enumerate(weight)]
    total = math.fsum(weight)
    return [w / total for w in weight]


problems = st.tuples(
    st.integers(0, 2**32 - 1), st.integers(2, 70), st.integers(1, 4), st.integers(2, 4), st.integers(0, 12)
)


def make(
    seed: int, n: int, queries: int, letters: int, noise: float
) -> tuple[np.ndarray, np.ndarray, np.random.Generator]:
    """Likelihood of shape (queries, letters, n) and a prior."""
    rng = np.random.default_rng(seed)
    answers = rng.integers(letters, size=(n, queries))
    exact = (answers.T[:, None, :] == np.arange(letters)[None, :, None]).astype(float)
    likelihood = exact * (1 - noise - noise / (letters - 1)) + noise / (letters - 1)
    return likelihood, rng.dirichlet(np.ones(n)), rng


@settings(max_examples=60, deadline=None)
@given(problems)
def test_table_belief_is_bayes_rule(problem):
    seed, n, queries, letters, turns = problem
    likelihood, prior, rng = make(seed, n, queries, letters, 0.2)
    belief = TableBelief(likelihood, prior)
    told: list[tuple[int, int]] = []
    for _ in range(turns):
        told.append((int(rng.integers(queries)), int(rng.integers(letters))))
        belief.update(*told[-1])
    exact = by_hand(likelihood, prior, told)
    assert belief.probabilities() == pytest.approx(exact, abs=1e-12)
    assert [belief.log_prob(h) for h in range(n)] == pytest.approx([math.log(p) for p in exact], abs=1e-9)
    belief.reset()
    assert belief.probabilities() == pytest.approx(prior, abs=1e-15)


@settings(max_examples=60, deadline=None)
@given(problems)
def test_bit_belief_is_bayes_rule_without_noise(problem):
    seed, n, queries, letters, turns = problem
    likelihood, _, rng = make(seed, n, queries, letters, 0.0)
    support = rng.random(n) < 0.7
    support[int(rng.integers(n))] = True
    prior = support / support.sum()
    item = int(rng.choice(np.flatnonzero(support)))
    belief = BitBelief(likelihood > 0, support)
    told: list[tuple[int, int]] = []
    for _ in range(turns):
        query = int(rng.integers(queries))
        told.append((query, int(likelihood[query, :, item].argmax())))
        assert belief.learn(told[-1], item) == belief.log_prob(item)
    exact = by_hand(likelihood, prior, told)
    assert belief.probabilities() == pytest.approx(exact, abs=1e-12)
    for h, p in enumerate(exact):
        assert belief.log_prob(h) == (pytest.approx(math.log(p)) if p else -math.inf)


@settings(max_examples=30, deadline=None)
@given(problems, st.integers(1, 5))
def test_batches_are_rows_of_single_beliefs(problem, rows):
    """With rows that hear nothing, rows that are reset, and more than 64 hypotheses."""
    seed, n, queries, letters, turns = problem
    for noise in (0.0, 0.1):
        likelihood, prior, rng = make(seed, n, queries, letters, noise)
        support = np.ones(n, bool)
        singles: list[Belief]
        if noise:
            singles = [TableBelief(likelihood, prior) for _ in range(rows)]
            batches: list[Any] = [BatchTable(likelihood, prior, rows)]
        else:
            singles = [BitBelief(likelihood > 0, support) for _ in range(rows)]
            batches = [BatchBits(likelihood > 0, support, rows)]
        batches.append(BatchOfBeliefs([copy.deepcopy(b) for b in singles]))
        item = rng.integers(n, size=rows)
        for batch in batches:
            start = [singles[0].log_prob(h) for h in range(n)]
            assert batch.prior_log == pytest.approx(start, abs=1e-9)
        for _ in range(turns):
            query = rng.integers(-1, queries, rows)
            answer = np.array([likelihood[max(q, 0), :, h].argmax() for q, h in zip(query, item, strict=True)])
            expected = [
                b.log_prob(h) if q < 0 else b.learn((q, a), h)
                for b, q, a, h in zip(singles, query.tolist(), answer.tolist(), item.tolist(), strict=True)
            ]
            for batch in batches:
                assert batch.learn(query.copy(), answer.copy(), item) == pytest.approx(expected, abs=1e-9)
            again = np.flatnonzero(rng.random(rows) < 0.2)
            for i in again:
                singles[i].reset()
            for batch in batches:
                batch.reset(again)


def test_contradictions_are_refused_and_change_nothing():
    likelihood, prior, _ = make(1, 5, 2, 2, 0.0)
    likelihood[:, 0], likelihood[:, 1] = 1.0, 0.0  # everything answers 0
    for belief in (TableBelief(likelihood, prior), BitBelief(likelihood > 0, prior > 0)):
        belief.update(0, 0)
        before = belief.probabilities()
        for call in (lambda b=belief: b.update(1, 1), lambda b=belief: b.learn((1, 1), 0)):
            with pytest.raises(InvalidOption, match="no hypothesis"):
                call()
        assert (belief.probabilities() == before).all()


def test_many_answers_do_not_underflow():
    """5,000 noisy answers: log-probabilities still equal the sums of logs."""
    likelihood, prior, rng = make(3, 6, 2, 2, 0.4)
    belief = TableBelief(likelihood, prior)
    log = np.log(prior)
    for _ in range(5_000):
        told = (int(rng.integers(2)), int(rng.integers(2)))
        belief.update(*told)
        log += np.log(likelihood[told])
    log -= np.logaddexp.reduce(log)
    best = int(log.argmax())
    assert belief.log_prob(best) == pytest.approx(log[best], abs=1e-6)
    assert belief.probabilities().sum() == pytest.approx(1.0)


def test_entropy():
    assert entropy_bits(np.full(8, 1 / 8)) == pytest.approx(3.0)
    assert entropy_bits(np.array([1.0, 0.0])) == 0.0
    assert entropy_bits(np.array([0.5, 0.25, 0.25])) == pytest.approx(1.5)


@pytest.mark.parametrize("again", [copy.deepcopy, lambda b: pickle.loads(pickle.dumps(b))], ids=["deepcopy", "pickle"])
@pytest.mark.parametrize("options", [{}, {"noise": 0.1}, {"unknown": "redrawn", "noise": 0.1}], ids=str)
def test_copies_go_on_alike(options, again):
    belief = TwentyQuestions(**options).belief()
    belief.update(3, 0)
    other = again(belief)
    for query in (4, 3, 5):
        belief.update(query, 0)
        other.update(query, 0)
        assert (belief.probabilities() == other.probabilities()).all()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"noise": 0.2},
        {"unknown": "redrawn"},
        {"unknown": "redrawn", "noise": 0.1},
        {"prior": "abundance", "split": "test"},
    ],
    ids=str,
)
def test_beliefs_of_vector_rows_are_those_of_their_environments(options):
    """Through the environments: what a row is told makes the belief that a single environment's would be."""
    vector = TwentyQuestionsVector(3, observation="last", **options)
    batch = vector.batch_belief()
    singles = [vector._one.belief() for _ in range(3)]
    vector.reset(seed=4)
    rng = np.random.default_rng(0)
    for _ in range(30):
        waiting = vector._pending if vector._pending is not None else np.empty(0, int)
        actions = rng.integers(0, vector.table.q + 3, 3)
        actions[rng.random(3) < 0.3] = 2  # and some asked again
        vector.step(actions)
        for i in waiting:
            singles[i].reset()
        batch.reset(waiting)
        queries, answers = vector.told()
        items = infogap.reveal(vector).item
        expected = []
        for i, single in enumerate(singles):
            if queries[i] >= 0:
                single.update(int(queries[i]), int(answers[i]))
            expected.append(single.log_prob(int(items[i])))
        assert batch.learn(queries, answers, items) == pytest.approx(expected, abs=1e-9)
