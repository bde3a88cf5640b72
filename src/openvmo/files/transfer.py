"""The two directions: read whatever the file is, write in the form that was asked for."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from openvmo.engine.model import Portfolio, PortfolioError
from openvmo.files import csv_folder, native_workbook
from openvmo.files.formats import FORMATS, Format
from openvmo.files.reading import Reading
from openvmo.files.refusal import finding_for


def read_portfolio(path: str | Path, *, format: str | None = None) -> Portfolio:
    """Read a portfolio from a file or a folder of CSV files.

    Args:
        path: the file or folder.
        format: name of a format in `FORMATS`; None recognises it from the content.

    Raises:
        PortfolioError: the file cannot be used; its findings list every problem.
        OSError: the file cannot be opened.
        KeyError: there is no format of this name.
    """
    reading = read_with_findings(path, format=format)
    if reading.portfolio is None:
        raise PortfolioError(reading.findings)
    return reading.portfolio


def read_with_findings(path: str | Path, *, format: str | None = None) -> Reading:
    """Read a file or folder; problems come back as findings instead of being raised.

    Args:
        path: the file or folder; a folder holds one CSV file for each kind of record.
        format: name of a format in `FORMATS`; None recognises it from the content.

    Raises:
        OSError: the file cannot be opened.
        KeyError: there is no format of this name.
    """
    path = Path(path)
    if path.is_dir():
        with _collector_at_rest():
            return csv_folder.read_folder(path).with_checks(path.name)
    return read_bytes(path.read_bytes(), path.name, format=format)


def read_bytes(content: bytes, name: str, *, format: str | None = None) -> Reading:
    """Read a portfolio that is already in memory, such as an uploaded file.

    Args:
        content: the whole file.
        name: its name, used in findings and as a hint where the content leaves a doubt.
        format: name of a format in `FORMATS`; None recognises it from the content.

    Raises:
        KeyError: there is no format of this name.
    """
    chosen = FORMATS[format] if format is not None else _recognised(content, name)
    if chosen is None:
        return Reading(None, (finding_for(content, name),), "")
    with _collector_at_rest():
        return chosen.read(content, name).with_checks(name)


def to_bytes(portfolio: Portfolio, format: str) -> bytes:
    """The content of a file in a format that can be written.

    Raises:
        KeyError: there is no format of this name.
        PortfolioError: the format cannot state the portfolio exactly; the findings say where and what to do.
        ValueError: the format is only read.
    """
    chosen = FORMATS[format]
    if chosen.write is None:
        message = f"{chosen.title} is only read, never written"
        raise ValueError(message)
    return chosen.write(portfolio)


def write_portfolio(portfolio: Portfolio, path: str | Path) -> None:
    """Write a portfolio; the ending of the path says in which format.

    A path without an ending becomes a folder of CSV files.

    Raises:
        PortfolioError: the format cannot state the portfolio exactly; nothing was written.
        ValueError: no format is written with this ending.
        OSError: the file cannot be written.
    """
    path = Path(path)
    if path.is_dir() or not path.suffix:
        _write_folder(portfolio, path)
        return
    for known in FORMATS.values():
        if known.write is not None and path.suffix.lower() == known.suffix:
            path.write_bytes(known.write(portfolio))
            return
    message = f"no format is written as {path.name!r}; end the name with .xlsx, .json or .zip, or name a folder"
    raise ValueError(message)


def write_template(path: str | Path) -> None:
    """Write an empty native workbook with all headings, explanations and lists of words.

    Raises:
        OSError: the file cannot be written.
    """
    Path(path).write_bytes(native_workbook.template())


def _write_folder(portfolio: Portfolio, path: Path) -> None:
    files = csv_folder.files_of(portfolio)
    path.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (path / name).write_bytes(content)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Keep the garbage collector from walking again and again through records that all stay: a sixth of the time."""
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()


def _recognised(content: bytes, name: str) -> Format | None:
    return next((known for known in FORMATS.values() if known.recognise(content, name)), None)
