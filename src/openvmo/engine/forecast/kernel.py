"""The simulation of one initiative: streams of money, and what they add up to.

A stream is an amount by trial and a schedule by plan. Trials whose start and go-live fall in the same months share one
plan, so a present value costs one look-up a trial, whatever the number of months.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.forecast.draws import Draws
from openvmo.engine.forecast.estimates import sample
from openvmo.engine.forecast.results import Flows
from openvmo.engine.forecast.timing import Settings, Times, Waits, happens, times_of
from openvmo.engine.model import Anchor, CostLine, Initiative, Option
from openvmo.engine.model.schedule import benefit_schedule, cost_schedule, planned_start, valued_profiles
from openvmo.engine.quantities import AnnualRate, Estimate
from openvmo.engine.reference import Dimension

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Blocks of trials whose months fit the processor's cache together.
_BLOCK = 512


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """Money that moves with one timing.

    Args:
        amounts: (trials,) the whole amount, or the steady yearly value.
        plans: (trials,) the row of the schedule that each trial follows.
        schedule: (plans, months) share of the amount in each month.
    """

    amounts: Floats
    plans: Integers
    schedule: Floats

    def total(self, weights: Floats) -> Floats:
        """Weighted sum over the months by trial; the weights have the shape (months,)."""
        totals: Floats = self.amounts * (self.schedule * weights).sum(axis=1)[self.plans]
        return totals

    def expected(self) -> Floats:
        """Mean over the trials by month, (months,)."""
        by_plan = np.bincount(self.plans, weights=self.amounts, minlength=len(self.schedule))
        means: Floats = (by_plan[:, None] * self.schedule).sum(axis=0) / self.amounts.size
        return means

    def add_to(self, flows: Floats) -> None:
        """Add the stream to (trials, months)."""
        active = np.flatnonzero(self.schedule.any(axis=0))
        if active.size == 0:
            return
        window = slice(active[0], active[-1] + 1)
        schedule = np.ascontiguousarray(self.schedule[:, window])
        for first in range(0, self.amounts.size, _BLOCK):
            block = slice(first, first + _BLOCK)
            money = schedule[self.plans[block]]
            money *= self.amounts[block, None]
            flows[block, window] += money


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """One option in every trial: its costs and benefits as streams, and its go-live, (trials,)."""

    costs: tuple[Stream, ...]
    benefits: tuple[Stream, ...]
    go_live: Integers


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What an option's streams add up to: arrays of shape (trials,), and the expected cost by month, (months,)."""

    cost: Floats
    cost_pv: Floats
    benefit: Floats
    benefit_pv: Floats
    go_live: Floats
    monthly_cost: Floats


def simulate(settings: Settings, initiative: Initiative, option: Option, waits: Waits) -> Simulated:
    """Simulate one option of an initiative in every trial."""
    draws = settings.draws(initiative)
    times = times_of(settings, initiative, option, waits, draws)
    return Simulated(
        costs=_cost_streams(settings, initiative, option, times, draws),
        benefits=_benefit_streams(settings, initiative, option, times, waits, draws),
        go_live=times.go_live,
    )


def outcome_of(settings: Settings, simulated: Simulated) -> Outcome:
    """Add the streams of an option up."""
    months, trials = settings.frame.horizon, settings.trials
    discount, level = AnnualRate(settings.frame.discount_rate).factors(months), np.ones(months)
    return Outcome(
        cost=_sum(simulated.costs, level, trials),
        cost_pv=_sum(simulated.costs, discount, trials),
        benefit=_sum(simulated.benefits, level, trials),
        benefit_pv=_sum(simulated.benefits, discount, trials),
        go_live=simulated.go_live.astype(np.float64),
        monthly_cost=sum((stream.expected() for stream in simulated.costs), np.zeros(months)),
    )


def add_flows(simulated: Simulated, flows: Flows) -> None:
    """Add an option's money month by month to flows of shape (trials, months)."""
    for stream in simulated.costs:
        stream.add_to(flows.cost)
    for stream in simulated.benefits:
        stream.add_to(flows.benefit)


def no_flows(settings: Settings) -> Flows:
    """Flows to add to."""
    shape = (settings.trials, settings.frame.horizon)
    return Flows(np.zeros(shape), np.zeros(shape))


def _cost_streams(
    settings: Settings, initiative: Initiative, option: Option, times: Times, draws: Draws
) -> tuple[Stream, ...]:
    """The option's costs; lines with the same timing are one stream."""
    lines: dict[tuple[Anchor, int, int | None], CostLine] = {}
    amounts: dict[tuple[Anchor, int, int | None], Floats] = {}
    factors = _factors(settings, initiative, Dimension.COST, draws)
    for line, values in (*_line_costs(option, draws), *_risk_costs(option, draws)):
        timing = (line.anchor, line.offset, line.months)
        lines.setdefault(timing, line)
        amount = values if line.amount.is_certain or factors is None else values * factors
        amounts[timing] = amounts[timing] + amount if timing in amounts else amount
    begin = planned_start(settings.frame, option)
    plans, start, go_live = _plans(times)
    return tuple(
        Stream(amounts[timing], plans, cost_schedule(line, option, begin, start, go_live, settings.frame.horizon))
        for timing, line in lines.items()
    )


def _line_costs(option: Option, draws: Draws) -> list[tuple[CostLine, Floats]]:
    return [(line, sample(line.amount, draws.scores("cost", line.id))) for line in option.costs]


def _risk_costs(option: Option, draws: Draws) -> list[tuple[CostLine, Floats]]:
    """What the option's risk events cost, each as a line that is paid at go-live."""
    costs = []
    for risk in option.risks:
        if risk.cost == Estimate.certain(0.0):
            continue
        line = CostLine(id=risk.id, name=risk.name, amount=risk.cost, anchor=Anchor.GO_LIVE, months=1)
        amount = sample(risk.cost, draws.scores("risk cost", risk.id))
        costs.append((line, amount * happens(risk.id, risk.probability, draws)))
    return costs


def _benefit_streams(
    settings: Settings, initiative: Initiative, option: Option, times: Times, waits: Waits, draws: Draws
) -> tuple[Stream, ...]:
    """The option's benefits in money."""
    first = times.go_live if waits.benefit is None else np.maximum(times.go_live, waits.benefit)
    months, plans = np.unique(first, return_inverse=True)
    kept = _kept(option, draws, settings.trials)
    factors = _factors(settings, initiative, Dimension.BENEFIT, draws)
    streams = []
    for profile, value in valued_profiles(initiative, option):
        amounts = value * kept * sample(profile.annual, draws.scores("benefit", profile.benefit, sign=-1.0))
        if factors is not None and not profile.annual.is_certain:
            amounts *= factors
        streams.append(Stream(amounts, plans, benefit_schedule(profile, months, settings.frame.horizon)))
    return tuple(streams)


def _kept(option: Option, draws: Draws, trials: int) -> Floats:
    """Share of the benefits that the option's risk events leave, (trials,)."""
    kept = np.ones(trials)
    for risk in option.risks:
        kept *= 1 - risk.benefit_loss * happens(risk.id, risk.probability, draws)
    return kept


def _factors(settings: Settings, initiative: Initiative, dimension: Dimension, draws: Draws) -> Floats | None:
    """How the reference class stretches the plan by trial; None without a class."""
    shape = settings.shape(initiative, dimension)
    if shape is None:
        return None
    sign = -1.0 if dimension is Dimension.BENEFIT else 1.0
    return shape.factors(draws.scores("reference", dimension, sign=sign))


def _plans(times: Times) -> tuple[Integers, Integers, Integers]:
    """The plan that each trial follows, and start and go-live of each plan."""
    width = int(np.ptp(times.go_live)) + 1
    least = int(times.go_live.min())
    codes, plans = np.unique(times.start * width + (times.go_live - least), return_inverse=True)
    return plans, codes // width, codes % width + least


def _sum(streams: tuple[Stream, ...], weights: Floats, trials: int) -> Floats:
    return sum((stream.total(weights) for stream in streams), np.zeros(trials))
