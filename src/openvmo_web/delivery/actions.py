"""What is written about milestones, reviews and money spent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from openvmo.engine import model
from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.access.permissions import require
from openvmo_web.audit.actions import Deed, record_all
from openvmo_web.common.merge import history_add, rows_merge
from openvmo_web.delivery.models import ActualCost, Milestone, StatusReport
from openvmo_web.delivery.rules import actual_values, milestone_values, status_values
from openvmo_web.portfolio.changes import refresh
from openvmo_web.portfolio.models import Initiative, Portfolio

Initiatives = Mapping[str, Initiative]


def milestone_set(*, initiative: Initiative, milestone: model.Milestone, by: User, at: datetime) -> Milestone:
    """Add a milestone, or bring the one with this code into line; stating what already holds changes nothing."""
    require(by, "initiative.change", portfolio_id=initiative.portfolio_id)
    with transaction.atomic():
        rows = _milestones_set(
            initiative.milestones.select_related("initiative"), [(initiative, milestone)], by, at, None
        )
    return rows[initiative.pk, milestone.id]


def milestones_import(
    *,
    portfolio: Portfolio,
    stated: Sequence[model.Initiative],
    initiatives: Initiatives,
    by: User,
    at: datetime,
    gesture: UUID | None = None,
) -> None:
    """Bring the milestones of a file's initiatives into line."""
    require(by, "portfolio.import", portfolio_id=portfolio.pk)
    present = Milestone.objects.filter(initiative__portfolio=portfolio).select_related("initiative")
    with transaction.atomic():
        _milestones_set(
            present,
            [(initiatives[one.id], milestone) for one in stated for milestone in one.milestones],
            by,
            at,
            gesture,
        )


def status_record(
    *, initiative: Initiative, as_at: date, confidence: str, commentary: str = "", by: User, at: datetime
) -> StatusReport | None:
    """Record a review of delivery; another text for the same date supersedes it, the same adds nothing (None)."""
    require(by, "initiative.change", portfolio_id=initiative.portfolio_id)
    report = model.StatusReport(at=as_at, confidence=model.Confidence(confidence), commentary=commentary)
    with transaction.atomic():
        rows = StatusReport.objects.filter(initiative=initiative, superseded_by=None)
        added = _statuses_record(initiative.portfolio_id, rows, [(initiative, report)], by, at, None)
    return added[0] if added else None


def statuses_import(
    *,
    portfolio: Portfolio,
    stated: Sequence[model.Initiative],
    initiatives: Initiatives,
    by: User,
    at: datetime,
    gesture: UUID | None = None,
) -> list[StatusReport]:
    """Record the reviews of a file's initiatives; return the new ones."""
    require(by, "portfolio.import", portfolio_id=portfolio.pk)
    reports = [(initiatives[one.id], report) for one in stated for report in one.status]
    with transaction.atomic():
        rows = StatusReport.objects.filter(initiative__portfolio=portfolio, superseded_by=None)
        return _statuses_record(portfolio.pk, rows, reports, by, at, gesture)


def actual_record(
    *, initiative: Initiative, month: Month, amount: float, source: str = "", by: User, at: datetime
) -> ActualCost | None:
    """Record the money spent in a month; another amount supersedes the earlier one, the same adds nothing (None)."""
    require(by, "initiative.change", portfolio_id=initiative.portfolio_id)
    actual = model.Actual(month=month, amount=amount, source=source)
    with transaction.atomic():
        rows = ActualCost.objects.filter(initiative=initiative, superseded_by=None)
        added = _actuals_record(initiative.portfolio_id, rows, [(initiative, actual)], by, at, None)
    return added[0] if added else None


def actuals_import(
    *,
    portfolio: Portfolio,
    stated: Sequence[model.Initiative],
    initiatives: Initiatives,
    by: User,
    at: datetime,
    gesture: UUID | None = None,
) -> list[ActualCost]:
    """Record the money that a file's initiatives have spent; return the new rows."""
    require(by, "portfolio.import", portfolio_id=portfolio.pk)
    actuals = [(initiatives[one.id], actual) for one in stated for actual in one.actuals]
    with transaction.atomic():
        rows = ActualCost.objects.filter(initiative__portfolio=portfolio, superseded_by=None)
        return _actuals_record(portfolio.pk, rows, actuals, by, at, gesture)


def _milestones_set(
    present: Any,
    stated: Sequence[tuple[Initiative, model.Milestone]],
    by: User,
    at: datetime,
    gesture: UUID | None,
) -> dict[tuple[int, str], Milestone]:
    rows = {(row.initiative_id, row.code): row for row in present}
    places: defaultdict[int, int] = defaultdict(int)
    for row in rows.values():
        places[row.initiative_id] = max(places[row.initiative_id], row.position + 1)
    wanted: dict[tuple[int, str], dict[str, Any]] = {}
    for initiative, milestone in stated:
        key = (initiative.pk, milestone.id)
        wanted[key] = {"initiative": initiative, **milestone_values(milestone)}
        if key not in rows:
            wanted[key]["position"] = places[initiative.pk]
            places[initiative.pk] += 1
    merged = rows_merge(Milestone, rows.values(), wanted, key=lambda row: (row.initiative_id, row.code))
    changed = [*((row, {"planned": (None, row.planned)}) for row in merged.added), *merged.changed]
    deeds = [Deed("milestone.set", row, changes) for row, changes in changed]
    if deeds:
        record_all(deeds, by=by, at=at, portfolio_id=stated[0][0].portfolio_id, gesture=gesture)
    return merged.rows


def _statuses_record(
    portfolio_id: int,
    in_force: Any,
    stated: Sequence[tuple[Initiative, model.StatusReport]],
    by: User,
    at: datetime,
    gesture: UUID | None,
) -> list[StatusReport]:
    wanted = {
        (initiative.pk, report.at): {"initiative": initiative, "as_at": report.at, **status_values(report)}
        for initiative, report in stated
    }
    recorded = {"recorded_at": at, "recorded_by": by}
    added = history_add(
        StatusReport, in_force, wanted, key=lambda row: (row.initiative_id, row.as_at), recorded=recorded
    )
    changes: defaultdict[Initiative, dict[str, tuple[Any, Any]]] = defaultdict(dict)
    for row, before in added:
        changes[row.initiative][f"{row.as_at}"] = (before.confidence if before else None, row.confidence)
    record_all(_deeds("status.record", changes), by=by, at=at, portfolio_id=portfolio_id, gesture=gesture)
    if added:
        _show_newest_confidence(list(changes))
    return [row for row, _before in added]


def _show_newest_confidence(initiatives: Sequence[Initiative]) -> None:
    """Let lists show the confidence of the newest review."""
    reports = StatusReport.objects.filter(initiative=OuterRef("pk"), superseded_by=None).order_by(
        "-as_at", "-recorded_at"
    )
    newest = Coalesce(Subquery(reports.values("confidence")[:1]), Value(str(model.Confidence.NOT_STATED)))
    rows = Initiative.objects.filter(portfolio_id=initiatives[0].portfolio_id)
    if len(initiatives) == 1:
        rows = rows.filter(pk=initiatives[0].pk)
    rows.update(confidence=newest)


def _actuals_record(
    portfolio_id: int,
    in_force: Any,
    stated: Sequence[tuple[Initiative, model.Actual]],
    by: User,
    at: datetime,
    gesture: UUID | None,
) -> list[ActualCost]:
    wanted = {
        (initiative.pk, actual.month.first_day): {
            "initiative": initiative,
            "month": actual.month.first_day,
            **actual_values(actual),
        }
        for initiative, actual in stated
    }
    recorded = {"recorded_at": at, "recorded_by": by}
    added = history_add(ActualCost, in_force, wanted, key=lambda row: (row.initiative_id, row.month), recorded=recorded)
    changes: defaultdict[Initiative, dict[str, tuple[Any, Any]]] = defaultdict(dict)
    for row, before in added:
        changes[row.initiative][f"{row.month:%Y-%m}"] = (before.amount if before else None, row.amount)
    record_all(_deeds("actual.record", changes), by=by, at=at, portfolio_id=portfolio_id, gesture=gesture)
    refresh([initiative.pk for initiative in changes], at)
    return [row for row, _before in added]


def _deeds(action: str, changes: Mapping[Initiative, dict[str, tuple[Any, Any]]]) -> list[Deed]:
    return [Deed(action, initiative, told) for initiative, told in changes.items()]
