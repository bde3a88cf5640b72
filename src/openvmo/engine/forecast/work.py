"""How a run is cut into chunks of entries, and who simulates them: this thread, several threads, or any executor.

Whoever does it, the numbers are the same: every draw belongs to its stream and trial, and totals are whole quanta that
add up exactly in any order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.forecast.compiled import SIDES, Tallies, simulate
from openvmo.engine.forecast.lowering import lower
from openvmo.engine.forecast.segments import Segment, most_risks, scratch_for
from openvmo.engine.forecast.settings import Entry, Settings
from openvmo.engine.forecast.summaries import QUANTITIES, Summaries
from openvmo.engine.forecast.tallies import Totals, kept_values, magic_of, summarise
from openvmo.engine.forecast.waiting import narrowed

Single = NDArray[np.float32]
Tick = Callable[[int], None]
Result = TypeVar("Result")

CHUNK = 32
"""Entries that one thread simulates at a time: few enough for memory, many enough to forget the overhead."""
# An executor does not say how many workers it has; this many pieces keep as many busy, and each sends totals back.
_PIECES = 16


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Some entries to simulate in one segment of trials.

    Args:
        settings: what every part of the forecast needs.
        segment: the trials.
        entries: the entries.
        factors: (factors, trials) scores of the common factors.
        waits: (rows, trials) months that entries wait for.
        keep: the quantities whose every trial is kept.
    """

    settings: Settings
    segment: Segment
    entries: tuple[Entry, ...]
    factors: Single
    waits: NDArray[np.int16]
    keep: Collection[str]


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    """What a task found of its entries.

    Args:
        summaries: of each entry and quantity, one after another.
        monthly_cost: (entries, months) cost added up over the trials.
        kept: by quantity, (entries, trials).
    """

    summaries: Summaries
    monthly_cost: NDArray[np.float64]
    kept: dict[str, Single]


def run_tasks(tasks: Sequence[Task], totals: Totals, threads: int, executor: Executor | None, tick: Tick) -> list[Done]:
    """Simulate the tasks, add to the totals, and give what was found in the order of the entries.

    Args:
        tasks: of one segment.
        totals: what is added to.
        threads: threads of this process; without an executor.
        executor: simulates the tasks in its own way; each gives totals of its own.
        tick: called with the number of entries done, in the caller's thread; what it raises ends the work.
    """
    if executor is not None:
        done = dict(_by_executor(tasks, totals, executor, tick))
    elif threads == 1 or len(tasks) == 1:
        done = dict(_here(tasks, totals, tick))
    else:
        done = dict(_by_threads(tasks, totals, threads, tick))
    return [done[place] for place in range(len(tasks))]


def task_size(entries: int, executor: Executor | None) -> int:
    """Entries of a task."""
    return CHUNK if executor is None else max(CHUNK, -(-entries // _PIECES))


def _here(tasks: Sequence[Task], totals: Totals, tick: Tick) -> Iterator[tuple[int, Done]]:
    for place, task in enumerate(tasks):
        yield place, _simulate(task, totals)
        tick(len(task.entries))


def _by_threads(tasks: Sequence[Task], totals: Totals, threads: int, tick: Tick) -> Iterator[tuple[int, Done]]:
    """Threads share the tasks; each adds to totals of its own, which are brought together at the end."""
    idle = deque([totals, *(Totals.like(totals) for _ in range(min(threads, len(tasks)) - 1))])
    own = tuple(idle)[1:]

    def work(task: Task) -> Done:
        mine = idle.pop()
        try:
            return _simulate(task, mine)
        finally:
            idle.append(mine)

    with ThreadPoolExecutor(len(idle), thread_name_prefix="forecast") as pool:
        yield from _awaited(pool, work, tasks, tick)
    for part in own:
        totals.add(part)


def _by_executor(tasks: Sequence[Task], totals: Totals, executor: Executor, tick: Tick) -> Iterator[tuple[int, Done]]:
    """Each task brings totals of its own, which are added as they come; then they are forgotten."""
    sent = [_narrow(task) for task in tasks]
    for place, (done, part) in _awaited(executor, simulate_alone, sent, tick):
        totals.add(part)
        yield place, done


def _narrow(task: Task) -> Task:
    entries, waits = narrowed(task.entries, task.waits)
    return Task(task.settings, task.segment, entries, task.factors, waits, task.keep)


def simulate_alone(task: Task) -> tuple[Done, Totals]:
    """Simulate a task with totals of its own, wherever an executor does it."""
    totals = Totals.nothing(task.settings, task.segment.trials)
    return _simulate(task, totals), totals


def _simulate(task: Task, totals: Totals) -> Done:
    program = lower(task.settings, task.entries)
    entries, months = len(task.entries), task.settings.frame.horizon
    tallies = Tallies(
        values=np.empty((entries, len(QUANTITIES), task.segment.trials), dtype=np.float32),
        monthly_cost=np.zeros((entries, SIDES, months + 1)),
        cost_flows=totals.cost_flows,
        benefit_flows=totals.benefit_flows,
        programmes=totals.programmes,
        objectives=totals.objectives,
        drivers=totals.drivers,
    )
    magic = magic_of(task.settings.quantum)
    simulate(
        program, task.segment.first_block, magic, task.factors, task.waits, tallies, scratch_for(most_risks(program))
    )
    kept = kept_values(tallies.values, task.keep)
    wanted = np.tile(np.isin(QUANTITIES, task.settings.quantiles), entries)
    summaries = summarise(tallies.values.reshape(-1, task.segment.trials), task.settings.replicates, wanted)
    return Done(summaries, np.cumsum(tallies.monthly_cost.sum(axis=1), axis=1)[:, :months], kept)


def _awaited(
    executor: Executor, work: Callable[[Task], Result], tasks: Sequence[Task], tick: Tick
) -> Iterator[tuple[int, Result]]:
    """Places and results as they come; when something is raised, what has not begun is called off."""
    places: dict[Future[Result], int] = {executor.submit(work, task): place for place, task in enumerate(tasks)}
    try:
        while places:
            for future in wait(places, return_when=FIRST_COMPLETED).done:
                place = places.pop(future)
                yield place, future.result()
                tick(len(tasks[place].entries))
    finally:
        for future in places:
            future.cancel()
