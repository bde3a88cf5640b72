"""Expected commercial value of work that passes stages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.appraisal.cashflows import AppraisalError, Floats, as_pair, as_result


@overload
def expected_commercial_value(value: float, costs: Sequence[float], probabilities: Sequence[float]) -> float: ...
@overload
def expected_commercial_value(
    value: float | Sequence[float] | NDArray[Any],
    costs: Sequence[float] | NDArray[Any],
    probabilities: Sequence[float] | NDArray[Any],
) -> Any: ...
def expected_commercial_value(value: Any, costs: Any, probabilities: Any) -> Any:
    """What work is worth on average when each stage must succeed before the next is paid for.

    Args:
        value: present value of what follows when every stage has succeeded, its costs not taken off; one number, or an
            array with one a piece of work.
        costs: what each stage that is still ahead costs at its present value, positive, in their order; one series, or
            an array of shape (..., stages). Stages that are over are left out: what they cost is sunk.
        probabilities: chance of each of these stages to succeed, from 0 to 1; in the same form.

    Returns:
        The money expected, costs of the stages ahead taken off. A float, or an array of shape (...).

    Raises:
        AppraisalError: a value is missing, the stages differ in number, a cost is negative, or a probability is not a
            share from 0 to 1.

    With a stage of development (cost D, technical success p_ts) and a launch (cost C, commercial success p_cs) it is
    (value * p_cs - C) * p_ts - D. Rank by it for each unit of what is scarce, such as money still to be spent.

    Source: Cooper, Edgett and Kleinschmidt, Portfolio Management for New Products (2001), expected commercial value.

    >>> expected_commercial_value(64, [5, 5], [0.75, 0.5])
    15.25
    """
    spent, chances = as_pair(costs, probabilities, ("costs", "probabilities"))
    worth = np.asarray(value, dtype=np.float64)
    if not np.isfinite(worth).all():
        message = "the value after the last stage is missing; missing is not zero: state it"
        raise AppraisalError(message)
    if (spent < 0).any():
        message = f"the cost of a stage is positive, not {spent[spent < 0].flat[0]}"
        raise AppraisalError(message)
    wrong = (chances < 0) | (chances > 1)
    if wrong.any():
        message = f"a probability is a share from 0 to 1, such as 0.7 for 70 %, not {chances[wrong].flat[0]}"
        raise AppraisalError(message)
    return as_result(_worked_back(worth, spent, chances))


def _worked_back(worth: Floats, costs: Floats, chances: Floats) -> Floats:
    """From the last stage to the first: what is ahead counts with the chance to reach it, less what the stage costs."""
    for stage in reversed(range(costs.shape[-1])):
        worth = np.asarray(worth * chances[..., stage] - costs[..., stage])
    return worth
