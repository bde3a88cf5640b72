"""How a forecast stands to the plan and to the budget, as parts of its document."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from openvmo.analysis import documents
from openvmo.analysis.documents import Json, finite
from openvmo.engine.forecast import Forecast
from openvmo.engine.forecast.precision import share_error
from openvmo.engine.forecast.results import Distribution
from openvmo.engine.model import Initiative, Option, Portfolio
from openvmo.engine.model.schedule import planned_benefits, planned_costs

Floats = NDArray[np.float64]


def plan_of(portfolio: Portfolio) -> Json:
    """The current plans as stated, all together, by month; money, not discounted."""
    cost, benefit = np.zeros(portfolio.horizon), np.zeros(portfolio.horizon)
    for initiative in portfolio.initiatives:
        for option in initiative.options[:1]:
            cost += planned_costs(portfolio, option)
            benefit += planned_benefits(portfolio, initiative, option)
    return {
        "cost": documents.numbers(cost),
        "benefit": documents.numbers(benefit),
        "cumulative_net": documents.numbers(np.cumsum(benefit - cost)),
    }


def planned_net(portfolio: Portfolio, initiative: Initiative, option: Option) -> Floats:
    """What an option's plan says of its benefits less its costs, added up month by month, (horizon,)."""
    net = planned_benefits(portfolio, initiative, option) - planned_costs(portfolio, option)
    total: Floats = np.cumsum(net)
    return total


def years_of(forecast: Forecast) -> list[Json]:
    """What all current plans together cost in each financial year, against its budget."""
    budgets = {budget.year: budget.amount for budget in forecast.portfolio.budgets}
    rows = []
    for place, year in enumerate(forecast.years):
        cost = forecast.yearly["cost"][:, place].astype(np.float64)
        budget = budgets.get(year)
        rows.append(
            {
                "year": year,
                "budget": finite(budget),
                "cost": documents.distribution(Distribution.of(cost, forecast.replicates)),
                "within_budget": None if budget is None else _probability(cost <= budget),
            }
        )
    return rows


def probabilities_of(forecast: Forecast, plan: Json) -> Json:
    """How likely it is that all current plans together pay, and do as well as planned."""
    totals = forecast.totals
    cost, benefit = sum(plan["cost"]), sum(plan["benefit"])
    budgets = {budget.year: budget.amount for budget in forecast.portfolio.budgets}
    covered = [place for place, year in enumerate(forecast.years) if year in budgets]
    limits = np.array([budgets[forecast.years[place]] for place in covered])
    within = np.asarray((forecast.yearly["cost"][:, covered] <= limits).all(axis=1))
    return {
        "npv_positive": _probability(totals["npv"] > 0),
        "cost_within_plan": _probability(totals["cost"] <= cost) if cost else None,
        "benefit_reaches_plan": _probability(totals["benefit"] >= benefit) if benefit else None,
        "all_budgets": _probability(within) if covered else None,
    }


def _probability(holds: NDArray[np.bool_]) -> Json:
    """A share of the trials with its standard error."""
    share = float(np.mean(holds))
    return {"share": share, "standard_error": share_error(share, holds.size)}
