"""Files to portfolios and back: the native workbook, CSV, JSON and foreign formats."""

from openvmo.files.formats import FORMATS, Format
from openvmo.files.json_file import portfolio_from_json, portfolio_to_json
from openvmo.files.reading import Reading
from openvmo.files.transfer import (
    read_bytes,
    read_portfolio,
    read_with_findings,
    to_bytes,
    write_portfolio,
    write_template,
)

__all__ = [
    "FORMATS",
    "Format",
    "Reading",
    "portfolio_from_json",
    "portfolio_to_json",
    "read_bytes",
    "read_portfolio",
    "read_with_findings",
    "to_bytes",
    "write_portfolio",
    "write_template",
]
