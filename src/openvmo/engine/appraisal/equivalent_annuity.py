"""Equivalent annuity: a net present value as an even payment each period."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

from numpy.typing import NDArray

from openvmo.engine.appraisal.cashflows import AppraisalError, Rate, as_cashflows, as_result, discount_factors, total
from openvmo.engine.quantities import DiscountSchedule


@overload
def equivalent_annuity(rate: float | DiscountSchedule, cashflows: Sequence[float]) -> float: ...
@overload
def equivalent_annuity(rate: Rate, cashflows: Sequence[float] | NDArray[Any]) -> Any: ...
def equivalent_annuity(rate: Rate, cashflows: Any) -> Any:
    """The even payment at the end of each period that is worth as much as the cash flows.

    Args:
        rate: discount rate a period, a share; an array of rates, one a series; or a schedule of rates.
        cashflows: money in (positive) and out (negative), one a period from t = 0 to the end of the life; one series,
            or an array of shape (..., periods). Periods are years for an equivalent annual annuity; a last flow of 0
            still counts as a year of life.

    Returns:
        The payment in each of the periods 1, 2, ..., positive when the flows are worth having. A float for one series,
        an array of shape (...) for many.

    Raises:
        AppraisalError: there are fewer than two periods, a flow is missing, or the rate is -100 % or less.

    Of two courses of action that can be repeated for ever, the one with the higher payment is worth more, whatever
    their lives.

    Source: Brealey, Myers and Allen, Principles of Corporate Finance, equivalent annual cash flow.

    >>> round(equivalent_annuity(0.25, [-100, 125, 62.5]), 6)
    27.777778
    """
    flows = as_cashflows(cashflows)
    if flows.shape[-1] < 2:
        message = "an annuity needs a life of at least one period after t = 0; give two flows or more"
        raise AppraisalError(message)
    factors = discount_factors(rate, flows.shape[-1])
    return as_result(total(flows, factors) / factors[..., 1:].sum(axis=-1))
