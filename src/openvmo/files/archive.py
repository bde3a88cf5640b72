"""Archives that strangers send: what is checked before anything in them is opened."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

LARGEST_FILE = 100 * 2**20
LARGEST_CONTENT = 400 * 2**20
LARGEST_RATIO = 250
MOST_PARTS = 5_000
MOST_CELLS = 30_000_000

_RATIO_MATTERS_FROM = 5 * 2**20
# Cells beyond column Z or from row 100,000 on; only such cells can make a sheet too wide or too long. The first pattern
# is quick and may also find a text; the second is exact.
_MAYBE_FAR_CELL = re.compile(rb'"(?:[A-Z]{2,}\d+|[A-Z]\d{6,})"')
_FAR_CELLS = re.compile(rb"""\sr=["']([A-Z]{2,}\d+|[A-Z]\d{6,})["']""")
_FORMULA_ERRORS = re.compile(rb"""<c\s[^>]*?r=["']([A-Z]+\d+)["'][^>]*?\st=["']e["']""")
_WIDTH_OF_NEAR_CELLS = 26
_ROWS_OF_NEAR_CELLS = 99_999


class UnsafeArchiveError(ValueError):
    """An archive that must not be opened; the text says why."""


def is_archive(content: bytes) -> bool:
    """Whether the content starts as a ZIP archive does."""
    return content[:4] == b"PK\x03\x04"


def checked_archive(content: bytes) -> zipfile.ZipFile:
    """The archive, once its size, its number of parts and their growth are known to be bearable.

    Raises:
        UnsafeArchiveError: it is broken, too large, grows too much, is encrypted, or names a part outside itself.
    """
    if len(content) > LARGEST_FILE:
        message = f"it is larger than {LARGEST_FILE // 2**20} MB"
        raise UnsafeArchiveError(message)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as problem:
        message = f"it is damaged ({problem})"
        raise UnsafeArchiveError(message) from problem
    _check_parts(archive.infolist(), len(content))
    return archive


def part(archive: zipfile.ZipFile, name: str) -> bytes:
    """The content of one part; a part that holds more than it declares is refused.

    Raises:
        UnsafeArchiveError: it is damaged or not as declared.
    """
    try:
        return archive.read(name)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as problem:
        message = f"its part {name} is damaged ({problem})"
        raise UnsafeArchiveError(message) from problem


def check_sheets(archive: zipfile.ZipFile) -> tuple[str, ...]:
    """Look through the sheets of a workbook for what would exhaust memory, and for formula errors.

    A reader of workbooks makes room for every cell up to the furthest one, so a few bytes could ask for gigabytes. It
    also shows a formula error as an empty cell, which would pass for missing; these are returned as 'part!cell'.

    Raises:
        UnsafeArchiveError: a sheet is too wide or too long.
    """
    return tuple(
        error for name in archive.namelist() if name.startswith("xl/worksheets/") for error in _look_at(archive, name)
    )


def _look_at(archive: zipfile.ZipFile, name: str) -> Iterator[str]:
    xml = part(archive, name)
    if b"<!DOCTYPE" in xml[:1_000] or b"<!ENTITY" in xml[:1_000]:
        message = f"its part {name} declares entities, which no workbook needs"
        raise UnsafeArchiveError(message)
    is_ordinary = _MAYBE_FAR_CELL.search(xml) is None and b"r='" not in xml
    width, height = _extent([] if is_ordinary else _FAR_CELLS.findall(xml))
    if width * height > MOST_CELLS:
        message = f"its part {name} spreads over {width} columns and {height} rows"
        raise UnsafeArchiveError(message)
    if b't="e"' in xml or b"t='e'" in xml:
        yield from (f"{PurePosixPath(name).stem}!{cell.decode()}" for cell in _FORMULA_ERRORS.findall(xml))


def _extent(far_cells: list[bytes]) -> tuple[int, int]:
    """Width and height that a reader makes room for."""
    width, height = _WIDTH_OF_NEAR_CELLS, _ROWS_OF_NEAR_CELLS
    for cell in far_cells:
        letters = cell.rstrip(b"0123456789")
        width = max(width, _column_number(letters))
        height = max(height, int(cell[len(letters) :]))
    return width, height


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _check_parts(parts: list[zipfile.ZipInfo], size: int) -> None:
    total = sum(info.file_size for info in parts)
    if len(parts) > MOST_PARTS:
        message = f"it holds {len(parts)} parts"
        raise UnsafeArchiveError(message)
    if total > LARGEST_CONTENT or (total > _RATIO_MATTERS_FROM and total > LARGEST_RATIO * size):
        message = f"it would grow to {total // 2**20} MB"
        raise UnsafeArchiveError(message)
    for info in parts:
        path = PurePosixPath(info.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in info.filename:
            message = f"it names a part outside itself ({info.filename!r})"
            raise UnsafeArchiveError(message)
        if info.flag_bits & 0x1:
            message = "it is protected by a password"
            raise UnsafeArchiveError(message)
