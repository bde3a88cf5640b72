"""The pages of runs: the list, the forms to start one, and a run while it works and when it has its result."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openvmo_web.access.permissions import may, require
from openvmo_web.audit.queries import trail
from openvmo_web.audit.timeline import timeline_of
from openvmo_web.common.export import ExportColumn, export_response
from openvmo_web.common.http import AuthenticatedRequest
from openvmo_web.common.tables import paginate
from openvmo_web.common.widgets import Breadcrumb, Progress, Tab
from openvmo_web.insight import actions, outlook, results, words
from openvmo_web.insight.analysis import ParameterError, evidence_of
from openvmo_web.insight.forecast_tables import GroupTable
from openvmo_web.insight.forms import ChooseForm, ForecastForm, RowsFilterForm, RunFilterForm
from openvmo_web.insight.models import Run
from openvmo_web.insight.queries import (
    document_of,
    earlier_forecasts,
    latest_recomputation,
    latest_run,
    run_of,
    runs_of,
)
from openvmo_web.insight.tables import AlternativeTable, ChosenTable, RunTable
from openvmo_web.jobs.queries import panel_of
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.portfolio.queries import portfolio_of

YEARS_WITHOUT_DEMAND = 5
TRAIL_LENGTH = 20
INFORMATION_SHOWN = 10


@require_GET
def runs(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """List the runs of a portfolio."""
    portfolio = portfolio_of(request.user, slug)
    form = RunFilterForm(request.GET)
    found = runs_of(request.user, portfolio)
    if form.is_valid():
        wanted = {"kind": form.cleaned_data["kind"], "stands": form.cleaned_data["state"]}
        found = found.filter(**{field: value for field, value in wanted.items() if value})
    table = RunTable(found)
    paginate(table, request)
    context = {
        "portfolio": portfolio,
        "table": table,
        "filter_form": form,
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "may_start": may(request.user, "run.start", portfolio.pk),
    }
    return render(request, "insight/runs.html", context)


@require_http_methods(["GET", "POST"])
def run_new(request: AuthenticatedRequest, slug: str, kind: str) -> HttpResponse:
    """Ask for the parameters of a run, and start it."""
    portfolio = portfolio_of(request.user, slug)
    if kind not in words.KINDS:
        raise Http404
    require(request.user, "run.start", portfolio_id=portfolio.pk)
    form = _parameter_form(request, portfolio, kind)
    if request.method == "POST" and form.is_valid():
        started = _started(request, portfolio, kind, form)
        if started is not None:
            return redirect(started)
    context = {"portfolio": portfolio, "kind": kind, "form": form, "breadcrumbs": [_runs_crumb(portfolio)]}
    return render(request, f"insight/new_{kind}.html", context, status=422 if form.errors else 200)


@require_GET
def run(request: AuthenticatedRequest, slug: str, pk: int) -> HttpResponse:
    """Show a run: its progress while it works, its result once it has one, or why it has none."""
    portfolio = portfolio_of(request.user, slug)
    found = run_of(request.user, portfolio, pk)
    context = {
        "portfolio": portfolio,
        "run": found,
        "state": words.status_of(found.state),
        "breadcrumbs": [_runs_crumb(portfolio)],
        "entries": timeline_of(trail(request.user, found)[:TRAIL_LENGTH]),
    }
    if not found.is_finished:
        return render(request, "insight/run_unfinished.html", {**context, "panel": _panel(request, found)})
    document = document_of(found)
    context |= _evidence(request, found, document) | {
        "document": document,
        "basis": results.basis_of(document),
        "formulas": words.FORECAST_FORMULAS if found.kind == "forecast" else words.FORMULAS,
    }
    if found.kind == "forecast":
        context["earlier_runs"] = earlier_forecasts(request.user, found)
        context |= _forecast(request, found, document) | _outlook(request, found, document)
        return render(request, "insight/forecast.html", context)
    return render(request, "insight/choice.html", context | _choice(request, portfolio, document))


@require_POST
def run_cancel(request: AuthenticatedRequest, slug: str, pk: int) -> HttpResponse:
    """Stop a run."""
    found = run_of(request.user, portfolio_of(request.user, slug), pk)
    actions.run_cancel(run=found, by=request.user, at=timezone.now())
    return redirect(found)


@require_POST
def run_recompute(request: AuthenticatedRequest, slug: str, pk: int) -> HttpResponse:
    """Start a second computation of a run."""
    found = run_of(request.user, portfolio_of(request.user, slug), pk)
    try:
        actions.recomputation_start(run=found, by=request.user, at=timezone.now())
    except actions.CannotRun as problem:
        messages.error(request, str(problem))
    return redirect(f"{found.get_absolute_url()}#evidence")


@require_GET
def run_export(request: AuthenticatedRequest, slug: str, pk: int, format: str) -> HttpResponse:
    """Download the rows of a result."""
    portfolio = portfolio_of(request.user, slug)
    require(request.user, "portfolio.export", portfolio_id=portfolio.pk)
    found = run_of(request.user, portfolio, pk)
    if format not in ("csv", "xlsx") or not found.is_finished:
        raise Http404
    document = document_of(found)
    rows = results.alternatives_of(document) if found.kind == "forecast" else results.chosen_of(document)
    fields = export_fields(found.kind, portfolio)
    columns = [ExportColumn(label, unit) for label, unit in fields.values()]
    values = ([getattr(row, field) for field in fields] for row in rows)
    return export_response(format, f"{portfolio.slug}-{found.kind}-{found.pk}", columns, values)  # type: ignore[arg-type]


@require_GET
def run_evidence(request: AuthenticatedRequest, slug: str, pk: int) -> HttpResponse:
    """Download a run with its inputs, as `openvmo verify` reads it on any machine."""
    portfolio = portfolio_of(request.user, slug)
    require(request.user, "portfolio.export", portfolio_id=portfolio.pk)
    found = run_of(request.user, portfolio, pk)
    if not found.is_finished:
        raise Http404
    content = json.dumps(evidence_of(found), ensure_ascii=False, allow_nan=False, indent=1)
    disposition = f'attachment; filename="{portfolio.slug}-run-{found.pk}.json"'
    return HttpResponse(content, content_type="application/json", headers={"Content-Disposition": disposition})


def export_fields(kind: str, portfolio: Portfolio) -> Mapping[str, tuple[str, str]]:
    """Return the exported fields of a result's rows with their headings and units."""
    money = f"{portfolio.currency}, {portfolio.price_base}"
    named = {"initiative": (_("Code"), ""), "initiative_name": (_("Initiative"), ""), "programme": (_("Programme"), "")}
    if kind == "forecast":
        return named | {
            "unit": (_("Unit"), ""),
            "option_name": (_("Option"), ""),
            "is_current": (_("Current plan"), ""),
            "npv": (_("Net present value, mean"), money),
            "npv_p10": (_("Net present value, P10"), money),
            "npv_p90": (_("Net present value, P90"), money),
            "probability_of_loss": (_("Probability of loss"), _("share")),
            "cost": (_("Forward cost, mean"), money),
            "benefit": (_("Benefits, present value, mean"), money),
            "bcr": (_("Benefit-cost ratio"), ""),
            "go_live_planned": (_("Go-live, planned"), _("month")),
            "go_live": (_("Go-live, P50"), _("month")),
            "sunk": (_("Sunk cost"), money),
        }
    return named | {
        "is_in": (_("Chosen"), ""),
        "option_name": (_("Option"), ""),
        "value": (_("Value"), money),
        "cost": (_("Forward cost"), money),
        "reason": (_("Why"), ""),
        "regret": (_("Lost if forced the other way"), money),
        "threshold": (_("Change of value that would flip it"), money),
    }


def _runs_crumb(portfolio: Portfolio) -> Breadcrumb:
    return Breadcrumb(_("Runs"), reverse("insight:runs", args=[portfolio.slug]))


def _started(request: AuthenticatedRequest, portfolio: Portfolio, kind: str, form: Any) -> Run | None:
    """The run that was started, or None with the reasons at the fields of the form."""
    try:
        return actions.run_start(
            portfolio=portfolio, kind=kind, parameters=form.parameters(), by=request.user, at=timezone.now()
        )
    except ParameterError as error:
        for problem in error.problems:
            form.add_error(
                problem.parameter if problem.parameter in form.fields else None, f"{problem.problem} {problem.remedy}"
            )
    except actions.CannotRun as problem:
        form.add_error(None, str(problem))
    return None


def _parameter_form(request: AuthenticatedRequest, portfolio: Portfolio, kind: str) -> Any:
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    if kind == "forecast":
        return ForecastForm(*given)
    demand = _demand(request, portfolio)
    return ChooseForm(*given, portfolio=portfolio, years=_budget_years(portfolio, demand), demand=demand)


def _demand(request: AuthenticatedRequest, portfolio: Portfolio) -> dict[int, float]:
    """What all current plans want in each year, as the latest forecast says; empty without one."""
    latest = latest_run(request.user, portfolio, "forecast")
    rows = document_of(latest)["alternatives"] if latest else []
    demand: dict[int, float] = {}
    for row in rows:
        for year, cost in row["annual_cost"].items() if row["is_current"] else ():
            demand[int(year)] = demand.get(int(year), 0.0) + (cost or 0.0)
    return {year: cost for year, cost in sorted(demand.items()) if cost > 0}


def _budget_years(portfolio: Portfolio, demand: Mapping[int, float]) -> dict[int, float | None]:
    """The years to fill in: those with a budget, else those with a demand, else the first ones of the portfolio."""
    stated = {budget.year: float(budget.amount) for budget in portfolio.budgets.all()}
    if stated or demand:
        return {year: stated.get(year) for year in sorted(stated.keys() | demand.keys())} if stated else dict(demand)
    first = portfolio.starts.year - (portfolio.starts.month < portfolio.fiscal_year_start)
    return dict.fromkeys(range(first, first + YEARS_WITHOUT_DEMAND))


def _panel(request: AuthenticatedRequest, found: Run) -> Progress | None:
    """The progress of a run that is at work; None for one that has ended without a result."""
    if found.job is None or found.failure:
        return None
    title = _("%(kind)s of %(portfolio)s") % {"kind": words.KINDS[found.kind], "portfolio": found.portfolio}
    panel = panel_of(found.job, title=title, done_url=found.get_absolute_url())
    right = "run.start" if found.started_by_id == request.user.pk else "run.cancel"
    if panel.cancel_url and may(request.user, right, found.portfolio_id):
        return replace(panel, cancel_url=reverse("insight:run-cancel", args=[found.portfolio.slug, found.pk]))
    return replace(panel, cancel_url="")


def _evidence(request: AuthenticatedRequest, found: Run, document: results.Document) -> dict[str, Any]:
    again = latest_recomputation(found)
    is_at_work = again is not None and again.finished_at is None and again.job is not None and not again.job.is_finished
    panel = (
        panel_of(again.job, title=_("Second computation"), done_url=found.get_absolute_url())
        if again and again.job and is_at_work
        else None
    )
    return {
        "sampling": words.SAMPLING.get((document.get("precision") or {}).get("sampling", ""), ""),
        "recomputation": again,
        "recomputation_panel": panel,
        "may_start": may(request.user, "run.start", found.portfolio_id),
        "may_export": may(request.user, "portfolio.export", found.portfolio_id),
        "may_propose": may(request.user, "decision.propose", found.portfolio_id),
    }


def _forecast(request: AuthenticatedRequest, found: Run, document: results.Document) -> dict[str, Any]:
    rows = results.alternatives_of(document)
    form = RowsFilterForm(request.GET, kind="forecast")
    keep = {"current": lambda row: row.is_current}
    table = AlternativeTable(_filtered(rows, form, keep), portfolio=found.portfolio, run=found.pk)
    paginate(table, request)
    return {
        "cumulative": outlook.trajectory_of(document),
        "costs": results.fan_of(document, "cost"),
        "benefits": results.fan_of(document, "benefit"),
        "spread": results.npv_histogram(document),
        "views": results.views_compared(document),
        "findings": results.findings_of(document),
        "table": table,
        "filter_form": form,
        "row_count": len(rows),
    }


def _outlook(request: AuthenticatedRequest, found: Run, document: results.Document) -> dict[str, Any]:
    """How likely the aims hold, what drives the value and where it comes from; empty for runs that did not keep it."""
    drivers = outlook.drivers_of(document.get("drivers") or (), found.portfolio, found.pk)
    money = outlook.money_of(document)
    kinds = outlook.group_kinds(document)
    kind = request.GET.get("groups", "")
    shown = kind if kind in kinds else next(iter(kinds), "")
    # Only programmes have costs of their own.
    exclude = () if shown == "programmes" else ("npv", "cost")
    groups = GroupTable(outlook.groups_of(document, shown), prefix="groups-", exclude=exclude)
    paginate(groups, request)
    return {
        "money": money,
        "chances": outlook.chances_of(document),
        "budgets": outlook.budgets_of(document),
        "budget_chart": outlook.budget_outlook(document),
        "drivers": drivers,
        "tornado": outlook.tornado_of(drivers, document["totals"]["npv"]["mean"], format=money),
        "information": outlook.information_of(document, found.portfolio, found.pk)[:INFORMATION_SHOWN],
        "group_tabs": [Tab(str(words.GROUPS[one]), f"?groups={one}#groups", one == shown) for one in kinds],
        "groups": groups,
    }


def _choice(request: AuthenticatedRequest, portfolio: Portfolio, document: results.Document) -> dict[str, Any]:
    rows = results.chosen_of(document)
    form = RowsFilterForm(request.GET, kind="choose")
    years = results.budget_years(document)
    keep = {"in": lambda row: row.is_in, "out": lambda row: not row.is_in}
    table = ChosenTable(_filtered(rows, form, keep), portfolio=portfolio)
    paginate(table, request)
    return {
        "budget": results.budget_chart(document),
        "years": years,
        "binding": [year for year in years if year.is_binding],
        "findings": results.findings_of(document),
        "table": table,
        "filter_form": form,
        "chosen_count": sum(row.is_in for row in rows),
        "row_count": len(rows),
    }


def _filtered(rows: Iterable[Any], form: Form, keep: Mapping[str, Any]) -> list[Any]:
    """The rows that pass the filter form; a form with a wrong value filters nothing."""
    if not form.is_valid():
        return list(rows)
    kept = [row for row in rows if keep.get(form.cleaned_data["only"], lambda _row: True)(row)]
    return results.matching(kept, form.cleaned_data["search"])
