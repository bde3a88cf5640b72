"""Statements as pages and as files: that of an owner, and that of all benefits of a portfolio."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from openvmo_web.access.models import User
from openvmo_web.access.permissions import may, require
from openvmo_web.common.formats import current_locale
from openvmo_web.common.http import authenticated
from openvmo_web.common.moments import moment_asked
from openvmo_web.common.tables import PER_PAGE, paginate
from openvmo_web.common.widgets import Breadcrumb
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.portfolio.queries import portfolio_of
from openvmo_web.reports import documents
from openvmo_web.reports.queries import owner_of
from openvmo_web.reports.statement import Statement, period_of, periods_of
from openvmo_web.reports.statement_document import (
    arriving_note,
    definitions,
    known_as,
    order_note,
    question_of,
    sentences,
    statement_contents,
    title_of,
)
from openvmo_web.reports.statement_rows import Leaf, statement_known, statement_now
from openvmo_web.reports.tables import StatementTable


@require_safe
def statement(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show the statement of one owner."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    owner = owner_of(portfolio, pk)
    may_export = may(viewer, "portfolio.export", portfolio.pk) or owner == viewer
    return _page(request, viewer, portfolio, owner, may_export=may_export)


@require_safe
def portfolio_statement(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the statement of all benefits of a portfolio."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    return _page(request, viewer, portfolio, None, may_export=may(viewer, "portfolio.export", portfolio.pk))


@require_safe
def statement_file(request: HttpRequest, slug: str, pk: int, format: str) -> HttpResponse:
    """Download the statement of one owner; one's own needs no right beyond seeing the portfolio."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    owner = owner_of(portfolio, pk)
    if owner != viewer:
        require(viewer, "portfolio.export", portfolio_id=portfolio.pk)
    return _file(request, viewer, portfolio, owner, format)


@require_safe
def portfolio_statement_file(request: HttpRequest, slug: str, format: str) -> HttpResponse:
    """Download the statement of all benefits of a portfolio."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    require(viewer, "portfolio.export", portfolio_id=portfolio.pk)
    return _file(request, viewer, portfolio, None, format)


def _page(
    request: HttpRequest, viewer: User, portfolio: Portfolio, owner: User | None, *, may_export: bool
) -> HttpResponse:
    shown, known_on = _asked_for(request, viewer, portfolio, owner, _leaf(request))
    table = StatementTable(shown)
    paginate(table, request)
    locale = current_locale()
    context = {
        "portfolio": portfolio,
        "money": f"money-short:{portfolio.currency}",
        "statement": shown,
        "table": table,
        "page_title": title_of(shown),
        "subtitle": known_as(shown, locale),
        "sentences": sentences(shown, locale),
        "arriving": shown.arriving(),
        "arriving_title": question_of(shown),
        "arriving_note": arriving_note(),
        "order_note": order_note(shown),
        "definitions": definitions(),
        "periods": periods_of(portfolio, shown.at),
        "known_on": known_on,
        "today": timezone.localdate(),
        "may_export": may_export,
        "files": {format: _file_address(portfolio, owner, format) for format in documents.WRITERS},
        "breadcrumbs": [Breadcrumb(_("Owners"), reverse("reports:owners", args=[portfolio.slug]))],
    }
    return render(request, "reports/statement.html", context)


def _file_address(portfolio: Portfolio, owner: User | None, format: str) -> str:
    if owner is None:
        return reverse("reports:portfolio-statement-file", args=[portfolio.slug, format])
    return reverse("reports:statement-file", args=[portfolio.slug, owner.pk, format])


def _file(request: HttpRequest, viewer: User, portfolio: Portfolio, owner: User | None, format: str) -> HttpResponse:
    if format not in documents.WRITERS:
        raise Http404(_("The statement comes as pdf or xlsx, not as %(format)s.") % {"format": format})
    leaf = Leaf(1, documents.MOST_PRINTED) if format == "pdf" else None
    shown, _known_on = _asked_for(request, viewer, portfolio, owner, leaf)
    whose = f"-{owner.pk}" if owner else ""
    name = f"{portfolio.slug}-statement{whose}-{timezone.localdate(shown.at)}"
    return documents.report_response(statement_contents(shown, current_locale()), name, timezone.now(), format)


def _asked_for(
    request: HttpRequest, viewer: User, portfolio: Portfolio, owner: User | None, leaf: Leaf | None
) -> tuple[Statement, date | None]:
    at, known_on = moment_asked(request)
    period = period_of(portfolio, request.GET.get("period", ""), at)
    read = statement_known if known_on else statement_now
    return read(viewer, portfolio, owner, period, at, leaf=leaf), known_on


def _leaf(request: HttpRequest) -> Leaf:
    """The page that is asked for; what is no number is the first."""
    try:
        return Leaf(int(request.GET.get("page", "1")), PER_PAGE)
    except ValueError:
        return Leaf(1, PER_PAGE)
