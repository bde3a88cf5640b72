"""Published worked examples of present values, rates of return and social discount factors: every one of them."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from openvmo.engine.appraisal import AppraisalError, NoRateError, SeveralRatesError, irr, mirr, npv, xirr, xnpv
from openvmo.engine.reference import discount_schedules

pytestmark = pytest.mark.real

Cases = dict[str, list[dict[str, Any]]]

DAY_COUNTS = {
    None: "actual/365",
    "actual/365 (Excel)": "actual/365",
    "act/365F": "actual/365",
    "act/360": "actual/360",
    "30/360 SIA": "30/360",
}


@pytest.fixture
def periodic(shared_data: Path) -> Cases:
    """The published cases of even periods by measure."""
    read: Cases = json.loads((shared_data / "appraisal/periodic_cashflows.json").read_text())
    return read


@pytest.fixture
def dated(shared_data: Path) -> Cases:
    """The published cases of dated flows by measure."""
    read: Cases = json.loads((shared_data / "appraisal/dated_cashflows.json").read_text())
    return read


def test_npv_gives_the_published_values(periodic: Cases) -> None:
    for case in periodic["npv"]:
        at_the_end = case["convention"].startswith("Excel")
        value = npv(case["rate"], [0.0, *case["cashflows"]] if at_the_end else case["cashflows"])
        assert value == pytest.approx(case["expected"], abs=case["abs_tolerance"]), case["source"]


def test_irr_gives_the_published_values(periodic: Cases) -> None:
    for case in periodic["irr"]:
        rates = rates_or_none(lambda case=case: irr(case["cashflows"]))
        expected = [] if case["expected"] is None else [case["expected"]]
        near = [rate for rate in rates if rate == pytest.approx(case["expected"], rel=case.get("rel_tolerance", 0.01))]
        assert len(near) == len(expected), case
        assert bool(rates) == bool(expected), case


def test_mirr_gives_the_published_values(periodic: Cases) -> None:
    for case in periodic["mirr"]:
        rates = {name: case[name] for name in ("finance_rate", "reinvest_rate")}
        if case["expected"] is None:
            with pytest.raises(AppraisalError, match="money must both go out and come in"):
                mirr(case["cashflows"], **rates)
        else:
            expected = pytest.approx(case["expected"], abs=case["abs_tolerance"])
            assert mirr(case["cashflows"], **rates) == expected, case["source"]


def test_xnpv_gives_the_published_values(dated: Cases) -> None:
    for case in dated["xnpv"]:
        dates, amounts = zip(*case["flows"], strict=True)
        expected = pytest.approx(case["expected"], abs=case.get("abs_tolerance", 1e-8))
        assert xnpv(case["rate"], dates, amounts) == expected, case["name"]


def test_xirr_gives_the_published_values(dated: Cases) -> None:
    """Where the other library gives one rate of several, it is among those named; what is found beyond it holds."""
    assert len(dated["xirr"]) == 37
    for case in dated["xirr"]:
        dates, amounts = zip(*case["flows"], strict=True)
        rates = rates_or_none(lambda: xirr(dates, amounts, day_count=DAY_COUNTS[case.get("day_count")]))  # noqa: B023
        if case["expected"] is None:
            assert [rate for rate in rates if not breaks_even(rate, case["flows"])] == [], case["name"]
        else:
            near = [rate for rate in rates if rate == pytest.approx(case["expected"], rel=1e-8, abs=1e-8)]
            assert len(near) == 1, case["name"]


def test_discount_factors_are_those_of_the_green_book(shared_data: Path) -> None:
    published = json.loads((shared_data / "appraisal/social_discount_factors.json").read_text())
    schedule = discount_schedules()["green_book"]
    first_years = [
        0 if band["years"] == "0-30" else int(band["years"].rstrip("+").split("-")[0]) for band in published["schedule"]
    ]
    assert schedule.bands == tuple(zip(first_years, [band["rate"] for band in published["schedule"]], strict=True))
    years = np.array([int(year) for year in published["factors"]])
    factors = list(published["factors"].values())
    assert schedule.factors(61)[years].round(4).tolist() == factors
    assert schedule.monthly.factors(721)[12 * years].round(4).tolist() == factors


def breaks_even(rate: float, flows: list[tuple[str, float]]) -> bool:
    """Whether the flows add up to nothing when each is brought to the last date."""
    last = max(date.fromisoformat(day) for day, _ in flows)
    grown = [amount * (1 + rate) ** ((last - date.fromisoformat(day)).days / 365) for day, amount in flows]
    return abs(math.fsum(grown)) <= 1e-9 * math.fsum(map(abs, grown))


def rates_or_none(rate: Any) -> tuple[float, ...]:
    """Every rate that a call gives or names."""
    try:
        return (rate(),)
    except NoRateError:
        return ()
    except SeveralRatesError as several:
        return several.rates
