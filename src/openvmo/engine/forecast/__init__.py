"""Monte Carlo: what each option is worth, when, and how surely."""

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

__all__ = [
    "Alternative",
    "AlternativeSummary",
    "Distribution",
    "Fan",
    "FanKind",
    "Flows",
    "Forecast",
    "PortfolioSummary",
]
