"""Modified internal rate of return."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.appraisal.cashflows import (
    AppraisalError,
    Floats,
    Rate,
    as_cashflows,
    as_result,
    discount_factors,
    total,
)
from openvmo.engine.quantities import DiscountSchedule


@overload
def mirr(
    cashflows: Sequence[float], *, finance_rate: float | DiscountSchedule, reinvest_rate: float | DiscountSchedule
) -> float: ...
@overload
def mirr(cashflows: Sequence[float] | NDArray[Any], *, finance_rate: Rate, reinvest_rate: Rate) -> Any: ...
def mirr(cashflows: Any, *, finance_rate: Rate, reinvest_rate: Rate) -> Any:
    """The rate a period that turns the money paid in into the money at the end, with rates for both stated.

    Args:
        cashflows: money in (positive) and out (negative), one a period from t = 0 to the end of the life; one series,
            or an array of shape (..., periods). A last flow of 0 still counts as a period.
        finance_rate: rate a period at which money that goes out is brought back to t = 0.
        reinvest_rate: rate a period at which money that comes in grows until the last period.

    Returns:
        The rate a period, a share. A float for one series, an array of shape (...) for many, NaN for a series that has
        no flow out or none in. There is never more than one.

    Raises:
        AppraisalError: one series has no flow out or none in; there are fewer than two periods; a flow is missing, or
            a rate is -100 % or less.

    Source: Brealey, Myers and Allen, Principles of Corporate Finance, the modified internal rate of return; the same
    convention as MIRR in spreadsheets.

    >>> flows = [-120_000, 39_000, 30_000, 21_000, 37_000, 46_000]
    >>> round(mirr(flows, finance_rate=0.10, reinvest_rate=0.12), 6)
    0.126094
    """
    flows = as_cashflows(cashflows)
    if flows.shape[-1] < 2:
        message = "a rate needs at least one period after t = 0; give two flows or more"
        raise AppraisalError(message)
    rates = mirr_kernel(flows, finance_rate, reinvest_rate)
    if rates.ndim == 0 and np.isnan(rates):
        message = (
            "money must both go out and come in for a modified internal rate of return: check the signs of the flows"
        )
        raise AppraisalError(message)
    return as_result(rates)


def mirr_kernel(cashflows: Floats, finance_rate: Rate, reinvest_rate: Rate) -> Floats:
    """The modified rate along the last axis, NaN without a flow out or a flow in."""
    periods = cashflows.shape[-1]
    growth = discount_factors(reinvest_rate, periods)
    at_the_end = total(np.maximum(cashflows, 0.0), growth) / growth[..., -1]
    at_the_start = total(np.maximum(-cashflows, 0.0), discount_factors(finance_rate, periods))
    is_defined = (at_the_end > 0) & (at_the_start > 0)
    grown = np.divide(at_the_end, at_the_start, out=np.full(is_defined.shape, np.nan), where=is_defined)
    return np.asarray(grown ** (1 / (periods - 1)) - 1)
