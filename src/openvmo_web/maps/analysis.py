"""What the benefits of a map are worth: the engine's sum over the forecast that is in force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
from django.db.models import prefetch_related_objects
from numpy.typing import NDArray

from openvmo.engine import model
from openvmo.engine.model.schedule import benefit_schedule, money_per_unit
from openvmo.engine.quantities import AnnualRate, Month
from openvmo_web.audit.models import AuditEntry
from openvmo_web.audit.queries import rows_known
from openvmo_web.benefits.analysis import benefit_record, estimate, profile_record
from openvmo_web.benefits.models import Benefit, Profile
from openvmo_web.benefits.profile_queries import profiles_in_force
from openvmo_web.common.fields import stored_amount
from openvmo_web.maps.models import Claim, Node
from openvmo_web.maps.rules import RETIRED
from openvmo_web.portfolio.models import Portfolio

KINDS = (Node._meta.label_lower, Claim._meta.label_lower, Benefit._meta.label_lower)


def present_values(
    portfolio: Portfolio, benefits: Mapping[int, Benefit], at: datetime | None = None
) -> dict[int, Decimal]:
    """Return the present value of each benefit's forecast in money, negative for a dis-benefit.

    The forecast is the profile in the first option of the plan in force, at its likely value; months before the
    portfolio's start are past and do not count. Benefits without a forecast or without a value in money are left out:
    missing is not nought.

    Args:
        portfolio: The portfolio.
        benefits: The benefits by key, as known at the moment.
        at: By the plans in force then; None: now.
    """
    prefetch_related_objects(list(benefits.values()), "objective")
    factors = AnnualRate(portfolio.discount_rate).factors(portfolio.horizon)
    return {
        row.benefit_id: stored_amount(value)
        for row in profiles_in_force(list(benefits), at).select_related("option", "benefit")
        if (value := _present_value(portfolio, benefits[row.benefit_id], row, factors)) is not None
    }


def _present_value(portfolio: Portfolio, benefit: Benefit, row: Profile, factors: NDArray[np.float64]) -> float | None:
    worth = money_per_unit(benefit_record(benefit))
    if worth is None:
        return None
    profile = profile_record(row)
    go_live = Month.of(row.option.starts) + row.option.duration - Month.of(portfolio.starts)
    shares = benefit_schedule(profile, np.array([go_live]), portfolio.horizon)[0]
    return float(profile.annual.likely * worth * (shares @ factors))


@dataclass(frozen=True)
class Shares:
    """The gains that benefits of a portfolio share, as the engine takes them.

    Attributes:
        pools: The outcomes of the map that have a gain to share.
        claims: By the key of a benefit, its pool and the share of it that it claims, in the fields of its record.
    """

    pools: tuple[model.Pool, ...]
    claims: Mapping[int, dict[str, Any]]


def shares_known(portfolio: Portfolio, at: datetime) -> Shares:
    """Return what benefits share as it was known at a moment.

    The engine takes the yearly value of a benefit from one pool. A benefit that claims shares of several has a part
    from each, which its plan states as a whole: it keeps what the plan says.
    """
    entries = AuditEntry.objects.filter(portfolio_id=portfolio.pk, at__gt=at, kind__in=KINDS)
    # What has not changed since is read as it is.
    moment = at if entries.exists() else None
    outcomes = rows_known(Node.objects.filter(portfolio=portfolio, kind="outcome").order_by("pk"), moment)
    pools = {key: row for key, row in outcomes.items() if row.removed_at is None and row.pool is not None}
    return Shares(tuple(map(_pool_record, pools.values())), _claims(pools, moment) if pools else {})


def _pool_record(node: Node) -> model.Pool:
    return model.Pool(
        id=node.code,
        name=node.name,
        annual=estimate(node.pool or 0, node.pool_low, node.pool_high, node.pool_shape),
        unit=node.pool_unit,
        value_per_unit=None if node.pool_value is None else float(node.pool_value),
    )


def _claims(pools: Mapping[int, Node], moment: datetime | None) -> dict[int, dict[str, Any]]:
    rows = rows_known(Claim.objects.filter(outcome__in=pools).order_by("pk"), moment).values()
    claims = [row for row in rows if row.removed_at is None]
    benefits = rows_known(Benefit.objects.filter(pk__in={row.benefit_id for row in claims}), moment)
    # A retired benefit takes no share: what it claimed may be claimed by others since.
    claims = [row for row in claims if row.benefit_id in benefits and benefits[row.benefit_id].state != RETIRED]
    times = Counter(row.benefit_id for row in claims)
    return {
        row.benefit_id: {"pool": pools[row.outcome_id].code, "claim": float(row.share)}
        for row in claims
        if times[row.benefit_id] == 1
    }
