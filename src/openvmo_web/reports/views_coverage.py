"""The coverage of a portfolio as a page and as a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from openvmo_web.access.permissions import may, require
from openvmo_web.common.export import MEDIA_TYPES, export_response, xlsx_bytes
from openvmo_web.common.http import authenticated
from openvmo_web.common.tables import paginate
from openvmo_web.common.widgets import Breadcrumb, Tab
from openvmo_web.portfolio.queries import portfolio_of
from openvmo_web.reports.coverage import coverage_of, orphans_of, streams_chart
from openvmo_web.reports.coverage_page import (
    GROUPINGS,
    SHOWN,
    CoverageForm,
    Question,
    coverage_columns,
    coverage_rows,
    coverage_sheets,
    matrix_rows,
    question_of,
)
from openvmo_web.reports.tables import CoverageTable


@require_safe
def coverage(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what the money serves, and what of the strategy nothing serves."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    form = CoverageForm(request.GET, portfolio=portfolio)
    question = question_of(form)
    shown = coverage_of(viewer, portfolio, work=question.work, under=question.under)
    table = CoverageTable(matrix_rows(viewer, shown, question), coverage=shown, question=question)
    paginate(table, request)
    table.read_cells()
    context = {
        "portfolio": portfolio,
        "money": f"money-short:{portfolio.currency}",
        "form": form,
        "coverage": shown,
        "alignment": shown.alignment(),
        "orphans": orphans_of(viewer, portfolio, question.work),
        "streams": streams_chart(viewer, shown, question.by),
        "table": table,
        "shown_tabs": _tabs(request, "show", SHOWN, question.shown),
        "row_tabs": _tabs(request, "rows", GROUPINGS, question.by),
        "is_narrowed": bool(question.programme or question.search),
        "may_export": may(viewer, "portfolio.export", portfolio.pk),
        "breadcrumbs": _breadcrumbs(request, question),
    }
    return render(request, "reports/coverage.html", context)


def _tabs(request: HttpRequest, parameter: str, offered: Mapping[Any, Any], chosen: str) -> list[Tab]:
    return [Tab(str(label), _with(request, parameter, word), active=word == chosen) for word, label in offered.items()]


def _with(request: HttpRequest, parameter: str, value: str) -> str:
    """The address of the page with one parameter set, on its first leaf."""
    query = request.GET.copy()
    query[parameter] = value
    query.pop("page", None)
    return f"{request.path}?{query.urlencode()}"


def _breadcrumbs(request: HttpRequest, question: Question) -> list[Breadcrumb]:
    if question.under is None and question.programme is None:
        return []
    return [Breadcrumb(_("Coverage"), request.path)]


@require_safe
def coverage_export(request: HttpRequest, slug: str, format: str) -> HttpResponse:
    """Download the coverage: as CSV initiative by initiative, as a workbook with every kind of gap as well."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    require(viewer, "portfolio.export", portfolio_id=portfolio.pk)
    if format not in ("csv", "xlsx"):
        raise Http404(_("The coverage comes as csv or xlsx, not as %(format)s.") % {"format": format})
    question = question_of(CoverageForm(request.GET, portfolio=portfolio))
    shown = coverage_of(viewer, portfolio, work=question.work, under=question.under)
    name = f"{portfolio.slug}-coverage"
    if format == "csv":
        return export_response("csv", name, coverage_columns(portfolio), coverage_rows(viewer, shown))
    orphans = orphans_of(viewer, portfolio, question.work, listed=None)
    return HttpResponse(
        xlsx_bytes(coverage_sheets(viewer, shown, orphans)),
        content_type=MEDIA_TYPES["xlsx"],
        headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'},
    )
