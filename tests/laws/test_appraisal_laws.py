"""What holds for every series of cash flows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from openvmo.engine.appraisal import bcr, irr, irr_many, npv, payback, roi

RATES = st.floats(-0.5, 1.0)
FLOWS = arrays(np.float64, 12, elements=st.floats(-1e6, 1e6))
GAINS = arrays(np.float64, 12, elements=st.floats(1.0, 1e6))
# One outlay, then income: these have exactly one rate of return.
INVESTMENTS = st.builds(lambda outlay, income: np.array([-outlay, *income]), st.floats(10.0, 1e6), GAINS)


@given(RATES, FLOWS, FLOWS)
def test_npv_is_additive(rate: float, first: np.ndarray, second: np.ndarray) -> None:
    parts = npv(rate, first) + npv(rate, second)
    tolerance = 1e-12 * npv(rate, np.abs(first) + np.abs(second))
    assert npv(rate, first + second) == pytest.approx(parts, abs=tolerance)


@given(RATES, FLOWS)
def test_a_period_of_waiting_costs_one_period_of_discount(rate: float, flows: np.ndarray) -> None:
    tolerance = 1e-12 * npv(rate, np.abs(flows)) / (1 + rate)
    assert npv(rate, np.array([0.0, *flows])) == pytest.approx(npv(rate, flows) / (1 + rate), abs=tolerance)


@given(FLOWS)
def test_npv_without_discount_is_the_sum(flows: np.ndarray) -> None:
    assert npv(0.0, flows) == pytest.approx(flows.sum(), abs=1e-9)


@given(INVESTMENTS)
def test_the_internal_rate_breaks_even(flows: np.ndarray) -> None:
    rate = irr(flows)
    assert npv(rate, flows) == pytest.approx(0.0, abs=1e-7 * npv(rate, np.abs(flows)))


@given(INVESTMENTS, st.floats(0.01, 100.0))
def test_the_internal_rate_does_not_depend_on_size(flows: np.ndarray, factor: float) -> None:
    assert irr(flows * factor) == pytest.approx(irr(flows), rel=1e-6, abs=1e-9)


@given(st.lists(INVESTMENTS, min_size=1, max_size=5))
def test_many_series_have_the_rates_of_each(series: list[np.ndarray]) -> None:
    many = irr_many(np.array(series))
    assert many.counts.tolist() == [1] * len(series)
    assert many.rates == pytest.approx([irr(flows) for flows in series], rel=1e-9)


@given(GAINS, GAINS)
def test_undiscounted_ratios_differ_by_one(benefits: np.ndarray, costs: np.ndarray) -> None:
    assert bcr(0.0, benefits, costs) - 1 == pytest.approx(roi(benefits, costs), rel=1e-9, abs=1e-9)


@given(INVESTMENTS, st.floats(0.0, 0.5))
def test_discounting_never_shortens_payback(flows: np.ndarray, rate: float) -> None:
    simple, discounted = payback(flows), payback(flows, rate=rate)
    assert discounted is None or (simple is not None and simple <= discounted + 1e-9)
