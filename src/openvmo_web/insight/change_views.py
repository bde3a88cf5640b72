"""The page that says what changed between two forecasts, and why."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from openvmo_web.access.permissions import may, require
from openvmo_web.common.export import ExportColumn, export_response
from openvmo_web.common.http import AuthenticatedRequest
from openvmo_web.common.tables import paginate
from openvmo_web.common.widgets import Breadcrumb
from openvmo_web.insight import words
from openvmo_web.insight.analysis import RunChanges, run_changes_of
from openvmo_web.insight.change_rows import change_rows, move_rows
from openvmo_web.insight.change_tables import ChangeTable, MoveTable
from openvmo_web.insight.models import Run
from openvmo_web.insight.queries import run_of
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.portfolio.queries import portfolio_of


@require_GET
def run_changes(request: AuthenticatedRequest, slug: str, pk: int, earlier: int) -> HttpResponse:
    """Show what changed from an earlier forecast to this one, and why."""
    portfolio, later, before = _pair(request, slug, pk, earlier)
    found = _changes(before, later)
    moves = MoveTable(move_rows(portfolio, found), portfolio=portfolio, prefix="moves-")
    inputs = ChangeTable(change_rows(found), portfolio=portfolio, prefix="inputs-")
    paginate(moves, request)
    paginate(inputs, request)
    context = {
        "portfolio": portfolio,
        "money": f"money-short:{portfolio.currency}",
        "earlier": before,
        "later": later,
        "changes": found,
        "npv": found.totals[0],
        "totals": [(words.TOTALS[shift.name], shift) for shift in found.totals],
        "causes": [words.CAUSES[cause] for cause in found.causes],
        "moves": moves,
        "inputs": inputs,
        "may_export": may(request.user, "portfolio.export", portfolio.pk),
        "breadcrumbs": [
            Breadcrumb(_("Runs"), reverse("insight:runs", args=[portfolio.slug])),
            Breadcrumb(str(later), later.get_absolute_url()),
        ],
    }
    return render(request, "insight/changes.html", context)


@require_GET
def run_changes_export(request: AuthenticatedRequest, slug: str, pk: int, earlier: int, format: str) -> HttpResponse:
    """Download every changed input."""
    portfolio, later, before = _pair(request, slug, pk, earlier)
    require(request.user, "portfolio.export", portfolio_id=portfolio.pk)
    if format not in ("csv", "xlsx"):
        raise Http404
    columns = [ExportColumn(heading) for heading in (_("Initiative"), _("What"), _("Before"), _("After"))]
    rows: Iterable[list[object]] = (
        [row.initiative, row.what, row.before, row.after] for row in change_rows(_changes(before, later))
    )
    name = f"{portfolio.slug}-changes-{before.pk}-{later.pk}"
    return export_response(format, name, columns, rows)  # type: ignore[arg-type]


def _pair(request: AuthenticatedRequest, slug: str, pk: int, earlier: int) -> tuple[Portfolio, Run, Run]:
    """Two finished forecasts of a portfolio that the viewer may see.

    Raises:
        Http404: one of them is not there, not finished, or no forecast.
    """
    portfolio = portfolio_of(request.user, slug)
    runs = [run_of(request.user, portfolio, key) for key in (pk, earlier)]
    if pk == earlier or not all(run.kind == "forecast" and run.is_finished for run in runs):
        raise Http404(_("Two finished forecasts can be compared."))
    return portfolio, runs[0], runs[1]


def _changes(earlier: Run, later: Run) -> RunChanges:
    try:
        return run_changes_of(earlier, later)
    except ValueError as problem:
        raise Http404(_("These two forecasts cannot be compared: %(why)s.") % {"why": problem}) from problem
