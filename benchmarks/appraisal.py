"""Present values and rates of return of many series, against a library in Rust and loops over NumPy and SciPy."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import numpy as np
import pyxirr
from scipy.optimize import brentq

from benchmarks.measure import apart, peak_mebibytes, timed
from benchmarks.portfolios import LEAN, portfolio
from benchmarks.report import Figure, say
from openvmo.engine.appraisal import appraise, irr_many, npv, xirr_many
from openvmo.engine.appraisal.cashflows import Floats

PERIODS = 60
ROUNDS = 3
PEERS = 2_000
"""Series for the slow peers, whose time grows with their number."""
RATE = 0.035
MOST_MICROSECONDS = 1.0
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=100_000, help="number of series (default: 100,000)")
    parser.add_argument("--initiatives", type=int, default=1_000, help="size of the portfolio (default: 1,000)")
    arguments = parser.parse_args()
    title = f"{arguments.series:,} series of {PERIODS} periods, processor time a series"
    figures = apart(measured, ONE_THREAD, arguments.series)
    say(title, "pyxirr, which is compiled from Rust, on the same series.", figures)
    whole = apart(portfolio_measured, ONE_THREAD, arguments.initiatives)
    say(f"Every measure of {arguments.initiatives:,} initiatives", "one option after the other.", whole)


def measured(series: int) -> list[Figure]:
    """Each measure of all series at once, beside what peers take for one series after the other."""
    flows, several = invested(series), changing(PEERS)
    first, days = flows[:PEERS], dates()
    text = np.array(days, dtype="datetime64[D]")
    rows = [list(row) for row in first]
    rust_npv = microseconds(lambda: [pyxirr.npv(RATE, row) for row in rows], PEERS)
    rust_irr = microseconds(lambda: [pyxirr.irr(row) for row in rows], PEERS)
    rust_xirr = microseconds(lambda: [pyxirr.xirr(days, row) for row in rows], PEERS)
    rust_several = microseconds(lambda: [pyxirr.irr(list(row)) for row in several], PEERS)

    def ours(what: str, work: Callable[[], object], count: int, baseline: float, most: float | None = None) -> Figure:
        return Figure(what, microseconds(work, count), "us", baseline, most=most)

    return [
        ours("net present value", lambda: npv(RATE, flows), series, rust_npv),
        ours("  loop over NumPy", lambda: [npv_in_numpy(row) for row in first], PEERS, rust_npv),
        ours("internal rate", lambda: irr_many(flows), series, rust_irr, MOST_MICROSECONDS),
        ours(
            "  loop over brentq", lambda: [bracketed(np.arange(float(PERIODS)), row) for row in first], PEERS, rust_irr
        ),
        ours("internal rate of dated flows", lambda: xirr_many(text, flows), series, rust_xirr),
        ours("  loop over brentq", lambda: [bracketed(years(days), row) for row in first], PEERS, rust_xirr),
        ours("every rate where signs change at random", lambda: irr_many(several), PEERS, rust_several),
        Figure("largest difference of internal rates", largest_difference(first, rows), ""),
        Figure("peak memory of the process", peak_mebibytes(), "MiB"),
    ]


def portfolio_measured(initiatives: int) -> list[Figure]:
    """The whole-portfolio form against one call an option."""
    plans = portfolio(initiatives, shape=LEAN)
    named = [(initiative.id, option.id) for initiative in plans.initiatives for option in initiative.options]
    singly = timed(lambda: [appraise(plans, *names) for names in named], rounds=1)
    together = timed(lambda: appraise(plans), rounds=ROUNDS)
    return [
        Figure("all at once, processor", together.median, "s", singly.median),
        Figure("all at once, clock", together.median_wall, "s", singly.median_wall),
    ]


def invested(series: int) -> Floats:
    """Six periods of spending, then income that is nothing now and then: flows that change sign once."""
    random = np.random.default_rng(1)
    flows = random.normal(20.0, 15.0, (series, PERIODS)).clip(0.0)
    flows[:, 0] = -random.uniform(200.0, 900.0, series)
    flows[:, 1:6] = -random.uniform(0.0, 100.0, (series, 5))
    return flows


def changing(series: int) -> Floats:
    """Flows whose signs change at random, so that most have several rates or none."""
    return np.random.default_rng(2).normal(0.0, 10.0, (series, PERIODS))


def dates() -> list[date]:
    """Days about a month apart."""
    gaps = np.random.default_rng(3).integers(20, 40, PERIODS)
    return [date(2026, 1, 1) + timedelta(days=int(day)) for day in np.cumsum(gaps)]


def years(days: list[date]) -> Floats:
    """Years after the first day."""
    return np.array([(day - days[0]).days / 365 for day in days])


def npv_in_numpy(row: Floats) -> float:
    """Present value as it is written in a notebook."""
    return float((row / (1 + RATE) ** np.arange(row.size)).sum())


def bracketed(times: Floats, row: Floats) -> float:
    """The rate as it is found in a notebook, between -90 % and 1,000 %."""
    return float(brentq(partial(worth, times, row), -0.9, 10.0, xtol=1e-12))


def worth(times: Floats, row: Floats, rate: float) -> float:
    """Present value of flows at given times."""
    return float(row @ (1 + rate) ** -times)


def largest_difference(flows: Floats, rows: list[list[float]]) -> float:
    """How far the internal rates lie from those of pyxirr at most."""
    theirs = np.array([pyxirr.irr(row) for row in rows], dtype=np.float64)
    return float(np.nanmax(np.abs(irr_many(flows).rates - theirs)))


def microseconds(work: Callable[[], object], series: int) -> float:
    """Processor time a series in the middle round."""
    return 1e6 * timed(work, rounds=ROUNDS).median / series


if __name__ == "__main__":
    main()
