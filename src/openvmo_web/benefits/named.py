"""Whom and what the benefits of a portfolio name, kept until something changes: lists of choices rest on it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from openvmo_web.audit.keeping import kept
from openvmo_web.benefits.models import Benefit
from openvmo_web.portfolio.models import Portfolio


def objectives_served(portfolio: Portfolio) -> list[int]:
    """Return the keys of the objectives that a benefit of a portfolio serves."""
    rows = Benefit.objects.filter(initiative__portfolio=portfolio, objective__isnull=False).order_by()
    return kept("benefits.objectives", portfolio.pk, lambda: sorted(_distinct(rows, "objective")))


def owner_names(portfolio: Portfolio) -> list[str]:
    """Return the names of those who own a benefit of a portfolio."""
    rows = Benefit.objects.filter(initiative__portfolio=portfolio).exclude(owner_name="").order_by("owner_name")
    return kept("benefits.owners", portfolio.pk, lambda: _distinct(rows, "owner_name"))


def _distinct(rows: QuerySet[Benefit], name: str) -> list[Any]:
    return list(rows.values_list(name, flat=True).distinct())
