"""How surely a figure of a simulation is known: its standard error, from the trials themselves.

Trials come in replicates: sets of the same size that were drawn independently of one another. Plain draws are
independent one by one, so their errors follow from the spread of the trials. Balanced draws fill the space evenly
within a replicate; then only the replicates are independent, and the error of a figure is how far it differs between
them. Errors from few replicates are rough: with 8 of them, within about a quarter of their size.

Source: A. B. Owen, Monte Carlo theory, methods and examples (2013), chapters 2 and 17,
https://artowen.su.domains/mc/.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def mean_error(samples: Floats, replicates: int = 0) -> float:
    """The standard error of the mean of some trials.

    Args:
        samples: (trials,) the trials, replicate after replicate.
        replicates: number of independent replicates; 0 when every trial is independent.

    Returns:
        The error in the unit of the trials; NaN where fewer than two independent draws say nothing of it.

    >>> mean_error(np.array([1.0, 2.0, 3.0, 4.0]))
    0.6454972243679028
    """
    if replicates:
        return _between(samples, replicates, lambda rows: rows.mean(axis=1))
    if samples.size < 2:
        return math.nan
    return float(np.std(samples, ddof=1) / math.sqrt(samples.size))


def total_error(trials: Floats, replicates: int) -> float:
    """The standard error of the mean of a total of a forecast.

    Args:
        trials: (trials,) the total in each trial; trial `i` belongs to the set `i % replicates`.
        replicates: number of independent sets; 0 when every trial is independent.
    """
    if replicates == 0:
        return mean_error(trials)
    whole = trials[: trials.size - trials.size % replicates]
    if whole.size < 2 * replicates:
        return mean_error(trials)
    return mean_error(whole.reshape(-1, replicates).T.ravel(), replicates)


def quantile_error(samples: Floats, probability: float, replicates: int = 0) -> float:
    """The standard error of a quantile of some trials.

    Args:
        samples: (trials,) the trials, replicate after replicate.
        probability: chance of being below the quantile, between 0 and 1.
        replicates: number of independent replicates; 0 when every trial is independent.

    Independent trials give the weighted spread of the order statistics around the quantile, which needs no density.

    Source: J. S. Maritz and R. G. Jarrett, A note on estimating the variance of the sample median, Journal of the
    American Statistical Association 73 (1978) 194-196.
    """
    if replicates:
        return _between(samples, replicates, lambda rows: np.quantile(rows, probability, axis=1))
    count = samples.size
    if count < 2:
        return math.nan
    # The order statistics within five standard deviations of the rank: the others weigh nothing.
    spread = math.sqrt(count * probability * (1 - probability))
    first = max(int(count * probability - 5 * spread) - 1, 0)
    last = min(int(count * probability + 5 * spread) + 2, count)
    ordered = np.partition(samples, (first, last - 1)) if count > 1 else samples
    window = np.sort(ordered[first:last])
    weights = _rank_weights(count, probability, first, last)
    mean = float(weights @ window)
    return math.sqrt(max(float(weights @ (window - mean) ** 2), 0.0))


def share_error(share: float, trials: int) -> float:
    """The standard error of a share of independent trials, such as a probability of loss.

    Two trials of either kind are added, so that a share of nothing or of all is not taken for certain.

    Source: A. Agresti and B. A. Coull, Approximate is better than "exact" for interval estimation of binomial
    proportions, The American Statistician 52 (1998) 119-126.

    >>> round(share_error(0.5, 10_000), 6)
    0.004999
    >>> share_error(0.0, 100) > 0
    True
    """
    adjusted = (share * trials + 2) / (trials + 4)
    return math.sqrt(adjusted * (1 - adjusted) / (trials + 4))


def _between(samples: Floats, replicates: int, figure: Callable[[Floats], Floats]) -> float:
    """How far a figure differs between replicates, as the error of its mean over them."""
    if replicates < 2:
        return math.nan
    figures = figure(samples.reshape(replicates, -1))
    return float(np.std(figures, ddof=1) / math.sqrt(replicates))


def _rank_weights(count: int, probability: float, first: int, last: int) -> Floats:
    """How much each order statistic from `first` to `last` weighs in the quantile: a beta distribution cut by rank."""
    from scipy.special import betainc

    edges = np.arange(first, last + 1) / count
    below = betainc(probability * (count + 1), (1 - probability) * (count + 1), edges)
    weights: Floats = np.diff(below) / (below[-1] - below[0])
    return weights
