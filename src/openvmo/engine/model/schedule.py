"""In which months a plan's money moves: the meaning of offsets, ramps and durations.

A schedule is an array of shape (plans, months): for each plan (a start and a go-live month, counted from the
portfolio's start) the share of a cost line, or the share of a benefit's steady yearly value, that falls in each month
of the appraisal. Months before the portfolio's start are not in it: what falls there is sunk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.model.kinds import Accrual, Anchor, BenefitClass, Direction, RampShape
from openvmo.engine.model.records import Benefit, CostLine, Initiative, Option, Pool, Portfolio, Profile

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
_Months = TypeVar("_Months", int, Integers)


def planned_start(portfolio: Portfolio, option: Option) -> int:
    """Months from the portfolio's start to the option's planned start; negative when it has begun before."""
    return option.start - portfolio.start


def planned_go_live(portfolio: Portfolio, option: Option) -> int:
    """Months from the portfolio's start to the option's planned go-live."""
    return option.go_live - portfolio.start


def cost_schedule(
    line: CostLine, option: Option, begin: int, start: Integers, go_live: Integers, months: int
) -> Floats:
    """Share of a cost line's amount that falls in each month.

    Args:
        line: the cost line.
        option: the option that it belongs to.
        begin: planned start of the option, in months from the portfolio's start.
        start: start of the work in each plan, an array of shape (plans,).
        go_live: go-live in each plan, an array of shape (plans,).
        months: months of the appraisal.

    The share that the plan puts before the portfolio's start is a fact: it stays sunk however far go-live slips, and
    only the rest is spread over the longer duration.
    """
    past = sunk_share(line, option, begin)
    if past >= 1:
        return np.zeros((start.size, months))
    first = (start if line.anchor is Anchor.START else go_live) + line.offset
    last = first + np.maximum(_length(line, start, go_live), 1)
    # The first payment to come keeps the rhythm of those before it.
    first = first + _periods(np.maximum(-first, 0), line.every) * line.every
    payments = np.maximum(_periods(last - first, line.every), 1)
    month = np.arange(months) - first[:, None]
    is_paid = (month >= 0) & (month < (payments * line.every)[:, None]) & (month % line.every == 0)
    schedule: Floats = is_paid * ((1 - past) / payments)[:, None]
    return schedule


def sunk_share(line: CostLine, option: Option, begin: int) -> float:
    """Share of a cost line that the plan puts before the portfolio's start.

    Args:
        line: the cost line.
        option: the option that it belongs to.
        begin: planned start of the option, in months from the portfolio's start.
    """
    start, go_live = np.array([begin]), np.array([begin + option.duration])
    first = int(start[0] if line.anchor is Anchor.START else go_live[0]) + line.offset
    length = max(int(_length(line, start, go_live)[0]), 1)
    before = min(max(-first, 0), length)
    return _periods(before, line.every) / _periods(length, line.every)


def benefit_schedule(profile: Profile, go_live: Integers, months: int) -> Floats:
    """Share of a benefit's steady yearly value that arrives in each month.

    Args:
        profile: how the benefit arrives.
        go_live: month from which the profile's offset counts, in each plan; an array of shape (plans,).
        months: months of the appraisal.

    A ramp counts at the middle of each month, so a linear ramp is exact; a step brings nothing before the ramp is over.
    """
    first = go_live + profile.offset
    shares = _shares(profile, months - min(int(first.min()), 0))
    elapsed = np.arange(months) - first[:, None]
    return np.where(elapsed >= 0, shares[np.maximum(elapsed, 0)], 0.0)


def money_per_unit(benefit: Benefit, pool: Pool | None = None) -> float | None:
    """Money that one unit of the benefit is worth, negative for a dis-benefit; None when no value was agreed.

    Args:
        benefit: the benefit.
        pool: the pool that it claims a share of, whose value holds where the benefit states none.
    """
    sign = -1.0 if benefit.is_disbenefit else 1.0
    if benefit.value_per_unit is not None:
        return sign * benefit.value_per_unit
    if pool is not None and pool.value_per_unit is not None:
        return sign * pool.value_per_unit
    is_money = not benefit.unit and benefit.kind in (BenefitClass.CASHABLE, BenefitClass.NON_CASHABLE)
    return sign if is_money else None


def month_gain(benefit: Benefit, value: float) -> float:
    """What a month brought according to a measurement, in the benefit's unit, for a twelfth of a year.

    Args:
        benefit: the benefit.
        value: the measured value: what the month brought, or the level of the measure in that month.

    A level counts for a twelfth of the yearly gain that its distance from the baseline stands for; it is negative when
    the measure has moved the wrong way.

    Raises:
        ValueError: the benefit is measured as a level and states no baseline or no direction.
    """
    if benefit.accrual is Accrual.FLOW:
        return value
    if benefit.baseline is None or benefit.direction not in (Direction.INCREASE, Direction.DECREASE):
        message = f"{benefit.id} is measured as a level: state its baseline and its direction."
        raise ValueError(message)
    gain = value - benefit.baseline if benefit.direction is Direction.INCREASE else benefit.baseline - value
    return gain / 12


def sunk_cost(portfolio: Portfolio, initiative: Initiative, option: Option) -> float:
    """Money spent before the portfolio's start: as recorded, or the plan's share where nothing was recorded."""
    if initiative.actuals:
        return sum(actual.amount for actual in initiative.actuals if actual.month < portfolio.start)
    begin = planned_start(portfolio, option)
    return sum(line.amount.likely * sunk_share(line, option, begin) for line in option.costs)


def planned_costs(portfolio: Portfolio, option: Option) -> Floats:
    """Likely forward costs of the plan by month, an array of shape (horizon,)."""
    begin = planned_start(portfolio, option)
    start, go_live = np.array([begin]), np.array([begin + option.duration])
    total = np.zeros(portfolio.horizon)
    for line in option.costs:
        total += line.amount.likely * cost_schedule(line, option, begin, start, go_live, portfolio.horizon)[0]
    return total


def planned_benefits(portfolio: Portfolio, initiative: Initiative, option: Option) -> Floats:
    """Likely benefits of the plan by month, an array of shape (horizon,); those without a value stay out."""
    go_live = np.array([planned_go_live(portfolio, option)])
    total = np.zeros(portfolio.horizon)
    for profile, value in valued_profiles(initiative, option, portfolio.pools):
        annual = profile.annual.likely * value
        total += annual * benefit_schedule(profile, go_live, portfolio.horizon)[0]
    return total


def valued_profiles(
    initiative: Initiative, option: Option, pools: Sequence[Pool] = ()
) -> tuple[tuple[Profile, float], ...]:
    """The option's profiles that count in money, each with the money that one of its units is worth.

    The yearly value of a benefit that claims a share of one of the pools is that share of the pool's gain.
    """
    benefits = {benefit.id: benefit for benefit in initiative.benefits}
    known = {pool.id: pool for pool in pools} if any(benefit.pool for benefit in initiative.benefits) else {}
    pairs = (_valued(profile, benefits.get(profile.benefit), known) for profile in option.profiles)
    return tuple((profile, value) for profile, value in pairs if value is not None)


def claimed_profile(profile: Profile, benefit: Benefit, pool: Pool | None) -> Profile:
    """The profile with the yearly value that the benefit's claim on its pool gives; as it is without a pool."""
    if pool is None or benefit.claim is None:
        return profile
    return replace(profile, annual=pool.annual.scaled(benefit.claim))


def _valued(profile: Profile, benefit: Benefit | None, pools: Mapping[str, Pool]) -> tuple[Profile, float | None]:
    if benefit is None:
        return profile, None
    pool = pools.get(benefit.pool)
    return claimed_profile(profile, benefit, pool), money_per_unit(benefit, pool)


def _length(line: CostLine, start: Integers, go_live: Integers) -> Integers:
    if line.months is not None:
        return np.full(start.shape, line.months)
    return go_live - start - (line.offset if line.anchor is Anchor.START else 0)


def _periods(months: _Months, every: int) -> _Months:
    """Periods of so many months that begin within some months."""
    return -(-months // every)


def _shares(profile: Profile, months: int) -> Floats:
    """Share of the yearly value in the months after the first effect, an array of shape (months,)."""
    elapsed = np.arange(months)
    lost_months = np.maximum(elapsed - profile.growth_months, 0)
    shares = _ramp(profile, elapsed) * (1 - profile.decay) ** (lost_months / 12) / 12
    if profile.duration is not None:
        shares[profile.duration :] = 0.0
    return shares


def _ramp(profile: Profile, elapsed: Integers) -> Floats:
    if profile.ramp_shape is RampShape.CURVE:
        return np.array(profile.curve)[np.minimum(elapsed, len(profile.curve) - 1)]
    if profile.ramp_months == 0:
        return np.ones(elapsed.size)
    if profile.ramp_shape is RampShape.STEP:
        return (elapsed >= profile.ramp_months).astype(np.float64)
    grown = np.minimum((elapsed + 0.5) / profile.ramp_months, 1.0)
    return grown if profile.ramp_shape is RampShape.LINEAR else grown * grown * (3 - 2 * grown)
