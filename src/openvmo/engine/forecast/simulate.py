"""Forecast a whole portfolio, in chunks that any executor may run."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.forecast.draws import Loadings
from openvmo.engine.forecast.gaps import forecast_gaps
from openvmo.engine.forecast.kernel import Outcome, add_flows, no_flows, outcome_of, simulate
from openvmo.engine.forecast.results import Alternative, AlternativeSummary, Flows, Forecast, summarise
from openvmo.engine.forecast.timing import NO_WAITS, Settings, Waits, waits_of
from openvmo.engine.model import Initiative, Option, Portfolio, PortfolioError, Severity
from openvmo.engine.model.check import check_portfolio
from openvmo.engine.model.schedule import sunk_cost
from openvmo.engine.reference import ReferenceTable, reference_classes

Floats = NDArray[np.float64]
Progress = Callable[[float, str], None]

# Fixed, so that sums are taken in the same order on any executor.
_CHUNK = 16
# Chunks handed out ahead of the one awaited: bounds memory, and is enough to keep as many workers busy.
_AHEAD = 16


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """Some initiatives to simulate, with what each waits for in both views."""

    outside: Settings
    inside: Settings
    initiatives: tuple[Initiative, ...]
    waits_outside: Mapping[str, Waits]
    waits_inside: Mapping[str, Waits]


@dataclass(frozen=True, slots=True, eq=False)
class _Result:
    """Outcomes of every option in order, the summaries of the inside view, and the flows of the current plans."""

    outcomes: tuple[Outcome, ...]
    inside: tuple[AlternativeSummary, ...]
    flows: Flows


def forecast(
    portfolio: Portfolio,
    *,
    trials: int = 10_000,
    seed: int = 1,
    references: ReferenceTable | bool | None = True,
    loadings: Loadings | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Forecast:
    """Simulate what every option of every initiative may cost and bring, and when.

    Args:
        portfolio: the portfolio; money in its currency at its price base.
        trials: number of simulated futures.
        seed: seed of the random draws; the same seed gives the same numbers to the last bit, on any executor.
        references: True applies the published reference classes, a table applies its own, None or False none.
        loadings: how uncertain quantities move together; None takes the defaults of `Loadings`.
        executor: runs the chunks; None runs them here.
        progress: called with the share done and a sentence; what it raises stops the forecast.

    Returns:
        A `Forecast`. Each alternative counts as if taken, and those that it depends on as if taken at their current
        plans. Missing benefits are never silently zero: see its `findings`.

    Raises:
        PortfolioError: the portfolio has errors; it lists them.
        ValueError: there is less than one trial.

    Reference classes multiply what is not stated as certain: forward costs, the months still to come, and benefits.

    Source: B. Flyvbjerg, From Nobel Prize to Project Management (2006), https://arxiv.org/abs/1302.3642.

    >>> from openvmo.engine.model import CostLine
    >>> from openvmo.engine.quantities import Estimate, Month
    >>> start = Month(2026, 4)
    >>> line = CostLine(id="build", name="Build", amount=Estimate(100.0), months=1)
    >>> plan = Option(id="plan", start=start, duration=6, costs=(line,))
    >>> road = Initiative(id="road", name="Road", reference_class="roads", options=(plan,))
    >>> f = forecast(Portfolio(currency="GBP", price_base=2026, start=start, initiatives=(road,)))
    >>> f.npv.shape, [finding.code for finding in f.findings]
    ((10000, 1), ['benefit.none'])
    >>> round(f.inside[0].cost.p50), round(f.table()[0].cost.p50)
    (100, 115)
    """
    if trials < 1:
        message = f"a forecast needs at least one trial, not {trials}"
        raise ValueError(message)
    findings = check_portfolio(portfolio)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise PortfolioError(findings)
    table = _table(references=references)
    frame = replace(portfolio, objectives=(), programmes=(), initiatives=(), dependencies=(), budgets=())
    outside = Settings(frame, trials, seed, loadings or Loadings(), table)
    inside = replace(outside, references={})
    waits = waits_of(outside, portfolio)
    results = _run(_tasks(portfolio, outside, inside, waits), executor)
    return _gather(portfolio, outside, waits, _watched(results, len(portfolio.initiatives), progress))


def _table(*, references: ReferenceTable | bool | None) -> ReferenceTable:
    if references is True:
        return dict(reference_classes())
    return dict(references) if references else {}


def _tasks(portfolio: Portfolio, outside: Settings, inside: Settings, waits: Mapping[str, Waits]) -> list[_Task]:
    waits_inside = waits_of(inside, portfolio)

    def only(chosen: tuple[Initiative, ...], all_waits: Mapping[str, Waits]) -> Mapping[str, Waits]:
        return {initiative.id: all_waits[initiative.id] for initiative in chosen if initiative.id in all_waits}

    chunks = [portfolio.initiatives[first : first + _CHUNK] for first in range(0, len(portfolio.initiatives), _CHUNK)]
    return [_Task(outside, inside, chunk, only(chunk, waits), only(chunk, waits_inside)) for chunk in chunks]


def _run(tasks: list[_Task], executor: Executor | None) -> Iterator[_Result]:
    """The results in the order of the tasks."""
    if executor is None:
        yield from map(_simulate_chunk, tasks)
        return
    pending: deque[Future[_Result]] = deque()
    try:
        for task in tasks:
            pending.append(executor.submit(_simulate_chunk, task))
            if len(pending) == _AHEAD:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        for future in pending:
            future.cancel()


def _watched(results: Iterator[_Result], total: int, progress: Progress | None) -> Iterator[_Result]:
    """The same results, each told to `progress` when it is there."""
    for done, result in enumerate(results, start=1):
        if progress is not None:
            simulated = min(done * _CHUNK, total)
            progress(simulated / total, f"Simulated {simulated} of {total} initiatives.")
        yield result


def _simulate_chunk(task: _Task) -> _Result:
    outcomes: list[Outcome] = []
    inside: list[AlternativeSummary] = []
    flows = no_flows(task.outside)
    for initiative in task.initiatives:
        waits = task.waits_outside.get(initiative.id, NO_WAITS)
        for number, option in enumerate(initiative.options):
            simulated = simulate(task.outside, initiative, option, waits)
            outcome = outcome_of(task.outside, simulated)
            if number == 0:
                add_flows(simulated, flows)
            outcomes.append(outcome)
            inside.append(_inside_summary(task, initiative, option, outcome))
    return _Result(tuple(outcomes), tuple(inside), flows)


def _inside_summary(task: _Task, initiative: Initiative, option: Option, outcome: Outcome) -> AlternativeSummary:
    """The option as its planners see it, without reference classes; `outcome` is the outside view of it."""
    if initiative.reference_class in task.outside.references or initiative.id in task.waits_outside:
        waits = task.waits_inside.get(initiative.id, NO_WAITS)
        outcome = outcome_of(task.inside, simulate(task.inside, initiative, option, waits))
    return summarise(
        Alternative(initiative.id, option.id),
        is_current=option is initiative.options[0],
        planned_go_live=option.go_live,
        cost=outcome.cost,
        cost_pv=outcome.cost_pv,
        benefit=outcome.benefit,
        benefit_pv=outcome.benefit_pv,
        go_live=outcome.go_live,
        sunk=sunk_cost(task.inside.frame, initiative, option),
    )


def _gather(
    portfolio: Portfolio, settings: Settings, waits: Mapping[str, Waits], results: Iterator[_Result]
) -> Forecast:
    """Bring the results together, in order; an array's columns are the alternatives."""
    options = [(initiative, option) for initiative in portfolio.initiatives for option in initiative.options]
    years, year_of_month = _years(portfolio)
    shape = (settings.trials, len(options))
    # Columns are read far more often than rows, so each lies in one piece.
    cost, cost_pv, benefit, benefit_pv, go_live = (np.empty(shape, order="F") for _ in range(5))
    annual_cost = np.empty((len(options), len(years)))
    flows = no_flows(settings)
    inside: list[AlternativeSummary] = []
    for result in results:
        for column, outcome in enumerate(result.outcomes, start=len(inside)):
            cost[:, column], cost_pv[:, column] = outcome.cost, outcome.cost_pv
            benefit[:, column], benefit_pv[:, column] = outcome.benefit, outcome.benefit_pv
            go_live[:, column] = outcome.go_live
            annual_cost[column] = np.bincount(year_of_month, weights=outcome.monthly_cost, minlength=len(years))
        inside.extend(result.inside)
        np.add(flows.cost, result.flows.cost, out=flows.cost)
        np.add(flows.benefit, result.flows.benefit, out=flows.benefit)
    return Forecast(
        portfolio=portfolio,
        trials=settings.trials,
        seed=settings.seed,
        alternatives=tuple(Alternative(initiative.id, option.id) for initiative, option in options),
        current=tuple(number for number, (initiative, option) in enumerate(options) if option is initiative.options[0]),
        npv=benefit_pv - cost_pv,
        cost_pv=cost_pv,
        benefit_pv=benefit_pv,
        cost=cost,
        benefit=benefit,
        go_live=go_live,
        years=years,
        annual_cost=annual_cost,
        sunk=np.array([sunk_cost(portfolio, initiative, option) for initiative, option in options], dtype=np.float64),
        flows=flows,
        inside=tuple(inside),
        findings=forecast_gaps(portfolio, settings.references),
        flows_of=partial(_initiative_flows, settings, waits),
    )


def _years(portfolio: Portfolio) -> tuple[tuple[int, ...], NDArray[np.int64]]:
    """The financial years of the appraisal, and the number of the year that each month falls in."""
    months = (portfolio.start + offset for offset in range(portfolio.horizon))
    of_month = np.array([month.fiscal_year(portfolio.fiscal_year_start) for month in months], dtype=np.int64)
    return tuple(range(int(of_month[0]), int(of_month[-1]) + 1)), of_month - of_month[0]


def _initiative_flows(settings: Settings, waits: Mapping[str, Waits], initiative: Initiative) -> Flows:
    """The current plan of one initiative, month by month in every trial."""
    flows = no_flows(settings)
    for option in initiative.options[:1]:
        add_flows(simulate(settings, initiative, option, waits.get(initiative.id, NO_WAITS)), flows)
    return flows
