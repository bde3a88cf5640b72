"""Cost of delay: what waiting costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.appraisal.cashflows import AppraisalError, Rate, as_cashflows, as_result
from openvmo.engine.appraisal.npv import npv_kernel
from openvmo.engine.quantities import DiscountSchedule


@overload
def cost_of_delay(rate: float | DiscountSchedule, cashflows: Sequence[float], *, periods: int = 1) -> float: ...
@overload
def cost_of_delay(rate: Rate, cashflows: Sequence[float] | NDArray[Any], *, periods: int = 1) -> Any: ...
def cost_of_delay(rate: Rate, cashflows: Any, *, periods: int = 1) -> Any:
    """Net present value that is lost when everything happens some periods later and the last period stays where it is.

    Args:
        rate: discount rate a period, a share; an array of rates, one a series; or a schedule of rates.
        cashflows: money in (positive) and out (negative), one a period from t = 0 to the end of the window in which
            value counts; one series, or an array of shape (..., periods). Flows that a delay pushes beyond the last
            period are lost; add zeros where later flows still count.
        periods: how long the delay is; 0 costs nothing.

    Returns:
        Money, positive when waiting loses value. A float for one series, an array of shape (...) for many.

    Raises:
        AppraisalError: the delay is negative, a flow is missing, or the rate is -100 % or less.

    Source: Reinertsen, The Principles of Product Development Flow (2009), on the cost of delay.

    >>> cost_of_delay(0.25, [-100, 125, 125])
    80.0
    """
    if periods < 0:
        message = f"a delay is a number of periods from 0 on, not {periods}"
        raise AppraisalError(message)
    flows = as_cashflows(cashflows)
    delayed = np.zeros_like(flows)
    delayed[..., periods:] = flows[..., : max(flows.shape[-1] - periods, 0)]
    return as_result(npv_kernel(rate, flows) - npv_kernel(rate, delayed))
