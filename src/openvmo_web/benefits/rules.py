"""What a benefit or a measurement of a file or a form says, as the values of its row."""

from __future__ import annotations

from typing import Any

from openvmo.engine import model
from openvmo_web.common.fields import stored_amount

MONEY = (model.BenefitClass.CASHABLE, model.BenefitClass.NON_CASHABLE)


def benefit_values(benefit: model.Benefit) -> dict[str, Any]:
    """Return the values of a benefit's row, without its objective."""
    return {
        "code": benefit.id,
        "name": benefit.name,
        "kind": str(benefit.kind),
        "driver": str(benefit.driver),
        "is_disbenefit": benefit.is_disbenefit,
        "beneficiaries": benefit.beneficiaries,
        "owner_name": benefit.owner,
        "measurer_name": benefit.measurer,
        "sustainer_name": benefit.sustainer,
        "measure": benefit.measure,
        "unit": benefit.unit,
        "value_per_unit": stored_amount(benefit.value_per_unit),
        "description": benefit.description,
        "category": benefit.category,
        "is_intangible": benefit.is_intangible,
        "term": str(benefit.term),
        "priority": benefit.priority,
        "losers": benefit.losers,
        "recipient": benefit.recipient,
        "cost_centre": benefit.cost_centre,
        "feature": benefit.feature,
        "observable": benefit.observable,
        "attribution": benefit.attribution,
        "activities": benefit.activities,
        "cost_to_realise": stored_amount(benefit.cost_to_realise),
        "accrual": str(benefit.accrual),
        "direction": str(benefit.direction),
        "baseline": stored_amount(benefit.baseline),
        "baseline_date": benefit.baseline_date,
        "target": stored_amount(benefit.target),
        "target_date": benefit.target_date,
        "frequency": str(benefit.frequency),
        "data_source": benefit.data_source,
        "timing": str(benefit.timing),
        "caution_at": stored_amount(benefit.caution_at),
        "critical_at": stored_amount(benefit.critical_at),
        "evidence": str(benefit.evidence),
        "realisation_risk": str(benefit.realisation_risk),
        "review_months": benefit.review_months,
    }


def measurement_values(measurement: model.Measurement) -> dict[str, Any]:
    """Return what makes two measurements of a benefit in a month differ."""
    return {
        "value": stored_amount(measurement.value),
        "source": measurement.source,
        "is_verified": measurement.is_verified,
    }


def money_per_unit(kind: str, value_per_unit: float | None, *, is_disbenefit: bool) -> float | None:
    """Return what one unit of a benefit counts in money, negative for a dis-benefit; None when no value was agreed."""
    factor = 1.0 if kind in MONEY else value_per_unit
    return -factor if factor is not None and is_disbenefit else factor


def may_verify(recorder: int, verifier: int) -> bool:
    """Return whether a person may verify a measurement: never one's own."""
    return recorder != verifier
