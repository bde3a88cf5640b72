"""The reference workload with sampling libraries, written as their users would: one initiative after another.

SciPy draws from frozen distributions; probabilit and OpenTURNS, which are installed apart, draw the correlated inputs
in their own way. What follows from the inputs is the same vectorised arithmetic for all: slips, ramps, present values
and money by month.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from benchmarks.reference_workload import LOADINGS, MONTHS, PROGRAMMES, workload
from openvmo.engine.model import Option, Portfolio
from openvmo.engine.model.schedule import benefit_schedule, cost_schedule, planned_go_live, planned_start
from openvmo.engine.quantities import AnnualRate, Estimate, Family

Double = NDArray[np.float64]

MODULES = {"SciPy": "scipy", "OpenTURNS": "openturns", "probabilit": "probabilit"}


def is_installed(name: str) -> bool:
    """Whether a peer can be measured here."""
    return importlib.util.find_spec(MODULES[name]) is not None


def frozen(estimate: Estimate) -> Any:
    """The estimate as a frozen distribution of SciPy; limits are given as such."""
    low, high = float(estimate.low or 0.0), float(estimate.high or 0.0)
    match estimate.family:
        case Family.TRIANGULAR:
            return stats.triang((estimate.likely - low) / (high - low), low, high - low)
        case Family.PERT:
            place = (estimate.likely - low) / (high - low)
            return stats.beta(1 + 4 * place, 5 - 4 * place, low, high - low)
        case _:
            return stats.lognorm(np.log(high / low) / 2 / stats.norm.ppf(1 - estimate.tail), scale=estimate.likely)


def with_scipy(initiatives: int, trials: int) -> tuple[Double, Double]:
    """Every input by the inverse of its distribution function, from correlated normal scores."""
    portfolio, generator = workload(initiatives), np.random.default_rng(1)
    shared = generator.standard_normal((1 + PROGRAMMES, trials))
    own = np.sqrt(1 - LOADINGS.portfolio**2 - LOADINGS.programme**2)

    def inputs(place: int, plan: Option) -> list[Double]:
        common = LOADINGS.portfolio * shared[0] + LOADINGS.programme * shared[1 + place % PROGRAMMES]
        return [
            frozen(estimate).ppf(stats.norm.cdf(sign * common + own * generator.standard_normal(trials)))
            for sign, estimate in estimates_of(plan)
        ]

    return together(portfolio, trials, generator, inputs)


def with_openturns(initiatives: int, trials: int) -> tuple[Double, Double]:
    """A joint distribution with a normal copula for each initiative."""
    import openturns

    portfolio, generator = workload(initiatives), np.random.default_rng(1)

    def marginal(estimate: Estimate) -> Any:
        low, high = float(estimate.low or 0.0), float(estimate.high or 0.0)
        match estimate.family:
            case Family.TRIANGULAR:
                return openturns.Triangular(low, estimate.likely, high)
            case Family.PERT:
                place = (estimate.likely - low) / (high - low)
                return openturns.Beta(1 + 4 * place, 5 - 4 * place, low, high)
            case _:
                sigma = float(np.log(high / low) / 2 / stats.norm.ppf(1 - estimate.tail))
                return openturns.LogNormal(float(np.log(estimate.likely)), sigma)

    def inputs(_place: int, plan: Option) -> list[Double]:
        signs = np.array([sign for sign, _ in estimates_of(plan)])
        matrix = (LOADINGS.portfolio**2 + LOADINGS.programme**2) * np.outer(signs, signs)
        np.fill_diagonal(matrix, 1.0)
        copula = openturns.NormalCopula(openturns.CorrelationMatrix(matrix.tolist()))
        joint = openturns.JointDistribution([marginal(estimate) for _, estimate in estimates_of(plan)], copula)
        return list(np.asarray(joint.getSample(trials)).T)

    return together(portfolio, trials, generator, inputs)


def with_probabilit(initiatives: int, trials: int) -> tuple[Double, Double]:
    """Correlated inputs of each initiative by the reordering of Iman and Conover."""
    from probabilit.modeling import Distribution, NoOp

    portfolio, generator = workload(initiatives), np.random.default_rng(1)

    def inputs(_place: int, plan: Option) -> list[Double]:
        signs = np.array([sign for sign, _ in estimates_of(plan)])
        matrix = (LOADINGS.portfolio**2 + LOADINGS.programme**2) * np.outer(signs, signs)
        np.fill_diagonal(matrix, 1.0)
        made = [_of_probabilit(Distribution, estimate) for _, estimate in estimates_of(plan)]
        sink = NoOp(*made).correlate(*made, corr_mat=matrix)
        sink.sample(trials, random_state=generator)
        return [variable.samples_ for variable in made]

    return together(portfolio, trials, generator, inputs)


def _of_probabilit(distribution: Any, estimate: Estimate) -> Any:
    known = frozen(estimate)
    return distribution(known.dist.name, *known.args, **known.kwds)


def estimates_of(plan: Option) -> list[tuple[float, Estimate]]:
    """Slip, cost, impact and the three benefits, each with the sign of its common part."""
    rising = [plan.slip, plan.costs[0].amount, plan.risks[0].cost]
    return [*((1.0, one) for one in rising), *((-1.0, profile.annual) for profile in plan.profiles)]


def together(
    portfolio: Portfolio,
    trials: int,
    generator: np.random.Generator,
    inputs: Callable[[int, Option], list[Double]],
) -> tuple[Double, Double]:
    """Portfolio NPV by trial, and the net flow by trial and month, from the inputs of each initiative."""
    discount = AnnualRate(portfolio.discount_rate).factors(MONTHS)
    total, net = np.zeros(trials), np.zeros((trials, MONTHS))
    for place, initiative in enumerate(portfolio.initiatives):
        plan = initiative.option()
        slip, cost, impact, *gains = inputs(place, plan)
        impact = impact * (generator.random(trials) < plan.risks[0].probability)
        kept = 1 - plan.risks[1].benefit_loss * (generator.random(trials) < plan.risks[1].probability)
        late, number = np.unique(np.rint(slip).astype(np.int64), return_inverse=True)
        begin, go_live = planned_start(portfolio, plan), planned_go_live(portfolio, plan) + late
        arriving = benefit_schedule(plan.profiles[0], go_live, MONTHS)
        paid = cost_schedule(plan.costs[0], plan, begin, np.full(late.size, begin), go_live, MONTHS)
        struck = (np.arange(MONTHS) == go_live[:, None]).astype(np.float64)
        flow = (sum(gains) * kept)[:, None] * arriving[number] - cost[:, None] * paid[number]
        flow -= impact[:, None] * struck[number]
        npv = flow @ discount
        np.quantile(npv, (0.1, 0.5, 0.9))
        total += npv
        net += flow
    np.quantile(net, (0.1, 0.5, 0.9), axis=0)
    return total, net


PEERS: dict[str, Callable[[int, int], tuple[Double, Double]]] = {
    "SciPy": with_scipy,
    "OpenTURNS": with_openturns,
    "probabilit": with_probabilit,
}
