"""Three quantiles become a distribution that has exactly these."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad
from scipy.stats import norm
from tests.engine.forecast.closed_forms import expected

from openvmo.engine.forecast.estimates import KNOTS, sample, sample_difference, table
from openvmo.engine.quantities import Estimate, Family

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


# Families against scipy.stats, which shares no code with ours.

RISING = np.linspace(-5.0, 5.0, 401)
FAMILIES = [
    (Estimate.triangular(2.0, 3.0, 10.0), stats.triang(1 / 8, 2, 8)),
    (Estimate.triangular(2.0, 2.0, 10.0), stats.triang(0.0, 2, 8)),
    (Estimate.pert(2.0, 3.0, 10.0), stats.beta(1 + 4 / 8, 5 - 4 / 8, 2, 8)),
    (Estimate.pert(2.0, 10.0, 10.0), stats.beta(5, 1, 2, 8)),
    (Estimate.uniform(2.0, 10.0), stats.uniform(2, 8)),
    (Estimate.normal(5.0, 2.0), stats.norm(5, 2)),
    (Estimate.lognormal(5.0, 0.6), stats.lognorm(0.6, scale=5)),
    (Estimate.discrete({0.0: 0.7, 100.0: 0.2, 400.0: 0.1}), stats.rv_discrete(values=([0, 100, 400], [0.7, 0.2, 0.1]))),
    (Estimate.empirical([3.0, 5.0, 8.0, 8.0]), stats.rv_discrete(values=([3, 5, 8], [0.25, 0.25, 0.5]))),
]
# Of a list of outcomes a table joins the steps, which `table` documents.
STEPS = (Family.DISCRETE, Family.EMPIRICAL)


@pytest.mark.parametrize(("estimate", "known"), FAMILIES)
def test_its_quantiles_are_those_of_the_family(estimate: Estimate, known: Any) -> None:
    inside = SCORES_OF_QUANTILES + np.array([1e-9, 0.0, -1e-9])  # a step may lie exactly at a quantile
    assert sample(estimate, inside) == pytest.approx(known.ppf(norm.cdf(inside)), rel=1e-9, abs=1e-9)
    assert sample(estimate, np.array([-4.0, 4.0])) == pytest.approx(known.ppf(norm.cdf([-4.0, 4.0])), rel=1e-9)


@pytest.mark.parametrize(("estimate", "known"), FAMILIES)
def test_its_table_has_the_mean_and_variance_of_the_family(estimate: Estimate, known: Any) -> None:
    """Joined linearly between the knots and flat beyond, as a simulation does, over even probabilities."""
    row = table([estimate], dtype=np.float64)[0]
    scores = norm.ppf((np.arange(400_000) + 0.5) / 400_000)
    values = np.interp(scores, KNOTS, row)
    width = known.ppf(0.999) - known.ppf(0.001)
    assert values.mean() == pytest.approx(known.mean(), abs=1e-4 * width)
    assert values.var() == pytest.approx(known.var(), rel=2e-2 if estimate.family in STEPS else 1e-3)


@pytest.mark.parametrize("tail", [0.01, 0.05, 0.1, 0.25])
@pytest.mark.parametrize("make", [Estimate.triangular, Estimate.pert])
@pytest.mark.parametrize("mode", [2.0, 2.1, 3.0, 6.0, 9.9, 10.0])
def test_limits_follow_from_quantiles(make: Callable[..., Estimate], mode: float, tail: float) -> None:
    """The limits that were solved for give the stated quantiles, and the mode, back from scipy."""
    estimate = make(2.0, mode, 10.0, tail=tail)
    lower, upper = sample(estimate, np.array([-40.0, 40.0]))
    place, width = (mode - lower) / (upper - lower), upper - lower
    known = (
        stats.triang(place, lower, width)
        if estimate.family is Family.TRIANGULAR
        else stats.beta(1 + 4 * place, 5 - 4 * place, lower, width)
    )
    assert known.ppf([tail, 1 - tail]) == pytest.approx([2.0, 10.0], rel=1e-9)
    row = table([estimate], norm.ppf([tail, 1 - tail]), dtype=np.float64)[0]
    assert row == pytest.approx([2.0, 10.0], rel=1e-10)


def test_a_uniform_range_may_be_stated_by_quantiles() -> None:
    estimate = Estimate.uniform(3.0, 9.0, tail=0.1)
    assert sample(estimate, norm.ppf([0.1, 0.5, 0.9])) == pytest.approx([3.0, 6.0, 9.0])
    assert sample(estimate, np.array([-40.0, 40.0])) == pytest.approx([2.25, 9.75])


def test_three_points_may_be_other_quantiles() -> None:
    estimate = Estimate(100.0, low=80.0, high=150.0, tail=0.05)
    assert sample(estimate, norm.ppf([0.05, 0.5, 0.95])) == pytest.approx([80.0, 100.0, 150.0])
    assert table([estimate], norm.ppf([0.05, 0.5, 0.95]), dtype=np.float64)[0] == pytest.approx([80.0, 100.0, 150.0])


LIMITS = st.tuples(*[st.floats(-1e6, 1e6)] * 3).map(sorted)
ANY = st.one_of(
    LIMITS.map(lambda three: Estimate(three[1], low=three[0], high=three[2])),
    st.builds(lambda three, tail: Estimate.triangular(*three, tail=tail), LIMITS, st.sampled_from([0.0, 0.05, 0.1])),
    st.builds(lambda three, tail: Estimate.pert(*three, tail=tail), LIMITS, st.sampled_from([0.0, 0.05, 0.1])),
    st.builds(lambda three, tail: Estimate.uniform(three[0], three[2], tail=tail), LIMITS, st.sampled_from([0.0, 0.1])),
    st.builds(Estimate.normal, st.floats(-1e6, 1e6), st.floats(0, 1e6)),
    st.builds(Estimate.lognormal, st.floats(1e-3, 1e6), st.floats(0, 2)),
    st.builds(Estimate.empirical, st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6)),
    st.builds(Estimate, st.floats(-1e6, 1e6)),
)


@given(st.lists(ANY, max_size=8), st.booleans())
def test_quantiles_rise_and_are_those_of_each_estimate(estimates: list[Estimate], difference: bool) -> None:
    rows = table(estimates, difference=difference, dtype=np.float64)
    draw = sample_difference if difference else sample
    for estimate, row in zip(estimates, rows, strict=True):
        exact = draw(estimate, KNOTS)
        scale = max(1.0, float(np.abs(exact).max()))
        assert (np.diff(row) >= -1e-12 * scale).all()
        assert (np.diff(exact) >= -1e-12 * scale).all()
        if estimate.family not in STEPS:
            assert row == pytest.approx(exact, rel=1e-9, abs=1e-9 * scale)


@given(ANY, st.floats(1e-3, 1e3))
def test_scaling_an_estimate_scales_its_distribution(estimate: Estimate, factor: float) -> None:
    assert sample(estimate.scaled(factor), RISING) == pytest.approx(
        sample(estimate, RISING) * factor, rel=1e-9, abs=1e-6 * factor
    )


def test_a_certain_row_is_flat_and_no_rows_are_a_table_too() -> None:
    assert table([Estimate(3.0), Estimate.certain(4.0)], np.array([-1.0, 1.0])).tolist() == [[3.0, 3.0], [4.0, 4.0]]
    assert table([]).shape == (0, KNOTS.size)
