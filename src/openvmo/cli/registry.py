"""Which commands there are: the library's own, and those that other packages bring."""

from __future__ import annotations

import argparse
import ast
import importlib
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol, cast

GROUP = "openvmo.commands"

_OWN = {
    "check": "openvmo.cli.commands.check",
    "import": "openvmo.cli.commands.import_file",
    "forecast": "openvmo.cli.commands.forecast",
    "choose": "openvmo.cli.commands.choose",
    "calibrate": "openvmo.cli.commands.calibrate",
    "compare": "openvmo.cli.commands.compare",
    "verify": "openvmo.cli.commands.verify",
    "template": "openvmo.cli.commands.template",
}


class CommandModule(Protocol):
    """What a command's module holds."""

    NAME: str
    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser, /) -> None:
        """Describe the command's arguments."""

    def run(self, arguments: argparse.Namespace, /) -> int:
        """Do the work; the answer is the exit status."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command, its module not imported before it is called."""

    name: str
    module: str

    @property
    def help(self) -> str:
        """The module's HELP, read from its source so that a list of commands starts no server."""
        spec = importlib.util.find_spec(self.module)
        if spec is None or spec.origin is None:
            return f"not installed: {self.module} is missing"
        return _constant(Path(spec.origin), "HELP")

    def load(self) -> CommandModule:
        """Import the module."""
        return cast("CommandModule", importlib.import_module(self.module))


def commands() -> dict[str, Command]:
    """Every command by name, the library's own first."""
    return {name: Command(name, module) for name, module in _modules()}


def _modules() -> Iterator[tuple[str, str]]:
    yield from _OWN.items()
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        if point.name not in _OWN:
            yield point.name, point.module


def _constant(source: Path, name: str) -> str:
    """The text that a module assigns to a name at its top level; "" when there is none."""
    for statement in ast.parse(source.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Assign) and [ast.unparse(target) for target in statement.targets] == [name]:
            return str(ast.literal_eval(statement.value))
    return ""
