"""Discount rates that change with time."""

from __future__ import annotations

import numpy as np
import pytest

from openvmo.engine.quantities import AnnualRate, DiscountSchedule

STEPPED = DiscountSchedule("stepped", "Ten, then twenty-five per cent", ((0, 0.10), (3, 0.25)))


def test_it_chains_the_rates() -> None:
    assert STEPPED.factors(5) == pytest.approx(
        [1, 1 / 1.1, 1 / 1.1**2, 1 / 1.1**2 / 1.25, 1 / 1.1**2 / 1.25**2], rel=1e-15
    )


def test_its_monthly_form_reaches_the_same_factor_after_a_year() -> None:
    assert STEPPED.monthly.factors(61)[::12] == pytest.approx(STEPPED.factors(6), rel=1e-14)


def test_it_changes_at_the_end_of_the_year_before() -> None:
    at_half_years = STEPPED.factors_at([1.5, 2.0, 2.5])
    assert at_half_years == pytest.approx([1.1**-1.5, 1.1**-2, 1.1**-2 * 1.25**-0.5], rel=1e-15)


def test_a_flat_one_is_a_yearly_rate() -> None:
    assert DiscountSchedule.flat(0.035).monthly.factors(600) == pytest.approx(AnnualRate(0.035).factors(600), rel=1e-13)


def test_it_keeps_the_shape_of_the_times() -> None:
    assert STEPPED.factors_at(np.zeros((2, 3))).tolist() == [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]


@pytest.mark.parametrize(
    "bands", [(), ((1, 0.1),), ((0, 0.1), (0, 0.2)), ((0, 0.1), (1, 0.2)), ((0, 0.1), (31, 0.2), (9, 0.1))]
)
def test_it_refuses_bands_that_do_not_begin_at_once_and_rise(bands: tuple[tuple[int, float], ...]) -> None:
    with pytest.raises(ValueError, match="begin in year 0 and rise, such as 0, 31, 76"):
        DiscountSchedule("wrong", "Wrong", bands)


@pytest.mark.parametrize("rate", [-1.0, float("nan"), float("inf")])
def test_it_refuses_an_impossible_rate(rate: float) -> None:
    with pytest.raises(ValueError, match=r"the rate from year 31 is a share above -1, such as 0.035 for 3.5 %"):
        DiscountSchedule("wrong", "Wrong", ((0, 0.1), (31, rate)))


def test_it_refuses_a_year_without_periods() -> None:
    with pytest.raises(ValueError, match="a year has at least one period, not 0"):
        DiscountSchedule("wrong", "Wrong", ((0, 0.1),), periods_a_year=0)
