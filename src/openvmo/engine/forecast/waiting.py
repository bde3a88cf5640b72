"""Which initiatives wait for which, and until when in each trial: a slip travels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.forecast.compiled import go_live_times
from openvmo.engine.forecast.lowering import lower
from openvmo.engine.forecast.program import NOTHING
from openvmo.engine.forecast.segments import Segment, most_risks, scratch_for
from openvmo.engine.forecast.settings import Entry, Settings, WaitRows
from openvmo.engine.model import DependencyKind, Initiative, Portfolio
from openvmo.engine.reference import ReferenceTable

Months = NDArray[np.int16]
Sources = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who waits for whom in one view.

    Args:
        sources: the entries on which others lean, each after those that it waits for itself.
        leaned_on: for each row of waiting months the ids of the initiatives whose latest go-live it is.
        rows: for each waiting initiative its rows.
    """

    sources: tuple[Entry, ...]
    leaned_on: tuple[Sources, ...]
    rows: Mapping[str, WaitRows]

    def months(self, settings: Settings, segment: Segment, factors: NDArray[np.float32]) -> Months:
        """The months that entries wait for in each trial of a segment, (rows, trials in whole blocks)."""
        waits = np.zeros((len(self.leaned_on), segment.padded), dtype=np.int16)
        if not self.sources:
            return waits
        program = lower(settings, self.sources)
        scratch = scratch_for(most_risks(program))
        go_live = np.empty((len(self.sources), segment.padded), dtype=np.int16)
        number = {entry.initiative.id: place for place, entry in enumerate(self.sources)}
        for place, entry in enumerate(self.sources):
            row = entry.waits.start
            if row != NOTHING:
                waits[row] = _latest(go_live, number, self.leaned_on[row])
            go_live_times(program, place, segment.first_block, factors, waits, scratch, go_live[place])
        for row, sources in enumerate(self.leaned_on):
            waits[row] = _latest(go_live, number, sources)
        return waits


def _latest(go_live: Months, number: Mapping[str, int], sources: Sources) -> Months:
    latest: Months = np.maximum.reduce([go_live[number[source]] for source in sources])
    return latest


def waiting_of(portfolio: Portfolio, references: ReferenceTable) -> Waiting:
    """Who waits for whom; others are taken at their current plans. The dependencies must form no circle."""
    planned = {initiative.id: initiative for initiative in portfolio.initiatives if initiative.options}
    before = _sources(portfolio, DependencyKind.FINISH_TO_START, planned)
    enablers = _sources(portfolio, DependencyKind.ENABLES, planned)
    leaned_on: list[Sources] = []
    rows = {
        target: _rows_of(before.get((target, ""), ()), enablers, target, leaned_on)
        for target in sorted({target for target, _ in (*before, *enablers)})
    }
    sources = tuple(
        Entry(planned[source], planned[source].option(), references, waits=rows.get(source, WaitRows()))
        for source in _in_order(before, leaned_on)
    )
    return Waiting(sources, tuple(leaned_on), rows)


def _sources(
    portfolio: Portfolio, kind: DependencyKind, planned: Mapping[str, Initiative]
) -> dict[tuple[str, str], Sources]:
    """The planned initiatives on which each target, or one benefit of it, leans by this kind of dependency."""
    sources: dict[tuple[str, str], Sources] = {}
    for dependency in portfolio.dependencies:
        if dependency.kind is kind and dependency.source in planned:
            target = (dependency.target, dependency.benefit)
            sources[target] = tuple(sorted({*sources.get(target, ()), dependency.source}))
    return sources


def _rows_of(
    before: Sources, enablers: Mapping[tuple[str, str], Sources], target: str, leaned_on: list[Sources]
) -> WaitRows:
    def row(sources: Sources) -> int:
        if not sources:
            return NOTHING
        leaned_on.append(sources)
        return len(leaned_on) - 1

    everything = enablers.get((target, ""), ())
    single = {
        benefit: row(tuple(sorted({*everything, *sources})))
        for (name, benefit), sources in sorted(enablers.items())
        if name == target and benefit
    }
    return WaitRows(row(before), row(everything), single)


def _in_order(before: Mapping[tuple[str, str], Sources], leaned_on: Iterable[Sources]) -> list[str]:
    """Every initiative on which another leans, each after those that it waits for itself."""
    names = sorted({source for sources in leaned_on for source in sources})
    graph = {source: before.get((source, ""), ()) for source in names}
    return list(TopologicalSorter(graph).static_order())


def narrowed(entries: Sequence[Entry], waits: Months) -> tuple[tuple[Entry, ...], Months]:
    """The entries with only the rows that they need, so that little is sent to another process."""
    needed = sorted({row for entry in entries for row in entry.waits.all()})
    place = {row: number for number, row in enumerate(needed)}
    return tuple(replace(entry, waits=entry.waits.renumbered(place.__getitem__)) for entry in entries), waits[needed]
