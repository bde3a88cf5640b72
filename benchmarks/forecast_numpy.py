"""The reference workload in vectorised NumPy, as well as we can write it: what a compiled forecast has to beat.

All initiatives and a block of trials at once, in single precision; quantiles from tables; present values by look-up of
the slip; money by month as one product of matrices for each length of slip.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.reference_workload import LOADINGS, MONTHS, PROGRAMMES
from openvmo.engine.forecast.estimates import KNOTS, table
from openvmo.engine.model import Portfolio
from openvmo.engine.model.schedule import benefit_schedule, planned_go_live, planned_start
from openvmo.engine.quantities import AnnualRate

Single = NDArray[np.float32]

BLOCK = 128
SLIPS = 13
BENEFITS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """The plans as arrays; the first axis is the slip where there is one."""

    cost: Single
    slip: Single
    gains: tuple[Single, ...]
    impact: Single
    chance: Single
    chance_of_loss: Single
    loss: Single
    programme: NDArray[np.int64]
    cost_pv: Single
    impact_pv: Single
    gain_pv: Single
    cost_months: Single
    impact_months: Single
    gain_months: Single


def tables(portfolio: Portfolio) -> Tables:
    """Everything that does not change from trial to trial."""
    plans = [initiative.option() for initiative in portfolio.initiatives]
    discount = AnnualRate(portfolio.discount_rate).factors(MONTHS)
    size = len(plans)
    cost, impact, gain = (np.zeros((SLIPS, size, MONTHS)) for _ in range(3))
    for place, plan in enumerate(plans):
        begin, go_live = planned_start(portfolio, plan), planned_go_live(portfolio, plan)
        gain[:, place] = benefit_schedule(plan.profiles[0], go_live + np.arange(SLIPS), MONTHS)
        for slip in range(SLIPS):
            cost[slip, place, begin : go_live + slip] = 1 / (go_live + slip - begin)
            impact[slip, place, go_live + slip : go_live + slip + 1] = 1
    return Tables(
        cost=table([plan.costs[0].amount for plan in plans]),
        slip=table([plan.slip for plan in plans], difference=True),
        gains=tuple(table([plan.profiles[number].annual for plan in plans]) for number in range(BENEFITS)),
        impact=table([plan.risks[0].cost for plan in plans]),
        chance=np.array([plan.risks[0].probability for plan in plans], dtype=np.float32),
        chance_of_loss=np.array([plan.risks[1].probability for plan in plans], dtype=np.float32),
        loss=np.array([plan.risks[1].benefit_loss for plan in plans], dtype=np.float32),
        programme=np.arange(size) % PROGRAMMES,
        cost_pv=(cost @ discount).astype(np.float32),
        impact_pv=(impact @ discount).astype(np.float32),
        gain_pv=(gain @ discount).astype(np.float32),
        cost_months=cost.astype(np.float32),
        impact_months=impact.astype(np.float32),
        gain_months=gain.astype(np.float32),
    )


def forecast_with_numpy(portfolio: Portfolio, trials: int, seed: int = 1) -> tuple[Single, Single, Single]:
    """Portfolio NPV by trial, P10, P50 and P90 of each initiative, and the fan of the net flow."""
    plans = tables(portfolio)
    generator = np.random.Generator(np.random.SFC64(seed))
    npv = np.empty((trials, plans.programme.size), dtype=np.float32)
    net = np.empty((trials, MONTHS), dtype=np.float32)
    for first in range(0, trials, BLOCK):
        part = slice(first, min(first + BLOCK, trials))
        npv[part], net[part] = _block(plans, generator, part.stop - part.start)
    levels = (0.1, 0.5, 0.9)
    ranks = [round(level * (trials - 1)) for level in levels]
    ordered = np.sort(np.ascontiguousarray(npv.T), axis=1)
    return npv.sum(axis=1), ordered[:, ranks], np.quantile(net, levels, axis=0).astype(np.float32)


def _block(plans: Tables, generator: np.random.Generator, trials: int) -> tuple[Single, Single]:
    size = plans.programme.size
    shape, rows = (trials, size), np.arange(size)
    shared = generator.standard_normal((trials, 1 + PROGRAMMES), dtype=np.float32)
    common = np.float32(LOADINGS.portfolio) * shared[:, :1]
    common = common + np.float32(LOADINGS.programme) * shared[:, 1 + plans.programme]
    own = np.float32(np.sqrt(1 - LOADINGS.portfolio**2 - LOADINGS.programme**2))

    def drawn(quantiles: Single, sign: float = 1.0) -> Single:
        scores = np.float32(sign) * common + own * generator.standard_normal(shape, dtype=np.float32)
        place = np.clip(scores * np.float32(1 / (KNOTS[1] - KNOTS[0])) + np.float32(128), 0, np.float32(255.99998))
        cell = place.astype(np.int32)
        flat = quantiles.reshape(-1)
        below = cell + rows.astype(np.int32) * quantiles.shape[1]
        lower = flat[below]
        return lower + (place - cell) * (flat[below + 1] - lower)

    slip = np.clip(np.rint(drawn(plans.slip)), 0, SLIPS - 1).astype(np.int32)
    by_slip = slip * size + rows.astype(np.int32)
    cost = drawn(plans.cost)
    impact = drawn(plans.impact) * (generator.random(shape, dtype=np.float32) < plans.chance)
    gain = drawn(plans.gains[0], -1.0) + drawn(plans.gains[1], -1.0) + drawn(plans.gains[2], -1.0)
    gain *= 1 - plans.loss * (generator.random(shape, dtype=np.float32) < plans.chance_of_loss)
    npv = gain * plans.gain_pv.reshape(-1)[by_slip]
    npv -= cost * plans.cost_pv.reshape(-1)[by_slip]
    npv -= impact * plans.impact_pv.reshape(-1)[by_slip]
    net = np.zeros((trials, MONTHS), dtype=np.float32)
    for months in range(SLIPS):
        is_late = slip == months
        net += (gain * is_late) @ plans.gain_months[months]
        net -= (cost * is_late) @ plans.cost_months[months]
        net -= (impact * is_late) @ plans.impact_months[months]
    return npv, net
