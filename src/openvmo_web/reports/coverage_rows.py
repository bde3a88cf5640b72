"""What spending serves which objective, added up by the database.

The rule by which an initiative's spending is divided among its benefits stands in docs/measures/value/coverage.md, and
here once, as SQL: it needs the sums of each initiative beside its benefits, and these are many.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from openvmo.engine.model.kinds import InitiativeState
from openvmo_web.access.models import User
from openvmo_web.benefits.models import Benefit, Standing
from openvmo_web.portfolio.models import Initiative, Plan, Portfolio
from openvmo_web.reports.analysis import FUNDED

Work = Literal["all", "funded"]
Grouping = Literal["programme", "initiative"]

# Work that was stopped neither costs nor brings anything from here on.
STATES: dict[Work, frozenset[InitiativeState]] = {
    "all": frozenset(InitiativeState) - {InitiativeState.STOPPED},
    "funded": FUNDED,
}
GROUPS: dict[Grouping, str] = {"programme": "programme_id", "initiative": "id"}

DIVIDED = """
WITH benefit AS (
    SELECT benefit.initiative_id, benefit.objective_id, benefit.kind, benefit.is_disbenefit,
           CAST(standing.annual_forecast AS double precision) AS annual,
           CASE WHEN NOT benefit.is_disbenefit THEN 1 END AS gain,
           CASE WHEN NOT benefit.is_disbenefit AND standing.annual_forecast > 0
                THEN CAST(standing.annual_forecast AS double precision) END AS worth
    FROM {benefits} AS benefit
    JOIN {initiatives} AS initiative ON initiative.id = benefit.initiative_id
    LEFT JOIN {standings} AS standing ON standing.benefit_id = benefit.id
    WHERE initiative.portfolio_id = %s AND initiative.state IN ({states}){only}
),
beside AS (
    SELECT benefit.*,
           COUNT(gain) OVER siblings AS gains,
           COUNT(worth) OVER siblings AS valued,
           SUM(worth) OVER siblings AS total
    FROM benefit
    WINDOW siblings AS (PARTITION BY initiative_id)
),
divided AS (
    SELECT beside.*,
           CASE WHEN gain IS NULL THEN 0.0
                WHEN worth IS NULL THEN 1.0 / gains
                ELSE (1.0 * valued / gains) * (worth / total) END AS share
    FROM beside
)
SELECT initiative.{group}, divided.objective_id, divided.kind,
       COALESCE(SUM(CAST(plan.cost_likely AS double precision) * divided.share), 0.0),
       SUM(divided.annual),
       COUNT(*),
       COUNT(*) - COUNT(divided.annual)
FROM divided
JOIN {initiatives} AS initiative ON initiative.id = divided.initiative_id
LEFT JOIN {plans} AS plan ON plan.id = initiative.current_plan_id
GROUP BY initiative.{group}, divided.objective_id, divided.kind
"""


@dataclass(frozen=True)
class Part:
    """The benefits of one class that one programme or initiative brings to one objective.

    Args:
        group: Key of the programme or initiative; None for initiatives of no programme.
        objective: Key of the objective; None for benefits that serve none.
        kind: The class of the benefits.
        spending: Whole-life cost of the current plans that falls to these benefits.
        annual: Their steady value a year by the current plans, dis-benefits negative; None where none is in money.
        benefits: How many there are.
        unvalued: How many of them have no value in money.
    """

    group: int | None
    objective: int | None
    kind: str
    spending: float
    annual: float | None
    benefits: int
    unvalued: int


@dataclass(frozen=True)
class Spending:
    """What a programme or initiative costs over its life, by the current plans.

    Args:
        group: Key of the programme or initiative; None for initiatives of no programme.
        cost: Everything that it costs.
        unserving: Of this, what initiatives cost that state no benefit.
        initiatives: How many initiatives there are.
        unpriced: How many of them state no cost.
    """

    group: int | None
    cost: float
    unserving: float
    initiatives: int
    unpriced: int


def initiatives_covered(viewer: User, portfolio: Portfolio, work: Work) -> QuerySet[Initiative]:
    """Return the initiatives that a coverage looks at."""
    return Initiative.objects.visible_to(viewer).filter(portfolio=portfolio, state__in=sorted(STATES[work]))


def benefits_covered(viewer: User, portfolio: Portfolio, work: Work) -> QuerySet[Benefit]:
    """Return the benefits of those initiatives."""
    return Benefit.objects.visible_to(viewer).filter(
        initiative__portfolio=portfolio, initiative__state__in=sorted(STATES[work])
    )


def parts_of(portfolio: Portfolio, work: Work, by: Grouping, *, only: Collection[int] | None = None) -> list[Part]:
    """Return how spending and benefits divide among the objectives of a portfolio that the viewer was shown.

    Args:
        portfolio: The portfolio.
        work: Which initiatives count.
        by: What the parts are told apart by, besides objective and class.
        only: Keys of the only initiatives to look at; None looks at all.
    """
    if only is not None and not only:
        return []
    states = sorted(str(state) for state in STATES[work])
    wanted = sorted(only) if only is not None else []
    statement = DIVIDED.format(
        benefits=Benefit._meta.db_table,
        initiatives=Initiative._meta.db_table,
        standings=Standing._meta.db_table,
        plans=Plan._meta.db_table,
        states=_places(states),
        only=f" AND initiative.id IN ({_places(wanted)})" if wanted else "",
        group=GROUPS[by],
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [portfolio.pk, *states, *wanted])
        return [Part(*row) for row in cursor.fetchall()]


def spending_of(initiatives: QuerySet[Initiative], by: Grouping) -> list[Spending]:
    """Return what initiatives cost, by programme or one by one."""
    group = "programme_id" if by == "programme" else "pk"
    gains = Benefit.objects.filter(initiative=OuterRef("pk"), is_disbenefit=False)
    rows = (
        initiatives.annotate(has_gain=Exists(gains))
        .order_by()
        .values_list(group)
        .annotate(
            cost=Sum("current_plan__cost_likely"),
            unserving=Sum("current_plan__cost_likely", filter=Q(has_gain=False)),
            number=Count("pk"),
            unpriced=Count("pk", filter=Q(current_plan__cost_likely=None)),
        )
    )
    return [
        Spending(key, float(cost or 0), float(unserving or 0), number, unpriced)
        for key, cost, unserving, number, unpriced in rows
    ]


def _places(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))
