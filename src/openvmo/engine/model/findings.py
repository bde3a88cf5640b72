"""What is wrong with data, as values: where, what, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How grave a finding is."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem in the data, or one thing that a reader should know.

    Args:
        severity: an error stops an import, a warning or note does not.
        code: stable name of the kind of finding, such as "cost.negative".
        problem: one sentence that says what is wrong.
        remedy: one sentence that says what to do.
        file: name of the file, or "" for a portfolio built in Python.
        sheet: sheet or record kind, such as "Costs".
        row: one-based row in that sheet as the user's program numbers it; None when no row applies.
        column: heading or letter of the column.
        value: the offending value as text.
    """

    severity: Severity
    code: str
    problem: str
    remedy: str
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""

    @property
    def where(self) -> str:
        """The place, from the file down to the column, in words."""
        row = "" if self.row is None else f"row {self.row}"
        column = f"column {self.column}" if self.column else ""
        return ", ".join(part for part in (self.file, self.sheet, row, column) if part)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        value = f" ({self.value!r})" if self.value else ""
        return f"{self.severity}: {place}{self.problem}{value} {self.remedy}".rstrip()


class PortfolioError(ValueError):
    """A portfolio cannot be used; `findings` lists every reason, not only the first."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        errors = [finding for finding in self.findings if finding.severity is Severity.ERROR]
        shown = "\n".join(f"  {finding}" for finding in errors[:10])
        more = f"\n  and {len(errors) - 10} more" if len(errors) > 10 else ""
        super().__init__(f"{len(errors)} problem(s):\n{shown}{more}")
