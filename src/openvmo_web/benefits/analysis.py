"""The rows of a benefit and of a plan as the engine takes them, and how a benefit arrives month by month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from openvmo.engine import model
from openvmo.engine.forecast.estimates import quantiles
from openvmo.engine.model import kinds
from openvmo.engine.model.check import check_profiles
from openvmo.engine.model.findings import Severity
from openvmo.engine.model.schedule import Floats, benefit_schedule, money_per_unit
from openvmo.engine.quantities import Estimate, Family, Month
from openvmo_web.benefits.models import Benefit, Profile
from openvmo_web.portfolio.models import CostLine, Option, Plan, Risk
from openvmo_web.portfolio.rules import USUAL_TAIL, estimate_values

# A year of what is to come, and a year and a half of the steady value; more than ten years nobody can read.
AHEAD = 12
AFTER_STEADY = 18
MOST_MONTHS = 120
NO_SHAPE: Mapping[str, Any] = MappingProxyType({})


def benefit_record(row: Benefit) -> model.Benefit:
    """Return a benefit as the engine takes it; reads the objective that it serves."""
    return model.Benefit(
        id=row.code,
        name=row.name,
        kind=kinds.BenefitClass(row.kind),
        objective=row.objective.code if row.objective else "",
        driver=kinds.ValueDriver(row.driver),
        is_disbenefit=row.is_disbenefit,
        beneficiaries=row.beneficiaries,
        owner=row.owner_name,
        measurer=row.measurer_name,
        sustainer=row.sustainer_name,
        measure=row.measure,
        unit=row.unit,
        value_per_unit=_number(row.value_per_unit),
        description=row.description,
        category=row.category,
        is_intangible=row.is_intangible,
        term=kinds.BenefitTerm(row.term),
        priority=row.priority,
        losers=row.losers,
        recipient=row.recipient,
        cost_centre=row.cost_centre,
        feature=row.feature,
        observable=row.observable,
        attribution=row.attribution,
        activities=row.activities,
        cost_to_realise=_number(row.cost_to_realise),
        accrual=kinds.Accrual(row.accrual),
        direction=kinds.Direction(row.direction),
        baseline=_number(row.baseline),
        baseline_date=row.baseline_date,
        target=_number(row.target),
        target_date=row.target_date,
        frequency=kinds.Frequency(row.frequency),
        data_source=row.data_source,
        timing=kinds.Timing(row.timing),
        caution_at=_number(row.caution_at),
        critical_at=_number(row.critical_at),
        evidence=kinds.Level(row.evidence),
        realisation_risk=kinds.Level(row.realisation_risk),
        review_months=row.review_months,
    )


def profile_record(row: Profile) -> model.Profile:
    """Return a profile as the engine takes it; reads its benefit."""
    return model.Profile(
        benefit=row.benefit.code,
        annual=estimate(row.annual_likely, row.annual_low, row.annual_high, row.annual_shape),
        offset=row.offset,
        ramp_months=row.ramp_months,
        ramp_shape=kinds.RampShape(row.ramp_shape),
        duration=row.duration,
        decay=row.decay,
        curve=tuple(row.curve),
    )


def cost_line_record(row: CostLine) -> model.CostLine:
    """Return a cost line as the engine takes it."""
    return model.CostLine(
        id=row.code,
        name=row.name,
        amount=estimate(row.amount_likely, row.amount_low, row.amount_high, row.amount_shape),
        kind=kinds.CostKind(row.kind),
        anchor=kinds.Anchor(row.anchor),
        offset=row.offset,
        months=row.months,
        every=row.every,
    )


def risk_record(row: Risk) -> model.Risk:
    """Return a risk event as the engine takes it."""
    return model.Risk(
        id=row.code,
        name=row.name,
        probability=row.probability,
        cost=estimate(row.cost_likely, row.cost_low, row.cost_high, row.cost_shape),
        slip=estimate(row.slip_likely, row.slip_low, row.slip_high, row.slip_shape),
        benefit_loss=row.benefit_loss,
    )


def option_record(
    row: Option,
    *,
    costs: Sequence[model.CostLine],
    profiles: Sequence[model.Profile],
    risks: Sequence[model.Risk],
) -> model.Option:
    """Return an option as the engine takes it, with all that belongs to it."""
    return model.Option(
        id=row.code,
        name=row.name,
        kind=kinds.OptionKind(row.kind),
        start=Month.of(row.starts),
        duration=row.duration,
        slip=estimate(row.slip_likely, row.slip_low, row.slip_high, row.slip_shape),
        costs=tuple(costs),
        profiles=tuple(profiles),
        risks=tuple(risks),
    )


def plan_options(plan: Plan) -> list[model.Option]:
    """Return the courses of action that a version of a plan states, the current plan first."""
    return options_of_plans([plan])[plan.pk]


def options_of_plans(plans: Iterable[Plan]) -> dict[int, list[model.Option]]:
    """Return what ``plan_options`` says of several versions, by their keys, in few queries."""
    found: dict[int, list[model.Option]] = {plan.pk: [] for plan in plans}
    rows = Option.objects.filter(plan__in=list(found)).order_by("plan", "position")
    for row in rows.prefetch_related("costs", "risks", "profiles__benefit"):
        record = option_record(
            row,
            costs=[cost_line_record(line) for line in row.costs.all()],
            profiles=[profile_record(profile) for profile in row.profiles.all()],
            risks=[risk_record(risk) for risk in row.risks.all()],
        )
        found[row.plan_id].append(record)
    return found


def worth_of(row: Benefit) -> float | None:
    """Return the money that one unit of a benefit is worth, negative for a dis-benefit; None when none was agreed."""
    return money_per_unit(_bare_record(row))


def profile_problems(row: Benefit, option: model.Option) -> list[str]:
    """Return why the profile of a benefit in an option cannot be, each with its remedy; nothing when it can."""
    stated = replace(option, profiles=tuple(one for one in option.profiles if one.benefit == row.code))
    initiative = model.Initiative(id=row.code, name=row.name, benefits=(_bare_record(row),))
    findings = check_profiles(initiative, stated, row.name)
    problems = [f"{finding.problem} {finding.remedy}" for finding in findings if finding.severity is Severity.ERROR]
    return problems + [problem for profile in stated.profiles if (problem := _rounding_problem(profile.annual))]


def _rounding_problem(annual: Estimate) -> str:
    """Why an estimate does not survive being stored; empty when it does."""
    stored = estimate_values("annual", annual)
    try:
        estimate(stored["annual_likely"], stored["annual_low"], stored["annual_high"], stored["annual_shape"])
    except ValueError as reason:
        return _("Rounded to six decimals this estimate does not hold any more: %(reason)s.") % {"reason": reason}
    return ""


def _bare_record(row: Benefit) -> model.Benefit:
    """A benefit as far as its worth goes: without the objective, which would have to be read."""
    return model.Benefit(
        id=row.code,
        name=row.name,
        kind=kinds.BenefitClass(row.kind),
        unit=row.unit,
        value_per_unit=_number(row.value_per_unit),
        is_disbenefit=row.is_disbenefit,
    )


@dataclass(frozen=True)
class Curve:
    """How a benefit arrives month by month, in money or its own unit.

    Attributes:
        likely: What each month brings at the median of the yearly value.
        low: The same for the P10; None when no uncertainty was stated.
        high: The same for the P90; None together with `low`.
    """

    likely: tuple[float, ...]
    low: tuple[float, ...] | None
    high: tuple[float, ...] | None


@dataclass(frozen=True)
class Range:
    """An uncertain quantity as pages tell it, whatever its family.

    Attributes:
        low: The P10: one chance in ten of being below; None when no uncertainty was stated.
        likely: The median, P50.
        high: The P90; None together with `low`.
    """

    low: float | None
    likely: float
    high: float | None


def range_of(estimate: Estimate) -> Range:
    """Return P10, P50 and P90 of an estimate: as stated where it states these, else worked out."""
    if estimate.low is None or (estimate.family is Family.THREE_POINT and estimate.tail == USUAL_TAIL):
        return Range(estimate.low, estimate.likely, estimate.high)
    return Range(*quantiles(estimate))


@dataclass(frozen=True)
class Arrival:
    """How a benefit arrives, and the month from which that counts."""

    profile: model.Profile
    go_live: Month

    @property
    def annual(self) -> Range:
        """The steady value a year."""
        return range_of(self.profile.annual)

    @property
    def first(self) -> Month:
        """The first month that brings anything, or could."""
        return self.go_live + self.profile.offset

    @property
    def steady(self) -> Month:
        """The first month at the full value."""
        return self.first + self.profile.growth_months

    @property
    def first_text(self) -> str:
        """The first month as pages take it, such as 2026-04."""
        return str(self.first)

    @property
    def steady_text(self) -> str:
        """The first month at the full value as pages take it."""
        return str(self.steady)

    @property
    def end(self) -> Month | None:
        """The first month after the last that brings anything; None when it goes on."""
        return None if self.profile.duration is None else self.first + self.profile.duration


def arrival_of(row: Profile) -> Arrival:
    """Return how a benefit arrives according to a stored profile; reads its benefit and its option."""
    return Arrival(profile_record(row), go_live_of(row.option))


def go_live_of(row: Option) -> Month:
    """Return the month in which an option is planned to go live."""
    return Month.of(row.starts) + row.duration


def curve_of(arrival: Arrival, first: Month, months: int) -> Curve:
    """Return the curve of a profile over some months, from the first one on."""
    profile = arrival.profile
    shares = benefit_schedule(profile, np.array([arrival.go_live - first]), months)[0]
    annual = arrival.annual
    return Curve(
        likely=_amounts(shares, annual.likely),
        low=None if annual.low is None else _amounts(shares, annual.low),
        high=None if annual.high is None else _amounts(shares, annual.high),
    )


def window_of(arrivals: Iterable[Arrival], observed: Iterable[Month], now: Month) -> tuple[Month, int]:
    """Return the first month and the number of months in which one sees a benefit rise, hold and end.

    Args:
        arrivals: The profiles to be seen.
        observed: The months that were measured.
        now: The present month; a year of what is to come is seen.
    """
    seen, measured = list(arrivals), list(observed)
    first = min([now, *measured, *(min(one.go_live, one.first) for one in seen)])
    steady = [one.steady + AFTER_STEADY for one in seen]
    ends = [one.end + 1 for one in seen if one.end is not None and one.end - one.first <= MOST_MONTHS]
    last = max([now + AHEAD, *measured, *steady, *ends])
    return first, min(last - first + 1, MOST_MONTHS)


def estimate(
    likely: Decimal | float,
    low: Decimal | float | None,
    high: Decimal | float | None,
    shape: Mapping[str, Any] = NO_SHAPE,
) -> Estimate:
    """Return the stored columns of an uncertain quantity as the engine takes it."""
    return Estimate(
        float(likely),
        low=_number(low),
        high=_number(high),
        family=Family(shape.get("family", Family.THREE_POINT)),
        tail=shape.get("tail", USUAL_TAIL),
        outcomes=tuple((value, chance) for value, chance in shape.get("outcomes", ())),
    )


def _amounts(shares: Floats, annual: float) -> tuple[float, ...]:
    return tuple((shares * annual).tolist())


def _number(value: Decimal | float | None) -> float | None:
    return None if value is None else float(value)
