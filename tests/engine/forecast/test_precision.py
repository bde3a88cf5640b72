"""Standard errors against what they must be."""

import math

import numpy as np
import pytest
from scipy import stats
from scipy.stats.mstats import mjci

from openvmo.engine.forecast.precision import mean_error, quantile_error, share_error

SAMPLES = np.random.default_rng(7).lognormal(0.0, 0.6, 4_000)


def test_it_gives_the_error_of_a_mean():
    assert mean_error(SAMPLES) == pytest.approx(stats.sem(SAMPLES), rel=1e-12)


@pytest.mark.parametrize("probability", [0.05, 0.1, 0.5, 0.9, 0.95])
def test_it_gives_the_error_of_a_quantile_as_maritz_and_jarrett_do(probability):
    assert quantile_error(SAMPLES, probability) == pytest.approx(mjci(SAMPLES, prob=[probability])[0], rel=0.02)


@pytest.mark.parametrize("probability", [0.1, 0.5, 0.9])
def test_its_error_of_a_quantile_is_that_of_repeated_samples(probability):
    generator = np.random.default_rng(11)
    draws = generator.standard_normal((600, 1_000))
    repeated = np.quantile(draws, probability, axis=1).std(ddof=1)
    stated = np.mean([quantile_error(row, probability) for row in draws[:60]])
    assert stated == pytest.approx(repeated, rel=0.12)


def test_it_takes_the_error_from_the_difference_between_replicates():
    rows = np.array([[1.0, 3.0], [2.0, 4.0], [6.0, 8.0]])
    assert mean_error(rows.ravel(), 3) == pytest.approx(np.std([2.0, 3.0, 7.0], ddof=1) / math.sqrt(3), rel=1e-12)
    medians = [np.quantile(row, 0.5) for row in rows]
    assert quantile_error(rows.ravel(), 0.5, 3) == pytest.approx(np.std(medians, ddof=1) / math.sqrt(3), rel=1e-12)


def test_it_does_not_know_what_one_draw_cannot_say():
    assert math.isnan(mean_error(np.array([1.0])))
    assert math.isnan(quantile_error(np.array([1.0]), 0.5))
    assert math.isnan(mean_error(SAMPLES, 1))


def test_its_error_of_a_share_holds_at_the_ends():
    assert share_error(0.3, 10_000) == pytest.approx(math.sqrt(0.3 * 0.7 / 10_000), rel=1e-3)
    assert share_error(0.0, 400) == pytest.approx(share_error(1.0, 400), rel=1e-12)
    assert share_error(0.0, 400) > 0
