"""Forecast a whole portfolio."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import Executor
from dataclasses import replace

from openvmo.engine.forecast.factors import Loadings
from openvmo.engine.forecast.precise import Precision, until_precise
from openvmo.engine.forecast.results import Forecast
from openvmo.engine.forecast.settings import Sampling
from openvmo.engine.forecast.summaries import QUANTITIES
from openvmo.engine.model import Portfolio, PortfolioError, Severity
from openvmo.engine.model.check import check_portfolio
from openvmo.engine.reference import ReferenceTable, reference_classes

Progress = Callable[[float, str], None]


def forecast(
    portfolio: Portfolio,
    *,
    trials: int = 10_000,
    seed: int = 1,
    references: ReferenceTable | bool | None = True,
    loadings: Loadings | None = None,
    sampling: Sampling | str = Sampling.BALANCED,
    precision: Precision | None = None,
    keep: Collection[str] = ("npv", "benefit_pv"),
    quantiles: Collection[str] = QUANTITIES,
    threads: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Forecast:
    """Simulate what every option of every initiative may cost and bring, and when.

    Args:
        portfolio: the portfolio; money in its currency at its price base.
        trials: number of simulated futures.
        seed: seed of the random draws; the same seed gives the same numbers to the last bit, on any number of threads
            and any executor.
        references: True applies the published reference classes, a table applies its own, None or False none.
        loadings: how uncertain quantities move together; None takes the defaults of `Loadings`.
        sampling: "balanced" spreads the trials evenly over what may happen, "plain" draws them independently.
        precision: how surely the mean NPV of all current plans is to be known: the trials are doubled until it is, and
            `trials` is where they begin; None simulates just these. `reached_precision` says what was reached.
        keep: quantities of each alternative whose every trial is kept, 4 bytes each: any of npv, cost, cost_pv,
            benefit, benefit_pv and go_live. Summaries, fans and totals need none; a choice needs those of the default.
        quantiles: quantities of each alternative whose percentiles are wanted; those of others are NaN. They take
            longer than means.
        threads: threads of this process; None takes one for each processor.
        executor: simulates in its own way, such as processes or a cluster; then `threads` does not count.
        progress: called with the share done and a sentence; what it raises stops the forecast.

    Returns:
        A `Forecast`. Each alternative counts as if taken, and those that it depends on as if taken at their current
        plans. Missing benefits are never silently zero: see its `findings`.

    Raises:
        PortfolioError: the portfolio has errors; it lists them.
        ValueError: there is less than one trial or thread, or an unknown quantity is to be kept.

    Reference classes multiply what is not stated as certain: forward costs, the months still to come, and benefits.

    Source: B. Flyvbjerg, From Nobel Prize to Project Management (2006), https://arxiv.org/abs/1302.3642.

    >>> from openvmo.engine.model import CostLine, Initiative, Option
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
    _check(trials, {*keep, *quantiles}, threads)
    findings = check_portfolio(portfolio)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise PortfolioError(findings)
    # What is compiled is only loaded when something is forecast.
    from openvmo.engine.forecast.whole import Wish, forecast_whole

    wish = Wish(
        trials=trials,
        seed=seed,
        references=_table(references=references),
        loadings=loadings or Loadings(),
        sampling=Sampling(sampling),
        keep=tuple(name for name in QUANTITIES if name in keep),
        quantiles=tuple(name for name in QUANTITIES if name in quantiles),
    )

    def run(trials: int, progress: Progress | None) -> Forecast:
        whole = replace(wish, trials=trials)
        return forecast_whole(portfolio, whole, threads=threads, executor=executor, progress=progress)

    return run(trials, progress) if precision is None else until_precise(run, trials, precision, progress)


def _check(trials: int, keep: Collection[str], threads: int | None) -> None:
    if trials < 1:
        message = f"a forecast needs at least one trial, not {trials}"
        raise ValueError(message)
    if threads is not None and threads < 1:
        message = f"a forecast needs at least one thread, not {threads}"
        raise ValueError(message)
    unknown = sorted(set(keep) - set(QUANTITIES))
    if unknown:
        message = f"an alternative has no {', '.join(unknown)}: choose among {', '.join(QUANTITIES)}"
        raise ValueError(message)


def _table(*, references: ReferenceTable | bool | None) -> ReferenceTable:
    if references is True:
        return dict(reference_classes())
    return dict(references) if references else {}
