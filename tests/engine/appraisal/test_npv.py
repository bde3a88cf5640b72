"""Net present value."""

from __future__ import annotations

import numpy as np
import pytest
import pyxirr

from openvmo.engine.appraisal import AppraisalError, npv
from openvmo.engine.quantities import DiscountSchedule


def test_it_does_not_discount_the_first_flow() -> None:
    assert npv(0.25, [-100.0, 125.0]) == 0.0


def test_it_reproduces_the_page() -> None:
    assert npv(0.08, [-40_000, 5_000, 8_000, 12_000, 30_000]) == pytest.approx(3065.222668179, abs=1e-9)


def test_it_takes_many_series_at_once() -> None:
    assert npv(0.25, np.array([[-100.0, 125.0], [0.0, 250.0]])).tolist() == [0.0, 200.0]


def test_one_series_has_the_value_that_it_has_among_many() -> None:
    flows = np.random.default_rng(3).normal(size=(40, 60))
    assert npv(0.035, flows).tolist() == [npv(0.035, row) for row in flows]


def test_it_takes_many_rates_at_once() -> None:
    assert npv(np.array([0.0, 0.25]), [-100.0, 125.0]).tolist() == [25.0, 0.0]
    assert npv(np.array([0.0, 0.25]), np.array([[-100.0, 125.0], [0.0, 250.0]])).tolist() == [25.0, 200.0]


def test_it_takes_a_schedule_of_rates() -> None:
    schedule = DiscountSchedule("stepped", "Nothing, then 25 %", ((0, 0.0), (2, 0.25)))
    assert npv(schedule, [0.0, 100.0, 125.0]) == pytest.approx(200.0, rel=1e-15)


def test_it_agrees_with_another_library() -> None:
    flows = np.random.default_rng(1).normal(size=(50, 40))
    assert npv(0.07, flows) == pytest.approx([pyxirr.npv(0.07, list(row)) for row in flows], rel=1e-10)


@pytest.mark.parametrize(
    ("flows", "problem"),
    [
        ([], "cash flows are a series with at least one period; give a list of numbers"),
        (5.0, "cash flows are a series with at least one period; give a list of numbers"),
        (
            [1.0, float("nan")],
            "cash flows: the flow at t = 1 is missing or infinite; missing is not zero: state every period",
        ),
        (
            [[1.0, 2.0], [float("inf"), 3.0]],
            "cash flows: the flow at t = 0 of series 1 is missing or infinite; missing is not zero: state every period",
        ),
        (
            [[1.0], [2.0, 3.0]],
            "cash flows are numbers, one a period and as many for each series; give a list or an array of them",
        ),
        (
            ["ten"],
            "cash flows are numbers, one a period and as many for each series; give a list or an array of them",
        ),
    ],
)
def test_it_says_which_flows_it_cannot_take(flows: list[float], problem: str) -> None:
    with pytest.raises(AppraisalError) as refusal:
        npv(0.1, flows)
    assert str(refusal.value) == problem


@pytest.mark.parametrize("rate", [-1.0, -2.5, float("nan"), float("inf")])
def test_it_refuses_an_impossible_rate(rate: float) -> None:
    with pytest.raises(
        AppraisalError, match=rf"a discount rate is a share above -1, such as 0.035 for 3.5 %, not {rate}"
    ):
        npv(rate, [1.0])


def test_it_refuses_a_rate_whose_factors_have_no_end() -> None:
    with pytest.raises(AppraisalError, match=r"a discount rate of -0.9999 is too near to -100 % for 200 periods"):
        npv(-0.9999, [1.0] * 200)
