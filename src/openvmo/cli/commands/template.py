"""`openvmo template OUT.xlsx`: an empty native workbook to fill in."""

from __future__ import annotations

import argparse
from pathlib import Path

from openvmo.cli.inputs import refuse_to_overwrite
from openvmo.cli.output import say
from openvmo.files import write_template

NAME = "template"
HELP = "write an empty workbook with a sheet for each kind of record"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("output", metavar="OUT.xlsx", type=Path, help="the workbook to write")
    parser.add_argument("--force", action="store_true", help="replace what is at OUT.xlsx")


def run(arguments: argparse.Namespace) -> int:
    """Write the template."""
    refuse_to_overwrite(arguments.output, is_forced=arguments.force)
    write_template(arguments.output)
    say(f"Wrote {arguments.output}. Fill it in, then run: openvmo check {arguments.output}")
    return 0
