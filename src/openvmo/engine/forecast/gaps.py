"""What a reader must know of a forecast: what was not stated, and what the reference classes do not say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from openvmo.engine.model import (
    DependencyKind,
    Finding,
    Initiative,
    OptionKind,
    Pool,
    Portfolio,
    Severity,
)
from openvmo.engine.model.gaps import assumption_gaps, benefit_gaps
from openvmo.engine.reference import Dimension, ReferenceTable

_NOTHING_TO_GAIN = (OptionKind.DO_NOTHING, OptionKind.STOP)


def forecast_gaps(portfolio: Portfolio, references: ReferenceTable) -> tuple[Finding, ...]:
    """Every finding about a forecast of this portfolio with these reference classes."""
    return (
        *assumption_gaps(portfolio),
        *_class_gaps(portfolio, references),
        *_begun_gaps(portfolio),
        *(
            finding
            for initiative in portfolio.initiatives
            for finding in _initiative_gaps(initiative, portfolio.pools, references)
        ),
    )


def _initiative_gaps(initiative: Initiative, pools: Sequence[Pool], references: ReferenceTable) -> Iterator[Finding]:
    for option in initiative.options:
        if option.kind not in _NOTHING_TO_GAIN:
            yield from benefit_gaps(initiative, option, pools)
    if references and initiative.reference_class and initiative.reference_class not in references:
        yield Finding(
            Severity.WARNING,
            "reference.unknown",
            f"{initiative.id} names a reference class that is not known: only its inside view is used.",
            f"Choose one of: {', '.join(sorted(references))}.",
            sheet="Initiatives",
            column="reference_class",
            value=initiative.reference_class,
        )
    if _is_exact(initiative, references):
        yield Finding(
            Severity.WARNING,
            "spread.none",
            f"{initiative.id} states no uncertainty of its costs and no reference class supplies one: "
            "they are treated as exact.",
            "State low and high, or choose a reference class with a spread.",
            sheet="Costs",
            column="low",
            value=initiative.id,
        )


def _is_exact(initiative: Initiative, references: ReferenceTable) -> bool:
    lines = [line for option in initiative.options for line in option.costs]
    known = references.get(initiative.reference_class)
    shape = None if known is None else known.shape(Dimension.COST)
    has_spread = shape is not None and shape.has_spread
    return bool(lines) and not has_spread and not any(line.amount.is_stated for line in lines)


def _class_gaps(portfolio: Portfolio, references: ReferenceTable) -> Iterator[Finding]:
    """A note for each class in use that says only how things turned out on average."""
    used = {initiative.reference_class for initiative in portfolio.initiatives}
    for name in sorted(used & set(references)):
        known = references[name]
        alone = [dimension for dimension, rate in known.rates.items() if not rate.shape.has_spread]
        if alone:
            yield Finding(
                Severity.WARNING,
                "reference.mean_only",
                f"The reference class {known.name} gives only a mean for {', '.join(alone)}: "
                "it moves the forecast but adds no spread.",
                "Read the range as too narrow, or calibrate a class on your own finished work.",
                sheet="Initiatives",
                column="reference_class",
                value=name,
            )
        recalled = [dimension for dimension, rate in known.rates.items() if not rate.is_confirmed]
        if recalled:
            yield Finding(
                Severity.WARNING,
                "reference.unconfirmed",
                f"The figures of the reference class {known.name} for {', '.join(recalled)} "
                "were not read in their source.",
                "Check them before quoting this forecast, or choose a class whose figures were read.",
                sheet="Initiatives",
                column="reference_class",
                value=name,
            )


def _begun_gaps(portfolio: Portfolio) -> Iterator[Finding]:
    """A note for each initiative that has begun although it was to wait for another."""
    begun = {
        initiative.id
        for initiative in portfolio.initiatives
        if any(option.start < portfolio.start for option in initiative.options[:1])
    }
    for dependency in portfolio.dependencies:
        if dependency.kind is DependencyKind.FINISH_TO_START and dependency.target in begun:
            yield Finding(
                Severity.NOTE,
                "dependency.begun",
                f"{dependency.target} has begun, so it is not delayed by {dependency.source}.",
                "Remove the dependency, or correct the start.",
                sheet="Dependencies",
                column="target",
                value=dependency.target,
            )
