"""The pages of decisions: the list, a proposal, the decision and its record, and the rights to decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openvmo_web.access.permissions import may, require
from openvmo_web.audit.queries import trail
from openvmo_web.audit.timeline import timeline_of
from openvmo_web.common.export import ExportColumn, export_response
from openvmo_web.common.http import AuthenticatedRequest
from openvmo_web.common.tables import paginate
from openvmo_web.common.widgets import Breadcrumb
from openvmo_web.governance import actions, words
from openvmo_web.governance.evidence import is_unchanged
from openvmo_web.governance.forms import BodyForm, DecisionFilterForm, ProposalForm, RemarkForm, RightForm
from openvmo_web.governance.models import Decision, DecisionItem
from openvmo_web.governance.queries import (
    bodies_of,
    body_of,
    deciders_of,
    decision_of,
    decisions_of,
    decisions_on,
    items_of,
    plain,
    possible_members,
    rights_of,
)
from openvmo_web.governance.rules import problems_of
from openvmo_web.governance.tables import DecisionTable, ItemTable
from openvmo_web.insight.queries import document_of, latest_recomputation, run_of
from openvmo_web.insight.results import basis_of
from openvmo_web.jobs.queries import panel_of
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.portfolio.queries import portfolio_of

TRAIL_LENGTH = 20


@require_GET
def decisions(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """List the decisions of a portfolio."""
    portfolio = portfolio_of(request.user, slug)
    form = DecisionFilterForm(request.GET)
    found = decisions_of(request.user, portfolio)
    if form.is_valid():
        wanted = {"title__icontains": form.cleaned_data["search"], "state": form.cleaned_data["state"]}
        found = found.filter(**{field: value for field, value in wanted.items() if value})
    table = DecisionTable(found)
    paginate(table, request)
    context = {
        "portfolio": portfolio,
        "table": table,
        "filter_form": form,
        "is_filtered": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "governance/decisions.html", context)


@require_http_methods(["GET", "POST"])
def propose(request: AuthenticatedRequest, slug: str, pk: int) -> HttpResponse:
    """Make a finished choice a proposal."""
    portfolio = portfolio_of(request.user, slug)
    require(request.user, "decision.propose", portfolio_id=portfolio.pk)
    run = run_of(request.user, portfolio, pk)
    form = ProposalForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            proposed = actions.decision_propose(run=run, **form.cleaned_data, by=request.user, at=timezone.now())
        except actions.NobodyDecides as problem:
            form.add_error(None, _with_rights_link(portfolio, problem))
        except actions.CannotDecide as problem:
            form.add_error(None, str(problem))
        else:
            return redirect(proposed)
    context = {
        "portfolio": portfolio,
        "run": run,
        "form": form,
        "earlier": list(decisions_on(run)),
        "breadcrumbs": [Breadcrumb(str(run), run.get_absolute_url())],
    }
    return render(request, "governance/propose.html", context, status=422 if form.errors else 200)


@require_GET
def decision(request: AuthenticatedRequest, slug: str, number: int) -> HttpResponse:
    """Show a proposal with its evidence and who may decide, or the record of what was decided."""
    portfolio = portfolio_of(request.user, slug)
    found = decision_of(request.user, portfolio, number)
    table = ItemTable(items_of(found))
    paginate(table, request)
    document = document_of(found.run)
    context = {
        "portfolio": portfolio,
        "decision": found,
        "state": words.status_of(found.state),
        "table": table,
        "document": document,
        "basis": basis_of(document),
        "is_unchanged": is_unchanged(found),
        "entries": timeline_of(trail(request.user, found)[:TRAIL_LENGTH]),
        "breadcrumbs": [_decisions_crumb(portfolio)],
        **_standing(request, found),
        **_verification(request, found),
    }
    return render(request, "governance/decision.html", context)


@require_POST
def approve(request: AuthenticatedRequest, slug: str, number: int) -> HttpResponse:
    """Approve a proposal."""
    return _decide(
        request, slug, number, actions.decision_approve, _("The decision is approved. What it funds is approved too.")
    )


@require_POST
def reject(request: AuthenticatedRequest, slug: str, number: int) -> HttpResponse:
    """Reject a proposal."""
    return _decide(
        request, slug, number, actions.decision_reject, _("The decision is rejected. Nothing else has changed.")
    )


@require_POST
def withdraw(request: AuthenticatedRequest, slug: str, number: int) -> HttpResponse:
    """Withdraw a proposal of one's own."""
    return _decide(
        request, slug, number, actions.decision_withdraw, _("The proposal is withdrawn. Nothing else has changed.")
    )


@require_GET
def items_export(request: AuthenticatedRequest, slug: str, number: int, format: str) -> HttpResponse:
    """Download what a decision says about each initiative."""
    portfolio = portfolio_of(request.user, slug)
    require(request.user, "portfolio.export", portfolio_id=portfolio.pk)
    if format not in ("csv", "xlsx"):
        raise Http404
    found = decision_of(request.user, portfolio, number)
    money = f"{portfolio.currency}, {portfolio.price_base}"
    columns = [
        ExportColumn(_("Code")),
        ExportColumn(_("Initiative")),
        ExportColumn(_("Verdict")),
        ExportColumn(_("Option")),
        ExportColumn(_("Plan version")),
        ExportColumn(_("Forward cost"), money),
        ExportColumn(_("Value"), money),
        ExportColumn(_("Why")),
    ]
    rows = (_exported(item) for item in items_of(found))
    return export_response(format, f"{portfolio.slug}-decision-{number}", columns, rows)  # type: ignore[arg-type]


@require_GET
def rights(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Show who decides what, and where nobody does; who gives roles can set it here."""
    portfolio = portfolio_of(request.user, slug)
    if not may(request.user, "access.assign", portfolio.pk):
        return _rights_page(request, portfolio)
    return _rights_page(request, portfolio, _body_form(request, portfolio), _right_form(request, portfolio))


@require_POST
def body_set(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Add a body, or change the name and the members of the one that the address names."""
    portfolio = portfolio_of(request.user, slug)
    require(request.user, "access.assign", portfolio_id=portfolio.pk)
    form = _body_form(request, portfolio, request.POST)
    if not form.is_valid():
        return _rights_page(request, portfolio, form, _right_form(request, portfolio))
    body = actions.body_set(
        portfolio=portfolio, code=form.code, **form.cleaned_data, by=request.user, at=timezone.now()
    )
    messages.success(request, _("“%(body)s” and its members are saved.") % {"body": body})
    return redirect("governance:rights", portfolio.slug)


@require_POST
def right_set(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Name the body that decides on a kind of decision up to a size."""
    portfolio = portfolio_of(request.user, slug)
    require(request.user, "access.assign", portfolio_id=portfolio.pk)
    form = _right_form(request, portfolio, request.POST)
    if not form.is_valid():
        return _rights_page(request, portfolio, _body_form(request, portfolio), form)
    right = actions.right_set(portfolio=portfolio, **form.cleaned_data, by=request.user, at=timezone.now())
    values = {
        "body": right.decider,
        "kind": right.get_kind_display(),
        "limit": words.limit_words(right.up_to, portfolio.currency),
    }
    messages.success(request, _("“%(body)s” now decides on “%(kind)s” %(limit)s.") % values)
    return redirect("governance:rights", portfolio.slug)


def _body_form(request: AuthenticatedRequest, portfolio: Portfolio, data: QueryDict | None = None) -> BodyForm:
    """The form of the body that the address names, or of a new one."""
    code = request.GET.get("body")
    return BodyForm(
        data,
        bodies=bodies_of(request.user, portfolio),
        people=possible_members(portfolio.pk),
        body=body_of(request.user, portfolio, code) if code else None,
    )


def _right_form(request: AuthenticatedRequest, portfolio: Portfolio, data: QueryDict | None = None) -> RightForm:
    return RightForm(data, bodies=bodies_of(request.user, portfolio), currency=portfolio.currency)


def _with_rights_link(portfolio: Portfolio, problem: actions.NobodyDecides) -> str:
    """Why nobody decides, with the way to the page where that can be changed."""
    address = reverse("governance:rights", args=[portfolio.slug])
    return format_html('{} <a href="{}">{}</a>', str(problem), address, _("See who decides what"))


def _rights_page(
    request: AuthenticatedRequest,
    portfolio: Portfolio,
    body_form: BodyForm | None = None,
    right_form: RightForm | None = None,
) -> HttpResponse:
    """The rights and bodies, with the forms for those who set them."""
    found = list(rights_of(request.user, portfolio))
    is_wrong = any(form and form.errors for form in (body_form, right_form))
    context = {
        "body_form": body_form,
        "right_form": right_form,
        "people": possible_members(portfolio.pk) if body_form else (),
        "portfolio": portfolio,
        "rights": [(right, words.limit_words(right.up_to, portfolio.currency)) for right in found],
        "problems": [
            words.sentence_of(problem, portfolio.currency) for problem in problems_of(plain(found), words.KINDS)
        ],
        "bodies": bodies_of(request.user, portfolio),
        "breadcrumbs": [_decisions_crumb(portfolio)],
    }
    return render(request, "governance/rights.html", context, status=422 if is_wrong else 200)


def _decisions_crumb(portfolio: Portfolio) -> Breadcrumb:
    return Breadcrumb(_("Decisions"), reverse("governance:decisions", args=[portfolio.slug]))


def _decide(
    request: AuthenticatedRequest, slug: str, number: int, action: Callable[..., Decision], done: str
) -> HttpResponse:
    found = decision_of(request.user, portfolio_of(request.user, slug), number)
    form = RemarkForm(request.POST)
    remark = form.cleaned_data["remark"] if form.is_valid() else ""
    try:
        action(decision=found, remark=remark, by=request.user, at=timezone.now())
    except actions.CannotDecide as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, done)
    return redirect(found)


def _standing(request: AuthenticatedRequest, found: Decision) -> dict[str, Any]:
    """Who may decide, and whether the viewer is among them."""
    if found.decided_at is not None:
        return {"may_decide": False, "may_withdraw": False}
    deciders = deciders_of(found)
    is_own = found.proposed_by_id == request.user.pk
    return {
        "deciders": deciders,
        "may_decide": request.user in deciders,
        "is_own": is_own,
        "may_withdraw": is_own and may(request.user, "decision.propose", found.portfolio_id),
    }


def _verification(request: AuthenticatedRequest, found: Decision) -> dict[str, Any]:
    """The newest second computation of the run that a decision rests on."""
    again = latest_recomputation(found.run)
    is_at_work = again is not None and again.finished_at is None and again.job is not None and not again.job.is_finished
    panel = (
        panel_of(again.job, title=_("Second computation"), done_url=found.get_absolute_url())
        if again and again.job and is_at_work
        else None
    )
    return {
        "run": found.run,
        "recomputation": again,
        "recomputation_panel": panel,
        "may_start": may(request.user, "run.start", found.portfolio_id),
        "may_export": may(request.user, "portfolio.export", found.portfolio_id),
    }


def _exported(item: DecisionItem) -> list[Any]:
    number = item.plan.number if item.plan else None
    verdict = item.get_verdict_display()
    return [
        item.initiative.code,
        item.initiative.name,
        verdict,
        item.option_code,
        number,
        item.cost,
        item.value,
        item.reason,
    ]
