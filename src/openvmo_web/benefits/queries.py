"""What is read for the register about single benefits, always for a viewer."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from openvmo_web.access.models import User
from openvmo_web.benefits.models import Assumption, Benefit
from openvmo_web.benefits.register import benefits_of
from openvmo_web.portfolio.models import Portfolio


def register_row(viewer: User, portfolio: Portfolio, key: int) -> Benefit:
    """Return a benefit of a portfolio that the viewer was shown, with all that the register shows of it.

    Raises:
        Http404: there is none.
    """
    found = benefits_of(viewer, portfolio).filter(pk=key).first()
    if found is None:
        raise Http404(_("There is no such benefit in this portfolio."))
    return found


def assumptions_of(benefit: Benefit) -> QuerySet[Assumption]:
    """Return what a benefit rests on: what has to be checked first comes first, what is settled last."""
    return Assumption.objects.filter(benefit=benefit).order_by("state", "expires_on", "pk")


def assumption_of(benefit: Benefit, key: int) -> Assumption:
    """Return an assumption of a benefit.

    Raises:
        Http404: there is none.
    """
    found = Assumption.objects.filter(benefit=benefit, pk=key).select_related("benefit__initiative").first()
    if found is None:
        raise Http404(_("This benefit has no such assumption."))
    return found
