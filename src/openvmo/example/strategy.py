"""How the agency sees whether its objectives are reached: measures, and what was read of them."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from openvmo.engine.model import Direction, Frequency, Timing
from openvmo.engine.quantities import Month
from openvmo.example.specs import rows_of

# Months between two readings.
EVERY = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.HALF_YEARLY: 6}
TARGET_AFTER = 38
# How far a reading strays from its path, as a share of the way from baseline to target.
NOISE = 0.04


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureSpec:
    """One measure of an objective; `now` is where its path has led when the story ends."""

    id: str
    objective: str
    kind: str
    name: str
    unit: str
    direction: Direction
    baseline: float
    target: float
    now: float
    frequency: Frequency
    timing: Timing
    data_source: str
    owner: str


@dataclass(frozen=True, slots=True)
class ReadingTaken:
    """A measure was read."""

    on: datetime.date
    measure: str
    value: float
    source: str


@cache
def measure_specs() -> tuple[MeasureSpec, ...]:
    """All measures in the order of the table."""
    return tuple(
        MeasureSpec(
            id=row["id"],
            objective=row["objective"],
            kind=row["kind"],
            name=row["name"],
            unit=row["unit"],
            direction=Direction(row["direction"]),
            baseline=float(row["baseline"]),
            target=float(row["target"]),
            now=float(row["now"]),
            frequency=Frequency(row["frequency"]),
            timing=Timing(row["timing"]),
            data_source=row["data_source"],
            owner=row["owner"],
        )
        for row in rows_of("measures.csv")
    )


def readings_until(until: Month, length: int, seed: int) -> tuple[ReadingTaken, ...]:
    """What was read of the measures in the months of the story, oldest first.

    Args:
        until: the month in which the story ends; it is not yet read.
        length: months of the story.
        seed: of the example.
    """
    taken = [one for spec in measure_specs() for one in _readings(spec, until, length, seed)]
    return tuple(sorted(taken, key=lambda one: (one.on, one.measure)))


def _readings(spec: MeasureSpec, until: Month, length: int, seed: int) -> Iterator[ReadingTaken]:
    for month in range(-length, 0):
        read = until + month
        if read.month % EVERY[spec.frequency]:
            continue
        chance = random.Random(f"{seed}-read-{spec.id}-{month}")  # noqa: S311 - an invented organisation keeps no secrets
        way = (length + month + 1) / length
        stray = chance.uniform(-NOISE, NOISE) * abs(spec.target - spec.baseline)
        value = round(spec.baseline + (spec.now - spec.baseline) * way**1.3 + stray, 1)
        yield ReadingTaken(
            (read + 1).first_day - datetime.timedelta(days=1), spec.id, max(value, 0.0), spec.data_source
        )
