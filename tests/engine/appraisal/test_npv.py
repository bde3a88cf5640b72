"""Net present value."""

from __future__ import annotations

import numpy as np
import pytest
import pyxirr

from openvmo.engine.appraisal import AppraisalError, npv


def test_it_does_not_discount_the_first_flow() -> None:
    assert npv(0.25, [-100.0, 125.0]) == 0.0


def test_it_reproduces_the_page() -> None:
    assert npv(0.08, [-40_000, 5_000, 8_000, 12_000, 30_000]) == pytest.approx(3065.222668179, abs=1e-9)


def test_it_takes_many_series_at_once() -> None:
    assert npv(0.25, np.array([[-100.0, 125.0], [0.0, 250.0]])).tolist() == [0.0, 200.0]


def test_it_agrees_with_another_library() -> None:
    flows = np.random.default_rng(1).normal(size=(50, 40))
    assert npv(0.07, flows) == pytest.approx([pyxirr.npv(0.07, list(row)) for row in flows], rel=1e-10)


@pytest.mark.parametrize("flows", [[], [1.0, float("nan")], [float("inf")]])
def test_it_refuses_missing_flows(flows: list[float]) -> None:
    with pytest.raises(AppraisalError, match=r"cash flow"):
        npv(0.1, flows)


@pytest.mark.parametrize("rate", [-1.0, float("nan")])
def test_it_refuses_an_impossible_rate(rate: float) -> None:
    with pytest.raises(AppraisalError, match="a discount rate is a share above -1"):
        npv(rate, [1.0])
