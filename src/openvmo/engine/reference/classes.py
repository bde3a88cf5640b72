"""Reference classes: how work of one kind turned out before, in cost, duration and benefit."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache
from importlib import resources
from types import MappingProxyType

from openvmo.engine.reference.shapes import Curve, Mean, Mixture, Quantiles, Range, Shape, Split


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
        is_confirmed: whether the figure was read in its source, or in one that quotes it.
        own_weight: share of the shape that comes from own finished work, 0 to 1; None when it was published.
        prior: id of the class that the rest of the shape comes from, its own when that is the published one; "" when
            there is none.
        years: first and last year in which the work was finished; None when not known.
    """

    shape: Shape
    source: str
    url: str
    year: int | None = None
    sample: int | None = None
    note: str = ""
    is_confirmed: bool = True
    own_weight: float | None = None
    prior: str = ""
    years: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A published finding that describes no distribution, such as how rarely all plans are kept."""

    text: str
    source: str
    url: str
    year: int


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
        # A read-only mapping cannot be sent to another process, so the class is made anew there.
        return reference_class, (self.id, self.name, dict(self.rates))


ReferenceTable = Mapping[str, ReferenceClass]


def table_of(classes: Iterable[ReferenceClass]) -> ReferenceTable:
    """Reference classes by id, read-only."""
    return MappingProxyType({known.id: known for known in classes})


def reference_class(id: str, name: str, rates: Mapping[Dimension, BaseRate]) -> ReferenceClass:
    """A reference class whose rates nobody can change afterwards; the rates come in the order of the dimensions."""
    ordered = {dimension: rates[dimension] for dimension in Dimension if dimension in rates}
    return ReferenceClass(id, name, MappingProxyType(ordered))


@cache
def reference_classes() -> ReferenceTable:
    """The published reference classes by id; each figure carries its source and address.

    >>> round(reference_classes()["it"].rates[Dimension.COST].shape.mean, 2)
    1.73
    """
    names: dict[str, str] = {}
    rates: dict[str, dict[Dimension, BaseRate]] = {}
    for row in _rows("classes"):
        names[row["id"]] = row["name"]
        rates.setdefault(row["id"], {})[Dimension(row["dimension"])] = _base_rate(row)
    return table_of(reference_class(key, name, rates[key]) for key, name in names.items())


@cache
def published_statements() -> tuple[Statement, ...]:
    """What was published on how work turns out, and is no distribution.

    >>> published_statements()[1].text
    'Of the same projects, 0.5 % kept their cost, their time and their benefits.'
    """
    return tuple(
        Statement(row["statement"], row["source"], row["url"], int(row["year"])) for row in _rows("statements")
    )


def _rows(folder: str) -> Iterator[dict[str, str]]:
    files = (resources.files("openvmo.engine.reference") / "data" / folder).iterdir()
    for file in sorted(files, key=lambda entry: entry.name):
        yield from csv.DictReader(file.read_text(encoding="utf-8").splitlines())


def _base_rate(row: Mapping[str, str]) -> BaseRate:
    return BaseRate(
        shape=_shape(row),
        source=row["source"],
        url=row["url"],
        year=int(row["year"]) if row["year"] else None,
        sample=int(row["n"]) if row["n"] else None,
        note=row["note"],
        is_confirmed=row["confirmed"] == "yes",
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
            return _quantiles(row["quantiles"])
        case "mixture":
            return Mixture(factor("mean"), _share(row), factor("tail_threshold"), factor("tail_mean"))
        case "split":
            return Split(factor("mean"), _share(row), factor("tail_mean"))
        case unknown:
            message = f"reference class {row['id']} has the unknown shape {unknown!r}"
            raise ValueError(message)


def _share(row: Mapping[str, str]) -> float:
    """The share in the tail, a number or a fraction such as 1/6."""
    return float(Fraction(row["tail_share"]))


def _quantiles(text: str) -> Shape:
    """The shape of quantiles such as "0.5=0.15 0.8=0.32": lognormal through two, a curve through more."""
    pairs = [pair.split("=") for pair in text.split()]
    probabilities = tuple(float(probability) for probability, _ in pairs)
    factors = tuple(1 + float(overrun) for _, overrun in pairs)
    if len(pairs) == 2:
        return Quantiles(probabilities[0], factors[0], probabilities[1], factors[1])
    return Curve(probabilities, factors)
