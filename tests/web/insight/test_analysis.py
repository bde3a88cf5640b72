"""Rows to records, and the same numbers as the command line."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.web.small_portfolio import option_of, tampered_copy

from openvmo.analysis import canonical_json, recompute
from openvmo.cli.main import main
from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.benefits.actions import plan_record
from openvmo_web.insight.analysis import evidence_of, is_intact, portfolio_as_known, run_compare
from openvmo_web.insight.models import Run
from openvmo_web.insight.queries import document_of, snapshot_of
from openvmo_web.portfolio.actions import initiative_add
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.realisation.actions import measurement_record

QUERIES_OF_A_PORTFOLIO = 20
NO_BENEFIT = replace(option_of(1.0, 1.0, benefit=""), profiles=())


def test_it_reads_what_was_stored(portfolio: Portfolio, now: datetime) -> None:
    known = portfolio_as_known(portfolio, now)
    assert [initiative.id for initiative in known.initiatives] == ["ALPHA", "BETA", "GAMMA", "DELTA"]
    assert known.initiatives[0].options == (option_of(100.0, 90.0, benefit="ALPHA-B"),)
    assert [(budget.year, budget.amount) for budget in known.budgets] == [(2026, 200.0), (2027, 200.0)]
    assert known.start == Month(2026, 4)


def test_it_takes_the_plan_of_that_time(portfolio: Portfolio, owner: User, now: datetime) -> None:
    alpha = portfolio.initiatives.get(code="ALPHA")
    later = now + timedelta(days=30)
    plan_record(
        initiative=alpha, options=[option_of(140.0, 90.0, benefit="ALPHA-B")], reason="Dearer", by=owner, at=later
    )
    costs = [portfolio_as_known(portfolio, at).initiatives[0].options[0].costs[0].amount.likely for at in (now, later)]
    assert costs == [100.0, 140.0]


def test_it_takes_the_measurement_of_that_time(portfolio: Portfolio, owner: User, now: datetime) -> None:
    benefit = portfolio.initiatives.get(code="ALPHA").benefits.get()
    later = now + timedelta(days=30)
    for value, at in ((5.0, now), (7.0, later)):
        measurement_record(benefit=benefit, month=Month(2026, 2), value=value, source="Ledger", by=owner, at=at)
    observed = [
        portfolio_as_known(portfolio, at).initiatives[0].measurements for at in (now - timedelta(days=1), now, later)
    ]
    assert [[one.value for one in measurements] for measurements in observed] == [[], [5.0], [7.0]]


def test_what_was_planned_later_was_not_known(portfolio: Portfolio, owner: User, now: datetime) -> None:
    later = now + timedelta(days=1)
    young = initiative_add(portfolio=portfolio, code="YOUNG", name="Young", by=owner, at=later)
    plan_record(initiative=young, options=[NO_BENEFIT], reason="First plan", by=owner, at=later)
    assert len(portfolio_as_known(portfolio, now).initiatives) == 4
    assert len(portfolio_as_known(portfolio, later).initiatives) == 5


def test_its_number_of_queries_does_not_grow(portfolio: Portfolio, owner: User, now: datetime) -> None:
    with CaptureQueriesContext(connection) as few:
        portfolio_as_known(portfolio, now)
    for number in range(10):
        another = initiative_add(portfolio=portfolio, code=f"MORE{number}", name="More", by=owner, at=now)
        plan_record(initiative=another, options=[NO_BENEFIT], reason="First plan", by=owner, at=now)
    with CaptureQueriesContext(connection) as many:
        portfolio_as_known(portfolio, now)
    assert len(few) == len(many) <= QUERIES_OF_A_PORTFOLIO


@pytest.mark.parametrize("kind", ["forecast", "choice"])
def test_the_command_line_says_the_same(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str], now: datetime
) -> None:
    run: Run = request.getfixturevalue(kind)
    file = tmp_path / "portfolio.json"
    file.write_text(snapshot_of(run), encoding="utf-8")
    assert main([run.kind, str(file), "--trials", "200", "--seed", "7", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert canonical_json(printed) == canonical_json(document_of(run))


def test_evidence_can_be_checked_without_the_server(choice: Run) -> None:
    assert recompute(json.loads(json.dumps(evidence_of(choice)))).agrees


def test_tampered_inputs_are_found(forecast: Run, now: datetime) -> None:
    assert is_intact(forecast)
    copy = tampered_copy(forecast, now)
    assert not is_intact(copy)
    comparison = run_compare(copy)
    assert not comparison.agrees
    assert "portfolio_digest" in {difference.place for difference in comparison.differences}


def test_unreadable_inputs_are_a_difference(forecast: Run, now: datetime) -> None:
    copy = tampered_copy(forecast, now, '"currency":"GBP"', '"currency":7')
    assert [difference.place for difference in run_compare(copy).differences] == ["inputs"]
