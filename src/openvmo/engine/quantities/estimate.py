"""An uncertain quantity as people state it: low, likely, high."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """An uncertain quantity stated as three quantiles.

    Args:
        likely: the median (P50), in the unit of the field that holds it.
        low: the P10: one chance in ten of being below. None: no uncertainty was stated.
        high: the P90: one chance in ten of being above. None together with `low`.

    Raises:
        ValueError: a value is not finite, the order low <= likely <= high is broken, or only one of low and high is
            given.

    None is not the same as "certain": a certain quantity has low == likely == high, while None leaves room for the
    outside view (a reference class) and is reported as not stated.

    >>> Estimate(120.0, low=100.0, high=180.0).is_stated
    True
    """

    likely: float
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        if (self.low is None) != (self.high is None):
            message = "give both low (P10) and high (P90), or neither"
            raise ValueError(message)
        values = [value for value in (self.low, self.likely, self.high) if value is not None]
        if not all(math.isfinite(value) for value in values):
            message = f"an estimate needs finite numbers, not {values}"
            raise ValueError(message)
        if values != sorted(values):
            message = f"low, likely and high must rise: {values}"
            raise ValueError(message)

    @classmethod
    def certain(cls, value: float) -> Estimate:
        """A quantity known exactly."""
        return cls(value, low=value, high=value)

    @property
    def is_stated(self) -> bool:
        """Whether low and high were given."""
        return self.low is not None

    @property
    def is_certain(self) -> bool:
        """Whether low, likely and high are given and equal."""
        return self.low is not None and self.low == self.high
