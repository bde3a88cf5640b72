"""What is written while benefits arrive: measurements, requests, hand-over, reviews."""

from openvmo_web.realisation.actions.handover import (
    handover_accept,
    handover_decline,
    handover_propose,
    handover_withdraw,
)
from openvmo_web.realisation.actions.measurements import measurement_record, measurement_verify, measurements_import
from openvmo_web.realisation.actions.reviews import review_begin, review_plan, review_record, reviews_plan_all

__all__ = [
    "handover_accept",
    "handover_decline",
    "handover_propose",
    "handover_withdraw",
    "measurement_record",
    "measurement_verify",
    "measurements_import",
    "review_begin",
    "review_plan",
    "review_record",
    "reviews_plan_all",
]
