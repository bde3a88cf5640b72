"""Numbers as people type them."""

from __future__ import annotations

import pytest

from openvmo.files.cells import CellError
from openvmo_web.realisation.numbers import number_of


@pytest.mark.parametrize(
    ("text", "locale", "value"),
    [
        ("1,250.50", "en_GB", 1250.5),
        ("1,250", "en_GB", 1250.0),
        ("1250,5", "en_GB", 1250.5),
        ("1.250,5", "de", 1250.5),
        ("1.250", "de", 1250.0),
        ("1250.5", "de", 1250.5),
        ("1 250", "fr", 1250.0),
        ("\u22123", "en_GB", -3.0),
    ],
)
def test_it_reads_what_can_only_mean_one_number(text: str, locale: str, value: float) -> None:
    assert number_of(text, locale) == value


@pytest.mark.parametrize("text", ["", "many", "5%", "nan", "1e400", "12,34,567", "½", "£1,200"])
def test_it_refuses_what_is_no_number_or_could_be_two(text: str) -> None:
    with pytest.raises(CellError):
        number_of(text, "en_GB")
