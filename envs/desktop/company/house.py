"""What the house lays down: revisions of its policies, and which of them is in force."""

from __future__ import annotations

from collections.abc import Sequence

from ..dice import Dice
from .dates import DAY, WORK
from .model import TOPICS, Policy, maker

__all__ = ["CHOICES", "Rules", "in_force", "make_policies"]

Rules = tuple[tuple[Policy, ...], ...]
"""The revisions by topic, each topic's in order of time."""

CHOICES: tuple[tuple[tuple[int, ...], ...], ...] = (
    ((15000, 20000, 25000, 30000, 40000, 50000), (30, 45, 60, 90), (5, 7, 10, 14)),
    ((3, 5, 7, 10), (12, 15, 20, 25), (250_000, 300_000, 400_000, 500_000, 750_000)),
    ((14, 21, 28, 30), (10, 12, 15, 20), (3, 4, 5, 6)),
    ((50_000, 75_000, 100_000, 150_000, 200_000), (500_000, 600_000, 800_000, 1_000_000)),
    ((5, 6, 7), (2, 3), (20_000, 30_000, 40_000, 50_000, 60_000)),
    ((90, 120, 150), (2, 3), (6, 8, 10, 12)),
    ((2, 3, 4, 5), (6, 8, 10, 12), (50_000, 75_000, 100_000, 150_000)),
    ((12, 18, 24, 36), (10, 14, 20, 30)),
)
"""Values of each parameter, by topic, in the order of ``model.PARAMETERS``."""
SMALL = ((1, 0), (0, 1)), (0, 0)
"""Older and announced revisions of two topics, and of the others."""
FULL = ((2, 2), (3, 1)), (3, 1)
FIRST = 120
"""Every topic has had a policy for so many days at least: longer than the log."""

_policy = maker(Policy)


def make_policies(dice: Dice, size: str, today: int) -> Rules:
    """Draw all revisions of all topics. A revision changes one parameter of the one before."""
    special, usual = SMALL if size == "small" else FULL
    counts = dict(zip(dice.sample(range(len(TOPICS)), len(special)), special, strict=True))
    return tuple(_revisions(dice, topic, today, *counts.get(topic, usual)) for topic in range(len(TOPICS)))


def _revisions(dice: Dice, topic: int, today: int, older: int, ahead: int) -> tuple[Policy, ...]:
    between, below = dice.between, dice.below
    day = today - (between(10, 60) if older else between(FIRST, FIRST + 60))
    days = [day]
    for _ in range(older):
        days.insert(0, days[0] - between(28, 50))
    days[0] = min(days[0], today - FIRST)
    for _ in range(ahead):
        days.append(max(days[-1], today) + between(5, 30))
    choices = CHOICES[topic]
    places = [below(len(values)) for values in choices]
    made = []
    for k, effective in enumerate(days):
        if k:
            j = below(len(places))
            places[j] = (places[j] + 1 + below(len(choices[j]) - 1)) % len(choices[j])
        issued = DAY[WORK[max(0, min(effective - between(9, 24), today - 4))]]
        made.append(
            _policy((topic, k + 1, issued, effective, tuple([v[i] for v, i in zip(choices, places, strict=True)])))
        )
    return tuple(made)


def in_force(revisions: Sequence[Policy], day: int) -> tuple[int, ...]:
    """The parameters of a topic's policy on `day`."""
    for policy in reversed(revisions):
        if policy.effective <= day:
            return policy.parameters
    return revisions[0].parameters
