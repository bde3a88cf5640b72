"""How a measure moves, drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from openvmo.engine.model.kinds import Direction
from openvmo_web.common import formats
from openvmo_web.common.charts import Chart, line_chart
from openvmo_web.strategy.models import Measure, Reading
from openvmo_web.strategy.rules import on_line


def small_trend(measure: Measure, readings: Iterable[Reading]) -> Chart:
    """Return the values of a measure beside its target."""
    days, values = _points(measure, readings)
    series = {_("Observed"): values}
    if measure.target is not None:
        series[_("Target")] = [float(measure.target)] * len(days)
    return _drawn(days, series)


def full_trend(measure: Measure, readings: Iterable[Reading]) -> Chart:
    """Return the values of a measure beside baseline, target, the line between them, and the thresholds."""
    days, values = _points(measure, readings)
    line = [on_line(measure, day) for day in days]
    series = {_("Observed"): values}
    if any(point is not None for point in line):
        series[_("Expected by then")] = [None if point is None else float(point) for point in line]
    levels: dict[str, Decimal | None] = {_("Target"): measure.target, _("Baseline"): measure.baseline}
    if measure.direction != Direction.MAINTAIN:
        levels |= {_("Needs attention from"): measure.caution_at, _("Critical from"): measure.critical_at}
    series |= {name: [float(level)] * len(days) for name, level in levels.items() if level is not None}
    return _drawn(days, series)


def _points(measure: Measure, readings: Iterable[Reading]) -> tuple[list[date], list[float | None]]:
    """The days and values, beginning with the baseline where its day lies before the first value."""
    points = [(reading.on, float(reading.value)) for reading in readings]
    start = measure.baseline_date
    if measure.baseline is not None and start is not None and points and start < points[0][0]:
        points.insert(0, (start, float(measure.baseline)))
    return [day for day, _value in points], [value for _day, value in points]


def _drawn(days: Sequence[date], series: dict[str, list[float | None]]) -> Chart:
    locale = formats.current_locale()
    return line_chart(
        [formats.day(day, locale) for day in days],
        series if days else {},
        category_label=_("Day"),
        dashed=[name for name in series if name != _("Observed")],
    )
