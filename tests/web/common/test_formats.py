"""Numbers, money and dates as words of a language."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from openvmo_web.common import formats


@pytest.mark.parametrize(
    ("value", "code", "locale", "text"),
    [
        (1_234_567.5, "money:GBP", "en_GB", "£1,234,567.50"),
        (1_234_567.5, "money-whole:GBP", "en_GB", "£1,234,568"),
        (1_234_567_890, "money-short:GBP", "en_GB", "£1.2bn"),
        (Decimal(-45600), "money-short:GBP", "en_GB", "-£45.6k"),
        (1_234_567_890, "money-short:GBP", "en", "£1.2B"),
        (1_234_567_890, "money-short:EUR", "de", "1,2\u00a0Mrd.\u00a0€"),
        (1_234.5, "number", "en_GB", "1,234.5"),
        (0.125, "percent", "en_GB", "12.5%"),
        (0.125, "percent", "de", "12,5\u00a0%"),
        (7, "integer", "en_GB", "7"),
        (date(2026, 4, 3), "day", "en_GB", "3 Apr 2026"),
        ("2026-04", "month", "en_GB", "Apr 2026"),
        ("2026-04", "month", "fr", "avr. 2026"),
    ],
)
def test_it_writes_values_as_the_language_does(value: object, code: str, locale: str, text: str) -> None:
    assert formats.formatted(value, code, locale) == text


@pytest.mark.parametrize("value", [None, "", float("nan"), float("inf"), Decimal("NaN")])
def test_it_never_shows_the_unknown_as_nought(value: object) -> None:
    assert formats.formatted(value, "money:GBP", "en_GB") == "–"


@pytest.mark.parametrize("code", ["money", "percent:GBP", "grade", ""])
def test_it_refuses_a_format_that_is_not_defined(code: str) -> None:
    with pytest.raises(ValueError, match="is not defined"):
        formats.formatted(1, code, "en_GB")


def test_the_day_of_a_moment_is_that_of_the_time_zone() -> None:
    with timezone.override("Pacific/Auckland"):
        assert formats.day(datetime(2028, 3, 31, 12, 30, tzinfo=UTC), "en_GB") == "1 Apr 2028"


def test_it_writes_a_moment_to_the_minute() -> None:
    assert formats.moment(datetime(2026, 4, 3, 14, 20, 59, tzinfo=UTC), "en_GB") == "3 Apr 2026, 14:20"


@pytest.mark.parametrize(
    ("language", "locale"), [("en-gb", "en_GB"), ("en", "en"), ("de", "de"), ("pt-br", "pt_BR"), ("xx", "en_GB")]
)
def test_it_falls_back_to_british_english(language: str, locale: str) -> None:
    with translation.override(language):
        assert formats.current_locale() == locale


def test_it_tells_scripts_how_an_axis_is_written() -> None:
    axis = formats.axis_format("money-short:GBP", "en_GB")

    assert axis["scales"] == [
        [0, 1, "£", ""],
        [1_000, 1_000, "£", "k"],
        [1_000_000, 1_000_000, "£", "m"],
        [1_000_000_000, 1_000_000_000, "£", "bn"],
        [1_000_000_000_000, 1_000_000_000_000, "£", "tn"],
    ]
    assert (axis["decimal"], axis["group"], axis["minus"]) == (".", ",", "-")


def test_it_scales_an_axis_by_ten_thousands_where_people_count_so() -> None:
    assert formats.axis_format("number-short", "ja")["scales"][1] == [10_000, 10_000, "", "万"]
    assert formats.axis_format("percent", "de")["scales"] == [[0, 0.01, "", "\u00a0%"]]


def test_it_rounds_small_amounts_of_money_instead_of_shortening_them() -> None:
    assert formats.money_short(186.08166827832144, "EUR", "en_GB") == "€186"
    assert formats.money_short(-999.4, "EUR", "en_GB") == "-€999"
    assert formats.money_short(1000, "EUR", "en_GB") == "€1k"
