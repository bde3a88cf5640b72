"""Monte Carlo: what each option is worth, when, and how surely."""

from openvmo.engine.forecast.draws import Loadings
from openvmo.engine.forecast.results import (
    Alternative,
    AlternativeSummary,
    Distribution,
    Fan,
    FanKind,
    Flows,
    Forecast,
    PortfolioSummary,
)
from openvmo.engine.forecast.simulate import forecast

__all__ = [
    "Alternative",
    "AlternativeSummary",
    "Distribution",
    "Fan",
    "FanKind",
    "Flows",
    "Forecast",
    "Loadings",
    "PortfolioSummary",
    "forecast",
]
