"""What drives a result, against closed forms."""

import math

import numpy as np
import pytest
from scipy import stats

from openvmo.engine.forecast.drivers import driver, information_value, rank_correlation, share_of_variance

GENERATOR = np.random.default_rng(3)
FIRST, SECOND = GENERATOR.standard_normal((2, 100_000))
NORMAL = stats.norm()


@pytest.mark.parametrize("weight", [0.0, 0.5, 1.0, 3.0])
def test_the_share_of_a_term_of_a_sum_is_its_variance(weight):
    share = share_of_variance(FIRST, weight * FIRST + SECOND)
    assert share == pytest.approx(weight**2 / (weight**2 + 1), abs=0.006)


def test_it_finds_what_a_straight_line_would_miss():
    result = FIRST**2 + SECOND
    assert rank_correlation(FIRST, result) == pytest.approx(0.0, abs=0.01)
    assert share_of_variance(FIRST, result) == pytest.approx(2 / 3, abs=0.02)


def test_the_rank_correlation_of_normals_is_known():
    result = 0.6 * FIRST + 0.8 * SECOND
    assert rank_correlation(FIRST, result) == pytest.approx(6 / math.pi * math.asin(0.3), abs=0.005)
    assert rank_correlation(FIRST, result) == pytest.approx(stats.spearmanr(FIRST, result).statistic, abs=1e-12)


def test_a_tornado_reads_the_result_at_the_tenth_and_the_ninetieth_percentile():
    found = driver(FIRST, 10.0 + 2.0 * FIRST + 0.1 * SECOND)
    # The mean of a normal between its 5th and 15th percentile.
    between = (NORMAL.pdf(NORMAL.ppf(0.05)) - NORMAL.pdf(NORMAL.ppf(0.15))) / 0.1
    assert found.low == pytest.approx(10 + 2 * between, abs=0.02)
    assert found.high == pytest.approx(10 - 2 * between, abs=0.02)


def test_nothing_drives_what_does_not_vary():
    found = driver(FIRST, np.full(FIRST.size, 4.0))
    assert (found.share_of_variance, found.rank_correlation, found.low, found.high) == (0.0, 0.0, 4.0, 4.0)


@pytest.mark.parametrize("mean", [-1.0, -0.2, 0.0, 0.5, 2.0])
def test_the_value_of_knowing_a_normal_input_is_its_unit_normal_loss(mean):
    slope = 1.5
    ratio = abs(mean) / slope
    expected = slope * (NORMAL.pdf(ratio) - ratio * NORMAL.cdf(-ratio))
    found = information_value(FIRST, mean + slope * FIRST + 2 * SECOND)
    assert found.value == pytest.approx(expected, abs=4 * found.error + 1e-3)
    assert 0 < found.error < 0.02


def test_knowing_what_changes_no_decision_is_worth_nothing():
    assert information_value(FIRST, 100.0 + FIRST).value == 0.0
    assert information_value(np.zeros(1_000), SECOND[:1_000]).value == 0.0


def test_it_refuses_different_numbers_of_trials():
    with pytest.raises(ValueError, match="same trials"):
        driver(FIRST[:10], SECOND[:9])


def test_the_value_of_knowing_whether_an_event_happens_is_that_of_the_better_choice_each_time():
    happens = (GENERATOR.random(100_000) < 0.25).astype(float)
    found = information_value(happens, 1.0 - 10.0 * happens + SECOND)
    # Without knowing, one does not go on: 1 - 10 x 0.25 < 0. Knowing, one goes on three times in four, for 1.
    assert found.value == pytest.approx(0.75, abs=0.02)
