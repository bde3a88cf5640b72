"""What pages tell of an uncertain quantity: P10, P50 and P90, whatever was stated."""

from __future__ import annotations

import pytest

from openvmo.engine.quantities import Estimate
from openvmo_web.benefits.analysis import Range, range_of


@pytest.mark.parametrize(
    ("estimate", "told"),
    [
        (Estimate(100.0), (None, 100.0, None)),
        (Estimate(100.0, low=80.0, high=150.0), (80.0, 100.0, 150.0)),
        (Estimate(100.0, low=80.0, high=150.0, tail=0.05), (84.042, 100.0, 137.151)),
        (Estimate.pert(80.0, 100.0, 150.0), (89.044, 103.826, 122.727)),
        (Estimate.discrete({0.0: 0.7, 250.0: 0.3}), (0.0, 0.0, 250.0)),
    ],
)
def test_it_tells_the_quantiles(estimate: Estimate, told: tuple[float | None, float, float | None]) -> None:
    found = range_of(estimate)
    rounded = (None if part is None else round(part, 3) for part in (found.low, found.likely, found.high))
    assert Range(*rounded) == Range(*told)  # type: ignore[arg-type]
