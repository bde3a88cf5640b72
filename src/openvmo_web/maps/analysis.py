"""What the benefits of a map are worth: the engine's sum over the forecast that is in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

import numpy as np
from django.db.models import prefetch_related_objects
from numpy.typing import NDArray

from openvmo.engine.model.schedule import benefit_schedule, money_per_unit
from openvmo.engine.quantities import AnnualRate, Month
from openvmo_web.benefits.analysis import benefit_record, profile_record
from openvmo_web.benefits.models import Benefit, Profile
from openvmo_web.benefits.profile_queries import profiles_in_force
from openvmo_web.common.fields import stored_amount
from openvmo_web.portfolio.models import Portfolio


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
