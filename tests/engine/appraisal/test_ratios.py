"""Return on investment, benefit-cost ratio, value for money and profitability index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from openvmo.engine.appraisal import AppraisalError, bcr, npv, profitability_index, roi, value_for_money
from openvmo.engine.quantities import DiscountSchedule


def test_roi_reproduces_its_page() -> None:
    assert roi([0, 60, 90], [100, 10, 10]) == 0.25


def test_bcr_reproduces_its_page() -> None:
    assert bcr(0.25, [0, 125, 125], [100, 0, 0]) == 1.8


def test_the_profitability_index_reproduces_its_page() -> None:
    assert profitability_index(0.25, [0, 125, 125], [150, 0, 0]) == 1.2


def test_the_profitability_index_is_above_one_when_the_value_is_above_zero() -> None:
    random = np.random.default_rng(8)
    returns, investment = random.normal(10, 20, (200, 12)), random.uniform(0, 20, (200, 12))
    worth = npv(0.1, returns - investment)
    assert ((profitability_index(0.1, returns, investment) > 1) == (worth > 0)).all()


def test_they_take_many_series_and_mark_those_without_costs() -> None:
    benefits, costs = np.array([[150.0, 0.0], [1.0, 1.0]]), np.array([[100.0, 0.0], [0.0, 0.0]])
    for ratio in (roi(benefits, costs) + 1, bcr(0.1, benefits, costs), profitability_index(0.1, benefits, costs)):
        assert ratio[0] == 1.5
        assert np.isnan(ratio[1])


def test_they_take_a_schedule_of_rates() -> None:
    schedule = DiscountSchedule("stepped", "Nothing, then 25 %", ((0, 0.0), (2, 0.25)))
    assert bcr(schedule, [0, 0, 125], [50, 0, 0]) == pytest.approx(2.0, rel=1e-15)


@pytest.mark.parametrize("ratio", [lambda: roi([1.0], [0.0]), lambda: bcr(0.1, [1.0], [0.0])])
def test_they_refuse_a_ratio_to_nothing(ratio: Callable[[], Any]) -> None:
    with pytest.raises(
        AppraisalError, match="the costs are zero, so no ratio to them exists: compare by net present value"
    ):
        ratio()


def test_they_refuse_series_of_different_length() -> None:
    with pytest.raises(
        AppraisalError, match="benefits have 3 periods and costs have 2: bring both to the same periods"
    ):
        roi([1, 2, 3], [1, 2])
    with pytest.raises(AppraisalError, match=r"benefits of shape \(2, 1\) and costs of shape \(3, 1\) are not as many"):
        bcr(0.1, np.ones((2, 1)), np.ones((3, 1)))
    with pytest.raises(AppraisalError, match="returns have 1 periods and investment have 2"):
        profitability_index(0.1, [1.0], [1.0, 2.0])


@pytest.mark.parametrize(
    ("ratio", "name"),
    [
        (-0.1, "Very poor"),
        (0.0, "Poor"),
        (0.999, "Poor"),
        (1.0, "Low"),
        (1.499, "Low"),
        (1.5, "Medium"),
        (1.8, "Medium"),
        (2.0, "High"),
        (3.999, "High"),
        (4.0, "Very high"),
        (400.0, "Very high"),
    ],
)
def test_value_for_money_is_named_by_its_bounds(ratio: float, name: str) -> None:
    assert value_for_money(ratio).name == name


def test_value_for_money_takes_many_ratios() -> None:
    assert value_for_money(np.array([[0.5, 1.8], [np.nan, 4.0]])).tolist() == [["poor", "medium"], ["", "very_high"]]


def test_value_for_money_refuses_a_missing_ratio() -> None:
    with pytest.raises(AppraisalError, match="there is no benefit-cost ratio, so it has no category"):
        value_for_money(float("nan"))
