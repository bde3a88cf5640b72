"""Money, rates, periods, estimates, time series: where mixing units fails."""

from openvmo.engine.quantities.errors import UnitsError
from openvmo.engine.quantities.estimate import Estimate, Family
from openvmo.engine.quantities.money import Money
from openvmo.engine.quantities.month import Month
from openvmo.engine.quantities.rate import AnnualRate
from openvmo.engine.quantities.schedule import DiscountSchedule
from openvmo.engine.quantities.series import MonthlySeries

__all__ = ["AnnualRate", "DiscountSchedule", "Estimate", "Family", "Money", "Month", "MonthlySeries", "UnitsError"]
