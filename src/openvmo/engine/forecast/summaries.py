"""Uncertain numbers in short: moments and quantiles of many of them, taken together over segments of trials."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Double = NDArray[np.float64]

QUANTITIES = ("cost", "cost_pv", "benefit", "benefit_pv", "npv", "go_live")
"""The numbers of an alternative in each trial, in the kernel's order."""
MONEY = QUANTITIES[:5]
"""Those that are money."""
LEVELS = (0.05, 0.10, 0.50, 0.90, 0.95)
"""The quantiles of a distribution in short."""


@dataclass(frozen=True, slots=True, eq=False)
class Summaries:
    """Several uncertain numbers in short; each array begins with one entry a number.

    Args:
        trials: number of trials.
        mean: expected values.
        squares: sums of the squared distances from the mean.
        quantiles: (..., LEVELS) quantiles.
        quantile_errors: (..., LEVELS) standard errors of the quantiles.
        below_zero: share of the trials below zero.
        replicates: (..., replicates) means of the balanced replicates; none when every trial is independent.
    """

    trials: int
    mean: Double
    squares: Double
    quantiles: Double
    quantile_errors: Double
    below_zero: Double
    replicates: Double

    def at(self, place: int) -> Summaries:
        """The numbers at one place of the first axis."""
        return self._each(lambda array: array[place])

    def shaped(self, *shape: int) -> Summaries:
        """The same numbers in rows and columns."""
        return self._each(lambda array: array.reshape(*shape, *array.shape[1:]))

    def _each(self, change: Callable[[Double], Double]) -> Summaries:
        arrays = (self.mean, self.squares, self.quantiles, self.quantile_errors, self.below_zero, self.replicates)
        return Summaries(self.trials, *(change(array) for array in arrays))


def joined(parts: Sequence[Summaries]) -> Summaries:
    """The numbers of several summaries of the same trials, one after another."""
    return Summaries(
        parts[0].trials,
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("mean", "squares", "quantiles", "quantile_errors", "below_zero", "replicates")
        ),
    )


def pooled(parts: Sequence[Summaries]) -> Summaries:
    """Summaries of the same numbers in several segments taken together.

    Means and squares are exact. A quantile is the mean of those of the segments, which differs from the quantile of all
    trials by far less than its standard error, because segments are long.
    """
    if len(parts) == 1:
        return parts[0]
    trials = sum(part.trials for part in parts)
    shares = [part.trials / trials for part in parts]
    mean = sum(share * part.mean for share, part in zip(shares, parts, strict=True))
    squares = sum(part.squares + part.trials * (part.mean - mean) ** 2 for part in parts)
    quantiles = sum(share * part.quantiles for share, part in zip(shares, parts, strict=True))
    variances = sum((share * part.quantile_errors) ** 2 for share, part in zip(shares, parts, strict=True))
    below_zero = sum(share * part.below_zero for share, part in zip(shares, parts, strict=True))
    replicates = sum(share * part.replicates for share, part in zip(shares, parts, strict=True))
    arrays = (mean, squares, quantiles, np.sqrt(variances), below_zero, replicates)
    return Summaries(trials, *(np.asarray(array) for array in arrays))
