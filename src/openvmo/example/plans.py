"""From a specification to plans: options with costs, profiles and risks as they were known in a month."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from openvmo.engine.model import (
    Accrual,
    Anchor,
    Benefit,
    BenefitClass,
    BenefitTerm,
    CostKind,
    CostLine,
    DependencyKind,
    Direction,
    Frequency,
    Level,
    Option,
    OptionKind,
    Profile,
    Risk,
    Timing,
)
from openvmo.engine.quantities import Estimate, Month
from openvmo.example.frame import DEPENDENCIES
from openvmo.example.specs import MONEY, BenefitSpec, InitiativeSpec
from openvmo.example.story import REVISIONS, SILENT_ID, SILENT_OWNER

RUNNING_YEARS = 5
BENEFIT_MONTHS = 72
ROUND_FROM = 10_000
MEASURER = "Linnea Okafor-Dahl"
SOURCES = {True: "Ledger, agreed with finance", False: "Monthly figures of the unit"}
LEVELS = (Level.LOW, Level.MEDIUM, Level.MEDIUM, Level.HIGH)
REVIEW_MONTHS = 6
TARGET_AFTER_GO_LIVE = 18
# Work of a year or more brings benefits in the long term.
LONG_FROM = 12
# One benefit in nine says too little of what people will see and where it comes from.
SHARE_VAGUE = 0.11
# From this worth a year on a benefit has the first, second, third and fourth priority.
PRIORITY_LIMITS = (1_500_000.0, 800_000.0, 400_000.0, 200_000.0)
# How far costs spread by kind of work: P10 and P90 over P50.
SPREADS = {
    "platform": (0.88, 1.55),
    "service": (0.90, 1.35),
    "security": (0.92, 1.35),
    "policy": (0.92, 1.30),
    "adoption": (0.90, 1.25),
    "analysis": (0.90, 1.30),
    "fieldwork": (0.93, 1.40),
    "estate": (0.92, 1.30),
}
OWNERS = (
    "Leonie Achterberg",
    "Rasmus Oyelaran",
    "Priya Sandström",
    "Naledi Ferreira",
    "Callum Thibodeaux",
    "Samira Delacroix",
    "Matteo Hallorann",
    "Astrid Mbeki-Olsen",
    "Dmitri Fontaine-Abebe",
    "Aroha Pettersen",
    "Henrik Aalto-Reyes",
    "Freya Castellanos",
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an initiative stands in a month: what its plan has gained since the beginning.

    Args:
        slip: months added to the planned duration.
        cost: factor on the planned capital cost.
    """

    slip: int = 0
    cost: float = 1.0


def standing_in(spec: InitiativeSpec, month: int) -> Standing:
    """How an initiative stands once the revisions of a month are made."""
    standing = Standing()
    for revision in REVISIONS.get(spec.id, ()):
        if revision.month <= month:
            standing = Standing(standing.slip + revision.slip, standing.cost * revision.cost)
    return standing


def go_live_in(spec: InitiativeSpec, month: int) -> int:
    """The go-live that the plan of a month states."""
    return spec.planned_go_live + standing_in(spec, month).slip


def benefits_of(spec: InitiativeSpec, until: Month, seed: int) -> tuple[Benefit, ...]:
    """The benefits of an initiative with the people who answer for them, as stated when it was proposed."""
    chance = random.Random(f"{seed}-owners-{spec.id}")  # noqa: S311 - an invented organisation keeps no secrets
    return tuple(_benefit(spec, benefit, until, chance) for benefit in spec.benefits)


def options_in(spec: InitiativeSpec, month: int, until: Month, seed: int) -> tuple[Option, ...]:
    """The options of an initiative as its plan of a month states them; the first is the current plan.

    Args:
        spec: the initiative.
        month: the month of the plan, from `until`.
        until: the month in which the story ends.
        seed: of the example.
    """
    current = _current(spec, standing_in(spec, month), until, seed)
    return (current, *(_variant(spec, current, kind, until + month) for kind in _open_variants(spec, month)))


def _open_variants(spec: InitiativeSpec, month: int) -> Iterator[OptionKind]:
    """What can still be done otherwise: nothing after go-live, no delay once work has begun."""
    if go_live_in(spec, month) <= month:
        return
    for kind in spec.variants:
        if kind is not OptionKind.DEFER or spec.start > month:
            yield kind


def _current(spec: InitiativeSpec, standing: Standing, until: Month, seed: int) -> Option:
    chance = random.Random(f"{seed}-plan-{spec.id}")  # noqa: S311
    low, high = SPREADS[spec.category]
    capital = _rounded(spec.capital * standing.cost)
    costs = [CostLine(id="build", name="Build and change-over", amount=_spread(capital, low, high))]
    if spec.running:
        running = spec.running * RUNNING_YEARS
        costs.append(
            CostLine(
                id="run",
                name="Running the result",
                amount=_spread(running, 0.93, 1.2),
                kind=CostKind.OPEX,
                anchor=Anchor.GO_LIVE,
                months=RUNNING_YEARS * 12,
            )
        )
    return Option(
        id="plan",
        name="As planned",
        start=until + spec.start,
        duration=spec.duration + standing.slip,
        slip=Estimate(1.0, low=0.0, high=float(chance.randint(3, 8))),
        costs=tuple(costs),
        profiles=tuple(_profile(benefit, chance) for benefit in spec.benefits if benefit.annual is not None),
        risks=(
            Risk(
                id="main",
                name=spec.risk,
                probability=spec.risk_probability,
                cost=_spread(_rounded(capital * 0.12), 0.5, 2.0),
                slip=Estimate.certain(float(chance.randint(1, 4))),
                benefit_loss=chance.choice((0.0, 0.05, 0.1, 0.15)),
            ),
        ),
    )


def _variant(spec: InitiativeSpec, current: Option, kind: OptionKind, now: Month) -> Option:
    """Another course of action, derived from the current plan."""
    match kind:
        case OptionKind.STOP:
            closing = _spread(_rounded(spec.capital * 0.05), 0.8, 1.5)
            line = CostLine(id="close", name="Contracts and hand-back", amount=closing, months=3)
            return Option(id="stop", name="Stop and hand back", kind=kind, start=now, duration=0, costs=(line,))
        case OptionKind.DEFER:
            return replace(current, id="defer", name="Begin a year later", kind=kind, start=current.start + 12)
        case OptionKind.SCALE:
            return _scaled(current, "scale", "In all regions at once", kind, cost=1.5, benefit=1.35)
        case OptionKind.PIVOT:
            return _scaled(current, "pivot", "With a ready-made product", kind, cost=0.7, benefit=0.65)
        case _:
            return _scaled(current, "smaller", "Only where most cases are", kind, cost=0.55, benefit=0.5)


def _scaled(current: Option, id: str, name: str, kind: OptionKind, *, cost: float, benefit: float) -> Option:
    return replace(
        current,
        id=id,
        name=name,
        kind=kind,
        costs=tuple(replace(line, amount=_times(line.amount, cost)) for line in current.costs),
        profiles=tuple(replace(profile, annual=_times(profile.annual, benefit)) for profile in current.profiles),
    )


def _profile(benefit: BenefitSpec, chance: random.Random) -> Profile:
    annual = benefit.annual or 0.0
    return Profile(
        benefit=benefit.id,
        annual=Estimate(annual, low=_rounded(annual * 0.6), high=_rounded(annual * 1.2)),
        offset=chance.randint(0, 3),
        ramp_months=chance.choice((6, 9, 12, 18)),
        duration=BENEFIT_MONTHS,
        decay=chance.choice((0.0, 0.0, 0.02, 0.04)),
    )


def _benefit(spec: InitiativeSpec, benefit: BenefitSpec, until: Month, chance: random.Random) -> Benefit:
    owner = SILENT_OWNER if spec.id == SILENT_ID else chance.choice(OWNERS)
    stated = Benefit(
        id=benefit.id,
        name=benefit.name,
        kind=benefit.kind,
        objective=benefit.objective,
        driver=benefit.driver,
        is_disbenefit=benefit.is_disbenefit,
        beneficiaries=benefit.beneficiaries,
        owner=owner,
        measurer=MEASURER if benefit.kind is not BenefitClass.QUALITATIVE else "",
        sustainer=spec.lead,
        measure=benefit.measure,
        unit=benefit.unit,
        value_per_unit=benefit.value_per_unit,
        description=f"{benefit.name}, for {benefit.beneficiaries[:1].lower()}{benefit.beneficiaries[1:]}. "
        f"It comes from “{spec.name}”.",
        is_intangible=benefit.kind is BenefitClass.QUALITATIVE,
        recipient=spec.unit,
        evidence=chance.choice(LEVELS),
        realisation_risk=chance.choice(LEVELS),
        review_months=REVIEW_MONTHS,
    )
    return stated if benefit.annual is None else _measured(stated, spec, benefit, until, chance)


def _measured(
    stated: Benefit, spec: InitiativeSpec, benefit: BenefitSpec, until: Month, chance: random.Random
) -> Benefit:
    """What a benefit with figures says of its measure; a few say too little, as in any register."""
    is_level = benefit.baseline is not None
    a_month = _rounded((benefit.annual or 0.0) / 12)
    baseline, target = (benefit.baseline, benefit.target) if is_level else (0.0, a_month)
    is_vague = chance.random() < SHARE_VAGUE
    return replace(
        stated,
        term=BenefitTerm.SHORT if spec.duration < LONG_FROM else BenefitTerm.LONG,
        priority=_priority(benefit),
        observable="" if is_vague else f"{spec.milestone}; from then on “{benefit.measure}” changes month by month.",
        attribution="" if is_vague else _attribution(spec),
        accrual=Accrual.LEVEL if is_level else Accrual.FLOW,
        direction=Direction.INCREASE,
        baseline=baseline,
        baseline_date=(until + spec.start).first_day,
        target=None if is_vague else target,
        target_date=None if is_vague else (until + spec.planned_go_live + TARGET_AFTER_GO_LIVE).first_day,
        frequency=Frequency.MONTHLY,
        data_source=SOURCES[benefit.kind is BenefitClass.CASHABLE],
        timing=Timing.LAGGING,
    )


def _attribution(spec: InitiativeSpec) -> str:
    needed = [link.source for link in DEPENDENCIES if link.target == spec.id and link.kind is DependencyKind.ENABLES]
    if not needed:
        return f"Nothing else under way changes the measure: it is counted for {spec.id} alone."
    return f"It needs {' and '.join(needed)} as well, which count their own benefits and no part of this one."


def _priority(benefit: BenefitSpec) -> int:
    """The board's priority, 1 to 5, by what the benefit is worth a year."""
    worth = (benefit.annual or 0.0) * (1.0 if benefit.kind in MONEY else benefit.value_per_unit or 0.0)
    return 1 + sum(worth < limit for limit in PRIORITY_LIMITS)


def _spread(likely: float, low: float, high: float) -> Estimate:
    return Estimate(likely, low=_rounded(likely * low), high=_rounded(likely * high))


def _times(estimate: Estimate, factor: float) -> Estimate:
    low, high = (None if part is None else _rounded(part * factor) for part in (estimate.low, estimate.high))
    return Estimate(_rounded(estimate.likely * factor), low=low, high=high)


def _rounded(amount: float) -> float:
    """Plans are made in round figures."""
    return float(round(amount, -2)) if abs(amount) >= ROUND_FROM else float(round(amount))
