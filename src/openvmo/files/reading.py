"""What reading a file gives: a portfolio where that was possible, and every finding."""

from __future__ import annotations

import collections
import dataclasses
import functools
from collections.abc import Callable
from dataclasses import dataclass, field

from openvmo.engine.model import Finding, Portfolio, Severity, check_portfolio

FindingMaker = Callable[..., Finding]

finding_error: FindingMaker = functools.partial(Finding, Severity.ERROR)
finding_warning: FindingMaker = functools.partial(Finding, Severity.WARNING)
finding_note: FindingMaker = functools.partial(Finding, Severity.NOTE)

RowFinder = Callable[[str, str, str], tuple[int, ...]]  # sheet, column and value to the rows that state it


@dataclass(frozen=True, slots=True)
class Reading:
    """What came out of a file.

    Args:
        portfolio: the portfolio; None when an error stands in the findings.
        findings: every problem and every thing that a reader should know, in the order of the file.
        format: name of the format in `FORMATS`, "" when none was recognised.
        rows_with: finds the rows of a value, for formats made of sheets; None for others.
    """

    portfolio: Portfolio | None
    findings: tuple[Finding, ...]
    format: str
    rows_with: RowFinder | None = field(default=None, repr=False, compare=False)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stop an import."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    def with_checks(self, file: str) -> Reading:
        """This reading with what the model's own checks find, located in the file where that is certain."""
        if self.portfolio is None:
            return self
        checked = tuple(
            dataclasses.replace(finding, file=file) for finding in self._located(check_portfolio(self.portfolio))
        )
        has_errors = any(finding.severity is Severity.ERROR for finding in checked)
        portfolio = None if has_errors else self.portfolio
        return Reading(portfolio, (*self.findings, *checked), self.format, self.rows_with)

    def _located(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """The findings with their rows.

        Checks name the sheet, column and value. When as many rows have the value as findings name it, they belong
        together in their order; with any other number no row is given, since a wrong one would mislead.
        """
        if self.rows_with is None:
            return findings
        counts = collections.Counter(_place_of(finding) for finding in findings)
        rows = {place: self.rows_with(*place[1:]) for place in counts}
        waiting = {place: iter(found) for place, found in rows.items() if len(found) == counts[place]}
        return tuple(
            dataclasses.replace(finding, row=next(waiting[_place_of(finding)]))
            if _place_of(finding) in waiting
            else finding
            for finding in findings
        )


def _place_of(finding: Finding) -> tuple[str, str, str, str]:
    return finding.code, finding.sheet, finding.column, finding.value
