"""Finished work: what was planned and what came, as evidence for the next plans."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from openvmo.engine.reference import Dimension


@dataclass(frozen=True, slots=True)
class FinishedWork:
    """One piece of finished work, planned against actual.

    Args:
        id: names it in findings.
        classes: what kinds it belongs to, by column: {"sector": "Water", "country": "India"}.
        planned_cost: cost in the plan on which it was approved, in any one currency; None when not known.
        actual_cost: what it cost in the end, in the same currency; None when not known.
        planned_months: months from approval to the planned end; any unit will do when the actual has the same.
        actual_months: months that it took.
        planned_benefit: gain that the plan promised, in the benefit's unit.
        actual_benefit: gain that came, in the same unit; 0 when none came.
        finished: calendar year in which it was finished; None when not known.
        inflation: prices of the actual cost divided by prices of the planned cost, 1 when both are stated at the same
            prices; None when not known.
    """

    id: str
    classes: Mapping[str, str] = field(default_factory=dict)
    planned_cost: float | None = None
    actual_cost: float | None = None
    planned_months: float | None = None
    actual_months: float | None = None
    planned_benefit: float | None = None
    actual_benefit: float | None = None
    finished: int | None = None
    inflation: float | None = None

    def figures(self, dimension: Dimension) -> tuple[float | None, float | None]:
        """What was planned and what came in one dimension."""
        match dimension:
            case Dimension.COST:
                return self.planned_cost, self.actual_cost
            case Dimension.DURATION:
                return self.planned_months, self.actual_months
            case Dimension.BENEFIT:
                return self.planned_benefit, self.actual_benefit

    def ratio(self, dimension: Dimension) -> float | None:
        """Outcome divided by plan; None when either is not known or they make no ratio.

        A ratio needs a plan above 0; an outcome of 0 counts for a benefit that did not come, and an outcome below 0 is
        not a ratio. Cost and duration need an outcome above 0. Cost is freed from the inflation that is stated.

        >>> round(FinishedWork("bridge", planned_cost=100, actual_cost=132, inflation=1.1).ratio(Dimension.COST), 9)
        1.2
        """
        planned, actual = self.figures(dimension)
        if planned is None or actual is None or not planned > 0:
            return None
        if actual < 0 or (actual == 0 and dimension is not Dimension.BENEFIT):
            return None
        prices = self.inflation if dimension is Dimension.COST and self.inflation is not None else 1.0
        ratio = actual / planned / prices if prices > 0 else math.nan
        return ratio if math.isfinite(ratio) else None


def class_ids(work: FinishedWork, by: tuple[str, ...]) -> tuple[str, ...]:
    """Ids of the classes that a piece of work belongs to, from the widest to the narrowest.

    A column in which it has no value ends the way down.

    >>> class_ids(FinishedWork("dam", {"sector": "Water", "kind": "Dams & weirs"}), ("sector", "kind"))
    ('finished_work', 'water', 'water.dams_weirs')
    """
    ids, names = [EVERYTHING], []
    for column in by:
        name = named(work.classes.get(column, ""))
        if not name:
            break
        names.append(name)
        ids.append(".".join(names))
    return tuple(ids)


def named(text: str) -> str:
    """A text as part of an id: small letters and digits of any script, joined by underscores.

    >>> named(" Roads and highways ")
    'roads_and_highways'
    """
    return re.sub(r"\W+", "_", text.casefold()).strip("_")


EVERYTHING = "finished_work"
"""Id of the class of all finished work, whatever its kind."""
