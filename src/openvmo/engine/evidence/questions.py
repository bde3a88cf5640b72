"""What a reader must ask of a history before learning from it: gaps, prices, trends, and figures that look wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.stats import spearmanr

from openvmo.engine.evidence.history import FinishedWork
from openvmo.engine.model import Finding, Severity
from openvmo.engine.reference import Dimension

_FAR = 10.0  # times the median, or a tenth of it
_CHANCE = 0.05
_LEAST_FOR_TREND = 10
_NAMED = 5
_COLUMNS = {
    Dimension.COST: ("planned_cost", "actual_cost"),
    Dimension.DURATION: ("planned_months", "actual_months"),
    Dimension.BENEFIT: ("planned_benefit", "actual_benefit"),
}


def history_findings(works: Sequence[FinishedWork]) -> Iterator[Finding]:
    """Every question that a history raises, dimension by dimension."""
    if not works:
        yield _finding("history.empty", "The history holds no finished work.", "Add planned and actual figures.")
        return
    for dimension in Dimension:
        stated = [work for work in works if work.figures(dimension) != (None, None)]
        if not stated:
            problem = f"The history says nothing of {dimension}."
            remedy = f"Add the columns {' and '.join(_COLUMNS[dimension])}, or take a published class for it."
            yield _finding("history.nothing", problem, remedy, column=_COLUMNS[dimension][0], severity=Severity.NOTE)
            continue
        yield from _left_out(works, dimension)
        yield from _far_out(stated, dimension)
        yield from _trend(stated, dimension)
    yield from _prices(works)


def _left_out(works: Sequence[FinishedWork], dimension: Dimension) -> Iterator[Finding]:
    """Work without a ratio: what is not known, and what makes no sense."""
    planned, actual = _COLUMNS[dimension]
    unknown = [work for work in works if None in work.figures(dimension)]
    if unknown:
        problem = f"{len(unknown)} of {len(works)} finished works lack {planned} or {actual} and were left out."
        remedy = "Add the figures: work that went badly is the most likely to lack them, which flatters the rest."
        yield _finding("history.gap", problem, remedy, column=planned, value=_names(unknown))
    wrong = [work for work in works if None not in work.figures(dimension) and work.ratio(dimension) is None]
    if wrong:
        problem = f"{len(wrong)} finished works have a {planned} or {actual} that makes no ratio and were left out."
        yield _finding("history.ratio", problem, "Correct the figures.", column=planned, value=_names(wrong))


def _far_out(works: Sequence[FinishedWork], dimension: Dimension) -> Iterator[Finding]:
    ratios = {work.id: ratio for work in works if (ratio := work.ratio(dimension)) is not None}
    if not ratios:
        return
    median = float(np.median(list(ratios.values())))
    far = [
        work
        for work in works
        if work.id in ratios and median > 0 and not median / _FAR <= ratios[work.id] <= median * _FAR
    ]
    far = [work for work in far if ratios[work.id] > 0]
    if far:
        problem = f"The {dimension} of {len(far)} finished works is more than ten times off the middle of the others."
        remedy = "Check their figures and units; they count as they stand."
        yield _finding("history.far", problem, remedy, column=_COLUMNS[dimension][1], value=_names(far))


def _trend(works: Sequence[FinishedWork], dimension: Dimension) -> Iterator[Finding]:
    """Whether later work turned out otherwise than earlier work, by Spearman's rank correlation at 5 %."""
    pairs = [
        (work.finished, ratio)
        for work in works
        if work.finished is not None and (ratio := work.ratio(dimension)) is not None
    ]
    years, ratios = [year for year, _ in pairs], [ratio for _, ratio in pairs]
    if len(pairs) < _LEAST_FOR_TREND or len(set(years)) < 2 or len(set(ratios)) < 2:
        return
    correlation, chance = spearmanr(years, ratios)
    if chance < _CHANCE:
        way = "more" if correlation > 0 else "less"
        problem = (
            f"Work that was finished later brought {way} {dimension} in proportion to its plan "
            f"(rank correlation {correlation:+.2f} from {min(years)} to {max(years)})."
        )
        remedy = "Learn from the later years alone if they resemble what is planned now."
        yield _finding("history.trend", problem, remedy, column="finished")


def _prices(works: Sequence[FinishedWork]) -> Iterator[Finding]:
    known = [work for work in works if work.ratio(Dimension.COST) is not None]
    without = [work for work in known if work.inflation is None]
    if without:
        problem = (
            f"{len(without)} of {len(known)} finished works with costs state no inflation between plan and outcome."
        )
        remedy = (
            "Add the column inflation, 1 where both are at the same prices; "
            "otherwise the rise of prices may be part of the overrun."
        )
        yield _finding("history.prices", problem, remedy, column="inflation", severity=Severity.NOTE)


def _names(works: Sequence[FinishedWork]) -> str:
    more = f" and {len(works) - _NAMED} more" if len(works) > _NAMED else ""
    return ", ".join(work.id for work in works[:_NAMED]) + more


def _finding(
    code: str, problem: str, remedy: str, *, column: str = "", value: str = "", severity: Severity = Severity.WARNING
) -> Finding:
    return Finding(severity, code, problem, remedy, sheet="History", column=column, value=value)
