"""Payback, simple and discounted."""

from __future__ import annotations

import numpy as np
import pytest

from openvmo.engine.appraisal import payback


def test_it_reproduces_the_page() -> None:
    assert payback([-100, 40, 40, 40]) == 2.5
    assert payback([-100, 75, 75], rate=0.25) == pytest.approx(1 + 40 / 48)


def test_it_returns_at_the_end_of_a_period() -> None:
    assert payback([-100, 60, 40]) == 2.0


def test_it_is_zero_when_nothing_went_out() -> None:
    assert payback([0, 10]) == 0.0


def test_it_is_none_when_the_money_never_comes_back() -> None:
    assert payback([-100, 40, 40]) is None
    assert payback([-100, 40, 40, 40], rate=0.25) is None


def test_it_takes_the_first_return() -> None:
    assert payback([-100, 100, -50, 50]) == 1.0


def test_it_waits_until_the_money_has_gone_out() -> None:
    assert payback([0, -100, 50, 50]) == 3.0


def test_it_marks_the_series_that_never_pay_back() -> None:
    periods = payback(np.array([[-100.0, 50.0, 50.0], [-100.0, 50.0, 0.0], [0.0, 0.0, 1.0]]))
    assert periods[[0, 2]].tolist() == [2.0, 0.0]
    assert np.isnan(periods[1])
