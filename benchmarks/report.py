"""Figures and the one table in which every benchmark prints them."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from dataclasses import dataclass

LARGE = 100.0
"""From here on the whole digits are enough."""
HEADINGS = ("what", "figure", "baseline", "ratio", "target")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure.

    Args:
        what: what was measured.
        value: how much it took or did.
        unit: of the value and the baseline, such as "ms".
        baseline: what the named baseline took or did; None when there is none.
        most: the highest value that reaches the goal; None when there is no goal.
        most_ratio: the highest ratio to the baseline that reaches the goal; None when there is no goal.
    """

    what: str
    value: float
    unit: str
    baseline: float | None = None
    most: float | None = None
    most_ratio: float | None = None

    @property
    def ratio(self) -> float | None:
        """The figure as a multiple of its baseline."""
        return self.value / self.baseline if self.baseline else None

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is reached; None without one."""
        if self.most is not None:
            return self.value <= self.most
        if self.most_ratio is not None and self.ratio is not None:
            return self.ratio <= self.most_ratio
        return None

    def cells(self) -> tuple[str, ...]:
        """The figure as a row of the table, in the order of the headings."""
        return (
            self.what,
            amount(self.value, self.unit),
            "" if self.baseline is None else amount(self.baseline, self.unit),
            "" if self.ratio is None else f"{self.ratio:.3g}x",
            self._target(),
        )

    def _target(self) -> str:
        if self.is_met is None:
            return ""
        limit = f"{self.most_ratio:g}x" if self.most is None else amount(self.most, self.unit)
        return f"<= {limit} {'met' if self.is_met else 'MISSED'}"


def amount(value: float, unit: str) -> str:
    """A value with its unit, with three digits that count.

    >>> amount(1234.5, "rows/s"), amount(0.01234, "s")
    ('1,234 rows/s', '0.0123 s')
    """
    digits = f"{value:,.0f}" if abs(value) >= LARGE else f"{value:.3g}"
    return f"{digits} {unit}".rstrip()


def say(title: str, baseline: str, figures: Iterable[Figure]) -> None:
    """Print a title, what the baseline is, and the figures as a table in Markdown."""
    rows = [HEADINGS, *(figure.cells() for figure in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADINGS))]
    print(f"\n## {title}\n")
    print(f"Baseline: {baseline}")
    print(f"Python {platform.python_version()}, {platform.machine()}; times of a shared machine vary.\n")
    for number, row in enumerate(rows):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
