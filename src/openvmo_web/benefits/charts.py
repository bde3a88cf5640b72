"""The drawing of how a benefit arrives: what was promised beside what is expected now."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from openvmo.engine.quantities import Month
from openvmo_web.benefits.analysis import Arrival, curve_of
from openvmo_web.common.charts import Chart, fan_chart, line_chart


def arrival_chart(
    planned: Arrival | None, forecast: Arrival | None, *, first: Month, months: int, format: str
) -> Chart:
    """Return what each month is to bring: the baseline dashed, the forecast with its band where one was stated.

    Args:
        planned: The baseline; None when there is none.
        forecast: The forecast; None when the plan no longer names the benefit.
        first: The first month.
        months: How many months.
        format: The format code of the values.
    """
    labels = [str(first + offset) for offset in range(months)]
    baseline = {_("Baseline"): curve_of(planned, first, months).likely} if planned else {}
    curve = curve_of(forecast, first, months) if forecast else None
    if curve is None or curve.low is None or curve.high is None:
        lines: Mapping[str, tuple[float, ...]] = {_("Forecast"): curve.likely} if curve else {}
        return line_chart(
            labels,
            {**lines, **baseline},
            format=format,
            category_format="month",
            category_label=_("Month"),
            dashed=tuple(baseline),
        )
    words = {
        "p10": _("Forecast, low (P10)"),
        "p50": _("Forecast, likely (P50)"),
        "p90": _("Forecast, high (P90)"),
        "p10-p90": _("Forecast, 8 in 10"),
    }
    return fan_chart(
        labels,
        {"p10": curve.low, "p50": curve.likely, "p90": curve.high},
        labels=words,
        format=format,
        month_label=_("Month"),
        extra=baseline,
    )
