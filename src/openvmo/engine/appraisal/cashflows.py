"""What every measure asks of a series of cash flows and of a discount rate."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from openvmo.engine.quantities import DiscountSchedule

Floats = NDArray[np.float64]
Rate: TypeAlias = float | NDArray[Any] | DiscountSchedule
"""A rate a period; an array of rates, one a series; or a schedule of rates that change with time."""


class AppraisalError(ValueError):
    """A measure has no value for these cash flows; the sentence says why and what to do."""


def as_cashflows(values: ArrayLike, what: str = "cash flows") -> Floats:
    """The cash flows as an array of shape (..., periods).

    Raises:
        AppraisalError: there is no period, or a value is missing or infinite; it says which.
    """
    try:
        array: Floats = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        message = f"{what} are numbers, one a period and as many for each series; give a list or an array of them"
        raise AppraisalError(message) from error
    if array.ndim == 0 or array.shape[-1] == 0:
        message = f"{what} are a series with at least one period; give a list of numbers"
        raise AppraisalError(message)
    if not np.isfinite(array).all():
        at = np.argwhere(~np.isfinite(array))[0]
        message = f"{what}: {_place(at)} is missing or infinite; missing is not zero: state every period"
        raise AppraisalError(message)
    return array


def as_pair(first: ArrayLike, second: ArrayLike, names: tuple[str, str]) -> tuple[Floats, Floats]:
    """Two sets of series over the same periods.

    Raises:
        AppraisalError: a value is missing, or the two differ in their periods or in the number of series.
    """
    pair = as_cashflows(first, names[0]), as_cashflows(second, names[1])
    shapes = pair[0].shape, pair[1].shape
    if shapes[0][-1] != shapes[1][-1]:
        message = (
            f"{names[0]} have {shapes[0][-1]} periods and {names[1]} have {shapes[1][-1]}: "
            "bring both to the same periods, with 0 where nothing moves"
        )
        raise AppraisalError(message)
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        message = f"{names[0]} of shape {shapes[0]} and {names[1]} of shape {shapes[1]} are not as many series"
        raise AppraisalError(message) from None
    return pair


def discount_factors(rate: Rate, periods: int) -> Floats:
    """The factor of each period, an array of shape (periods,), or (..., periods) for an array of rates.

    Raises:
        AppraisalError: a rate is not finite or is -100 % or less, or so near to it that a factor has no finite value.
    """
    if isinstance(rate, DiscountSchedule):
        return rate.factors(periods)
    growth = 1.0 + as_rates(rate)[..., None]
    with np.errstate(over="ignore", under="ignore", divide="ignore"):
        factors: Floats = 1.0 / growth ** np.arange(periods)
    if not np.isfinite(factors).all():
        message = f"a discount rate of {np.min(rate)} is too near to -100 % for {periods} periods; give a higher one"
        raise AppraisalError(message)
    return factors


def as_rates(rate: ArrayLike) -> Floats:
    """A rate a period, or an array of rates.

    Raises:
        AppraisalError: a rate is not finite, or is -100 % or less.
    """
    rates: Floats = np.asarray(rate, dtype=np.float64)
    wrong = ~np.isfinite(rates) | (rates <= -1)
    if wrong.any():
        message = f"a discount rate is a share above -1, such as 0.035 for 3.5 %, not {rates[wrong].flat[0]}"
        raise AppraisalError(message)
    return rates


def total(flows: Floats, factors: Floats) -> Floats:
    """Sum of the flows times their factors along the last axis."""
    summed: Floats = np.asarray(np.einsum("...t,...t->...", flows, factors))
    return summed


def as_result(values: Floats) -> Any:
    """A float for one series, the array for many."""
    return float(values) if values.ndim == 0 else values


def _place(at: NDArray[np.intp]) -> str:
    """Where a value stands, counted as the reader counts: the first period is that of t = 0."""
    period = f"the flow at t = {at[-1]}"
    return f"{period} of series {', '.join(str(number) for number in at[:-1])}" if at.size > 1 else period
