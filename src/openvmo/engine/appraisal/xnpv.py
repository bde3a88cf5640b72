"""Net present value of dated flows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.appraisal.cashflows import Floats, Rate, as_rates, as_result, total
from openvmo.engine.appraisal.dated import Dates, DayCount, as_dated, years_after_first
from openvmo.engine.quantities import DiscountSchedule


@overload
def xnpv(
    rate: float | DiscountSchedule, dates: Dates, amounts: Sequence[float], *, day_count: DayCount | str = ...
) -> float: ...
@overload
def xnpv(
    rate: Rate, dates: Dates, amounts: Sequence[float] | NDArray[Any], *, day_count: DayCount | str = ...
) -> Any: ...
def xnpv(rate: Rate, dates: Dates, amounts: Any, *, day_count: DayCount | str = DayCount.ACTUAL_365) -> Any:
    """Present value, on the earliest of the dates, of amounts that move on dates.

    Args:
        rate: discount rate a year, a share; an array of such rates, one a series; or a schedule of yearly rates.
        dates: days as dates, as text such as "2026-04-01", or as an array of `datetime64`, in any order; several
            amounts may move on one day.
        amounts: money in (positive) and out (negative), one a date; or an array of shape (..., dates) of series that
            share the dates.
        day_count: how days become years: "actual/365" as in spreadsheets, "actual/360", or "30/360".

    Returns:
        A float for one series, an array of shape (...) for many.

    Raises:
        AppraisalError: a date or an amount is missing, their numbers differ, or the rate is -100 % or less.

    Source: the convention of XNPV in spreadsheets: amounts over (1 + rate) to the power of days / 365.

    >>> dates = ["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"]
    >>> round(xnpv(0.09, dates, [-10_000, 2_750, 4_250, 3_250, 2_750]), 2)
    2086.65
    """
    days, flows = as_dated(dates, amounts)
    return as_result(total(flows, _factors(rate, years_after_first(days, day_count))))


def _factors(rate: Rate, years: Floats) -> Floats:
    if isinstance(rate, DiscountSchedule):
        return rate.factors_at(years)
    factors: Floats = np.exp(-np.log1p(as_rates(rate))[..., None] * years)
    return factors
