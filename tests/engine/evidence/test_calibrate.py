"""Reference classes learned from finished work."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvmo.engine.evidence import LEAST_CASES, PUBLISHED_CASES, Calibration, FinishedWork, calibrate
from openvmo.engine.reference import Dimension, Mean, reference_classes


def works(kind: str, ratios: Iterable[float], **more: object) -> list[FinishedWork]:
    """Finished work of one kind with these overruns of cost."""
    return [
        FinishedWork(f"{kind} {number}", {"kind": kind}, planned_cost=10.0, actual_cost=10.0 * ratio, **more)  # type: ignore[arg-type]
        for number, ratio in enumerate(ratios)
    ]


def drawn(size: int, middle: float, *, seed: int = 1, sigma: float = 0.25) -> list[float]:
    """Overruns around a middle."""
    return list(np.exp(np.random.default_rng(seed).normal(np.log(middle), sigma, size)))


def rate(classes: Calibration, key: str) -> tuple[int, float, str]:
    """Cases, weight and prior of a class's cost."""
    (entry,) = [entry for entry in classes.learned if entry.id == key and entry.dimension is Dimension.COST]
    return entry.cases, entry.weight, entry.prior


def test_ten_cases_make_a_class_and_nine_do_not() -> None:
    assert list(calibrate(works("Bridge", drawn(LEAST_CASES, 1.2)))) == ["finished_work"]
    few = calibrate(works("Bridge", drawn(LEAST_CASES - 1, 1.2)))
    assert list(few) == []
    assert [finding.code for finding in few.findings if finding.code == "class.few"] == ["class.few"]


def test_one_class_passes_through_its_cases() -> None:
    ratios = [0.80, 0.90, 0.95, 1.00, 1.05, 1.10, 1.20, 1.30, 1.40, 1.60, 2.00]
    shape = calibrate(works("Bridge", ratios))["finished_work"].shape(Dimension.COST)
    assert shape is not None
    assert shape.quantile(0.5) == pytest.approx(1.10, abs=1e-3)
    assert shape.quantile(0.25) == pytest.approx(0.95, abs=1e-3)
    assert shape.quantile(0.75) == pytest.approx(1.40, abs=2e-3)


def test_kinds_that_differ_keep_apart_and_lean_on_all_work() -> None:
    history = works("Bridge", drawn(30, 1.1)) + works("Tunnel", drawn(30, 1.6, seed=2))
    classes = calibrate(history, by=["kind"])
    assert list(classes) == ["finished_work", "bridge", "tunnel"]
    cases, weight, prior = rate(classes, "tunnel")
    assert (cases, prior) == (30, "finished_work")
    assert 0.9 < weight < 1
    tunnel, bridge = classes["tunnel"].shape(Dimension.COST), classes["bridge"].shape(Dimension.COST)
    assert tunnel is not None
    assert bridge is not None
    assert tunnel.quantile(0.5) > 1.45
    assert bridge.quantile(0.5) < 1.2


def test_kinds_that_do_not_differ_take_the_shape_of_all_work() -> None:
    ratios = drawn(30, 1.2)
    classes = calibrate(works("Bridge", ratios) + works("Tunnel", ratios), by=["kind"])
    assert rate(classes, "bridge") == (30, 0.0, "finished_work")
    assert classes["bridge"].shape(Dimension.COST) == classes["finished_work"].shape(Dimension.COST)
    (alike,) = [finding for finding in classes.findings if finding.code == "class.alike"]
    assert alike.value == "bridge, tunnel"


def test_the_own_history_takes_over_from_a_published_class_as_it_grows() -> None:
    published = reference_classes()["roads"].shape(Dimension.COST)
    assert published is not None
    medians = []
    for size in (10, 40, 400):
        classes = calibrate(works("Roads", drawn(size, 2.0, sigma=0.05)), by=["kind"])
        cases, weight, prior = rate(classes, "roads")
        assert (cases, prior) == (size, "roads")
        assert weight == pytest.approx(size / (size + PUBLISHED_CASES))
        shape = classes["roads"].shape(Dimension.COST)
        assert shape is not None
        medians.append(shape.quantile(0.5))
    assert published.quantile(0.5) < medians[0] < medians[1] < medians[2] < 2.0


def test_a_published_mean_alone_gives_no_shape_to_lean_on() -> None:
    history = works("Rail", drawn(30, 1.4)) + works("Roads", drawn(30, 1.1, seed=2))
    assert rate(calibrate(history, by=["kind"]), "rail")[2] == "finished_work"


def test_a_class_keeps_what_was_published_where_it_learned_nothing() -> None:
    classes = calibrate(works("Rail", drawn(12, 1.4)), by=["kind"])
    assert classes["rail"].shape(Dimension.BENEFIT) == Mean(1 - 0.34)
    assert classes["rail"].rates[Dimension.BENEFIT].own_weight is None


def test_a_class_takes_from_the_wider_one_where_its_own_cases_are_few() -> None:
    timed = [
        FinishedWork(f"t{number}", {"kind": "Tunnel"}, planned_months=10, actual_months=10 + number)
        for number in range(12)
    ]
    classes = calibrate(works("Bridge", drawn(12, 1.2)) + timed, by=["kind"])
    duration = classes["bridge"].rates[Dimension.DURATION]
    assert duration.shape == classes["finished_work"].shape(Dimension.DURATION)
    assert (duration.own_weight, duration.prior) == (0.0, "finished_work")


def test_classes_nest() -> None:
    history = [
        FinishedWork(f"{sector} {kind} {number}", {"sector": sector, "kind": kind}, planned_cost=1, actual_cost=ratio)
        for sector, middle in (("Water", 1.0), ("Energy", 1.5))
        for kind in ("New", "Repair")
        for number, ratio in enumerate(drawn(15, middle * (1.3 if kind == "New" else 1.0), seed=len(sector)))
    ]
    classes = calibrate(history, by=["sector", "kind"])
    assert list(classes) == [
        "finished_work",
        "energy",
        "water",
        "energy.new",
        "energy.repair",
        "water.new",
        "water.repair",
    ]
    assert rate(classes, "energy.new")[2] == "energy"


def test_it_says_how_many_cases_which_years_and_what_share() -> None:
    history = works("Bridge", drawn(12, 1.2), finished=2011) + works("Tunnel", drawn(12, 1.3, seed=2), finished=2019)
    found = calibrate(history, source="Town of Norvale")["finished_work"].rates[Dimension.COST]
    assert (found.sample, found.years, found.own_weight, found.source) == (24, (2011, 2019), 1.0, "Town of Norvale")


def test_benefits_that_never_came_count() -> None:
    history = [
        FinishedWork(str(number), planned_benefit=100, actual_benefit=0 if number < 6 else 90 + number)
        for number in range(20)
    ]
    classes = calibrate(history)
    shape = classes["finished_work"].shape(Dimension.BENEFIT)
    assert shape is not None
    assert shape.quantile(0.2) == 0.0
    assert shape.quantile(0.6) > 0.9
    assert classes.learned[0].kept == pytest.approx(10 / 20)


def test_the_order_of_the_history_does_not_matter() -> None:
    history = works("Bridge", drawn(30, 1.1)) + works("Tunnel", drawn(30, 1.6, seed=2))
    forth, back = calibrate(history, by=["kind"]), calibrate(history[::-1], by=["kind"])
    assert dict(forth) == dict(back)


def test_classes_can_be_sent_to_another_process() -> None:
    classes = calibrate(works("Bridge", drawn(12, 1.2)))
    assert pickle.loads(pickle.dumps(dict(classes))) == dict(classes)


def test_it_refuses_the_same_work_twice() -> None:
    one = works("Bridge", [1.0])
    with pytest.raises(ValueError, match="the id 'Bridge 0' stands twice"):
        calibrate(one + one)
    with pytest.raises(ValueError, match="the column 'kind' stands twice"):
        calibrate(one, by=["kind", "kind"])


def test_no_history_is_a_finding_and_no_class() -> None:
    classes = calibrate([])
    assert len(classes) == 0
    assert [finding.code for finding in classes.findings] == ["history.empty"]


@given(st.lists(st.floats(0.2, 5.0), min_size=10, max_size=40), st.floats(0.01, 1e6), st.floats(0.5, 2.0))
def test_the_currency_does_not_matter_and_a_common_overrun_does(
    ratios: list[float], price: float, overrun: float
) -> None:
    plain = calibrate(works("Bridge", ratios), published={})["finished_work"].shape(Dimension.COST)
    changed = [
        replace(work, planned_cost=10.0 * price, actual_cost=(work.actual_cost or 0.0) * price * overrun)
        for work in works("Bridge", ratios)
    ]
    scaled = calibrate(changed, published={})["finished_work"].shape(Dimension.COST)
    assert plain is not None
    assert scaled is not None
    for level in (0.05, 0.1, 0.5, 0.9, 0.95):
        assert scaled.quantile(level) == pytest.approx(plain.quantile(level) * overrun, rel=1e-4)
