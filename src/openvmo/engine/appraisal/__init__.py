"""What a series of cash flows is worth: one measure a file."""

from openvmo.engine.appraisal.appraise import Appraisal, Figure, appraise
from openvmo.engine.appraisal.bcr import bcr
from openvmo.engine.appraisal.cashflows import AppraisalError
from openvmo.engine.appraisal.cost_of_delay import cost_of_delay
from openvmo.engine.appraisal.dated import DayCount, by_month
from openvmo.engine.appraisal.equivalent_annuity import equivalent_annuity
from openvmo.engine.appraisal.expected_commercial_value import expected_commercial_value
from openvmo.engine.appraisal.irr import NoRateError, Rates, SeveralRatesError, irr, irr_many
from openvmo.engine.appraisal.mirr import mirr
from openvmo.engine.appraisal.npv import npv
from openvmo.engine.appraisal.payback import payback
from openvmo.engine.appraisal.profitability_index import profitability_index
from openvmo.engine.appraisal.roi import roi
from openvmo.engine.appraisal.value_for_money import value_for_money
from openvmo.engine.appraisal.wsjf import wsjf
from openvmo.engine.appraisal.xirr import xirr, xirr_many
from openvmo.engine.appraisal.xnpv import xnpv

__all__ = [
    "Appraisal",
    "AppraisalError",
    "DayCount",
    "Figure",
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
]
