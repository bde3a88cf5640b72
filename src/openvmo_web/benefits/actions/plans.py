"""The versions of plans: a version says how benefits arrive, so it is recorded here, above the portfolio's room."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from openvmo.engine import model
from openvmo_web.access.models import User
from openvmo_web.access.permissions import require
from openvmo_web.audit.actions import Deed, record, record_all
from openvmo_web.benefits.analysis import options_of_plans, plan_options, profile_problems, worth_of
from openvmo_web.benefits.holders import require_for
from openvmo_web.benefits.models import Benefit, Profile
from openvmo_web.benefits.standings import refresh
from openvmo_web.common.merge import BATCH
from openvmo_web.portfolio import changes
from openvmo_web.portfolio.models import CostLine, Initiative, Option, Plan, Portfolio, Risk
from openvmo_web.portfolio.rules import (
    cost_line_values,
    option_values,
    plan_digest,
    plan_totals,
    profile_values,
    risk_values,
)

BenefitRows = Mapping[tuple[int, str], Benefit]


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


def forecast_record(*, benefit: Benefit, profile: model.Profile, reason: str, by: User, at: datetime) -> Plan:
    """Record how a benefit is now expected to arrive: a new version of its initiative's plan with another profile.

    Only the current plan, the first option, changes; the baseline stays. A forecast that says the same adds nothing.

    Args:
        benefit: The benefit.
        profile: How it is expected to arrive; it names the benefit by its code.
        reason: Why the expectation changes.
        by: Who records it: one who may for all benefits, or the owner of this one.
        at: When.

    Returns:
        The version in force afterwards.

    Raises:
        Refused: `by` may not record forecasts of this benefit.
        ValidationError: there is no plan or no reason, or the profile cannot be.
    """
    require_for(by, "forecast.record", benefit)
    if not reason.strip():
        raise ValidationError(_("Say why the forecast changes: whoever reads it later needs to know."))
    with transaction.atomic():
        # One version follows another: whoever records at the same time waits.
        locked = Initiative.objects.select_for_update(of=("self",)).select_related("current_plan")
        initiative = locked.get(pk=benefit.initiative_id)
        if initiative.current_plan is None:
            raise ValidationError(
                _("%(initiative)s has no plan yet, which says when it goes live: record its plan first.")
                % {"initiative": initiative}
            )
        options, before = _with_profile(plan_options(initiative.current_plan), profile)
        if problems := profile_problems(benefit, options[0]):
            raise ValidationError(problems)
        benefits = {_benefit_key(row): row for row in initiative.benefits.all()}
        gesture = uuid4()
        new = _plans_record([_Planned(initiative, options)], benefits, reason.strip(), by, at, gesture)
        if new:
            record(
                by=by,
                at=at,
                action="forecast.record",
                on=benefit,
                portfolio_id=initiative.portfolio_id,
                changes=_profile_changes(before, profile),
                note=reason.strip(),
                gesture=gesture,
            )
    return new[0] if new else initiative.current_plan


def _with_profile(
    options: Sequence[model.Option], profile: model.Profile
) -> tuple[list[model.Option], model.Profile | None]:
    """The courses of action with another profile in the first, and the profile that it replaces."""
    first = options[0]
    before = next((one for one in first.profiles if one.benefit == profile.benefit), None)
    profiles = [profile if one is before else one for one in first.profiles]
    if before is None:
        profiles.append(profile)
    return [replace(first, profiles=tuple(profiles)), *options[1:]], before


def _profile_changes(before: model.Profile | None, after: model.Profile) -> dict[str, tuple[object, object]]:
    old = profile_values(before) if before else {}
    return {name: (old.get(name), value) for name, value in profile_values(after).items() if old.get(name) != value}


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


def options_fund(
    *,
    portfolio: Portfolio,
    funded: Iterable[tuple[Plan, str]],
    decision: int,
    by: User,
    at: datetime,
    gesture: UUID | None = None,
) -> list[Plan]:
    """Put the course of action that a decision funds first in its plan: the first one is what is going to be done.

    Forecasts, renewed promises and whatever else asks for the plan in force so speak of what was funded.

    Args:
        portfolio: The portfolio that the decision is about.
        funded: The version of each funded plan, with the code of the option that is funded; empty means the first.
        decision: The number of the decision.
        by: Who decided.
        at: When.
        gesture: Shared by the audit entries of one gesture.

    Returns:
        The new versions; none where the funded option stands first already.
    """
    require(by, "decision.decide", portfolio_id=portfolio.pk)
    decided = {plan.initiative_id: (plan, code) for plan, code in funded if code}
    with transaction.atomic():
        locked = Initiative.objects.select_for_update(of=("self",)).select_related("current_plan").order_by("pk")
        rows = list(locked.filter(portfolio=portfolio, pk__in=decided))
        present = {row.pk: row.current_plan or decided[row.pk][0] for row in rows}
        first = dict(Option.objects.filter(plan__in=present.values(), position=0).values_list("plan", "code"))
        others = [row for row in rows if first.get(present[row.pk].pk) != decided[row.pk][1]]
        stated = options_of_plans(plan for row in others for plan in (present[row.pk], decided[row.pk][0]))
        planned = []
        for row in others:
            plan, code = decided[row.pk]
            planned.append(_Planned(row, _with_first(stated[present[row.pk].pk], stated[plan.pk], code)))
        benefits = {_benefit_key(row): row for row in Benefit.objects.filter(initiative__in=others)}
        reason = _("Decision %(number)s") % {"number": decision}
        return _plans_record(planned, benefits, reason, by, at, gesture)


def _with_first(present: Sequence[model.Option], decided: Sequence[model.Option], code: str) -> list[model.Option]:
    """The options with the funded one in front: as it is planned now, or as it was decided where the plan lacks it."""
    funded = next(option for option in (*present, *decided) if option.id == code)
    return [funded, *(option for option in present if option.id != code)]


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
    replanned = {plan.initiative_id for plan, _one in new}
    # A plan may have costs alone.
    with changes.refreshed_once(at):
        refresh([row.pk for row in benefits.values() if row.initiative_id in replanned], at)
        changes.refresh(replanned, at)
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


def _worth(benefits: BenefitRows) -> dict[int, dict[str, float]]:
    """What one unit of each benefit counts in money, by initiative and code; without those that have no value."""
    worth: defaultdict[int, dict[str, float]] = defaultdict(dict)
    for (initiative, code), row in benefits.items():
        value = worth_of(row)
        if value is not None:
            worth[initiative][code] = value
    return worth


def _benefit_key(row: Benefit) -> tuple[int, str]:
    return (row.initiative_id, row.code)
