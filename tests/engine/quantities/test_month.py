"""Months and estimates."""

from __future__ import annotations

import datetime

import pytest

from openvmo.engine.quantities import Estimate, Month


def test_it_counts_across_years() -> None:
    assert Month(2026, 11) + 14 == Month(2028, 1)
    assert Month(2026, 1) + -1 == Month(2025, 12)
    assert Month(2028, 1) - Month(2026, 11) == 14


def test_it_reads_and_writes_the_same_form() -> None:
    assert str(Month.parse("2026-04")) == "2026-04"
    assert Month.of(datetime.date(2026, 4, 30)) == Month(2026, 4)
    assert Month(2026, 4).first_day == datetime.date(2026, 4, 1)


@pytest.mark.parametrize("text", ["2026-13", "2026-4", "April 2026", ""])
def test_it_refuses_another_form(text: str) -> None:
    with pytest.raises(ValueError, match="month"):
        Month.parse(text)


def test_its_financial_year_is_named_by_its_first_calendar_year() -> None:
    assert [Month(2027, month).fiscal_year(4) for month in (3, 4)] == [2026, 2027]
    assert Month(2027, 1).fiscal_year(1) == 2027


def test_it_tells_certain_from_not_stated() -> None:
    assert Estimate.certain(5.0).is_certain
    assert not Estimate(5.0).is_certain
    assert not Estimate(5.0).is_stated


@pytest.mark.parametrize(
    ("low", "likely", "high"), [(2.0, 1.0, 3.0), (0.0, 2.0, 1.0), (None, 1.0, 2.0), (0.0, float("nan"), 1.0)]
)
def test_it_refuses_an_estimate_that_does_not_rise(low: float | None, likely: float, high: float) -> None:
    with pytest.raises(ValueError, match=r"low|finite"):
        Estimate(likely, low=low, high=high)
