"""Quantities that must not be mixed."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from openvmo.engine.quantities import AnnualRate, Money, Month, MonthlySeries, UnitsError

TEN = Money.of(10, "GBP", 2026)


def test_it_adds_money_exactly() -> None:
    assert Money.of(0.1, "GBP", 2026) + Money.of(0.2, "GBP", 2026) == Money(Decimal("0.3"), "GBP", 2026)


def test_it_subtracts_negates_and_compares_money() -> None:
    assert TEN - Money.of(4, "GBP", 2026) == Money.of(6, "GBP", 2026)
    assert Money.of(-10, "GBP", 2026) == -TEN
    assert sorted([TEN, Money.of(4, "GBP", 2026)])[1] is TEN
    assert float(TEN) == 10.0


def test_it_refuses_two_currencies() -> None:
    with pytest.raises(UnitsError) as refusal:
        TEN + Money.of(10, "EUR", 2026)
    assert str(refusal.value) == (
        "GBP and EUR cannot be added: convert both to one currency first, at a rate that you can name."
    )


def test_it_refuses_two_price_bases() -> None:
    with pytest.raises(UnitsError) as refusal:
        sorted([Money.of(10, "GBP", 2020), TEN])
    assert str(refusal.value) == (
        "Prices of 2026 and of 2020 cannot be compared: restate both at one price base first, with a named deflator."
    )


def test_it_compounds_a_monthly_rate_to_the_yearly_one() -> None:
    rate = AnnualRate(0.035)
    assert (1 + rate.monthly) ** 12 == pytest.approx(1.035, rel=1e-15)
    assert rate.factors(25)[[0, 12, 24]] == pytest.approx([1.0, 1 / 1.035, 1 / 1.035**2], rel=1e-15)


@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf")])
def test_it_refuses_an_impossible_rate(value: float) -> None:
    with pytest.raises(ValueError, match="a yearly rate is a share above -1"):
        AnnualRate(value)


APRIL = Month(2026, 4)


def series(start: Month = APRIL, length: int = 3, unit: str = "GBP at 2026 prices") -> MonthlySeries:
    return MonthlySeries.of(start, np.arange(1.0, length + 1), unit)


def test_it_adds_and_subtracts_series_of_the_same_months_and_unit() -> None:
    assert (series() + series()).values.tolist() == [2.0, 4.0, 6.0]
    assert (series() - series()).total == 0.0
    assert series() == series()
    assert series() != series(unit="days")


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        (series(unit="days"), "A series in GBP at 2026 prices and one in days cannot be combined"),
        (series(length=4), "A series of 3 months from 2026-04 and one of 4 months from 2026-04 cannot be combined"),
        (series(start=Month(2026, 5)), "A series of 3 months from 2026-04 and one of 3 months from 2026-05 cannot"),
    ],
)
def test_it_refuses_series_that_do_not_match(other: MonthlySeries, sentence: str) -> None:
    with pytest.raises(UnitsError, match=sentence):
        series() + other


def test_it_refuses_a_gap_in_a_series() -> None:
    with pytest.raises(ValueError, match="missing value is not zero"):
        MonthlySeries.of(Month(2026, 4), [1.0, float("nan")], "GBP at 2026 prices")


def test_its_values_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        series().values[0] = 5.0
