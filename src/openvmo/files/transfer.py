"""The two directions: read whatever the file is, write in the form that was asked for."""

from __future__ import annotations

from pathlib import Path

from openvmo.engine.model import Portfolio, PortfolioError
from openvmo.files.formats import FORMATS, Format
from openvmo.files.reading import Reading, finding_error


def read_portfolio(path: str | Path, *, format: str | None = None) -> Portfolio:  # noqa: A002 - the word of the command line
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


def read_with_findings(path: str | Path, *, format: str | None = None) -> Reading:  # noqa: A002
    """Read a file or folder; problems come back as findings instead of being raised.

    Raises:
        OSError: the file cannot be opened.
        KeyError: there is no format of this name.
    """
    path = Path(path)
    return read_bytes(path.read_bytes(), path.name, format=format)


def read_bytes(content: bytes, name: str, *, format: str | None = None) -> Reading:  # noqa: A002
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
        remedy = "Use the native workbook; 'openvmo template' writes an empty one."
        return Reading(None, (finding_error("file.unknown", "This file is in no known format.", remedy, file=name),), "")
    return chosen.read(content, name)


def to_bytes(portfolio: Portfolio, format: str) -> bytes:  # noqa: A002
    """The content of a file in a format that can be written.

    Raises:
        KeyError: there is no format of this name.
        ValueError: the format is only read, or the portfolio cannot be stated in it.
    """
    chosen = FORMATS[format]
    if chosen.write is None:
        message = f"{chosen.title} is only read, never written"
        raise ValueError(message)
    return chosen.write(portfolio)


def write_portfolio(portfolio: Portfolio, path: str | Path) -> None:
    """Write a portfolio; the ending of the path says in which format.

    Raises:
        ValueError: no format is written with this ending.
    """
    path = Path(path)
    for known in FORMATS.values():
        if known.write is not None and path.suffix.lower() == known.suffix:
            path.write_bytes(known.write(portfolio))
            return
    message = f"no format is written as {path.name!r}; end the name with .xlsx or .json, or name a folder"
    raise ValueError(message)


def _recognised(content: bytes, name: str) -> Format | None:
    return next((known for known in FORMATS.values() if known.recognise(content, name)), None)
