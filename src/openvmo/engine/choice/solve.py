"""The only file that speaks to the solver: arrays in, arrays out.

HiGHS is run on one thread with a fixed seed and gaps of zero, so the same arrays give the same solution. Rows and the
objective
are scaled by powers of two, which changes no digit of the numbers but lets the solver's tolerances act on sums of
money of any size.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import highspy
import numpy as np

from openvmo.engine.choice.candidates import BoolArray, FloatArray
from openvmo.engine.choice.constraints import Rows

_TOLERANCE = 1e-9
# The objective's largest coefficient after scaling; well above 1, so that the solver's cut-off loses nothing that a
# reader could see.
_OBJECTIVE_SIZE = 1024.0

Progress = Callable[[float, str], None]


class Status(StrEnum):
    """How a search ended."""

    OPTIMAL = "optimal"
    TIME_LIMIT = "time_limit"
    NODE_LIMIT = "node_limit"
    INFEASIBLE = "infeasible"


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """What the solver found.

    Args:
        status: how the search ended.
        columns: value of each column; empty when nothing was found.
        bound: no solution is worth more than this.
        prices: value gained for one more unit of each row's limit; only for problems without integer columns.
    """

    status: Status
    columns: FloatArray
    bound: float
    prices: FloatArray

    @property
    def is_found(self) -> bool:
        """Whether there is a solution."""
        return len(self.columns) > 0


def solve(
    objective: FloatArray,
    rows: Rows,
    is_integer: BoolArray,
    *,
    upper: FloatArray | None = None,
    time_limit: float = np.inf,
    node_limit: int | None = None,
    progress: Progress | None = None,
) -> Solution:
    """Maximise the objective over columns of at least 0 under the rows.

    Args:
        objective: value of one unit of each column.
        rows: the rules.
        is_integer: whether a column must be whole.
        upper: highest value of each column; None means 1 for all.
        time_limit: seconds after which the best solution so far is returned.
        node_limit: nodes after which the search ends; unlike a time limit it ends at the same place on every machine.
        progress: called with the share of the time limit that has passed and a sentence; what it raises ends the
            search.

    Raises:
        RuntimeError: the solver failed for a reason other than infeasibility or a limit.
    """
    value_scale = _power_of_two(np.abs(objective).max(initial=0.0)) * _OBJECTIVE_SIZE
    row_scale = _row_scales(rows)
    highs = _highs(time_limit, node_limit)
    raise_again = _watched(highs, time_limit, progress)
    columns_upper = np.ones(len(objective)) if upper is None else upper
    highs.passModel(_scaled_model(objective * value_scale, rows, row_scale, is_integer, columns_upper))
    highs.run()
    raise_again()
    status = _status(highs)
    if status is Status.INFEASIBLE:
        return Solution(status, np.empty(0), -np.inf, np.empty(0))
    info = highs.getInfo()
    solution = highs.getSolution()
    has_solution = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    bound = info.mip_dual_bound if is_integer.any() else info.objective_function_value
    return Solution(
        status=status,
        columns=np.array(solution.col_value) if has_solution else np.empty(0),
        bound=bound / value_scale,
        prices=np.array(solution.row_dual) * row_scale / value_scale if not is_integer.any() else np.empty(0),
    )


def _highs(time_limit: float, node_limit: int | None) -> Any:
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    options: dict[str, Any] = {
        "output_flag": False,
        "threads": 1,
        "parallel": "off",
        "random_seed": 0,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 0.0,
        "mip_feasibility_tolerance": _TOLERANCE,
        "primal_feasibility_tolerance": _TOLERANCE,
        "dual_feasibility_tolerance": _TOLERANCE,
        "time_limit": time_limit,
    }
    if node_limit is not None:
        options["mip_max_nodes"] = node_limit
    for name, value in options.items():
        highs.setOptionValue(name, value)
    return highs


def _scaled_model(
    objective: FloatArray, rows: Rows, row_scale: FloatArray, is_integer: BoolArray, upper: FloatArray
) -> highspy.HighsLp:
    model = highspy.HighsLp()
    model.num_col_ = len(objective)
    model.num_row_ = len(rows.labels)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = objective
    model.col_lower_ = np.zeros(len(objective))
    model.col_upper_ = upper
    model.row_lower_ = rows.lower * row_scale
    model.row_upper_ = rows.upper * row_scale
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = rows.matrix.indptr
    model.a_matrix_.index_ = rows.matrix.indices
    model.a_matrix_.value_ = rows.matrix.data * np.repeat(row_scale, np.diff(rows.matrix.indptr))
    if is_integer.any():
        kinds = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
        model.integrality_ = [kinds[0] if whole else kinds[1] for whole in is_integer]
    return model


def _row_scales(rows: Rows) -> FloatArray:
    largest = abs(rows.matrix).max(axis=1).toarray().ravel() if rows.matrix.nnz else np.zeros(len(rows.labels))
    return np.array([_power_of_two(size) for size in largest])


def _power_of_two(size: float) -> float:
    """The power of two that brings a number to between 0.5 and 1; 1 for zero."""
    return float(2.0 ** -np.frexp(size)[1]) if size > 0 else 1.0


def _watched(highs: Any, time_limit: float, progress: Progress | None) -> Callable[[], None]:
    """Report the search to `progress`; the returned function raises again what `progress` raised."""
    raised: list[BaseException] = []

    def look(event: Any) -> None:
        found = event.data_out
        share = min(1.0, found.running_time / time_limit)
        gap = f"{found.mip_gap:.2%}" if np.isfinite(found.mip_gap) else "not yet known"
        try:
            if progress is not None and not raised:
                progress(share, f"Looking for the best portfolio; gap {gap}")
        except BaseException as error:  # noqa: BLE001 - an exception must not cross the solver's own frames
            raised.append(error)
        if raised:
            event.interrupt()

    if progress is not None:
        highs.cbMipInterrupt += look

    def raise_again() -> None:
        if raised:
            raise raised[0]

    return raise_again


def _status(highs: Any) -> Status:
    status = highs.getModelStatus()
    known = {
        highspy.HighsModelStatus.kOptimal: Status.OPTIMAL,
        highspy.HighsModelStatus.kModelEmpty: Status.OPTIMAL,
        highspy.HighsModelStatus.kTimeLimit: Status.TIME_LIMIT,
        highspy.HighsModelStatus.kSolutionLimit: Status.NODE_LIMIT,
        highspy.HighsModelStatus.kInfeasible: Status.INFEASIBLE,
        # Every column has limits, so a problem cannot be unbounded.
        highspy.HighsModelStatus.kUnboundedOrInfeasible: Status.INFEASIBLE,
    }
    if status not in known:
        message = (
            f"the solver ended with '{highs.modelStatusToString(status)}'; please report this with the portfolio file"
        )
        raise RuntimeError(message)
    return known[status]
