"""Reference classes as a JSON document and back, so that a run can name the classes that it applied."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from openvmo.engine.reference.classes import (
    BaseRate,
    Dimension,
    ReferenceClass,
    ReferenceTable,
    reference_class,
    table_of,
)
from openvmo.engine.reference.shapes import Curve, Mean, Mixture, Quantiles, Range, Shape, Split

Json = dict[str, Any]

_SHAPES: dict[str, type[Shape]] = {
    "mean": Mean,
    "range": Range,
    "quantiles": Quantiles,
    "mixture": Mixture,
    "split": Split,
    "curve": Curve,
}
_NAMES = {shape: name for name, shape in _SHAPES.items()}
_LONGEST_ID = 64
_GREATEST = 1_000_000.0


class DocumentError(ValueError):
    """A document states no reference classes; the message says where it is wrong and what is expected there."""

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        """Keep the three apart, so that a finding can be made of them."""
        super().__init__(f"{place}: {problem} {remedy}")
        self.place, self.problem, self.remedy = place, problem, remedy


def document_of_table(table: ReferenceTable) -> list[Json]:
    """The classes in their order, as JSON can hold them.

    >>> from openvmo.engine.reference import reference_classes
    >>> document = document_of_table(reference_classes())
    >>> table_of_document(document) == reference_classes()
    True
    """
    return [
        {
            "id": known.id,
            "name": known.name,
            "rates": [{"dimension": str(dimension), **_rate_document(rate)} for dimension, rate in known.rates.items()],
        }
        for known in table.values()
    ]


def table_of_document(document: Any) -> ReferenceTable:
    """The classes that a document states.

    Raises:
        DocumentError: something in it is missing or wrong; says where, what, and what to do.
    """
    if not isinstance(document, list):
        raise DocumentError("classes", "A list of reference classes is expected.", "Write it with 'openvmo calibrate'.")
    classes = [_class(entry, f"classes[{number}]") for number, entry in enumerate(document)]
    ids = [known.id for known in classes]
    for number, own in enumerate(ids):
        if own in ids[:number]:
            raise DocumentError(f"classes[{number}].id", f"{own!r} stands twice.", "Give each class its own id.")
    return table_of(classes)


def _rate_document(rate: BaseRate) -> Json:
    stated = {field.name: getattr(rate, field.name) for field in dataclasses.fields(rate) if field.name != "shape"}
    years = None if rate.years is None else list(rate.years)
    return {"shape": _shape_document(rate.shape), **stated, "years": years}


def _shape_document(shape: Shape) -> Json:
    figures = {name: getattr(shape, name) for name in _figures_of(type(shape))}
    lists = {name: list(value) if isinstance(value, tuple) else value for name, value in figures.items()}
    return {"kind": _NAMES[type(shape)], **lists}


def _figures_of(shape: type[Shape]) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(shape))  # type: ignore[arg-type]  # every shape is one


def _class(entry: Any, place: str) -> ReferenceClass:
    stated = _mapping(entry, place)
    rates = stated.get("rates")
    if not isinstance(rates, list) or not rates:
        raise DocumentError(f"{place}.rates", "A list of at least one rate is expected.", "State cost, for example.")
    read = [_rate(rate, f"{place}.rates[{number}]") for number, rate in enumerate(rates)]
    return reference_class(_id(stated, place), _text(stated, "name", place), dict(read))


def _id(stated: Mapping[str, Any], place: str) -> str:
    own = _text(stated, "id", place)
    if not own or len(own) > _LONGEST_ID:
        raise DocumentError(f"{place}.id", f"{own!r} is no id.", f"Give a text of 1 to {_LONGEST_ID} characters.")
    return own


def _rate(entry: Any, place: str) -> tuple[Dimension, BaseRate]:
    stated = _mapping(entry, place)
    words = [str(dimension) for dimension in Dimension]
    if stated.get("dimension") not in words:
        problem = f"{stated.get('dimension')!r} is no dimension."
        raise DocumentError(f"{place}.dimension", problem, f"Use one of: {', '.join(words)}.")
    return Dimension(stated["dimension"]), BaseRate(
        shape=_shape(stated.get("shape"), f"{place}.shape"),
        source=_text(stated, "source", place),
        url=_text(stated, "url", place, default=""),
        year=_whole(stated, "year", place),
        sample=_whole(stated, "sample", place),
        note=_text(stated, "note", place, default=""),
        is_confirmed=stated.get("is_confirmed") is not False,
        own_weight=_weight(stated, place),
        prior=_text(stated, "prior", place, default=""),
        years=_years(stated, place),
    )


def _shape(entry: Any, place: str) -> Shape:
    stated = _mapping(entry, place)
    kind = stated.get("kind")
    if kind not in _SHAPES:
        raise DocumentError(f"{place}.kind", f"{kind!r} is no shape.", f"Use one of: {', '.join(_SHAPES)}.")
    figures = {name: _figure(stated.get(name), f"{place}.{name}") for name in _figures_of(_SHAPES[kind])}
    try:
        return _SHAPES[kind](**figures)
    except (TypeError, ValueError) as error:
        raise DocumentError(place, f"{error}.", "Correct the figures, or calibrate anew.") from error


def _figure(value: Any, place: str) -> float | tuple[float, ...]:
    if isinstance(value, list):
        return tuple(_factor_like(item, place) for item in value)
    return _factor_like(value, place)


def _factor_like(value: Any, place: str) -> float:
    number = _number(value, place)
    if not 0 <= number <= _GREATEST:
        raise DocumentError(place, f"{number:g} is out of bounds.", f"Give a number from 0 to {_GREATEST:,.0f}.")
    return number


def _number(value: Any, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise DocumentError(place, f"{value!r} is no number.", "Give a number.")
    return float(value)


def _mapping(value: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise DocumentError(place, "An object with named values is expected.", "Write it with 'openvmo calibrate'.")
    return value


def _text(stated: Mapping[str, Any], name: str, place: str, default: str | None = None) -> str:
    value = stated.get(name, default)
    if not isinstance(value, str):
        raise DocumentError(f"{place}.{name}", f"{value!r} is no text.", "Give a text.")
    return value


def _whole(stated: Mapping[str, Any], name: str, place: str) -> int | None:
    value = stated.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise DocumentError(f"{place}.{name}", f"{value!r} is no whole number.", "Give a whole number or null.")
    return value


def _weight(stated: Mapping[str, Any], place: str) -> float | None:
    if stated.get("own_weight") is None:
        return None
    weight = _number(stated["own_weight"], f"{place}.own_weight")
    if not 0 <= weight <= 1:
        raise DocumentError(f"{place}.own_weight", f"{weight} is no share.", "Give a number from 0 to 1, or null.")
    return weight


def _years(stated: Mapping[str, Any], place: str) -> tuple[int, int] | None:
    value = stated.get("years")
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2 or not all(type(year) is int for year in value):
        raise DocumentError(f"{place}.years", f"{value!r} are no years.", "Give the first and the last year, or null.")
    return value[0], value[1]
