"""Published discount rates and categories of value for money."""

from __future__ import annotations

import pytest

from openvmo.engine.quantities import DiscountSchedule
from openvmo.engine.reference import discount_schedules, value_bands

YEARS = (0, 31, 76, 126, 201, 301)


@pytest.mark.parametrize(
    ("id", "rates"),
    [
        ("green_book", (0.035, 0.030, 0.025, 0.020, 0.015, 0.010)),
        ("green_book_reduced", (0.030, 0.0257, 0.0214, 0.0171, 0.0129, 0.0086)),
        ("green_book_health", (0.015, 0.0129, 0.0107, 0.0086, 0.0064, 0.0043)),
    ],
)
def test_the_rates_of_the_green_book_decline(id: str, rates: tuple[float, ...]) -> None:
    assert discount_schedules()[id].bands == tuple(zip(YEARS, rates, strict=True))


def test_the_schedules_are_those_that_were_published() -> None:
    assert list(discount_schedules()) == ["green_book", "green_book_reduced", "green_book_health"]


@pytest.mark.parametrize("schedule", discount_schedules().values(), ids=lambda schedule: schedule.id)
def test_a_schedule_names_its_source(schedule: DiscountSchedule) -> None:
    assert schedule.source.startswith("HM Treasury: The Green Book (2022)")
    assert schedule.url.startswith("https://www.gov.uk/")


def test_the_categories_of_value_for_money_rise() -> None:
    assert [(band.category, band.begins) for band in value_bands()] == [
        ("very_poor", float("-inf")),
        ("poor", 0.0),
        ("low", 1.0),
        ("medium", 1.5),
        ("high", 2.0),
        ("very_high", 4.0),
    ]


def test_a_category_names_its_source_and_advice() -> None:
    assert all(
        band.source.startswith("Department for Transport") and band.url and band.presumption for band in value_bands()
    )
