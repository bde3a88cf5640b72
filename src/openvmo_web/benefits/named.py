"""Whom and what the benefits of a portfolio name, kept until something changes: lists of choices rest on it."""

from __future__ import annotations

from dataclasses import dataclass

from openvmo_web.audit.keeping import kept
from openvmo_web.benefits.models import Benefit
from openvmo_web.portfolio.models import Portfolio


@dataclass(frozen=True)
class Named:
    """What the benefits of a portfolio name.

    Args:
        objectives: Keys of the objectives that they serve.
        owners: Names of those who own them, in order.
    """

    objectives: tuple[int, ...]
    owners: tuple[str, ...]


def named_in(portfolio: Portfolio) -> Named:
    """Return what the benefits of a portfolio, which the viewer was shown, name."""
    return kept("benefits.named", portfolio.pk, lambda: _named(portfolio))


def _named(portfolio: Portfolio) -> Named:
    rows = Benefit.objects.filter(initiative__portfolio=portfolio)
    served = rows.filter(objective__isnull=False).order_by("objective")
    owned = rows.exclude(owner_name="").order_by("owner_name")
    return Named(
        objectives=tuple(key for key in served.values_list("objective", flat=True).distinct() if key),
        owners=tuple(owned.values_list("owner_name", flat=True).distinct()),
    )
