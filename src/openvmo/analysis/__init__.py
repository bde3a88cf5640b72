"""Named analyses: a kind, a portfolio and parameters give a document with its digest."""

from openvmo.analysis.canonical import canonical_json, digest, portfolio_digest
from openvmo.analysis.changes import Change, RunChanges, Shift, run_changes
from openvmo.analysis.parameters import (
    PARAMETERS,
    Parameter,
    ParameterError,
    ParameterProblem,
    complete_parameters,
)
from openvmo.analysis.record import Comparison, Difference, RecordError, recompute, run_record
from openvmo.analysis.run import ANALYSES, AnalysisResult, run_analysis

__all__ = [
    "ANALYSES",
    "PARAMETERS",
    "AnalysisResult",
    "Change",
    "Comparison",
    "Difference",
    "Parameter",
    "ParameterError",
    "ParameterProblem",
    "RecordError",
    "RunChanges",
    "Shift",
    "canonical_json",
    "complete_parameters",
    "digest",
    "portfolio_digest",
    "recompute",
    "run_analysis",
    "run_changes",
    "run_record",
]
