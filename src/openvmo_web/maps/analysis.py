"""What the benefits of a map are worth: the engine's sum over the forecast that is in force."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import numpy as np
from django.db.models import F
from numpy.typing import NDArray

from openvmo.engine.model.schedule import benefit_schedule, money_per_unit
from openvmo.engine.quantities import AnnualRate, Month
from openvmo_web.benefits.analysis import benefit_record, profile_record
from openvmo_web.benefits.models import Profile
from openvmo_web.common.fields import stored_amount
from openvmo_web.portfolio.models import Portfolio


def present_values(portfolio: Portfolio, benefits: Iterable[int]) -> dict[int, Decimal]:
    """Return the present value of each benefit's forecast in money, negative for a dis-benefit.

    The forecast is the profile in the first option of the initiative's current plan, at its likely value; months
    before the portfolio's start are past and do not count. Benefits without a forecast or without a value in money are
    left out: missing is not nought.
    """
    in_force = Profile.objects.filter(
        benefit__in=list(benefits), option__position=0, option__plan__current_of=F("benefit__initiative")
    ).select_related("option", "benefit__objective")
    factors = AnnualRate(portfolio.discount_rate).factors(portfolio.horizon)
    return {
        row.benefit_id: stored_amount(value)
        for row in in_force
        if (value := _present_value(portfolio, row, factors)) is not None
    }


def _present_value(portfolio: Portfolio, row: Profile, factors: NDArray[np.float64]) -> float | None:
    worth = money_per_unit(benefit_record(row.benefit))
    if worth is None:
        return None
    profile = profile_record(row)
    go_live = Month.of(row.option.starts) + row.option.duration - Month.of(portfolio.starts)
    shares = benefit_schedule(profile, np.array([go_live]), portfolio.horizon)[0]
    return float(profile.annual.likely * worth * (shares @ factors))
