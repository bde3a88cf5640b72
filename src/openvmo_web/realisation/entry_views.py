"""The pages on which measurements are stated: one value, many in a grid, or a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from openvmo.engine import model
from openvmo.engine.quantities import Month
from openvmo_web.access.permissions import require
from openvmo_web.benefits.holders import require_for
from openvmo_web.benefits.models import Benefit, Measurement
from openvmo_web.common.export import ExportColumn, export_response
from openvmo_web.common.http import AuthenticatedRequest
from openvmo_web.common.searching import words_in
from openvmo_web.common.widgets import Finding
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.portfolio.queries import portfolio_of
from openvmo_web.realisation import actions
from openvmo_web.realisation.analysis import outlooks_of
from openvmo_web.realisation.entry import Asked, asked_of, month_by_default, typed, value_in_force
from openvmo_web.realisation.forms import GridFilterForm, ListForm, MeasureForm, SpanForm, month_in
from openvmo_web.realisation.grid import Line, Typed, lines_of, named_in, typed_in
from openvmo_web.realisation.lists import HEADINGS, Filled, read_reports, template_columns, template_rows
from openvmo_web.realisation.models import Request
from openvmo_web.realisation.queries import (
    answerable,
    benefit_of,
    evidence_for,
    exported_measurements,
    history_of,
    measurable_by,
    measurements_in_force,
    next_request,
    oldest_request,
)
from openvmo_web.realisation.refusals import CannotReport, Report, month_refusal
from openvmo_web.realisation.rules import last_full_month
from openvmo_web.realisation.tables import measure_address, measurement_status, quantity
from openvmo_web.realisation.views import frame, measurements_crumb

LINES_A_PAGE = 25
MONTHS_IN_GRID = 6
LAST_VALUES = 6
MOST_IN_TEMPLATE = 5_000
MOST_IN_EXPORT = 200_000
EARLIEST = Month(1990, 1)


@require_http_methods(["GET", "HEAD", "POST"])
def measure(request: AuthenticatedRequest, slug: str, pk: int) -> HttpResponse:
    """Ask for one value of a benefit, on one page that fits a phone."""
    portfolio = portfolio_of(request.user, slug)
    benefit = benefit_of(request.user, portfolio, pk)
    require_for(request.user, "measurement.add", benefit)
    asked = _asked(request, benefit)
    present = list(measurements_in_force([benefit.pk], asked.months[0], asked.last).select_related("reported_by"))
    form = _measure_form(request, asked, present)
    if request.method == "POST" and form.is_valid() and _stated(request, asked, present, form):
        return redirect(f"{measure_address(portfolio, benefit.pk, asked.last.first_day)}&saved=yes")
    return _measure_page(request, asked, present, form)


@require_http_methods(["GET", "HEAD", "POST"])
def enter_many(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Show benefits and months as a grid, and record what was typed into it: all of it, or nothing."""
    portfolio = portfolio_of(request.user, slug)
    form = GridFilterForm(request.GET, portfolio=portfolio)
    months = _grid_months(request)
    page = _grid_page(request, portfolio, form)
    stated = Typed({}, {}, {})
    if request.method == "POST":
        texts = {name: text for name, text in request.POST.items() if isinstance(text, str)}
        stated = _grid_typed(request, portfolio, texts)
        if not stated.errors and _recorded(request, portfolio, list(stated.reports.values())):
            return redirect(request.get_full_path())
    benefits = list(page.object_list)
    lines = lines_of(
        benefits,
        months,
        _present([one.pk for one in benefits], months),
        portfolio=portfolio,
        texts=stated.texts,
        errors=stated.errors,
    )
    context = {
        **frame(request, portfolio, "measurements-enter"),
        "filter_form": form,
        "months": [one.first_day for one in months],
        "lines": lines,
        "errors": _grid_findings(lines),
        "page": page,
        "earlier": months[0] + -1,
        "later": months[-1] + MONTHS_IN_GRID,
        "has_later": months[-1] < Month.of(timezone.localdate()),
        "is_filtered": any(request.GET.get(name) for name in ("search", "unit")),
    }
    return render(request, "realisation/enter.html", context, status=422 if stated.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def file(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Take in a filled list: all of it, or nothing with every problem in its place."""
    portfolio = portfolio_of(request.user, slug)
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    filled: Filled | None = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["file"]
        filled = read_reports(given.read(), given.name, portfolio, request.user, timezone.localdate())
        if not filled.is_wrong and _recorded(request, portfolio, filled.reports):
            return redirect("realisation:measurements-file", slug)
    today = last_full_month(timezone.localdate())
    context = {
        **frame(request, portfolio, "measurements-file"),
        "form": form,
        "findings": _shown_findings(filled),
        "span_form": SpanForm(initial={"since": str(today + -11), "until": str(today)}),
        "headings": HEADINGS,
    }
    is_wrong = bool(form.errors) or (filled is not None and filled.is_wrong)
    return render(request, "realisation/file.html", context, status=422 if is_wrong else 200)


@require_safe
def template(request: AuthenticatedRequest, slug: str, format: str) -> HttpResponse:
    """Download a list to fill in: a row for each open request, or for each benefit when nothing is asked."""
    portfolio = portfolio_of(request.user, slug)
    if format not in ("csv", "xlsx"):
        raise Http404
    rows = template_rows(_template_rows(request, portfolio), portfolio.currency)
    return export_response(format, f"{portfolio.slug}-measurements-to-fill-in", template_columns(), rows)  # type: ignore[arg-type]


@require_safe
def export(request: AuthenticatedRequest, slug: str, format: str) -> HttpResponse:
    """Download the measurements in force from a month to a month; the file can be changed and taken in again."""
    portfolio = portfolio_of(request.user, slug)
    require(request.user, "portfolio.export", portfolio_id=portfolio.pk)
    form = SpanForm(request.GET)
    if format not in ("csv", "xlsx") or not form.is_valid():
        raise Http404(_("State the first and the last month like ?since=2026-01&until=2026-06."))
    found = exported_measurements(request.user, portfolio, form.cleaned_data["since"], form.cleaned_data["until"])
    if found[: MOST_IN_EXPORT + 1].count() > MOST_IN_EXPORT:
        messages.error(request, _("These are more than 200,000 measurements: choose fewer months."))
        return redirect("realisation:measurements-file", slug)
    columns = [*template_columns(), *(ExportColumn(one) for one in (_("verified"), _("contested"), _("reported by")))]
    rows = (_exported(one, portfolio) for one in found.iterator(chunk_size=2_000))
    return export_response(format, f"{portfolio.slug}-measurements", columns, rows)  # type: ignore[arg-type]


def _asked(request: AuthenticatedRequest, benefit: Benefit) -> Asked:
    """The period that the address names, else the one that is asked for longest, else the last one."""
    if request.GET.get("month"):
        try:
            month = month_in(request.GET["month"])
        except ValidationError as error:
            raise Http404(error.messages[0]) from error
        if not EARLIEST <= month <= Month.of(timezone.localdate()) + 12:
            raise Http404(_("Choose a month from 1990 until the next year."))
    else:
        waiting = oldest_request(benefit)
        month = Month.of(waiting.month) if waiting else month_by_default(benefit, timezone.localdate())
    return asked_of(benefit, month, outlooks_of([benefit], month + 12)[benefit.pk])


def _measure_form(request: AuthenticatedRequest, asked: Asked, present: list[Measurement]) -> MeasureForm:
    posted = request.method == "POST"
    initial = {
        "value": typed(value_in_force(asked, present)),
        "source": present[-1].source if present else asked.benefit.data_source,
    }
    return MeasureForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        initial=initial,
        benefit=asked.benefit,
        question=asked.question,
    )


def _stated(request: AuthenticatedRequest, asked: Asked, present: Sequence[Measurement], form: MeasureForm) -> bool:
    """Whether the value and its evidence were recorded: both, or none with the reasons in the form."""
    given, now = form.cleaned_data, timezone.now()
    portfolio = asked.benefit.initiative.portfolio
    try:
        with transaction.atomic():
            reports = asked.reports(given["value"], present, source=given["source"], remark=given["remark"])
            actions.measurements_report(portfolio=portfolio, reports=reports, by=request.user, at=now)
            if given["file"] is not None:
                actions.evidence_add(
                    benefit=asked.benefit,
                    month=asked.last,
                    name=given["file"].name,
                    content=given["file"].read(),
                    by=request.user,
                    at=now,
                )
    except CannotReport as refusal:
        form.add_error("value", refusal.messages[0])
        return False
    except ValidationError as refusal:
        form.add_error("file", refusal)
        return False
    return True


def _measure_page(
    request: AuthenticatedRequest, asked: Asked, present: list[Measurement], form: MeasureForm
) -> HttpResponse:
    benefit, portfolio = asked.benefit, asked.benefit.initiative.portfolio
    refusal = month_refusal(benefit, asked.last, portfolio.closed_until)
    told = value_in_force(asked, present)
    is_saved = request.GET.get("saved") == "yes" and request.method != "POST" and told is not None
    context = {
        "portfolio": portfolio,
        "benefit": benefit,
        "asked": asked,
        "form": form,
        "refusal": refusal,
        "planned": quantity(asked.planned, benefit, portfolio.currency),
        "told": quantity(told, benefit, portfolio.currency),
        "contested": next((row for row in present if row.is_contested), None),
        "history": _history(benefit, portfolio),
        "evidence": evidence_for([(benefit.pk, asked.last.first_day)]).get((benefit.pk, asked.last.first_day), []),
        "earlier": asked.months[0] + -1,
        "later": asked.last + 1,
        "address": measure_address(portfolio, benefit.pk, asked.last.first_day),
        "has_later": asked.last < last_full_month(timezone.localdate()),
        "is_saved": is_saved,
        "next": _next(request) if is_saved else "",
        "breadcrumbs": [measurements_crumb(portfolio)],
    }
    return render(request, "realisation/measure.html", context, status=422 if form.errors else 200)


def _history(benefit: Benefit, portfolio: Portfolio) -> list[dict[str, Any]]:
    """The last values, each with where it stands."""
    return [
        {
            "month": row.month,
            "value": quantity(row.value, benefit, portfolio.currency),
            "status": measurement_status(is_verified=row.is_verified, is_contested=row.is_contested),
            "by": row.reported_by or row.recorded_by,
        }
        for row in history_of(benefit, LAST_VALUES)
    ]


def _next(request: AuthenticatedRequest) -> dict[str, Any] | None:
    """The request to the viewer that has waited longest; None when nothing waits."""
    waiting = next_request(request.user)
    if waiting is None:
        return None
    address = measure_address(waiting.portfolio, waiting.benefit_id, waiting.month)
    return {"benefit": waiting.benefit, "month": waiting.month, "url": address}


def _grid_months(request: AuthenticatedRequest) -> list[Month]:
    """The months of the grid: those up to the one in the address, else up to the last one that is over."""
    today = timezone.localdate()
    try:
        last = Month.parse(request.GET.get("until", ""))
    except ValueError:
        last = last_full_month(today)
    last = min(max(last, EARLIEST + (MONTHS_IN_GRID - 1)), Month.of(today))
    return [last + back for back in range(1 - MONTHS_IN_GRID, 1)]


def _grid_page(request: AuthenticatedRequest, portfolio: Portfolio, form: GridFilterForm) -> Page[Benefit]:
    rows = measurable_by(request.user, portfolio)
    if form.is_valid():
        rows = rows.filter(words_in(form.cleaned_data["search"], "name", "code", "initiative__name"))
        if form.cleaned_data["unit"]:
            rows = rows.filter(initiative__unit=form.cleaned_data["unit"])
    return Paginator(rows, LINES_A_PAGE).get_page(request.GET.get("page"))


def _grid_typed(request: AuthenticatedRequest, portfolio: Portfolio, texts: dict[str, str]) -> Typed:
    named = named_in(texts).values()
    benefits = measurable_by(request.user, portfolio).in_bulk({key for key, _month in named})
    months = sorted({month for _key, month in named})
    present = _present(list(benefits), months)
    return typed_in(texts, benefits, present, portfolio=portfolio, today=timezone.localdate())


def _present(benefits: Sequence[int], months: Sequence[Month]) -> dict[tuple[int, date], Measurement]:
    if not benefits or not months:
        return {}
    return {(row.benefit_id, row.month): row for row in measurements_in_force(benefits, months[0], months[-1])}


def _grid_findings(lines: Sequence[Line]) -> list[Finding]:
    """What is wrong in the grid, as a list above it."""
    return [Finding("error", cell.label, cell.error) for line in lines for cell in line.cells if cell.error]


def _recorded(request: AuthenticatedRequest, portfolio: Portfolio, reports: Sequence[Report]) -> bool:
    """Whether many reports were recorded; says how many were new."""
    try:
        added = actions.measurements_report(portfolio=portfolio, reports=reports, by=request.user, at=timezone.now())
    except CannotReport as refusal:
        messages.error(request, " ".join(refusal.messages[:5]))
        return False
    told = ngettext("%(count)d value recorded.", "%(count)d values recorded.", len(added)) % {"count": len(added)}
    same = len(reports) - len(added)
    if same:
        told += " " + ngettext("%(count)d said the same as before.", "%(count)d said the same as before.", same) % {
            "count": same
        }
    messages.success(request, told)
    return True


def _shown_findings(filled: Filled | None) -> list[Finding]:
    """The findings of a file as the page lists them: where, what, and what to do."""
    if filled is None:
        return []
    return [
        Finding("error" if one.severity == "error" else "warning", _place(one), one.problem, one.remedy)
        for one in filled.findings
    ]


def _place(finding: model.Finding) -> str:
    row = "" if finding.row is None else _("row %(row)d") % {"row": finding.row}
    return " · ".join(part for part in (finding.sheet, row, finding.column, finding.value) if part)


def _template_rows(request: AuthenticatedRequest, portfolio: Portfolio) -> Iterator[tuple[Benefit, date, None]]:
    """What to fill in: the open requests that the viewer can answer, else his benefits for the last full month."""
    own = measurable_by(request.user, portfolio)
    waiting = Request.objects.filter(answerable(), portfolio=portfolio, benefit__in=own.values("pk"))
    asked = list(waiting.select_related("benefit__initiative").order_by("due_on", "pk")[:MOST_IN_TEMPLATE])
    if asked:
        yield from ((one.benefit, one.month, None) for one in asked)
        return
    last = last_full_month(timezone.localdate()).first_day
    yield from ((benefit, last, None) for benefit in own[:MOST_IN_TEMPLATE])


def _exported(row: Measurement, portfolio: Portfolio) -> list[Any]:
    benefit = row.benefit
    unit = benefit.unit or portfolio.currency
    code = benefit.initiative.code
    who = (row.reported_by or row.recorded_by).name
    stated = [code, benefit.code, benefit.name, f"{row.month:%Y-%m}", row.value, unit, row.source, row.remark]
    return [*stated, row.is_verified, row.is_contested, who]
