"""The choice as an analysis: a forecast, the best portfolio under budgets, and a reason for each initiative."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from typing import Any

import numpy as np

from openvmo.analysis import documents
from openvmo.analysis.budgets import resolved_budgets
from openvmo.analysis.documents import Json
from openvmo.analysis.forecast import forecast_with
from openvmo.analysis.parameters import ParameterError, ParameterProblem
from openvmo.engine.choice import Choice, Status, choose
from openvmo.engine.forecast import Forecast
from openvmo.engine.forecast.results import Distribution
from openvmo.engine.model import Finding, Initiative, Portfolio, Severity
from openvmo.engine.model.schedule import valued_profiles

Progress = Callable[[float, str], None]

_FORECAST_SHARE = 0.5
_SEARCH_SHARE = 0.1


def choose_analysis(
    portfolio: Portfolio, parameters: Mapping[str, Any], *, progress: Progress | None, executor: Executor | None
) -> tuple[dict[str, Any], Json]:
    """Run the choice; the parameters as they were used, and the parts of the document that are its own."""
    silent = initiatives_without_benefit(portfolio)
    _check(portfolio, parameters, silent)
    forecast = forecast_with(
        portfolio,
        parameters,
        progress=_part_of(progress, 0.0, _FORECAST_SHARE),
        executor=executor,
        keep=("npv", "benefit_pv", "cost"),
    )
    budgets = resolved_budgets(parameters["budgets"], portfolio, forecast)
    choice = choose(
        forecast.portfolio,
        forecast,
        budgets=budgets,
        mandatory=parameters["mandatory"],
        forbidden=parameters["forbidden"],
        time_limit=parameters["time_limit"],
        progress=_part_of(progress, _FORECAST_SHARE, _SEARCH_SHARE),
    )
    used = {**parameters, "budgets": {str(year): budgets[year] for year in sorted(budgets)}}
    found = [*forecast.findings, *documents.option_gaps(portfolio), *_findings(choice, used, silent)]
    return used, {
        "findings": documents.findings(found),
        "precision": documents.precision(forecast, parameters["precision"]),
        **_result(portfolio, forecast, choice, progress),
    }


def initiatives_without_benefit(portfolio: Portfolio) -> tuple[str, ...]:
    """Ids of the initiatives of which no option states a benefit in money."""
    return tuple(
        initiative.id
        for initiative in portfolio.initiatives
        if initiative.options
        and not any(valued_profiles(initiative, option, portfolio.pools) for option in initiative.options)
    )


def _check(portfolio: Portfolio, parameters: Mapping[str, Any], silent: tuple[str, ...]) -> None:
    known = {initiative.id for initiative in portfolio.initiatives}
    problems = [
        ParameterProblem(name, f"The portfolio has no initiative {unknown}.", "Give ids of its initiatives.")
        for name in ("mandatory", "forbidden")
        for unknown in parameters[name]
        if unknown not in known
    ]
    problems += [
        ParameterProblem("forbidden", f"{both} is also mandatory.", "Name it in one of the two lists only.")
        for both in parameters["forbidden"]
        if both in parameters["mandatory"]
    ]
    if not known:
        problems.append(ParameterProblem("portfolio", "It has no initiatives.", "Import or add some first."))
    elif (
        len(silent) == sum(bool(initiative.options) for initiative in portfolio.initiatives)
        and parameters["assumed_bcr"] is None
    ):
        problems.append(
            ParameterProblem(
                "assumed_bcr",
                "No initiative states a benefit in money, so every choice would be to do nothing.",
                "State benefits in money, or assume a benefit-cost ratio such as 2.0 for all of them.",
            )
        )
    if problems:
        raise ParameterError(problems)


def _findings(choice: Choice, used: Mapping[str, Any], silent: tuple[str, ...]) -> Iterable[Finding]:
    """What a reader must know of this choice, beside what the forecast says of its numbers."""
    if silent and used["assumed_bcr"] is None:
        yield Finding(
            Severity.WARNING,
            "choice.benefit_missing",
            f"No benefit in money is stated for {documents.listed(silent)}: only the costs count "
            f"({len(silent)} in all).",
            "State their benefits in money, or assume a benefit-cost ratio (assumed_bcr).",
        )
    if not used["budgets"]:
        yield Finding(
            Severity.WARNING,
            "choice.budget_missing",
            "No budget limits this choice, so everything of positive value is taken.",
            "State the portfolio's budgets, or give some for this analysis (budgets).",
        )
    if choice.status is not Status.OPTIMAL:
        yield Finding(
            Severity.WARNING,
            "choice.not_proved",
            f"The time limit of {used['time_limit']:g} seconds ended the search before the best portfolio was proved, "
            "so another computer may find another one.",
            "Raise the time limit (time_limit).",
        )
    for alternative in choice.idle:
        yield Finding(
            Severity.WARNING,
            "choice.not_enabled",
            f"{alternative.initiative} is taken without an initiative that enables its benefits, so they do not count.",
            "Take what enables it too, or leave it out.",
        )


def _result(portfolio: Portfolio, forecast: Forecast, choice: Choice, progress: Progress | None) -> Json:
    npv = choice.npv_trials(forecast)
    columns = [forecast.column(taken.initiative, taken.option) for taken in choice.selected]
    return {
        "status": str(choice.status),
        "value": documents.finite(choice.value),
        "bound": documents.finite(choice.bound),
        "gap": documents.finite(choice.gap),
        "budget": [dataclasses.asdict(row) for row in choice.budgets],
        "npv": documents.distribution(Distribution.of(npv, forecast.replicates)),
        "probability_of_loss": float(np.mean(npv < 0)),
        "cost": documents.distribution(Distribution.of(forecast.cost[:, columns].sum(axis=1), forecast.replicates)),
        "initiatives": _initiatives(portfolio, forecast, choice, progress),
        "forecast": documents.totals(forecast),
    }


def _initiatives(portfolio: Portfolio, forecast: Forecast, choice: Choice, progress: Progress | None) -> list[Json]:
    done = _FORECAST_SHARE + _SEARCH_SHARE
    tick = _part_of(progress, done, 1.0 - done)
    rows = []
    for number, initiative in enumerate(portfolio.initiatives):
        if tick is not None:
            tick(number / len(portfolio.initiatives), f"Finding the reason for {initiative.name}")
        rows.append(_initiative(forecast, choice, initiative))
    return rows


def _initiative(forecast: Forecast, choice: Choice, initiative: Initiative) -> Json:
    """One initiative with the option that is taken or, when none is, the best that might have been."""
    reason = choice.why(initiative.id)
    considered = choice.considered(initiative.id)
    option = None if considered is None else initiative.option(considered)
    column = None if considered is None else forecast.column(initiative.id, considered)
    return {
        "initiative": initiative.id,
        "initiative_name": initiative.name,
        "programme": initiative.programme,
        "unit": initiative.unit,
        "is_in": reason.is_in,
        "option": considered,
        "option_name": "" if option is None else option.name,
        "value": None if column is None else documents.finite(choice.value_of(initiative.id)),
        "cost": None if column is None else documents.finite(float(forecast.cost[:, column].mean())),
        "annual_cost": {} if column is None else documents.annual_costs(forecast, column),
        "code": reason.code,
        "reason": reason.text,
        "regret": documents.finite(reason.regret),
        "threshold": documents.finite(reason.threshold),
    }


def _part_of(progress: Progress | None, start: float, share: float) -> Progress | None:
    """Progress of a part that begins at `start` and takes `share` of the whole."""
    if progress is None:
        return None
    return lambda fraction, message: progress(start + share * fraction, message)
