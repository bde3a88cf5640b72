"""`openvmo import FILE`: read any known format, list every finding, write the native form."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import cast

from openvmo.cli.failures import CommandError
from openvmo.cli.findings import counts, finding_table
from openvmo.cli.inputs import add_file_arguments, add_json_argument, refuse_to_overwrite
from openvmo.cli.output import say, say_json
from openvmo.cli.wording import counted, money
from openvmo.engine.model import Portfolio
from openvmo.files import FORMATS, Reading, read_with_findings, write_portfolio

NAME = "import"
HELP = "read a portfolio of any known format, list every problem, and write it as workbook, JSON or CSV folder"

# A package that keeps portfolios registers one function here:
# import_into(file, slug, *, format, is_dry_run) -> exit status.
TARGETS_GROUP = "openvmo.import_targets"
Target = Callable[..., int]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    add_file_arguments(parser)
    add_json_argument(parser)
    parser.add_argument("-n", "--dry-run", action="store_true", help="list the findings and write nothing")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "-o", "--output", type=Path, metavar="OUT", help="write OUT.xlsx, OUT.json, or a folder of CSV files"
    )
    where.add_argument("--into", metavar="SLUG", help="import into this portfolio of the server's database")
    parser.add_argument("--force", action="store_true", help="replace what is at OUT")


def run(arguments: argparse.Namespace) -> int:
    """Read, list the findings and, when there are no errors, write; 1 when there are errors."""
    if arguments.into is not None:
        into = _target()
        return into(arguments.file, arguments.into, format=arguments.format, is_dry_run=arguments.dry_run)
    if arguments.output is not None and not arguments.dry_run:
        refuse_to_overwrite(arguments.output, is_forced=arguments.force)
    reading = read_with_findings(arguments.file, format=arguments.format)
    is_written = reading.portfolio is not None and arguments.output is not None and not arguments.dry_run
    if reading.portfolio is not None and is_written:
        write_portfolio(reading.portfolio, arguments.output)
    written = str(arguments.output) if is_written else None
    if arguments.json:
        _print_json(arguments.file, reading, written)
    else:
        _print(arguments.file, reading, written)
    return int(reading.portfolio is None)


def _target() -> Target:
    for point in entry_points(group=TARGETS_GROUP):
        return cast("Target", point.load())
    message = "--into needs the server: install it with 'pip install openvmo[web]', or write a file with -o"
    raise CommandError(message)


def _print_json(file: Path, reading: Reading, written: str | None) -> None:
    say_json(
        {
            "file": str(file),
            "format": reading.format,
            "findings": [dataclasses.asdict(finding) for finding in reading.findings],
            "written": written,
        }
    )


def _print(file: Path, reading: Reading, written: str | None) -> None:
    if reading.findings:
        say(finding_table(reading.findings))
        say()
    title = f" as {FORMATS[reading.format].title}" if reading.format in FORMATS else ""
    say(f"Read {file.name}{title}: {counts(reading.findings)}.")
    if reading.portfolio is None:
        say("Nothing was written, because there are errors. Correct them in the file, then import it again.")
        return
    say(_content(reading.portfolio))
    say(f"Wrote {written}." if written else "Nothing was written. Give -o OUT.xlsx to write it.")


def _content(portfolio: Portfolio) -> str:
    options = [option for initiative in portfolio.initiatives for option in initiative.options]
    cost = sum(line.amount.likely for option in options for line in option.costs)
    benefits = sum(len(initiative.benefits) for initiative in portfolio.initiatives)
    parts = (
        counted(len(portfolio.initiatives), "initiative"),
        counted(len(options), "option"),
        counted(benefits, "benefit"),
        f"stated cost {portfolio.currency} {money(cost)} in prices of {portfolio.price_base}",
    )
    return f"{portfolio.name}: {', '.join(parts)}."
