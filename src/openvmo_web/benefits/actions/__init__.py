"""What is written about benefits, and about the versions of plans that say how they arrive."""

from openvmo_web.benefits.actions.assumptions import assumption_add, assumption_change
from openvmo_web.benefits.actions.baselines import baseline_adopt, baselines_adopt_later, baselines_set, promise_renew
from openvmo_web.benefits.actions.plans import forecast_record, options_fund, plan_record, plans_import
from openvmo_web.benefits.actions.register import (
    CannotChange,
    benefit_add,
    benefit_change,
    benefit_retire,
    benefit_validate,
    benefits_apply,
    benefits_change,
    benefits_import,
)

__all__ = [
    "CannotChange",
    "assumption_add",
    "assumption_change",
    "baseline_adopt",
    "baselines_adopt_later",
    "baselines_set",
    "benefit_add",
    "benefit_change",
    "benefit_retire",
    "benefit_validate",
    "benefits_apply",
    "benefits_change",
    "benefits_import",
    "forecast_record",
    "options_fund",
    "plan_record",
    "plans_import",
    "promise_renew",
]
