"""Reference classes as a JSON file: what `openvmo calibrate` writes and `openvmo forecast --references` applies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from openvmo.engine.model import PortfolioError
from openvmo.engine.reference import DocumentError, ReferenceTable, document_of_table, table_of_document
from openvmo.files.reading import finding_error

FORMAT = "openvmo-references"
VERSION = 1


def references_document(table: ReferenceTable) -> dict[str, Any]:
    """A file of reference classes as JSON can hold it."""
    return {"format": FORMAT, "version": VERSION, "classes": document_of_table(table)}


def write_references(table: ReferenceTable, path: str | Path) -> None:
    """Write reference classes to a JSON file; the round trip is exact.

    Raises:
        OSError: the file cannot be written.
    """
    text = json.dumps(references_document(table), ensure_ascii=False, allow_nan=False, indent=1)
    Path(path).write_text(f"{text}\n", encoding="utf-8")


def read_references(path: str | Path) -> ReferenceTable:
    """Read reference classes from a JSON file.

    Raises:
        PortfolioError: the file states no reference classes; says where, what, and what to do.
        OSError: the file cannot be opened.
    """
    file = Path(path)
    return references_from_bytes(file.read_bytes(), file.name)


def references_from_bytes(content: bytes, name: str) -> ReferenceTable:
    """Reference classes from the content of a JSON file; `name` stands in findings.

    Raises:
        PortfolioError: as in `read_references`.
    """
    write_it = "Write it with 'openvmo calibrate HISTORY.csv -o REFERENCES.json'."
    try:
        document = json.loads(content)
    except ValueError as error:
        problem = f"This file holds no JSON: {error}."
        raise PortfolioError([finding_error("references.json", problem, write_it, file=name)]) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        problem = "This file holds no reference classes."
        raise PortfolioError([finding_error("references.format", problem, write_it, file=name)])
    if document.get("version") != VERSION:
        problem = f"This file is in version {document.get('version')!r}; version {VERSION} is known here."
        raise PortfolioError([finding_error("references.version", problem, "Update OpenVMO.", file=name)])
    try:
        return table_of_document(document.get("classes"))
    except DocumentError as error:
        found = finding_error("references.invalid", error.problem, error.remedy, file=name, column=error.place)
        raise PortfolioError([found]) from error
