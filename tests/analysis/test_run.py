"""The named analyses: their documents, parameters, and that they can be computed again."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.analysis.small_town import initiative, town

from openvmo.analysis import ParameterError, RecordError, canonical_json, digest, recompute, run_analysis, run_record
from openvmo.engine.choice import InfeasibleError
from openvmo.engine.model import Budget

QUICK = {"trials": 200}

FORECAST_KEYS = {
    "kind", "engine_version", "portfolio", "parameters", "findings", "months", "years", "totals", "fans", "histogram",
    "alternatives", "precision", "probabilities", "plan", "budgets", "groups", "drivers", "information", "benefits",
}  # fmt: skip
CHOICE_KEYS = {
    "kind", "engine_version", "portfolio", "parameters", "findings", "precision", "status", "value", "bound", "gap",
    "budget", "npv", "probability_of_loss", "cost", "initiatives", "forecast",
}  # fmt: skip
ALTERNATIVE_KEYS = {
    "initiative", "initiative_name", "programme", "unit", "option", "option_name", "kind", "is_current", "npv", "cost",
    "cost_pv", "benefit_pv", "go_live", "probability_of_loss", "roi", "bcr", "irr", "payback_months", "sunk", "inside",
    "reference_class", "annual_cost", "fan", "drivers",
}  # fmt: skip
INITIATIVE_KEYS = {
    "initiative", "initiative_name", "programme", "unit", "is_in", "option", "option_name", "value", "cost",
    "annual_cost", "code", "reason", "regret", "threshold",
}  # fmt: skip


def values_in(document: Any) -> Iterator[Any]:
    if isinstance(document, dict | list):
        for value in document.values() if isinstance(document, dict) else document:
            yield from values_in(value)
    else:
        yield document


def test_it_gives_a_forecast_document() -> None:
    result = run_analysis("forecast", town(), QUICK)
    document = result.document
    assert set(document) == FORECAST_KEYS
    assert set(document["alternatives"][0]) == ALTERNATIVE_KEYS
    assert document["parameters"] == result.parameters == {
        "trials": 200, "seed": 1, "sampling": "balanced", "precision": None, "loadings": None, "outside_view": True,
        "references": None, "assumed_bcr": None, "benefit_years": 10,
    }  # fmt: skip
    assert (document["months"][0], document["months"][-1], len(document["months"])) == ("2026-04", "2031-03", 60)
    assert document["years"] == [2026, 2027, 2028, 2029, 2030]
    assert sum(document["histogram"]["npv"]["counts"]) == 200
    assert len(document["histogram"]["npv"]["edges"]) == 41
    assert {len(document["fans"][kind][level]) for kind in document["fans"] for level in ("p5", "p50", "p95")} == {60}
    assert document["alternatives"][0]["go_live"]["planned"] == "2027-04"


def test_it_gives_a_choice_document() -> None:
    document = run_analysis("choose", town(), {**QUICK, "budgets": {2026: 1.0e9}}).document
    assert set(document) == CHOICE_KEYS
    assert {frozenset(row) for row in document["initiatives"]} == {frozenset(INITIATIVE_KEYS)}
    assert set(document["budget"][0]) == {"year", "available", "demand", "used", "slack", "shadow_price"}
    assert [row["initiative"] for row in document["initiatives"]] == ["bridge", "library", "pool"]
    chosen = [row for row in document["initiatives"] if row["is_in"]]
    assert document["value"] == pytest.approx(sum(row["value"] for row in chosen))
    assert document["npv"]["mean"] == pytest.approx(document["value"])
    assert document["forecast"] == run_analysis("forecast", town(), QUICK).document["totals"]


def test_it_holds_no_number_that_json_cannot() -> None:
    for kind in ("forecast", "choose"):
        document = run_analysis(
            kind, town(), {**QUICK, "budgets": {"each_year": 1e9}} if kind == "choose" else QUICK
        ).document
        assert json.loads(canonical_json(document)) == document
        assert all(math.isfinite(value) for value in values_in(document) if isinstance(value, float))


def test_it_gives_the_same_digest_on_any_executor() -> None:
    alone = run_analysis("choose", town(), QUICK)
    with ThreadPoolExecutor(3) as pool:
        assert run_analysis("choose", town(), QUICK, executor=pool).digest == alone.digest
    assert alone.digest == digest(alone.document)
    assert run_analysis("choose", town(), {**QUICK, "seed": 2}).digest != alone.digest


@pytest.mark.parametrize(
    ("rule", "amounts"),
    [
        ({2026: 5e8, 2027: 4e8}, {"2026": 5e8, "2027": 4e8}),
        ({"each_year": 5e8}, {"2026": 5e8}),
        (None, {"2026": 7e8}),
    ],
)
def test_it_stores_explicit_budgets(rule: Any, amounts: dict[str, float]) -> None:
    portfolio = town(budgets=(Budget(year=2026, amount=7e8),))
    result = run_analysis("choose", portfolio, {**QUICK, "outside_view": False, "budgets": rule})
    assert result.parameters["budgets"] == amounts


def test_it_takes_a_share_of_the_demand_of_each_year() -> None:
    result = run_analysis("choose", town(), {**QUICK, "budgets": {"share_of_demand": 0.5}})
    for row in result.document["budget"]:
        assert row["available"] == pytest.approx(0.5 * row["demand"])
    assert result.parameters["budgets"] == {str(row["year"]): row["available"] for row in result.document["budget"]}


@pytest.mark.parametrize("kind", ["forecast", "choose"])
def test_it_computes_a_record_again_to_the_last_digit(kind: str) -> None:
    portfolio = town()
    extra = {"budgets": {"share_of_demand": 0.6}, "mandatory": ["pool"]} if kind == "choose" else {}
    record = json.loads(json.dumps(run_record(portfolio, run_analysis(kind, portfolio, {**QUICK, **extra}))))
    comparison = recompute(record)
    assert (comparison.agrees, comparison.differences) == (True, ())


def test_it_says_where_a_changed_record_differs() -> None:
    portfolio = town()
    record = json.loads(json.dumps(run_record(portfolio, run_analysis("forecast", portfolio, QUICK))))
    true = record["document"]["totals"]["npv"]["mean"]
    record["document"]["totals"]["npv"]["mean"] = math.nextafter(true, math.inf)
    comparison = recompute(record)
    assert not comparison.agrees
    assert [found.place for found in comparison.differences] == ["digest", "totals.npv.mean"]
    assert comparison.differences[1].computed == true


def test_it_notices_changed_inputs() -> None:
    portfolio = town()
    record = json.loads(json.dumps(run_record(portfolio, run_analysis("forecast", portfolio, QUICK))))
    record["portfolio"]["portfolio"]["discount_rate"] = 0.04
    assert recompute(record).differences[0].place == "portfolio_digest"


def test_it_refuses_what_is_no_record() -> None:
    with pytest.raises(RecordError, match="it lacks kind, parameters, portfolio, document, digest"):
        recompute({})


@pytest.mark.parametrize(
    ("kind", "parameters", "sentence"),
    [
        ("guess", {}, "kind: There is no analysis 'guess'. Use one of: forecast, choose."),
        ("forecast", {"trials": 10}, "trials: 10 cannot be used. Give a whole number from 100 to 1,000,000."),
        ("forecast", {"trials": True}, "trials: True cannot be used."),
        ("forecast", {"budgets": None}, "budgets: The forecast analysis has no such parameter."),
        ("forecast", {"assumed_bcr": -1}, "assumed_bcr: -1 cannot be used. Give a number from 0 to 100."),
        ("forecast", {"sampling": "even"}, "sampling: 'even' cannot be used. Give balanced or plain."),
        ("forecast", {"precision": 0}, "precision: 0 cannot be used. Give a number from 0.0001 to 0.5."),
        ("forecast", {"loadings": {"portfolio": 1.2}}, "squares add up to at most 1"),
        ("forecast", {"loadings": {"galaxy": 0.2}}, 'Give weights such as {"portfolio": 0.3,'),
        ("choose", {"budgets": {"soon": 1}}, "budgets: {'soon': 1} cannot be used. Give amounts by year"),
        ("choose", {"budgets": {2026: math.nan}}, "budgets: "),
        ("choose", {"mandatory": "bridge"}, "mandatory: 'bridge' cannot be used. Give a list of ids"),
        ("choose", {"mandatory": ["tower"]}, "mandatory: The portfolio has no initiative tower."),
        ("choose", {"mandatory": ["pool"], "forbidden": ["pool"]}, "forbidden: pool is also mandatory."),
    ],
)
def test_it_refuses_a_parameter_with_a_sentence(kind: str, parameters: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ParameterError) as caught:
        run_analysis(kind, town(), parameters)
    assert sentence in str(caught.value)


def test_it_lists_every_bad_parameter() -> None:
    with pytest.raises(ParameterError) as caught:
        run_analysis("forecast", town(), {"trials": 1, "seed": -1, "colour": "red"})
    assert [problem.parameter for problem in caught.value.problems] == ["colour", "trials", "seed"]


def test_it_says_how_surely_the_mean_is_known() -> None:
    plain = run_analysis("forecast", town(), {**QUICK, "sampling": "plain"}).document
    assert plain["precision"] == {
        "sampling": "plain", "trials": 200, "replicates": 0, "asked": None, "reached": plain["precision"]["reached"],
    }  # fmt: skip
    precise = run_analysis("forecast", town(), {**QUICK, "sampling": "plain", "precision": 0.01}).document
    assert precise["precision"]["trials"] > 200
    assert precise["precision"]["reached"] <= precise["precision"]["asked"] == 0.01 < plain["precision"]["reached"]
    assert precise["parameters"]["trials"] == 200


def test_a_precise_run_is_computed_again_to_the_last_digit() -> None:
    result = run_analysis("forecast", town(), {**QUICK, "precision": 0.001})
    assert recompute(json.loads(json.dumps(run_record(town(), result)))).agrees


def test_what_initiatives_have_in_common_widens_the_total() -> None:
    widths = []
    for weight in (0.0, 0.9):
        parameters = {"trials": 2_000, "loadings": {"portfolio": weight, "theme": 0.0, "programme": 0.0}}
        cost = run_analysis("forecast", town(), parameters).document["totals"]["cost"]
        widths.append(cost["p90"] - cost["p10"])
    assert widths[1] > 1.2 * widths[0]
    assert run_analysis("forecast", town(), {**QUICK, "loadings": {"theme": 0.1}}).parameters["loadings"] == {
        "portfolio": 0.3, "theme": 0.1, "programme": 0.4,
    }  # fmt: skip


def test_it_refuses_to_choose_without_any_benefit() -> None:
    portfolio = town(initiative("bridge", 9e6, None), initiative("pool", 2e6, None))
    with pytest.raises(ParameterError, match="No initiative states a benefit in money"):
        run_analysis("choose", portfolio, QUICK)
    assert run_analysis("choose", portfolio, {**QUICK, "assumed_bcr": 2.0}).document["value"] > 0


def test_it_says_which_initiatives_state_no_benefit() -> None:
    portfolio = town(initiative("bridge", 9e6, 8e6), initiative("pool", 2e6, None))
    findings = run_analysis("choose", portfolio, QUICK).document["findings"]
    (found,) = [finding for finding in findings if finding["code"] == "choice.benefit_missing"]
    assert found["problem"] == "No benefit in money is stated for pool: only the costs count (1 in all)."


def test_it_names_the_rules_that_cannot_be_kept() -> None:
    with pytest.raises(InfeasibleError, match="more than the budget of GBP 1m"):
        run_analysis("choose", town(), {**QUICK, "budgets": {2026: 1e6}, "mandatory": ["bridge"]})


def test_it_tells_its_progress_from_start_to_end() -> None:
    told: list[tuple[float, str]] = []
    run_analysis("choose", town(), QUICK, progress=lambda fraction, message: told.append((fraction, message)))
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert told[-1] == (1.0, "Finished")


def test_it_ends_when_progress_raises() -> None:
    class CancelledError(Exception):
        pass

    def cancel(fraction: float, _message: str) -> None:
        if fraction > 0.7:
            raise CancelledError

    with pytest.raises(CancelledError):
        run_analysis("choose", town(), QUICK, progress=cancel)
