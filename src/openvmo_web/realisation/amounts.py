"""Money month by month: what was planned, forecast, realised and verified, for one benefit or the sum of many.

One row for each of the four and one column for each month; what is not known is no number. The page of 50,000 benefits
adds them up as arrays, and a database keeps them as bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.quantities import Month

if TYPE_CHECKING:
    from openvmo_web.realisation.analysis import Expected, Gained

Array: TypeAlias = NDArray[np.float64]

PLANNED, FORECAST, REALISED, VERIFIED = range(4)
ROWS = 4
STORED = np.dtype("<f8")
# Amounts of no month begin somewhere, too.
NO_MONTH = Month(2000, 1)


@dataclass(frozen=True, eq=False)
class Amounts:
    """Money of consecutive months, dis-benefits negative; ``values`` has a row for each of the four kinds."""

    first: Month
    values: Array

    @property
    def months(self) -> int:
        """How many months there are."""
        return int(self.values.shape[1])

    def within(self, first: Month | None, last: Month) -> Array:
        """Return the columns of a period; ``first`` is None for everything until ``last``."""
        start = 0 if first is None else max(first - self.first, 0)
        return self.values[:, start : max(last - self.first + 1, start)]

    def totals(self, first: Month | None, last: Month) -> tuple[float | None, ...]:
        """Return planned, forecast, realised and verified of a period; None where nothing is known.

        Of what was measured and not verified the verified part is known: it is nothing.
        """
        columns = self.within(first, last)
        known: NDArray[np.bool_] = np.any(~np.isnan(columns), axis=1)
        known[VERIFIED] = known[REALISED]
        sums = np.nansum(columns, axis=1)
        return tuple(float(value) if is_known else None for value, is_known in zip(sums, known, strict=True))

    def of(self, row: int, month: Month) -> float | None:
        """Return what one kind comes to in a month; None where nothing is known."""
        place = month - self.first
        if not 0 <= place < self.months:
            return None
        value = float(self.values[row, place])
        return None if np.isnan(value) else value

    def packed(self) -> bytes:
        """Return the values as bytes."""
        return self.values.astype(STORED).tobytes()


def unpacked(first: Month, stored: bytes | memoryview) -> Amounts:
    """Return what ``packed`` gave, with its first month."""
    return Amounts(first, np.frombuffer(stored, STORED).reshape(ROWS, -1))


def nothing(month: Month) -> Amounts:
    """Return amounts of no month."""
    return Amounts(month, np.empty((ROWS, 0)))


def amounts_of(
    planned: Expected | None, forecast: Expected | None, gained: Mapping[Month, Gained], factor: float | None
) -> Amounts:
    """Return the money of a benefit in the months of which anything is expected or known.

    Args:
        planned: What its baseline expects; None when nothing names the benefit.
        forecast: What its plan in force expects; None likewise.
        gained: What the measured months brought, in its unit.
        factor: Money that one unit is worth; None when no value was agreed, and nothing is known in money.
    """
    plans = [plan for plan in (planned, forecast) if plan and plan.gains]
    begins = [*(plan.first for plan in plans), *gained]
    if factor is None or not begins:
        return nothing(min(begins, default=NO_MONTH))
    first, last = min(begins), max([*(plan.first + (len(plan.gains) - 1) for plan in plans), *gained])
    values = np.full((ROWS, last - first + 1), np.nan)
    for row, plan in ((PLANNED, planned), (FORECAST, forecast)):
        if plan is not None:
            _put_plan(values[row], plan, plans, gained, first, factor)
    for month, brought in gained.items():
        values[REALISED, month - first] = brought.gain * factor
        if brought.is_verified:
            values[VERIFIED, month - first] = brought.gain * factor
    return Amounts(first, values)


def _put_plan(
    row: Array, plan: Expected, plans: Iterable[Expected], read: Iterable[Month], start: Month, factor: float
) -> None:
    """Write what a plan expects: nothing in months of which only the other plan or a measurement says anything."""
    for other in plans:
        row[other.first - start :][: len(other.gains)] = 0.0
    row[[month - start for month in read]] = 0.0
    row[plan.first - start :][: len(plan.gains)] = np.asarray(plan.gains) * factor


def sum_of(several: Iterable[Amounts]) -> Amounts:
    """Return the sum of what is known, month by month."""
    listed = [one for one in several if one.months]
    if not listed:
        return nothing(NO_MONTH)
    first = min(one.first for one in listed)
    months = max(one.first - first + one.months for one in listed)
    sums, known = np.zeros((ROWS, months)), np.zeros((ROWS, months), dtype=bool)
    for one in listed:
        place = slice(one.first - first, one.first - first + one.months)
        is_known = ~np.isnan(one.values)
        sums[:, place] += np.where(is_known, one.values, 0.0)
        known[:, place] |= is_known
    return Amounts(first, np.where(known, sums, np.nan))


def share_of(part: float | Decimal | None, whole: float | Decimal | None) -> float | None:
    """Return a part as a share of a whole, such as realised of planned; None where one of them is not known.

    Of a whole that is not above nothing there is no share: of the plan of a dis-benefit it would read the wrong way
    round, since the more of it comes, the worse.
    """
    return float(part) / float(whole) if part is not None and whole is not None and whole > 0 else None
