"""The examples in the guide to the library, and in the docstrings outside the engine's measures, are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[2] / "docs/guides/library.md"
ROOMS = ("openvmo.analysis", "openvmo.cli", "openvmo.compute", "openvmo.engine.choice")
MODULES = [
    "openvmo",
    "openvmo.engine.quantities.amounts",
    *(
        module.name
        for room in ROOMS
        for module in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}.")
    ),
]


def test_every_example_of_the_guide_to_the_library_is_true() -> None:
    outcome = doctest.testfile(str(GUIDE), module_relative=False)
    assert (outcome.failed, outcome.attempted) == (0, 17)


@pytest.mark.parametrize("name", MODULES)
def test_every_example_of_a_docstring_is_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
