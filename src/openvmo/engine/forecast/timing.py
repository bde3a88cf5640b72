"""When work starts and goes live in each trial: slips, and the waiting for other initiatives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.forecast.draws import Draws, Loadings, draws_of
from openvmo.engine.forecast.estimates import sample_difference
from openvmo.engine.model import DependencyKind, Initiative, Option, Portfolio
from openvmo.engine.model.schedule import planned_go_live, planned_start
from openvmo.engine.reference import Dimension, ReferenceTable, Shape

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Settings:
    """What every part of a forecast needs.

    Args:
        frame: the portfolio without its initiatives: start, horizon, discount rate.
        trials: number of trials.
        seed: seed of the draws.
        loadings: how quantities move together.
        references: the reference classes; empty for the inside view.
    """

    frame: Portfolio
    trials: int
    seed: int
    loadings: Loadings
    references: ReferenceTable

    def draws(self, initiative: Initiative) -> Draws:
        """The initiative's random numbers."""
        return draws_of(self.seed, self.trials, self.loadings, initiative.id, initiative.programme)

    def shape(self, initiative: Initiative, dimension: Dimension) -> Shape | None:
        """How the initiative's reference class turned out; None when it has none in this dimension."""
        known = self.references.get(initiative.reference_class)
        return None if known is None else known.shape(dimension)


@dataclass(frozen=True, slots=True, eq=False)
class Waits:
    """What an initiative waits for, in months from the portfolio's start by trial; None when it waits for nothing.

    Args:
        start: earliest start of the work: the go-live of what must finish before.
        benefit: earliest month from which benefits count: the go-live of what enables them.
    """

    start: Integers | None = None
    benefit: Integers | None = None


NO_WAITS = Waits()


@dataclass(frozen=True, slots=True, eq=False)
class Times:
    """Start and go-live of an option in months from the portfolio's start, two arrays of shape (trials,)."""

    start: Integers
    go_live: Integers


def times_of(settings: Settings, initiative: Initiative, option: Option, waits: Waits, draws: Draws) -> Times:
    """Simulate start and go-live of one option.

    The slip and the reference class act on the months still to come. What was to be live before the portfolio's start
    is live; work that has begun does not wait for others any more.
    """
    begin, planned = planned_start(settings.frame, option), planned_go_live(settings.frame, option)
    start = np.full(settings.trials, begin, dtype=np.int64)
    if planned <= 0:
        return Times(start, np.full(settings.trials, planned, dtype=np.int64))
    ahead = max(begin, 0)
    months = (planned - ahead) + sample_difference(option.slip, draws.scores("slip"))
    for risk in option.risks:
        months += sample_difference(risk.slip, draws.scores("risk slip", risk.id)) * happens(
            risk.id, risk.probability, draws
        )
    shape = settings.shape(initiative, Dimension.DURATION)
    if shape is not None and not option.slip.is_certain:
        months *= shape.factors(draws.scores("reference", Dimension.DURATION))
    go_live = ahead + np.maximum(np.rint(months), 1).astype(np.int64)
    if waits.start is None or begin < 0:
        return Times(start, go_live)
    delay = np.maximum(waits.start - begin, 0)
    return Times(start + delay, go_live + delay)


def happens(risk: str, probability: float, draws: Draws) -> NDArray[np.bool_]:
    """Whether a risk event happens, by trial; the same in its effects on time, cost and benefit."""
    return draws.uniforms("risk", risk) < probability


def waits_of(settings: Settings, portfolio: Portfolio) -> Mapping[str, Waits]:
    """What each waiting initiative waits for; an initiative that waits for nothing is not in it.

    Others are taken at their current plans. The dependencies must form no circle.
    """
    planned = {initiative.id: initiative for initiative in portfolio.initiatives if initiative.options}
    before = _sources(portfolio, DependencyKind.FINISH_TO_START, planned)
    enablers = _sources(portfolio, DependencyKind.ENABLES, planned)
    go_live: dict[str, Integers] = {}
    for source in _in_order(before, enablers):
        initiative = planned[source]
        waits = Waits(start=_latest(before.get(source), go_live))
        draws = settings.draws(initiative)
        go_live[source] = times_of(settings, initiative, initiative.option(), waits, draws).go_live
    return {
        target: Waits(_latest(before.get(target), go_live), _latest(enablers.get(target), go_live))
        for target in sorted(before.keys() | enablers.keys())
    }


def _sources(portfolio: Portfolio, kind: DependencyKind, planned: Mapping[str, Initiative]) -> dict[str, list[str]]:
    """The planned initiatives on which each target leans by this kind of dependency."""
    sources: dict[str, list[str]] = {}
    for dependency in portfolio.dependencies:
        if dependency.kind is kind and dependency.source in planned:
            sources.setdefault(dependency.target, []).append(dependency.source)
    return sources


def _in_order(before: Mapping[str, list[str]], enablers: Mapping[str, list[str]]) -> list[str]:
    """Every initiative on which another leans, each after those that it waits for itself."""
    leaned_on = {source for sources in (*before.values(), *enablers.values()) for source in sources}
    graph = {source: before.get(source, []) for source in sorted(leaned_on)}
    return list(TopologicalSorter(graph).static_order())


def _latest(sources: list[str] | None, go_live: Mapping[str, Integers]) -> Integers | None:
    return None if sources is None else np.maximum.reduce([go_live[source] for source in sources])
