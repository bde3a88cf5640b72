"""Net present value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

from numpy.typing import NDArray

from openvmo.engine.appraisal.cashflows import Floats, as_cashflows, as_rate, discounted


@overload
def npv(rate: float, cashflows: Sequence[float]) -> float: ...
@overload
def npv(rate: float, cashflows: NDArray[Any]) -> Any: ...
def npv(rate: float, cashflows: Any) -> Any:
    """Present value of a series of cash flows, the first of them at t = 0.

    Args:
        rate: discount rate a period, a share: 0.035 is 3.5 %.
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
    present = npv_kernel(as_rate(rate), as_cashflows(cashflows))
    return float(present) if present.ndim == 0 else present


def npv_kernel(rate: float, cashflows: Floats) -> Floats:
    """Sum of the discounted flows along the last axis."""
    total: Floats = discounted(rate, cashflows).sum(axis=-1, keepdims=True)
    return total[..., 0]
