"""`openvmo check FILE`: every finding on a portfolio file."""

from __future__ import annotations

import argparse
import dataclasses

from openvmo.cli.findings import counts, finding_table
from openvmo.cli.inputs import add_file_arguments, add_json_argument
from openvmo.cli.output import say, say_json
from openvmo.cli.wording import counted
from openvmo.engine.model import Severity
from openvmo.files import Reading, read_with_findings

NAME = "check"
HELP = "say what is wrong with a portfolio file"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    add_file_arguments(parser)
    add_json_argument(parser)
    parser.add_argument("--strict", action="store_true", help="fail on warnings too, not only on errors")


def run(arguments: argparse.Namespace) -> int:
    """List the findings; 1 when there are errors."""
    reading = read_with_findings(arguments.file, format=arguments.format)
    failing = {Severity.ERROR, Severity.WARNING} if arguments.strict else {Severity.ERROR}
    if arguments.json:
        findings = [dataclasses.asdict(finding) for finding in reading.findings]
        say_json({"file": str(arguments.file), "format": reading.format, "findings": findings})
    else:
        _print(arguments.file.name, reading)
    return int(any(finding.severity in failing for finding in reading.findings))


def _print(name: str, reading: Reading) -> None:
    if reading.findings:
        say(finding_table(reading.findings))
        say()
    content = "" if reading.portfolio is None else f", {counted(len(reading.portfolio.initiatives), 'initiative')}"
    form = f" ({reading.format}{content})" if reading.format else ""
    say(f"{name}{form}: {counts(reading.findings)}.")
