"""The forecast of a portfolio: its entries in both views, one run over all of them, and what is found of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.forecast.compiled import processors
from openvmo.engine.forecast.detail import Again
from openvmo.engine.forecast.factors import Loadings, factors_of
from openvmo.engine.forecast.gaps import forecast_gaps
from openvmo.engine.forecast.results import Alternative, Forecast, GroupKind
from openvmo.engine.forecast.run import Means, Outcome, quantum_for, run, year_of_month, years_of
from openvmo.engine.forecast.segments import Segment
from openvmo.engine.forecast.settings import Entry, Places, Sampling, Settings, WaitRows
from openvmo.engine.forecast.summaries import Summaries
from openvmo.engine.forecast.waiting import Waiting, waiting_of
from openvmo.engine.model import Initiative, Option, Portfolio
from openvmo.engine.model.schedule import sunk_cost
from openvmo.engine.reference import ReferenceTable

Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be forecast; see `forecast` for the fields."""

    trials: int
    seed: int
    references: ReferenceTable
    loadings: Loadings
    sampling: Sampling
    keep: tuple[str, ...]
    quantiles: tuple[str, ...]


def forecast_whole(
    portfolio: Portfolio, wish: Wish, *, threads: int | None, executor: Executor | None, progress: Progress | None
) -> Forecast:
    """Forecast a portfolio that has no errors."""
    outside, inside = waiting_of(portfolio, wish.references), waiting_of(portfolio, {})
    plans = [(initiative, option) for initiative in portfolio.initiatives for option in initiative.options]
    entries = [_outside(initiative, option, wish, outside) for initiative, option in plans]
    differing = _differing(portfolio, plans, wish.references, outside)
    beside = [_inside(*plans[place], inside, len(outside.leaned_on)) for place in differing]
    frame = replace(portfolio, objectives=(), programmes=(), initiatives=(), dependencies=(), budgets=())
    places = _places(portfolio)
    settings = Settings(
        frame=frame,
        trials=wish.trials,
        seed=wish.seed,
        sampling=wish.sampling,
        factors=factors_of(portfolio, wish.loadings),
        places=places,
        quantum=quantum_for(frame, entries),
        quantiles=wish.quantiles,
    )

    def waits_of(segment: Segment, factors: NDArray[np.float32]) -> NDArray[np.int16]:
        months = outside.months(settings, segment, factors)
        return np.concatenate([months, inside.months(settings, segment, factors)]) if differing else months

    means = Means(threads or processors(), executor, progress)
    outcome = run(settings, entries, waits_of, wish.keep, means, beside)
    return _forecast(portfolio, wish, settings, plans, differing, outcome, Again(settings, wish.references, outside))


Plans = Sequence[tuple[Initiative, Option]]


def _outside(initiative: Initiative, option: Option, wish: Wish, waiting: Waiting) -> Entry:
    is_current = option is initiative.options[0]
    return Entry(initiative, option, wish.references, is_current, waiting.rows.get(initiative.id, WaitRows()))


def _inside(initiative: Initiative, option: Option, waiting: Waiting, first_row: int) -> Entry:
    rows = waiting.rows.get(initiative.id, WaitRows())
    return Entry(initiative, option, {}, waits=rows.renumbered(lambda row: row + first_row))


def _differing(portfolio: Portfolio, plans: Plans, references: ReferenceTable, waiting: Waiting) -> list[int]:
    """The alternatives whose inside view differs: those of a reference class, and those that may wait for one."""
    if not any(initiative.reference_class in references for initiative in portfolio.initiatives):
        return []
    return [
        place
        for place, (initiative, _) in enumerate(plans)
        if initiative.reference_class in references or initiative.id in waiting.rows
    ]


def _places(portfolio: Portfolio) -> Places:
    """The rows of the totals: programmes, objectives and drivers that appear in plans, those without one first."""
    valued = [
        benefit
        for initiative in portfolio.initiatives
        for benefit in initiative.benefits
        if any(benefit.id == profile.benefit for option in initiative.options for profile in option.profiles)
    ]
    return Places(
        programmes=_numbered(initiative.programme for initiative in portfolio.initiatives),
        objectives=_numbered(benefit.objective for benefit in valued),
        drivers=_numbered(str(benefit.driver) for benefit in valued),
    )


def _forecast(
    portfolio: Portfolio,
    wish: Wish,
    settings: Settings,
    plans: Plans,
    differing: Sequence[int],
    outcome: Outcome,
    again: Again,
) -> Forecast:
    count = len(plans)
    alternatives = tuple(Alternative(initiative.id, option.id) for initiative, option in plans)
    # Inside views that differ follow the outside views of all.
    place_of = {place: count + number for number, place in enumerate(differing)}
    years, sunk = years_of(portfolio), [sunk_cost(portfolio, *plan) for plan in plans]
    return Forecast(
        portfolio=portfolio,
        trials=wish.trials,
        seed=wish.seed,
        sampling=wish.sampling,
        replicates=settings.replicates,
        alternatives=alternatives,
        current=tuple(number for number, (initiative, option) in enumerate(plans) if option is initiative.options[0]),
        years=years,
        annual_cost=_by_year(portfolio, outcome.monthly_cost[:count]),
        sunk=np.array(sunk, dtype=np.float64),
        findings=forecast_gaps(portfolio, wish.references),
        totals=outcome.totals,
        yearly=outcome.yearly,
        _summaries=outcome.summaries,
        _inside=tuple(place_of.get(place, place) for place in range(count)),
        _kept=outcome.kept,
        _fans=outcome.fans,
        _groups=_groups(settings.places, outcome.groups),
        _detail=again,
    )


def _numbered(names: Iterable[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(sorted({"", *names}))}


def _by_year(portfolio: Portfolio, monthly: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums of the months of each financial year, (entries, years)."""
    begins = np.flatnonzero(np.diff(year_of_month(portfolio), prepend=-1))
    return np.add.reduceat(monthly, begins, axis=1)


def _groups(places: Places, summaries: Mapping[GroupKind, Summaries]) -> dict[GroupKind, dict[str, Summaries]]:
    rows: dict[GroupKind, Mapping[str, int]] = {
        "programme": places.programmes,
        "objective": places.objectives,
        "driver": places.drivers,
    }
    return {kind: {name: summaries[kind].at(row) for name, row in rows[kind].items() if name} for kind in rows}
