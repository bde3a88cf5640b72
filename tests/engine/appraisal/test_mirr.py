"""Modified internal rate of return."""

from __future__ import annotations

import numpy as np
import pytest
import pyxirr

from openvmo.engine.appraisal import AppraisalError, mirr
from openvmo.engine.quantities import DiscountSchedule

PAGE = [-120_000.0, 39_000.0, 30_000.0, 21_000.0, 37_000.0, 46_000.0]


def test_it_reproduces_its_page() -> None:
    assert mirr(PAGE, finance_rate=0.10, reinvest_rate=0.12) == pytest.approx(0.1260941303659051, rel=1e-13)


def test_two_flows_have_their_internal_rate() -> None:
    assert mirr([-100, 125], finance_rate=0.5, reinvest_rate=0.1) == pytest.approx(0.25, rel=1e-14)


def test_a_flat_schedule_is_its_rate() -> None:
    flat = DiscountSchedule.flat(0.1)
    assert mirr(PAGE, finance_rate=flat, reinvest_rate=flat) == pytest.approx(
        mirr(PAGE, finance_rate=0.1, reinvest_rate=0.1), rel=1e-13
    )


def test_it_takes_many_series_and_marks_those_without_a_rate() -> None:
    rates = mirr(np.array([[-100.0, 125.0], [100.0, 125.0], [-1.0, -2.0]]), finance_rate=0.1, reinvest_rate=0.1)
    assert rates[0] == pytest.approx(0.25, rel=1e-14)
    assert np.isnan(rates[1:]).all()


def test_it_agrees_with_another_library() -> None:
    flows = np.random.default_rng(6).normal(size=(200, 24))
    expected = [pyxirr.mirr(list(row), 0.08, 0.05) for row in flows]
    assert mirr(flows, finance_rate=0.08, reinvest_rate=0.05) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("flows", [[39_000, 30_000], [-1, -2], [0, 0]])
def test_it_says_when_money_does_not_both_go_out_and_come_in(flows: list[float]) -> None:
    with pytest.raises(AppraisalError, match=r"money must both go out and come in .*: check the signs of the flows"):
        mirr(flows, finance_rate=0.1, reinvest_rate=0.1)


def test_it_refuses_a_single_flow() -> None:
    with pytest.raises(AppraisalError, match="a rate needs at least one period after t = 0"):
        mirr([-100], finance_rate=0.1, reinvest_rate=0.1)
