"""A run: entries through all segments of trials, to totals, groups, fans and summaries."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.forecast.estimates import KNOTS, table
from openvmo.engine.forecast.fans import Months
from openvmo.engine.forecast.results import FAN_KINDS, FanKind, GroupKind
from openvmo.engine.forecast.segments import Segment, scores_of_factors, segments_of
from openvmo.engine.forecast.settings import Entry, Settings
from openvmo.engine.forecast.summaries import MONEY, QUANTITIES, Summaries, joined, pooled
from openvmo.engine.forecast.tallies import Totals, summarise
from openvmo.engine.forecast.work import Task, run_tasks, task_size
from openvmo.engine.model import Portfolio
from openvmo.engine.model.schedule import valued_profiles
from openvmo.engine.quantities import Estimate
from openvmo.engine.reference import Dimension

Double = NDArray[np.float64]
Single = NDArray[np.float32]
Progress = Callable[[float, str], None]
WaitsOf = Callable[[Segment, Single], NDArray[np.int16]]

_GROUPS: tuple[GroupKind, ...] = ("programme", "objective", "driver")


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a run found.

    Args:
        summaries: of each entry and quantity: its arrays begin with (entries, quantities).
        monthly_cost: (entries, months) expected cost.
        kept: by quantity, (entries, trials).
        totals: by quantity of money, (trials,): all current plans together.
        yearly: cost and benefit of all current plans by financial year, (trials, years).
        fans: percentiles of all current plans by month, (levels, months).
        groups: of programmes (money), objectives and drivers (benefit and its present value), by row and quantity.
    """

    summaries: Summaries
    monthly_cost: Double
    kept: Mapping[str, Single]
    totals: Mapping[str, Double]
    yearly: Mapping[str, Single]
    fans: Mapping[FanKind, Double]
    groups: Mapping[GroupKind, Summaries]


@dataclass(frozen=True, slots=True)
class Means:
    """With what a run is done: threads of this process or an executor, and who is told of its progress."""

    threads: int = 1
    executor: Executor | None = None
    progress: Progress | None = None


def run(
    settings: Settings,
    entries: Sequence[Entry],
    waits_of: WaitsOf,
    keep: Collection[str],
    means: Means,
    beside: Sequence[Entry] = (),
) -> Outcome:
    """Simulate entries in all trials.

    Args:
        settings: what every part of the forecast needs.
        entries: the entries.
        waits_of: gives the months that they wait for in a segment, (rows, trials).
        keep: the quantities whose every trial is kept.
        means: with what it is done.
        beside: more entries, of which nothing is kept; their summaries follow the others'.
    """
    tick = _Tick(len(entries) + len(beside), settings.trials, means.progress)
    parts = []
    for segment in segments_of(settings.trials):
        tick.segment = segment.trials
        factors = scores_of_factors(settings, segment)
        waits = waits_of(segment, factors)
        tasks = [
            Task(settings, segment, chunk, factors, waits, kept)
            for some, kept in ((entries, keep), (beside, ()))
            for chunk in _chunks(some, task_size(len(entries), means.executor))
        ]
        parts.append(_run_segment(tasks, settings, segment, keep, means, tick))
    return _together(parts, settings.trials)


def _chunks(entries: Sequence[Entry], size: int) -> Iterator[tuple[Entry, ...]]:
    for first in range(0, len(entries), size):
        yield tuple(entries[first : first + size])


class _Tick:
    """Tells how far a run is."""

    def __init__(self, entries: int, trials: int, progress: Progress | None) -> None:
        self._entries, self._trials, self._progress = entries, trials, progress
        self._done = 0.0
        self.segment = 0

    def __call__(self, entries: int) -> None:
        self._done += entries * self.segment / self._trials
        if self._progress is not None:
            share = min(self._done / self._entries, 1.0)
            self._progress(share, f"Simulated {share:.0%} of {self._entries} options.")


def _run_segment(
    tasks: Sequence[Task], settings: Settings, segment: Segment, keep: Collection[str], means: Means, tick: _Tick
) -> Outcome:
    totals = Totals.nothing(settings, segment.trials)
    done = run_tasks(tasks, totals, means.threads, means.executor, tick)
    months = Months.of(totals, settings.frame.horizon, settings.quantum)
    cost, benefit = months.by_year(year_of_month(settings.frame))
    money = _with_npv(totals.programmes)
    return Outcome(
        summaries=_by_entry(joined([part.summaries for part in done]))
        if done
        else _no_summaries(segment.trials, settings.replicates),
        monthly_cost=np.concatenate([np.zeros((0, settings.frame.horizon)), *(part.monthly_cost for part in done)]),
        kept={
            name: _one_after_another([part.kept[name] for part in done if part.kept], segment.trials) for name in keep
        },
        totals=dict(zip(MONEY, money.sum(axis=0), strict=True)),
        yearly={"cost": cost, "benefit": benefit},
        fans=months.fans(),
        groups={
            kind: _of_groups(array, settings.replicates)
            for kind, array in zip(_GROUPS, (money, totals.objectives, totals.drivers), strict=True)
        },
    )


def _one_after_another(parts: Sequence[Single], trials: int) -> Single:
    return np.concatenate([np.zeros((0, trials), np.float32), *parts])


def _with_npv(programmes: Double) -> Double:
    """(programmes, money, trials): NPV beside cost and benefit; exact, as all are whole quanta."""
    npv = programmes[:, 3] - programmes[:, 1]
    return np.concatenate([programmes, npv[:, None]], axis=1)


def _of_groups(array: Double, replicates: int) -> Summaries:
    groups, quantities, trials = array.shape
    return summarise(array.reshape(-1, trials).astype(np.float32), replicates).shaped(groups, quantities)


def _by_entry(summaries: Summaries) -> Summaries:
    return summaries.shaped(summaries.mean.size // len(QUANTITIES), len(QUANTITIES))


def _no_summaries(trials: int, replicates: int) -> Summaries:
    return _by_entry(summarise(np.zeros((0, trials), dtype=np.float32), replicates))


def _together(parts: Sequence[Outcome], trials: int) -> Outcome:
    """The segments' outcomes taken together."""
    first = parts[0]
    if len(parts) == 1:
        return Outcome(
            first.summaries,
            first.monthly_cost / trials,
            first.kept,
            first.totals,
            first.yearly,
            first.fans,
            first.groups,
        )
    shares = [part.summaries.trials / trials for part in parts]
    return Outcome(
        summaries=pooled([part.summaries for part in parts]),
        monthly_cost=np.asarray(sum(part.monthly_cost for part in parts) / trials),
        kept={name: np.concatenate([part.kept[name] for part in parts], axis=1) for name in first.kept},
        totals={name: np.concatenate([part.totals[name] for part in parts]) for name in first.totals},
        yearly={name: np.concatenate([part.yearly[name] for part in parts]) for name in first.yearly},
        fans={
            kind: np.asarray(sum(share * part.fans[kind] for share, part in zip(shares, parts, strict=True)))
            for kind in FAN_KINDS
        },
        groups={kind: pooled([part.groups[kind] for part in parts]) for kind in _GROUPS},
    )


def years_of(frame: Portfolio) -> tuple[int, ...]:
    """The financial years of the appraisal."""
    first, last = frame.start, frame.start + (frame.horizon - 1)
    return tuple(range(first.fiscal_year(frame.fiscal_year_start), last.fiscal_year(frame.fiscal_year_start) + 1))


def year_of_month(frame: Portfolio) -> NDArray[np.int64]:
    """The number of the financial year that each month of the appraisal falls in, (months,)."""
    months = (frame.start + offset for offset in range(frame.horizon))
    years = np.array([month.fiscal_year(frame.fiscal_year_start) for month in months], dtype=np.int64)
    return np.asarray(years - years[0])


def quantum_for(frame: Portfolio, entries: Iterable[Entry]) -> float:
    """A power of two so small that rounding to its multiples does not show, and so large that all sums stay exact.

    The sum of all money that may ever move is below 2^51 quanta. It is bounded by the outermost quantiles, added up
    without rounding, so that it does not depend on the order.
    """
    counted = [entry for entry in entries if entry.counts]
    amounts: list[Estimate] = []
    weights: list[float] = []
    years = frame.horizon / 12
    for entry in counted:
        cost, benefit = (_greatest_factor(entry, dimension) for dimension in (Dimension.COST, Dimension.BENEFIT))
        for line in entry.option.costs:
            amounts.append(line.amount)
            weights.append(cost)
        for risk in entry.option.risks:
            amounts.append(risk.cost)
            weights.append(cost)
        for profile, value in valued_profiles(entry.initiative, entry.option, frame.pools):
            amounts.append(profile.annual)
            weights.append(abs(value) * benefit * years * max(profile.curve, default=1.0))
    if not amounts:
        return 1.0
    greatest = np.abs(table(amounts, np.array([KNOTS[0], 0.0, KNOTS[-1]]), dtype=np.float64)).max(axis=1)
    bound = math.fsum((greatest * np.array(weights)).tolist())
    return math.ldexp(1.0, math.frexp(bound)[1] - 51) if bound > 0 else 1.0


def _greatest_factor(entry: Entry, dimension: Dimension) -> float:
    known = entry.references.get(entry.initiative.reference_class)
    shape = None if known is None else known.shape(dimension)
    return 1.0 if shape is None else max(float(shape.table(KNOTS[-1:])[0]), 1.0)
