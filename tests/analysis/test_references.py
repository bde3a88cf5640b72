"""A run keeps the reference classes that it applied, so that it can be computed again anywhere."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from tests.analysis.small_town import initiative, town

from openvmo.analysis import ParameterError, recompute, run_analysis, run_record
from openvmo.cli.main import main
from openvmo.engine.evidence import FinishedWork, calibrate
from openvmo.engine.model import Portfolio
from openvmo.engine.reference import Dimension, document_of_table
from openvmo.files import write_portfolio
from openvmo.files.references import write_references

HISTORY = [FinishedWork(str(n), {"kind": "Bridges"}, planned_cost=10, actual_cost=20 + n / 10) for n in range(40)]
CLASSES = calibrate(HISTORY, by=["kind"])
QUICK = {"trials": 400}


def one_town(reference_class: str) -> Portfolio:
    """A town with one initiative of a class."""
    return town(dataclasses.replace(initiative("bridge", 100e6, 40e6), reference_class=reference_class))


def cost(portfolio: Portfolio, **parameters: object) -> float:
    """The median cost of the bridge."""
    document = run_analysis("forecast", portfolio, QUICK | parameters).document
    return float(document["alternatives"][0]["cost"]["p50"])


def test_own_classes_correct_the_plans() -> None:
    shape = CLASSES["bridges"].shape(Dimension.COST)
    assert shape is not None
    plan, own = cost(one_town("")), cost(one_town("bridges"), references=document_of_table(CLASSES))
    assert own / plan == pytest.approx(shape.quantile(0.5), rel=0.05)


def test_published_classes_stay_beside_them() -> None:
    own = document_of_table(CLASSES)
    assert cost(one_town("roads"), references=own) == cost(one_town("roads"))


def test_an_own_class_goes_before_the_published_one_of_its_id() -> None:
    roads = calibrate([dataclasses.replace(work, classes={"kind": "Roads"}) for work in HISTORY], by=["kind"])
    assert cost(one_town("roads"), references=document_of_table(roads)) > 1.2 * cost(one_town("roads"))


def test_without_the_outside_view_they_change_nothing() -> None:
    own = document_of_table(CLASSES)
    assert cost(one_town("bridges"), references=own, outside_view=False) == cost(one_town(""))


def test_a_run_is_computed_again_from_its_record_alone() -> None:
    portfolio = one_town("bridges")
    record = run_record(
        portfolio, run_analysis("forecast", portfolio, QUICK | {"references": document_of_table(CLASSES)})
    )
    read = json.loads(json.dumps(record, allow_nan=False))
    assert recompute(read).agrees
    read["parameters"]["references"][1]["rates"][0]["shape"]["values"][10] += 0.001
    assert not recompute(read).agrees


@pytest.mark.parametrize("given", [{}, "classes", [{"id": "a"}]])
def test_anything_else_is_refused(given: object) -> None:
    with pytest.raises(ParameterError) as caught:
        run_analysis("forecast", one_town(""), QUICK | {"references": given})
    (problem,) = caught.value.problems
    assert problem.parameter == "references"
    assert "openvmo calibrate" in problem.remedy


def test_the_command_applies_a_file_of_classes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_portfolio(one_town("bridges"), tmp_path / "town.json")
    write_references(CLASSES, tmp_path / "own.json")
    words = ["forecast", str(tmp_path / "town.json"), "--trials", "400", "--references", str(tmp_path / "own.json")]
    assert main([*words, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    again = run_analysis("forecast", one_town("bridges"), QUICK | {"references": document_of_table(CLASSES)})
    assert document == json.loads(json.dumps(again.document))
    assert main(words) == 0
    assert "with 2 own and the published reference classes" in capsys.readouterr().out


def test_the_command_refuses_another_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_portfolio(one_town("bridges"), tmp_path / "town.json")
    words = ["forecast", str(tmp_path / "town.json"), "--references", str(tmp_path / "town.json")]
    assert main(words) == 1
    assert "holds no reference classes" in capsys.readouterr().err
    assert main([*words, "--inside-only"]) == 2


def test_a_figure_that_was_not_read_in_its_source_is_told() -> None:
    def codes(reference_class: str) -> list[str]:
        return [one["code"] for one in run_analysis("forecast", one_town(reference_class), QUICK).document["findings"]]

    assert "reference.unconfirmed" in codes("rail_2004")
    assert "reference.unconfirmed" not in codes("rail")
