"""The benefits of a portfolio at a glance: what came by class, and what is late, fading or without an aim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, Sum

from openvmo_web.access.models import User
from openvmo_web.benefits import words as benefit_words
from openvmo_web.common.fields import label_of
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.reports.aims import aims_of
from openvmo_web.reports.owners import benefits_held


@dataclass(frozen=True)
class ClassPulse:
    """The benefits of one class to date; money in the portfolio's currency, dis-benefits taken off."""

    kind: str
    benefits: int
    planned: Decimal | None
    forecast: Decimal | None
    realised: Decimal | None
    verified: Decimal | None
    missing: int
    decaying: int
    contested: int
    aimless: int

    @property
    def label(self) -> str:
        """The class in words."""
        return label_of(benefit_words.CLASSES, self.kind)


@dataclass(frozen=True)
class Pulse:
    """The benefits of funded work: by class, cashable first, with the number of objectives which none serves."""

    classes: Sequence[ClassPulse]
    unserved: int

    @cached_property
    def missing(self) -> int:
        """How many measurements are missing."""
        return sum(one.missing for one in self.classes)

    @cached_property
    def decaying(self) -> int:
        """How many benefits fade away."""
        return sum(one.decaying for one in self.classes)

    @cached_property
    def contested(self) -> int:
        """How many benefits have a contested last measurement."""
        return sum(one.contested for one in self.classes)

    @cached_property
    def aimless(self) -> int:
        """How many benefits serve no objective."""
        return sum(one.aimless for one in self.classes)


def pulse_of(viewer: User, portfolio: Portfolio) -> Pulse:
    """Return the benefits of a portfolio, which the viewer was shown, at a glance."""
    held = benefits_held(viewer, portfolio, "funded").order_by()
    rows = held.values("kind").annotate(
        benefits=Count("pk"),
        **{name: Sum(f"standing__{name}") for name in ("planned", "forecast", "realised", "verified")},
        missing=Sum("standing__missing", default=0),
        decaying=Count("pk", filter=Q(standing__is_decaying=True)),
        contested=Count("pk", filter=Q(standing__is_last_contested=True)),
        aimless=Count("pk", filter=Q(objective=None)),
    )
    order = [str(kind) for kind in benefit_words.CLASSES]
    found: list[dict[str, Any]] = [dict(row) for row in rows]
    classes = sorted((ClassPulse(**row) for row in found), key=lambda one: order.index(one.kind))
    served = held.filter(objective__isnull=False).values_list("objective", flat=True).distinct()
    return Pulse(classes, len(aims_of(portfolio).unserved(served)))
