"""The rows of a benefit as the engine takes them."""

from __future__ import annotations

from decimal import Decimal

from openvmo.engine import model
from openvmo.engine.model import kinds
from openvmo.engine.quantities import Estimate
from openvmo_web.benefits.models import Benefit, Profile


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
        annual=Estimate(float(row.annual_likely), low=_number(row.annual_low), high=_number(row.annual_high)),
        offset=row.offset,
        ramp_months=row.ramp_months,
        ramp_shape=kinds.RampShape(row.ramp_shape),
        duration=row.duration,
        decay=row.decay,
    )


def _number(value: Decimal | float | None) -> float | None:
    return None if value is None else float(value)
