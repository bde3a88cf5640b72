"""Return on investment and benefit-cost ratio."""

from __future__ import annotations

import numpy as np
import pytest

from openvmo.engine.appraisal import AppraisalError, bcr, roi


def test_roi_reproduces_its_page() -> None:
    assert roi([0, 60, 90], [100, 10, 10]) == 0.25


def test_bcr_reproduces_its_page() -> None:
    assert bcr(0.25, [0, 125, 125], [100, 0, 0]) == 1.8


def test_they_take_many_series_and_mark_those_without_costs() -> None:
    benefits, costs = np.array([[150.0, 0.0], [1.0, 1.0]]), np.array([[100.0, 0.0], [0.0, 0.0]])
    assert roi(benefits, costs)[0] == 0.5
    assert bcr(0.1, benefits, costs)[0] == 1.5
    assert np.isnan(roi(benefits, costs)[1])
    assert np.isnan(bcr(0.1, benefits, costs)[1])


def test_they_refuse_a_ratio_to_nothing() -> None:
    with pytest.raises(AppraisalError, match="the costs are zero"):
        roi([1.0], [0.0])
    with pytest.raises(AppraisalError, match="the costs are zero"):
        bcr(0.1, [1.0], [0.0])
