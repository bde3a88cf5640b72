"""A published portfolio through the commands, as an analyst would take it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from openvmo.cli.main import main

pytestmark = pytest.mark.real


def test_it_imports_forecasts_chooses_and_verifies(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = shared_data / "portfolio/gmpp/raw/gmpp_2020.csv"
    workbook, run = tmp_path / "gmpp.xlsx", tmp_path / "run.json"
    assert main(["import", str(source), "-o", str(workbook)]) == 0
    assert "125 initiatives" in capsys.readouterr().out
    words = [str(workbook), "--assume-bcr", "2.0", "--trials", "500", "--budget", "60%", "--save", str(run), "--json"]
    assert main(["choose", *words]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["status"] == "optimal"
    assert len(document["initiatives"]) == 125
    assert all(row["used"] <= row["available"] * (1 + 1e-9) for row in document["budget"])
    assert main(["verify", str(run)]) == 0


def test_it_refuses_to_choose_where_no_benefit_is_stated(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["choose", str(shared_data / "portfolio/gmpp/raw/gmpp_2020.csv"), "--budget", "60%"]) == 1
    assert "--assume-bcr: No initiative states a benefit in money" in capsys.readouterr().err
