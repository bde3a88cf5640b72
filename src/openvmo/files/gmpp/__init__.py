"""The UK Government Major Projects Portfolio as its departments publish it each year: one project a column."""

from __future__ import annotations

from openvmo.files.gmpp.report import GmppRow, Report, read_report
from openvmo.files.gmpp.to_portfolio import portfolio_of
from openvmo.files.reading import Reading

__all__ = ["GmppRow", "Report", "read", "read_report", "read_rows", "recognise"]


def recognise(content: bytes, name: str) -> bool:
    """Whether the first heading and the heading of the confidence rating are those of the published files."""
    del name  # the content alone decides
    start = content.removeprefix(b"\xef\xbb\xbf")[:20].lower()
    names_projects = start.startswith((b"project name,", b"gmpp id number,"))
    return names_projects and (b"Delivery Confidence Assessment" in content or b"RAG rating" in content)


def read(content: bytes, name: str) -> Reading:
    """Read one published year, with every doubtful cell as a finding."""
    report = read_report(content, name)
    if report.snapshot is None or any(finding.severity == "error" for finding in report.findings):
        return Reading(None, report.findings, "gmpp")
    portfolio, findings = portfolio_of(report, report.snapshot, name)
    return Reading(portfolio, (*report.findings, *findings), "gmpp")


def read_rows(content: bytes) -> list[GmppRow]:
    """The projects of a published file as rows, for those who want the figures and not a portfolio."""
    return list(read_report(content, "").rows)
