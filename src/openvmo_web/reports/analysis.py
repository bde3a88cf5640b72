"""Planned and observed money by month: the one place of this room that calls the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from openvmo.engine import model
from openvmo.engine.model.schedule import money_per_unit, month_gain, planned_benefits, planned_costs, valued_profiles
from openvmo.engine.quantities import Month
from openvmo_web.insight.analysis import portfolio_as_known
from openvmo_web.portfolio.models import Initiative, Portfolio

FUNDED = frozenset(
    {
        model.InitiativeState.APPROVED,
        model.InitiativeState.DELIVERY,
        model.InitiativeState.OPERATION,
        model.InitiativeState.CLOSED,
    }
)
MONTHS_BACK = 24
# A year of the plan to come: more of it would make what has arrived too small to see.
MONTHS_AHEAD = 12
# What deserves attention over the last year: less than 80 % of the planned benefit, more than 105 % of the planned
# cost, or more than three months without a measurement.
YEAR = 12
SHORTFALL = 0.80
OVERSPEND = 1.05
SILENT_MONTHS = 3


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
    """Return how the funded initiatives of a portfolio stand, as known at a moment."""
    record = portfolio_as_known(portfolio, at)
    funded = [initiative for initiative in record.initiatives if initiative.state in FUNDED]
    now = Month.of(at.date())
    years = [(initiative, _flows(record, [initiative], now).last(YEAR, now)) for initiative in funded]
    return Picture(
        flows=_flows(record, funded, now),
        shortfalls=_largest(_gaps(years, "planned_benefit", "realised_benefit", lambda share: share < SHORTFALL)),
        overspends=_largest(_gaps(years, "planned_cost", "actual_cost", lambda share: share > OVERSPEND)),
        silences=tuple(silence for initiative in funded for silence in _silences(initiative, now)),
    )


def _gaps(
    years: Iterable[tuple[model.Initiative, Flows]], planned: str, observed: str, is_gap: Callable[[float], bool]
) -> Iterable[Gap]:
    """Only months in which something was observed count: what is missing is not zero."""
    for initiative, year in years:
        pairs = zip(getattr(year, planned), getattr(year, observed), strict=True)
        known = [(plan, seen) for plan, seen in pairs if seen is not None]
        gap = Gap(initiative.id, initiative.name, sum(plan for plan, _ in known), sum(seen for _, seen in known))
        if gap.planned > 0 and is_gap(gap.share):
            yield gap


def _largest(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    return tuple(sorted(gaps, key=lambda gap: -abs(gap.planned - gap.observed)))


def _silences(initiative: model.Initiative, now: Month) -> Iterable[Silence]:
    names = {benefit.id: benefit for benefit in initiative.benefits}
    # Only the first option is the current plan.
    for option in initiative.options[:1]:
        for profile in option.profiles:
            benefit = names[profile.benefit]
            first = option.go_live + profile.offset
            if benefit.kind is model.BenefitClass.QUALITATIVE or now - first <= SILENT_MONTHS:
                continue
            until = now if profile.duration is None else min(now, first + profile.duration)
            last = max((row.month for row in initiative.measurements if row.benefit == benefit.id), default=None)
            if last is None or until - last > SILENT_MONTHS:
                month = None if last is None else str(last)
                yield Silence(benefit.name, initiative.id, initiative.name, benefit.owner, month)


def initiative_record(initiative: Initiative, at: datetime) -> tuple[model.Portfolio, model.Initiative | None]:
    """Return one initiative as the engine takes it, in its portfolio; None when it was not yet known at that moment."""
    record = portfolio_as_known(initiative.portfolio, at, only=[initiative.pk])
    return record, record.initiatives[0] if record.initiatives else None


def initiative_flows(portfolio: model.Portfolio, initiative: model.Initiative, at: datetime) -> Flows:
    """Return the money of one initiative, whether funded or not."""
    return _flows(portfolio, [initiative], Month.of(at.date()))


def steady_benefit(initiative: model.Initiative, option: model.Option) -> float | None:
    """Return the likely steady benefit a year of an option, in money; None when none of its benefits has a value."""
    return known_sum(profile.annual.likely * value for profile, value in valued_profiles(initiative, option))


def _flows(portfolio: model.Portfolio, initiatives: list[model.Initiative], now: Month) -> Flows:
    first = min([now + -MONTHS_BACK, *_observed_months(initiatives)])
    window = replace(portfolio, start=first, horizon=now - first + MONTHS_AHEAD)
    planned_cost, planned_benefit = np.zeros(window.horizon), np.zeros(window.horizon)
    for initiative in initiatives:
        for option in initiative.options[:1]:
            planned_cost += planned_costs(window, option)
            planned_benefit += planned_benefits(window, initiative, option)
    return Flows(
        months=tuple(first + offset for offset in range(window.horizon)),
        planned_cost=tuple(planned_cost.tolist()),
        planned_benefit=tuple(planned_benefit.tolist()),
        actual_cost=_by_month(window, ((row.month, row.amount) for item in initiatives for row in item.actuals)),
        realised_benefit=_by_month(window, _measured_money(initiatives)),
        unvalued=sum(money_per_unit(benefit) is None for item in initiatives for benefit in item.benefits),
    )


def _observed_months(initiatives: list[model.Initiative]) -> Iterable[Month]:
    for initiative in initiatives:
        yield from (row.month for row in initiative.actuals)
        yield from (row.month for row in initiative.measurements)


def _measured_money(initiatives: list[model.Initiative]) -> Iterable[tuple[Month, float]]:
    for initiative in initiatives:
        benefits = {benefit.id: benefit for benefit in initiative.benefits}
        for row in initiative.measurements:
            benefit = benefits[row.benefit]
            worth = money_per_unit(benefit)
            if worth is not None:
                yield row.month, month_gain(benefit, row.value) * worth


def _by_month(window: model.Portfolio, amounts: Iterable[tuple[Month, float]]) -> tuple[float | None, ...]:
    totals: list[float | None] = [None] * window.horizon
    for month, amount in amounts:
        index = month - window.start
        if 0 <= index < window.horizon:
            totals[index] = (totals[index] or 0.0) + amount
    return tuple(totals)
