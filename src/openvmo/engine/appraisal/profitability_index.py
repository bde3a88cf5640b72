"""Profitability index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

from numpy.typing import NDArray

from openvmo.engine.appraisal.bcr import divide
from openvmo.engine.appraisal.cashflows import Rate, as_pair
from openvmo.engine.appraisal.npv import npv_kernel
from openvmo.engine.quantities import DiscountSchedule


@overload
def profitability_index(
    rate: float | DiscountSchedule, returns: Sequence[float], investment: Sequence[float]
) -> float: ...
@overload
def profitability_index(
    rate: Rate, returns: Sequence[float] | NDArray[Any], investment: Sequence[float] | NDArray[Any]
) -> Any: ...
def profitability_index(rate: Rate, returns: Any, investment: Any) -> Any:
    """Present value of what an investment returns over that of the money invested.

    Args:
        rate: discount rate a period, a share; an array of rates, one a series; or a schedule of rates.
        returns: what comes back, benefits less running costs, one a period from t = 0; one series, or an array of
            shape (..., periods).
        investment: the money invested, positive, in the same form.

    Returns:
        Above 1 the net present value is above zero. A float for one series, an array of shape (...) for many, NaN where
        nothing is invested.

    Raises:
        AppraisalError: a value is missing, the periods differ, the rate is -100 % or less, or nothing is invested in
            one series.

    The benefit-cost ratio has all costs below the line; here only the money that is scarce, the capital, stands there.

    Source: Brealey, Myers and Allen, Principles of Corporate Finance, choosing investments when resources are limited.

    >>> profitability_index(0.25, [0, 125, 125], [150, 0, 0])
    1.2
    """
    inflow, outlay = as_pair(returns, investment, ("returns", "investment"))
    return divide(npv_kernel(rate, inflow), npv_kernel(rate, outlay))
