"""Published categories of value for money by benefit-cost ratio."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class ValueBand:
    """A category of value for money.

    Args:
        category: its key, such as "high".
        name: what it is called.
        begins: the lowest benefit-cost ratio of the category; minus infinity for the lowest category.
        presumption: what its author advises to do with such work.
        source: who published it.
        url: where it can be read.
        year: year of publication.
        note: what a reader must know of the figure.
    """

    category: str
    name: str
    begins: float
    presumption: str
    source: str
    url: str
    year: int
    note: str


@cache
def value_bands() -> tuple[ValueBand, ...]:
    """The categories of value for money of the Department for Transport, the lowest first.

    >>> [(band.name, band.begins) for band in value_bands()][-2:]
    [('High', 2.0), ('Very high', 4.0)]
    """
    file = resources.files("openvmo.engine.reference") / "data" / "appraisal" / "value_for_money.csv"
    return tuple(_band(row) for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines()))


def _band(row: dict[str, str]) -> ValueBand:
    return ValueBand(
        category=row["category"],
        name=row["name"],
        begins=float(row["from_ratio"]) if row["from_ratio"] else -math.inf,
        presumption=row["presumption"],
        source=row["source"],
        url=row["url"],
        year=int(row["year"]),
        note=row["note"],
    )
