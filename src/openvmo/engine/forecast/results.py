"""What a forecast says: arrays by trial and alternative, and their summaries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.model import Finding, Initiative, Option, Portfolio
from openvmo.engine.quantities import Month

Floats = NDArray[np.float64]
FanKind = Literal["cost", "benefit", "net", "cumulative_net"]

FAN_LEVELS = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)


@dataclass(frozen=True, slots=True)
class Alternative:
    """One option of one initiative, by their ids."""

    initiative: str
    option: str


@dataclass(frozen=True, slots=True)
class Distribution:
    """An uncertain number in short, over all trials.

    Args:
        mean: expected value.
        standard_error: standard error of the mean that comes from the number of trials.
        p5: one chance in twenty of being below; the other percentiles likewise.
    """

    mean: float
    standard_error: float
    p5: float
    p10: float
    p50: float
    p90: float
    p95: float

    @classmethod
    def of(cls, values: Floats) -> Distribution:
        """Summarise one value a trial, an array of shape (trials,)."""
        spread = float(np.std(values, ddof=1)) if values.size > 1 else 0.0
        percentiles = (float(value) for value in np.quantile(values, (0.05, 0.10, 0.50, 0.90, 0.95)))
        return cls(float(np.mean(values)), spread / float(np.sqrt(values.size)), *percentiles)


@dataclass(frozen=True, slots=True)
class AlternativeSummary:
    """What the forecast says of one alternative.

    Args:
        alternative: the initiative and the option.
        is_current: whether the option is the initiative's current plan (its first).
        npv: present value of benefits less costs, in money.
        cost: undiscounted forward cost, in money.
        cost_pv: present value of forward costs, in money.
        benefit: undiscounted benefit in money.
        benefit_pv: present value of benefits, in money.
        go_live: months from the portfolio's start to go-live; negative when it lies before.
        planned_go_live: the planned month.
        probability_of_loss: share of trials with a negative NPV.
        bcr: expected present value of benefits over that of costs; None when the costs are zero.
        roi: expected undiscounted benefit less cost, over cost; None when the costs are zero.
        sunk: money spent before the portfolio's start; in none of the other figures.
    """

    alternative: Alternative
    is_current: bool
    npv: Distribution
    cost: Distribution
    cost_pv: Distribution
    benefit: Distribution
    benefit_pv: Distribution
    go_live: Distribution
    planned_go_live: Month
    probability_of_loss: float
    bcr: float | None
    roi: float | None
    sunk: float


@dataclass(frozen=True, slots=True)
class PortfolioSummary:
    """What the forecast says of some alternatives together; the fields mean what they do in AlternativeSummary."""

    npv: Distribution
    cost: Distribution
    cost_pv: Distribution
    benefit: Distribution
    benefit_pv: Distribution
    probability_of_loss: float
    bcr: float | None
    roi: float | None
    sunk: float


@dataclass(frozen=True, slots=True, eq=False)
class Fan:
    """Percentiles month by month, in money a month (or money, for a cumulative fan).

    Args:
        months: the months, from the portfolio's start to its horizon.
        p5: array of shape (months,); one chance in twenty of being below. The other percentiles likewise.
    """

    months: tuple[Month, ...]
    p5: Floats
    p10: Floats
    p25: Floats
    p50: Floats
    p75: Floats
    p90: Floats
    p95: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Flows:
    """Money month by month in every trial: two arrays of shape (trials, months), undiscounted."""

    cost: Floats
    benefit: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """How a portfolio may turn out.

    Args:
        portfolio: what was forecast.
        trials: number of simulated futures.
        seed: seed of the random draws.
        alternatives: every option of every initiative, in the portfolio's order: the columns of the arrays.
        current: the columns that are the initiatives' current plans.
        npv: (trials, alternatives) present value of benefits less costs, from the portfolio's start on.
        cost_pv: (trials, alternatives) present value of forward costs.
        benefit_pv: (trials, alternatives) present value of benefits.
        cost: (trials, alternatives) undiscounted forward cost.
        benefit: (trials, alternatives) undiscounted benefit.
        go_live: (trials, alternatives) months from the portfolio's start to go-live.
        years: financial years, each named by the calendar year in which it starts.
        annual_cost: (alternatives, years) expected undiscounted cost.
        sunk: (alternatives,) money spent before the portfolio's start.
        flows: month by month, all current plans together.
        inside: the summaries of the alternatives without reference classes: the plans as stated.
        findings: what a reader must know about these numbers.
        flows_of: gives the flows of one initiative's current plan.

    Money is in the portfolio's currency at its price base.
    """

    portfolio: Portfolio
    trials: int
    seed: int
    alternatives: tuple[Alternative, ...]
    current: tuple[int, ...]
    npv: Floats
    cost_pv: Floats
    benefit_pv: Floats
    cost: Floats
    benefit: Floats
    go_live: Floats
    years: tuple[int, ...]
    annual_cost: Floats
    sunk: Floats
    flows: Flows
    inside: tuple[AlternativeSummary, ...]
    findings: tuple[Finding, ...]
    flows_of: Callable[[Initiative], Flows]

    def column(self, initiative: str, option: str | None = None) -> int:
        """The column of an alternative in the arrays; without an option that of the current plan.

        Raises:
            KeyError: the portfolio has no such alternative.
        """
        for number, alternative in enumerate(self.alternatives):
            if alternative.initiative == initiative and option in (None, alternative.option):
                return number
        raise KeyError(initiative if option is None else f"{initiative}/{option}")

    def table(self) -> tuple[AlternativeSummary, ...]:
        """A summary of each alternative, in the order of `alternatives`."""
        options = {
            Alternative(initiative.id, option.id): option
            for initiative in self.portfolio.initiatives
            for option in initiative.options
        }
        return tuple(
            self._summary(number, options[alternative]) for number, alternative in enumerate(self.alternatives)
        )

    def summary(self, columns: tuple[int, ...] | None = None) -> PortfolioSummary:
        """The alternatives in these columns taken together; None takes every initiative's current plan."""
        chosen = list(self.current if columns is None else columns)
        npv, cost, cost_pv, benefit, benefit_pv = (
            array[:, chosen].sum(axis=1) for array in (self.npv, self.cost, self.cost_pv, self.benefit, self.benefit_pv)
        )
        return PortfolioSummary(
            npv=Distribution.of(npv),
            cost=Distribution.of(cost),
            cost_pv=Distribution.of(cost_pv),
            benefit=Distribution.of(benefit),
            benefit_pv=Distribution.of(benefit_pv),
            probability_of_loss=float(np.mean(npv < 0)),
            bcr=ratio(float(np.mean(benefit_pv)), float(np.mean(cost_pv))),
            roi=ratio(float(np.mean(benefit) - np.mean(cost)), float(np.mean(cost))),
            sunk=float(self.sunk[chosen].sum()),
        )

    def fan(self, kind: FanKind, initiative: str | None = None) -> Fan:
        """Percentiles month by month.

        Args:
            kind: "cost", "benefit", "net" (benefit less cost), or "cumulative_net"; undiscounted.
            initiative: id of one initiative, whose current plan is shown; None shows all current plans together.

        Raises:
            KeyError: the portfolio has no such initiative.
        """
        flows = self.flows if initiative is None else self.flows_of(self.portfolio.initiative(initiative))
        percentiles = np.quantile(_monthly(flows, kind), FAN_LEVELS, axis=0)
        months = tuple(self.portfolio.start + offset for offset in range(self.portfolio.horizon))
        return Fan(months, *percentiles)

    def _summary(self, number: int, option: Option) -> AlternativeSummary:
        return summarise(
            self.alternatives[number],
            is_current=number in self.current,
            planned_go_live=option.go_live,
            cost=self.cost[:, number],
            cost_pv=self.cost_pv[:, number],
            benefit=self.benefit[:, number],
            benefit_pv=self.benefit_pv[:, number],
            go_live=self.go_live[:, number],
            sunk=float(self.sunk[number]),
        )


def summarise(
    alternative: Alternative,
    *,
    is_current: bool,
    planned_go_live: Month,
    cost: Floats,
    cost_pv: Floats,
    benefit: Floats,
    benefit_pv: Floats,
    go_live: Floats,
    sunk: float,
) -> AlternativeSummary:
    """Summarise one alternative's trials; each array has the shape (trials,)."""
    npv = benefit_pv - cost_pv
    return AlternativeSummary(
        alternative=alternative,
        is_current=is_current,
        npv=Distribution.of(npv),
        cost=Distribution.of(cost),
        cost_pv=Distribution.of(cost_pv),
        benefit=Distribution.of(benefit),
        benefit_pv=Distribution.of(benefit_pv),
        go_live=Distribution.of(go_live),
        planned_go_live=planned_go_live,
        probability_of_loss=float(np.mean(npv < 0)),
        bcr=ratio(float(np.mean(benefit_pv)), float(np.mean(cost_pv))),
        roi=ratio(float(np.mean(benefit) - np.mean(cost)), float(np.mean(cost))),
        sunk=sunk,
    )


def ratio(numerator: float, denominator: float) -> float | None:
    """The quotient; None when the denominator is zero, because no number is right then."""
    return None if denominator == 0 else numerator / denominator


def _monthly(flows: Flows, kind: FanKind) -> Floats:
    if kind == "cost":
        return flows.cost
    if kind == "benefit":
        return flows.benefit
    net = flows.benefit - flows.cost
    return net if kind == "net" else np.cumsum(net, axis=1)
