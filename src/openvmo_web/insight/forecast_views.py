"""The pages of one initiative and of one benefit within a forecast."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from openvmo_web.benefits.models import Benefit
from openvmo_web.common.http import AuthenticatedRequest
from openvmo_web.common.widgets import Breadcrumb
from openvmo_web.insight import outlook, results, single, words
from openvmo_web.insight.models import Run
from openvmo_web.insight.queries import benefit_keys, benefit_seen, document_of, run_of
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.portfolio.queries import initiative_of, portfolio_of


@require_GET
def run_initiative(request: AuthenticatedRequest, slug: str, pk: int, code: str) -> HttpResponse:
    """Show what a forecast says of one initiative."""
    portfolio, run = _forecast(request, slug, pk)
    initiative, document = initiative_of(portfolio, code), document_of(run)
    plan = single.plan_of(document, initiative.code)
    context = _frame(portfolio, run, document, words.INITIATIVE_FORMULAS) | {"initiative": initiative, "plan": plan}
    if plan is not None:
        keys = benefit_keys(request.user, initiative)
        compared = single.views_of(document, plan)
        drivers = outlook.drivers_of(plan.get("drivers") or (), portfolio, run.pk)
        context |= {
            "others": [row for row in single.options_of(document, initiative.code) if row is not plan],
            "compared": compared,
            "differs": single.differs(compared),
            "class_name": single.class_name(plan),
            "trajectory": single.trajectory_of_plan(document, plan),
            "drivers": drivers,
            "tornado": outlook.tornado_of(drivers, plan["npv"]["mean"], format=outlook.money_of(document)),
            "information": outlook.information_of(document, portfolio, run.pk, initiative=initiative.code),
            "lines": single.benefits_of(document, portfolio, run.pk, initiative.code, keys),
            "has_benefits": document.get("benefits") is not None,
        }
    return render(request, "insight/run_initiative.html", context)


@require_GET
def run_benefit(request: AuthenticatedRequest, slug: str, pk: int, benefit: int) -> HttpResponse:
    """Show what a forecast says of one benefit, in its own unit."""
    portfolio, run = _forecast(request, slug, pk)
    found, document = benefit_seen(request.user, portfolio, benefit), document_of(run)
    row = single.benefit_row(document, found.initiative.code, found.code)
    context = _frame(portfolio, run, document, words.BENEFIT_FORMULAS) | {"benefit": found, "row": row}
    context["breadcrumbs"].append(_initiative_crumb(portfolio, run, found))
    if row is not None:
        context |= {
            "trajectory": single.trajectory_of_benefit(document, row),
            "annual_format": single.benefit_format(document, row, "annual"),
            "total_format": single.benefit_format(document, row, "total"),
        }
    return render(request, "insight/run_benefit.html", context)


def _forecast(request: AuthenticatedRequest, slug: str, pk: int) -> tuple[Portfolio, Run]:
    """A finished forecast of a portfolio that the viewer may see.

    Raises:
        Http404: there is none.
    """
    portfolio = portfolio_of(request.user, slug)
    run = run_of(request.user, portfolio, pk)
    if run.kind != "forecast" or not run.is_finished:
        raise Http404(_("Only a finished forecast says what an initiative is worth."))
    return portfolio, run


def _frame(portfolio: Portfolio, run: Run, document: results.Document, formulas: Iterable[str]) -> dict[str, Any]:
    return {
        "portfolio": portfolio,
        "run": run,
        "document": document,
        "basis": results.basis_of(document),
        "money": outlook.money_of(document),
        "formulas": {key: words.FORECAST_FORMULAS[key] for key in formulas},
        "breadcrumbs": [
            Breadcrumb(_("Runs"), reverse("insight:runs", args=[portfolio.slug])),
            Breadcrumb(str(run), run.get_absolute_url()),
        ],
    }


def _initiative_crumb(portfolio: Portfolio, run: Run, benefit: Benefit) -> Breadcrumb:
    initiative = benefit.initiative
    return Breadcrumb(initiative.name, outlook.initiative_url(portfolio, run.pk, initiative.code))
