"""Equivalent annuity, cost of delay, weighted shortest job first, and expected commercial value."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import pyxirr

from openvmo.engine.appraisal import (
    AppraisalError,
    cost_of_delay,
    equivalent_annuity,
    expected_commercial_value,
    npv,
    wsjf,
)
from openvmo.engine.quantities import DiscountSchedule

FLOWS = np.random.default_rng(9).normal(size=(50, 20))


def test_the_annuity_reproduces_its_page() -> None:
    assert equivalent_annuity(0.25, [-100, 125, 62.5]) == pytest.approx(40 / 1.44, rel=1e-15)


def test_the_annuity_is_the_payment_of_another_library() -> None:
    expected = [-pyxirr.pmt(0.07, 19, npv(0.07, row)) for row in FLOWS]
    assert equivalent_annuity(0.07, FLOWS) == pytest.approx(expected, rel=1e-10)


def test_the_annuity_without_discount_is_the_mean_over_the_life() -> None:
    assert equivalent_annuity(0.0, [-100, 60, 60]) == 10.0


def test_the_annuity_takes_a_schedule_and_many_rates() -> None:
    schedule = DiscountSchedule("stepped", "Nothing, then 25 %", ((0, 0.0), (2, 0.25)))
    assert equivalent_annuity(schedule, [18.0, 0.0, 0.0]) == pytest.approx(10.0, rel=1e-15)
    assert equivalent_annuity(np.array([0.0, 0.25]), [0.0, 10.0, 10.0]) == pytest.approx([10.0, 10.0], rel=1e-15)


def test_the_annuity_needs_a_life() -> None:
    with pytest.raises(AppraisalError, match="an annuity needs a life of at least one period after t = 0"):
        equivalent_annuity(0.1, [5.0])


def test_the_cost_of_delay_reproduces_its_page() -> None:
    assert cost_of_delay(0.25, [-100, 125, 125]) == 80.0


def test_no_delay_costs_nothing() -> None:
    assert cost_of_delay(0.1, FLOWS, periods=0).tolist() == [0.0] * 50


def test_only_discounting_is_lost_where_the_window_is_open() -> None:
    flows = [-100.0, 70.0, 70.0, 0.0]
    assert cost_of_delay(0.25, flows) == pytest.approx(npv(0.25, flows) * 0.2, rel=1e-14)


def test_a_delay_beyond_the_window_loses_everything() -> None:
    for periods in (3, 4, 10):
        assert cost_of_delay(0.25, [-100, 125, 125], periods=periods) == 80.0


def test_it_refuses_a_negative_delay() -> None:
    with pytest.raises(AppraisalError, match="a delay is a number of periods from 0 on, not -1"):
        cost_of_delay(0.1, [1.0], periods=-1)


def test_wsjf_reproduces_its_page() -> None:
    assert wsjf([8 + 5 + 3, 13 + 8 + 1], [8, 5]).tolist() == [2.0, 4.4]
    assert wsjf(16.0, 8.0) == 2.0


@pytest.mark.parametrize("size", [0.0, -2.0])
def test_wsjf_refuses_work_without_size(size: float) -> None:
    with pytest.raises(AppraisalError, match=f"a size of work is above zero, not {size}"):
        wsjf(16.0, size)


def test_wsjf_refuses_what_does_not_belong_together() -> None:
    with pytest.raises(
        AppraisalError, match="there are 2 costs of delay and 3 sizes: give one of each a piece of work"
    ):
        wsjf([1.0, 2.0], [1.0, 2.0, 3.0])
    with pytest.raises(AppraisalError, match="a cost of delay or a size is missing"):
        wsjf([1.0, float("nan")], [1.0, 2.0])


def test_the_expected_commercial_value_reproduces_its_page() -> None:
    assert expected_commercial_value(64, [5, 5], [0.75, 0.5]) == 15.25
    assert expected_commercial_value(64, [5], [0.5]) == 27.0


def test_the_expected_commercial_value_is_the_mean_of_all_courses() -> None:
    costs, chances = [3.0, 7.0, 2.0], [0.8, 0.5, 0.9]
    mean = 0.0
    for course in product([True, False], repeat=3):
        weight = float(np.prod([chance if won else 1 - chance for chance, won in zip(chances, course, strict=True)]))
        reached = course.index(False) + 1 if False in course else 3
        mean += weight * ((100.0 if all(course) else 0.0) - sum(costs[:reached]))
    assert expected_commercial_value(100.0, costs, chances) == pytest.approx(mean, rel=1e-13)


def test_the_expected_commercial_value_takes_many_pieces_of_work() -> None:
    costs, chances = np.array([[5.0, 5.0], [1.0, 1.0]]), np.array([[0.75, 0.5], [1.0, 1.0]])
    values = expected_commercial_value([64, 10], costs, chances)
    assert values.tolist() == [15.25, 8.0]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ((64, [5, 5], [0.75]), "costs have 2 periods and probabilities have 1"),
        ((64, [5], [1.2]), r"a probability is a share from 0 to 1, such as 0.7 for 70 %, not 1.2"),
        ((64, [5], [-0.1]), r"a probability is a share from 0 to 1, such as 0.7 for 70 %, not -0.1"),
        ((64, [-5], [0.5]), r"the cost of a stage is positive, not -5"),
        ((float("nan"), [5], [0.5]), "the value after the last stage is missing"),
        ((64, [], []), "costs are a series with at least one period"),
    ],
)
def test_the_expected_commercial_value_says_what_it_cannot_take(arguments: tuple[object, ...], problem: str) -> None:
    with pytest.raises(AppraisalError, match=problem):
        expected_commercial_value(*arguments)  # type: ignore[call-overload]
