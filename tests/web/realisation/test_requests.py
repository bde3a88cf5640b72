"""Requests: opened for what is due, to whom, answered, late, missing; months closed and opened."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from tests.web.conftest import person

from openvmo.engine import model
from openvmo.engine.quantities import Estimate, Month
from openvmo_web.access.models import User
from openvmo_web.access.permissions import Refused
from openvmo_web.audit.models import AuditEntry
from openvmo_web.audit.queries import trail
from openvmo_web.benefits.actions import plan_record
from openvmo_web.benefits.models import Benefit, Standing
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.realisation.actions import (
    measurement_record,
    period_close,
    period_reopen,
    request_waive,
    requests_open,
)
from openvmo_web.realisation.analysis import is_missing, standings_refresh
from openvmo_web.realisation.models import PeriodClosing, Request
from openvmo_web.realisation.queries import requests_of
from openvmo_web.realisation.rules import (
    LENGTHS,
    Effect,
    due_on,
    is_expected,
    missing_before,
    months_due,
    period_end,
    stand_of,
)

YEAR = {"since": Month(2025, 1), "until": Month(2026, 2), "fiscal_year_start": 4}


def months(frequency: str, effect: Effect, **options: object) -> list[str]:
    return [str(month) for month in months_due(frequency, effect, **(YEAR | options))]  # type: ignore[arg-type]


def test_periods_run_from_the_first_month_of_effect_to_the_last() -> None:
    effect = Effect.of(Month(2025, 5), offset=2, ramp_months=3, duration=6)
    assert (str(effect.first), str(effect.steady), str(effect.last)) == ("2025-07", "2025-10", "2025-12")
    assert months("monthly", effect) == ["2025-07", "2025-08", "2025-09", "2025-10", "2025-11", "2025-12"]
    assert months("quarterly", effect) == ["2025-09", "2025-12"]
    assert months("half_yearly", effect) == ["2025-09"]  # the half-year to March is not over
    assert months("once", effect) == ["2025-10"]
    assert months("not_stated", effect) == []


def test_periods_follow_the_financial_year() -> None:
    assert str(period_end("yearly", Month(2026, 4), 4)) == "2027-03"
    assert str(period_end("yearly", Month(2026, 3), 4)) == "2026-03"
    assert months("yearly", Effect(Month(2024, 1), Month(2024, 1), None)) == ["2025-03"]


def test_where_a_request_stands() -> None:
    due = due_on(Month(2026, 1), 15)
    assert due == date(2026, 2, 15)
    days = [date(2026, 2, 15), date(2026, 2, 16), date(2026, 3, 15), date(2026, 3, 16)]
    assert [stand_of("open", "monthly", due, day) for day in days] == ["open", "late", "late", "missing"]
    assert stand_of("open", "quarterly", due, date(2026, 5, 15)) == "late"
    assert stand_of("answered", "monthly", due, date(2027, 1, 1)) == "answered"
    assert missing_before("monthly", date(2026, 3, 31)) == date(2026, 2, 28)


@pytest.mark.parametrize("frequency", sorted({*LENGTHS} - {"not_stated"}))
def test_the_list_says_where_each_request_stands_by_the_same_rule(
    benefit: Benefit, portfolio: Portfolio, owner: User, now: datetime, frequency: str
) -> None:
    requests_open(portfolio=portfolio, at=now)
    Request.objects.filter(month=date(2025, 7, 1)).update(state="answered")
    Request.objects.filter(month=date(2025, 8, 1)).update(state="waived")
    Benefit.objects.filter(pk=benefit.pk).update(frequency=frequency)
    for today in (date(2026, 2, 15), date(2026, 3, 16), date(2026, 12, 31)):
        listed = list(requests_of(owner, portfolio, today))
        expected = [stand_of(one.state, frequency, one.due_on, today) for one in listed]
        assert [one.stands for one in listed] == expected  # type: ignore[attr-defined]
        missing = Request.objects.filter(is_missing(today))
        assert missing.count() == expected.count("missing")


def test_it_asks_the_measurer_for_each_period_once(
    benefit: Benefit, portfolio: Portfolio, owner: User, measurer: User, now: datetime
) -> None:
    assert requests_open(portfolio=portfolio, at=now) == 8
    assert requests_open(portfolio=portfolio, at=now + timedelta(days=1)) == 0
    asked = Request.objects.order_by("month")
    assert [f"{one.month:%Y-%m}" for one in asked][:1] == ["2025-07"]
    assert {(one.addressee, one.state) for one in asked} == {(measurer, "open")}
    entry = trail(owner, portfolio)[0]
    assert (entry.action, entry.changes, entry.actor_name) == ("request.open", {"requests": [None, 8]}, "OpenVMO")


def test_it_asks_nobody_about_work_that_is_not_funded_or_measured(
    benefit: Benefit, alpha: Initiative, portfolio: Portfolio, now: datetime
) -> None:
    Initiative.objects.filter(pk=alpha.pk).update(state="proposal")
    assert requests_open(portfolio=portfolio, at=now) == 0
    Initiative.objects.filter(pk=alpha.pk).update(state="closed")
    Benefit.objects.filter(pk=benefit.pk).update(frequency="not_stated")
    assert requests_open(portfolio=portfolio, at=now) == 0
    Benefit.objects.filter(pk=benefit.pk).update(frequency="monthly")
    assert requests_open(portfolio=portfolio, at=now) == 8


def test_a_person_who_left_is_followed_by_the_owner_and_then_by_nobody(
    benefit: Benefit, portfolio: Portfolio, holder: User, measurer: User, now: datetime
) -> None:
    requests_open(portfolio=portfolio, at=now)
    User.objects.filter(pk=measurer.pk).update(is_active=False)
    requests_open(portfolio=portfolio, at=now)
    assert set(Request.objects.values_list("addressee", flat=True)) == {holder.pk}
    User.objects.filter(pk=holder.pk).update(is_active=False)
    requests_open(portfolio=portfolio, at=now)
    assert set(Request.objects.values_list("addressee", flat=True)) == {None}


def test_what_was_reported_in_time_is_answered_and_what_came_long_after_is_not_asked(
    benefit: Benefit, portfolio: Portfolio, measurer: User, now: datetime
) -> None:
    measurement_record(benefit=benefit, month=Month(2026, 2), value=1, by=measurer, at=now)
    measurement_record(benefit=benefit, month=Month(2025, 7), value=1, by=measurer, at=now)
    requests_open(portfolio=portfolio, at=now)
    stands = {f"{one.month:%Y-%m}": one.state for one in Request.objects.all()}
    assert (stands["2026-02"], "2025-07" in stands, stands["2025-08"]) == ("answered", False, "open")


def test_what_is_asked_of_a_retired_benefit_is_closed(benefit: Benefit, portfolio: Portfolio, now: datetime) -> None:
    requests_open(portfolio=portfolio, at=now)
    Benefit.objects.filter(pk=benefit.pk).update(state="retired")
    requests_open(portfolio=portfolio, at=now)
    assert set(Request.objects.values_list("state", "reason")) == {("waived", "The benefit was retired.")}


STOPPED = "The initiative is not funded or was stopped: its benefits are not followed."


@pytest.mark.parametrize("state", ["stopped", "proposal"])
def test_what_is_asked_of_given_up_work_is_closed(
    benefit: Benefit, alpha: Initiative, portfolio: Portfolio, owner: User, now: datetime, state: str
) -> None:
    requests_open(portfolio=portfolio, at=now)
    standings_refresh([benefit.pk], now)
    assert Standing.objects.get(benefit=benefit).missing == 6
    Initiative.objects.filter(pk=alpha.pk).update(state=state)
    requests_open(portfolio=portfolio, at=now)
    assert set(Request.objects.values_list("state", "reason")) == {("waived", STOPPED)}
    standing = Standing.objects.get(benefit=benefit)
    assert (standing.due, standing.missing) == (0, 0)
    entry = trail(owner, portfolio)[0]
    assert (entry.action, entry.changes, entry.note) == ("request.close", {"requests": [8, None]}, STOPPED)


def test_what_nobody_measures_any_more_is_not_asked_for(benefit: Benefit, portfolio: Portfolio, now: datetime) -> None:
    requests_open(portfolio=portfolio, at=now)
    Benefit.objects.filter(pk=benefit.pk).update(frequency="not_stated")
    requests_open(portfolio=portfolio, at=now)
    reason = "Nobody says any more how often the benefit is measured."
    assert set(Request.objects.values_list("state", "reason")) == {("waived", reason)}


def test_a_go_live_that_moved_takes_back_what_was_asked_before_it(
    benefit: Benefit, alpha: Initiative, portfolio: Portfolio, owner: User, now: datetime
) -> None:
    requests_open(portfolio=portfolio, at=now)
    profile = model.Profile(benefit="ALPHA-B", annual=Estimate(1200.0))
    later = model.Option(id="plan", start=Month(2025, 1), duration=12, profiles=(profile,))
    plan_record(initiative=alpha, options=[later], reason="Live in January", by=owner, at=now)
    requests_open(portfolio=portfolio, at=now)
    waived = Request.objects.filter(state="waived").order_by("month")
    assert [f"{one.month:%Y-%m}" for one in waived] == [f"2025-{month:02}" for month in range(7, 13)]
    assert {one.reason for one in waived} == {"The plan in force expects nothing of the benefit in this month."}
    assert Request.objects.filter(state="open").count() == 2
    plan_record(initiative=alpha, options=[replace(later, profiles=())], reason="Cut", by=owner, at=now)
    requests_open(portfolio=portfolio, at=now)
    assert Request.objects.filter(state="open").count() == 0


def test_what_is_measured_once_is_asked_for_its_one_month() -> None:
    effect = Effect(Month(2025, 7), Month(2025, 10), None)
    assert [is_expected("once", effect, Month(2025, month), 4) for month in (9, 10, 11)] == [False, True, False]


def test_a_new_owner_is_asked_in_the_place_of_the_old_one(
    benefit: Benefit, portfolio: Portfolio, measurer: User, now: datetime
) -> None:
    requests_open(portfolio=portfolio, at=now)
    follower = person("nora@example.org", "Nora New", "benefit_owner", portfolio.pk)
    Benefit.objects.filter(pk=benefit.pk).update(owner=follower, measurer=None)
    requests_open(portfolio=portfolio, at=now)
    assert set(Request.objects.values_list("addressee", flat=True)) == {follower.pk}


def test_the_standing_counts_what_was_due_on_time_and_missing(
    benefit: Benefit, portfolio: Portfolio, owner: User, measurer: User, now: datetime
) -> None:
    requests_open(portfolio=portfolio, at=now)
    measurement_record(benefit=benefit, month=Month(2026, 2), value=1, by=measurer, at=now)
    standing = Standing.objects.get(benefit=benefit)
    # July to January were due before the second of March, February was answered early; all but January are missing.
    assert (standing.due, standing.on_time, standing.missing) == (8, 1, 6)
    asked = Request.objects.get(month=date(2025, 7, 1))
    request_waive(request=asked, reason="Not live yet", by=owner, at=now)
    standing.refresh_from_db()
    assert (standing.due, standing.missing) == (7, 5)


def test_waiving_needs_the_right_a_reason_and_an_open_request(
    benefit: Benefit, portfolio: Portfolio, owner: User, holder: User, now: datetime
) -> None:
    requests_open(portfolio=portfolio, at=now)
    asked = Request.objects.get(month=date(2025, 7, 1))
    entries = AuditEntry.objects.count()
    with pytest.raises(Refused, match="Report measurements"):
        request_waive(request=asked, reason="No", by=holder, at=now)
    with pytest.raises(ValidationError, match="Say why"):
        request_waive(request=asked, reason=" ", by=owner, at=now)
    assert (Request.objects.filter(state="open").count(), AuditEntry.objects.count()) == (8, entries)
    request_waive(request=asked, reason="Not live yet", by=owner, at=now)
    with pytest.raises(ValidationError, match="not open any more"):
        request_waive(request=asked, reason="Again", by=owner, at=now)
    assert trail(owner, benefit)[0].note == "Not live yet"


def test_closed_months_are_not_asked_for(benefit: Benefit, portfolio: Portfolio, finance: User, now: datetime) -> None:
    period_close(portfolio=portfolio, until=Month(2025, 12), by=finance, at=now)
    requests_open(portfolio=portfolio, at=now)
    assert [f"{one.month:%Y-%m}" for one in Request.objects.order_by("month")] == ["2026-01", "2026-02"]


def test_months_are_closed_and_opened_by_those_who_may(
    portfolio: Portfolio, finance: User, owner: User, now: datetime
) -> None:
    with pytest.raises(Refused, match="Close months"):
        period_close(portfolio=portfolio, until=Month(2026, 1), by=owner, at=now)
    with pytest.raises(ValidationError, match="March 2026 is not over"):
        period_close(portfolio=portfolio, until=Month(2026, 3), by=finance, at=now)
    period_close(portfolio=portfolio, until=Month(2026, 1), reason="Reported to the board", by=finance, at=now)
    with pytest.raises(ValidationError, match="January 2026 is closed already"):
        period_close(portfolio=portfolio, until=Month(2026, 1), by=finance, at=now)
    with pytest.raises(ValidationError, match="Say why"):
        period_reopen(portfolio=portfolio, until=None, reason="", by=finance, at=now)
    with pytest.raises(ValidationError, match="nothing to open"):
        period_reopen(portfolio=portfolio, until=Month(2026, 1), reason="Wrong", by=finance, at=now)
    period_reopen(portfolio=portfolio, until=Month(2025, 11), reason="Wrong ledger", by=finance, at=now)
    portfolio.refresh_from_db()
    assert portfolio.closed_until == date(2025, 11, 1)
    assert [entry.action for entry in trail(owner, portfolio)][:2] == ["period.reopen", "period.close"]


def test_the_database_keeps_closings_as_they_are(portfolio: Portfolio, finance: User, now: datetime) -> None:
    period_close(portfolio=portfolio, until=Month(2026, 1), by=finance, at=now)
    for statement in ("UPDATE realisation_periodclosing SET reason = 'x'", "DELETE FROM realisation_periodclosing"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert PeriodClosing.objects.count() == 1


def test_a_stranger_closes_nothing(portfolio: Portfolio, now: datetime) -> None:
    nobody = person("nina@example.org", "Nina Nobody")
    with pytest.raises(Refused):
        period_close(portfolio=portfolio, until=Month(2026, 1), by=nobody, at=now)
    with pytest.raises(Refused):
        period_reopen(portfolio=portfolio, until=None, reason="x", by=nobody, at=now)
