"""Findings as tables: every one with its place, or one of each kind with how many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from openvmo.cli.output import width
from openvmo.cli.tables import Column, table
from openvmo.cli.wording import counted
from openvmo.engine.model import Finding, Severity

_LONGEST_VALUE = 40


def finding_table(findings: Sequence[Finding]) -> str:
    """Every finding with its place, value and remedy; columns that would be empty are left out."""
    columns = {
        "": [str(finding.severity) for finding in findings],
        "Sheet": [finding.sheet for finding in findings],
        "Row": ["" if finding.row is None else str(finding.row) for finding in findings],
        "Column": [finding.column for finding in findings],
        "Value": [_shortened(finding.value) for finding in findings],
        "Problem": [finding.problem for finding in findings],
        "What to do": [finding.remedy for finding in findings],
    }
    filled = {heading: cells for heading, cells in columns.items() if any(cells)}
    shown = [
        Column(heading, is_number=heading == "Row", is_flexible=heading not in {"", "Row"}, least=10)
        for heading in filled
    ]
    return table(shown, list(zip(*filled.values(), strict=True)), width=width())


def counts(findings: Iterable[Finding]) -> str:
    """How many findings of each severity, in words."""
    found = Counter(finding.severity for finding in findings)
    return (
        ", ".join(counted(found[severity], str(severity)) for severity in Severity if found[severity]) or "no findings"
    )


def summary_of(findings: Sequence[dict[str, Any]]) -> list[str]:
    """One line for each kind of finding in a document: the first of its kind, and how many more there are."""
    numbers = Counter(finding["code"] for finding in findings)
    firsts = {finding["code"]: finding for finding in reversed(findings)}
    in_order = dict.fromkeys(finding["code"] for finding in findings)
    return [_line(firsts[code], numbers[code]) for code in in_order]


def _line(finding: dict[str, Any], number: int) -> str:
    more = f" (and {number - 1:,} more like this)" if number > 1 else ""
    return f"{finding['severity']}: {finding['problem']}{more} {finding['remedy']}"


def _shortened(value: str) -> str:
    text = " ".join(value.split())
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 3]}..."
