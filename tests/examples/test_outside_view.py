"""The figures of the page on the outside view are true."""

from __future__ import annotations

from pathlib import Path

import pytest

from openvmo.engine.evidence import PUBLISHED_CASES, FinishedWork, calibrate
from openvmo.engine.reference import Dimension, Shape, reference_classes

PAGE = (Path(__file__).parents[2] / "docs/measures/forecast/outside-view.md").read_text(encoding="utf-8")
COSTS = (80, 90, 95, 100, 105, 110, 120, 130, 140, 160, 200)


def stated(shape: Shape | None) -> tuple[str, ...]:
    """P10, P50 and P90 as the page states them."""
    assert shape is not None
    return tuple(f"{name} {shape.quantile(level):.3f}" for name, level in (("P10", 0.1), ("P50", 0.5), ("P90", 0.9)))


def history(kind: str) -> list[FinishedWork]:
    """The eleven roads of the page."""
    assert f"| cost | {' | '.join(str(cost) for cost in COSTS)} |" in PAGE
    return [
        FinishedWork(str(number), {"kind": kind}, planned_cost=100, actual_cost=cost)
        for number, cost in enumerate(COSTS)
    ]


def test_the_published_roads() -> None:
    shape = reference_classes()["roads"].shape(Dimension.COST)
    assert shape is not None
    for figure in (*stated(shape), f"mean {shape.mean:.3f}", "116.6 million", "141.9 million"):
        assert figure in PAGE
    assert shape.mean == pytest.approx(1.166, abs=5e-4)
    assert shape.quantile(0.9) == pytest.approx(1.419, abs=5e-4)


def test_the_own_roads_alone_and_beside_the_published() -> None:
    alone = calibrate(history("Own"), by=["kind"])["own"].shape(Dimension.COST)
    p10, p50, p90 = stated(alone)
    assert f"Alone they have {p10}, {p50} and {p90}." in PAGE
    classes = calibrate(history("Roads"), by=["kind"])
    assert f"{classes['roads'].rates[Dimension.COST].own_weight:.0%}" == "35%"
    assert (
        f"11 / (11 + {PUBLISHED_CASES:.0f}) = 35 %: {', '.join(stated(classes['roads'].shape(Dimension.COST)))}."
        in PAGE
    )
    assert f"{40 / (40 + PUBLISHED_CASES):.0%}" == "67%"
