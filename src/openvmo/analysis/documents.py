"""The parts that the documents of all analyses share."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from openvmo.engine.forecast import reached_precision
from openvmo.engine.forecast.results import Distribution, Floats, Forecast
from openvmo.engine.model import Finding, Portfolio, Severity

Json = dict[str, Any]

# The percentiles of a distribution in short, in the order of their errors.
_PERCENTILES = ("p5", "p10", "p50", "p90", "p95")


def finite(value: float | None) -> float | None:
    """The number as JSON can hold it: NaN and infinity are null."""
    return None if value is None or not math.isfinite(value) else float(value)


def distribution(values: Distribution) -> Json:
    """An uncertain number in short."""
    return {
        "mean": finite(values.mean),
        "standard_error": finite(values.standard_error),
        "errors": dict(zip(_PERCENTILES, map(finite, values.quantile_errors), strict=False)),
        "p5": finite(values.p5),
        "p10": finite(values.p10),
        "p50": finite(values.p50),
        "p90": finite(values.p90),
        "p95": finite(values.p95),
    }


def heading(portfolio: Portfolio) -> Json:
    """What the portfolio's figures mean: currency, price base, dates, rate."""
    return {
        "id": portfolio.id,
        "name": portfolio.name,
        "currency": portfolio.currency,
        "price_base": portfolio.price_base,
        "start": str(portfolio.start),
        "horizon": portfolio.horizon,
        "discount_rate": portfolio.discount_rate,
        "fiscal_year_start": portfolio.fiscal_year_start,
    }


def findings(found: Iterable[Finding]) -> list[Json]:
    """Findings as records; each once."""
    return [
        {
            "severity": str(finding.severity),
            "code": finding.code,
            "problem": finding.problem,
            "remedy": finding.remedy,
            "sheet": finding.sheet,
            "row": finding.row,
            "column": finding.column,
            "value": finding.value,
        }
        for finding in dict.fromkeys(found)
    ]


def option_gaps(portfolio: Portfolio) -> tuple[Finding, ...]:
    """A finding when some initiatives have no option: they are in no figure."""
    bare = [initiative.id for initiative in portfolio.initiatives if not initiative.options]
    if not bare:
        return ()
    finding = Finding(
        Severity.WARNING,
        "option.missing",
        f"No option is stated for {len(bare)} of {len(portfolio.initiatives)} initiatives: "
        f"{listed(bare)}. They are in no figure.",
        "Add an option with its dates and costs.",
    )
    return (finding,)


def listed(ids: Sequence[str], most: int = 10) -> str:
    """Ids with commas; from the eleventh on only how many more there are."""
    more = f" and {len(ids) - most} more" if len(ids) > most else ""
    return ", ".join(ids[:most]) + more


def annual_costs(forecast: Forecast, column: int) -> dict[str, float | None]:
    """Expected cost of an alternative by financial year."""
    costs = forecast.annual_cost[column]
    return {str(year): finite(cost) for year, cost in zip(forecast.years, costs, strict=True)}


def precision(forecast: Forecast, asked: float | None) -> Json:
    """How the futures were drawn, and how surely the mean NPV of all current plans together is known.

    `asked` and `reached` are standard errors as shares of that mean, or of its spread; see `openvmo.engine.forecast`.
    """
    return {
        "sampling": str(forecast.sampling),
        "trials": forecast.trials,
        "replicates": forecast.replicates,
        "asked": asked,
        "reached": finite(reached_precision(forecast).relative),
    }


def totals(forecast: Forecast) -> Json:
    """All current plans taken together."""
    summary = forecast.summary()
    return {
        "npv": distribution(summary.npv),
        "cost": distribution(summary.cost),
        "cost_pv": distribution(summary.cost_pv),
        "benefit_pv": distribution(summary.benefit_pv),
        "probability_of_loss": finite(summary.probability_of_loss),
        "bcr": finite(summary.bcr),
        "roi": finite(summary.roi),
        "sunk": finite(summary.sunk),
    }


def numbers(values: Floats | Sequence[float]) -> list[float | None]:
    """An array of numbers as a list."""
    return [finite(float(value)) for value in values]
