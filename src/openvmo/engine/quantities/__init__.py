"""Money, rates, periods, estimates, time series: where mixing units fails."""

from openvmo.engine.quantities.estimate import Estimate
from openvmo.engine.quantities.month import Month

__all__ = ["Estimate", "Month"]
