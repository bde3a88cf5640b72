"""Starting, finishing, failing and cancelling runs."""

from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from tests.web.small_portfolio import QUICK, run_done

from openvmo.analysis import ParameterError, canonical_json, digest
from openvmo_web.access.models import User
from openvmo_web.access.permissions import Refused
from openvmo_web.audit.models import AuditEntry
from openvmo_web.audit.queries import trail
from openvmo_web.insight.actions import CannotRun, recomputation_start, run_cancel, run_fail, run_start
from openvmo_web.insight.models import Recomputation, Run, Snapshot, Worth
from openvmo_web.insight.queries import document_of
from openvmo_web.jobs.models import Job
from openvmo_web.jobs.worker import Worker
from openvmo_web.portfolio.models import Portfolio


def test_it_freezes_the_inputs_and_queues_a_job(portfolio: Portfolio, owner: User, now: datetime) -> None:
    run = run_start(portfolio=portfolio, kind="forecast", parameters=QUICK, by=owner, at=now)
    assert run.parameters == {
        "trials": 200, "seed": 7, "sampling": "balanced", "precision": None, "loadings": None, "outside_view": True,
        "references": None, "assumed_bcr": None, "benefit_years": 10,
    }  # fmt: skip
    assert run.job is not None
    assert (run.job.name, run.job.arguments, run.state) == ("insight.run", {"run": run.pk}, "queued")
    assert [entry.action for entry in trail(owner, run)] == ["run.start"]


def test_it_stores_equal_inputs_once(portfolio: Portfolio, owner: User, now: datetime) -> None:
    for _time in range(2):
        run_start(portfolio=portfolio, kind="forecast", parameters=QUICK, by=owner, at=now)
    assert (Run.objects.count(), Snapshot.objects.count()) == (2, 1)


def test_who_may_only_look_is_refused_and_nothing_changes(portfolio: Portfolio, member: User, now: datetime) -> None:
    entries = AuditEntry.objects.count()
    with pytest.raises(Refused, match="Start forecasts and choices"):
        run_start(portfolio=portfolio, kind="forecast", parameters=QUICK, by=member, at=now)
    assert (Run.objects.count(), Snapshot.objects.count(), Job.objects.count()) == (0, 0, 0)
    assert AuditEntry.objects.count() == entries


def test_a_wrong_parameter_is_named_and_nothing_changes(portfolio: Portfolio, owner: User, now: datetime) -> None:
    with pytest.raises(ParameterError, match="trials"):
        run_start(portfolio=portfolio, kind="forecast", parameters={"trials": 3}, by=owner, at=now)
    assert (Run.objects.count(), Job.objects.count()) == (0, 0)


def test_an_empty_portfolio_says_what_to_do(portfolio_id: int, owner: User, now: datetime) -> None:
    empty = Portfolio.objects.create(
        pk=portfolio_id,
        slug="empty",
        name="Empty",
        currency="GBP",
        price_base=2026,
        starts=now,
        horizon=12,
        discount_rate=0,
    )
    with pytest.raises(CannotRun, match="Add or import initiatives"):
        run_start(portfolio=empty, kind="forecast", parameters={}, by=owner, at=now)


def test_a_worker_keeps_result_digest_and_worths(forecast: Run, owner: User) -> None:
    document = document_of(forecast)
    assert forecast.state == "succeeded"
    assert forecast.result == canonical_json(document)
    assert forecast.result_digest == digest(document)
    assert forecast.headline == document["totals"]["npv"]["mean"]
    assert Worth.objects.filter(run=forecast).count() == 4
    assert [entry.action for entry in trail(owner, forecast)] == ["run.finish", "run.start"]


def test_the_same_inputs_and_seed_give_the_same_digest(forecast: Run, owner: User, now: datetime) -> None:
    assert run_done(forecast.portfolio, "forecast", by=owner, at=now).result_digest == forecast.result_digest


def test_an_impossible_choice_fails_with_its_reason(portfolio: Portfolio, owner: User, now: datetime) -> None:
    run = run_done(portfolio, "choose", by=owner, at=now, budgets={"2026": 1.0}, mandatory=["ALPHA"])
    assert (run.state, run.result) == ("failed", "")
    assert run.failure.startswith("No portfolio keeps all rules: what must be taken needs GBP 106 in 2026")
    assert run.job is not None
    run.job.refresh_from_db()
    assert (run.job.status, run.job.attempt) == ("failed", 1)


def test_its_starter_cancels_a_waiting_run(portfolio: Portfolio, owner: User, now: datetime) -> None:
    run = run_start(portfolio=portfolio, kind="forecast", parameters=QUICK, by=owner, at=now)
    run_cancel(run=run, by=owner, at=now)
    Worker().run_until_idle()
    run = Run.objects.select_related("job").get(pk=run.pk)
    assert (run.state, run.result) == ("cancelled", "")
    assert [entry.action for entry in trail(owner, run)] == ["run.cancel", "run.start"]


def test_another_cannot_cancel_it(portfolio: Portfolio, owner: User, member: User, now: datetime) -> None:
    run = run_start(portfolio=portfolio, kind="forecast", parameters=QUICK, by=owner, at=now)
    with pytest.raises(Refused, match="Cancel the runs of others"):
        run_cancel(run=run, by=member, at=now)
    assert Run.objects.select_related("job").get(pk=run.pk).state == "queued"


def test_a_finished_run_cannot_fail_any_more(forecast: Run, now: datetime) -> None:
    assert run_fail(run=forecast, reason="Too late.", at=now).failure == ""


@pytest.mark.parametrize("statement", ["UPDATE insight_run SET result = 'x'", "DELETE FROM insight_run"])
def test_the_database_refuses_to_change_a_finished_run(forecast: Run, statement: str) -> None:
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{statement} WHERE id = {forecast.pk}")
    assert Run.objects.get(pk=forecast.pk).result_digest == forecast.result_digest


def test_the_database_refuses_to_change_frozen_inputs(forecast: Run) -> None:
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE insight_snapshot SET document = '{}'")


def test_a_second_computation_agrees(forecast: Run, owner: User, now: datetime) -> None:
    again = recomputation_start(run=forecast, by=owner, at=now)
    Worker().run_until_idle()
    again.refresh_from_db()
    assert (again.agrees, again.differences) == (True, [])
    assert {"recomputation.finish", "recomputation.start"} <= {entry.action for entry in trail(owner, forecast)}


def test_an_unfinished_run_cannot_be_compared(portfolio: Portfolio, owner: User, now: datetime) -> None:
    run = run_start(portfolio=portfolio, kind="forecast", parameters=QUICK, by=owner, at=now)
    with pytest.raises(CannotRun, match="Only a finished run"):
        recomputation_start(run=run, by=owner, at=now)
    assert Recomputation.objects.count() == 0
