"""Files that cannot be read: each gets a sentence that says what it is and what to do."""

from __future__ import annotations

from openvmo.engine.model import Finding
from openvmo.files import archive
from openvmo.files.reading import finding_error
from openvmo.files.sheets import SHEETS

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TEMPLATE = "Start from the template: 'openvmo template portfolio.xlsx' writes it, and the import page offers it."


def finding_for(content: bytes, name: str) -> Finding:
    """What the file is, as far as can be told, and what to do about it."""
    code, problem, remedy = _reason(content, name)
    return finding_error(code, problem, remedy, file=name)


def _reason(content: bytes, name: str) -> tuple[str, str, str]:
    if not content.strip():
        return "file.empty", "This file is empty.", _TEMPLATE
    if content.startswith(_OLD_OFFICE):
        return _old_office(content)
    if archive.is_archive(content):
        return _archive(content)
    if content.startswith(b"%PDF"):
        return "file.pdf", "This is a PDF document; its tables cannot be read reliably.", _TEMPLATE
    if name.lower().endswith((".csv", ".txt", ".tsv")) or _looks_like_text(content):
        problem = "This text file is in no form that is known here."
        remedy = (
            f"A portfolio as CSV is a folder, or a ZIP archive, with one file for each of: {_expected()}. {_TEMPLATE}"
        )
        return "file.unknown_csv", problem, remedy
    return "file.unknown", "This file is in no known format.", _TEMPLATE


def _old_office(content: bytes) -> tuple[str, str, str]:
    """Password-protected workbooks, old workbooks and project plans share one container."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "file.password", "This workbook is protected by a password.", "Save it without a password and try again."
    if "TBkndTask".encode("utf-16-le") in content or b"MSProject" in content:
        remedy = "Save the plan as Excel or XML in the program that wrote it, and copy the rows into the template."
        return "file.mpp", "This is a Microsoft Project plan (.mpp), which is not read here.", remedy
    return "file.old_office", "This is a workbook in the old .xls form.", "Save it as .xlsx and try again."


def _archive(content: bytes) -> tuple[str, str, str]:
    try:
        names = archive.checked_archive(content).namelist()
    except archive.UnsafeArchiveError as danger:
        return (
            "file.unsafe",
            f"This archive cannot be opened: {danger}.",
            "Make it anew with only the files that are needed.",
        )
    if "xl/workbook.xml" in names:
        problem = f"This workbook has none of the sheets that a portfolio needs. Expected are: {_expected()}."
        return "workbook.no_sheets", problem, _TEMPLATE
    problem = "This archive holds no file of a portfolio."
    return "archive.unknown", problem, f"Put one CSV file for each of these into it: {_expected()}."


def _looks_like_text(content: bytes) -> bool:
    return b"\x00" not in content[:4_096]


def _expected() -> str:
    return ", ".join(sheet.name for sheet in SHEETS)
