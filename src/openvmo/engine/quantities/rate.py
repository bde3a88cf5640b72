"""A yearly rate and what it means month by month."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class AnnualRate:
    """A rate of change a year, compounded.

    Args:
        value: share a year: 0.035 is 3.5 %.

    Raises:
        ValueError: the rate is not finite, or is -100 % or less.
    """

    value: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.value) or self.value <= -1:
            message = f"a yearly rate is a share above -1, such as 0.035 for 3.5 %, not {self.value}"
            raise ValueError(message)

    @property
    def monthly(self) -> float:
        """The rate a month that compounds to this rate a year.

        >>> round(AnnualRate(0.035).monthly, 6)
        0.002871
        """
        return math.expm1(math.log1p(self.value) / 12)

    def factors(self, months: int) -> NDArray[np.float64]:
        """Discount factors of the months 0, 1, ..., an array of shape (months,); month 0 is not discounted.

        >>> AnnualRate(0.10).factors(13)[[0, 12]].round(6).tolist()
        [1.0, 0.909091]
        """
        factors: NDArray[np.float64] = np.exp(np.arange(months) * (-math.log1p(self.value) / 12))
        return factors
