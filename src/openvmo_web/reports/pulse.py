"""The benefits of a portfolio at a glance: what came by class, and what is late, fading or without an aim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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

MONEY = ("planned", "forecast", "realised", "verified")


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
    # One look at all benefits answers both: what each class brought, and which objectives are served.
    rows = held.values("kind", "objective").annotate(
        benefits=Count("pk"),
        **{name: Sum(f"standing__{name}") for name in MONEY},
        missing=Sum("standing__missing", default=0),
        decaying=Count("pk", filter=Q(standing__is_decaying=True)),
        contested=Count("pk", filter=Q(standing__is_last_contested=True)),
    )
    by_kind: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        by_kind[row["kind"]].append(row)
    served = {row["objective"] for found in by_kind.values() for row in found} - {None}
    classes = [_class_pulse(str(kind), by_kind[kind]) for kind in benefit_words.CLASSES if kind in by_kind]
    return Pulse(classes, len(aims_of(portfolio).unserved(served)))


def _class_pulse(kind: str, rows: Sequence[Mapping[str, Any]]) -> ClassPulse:
    """The sums of a class over the objectives that its benefits serve."""
    money = {name: _known_sum(row[name] for row in rows) for name in MONEY}
    counts = {name: sum(row[name] for row in rows) for name in ("benefits", "missing", "decaying", "contested")}
    aimless = sum(row["benefits"] for row in rows if row["objective"] is None)
    found: dict[str, Any] = {**money, **counts, "aimless": aimless}
    return ClassPulse(kind=kind, **found)


def _known_sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal()) if known else None
