"""Three quantiles become a distribution that has exactly these."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm
from tests.engine.forecast.closed_forms import expected

from openvmo.engine.forecast.estimates import sample, sample_difference
from openvmo.engine.quantities import Estimate

SCORES_OF_QUANTILES = norm.ppf([0.1, 0.5, 0.9])
SPREADS = [(100.0, 80.0, 140.0), (100.0, 99.0, 101.0), (1e9, 1e8, 5e9), (2.0, -1.0, 12.0), (-5.0, -9.0, -4.0)]


@pytest.mark.parametrize(("likely", "low", "high"), [*SPREADS, (3.0, 0.0, 10.0)])
def test_it_reproduces_the_stated_quantiles(likely: float, low: float, high: float) -> None:
    values = sample(Estimate(likely, low=low, high=high), SCORES_OF_QUANTILES)
    assert values == pytest.approx([low, likely, high], rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(("likely", "low", "high"), SPREADS)
def test_its_mean_is_the_closed_form(likely: float, low: float, high: float) -> None:
    estimate = Estimate(likely, low=low, high=high)

    def weighted(score: float) -> float:
        return float(sample(estimate, np.array([score]))[0] * norm.pdf(score))

    integral = quad(weighted, -12, 0, limit=200)[0] + quad(weighted, 0, 12, limit=200)[0]
    assert expected(estimate) == pytest.approx(integral, rel=1e-7)


def test_it_stays_positive_when_the_low_value_is() -> None:
    assert (sample(Estimate(100.0, low=10.0, high=120.0), np.linspace(-6, 6, 50)) > 0).all()


def test_it_does_not_fall_below_zero_when_it_starts_there() -> None:
    assert sample(Estimate(3.0, low=0.0, high=10.0), np.array([-4.0])).tolist() == [0.0]


def test_a_difference_stays_finite_however_near_to_zero_it_starts() -> None:
    slip = Estimate(1e-300, low=1e-301, high=20.0)
    assert sample_difference(slip, SCORES_OF_QUANTILES) == pytest.approx([0.0, 0.0, 20.0])
    assert sample_difference(slip, np.array([8.0]))[0] == pytest.approx(20 * 8 / SCORES_OF_QUANTILES[2])


def test_it_has_no_spread_when_none_was_stated() -> None:
    assert sample(Estimate(7.0), np.array([-3.0, 3.0])).tolist() == [7.0, 7.0]
    assert sample(Estimate.certain(7.0), np.array([-3.0, 3.0])) == pytest.approx([7.0, 7.0], rel=1e-15)
