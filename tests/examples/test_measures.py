"""Every measure has a page, and the examples in pages and docstrings are true."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest

import openvmo.engine
from openvmo.engine import appraisal

PAGES = Path(__file__).parents[2] / "docs/measures"
# Several series of one measure share its page, `appraise` gives all measures, and `by_month` prepares their flows.
NOT_MEASURES = {"appraise", "by_month", "irr_many", "xirr_many"}
OWN_ROOMS = ("quantities", "model", "reference", "appraisal", "evidence", "forecast", "priority")
MODULES = [
    module.name
    for room in OWN_ROOMS
    for module in pkgutil.walk_packages([f"{openvmo.engine.__path__[0]}/{room}"], f"openvmo.engine.{room}.")
]


def measures() -> set[str]:
    """Names of the functions that measure worth."""
    functions = inspect.getmembers(appraisal, inspect.isfunction)
    return {name for name, _ in functions if name in appraisal.__all__} - NOT_MEASURES


def test_every_measure_has_a_page() -> None:
    pages = {page.stem for page in PAGES.glob("*.md")} - {"README", "discounting"}
    assert pages == measures()


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.stem)
def test_every_page_stands_in_the_index(page: Path) -> None:
    assert page.name == "README.md" or f"({page.name})" in (PAGES / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", sorted(PAGES.glob("[a-z]*.md")), ids=lambda page: page.stem)
def test_every_page_says_what_a_reader_needs(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    parts = ("Question", "Formula", "Units", "Example", "When it misleads", "Source")
    assert [part for part in parts if f"**{part}.**" not in text] == []


@pytest.mark.parametrize("page", sorted(PAGES.glob("[a-z]*.md")), ids=lambda page: page.stem)
def test_every_example_of_a_page_is_true(page: Path) -> None:
    outcome = doctest.testfile(str(page), module_relative=False)
    assert outcome.failed == 0
    assert outcome.attempted > 0


@pytest.mark.parametrize("name", MODULES)
def test_every_example_of_a_docstring_is_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
