"""The pages on which a benefit is stated, retired and validated, and its assumptions noted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from openvmo_web.access.models import User
from openvmo_web.access.permissions import require
from openvmo_web.access.queries import holders_of
from openvmo_web.benefits import actions
from openvmo_web.benefits.checks import frozen_by, label_of_field, renewal_refusal
from openvmo_web.benefits.forms import AssumptionForm, BenefitForm, PromiseForm, ReasonForm
from openvmo_web.benefits.holders import may_for, require_for
from openvmo_web.benefits.models import Assumption, Baseline, Benefit
from openvmo_web.benefits.queries import assumption_of, assumptions_of, register_row
from openvmo_web.benefits.rules import FROZEN, CompletenessTest, doam, title_hints
from openvmo_web.benefits.tables import AssumptionTable
from openvmo_web.common.http import authenticated
from openvmo_web.common.tables import paginate
from openvmo_web.common.widgets import Breadcrumb
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.portfolio.queries import portfolio_of


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a benefit to an initiative."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    require(viewer, "benefit.change", portfolio_id=portfolio.pk)
    given = {"initiative": request.GET.get("initiative", "")}
    form = BenefitForm(request.POST or None, portfolio=portfolio, initial=given)

    def add() -> Benefit:
        return actions.benefit_add(by=viewer, at=timezone.now(), **form.values())

    if request.method == "POST" and form.is_valid() and (added := _done(form, add)):
        messages.success(request, _("The benefit was added. Say in the plan of its initiative how it arrives."))
        return redirect("benefits:benefit", slug, added.pk)
    return _form_page(request, portfolio, form)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change a benefit."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    require(viewer, "benefit.change", portfolio_id=portfolio.pk)
    benefit = register_row(viewer, portfolio, pk)
    form = BenefitForm(request.POST or None, portfolio=portfolio, benefit=benefit)

    def store() -> Benefit:
        return actions.benefit_change(benefit=benefit, by=viewer, at=timezone.now(), **form.values())

    if request.method == "POST" and form.is_valid() and _done(form, store):
        messages.success(request, _("The benefit was changed."))
        return redirect("benefits:benefit", slug, pk)
    return _form_page(request, portfolio, form, benefit)


@require_POST
def completeness(request: HttpRequest, slug: str) -> HttpResponse:
    """Say of a form as it is being filled in what its title lacks and which tests of completeness it passes."""
    portfolio_of(authenticated(request).user, slug)
    return render(request, "benefits/completeness.html", _completeness(request.POST.dict()))


@require_http_methods(["GET", "POST"])
def retire(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Retire a benefit with a reason."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    require(viewer, "benefit.change", portfolio_id=portfolio.pk)
    benefit = register_row(viewer, portfolio, pk)
    form = ReasonForm(request.POST or None)

    def store() -> Benefit:
        return actions.benefit_retire(benefit=benefit, by=viewer, at=timezone.now(), **form.cleaned_data)

    if request.method == "POST" and form.is_valid() and _done(form, store):
        messages.success(request, _("The benefit was retired; its figures stay."))
        return redirect("benefits:benefit", slug, pk)
    context = {"benefit": benefit, "form": form, "breadcrumbs": _crumbs(portfolio, benefit)}
    return render(request, "benefits/retire.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def promise(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Promise something else of a benefit from now on."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    require(viewer, "baseline.set", portfolio_id=portfolio.pk)
    benefit = register_row(viewer, portfolio, pk)
    form = PromiseForm(request.POST or None, portfolio=portfolio, benefit=benefit)

    def store() -> Baseline:
        values = {name: value for name, value in form.values().items() if name != "reason"}
        reason = form.cleaned_data["reason"]
        return actions.promise_renew(benefit=benefit, values=values, reason=reason, by=viewer, at=timezone.now())

    if request.method == "POST" and form.is_valid() and (made := _done(form, store)):
        messages.success(request, _("The promise is renewed: baseline %(number)s holds.") % {"number": made.number})
        return redirect("benefits:benefit", slug, pk)
    context = {
        "benefit": benefit,
        "form": form,
        "refusal": renewal_refusal(benefit, viewer),
        "breadcrumbs": _crumbs(portfolio, benefit),
    }
    return render(request, "benefits/promise.html", context, status=422 if form.errors else 200)


@require_POST
def validate(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Vouch for finance that a benefit is stated as it will count."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    require(viewer, "benefit.validate", portfolio_id=portfolio.pk)
    try:
        actions.benefit_validate(benefit=register_row(viewer, portfolio, pk), by=viewer, at=timezone.now())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("You have validated the benefit for finance."))
    return redirect("benefits:benefit", slug, pk)


@require_http_methods(["GET", "POST"])
def assumptions(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """List what a benefit rests on; note an assumption, or say whether one holds."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    benefit = register_row(viewer, portfolio, pk)
    changed = _assumption_asked(request, benefit)
    form = AssumptionForm(request.POST or None, assumption=changed)

    def store() -> Assumption:
        given = {"by": viewer, "at": timezone.now(), **form.cleaned_data}
        if changed is None:
            return actions.assumption_add(benefit=benefit, **given)
        return actions.assumption_change(assumption=changed, **given)

    if request.method == "POST":
        require_for(viewer, "assumption.change", benefit)
        if form.is_valid() and _done(form, store):
            messages.success(request, _("The assumption is noted."))
            return redirect("benefits:assumptions", slug, pk)
    table = AssumptionTable(assumptions_of(benefit), address=request.path)
    paginate(table, request)
    context = {
        "benefit": benefit,
        "form": form,
        "changed": changed,
        "table": table,
        "may_change": may_for(viewer, "assumption.change", benefit),
        "breadcrumbs": _crumbs(portfolio, benefit),
    }
    return render(request, "benefits/assumptions.html", context, status=422 if form.errors else 200)


def _assumption_asked(request: HttpRequest, benefit: Benefit) -> Assumption | None:
    asked = request.GET.get("change", "")
    return assumption_of(benefit, int(asked)) if asked.isdecimal() else None


def _done(form: Any, act: Callable[[], Any]) -> Any:
    """Let an action do what a form says; tell at the form's fields why it cannot be done."""
    try:
        return act()
    except ValidationError as refusal:
        told = refusal.message_dict if hasattr(refusal, "error_dict") else {"": refusal.messages}
        for name, problems in told.items():
            for problem in problems:
                form.add_error(name if name in form.fields else None, problem)
    return None


def _form_page(
    request: HttpRequest, portfolio: Portfolio, form: BenefitForm, benefit: Benefit | None = None
) -> HttpResponse:
    values = request.POST.dict() if request.method == "POST" else benefit.state_values if benefit else {}
    crumbs = _crumbs(portfolio, benefit) if benefit else _crumbs(portfolio)
    context = {
        "portfolio": portfolio,
        "benefit": benefit,
        "form": form,
        "promised": _promised(benefit, authenticated(request).user) if benefit else None,
        "cancel_url": crumbs[-1].url,
        "breadcrumbs": crumbs,
        **_completeness(values),
    }
    return render(request, "benefits/form.html", context, status=422 if form.errors else 200)


def _promised(benefit: Benefit, viewer: User) -> dict[str, Any] | None:
    """What the baseline of a benefit keeps as it is, and who may renew it; None without a baseline."""
    if not frozen_by([benefit.pk]):
        return None
    portfolio_id = benefit.initiative.portfolio_id
    renewers = [person for person in holders_of("baseline.set", portfolio_id) if person.pk != benefit.owner_id]
    return {
        "fields": [label_of_field(name) for name in FROZEN],
        "may_renew": viewer in renewers,
        "renewers": renewers,
    }


def _completeness(values: dict[str, Any]) -> dict[str, list[str] | tuple[CompletenessTest, ...]]:
    return {"hints": title_hints(str(values.get("name", ""))), "tests": doam(values)}


def _crumbs(portfolio: Portfolio, benefit: Benefit | None = None) -> list[Breadcrumb]:
    crumbs = [Breadcrumb(_("Benefits"), reverse("benefits:register", args=[portfolio.slug]))]
    if benefit is not None:
        crumbs.append(Breadcrumb(benefit.name, reverse("benefits:benefit", args=[portfolio.slug, benefit.pk])))
    return crumbs
