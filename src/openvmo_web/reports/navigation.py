"""The way around a portfolio: the pages of all rooms under one heading, and the portfolios to switch between."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from openvmo_web.common.http import AuthenticatedRequest
from openvmo_web.common.widgets import NavigationItem, NavigationSection
from openvmo_web.governance.queries import waiting_for
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.portfolio.queries import portfolios_of

ORDER = 10


def portfolios(request: AuthenticatedRequest) -> list[Portfolio]:
    """Return the portfolios that the viewer may switch between; read once a request."""
    if not hasattr(request, "_portfolios"):
        request._portfolios = list(portfolios_of(request.user))  # type: ignore[attr-defined]
    return request._portfolios  # type: ignore[attr-defined,no-any-return]


def current_portfolio(request: AuthenticatedRequest) -> Portfolio | None:
    """Return the portfolio of the page; on pages without one the only one that the viewer has."""
    slug = request.resolver_match.kwargs.get("slug") if request.resolver_match else None
    mine = portfolios(request)
    if slug is None:
        return mine[0] if len(mine) == 1 else None
    return next((portfolio for portfolio in mine if portfolio.slug == slug), None)


def section(request: AuthenticatedRequest) -> NavigationSection | None:
    """Return the pages of the current portfolio."""
    portfolio = current_portfolio(request)
    if portfolio is None:
        return None
    waiting = waiting_for(request.user, portfolio).count()
    places = (
        ("portfolio:home", _("Home"), "home", None),
        ("portfolio:register", _("Initiatives"), "register", None),
        ("insight:runs", _("Forecasts and choices"), "forecast", None),
        ("governance:decisions", _("Decisions"), "decision", waiting or None),
        ("reports:reports", _("Reports"), "report", None),
    )
    items = [
        NavigationItem(label, url, icon, active=_is_at(request, url, is_home=name == "portfolio:home"), count=count)
        for name, label, icon, count in places
        for url in (reverse(name, args=[portfolio.slug]),)
    ]
    return NavigationSection("", items)


def _is_at(request: AuthenticatedRequest, url: str, *, is_home: bool) -> bool:
    return request.path == url if is_home else request.path.startswith(url)
