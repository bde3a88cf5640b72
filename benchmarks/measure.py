"""How things are timed: by the clock, by the processor time of all threads, and in memory."""

from __future__ import annotations

import math
import multiprocessing
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_UNITS_A_MEBIBYTE = 2**20 if sys.platform == "darwin" else 2**10


@dataclass(frozen=True, slots=True)
class Timing:
    """What several rounds of the same work took, in seconds each.

    Args:
        wall: by the clock.
        processor: of all threads of this process. Other load lengthens it little, so ratios are taken from it.
    """

    wall: tuple[float, ...]
    processor: tuple[float, ...]

    @property
    def median(self) -> float:
        """The processor time of the middle round."""
        return statistics.median(self.processor)

    @property
    def median_wall(self) -> float:
        """The clock time of the middle round."""
        return statistics.median(self.wall)


def timed(work: Callable[[], object], *, rounds: int) -> Timing:
    """Do the work several times and keep what each round took."""
    wall, processor = [], []
    for _ in range(rounds):
        began = time.perf_counter(), time.process_time()
        work()
        wall.append(time.perf_counter() - began[0])
        processor.append(time.process_time() - began[1])
    return Timing(tuple(wall), tuple(processor))


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed.

    >>> percentile([5.0, 1.0, 3.0, 2.0, 4.0], 0.8)
    4.0
    """
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def peak_mebibytes() -> float:
    """The most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _UNITS_A_MEBIBYTE


def apart(work: Callable[P, T], environment: Mapping[str, str], *arguments: P.args, **named: P.kwargs) -> T:
    """Do the work in a fresh process with these environment variables, so that memory and settings are its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context, initializer=_set, initargs=(dict(environment),)) as process:
        return process.submit(work, *arguments, **named).result()


def _set(environment: Mapping[str, str]) -> None:
    os.environ.update(environment)
