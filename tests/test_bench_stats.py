"""The benchmark's statistics against hand values, the literature and SciPy."""

import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from infogap.benchmarks import stats


def test_iqm_by_hand():
    # A quarter cut at both ends of 8: 3, 4, 5, 6 are left.
    assert stats.iqm(np.array([100.0, 1, 2, 3, 4, 5, 6, -50])) == pytest.approx((2 + 3 + 4 + 5) / 4)
    # Of 5 one is cut at each end (a quarter of 5, rounded down).
    assert stats.iqm(np.array([9.0, 0, 1, 2, 9])) == pytest.approx((1 + 2 + 9) / 3)
    assert stats.iqm(np.array([[0.0, 1, 2, 3], [3, 3, 3, 3]])) == pytest.approx([1.5, 3])


def test_bootstrap_of_one_stratum_is_scipys():
    scores = np.random.default_rng(1).normal(2.0, 1.0, 40)
    own = stats.bootstrap([scores], stats.mean, seed=0, repetitions=20_000)
    theirs = scipy_stats.bootstrap(
        (scores,), np.mean, n_resamples=20_000, method="percentile", rng=np.random.default_rng(5)
    ).confidence_interval
    assert own.low == pytest.approx(theirs.low, abs=0.02)
    assert own.high == pytest.approx(theirs.high, abs=0.02)


def test_bootstrap_keeps_to_its_strata():
    # Within each stratum all scores are equal, so resampling inside them changes nothing; resampling over all would.
    interval = stats.bootstrap([np.zeros(5), np.ones(5)], stats.mean)
    assert interval == (0.5, 0.5)
    # Two strata of two runs: each mean is the mean of two independent draws. P(all four draws low) = 1/16 > 2.5 %.
    interval = stats.bootstrap([np.array([0.0, 1.0]), np.array([10.0, 11.0])], stats.mean)
    assert interval == (5.0, 6.0)


def test_bootstrap_repeats():
    scores = [np.random.default_rng(3).random(10)]
    assert stats.bootstrap(scores, stats.iqm, seed=4) == stats.bootstrap(scores, stats.iqm, seed=4)
    assert stats.bootstrap(scores, stats.iqm, seed=4) != stats.bootstrap(scores, stats.iqm, seed=5)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    # Newcombe, "Two-sided confidence intervals for the single proportion", Stat. Med. 17 (1998), table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_against_published_values(successes, n, low, high):
    assert stats.wilson(successes, n) == pytest.approx((low, high), abs=5e-5)
    mirrored = stats.wilson(n - successes, n)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=5e-5)


def test_gap_closed():
    assert stats.gap_closed(0.5, 0.2, 0.8) == pytest.approx(0.5)
    assert stats.gap_closed(0.1, 0.2, 0.8) == pytest.approx(-1 / 6)
    assert stats.gap_closed(-0.05, -0.05, 0.0) == 0.0
    assert stats.gap_closed(0.5, 0.8, 0.8) is None
    assert stats.gap_closed(0.5, 0.8, 0.2) is None, "an optimal value below the blind one is no scale"


def test_success_by_turn():
    rates = stats.success_by_turn([True, False, True, True], [1, 2, 3, 3], 4)
    assert rates == [0.25, 0.25, 0.75, 0.75]


def test_alarm_needs_more_than_three_standard_errors():
    error = math.sqrt(0.5 * 0.5 / 400)  # of the ceiling; the rate's own is smaller
    assert stats.alarms([0.5 + 2.9 * error], [0.5], 400) == []
    (alarm,) = stats.alarms([0.2, 0.5 + 3.1 * error], [1.0, 0.5], 400)
    assert (alarm.turn, alarm.ceiling) == (2, 0.5)
    assert alarm.errors == pytest.approx(3.1)


def test_alarm_where_everything_succeeds():
    # The rate's own standard error is 0; the ceiling's is sqrt(.1 * .9 / 30) = 0.0548, and (1 - .1) / .0548 = 16.43.
    (alarm,) = stats.alarms([1.0], [0.1], 30)
    assert alarm.errors == pytest.approx(16.43, abs=0.01)
    assert stats.alarms([1.0], [1.0], 30) == []


def test_alarm_is_not_raised_by_few_lucky_guesses():
    # Ceiling 1/243: 3 of 100 are 4.06 of the ceiling's standard errors above it, yet happen in 0.8 % of honest runs
    # (binomial tail); one run in a thousand is what three standard errors are meant to be.
    assert scipy_stats.binom.sf(2, 100, 1 / 243) > 0.00135
    assert stats.alarms([0.03], [1 / 243], 100) == []


def test_false_alarms_are_rare():
    """An honest agent exactly at the ceiling raises the alarm about as rarely as three standard errors say."""
    chance = np.random.default_rng(0)
    for ceiling in (1 / 118, 0.1, 0.5, 0.9):
        rates = chance.binomial(500, ceiling, 20_000) / 500
        raised = np.mean([bool(stats.alarms([rate], [ceiling], 500)) for rate in rates])
        assert raised < 0.003
