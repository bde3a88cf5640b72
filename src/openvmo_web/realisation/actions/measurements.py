"""What is written about measurements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from openvmo.engine import model
from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.access.permissions import require
from openvmo_web.audit.actions import Deed, record, record_all
from openvmo_web.benefits.holders import require_for
from openvmo_web.benefits.models import Benefit, Measurement
from openvmo_web.benefits.rules import may_verify, measurement_values
from openvmo_web.common.merge import history_add
from openvmo_web.portfolio.models import Initiative, Portfolio

BenefitRows = Mapping[tuple[int, str], Benefit]


def measurement_record(
    *, benefit: Benefit, month: Month, value: float, source: str = "", by: User, at: datetime
) -> Measurement | None:
    """Record what a benefit brought in a month.

    Another value for the same month supersedes the earlier one and has to be verified afresh; the same adds nothing.

    Args:
        benefit: The benefit.
        month: The month that was measured.
        value: The observed value in that month, in money or in the benefit's unit.
        source: Where the figure comes from.
        by: Who records it.
        at: When.

    Returns:
        The new measurement; None when it adds nothing.
    """
    portfolio_id = benefit.initiative.portfolio_id
    require_for(by, "measurement.add", benefit)
    stated = model.Measurement(benefit=benefit.code, month=month, value=value, source=source)
    with transaction.atomic():
        added = _measurements_record(portfolio_id, [(benefit, stated)], by, at, None)
    return added[0] if added else None


def measurements_import(
    *,
    portfolio: Portfolio,
    stated: Sequence[model.Initiative],
    initiatives: Mapping[str, Initiative],
    benefits: BenefitRows,
    by: User,
    at: datetime,
    gesture: UUID | None = None,
) -> list[Measurement]:
    """Record the measurements of a file's initiatives; return the new ones."""
    require(by, "portfolio.import", portfolio_id=portfolio.pk)
    observed = [
        (benefits[initiatives[one.id].pk, measurement.benefit], measurement)
        for one in stated
        for measurement in one.measurements
    ]
    with transaction.atomic():
        return _measurements_record(portfolio.pk, observed, by, at, gesture)


def measurement_verify(*, measurement: Measurement, by: User, at: datetime) -> Measurement:
    """Confirm a measurement that another person recorded; a verified row supersedes the unverified one.

    Raises:
        ValidationError: the person recorded it, or a later value has superseded it.
    """
    benefit = measurement.benefit
    portfolio_id = benefit.initiative.portfolio_id
    require(by, "measurement.verify", portfolio_id=portfolio_id)
    if not may_verify(measurement.recorded_by_id, by.pk):
        raise ValidationError(_("You recorded this measurement: another person has to verify it."))
    if measurement.is_verified:
        return measurement
    if Measurement.objects.filter(supersedes=measurement).exists():
        raise ValidationError(_("A later value has superseded this measurement: verify that one."))
    verified = Measurement(
        benefit=benefit,
        month=measurement.month,
        value=measurement.value,
        source=measurement.source,
        is_verified=True,
        reported_by=measurement.reported_by,
        recorded_at=at,
        recorded_by=by,
        supersedes=measurement,
    )
    with transaction.atomic():
        verified.save()
        changes = {f"{measurement.month:%Y-%m}": (measurement.value, measurement.value)}
        record(by=by, at=at, action="measurement.verify", on=benefit, portfolio_id=portfolio_id, changes=changes)
    return verified


def _measurements_record(
    portfolio_id: int,
    observed: Sequence[tuple[Benefit, model.Measurement]],
    by: User,
    at: datetime,
    gesture: UUID | None,
) -> list[Measurement]:
    benefits = {benefit.pk: benefit for benefit, _one in observed}
    in_force = {_measurement_key(row): row for row in _measurements_in_force(portfolio_id, list(benefits))}
    wanted = {}
    for benefit, one in observed:
        key = (benefit.pk, one.month.first_day)
        values = measurement_values(one)
        before = in_force.get(key)
        # What a person has verified stays verified as long as the figure is the same.
        if before is not None and before.is_verified and before.value == values["value"]:
            values["is_verified"] = True
        wanted[key] = {"benefit": benefit, "month": one.month.first_day, **values}
    recorded = {"recorded_at": at, "recorded_by": by, "reported_by": by}
    added = history_add(Measurement, in_force.values(), wanted, key=_measurement_key, recorded=recorded)
    changes: defaultdict[int, dict[str, tuple[Any, Any]]] = defaultdict(dict)
    for row, before in added:
        changes[row.benefit_id][f"{row.month:%Y-%m}"] = (before.value if before else None, row.value)
    deeds = [Deed("measurement.record", benefits[pk], months) for pk, months in changes.items()]
    record_all(deeds, by=by, at=at, portfolio_id=portfolio_id, gesture=gesture)
    return [row for row, _before in added]


def _measurements_in_force(portfolio_id: int, benefits: Sequence[int]) -> Any:
    rows = Measurement.objects.filter(superseded_by=None)
    return (
        rows.filter(benefit=benefits[0])
        if len(benefits) == 1
        else rows.filter(benefit__initiative__portfolio_id=portfolio_id)
    )


def _measurement_key(row: Measurement) -> tuple[int, Any]:
    return (row.benefit_id, row.month)
