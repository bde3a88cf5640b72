"""Net present value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

from numpy.typing import NDArray

from openvmo.engine.appraisal.cashflows import Floats, Rate, as_cashflows, as_result, discount_factors, total
from openvmo.engine.quantities import DiscountSchedule


@overload
def npv(rate: float | DiscountSchedule, cashflows: Sequence[float]) -> float: ...
@overload
def npv(rate: Rate, cashflows: Sequence[float] | NDArray[Any]) -> Any: ...
def npv(rate: Rate, cashflows: Any) -> Any:
    """Present value of a series of cash flows, the first of them at t = 0.

    Args:
        rate: discount rate a period, a share: 0.035 is 3.5 %; an array of such rates, one a series; or a schedule of
            yearly rates that change with time, whose `monthly` form is for monthly flows.
        cashflows: money in (positive) and out (negative), one a period; one series, or an array of shape
            (..., periods) for many.

    Returns:
        A float for one series, an array of shape (...) for many.

    Raises:
        AppraisalError: there is no period, a flow is missing, or the rate is -100 % or less.

    Excel's NPV takes its first flow at t = 1: its result is this one divided by (1 + rate).

    Source: HM Treasury, The Green Book, discounting.

    >>> round(npv(0.08, [-40_000, 5_000, 8_000, 12_000, 30_000]), 2)
    3065.22
    """
    return as_result(npv_kernel(rate, as_cashflows(cashflows)))


def npv_kernel(rate: Rate, cashflows: Floats) -> Floats:
    """Sum of the discounted flows along the last axis."""
    return total(cashflows, discount_factors(rate, cashflows.shape[-1]))
