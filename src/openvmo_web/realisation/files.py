"""Which files are taken as evidence: documents, tables and pictures, told by their ending and their first bytes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

LARGEST = 15 * 1024 * 1024
LONGEST_NAME = 200


@dataclass(frozen=True)
class Kind:
    """A kind of file: its media type, and the signs that its content has at a place; text has none."""

    media_type: str
    signs: tuple[bytes, ...] = ()
    place: int = 0

    def holds(self, content: bytes) -> bool:
        """Return whether a content begins as files of this kind do."""
        if not self.signs:
            return b"\x00" not in content
        return any(content[self.place : self.place + len(sign)] == sign for sign in self.signs)


_ZIP = (b"PK\x03\x04",)
_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS: dict[str, Kind] = {
    ".pdf": Kind("application/pdf", (b"%PDF-",)),
    ".png": Kind("image/png", (b"\x89PNG\r\n\x1a\n",)),
    ".jpg": Kind("image/jpeg", (b"\xff\xd8\xff",)),
    ".jpeg": Kind("image/jpeg", (b"\xff\xd8\xff",)),
    ".webp": Kind("image/webp", (b"WEBP",), 8),
    ".heic": Kind("image/heic", (b"ftyp",), 4),
    ".csv": Kind("text/csv"),
    ".txt": Kind("text/plain"),
    ".xlsx": Kind(f"{_OFFICE}.spreadsheetml.sheet", _ZIP),
    ".docx": Kind(f"{_OFFICE}.wordprocessingml.document", _ZIP),
    ".pptx": Kind(f"{_OFFICE}.presentationml.presentation", _ZIP),
    ".ods": Kind("application/vnd.oasis.opendocument.spreadsheet", _ZIP),
    ".odt": Kind("application/vnd.oasis.opendocument.text", _ZIP),
}


def media_type_of(name: str) -> str:
    """Return the media type of a file that is taken."""
    return KINDS[PurePath(name).suffix.lower()].media_type


def evidence_refusal(name: str, content: bytes) -> str:
    """Return why a file is not taken as evidence; empty when it is."""
    kind = KINDS.get(PurePath(name).suffix.lower())
    if kind is None:
        return _("“%(name)s” is of a kind that is not taken. Choose one of: %(kinds)s.") % {
            "name": PurePath(name).name,
            "kinds": ", ".join(ending.removeprefix(".") for ending in KINDS),
        }
    if len(PurePath(name).name) > LONGEST_NAME:
        return _("The name of the file is too long: use at most %(most)d signs.") % {"most": LONGEST_NAME}
    if not content:
        return _("“%(name)s” is empty.") % {"name": name}
    if len(content) > LARGEST:
        return _("“%(name)s” is larger than %(most)s: send the part that shows the figure.") % {
            "name": name,
            "most": filesizeformat(LARGEST),
        }
    if not kind.holds(content):
        return _("“%(name)s” does not hold what its ending says. Save it again in the program that made it.") % {
            "name": name
        }
    return ""
