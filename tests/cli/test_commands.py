"""The commands, as a user calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.analysis.small_town import town

from openvmo.cli.main import main
from openvmo.cli.tables import Column, table
from openvmo.engine.model import Budget
from openvmo.files import read_portfolio, write_portfolio


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "town.json"
    write_portfolio(town(budgets=(Budget(year=2026, amount=1e9),)), path)
    return path


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def called(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    status = main([str(word) for word in words])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_it_lists_its_commands(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = called(capsys, "--help")
    assert status == 0
    for name in ("check", "import", "forecast", "choose", "verify", "template"):
        assert f"\n    {name} " in out


def test_it_explains_itself_without_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = called(capsys)
    assert status == 2
    assert "usage: openvmo" in out


@pytest.mark.parametrize(
    "words", [["fly"], ["check"], ["forecast", "x", "--trails", "5"], ["check", "x", "--format", "odt"]]
)
def test_it_answers_2_to_what_it_does_not_understand(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = called(capsys, *words)
    assert (status, out) == (2, "")
    assert "error:" in err


@pytest.mark.parametrize("command", ["check", "import", "forecast", "choose", "verify"])
def test_it_says_that_a_file_is_missing(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(capsys, command, "nowhere.json") == (1, "", "openvmo: nowhere.json: No such file or directory\n")


def test_it_shows_a_traceback_only_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(FileNotFoundError):
        main(["check", "nowhere.json", "--debug"])


@pytest.mark.parametrize("command", ["forecast", "choose"])
def test_it_lists_what_is_wrong_with_a_file(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.json"
    path.write_text('{"format": "openvmo-portfolio", "version": 1, "portfolio": {"currency": "GBP"}}')
    status, out, err = called(capsys, command, path)
    assert (status, out) == (1, "")
    assert "this portfolio cannot be used" in err
    assert "price_base" in err


def test_check_is_content_with_a_good_file(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = called(capsys, "check", file)
    assert status == 0
    assert out.endswith("town.json (json, 3 initiatives): no findings.\n")


def test_import_writes_the_native_forms(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("copy.xlsx", "copy.json"):
        status, out, _ = called(capsys, "import", file, "-o", tmp_path / name)
        assert status == 0
        assert "Town: 3 initiatives, 3 options, 3 benefits, stated cost GBP 1.4bn in prices of 2026." in out
        assert read_portfolio(tmp_path / name) == read_portfolio(file)


def test_import_writes_nothing_when_run_dry_or_over_a_file(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "copy.json"
    assert called(capsys, "import", file, "-n", "-o", target)[0] == 0
    assert not target.exists()
    target.write_text("mine")
    status, _, err = called(capsys, "import", file, "-o", target)
    assert (status, target.read_text()) == (1, "mine")
    assert "exists already" in err
    assert called(capsys, "import", file, "-o", target, "--force")[0] == 0
    assert read_portfolio(target) == read_portfolio(file)


def test_import_writes_nothing_when_there_are_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{")
    status, out, _ = called(capsys, "import", bad, "-o", tmp_path / "copy.json")
    assert status == 1
    assert "Nothing was written, because there are errors." in out
    assert not (tmp_path / "copy.json").exists()


def test_forecast_prints_tables_and_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = called(capsys, "forecast", file, "--trials", "200")
    assert status == 0
    assert "200 trials, seed 1, with published reference classes" in out
    assert "Net present value" in out
    assert "The bridge" in out
    status, out, _ = called(capsys, "forecast", file, "--trials", "200", "--json")
    assert json.loads(out)["kind"] == "forecast"


def test_choose_prints_the_choice_and_its_reasons(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = called(capsys, "choose", file, "--trials", "200", "--budget", "1bn")
    assert status == 0
    assert "of 3 initiatives: worth GBP" in out
    assert "proved to be the best" in out
    assert "2026/27" in out
    assert "It costs more than it brings" in out


def test_choose_names_the_flag_that_is_wrong(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(capsys, "choose", file, "--mandatory", "tower") == (
        1, "", "openvmo: --mandatory: The portfolio has no initiative tower. Give ids of its initiatives.\n",
    )  # fmt: skip


@pytest.mark.parametrize("words", [["2026=1bn", "2026=2bn"], ["2026=1bn", "50%"], ["lots"], ["2026="]])
def test_choose_refuses_unclear_budgets(words: list[str], file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flags = [part for word in words for part in ("--budget", word)]
    status, out, err = called(capsys, "choose", file, *flags)
    assert (status, out) == (2, "")
    assert err.startswith("openvmo: --budget")


def test_a_saved_run_is_verified_and_a_changed_one_is_not(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "run.json"
    assert called(capsys, "choose", file, "--trials", "200", "--budget", "60%", "--save", saved)[0] == 0
    status, out, _ = called(capsys, "verify", saved, "--workers", 2)
    assert status == 0
    assert "every number of the choose run agrees to the last digit" in out
    saved.write_text(saved.read_text().replace('"value": ', '"value": 1', 1))
    status, out, _ = called(capsys, "verify", saved)
    assert status == 1
    assert "does NOT agree" in out


def test_two_saved_forecasts_are_compared(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    assert called(capsys, "forecast", file, "--trials", "200", "--save", first)[0] == 0
    assert called(capsys, "forecast", file, "--trials", "200", "--seed", "2", "--save", second)[0] == 0
    status, out, _ = called(capsys, "compare", first, first)
    assert (status, out) == (0, "Nothing differs: the same portfolio, parameters, seed and version.\n")
    status, out, _ = called(capsys, "compare", first, second)
    assert status == 0
    assert out.startswith("What differs: the draws (seed, trials or sampling).\n")
    assert "parameters / seed" in out
    status, out, _ = called(capsys, "compare", first, second, "--json")
    found = json.loads(out)
    assert (found["causes"], found["parameters"]) == (
        ["seed"],
        [{"place": ["parameters", "seed"], "before": 1, "after": 2}],
    )
    assert {shift["name"] for shift in found["initiatives"]} == {"bridge", "library", "pool"}


def test_what_is_no_run_cannot_be_compared(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = called(capsys, "compare", file, file)
    assert status != 0
    assert "is no record of a run" in err


def test_template_writes_a_workbook_that_can_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "empty.xlsx"
    status, out, _ = called(capsys, "template", path)
    assert status == 0
    assert path.stat().st_size > 0
    assert f"openvmo check {path}" in out


def test_a_table_wraps_to_the_width_of_the_terminal() -> None:
    columns = [Column("Name", is_flexible=True, least=6), Column("Cost (GBP)", is_number=True)]
    assert table(columns, [["A bridge over the river", "1.2m"]], width=22) == (
        "Name        Cost (GBP)\n----------  ----------\nA bridge          1.2m\nover the\nriver"
    )
