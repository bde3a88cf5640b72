"""Money by month, planned and observed: of one initiative from its record, and of many by adding up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from openvmo.engine import model
from openvmo.engine.model.kinds import Accrual, Anchor, BenefitClass, Direction
from openvmo.engine.model.schedule import money_per_unit, month_gain, planned_benefits, planned_costs
from openvmo.engine.quantities import Month

Floats = NDArray[np.float64]

FUNDED = frozenset(
    {
        model.InitiativeState.APPROVED,
        model.InitiativeState.DELIVERY,
        model.InitiativeState.OPERATION,
        model.InitiativeState.CLOSED,
    }
)
YEAR = 12
# How long a benefit may go without a measurement before it counts as fallen silent.
SILENT_MONTHS = 3
PLANNED_COST, PLANNED_BENEFIT, ACTUAL_COST, REALISED_BENEFIT = range(4)
# In these the months in which nothing was observed are unknown, not nought.
OBSERVED = slice(ACTUAL_COST, REALISED_BENEFIT + 1)
KINDS = 4


@dataclass(frozen=True)
class MoneyByMonth:
    """Planned and observed money by month, in the portfolio's currency at its price base.

    Attributes:
        first: The first month.
        amounts: An array of shape (4, months): planned cost, planned benefit, actual cost and realised benefit; the
            last two are NaN in months in which nothing was observed.
        observed_from: The first month in which anything was observed, in money or not; None when nothing was.
        unvalued: How many benefits have no value in money, and are in none of the amounts.
    """

    first: Month
    amounts: Floats
    observed_from: Month | None
    unvalued: int

    def between(self, first: Month, months: int) -> Floats:
        """Return the amounts of some months in a row; outside of those that are kept nothing is planned or known."""
        found = nothing(months)
        start = self.first - first
        begin, end = max(start, 0), min(start + self.amounts.shape[1], months)
        if begin < end:
            found[:, begin:end] = self.amounts[:, begin - start : end - start]
        return found

    def packed(self) -> bytes:
        """Return the amounts as the database keeps them: doubles, the lowest byte first."""
        return self.amounts.astype("<f8").tobytes()

    @classmethod
    def unpacked(cls, first: Month, packed: bytes, observed_from: Month | None, unvalued: int) -> Self:
        """Return what ``packed`` made of amounts, with what is kept beside them."""
        amounts = np.frombuffer(packed, dtype="<f8").reshape(KINDS, -1).astype(np.float64)
        return cls(first, amounts, observed_from, unvalued)


def money_of(initiative: model.Initiative, until: Month) -> MoneyByMonth:
    """Return the money of an initiative by month, from the first month in which anything is planned or observed.

    Only the first option is the current plan.

    Args:
        initiative: Its record.
        until: The last month that is worked out.
    """
    observed = [row.month for row in initiative.actuals] + [row.month for row in initiative.measurements]
    plan = initiative.options[:1]
    first = min([until, *observed, *(month for option in plan for month in _beginnings(option))])
    months = until - first + 1
    # From the first planned month on nothing is sunk: the schedules are those of the plan itself.
    window = model.Portfolio(currency="", price_base=0, start=first, horizon=months)
    amounts = nothing(months)
    for option in plan:
        amounts[PLANNED_COST] += planned_costs(window, option)
        amounts[PLANNED_BENEFIT] += planned_benefits(window, initiative, option)
    _add_observed(amounts[ACTUAL_COST], ((row.month - first, row.amount) for row in initiative.actuals))
    _add_observed(amounts[REALISED_BENEFIT], ((month - first, amount) for month, amount in _measured_money(initiative)))
    unvalued = sum(money_per_unit(benefit) is None for benefit in initiative.benefits)
    return MoneyByMonth(first, amounts, min(observed, default=None), unvalued)


def added(parts: Iterable[MoneyByMonth]) -> MoneyByMonth | None:
    """Return the sum of some initiatives' money; None of none. What is unknown of all of them stays unknown."""
    listed = list(parts)
    if not listed:
        return None
    first = min(part.first for part in listed)
    months = max(part.first - first + part.amounts.shape[1] for part in listed)
    total, is_known = np.zeros((KINDS, months)), np.zeros((KINDS, months), dtype=bool)
    for part in listed:
        place = slice(part.first - first, part.first - first + part.amounts.shape[1])
        known = ~np.isnan(part.amounts)
        total[:, place] += np.where(known, part.amounts, 0.0)
        is_known[:, place] |= known
    total[OBSERVED][~is_known[OBSERVED]] = np.nan
    observed = [part.observed_from for part in listed if part.observed_from is not None]
    return MoneyByMonth(first, total, min(observed, default=None), sum(part.unvalued for part in listed))


@dataclass(frozen=True)
class Year:
    """Twelve months of an initiative: what was observed, beside the plan of just the months that were observed.

    None where nothing was observed: what is missing is not nought.
    """

    planned_cost: float | None
    actual_cost: float | None
    planned_benefit: float | None
    realised_benefit: float | None


def year_before(money: MoneyByMonth, month: Month) -> Year:
    """Return the twelve months before a month."""
    amounts = money.between(month + -YEAR, YEAR)
    planned_cost, actual_cost = _where_known(amounts[PLANNED_COST], amounts[ACTUAL_COST])
    planned_benefit, realised_benefit = _where_known(amounts[PLANNED_BENEFIT], amounts[REALISED_BENEFIT])
    return Year(planned_cost, actual_cost, planned_benefit, realised_benefit)


@dataclass(frozen=True)
class Quiet:
    """A benefit that falls silent unless it is measured: from which month on, and when it was measured last."""

    benefit: model.Benefit
    since: Month
    last_measured: Month | None


def quiet_benefits(initiative: model.Initiative) -> Iterator[Quiet]:
    """Yield the benefits of the current plan that fall silent unless they are measured, in the order of the plan.

    A benefit should be measured from its first month on until its end; qualitative ones are not measured.
    """
    benefits = {benefit.id: benefit for benefit in initiative.benefits}
    last_measured: dict[str, Month] = {}
    for row in initiative.measurements:
        last_measured[row.benefit] = max(row.month, last_measured.get(row.benefit, row.month))
    for option in initiative.options[:1]:
        for profile in option.profiles:
            benefit = benefits[profile.benefit]
            first = option.go_live + profile.offset
            end = None if profile.duration is None else first + profile.duration
            last = last_measured.get(benefit.id)
            since = silent_from(first, end, last)
            if since is not None and benefit.kind is not BenefitClass.QUALITATIVE:
                yield Quiet(benefit, since, last)


def silent_from(first: Month, end: Month | None, last_measured: Month | None) -> Month | None:
    """Return the month in which a benefit counts as fallen silent unless it is measured before; None for never.

    Args:
        first: The first month of its effect.
        end: The first month after its effect; None without an end.
        last_measured: The last month that was measured; None when none was.

    >>> str(silent_from(Month(2027, 4), None, Month(2027, 5)))
    '2027-09'
    >>> silent_from(Month(2027, 4), Month(2027, 8), Month(2027, 5)) is None
    True
    """
    if last_measured is not None and end is not None and end - last_measured <= SILENT_MONTHS:
        return None
    return max(first, last_measured or first) + (SILENT_MONTHS + 1)


def nothing(months: int) -> Floats:
    """Return the amounts of months in which nothing is planned and nothing known."""
    amounts = np.zeros((KINDS, months))
    amounts[OBSERVED] = np.nan
    return amounts


def _beginnings(option: model.Option) -> Iterator[Month]:
    """The months in which the cost lines and the benefits of a plan begin."""
    for line in option.costs:
        yield (option.start if line.anchor is Anchor.START else option.go_live) + line.offset
    for profile in option.profiles:
        yield option.go_live + profile.offset


def _measured_money(initiative: model.Initiative) -> Iterator[tuple[Month, float]]:
    """What the measured months brought in money; levels that have nothing to be compared with stay out."""
    benefits = {benefit.id: benefit for benefit in initiative.benefits}
    for row in initiative.measurements:
        benefit = benefits[row.benefit]
        worth = money_per_unit(benefit)
        if worth is not None and _is_comparable(benefit):
            yield row.month, month_gain(benefit, row.value) * worth


def _is_comparable(benefit: model.Benefit) -> bool:
    """Whether a measurement of a benefit says what its month brought, as ``month_gain`` needs it."""
    has_scale = benefit.baseline is not None and benefit.direction in (Direction.INCREASE, Direction.DECREASE)
    return benefit.accrual is Accrual.FLOW or has_scale


def _add_observed(totals: Floats, observed: Iterable[tuple[int, float]]) -> None:
    for place, amount in observed:
        if place < totals.size:
            totals[place] = amount + (0.0 if np.isnan(totals[place]) else totals[place])


def _where_known(planned: Floats, observed: Floats) -> tuple[float | None, float | None]:
    known = ~np.isnan(observed)
    if not known.any():
        return None, None
    return float(planned[known].sum()), float(observed[known].sum())
