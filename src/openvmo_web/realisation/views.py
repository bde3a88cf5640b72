"""The pages of measurements: what is due, what is to be verified, evidence, and the closing of months."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openvmo.engine.quantities import Month
from openvmo_web.access.permissions import may, require
from openvmo_web.common.export import ExportColumn, export_response
from openvmo_web.common.http import AuthenticatedRequest
from openvmo_web.common.searching import words_in
from openvmo_web.common.tables import paginate
from openvmo_web.common.widgets import Breadcrumb, Tab
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.portfolio.queries import portfolio_of
from openvmo_web.realisation import actions
from openvmo_web.realisation.analysis import outlooks_of
from openvmo_web.realisation.forms import (
    ClosingForm,
    JudgeForm,
    ReopeningForm,
    RequestFilterForm,
    VerifyFilterForm,
    WaiveForm,
)
from openvmo_web.realisation.models import Request, Unverified
from openvmo_web.realisation.queries import (
    closings_of,
    evidence_for,
    evidence_of,
    measurements_named,
    request_of,
    requests_of,
    unverified_of,
    work_left,
)
from openvmo_web.realisation.refusals import month_words
from openvmo_web.realisation.rules import last_full_month
from openvmo_web.realisation.tables import ClosingTable, RequestTable, UnverifiedTable, stand_status

MONTHS_TO_CLOSE = 24


@require_safe
def due(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """List the measurements that are asked for."""
    portfolio = portfolio_of(request.user, slug)
    form = RequestFilterForm(request.GET, viewer=request.user, portfolio=portfolio)
    may_waive = may(request.user, "measurement.add", portfolio.pk)
    found = _requests(request, portfolio, form)
    table = RequestTable(found, portfolio=portfolio, viewer=request.user.pk, may_waive=may_waive)
    paginate(table, request)
    context = {
        **frame(request, portfolio, "measurements"),
        "table": table,
        "filter_form": form,
        "is_filtered": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "realisation/due.html", context)


@require_safe
def due_export(request: AuthenticatedRequest, slug: str, format: str) -> HttpResponse:
    """Download the measurements that are asked for."""
    portfolio = portfolio_of(request.user, slug)
    require(request.user, "portfolio.export", portfolio_id=portfolio.pk)
    if format not in ("csv", "xlsx"):
        raise Http404
    form = RequestFilterForm(request.GET, viewer=request.user, portfolio=portfolio)
    headings = (
        _("Initiative"),
        _("Benefit code"),
        _("Benefit"),
        _("For"),
        _("Due"),
        _("State"),
        _("Who is asked"),
        _("Reminders"),
        _("Reason for waiving"),
    )
    rows = (
        [
            one.benefit.initiative.code,
            one.benefit.code,
            one.benefit.name,
            f"{one.month:%Y-%m}",
            one.due_on,
            stand_status(one.stands).label,  # type: ignore[attr-defined]
            one.addressee and one.addressee.name,
            one.reminders,
            one.reason,
        ]
        for one in _requests(request, portfolio, form).iterator(chunk_size=2_000)
    )
    return export_response(format, f"{portfolio.slug}-due", [ExportColumn(one) for one in headings], rows)  # type: ignore[arg-type]


@require_http_methods(["GET", "HEAD", "POST"])
def request_waive(request: AuthenticatedRequest, slug: str, pk: int) -> HttpResponse:
    """Do without a measurement, with a reason."""
    portfolio = portfolio_of(request.user, slug)
    require(request.user, "measurement.add", portfolio_id=portfolio.pk)
    asked = request_of(request.user, portfolio, pk)
    form = WaiveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.request_waive(request=asked, **form.cleaned_data, by=request.user, at=timezone.now())
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The request for %(month)s is waived.") % {"month": _words(asked.month)})
            return redirect("realisation:measurements", slug)
    context = {"portfolio": portfolio, "asked": asked, "form": form, "breadcrumbs": [measurements_crumb(portfolio)]}
    return render(request, "realisation/waive.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """List what nobody has verified yet, and verify or contest what is chosen."""
    portfolio = portfolio_of(request.user, slug)
    if request.method == "POST":
        return _judge(request, portfolio)
    form = VerifyFilterForm(request.GET, portfolio=portfolio)
    found = _unverified(request, portfolio, form)
    may_verify = may(request.user, "measurement.verify", portfolio.pk)
    may_contest = may_verify or may(request.user, "benefit.own", portfolio.pk)
    table = UnverifiedTable(
        found,
        portfolio=portfolio,
        viewer=request.user.pk,
        may_verify=may_verify,
        may_contest=may_contest,
        planned={},
        evidence={},
    )
    paginate(table, request)
    shown = [row.record for row in table.paginated_rows]
    table.planned = _planned(shown)
    table.evidence = evidence_for([(row.benefit_id, row.month) for row in shown])
    context = {
        **frame(request, portfolio, "measurements-verify"),
        "table": table,
        "filter_form": form,
        "may_verify": may_verify,
        "may_contest": may_contest,
        "is_filtered": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "realisation/verify.html", context)


@require_safe
def evidence(request: AuthenticatedRequest, slug: str, pk: int) -> HttpResponse:
    """Download a file; the browser neither shows nor runs it."""
    found = evidence_of(request.user, portfolio_of(request.user, slug), pk)
    try:
        with found.file.open("rb") as file:
            content = file.read()
    except OSError as error:
        raise Http404(_("The file “%(name)s” is not on the server any more.") % {"name": found.name}) from error
    response = HttpResponse(content, content_type=found.media_type)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=found.name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_safe
def closing(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Show which months are closed and what is left to do in the others."""
    portfolio = portfolio_of(request.user, slug)
    return _closing_page(request, portfolio)


@require_POST
def period_close(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Make the figures of months final."""
    portfolio = portfolio_of(request.user, slug)
    require(request.user, "period.close", portfolio_id=portfolio.pk)
    form = ClosingForm(request.POST, months=_closable(portfolio))
    if form.is_valid():
        until = Month.parse(form.cleaned_data["until"])
        try:
            actions.period_close(
                portfolio=portfolio,
                until=until,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=timezone.now(),
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(
                request, _("Everything up to and with %(month)s is final.") % {"month": month_words(until)}
            )
            return redirect("realisation:closing", slug)
    return _closing_page(request, portfolio, closing_form=form)


@require_POST
def period_reopen(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Open closed months again."""
    portfolio = portfolio_of(request.user, slug)
    require(request.user, "period.close", portfolio_id=portfolio.pk)
    form = ReopeningForm(request.POST, months=_reopenable(portfolio))
    if form.is_valid():
        stated = form.cleaned_data["until"]
        try:
            actions.period_reopen(
                portfolio=portfolio,
                until=Month.parse(stated) if stated else None,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=timezone.now(),
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The months are open again."))
            return redirect("realisation:closing", slug)
    return _closing_page(request, portfolio, reopening_form=form)


def frame(request: AuthenticatedRequest, portfolio: Portfolio, active: str) -> dict[str, Any]:
    """Return what all pages of measurements share: the portfolio, the tabs, and what the viewer may do."""
    may_close = may(request.user, "period.close", portfolio.pk)
    waiting = Request.objects.visible_to(request.user).filter(portfolio=portfolio, state="open").count()
    places = [
        ("measurements", _("Due"), waiting),
        ("measurements-enter", _("Enter many"), None),
        ("measurements-verify", _("To verify"), unverified_of(request.user, portfolio).count()),
        ("measurements-file", _("File"), None),
        ("closing", _("Closing"), None),
    ]
    tabs = [
        Tab(label, reverse(f"realisation:{name}", args=[portfolio.slug]), active=name == active, count=count)
        for name, label, count in places
    ]
    return {
        "portfolio": portfolio,
        "tabs": tabs,
        "may_close": may_close,
        "may_export": may(request.user, "portfolio.export", portfolio.pk),
    }


def measurements_crumb(portfolio: Portfolio) -> Breadcrumb:
    """Return the way back to the pages of measurements."""
    return Breadcrumb(_("Measurements"), reverse("realisation:measurements", args=[portfolio.slug]))


def _words(month: date) -> str:
    return month_words(Month.of(month))


def _requests(request: AuthenticatedRequest, portfolio: Portfolio, form: RequestFilterForm) -> QuerySet[Request]:
    """The requests that the filters let through; without a state, those that nobody has answered."""
    rows = requests_of(request.user, portfolio, timezone.localdate())
    if not form.is_valid():
        return rows.none()
    wanted = form.cleaned_data
    if "stands" not in request.GET or wanted["stands"] == "waiting":
        rows = rows.filter(state="open")
    elif wanted["stands"]:
        rows = rows.filter(Q(stands=wanted["stands"]))
    if wanted["addressee"]:
        rows = rows.filter(addressee=wanted["addressee"])
    if wanted["unit"]:
        rows = rows.filter(benefit__initiative__unit=wanted["unit"])
    return rows.filter(words_in(wanted["search"], "benefit__name", "benefit__code", "benefit__initiative__name"))


def _unverified(request: AuthenticatedRequest, portfolio: Portfolio, form: VerifyFilterForm) -> QuerySet[Unverified]:
    rows = unverified_of(request.user, portfolio)
    if not form.is_valid():
        return rows.none()
    wanted = form.cleaned_data
    if wanted["state"]:
        rows = rows.filter(measurement__is_contested=wanted["state"] == "contested")
    if wanted["unit"]:
        rows = rows.filter(benefit__initiative__unit=wanted["unit"])
    return rows.filter(words_in(wanted["search"], "benefit__name", "benefit__code", "benefit__initiative__name"))


def _planned(rows: list[Unverified]) -> dict[int, float | None]:
    """What was planned for the month of each row of a page."""
    if not rows:
        return {}
    outlooks = outlooks_of((row.benefit for row in rows), max(Month.of(row.month) for row in rows))
    return {row.pk: outlooks[row.benefit_id].planned((Month.of(row.month),)) for row in rows}


def _judge(request: AuthenticatedRequest, portfolio: Portfolio) -> HttpResponse:
    """Verify or contest what was chosen: all of it, or nothing with the reason."""
    # The owner of a benefit may contest: the action looks at what was chosen.
    if request.POST.get("verdict") != "contest":
        require(request.user, "measurement.verify", portfolio_id=portfolio.pk)
    form = JudgeForm(request.POST, keys=[key for key in request.POST.getlist("measurement") if key.isdigit()])
    back = redirect(request.get_full_path())
    if not form.is_valid():
        messages.error(request, _("Choose at least one measurement first."))
        return back
    chosen = measurements_named(request.user, portfolio, form.cleaned_data["measurement"])
    gesture: dict[str, Any] = {"portfolio": portfolio, "measurements": chosen, "by": request.user, "at": timezone.now()}
    try:
        if form.cleaned_data["verdict"] == "verify":
            done = actions.measurements_verify(**gesture)
            told = ngettext("%(count)d measurement verified.", "%(count)d measurements verified.", len(done))
        else:
            done = actions.measurements_contest(**gesture, remark=form.cleaned_data["remark"])
            told = ngettext(
                "%(count)d measurement contested: its reporter is told.",
                "%(count)d measurements contested: their reporters are told.",
                len(done),
            )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, told % {"count": len(done)})
    return back


def _closing_page(
    request: AuthenticatedRequest,
    portfolio: Portfolio,
    *,
    closing_form: ClosingForm | None = None,
    reopening_form: ReopeningForm | None = None,
) -> HttpResponse:
    """The closed months and the others, with the forms for those who close months."""
    closable, reopenable = _closable(portfolio), _reopenable(portfolio)
    table = ClosingTable(closings_of(request.user, portfolio))
    paginate(table, request)
    left = work_left(request.user, portfolio, min(closable, default=last_full_month(timezone.localdate())))
    is_wrong = any(form is not None and form.errors for form in (closing_form, reopening_form))
    newest = str(closable[0]) if closable else ""
    context = {
        **frame(request, portfolio, "closing"),
        "table": table,
        "months": [(one.first_day, *left.get(one.first_day, (0, 0))) for one in closable[:12]],
        "closing_form": closing_form or ClosingForm(initial={"until": newest}, months=closable),
        "reopening_form": reopening_form or ReopeningForm(months=reopenable),
        "may_reopen": portfolio.closed_until is not None,
        "closable": closable,
    }
    return render(request, "realisation/closing.html", context, status=422 if is_wrong else 200)


def _closable(portfolio: Portfolio) -> list[Month]:
    """The months that can be closed, the newest first."""
    last = last_full_month(timezone.localdate())
    months = [last + -back for back in range(MONTHS_TO_CLOSE)]
    closed = portfolio.closed_until
    return [one for one in months if closed is None or one > Month.of(closed)]


def _reopenable(portfolio: Portfolio) -> list[Month]:
    """The months up to which the closing could stay, the newest first."""
    if portfolio.closed_until is None:
        return []
    last = Month.of(portfolio.closed_until)
    return [last + -back for back in range(1, MONTHS_TO_CLOSE)]
