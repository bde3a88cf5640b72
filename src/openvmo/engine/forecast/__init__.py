"""Monte Carlo: what each option is worth, when, and how surely."""

from openvmo.engine.forecast.factors import Loadings
from openvmo.engine.forecast.precise import Precision, ReachedPrecision, reached_precision
from openvmo.engine.forecast.results import (
    Alternative,
    AlternativeSummary,
    BenefitSummary,
    Distribution,
    Fan,
    FanKind,
    Forecast,
    GroupKind,
    GroupSummary,
    Input,
    NotKept,
    PortfolioSummary,
)
from openvmo.engine.forecast.settings import Sampling
from openvmo.engine.forecast.simulate import forecast

__all__ = [
    "Alternative",
    "AlternativeSummary",
    "BenefitSummary",
    "Distribution",
    "Fan",
    "FanKind",
    "Forecast",
    "GroupKind",
    "GroupSummary",
    "Input",
    "Loadings",
    "NotKept",
    "PortfolioSummary",
    "Precision",
    "ReachedPrecision",
    "Sampling",
    "forecast",
    "reached_precision",
]
