"""The pages of imports and the download of a whole portfolio."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openvmo_web.access.permissions import may, require, require_somewhere
from openvmo_web.common.export import export_response
from openvmo_web.common.http import authenticated
from openvmo_web.common.tables import paginate
from openvmo_web.common.widgets import Breadcrumb, Tab
from openvmo_web.exchange.actions import MOST_KEPT, import_confirm, import_discard, import_preview, portfolio_export
from openvmo_web.exchange.analysis import export_formats, template_file
from openvmo_web.exchange.forms import ChangeFilter, FindingFilter, SheetForm, UploadForm
from openvmo_web.exchange.models import Import
from openvmo_web.exchange.queries import counts_of, import_of, imports_of
from openvmo_web.exchange.register_sheet import FORMAT
from openvmo_web.exchange.tables import (
    ChangeTable,
    FindingTable,
    ImportTable,
    filtered,
    finding_export_columns,
    finding_export_rows,
    state_of,
)
from openvmo_web.jobs.queries import panel_of
from openvmo_web.portfolio.queries import portfolio_of


@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """List the files that were taken in, and take in another one."""
    viewer = authenticated(request).user
    require_somewhere(viewer, "portfolio.import")
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES, viewer=viewer)
        if form.is_valid():
            return redirect(_taken_in(request, form))
    else:
        form = UploadForm(viewer=viewer, initial={"portfolio": request.GET.get("into")})
    table = ImportTable(imports_of(viewer))
    paginate(table, request)
    return render(request, "exchange/imports.html", {"form": form, "table": table}, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def benefits(request: HttpRequest, slug: str) -> HttpResponse:
    """Take in the sheet of benefits, changed in a spreadsheet program."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    require(viewer, "benefit.change", portfolio_id=portfolio.pk)
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        return redirect(
            import_preview(
                content=file.read(),
                file_name=file.name,
                portfolio=portfolio,
                format=FORMAT,
                by=viewer,
                at=timezone.now(),
            )
        )
    context = {
        "portfolio": portfolio,
        "form": form,
        "may_export": may(viewer, "portfolio.export", portfolio.pk),
        "breadcrumbs": [Breadcrumb(_("Benefits"), reverse("benefits:register", args=[slug]))],
    }
    return render(request, "exchange/benefits.html", context, status=422 if form.errors else 200)


def _taken_in(request: HttpRequest, form: UploadForm) -> Import:
    given, file = form.cleaned_data, form.cleaned_data["file"]
    return import_preview(
        content=file.read(),
        file_name=file.name,
        portfolio=given["portfolio"],
        name=given.get("name", ""),
        slug=given.get("slug", ""),
        by=authenticated(request).user,
        at=timezone.now(),
    )


@require_safe
def preview(request: HttpRequest, pk: int, show: str = "") -> HttpResponse:
    """Show what was found in a file and what it would change, or what became of it.

    Args:
        request: The request.
        pk: The import.
        show: "changes" or "findings"; empty shows the findings first when they stop the import.
    """
    imported = import_of(authenticated(request).user, pk)
    job = imported.job
    is_busy = job is not None and imported.state in ("reading", "previewed") and job.status != "succeeded"
    context = {
        "imported": imported,
        "state": state_of(imported),
        "again_url": _upload_address(imported),
        "breadcrumbs": [Breadcrumb(_("Imports"), _upload_address(imported))],
        "panel": panel_of(job, title=imported.file_name) if is_busy and job else None,
        "is_waiting": is_busy and job is not None and not job.is_finished,
        "counts": counts_of(imported),
        "most_kept": MOST_KEPT,
        "findings": imported.counts.get("findings", {}),
        **_shown(request, imported, show),
    }
    return render(request, "exchange/import.html", context)


def _upload_address(imported: Import) -> str:
    """Where a corrected file is uploaded."""
    if imported.format == FORMAT:
        return reverse("exchange:benefits", args=[imported.slug])
    return reverse("exchange:imports")


def _shown(request: HttpRequest, imported: Import, show: str) -> dict[str, object]:
    """The list behind the tab that the viewer has chosen."""
    is_findings = show == "findings" or (not show and imported.state == "refused")
    form = FindingFilter(request.GET) if is_findings else ChangeFilter(request.GET)
    rows = imported.findings if is_findings else imported.changes
    table = (FindingTable if is_findings else ChangeTable)(filtered(rows, form))
    paginate(table, request)
    tabs = [
        Tab(
            _("Differences"),
            reverse("exchange:changes", args=[imported.pk]),
            active=not is_findings,
            count=len(imported.changes),
        ),
        Tab(
            _("Findings"),
            reverse("exchange:findings", args=[imported.pk]),
            active=is_findings,
            count=len(imported.findings),
        ),
    ]
    return {"form": form, "table": table, "tabs": tabs, "is_findings": is_findings, "has_rows": bool(rows)}


@require_safe
def findings_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Download the findings as CSV."""
    imported = import_of(authenticated(request).user, pk)
    rows = finding_export_rows(imported.findings)
    return export_response("csv", f"findings-{imported.pk}", finding_export_columns(), rows)


@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Import a previewed file."""
    imported = import_of(authenticated(request).user, pk)
    try:
        imported = import_confirm(imported=imported, by=authenticated(request).user, at=timezone.now())
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        if imported.state == "applied":
            messages.success(request, _("The file was imported."))
    return redirect(imported)


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a previewed file aside."""
    imported = import_of(authenticated(request).user, pk)
    try:
        import_discard(imported=imported, by=authenticated(request).user, at=timezone.now())
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect(imported)
    messages.success(request, _("The import was discarded; the portfolio is as it was."))
    return redirect(_upload_address(imported))


@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """Download the empty workbook."""
    require_somewhere(authenticated(request).user, "portfolio.import")
    return _download(*template_file())


@require_safe
def export(request: HttpRequest, slug: str, format: str) -> HttpResponse:
    """Download a whole portfolio."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    if format not in export_formats():
        raise Http404(_("A portfolio is not given out as “%(format)s”.") % {"format": format})
    return _download(*portfolio_export(portfolio=portfolio, format=format, by=viewer, at=timezone.now()))


def _download(name: str, content: bytes, media_type: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=media_type, headers=headers)
