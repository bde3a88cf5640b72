"""Published discount rates that decline with time."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from openvmo.engine.quantities import DiscountSchedule


@cache
def discount_schedules() -> Mapping[str, DiscountSchedule]:
    """The published discount schedules by id; each names its source.

    `green_book` is the social time preference rate, `green_book_reduced` leaves pure time preference out, as a second
    look at very long effects, and `green_book_health` is for effects on health and life.

    >>> discount_schedules()["green_book"].bands[:3]
    ((0, 0.035), (31, 0.03), (76, 0.025))
    """
    file = resources.files("openvmo.engine.reference") / "data" / "appraisal" / "discount_schedules.csv"
    rows: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines()):
        rows.setdefault(row["id"], []).append(row)
    return MappingProxyType({key: _schedule(bands) for key, bands in rows.items()})


def _schedule(rows: list[dict[str, str]]) -> DiscountSchedule:
    first = rows[0]
    bands = tuple((int(row["first_year"]), float(row["rate"])) for row in rows)
    return DiscountSchedule(first["id"], first["name"], bands, first["source"], first["url"])
