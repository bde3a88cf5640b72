"""The drawings of the home page, the initiative page and the portfolio report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from openvmo.engine import model
from openvmo.engine.quantities import Month
from openvmo_web.benefits.analysis import Arrival, curve_of
from openvmo_web.benefits.charts import arrival_chart
from openvmo_web.common.charts import Chart, Points, bar_chart, fan_chart, line_chart, with_points
from openvmo_web.insight.words import FAN
from openvmo_web.realisation.analysis import Observed
from openvmo_web.reports.analysis import Flows, cumulative


def value_arriving(flows: Flows, currency: str) -> Chart:
    """Planned against realised benefits, cumulated from the first month shown."""
    return line_chart(
        [str(month) for month in flows.months],
        {_("Planned"): cumulative(flows.planned_benefit), _("Realised"): cumulative(flows.realised_benefit)},
        format=f"money-short:{currency}",
        category_format="month",
        category_label=_("Month"),
        dashed=(_("Planned"),),
    )


def money_spent(flows: Flows, currency: str) -> Chart:
    """Planned against actual spending, cumulated from the first month shown."""
    return line_chart(
        [str(month) for month in flows.months],
        {_("Planned"): cumulative(flows.planned_cost), _("Spent"): cumulative(flows.actual_cost)},
        format=f"money-short:{currency}",
        category_format="month",
        category_label=_("Month"),
        dashed=(_("Planned"),),
    )


def worth_from_here(document: Mapping[str, Any]) -> Chart:
    """The cumulative net value of the forecast with its bands."""
    return fan_chart(
        document["months"],
        document["fans"]["cumulative_net"],
        labels={name: str(label) for name, label in FAN.items()},
        format=f"money-short:{document['portfolio']['currency']}",
        month_label=_("Month"),
    )


def benefit_arriving(
    planned: Arrival | None,
    forecast: Arrival | None,
    observed: Sequence[Observed],
    gains: Mapping[Month, float],
    *,
    window: tuple[Month, int],
    format: str,
) -> Chart:
    """What each month was to bring, is expected to bring, and brought.

    Args:
        planned: The baseline; None when there is none.
        forecast: The forecast; None when the plan does not name the benefit.
        observed: The measurements in force.
        gains: What the measured months brought.
        window: The first month and the number of months.
        format: The format code of the values.
    """
    first, months = window
    drawing = arrival_chart(planned, forecast, first=first, months=months, format=format)
    return with_points(
        drawing,
        _measured(observed, gains, first, months),
        format=format,
        marks=_go_live(forecast or planned, first, months),
    )


def measure_moving(
    record: model.Benefit,
    planned: Arrival | None,
    forecast: Arrival | None,
    observed: Sequence[Observed],
    *,
    window: tuple[Month, int],
    level: Callable[[float], float | None],
) -> Chart:
    """Where the measure stood, beside where it is to stand, its target and its thresholds.

    Args:
        record: The benefit.
        planned: The baseline; None when there is none.
        forecast: The forecast; None when the plan does not name the benefit.
        observed: The measurements in force.
        window: The first month and the number of months.
        level: Where the measure stands in a month that brings a gain.
    """
    first, months = window
    lines = {
        _("Baseline"): [level(gain) for gain in curve_of(planned, first, months).likely] if planned else [],
        _("Forecast"): [level(gain) for gain in curve_of(forecast, first, months).likely] if forecast else [],
        _("Before the change"): _flat(record.baseline, months),
        _("Target"): _flat(record.target, months),
        _("Needs attention from"): _flat(record.caution_at, months),
        _("Critical from"): _flat(record.critical_at, months),
    }
    stated = {name: values for name, values in lines.items() if any(value is not None for value in values)}
    drawing = line_chart(
        [str(first + offset) for offset in range(months)],
        stated or {_("Target"): [None] * months},
        category_format="month",
        category_label=_("Month"),
        dashed=[name for name in stated if name != _("Forecast")],
    )
    levels = {one.month: one.value for one in observed}
    points = _measured(observed, levels, first, months)
    return with_points(drawing, points, marks=_go_live(forecast or planned, first, months))


def _flat(value: float | None, months: int) -> list[float | None]:
    return [value] * months


def _go_live(arrival: Arrival | None, first: Month, months: int) -> dict[str, int]:
    place = None if arrival is None else arrival.go_live - first
    return {_("Go-live"): place} if place is not None and 0 <= place < months else {}


def _measured(
    observed: Sequence[Observed], values: Mapping[Month, float], first: Month, months: int
) -> tuple[Points, Points, Points]:
    """Measured values by how far they can be trusted: each kind has a colour and a symbol of its own."""
    by_month = {one.month: one for one in observed}

    def of(kind: Callable[[Observed], bool]) -> list[float | None]:
        seen = (by_month.get(first + offset) for offset in range(months))
        return [values.get(one.month) if one is not None and kind(one) else None for one in seen]

    return (
        Points(_("Verified"), of(lambda one: one.is_verified and not one.is_contested), "positive"),
        Points(
            _("Reported"), of(lambda one: not one.is_verified and not one.is_contested), "ink-secondary", is_hollow=True
        ),
        Points(_("Contested"), of(lambda one: one.is_contested), "critical", symbol="triangle"),
    )


def budget_use(rows: Sequence[Mapping[str, Any]], currency: str) -> Chart:
    """What a choice uses of each year's budget."""
    return bar_chart(
        [str(row["year"]) for row in rows],
        {_("Used"): [row["used"] for row in rows], _("Available"): [row["available"] for row in rows]},
        format=f"money-short:{currency}",
        category_label=_("Financial year"),
    )
