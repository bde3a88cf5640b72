"""Value for money: the category of a benefit-cost ratio."""

from __future__ import annotations

from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.appraisal.cashflows import AppraisalError
from openvmo.engine.reference import ValueBand, value_bands


@overload
def value_for_money(ratio: float) -> ValueBand: ...
@overload
def value_for_money(ratio: NDArray[Any]) -> Any: ...
def value_for_money(ratio: Any) -> Any:
    """The category of value for money that a benefit-cost ratio falls into.

    Args:
        ratio: benefit-cost ratio, or an array of them.

    Returns:
        The category with its bounds, presumption and source; for an array, an array of the keys of the categories
        such as "high", "" where the ratio is NaN. A ratio at a bound belongs to the higher category.

    Raises:
        AppraisalError: a single ratio is missing.

    The category is only where a judgement begins: benefits without an agreed value are not in the ratio.

    Source: Department for Transport, guidance on value for money, and its Value for Money Framework.

    >>> value_for_money(1.8).name
    'Medium'
    """
    bands = value_bands()
    ratios = np.asarray(ratio, dtype=np.float64)
    number = np.searchsorted([band.begins for band in bands[1:]], ratios, side="right")
    if ratios.ndim > 0:
        return np.where(np.isnan(ratios), "", np.array([band.category for band in bands])[number])
    if np.isnan(ratios):
        message = "there is no benefit-cost ratio, so it has no category: name the benefits and costs first"
        raise AppraisalError(message)
    return bands[int(number)]
