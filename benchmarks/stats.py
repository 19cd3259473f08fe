"""The statistics of a benchmark: gap closed, interquartile means with their intervals, and the information ceiling."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..core.errors import MissingExtra

__all__ = [
    "ALARM_ERRORS",
    "Alarm",
    "Interval",
    "alarms",
    "bootstrap",
    "gap_closed",
    "iqm",
    "mean",
    "success_by_turn",
    "wilson",
]

Floats = npt.NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
"""From scores of shape (..., n) to one number for each leading index."""

ALARM_ERRORS = 3.0
"""Standard errors above the ceiling at which the alarm is raised."""
REPETITIONS = 10_000
SMALLEST_GAP = 1e-9


class Interval(NamedTuple):
    """A 95 % interval."""

    low: float
    high: float


class Alarm(NamedTuple):
    """Success above the information ceiling at one turn.

    Attributes:
        turn: From 1.
        rate: Share of episodes that had succeeded by then.
        ceiling: The most that the answers allow.
        errors: By how many standard errors the rate is above.
    """

    turn: int
    rate: float
    ceiling: float
    errors: float


def needed(module: str) -> Any:
    """A module of the extra `bench`.

    Raises:
        MissingExtra: It is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtra(module.partition(".")[0], "bench") from error


def mean(scores: Floats) -> Floats:
    """Mean over the last axis."""
    return np.asarray(scores.mean(-1))


def iqm(scores: Floats) -> Floats:
    """Interquartile mean over the last axis: the mean of what is left when a quarter is cut at both ends."""
    return np.asarray(needed("scipy.stats").trim_mean(scores, 0.25, axis=-1))


def bootstrap(
    strata: Sequence[Floats], statistic: Statistic, seed: int = 0, repetitions: int = REPETITIONS
) -> Interval:
    """Percentile interval (95 %) of a statistic of all scores, by resampling within each stratum.

    Stratified as in Agarwal et al., "Deep Reinforcement Learning at the Edge of the Statistical Precipice", NeurIPS
    2021: every environment keeps its number of runs, runs are drawn with replacement.

    Args:
        strata: The scores of each environment's runs, float64 of shape (runs,) each.
        statistic: Of scores joined over the strata, over the last axis.
        seed: Of the resampling.
        repetitions: Number of resamples.
    """
    chance = np.random.default_rng(seed)
    drawn = [scores[chance.integers(len(scores), size=(repetitions, len(scores)))] for scores in strata]
    low, high = np.quantile(statistic(np.concatenate(drawn, axis=1)), (0.025, 0.975))
    return Interval(float(low), float(high))


def wilson(successes: int, n: int) -> Interval:
    """Wilson's score interval (95 %) of a success rate (Wilson 1927); it stays in [0, 1] and is no point at 0 or 1."""
    z = 1.959963984540054
    rate, share = successes / n, z * z / n
    middle = (rate + share / 2) / (1 + share)
    half = z / (1 + share) * math.sqrt(rate * (1 - rate) / n + share / (4 * n))
    return Interval(max(0.0, middle - half), min(1.0, middle + half))


def gap_closed(value: float, blind: float, optimal: float) -> float | None:
    """(J - J_blind) / (J_optimal - J_blind); None where the optimal policy is no better than the blind one."""
    gap = optimal - blind
    return (value - blind) / gap if gap > SMALLEST_GAP else None


def success_by_turn(successes: Sequence[bool], lengths: Sequence[int], turns: int) -> list[float]:
    """Share of the episodes that ended successfully by each turn from 1."""
    won = np.asarray(lengths)[np.asarray(successes, bool)]
    return [float((won <= turn).sum() / len(lengths)) for turn in range(1, turns + 1)]


def alarms(rates: Sequence[float], ceilings: Sequence[float], n: int) -> list[Alarm]:
    """Turns at which success is more than three standard errors above the ceiling.

    The standard error is the larger of the two binomial ones, of the ceiling and of the rate: at a rate of 1 the rate's
    own is zero, and near a ceiling of 0 the ceiling's is too small for counts that are few and skewed.

    Args:
        rates: Success by turn 1, 2, ...
        ceilings: The ceiling at these turns.
        n: Episodes behind the rates.
    """
    found = []
    for turn, (rate, most) in enumerate(zip(rates, ceilings, strict=True), 1):
        error = math.sqrt(max(rate * (1 - rate), most * (1 - most)) / n)
        if rate - most > ALARM_ERRORS * error:
            found.append(Alarm(turn, rate, most, (rate - most) / error if error else math.inf))
    return found
