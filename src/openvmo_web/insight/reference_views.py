"""The page of the published reference classes."""

from __future__ import annotations

import dataclasses

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from openvmo_web.access.permissions import may_somewhere, require_somewhere
from openvmo_web.common.export import ExportColumn, export_response
from openvmo_web.common.http import AuthenticatedRequest
from openvmo_web.common.tables import sort
from openvmo_web.insight import words
from openvmo_web.insight.forms import ReferencesFilterForm
from openvmo_web.insight.queries import classes_in_use
from openvmo_web.insight.references import figures_of, fits, own_classes, statements
from openvmo_web.insight.tables import ReferenceTable


@require_GET
def references(request: AuthenticatedRequest) -> HttpResponse:
    """List the published reference classes with their figures and sources."""
    require_somewhere(request.user, "portfolio.view")
    used = classes_in_use(request.user)
    form = ReferencesFilterForm(request.GET)
    figures = figures_of(used)
    if form.is_valid():
        figures = [figure for figure in figures if fits(figure, **form.cleaned_data)]
    table = ReferenceTable(figures)
    sort(table, request)
    context = {
        "table": table,
        "filter_form": form,
        "statements": statements(),
        "own": own_classes(used),
        "may_export": may_somewhere(request.user, "portfolio.export"),
    }
    return render(request, "insight/references.html", context)


@require_GET
def references_export(request: AuthenticatedRequest, format: str) -> HttpResponse:
    """Download every published figure with its source."""
    require_somewhere(request.user, "portfolio.export")
    if format not in ("csv", "xlsx"):
        raise Http404
    share = _("share of the plan")
    columns = [
        ExportColumn(_("Id")),
        ExportColumn(_("Class")),
        ExportColumn(_("Dimension")),
        *(ExportColumn(label, share) for label in (_("Mean"), "P10", "P50", "P90")),
        ExportColumn(_("Cases")),
        ExportColumn(_("Year")),
        ExportColumn(_("Source")),
        ExportColumn(_("Address")),
        ExportColumn(_("Note")),
        ExportColumn(_("Read in its source")),
        ExportColumn(_("Initiatives")),
    ]
    figures = figures_of(classes_in_use(request.user))
    rows = (
        dataclasses.astuple(dataclasses.replace(figure, dimension=str(words.DIMENSIONS[figure.dimension])))
        for figure in figures
    )
    return export_response(format, "reference-classes", columns, rows)  # type: ignore[arg-type]
