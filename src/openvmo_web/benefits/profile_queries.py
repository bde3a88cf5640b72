"""What is read about the profiles of benefits, always for a viewer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.utils.translation import gettext as _

from openvmo_web.access.models import User
from openvmo_web.benefits.models import Baseline, Benefit, Profile
from openvmo_web.benefits.rules import UNPROMISED_WORK
from openvmo_web.portfolio.models import Initiative, Plan, Portfolio

# Only the first option of a plan is what is going to be done.
_PLANNED_NOW = Q(option__position=0, option__plan__current_of__isnull=False)


def benefit_of(viewer: User, portfolio: Portfolio, pk: int) -> Benefit:
    """Return a benefit of a portfolio that the viewer was shown.

    Raises:
        Http404: there is none.
    """
    benefits = Benefit.objects.visible_to(viewer).filter(initiative__portfolio=portfolio, pk=pk)
    related = ("initiative__portfolio", "initiative__current_plan", "objective", "owner", "measurer", "sustainer")
    found = benefits.select_related(*related).first()
    if found is None:
        raise Http404(_("There is no benefit %(pk)s in this portfolio.") % {"pk": pk})
    return found


def profiles_in_force(keys: Iterable[int] | QuerySet[Any, Any], at: datetime | None = None) -> QuerySet[Profile]:
    """Return the profiles that say how benefits arrive by the plans in force: at most one of each benefit.

    The caller has made sure that the viewer may see the benefits.

    Args:
        keys: Keys of benefits, or a query of them.
        at: As known then; None: now.
    """
    rows = Profile.objects.filter(benefit__in=keys)
    if at is None:
        return rows.filter(_PLANNED_NOW)
    later = Plan.objects.filter(
        initiative=OuterRef("option__plan__initiative"),
        number__gt=OuterRef("option__plan__number"),
        recorded_at__lte=at,
    )
    return rows.filter(~Exists(later), option__position=0, option__plan__recorded_at__lte=at)


def profiles_until(benefit: Benefit, at: datetime) -> QuerySet[Profile]:
    """Return the forecasts of a benefit that were recorded until a moment, newest first: the profiles in the plans.

    Only the first option of a plan is what is going to be done.
    """
    rows = Profile.objects.filter(benefit=benefit.pk, option__position=0, option__plan__recorded_at__lte=at)
    return rows.select_related("benefit", "option__plan__recorded_by").order_by("-option__plan__number")


def plan_until(benefit: Benefit, at: datetime) -> Plan | None:
    """Return the version of the plan that was in force at a moment; None when there was none."""
    return Plan.objects.filter(initiative=benefit.initiative_id, recorded_at__lte=at).order_by("-number").first()


def forecast_known(benefit: Benefit, at: datetime) -> Profile | None:
    """Return the forecast in force at a moment; None when the plan of then does not name the benefit."""
    plan, newest = plan_until(benefit, at), profiles_until(benefit, at).first()
    return newest if plan and newest and newest.option.plan_id == plan.pk else None


def baselines_until(benefit: Benefit, at: datetime) -> QuerySet[Baseline]:
    """Return the baselines of a benefit that were set until a moment; the first one holds."""
    rows = Baseline.objects.filter(benefit=benefit.pk, recorded_at__lte=at)
    return rows.select_related("profile__benefit", "profile__option__plan__recorded_by", "recorded_by").order_by(
        "-number"
    )


def without_baseline(viewer: User, portfolio: Portfolio) -> QuerySet[Benefit]:
    """Return the planned benefits of funded work that have no baseline, by ``promise_refusal``: what may be adopted."""
    planned = Profile.objects.filter(_PLANNED_NOW, benefit=OuterRef("pk"))
    rows = Benefit.objects.visible_to(viewer).filter(initiative__portfolio=portfolio)
    promisable = rows.exclude(state="retired").exclude(initiative__state__in=UNPROMISED_WORK)
    return promisable.filter(Exists(planned), ~Exists(Baseline.objects.filter(benefit=OuterRef("pk"))))


def initiatives_without_baseline(viewer: User, portfolio: Portfolio) -> QuerySet[Initiative]:
    """Return the initiatives with such benefits, each with ``waiting``: how many."""
    waiting = (
        without_baseline(viewer, portfolio)
        .filter(initiative=OuterRef("pk"))
        .order_by()
        .values("initiative")
        .annotate(number=Count("pk"))
    )
    rows = Initiative.objects.filter(portfolio=portfolio).annotate(waiting=Subquery(waiting.values("number")))
    return rows.filter(waiting__gt=0).select_related("portfolio", "current_plan").order_by("name", "pk")
