"""What a forecast takes, against NumPy merely drawing as many normal numbers."""

from __future__ import annotations

import argparse

import numpy as np

from benchmarks.measure import apart, peak_mebibytes, timed
from benchmarks.portfolios import LEAN, portfolio
from benchmarks.report import Figure, say
from openvmo.analysis import run_analysis
from openvmo.engine.forecast import forecast
from openvmo.engine.model import Portfolio

SIZES = (125, 1_000)
BLOCK = 1_000_000
"""Numbers drawn at once, so that the baseline is not slowed down by memory."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--initiatives", type=int, nargs="+", default=SIZES, help="sizes (default: 125 1000)")
    parser.add_argument("--trials", type=int, default=10_000, help="simulated futures (default: 10000)")
    arguments = parser.parse_args()
    for size in arguments.initiatives:
        figures = apart(measured, {}, size, arguments.trials)
        title = f"Forecast of {size:,} initiatives, {arguments.trials:,} trials"
        say(title, "NumPy (SFC64) draws one normal number for each uncertain quantity and trial.", figures)


def measured(initiatives: int, trials: int) -> list[Figure]:
    """The engine alone, and the whole analysis with its document; processor time, one thread, middle of the rounds."""
    plans = portfolio(initiatives, shape=LEAN)
    count = uncertain(plans) * trials
    drawing = timed(lambda: draw(count), rounds=3)
    before = peak_mebibytes()
    engine = timed(lambda: forecast(plans, trials=trials), rounds=3)
    engine_peak = peak_mebibytes()
    analysis = timed(lambda: run_analysis("forecast", plans, {"trials": trials}), rounds=1)
    return [
        Figure("engine, processor", engine.median, "s", drawing.median),
        Figure("engine, clock", engine.median_wall, "s", drawing.median_wall),
        Figure("engine, each initiative and trial", 1e9 * engine.median / (initiatives * trials), "ns"),
        Figure("engine, added peak memory", engine_peak - before, "MiB", 8 * count / 2**20),
        Figure("analysis with its document, processor", analysis.median, "s", drawing.median),
        Figure("analysis with its document, clock", analysis.median_wall, "s", drawing.median_wall),
        Figure("peak memory of the process", peak_mebibytes(), "MiB"),
    ]


def uncertain(plans: Portfolio) -> int:
    """How many quantities the current plans leave open: estimates with a spread, and whether each risk happens."""
    return sum(
        (option.slip.low is not None)
        + sum(line.amount.low is not None for line in option.costs)
        + sum(profile.annual.low is not None for profile in option.profiles)
        + sum(1 + (risk.cost.low is not None) for risk in option.risks)
        for option in (initiative.option() for initiative in plans.initiatives)
    )


def draw(count: int) -> None:
    """Draw so many normal numbers and forget them."""
    generator = np.random.Generator(np.random.SFC64(1))
    block = np.empty(BLOCK)
    for first in range(0, count, BLOCK):
        generator.standard_normal(out=block[: min(BLOCK, count - first)])


if __name__ == "__main__":
    main()
