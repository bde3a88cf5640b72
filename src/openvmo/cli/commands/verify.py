"""`openvmo verify RUN.json`: compute a saved run again and compare every number.

`openvmo verify --decision SLUG/NUMBER` and `--all` do so for the decisions of a server; the server's package brings
that part through the entry-point group `openvmo.verify`, so that the library does not know it.
"""

from __future__ import annotations

import argparse
import importlib
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from openvmo.analysis import Comparison, RecordError, recompute
from openvmo.cli.inputs import add_json_argument, load_json
from openvmo.cli.output import progress_shown, say, say_json, styled, width
from openvmo.cli.tables import Column, table
from openvmo.compute import executor

NAME = "verify"
HELP = "compute a saved run, or the runs of decisions, again and compare every number"
GROUP = "openvmo.verify"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("file", metavar="RUN.json", nargs="?", type=Path, help="a run saved with --save, or downloaded")
    what.add_argument("--decision", metavar="SLUG/NUMBER", help="a decision of the server, such as agency/3")
    what.add_argument("--all", action="store_true", help="every decision of the server")
    parser.add_argument("--workers", type=int, metavar="N", help="threads for the simulation, 0 for one a processor")
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Compute again; 1 when a number differs."""
    return _run_file(arguments) if arguments.file else _run_decisions(arguments)


def _run_file(arguments: argparse.Namespace) -> int:
    record = load_json(arguments.file)
    if not isinstance(record, dict):
        message = f"{arguments.file} is no record of a run: save one with --save"
        raise RecordError(message)
    with executor(arguments.workers) as pool, progress_shown() as progress:
        comparison = recompute(record, progress=progress, executor=pool)
    if arguments.json:
        say_json(_as_json(comparison))
    else:
        _print(arguments.file, record, comparison)
    return int(not comparison.agrees)


def _run_decisions(arguments: argparse.Namespace) -> int:
    """Hand over to the package that knows decisions."""
    points = tuple(entry_points(group=GROUP))
    if not points:
        message = "decisions are kept by the server, which is not installed here: pip install 'openvmo[web]'"
        raise SystemExit(f"openvmo: {message}")
    return max(int(importlib.import_module(point.module).run(arguments)) for point in points)


def _as_json(comparison: Comparison) -> dict[str, Any]:
    return {
        "agrees": comparison.agrees,
        "engine_version": comparison.engine_version,
        "recorded_version": comparison.recorded_version,
        "differences": [
            {"place": difference.place, "recorded": difference.recorded, "computed": difference.computed}
            for difference in comparison.differences
        ],
    }


def _print(file: Path, record: dict[str, Any], comparison: Comparison) -> None:
    versions = f"recorded with OpenVMO {comparison.recorded_version}, computed with {comparison.engine_version}"
    if comparison.agrees:
        say(
            styled(
                f"{file.name}: every number of the {record['kind']} run agrees to the last digit ({versions}).", "green"
            )
        )
        say(f"Digest {record['digest']}")
        return
    say(styled(f"{file.name}: the {record['kind']} run does NOT agree ({versions}). First differences:", "red"))
    columns = [
        Column("Where", is_flexible=True),
        Column("Recorded", is_flexible=True),
        Column("Computed", is_flexible=True),
    ]
    rows = [[found.place, str(found.recorded), str(found.computed)] for found in comparison.differences]
    say(table(columns, rows, width=width()))
