"""The owners of a portfolio's benefits."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from openvmo_web.access.models import User
from openvmo_web.access.permissions import may, require
from openvmo_web.common.export import export_response
from openvmo_web.common.http import authenticated
from openvmo_web.common.tables import paginate, sort
from openvmo_web.common.widgets import Tab
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.portfolio.queries import portfolio_of
from openvmo_web.reports.owners import (
    By,
    benefits_held,
    lines_of,
    owners_export_columns,
    owners_export_row,
)
from openvmo_web.reports.tables import OwnersFilter, OwnersTable

OWNERS_FORMATS = ("csv", "xlsx")


@require_safe
def owners(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who owns the value, and whether it came."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    by = _by(request)
    filtered, table = _owners_table(request, viewer, portfolio, by)
    paginate(table, request)
    context = {
        "portfolio": portfolio,
        "filter": filtered,
        "table": table,
        "by": by,
        "tabs": _tabs(request, by),
        "is_filtered": bool(request.GET),
        "may_export": may(viewer, "portfolio.export", portfolio.pk),
    }
    return render(request, "reports/owners.html", context)


@require_safe
def owners_export(request: HttpRequest, slug: str, format: str) -> HttpResponse:
    """Download the owners or units as filtered and sorted on the page."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    require(viewer, "portfolio.export", portfolio_id=portfolio.pk)
    if format not in OWNERS_FORMATS:
        raise Http404(_("The owners come as csv or xlsx, not as %(format)s.") % {"format": format})
    by = _by(request)
    _filtered, table = _owners_table(request, viewer, portfolio, by)
    sort(table, request)
    rows = (owners_export_row(row.record) for row in table.rows)
    return export_response(format, f"{portfolio.slug}-{by}s", owners_export_columns(portfolio, by), rows)  # type: ignore[arg-type]


def _by(request: HttpRequest) -> By:
    return "unit" if request.GET.get("by") == "unit" else "owner"


def _owners_table(request: HttpRequest, viewer: User, portfolio: Portfolio, by: By) -> tuple[OwnersFilter, OwnersTable]:
    now = timezone.now()
    held = benefits_held(viewer, portfolio, "all" if request.GET.get("work") == "all" else "funded")
    filtered = OwnersFilter(request.GET, held, portfolio=portfolio)
    return filtered, OwnersTable(lines_of(filtered.qs, portfolio, by, now), portfolio=portfolio, by=by, at=now)


def _tabs(request: HttpRequest, by: By) -> list[Tab]:
    query = request.GET.copy()
    query.pop("page", None)
    tabs = []
    for word, label in (("owner", _("Owners")), ("unit", _("Units"))):
        query["by"] = word
        tabs.append(Tab(label, f"{request.path}?{query.urlencode()}", active=by == word))
    return tabs
