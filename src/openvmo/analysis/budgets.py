"""What a rule for the budget means in explicit amounts by year."""

from __future__ import annotations

from collections.abc import Mapping

from openvmo.engine.forecast import Forecast
from openvmo.engine.model import Portfolio


def resolved_budgets(rule: Mapping[str, float] | None, portfolio: Portfolio, forecast: Forecast) -> dict[int, float]:
    """Money available in each limited financial year.

    Args:
        rule: amounts by year; one amount under "each_year"; a share under "share_of_demand"; None for the portfolio's
            budgets.
        portfolio: whose budgets count when there is no rule.
        forecast: its expected costs are the demand. Rules for every year cover the years in which there is any.
    """
    if rule is None:
        return {budget.year: float(budget.amount) for budget in portfolio.budgets}
    demand = yearly_demand(forecast)
    if "each_year" in rule:
        return dict.fromkeys(demand, rule["each_year"])
    if "share_of_demand" in rule:
        return {year: rule["share_of_demand"] * amount for year, amount in demand.items()}
    return {int(year): amount for year, amount in rule.items()}


def yearly_demand(forecast: Forecast) -> dict[int, float]:
    """Expected cost of all current plans together, for the years that have any."""
    totals = forecast.annual_cost[list(forecast.current)].sum(axis=0)
    return {year: float(total) for year, total in zip(forecast.years, totals, strict=True) if total > 0}
