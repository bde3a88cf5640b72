"""What experience teaches: reference classes learned from finished work."""

from openvmo.engine.evidence.calibrate import LEAST_CASES, PUBLISHED_CASES, Calibration, Learned, calibrate
from openvmo.engine.evidence.history import EVERYTHING, FinishedWork
from openvmo.engine.evidence.validate import Validation, validate

__all__ = [
    "EVERYTHING",
    "LEAST_CASES",
    "PUBLISHED_CASES",
    "Calibration",
    "FinishedWork",
    "Learned",
    "Validation",
    "calibrate",
    "validate",
]
