"""What holds for every series of cash flows."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
import pyxirr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from openvmo.engine.appraisal import (
    NoRateError,
    SeveralRatesError,
    bcr,
    cost_of_delay,
    equivalent_annuity,
    expected_commercial_value,
    irr,
    irr_many,
    mirr,
    npv,
    payback,
    profitability_index,
    roi,
    xirr,
    xirr_many,
    xnpv,
)
from openvmo.engine.quantities import DiscountSchedule
from openvmo.engine.reference import discount_schedules

RATES = st.floats(-0.5, 1.0)
FLOWS = arrays(np.float64, 12, elements=st.floats(-1e6, 1e6))
GAINS = arrays(np.float64, 12, elements=st.floats(1.0, 1e6))
# One outlay, then income: these have exactly one rate of return.
INVESTMENTS = st.builds(lambda outlay, income: np.array([-outlay, *income]), st.floats(10.0, 1e6), GAINS)
DATES = st.lists(st.integers(365, 20_000), min_size=12, max_size=12, unique=True).map(
    lambda days: [date(2020, 1, 1), *(date(2020, 1, 1) + timedelta(days=day) for day in sorted(days))]
)
WHOLE_FLOWS = st.lists(st.integers(-9, 9).map(float), min_size=2, max_size=8)
SCHEDULES = st.sampled_from(list(discount_schedules().values()))


def every_rate_of(flows: np.ndarray) -> tuple[float, ...]:
    """All rates that a series has."""
    try:
        return (irr(flows),)
    except NoRateError:
        return ()
    except SeveralRatesError as several:
        return several.rates


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
    assert npv(0.0, flows) == pytest.approx(flows.sum(), abs=1e-14 * np.abs(flows).sum())


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


@given(RATES, FLOWS)
def test_npv_is_that_of_another_library(rate: float, flows: np.ndarray) -> None:
    assert npv(rate, flows) == pytest.approx(
        pyxirr.npv(rate, list(flows)), abs=1e-12 * npv(rate, np.abs(flows)) + 1e-300
    )


@given(INVESTMENTS)
def test_the_internal_rate_is_that_of_another_library(flows: np.ndarray) -> None:
    assert irr(flows) == pytest.approx(pyxirr.irr(list(flows)), rel=1e-6, abs=1e-7)


@given(INVESTMENTS, DATES)
def test_the_rate_of_dated_flows_breaks_even(flows: np.ndarray, dates: list[date]) -> None:
    rate = xirr(dates, flows)
    assert xnpv(rate, dates, flows) == pytest.approx(0.0, abs=1e-9 * xnpv(rate, dates, np.abs(flows)))
    assert xirr_many(dates, flows[None, :]).rates.tolist() == [rate]


@given(st.floats(-0.3, 1.0), FLOWS, DATES)
def test_the_value_of_dated_flows_is_that_of_another_library(rate: float, flows: np.ndarray, dates: list[date]) -> None:
    gross = xnpv(rate, dates[:12], np.abs(flows))
    assert xnpv(rate, dates[:12], flows) == pytest.approx(
        pyxirr.xnpv(rate, dates[:12], list(flows)), abs=1e-10 * gross + 1e-300
    )


@given(RATES, FLOWS)
def test_dates_a_year_apart_are_periods(rate: float, flows: np.ndarray) -> None:
    dates = [date(2021, 1, 1) + timedelta(days=365 * year) for year in range(12)]
    tolerance = 1e-12 * npv(rate, np.abs(flows)) + 1e-300
    assert xnpv(rate, dates, flows) == pytest.approx(npv(rate, flows), abs=tolerance)


@given(WHOLE_FLOWS)
def test_every_rate_breaks_even_and_none_is_left_out(flows: list[float]) -> None:
    rates = every_rate_of(np.array(flows))
    for rate in rates:
        years = np.arange(len(flows)) if rate >= 0 else np.arange(len(flows)) - len(flows) + 1
        weights = np.exp(-np.log1p(rate) * years)
        assert abs(weights @ flows) <= 1e-6 * (weights @ np.abs(flows))
    # By Descartes' rule the number of rates has the parity of the changes of sign, counted with multiplicity.
    signs = [flow for flow in flows if flow]
    changes = sum(first * second < 0 for first, second in pairwise(signs))
    assert len(rates) <= changes
    assert changes % 2 == 0 or rates


@given(WHOLE_FLOWS)
def test_turning_money_in_to_money_out_keeps_every_rate(flows: list[float]) -> None:
    assert every_rate_of(-np.array(flows)) == pytest.approx(every_rate_of(np.array(flows)), rel=1e-9, abs=1e-12)


@given(INVESTMENTS, st.floats(0.0, 0.5))
def test_the_modified_rate_lies_between_reinvestment_and_internal_rate(flows: np.ndarray, reinvest: float) -> None:
    modified, internal = mirr(flows, finance_rate=0.1, reinvest_rate=reinvest), irr(flows)
    assert min(reinvest, internal) - 1e-9 <= modified <= max(reinvest, internal) + 1e-9


@given(RATES, FLOWS)
def test_the_annuity_is_worth_as_much(rate: float, flows: np.ndarray) -> None:
    even = np.full(12, equivalent_annuity(rate, flows))
    even[0] = 0.0
    assert npv(rate, even) == pytest.approx(npv(rate, flows), abs=1e-12 * npv(rate, np.abs(flows)) + 1e-300)


@given(RATES, FLOWS, st.integers(0, 12), st.integers(0, 12))
def test_delays_add_up(rate: float, flows: np.ndarray, first: int, second: int) -> None:
    delayed = np.zeros(12)
    delayed[first:] = flows[: 12 - first]
    together = cost_of_delay(rate, flows, periods=first) + cost_of_delay(rate, delayed, periods=second)
    tolerance = 1e-12 * npv(rate, np.abs(flows)) * 3 * max(1.0, (1 + rate) ** -12) + 1e-300
    assert cost_of_delay(rate, flows, periods=first + second) == pytest.approx(together, abs=tolerance)


@given(GAINS, st.floats(0.0, 0.5))
def test_waiting_for_gains_never_pays(gains: np.ndarray, rate: float) -> None:
    assert cost_of_delay(rate, gains) > 0


@given(RATES, GAINS, GAINS)
def test_the_index_is_the_ratio_when_all_cost_is_capital(rate: float, benefits: np.ndarray, costs: np.ndarray) -> None:
    assert profitability_index(rate, benefits, costs) == bcr(rate, benefits, costs)


@given(SCHEDULES, FLOWS)
def test_a_declining_schedule_never_makes_gains_worth_less(schedule: DiscountSchedule, flows: np.ndarray) -> None:
    gains, first_rate = np.resize(np.abs(flows), 400), schedule.bands[0][1]
    assert npv(schedule, gains) >= npv(first_rate, gains) * (1 - 1e-12)


@given(st.floats(0.0, 1e6), st.lists(st.tuples(st.floats(0.0, 1e4), st.floats(0.0, 1.0)), min_size=1, max_size=5))
def test_stages_that_must_succeed_never_add_value(value: float, stages: list[tuple[float, float]]) -> None:
    costs, chances = zip(*stages, strict=True)
    assert expected_commercial_value(value, costs, chances) <= value * np.prod(chances) + 1e-6
