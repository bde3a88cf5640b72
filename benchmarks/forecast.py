"""What a forecast of the reference workload takes, against vectorised NumPy and against sampling libraries."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable

from benchmarks.forecast_numpy import forecast_with_numpy
from benchmarks.forecast_peers import PEERS, is_installed
from benchmarks.measure import Timing, apart, peak_mebibytes, timed
from benchmarks.reference_workload import LOADINGS, workload
from benchmarks.report import Figure, say

ROUNDS = 3
ALONE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""One thread for libraries that would take all."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--initiatives", type=int, default=1_000, help="size (default: 1000)")
    parser.add_argument("--trials", type=int, default=10_000, help="simulated futures (default: 10000)")
    parser.add_argument("--peer-initiatives", type=int, default=20, help="size for the libraries (default: 20)")
    arguments = parser.parse_args()
    # Processes that are started from here find it before they load NumPy.
    os.environ.update(ALONE)
    size, trials = arguments.initiatives, arguments.trials
    cells = size * trials
    numpy = apart(of_numpy, {}, size, trials)
    balanced, peak = apart(of_engine, {}, size, trials, "balanced", 1)
    plain, _ = apart(of_engine, {}, size, trials, "plain", 1)
    two, _ = apart(of_engine, {}, size, trials, "balanced", 2)
    everything, _ = apart(of_whole_engine, {}, size, trials)
    _, large_peak = apart(of_engine, {}, size // 10, 10 * trials, "balanced", 1)
    say(
        f"Forecast of {size:,} initiatives x 3 benefits x 60 months x {trials:,} trials",
        "vectorised NumPy, one thread, processor time of the same run",
        [
            _a_cell("balanced, processor", balanced, numpy, cells, most=30.0),
            _a_cell("plain, processor", plain, numpy, cells, most=30.0),
            _a_cell("with quantiles of every quantity", everything, numpy, cells),
            Figure("balanced against NumPy", balanced.median, "s", numpy.median, most_ratio=0.25),
            Figure("two threads, clock", two.median_wall, "s", balanced.median_wall, most_ratio=1 / 1.8),
            Figure("peak memory", peak, "MiB", most=400.0),
            Figure("peak memory, a tenth of the initiatives, ten times the trials", large_peak, "MiB", most=400.0),
            Figure("first forecast of a process, code cached", first_run({}), "s", most=2.0),
            Figure("first forecast on a machine, code compiled", compiled_anew(), "s"),
        ],
    )
    peers(arguments.peer_initiatives, trials, balanced.median / cells)


def of_engine(initiatives: int, trials: int, sampling: str, threads: int) -> tuple[Timing, float]:
    """The engine, with what the workload asks for: NPV of the portfolio, its quantiles of each initiative, and fans."""
    from openvmo.engine.forecast import forecast

    plans = workload(initiatives)

    def work() -> None:
        forecast(
            plans, trials=trials, loadings=LOADINGS, sampling=sampling, keep=(), quantiles=("npv",), threads=threads
        )

    work()
    return timed(work, rounds=ROUNDS), peak_mebibytes()


def of_whole_engine(initiatives: int, trials: int) -> tuple[Timing, float]:
    """The engine with all that it says by default."""
    from openvmo.engine.forecast import forecast

    plans = workload(initiatives)

    def work() -> None:
        forecast(plans, trials=trials, loadings=LOADINGS, threads=1).table()

    work()
    return timed(work, rounds=ROUNDS), peak_mebibytes()


def of_numpy(initiatives: int, trials: int) -> Timing:
    """The peer in vectorised NumPy."""
    plans = workload(initiatives)
    return timed(lambda: forecast_with_numpy(plans, trials), rounds=1)


def first_run(environment: dict[str, str]) -> float:
    """Seconds by the clock until the first forecast of a new process is there, imports and all."""
    apart(_first, environment)
    return apart(_first, environment)


def compiled_anew() -> float:
    """The same where nothing is cached."""
    with tempfile.TemporaryDirectory() as folder:
        return apart(_first, {"NUMBA_CACHE_DIR": folder})


def _first() -> float:
    import time

    began = time.perf_counter()
    from openvmo.engine.forecast import forecast

    forecast(workload(1), trials=100, threads=1)
    return time.perf_counter() - began


def peers(initiatives: int, trials: int, own: float) -> None:
    """Sampling libraries, each where it is installed; `own` is the engine's processor time a cell."""
    cells = initiatives * trials
    figures = []
    for name, work in PEERS.items():
        if not is_installed(name):
            print(f"{name} is not installed: left out. See benchmarks/README.md.")
            continue
        taken = apart(_of_peer, {}, work, initiatives, trials)
        figures.append(Figure(f"engine against {name}", 1e9 * own, "ns", 1e9 * taken.median / cells, most_ratio=0.01))
    title = f"Sampling libraries, {initiatives:,} initiatives, {trials:,} trials; per initiative and trial"
    say(title, "the library, one thread, processor time", figures)


def _of_peer(work: Callable[[int, int], object], initiatives: int, trials: int) -> Timing:
    return timed(lambda: work(initiatives, trials), rounds=1)


def _a_cell(what: str, timing: Timing, baseline: Timing, cells: int, most: float | None = None) -> Figure:
    each = 1e9 / cells
    return Figure(f"{what}, an initiative and trial", each * timing.median, "ns", each * baseline.median, most)


if __name__ == "__main__":
    main()
