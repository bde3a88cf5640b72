"""What is written while benefits arrive: measurements, requests, hand-over, reviews."""

from openvmo_web.realisation.actions.evidence import evidence_add
from openvmo_web.realisation.actions.handover import (
    handover_accept,
    handover_decline,
    handover_propose,
    handover_withdraw,
)
from openvmo_web.realisation.actions.measurements import (
    measurement_contest,
    measurement_record,
    measurement_verify,
    measurements_contest,
    measurements_import,
    measurements_report,
    measurements_verify,
)
from openvmo_web.realisation.actions.periods import period_close, period_reopen
from openvmo_web.realisation.actions.requests import request_waive, requests_open
from openvmo_web.realisation.actions.reviews import review_plan, review_record, reviews_plan_all

__all__ = [
    "evidence_add",
    "handover_accept",
    "handover_decline",
    "handover_propose",
    "handover_withdraw",
    "measurement_contest",
    "measurement_record",
    "measurement_verify",
    "measurements_contest",
    "measurements_import",
    "measurements_report",
    "measurements_verify",
    "period_close",
    "period_reopen",
    "request_waive",
    "requests_open",
    "review_plan",
    "review_record",
    "reviews_plan_all",
]
