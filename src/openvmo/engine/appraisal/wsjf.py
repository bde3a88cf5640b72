"""Weighted shortest job first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.appraisal.cashflows import AppraisalError, Floats, as_result


@overload
def wsjf(cost_of_delay: float, size: float) -> float: ...
@overload
def wsjf(cost_of_delay: Sequence[float] | NDArray[Any], size: float | Sequence[float] | NDArray[Any]) -> Any: ...
def wsjf(cost_of_delay: Any, size: Any) -> Any:
    """Cost of delay for each unit of work: the higher, the sooner to begin.

    Args:
        cost_of_delay: value lost in a period of waiting; or a sum of relative scores for value, time criticality, and
            risk reduced or opportunity opened. One number, or an array with one a piece of work.
        size: how long the work takes, or a relative score of its size, above zero; in the same form.

    Returns:
        Value lost in a period for each unit of size; only the order matters. A float, or an array.

    Raises:
        AppraisalError: a value is missing, or a size is not above zero.

    It orders work that has been decided on; whether work is worth its money is a matter of its net present value.

    Source: Reinertsen, The Principles of Product Development Flow (2009): cost of delay divided by duration; Scaled
    Agile Framework, weighted shortest job first.

    >>> wsjf([8 + 5 + 3, 13 + 8 + 1], [8, 5]).tolist()
    [2.0, 4.4]
    """
    costs, sizes = (np.asarray(values, dtype=np.float64) for values in (cost_of_delay, size))
    if not (np.isfinite(costs).all() and np.isfinite(sizes).all()):
        message = "a cost of delay or a size is missing; missing is not zero: state both for every piece of work"
        raise AppraisalError(message)
    if (sizes <= 0).any():
        message = f"a size of work is above zero, not {sizes[sizes <= 0].flat[0]}"
        raise AppraisalError(message)
    try:
        urgency: Floats = np.asarray(costs / sizes)
    except ValueError:
        message = f"there are {costs.size} costs of delay and {sizes.size} sizes: give one of each a piece of work"
        raise AppraisalError(message) from None
    return as_result(urgency)
