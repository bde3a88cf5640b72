"""The drawings of the home page, the initiative page and the portfolio report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from openvmo_web.common.charts import Chart, bar_chart, fan_chart, line_chart
from openvmo_web.insight.words import FAN
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


def budget_use(rows: Sequence[Mapping[str, Any]], currency: str) -> Chart:
    """What a choice uses of each year's budget."""
    return bar_chart(
        [str(row["year"]) for row in rows],
        {_("Used"): [row["used"] for row in rows], _("Available"): [row["available"] for row in rows]},
        format=f"money-short:{currency}",
        category_label=_("Financial year"),
    )
