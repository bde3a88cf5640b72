"""`openvmo forecast`: what it is told, what it prints, and that it leaves nothing half done."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.analysis.small_town import town

from openvmo.cli import analyses, inputs
from openvmo.cli.main import main
from openvmo.engine.model import Budget
from openvmo.files import write_portfolio


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The town with two budgets; its bridge resembles finished bridges."""
    whole = town(budgets=(Budget(year=2026, amount=1e9), Budget(year=2027, amount=1e8)))
    bridge, *others = whole.initiatives
    path = tmp_path / "town.json"
    write_portfolio(replace(whole, initiatives=(replace(bridge, reference_class="roads"), *others)), path)
    return path


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def called(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    status = main(["forecast", *(str(word) for word in words)])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def parts(out: str) -> dict[str, list[str]]:
    """The printed parts by their headings."""
    blocks = [block.splitlines() for block in out.strip().split("\n\n")]
    return {block[0]: block[1:] for block in blocks}


def test_it_prints_what_a_manager_asks(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = called(capsys, file, "--trials", 400)
    found = parts(out)
    assert status == 0
    assert list(found) == [
        "Town",
        "All current plans together",
        "How likely it is",
        "Costs against budgets",
        "Expected values, inside against outside view",
        "Each option",
        "What drives the net present value most",
        "What it would be worth to know beforehand",
    ]
    assert "Std. error" in found["All current plans together"][0]
    assert [line.split("  ")[0] for line in found["How likely it is"][2:]] == [
        "Worth more than it costs",
        "Costs no more than planned",
        "Brings at least what is planned",
        "Keeps the budget of every year",
    ]
    assert [line.split()[0] for line in found["Costs against budgets"][2:]] == ["2026/27", "2027/28"]
    assert "bridge" in found["What drives the net present value most"][2]


def test_the_views_are_those_of_the_document(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(called(capsys, file, "--trials", 400, "--json")[1])
    means = [sum(one["inside"]["npv"]["mean"] for one in document["alternatives"]), document["totals"]["npv"]["mean"]]
    assert means[0] > means[1]
    view = parts(called(capsys, file, "--trials", 400)[1])["Expected values, inside against outside view"]
    assert view[2].split()[-1].startswith("-")
    assert "Expected values" not in called(capsys, file, "--trials", 400, "--inside-only")[1]


def test_it_takes_its_parameters(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--trials", 200, "--seed", 7, "--horizon", 36, "--sampling", "plain", "--json")
    status, out, _ = called(capsys, file, *words)
    document = json.loads(out)
    assert status == 0
    assert (document["portfolio"]["horizon"], len(document["months"])) == (36, 36)
    assert (document["parameters"]["seed"], document["precision"]["sampling"]) == (7, "plain")


def test_it_stops_when_it_is_precise_enough(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = called(capsys, file, "--trials", 200, "--sampling", "plain", "--precision", "2%", "--json")
    precision = json.loads(out)["precision"]
    assert status == 0
    assert precision["asked"] == 0.02
    assert precision["reached"] <= 0.02
    assert precision["trials"] > 200
    status, out, _ = called(capsys, file, "--trials", 200, "--sampling", "plain", "--precision", "0.02")
    assert f"{precision['trials']:,} trials" in out
    assert ", asked 2%." in out


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (["--precision", "little"], 2, "--precision little: this is no share; write 0.005 or 0.5%"),
        (["--precision", "0"], 1, "--precision: 0.0 cannot be used. Give a number from 0.0001 to 0.5."),
        (["--trials", "0"], 1, "--trials: 0 cannot be used. Give a whole number from 100"),
        (["--sampling", "even"], 2, "invalid choice: 'even'"),
        (["--horizon", "0"], 1, "horizon"),
    ],
)
def test_it_says_what_cannot_be_used(
    words: list[str], status: int, sentence: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, out, err = called(capsys, file, *words)
    assert (found, out) == (status, "")
    assert sentence in err


def test_it_tells_its_progress_line_by_line_when_asked(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, _, silent = called(capsys, file, "--trials", 200)
    _, _, told = called(capsys, file, "--trials", 200, "--progress")
    assert "%" not in silent
    assert "100% " in told


def test_a_run_that_is_stopped_saves_nothing(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(analyses, "run_analysis", stopped)
    saved = tmp_path / "run.json"
    assert called(capsys, file, "--save", saved) == (130, "", "openvmo: stopped\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["town.json"]


def test_a_stop_while_saving_leaves_the_earlier_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved = tmp_path / "run.json"
    inputs.save_json({"earlier": True}, saved)

    def stopped(_self: Path, _target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        inputs.save_json({"later": True}, saved)
    assert json.loads(saved.read_text(encoding="utf-8")) == {"earlier": True}
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


def test_it_says_at_once_that_a_run_could_not_be_saved(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = called(capsys, file, "--save", file.parent / "nowhere" / "run.json")
    assert (status, out) == (1, "")
    assert "there is no folder" in err
