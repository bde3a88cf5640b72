"""Baselines: what was promised of benefits when they were funded, and anew since. They are added, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from openvmo_web.access.models import User
from openvmo_web.access.permissions import require
from openvmo_web.audit.actions import Deed, record, record_all
from openvmo_web.benefits import words
from openvmo_web.benefits.checks import cannot_be_promised, renewal_problems, renewal_refusal, with_doubt
from openvmo_web.benefits.models import Baseline, Benefit, Profile
from openvmo_web.benefits.profile_queries import profiles_in_force
from openvmo_web.benefits.rules import FROZEN
from openvmo_web.benefits.standings import refresh
from openvmo_web.benefits.stated import held, hold
from openvmo_web.common.merge import BATCH, Changes, row_change
from openvmo_web.jobs import queue
from openvmo_web.jobs.models import Job
from openvmo_web.portfolio.models import Option, Plan, Portfolio

# What a benefit says of its measure, and its baseline promises with it.
PROMISED = ("name", *FROZEN)


def baselines_set(
    *,
    portfolio: Portfolio,
    funded: Iterable[tuple[Plan, str]],
    decision: int,
    by: User,
    at: datetime,
    gesture: UUID | None = None,
) -> list[Baseline]:
    """Freeze what the funded plans promise, one baseline a benefit; an earlier one stays and gets a successor.

    Of a benefit that is retired nothing more is promised.

    Args:
        portfolio: The portfolio that the decision is about.
        funded: The version of each funded plan, with the code of the option that is funded; empty means the first.
        decision: The number of the decision.
        by: Who decided.
        at: When.
        gesture: Shared by the audit entries of one gesture.
    """
    require(by, "decision.decide", portfolio_id=portfolio.pk)
    reason = _("Decision %(number)s") % {"number": decision}
    with transaction.atomic():
        stated = Profile.objects.filter(option__in=_options_of(funded)).exclude(benefit__state="retired")
        profiles = _held(stated)
        added = _baselines_add(profiles, decision, reason, by, at)
        return _record_set(portfolio.pk, added, by, at, gesture)


def baseline_adopt(
    *, portfolio: Portfolio, benefits: Sequence[Benefit], reason: str, by: User, at: datetime
) -> list[Baseline]:
    """Take the plan in force as the baseline of benefits whose initiatives were funded before they came here.

    Args:
        portfolio: The portfolio of the benefits.
        benefits: Benefits without a baseline.
        reason: Why the plan in force is what was promised.
        by: Who may set baselines outside a decision.
        at: When.

    Raises:
        Refused: `by` may not.
        ValidationError: a benefit has a baseline, is retired, not funded or stopped, or has no profile in the plan in
            force; or there is no reason. Nothing is set then.
    """
    _check_may_adopt(portfolio, reason, by)
    keys = [benefit.pk for benefit in benefits]
    with transaction.atomic():
        # Of two who adopt at the same time the second finds the baselines of the first.
        Portfolio.objects.select_for_update().get(pk=portfolio.pk)
        rows = [row for row in held(keys).values() if row.initiative.portfolio_id == portfolio.pk]
        _check_adoptable(rows)
        profiles = _held(profiles_in_force(keys))
        _check_planned(rows, profiles)
        added = _baselines_add(profiles, None, reason.strip(), by, at)
        return _record_set(portfolio.pk, added, by, at, None)


def baselines_adopt_later(*, portfolio: Portfolio, reason: str, by: User, at: datetime) -> Job:
    """Have a worker take the plans in force as the baselines of all that has none, as ``baseline_adopt`` does."""
    _check_may_adopt(portfolio, reason, by)
    with transaction.atomic():
        record(by=by, at=at, action="baseline.adopt", on=portfolio, portfolio_id=portfolio.pk, note=reason)
        return queue.enqueue(
            "benefits.adopt", arguments={"portfolio": portfolio.pk, "reason": reason}, by=by, portfolio_id=portfolio.pk
        )


def promise_renew(*, benefit: Benefit, values: Mapping[str, Any], reason: str, by: User, at: datetime) -> Baseline:
    """Promise something else of a benefit from now on: a wrong or outdated target is put right, and both stay readable.

    The new baseline holds the plan in force and what the benefit now says of its measure; those before it stay.

    Args:
        benefit: The benefit, with its initiative.
        values: What is promised anew, by field of ``FROZEN``; the rest stays.
        reason: Why.
        by: Who may set baselines outside a decision; never the owner of the benefit.
        at: When.

    Raises:
        Refused: `by` may not.
        ValidationError: by field, what cannot be promised; nothing was changed.
    """
    portfolio_id = benefit.initiative.portfolio_id
    require(by, "baseline.set", portfolio_id=portfolio_id)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the promise changes.")})
    with transaction.atomic():
        # Of two who renew at the same time the second finds the baseline of the first.
        Portfolio.objects.select_for_update().get(pk=portfolio_id)
        hold(benefit)
        _check_renewable(benefit, values, by)
        changes = row_change(benefit, with_doubt(benefit, values))
        # Read anew, so that amounts are promised as they are stored.
        (baseline,) = _baselines_add(_held(profiles_in_force([benefit.pk])), None, reason.strip(), by, at)
        record(
            by=by,
            at=at,
            action="promise.renew",
            on=benefit,
            portfolio_id=portfolio_id,
            changes=changes | _next_version(baseline),
            note=baseline.reason,
        )
        refresh([benefit.pk], at)
    return baseline


def _check_renewable(benefit: Benefit, values: Mapping[str, Any], by: User) -> None:
    refusal = renewal_refusal(benefit, by)
    if refusal:
        raise ValidationError(refusal)
    problems = renewal_problems(benefit, values)
    if problems:
        raise ValidationError(dict(problems))


def _check_may_adopt(portfolio: Portfolio, reason: str, by: User) -> None:
    require(by, "baseline.set", portfolio_id=portfolio.pk)
    if not reason.strip():
        raise ValidationError(_("Say why the plan in force is what was promised."))


def _check_adoptable(rows: Sequence[Benefit]) -> None:
    fixed = Baseline.objects.filter(benefit__in=rows).select_related("benefit").order_by("benefit__name").first()
    if fixed is not None:
        raise ValidationError(
            _("“%(benefit)s” has a baseline already. A funding decision sets a new one, or the promise is renewed.")
            % {"benefit": fixed.benefit}
        )
    for row in rows:
        if refusal := cannot_be_promised(row):
            raise ValidationError(refusal)


def _check_planned(rows: Sequence[Benefit], profiles: Sequence[Profile]) -> None:
    planned = {profile.benefit_id for profile in profiles}
    for row in rows:
        if row.pk not in planned:
            raise ValidationError(words.NOT_PLANNED % {"benefit": row})


def _options_of(plans: Iterable[tuple[Plan, str]]) -> list[Option]:
    """The option with the code in each plan; the first where no code is given."""
    wanted = {plan.pk: code for plan, code in plans}
    options = Option.objects.filter(plan__in=wanted).order_by("plan", "position")
    chosen: dict[int, Option] = {}
    for option in options:
        if wanted[option.plan_id] in ("", option.code):
            chosen.setdefault(option.plan_id, option)
    return list(chosen.values())


def _held(profiles: QuerySet[Profile]) -> list[Profile]:
    """The profiles, each with its benefit as it is stored, and held: nobody changes it before it is frozen."""
    found = list(profiles.order_by("benefit"))
    benefits = held(profile.benefit_id for profile in found)
    for profile in found:
        profile.benefit = benefits[profile.benefit_id]
    return found


def _baselines_add(
    profiles: Sequence[Profile], decision: int | None, reason: str, by: User, at: datetime
) -> list[Baseline]:
    earlier = Baseline.objects.filter(benefit__in=[profile.benefit_id for profile in profiles])
    last = dict(earlier.values("benefit").annotate(last=Max("number")).order_by().values_list("benefit", "last"))
    added = [
        Baseline(
            benefit=profile.benefit,
            profile=profile,
            number=1 + last.get(profile.benefit_id, 0),
            decision=decision,
            reason=reason,
            measure=_measure_promised(profile.benefit),
            recorded_at=at,
            recorded_by=by,
        )
        for profile in profiles
    ]
    Baseline.objects.bulk_create(added, batch_size=BATCH)
    return added


def _record_set(
    portfolio_id: int, added: list[Baseline], by: User, at: datetime, gesture: UUID | None
) -> list[Baseline]:
    deeds = [Deed("baseline.set", row.benefit, _next_version(row), row.reason) for row in added]
    record_all(deeds, by=by, at=at, portfolio_id=portfolio_id, gesture=gesture)
    refresh([row.benefit_id for row in added], at)
    return added


def _next_version(baseline: Baseline) -> Changes:
    return {"baseline_version": (baseline.number - 1 or None, baseline.number)}


def _measure_promised(benefit: Benefit) -> dict[str, Any]:
    """Return what a benefit says of its measure, as a baseline keeps it: amounts as exact texts, days as ISO dates."""
    return {name: _plain(getattr(benefit, name)) for name in PROMISED}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | bool) else str(value)
