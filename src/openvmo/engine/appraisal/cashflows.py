"""What every measure asks of a series of cash flows."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class AppraisalError(ValueError):
    """A measure has no value for these cash flows; the sentence says why and what to do."""


def as_cashflows(values: ArrayLike) -> Floats:
    """The cash flows as an array of shape (..., periods).

    Raises:
        AppraisalError: there is no period, or a value is missing or infinite.
    """
    array: Floats = np.asarray(values, dtype=np.float64)
    if array.ndim == 0 or array.shape[-1] == 0:
        message = "cash flows are a series with at least one period; give a list of numbers"
        raise AppraisalError(message)
    if not np.isfinite(array).all():
        message = "a cash flow is missing or infinite; missing is not zero: state every period"
        raise AppraisalError(message)
    return array


def as_rate(rate: float) -> float:
    """A rate a period.

    Raises:
        AppraisalError: the rate is not finite, or is -100 % or less.
    """
    if not np.isfinite(rate) or rate <= -1:
        message = f"a discount rate is a share above -1, such as 0.035 for 3.5 %, not {rate}"
        raise AppraisalError(message)
    return float(rate)


def discounted(rate: float, cashflows: Floats) -> Floats:
    """Each flow at its present value; the first flow, at t = 0, is not discounted."""
    present: Floats = cashflows / (1.0 + rate) ** np.arange(cashflows.shape[-1])
    return present
