"""Priorities: how much each thing counts beside the others."""

from openvmo.engine.priority.pairwise import CONSISTENT_UP_TO, MOST_COMPARED, Judgement, pairwise_weights
from openvmo.engine.priority.weights import Weights, WeightsError, direct_weights, swing_weights

__all__ = [
    "CONSISTENT_UP_TO",
    "MOST_COMPARED",
    "Judgement",
    "Weights",
    "WeightsError",
    "direct_weights",
    "pairwise_weights",
    "swing_weights",
]
