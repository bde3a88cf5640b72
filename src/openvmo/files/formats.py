"""The formats that OpenVMO reads and writes, registered one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from openvmo.engine.model import Portfolio
from openvmo.files import csv_folder, gmpp, json_file, native_workbook
from openvmo.files.reading import Reading


@dataclass(frozen=True, slots=True)
class Format:
    """One file format.

    Args:
        name: stable name, used as `format=` and in addresses.
        title: what people call it.
        suffix: ending of a file that is written in it, "" when it is only read.
        recognise: whether a content with a file name is in this format.
        read: content and file name to portfolio and findings.
        write: portfolio to content; None when the format is only read.
        has_own_ids: whether the ids of initiatives in a file are the organisation's own. Where they are not, one
            with another id but the same name is taken to be the same initiative.
    """

    name: str
    title: str
    suffix: str
    recognise: Callable[[bytes, str], bool]
    read: Callable[[bytes, str], Reading]
    write: Callable[[Portfolio], bytes] | None = None
    has_own_ids: bool = True


# Foreign formats stand before the native ones of the same container, so that the most particular test comes first.
FORMATS: dict[str, Format] = {
    known.name: known
    for known in (
        Format(
            "gmpp",
            "UK Government Major Projects Portfolio, one year (.csv)",
            "",
            gmpp.recognise,
            gmpp.read,
            has_own_ids=False,
        ),
        Format("json", "Portfolio as JSON (.json)", ".json", json_file.recognise, json_file.read, json_file.write),
        Format(
            "native_workbook",
            "OpenVMO workbook (.xlsx)",
            ".xlsx",
            native_workbook.recognise,
            native_workbook.read,
            native_workbook.write,
        ),
        Format(
            "csv_folder",
            "Folder of CSV files, or its archive (.zip)",
            ".zip",
            csv_folder.recognise,
            csv_folder.read,
            csv_folder.write,
        ),
    )
}
