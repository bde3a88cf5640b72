"""Benefit-cost ratio."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.appraisal.cashflows import AppraisalError, Floats, Rate, as_pair, as_result
from openvmo.engine.appraisal.npv import npv_kernel
from openvmo.engine.quantities import DiscountSchedule


@overload
def bcr(rate: float | DiscountSchedule, benefits: Sequence[float], costs: Sequence[float]) -> float: ...
@overload
def bcr(rate: Rate, benefits: Sequence[float] | NDArray[Any], costs: Sequence[float] | NDArray[Any]) -> Any: ...
def bcr(rate: Rate, benefits: Any, costs: Any) -> Any:
    """Present value of the benefits over that of the costs.

    Args:
        rate: discount rate a period, a share; an array of rates, one a series; or a schedule of rates.
        benefits: money gained, positive, one a period from t = 0; one series, or an array of shape (..., periods).
        costs: money spent, positive, in the same form.

    Returns:
        Above 1 the benefits outweigh the costs. A float for one series, an array of shape (...) for many, NaN where the
        costs are zero. `value_for_money` names the category.

    Raises:
        AppraisalError: a value is missing, the periods differ, the rate is -100 % or less, or one series has no costs.

    Source: HM Treasury, The Green Book; Department for Transport, value for money categories.

    >>> bcr(0.25, [0, 125, 125], [100, 0, 0])
    1.8
    """
    gains, spendings = as_pair(benefits, costs, ("benefits", "costs"))
    return divide(npv_kernel(rate, gains), npv_kernel(rate, spendings))


def divide(numerator: Floats, costs: Floats) -> Any:
    """A ratio to costs: a float for one series, an array with NaN where the costs are zero for many.

    Raises:
        AppraisalError: one series has no costs.
    """
    if numerator.ndim == 0 and costs.ndim == 0 and costs == 0:
        message = "the costs are zero, so no ratio to them exists: compare by net present value instead."
        raise AppraisalError(message)
    shape = np.broadcast_shapes(numerator.shape, costs.shape)
    quotient = np.divide(numerator, costs, out=np.full(shape, np.nan), where=costs != 0)
    return as_result(quotient)
