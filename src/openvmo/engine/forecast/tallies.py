"""What a run adds up and what it says of each entry: totals, moments and quantiles."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.forecast.compiled import BINS, Selection, moments, order_statistics
from openvmo.engine.forecast.program import WINDOW
from openvmo.engine.forecast.settings import Settings
from openvmo.engine.forecast.summaries import LEVELS, QUANTITIES, Summaries

Single = NDArray[np.float32]
Double = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """Sums over the current plans, in whole quanta; see `compiled.Tallies` for the arrays."""

    cost_flows: Double
    benefit_flows: Double
    programmes: Double
    objectives: Double
    drivers: Double

    @classmethod
    def nothing(cls, settings: Settings, trials: int) -> Totals:
        """Totals to add to."""
        months, places = settings.frame.horizon, settings.places
        return cls(
            cost_flows=np.zeros((trials, months + 1)),
            benefit_flows=np.zeros((trials, months + WINDOW)),
            programmes=np.zeros((len(places.programmes), 4, trials)),
            objectives=np.zeros((len(places.objectives), 2, trials)),
            drivers=np.zeros((len(places.drivers), 2, trials)),
        )

    @classmethod
    def like(cls, other: Totals) -> Totals:
        """Totals to add to, of the same shape as others."""
        return cls(*(np.zeros_like(getattr(other, field.name)) for field in fields(other)))

    def add(self, other: Totals) -> None:
        """Add other totals to these; exact, so the order does not matter."""
        for field in fields(self):
            mine = getattr(self, field.name)
            np.add(mine, getattr(other, field.name), out=mine)


def magic_of(quantum: float) -> float:
    """The number that rounds to whole quanta when it is added and taken away again."""
    return 1.5 * 2.0**52 * quantum


def summarise(values: Single, replicates: int = 0, wanted: NDArray[np.bool_] | None = None) -> Summaries:
    """Summarise each row of (rows, trials).

    The standard error of a quantile is half the distance between the values whose ranks lie one standard deviation of
    the binomial distribution below and above its own. It supposes nothing of the distribution; balanced trials are
    surer than that.

    Args:
        values: the numbers.
        replicates: number of balanced replicates; 0 when every trial is independent.
        wanted: (rows,) whether quantiles are wanted; NaN stands for those that are not. None wants all.
    """
    rows, trials = values.shape
    mean, squares, means = np.empty(rows), np.empty(rows), np.empty((rows, replicates))
    moments(values, mean, squares, means, np.empty((2, 64)))
    below_zero = np.count_nonzero(values < 0, axis=1) / trials
    levels = np.array(LEVELS)
    away = np.sqrt(levels * (1 - levels) / trials)
    levels = np.concatenate([levels, levels - away, levels + away])
    if wanted is None or wanted.all():
        found = quantiles(values, levels)
    else:
        found = np.full((rows, levels.size), np.nan)
        found[wanted] = quantiles(values[wanted], levels)
    middle, lower, upper = np.split(found, 3, axis=1)
    return Summaries(trials, mean, squares, middle, (upper - lower) / 2, below_zero, means)


def quantiles(values: Single, levels: Double) -> Double:
    """Quantiles of each row, linear between neighbouring values, (rows, levels)."""
    trials = values.shape[1]
    place = np.clip(levels, 0.0, 1.0) * (trials - 1)
    lower = np.floor(place).astype(np.int64)
    upper = np.minimum(lower + 1, trials - 1)
    ranks, places = np.unique(np.concatenate([lower, upper]), return_inverse=True)
    found = np.empty((values.shape[0], ranks.size), dtype=np.float32)
    order_statistics(values, ranks, found, _selection(trials))
    below, above = np.split(found[:, places].astype(np.float64), 2, axis=1)
    return np.asarray(below + (place - lower) * (above - below))


def _selection(trials: int) -> Selection:
    return Selection(
        bins=np.empty(trials, dtype=np.int32),
        counts=np.empty(BINS + 1, dtype=np.int32),
        places=np.empty(BINS, dtype=np.int32),
        picked=np.empty(trials, dtype=np.float32),
    )


def kept_values(values: Single, keep: Collection[str]) -> dict[str, Single]:
    """The quantities that a caller keeps, each (entries, trials)."""
    return {name: values[:, place].copy() for place, name in enumerate(QUANTITIES) if name in keep}
