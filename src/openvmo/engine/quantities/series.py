"""Values month by month that know when they start and what they count."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from openvmo.engine.quantities.errors import UnitsError
from openvmo.engine.quantities.month import Month


@dataclass(frozen=True, slots=True, eq=False)
class MonthlySeries:
    """One value a month, without gaps.

    Args:
        start: the first month.
        values: array of shape (months,); it is kept read-only.
        unit: what the values count, such as "GBP at 2026 prices".

    Raises:
        UnitsError: series of different unit, first month or length are added or subtracted.

    >>> costs = MonthlySeries.of(Month(2026, 4), [10.0, 20.0], "GBP at 2026 prices")
    >>> (costs + costs).values.tolist()
    [20.0, 40.0]
    """

    start: Month
    values: NDArray[np.float64]
    unit: str

    @classmethod
    def of(cls, start: Month, values: ArrayLike, unit: str) -> Self:
        """A series from any sequence of numbers, which is copied.

        Raises:
            ValueError: the values are not one finite number a month.
        """
        array: NDArray[np.float64] = np.array(values, dtype=np.float64)
        if array.ndim != 1 or not np.isfinite(array).all():
            message = "a monthly series needs one finite number a month; a missing value is not zero: leave no gap"
            raise ValueError(message)
        array.setflags(write=False)
        return cls(start, array, unit)

    @property
    def total(self) -> float:
        """Sum over all months."""
        return float(self.values.sum())

    def __len__(self) -> int:
        return self.values.size

    def __add__(self, other: MonthlySeries) -> MonthlySeries:
        self._refuse_unlike(other)
        return replace(self, values=_frozen(self.values + other.values))

    def __sub__(self, other: MonthlySeries) -> MonthlySeries:
        self._refuse_unlike(other)
        return replace(self, values=_frozen(self.values - other.values))

    def __eq__(self, other: Any) -> bool:
        if not isinstance(other, MonthlySeries):
            return NotImplemented
        same_frame = (self.start, self.unit) == (other.start, other.unit)
        return same_frame and np.array_equal(self.values, other.values)

    __hash__ = None  # type: ignore[assignment]

    def _refuse_unlike(self, other: MonthlySeries) -> None:
        if self.unit != other.unit:
            message = f"A series in {self.unit} and one in {other.unit} cannot be combined: convert one of them first."
            raise UnitsError(message)
        if self.start != other.start or len(self) != len(other):
            message = (
                f"A series of {len(self)} months from {self.start} and one of {len(other)} months from {other.start} "
                "cannot be combined: bring both to the same months first."
            )
            raise UnitsError(message)


def _frozen(values: NDArray[np.float64]) -> NDArray[np.float64]:
    values.setflags(write=False)
    return values
