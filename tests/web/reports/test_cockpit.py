"""The home page: whether the value is arriving, what needs the viewer, and what needs attention."""

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.audit.models import AuditEntry
from openvmo_web.benefits.models import Baseline, Benefit
from openvmo_web.exchange.actions import import_confirm, import_preview, portfolio_export
from openvmo_web.governance.actions import decision_approve
from openvmo_web.governance.models import Decision
from openvmo_web.insight.actions import run_fail, run_start
from openvmo_web.insight.models import Run
from openvmo_web.insight.queries import document_of
from openvmo_web.portfolio.actions import initiative_add, initiative_change
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.realisation.actions import measurement_record, requests_open
from openvmo_web.realisation.models import Request
from openvmo_web.realisation.operations_queries import requests_to
from openvmo_web.reports.cockpit import cockpit_of
from openvmo_web.reports.queries import MOST_REQUESTS, latest_activity, tasks_of

Browser = Callable[[User], Client]


def text_of(content: bytes) -> str:
    """What a reader sees of a page, in one line."""
    return " ".join(html.unescape(re.sub(r"(?s)<script.*?</script>|<[^>]*>", " ", content.decode())).split())


def test_it_compares_the_last_year_with_its_plan(arrived: Portfolio, owner: User, later: datetime) -> None:
    cockpit = cockpit_of(owner, arrived, later)
    assert cockpit.initiatives == 4
    # Measured in three months of the last twelve; in those 15 were planned in each.
    assert (cockpit.realised_year, cockpit.planned_year) == (16.0, pytest.approx(45.0))
    assert (cockpit.spent_year, cockpit.planned_spend_year) == (10.0, pytest.approx(20.0))
    assert (cockpit.shortfall_count, cockpit.overspend_count, cockpit.silence_count, cockpit.doubt_count) == (
        1,
        1,
        2,
        1,
    )
    assert [doubt.initiative.code for doubt in cockpit.doubts] == ["GAMMA"]
    assert (cockpit.forecast, cockpit.totals, cockpit.worth) == (None, None, None)


def test_it_takes_its_worth_from_the_newest_forecast(
    arrived: Portfolio, forecast: Run, owner: User, later: datetime
) -> None:
    cockpit = cockpit_of(owner, arrived, later)
    assert cockpit.forecast == forecast
    assert cockpit.totals == document_of(forecast)["totals"]
    assert cockpit.worth is not None
    assert len(cockpit.worth.rows) == arrived.horizon


def test_it_says_in_words_what_needs_attention(arrived: Portfolio, owner: User, later: datetime) -> None:
    assert cockpit_of(owner, arrived, later).attention == (
        "Over the last 12 months: less than 80% of the planned benefit, more than 105% of the planned cost, "
        "more than 3 months without a measurement; or delivery that a review doubts."
    )


def test_it_sees_a_measurement_at_once(arrived: Portfolio, owner: User, later: datetime) -> None:
    assert cockpit_of(owner, arrived, later).realised_year == 16.0
    benefit = Benefit.objects.get(code="BETA-B")
    measurement_record(benefit=benefit, month=Month(2028, 1), value=4.0, by=owner, at=later)
    assert cockpit_of(owner, arrived, later).realised_year == 20.0


def test_it_shows_one_line_for_each_gesture(portfolio: Portfolio, owner: User, now: datetime) -> None:
    moments = [now + timedelta(minutes=minute) for minute in range(3)]
    initiative = Initiative.objects.get(code="BETA")
    initiative_change(initiative=initiative, name="Beta, renamed", by=owner, at=moments[0])
    _name, content, _type = portfolio_export(portfolio=portfolio, format="json", by=owner, at=moments[1])
    changed = content.replace(b"Initiative ALPHA", b"Alpha").replace(b"Initiative GAMMA", b"Gamma")
    imported = import_preview(content=changed, file_name="p.json", portfolio=portfolio, by=owner, at=moments[2])
    import_confirm(imported=imported, by=owner, at=moments[2])
    lines = latest_activity(owner, portfolio)
    assert [line.entry.action for line in lines[1:3]] == ["exchange.export", "initiative.change"]
    assert lines[0].entry.action == "exchange.import_apply"
    assert lines[0].others == AuditEntry.objects.filter(at=moments[2], portfolio_id=portfolio.pk).count() - 1 > 0
    # The portfolio was made in one go, a day before.
    assert len(lines) == 4


def test_a_decision_stands_for_what_it_approves(
    proposal: Decision, owner: User, executive: User, later: datetime
) -> None:
    decision_approve(decision=proposal, by=executive, at=later)
    newest = latest_activity(owner, proposal.portfolio)[0]
    assert newest.entry.action == "decision.approve"
    funded = proposal.items.filter(verdict="fund").count()
    assert newest.others == funded + Baseline.objects.count() == 4


def test_activity_is_for_those_who_may_read_the_trail(portfolio: Portfolio, member: User) -> None:
    assert latest_activity(member, portfolio) == []


def test_decisions_to_take_come_first(proposal: Decision, executive: User, owner: User, now: datetime) -> None:
    [task] = tasks_of(executive, proposal.portfolio, now)
    assert (task.title, task.url) == ("Decide: Fund 2026/27", "/p/agency/decisions/1/")
    assert task.detail == "Proposed by Olga Owner, waiting for Board"
    assert tasks_of(owner, proposal.portfolio, now) == []


def test_it_shows_the_most_urgent_measurements_asked_of_the_viewer(
    arrived: Portfolio, owner: User, executive: User, later: datetime
) -> None:
    Benefit.objects.update(owner=owner, frequency="monthly")
    assert requests_open(portfolio=arrived, at=later) > MOST_REQUESTS
    tasks = tasks_of(owner, arrived, later)
    assert [task.title for task in tasks] == ["Report: Less paper"] * MOST_REQUESTS
    # What is due first comes first, as on the page of all tasks.
    first = requests_to(owner)[0]
    assert (tasks[0].url, tasks[0].status.label) == (
        f"/p/agency/benefits/{first.benefit_id}/measure/?month={first.month:%Y-%m}",
        "Late",
    )
    assert tasks[0].detail == f"{first.month:%b %Y} · {first.benefit.initiative.name}"
    assert tasks_of(executive, arrived, later) == []


def test_a_request_that_is_not_late_says_when_it_is_due(arrived: Portfolio, owner: User, later: datetime) -> None:
    Benefit.objects.filter(code="ALPHA-B").update(owner=owner, frequency="monthly")
    requests_open(portfolio=arrived, at=later)
    Request.objects.exclude(month="2028-02-01").update(state="waived")
    [task] = tasks_of(owner, arrived, later)
    assert task.status.label == "Due 15 Mar 2028"


def test_failed_runs_and_open_imports_are_tasks(portfolio: Portfolio, owner: User, now: datetime) -> None:
    run = run_start(portfolio=portfolio, kind="forecast", parameters={}, by=owner, at=now)
    run_fail(run=run, reason="The worker was lost.\nMore.", at=now)
    _name, content, _type = portfolio_export(portfolio=portfolio, format="json", by=owner, at=now)
    import_preview(content=content, file_name="p.json", portfolio=portfolio, by=owner, at=now)
    tasks = tasks_of(owner, portfolio, now)
    assert [task.title for task in tasks] == [
        "Confirm the import of p.json",
        f"Look at a run that failed: Forecast {run.pk}",
    ]
    assert tasks[1].detail == "The worker was lost."
    assert len(tasks_of(owner, portfolio, now + timedelta(days=8))) == 1


def test_the_page_reads_as_it_should(
    arrived: Portfolio, forecast: Run, owner: User, signed_in: Browser, later: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    Portfolio.objects.update(description="What the agency builds.\n\nIn two parts.")
    monkeypatch.setattr(timezone, "now", lambda: later)
    page = text_of(signed_in(owner).get("/p/agency/").content)
    assert "4 initiatives · GBP at 2026 prices" in page
    assert "About this portfolio What the agency builds. In two parts." in page
    assert "Benefits realised, last 12 months £16 planned for the measured months: £45" in page
    assert "Initiative ALPHA £11 of £15 ( 73% ) in the last 12 months" in page
    assert "Less paper last measured May 2027" in page
    assert "Delivery of 1 initiative is in doubt Initiative GAMMA Red" in page


def test_an_empty_portfolio_says_how_to_begin(portfolio: Portfolio, owner: User, signed_in: Browser) -> None:
    empty = Portfolio.objects.get()
    empty.pk, empty.slug, empty.name = 2, "empty", "Empty"
    empty.save(force_insert=True)
    owner.assignments.update(portfolio_id=None)
    page = text_of(signed_in(owner).get("/p/empty/").content)
    assert "0 initiatives" in page
    assert "No benefit is planned or measured yet" in page
    assert "There is no forecast yet" in page
    assert "No initiative is short of its benefits, over its costs, silent or in doubt." in page


def test_the_page_needs_a_fixed_number_of_queries(
    arrived: Portfolio, owner: User, signed_in: Browser, now: datetime
) -> None:
    browser = signed_in(owner)

    def queries() -> int:
        browser.get("/p/agency/")
        with CaptureQueriesContext(connection) as captured:
            assert browser.get("/p/agency/").status_code == 200
        return len(captured)

    few = queries()
    for number in range(20):
        initiative_add(portfolio=arrived, code=f"N{number}", name=f"New {number}", by=owner, at=now)
    Benefit.objects.update(owner=owner)
    assert queries() == few <= 29


def test_working_it_out_afresh_reads_each_kind_of_record_once(
    arrived: Portfolio, owner: User, later: datetime, now: datetime
) -> None:
    def queries() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            cockpit_of(owner, arrived, later)
        return len(captured)

    few = queries()
    for number in range(20):
        initiative_add(portfolio=arrived, code=f"N{number}", name=f"New {number}", by=owner, at=now)
    assert queries() == few


def test_the_front_door_leads_to_the_first_portfolio(portfolio: Portfolio, owner: User, signed_in: Browser) -> None:
    answer = signed_in(owner).get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/p/agency/")


def test_the_front_door_says_how_to_get_a_portfolio(stranger: User, administrator: User, signed_in: Browser) -> None:
    assert "Ask an administrator to give you a role" in text_of(signed_in(stranger).get("/").content)
    assert "Import a portfolio" in text_of(signed_in(administrator).get("/").content)


def test_who_may_not_see_the_portfolio_finds_nothing(portfolio: Portfolio, stranger: User, signed_in: Browser) -> None:
    for page in (
        "",
        "initiatives/",
        "initiatives/ALPHA/",
        "initiatives/export.csv",
        "reports/",
        "reports/portfolio.pdf",
    ):
        assert signed_in(stranger).get(f"/p/agency/{page}").status_code == 404
