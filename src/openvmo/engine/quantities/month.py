"""A calendar month, the period in which plans, budgets and measurements are kept."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Self

_PATTERN = re.compile(r"^(\d{4})-(\d{2})$")


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """One calendar month.

    Args:
        year: calendar year, 1 to 9999.
        month: 1 (January) to 12 (December).

    Raises:
        ValueError: the year or month is out of range.

    >>> Month(2026, 11) + 3
    Month(year=2027, month=2)
    >>> Month(2027, 2) - Month(2026, 11)
    3
    """

    year: int
    month: int

    def __post_init__(self) -> None:
        if not 1 <= self.month <= 12:
            message = f"month must be 1 to 12, not {self.month}"
            raise ValueError(message)
        if not 1 <= self.year <= 9999:
            message = f"year must be 1 to 9999, not {self.year}"
            raise ValueError(message)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the form ``2026-04``.

        Raises:
            ValueError: the text has another form.
        """
        match = _PATTERN.match(text.strip())
        if match is None:
            message = f"a month is written like 2026-04, not {text!r}"
            raise ValueError(message)
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: datetime.date) -> Self:
        """The month that contains a day."""
        return cls(day.year, day.month)

    @classmethod
    def from_ordinal(cls, ordinal: int) -> Self:
        """The month with this running number; the inverse of `ordinal`."""
        year, month = divmod(ordinal, 12)
        return cls(year, month + 1)

    @property
    def ordinal(self) -> int:
        """Running number of the month, 12 a year."""
        return self.year * 12 + self.month - 1

    @property
    def first_day(self) -> datetime.date:
        """The first calendar day of the month."""
        return datetime.date(self.year, self.month, 1)

    def fiscal_year(self, first_month: int) -> int:
        """The calendar year in which the financial year of this month starts.

        Args:
            first_month: month in which the financial year starts, 1 to 12 (April is 4).

        >>> Month(2027, 3).fiscal_year(4), Month(2027, 4).fiscal_year(4)
        (2026, 2027)
        """
        return self.year if self.month >= first_month else self.year - 1

    def __add__(self, months: int) -> Month:
        return Month.from_ordinal(self.ordinal + months)

    def __sub__(self, other: Month) -> int:
        return self.ordinal - other.ordinal

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"
