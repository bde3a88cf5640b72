"""The page of one initiative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openvmo.engine import model
from openvmo_web.access.models import User
from openvmo_web.benefits import words as benefit_words
from openvmo_web.common.charts import Chart
from openvmo_web.common.fields import label_of
from openvmo_web.common.widgets import Status
from openvmo_web.insight.models import Run
from openvmo_web.portfolio import words
from openvmo_web.portfolio.models import Initiative
from openvmo_web.reports import charts
from openvmo_web.reports.analysis import initiative_flows, initiative_record, known_sum, steady_benefit
from openvmo_web.reports.queries import Observations, forecast_known, observations_of
from openvmo_web.reports.register import confidence_status, state_status
from openvmo_web.reports.worth import PlanWorth, plan_worth


@dataclass(frozen=True)
class BenefitLine:
    """A benefit with how it is planned and what was measured, in money or its own unit; `key` is that of its row."""

    key: int
    benefit: model.Benefit
    kind: str
    profile: model.Profile | None
    first_month: str | None
    last_month: str | None
    last_value: float | None
    is_verified: bool
    measured: int

    @property
    def is_in_money(self) -> bool:
        """Whether its values are money."""
        return not self.benefit.unit


@dataclass(frozen=True)
class OptionLine:
    """A course of action in figures; money in the portfolio's currency at its price base."""

    option: model.Option
    kind: str
    start: str
    go_live: str
    cost: float | None
    annual_benefit: float | None


@dataclass(frozen=True)
class Dossier:
    """Everything on the page of an initiative."""

    record: model.Initiative | None
    state: Status
    confidence: Status
    forecast: Run | None
    seen: Observations
    spent: float | None
    plan_worth: PlanWorth | None
    options: Sequence[OptionLine]
    benefits: Sequence[BenefitLine]
    arriving: Chart | None
    spending: Chart | None
    reviews: Sequence[tuple[Any, Status]]


def dossier_of(viewer: User, initiative: Initiative, at: datetime) -> Dossier:
    """Return what the page of an initiative shows a viewer, as known at a moment."""
    forecast = forecast_known(viewer, initiative.portfolio, at)
    seen = observations_of(viewer, initiative, at, forecast)
    record = initiative_record(initiative, at)
    flows = initiative_flows(record, at) if record else None
    currency = initiative.portfolio.currency
    keys = dict(initiative.benefits.values_list("code", "pk"))
    newest = seen.status_reports[0].confidence if seen.status_reports else model.Confidence.NOT_STATED
    return Dossier(
        record=record,
        state=state_status(initiative.state),
        confidence=confidence_status(newest),
        forecast=forecast,
        seen=seen,
        spent=known_sum(actual.amount for actual in record.actuals) if record else None,
        plan_worth=plan_worth(initiative.portfolio, record, at) if record else None,
        options=[_option_line(record, option) for option in record.options] if record else [],
        benefits=[_benefit_line(keys[benefit.id], record, benefit) for benefit in record.benefits] if record else [],
        arriving=charts.value_arriving(flows, currency) if flows and any(flows.planned_benefit) else None,
        spending=charts.money_spent(flows, currency) if flows and any(flows.planned_cost) else None,
        reviews=[(review, confidence_status(review.confidence)) for review in seen.status_reports],
    )


def _option_line(initiative: model.Initiative, option: model.Option) -> OptionLine:
    return OptionLine(
        option=option,
        kind=label_of(words.OPTION_KINDS, option.kind),
        start=str(option.start),
        go_live=str(option.go_live),
        cost=known_sum(line.amount.likely for line in option.costs),
        annual_benefit=steady_benefit(initiative, option),
    )


def _benefit_line(key: int, initiative: model.Initiative, benefit: model.Benefit) -> BenefitLine:
    option = initiative.options[0] if initiative.options else None
    profile = next((row for row in option.profiles if row.benefit == benefit.id), None) if option else None
    measured = [row for row in initiative.measurements if row.benefit == benefit.id]
    last = max(measured, key=lambda row: row.month, default=None)
    return BenefitLine(
        key=key,
        benefit=benefit,
        kind=label_of(benefit_words.CLASSES, benefit.kind),
        profile=profile,
        first_month=str(option.go_live + profile.offset) if option and profile else None,
        last_month=str(last.month) if last else None,
        last_value=last.value if last else None,
        is_verified=bool(last and last.is_verified),
        measured=len(measured),
    )
