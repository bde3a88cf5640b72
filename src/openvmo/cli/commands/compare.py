"""`openvmo compare EARLIER.json LATER.json`: what changed between two saved forecasts, and why."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openvmo.analysis import RecordError
from openvmo.analysis.changes import Change, RunChanges, Shift, run_changes
from openvmo.cli.inputs import add_json_argument, load_json
from openvmo.cli.output import say, say_json, styled, width
from openvmo.cli.tables import Column, table

NAME = "compare"
HELP = "say what changed between two saved forecasts, and why"
SHOWN = 20
CAUSES = {
    "engine": "the version of OpenVMO",
    "seed": "the draws (seed, trials or sampling)",
    "parameters": "parameters",
    "inputs": "the portfolio's figures",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "earlier", metavar="EARLIER.json", type=Path, help="a forecast saved with --save, or downloaded"
    )
    parser.add_argument("later", metavar="LATER.json", type=Path, help="another one")
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Compare; 0 also when they differ."""
    changes = run_changes(_record(arguments.earlier), _record(arguments.later))
    if arguments.json:
        say_json(as_json(changes))
    else:
        _print(changes)
    return 0


def as_json(changes: RunChanges) -> dict[str, Any]:
    """The comparison as JSON can hold it."""
    return {
        "causes": list(changes.causes),
        "engine": list(changes.engine),
        "parameters": [_change(change) for change in changes.parameters],
        "inputs": [_change(change) for change in changes.inputs],
        "totals": [_shift(shift) for shift in changes.totals],
        "initiatives": [_shift(shift) for shift in changes.initiatives],
        "by_inputs": changes.by_inputs,
        "by_others": changes.by_others,
    }


def _record(path: Path) -> Any:
    record = load_json(path)
    needed = {"kind", "parameters", "portfolio", "document"}
    if not isinstance(record, dict) or not needed <= record.keys():
        message = f"{path} is no record of a run: save one with --save"
        raise RecordError(message)
    return record


def _change(change: Change) -> dict[str, Any]:
    return {"place": list(change.place), "before": change.before, "after": change.after}


def _shift(shift: Shift) -> dict[str, Any]:
    error = shift.error if shift.error == shift.error else None
    return {
        "name": shift.name,
        "before": shift.before,
        "after": shift.after,
        "difference": shift.difference,
        "standard_error": error,
        "may_be_chance": shift.may_be_chance,
        "changes": shift.changes,
    }


def _print(changes: RunChanges) -> None:
    if not changes.causes:
        say("Nothing differs: the same portfolio, parameters, seed and version.")
        return
    say("What differs: " + ", ".join(CAUSES[cause] for cause in changes.causes) + ".")
    if changes.engine[0] != changes.engine[1]:
        say(f"Version {changes.engine[0]}, then {changes.engine[1]}.")
    _list("Parameters", changes.parameters)
    say(f"\n{styled('Expected totals', 'bold')}")
    say(_shifts("Total", changes.totals))
    say(f"Of the change of the NPV, {changes.by_inputs:,.0f} comes from initiatives whose own figures changed,")
    say(f"{changes.by_others:,.0f} from others: they wait for changed ones, or were drawn or computed differently.")
    if changes.initiatives:
        say(f"\n{styled('Expected NPV by initiative, the largest change first', 'bold')}")
        say(_shifts("Initiative", changes.initiatives[:SHOWN]))
        _more(len(changes.initiatives))
    _list("Figures", changes.inputs)


def _shifts(heading: str, shifts: Sequence[Shift]) -> str:
    columns = [
        Column(heading, is_flexible=True),
        *(Column(name, is_number=True) for name in ("Before", "After", "Change", "Inputs changed")),
        Column("Chance?"),
    ]
    rows = [
        [
            shift.name,
            _amount(shift.before),
            _amount(shift.after),
            _amount(shift.difference),
            str(shift.changes or ""),
            "may be" if shift.may_be_chance and shift.difference else "",
        ]
        for shift in shifts
    ]
    return table(columns, rows, width=width())


def _list(title: str, changes: Sequence[Change]) -> None:
    if not changes:
        return
    say(f"\n{styled(f'{title} that changed', 'bold')}")
    columns = [Column("Where", is_flexible=True), Column("Before", is_flexible=True), Column("After", is_flexible=True)]
    rows = [[" / ".join(change.place), _said(change.before), _said(change.after)] for change in changes[:SHOWN]]
    say(table(columns, rows, width=width()))
    _more(len(changes))


def _more(count: int) -> None:
    if count > SHOWN:
        say(f"… and {count - SHOWN} more; --json gives all.")


def _amount(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def _said(value: Any) -> str:
    return "–" if value is None else str(value)
