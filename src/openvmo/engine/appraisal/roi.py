"""Return on investment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.appraisal.bcr import divide
from openvmo.engine.appraisal.cashflows import as_pair


@overload
def roi(benefits: Sequence[float], costs: Sequence[float]) -> float: ...
@overload
def roi(benefits: NDArray[Any], costs: NDArray[Any]) -> Any: ...
def roi(benefits: Any, costs: Any) -> Any:
    """Undiscounted benefits less costs, as a share of the costs.

    Args:
        benefits: money gained, positive, one a period; one series, or an array of shape (..., periods).
        costs: money spent, positive, in the same form.

    Returns:
        A share: 0.25 is 25 %. A float for one series, an array of shape (...) for many, NaN where the costs are zero.

    Raises:
        AppraisalError: a value is missing, the periods differ, or one series has no costs.

    Return on investment ignores when money moves: read it beside the net present value.

    Source: ServiceNow documentation, demand form: (total benefits - total costs) / total costs.

    >>> roi([0, 60, 90], [100, 10, 10])
    0.25
    """
    gains, costs = as_pair(benefits, costs, ("benefits", "costs"))
    gained, spent = gains.sum(axis=-1), costs.sum(axis=-1)
    return divide(np.asarray(gained - spent), np.asarray(spent))
