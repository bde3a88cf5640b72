"""Who may act for one benefit: those with the right for all of them, and the people whom the benefit names."""

from __future__ import annotations

from openvmo_web.access.models import User
from openvmo_web.access.permissions import may, require
from openvmo_web.benefits.models import Benefit

# What the people named by a benefit may do for it, beside those who hold the right for every benefit.
HOLDERS = {
    "assumption.change": ("owner",),
    "measurement.add": ("owner", "measurer"),
    "forecast.record": ("owner",),
    "handover.accept": ("sustainer",),
    "review.record": ("owner", "sustainer"),
}


def holds(user: User, permission: str, benefit: Benefit) -> bool:
    """Return whether a benefit names a person for what a permission allows."""
    return any(getattr(benefit, f"{name}_id") == user.pk for name in HOLDERS[permission])


def may_for(user: User, permission: str, benefit: Benefit) -> bool:
    """Return whether a person may do something for a benefit.

    Args:
        user: The person.
        permission: One of ``HOLDERS``.
        benefit: The benefit, with its initiative.
    """
    portfolio_id = benefit.initiative.portfolio_id
    if may(user, permission, portfolio_id):
        return True
    return holds(user, permission, benefit) and may(user, "benefit.own", portfolio_id)


def require_for(user: User, permission: str, benefit: Benefit) -> None:
    """Raise ``Refused`` unless a person may do something for a benefit; the arguments are those of ``may_for``."""
    if not may_for(user, permission, benefit):
        require(user, permission, portfolio_id=benefit.initiative.portfolio_id)
