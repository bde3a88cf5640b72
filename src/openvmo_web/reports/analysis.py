"""How a portfolio stands: planned and observed money by month, and what deserves attention."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from math import isnan

import numpy as np
from django.utils import timezone

from openvmo.engine import model
from openvmo.engine.appraisal import Appraisal, appraise
from openvmo.engine.model.schedule import valued_profiles
from openvmo.engine.quantities import Month
from openvmo_web.insight.analysis import initiatives_as_known, portfolio_as_known
from openvmo_web.insight.flows import (
    ACTUAL_COST,
    FUNDED,
    PLANNED_BENEFIT,
    PLANNED_COST,
    REALISED_BENEFIT,
    SILENT_MONTHS,
    YEAR,
    Floats,
    MoneyByMonth,
    Year,
    added,
    money_of,
    nothing,
    quiet_benefits,
    year_before,
)
from openvmo_web.maps.analysis import shares_known
from openvmo_web.portfolio.models import Initiative, Portfolio

__all__ = ["FUNDED", "SILENT_MONTHS", "YEAR", "Appraisal", "Flows", "Gap", "Picture", "Silence", "portfolio_picture"]

MONTHS_BACK = 24
# A year of the plan to come: more of it would make what has arrived too small to see.
MONTHS_AHEAD = 12
# What deserves attention over the last year: less than 80 % of the planned benefit, or more than 105 % of the planned
# cost.
SHORTFALL = 0.80
OVERSPEND = 1.05


@dataclass(frozen=True)
class Flows:
    """Money by month, planned beside observed, in the portfolio's currency at its price base.

    Args:
        months: The months, without a gap.
        planned_cost: What the current plans spend in each month.
        planned_benefit: What the current plans bring in each month; benefits without a value in money stay out.
        actual_cost: What was spent; None in months for which nothing was recorded.
        realised_benefit: What was measured, in money; None in months for which nothing was measured.
        unvalued: How many measured or planned benefits have no value in money and are in none of these figures.
    """

    months: tuple[Month, ...]
    planned_cost: tuple[float, ...]
    planned_benefit: tuple[float, ...]
    actual_cost: tuple[float | None, ...]
    realised_benefit: tuple[float | None, ...]
    unvalued: int

    def last(self, count: int, before: Month) -> Flows:
        """Return the months before a month, at most `count` of them."""
        chosen = [index for index, month in enumerate(self.months) if 0 < before - month <= count]
        return Flows(
            months=tuple(self.months[index] for index in chosen),
            planned_cost=tuple(self.planned_cost[index] for index in chosen),
            planned_benefit=tuple(self.planned_benefit[index] for index in chosen),
            actual_cost=tuple(self.actual_cost[index] for index in chosen),
            realised_benefit=tuple(self.realised_benefit[index] for index in chosen),
            unvalued=self.unvalued,
        )


def known_sum(values: Iterable[float | None]) -> float | None:
    """Return the sum of what is known; None when nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def cumulative(values: Iterable[float | None]) -> list[float | None]:
    """Return running totals up to the last month that is known; later months stay unknown."""
    listed = list(values)
    last = max((index for index, value in enumerate(listed) if value is not None), default=-1)
    totals = np.cumsum([value or 0.0 for value in listed[: last + 1]])
    return [*(float(total) for total in totals), *([None] * (len(listed) - last - 1))]


@dataclass(frozen=True)
class Gap:
    """An initiative whose last twelve months differ from its plan, in money; `observed` is what was seen."""

    code: str
    name: str
    planned: float
    observed: float

    @property
    def share(self) -> float:
        """The observed share of the plan."""
        return self.observed / self.planned


@dataclass(frozen=True)
class Silence:
    """A benefit that should be measured by now, or until its end, and has not been for some months."""

    benefit: str
    initiative_code: str
    initiative_name: str
    owner: str
    last_measured: str | None


@dataclass(frozen=True)
class Picture:
    """How a portfolio stands: its money by month, and what deserves attention, the largest first."""

    flows: Flows
    shortfalls: tuple[Gap, ...]
    overspends: tuple[Gap, ...]
    silences: tuple[Silence, ...]


def portfolio_picture(portfolio: Portfolio, at: datetime) -> Picture:
    """Return how the funded initiatives of a portfolio stand, as known at a moment; it reads all of them."""
    now = Month.of(timezone.localdate(at))
    record = portfolio_as_known(portfolio, at)
    funded = [initiative for initiative in record.initiatives if initiative.state in FUNDED]
    money = [money_of(initiative, now + (MONTHS_AHEAD - 1)) for initiative in funded]
    years = [(initiative, year_before(one, now)) for initiative, one in zip(funded, money, strict=True)]
    return Picture(
        flows=flows_of(added(money), now),
        shortfalls=_largest(_gaps(years, _benefits_of, lambda share: share < SHORTFALL)),
        overspends=_largest(_gaps(years, _costs_of, lambda share: share > OVERSPEND)),
        silences=tuple(silence for initiative in funded for silence in _silences(initiative, now)),
    )


Pair = tuple[float | None, float | None]


def _benefits_of(year: Year) -> Pair:
    return year.planned_benefit, year.realised_benefit


def _costs_of(year: Year) -> Pair:
    return year.planned_cost, year.actual_cost


def _gaps(
    years: Iterable[tuple[model.Initiative, Year]], pair_of: Callable[[Year], Pair], is_gap: Callable[[float], bool]
) -> Iterable[Gap]:
    for initiative, year in years:
        planned, observed = pair_of(year)
        if planned is not None and observed is not None and planned > 0:
            gap = Gap(initiative.id, initiative.name, planned, observed)
            if is_gap(gap.share):
                yield gap


def _largest(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    return tuple(sorted(gaps, key=lambda gap: -abs(gap.planned - gap.observed)))


def _silences(initiative: model.Initiative, now: Month) -> Iterable[Silence]:
    for quiet in quiet_benefits(initiative):
        if quiet.since <= now:
            month = None if quiet.last_measured is None else str(quiet.last_measured)
            benefit = quiet.benefit
            yield Silence(benefit.name, initiative.id, initiative.name, benefit.owner, month)


def initiative_record(initiative: Initiative, at: datetime) -> model.Initiative | None:
    """Return one initiative as the engine takes it; None when it was not yet known at that moment."""
    return initiatives_as_known(initiative.portfolio, at, only=[initiative.pk]).get(initiative.pk)


def initiative_flows(initiative: model.Initiative, at: datetime) -> Flows:
    """Return the money of one initiative, whether funded or not."""
    now = Month.of(timezone.localdate(at))
    return flows_of(money_of(initiative, now + (MONTHS_AHEAD - 1)), now)


def plan_appraisal(portfolio: Portfolio, initiative: model.Initiative, at: datetime) -> Appraisal | None:
    """Return every measure of an initiative's current plan; None while it has no plan with money still ahead.

    Args:
        portfolio: the portfolio, which frames the appraisal.
        initiative: one of its initiatives, as known at the moment.
        at: the moment.
    """
    if not initiative.options:
        return None
    appraisal = appraise(_frame(portfolio, initiative, at), initiative.id)
    return appraisal if appraisal.costs.values.any() or appraisal.benefits.values.any() else None


def _frame(portfolio: Portfolio, initiative: model.Initiative, at: datetime) -> model.Portfolio:
    """The portfolio with one initiative and the pools that its benefits claim from, without reading the others."""
    claims = any(benefit.pool for benefit in initiative.benefits)
    return model.Portfolio(
        currency=portfolio.currency,
        price_base=portfolio.price_base,
        start=Month.of(portfolio.starts),
        horizon=portfolio.horizon,
        discount_rate=portfolio.discount_rate,
        fiscal_year_start=portfolio.fiscal_year_start,
        initiatives=(initiative,),
        pools=shares_known(portfolio, at).pools if claims else (),
    )


def steady_benefit(initiative: model.Initiative, option: model.Option) -> float | None:
    """Return the likely steady benefit a year of an option, in money; None when none of its benefits has a value."""
    return known_sum(profile.annual.likely * value for profile, value in valued_profiles(initiative, option))


def flows_of(money: MoneyByMonth | None, now: Month) -> Flows:
    """Return the months that are shown: from two years back, or the first that was observed, to a year ahead."""
    first = now + -MONTHS_BACK
    if money is not None and money.observed_from is not None:
        first = min(first, money.observed_from)
    months = now - first + MONTHS_AHEAD
    amounts = nothing(months) if money is None else money.between(first, months)
    return Flows(
        months=tuple(first + offset for offset in range(months)),
        planned_cost=tuple(amounts[PLANNED_COST].tolist()),
        planned_benefit=tuple(amounts[PLANNED_BENEFIT].tolist()),
        actual_cost=_known(amounts[ACTUAL_COST]),
        realised_benefit=_known(amounts[REALISED_BENEFIT]),
        unvalued=0 if money is None else money.unvalued,
    )


def _known(amounts: Floats) -> tuple[float | None, ...]:
    return tuple(None if isnan(amount) else amount for amount in amounts.tolist())
