"""Internal rate of return."""

from __future__ import annotations

import numpy as np
import pytest
import pyxirr

from openvmo.engine.appraisal import AppraisalError, NoRateError, SeveralRatesError, irr, irr_many, npv


def test_it_reproduces_the_page() -> None:
    assert irr([-70_000, 12_000, 15_000, 18_000, 21_000, 26_000]) == pytest.approx(0.0866309480, abs=1e-10)


def test_it_finds_the_rate_of_one_year() -> None:
    assert irr([-100, 125]) == pytest.approx(0.25, rel=1e-14)


def test_it_takes_a_loan_as_well_as_an_investment() -> None:
    assert irr([100, -125]) == pytest.approx(0.25, rel=1e-14)


def test_it_finds_negative_rates() -> None:
    assert irr([-100, 0, 0, 74]) == pytest.approx(0.74 ** (1 / 3) - 1, rel=1e-12)


def test_it_names_every_rate_when_there_are_several() -> None:
    with pytest.raises(SeveralRatesError) as refusal:
        irr([-100, 230, -132])
    assert refusal.value.rates == pytest.approx((0.1, 0.2), rel=1e-9)
    assert str(refusal.value) == (
        "2 rates bring the net present value to zero (10.0000%, 20.0000%), because the flows change sign "
        "more than once: compare by net present value instead."
    )


def test_it_finds_a_single_rate_behind_several_changes_of_sign() -> None:
    assert irr([-100, 60, -10, 90]) == pytest.approx(pyxirr.irr([-100, 60, -10, 90]), rel=1e-9)


@pytest.mark.parametrize("flows", [[1, 2, 3], [-1, -2, -3], [0, 0], [-100, 50, -100], [5]])
def test_it_says_when_there_is_no_rate(flows: list[float]) -> None:
    with pytest.raises(NoRateError, match="no rate brings the net present value to zero"):
        irr(flows)


def test_zeros_around_the_flows_change_nothing() -> None:
    assert irr([0, 0, -100, 39, 59, 55, 20, 0, 0]) == pytest.approx(irr([-100, 39, 59, 55, 20]), rel=1e-12)


def test_it_counts_the_rates_of_many_series() -> None:
    many = irr_many([[-100, 110, 0], [100, 110, 0], [-100, 230, -132]])
    assert many.counts.tolist() == [1, 0, 2]
    assert many.rates[0] == pytest.approx(0.1)
    assert np.isnan(many.rates[1:]).all()


def test_it_agrees_with_another_library_on_many_series() -> None:
    random = np.random.default_rng(2)
    flows = np.hstack([-random.uniform(50, 500, (500, 1)), random.uniform(0, 40, (500, 40))])
    expected = [pyxirr.irr(list(row)) for row in flows]
    assert irr_many(flows).rates == pytest.approx(expected, abs=1e-9)


def test_it_settles_on_long_monthly_series() -> None:
    flows = np.zeros(480)
    flows[:36], flows[60:] = -100.0, 20.0
    assert npv(irr(flows), flows) == pytest.approx(0.0, abs=1e-7)


def test_it_sends_tables_to_the_other_function() -> None:
    with pytest.raises(AppraisalError, match="use irr_many"):
        irr(np.ones((2, 2)))
    with pytest.raises(AppraisalError, match="series, periods"):
        irr_many([1.0, 2.0])
