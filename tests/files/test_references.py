"""Files of reference classes: exact round trip, and refusals that say what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from openvmo.engine.evidence import FinishedWork, calibrate
from openvmo.engine.model import PortfolioError
from openvmo.files.references import read_references, references_from_bytes, write_references

HISTORY = [FinishedWork(str(n), {"kind": "ab"[n % 2]}, planned_cost=9, actual_cost=8 + n / 7) for n in range(40)]


def test_the_round_trip_is_exact(tmp_path: Path) -> None:
    classes = calibrate(HISTORY, by=["kind"])
    write_references(classes, tmp_path / "references.json")
    back = read_references(tmp_path / "references.json")
    assert dict(back) == dict(classes)
    assert list(back) == ["finished_work", "a", "b"]


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        (b"not json", "references.json", ""),
        (b"[]", "references.format", ""),
        (b'{"format": "openvmo-run"}', "references.format", ""),
        (b'{"format": "openvmo-references", "version": 2}', "references.version", ""),
        (b'{"format": "openvmo-references", "version": 1}', "references.invalid", "classes"),
    ],
)
def test_another_file_is_refused(content: bytes, code: str, place: str) -> None:
    with pytest.raises(PortfolioError) as caught:
        references_from_bytes(content, "some.json")
    (finding,) = caught.value.findings
    assert (finding.code, finding.file, finding.column) == (code, "some.json", place)
    assert finding.remedy


def test_a_wrong_figure_is_named_by_its_place(tmp_path: Path) -> None:
    write_references(calibrate(HISTORY), tmp_path / "references.json")
    document = json.loads((tmp_path / "references.json").read_text())
    document["classes"][0]["rates"][0]["shape"]["values"][3] = "much"
    with pytest.raises(PortfolioError, match=r"column classes\[0\].rates\[0\].shape.values: 'much' is no number"):
        references_from_bytes(json.dumps(document).encode(), "references.json")
