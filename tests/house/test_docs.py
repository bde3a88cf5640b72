"""The project's documents: links lead somewhere, lists are complete, and the project speaks of itself alone."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from openvmo_web.config.rooms import ROOMS

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
# Written apart, so that this file does not contain what it forbids.
FORBIDDEN = re.compile(
    "|".join(("/wo" + "rk/", "/tmp/br" + "ief", "claude", "anthro" + "pic", "chat" + "gpt")), re.IGNORECASE
)
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|TBD|lorem ipsum)\b")
TEXT_FILES = (".py", ".md", ".html", ".ts", ".css", ".toml", ".txt", ".json", ".sh", "")


def tracked() -> list[Path]:
    """All text files of the project, as git knows them."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    paths = [ROOT / name for name in names if name]
    return [path for path in paths if path.is_file() and path.suffix in TEXT_FILES and path.name != "package-lock.json"]


def documents() -> list[Path]:
    """All pages of documentation."""
    return [path for path in tracked() if path.suffix == ".md"]


def test_its_links_lead_somewhere() -> None:
    broken = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in documents()
        for target in LINK.findall(document.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith("mailto:") and not (document.parent / target).exists()
    ]
    assert broken == []


@pytest.mark.parametrize("pattern", [FORBIDDEN, UNFINISHED], ids=["speaks of itself alone", "leaves nothing half done"])
def test_it_has_no_word_that_does_not_belong(pattern: re.Pattern[str]) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in tracked()
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]
    assert found == []


def test_its_decision_records_are_listed_and_numbered() -> None:
    folder = ROOT / "docs/decisions"
    records = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert [name[:4] for name in records] == [f"{number:04}" for number in range(1, len(records) + 1)]
    assert sorted(LINK.findall((folder / "README.md").read_text(encoding="utf-8"))) == records


def test_every_list_for_developers_is_in_the_index() -> None:
    folder = ROOT / "docs/developing"
    index = set(LINK.findall((folder / "README.md").read_text(encoding="utf-8")))
    assert {path.name for path in folder.glob("*.md")} - {"README.md"} <= index


def test_its_architecture_names_every_room_of_the_library() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rooms_of_library = [
        path.parent.relative_to(ROOT / "src/openvmo").as_posix()
        for path in (ROOT / "src/openvmo").glob("*/__init__.py")
        if path.parent.name != "engine"
    ]
    assert [room for room in rooms_of_library if f"`{room}`" not in page] == []


def test_its_architecture_shows_the_order_of_the_apps() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    block = next(block for block in page.split("```") if block.startswith("\nconfig "))
    shown = [room for line in block.strip().splitlines()[1:] for room in re.split(r"\s{2,}", line)[0].split(" | ")]
    assert tuple(shown) == ROOMS


def test_its_readme_starts_with_the_two_commands() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^python3 run\.py \w+$", page, re.MULTILINE) == ["python3 run.py demo", "python3 run.py test"]


def test_its_licence_is_complete() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
