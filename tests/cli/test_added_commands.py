"""Commands that another package brings by entry points."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from openvmo.cli import registry
from openvmo.cli.main import main

MODULE = '''
"""A command of another package."""

import {heavy}

NAME = "greet"
HELP = "say hello"


def add_arguments(parser):
    parser.add_argument("--name", default="world")


def run(arguments):
    if arguments.name == "nobody":
        raise SystemExit("nobody is there")
    print(f"Hello, {{arguments.name}}.")
    return 0
'''


@pytest.fixture
def greeting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "openvmo_greeting_command.py"
    path.write_text(MODULE.format(heavy="json"))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "openvmo_greeting_command", raising=False)
    point = EntryPoint("greet", "openvmo_greeting_command", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda *, group: [point] if group == registry.GROUP else [])
    return path


@pytest.mark.usefixtures("greeting")
def test_it_runs_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["greet", "--name", "town"]) == 0
    assert capsys.readouterr().out == "Hello, town.\n"


def test_it_lists_them_without_importing_them(greeting: Path, capsys: pytest.CaptureFixture[str]) -> None:
    greeting.write_text(MODULE.format(heavy="a_module_that_is_not_there"))
    assert main(["--help"]) == 0
    assert "greet     say hello" in capsys.readouterr().out
    assert "openvmo_greeting_command" not in sys.modules


@pytest.mark.usefixtures("greeting")
def test_it_prints_the_sentence_with_which_they_stop(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["greet", "--name", "nobody"]) == 1
    assert capsys.readouterr().err == "nobody is there\n"


def test_the_library_never_loads_the_server() -> None:
    code = "import sys, openvmo.cli.main as m; m.main(['--help']); print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("False")
