"""Benefits and what they serve as they were known at a moment.

Whatever is recorded about a benefit or an objective keeps the state that it then has, so that the newest state until a
moment is what was known then. What has not changed since is read as it is: looking at the present costs nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TypeVar

from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast

from openvmo_web.audit.models import AuditEntry, Version
from openvmo_web.audit.queries import states_known
from openvmo_web.benefits.models import Benefit
from openvmo_web.common.models import Versioned
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.strategy.models import Objective

V = TypeVar("V", bound=Versioned)

BENEFIT = Benefit._meta.label_lower
OBJECTIVE = Objective._meta.label_lower


def benefit_as_known(benefit: Benefit, at: datetime) -> Benefit | None:
    """Return a benefit that the viewer was shown as it was known at a moment; None when it was not known yet."""
    values = states_known(BENEFIT, [benefit.record_key], at).get(benefit.record_key)
    return None if values is None else Benefit.of_state(benefit.pk, values)


def benefits_as_known(portfolio: Portfolio, rows: QuerySet[Benefit], at: datetime) -> Iterator[Benefit]:
    """Return benefits of one portfolio as they were known at a moment, each with its objective; unknown ones left out.

    Args:
        portfolio: The portfolio.
        rows: Which of its benefits, in the wanted order.
        at: The moment.
    """
    changed = _kinds_changed_since(portfolio, at)
    if not changed:
        yield from rows.select_related("objective")
        return
    known: Iterable[Benefit] = _known(rows, at) if BENEFIT in changed else rows
    objectives = _objectives(at, changed=OBJECTIVE in changed)
    for row in known:
        row.objective = objectives.get(row.objective_id) if row.objective_id else None
        yield row


def _kinds_changed_since(portfolio: Portfolio, at: datetime) -> set[str]:
    """The kinds of records about which anything was recorded after a moment."""
    within = Q(portfolio_id=portfolio.pk, kind=BENEFIT) | Q(portfolio_id=None, kind=OBJECTIVE)
    return set(AuditEntry.objects.filter(within, at__gt=at).order_by().values_list("kind", flat=True).distinct())


def _objectives(at: datetime, *, changed: bool) -> dict[int, Objective]:
    rows = Objective.objects.all()
    return {row.pk: row for row in (_known(rows, at) if changed else rows)}


def _known(rows: QuerySet[V], at: datetime) -> Iterator[V]:
    """Rows in the newest state that was kept until a moment: one look into the index for each, in one query.

    They bear the codes of today, by which plans and measurements of all times refer to them.
    """
    states = Version.objects.filter(
        kind=rows.model._meta.label_lower, key=Cast(OuterRef("pk"), CharField()), at__lte=at
    ).order_by("-at", "-id")
    found = rows.annotate(known=Subquery(states.values("values")[:1])).values_list("pk", "code", "known")
    for key, code, values in found:
        if values is not None:
            yield rows.model.of_state(key, {**values, "code": code})
