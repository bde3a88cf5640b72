"""What several commands are told, and the files that they read and write."""

from __future__ import annotations

import argparse
import json
import os
import re
from pathlib import Path
from typing import Any

from openvmo.cli.failures import CommandError
from openvmo.cli.output import note
from openvmo.cli.wording import counted
from openvmo.engine.model import Portfolio, PortfolioError, Severity
from openvmo.engine.quantities.amounts import parse_amount
from openvmo.engine.reference import document_of_table
from openvmo.files import FORMATS, read_with_findings
from openvmo.files.references import read_references

_BUDGET_OF_YEAR = re.compile(r"^(\d{4})\s*=\s*(.+)$")
_BUDGET_SHARE = re.compile(r"^(\d+(?:\.\d+)?)\s*%$")


def add_file_arguments(parser: argparse.ArgumentParser) -> None:
    """The portfolio to read."""
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="portfolio: a file of any known format, or a folder of CSV"
    )
    parser.add_argument(
        "--format", choices=sorted(FORMATS), help="read as this format instead of recognising it from the content"
    )


def add_json_argument(parser: argparse.ArgumentParser) -> None:
    """The wish for JSON."""
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def add_analysis_arguments(parser: argparse.ArgumentParser) -> None:
    """What every analysis that rests on a forecast may be told."""
    parser.add_argument("--trials", type=int, default=10_000, help="number of simulated futures (default: 10000)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the random draws (default: 1)")
    parser.add_argument(
        "--horizon",
        type=int,
        metavar="MONTHS",
        help="months of the appraisal, in place of those that the portfolio states",
    )
    parser.add_argument(
        "--sampling",
        choices=["balanced", "plain"],
        default="balanced",
        help="spread the futures evenly over what may happen, or draw each by itself (default: balanced)",
    )
    parser.add_argument(
        "--precision",
        metavar="SHARE",
        help="double the futures until the standard error of the mean NPV is at most this share of it, such as 0.5%%",
    )
    views = parser.add_mutually_exclusive_group()
    views.add_argument("--inside-only", action="store_true", help="take the plans as stated, without reference classes")
    views.add_argument(
        "--references",
        type=Path,
        metavar="FILE",
        help="apply one's own reference classes too, as 'openvmo calibrate' writes them",
    )
    parser.add_argument(
        "--assume-bcr",
        type=float,
        metavar="RATIO",
        help="assume this benefit-cost ratio for initiatives that state no financial benefit",
    )
    parser.add_argument(
        "--benefit-years", type=int, default=10, metavar="YEARS", help="years of an assumed benefit (default: 10)"
    )
    parser.add_argument(
        "--workers",
        type=int,
        metavar="N",
        help="threads for the simulation, 0 for one a processor (default: 1); the numbers are the same with any",
    )
    parser.add_argument("--progress", action="store_true", help="tell the progress also where there is no terminal")
    parser.add_argument("--save", type=Path, metavar="RUN.json", help="save the run, for 'openvmo verify'")


def analysis_parameters(arguments: argparse.Namespace) -> dict[str, Any]:
    """The parameters of an analysis, from the words of `add_analysis_arguments`."""
    return {
        "trials": arguments.trials,
        "seed": arguments.seed,
        "sampling": arguments.sampling,
        "precision": parse_share(arguments.precision),
        "outside_view": not arguments.inside_only,
        "references": own_references(arguments.references),
        "assumed_bcr": arguments.assume_bcr,
        "benefit_years": arguments.benefit_years,
    }


def own_references(path: Path | None) -> list[dict[str, Any]] | None:
    """The reference classes of a file, as an analysis takes them; None without a file.

    Raises:
        CommandError: the file states no reference classes.
        OSError: the file cannot be opened.
    """
    if path is None:
        return None
    try:
        return document_of_table(read_references(path))
    except PortfolioError as error:
        message = "\n".join(str(finding) for finding in error.findings)
        raise CommandError(message) from error


def read_portfolio(arguments: argparse.Namespace) -> Portfolio:
    """Read the portfolio that the command names; warnings are counted on the standard error.

    Raises:
        PortfolioError: the file cannot be used.
        OSError: the file cannot be opened.
    """
    reading = read_with_findings(arguments.file, format=arguments.format)
    if reading.portfolio is None:
        raise PortfolioError(reading.findings)
    warnings = sum(finding.severity is Severity.WARNING for finding in reading.findings)
    if warnings:
        note(f"{counted(warnings, 'warning')} on this file; 'openvmo check {arguments.file}' lists them.")
    return reading.portfolio


def parse_share(word: str | None) -> float | None:
    """Read what stands after --precision: a share such as 0.005, or a percentage such as 0.5%; None without one.

    Raises:
        CommandError: it is no number.

    >>> parse_share("0.5%"), parse_share("0.005")
    (0.005, 0.005)
    """
    if word is None:
        return None
    try:
        return float(word[:-1]) / 100 if word.endswith("%") else float(word)
    except ValueError as error:
        message = f"--precision {word}: this is no share; write 0.005 or 0.5%"
        raise CommandError(message, status=2) from error


def parse_budgets(words: list[str] | None) -> dict[str, float] | None:
    """Read what stands after --budget: YEAR=AMOUNT for each year, or one AMOUNT for all, or a percentage of the demand.

    Raises:
        CommandError: a word has another form, a year stands twice, or the forms are mixed.

    >>> parse_budgets(["2026=30bn", "2027=28bn"]), parse_budgets(["30bn"]), parse_budgets(["60%"])
    ({'2026': 30000000000.0, '2027': 28000000000.0}, {'each_year': 30000000000.0}, {'share_of_demand': 0.6})
    """
    if not words:
        return None
    pairs = [_budget(word.strip()) for word in words]
    budgets = dict(pairs)
    if len(budgets) < len(pairs):
        message = "--budget names the same year twice: give each year once"
        raise CommandError(message, status=2)
    if len(budgets) > 1 and not all(name.isdigit() for name in budgets):
        message = "--budget mixes forms: give YEAR=AMOUNT for each year, or one amount, or one percentage"
        raise CommandError(message, status=2)
    return budgets


def _budget(word: str) -> tuple[str, float]:
    if share := _BUDGET_SHARE.match(word):
        return "share_of_demand", float(share[1]) / 100
    of_year = _BUDGET_OF_YEAR.match(word)
    name, amount = (of_year[1], of_year[2]) if of_year else ("each_year", word)
    try:
        return name, parse_amount(amount)
    except ValueError as error:
        message = f"--budget {word}: {error}; write 2026=30bn for one year, 30bn for each year, or 60% of the demand"
        raise CommandError(message, status=2) from error


def refuse_to_overwrite(path: Path, *, is_forced: bool) -> None:
    """Stop before a file is lost.

    Raises:
        CommandError: there is something at the path, or its folder does not exist.
    """
    if path.exists() and not is_forced:
        message = f"{path} exists already: choose another name, or give --force to replace it"
        raise CommandError(message)
    if not path.parent.is_dir():
        message = f"there is no folder {path.parent}: make it first, or choose another"
        raise CommandError(message)


def save_json(value: Any, path: Path) -> None:
    """Write a value as a JSON file: the whole of it or, when it is stopped on the way, nothing.

    Raises:
        OSError: the file cannot be written.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1)
    if path.exists() and not path.is_file():  # a pipe or a terminal has no other place to write to
        path.write_text(f"{text}\n", encoding="utf-8")
        return
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        unfinished.write_text(f"{text}\n", encoding="utf-8")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def load_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        CommandError: the file holds no JSON.
        OSError: the file cannot be opened.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        message = f"{path} holds no JSON: {error}"
        raise CommandError(message) from error
