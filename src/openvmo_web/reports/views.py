"""Pages that show a portfolio as a whole, and its documents."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from openvmo_web.access.permissions import may, require
from openvmo_web.audit.queries import trail
from openvmo_web.audit.timeline import timeline_of
from openvmo_web.common.export import export_response
from openvmo_web.common.http import authenticated
from openvmo_web.common.moments import moment_asked
from openvmo_web.common.tables import paginate, sort
from openvmo_web.common.widgets import Breadcrumb
from openvmo_web.insight.queries import latest_run
from openvmo_web.papers.queries import paper_of, version_asked
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.portfolio.queries import initiative_of, portfolio_of, portfolios_of
from openvmo_web.reports import documents
from openvmo_web.reports.cockpit import cockpit_of
from openvmo_web.reports.dossier import dossier_of
from openvmo_web.reports.papers import paper_file_name, paper_pdf
from openvmo_web.reports.register import (
    RegisterFilter,
    RegisterTable,
    register_export_columns,
    register_export_row,
    register_rows,
)

REGISTER_FORMATS = ("csv", "xlsx")
TRAIL_SHOWN = 5


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Lead to the viewer's first portfolio, or say how to get one."""
    viewer = authenticated(request).user
    first = portfolios_of(viewer).first()
    if first:
        return redirect(first)
    return render(request, "reports/front.html", {"may_import": may(viewer, "portfolio.add")})


@require_safe
def home(request: HttpRequest, slug: str) -> HttpResponse:
    """Show whether the value is arriving, what needs the viewer, and what needs attention."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    cockpit = cockpit_of(viewer, portfolio, timezone.now())
    return render(
        request, "reports/home.html", {"portfolio": portfolio, "cockpit": cockpit, "money": _money(portfolio)}
    )


@require_safe
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """List the initiatives of a portfolio."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    forecast = latest_run(viewer, portfolio, "forecast")
    filtered = RegisterFilter(request.GET, register_rows(viewer, portfolio, forecast), portfolio=portfolio)
    table = RegisterTable(filtered.qs, portfolio=portfolio)
    paginate(table, request)
    context = {
        "portfolio": portfolio,
        "filter": filtered,
        "table": table,
        "forecast": forecast,
        "is_filtered": bool(request.GET),
        "may_export": may(viewer, "portfolio.export", portfolio.pk),
        "may_import": may(viewer, "portfolio.import", portfolio.pk),
    }
    return render(request, "reports/register.html", context)


@require_safe
def register_export(request: HttpRequest, slug: str, format: str) -> HttpResponse:
    """Download the register as filtered and sorted on the page."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    require(viewer, "portfolio.export", portfolio_id=portfolio.pk)
    if format not in REGISTER_FORMATS:
        raise Http404(_("The register comes as csv or xlsx, not as %(format)s.") % {"format": format})
    forecast = latest_run(viewer, portfolio, "forecast")
    filtered = RegisterFilter(request.GET, register_rows(viewer, portfolio, forecast), portfolio=portfolio)
    table = RegisterTable(filtered.qs, portfolio=portfolio)
    sort(table, request)
    rows = (register_export_row(row.record) for row in table.rows)
    return export_response(format, f"{portfolio.slug}-initiatives", register_export_columns(portfolio), rows)  # type: ignore[arg-type]


@require_safe
def initiative(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Show one initiative: what it is worth, its plan, its benefits, its reviews and how they came about."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    shown = initiative_of(portfolio, code)
    at, known_on = moment_asked(request)
    context = {
        "portfolio": portfolio,
        "initiative": shown,
        "money": _money(portfolio),
        "dossier": dossier_of(viewer, shown, at),
        "known_on": known_on,
        "today": timezone.localdate(),
        "entries": timeline_of(trail(viewer, shown)[:TRAIL_SHOWN]),
        "trail_url": reverse("audit:trail", args=[shown.record_kind, shown.record_key]),
        "breadcrumbs": [Breadcrumb(_("Initiatives"), reverse("portfolio:register", args=[slug]))],
    }
    return render(request, "reports/initiative.html", context)


def _money(portfolio: Portfolio) -> str:
    """The format code of short amounts in a portfolio's currency."""
    return f"money-short:{portfolio.currency}"


@require_safe
def reports(request: HttpRequest, slug: str) -> HttpResponse:
    """List the documents of a portfolio."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    context = {
        "portfolio": portfolio,
        "forecast": latest_run(viewer, portfolio, "forecast"),
        "choice": latest_run(viewer, portfolio, "choose"),
        "may_export": may(viewer, "portfolio.export", portfolio.pk),
    }
    return render(request, "reports/reports.html", context)


@require_safe
def portfolio_report(request: HttpRequest, slug: str, format: str) -> HttpResponse:
    """Download the portfolio report as PDF or as a workbook of the same figures."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    require(viewer, "portfolio.export", portfolio_id=portfolio.pk)
    if format not in documents.WRITERS:
        raise Http404(_("The report comes as pdf or xlsx, not as %(format)s.") % {"format": format})
    return documents.portfolio_report_response(viewer, portfolio, timezone.now(), format)


@require_safe
def paper(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Download a paper as PDF: the version that ``?version=`` names, or the newest."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    require(viewer, "portfolio.export", portfolio_id=portfolio.pk)
    version = version_asked(request, paper_of(viewer, portfolio, pk), moment_asked(request)[0])
    name = paper_file_name(version)
    return HttpResponse(
        paper_pdf(version),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
