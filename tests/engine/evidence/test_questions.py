"""The questions that a history raises."""

from __future__ import annotations

import pytest

from openvmo.engine.evidence import FinishedWork
from openvmo.engine.evidence.questions import history_findings
from openvmo.engine.model import Finding


def work(number: int, planned: float | None = 10.0, actual: float | None = 11.0, **more: object) -> FinishedWork:
    """One piece of finished work with costs at the same prices."""
    return FinishedWork(f"w{number}", planned_cost=planned, actual_cost=actual, **{"inflation": 1.0, **more})  # type: ignore[arg-type]


def about(works: list[FinishedWork], code: str) -> list[Finding]:
    """The findings of one kind."""
    return [finding for finding in history_findings(works) if finding.code == code]


def test_a_clean_history_only_lacks_what_it_does_not_hold() -> None:
    findings = list(history_findings([work(number) for number in range(12)]))
    assert [(finding.code, finding.column) for finding in findings] == [
        ("history.nothing", "planned_months"),
        ("history.nothing", "planned_benefit"),
    ]


def test_it_names_work_that_was_left_out() -> None:
    (gap,) = about([work(1), work(2, actual=None), work(3, planned=None)], "history.gap")
    assert gap.value == "w2, w3"
    assert gap.problem.startswith("2 of 3 ")


def test_it_names_figures_that_make_no_ratio() -> None:
    (wrong,) = about([work(1), work(2, planned=0.0)], "history.ratio")
    assert wrong.value == "w2"


@pytest.mark.parametrize("actual", [200.0, 0.5])
def test_it_names_what_is_far_off(actual: float) -> None:
    (far,) = about([work(1), work(2), work(3, actual=actual)], "history.far")
    assert far.value == "w3"


def test_it_sees_a_trend_and_no_trend() -> None:
    rising = [work(number, actual=10.0 + number, finished=2000 + number) for number in range(12)]
    steady = [work(number, actual=10.0 + number % 2, finished=2000 + number) for number in range(12)]
    (trend,) = about(rising, "history.trend")
    assert "more cost" in trend.problem
    assert "+1.00 from 2000 to 2011" in trend.problem
    assert about(steady, "history.trend") == []


def test_it_asks_for_prices() -> None:
    (prices,) = about([work(1), work(2, inflation=None)], "history.prices")
    assert prices.problem.startswith("1 of 2 ")


def test_long_lists_are_cut() -> None:
    (gap,) = about([work(number, actual=None) for number in range(9)], "history.gap")
    assert gap.value == "w0, w1, w2, w3, w4 and 4 more"
