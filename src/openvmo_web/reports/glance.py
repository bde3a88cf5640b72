"""How a portfolio stands now, from sums that are kept: the same figures as ``analysis.portfolio_picture`` of now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.db.models import F, FloatField, Q
from django.db.models.functions import Abs, NullIf
from django.utils import timezone

from openvmo.engine.quantities import Month
from openvmo_web.insight.models import Silence as SilenceRow
from openvmo_web.insight.models import YearMoney
from openvmo_web.insight.sums import money_of_portfolio
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.reports.analysis import OVERSPEND, SHORTFALL, Flows, Gap, Silence, flows_of

T = TypeVar("T")


@dataclass(frozen=True)
class Listed(Generic[T]):
    """The first of some, and how many there are in all."""

    first: Sequence[T]
    count: int


@dataclass(frozen=True)
class Glance:
    """The money of the funded initiatives by month, and the first of what deserves attention."""

    flows: Flows
    shortfalls: Listed[Gap]
    overspends: Listed[Gap]
    silences: Listed[Silence]


def glance_at(portfolio: Portfolio, at: datetime, shown: int) -> Glance:
    """Return how a portfolio that the viewer was shown stands now, in a few short queries whatever its size.

    Args:
        portfolio: The portfolio.
        at: Now.
        shown: How many of each kind that deserves attention are listed.
    """
    now = Month.of(timezone.localdate(at))
    return Glance(
        flows=flows_of(money_of_portfolio(portfolio), now),
        shortfalls=_gaps(portfolio, now, "planned_benefit", "realised_benefit", Q(share__lt=SHORTFALL), shown),
        overspends=_gaps(portfolio, now, "planned_cost", "actual_cost", Q(share__gt=OVERSPEND), shown),
        silences=_silences(portfolio, now, shown),
    )


def _gaps(portfolio: Portfolio, now: Month, planned: str, observed: str, is_gap: Q, shown: int) -> Listed[Gap]:
    """The initiatives whose last year differs from its plan, the largest difference first."""
    # A plan of nothing has no share: the database may look at the share before it looks at the plan.
    share = F(observed) / NullIf(F(planned), 0.0, output_field=FloatField())
    rows = YearMoney.objects.filter(portfolio=portfolio, before=now.first_day)
    found = rows.annotate(share=share).filter(is_gap, **{f"{planned}__gt": 0.0})
    first = found.order_by(Abs(F(planned) - F(observed)).desc(), "initiative")[:shown]
    named = first.values_list("initiative__code", "initiative__name", planned, observed)
    return Listed([Gap(*values) for values in named], found.count())


def _silences(portfolio: Portfolio, now: Month, shown: int) -> Listed[Silence]:
    """The benefits that have fallen silent, in the order of the initiatives and their plans."""
    rows = SilenceRow.objects.filter(portfolio=portfolio, since__lte=now.first_day)
    first = rows.select_related("benefit__initiative").order_by("benefit__initiative_id", "place")[:shown]
    return Listed([_silence(row) for row in first], rows.count())


def _silence(row: SilenceRow) -> Silence:
    benefit, initiative = row.benefit, row.benefit.initiative
    last_measured = None if row.last_measured is None else f"{row.last_measured:%Y-%m}"
    return Silence(benefit.name, initiative.code, initiative.name, benefit.owner_name, last_measured)
