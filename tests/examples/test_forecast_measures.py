"""Every page on a figure of the forecast says what a reader needs, stands in the index, and its example is true."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

PAGES = Path(__file__).parents[2] / "docs/measures/forecast"
# The outside view shows figures from finished work, which tests of its own work out.
WITHOUT_CODE = {"README.md", "outside-view.md"}


@pytest.mark.parametrize("page", sorted(PAGES.glob("[a-z]*.md")), ids=lambda page: page.stem)
def test_every_page_stands_in_the_index(page: Path) -> None:
    assert f"({page.name})" in (PAGES / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", sorted(PAGES.glob("[a-z]*.md")), ids=lambda page: page.stem)
def test_every_page_says_what_a_reader_needs(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    parts = ("Question", "Formula", "Units", "Example", "When it misleads", "Source")
    assert [part for part in parts if f"**{part}.**" not in text] == []


@pytest.mark.parametrize("name", sorted({page.name for page in PAGES.glob("*.md")} - WITHOUT_CODE))
def test_every_example_of_a_page_is_true(name: str) -> None:
    outcome = doctest.testfile(str(PAGES / name), module_relative=False)
    assert outcome.failed == 0
    assert outcome.attempted > 0
