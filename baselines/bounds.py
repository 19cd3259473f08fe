"""Exact values of policies, the information ceiling, and certified bounds of the optimum."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core.errors import InvalidOption, Unsupported
from ..envs.inquiry.table import Table
from .inquiry import SAME, Floats, Greedy, InquiryAgent, Optimal, Oracle, Random, Transcript, most_probable, unpacked
from .store import named_items

__all__ = ["Bounds", "Value", "bounds", "ceiling", "evaluate_exact", "packing_bound", "random_success"]

NODES = 10_000
"""Transcripts an exact evaluation looks at, at most."""
LONG = 60
"""With more questions the number of transcripts bounds nothing here."""


@dataclass(frozen=True)
class Value:
    """Expected values of an episode.

    Attributes:
        success: Probability that the item is named.
        reward: Undiscounted return.
        length: Turns.
    """

    success: float
    reward: float
    length: float


@dataclass(frozen=True)
class Bounds:
    """What the best policy on the agent's information reaches.

    Attributes:
        lower: Success of a policy that exists.
        upper: No policy has more.
        how: Where the two come from.
    """

    lower: float
    upper: float
    how: str

    @property
    def width(self) -> float:
        """How far the bounds are apart, relative to the upper one."""
        return 0.0 if self.upper == self.lower else (self.upper - self.lower) / self.upper


def evaluate_exact(agent: InquiryAgent, env: Any, nodes: int = NODES) -> Value:
    """Expected values of a deterministic policy, by walking its tree of transcripts.

    Args:
        agent: A baseline whose ``choose`` depends on the transcript alone: any but random and oracle.
        env: The inquiry it was made for.
        nodes: Transcripts looked at, at most.

    Raises:
        Unsupported: The policy is random or privileged, asks a redrawn question twice, or has more than `nodes`.
    """
    inner = unpacked(env)
    table = inner.table
    if not isinstance(agent, InquiryAgent) or isinstance(agent, (Random, Oracle)):
        raise Unsupported(f"no exact value of {type(agent).__name__}: it does not act on the transcript alone")
    seen = 0
    success: list[float] = []
    paid: list[float] = []
    length: list[float] = []
    open_: list[tuple[Transcript, Floats]] = [((), table.deal)]
    while open_:
        told, mass = open_.pop()
        seen += 1
        if seen > nodes:
            raise Unsupported(f"the policy has more than {nodes} transcripts; estimate its value by playing")
        weight = float(mass.sum())
        question = agent.choose(told) if len(told) < agent.questions else None
        if question is None:
            success.append(float(mass[agent.guess(told) if agent.full else most_probable(table, told)]))
            # A budget used up commits by itself; any other end is a turn of its own.
            length.append(weight * (len(told) + (len(told) < inner.budget)))
            continue
        if table.redrawn and any(question == asked for asked, _ in told):
            raise Unsupported("no exact value where a redrawn question is asked twice")
        paid.append(weight * float(inner.cost[question]))
        for answer in range(table.letters):
            left = mass * table.likelihood[question, answer]
            if left.any():
                open_.append(((*told, (question, answer)), left))
    right = math.fsum(success)
    return Value(right, right - math.fsum(paid), math.fsum(length))


def random_success(env: Any, samples: int = 400, seed: int = 0) -> tuple[float, float]:
    """Expected success of the baseline "random", and the standard error of that figure, 0 where it is exact.

    With ``actions="full"`` in closed form. With ``"ask"`` and exact answers: the mean, over sampled sequences of
    questions, of their exact success.

    Raises:
        Unsupported: Answers are not exact and ``actions="ask"``.
    """
    inner = unpacked(env)
    table = inner.table
    shrinks = inner.masks and table.noise == 0.0
    if inner.actions == "full":
        success, alive = 0.0, 1.0
        for turn in range(inner.budget):
            left = max(table.q - turn, 0) if shrinks else table.q
            success += alive / (left + table.n)
            alive *= left / (left + table.n)
        return success, 0.0
    if not table.exact:
        raise Unsupported("random questions with noise or redrawn answers: estimate the value by playing")
    chance = np.random.default_rng(seed)
    order = np.argsort(-table.prior, kind="stable")
    values = np.empty(samples)
    for i in range(samples):
        asked = chance.permutation(table.q)[: inner.budget] if shrinks else chance.integers(table.q, size=inner.budget)
        first = np.unique(table.answers[order][:, asked], axis=0, return_index=True)[1]
        values[i] = table.deal[order][first].sum()
    return float(values.mean()), float(values.std(ddof=1) / math.sqrt(samples))


def ceiling(env: Any, turn: int) -> float:
    """The most success any agent can have by a turn without knowing what it was not told.

    After t answers from K letters there are K^t transcripts, so at most as many items are named: at most the mass of
    the K^t items dealt most often. A guess or a commitment takes a turn itself, but for the commitment at the end of
    the budget with ``actions="ask"``.

    Args:
        env: An inquiry.
        turn: Turns played, from 0.

    Raises:
        InvalidOption: A negative turn.
    """
    inner = unpacked(env)
    if turn < 0:
        raise InvalidOption(f"turn must not be negative, got {turn}")
    if turn == 0:
        return 0.0
    turn = min(turn, inner.budget)
    answers = turn if inner.actions == "ask" and turn == inner.budget else turn - 1
    return top_mass(inner.table.deal, inner.table.letters ** min(answers, LONG))


def top_mass(p: Floats, count: int) -> float:
    """Mass of the `count` most probable."""
    return 1.0 if count >= np.count_nonzero(p) else math.fsum(np.sort(p)[::-1][:count])


def packing_bound(table: Table, questions: int) -> float:
    """An upper bound of success that counts transcripts, for any noise.

    Given the item (and the letters redrawn), transcripts and patterns of wrong answers determine each other. So
    however one asks, an item gives the K^T transcripts the same probabilities: (1 - e)^(T - d) (e / (K - 1))^d, as
    often as d of T answers can be wrong. A policy names one item for each transcript; at best the K^T most probable
    pairs of item and pattern are named. The argument is the sphere-packing bound of coding with feedback; without
    noise it is the ceiling. Beyond 60 questions it is 1.
    """
    if questions > LONG:
        return 1.0
    total, wrong = questions, table.noise / (table.letters - 1)
    chances = [(1 - table.noise) ** (total - d) * wrong**d for d in range(total + 1)]
    ways = [math.comb(total, d) * (table.letters - 1) ** d for d in range(total + 1)]
    pairs = sorted(((p * c, n) for p in table.deal.tolist() for c, n in zip(chances, ways, strict=True)), reverse=True)
    left, mass = table.letters**total, 0.0
    for chance, count in pairs:
        if left <= 0 or chance <= 0.0:
            break
        mass += chance * min(count, left)
        left -= count
    return min(mass, 1.0)


def bounds(env: Any) -> Bounds:
    """Bounds of the success of the best policy on the agent's information, within the budget; costs aside.

    Upper: the lesser of :func:`packing_bound` and the mass of the items dealt most often, as many as can be named
    (:func:`~infogap.baselines.store.named_items`).
    Lower: the exact value of the better of "optimal" and "greedy" where it can be computed, else the mass of one item.
    """
    inner = unpacked(env)
    table = inner.table
    optimal = Optimal(env)
    most, why = named_items(table, optimal.questions)
    upper, packed = top_mass(table.deal, most), packing_bound(table, optimal.questions)
    if packed < upper - SAME:
        upper, why = packed, "transcripts counted with their noise"
    lower, found = _lower(table, [optimal, Greedy(env)], env)
    if abs(upper - lower) < SAME:
        lower = upper  # they differ by rounding
    return Bounds(lower, upper, f"lower: {found}; upper: {why}")


def _lower(table: Table, agents: list[InquiryAgent], env: Any) -> tuple[float, str]:
    lower, how = float(table.deal[table.prior.argmax()]), "guessing at once"
    for agent in agents:
        try:
            value = evaluate_exact(agent, env).success
        except Unsupported:
            break  # the other one's tree is as large
        if value > lower:
            stored = isinstance(agent, Optimal) and agent.stored
            lower, how = value, "shipped policy" if stored else f"exact value of {type(agent).__name__.lower()}"
    return lower, how
