"""`openvmo calibrate FILE`: learn reference classes from finished work, and say how far they can be trusted."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openvmo.cli import inputs
from openvmo.cli.failures import CommandError
from openvmo.cli.findings import finding_table
from openvmo.cli.output import say, say_json, styled, width
from openvmo.cli.tables import Column, table
from openvmo.cli.wording import counted, ratio, share
from openvmo.engine.evidence import Calibration, FinishedWork, Learned, Validation, calibrate, validate
from openvmo.engine.model import Finding, Severity
from openvmo.files.history import FIELDS, HistoryReading, read_history_bytes, unknown_columns, without_value
from openvmo.files.references import references_document

NAME = "calibrate"
HELP = "learn from finished work how far plans and outcomes lie apart"

_FOLDS = 10
_QUANTILES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "files", metavar="FILE", type=Path, nargs="+", help="finished work: CSV or workbook, one row for each piece"
    )
    parser.add_argument(
        "--by",
        action="append",
        default=[],
        metavar="COLUMN",
        help="column that makes the classes; again for narrower ones",
    )
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="FIELD=HEADING",
        help=f"where the file names a field otherwise, such as planned_cost=Budget; fields are {', '.join(FIELDS)}",
    )
    parser.add_argument("--since", type=int, metavar="YEAR", help="learn from work that was finished in YEAR or later")
    parser.add_argument(
        "--apart", metavar="COLUMN", help="test on each value of COLUMN kept apart, such as country, and not on tenths"
    )
    parser.add_argument("--source", default="Own finished work", help="what the classes name as their source")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="REFERENCES.json", help="write the classes, for 'forecast'"
    )
    parser.add_argument("--force", action="store_true", help="replace what is at the output")
    inputs.add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Read, learn, test on work kept apart, print and write."""
    if arguments.output is not None:
        inputs.refuse_to_overwrite(arguments.output, is_forced=arguments.force)
    works, notes = _history(arguments)
    classes = calibrate(works, by=arguments.by, source=arguments.source)
    is_enough = len(works) >= _FOLDS
    tested = validate(works, by=arguments.by, folds=_FOLDS, leave_out=arguments.apart) if is_enough else ()
    findings = [*notes, *classes.findings]
    if arguments.output is not None and classes:
        inputs.save_json(references_document(classes), arguments.output)
    if arguments.json:
        say_json(_document(works, classes, tested, findings))
    else:
        _print(works, classes, tested, findings, arguments.output)
    return int(not classes)


def _history(arguments: argparse.Namespace) -> tuple[list[FinishedWork], list[Finding]]:
    """The finished work of all files, and what a reader should know of it.

    Raises:
        CommandError: a file or a column cannot be used.
        OSError: a file cannot be opened.
    """
    headings = dict(_heading(word) for word in arguments.column)
    works: list[FinishedWork] = []
    notes: list[Finding] = []
    for file in arguments.files:
        reading = read_history_bytes(file.read_bytes(), file.name, headings=headings)
        _refuse_errors(file, reading, [*arguments.by, *([arguments.apart] if arguments.apart else [])])
        read = reading.works
        if len(arguments.files) > 1:
            read = tuple(dataclasses.replace(work, id=f"{file.stem} {work.id}") for work in read)
        notes += [*reading.findings, *without_value(read, arguments.by, file.name)]
        works += read
    if arguments.since is not None:
        works = [work for work in works if work.finished is not None and work.finished >= arguments.since]
    return works, notes


def _heading(word: str) -> tuple[str, str]:
    name, separator, heading = word.partition("=")
    if not separator or not heading.strip():
        message = f"--column {word}: write FIELD=HEADING, such as planned_cost=Budget"
        raise CommandError(message, status=2)
    return name.strip(), heading.strip()


def _refuse_errors(file: Path, reading: HistoryReading, columns: Sequence[str]) -> None:
    errors = [finding for finding in reading.findings if finding.severity is Severity.ERROR]
    errors += [] if errors else unknown_columns(columns, reading, file.name)
    if errors:
        message = f"{file.name} cannot be used:\n{finding_table(errors)}"
        raise CommandError(message)


def _document(
    works: Sequence[FinishedWork], classes: Calibration, tested: Sequence[Validation], findings: Sequence[Finding]
) -> dict[str, Any]:
    return {
        "finished_works": len(works),
        "by": list(classes.by),
        "learned": [_entry(entry) for entry in classes.learned],
        "cross_validation": [{**dataclasses.asdict(one), "standard_error": one.standard_error} for one in tested],
        "findings": [dataclasses.asdict(finding) for finding in findings],
        "references": references_document(classes),
    }


def _entry(entry: Learned) -> dict[str, Any]:
    stated = {field.name: getattr(entry, field.name) for field in dataclasses.fields(entry) if field.name != "shape"}
    quantiles = {name: entry.shape.quantile(probability) for name, probability in _QUANTILES.items()}
    return stated | {"mean": entry.shape.mean, **quantiles}


def _print(
    works: Sequence[FinishedWork],
    classes: Calibration,
    tested: Sequence[Validation],
    findings: Sequence[Finding],
    output: Path | None,
) -> None:
    kinds = f" by {', then '.join(classes.by)}" if classes.by else ""
    say(styled(f"Outcome divided by plan, learned from {counted(len(works), 'finished work')}{kinds}", "bold"))
    if classes.learned:
        say(_learned_table(classes.learned))
    for one in tested:
        say()
        say(_tested(one))
    if findings:
        say()
        say(finding_table(findings))
    say()
    if not classes:
        say("No class was learned: there is too little finished work.")
    elif output is not None:
        say(f"Wrote {counted(len(classes), 'class', 'classes')} to {output}.")
        say(f"Apply them with 'openvmo forecast PORTFOLIO --references {output}'.")
    else:
        say("Nothing was written. Give -o REFERENCES.json to write the classes.")


def _learned_table(learned: Sequence[Learned]) -> str:
    columns = [
        Column("Class", is_flexible=True),
        Column("Dimension"),
        Column("Cases", is_number=True),
        Column("Years"),
        Column("Own weight", is_number=True),
        Column("Rest from", is_flexible=True, least=8),
        *(Column(heading, is_number=True) for heading in ("P10", "P50", "P90", "Mean", "Plan kept")),
    ]
    rows = [
        [
            entry.id,
            str(entry.dimension),
            str(entry.cases),
            "" if entry.years is None else "-".join(str(year) for year in dict.fromkeys(entry.years)),
            share(entry.weight),
            f"published {entry.prior}" if entry.prior == entry.id else entry.prior,
            *(ratio(entry.shape.quantile(probability)) for probability in _QUANTILES.values()),
            ratio(entry.shape.mean),
            share(entry.kept),
        ]
        for entry in learned
    ]
    return table(columns, rows, width=width())


def _tested(one: Validation) -> str:
    return (
        f"On work kept apart, {one.coverage:.1%} of {one.cases} outcomes of {one.dimension} lay between P10 and P90 "
        f"(80% is right, within {2 * one.standard_error:.0%} by chance). "
        f"Pinball loss {one.pinball:.4f}; with one class for all {one.pinball_pooled:.4f}; "
        f"believing the plan {one.pinball_plan:.4f}."
    )
