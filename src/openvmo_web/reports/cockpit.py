"""The home page: is the value arriving, what needs the viewer, what needs attention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.audit.keeping import kept
from openvmo_web.common.charts import Chart
from openvmo_web.common.formats import current_locale, formatted
from openvmo_web.common.widgets import Status
from openvmo_web.insight.models import Run
from openvmo_web.insight.queries import document_of, latest_run
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.reports import charts
from openvmo_web.reports.analysis import OVERSPEND, SHORTFALL, SILENT_MONTHS, YEAR, Gap, Silence, known_sum
from openvmo_web.reports.glance import glance_at
from openvmo_web.reports.pulse import Pulse, pulse_of
from openvmo_web.reports.queries import (
    Activity,
    Task,
    initiatives_in_doubt,
    latest_activity,
    tasks_of,
)
from openvmo_web.reports.register import confidence_status

SHOWN = 5


@dataclass(frozen=True)
class Doubt:
    """An initiative whose delivery reviewers doubt."""

    initiative: Initiative
    status: Status


@dataclass(frozen=True)
class Cockpit:
    """Everything on the home page; money is in the portfolio's currency at its price base.

    Args:
        initiatives: How many initiatives there are.
        benefits: The benefits of funded work at a glance.
        arriving: Planned against realised benefits.
        realised_year: What was measured in the last twelve months; None when nothing was.
        planned_year: What the plans promised for the months that were measured.
        spent_year: What was spent in the last twelve months; None when nothing was recorded.
        planned_spend_year: What the plans spend in the months for which spending was recorded.
        forecast: The newest forecast, and `totals` its figures; None before the first.
        worth: The cumulative net value of that forecast.
        tasks: What waits for the viewer.
        attention: What is taken to need attention.
        shortfalls: Initiatives that bring less than planned, and how many there are in all; the others likewise.
    """

    initiatives: int
    benefits: Pulse
    arriving: Chart
    has_flows: bool
    realised_year: float | None
    planned_year: float | None
    spent_year: float | None
    planned_spend_year: float | None
    unvalued: int
    forecast: Run | None
    totals: Mapping[str, Any] | None
    worth: Chart | None
    tasks: Sequence[Task]
    attention: str
    shortfalls: Sequence[Gap]
    shortfall_count: int
    overspends: Sequence[Gap]
    overspend_count: int
    silences: Sequence[Silence]
    silence_count: int
    doubts: Sequence[Doubt]
    doubt_count: int
    activity: Sequence[Activity]


def cockpit_of(viewer: User, portfolio: Portfolio, at: datetime) -> Cockpit:
    """Return what the home page of a portfolio shows a viewer."""
    seen = glance_at(portfolio, at, SHOWN)
    year = seen.flows.last(YEAR, Month.of(timezone.localdate(at)))
    forecast = latest_run(viewer, portfolio, "forecast")
    document = document_of(forecast) if forecast else None
    doubted = initiatives_in_doubt(viewer, portfolio)
    return Cockpit(
        initiatives=Initiative.objects.visible_to(viewer).filter(portfolio=portfolio).count(),
        benefits=kept("reports.pulse", portfolio.pk, lambda: pulse_of(viewer, portfolio)),
        arriving=charts.value_arriving(seen.flows, portfolio.currency),
        has_flows=known_sum(seen.flows.realised_benefit) is not None or any(seen.flows.planned_benefit),
        realised_year=known_sum(year.realised_benefit),
        planned_year=_where_known(year.planned_benefit, year.realised_benefit),
        spent_year=known_sum(year.actual_cost),
        planned_spend_year=_where_known(year.planned_cost, year.actual_cost),
        unvalued=seen.flows.unvalued,
        forecast=forecast,
        totals=document["totals"] if document else None,
        worth=charts.worth_from_here(document) if document else None,
        tasks=tasks_of(viewer, portfolio, at),
        attention=attention_rule(current_locale()),
        shortfalls=seen.shortfalls.first,
        shortfall_count=seen.shortfalls.count,
        overspends=seen.overspends.first,
        overspend_count=seen.overspends.count,
        silences=seen.silences.first,
        silence_count=seen.silences.count,
        doubts=[Doubt(initiative, confidence_status(initiative.confidence)) for initiative in doubted[:SHOWN]],
        doubt_count=doubted.count(),
        activity=latest_activity(viewer, portfolio),
    )


def attention_rule(locale: str) -> str:
    """Say in a sentence what is taken to need attention."""
    return _(
        "Over the last %(months)d months: less than %(short)s of the planned benefit, more than %(over)s of the "
        "planned cost, more than %(silent)d months without a measurement; or delivery that a review doubts."
    ) % {
        "months": YEAR,
        "short": formatted(SHORTFALL, "percent-whole", locale),
        "over": formatted(OVERSPEND, "percent-whole", locale),
        "silent": SILENT_MONTHS,
    }


def _where_known(planned: Sequence[float], observed: Sequence[float | None]) -> float | None:
    """The plan of the months that were observed, so that the two can be compared."""
    return known_sum(plan if seen is not None else None for plan, seen in zip(planned, observed, strict=True))
