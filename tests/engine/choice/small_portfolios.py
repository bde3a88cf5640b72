"""Portfolios of a few numbers, valued by a forecast of one trial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from openvmo.engine.choice.candidates import FloatArray
from openvmo.engine.forecast.results import Alternative
from openvmo.engine.model import Dependency, DependencyKind, Initiative, Option, OptionKind, Portfolio, Selection
from openvmo.engine.quantities import Month


@dataclass(frozen=True)
class Course:
    """One option: its value, its costs by year, its kind, and the part of its value that is benefit."""

    value: float
    costs: Sequence[float]
    kind: OptionKind = OptionKind.CONTINUE
    benefit: float | None = None


@dataclass(frozen=True, eq=False)
class Numbers:
    """A forecast as far as a choice needs it."""

    alternatives: tuple[Alternative, ...]
    years: tuple[int, ...]
    annual_cost: FloatArray
    npv: FloatArray
    benefit_pv: FloatArray


def portfolio_of(
    courses: Mapping[str, Sequence[Course]],
    *,
    dependencies: Sequence[tuple[DependencyKind, str, str]] = (),
    selection: Mapping[str, Selection] | None = None,
    first_year: int = 2026,
) -> tuple[Portfolio, Numbers]:
    """A portfolio with these courses of action and its forecast of one trial."""
    selection = selection or {}
    portfolio = Portfolio(
        currency="GBP",
        price_base=first_year,
        start=Month(first_year, 1),
        initiatives=tuple(
            Initiative(
                id=name,
                name=f"Initiative {name}",
                selection=selection.get(name, Selection.FREE),
                options=tuple(
                    Option(id=f"o{number}", kind=course.kind, start=Month(first_year, 1), duration=12)
                    for number, course in enumerate(options)
                ),
            )
            for name, options in courses.items()
        ),
        dependencies=tuple(
            Dependency(kind=kind, source=source, target=target) for kind, source, target in dependencies
        ),
    )
    flat = [course for options in courses.values() for course in options]
    years = max(len(course.costs) for course in flat)
    return portfolio, Numbers(
        alternatives=tuple(
            Alternative(initiative.id, option.id)
            for initiative in portfolio.initiatives
            for option in initiative.options
        ),
        years=tuple(range(first_year, first_year + years)),
        annual_cost=np.array([course.costs for course in flat], dtype=float),
        npv=np.array([[course.value for course in flat]], dtype=float),
        benefit_pv=np.array(
            [[course.value if course.benefit is None else course.benefit for course in flat]], dtype=float
        ),
    )
