"""The pages on which forecasts are recorded and baselines adopted."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openvmo.engine.quantities import Month
from openvmo_web.access.permissions import may, require
from openvmo_web.benefits import actions
from openvmo_web.benefits.analysis import Arrival, arrival_of, go_live_of, window_of
from openvmo_web.benefits.charts import arrival_chart
from openvmo_web.benefits.forecast_forms import AdoptForm, ForecastForm
from openvmo_web.benefits.forecast_tables import UnpromisedTable
from openvmo_web.benefits.holders import require_for
from openvmo_web.benefits.models import Benefit
from openvmo_web.benefits.profile_queries import (
    baselines_until,
    benefit_of,
    forecast_known,
    initiatives_without_baseline,
    without_baseline,
)
from openvmo_web.common.charts import Chart
from openvmo_web.common.http import authenticated
from openvmo_web.common.tables import paginate
from openvmo_web.common.widgets import Breadcrumb
from openvmo_web.jobs.models import FINISHED, Job
from openvmo_web.jobs.queries import panel_of
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.portfolio.queries import portfolio_of

# More are set by a worker while the page shows how far it is.
MOST_ADOPTED_AT_ONCE = 2_000


@require_http_methods(["GET", "POST"])
def forecast(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Record how a benefit is now expected to arrive."""
    viewer, now = authenticated(request).user, timezone.now()
    benefit = benefit_of(viewer, portfolio_of(viewer, slug), pk)
    require_for(viewer, "forecast.record", benefit)
    form = _form(request, benefit)
    if form is not None and request.method == "POST" and form.is_valid():
        before = benefit.initiative.current_plan
        try:
            plan = actions.forecast_record(
                benefit=benefit,
                profile=form.arrival.profile,
                reason=form.cleaned_data["reason"],
                by=viewer,
                at=now,
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            says_the_same = plan == before
            told = _("The forecast says the same as before: nothing was recorded.")
            messages.info(request, told) if says_the_same else messages.success(request, _("The forecast is recorded."))
            return redirect(benefit)
    context = {
        "portfolio": benefit.initiative.portfolio,
        "benefit": benefit,
        "form": form,
        "chart": _drawn(benefit, _stated(form)),
        "breadcrumbs": [Breadcrumb(benefit.name, benefit.get_absolute_url())],
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "benefits/forecast.html", context, status=status)


@require_POST
def preview(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Draw what a form states that is being filled in; nothing is recorded."""
    viewer = authenticated(request).user
    benefit = benefit_of(viewer, portfolio_of(viewer, slug), pk)
    require_for(viewer, "forecast.record", benefit)
    form = _form(request, benefit)
    stated = _stated(form)
    context = {"benefit": benefit, "chart": _drawn(benefit, stated), "is_incomplete": stated is None}
    return render(request, "benefits/forecast_preview.html", context)


@require_safe
def baselines(request: HttpRequest, slug: str) -> HttpResponse:
    """List the funded initiatives whose benefits have no baseline, and offer to adopt the plans in force."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    return _baselines_page(request, portfolio, AdoptForm())


@require_POST
def baselines_adopt(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the plans in force as the baselines of all funded initiatives that have none."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    require(viewer, "baseline.set", portfolio_id=portfolio.pk)
    form = AdoptForm(request.POST)
    if form.is_valid():
        try:
            _adopt(request, portfolio, form.cleaned_data["reason"])
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect(reverse("benefits:baselines", args=[slug]))
    return _baselines_page(request, portfolio, form)


def _adopt(request: HttpRequest, portfolio: Portfolio, reason: str) -> None:
    """Set the baselines at once, or have a worker do so when they are many."""
    viewer = authenticated(request).user
    waiting = list(without_baseline(viewer, portfolio)[: MOST_ADOPTED_AT_ONCE + 1])
    if len(waiting) > MOST_ADOPTED_AT_ONCE:
        # Whoever sends the form twice is shown the work that has begun.
        if _adopting(portfolio) is None:
            actions.baselines_adopt_later(portfolio=portfolio, reason=reason, by=viewer, at=timezone.now())
        return
    added = actions.baseline_adopt(portfolio=portfolio, benefits=waiting, reason=reason, by=viewer, at=timezone.now())
    told = ngettext("%(count)d baseline is set.", "%(count)d baselines are set.", len(added))
    messages.success(request, told % {"count": len(added)})


def _adopting(portfolio: Portfolio) -> Job | None:
    """The work of a worker who sets baselines in a portfolio, which the viewer was shown; None when none does."""
    begun = Job.objects.filter(name="benefits.adopt", portfolio_id=portfolio.pk)
    return begun.exclude(status__in=FINISHED).order_by("-pk").first()


@require_POST
def baseline_adopt(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take the plan in force as the baseline of one benefit."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    benefit = benefit_of(viewer, portfolio, pk)
    try:
        actions.baseline_adopt(
            portfolio=portfolio,
            benefits=[benefit],
            reason=request.POST.get("reason", ""),
            by=viewer,
            at=timezone.now(),
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The plan in force is the baseline now."))
    return redirect(benefit)


def _baselines_page(request: HttpRequest, portfolio: Portfolio, form: AdoptForm) -> HttpResponse:
    viewer = authenticated(request).user
    table = UnpromisedTable(initiatives_without_baseline(viewer, portfolio))
    paginate(table, request)
    job = _adopting(portfolio)
    context = {
        "portfolio": portfolio,
        "table": table,
        "progress": panel_of(job, title=_("Taking the plans in force as baselines")) if job else None,
        "waiting": without_baseline(viewer, portfolio).count(),
        "form": form if may(viewer, "baseline.set", portfolio.pk) else None,
    }
    return render(request, "benefits/baselines.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, benefit: Benefit) -> ForecastForm | None:
    """The form, filled in with the forecast in force; None while there is no plan that says when it goes live."""
    plan = benefit.initiative.current_plan
    option = plan.options.order_by("position").first() if plan else None
    if option is None:
        return None
    known = forecast_known(benefit, timezone.now())
    return ForecastForm(
        request.POST if request.method == "POST" else None,
        benefit=benefit,
        go_live=go_live_of(option),
        before=arrival_of(known) if known else None,
        currency=benefit.initiative.portfolio.currency,
    )


def _stated(form: ForecastForm | None) -> Arrival | None:
    """What a form states as far as it can be drawn: a reason is not needed for that."""
    if form is None or not form.is_bound:
        return None
    form.is_valid()
    return form.arrival if not set(form.errors) - {"reason"} else None


def _drawn(benefit: Benefit, stated: Arrival | None) -> Chart | None:
    """The curve that is stated, or else the one in force, beside the baseline."""
    now = timezone.now()
    known, baseline = forecast_known(benefit, now), baselines_until(benefit, now).first()
    forecast = stated or (arrival_of(known) if known else None)
    planned = arrival_of(baseline.profile) if baseline else None
    shown = [one for one in (planned, forecast) if one is not None]
    if not shown:
        return None
    first, months = window_of(shown, (), Month.of(timezone.localdate()))
    return arrival_chart(planned, forecast, first=first, months=months, format=value_format(benefit))


def value_format(benefit: Benefit) -> str:
    """Return the format code of a benefit's values: money, or numbers in its own unit."""
    return "number" if benefit.unit else f"money-short:{benefit.initiative.portfolio.currency}"
