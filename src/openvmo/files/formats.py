"""The formats that OpenVMO reads and writes, registered one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from openvmo.engine.model import Portfolio
from openvmo.files import json_file
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
    """

    name: str
    title: str
    suffix: str
    recognise: Callable[[bytes, str], bool]
    read: Callable[[bytes, str], Reading]
    write: Callable[[Portfolio], bytes] | None = None


FORMATS: dict[str, Format] = {
    format.name: format
    for format in (Format("json", "Portfolio as JSON (.json)", ".json", json_file.recognise, json_file.read, json_file.write),)
}
