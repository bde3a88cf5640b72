"""The page of one benefit."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from openvmo_web.access.permissions import may
from openvmo_web.audit.queries import trail
from openvmo_web.audit.timeline import timeline_of
from openvmo_web.benefits.history import benefits_as_known
from openvmo_web.benefits.models import Benefit
from openvmo_web.benefits.profile_queries import benefit_of
from openvmo_web.common.http import authenticated
from openvmo_web.common.moments import moment_asked
from openvmo_web.common.widgets import Breadcrumb
from openvmo_web.portfolio.queries import portfolio_of
from openvmo_web.reports.benefit import actions_of, benefit_page, may_adopt
from openvmo_web.reports.queries import forecast_known

TRAIL_SHOWN = 6


@require_safe
def benefit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show whether a benefit arrives as promised, and everything that is known of it, today or on a past day."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    present = benefit_of(viewer, portfolio, pk)
    at, known_on = moment_asked(request)
    shown = _as_known(present, at) if known_on else present
    today = timezone.localdate(at)
    page = benefit_page(viewer, shown, at, today, is_past=known_on is not None) if shown else None
    context = {
        "portfolio": portfolio,
        "money": f"money-short:{portfolio.currency}",
        "present": present,
        "page": page,
        "benefit": shown or present,
        "known_on": known_on,
        "latest_forecast": forecast_known(viewer, portfolio, at) if page and page.forecast else None,
        "today": timezone.localdate(),
        "actions": [] if known_on else actions_of(viewer, present, is_promised=bool(page and page.known.baseline)),
        "may_adopt": page is not None and not known_on and may_adopt(viewer, page),
        "may_verify": not known_on and may(viewer, "measurement.verify", portfolio.pk),
        "entries": timeline_of(trail(viewer, present).filter(at__lte=at)[:TRAIL_SHOWN]),
        "trail_url": reverse("audit:trail", args=[present.record_kind, present.record_key]),
        "breadcrumbs": [
            Breadcrumb(present.initiative.name, present.initiative.get_absolute_url()),
        ],
    }
    return render(request, "reports/benefit.html", context)


def _as_known(present: Benefit, at: datetime) -> Benefit | None:
    """The benefit with its objective as they were known at a moment, in its initiative of today."""
    rows = Benefit.objects.filter(pk=present.pk)
    shown = next(benefits_as_known(present.initiative.portfolio, rows, at), None)
    if shown is not None:
        shown.initiative = present.initiative
    return shown
