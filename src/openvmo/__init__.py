"""OpenVMO: choose the work of highest value, and see whether the value arrives.

>>> import openvmo as vmo
>>> round(vmo.npv(0.1, [-100, 60, 60]), 2)
4.13
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# Where each public name lives. They are imported when they are first used, so that `import openvmo` is instant.
_HOMES = {
    "openvmo.engine.quantities": ("DiscountSchedule", "Estimate", "Family", "Month"),
    "openvmo.engine.model": (
        "Actual",
        "Anchor",
        "Benefit",
        "BenefitClass",
        "Budget",
        "Confidence",
        "Correlation",
        "CostKind",
        "CostLine",
        "Dependency",
        "DependencyKind",
        "Finding",
        "Initiative",
        "InitiativeState",
        "Measurement",
        "Milestone",
        "Objective",
        "Option",
        "OptionKind",
        "Pool",
        "Portfolio",
        "PortfolioError",
        "Profile",
        "Programme",
        "RampShape",
        "ReferenceClass",
        "Risk",
        "Selection",
        "Severity",
        "StatusReport",
        "ValueDriver",
    ),
    "openvmo.engine.appraisal": (
        "Appraisal",
        "AppraisalError",
        "DayCount",
        "NoRateError",
        "Rates",
        "SeveralRatesError",
        "appraise",
        "bcr",
        "by_month",
        "cost_of_delay",
        "equivalent_annuity",
        "expected_commercial_value",
        "irr",
        "irr_many",
        "mirr",
        "npv",
        "payback",
        "profitability_index",
        "roi",
        "value_for_money",
        "wsjf",
        "xirr",
        "xirr_many",
        "xnpv",
    ),
    "openvmo.engine.forecast": ("Forecast", "forecast"),
    "openvmo.engine.evidence": ("Calibration", "FinishedWork", "calibrate", "validate"),
    "openvmo.engine.reference": ("ReferenceClass", "discount_schedules", "reference_classes", "uplift"),
    "openvmo.engine.choice": ("Choice", "InfeasibleError", "Reason", "choose"),
    "openvmo.engine.priority": (
        "Judgement",
        "Weights",
        "WeightsError",
        "direct_weights",
        "pairwise_weights",
        "swing_weights",
    ),
    "openvmo.files": ("read_portfolio", "write_portfolio"),
    "openvmo.files.history": ("read_history",),
    "openvmo.files.references": ("read_references", "write_references"),
    "openvmo.analysis": ("AnalysisResult", "ParameterError", "recompute", "run_analysis"),
    "openvmo.compute": ("executor",),
}
_RENAMED = {
    "assume_benefits": ("openvmo.engine.model.assume", "assume_benefits"),
    "check": ("openvmo.engine.model.check", "check_portfolio"),
}
_PLACES = {name: (home, name) for home, names in _HOMES.items() for name in names} | _RENAMED

if TYPE_CHECKING:
    from openvmo.analysis import AnalysisResult, ParameterError, recompute, run_analysis
    from openvmo.compute import executor
    from openvmo.engine.appraisal import (
        Appraisal,
        AppraisalError,
        DayCount,
        NoRateError,
        Rates,
        SeveralRatesError,
        appraise,
        bcr,
        by_month,
        cost_of_delay,
        equivalent_annuity,
        expected_commercial_value,
        irr,
        irr_many,
        mirr,
        npv,
        payback,
        profitability_index,
        roi,
        value_for_money,
        wsjf,
        xirr,
        xirr_many,
        xnpv,
    )
    from openvmo.engine.choice import Choice, InfeasibleError, Reason, choose
    from openvmo.engine.evidence import Calibration, FinishedWork, calibrate, validate
    from openvmo.engine.forecast import Forecast, forecast
    from openvmo.engine.model import (
        Actual,
        Anchor,
        Benefit,
        BenefitClass,
        Budget,
        Confidence,
        Correlation,
        CostKind,
        CostLine,
        Dependency,
        DependencyKind,
        Finding,
        Initiative,
        InitiativeState,
        Measurement,
        Milestone,
        Objective,
        Option,
        OptionKind,
        Pool,
        Portfolio,
        PortfolioError,
        Profile,
        Programme,
        RampShape,
        Risk,
        Selection,
        Severity,
        StatusReport,
        ValueDriver,
    )
    from openvmo.engine.model.assume import assume_benefits
    from openvmo.engine.model.check import check_portfolio as check
    from openvmo.engine.priority import (
        Judgement,
        Weights,
        WeightsError,
        direct_weights,
        pairwise_weights,
        swing_weights,
    )
    from openvmo.engine.quantities import DiscountSchedule, Estimate, Family, Month
    from openvmo.engine.reference import ReferenceClass, discount_schedules, reference_classes, uplift
    from openvmo.files import read_portfolio, write_portfolio
    from openvmo.files.history import read_history
    from openvmo.files.references import read_references, write_references

__all__ = [
    "Actual",
    "AnalysisResult",
    "Anchor",
    "Appraisal",
    "AppraisalError",
    "Benefit",
    "BenefitClass",
    "Budget",
    "Calibration",
    "Choice",
    "Confidence",
    "Correlation",
    "CostKind",
    "CostLine",
    "DayCount",
    "Dependency",
    "DependencyKind",
    "DiscountSchedule",
    "Estimate",
    "Family",
    "Finding",
    "FinishedWork",
    "Forecast",
    "InfeasibleError",
    "Initiative",
    "InitiativeState",
    "Judgement",
    "Measurement",
    "Milestone",
    "Month",
    "NoRateError",
    "Objective",
    "Option",
    "OptionKind",
    "ParameterError",
    "Pool",
    "Portfolio",
    "PortfolioError",
    "Profile",
    "Programme",
    "RampShape",
    "Rates",
    "Reason",
    "ReferenceClass",
    "Risk",
    "Selection",
    "SeveralRatesError",
    "Severity",
    "StatusReport",
    "ValueDriver",
    "Weights",
    "WeightsError",
    "__version__",
    "appraise",
    "assume_benefits",
    "bcr",
    "by_month",
    "calibrate",
    "check",
    "choose",
    "cost_of_delay",
    "direct_weights",
    "discount_schedules",
    "equivalent_annuity",
    "executor",
    "expected_commercial_value",
    "forecast",
    "irr",
    "irr_many",
    "mirr",
    "npv",
    "pairwise_weights",
    "payback",
    "profitability_index",
    "read_history",
    "read_portfolio",
    "read_references",
    "recompute",
    "reference_classes",
    "roi",
    "run_analysis",
    "swing_weights",
    "uplift",
    "validate",
    "value_for_money",
    "write_portfolio",
    "write_references",
    "wsjf",
    "xirr",
    "xirr_many",
    "xnpv",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name not in _PLACES:
        message = f"module 'openvmo' has no attribute {name!r}"
        raise AttributeError(message)
    home, inner_name = _PLACES[name]
    value = getattr(importlib.import_module(home), inner_name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACES})
