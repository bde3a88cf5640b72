"""Money month by month over all trials: percentiles, and sums by financial year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.forecast.results import FAN_KINDS, FAN_LEVELS, FanKind
from openvmo.engine.forecast.tallies import Totals, magic_of, quantiles

Double = NDArray[np.float64]
# Changes of a ramp are rounded one by one; sums of months are whole multiples of so many quanta again.
_COARSER = 2.0**12


@dataclass(frozen=True, slots=True, eq=False)
class Months:
    """The money of all current plans in the trials of one segment, undiscounted.

    Args:
        cost: (trials, months).
        benefit: (trials, months).
    """

    cost: Double
    benefit: Double

    @classmethod
    def of(cls, totals: Totals, months: int, quantum: float) -> Months:
        """The months from the changes between them."""
        magic = magic_of(quantum * _COARSER)
        cost, benefit = (
            (np.cumsum(changes[:, :months], axis=1) + magic) - magic
            for changes in (totals.cost_flows, totals.benefit_flows)
        )
        return cls(cost, benefit)

    def fans(self) -> Mapping[FanKind, Double]:
        """Percentiles of each kind, (FAN_LEVELS, months)."""
        net = self.benefit - self.cost
        flows = (self.cost, self.benefit, net, np.cumsum(net, axis=1))
        return {kind: _percentiles(flow) for kind, flow in zip(FAN_KINDS, flows, strict=True)}

    def by_year(self, year_of_month: NDArray[np.int64]) -> Iterator[NDArray[np.float32]]:
        """Cost and benefit of each financial year, (trials, years) each."""
        begins = np.flatnonzero(np.diff(year_of_month, prepend=-1))
        for flow in (self.cost, self.benefit):
            yield np.add.reduceat(flow, begins, axis=1).astype(np.float32)


def _percentiles(flow: Double) -> Double:
    return quantiles(np.ascontiguousarray(flow.T, dtype=np.float32), np.array(FAN_LEVELS)).T
