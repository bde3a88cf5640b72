"""`openvmo calibrate`: what it prints, writes and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from openvmo.cli.main import main
from openvmo.files.references import read_references


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """Sixty finished works of two sectors."""
    draws = np.exp(np.random.default_rng(1).normal(0, 0.2, 60))
    rows = [
        f"W{number},{('Water', 'Rail')[number % 2]},{2000 + number % 9},10,{10 * draw * (1 + number % 2):.3f}"
        for number, draw in enumerate(draws)
    ]
    path = tmp_path / "finished.csv"
    path.write_text("\n".join(["Nr,sector,finished,Budget,actual_cost", *rows]))
    return path


def called(history: Path, *words: str) -> int:
    """The exit status on the history."""
    return main(["calibrate", str(history), *words, "--column", "planned_cost=Budget", "--column", "id=Nr"])


def test_it_prints_cases_weights_and_coverage(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(history, "--by", "sector") == 0
    printed = capsys.readouterr().out
    assert "Outcome divided by plan, learned from 60 finished works by sector" in printed
    assert "2000-2008" in printed
    assert "of 60 outcomes of cost lay between P10 and P90" in printed
    assert "Nothing was written." in printed


def test_it_writes_classes_that_a_forecast_reads(history: Path, tmp_path: Path) -> None:
    output = tmp_path / "references.json"
    assert called(history, "--by", "sector", "--source", "Norvale", "-o", str(output)) == 0
    classes = read_references(output)
    assert list(classes) == ["finished_work", "rail", "water"]
    assert {rate.source for known in classes.values() for rate in known.rates.values()} == {
        "Norvale",
        "Flyvbjerg and Bester: The Cost-Benefit Fallacy (Journal of Benefit-Cost Analysis)",
    }


def test_it_never_replaces_a_file_unasked(history: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "references.json"
    output.write_text("mine")
    assert called(history, "-o", str(output)) == 1
    assert "exists already" in capsys.readouterr().err
    assert output.read_text() == "mine"
    assert called(history, "-o", str(output), "--force") == 0


def test_it_gives_everything_as_json(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(history, "--json") == 0
    document = json.loads(capsys.readouterr().out)
    (entry,) = document["learned"]
    assert (entry["id"], entry["cases"], entry["weight"], entry["years"]) == ("finished_work", 60, 1.0, [2000, 2008])
    assert entry["p10"] < entry["p50"] < entry["p90"]
    assert document["cross_validation"][0]["cases"] == 60
    assert document["references"]["format"] == "openvmo-references"


def test_it_learns_from_recent_years_alone(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(history, "--since", "2005", "--json") == 0
    assert json.loads(capsys.readouterr().out)["learned"][0]["years"] == [2005, 2008]


def test_it_tests_on_each_kind_kept_apart(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(history, "--apart", "sector", "--json") == 0
    apart = json.loads(capsys.readouterr().out)["cross_validation"][0]
    # Rail overran twice as much as water: what was learned from one does not cover the other.
    assert apart["cases"] == 60
    assert apart["coverage"] < 0.5


def test_several_files_are_one_history(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    second = history.with_name("more.csv")
    second.write_text(history.read_text())
    assert called(history, str(second), "--json") == 0
    assert json.loads(capsys.readouterr().out)["finished_works"] == 120


def test_too_little_is_no_class(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "few.csv"
    path.write_text("planned_cost,actual_cost\n10,12\n10,9\n")
    assert main(["calibrate", str(path), "-o", str(tmp_path / "references.json")]) == 1
    assert "No class was learned" in capsys.readouterr().out
    assert not (tmp_path / "references.json").exists()


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["--by", "sectors"], 1, "Did you mean 'sector'?"),
        (["--column", "actual_cost"], 2, "write FIELD=HEADING"),
        (["--column", "actual_cost=Spent"], 1, "No column has the heading 'Spent'"),
    ],
)
def test_it_says_what_is_wrong_with_its_words(
    words: list[str], status: int, message: str, history: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called(history, *words) == status
    assert message in " ".join(capsys.readouterr().err.split())
