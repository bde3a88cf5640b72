"""A curve passes through its quantiles, goes on beyond them, and knows its mean."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from openvmo.engine.reference import Curve, Split

LOGNORMAL = Curve((0.1, 0.5, 0.9), tuple(math.exp(0.3 * norm.ppf(level)) for level in (0.1, 0.5, 0.9)))


@st.composite
def curves(draw: st.DrawFn) -> Curve:
    """Curves of two to eight quantiles, some of which start at nought."""
    size = draw(st.integers(2, 8))
    levels = draw(st.lists(st.integers(1, 9), min_size=size, max_size=size, unique=True))
    values = draw(st.lists(st.just(0.0) | st.floats(0.05, 5), min_size=size, max_size=size))
    return Curve(tuple(level / 10 for level in sorted(levels)), tuple(sorted(values)))


@given(curves())
def test_it_passes_through_its_quantiles(curve: Curve) -> None:
    assert [curve.quantile(level) for level in curve.probabilities] == pytest.approx(curve.values)


@given(curves())
def test_it_never_falls(curve: Curve) -> None:
    factors = curve.factors(np.linspace(-5, 5, 501))
    assert (np.diff(factors) >= -1e-12 * factors[-1]).all()
    assert (factors >= 0).all()


def test_its_mean_is_the_integral_of_its_quantiles() -> None:
    curve = Curve((0.05, 0.3, 0.5, 0.9), (0.6, 0.95, 1.0, 1.8))

    def weighted(score: float) -> float:
        return float(curve.factors(np.array([score]))[0] * norm.pdf(score))

    knots = [-9.0, *(float(score) for score in curve.scores), 9.0]
    by_integration = sum(quad(weighted, a, b)[0] for a, b in itertools.pairwise(knots))
    assert curve.mean == pytest.approx(by_integration, rel=1e-9)


def test_beyond_its_ends_it_goes_on_as_the_lognormal_through_them() -> None:
    scores = norm.ppf([0.01, 0.1, 0.9, 0.99])
    assert LOGNORMAL.factors(scores) == pytest.approx(np.exp(0.3 * scores))


def test_it_is_flat_beyond_its_ends_where_some_outcomes_are_nought() -> None:
    assert Curve((0.2, 0.8), (0.0, 1.0)).factors(np.array([-3.0, 3.0])).tolist() == [0.0, 1.0]


def test_a_curve_of_one_height_has_no_spread() -> None:
    curve = Curve((0.1, 0.9), (1.2, 1.2))
    assert not curve.has_spread
    assert curve.mean == pytest.approx(1.2)


@pytest.mark.parametrize(
    ("levels", "values"),
    [
        ((0.5,), (1.0,)),
        ((0.1, 0.9), (1.0,)),
        ((0.1, 0.9), (1.2, 1.0)),
        ((0.1, 0.9), (-0.1, 1.0)),
        ((0.1, 0.9), (1.0, math.inf)),
        ((0.9, 0.1), (1.0, 1.2)),
        ((0.0, 0.9), (1.0, 1.2)),
        ((0.1, 1.0), (1.0, 1.2)),
    ],
)
def test_it_refuses_what_is_no_curve(levels: tuple[float, ...], values: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="a curve needs"):
        Curve(levels, values)


@pytest.mark.parametrize("figures", [(1.2, 0.0, 2.0), (1.2, 0.5, 3.0), (3.0, 0.1, 2.0)])
def test_two_outcomes_must_lie_on_either_side(figures: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="do not make a distribution"):
        Split(*figures)


@pytest.mark.parametrize("probability", [0.0, 1.0, 1.2, math.nan])
def test_a_quantile_needs_a_probability(probability: float) -> None:
    with pytest.raises(ValueError, match="a probability lies between 0 and 1"):
        LOGNORMAL.quantile(probability)
