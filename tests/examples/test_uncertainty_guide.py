"""The examples in the guide to uncertain inputs are true."""

from __future__ import annotations

import doctest
from pathlib import Path

GUIDE = Path(__file__).parents[2] / "docs/guides/uncertainty.md"


def test_every_example_of_the_guide_is_true() -> None:
    outcome = doctest.testfile(str(GUIDE), module_relative=False)
    assert (outcome.failed, outcome.attempted) == (0, 20)
