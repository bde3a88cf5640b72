"""A piece of finished work: its ratios and its classes."""

from __future__ import annotations

import pytest

from openvmo.engine.evidence import FinishedWork
from openvmo.engine.evidence.history import class_ids, named
from openvmo.engine.reference import Dimension

WORK = FinishedWork(
    "bridge",
    {"sector": "Transport", "kind": "Fixed links"},
    planned_cost=100.0,
    actual_cost=150.0,
    planned_months=20.0,
    actual_months=30.0,
    planned_benefit=8.0,
    actual_benefit=0.0,
    inflation=1.2,
)


def test_it_divides_the_outcome_by_the_plan() -> None:
    assert WORK.ratio(Dimension.DURATION) == 1.5
    assert WORK.ratio(Dimension.BENEFIT) == 0.0


def test_it_frees_costs_from_inflation_and_nothing_else() -> None:
    assert WORK.ratio(Dimension.COST) == pytest.approx(1.25)


@pytest.mark.parametrize(
    ("planned", "actual"), [(None, 5.0), (5.0, None), (0.0, 5.0), (-1.0, 5.0), (5.0, 0.0), (5.0, -1.0)]
)
def test_what_makes_no_ratio_gives_none(planned: float | None, actual: float | None) -> None:
    assert FinishedWork("x", planned_cost=planned, actual_cost=actual).ratio(Dimension.COST) is None


def test_its_classes_go_from_wide_to_narrow() -> None:
    assert class_ids(WORK, ("sector", "kind")) == ("finished_work", "transport", "transport.fixed_links")


def test_an_empty_kind_ends_the_way_down() -> None:
    assert class_ids(FinishedWork("x", {"sector": " ", "kind": "Roads"}), ("sector", "kind")) == ("finished_work",)


def test_names_keep_the_letters_of_any_script() -> None:
    assert named("Wasser & Straße 2") == "wasser_strasse_2"
    assert named("道路") == "道路"
