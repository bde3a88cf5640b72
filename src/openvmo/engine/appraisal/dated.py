"""Flows on dates: how long after the first they come, and their sums by month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from openvmo.engine.appraisal.cashflows import AppraisalError, Floats, as_cashflows
from openvmo.engine.quantities import Month, MonthlySeries

Dates: TypeAlias = Sequence[date] | Sequence[str] | NDArray[Any]
"""Days as dates, as text such as "2026-04-01", or as an array of `datetime64`."""
Days = NDArray[np.datetime64]


class DayCount(StrEnum):
    """How days become years."""

    ACTUAL_365 = "actual/365"
    ACTUAL_360 = "actual/360"
    THIRTY_360 = "30/360"


def as_dated(dates: Dates, amounts: ArrayLike) -> tuple[Days, Floats]:
    """The days and the amounts, an array of shape (..., dates), in the order of time; amounts of one day added up.

    Raises:
        AppraisalError: a date or an amount is missing or unreadable, or there are not as many dates as amounts.
    """
    flows = as_cashflows(amounts, "amounts")
    days = _as_days(dates)
    if days.ndim != 1 or days.size != flows.shape[-1]:
        message = f"there are {days.size} dates and {flows.shape[-1]} amounts: give one date for each amount"
        raise AppraisalError(message)
    order = np.argsort(days, kind="stable")
    days, flows = days[order], flows[..., order]
    is_new = np.concatenate([[True], days[1:] > days[:-1]])
    if is_new.all():
        return days, flows
    return days[is_new], np.add.reduceat(flows, np.flatnonzero(is_new), axis=-1)


def years_after_first(days: Days, day_count: DayCount | str = DayCount.ACTUAL_365) -> Floats:
    """Years from the first day to each day.

    Raises:
        AppraisalError: the day count is unknown.
    """
    match _as_day_count(day_count):
        case DayCount.ACTUAL_365:
            return _days_after_first(days) / 365
        case DayCount.ACTUAL_360:
            return _days_after_first(days) / 360
        case DayCount.THIRTY_360:
            return _thirty_days_months(days) / 360


def by_month(
    dates: Dates, amounts: ArrayLike, *, unit: str, start: Month | None = None, months: int | None = None
) -> MonthlySeries:
    """Dated amounts added up by calendar month, for the measures of monthly flows.

    Args:
        dates: days as dates, as text such as "2026-04-01", or as an array of `datetime64`, in any order.
        amounts: money in (positive) and out (negative), one a date.
        unit: what the amounts count, such as "GBP at 2026 prices".
        start: first month of the series; None takes the month of the first date.
        months: length of the series; None takes it to the month of the last date.

    Returns:
        One value a month; a month without a date holds 0, because nothing moves in it.

    Raises:
        AppraisalError: a date or an amount is missing, or a date lies outside the months asked for.

    >>> by_month(["2026-04-03", "2026-06-30", "2026-04-20"], [-80, 50, -20], unit="GBP").values.tolist()
    [-100.0, 0.0, 50.0]
    """
    days, flows = as_dated(dates, amounts)
    if flows.ndim != 1:
        message = "by_month takes one series of amounts; add up one series after the other"
        raise AppraisalError(message)
    number = days.astype("datetime64[M]").astype(np.int64)
    first = int(number[0]) if start is None else (start - Month(1970, 1))
    length = int(number[-1]) - first + 1 if months is None else months
    is_outside = (number < first) | (number >= first + length)
    if is_outside.any():
        message = f"{days[is_outside][0]} lies outside the {length} months asked for: begin earlier or take more months"
        raise AppraisalError(message)
    values = np.bincount(number - first, weights=flows, minlength=length)
    return MonthlySeries.of(Month(1970, 1) + first, values, unit)


def _as_days(dates: Dates) -> Days:
    try:
        days: Days = np.asarray(dates).astype("datetime64[D]")
    except (TypeError, ValueError) as error:
        message = f"a date cannot be read ({error}): give dates, or text such as 2026-04-01"
        raise AppraisalError(message) from error
    if days.size == 0 or np.isnat(days).any():
        message = "a date is missing: every amount needs the day on which it moves"
        raise AppraisalError(message)
    return days


def _as_day_count(day_count: DayCount | str) -> DayCount:
    try:
        return DayCount(day_count)
    except ValueError:
        message = f"a day count is one of {', '.join(DayCount)}, not {day_count!r}"
        raise AppraisalError(message) from None


def _days_after_first(days: Days) -> Floats:
    counted: Floats = (days - days[0]).astype(np.float64)
    return counted


def _thirty_days_months(days: Days) -> Floats:
    """Days after the first when every month has thirty, as bonds of the United States count them (30/360 SIA)."""
    month = days.astype("datetime64[M]")
    of_month = (days - month).astype(np.int64) + 1
    month_number = month.astype(np.int64)
    ends_month = (days + 1).astype("datetime64[M]") > month
    ends_february = ends_month & (month_number % 12 == 1)
    first = 30 if ends_february[0] else min(int(of_month[0]), 30)
    later = np.where(ends_february & ends_february[0], 30, of_month)
    later = np.where((later == 31) & (first == 30), 30, later)
    counted: Floats = (30 * (month_number - month_number[0]) + later - first).astype(np.float64)
    counted[0] = 0.0
    return counted
