"""What is read about portfolios, always for a viewer."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from openvmo_web.common.actor import Actor
from openvmo_web.portfolio.models import Initiative, Portfolio


def portfolios_of(viewer: Actor | AnonymousUser) -> QuerySet[Portfolio]:
    """Return the portfolios that a viewer may see, by name."""
    return Portfolio.objects.visible_to(viewer)


def names_of(viewer: Actor | AnonymousUser) -> list[tuple[int, str]]:
    """Return the keys and names of the portfolios that a viewer may see, by name."""
    return list(portfolios_of(viewer).order_by("name", "pk").values_list("pk", "name"))


def portfolio_of(viewer: Actor | AnonymousUser, slug: str) -> Portfolio:
    """Return the portfolio at an address; one that the viewer may not see does not exist for him.

    Raises:
        Http404: there is none, or the viewer may not see it.
    """
    portfolio = portfolios_of(viewer).filter(slug=slug).first()
    if portfolio is None:
        raise Http404(_("There is no portfolio “%(slug)s” that you may see.") % {"slug": slug})
    return portfolio


def initiative_of(portfolio: Portfolio, code: str) -> Initiative:
    """Return the initiative with a code in a portfolio that the viewer was shown.

    Raises:
        Http404: there is none.
    """
    initiatives = Initiative.objects.select_related("portfolio", "programme", "current_plan")
    initiative = initiatives.filter(portfolio=portfolio, code=code).first()
    if initiative is None:
        raise Http404(_("There is no initiative “%(code)s” in this portfolio.") % {"code": code})
    return initiative
