"""Reference classes: how work of one kind turned out before, in cost, duration and benefit."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType

from openvmo.engine.reference.shapes import Mean, Mixture, Quantiles, Range, Shape


class Dimension(StrEnum):
    """What of a plan turned out otherwise."""

    COST = "cost"
    DURATION = "duration"
    BENEFIT = "benefit"


@dataclass(frozen=True, slots=True)
class BaseRate:
    """How one dimension of a kind of work turned out before.

    Args:
        shape: the distribution of the ratio of outcome to plan.
        source: who published it.
        url: where it can be read.
        year: year of publication; None when the source does not say.
        sample: number of observed pieces of work; None when the source does not say.
        note: what a reader must know of the figure.
    """

    shape: Shape
    source: str
    url: str
    year: int | None = None
    sample: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReferenceClass:
    """A kind of work with its base rates; a dimension without a published figure is not in `rates`."""

    id: str
    name: str
    rates: Mapping[Dimension, BaseRate]

    def shape(self, dimension: Dimension) -> Shape | None:
        """The distribution in one dimension; None when no figure was published."""
        rate = self.rates.get(dimension)
        return None if rate is None else rate.shape

    def __reduce__(self) -> tuple[object, ...]:
        return _restored, (self.id, self.name, dict(self.rates))


ReferenceTable = Mapping[str, ReferenceClass]


@cache
def reference_classes() -> ReferenceTable:
    """The published reference classes by id; each figure carries its source and address.

    >>> round(reference_classes()["it"].rates[Dimension.COST].shape.mean, 2)
    1.73
    """
    names: dict[str, str] = {}
    rates: dict[str, dict[Dimension, BaseRate]] = {}
    for row in _rows():
        names[row["id"]] = row["name"]
        rates.setdefault(row["id"], {})[Dimension(row["dimension"])] = _base_rate(row)
    return MappingProxyType({key: _restored(key, name, rates[key]) for key, name in names.items()})


def _rows() -> Iterator[dict[str, str]]:
    folder = resources.files("openvmo.engine.reference") / "data"
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".csv"):
            yield from csv.DictReader(file.read_text(encoding="utf-8").splitlines())


def _base_rate(row: Mapping[str, str]) -> BaseRate:
    return BaseRate(
        shape=_shape(row),
        source=row["source"],
        url=row["url"],
        year=int(row["year"]) if row["year"] else None,
        sample=int(row["n"]) if row["n"] else None,
        note=row["note"],
    )


def _shape(row: Mapping[str, str]) -> Shape:
    """The shape of a row, whose figures are overruns: 0.3 is 30 % above plan, a factor of 1.3."""

    def factor(column: str) -> float:
        return 1 + float(row[column])

    match row["shape"]:
        case "mean":
            return Mean(factor("mean"))
        case "range":
            return Range(factor("lower"), factor("upper"))
        case "quantiles":
            low, high = float(row["quantile_low"]), float(row["quantile_high"])
            return Quantiles(low, factor("value_low"), high, factor("value_high"))
        case "mixture":
            share = float(row["tail_share"])
            return Mixture(factor("mean"), share, factor("tail_threshold"), factor("tail_mean"))
        case unknown:
            message = f"reference class {row['id']} has the unknown shape {unknown!r}"
            raise ValueError(message)


def _restored(id: str, name: str, rates: dict[Dimension, BaseRate]) -> ReferenceClass:
    """A reference class from its parts; so it is also sent to other processes, as read-only mappings cannot be."""
    return ReferenceClass(id, name, MappingProxyType(rates))
