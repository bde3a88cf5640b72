"""Estimates of every family: what they say, and what they refuse."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvmo.engine.quantities import Estimate, Family


def test_low_and_high_are_limits_or_quantiles() -> None:
    assert Estimate.pert(1, 2, 6) == Estimate(2, low=1, high=6, family=Family.PERT, tail=0.0)
    assert Estimate.triangular(1, 2, 6, tail=0.1) == Estimate(2, low=1, high=6, family=Family.TRIANGULAR)
    assert Estimate.uniform(2, 6).likely == 4.0


def test_outcomes_are_kept_in_order_and_give_the_quantiles() -> None:
    estimate = Estimate.discrete({300.0: 0.2, 0.0: 0.5, 100.0: 0.3})
    assert estimate.outcomes == ((0.0, 0.5), (100.0, 0.3), (300.0, 0.2))
    assert (estimate.low, estimate.likely, estimate.high) == (0.0, 0.0, 300.0)
    assert estimate.is_stated
    assert not estimate.is_certain


def test_observed_values_are_equally_likely() -> None:
    estimate = Estimate.empirical([8.0, 3.0, 5.0, 5.0])
    assert estimate.outcomes == ((3.0, 0.25), (5.0, 0.25), (5.0, 0.25), (8.0, 0.25))
    assert (estimate.low, estimate.likely, estimate.high) == (3.0, 5.0, 8.0)


def test_only_one_possible_value_is_certain() -> None:
    assert Estimate.certain(3.0).is_certain
    assert Estimate.discrete({3.0: 1.0}).is_certain
    assert not Estimate.discrete({0.0: 0.95, 100.0: 0.05}).is_certain
    assert not Estimate(3.0).is_certain


@pytest.mark.parametrize(
    ("stated", "problem"),
    [
        ({"low": 3.0, "high": 4.0}, "low, likely and high must rise"),
        ({"low": 1.0}, "give both low"),
        ({"family": Family.PERT}, "a pert estimate needs low and high; without them use three_point"),
        ({"low": 0.0, "high": 4.0, "family": Family.LOGNORMAL}, "a lognormal estimate is above zero"),
        ({"low": 1.0, "high": 9.0, "family": Family.LOGNORMAL}, "with low 1 and high 9 is 3, not 2"),
        ({"low": 1.0, "high": 9.0, "family": Family.NORMAL}, "with low 1 and high 9 is 5, not 2"),
        ({"low": 1.0, "high": 9.0, "family": Family.UNIFORM}, "is 5, not 2: write that, or use three_point"),
        ({"low": 1.0, "high": 9.0, "tail": 0.5}, "a chance from 1e-06 and below 0.5, such as 0.1"),
        ({"low": 1.0, "high": 9.0, "tail": 0.0}, "the tail of a three_point estimate"),
        ({"low": 1.0, "high": 9.0, "tail": 1e-300}, "the tail of a three_point estimate"),
        ({"low": 1.0, "high": 9.0, "tail": -0.1, "family": Family.PERT}, "0 for the limits"),
        ({"outcomes": ((2.0, 1.0),)}, "has no list of outcomes"),
        ({"family": Family.DISCRETE}, "needs its outcomes"),
        ({"family": Family.DISCRETE, "outcomes": ((2.0, 0.6), (3.0, 0.3))}, "add up to 0.9: make them add up to 1"),
        ({"family": Family.DISCRETE, "outcomes": ((2.0, 1.2),)}, "above 0 and at most 1"),
        ({"family": Family.DISCRETE, "outcomes": ((2.0, 0.5), (2.0, 0.5))}, "stands there twice"),
        ({"family": Family.EMPIRICAL, "outcomes": ((2.0, 0.6), (3.0, 0.4))}, "equally likely: use discrete"),
        ({"family": Family.EMPIRICAL, "outcomes": ((1.0, 0.5), (3.0, 0.5))}, "likely is 2 but follows"),
        ({"family": Family.EMPIRICAL, "outcomes": ((float("nan"), 1.0),)}, "finite numbers"),
    ],
)
def test_it_refuses(stated: dict[str, object], problem: str) -> None:
    with pytest.raises(ValueError, match=re.escape(problem)):
        Estimate(2.0, **stated)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "estimate",
    [
        Estimate(2.0),
        Estimate(2.0, low=1.0, high=4.0, tail=0.2),
        Estimate.pert(1, 2, 6, tail=0.1),
        Estimate.normal(100.0, 10.0),
        Estimate.lognormal(100.0, 0.5),
        Estimate.uniform(1, 2),
        Estimate.discrete({1.0: 0.5, 3.0: 0.5}),
        Estimate.empirical([1.0, 2.0]),
    ],
)
@given(factor=st.floats(1e-6, 1e6))
def test_a_scaled_estimate_is_of_the_same_family(estimate: Estimate, factor: float) -> None:
    scaled = estimate.scaled(factor)
    assert (scaled.family, scaled.tail) == (estimate.family, estimate.tail)
    assert scaled.likely == estimate.likely * factor
    assert scaled.outcomes == tuple((value * factor, chance) for value, chance in estimate.outcomes)


def test_nothing_of_an_estimate_is_certainly_nothing() -> None:
    assert Estimate.lognormal(100.0, 0.5).scaled(0.0) == Estimate.certain(0.0)
    assert Estimate(100.0).scaled(0.0) == Estimate(0.0)
