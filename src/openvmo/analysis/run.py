"""The face of the analyses: a kind, a portfolio, parameters; a document with its digest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from openvmo import __version__
from openvmo.analysis.canonical import digest, portfolio_digest
from openvmo.analysis.choose import choose_analysis
from openvmo.analysis.documents import Json, heading
from openvmo.analysis.forecast import forecast_analysis
from openvmo.analysis.parameters import complete_parameters
from openvmo.engine.model import Portfolio

Progress = Callable[[float, str], None]

ANALYSES = {"forecast": forecast_analysis, "choose": choose_analysis}


@dataclass(frozen=True, slots=True)
class AnalysisResult:
    """What an analysis found, with all that is needed to find it again.

    Args:
        kind: "forecast" or "choose".
        parameters: complete, with defaults; rules such as a share of demand are turned into explicit amounts.
        seed: seed of the random draws.
        engine_version: version of OpenVMO.
        portfolio_digest: digest of the portfolio's content.
        document: the result, as JSON can hold it.
        digest: digest of the document.
    """

    kind: str
    parameters: Json
    seed: int
    engine_version: str
    portfolio_digest: str
    document: Json
    digest: str


def run_analysis(
    kind: str,
    portfolio: Portfolio,
    parameters: Mapping[str, Any],
    *,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> AnalysisResult:
    """Run a named analysis.

    Args:
        kind: "forecast" or "choose".
        portfolio: what to analyse.
        parameters: values by name, see `PARAMETERS`; what is not named takes its default.
        progress: called now and then with a fraction from 0 to 1 and a sentence; whatever it raises ends the analysis.
        executor: where the work runs; the numbers are the same with any.

    Returns:
        The document, its digest, and all that is needed to compute it again.

    Raises:
        ParameterError: a parameter cannot be used, or the portfolio cannot be analysed with them; lists every problem.
        InfeasibleError: no portfolio keeps all budgets and rules; says which.
        TimeoutError: a choice found nothing within its time limit.
    """
    completed = complete_parameters(kind, parameters)
    used, parts = ANALYSES[kind](portfolio, completed, progress=progress, executor=executor)
    document = {
        "kind": kind,
        "engine_version": __version__,
        "portfolio": heading(portfolio),
        "parameters": used,
        **parts,
    }
    if progress is not None:
        progress(1.0, "Finished")
    return AnalysisResult(
        kind=kind,
        parameters=used,
        seed=used["seed"],
        engine_version=__version__,
        portfolio_digest=portfolio_digest(portfolio),
        document=document,
        digest=digest(document),
    )
