"""The names that `import openvmo` offers."""

from __future__ import annotations

import subprocess
import sys

import pytest

import openvmo as vmo


@pytest.mark.parametrize("name", vmo.__all__)
def test_it_offers_every_name(name: str) -> None:
    assert getattr(vmo, name) is not None


def test_it_refuses_an_unknown_name() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = vmo.nothing


def test_importing_it_loads_nothing_heavy() -> None:
    code = "import sys, openvmo; print({'numpy', 'scipy', 'highspy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
