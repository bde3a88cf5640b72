"""How many trials balanced sampling saves at equal error, and what drawing them takes."""

from __future__ import annotations

import argparse
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import apart, timed
from benchmarks.reference_workload import LOADINGS, workload
from benchmarks.report import Figure, say
from openvmo.engine.forecast import forecast

LEVELS = (0.1, 0.5, 0.9)
SAMPLINGS = ("plain", "balanced")
LONG = 16_384
"""Trials of the runs that are timed."""
ROUNDS = 15
TRUTH_TRIALS = 65_536
TRUTH_RUNS = 4


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--initiatives", type=int, default=100, help="size (default: 100)")
    parser.add_argument("--trials", type=int, default=1_024, help="simulated futures of a run (default: 1024)")
    parser.add_argument("--runs", type=int, default=200, help="runs of each kind (default: 200)")
    arguments = parser.parse_args()
    shares, drawing = apart(measured, {}, arguments.initiatives, arguments.trials, arguments.runs)
    goals = {"mean": 1 / 50, "P10": 1 / 4, "P90": 1 / 4}
    say(
        f"Portfolio NPV of {arguments.initiatives} initiatives, {arguments.trials:,} trials, {arguments.runs} runs",
        "trials that plain sampling needs for the same mean squared error, by processor time",
        [
            Figure(f"trials for the {name}", share * drawing, "", 1.0, most_ratio=goals.get(name))
            for name, share in shares.items()
        ]
        + [Figure("processor time of a trial", drawing, "", 1.0)],
    )


def measured(initiatives: int, trials: int, runs: int) -> tuple[dict[str, float], float]:
    """Mean squared error of balanced over that of plain sampling, and the same of the processor time."""
    figures = _Figures(initiatives)
    truth = np.mean([figures(TRUTH_TRIALS, "balanced", 10_000 + seed) for seed in range(TRUTH_RUNS)], axis=0)
    errors = {}
    for sampling in SAMPLINGS:
        found = np.array([figures(trials, sampling, seed) for seed in range(runs)])
        errors[sampling] = ((found - truth) ** 2).mean(axis=0)
    # Turn by turn, so that other load on the machine meets both alike.
    rounds = [[timed(partial(figures, LONG, one, 1), rounds=1).median for one in SAMPLINGS] for _ in range(ROUNDS)]
    drawing = float(np.median([balanced / plain for plain, balanced in rounds]))
    names = ("mean", *(f"P{round(100 * level)}" for level in LEVELS), "mean of one initiative")
    shares = dict(zip(names, errors["balanced"] / errors["plain"], strict=True))
    return shares, drawing


class _Figures:
    """Runs the workload and gives mean and quantiles of the portfolio, and the mean of its first initiative."""

    def __init__(self, initiatives: int) -> None:
        self._plans = workload(initiatives)

    def __call__(self, trials: int, sampling: str, seed: int) -> NDArray[np.float64]:
        result = forecast(
            self._plans,
            trials=trials,
            seed=seed,
            loadings=LOADINGS,
            sampling=sampling,
            keep=(),
            quantiles=("npv",),
            threads=1,
        )
        npv = result.totals["npv"]
        return np.array([npv.mean(), *np.quantile(npv, LEVELS), result.table()[0].npv.mean])


if __name__ == "__main__":
    main()
