"""What a milestone, a review or an actual cost of a file or a form says, as the values of its row."""

from __future__ import annotations

from typing import Any

from openvmo.engine import model
from openvmo.engine.quantities import Month
from openvmo_web.common.fields import stored_amount


def milestone_values(milestone: model.Milestone) -> dict[str, Any]:
    """Return the values of a milestone's row."""
    return {
        "code": milestone.id,
        "name": milestone.name,
        "planned": milestone.planned.first_day,
        "forecast": _day(milestone.forecast),
        "reached": _day(milestone.reached),
        "retires": milestone.retires,
    }


def status_values(report: model.StatusReport) -> dict[str, Any]:
    """Return what makes two reviews of a date differ."""
    return {"confidence": str(report.confidence), "commentary": report.commentary}


def actual_values(actual: model.Actual) -> dict[str, Any]:
    """Return what makes two actual costs of a month differ."""
    return {"amount": stored_amount(actual.amount), "source": actual.source}


def _day(month: Month | None) -> Any:
    return None if month is None else month.first_day
