"""Files that cannot be used are refused with a sentence that helps, and never do harm."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter

from openvmo.files import FORMATS, read_bytes

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def archive_of(**parts: bytes) -> bytes:
    """A ZIP archive with these parts; two underscores in a name stand for a slash and one for a point."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), part)
    return content.getvalue()


def foreign_workbook() -> bytes:
    """A workbook without any of our sheets."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        book.add_worksheet("Sheet1").write(0, 0, "hello")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "empty.csv", "file.empty"),
        (b" \r\n", "blank.xlsx", "file.empty"),
        (b"a,b\n1,2\n", "list.csv", "file.unknown_csv"),
        (b"%PDF-1.7", "plan.pdf", "file.pdf"),
        (b"\x00\x01\x02", "thing.bin", "file.unknown"),
        (OLD_OFFICE, "old.xls", "file.old_office"),
        (OLD_OFFICE + "EncryptedPackage".encode("utf-16-le"), "secret.xlsx", "file.password"),
        (OLD_OFFICE + "TBkndTask".encode("utf-16-le"), "plan.mpp", "file.mpp"),
        (foreign_workbook(), "budget.xlsx", "workbook.no_sheets"),
        (archive_of(hello_txt=b"hello"), "things.zip", "archive.unknown"),
        (b'{"a": 1}', "other.json", "json.format"),
        (b'{"a": NaN}', "broken.json", "json.invalid"),
        (b"[" * 100_000, "deep.json", "json.invalid"),
        (b"PK\x03\x04broken", "broken.xlsx", "workbook.unsafe"),
    ],
)
def test_it_says_what_the_file_is_and_what_to_do(content: bytes, name: str, code: str) -> None:
    reading = read_bytes(content, name)
    assert reading.portfolio is None
    assert [(finding.code, finding.file) for finding in reading.findings] == [(code, name)]
    assert reading.findings[0].remedy


@pytest.mark.parametrize("content", [b"", OLD_OFFICE, b"a,b", foreign_workbook(), b"PK\x03\x04"])
@pytest.mark.parametrize("format_name", list(FORMATS))
def test_it_refuses_politely_when_a_format_is_forced(content: bytes, format_name: str) -> None:
    reading = read_bytes(content, "upload", format=format_name)
    assert reading.portfolio is None
    assert reading.errors


def test_it_refuses_an_archive_that_would_grow_beyond_reason() -> None:
    reading = read_bytes(archive_of(initiatives_csv=bytes(50 * 2**20)), "bomb.zip")
    assert [finding.code for finding in reading.findings] == ["archive.unsafe"]
    assert "grow" in reading.findings[0].problem


def test_it_refuses_an_archive_that_reaches_outside_itself() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("../initiatives.csv", "id,name\n")
    reading = read_bytes(content.getvalue(), "outside.zip")
    assert [finding.code for finding in reading.findings] == ["archive.unsafe"]


def test_it_refuses_a_sheet_that_a_few_bytes_make_enormous() -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("Initiatives")
        sheet.write(0, 0, "id")
        sheet.write(1_048_575, 16_383, "far")
    reading = read_bytes(content.getvalue(), "wide.xlsx")
    assert [finding.code for finding in reading.findings] == ["workbook.unsafe"]
    assert "16384 columns and 1048576 rows" in reading.findings[0].problem


def test_it_refuses_entities_in_a_workbook() -> None:
    with zipfile.ZipFile(io.BytesIO(foreign_workbook())) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"Sheet1", b"Initiatives")
    bomb = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet'
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(b"<worksheet", bomb, 1)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as target:
        for name, part in parts.items():
            target.writestr(name, part)
    reading = read_bytes(content.getvalue(), "entities.xlsx")
    assert [finding.code for finding in reading.findings] == ["workbook.unsafe"]
