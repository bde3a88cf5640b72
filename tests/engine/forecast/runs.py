"""Forecasts that keep every trial."""

from __future__ import annotations

from typing import Any

from openvmo.engine.forecast import Forecast, forecast
from openvmo.engine.forecast.summaries import QUANTITIES
from openvmo.engine.model import Portfolio


def forecast_all(portfolio: Portfolio, **settings: Any) -> Forecast:
    """A forecast with every quantity of every alternative in every trial."""
    return forecast(portfolio, **{"keep": QUANTITIES, "threads": 1, **settings})
