"""What drives the uncertainty of a result, and what it is worth to know more before deciding.

All of it is worked out from the trials that are there already: no further run is needed, whatever the number of inputs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Each class of trials holds enough of them for its mean, and there are enough classes to follow a bend.
_LEAST_IN_CLASS = 50
_MOST_CLASSES = 400
# The window of ranks around P10 and P90 over which a tornado looks at the result.
_WINDOW = 0.05
# Knowing more is valued in so many batches of trials, which differ by chance alone.
_BATCHES = 8
_DEGREE = 3


@dataclass(frozen=True, slots=True)
class Driver:
    """What one input does to a result.

    Args:
        share_of_variance: share of the result's variance that would be gone if the input were known.
        rank_correlation: from -1 to 1: whether the result rises or falls with the input, and how steadily.
        low: mean of the result while the input is at its P10.
        high: mean of the result while the input is at its P90.
    """

    share_of_variance: float
    rank_correlation: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Information:
    """What it is worth to know an input before deciding.

    Args:
        value: expected value of perfect information about it, in the unit of the result.
        error: its standard error.
    """

    value: float
    error: float


def driver(values: Floats, result: Floats) -> Driver:
    """What an input does to a result.

    Args:
        values: (trials,) the input.
        result: (trials,) the result in the same trials.

    Raises:
        ValueError: the two have not the same number of trials.
    """
    _check(values, result)
    order = np.argsort(values, kind="stable")
    ordered = result[order]
    return Driver(
        share_of_variance=_share(ordered),
        rank_correlation=rank_correlation(values, result),
        low=_around(ordered, 0.1),
        high=_around(ordered, 0.9),
    )


def share_of_variance(values: Floats, result: Floats) -> float:
    """Share of a result's variance that would be gone on average if an input were known: its first-order Sobol index.

    Args:
        values: (trials,) the input.
        result: (trials,) the result in the same trials.

    The trials are put into classes by the rank of the input; what the means of the classes vary is set against the
    variance of all, less what they would vary by chance (epsilon squared). Between 0 and 1. Inputs that move together
    share what they explain, so the shares may add up to more than 1.

    Source: A. Saltelli et al., Global Sensitivity Analysis: The Primer (2008), section 1.2.
    """
    _check(values, result)
    return _share(result[np.argsort(values, kind="stable")])


def rank_correlation(values: Floats, result: Floats) -> float:
    """Spearman's rank correlation; 0 where one of the two does not vary.

    >>> rank_correlation(np.array([1.0, 2.0, 3.0]), np.array([1.0, 8.0, 27.0]))
    1.0
    """
    from scipy.stats import rankdata

    _check(values, result)
    first, second = rankdata(values), rankdata(result)
    spread = float(np.std(first) * np.std(second))
    if spread == 0:
        return 0.0
    return float(np.mean((first - first.mean()) * (second - second.mean())) / spread)


def information_value(scores: Floats, result: Floats) -> Information:
    """What it is worth to know an input before deciding whether to go on.

    Args:
        scores: (trials,) the input on a scale on which it is about normal.
        result: (trials,) what going on is worth in the same trials, such as an NPV; not going on is worth nothing.

    Without knowing more, one goes on where the mean is positive. Knowing the input, one goes on where the mean for that
    input is. The mean for an input is a cubic through the trials. A value of nothing says that no value of the input
    would change the decision.

    Source: M. Strong, J. E. Oakley and A. Brennan, Estimating multiparameter partial expected value of perfect
    information from a probabilistic sensitivity analysis sample, Medical Decision Making 34 (2014) 311-326.
    """
    _check(scores, result)
    value = _information(scores, result)
    if scores.size < _BATCHES * _LEAST_IN_CLASS:
        return Information(value, math.nan)
    batches = [_information(scores[number::_BATCHES], result[number::_BATCHES]) for number in range(_BATCHES)]
    return Information(value, float(np.std(batches, ddof=1) / math.sqrt(_BATCHES)))


def _information(scores: Floats, result: Floats) -> float:
    spread = float(np.std(scores))
    if spread == 0:
        return 0.0
    expected = _expected((scores - scores.mean()) / spread, result)
    # What is expected has the mean of the trials, so knowing more is never worth less than nothing but by rounding.
    return max(float(np.maximum(expected, 0.0).mean()) - max(float(expected.mean()), 0.0), 0.0)


def _expected(scores: Floats, result: Floats) -> Floats:
    """The mean of the result for each trial's input: a cubic, or the mean of each value where there are few."""
    values, places = np.unique(scores, return_inverse=True)
    if values.size <= _DEGREE:
        means: Floats = np.bincount(places, weights=result) / np.bincount(places)
        return means[places]
    coefficients = np.polynomial.polynomial.polyfit(scores, result, _DEGREE)
    return np.asarray(np.polynomial.polynomial.polyval(scores, coefficients), dtype=np.float64)


def _share(ordered: Floats) -> float:
    """The share explained by classes of trials that are ordered by the input."""
    count = ordered.size
    classes = min(count // _LEAST_IN_CLASS, _MOST_CLASSES)
    total = float(np.sum((ordered - ordered.mean()) ** 2))
    if classes < 2 or total == 0:
        return 0.0
    edges = np.linspace(0, count, classes + 1).astype(np.int64)
    sums = np.add.reduceat(ordered, edges[:-1])
    sizes = np.diff(edges)
    between = float(np.sum(sizes * (sums / sizes - ordered.mean()) ** 2))
    left = (total - between) / (count - classes)
    return min(max(1 - left * (count - 1) / total, 0.0), 1.0)


def _around(ordered: Floats, probability: float) -> float:
    """The mean of the result where the input is around a quantile."""
    first = int((probability - _WINDOW) * ordered.size)
    last = max(int((probability + _WINDOW) * ordered.size), first + 1)
    return float(ordered[first:last].mean())


def _check(values: Floats, result: Floats) -> None:
    if values.shape != result.shape:
        message = f"an input and a result need the same trials, not {values.shape} and {result.shape}"
        raise ValueError(message)
