"""Weights that are stated, and weights by swing points."""

from __future__ import annotations

import doctest
from math import inf, nan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import openvmo as vmo
from openvmo.engine.priority import WeightsError, direct_weights, swing_weights

PAGES = Path(__file__).parents[3] / "docs/measures/priority"
PARTS = ("Question", "Formula", "Units", "Example", "When it misleads", "Source")
NUMBERS = st.dictionaries(st.text(min_size=1), st.floats(0.001, 1e9), min_size=1, max_size=20)


def test_it_divides_by_the_sum() -> None:
    found = direct_weights({"growth": 2, "safety": 1, "image": 1, "none": 0})
    assert (found.method, found.consistency, found.doubtful, found.warnings) == ("direct", None, None, ())
    assert found.shares == {"growth": 0.5, "safety": 0.25, "image": 0.25, "none": 0.0}


def test_it_gives_the_published_swing_weights_of_a_car() -> None:
    """Clemen (1996), Making Hard Decisions, chapter 15: 0.405, 0.541 and 0.054."""
    found = swing_weights({"life span": 75, "price": 100, "colour": 10})
    assert {name: round(share, 3) for name, share in found.shares.items()} == {
        "life span": 0.405,
        "price": 0.541,
        "colour": 0.054,
    }
    assert found.warnings == ()


def test_it_warns_when_no_swing_has_all_points() -> None:
    found = swing_weights({"a": 60, "b": 20})
    assert found.shares == {"a": 0.75, "b": 0.25}
    assert found.warnings == ("no swing has 100 points; the points are still read in proportion",)


@given(NUMBERS, st.floats(0.001, 1000))
def test_its_shares_add_up_and_do_not_depend_on_the_unit(stated: dict[str, float], unit: float) -> None:
    shares = direct_weights(stated).shares
    assert list(shares) == list(stated)
    assert sum(shares.values()) == pytest.approx(1, abs=1e-12)
    scaled = direct_weights({name: value * unit for name, value in stated.items()}).shares
    assert scaled == pytest.approx(shares, abs=1e-12)


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({}, "nothing to weigh"),
        ({"a": None, "b": 1}, "no number is given for: a; missing is not zero"),
        ({"a": nan, "b": inf, "c": 1}, "no number is given for: a, b"),
        ({"a": -1, "b": 1}, "these are negative: a"),
        ({"a": 0, "b": 0}, "all numbers are 0"),
        ({"a": 1e308, "b": 1e308}, "larger ones are given to: a, b"),
    ],
)
def test_it_refuses_to_guess(stated: dict[str, float | None], words: str) -> None:
    for method in (direct_weights, swing_weights):
        with pytest.raises(WeightsError, match=words):
            method(stated)


def test_it_refuses_more_points_than_there_are() -> None:
    with pytest.raises(WeightsError, match="at most 100, but more are given to: b"):
        swing_weights({"a": 100, "b": 101})


@pytest.mark.parametrize("page", ["direct", "swing", "pairwise"])
def test_its_page_says_what_a_reader_needs_and_its_example_is_true(page: str) -> None:
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    assert [part for part in PARTS if f"**{part}.**" not in text] == []
    outcome = doctest.testfile(str(PAGES / f"{page}.md"), module_relative=False)
    assert (outcome.failed, outcome.attempted > 0) == (0, True)


def test_the_library_shows_them() -> None:
    names = ("Judgement", "Weights", "WeightsError", "direct_weights", "pairwise_weights", "swing_weights")
    assert [getattr(vmo, name).__name__ for name in names] == list(names)
