"""Published worked examples of net present value and internal rate of return."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from openvmo.engine.appraisal import NoRateError, SeveralRatesError, irr, npv
from openvmo.engine.quantities import AnnualRate

pytestmark = pytest.mark.real


@pytest.fixture
def cases(shared_data: Path) -> dict[str, list[dict[str, Any]]]:
    """The published cases by measure."""
    read: dict[str, list[dict[str, Any]]] = json.loads((shared_data / "appraisal/periodic_cashflows.json").read_text())
    return read


def test_npv_gives_the_published_values(cases: dict[str, list[dict[str, Any]]]) -> None:
    for case in cases["npv"]:
        at_the_end = case["convention"].startswith("Excel")
        value = npv(case["rate"], [0.0, *case["cashflows"]] if at_the_end else case["cashflows"])
        assert value == pytest.approx(case["expected"], abs=case["abs_tolerance"]), case["source"]


def test_irr_gives_the_published_values(cases: dict[str, list[dict[str, Any]]]) -> None:
    for case in cases["irr"]:
        try:
            rates: tuple[float, ...] = (irr(case["cashflows"]),)
        except NoRateError:
            rates = ()
        except SeveralRatesError as several:
            rates = several.rates
        expected = [] if case["expected"] is None else [case["expected"]]
        near = [rate for rate in rates if rate == pytest.approx(case["expected"], rel=case.get("rel_tolerance", 0.01))]
        assert len(near) == len(expected), case


def test_discount_factors_are_those_of_the_green_book(shared_data: Path) -> None:
    published = json.loads((shared_data / "appraisal/social_discount_factors.json").read_text())
    factors = AnnualRate(published["schedule"][0]["rate"]).factors(12 * 30 + 1)
    for year, factor in published["factors"].items():
        if int(year) <= 30:
            assert factors[12 * int(year)] == pytest.approx(factor, abs=5e-5), year
