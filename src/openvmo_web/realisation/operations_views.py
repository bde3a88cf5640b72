"""The pages of hand-overs and reviews, and what waits for the viewer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openvmo.engine.quantities import Month
from openvmo_web.access.permissions import may, require
from openvmo_web.benefits.holders import may_for, require_for
from openvmo_web.benefits.models import Benefit
from openvmo_web.common import formats
from openvmo_web.common.export import ExportColumn, export_response
from openvmo_web.common.http import AuthenticatedRequest
from openvmo_web.common.searching import words_in
from openvmo_web.common.tables import KeyedRows, paginate
from openvmo_web.common.widgets import Breadcrumb
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.portfolio.queries import portfolio_of
from openvmo_web.realisation import actions
from openvmo_web.realisation.holders import may_answer_handover, may_propose_handover
from openvmo_web.realisation.models import Review
from openvmo_web.realisation.operations_forms import (
    AcceptanceForm,
    DeclineForm,
    HandoverForm,
    ReviewFilterForm,
    ReviewForm,
    ReviewPlanForm,
)
from openvmo_web.realisation.operations_queries import (
    answers_for,
    benefit_shown,
    handover_shown,
    handovers_of,
    possible_sustainers,
    review_shown,
    reviews_of,
    waiting_for,
)
from openvmo_web.realisation.operations_tables import ReviewTable, review_status, verdict_status

MONTHS_AHEAD = 12


@require_safe
def tasks(request: AuthenticatedRequest) -> HttpResponse:
    """List what waits for the viewer in all portfolios."""
    return render(request, "realisation/tasks.html", {"groups": waiting_for(request.user, timezone.now())})


@require_http_methods(["GET", "HEAD", "POST"])
def handover(request: AuthenticatedRequest, slug: str, pk: int) -> HttpResponse:
    """Show the hand-overs of a benefit, and propose one."""
    portfolio = portfolio_of(request.user, slug)
    benefit = benefit_shown(request.user, portfolio, pk)
    form = HandoverForm(request.POST or None, sustainers=possible_sustainers(portfolio.pk))
    if request.method == "POST":
        if not may_propose_handover(request.user, benefit):
            require(request.user, "benefit.change", portfolio_id=portfolio.pk)
        if form.is_valid() and _done(
            form,
            lambda: actions.handover_propose(benefit=benefit, **form.cleaned_data, by=request.user, at=timezone.now()),
        ):
            messages.success(
                request,
                _("The hand-over is proposed. %(name)s is told and answers it.")
                % {"name": form.cleaned_data["sustainer"]},
            )
            return redirect("realisation:handover", slug, pk)
    return _handover_page(request, portfolio, benefit, proposal_form=form)


@require_POST
def handover_acceptance(request: AuthenticatedRequest, slug: str, pk: int) -> HttpResponse:
    """Take a benefit over."""
    portfolio = portfolio_of(request.user, slug)
    found = handover_shown(request.user, portfolio, pk)
    form = AcceptanceForm(request.POST, conditions=found.conditions)
    if form.is_valid() and _done(
        form,
        lambda: actions.handover_accept(
            handover=found,
            conditions=form.conditions,
            answer=form.cleaned_data["answer"],
            by=request.user,
            at=timezone.now(),
        ),
    ):
        messages.success(
            request,
            _("%(name)s now sustains “%(benefit)s”. Its next review is in the calendar.")
            % {"name": found.sustainer, "benefit": found.benefit},
        )
        return redirect("realisation:handover", slug, found.benefit_id)
    return _handover_page(request, portfolio, found.benefit, acceptance_form=form)


@require_POST
def handover_refusal(request: AuthenticatedRequest, slug: str, pk: int) -> HttpResponse:
    """Decline to take a benefit over."""
    portfolio = portfolio_of(request.user, slug)
    found = handover_shown(request.user, portfolio, pk)
    form = DeclineForm(request.POST)
    answer = form.cleaned_data["answer"] if form.is_valid() else ""
    try:
        actions.handover_decline(handover=found, answer=answer, by=request.user, at=timezone.now())
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, _("The hand-over is declined; the proposer can see why."))
    return redirect("realisation:handover", slug, found.benefit_id)


@require_POST
def handover_withdrawal(request: AuthenticatedRequest, slug: str, pk: int) -> HttpResponse:
    """Take a proposal back."""
    portfolio = portfolio_of(request.user, slug)
    found = handover_shown(request.user, portfolio, pk)
    try:
        actions.handover_withdraw(handover=found, by=request.user, at=timezone.now())
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, _("The proposal is withdrawn. Another one can be made."))
    return redirect("realisation:handover", slug, found.benefit_id)


@require_safe
def reviews(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Show the calendar of reviews: month by month, and as a list."""
    portfolio = portfolio_of(request.user, slug)
    today = timezone.localdate()
    agenda = _agenda(request, portfolio, today)
    form = ReviewFilterForm(request.GET, months=[(row["value"], row["label"]) for row in agenda])
    table = ReviewTable(KeyedRows(_filtered(request, portfolio, form, today)), today=today)
    paginate(table, request)
    context = {
        "portfolio": portfolio,
        "table": table,
        "filter_form": form,
        "agenda": agenda,
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "may_export": may(request.user, "portfolio.export", portfolio.pk),
    }
    return render(request, "realisation/reviews.html", context)


@require_safe
def reviews_export(request: AuthenticatedRequest, slug: str, format: str) -> HttpResponse:
    """Download the calendar of reviews as it is filtered."""
    portfolio = portfolio_of(request.user, slug)
    require(request.user, "portfolio.export", portfolio_id=portfolio.pk)
    if format not in ("csv", "xlsx"):
        raise Http404
    today = timezone.localdate()
    form = ReviewFilterForm(
        request.GET, months=[(row["value"], row["label"]) for row in _agenda(request, portfolio, today)]
    )
    columns = [
        ExportColumn(label)
        for label in (
            _("Due"),
            _("Initiative code"),
            _("Initiative"),
            _("Benefit code"),
            _("Benefit"),
            _("Owner"),
            _("Sustainer"),
            _("State"),
            _("Held"),
            _("What was found and agreed"),
        )
    ]
    rows = (_exported(review, today) for review in _filtered(request, portfolio, form, today))
    return export_response(format, f"{portfolio.slug}-reviews", columns, rows)  # type: ignore[arg-type]


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: AuthenticatedRequest, slug: str, pk: int) -> HttpResponse:
    """Show a review; whoever answers for the benefit records it here."""
    portfolio = portfolio_of(request.user, slug)
    found = review_shown(request.user, portfolio, pk)
    form = ReviewForm(request.POST or None, initial={"held_on": timezone.localdate()})
    if request.method == "POST":
        require_for(request.user, "review.record", found.benefit)
        if form.is_valid() and _done(
            form,
            lambda: actions.review_record(review=found, **form.cleaned_data, by=request.user, at=timezone.now()),
        ):
            messages.success(request, _("The review of “%(benefit)s” is recorded.") % {"benefit": found.benefit})
            return redirect("realisation:reviews", slug)
    return _review_page(request, portfolio, found, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def review_planning(request: AuthenticatedRequest, slug: str, pk: int) -> HttpResponse:
    """Plan the next review of a benefit, or move it."""
    portfolio = portfolio_of(request.user, slug)
    benefit = benefit_shown(request.user, portfolio, pk)
    require_for(request.user, "review.record", benefit)
    planned = reviews_of(request.user, portfolio).filter(benefit=benefit, held_on=None).first()
    form = ReviewPlanForm(request.POST or None, initial={"due_on": planned.due_on if planned else None})
    if (
        request.method == "POST"
        and form.is_valid()
        and _done(
            form, lambda: actions.review_plan(benefit=benefit, **form.cleaned_data, by=request.user, at=timezone.now())
        )
    ):
        messages.success(request, _("The review of “%(benefit)s” is planned.") % {"benefit": benefit})
        return redirect("realisation:reviews", slug)
    context = {
        "portfolio": portfolio,
        "benefit": benefit,
        "form": form,
        "is_planned": planned is not None,
        "breadcrumbs": [_reviews_crumb(portfolio), Breadcrumb(benefit.name, benefit.get_absolute_url())],
    }
    return render(request, "realisation/review_plan.html", context, status=422 if form.errors else 200)


def _done(form: forms.Form, act: Callable[[], object]) -> bool:
    """Do something; what speaks against it is shown beside the fields."""
    try:
        act()
    except ValidationError as problem:
        fits = hasattr(problem, "error_dict") and all(name in form.fields for name in problem.error_dict)
        form.add_error(None, problem if fits or not hasattr(problem, "error_dict") else problem.messages)
        return False
    return True


def _handover_page(
    request: AuthenticatedRequest,
    portfolio: Portfolio,
    benefit: Benefit,
    *,
    proposal_form: HandoverForm | None = None,
    acceptance_form: AcceptanceForm | None = None,
) -> HttpResponse:
    found = list(handovers_of(request.user, benefit))
    waiting = next((row for row in found if row.state == "proposed"), None)
    may_answer = waiting is not None and may_answer_handover(request.user, waiting)
    may_propose = may_propose_handover(request.user, benefit) and benefit.state != "retired"
    is_wrong = any(form is not None and form.errors for form in (proposal_form, acceptance_form))
    if proposal_form is None:
        proposal_form = HandoverForm(sustainers=possible_sustainers(portfolio.pk))
    if acceptance_form is None and waiting is not None:
        acceptance_form = AcceptanceForm(conditions=waiting.conditions)
    context = {
        "portfolio": portfolio,
        "benefit": benefit,
        "waiting": waiting,
        "answered": [row for row in found if row.state != "proposed"],
        "may_answer": may_answer,
        "may_withdraw": waiting is not None and may_propose,
        "acceptance_form": acceptance_form if may_answer else None,
        "form": proposal_form if may_propose and waiting is None else None,
        "breadcrumbs": [Breadcrumb(benefit.name, benefit.get_absolute_url())],
    }
    return render(request, "realisation/handover.html", context, status=422 if is_wrong else 200)


def _review_page(
    request: AuthenticatedRequest, portfolio: Portfolio, found: Review, *, form: ReviewForm
) -> HttpResponse:
    earlier = reviews_of(request.user, portfolio).filter(benefit=found.benefit, held_on__isnull=False)
    may_record = found.held_on is None and may_for(request.user, "review.record", found.benefit)
    context = {
        "portfolio": portfolio,
        "review": found,
        "benefit": found.benefit,
        "state": review_status(found, timezone.localdate()),
        "form": form if may_record else None,
        "may_record": may_record,
        "earlier": [(row, verdict_status(row.verdict)) for row in earlier.exclude(pk=found.pk).order_by("-held_on")],
        "breadcrumbs": [_reviews_crumb(portfolio)],
    }
    return render(request, "realisation/review.html", context, status=422 if form.errors else 200)


def _reviews_crumb(portfolio: Portfolio) -> Breadcrumb:
    return Breadcrumb(_("Reviews"), reverse("realisation:reviews", args=[portfolio.slug]))


def _agenda(request: AuthenticatedRequest, portfolio: Portfolio, today: date) -> list[dict[str, Any]]:
    """The months in which reviews are due, each with how many; all that is late stands in front."""
    until = (Month.of(today) + MONTHS_AHEAD).first_day
    rows = (
        reviews_of(request.user, portfolio)
        .filter(held_on=None, due_on__lt=until)
        .order_by()
        .annotate(month=TruncMonth("due_on"))
        .values("month")
        .annotate(count=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)))
        .order_by("month")
    )
    locale = formats.current_locale()
    return [{"value": f"{row['month']:%Y-%m}", "label": formats.month(row["month"], locale), **row} for row in rows]


def _filtered(
    request: AuthenticatedRequest, portfolio: Portfolio, form: ReviewFilterForm, today: date
) -> QuerySet[Review]:
    """The reviews that the reader asks for: those to be held first, the latest of them on top."""
    found = reviews_of(request.user, portfolio).order_by(F("held_on").desc(nulls_first=True), "due_on", "pk")
    wanted = form.cleaned_data if form.is_valid() else {}
    names = ("name", "initiative__name", "initiative__code", "owner_name", "sustainer_name")
    found = found.filter(words_in(wanted.get("search"), *(f"benefit__{name}" for name in names)))
    stands = {
        "open": Q(held_on=None),
        "late": Q(held_on=None, due_on__lt=today),
        "held": Q(held_on__isnull=False),
    }
    if stand := wanted.get("stand"):
        found = found.filter(stands[stand])
    if verdict := wanted.get("verdict"):
        found = found.filter(verdict=verdict)
    if first := wanted.get("month"):
        found = found.filter(due_on__gte=first, due_on__lt=(Month.of(first) + 1).first_day)
    return found.filter(answers_for(request.user)) if wanted.get("mine") else found


def _exported(row: Review, today: date) -> list[Any]:
    benefit, initiative = row.benefit, row.benefit.initiative
    return [
        row.due_on,
        initiative.code,
        initiative.name,
        benefit.code,
        benefit.name,
        benefit.owner_name,
        benefit.sustainer_name,
        review_status(row, today).label,
        row.held_on,
        row.remark,
    ]
