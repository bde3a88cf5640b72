"""Money, rates, periods, estimates, time series: where mixing units fails."""

from openvmo.engine.quantities.errors import UnitsError
from openvmo.engine.quantities.estimate import Estimate
from openvmo.engine.quantities.money import Money
from openvmo.engine.quantities.month import Month
from openvmo.engine.quantities.rate import AnnualRate
from openvmo.engine.quantities.series import MonthlySeries

__all__ = ["AnnualRate", "Estimate", "Money", "Month", "MonthlySeries", "UnitsError"]
