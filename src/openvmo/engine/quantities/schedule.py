"""A discount rate that changes with time."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class DiscountSchedule:
    """Yearly discount rates by the year in which they apply.

    The factors chain: what lies beyond year 30 is first brought to year 30 at the later rate, then to today at the
    earlier one.

    Args:
        id: short name.
        name: what it is called where it is published.
        bands: pairs of a first year and the rate a year from then on, a share; the first begins in year 0. A band from
            year 31 discounts the years 31, 32, ...: from the end of year 30 on.
        source: who published it.
        url: where it can be read.
        periods_a_year: 1 for yearly flows, 12 for monthly ones (see `monthly`).

    Raises:
        ValueError: the bands are empty, do not begin in year 0 and rise, or have a rate of -100 % or less.

    >>> DiscountSchedule("stepped", "Two steps", ((0, 0.10), (2, 0.0))).factors(4).round(6).tolist()
    [1.0, 0.909091, 0.909091, 0.909091]
    """

    id: str
    name: str
    bands: tuple[tuple[int, float], ...]
    source: str = ""
    url: str = ""
    periods_a_year: int = 1

    def __post_init__(self) -> None:
        years = [year for year, _ in self.bands]
        if not years or years[0] != 0 or any(later <= max(year, 1) for year, later in pairwise(years)):
            message = f"the bands of a discount schedule begin in year 0 and rise, such as 0, 31, 76; not {years}"
            raise ValueError(message)
        for year, rate in self.bands:
            if not math.isfinite(rate) or rate <= -1:
                message = f"the rate from year {year} is a share above -1, such as 0.035 for 3.5 %, not {rate}"
                raise ValueError(message)
        if self.periods_a_year < 1:
            message = f"a year has at least one period, not {self.periods_a_year}"
            raise ValueError(message)

    @classmethod
    def flat(cls, rate: float) -> Self:
        """The same yearly rate for ever.

        >>> DiscountSchedule.flat(0.25).factors(3).round(2).tolist()
        [1.0, 0.8, 0.64]
        """
        return cls("flat", f"{rate:.4g} a year", ((0, rate),))

    @property
    def monthly(self) -> Self:
        """The same schedule for monthly flows.

        >>> DiscountSchedule.flat(0.10).monthly.factors(13)[[0, 12]].round(6).tolist()
        [1.0, 0.909091]
        """
        return replace(self, periods_a_year=12)

    def factors(self, periods: int) -> NDArray[np.float64]:
        """Discount factors of the periods 0, 1, ..., an array of shape (periods,); period 0 is not discounted."""
        return self.factors_at(np.arange(periods) / self.periods_a_year)

    def factors_at(self, years: ArrayLike) -> NDArray[np.float64]:
        """Discount factors at times in years, which need not be whole.

        Args:
            years: array of times from 0 on.
        """
        times = np.asarray(years, dtype=np.float64)
        # A band from year 31 begins when year 30 has ended.
        begins = [max(year - 1, 0) for year, _ in self.bands]
        exponent = np.zeros_like(times)
        for (_, rate), begin, end in zip(self.bands, begins, [*begins[1:], math.inf], strict=True):
            exponent -= math.log1p(rate) * np.clip(times - begin, 0.0, end - begin)
        factors: NDArray[np.float64] = np.exp(exponent)
        return factors
