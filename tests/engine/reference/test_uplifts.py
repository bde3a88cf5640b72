"""Uplifts: what to add to a plan, as published and at a chosen confidence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from openvmo.engine.reference import Dimension, combined_uplift, reference_classes, uplift

CLASSES = reference_classes()


@pytest.mark.parametrize(("confidence", "published"), [(0.5, 0.15), (0.8, 0.32)])
def test_roads_have_the_published_uplifts(confidence: float, published: float) -> None:
    assert uplift(CLASSES["roads"], Dimension.COST, confidence) == pytest.approx(published)


def test_all_confidence_takes_the_upper_bound() -> None:
    assert uplift(CLASSES["standard_buildings"], Dimension.COST, 1 - 1e-12) == pytest.approx(0.24)
    assert uplift(CLASSES["standard_buildings"], Dimension.COST, 1e-12) == pytest.approx(0.02)


@pytest.mark.parametrize(
    ("key", "dimension", "reason"),
    [
        ("rail", Dimension.COST, "only a mean"),
        ("rail", Dimension.BENEFIT, "only a mean"),
        ("roads", Dimension.DURATION, "no figure"),
    ],
)
def test_a_class_that_says_nothing_of_confidence_gives_no_uplift(key: str, dimension: Dimension, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        uplift(CLASSES[key], dimension, 0.8)


@pytest.mark.parametrize("shares", [(0.3, 0.6), (1.2, -0.2), ()])
def test_the_parts_must_be_the_whole(shares: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="add up to 1"):
        combined_uplift([(share, 0.2) for share in shares])


@pytest.mark.real
def test_it_combines_a_building_as_the_treasury_does(shared_data: Path) -> None:
    published = json.loads((shared_data / "evm/optimism_bias_uplifts.json").read_text())
    (example,) = published["worked_examples"]
    upper = {name: bounds["capex"]["upper"] for name, bounds in published["table"].items() if "capex" in bounds}
    parts = [(0.3, upper["Non-standard buildings"]), (0.7, upper["Standard buildings"])]
    assert combined_uplift(parts) == pytest.approx(example["expected"])


def test_it_combines_durations_in_the_same_way() -> None:
    assert combined_uplift([(0.3, 0.39), (0.7, 0.04)]) == pytest.approx(0.145)
