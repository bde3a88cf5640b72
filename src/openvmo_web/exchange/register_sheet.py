"""The sheet of benefits on its way back from a spreadsheet: what it states, what speaks against it, what it changes."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from openvmo.engine import model
from openvmo.files.one_sheet import read_sheet
from openvmo.files.tables import StatedRow
from openvmo_web.benefits.checks import Known, change_problems, known_about
from openvmo_web.benefits.models import Benefit
from openvmo_web.benefits.preview import field_changes
from openvmo_web.benefits.rules import FROZEN, benefit_values
from openvmo_web.benefits.stated import Wanted, present_benefits, wanted_rows
from openvmo_web.exchange.rules import LARGEST_AMOUNT, Change
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.strategy.models import Objective

# The format under which an import keeps such a file.
FORMAT = "benefit_register"
SHEET = "Benefits"
# For so many unknown codes a known one is looked for: each search compares all of them, and one mistake often repeats.
SUGGESTED = 20
# Where the columns of the sheet have other names than the fields of a row.
HEADINGS = {"code": "id", "owner_name": "owner", "measurer_name": "measurer", "sustainer_name": "sustainer"}


@dataclass(frozen=True)
class SheetPreview:
    """What became of a sheet.

    Attributes:
        wanted: What it states of each benefit; none when an error stands in the findings.
        findings: Every problem, by row and column.
        changes: What would change.
    """

    wanted: Sequence[Wanted]
    findings: Sequence[model.Finding]
    changes: Sequence[Change]

    @property
    def is_refused(self) -> bool:
        """Whether an error keeps the sheet out."""
        return any(finding.severity is model.Severity.ERROR for finding in self.findings)

    @property
    def digest(self) -> str:
        """What tells this preview from that of another day: what would change, value by value."""
        told = json.dumps([change.as_dict() for change in self.changes], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(told.encode()).hexdigest()


def sheet_preview(portfolio: Portfolio, content: bytes, file_name: str) -> SheetPreview:
    """Read a sheet of benefits and compare it with the register; nothing is written, and few queries are made.

    Args:
        portfolio: The portfolio whose register it is.
        content: The whole file.
        file_name: Its name.
    """
    rows, found = read_sheet(content, file_name, SHEET)
    findings = list(found)
    told = _Telling(file_name)
    known = {one.code: one for one in Initiative.objects.filter(portfolio=portfolio)}
    objectives = {one.code: one for one in Objective.objects.all()}
    near = Suggestions(known), Suggestions(objectives)
    placed = []
    for row in rows:
        problems = [*_unknown(told, row, *near), *_too_large(told, row)]
        findings += problems
        if not problems:
            placed.append((row, _wanted(row, known, objectives)))
    stated = [wanted for _row, wanted in placed]
    pairs = wanted_rows(present_benefits(portfolio, stated), stated)
    facts = known_about(pairs, portfolio.pk)
    for (row, _stated), (benefit, values) in zip(placed, pairs, strict=True):
        findings += _refusals(told, row, benefit, values, facts)
    changes = [change for benefit, values in pairs for change in _changes(benefit, values)]
    preview = SheetPreview(stated, findings, changes)
    return SheetPreview([], findings, []) if preview.is_refused else preview


@dataclass(frozen=True)
class _Telling:
    """Makes findings about the cells of one file."""

    file: str

    def error(self, row: StatedRow, code: str, column: str, value: object, problem: str, remedy: str) -> model.Finding:
        """A finding that keeps the sheet out."""
        return model.Finding(
            model.Severity.ERROR,
            code,
            problem,
            remedy,
            file=self.file,
            sheet=SHEET,
            row=row.number,
            column=column,
            value="" if value is None else str(value)[:200],
        )


def _wanted(row: StatedRow, known: Mapping[str, Initiative], objectives: Mapping[str, Objective]) -> Wanted:
    """What a row states, in the fields of the register; columns that the sheet lacks are left alone."""
    record = model.Benefit(**row.values)
    stated = {name: value for name, value in benefit_values(record).items() if HEADINGS.get(name, name) in row.values}
    if "objective" in row.values:
        stated["objective"] = objectives.get(record.objective)
    code = stated.pop("code")
    return Wanted(known[row.key[0]], code, stated)


class Suggestions:
    """What an unknown code was meant to be, looked for once for each code and for the first of them only."""

    def __init__(self, known: Collection[str]) -> None:
        """Suggest of the codes that are known."""
        self.known = known
        self._found: dict[str, list[str]] = {}

    def remedy(self, code: str) -> str:
        """Say what to do about an unknown code."""
        if code not in self._found and len(self._found) < SUGGESTED:
            self._found[code] = difflib.get_close_matches(code, self.known, n=1)
        near = self._found.get(code)
        return _("Did you mean %(code)s?") % {"code": near[0]} if near else _("Correct the code, or add it first.")


def _unknown(
    told: _Telling, row: StatedRow, initiatives: Suggestions, objectives: Suggestions
) -> Iterator[model.Finding]:
    """What a row points at and is not there: a new benefit is added only where its initiative is known."""
    code, objective = row.key[0], row.values.get("objective") or ""
    if code not in initiatives.known:
        problem = _("There is no initiative with this code in the portfolio.")
        yield told.error(row, "initiative.unknown", "initiative", code, problem, initiatives.remedy(code))
    if objective and objective not in objectives.known:
        problem = _("There is no objective with this code.")
        yield told.error(row, "objective.unknown", "objective", objective, problem, objectives.remedy(objective))


def _too_large(told: _Telling, row: StatedRow) -> Iterator[model.Finding]:
    for name, value in row.values.items():
        if isinstance(value, float) and abs(value) >= LARGEST_AMOUNT:
            problem = _("The amount is too large to be kept exactly.")
            remedy = _("Check its unit: amounts are in plain units of the currency, not in thousandths of it.")
            yield told.error(row, "amount.too_large", name, f"{value:g}", problem, remedy)


def _refusals(
    told: _Telling, row: StatedRow, benefit: Benefit, values: Mapping[str, Any], facts: Known
) -> Iterator[model.Finding]:
    """What speaks against the values of a row, at its cells."""
    for name, problems in change_problems(benefit, values, facts).items():
        heading = HEADINGS.get(name, name)
        is_frozen = name in FROZEN and benefit.pk in facts.frozen
        remedy = (
            _("Put back what stood there: %(value)s.") % {"value": _as_in_sheet(getattr(benefit, name))}
            if is_frozen
            else _("Correct the cell, or put back what stood there.")
        )
        for problem in problems:
            code = "benefit.frozen" if is_frozen else "benefit.invalid"
            yield told.error(row, code, heading, row.values.get(heading), problem, remedy)


def _as_in_sheet(value: object) -> str:
    if value is None or value == "":
        return _("an empty cell")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:f}".rstrip("0").rstrip(".") if hasattr(value, "as_tuple") else str(value)


def _changes(benefit: Benefit, values: Mapping[str, Any]) -> list[Change]:
    """What a row would change; in the words of the register."""
    key = f"{benefit.initiative.code} · {benefit.code}"
    if benefit._state.adding:
        return [Change("add", "benefit", key, benefit.name)]
    return [
        Change("change", "benefit", key, benefit.name, change.label, change.before, change.after)
        for change in field_changes(benefit, values)
    ]
