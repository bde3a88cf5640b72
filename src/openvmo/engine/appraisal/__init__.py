"""What a series of cash flows is worth: one measure a file."""

from openvmo.engine.appraisal.appraise import Appraisal, appraise
from openvmo.engine.appraisal.bcr import bcr
from openvmo.engine.appraisal.cashflows import AppraisalError
from openvmo.engine.appraisal.irr import NoRateError, Rates, SeveralRatesError, irr, irr_many
from openvmo.engine.appraisal.npv import npv
from openvmo.engine.appraisal.payback import payback
from openvmo.engine.appraisal.roi import roi

__all__ = [
    "Appraisal",
    "AppraisalError",
    "NoRateError",
    "Rates",
    "SeveralRatesError",
    "appraise",
    "bcr",
    "irr",
    "irr_many",
    "npv",
    "payback",
    "roi",
]
