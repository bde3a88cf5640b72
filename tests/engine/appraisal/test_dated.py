"""Flows on dates: net present value, internal rate of return, monthly sums."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
import pyxirr

from openvmo.engine.appraisal import (
    AppraisalError,
    DayCount,
    NoRateError,
    SeveralRatesError,
    by_month,
    xirr,
    xirr_many,
    xnpv,
)
from openvmo.engine.appraisal.dated import as_dated, years_after_first
from openvmo.engine.quantities import DiscountSchedule, Month
from openvmo.engine.reference import discount_schedules

DATES = ["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"]
AMOUNTS = [-10_000.0, 2_750.0, 4_250.0, 3_250.0, 2_750.0]
YEAR = ["2025-01-01", "2026-01-01"]


def test_xnpv_reproduces_its_page() -> None:
    assert xnpv(0.09, DATES, AMOUNTS) == pytest.approx(2086.647602, abs=1e-6)


def test_xirr_reproduces_its_page() -> None:
    assert xirr(DATES, AMOUNTS) == pytest.approx(0.373362535, abs=1e-8)


def test_dates_may_be_dates_or_text_or_an_array() -> None:
    as_objects = [date.fromisoformat(text) for text in DATES]
    assert xnpv(0.09, as_objects, AMOUNTS) == xnpv(0.09, DATES, AMOUNTS)
    assert xnpv(0.09, np.array(DATES, dtype="datetime64[D]"), AMOUNTS) == xnpv(0.09, DATES, AMOUNTS)


def test_the_order_of_dates_does_not_matter() -> None:
    assert xnpv(0.09, DATES[::-1], AMOUNTS[::-1]) == xnpv(0.09, DATES, AMOUNTS)
    assert xirr(DATES[::-1], AMOUNTS[::-1]) == xirr(DATES, AMOUNTS)


def test_amounts_of_one_day_are_added_up() -> None:
    days, flows = as_dated(["2026-02-01", "2026-01-01", "2026-02-01"], [[3.0, -5.0, 4.0], [1.0, 0.0, 1.0]])
    assert days.tolist() == [date(2026, 1, 1), date(2026, 2, 1)]
    assert flows.tolist() == [[-5.0, 7.0], [0.0, 2.0]]


def test_they_take_many_series_on_the_same_dates() -> None:
    assert xnpv(0.25, YEAR, np.array([[-100.0, 125.0], [0.0, 250.0]])) == pytest.approx([0.0, 200.0], abs=1e-12)
    many = xirr_many(YEAR, [[-100, 110], [100, 110], [-100, 90]])
    assert many.counts.tolist() == [1, 0, 1]
    assert many.rates == pytest.approx([0.1, np.nan, -0.1], rel=1e-12, nan_ok=True)


def test_xnpv_takes_a_schedule_of_rates() -> None:
    health = discount_schedules()["green_book_health"]
    days = [date(2026, 1, 1), date(2026, 1, 1) + timedelta(days=365 * 40)]
    assert xnpv(health, days, [0.0, 1_000.0]) == pytest.approx(1_000 / 1.015**30 / 1.0129**10, rel=1e-14)
    assert xnpv(DiscountSchedule.flat(0.09), DATES, AMOUNTS) == pytest.approx(xnpv(0.09, DATES, AMOUNTS), rel=1e-12)


def test_xirr_names_every_rate() -> None:
    with pytest.raises(SeveralRatesError) as refusal:
        xirr([*YEAR, "2027-01-01"], [-100, 230, -132])
    assert refusal.value.rates == pytest.approx((0.1, 0.2), rel=1e-9)


@pytest.mark.parametrize("amounts", [[1.0, 2.0], [-1.0, -2.0], [0.0, 0.0]])
def test_xirr_says_when_there_is_no_rate(amounts: list[float]) -> None:
    with pytest.raises(NoRateError, match="no rate brings the net present value to zero"):
        xirr(YEAR, amounts)


def test_xirr_has_no_rate_within_one_day() -> None:
    with pytest.raises(NoRateError, match="no rate brings the net present value to zero"):
        xirr(["2026-01-01", "2026-01-01"], [-100.0, 110.0])


def test_xirr_finds_the_rate_of_two_days() -> None:
    assert xirr(["2026-01-01", "2026-01-02"], [-1_000.0, 1_010.0]) == pytest.approx(1.01**365 - 1, rel=1e-10)


def test_they_agree_with_another_library_on_many_series() -> None:
    random = np.random.default_rng(4)
    days = [date(2024, 1, 1) + timedelta(days=int(day)) for day in np.cumsum(random.integers(1, 60, 40))]
    amounts = np.hstack([-random.uniform(50, 500, (300, 1)), random.uniform(0, 40, (300, 39))])
    expected = [pyxirr.xirr(days, list(row)) for row in amounts]
    assert xirr_many(days, amounts).rates == pytest.approx(expected, rel=1e-6, abs=1e-9)
    values = [pyxirr.xnpv(0.07, days, list(row)) for row in amounts]
    assert xnpv(0.07, days, amounts) == pytest.approx(values, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("day_count", "theirs"),
    [
        (DayCount.ACTUAL_365, pyxirr.DayCount.ACT_365F),
        (DayCount.ACTUAL_360, pyxirr.DayCount.ACT_360),
        (DayCount.THIRTY_360, pyxirr.DayCount.THIRTY_U_360),
    ],
)
@pytest.mark.parametrize(
    "first", [date(2023, 1, 30), date(2023, 1, 31), date(2023, 2, 28), date(2024, 2, 28), date(2024, 2, 29)]
)
def test_day_counts_are_those_of_another_library(day_count: DayCount, theirs: pyxirr.DayCount, first: date) -> None:
    days = [first + timedelta(days=day) for day in range(800)]
    expected = [pyxirr.year_fraction(first, day, theirs) for day in days]
    assert years_after_first(np.array(days, dtype="datetime64[D]"), day_count) == pytest.approx(expected, abs=1e-12)


def test_by_month_adds_up_the_amounts_of_a_month() -> None:
    series = by_month(["2026-04-03", "2026-06-30", "2026-04-20"], [-80, 50, -20], unit="GBP")
    assert (series.start, series.values.tolist(), series.unit) == (Month(2026, 4), [-100.0, 0.0, 50.0], "GBP")


def test_by_month_takes_the_months_asked_for() -> None:
    series = by_month(["2026-04-03"], [-80], unit="GBP", start=Month(2026, 3), months=4)
    assert (series.start, series.values.tolist()) == (Month(2026, 3), [0.0, -80.0, 0.0, 0.0])


@pytest.mark.parametrize(("start", "months"), [(Month(2026, 5), 3), (Month(2026, 1), 3)])
def test_by_month_loses_no_amount(start: Month, months: int) -> None:
    with pytest.raises(
        AppraisalError, match="2026-04-03 lies outside the 3 months asked for: begin earlier or take more"
    ):
        by_month(["2026-04-03"], [-80], unit="GBP", start=start, months=months)


@pytest.mark.parametrize(
    ("dates", "amounts", "problem"),
    [
        (YEAR, [1.0], "there are 2 dates and 1 amounts: give one date for each amount"),
        ([], [], "amounts are a series with at least one period; give a list of numbers"),
        (["2026-01-01", None], [1.0, 2.0], "a date"),
        (["2026-01-01", "NaT"], [1.0, 2.0], "a date is missing: every amount needs the day on which it moves"),
        (["2026-01-01", "2026-13-01"], [1.0, 2.0], "a date cannot be read"),
        (["2026-01-01", "soon"], [1.0, 2.0], "a date cannot be read"),
        (YEAR, [1.0, float("nan")], "amounts: the flow at t = 1 is missing or infinite"),
    ],
)
def test_they_say_what_they_cannot_take(dates: list[str], amounts: list[float], problem: str) -> None:
    with pytest.raises(AppraisalError) as refusal:
        xnpv(0.1, dates, amounts)
    assert str(refusal.value).startswith(problem)


def test_they_refuse_tables_and_unknown_day_counts() -> None:
    with pytest.raises(AppraisalError, match="use xirr_many"):
        xirr(YEAR, np.ones((2, 2)))
    with pytest.raises(AppraisalError, match=r"series, dates"):
        xirr_many(YEAR, np.ones(2))
    with pytest.raises(AppraisalError, match="by_month takes one series"):
        by_month(YEAR, np.ones((2, 2)), unit="GBP")
    with pytest.raises(AppraisalError, match=r"a day count is one of actual/365, actual/360, 30/360, not 'weeks'"):
        xnpv(0.1, YEAR, [1.0, 2.0], day_count="weeks")
    with pytest.raises(AppraisalError, match="a discount rate is a share above -1"):
        xnpv(-1.0, YEAR, [1.0, 2.0])
