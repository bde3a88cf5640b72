"""The way around a portfolio: the pages of all rooms, and the portfolios to switch between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from openvmo_web.access.permissions import may_somewhere
from openvmo_web.common.http import AuthenticatedRequest
from openvmo_web.common.navigation import SectionProvider
from openvmo_web.common.widgets import NavigationItem, NavigationSection
from openvmo_web.governance.queries import waiting_for
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.portfolio.queries import portfolios_of

Counter = Callable[[AuthenticatedRequest, Portfolio], int]


@dataclass(frozen=True)
class Place:
    """A page to go to: the name of its address, what people read, and what may wait there.

    Args:
        name: Name of the address, which takes the portfolio's slug unless it is ``of_organisation``.
        label: What people read.
        icon: Name of the icon.
        is_exact: Whether only the page itself counts as being there, not those below it.
        of_organisation: Of a page that belongs to the organisation rather than to a portfolio: the right to see it.
        waiting: Counts what waits there for the viewer.
    """

    name: str
    label: str | Promise
    icon: str
    is_exact: bool = False
    of_organisation: str = ""
    waiting: Counter | None = None


def _decisions_waiting(request: AuthenticatedRequest, portfolio: Portfolio) -> int:
    return waiting_for(request.user, portfolio).count()


# The order of the sections on the page, their headings and their places.
SECTIONS: tuple[tuple[int, str | Promise, tuple[Place, ...]], ...] = (
    (10, "", (Place("portfolio:home", _("Home"), "home", is_exact=True),)),
    (
        11,
        _("Strategy"),
        (
            Place("strategy:strategy", _("Objectives and measures"), "strategy", of_organisation="strategy.view"),
            Place("reports:coverage", _("Coverage"), "dependency"),
        ),
    ),
    (
        12,
        _("Portfolio"),
        (
            Place("portfolio:register", _("Initiatives"), "register"),
            Place("insight:runs", _("Forecasts and choices"), "forecast"),
            Place("insight:references", _("Reference classes"), "evidence", of_organisation="portfolio.view"),
        ),
    ),
    (
        13,
        _("Benefits"),
        (
            Place("benefits:register", _("Register"), "benefit"),
            Place("benefits:baselines", _("Baselines"), "lock"),
            Place("maps:map", _("Map"), "programme"),
            Place("realisation:measurements", _("Measurements"), "measure"),
            Place("realisation:reviews", _("Reviews"), "calendar"),
            Place("reports:owners", _("Owners"), "people"),
        ),
    ),
    (
        14,
        _("Governance"),
        (
            Place("governance:decisions", _("Decisions"), "decision", waiting=_decisions_waiting),
            Place("governance:rights", _("Decision rights"), "governance"),
        ),
    ),
    (
        15,
        _("Documents"),
        (
            Place("reports:reports", _("Reports"), "report"),
            Place("papers:templates", _("Templates of papers"), "document", of_organisation="portfolio.view"),
        ),
    ),
)


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


def sections() -> list[tuple[int, SectionProvider]]:
    """Return the sections of the current portfolio, each with its order."""
    return [(order, _provider(label, places)) for order, label, places in SECTIONS]


def _provider(label: str | Promise, places: tuple[Place, ...]) -> SectionProvider:
    def section(request: AuthenticatedRequest) -> NavigationSection:
        """Return the places that can be reached from the page."""
        portfolio = current_portfolio(request)
        reachable = [place for place in places if _is_reachable(request, place, portfolio)]
        return NavigationSection(str(label), [_item(request, place, portfolio) for place in reachable])

    return section


def _is_reachable(request: AuthenticatedRequest, place: Place, portfolio: Portfolio | None) -> bool:
    if place.of_organisation:
        return may_somewhere(request.user, place.of_organisation)
    return portfolio is not None


def _item(request: AuthenticatedRequest, place: Place, portfolio: Portfolio | None) -> NavigationItem:
    url = reverse(place.name, args=[portfolio.slug] if portfolio and not place.of_organisation else [])
    is_here = request.path == url if place.is_exact else request.path.startswith(url)
    count = place.waiting(request, portfolio) if place.waiting and portfolio else None
    return NavigationItem(str(place.label), url, place.icon, active=is_here, count=count or None)
