"""What is written about benefits, the versions of plans, and measurements.

A version of a plan says how benefits arrive, so it is recorded here, above the room of the portfolio.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from openvmo.engine import model
from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.access.permissions import require
from openvmo_web.audit.actions import Deed, record, record_all
from openvmo_web.benefits.models import Benefit, Measurement, Profile
from openvmo_web.benefits.rules import benefit_values, may_verify, measurement_values, money_per_unit
from openvmo_web.common.merge import BATCH, history_add, row_change, rows_merge
from openvmo_web.portfolio.models import CostLine, Initiative, Option, Plan, Portfolio, Risk
from openvmo_web.portfolio.rules import (
    cost_line_values,
    option_values,
    plan_digest,
    plan_totals,
    profile_values,
    risk_values,
)
from openvmo_web.strategy.models import Objective

BenefitRows = Mapping[tuple[int, str], Benefit]


def benefit_add(
    *, initiative: Initiative, code: str, name: str, kind: str, by: User, at: datetime, **values: Any
) -> Benefit:
    """Add a benefit to an initiative; how it arrives is part of the plan."""
    require(by, "initiative.change", portfolio_id=initiative.portfolio_id)
    position = initiative.benefits.count()
    benefit = Benefit(initiative=initiative, position=position, code=code, name=name, kind=kind, **values)
    benefit.full_clean()
    with transaction.atomic():
        benefit.save()
        changes = {"name": (None, name)}
        record(by=by, at=at, action="benefit.add", on=benefit, portfolio_id=initiative.portfolio_id, changes=changes)
    return benefit


def benefit_change(*, benefit: Benefit, by: User, at: datetime, note: str = "", **values: Any) -> Benefit:
    """Change a benefit's fields, given by name; what stays the same is not recorded."""
    portfolio_id = benefit.initiative.portfolio_id
    require(by, "initiative.change", portfolio_id=portfolio_id)
    with transaction.atomic():
        changes = row_change(benefit, values)
        benefit.full_clean()
        if changes:
            record(
                by=by, at=at, action="benefit.change", on=benefit, portfolio_id=portfolio_id, changes=changes, note=note
            )
    return benefit


def benefits_import(
    *,
    portfolio: Portfolio,
    stated: Sequence[model.Initiative],
    initiatives: Mapping[str, Initiative],
    objectives: Mapping[str, Objective],
    by: User,
    at: datetime,
    gesture: UUID | None = None,
) -> dict[tuple[int, str], Benefit]:
    """Bring the benefits of a file into line; return all of the portfolio's, by initiative key and code."""
    require(by, "portfolio.import", portfolio_id=portfolio.pk)
    with transaction.atomic():
        rows = Benefit.objects.filter(initiative__portfolio=portfolio).select_related("initiative", "objective")
        present = {_benefit_key(row): row for row in rows}
        wanted = {
            (initiatives[one.id].pk, benefit.id): benefit_values(benefit)
            | {"initiative": initiatives[one.id], "objective": objectives.get(benefit.objective)}
            for one in stated
            for benefit in one.benefits
        }
        merged = rows_merge(Benefit, present.values(), _with_positions(wanted, present), key=_benefit_key)
        deeds = [Deed("benefit.add", row, {"name": (None, row.name)}) for row in merged.added]
        deeds += [Deed("benefit.change", row, changes) for row, changes in merged.changed]
        record_all(deeds, by=by, at=at, portfolio_id=portfolio.pk, gesture=gesture)
    return merged.rows


def plan_record(
    *,
    initiative: Initiative,
    options: Sequence[model.Option],
    reason: str,
    by: User,
    at: datetime,
    gesture: UUID | None = None,
) -> Plan:
    """Record a new version of an initiative's plan; a plan that says the same as the one in force adds nothing.

    Args:
        initiative: The initiative.
        options: Its courses of action; the first is the current plan.
        reason: Why the plan changes.
        by: Who records it.
        at: When.
        gesture: Shared by the audit entries of one gesture.

    Returns:
        The version in force afterwards.

    Raises:
        ValidationError: a profile names a benefit that the initiative does not have.
    """
    require(by, "initiative.change", portfolio_id=initiative.portfolio_id)
    benefits = {_benefit_key(row): row for row in initiative.benefits.all()}
    with transaction.atomic():
        new = _plans_record([_Planned(initiative, options)], benefits, reason, by, at, gesture)
    return new[0] if new else Plan.objects.get(current_of=initiative)


def plans_import(
    *,
    portfolio: Portfolio,
    stated: Sequence[model.Initiative],
    initiatives: Mapping[str, Initiative],
    benefits: BenefitRows,
    reason: str,
    by: User,
    at: datetime,
    gesture: UUID | None = None,
) -> list[Plan]:
    """Record the plans of a file's initiatives; return the new versions, none for a plan that is in force already."""
    require(by, "portfolio.import", portfolio_id=portfolio.pk)
    planned = [_Planned(initiatives[one.id], one.options) for one in stated]
    with transaction.atomic():
        return _plans_record(planned, benefits, reason, by, at, gesture)


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
    require(by, "measurement.add", portfolio_id=portfolio_id)
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
        recorded_at=at,
        recorded_by=by,
        supersedes=measurement,
    )
    with transaction.atomic():
        verified.save()
        changes = {f"{measurement.month:%Y-%m}": (measurement.value, measurement.value)}
        record(by=by, at=at, action="measurement.verify", on=benefit, portfolio_id=portfolio_id, changes=changes)
    return verified


@dataclass(frozen=True)
class _Planned:
    """An initiative and the plan that somebody states for it."""

    initiative: Initiative
    options: Sequence[model.Option]


def _plans_record(
    planned: Sequence[_Planned], benefits: BenefitRows, reason: str, by: User, at: datetime, gesture: UUID | None
) -> list[Plan]:
    """Write the plans that differ from those in force, one query a table and batch."""
    worth = _worth(benefits)
    new: list[tuple[Plan, _Planned]] = []
    for one in planned:
        digest, before = plan_digest(one.options), one.initiative.current_plan
        if before is not None and before.digest == digest:
            continue
        totals = plan_totals(one.options, worth.get(one.initiative.pk, {}))
        number = 1 if before is None else before.number + 1
        plan = Plan(
            initiative=one.initiative,
            number=number,
            recorded_at=at,
            recorded_by=by,
            reason=reason,
            digest=digest,
            **totals,
        )
        new.append((plan, one))
    if not new:
        return []
    Plan.objects.bulk_create([plan for plan, _one in new], batch_size=BATCH)
    _options_write([(plan, one.options) for plan, one in new], benefits)
    _make_current([plan for plan, _one in new])
    deeds = [
        Deed("plan.record", plan.initiative, {"plan": (plan.number - 1 or None, plan.number)}, reason)
        for plan, _one in new
    ]
    record_all(deeds, by=by, at=at, portfolio_id=new[0][0].initiative.portfolio_id, gesture=gesture)
    return [plan for plan, _one in new]


def _options_write(plans: Sequence[tuple[Plan, Sequence[model.Option]]], benefits: BenefitRows) -> None:
    """Write the options of new plans with all that belongs to them."""
    stated = [(plan, position, option) for plan, options in plans for position, option in enumerate(options)]
    rows = [Option(plan=plan, position=position, **option_values(option)) for plan, position, option in stated]
    Option.objects.bulk_create(rows, batch_size=BATCH)
    costs: list[CostLine] = []
    risks: list[Risk] = []
    profiles: list[Profile] = []
    for row, (plan, _position, option) in zip(rows, stated, strict=True):
        costs += [CostLine(option=row, position=n, **cost_line_values(line)) for n, line in enumerate(option.costs)]
        risks += [Risk(option=row, position=n, **risk_values(risk)) for n, risk in enumerate(option.risks)]
        profiles += [
            Profile(option=row, position=n, benefit=_benefit_of(plan, profile, benefits), **profile_values(profile))
            for n, profile in enumerate(option.profiles)
        ]
    CostLine.objects.bulk_create(costs, batch_size=BATCH)
    Risk.objects.bulk_create(risks, batch_size=BATCH)
    Profile.objects.bulk_create(profiles, batch_size=BATCH)


def _benefit_of(plan: Plan, profile: model.Profile, benefits: BenefitRows) -> Benefit:
    benefit = benefits.get((plan.initiative.pk, profile.benefit))
    if benefit is None:
        raise ValidationError(
            _("The plan of %(initiative)s names the benefit %(benefit)s, which it does not have: add it first.")
            % {"initiative": plan.initiative, "benefit": profile.benefit}
        )
    return benefit


def _make_current(plans: Sequence[Plan]) -> None:
    """Point the initiatives at their newest plans, in the database and in the objects at hand."""
    newest = Plan.objects.filter(initiative=OuterRef("pk")).order_by("-number").values("pk")[:1]
    rows = Initiative.objects.filter(portfolio_id=plans[0].initiative.portfolio_id)
    if len(plans) == 1:
        rows = rows.filter(pk=plans[0].initiative.pk)
    rows.update(current_plan=Subquery(newest))
    for plan in plans:
        plan.initiative.current_plan = plan


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
    recorded = {"recorded_at": at, "recorded_by": by}
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


def _with_positions(wanted: Mapping[Any, Any], present: Mapping[Any, Benefit]) -> dict[Any, Any]:
    """Give new benefits their places behind those that their initiative has; the others keep theirs."""
    next_position: defaultdict[int, int] = defaultdict(int)
    for row in present.values():
        next_position[row.initiative_id] = max(next_position[row.initiative_id], row.position + 1)
    placed = {}
    for key, values in wanted.items():
        if key in present:
            placed[key] = values
        else:
            placed[key] = values | {"position": next_position[key[0]]}
            next_position[key[0]] += 1
    return placed


def _worth(benefits: BenefitRows) -> dict[int, dict[str, float]]:
    """What one unit of each benefit counts in money, by initiative and code; without those that have no value."""
    worth: defaultdict[int, dict[str, float]] = defaultdict(dict)
    for (initiative, code), row in benefits.items():
        value = None if row.value_per_unit is None else float(row.value_per_unit)
        factor = money_per_unit(row.kind, value, is_disbenefit=row.is_disbenefit)
        if factor is not None:
            worth[initiative][code] = factor
    return worth


def _benefit_key(row: Benefit) -> tuple[int, str]:
    return (row.initiative_id, row.code)


def _measurement_key(row: Measurement) -> tuple[int, Any]:
    return (row.benefit_id, row.month)
