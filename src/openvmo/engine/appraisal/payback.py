"""Payback period, simple and discounted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.appraisal.cashflows import Floats, Rate, as_cashflows, discount_factors
from openvmo.engine.quantities import DiscountSchedule


@overload
def payback(cashflows: Sequence[float], *, rate: float | DiscountSchedule = 0.0) -> float | None: ...
@overload
def payback(cashflows: Sequence[float] | NDArray[Any], *, rate: Rate = 0.0) -> Any: ...
def payback(cashflows: Any, *, rate: Rate = 0.0) -> Any:
    """Periods until the money that went out has come back for the first time.

    Args:
        cashflows: money in (positive) and out (negative), one a period, the first at t = 0; one series, or an array of
            shape (..., periods).
        rate: discount rate a period, an array of rates, or a schedule; unless it is zero the result is the discounted
            payback period.

    Returns:
        Periods from t = 0, in parts: within the period of return the flow counts as coming evenly. None when one series
        never pays back, NaN for such a series among many; 0 when nothing ever went out.

    Raises:
        AppraisalError: a flow is missing, or the rate is -100 % or less.

    Payback ignores what comes after it: read it beside the net present value.

    Source: Brealey, Myers and Allen, Principles of Corporate Finance, the payback rule.

    >>> payback([-100, 40, 40, 40])
    2.5
    """
    flows = as_cashflows(cashflows)
    periods = payback_kernel(flows * discount_factors(rate, flows.shape[-1]))
    if periods.ndim > 0:
        return periods
    return None if np.isnan(periods) else float(periods)


def payback_kernel(cashflows: Floats) -> Floats:
    """First crossing of zero by the running total along the last axis, NaN where there is none."""
    total = np.cumsum(cashflows, axis=-1)
    before = total - cashflows
    crossing = (total >= 0) & (before < 0)
    period = crossing.argmax(axis=-1)
    at = period[..., None]
    missing = np.take_along_axis(-before, at, axis=-1)[..., 0]
    flow = np.take_along_axis(cashflows, at, axis=-1)[..., 0]
    part = np.divide(missing, flow, out=np.zeros(np.shape(flow)), where=flow > 0)
    never_out = (total >= 0).all(axis=-1)
    paid = np.where(crossing.any(axis=-1), period - 1 + part, np.nan)
    periods: Floats = np.asarray(np.where(never_out, 0.0, paid))
    return periods
