"""What a run adds up and what it says of each entry: totals, moments and quantiles."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.forecast.compiled import moments
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


def summarise(values: Single) -> Summaries:
    """Summarise each row of (rows, trials), and leave the rows sorted.

    The standard error of a quantile is half the distance between the values whose ranks lie one standard deviation of
    the binomial distribution below and above its own; it supposes nothing of the distribution.
    """
    rows, trials = values.shape
    mean, squares = np.empty(rows), np.empty(rows)
    moments(values, mean, squares, np.empty((2, 64)))
    below_zero = np.count_nonzero(values < 0, axis=1) / trials
    values.sort(axis=1)
    levels = np.array(LEVELS)
    away = np.sqrt(levels * (1 - levels) / trials)
    errors = (_quantiles(values, levels + away) - _quantiles(values, levels - away)) / 2
    return Summaries(trials, mean, squares, _quantiles(values, levels), errors, below_zero)


def _quantiles(ordered: Single, levels: Double) -> Double:
    """Quantiles of each sorted row, linear between neighbouring values, (rows, levels)."""
    place = np.clip(levels, 0.0, 1.0) * (ordered.shape[1] - 1)
    lower = np.floor(place).astype(np.int64)
    upper = np.minimum(lower + 1, ordered.shape[1] - 1)
    below, above = ordered[:, lower].astype(np.float64), ordered[:, upper].astype(np.float64)
    return np.asarray(below + (place - lower) * (above - below))


def kept_values(values: Single, keep: Collection[str]) -> dict[str, Single]:
    """The quantities that a caller keeps, each (entries, trials)."""
    return {name: values[:, place].copy() for place, name in enumerate(QUANTITIES) if name in keep}
