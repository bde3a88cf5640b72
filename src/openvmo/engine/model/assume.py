"""Explicit assumptions for what a portfolio's data do not state."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from openvmo.engine.model.kinds import BenefitClass
from openvmo.engine.model.records import Benefit, Initiative, Option, Portfolio, Profile
from openvmo.engine.model.schedule import (
    benefit_schedule,
    planned_costs,
    planned_go_live,
    sunk_cost,
    valued_profiles,
)
from openvmo.engine.quantities import AnnualRate, Estimate

ASSUMED_BENEFIT = "assumed-benefit:"


def assume_benefits(portfolio: Portfolio, *, benefit_cost_ratio: float, years: int = 10) -> Portfolio:
    """Give every option that states no financial benefit a named, assumed one.

    Args:
        portfolio: the portfolio, which stays as it is.
        benefit_cost_ratio: present value of the assumed benefit over that of the option's planned whole-life cost, sunk
            cost included and counted undiscounted.
        years: years from go-live over which the benefit is level.

    Returns:
        A portfolio in which the ids of the added benefits begin with "assumed-benefit:"; `forecast` says in a finding
        how many initiatives rest on them. An option whose go-live lies beyond the horizon, or that costs nothing, gets
        none.

    Raises:
        ValueError: the ratio is negative, or there is less than one year.

    The outcome says what would follow if the assumption held; it is no evidence that it does.
    """
    if benefit_cost_ratio < 0:
        message = f"a benefit-cost ratio is zero or more, not {benefit_cost_ratio}"
        raise ValueError(message)
    if years < 1:
        message = f"assumed benefits last at least one year, not {years}"
        raise ValueError(message)
    return replace(
        portfolio,
        initiatives=tuple(
            _with_assumed_benefit(portfolio, initiative, benefit_cost_ratio, years)
            for initiative in portfolio.initiatives
        ),
    )


def assumed_initiatives(portfolio: Portfolio) -> tuple[str, ...]:
    """Ids of the initiatives that rest on an assumed benefit."""
    return tuple(
        initiative.id
        for initiative in portfolio.initiatives
        if any(benefit.id.startswith(ASSUMED_BENEFIT) for benefit in initiative.benefits)
    )


def _with_assumed_benefit(portfolio: Portfolio, initiative: Initiative, ratio: float, years: int) -> Initiative:
    options = tuple(_with_assumed_profile(portfolio, initiative, option, ratio, years) for option in initiative.options)
    if options == initiative.options:
        return initiative
    benefit = Benefit(
        id=ASSUMED_BENEFIT + initiative.id,
        name=f"Assumed benefit of {ratio:g} times the whole-life cost, over {years} years",
        kind=BenefitClass.NON_CASHABLE,
    )
    return replace(initiative, options=options, benefits=(*initiative.benefits, benefit))


def _with_assumed_profile(
    portfolio: Portfolio, initiative: Initiative, option: Option, ratio: float, years: int
) -> Option:
    if valued_profiles(initiative, option, portfolio.pools):
        return option
    factors = AnnualRate(portfolio.discount_rate).factors(portfolio.horizon)
    cost = sunk_cost(portfolio, initiative, option) + float((planned_costs(portfolio, option) * factors).sum())
    profile = Profile(benefit=ASSUMED_BENEFIT + initiative.id, annual=Estimate(0.0), duration=12 * years)
    go_live = np.array([planned_go_live(portfolio, option)])
    value_of_one_a_year = float((benefit_schedule(profile, go_live, portfolio.horizon)[0] * factors).sum())
    if cost <= 0 or value_of_one_a_year <= 0:
        return option
    annual = Estimate(ratio * cost / value_of_one_a_year)
    return replace(option, profiles=(*option.profiles, replace(profile, annual=annual)))
