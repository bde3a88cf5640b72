"""Internal rate of return of dated flows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.appraisal.cashflows import AppraisalError, Floats
from openvmo.engine.appraisal.dated import Dates, DayCount, as_dated, years_after_first
from openvmo.engine.appraisal.every_rate import FARTHEST_DOWN
from openvmo.engine.appraisal.irr import SETTLED, Rates, first_guesses, only_rate, rates_of, settled


def xirr(
    dates: Dates, amounts: Sequence[float] | NDArray[Any], *, day_count: DayCount | str = DayCount.ACTUAL_365
) -> float:
    """The rate a year at which the present value of amounts that move on dates is zero.

    Args:
        dates: days as dates, as text such as "2026-04-01", or as an array of `datetime64`, in any order; several
            amounts may move on one day.
        amounts: money in (positive) and out (negative), one a date.
        day_count: how days become years: "actual/365" as in spreadsheets, "actual/360", or "30/360".

    Returns:
        The rate a year, a share.

    Raises:
        NoRateError: no rate above -100 % does it, as when all amounts have one sign or move on one day.
        SeveralRatesError: several rates do; it names every one of them.
        AppraisalError: a date or an amount is missing, or their numbers differ.

    Source: the convention of XIRR in spreadsheets, which give one of several rates without saying so.

    >>> dates = ["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"]
    >>> round(xirr(dates, [-10_000, 2_750, 4_250, 3_250, 2_750]), 6)
    0.373363
    """
    days, flows = as_dated(dates, amounts)
    if flows.ndim != 1:
        message = "xirr takes one series; use xirr_many for an array of shape (series, dates)"
        raise AppraisalError(message)
    return only_rate(years_after_first(days, day_count), flows, _by_time)


def xirr_many(
    dates: Dates, amounts: Sequence[Sequence[float]] | NDArray[Any], *, day_count: DayCount | str = DayCount.ACTUAL_365
) -> Rates:
    """The internal rate a year of each of many series that share their dates.

    Args:
        dates: as for `xirr`.
        amounts: array of shape (series, dates).
        day_count: as for `xirr`.

    Returns:
        The rates, NaN where a series has none or several, and how many it has.

    Raises:
        AppraisalError: a date or an amount is missing, their numbers differ, or the array is not two-dimensional.

    >>> xirr_many(["2025-01-01", "2026-01-01"], [[-100, 110], [100, 110]]).counts.tolist()
    [1, 0]
    """
    days, flows = as_dated(dates, amounts)
    if flows.ndim != 2:
        message = f"xirr_many takes an array of shape (series, dates), not {flows.shape}"
        raise AppraisalError(message)
    return rates_of(years_after_first(days, day_count), flows, _by_time)


def _by_time(times: Floats, columns: Floats) -> Floats:
    """Halley's method in x = log(1 + r), where the present value is a sum of exponentials."""

    def step_in_log(flows: Floats, logs: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        value, slope, bend = _sums(times, flows, logs)
        step = 2 * value * slope / (2 * slope * slope - value * bend)
        return step, np.maximum(np.abs(step), np.abs(value / slope)) <= SETTLED

    with np.errstate(all="ignore"):
        logs = settled(columns, first_guesses(times, columns), step_in_log)
        # A rate that would read -100 % is none.
        rates: Floats = np.where(logs > -FARTHEST_DOWN, np.expm1(logs), np.nan)
    return rates


def _sums(times: Floats, flows: Floats, logs: Floats) -> tuple[Floats, Floats, Floats]:
    """Value, first and second derivative of the sum of flows times exp(-t * x)."""
    present = np.multiply.outer(-times, logs)
    np.exp(present, out=present)
    present *= flows
    value, slope, bend = np.zeros_like(logs), np.zeros_like(logs), np.zeros_like(logs)
    for time, flow in zip(times, present, strict=True):
        timed = time * flow
        value += flow
        slope -= timed
        bend += time * timed
    return value, slope, bend
