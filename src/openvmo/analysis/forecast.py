"""The forecast as an analysis: what each option may be worth, as one document."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor
from typing import Any

import numpy as np

from openvmo.analysis import documents
from openvmo.analysis.documents import Json
from openvmo.analysis.drivers import Explained, explained
from openvmo.analysis.trajectory import plan_of, planned_net, probabilities_of, years_of
from openvmo.engine.appraisal import appraise
from openvmo.engine.forecast import Forecast, Loadings, Precision, forecast
from openvmo.engine.forecast.results import AlternativeSummary, Distribution, GroupKind, GroupSummary
from openvmo.engine.model import Initiative, Option, Portfolio
from openvmo.engine.model.assume import assume_benefits
from openvmo.engine.reference import ReferenceTable, reference_classes, table_of_document

FANS = ("cost", "benefit", "cumulative_net")
PERCENTILES = ("p5", "p10", "p25", "p50", "p75", "p90", "p95")
NARROW = ("p10", "p50", "p90")
GROUPS: tuple[GroupKind, ...] = ("programme", "objective", "driver")
BINS = 40
MOST_DETAILED = 1_000
"""Initiatives, or benefits, up to which each is shown month by month."""

MOST_TRIALS = 1_000_000
"""Trials with which a forecast that is to be precise ends in any case."""
MOST_KEPT = 2**27
"""Numbers of single trials that it may keep, 4 bytes each: half a gibibyte."""

Progress = Callable[[float, str], None]


def forecast_with(
    portfolio: Portfolio,
    parameters: Mapping[str, Any],
    *,
    progress: Progress | None,
    executor: Executor | None,
    keep: Collection[str] = (),
) -> Forecast:
    """Forecast a portfolio with complete parameters, assumed benefits included; `keep` as in `forecast`."""
    if parameters["assumed_bcr"] is not None:
        portfolio = assume_benefits(
            portfolio, benefit_cost_ratio=parameters["assumed_bcr"], years=parameters["benefit_years"]
        )
    return forecast(
        portfolio,
        trials=parameters["trials"],
        seed=parameters["seed"],
        references=references_of(parameters),
        loadings=None if parameters["loadings"] is None else Loadings(**parameters["loadings"]),
        sampling=parameters["sampling"],
        precision=_precision(portfolio, parameters, kept=len(keep)),
        keep=keep,
        executor=executor,
        progress=progress,
    )


def _precision(portfolio: Portfolio, parameters: Mapping[str, Any], *, kept: int) -> Precision | None:
    """The precision that is wished, with as many trials at most as can be kept."""
    if parameters["precision"] is None:
        return None
    columns = kept * sum(len(initiative.options) for initiative in portfolio.initiatives)
    most = min(MOST_TRIALS, MOST_KEPT // max(columns, 1))
    return Precision(parameters["precision"], most_trials=max(most, parameters["trials"]))


def references_of(parameters: Mapping[str, Any]) -> ReferenceTable | None:
    """The reference classes that a run applies: one's own before the published ones; None without the outside view."""
    if not parameters["outside_view"]:
        return None
    return {**reference_classes(), **table_of_document(parameters["references"] or [])}


def forecast_analysis(
    portfolio: Portfolio, parameters: Mapping[str, Any], *, progress: Progress | None, executor: Executor | None
) -> tuple[dict[str, Any], Json]:
    """Run the forecast; the parameters as they were used, and the parts of the document that are its own."""
    result = forecast_with(portfolio, parameters, progress=progress, executor=executor, keep=("npv",))
    plan = plan_of(result.portfolio)
    drivers = explained(result)
    return dict(parameters), {
        "findings": documents.findings([*result.findings, *documents.option_gaps(portfolio)]),
        "months": [str(portfolio.start + offset) for offset in range(portfolio.horizon)],
        "years": list(result.years),
        "precision": documents.precision(result, parameters["precision"]),
        "totals": documents.totals(result),
        "probabilities": probabilities_of(result, plan),
        "fans": {kind: _fan(result, kind) for kind in FANS},
        "plan": plan,
        "budgets": years_of(result),
        "histogram": {"npv": _histogram(result)},
        "groups": {f"{kind}s": [_group(group) for group in result.groups(kind)] for kind in GROUPS},
        "drivers": drivers.portfolio,
        "information": drivers.information,
        "alternatives": _alternatives(result, drivers),
        "benefits": _benefits(result),
    }


def _fan(result: Forecast, kind: Any) -> Json:
    fan = result.fan(kind)
    return {percentile: documents.numbers(getattr(fan, percentile)) for percentile in PERCENTILES}


def _histogram(result: Forecast) -> Json:
    counts, edges = np.histogram(result.sample("npv"), bins=BINS)
    return {"edges": documents.numbers(edges), "counts": [int(count) for count in counts]}


def _alternatives(result: Forecast, drivers: Explained) -> list[Json]:
    portfolio = result.portfolio
    plans = [(initiative, option) for initiative in portfolio.initiatives for option in initiative.options]
    rows = zip(plans, result.table(), result.inside, strict=True)
    is_detailed = len(portfolio.initiatives) <= MOST_DETAILED
    return [
        {
            **_alternative(result, column, initiative=initiative, option=option, summary=summary, inside=inside),
            "fan": _cumulative(result, initiative, option) if is_detailed and summary.is_current else None,
            "drivers": drivers.initiatives.get(initiative.id, []) if summary.is_current else [],
        }
        for column, ((initiative, option), summary, inside) in enumerate(rows)
    ]


def _cumulative(result: Forecast, initiative: Initiative, option: Option) -> Json:
    """What an initiative's current plan brings less what it costs, added up month by month, beside its plan."""
    fan = result.fan("cumulative_net", initiative.id)
    percentiles = {percentile: documents.numbers(getattr(fan, percentile)) for percentile in NARROW}
    return {**percentiles, "planned": documents.numbers(planned_net(result.portfolio, initiative, option))}


def _group(group: GroupSummary) -> Json:
    parts = {name: getattr(group, name) for name in ("npv", "cost", "cost_pv", "benefit", "benefit_pv")}
    return {
        "id": group.id,
        "name": group.name,
        **{name: None if part is None else documents.distribution(part) for name, part in parts.items()},
    }


def _benefits(result: Forecast) -> list[Json] | None:
    """Each benefit of the current plans in its own unit; null where there are too many to be listed."""
    count = sum(len(option.profiles) for one in result.portfolio.initiatives for option in one.options[:1])
    if count > MOST_DETAILED:
        return None
    return [
        {
            "initiative": benefit.initiative,
            "benefit": benefit.benefit,
            "name": benefit.name,
            "unit": benefit.unit,
            "annual": documents.distribution(benefit.annual),
            "total": documents.distribution(benefit.total),
            "money": None if benefit.money is None else documents.distribution(benefit.money),
            "fan": {percentile: documents.numbers(getattr(benefit.fan, percentile)) for percentile in NARROW},
            "planned": documents.numbers(benefit.planned),
        }
        for benefit in result.benefits()
    ]


def _alternative(
    result: Forecast,
    column: int,
    *,
    initiative: Initiative,
    option: Option,
    summary: AlternativeSummary,
    inside: AlternativeSummary,
) -> Json:
    portfolio = result.portfolio
    planned = appraise(portfolio, initiative.id, option.id)
    return {
        "initiative": initiative.id,
        "initiative_name": initiative.name,
        "programme": initiative.programme,
        "unit": initiative.unit,
        "option": option.id,
        "option_name": option.name,
        "kind": str(option.kind),
        "is_current": summary.is_current,
        "npv": documents.distribution(summary.npv),
        "cost": documents.distribution(summary.cost),
        "cost_pv": documents.distribution(summary.cost_pv),
        "benefit_pv": documents.distribution(summary.benefit_pv),
        "go_live": _go_live(portfolio, option, summary.go_live),
        "probability_of_loss": documents.finite(summary.probability_of_loss),
        "roi": documents.finite(summary.roi),
        "bcr": documents.finite(summary.bcr),
        "irr": documents.finite(planned.irr),
        "payback_months": documents.finite(planned.payback_months),
        "sunk": documents.finite(summary.sunk),
        "inside": {
            "npv": documents.distribution(inside.npv),
            "cost": documents.distribution(inside.cost),
            "go_live": _go_live(portfolio, option, inside.go_live),
        },
        "reference_class": initiative.reference_class,
        "annual_cost": documents.annual_costs(result, column),
    }


def _go_live(portfolio: Portfolio, option: Option, months: Distribution) -> Json:
    return {
        "planned": str(option.go_live),
        **{name: str(portfolio.start + round(getattr(months, name))) for name in ("p10", "p50", "p90")},
    }
