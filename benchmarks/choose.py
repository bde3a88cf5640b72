"""What a choice takes, against the solver alone on the same matrix."""

from __future__ import annotations

import argparse

import highspy

from benchmarks.forecast import SIZES
from benchmarks.measure import apart, peak_mebibytes, timed
from benchmarks.portfolios import LEAN, portfolio
from benchmarks.report import Figure, say
from openvmo.analysis import run_analysis
from openvmo.engine.choice import choose, constraints
from openvmo.engine.choice.candidates import candidates_from
from openvmo.engine.forecast import Forecast, forecast

TRIALS = 2_000
"""The solver sees means only; more trials would lengthen the forecast, which is measured elsewhere."""
SECONDS = 30.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--initiatives", type=int, nargs="+", default=SIZES, help="sizes (default: 125 1000)")
    arguments = parser.parse_args()
    for size in arguments.initiatives:
        figures = apart(measured, {}, size)
        say(f"Choice among {size:,} initiatives", "HiGHS alone with its own settings on the same matrix.", figures)


def measured(initiatives: int) -> list[Figure]:
    """The choice proper, and the whole analysis, which forecasts before and gives a reason for each initiative."""
    plans = portfolio(initiatives, shape=LEAN)
    forecasted = forecast(plans, trials=TRIALS)
    value, bare = bare_value(forecasted), timed(lambda: bare_value(forecasted), rounds=3)
    chosen = choose(plans, forecasted, time_limit=SECONDS)
    ours = timed(lambda: choose(plans, forecasted, time_limit=SECONDS), rounds=3)
    parameters = {"trials": TRIALS, "time_limit": SECONDS}
    analysis = timed(lambda: run_analysis("choose", plans, parameters), rounds=1)
    return [
        Figure("choice, processor", ours.median, "s", bare.median),
        Figure("choice, clock", ours.median_wall, "s", bare.median_wall),
        Figure("value found", chosen.value / 1e6, "million", value / 1e6),
        Figure("gap to the bound", 100 * (chosen.gap or 0.0), "%"),
        Figure("analysis with forecast and reasons, processor", analysis.median, "s", bare.median),
        Figure("analysis with forecast and reasons, clock", analysis.median_wall, "s", bare.median_wall),
        Figure("peak memory of the process", peak_mebibytes(), "MiB"),
    ]


def bare_value(forecasted: Forecast) -> float:
    """The best value that the solver finds when it is given the matrix and nothing else, until the same time limit."""
    plans = forecasted.portfolio
    limits = {budget.year: budget.amount for budget in plans.budgets}
    candidates = candidates_from(plans, forecasted, measure="npv", risk=0.0, years=sorted(limits))
    rows = constraints.stacked([constraints.one_option(candidates), constraints.yearly_budgets(candidates, limits)])
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(candidates.value), len(rows.labels)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = candidates.value
    model.col_lower_, model.col_upper_ = [0.0] * model.num_col_, [1.0] * model.num_col_
    model.row_lower_, model.row_upper_ = rows.lower, rows.upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_ = rows.matrix.indptr, rows.matrix.indices
    model.a_matrix_.value_ = rows.matrix.data
    model.integrality_ = [highspy.HighsVarType.kInteger] * model.num_col_
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, setting in (("output_flag", False), ("threads", 1), ("time_limit", SECONDS)):
        solver.setOptionValue(name, setting)
    solver.passModel(model)
    solver.run()
    return float(solver.getObjectiveValue())


if __name__ == "__main__":
    main()
