"""Measurements: recorded, corrected, verified, contested, and what is refused with nothing changed."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.access.permissions import Refused
from openvmo_web.audit.models import AuditEntry
from openvmo_web.audit.queries import trail
from openvmo_web.benefits.models import Benefit, Evidence, Measurement, Standing
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.realisation.actions import (
    evidence_add,
    measurement_contest,
    measurement_record,
    measurement_verify,
    measurements_contest,
    measurements_report,
    measurements_verify,
    period_close,
    requests_open,
)
from openvmo_web.realisation.models import Request
from openvmo_web.realisation.refusals import CannotReport, Report

JANUARY = Month(2026, 1)
FEBRUARY = Month(2026, 2)
LATER = timedelta(hours=1)


@pytest.fixture
def told(benefit: Benefit, measurer: User, now: datetime) -> Measurement:
    """What January brought, as its measurer reported it."""
    row = measurement_record(benefit=benefit, month=JANUARY, value=7.5, by=measurer, at=now)
    assert row is not None
    return row


def counts() -> tuple[int, int]:
    """How many measurements and audit entries there are: a refused action changes neither."""
    return Measurement.objects.count(), AuditEntry.objects.count()


def in_force(benefit: Benefit) -> Measurement:
    return Measurement.objects.get(benefit=benefit, superseded_by=None)


def test_another_value_supersedes_and_the_same_adds_nothing(
    benefit: Benefit, told: Measurement, owner: User, measurer: User, now: datetime
) -> None:
    assert measurement_record(benefit=benefit, month=JANUARY, value=7.5, by=measurer, at=now) is None
    second = measurement_record(benefit=benefit, month=JANUARY, value=8.0, by=measurer, at=now)
    assert second is not None
    assert (second.supersedes, Measurement.objects.count()) == (told, 2)
    assert [entry.changes for entry in trail(owner, benefit) if entry.action == "measurement.record"] == [
        {"2026-01": ["7.500000", "8.000000"]},
        {"2026-01": [None, "7.500000"]},
    ]


def test_it_keeps_who_reported_and_takes_the_source_of_the_benefit(told: Measurement, measurer: User) -> None:
    assert (told.reported_by, told.recorded_by, told.source) == (measurer, measurer, "General ledger")


def test_a_source_that_was_stated_stays_until_another_is(benefit: Benefit, measurer: User, now: datetime) -> None:
    measurement_record(benefit=benefit, month=JANUARY, value=1, source="Time sheets", by=measurer, at=now)
    measurement_record(benefit=benefit, month=JANUARY, value=2, by=measurer, at=now)
    assert in_force(benefit).source == "Time sheets"


def test_another_person_verifies(
    benefit: Benefit, told: Measurement, measurer: User, finance: User, now: datetime
) -> None:
    verified = measurement_verify(measurement=told, by=finance, at=now + LATER)
    assert (verified.is_verified, verified.value, verified.supersedes) == (True, Decimal("7.5"), told)
    assert (verified.reported_by, verified.recorded_by) == (measurer, finance)
    assert measurement_record(benefit=benefit, month=JANUARY, value=7.5, by=measurer, at=now) is None
    changed = measurement_record(benefit=benefit, month=JANUARY, value=9.0, by=measurer, at=now)
    assert changed is not None
    assert not changed.is_verified


def test_nobody_verifies_a_figure_of_ones_own(benefit: Benefit, holder: User, finance: User, now: datetime) -> None:
    Benefit.objects.filter(pk=benefit.pk).update(measurer=finance)
    benefit.refresh_from_db()
    own = measurement_record(benefit=benefit, month=JANUARY, value=7.5, by=finance, at=now)
    assert own is not None
    before = counts()
    with pytest.raises(ValidationError, match="another person has to verify it"):
        measurement_verify(measurement=own, by=finance, at=now)
    with pytest.raises(ValidationError, match="another person has to verify it"):
        measurements_verify(portfolio=benefit.initiative.portfolio, measurements=[own], by=finance, at=now)
    with pytest.raises(Refused, match="Verify measurements"):
        measurement_verify(measurement=own, by=holder, at=now)
    assert counts() == before


def test_a_superseded_figure_is_not_verified(
    benefit: Benefit, told: Measurement, measurer: User, finance: User, now: datetime
) -> None:
    measurement_record(benefit=benefit, month=JANUARY, value=8.0, by=measurer, at=now)
    before = counts()
    with pytest.raises(ValidationError, match="superseded"):
        measurement_verify(measurement=told, by=finance, at=now)
    assert counts() == before


def test_who_may_only_look_measures_nothing(benefit: Benefit, member: User, now: datetime) -> None:
    with pytest.raises(Refused, match="Report measurements"):
        measurement_record(benefit=benefit, month=JANUARY, value=1.0, by=member, at=now)
    assert Measurement.objects.count() == 0


def test_a_measurer_of_another_benefit_is_refused(
    benefit: Benefit, measurer: User, portfolio: Portfolio, now: datetime
) -> None:
    other = Benefit.objects.select_related("initiative__portfolio").get(code="BETA-B")
    reports = [Report(benefit, JANUARY, 1.0), Report(other, JANUARY, 1.0)]
    with pytest.raises(Refused, match="Report measurements"):
        measurements_report(portfolio=portfolio, reports=reports, by=measurer, at=now)
    assert Measurement.objects.count() == 0


@pytest.mark.parametrize(
    ("stated", "sentence"),
    [
        ({"month": Month(2026, 4)}, "April 2026 has not begun yet"),
        ({"value": float("nan")}, "not a number"),
        ({"value": 1e18}, "not a number"),
        ({"unit": "hours"}, "is measured in GBP, not in hours"),
    ],
)
def test_it_refuses_with_words_and_changes_nothing(
    benefit: Benefit, measurer: User, now: datetime, stated: dict[str, object], sentence: str
) -> None:
    before = counts()
    values = {"month": JANUARY, "value": 5.0} | stated
    with pytest.raises(CannotReport, match=sentence):
        measurement_record(benefit=benefit, **values, by=measurer, at=now)  # type: ignore[arg-type]
    assert counts() == before


def test_it_takes_the_unit_of_the_benefit_in_any_case(benefit: Benefit, measurer: User, now: datetime) -> None:
    assert measurement_record(benefit=benefit, month=JANUARY, value=5, unit="gbp", by=measurer, at=now) is not None


def test_a_retired_benefit_is_not_measured(benefit: Benefit, measurer: User, now: datetime) -> None:
    Benefit.objects.filter(pk=benefit.pk).update(state="retired")
    benefit.refresh_from_db()
    with pytest.raises(CannotReport, match="is retired"):
        measurement_record(benefit=benefit, month=JANUARY, value=5, by=measurer, at=now)
    assert Measurement.objects.count() == 0


def test_a_closed_month_stays_as_it_is(
    benefit: Benefit, told: Measurement, portfolio: Portfolio, measurer: User, finance: User, now: datetime
) -> None:
    period_close(portfolio=portfolio, until=JANUARY, by=finance, at=now)
    benefit.initiative.portfolio.refresh_from_db()
    before = counts()
    with pytest.raises(CannotReport, match="January 2026 is closed"):
        measurement_record(benefit=benefit, month=JANUARY, value=8.0, by=measurer, at=now)
    with pytest.raises(ValidationError, match="January 2026 is closed"):
        measurement_verify(measurement=told, by=finance, at=now)
    with pytest.raises(ValidationError, match="January 2026 is closed"):
        measurement_contest(measurement=told, remark="Which ledger?", by=finance, at=now)
    with pytest.raises(ValidationError, match="January 2026 is closed"):
        evidence_add(benefit=benefit, month=JANUARY, name="a.txt", content=b"a", by=measurer, at=now)
    assert counts() == before
    assert measurement_record(benefit=benefit, month=FEBRUARY, value=8.0, by=measurer, at=now) is not None


def test_a_closing_that_the_page_has_not_seen_counts_too(
    benefit: Benefit, portfolio: Portfolio, measurer: User, finance: User, now: datetime
) -> None:
    assert benefit.initiative.portfolio.closed_until is None
    period_close(portfolio=portfolio, until=JANUARY, by=finance, at=now)
    with pytest.raises(CannotReport, match="January 2026 is closed"):
        measurement_record(benefit=benefit, month=JANUARY, value=8.0, by=measurer, at=now)
    assert Measurement.objects.count() == 0


def test_many_are_recorded_whole_or_not_at_all(
    benefit: Benefit, measurer: User, portfolio: Portfolio, now: datetime
) -> None:
    wrong = [Report(benefit, JANUARY, 1.0), Report(benefit, Month(2026, 9), 2.0), Report(benefit, FEBRUARY, 1e300)]
    with pytest.raises(CannotReport) as refusal:
        measurements_report(portfolio=portfolio, reports=wrong, by=measurer, at=now)
    assert [problem.place for problem in refusal.value.problems] == [1, 2]
    assert Measurement.objects.count() == 0
    right = [Report(benefit, JANUARY, 1.0), Report(benefit, FEBRUARY, 2.0)]
    assert len(measurements_report(portfolio=portfolio, reports=right, by=measurer, at=now)) == 2
    assert measurements_report(portfolio=portfolio, reports=right, by=measurer, at=now) == []


def test_a_contested_figure_is_told_and_answered(
    benefit: Benefit, told: Measurement, measurer: User, holder: User, finance: User, now: datetime
) -> None:
    contested = measurement_contest(measurement=told, remark="Which ledger?", by=holder, at=now + LATER)
    assert (contested.is_contested, contested.remark, contested.reported_by) == (True, "Which ledger?", measurer)
    standing = Standing.objects.get(benefit=benefit)
    assert (standing.is_last_contested, standing.realised, standing.verified) == (True, Decimal("7.5"), 0)
    answered = measurement_record(benefit=benefit, month=JANUARY, value=6.0, by=measurer, at=now + 2 * LATER)
    assert answered is not None
    assert (answered.is_contested, answered.supersedes) == (False, contested)
    assert measurement_verify(measurement=answered, by=finance, at=now + 3 * LATER).is_verified


def test_a_contested_figure_is_upheld_by_a_remark_or_verified_as_it_is(
    benefit: Benefit, told: Measurement, measurer: User, finance: User, now: datetime
) -> None:
    contested = measurement_contest(measurement=told, remark="Which ledger?", by=finance, at=now)
    assert measurement_record(benefit=benefit, month=JANUARY, value=7.5, by=measurer, at=now) is None
    upheld = measurement_record(
        benefit=benefit, month=JANUARY, value=7.5, remark="The ledger of the north.", by=measurer, at=now
    )
    assert upheld is not None
    assert (upheld.is_contested, upheld.supersedes) == (False, contested)
    again = measurement_contest(measurement=upheld, remark="Show it.", by=finance, at=now)
    verified = measurement_verify(measurement=again, by=finance, at=now)
    assert (verified.is_verified, verified.is_contested) == (True, False)


def test_a_contest_needs_a_reason_and_another_person(
    benefit: Benefit, told: Measurement, measurer: User, finance: User, now: datetime
) -> None:
    before = counts()
    with pytest.raises(ValidationError, match="Say what is doubtful"):
        measurement_contest(measurement=told, remark=" ", by=finance, at=now)
    with pytest.raises(Refused, match="Verify measurements"):
        measurement_contest(measurement=told, remark="Hm", by=measurer, at=now)
    with pytest.raises(ValidationError, match="Say what is doubtful"):
        measurements_contest(portfolio=benefit.initiative.portfolio, measurements=[told], remark="", by=finance, at=now)
    assert counts() == before


def test_many_are_verified_in_one_gesture(
    benefit: Benefit, told: Measurement, measurer: User, finance: User, owner: User, now: datetime
) -> None:
    second = measurement_record(benefit=benefit, month=FEBRUARY, value=9.0, by=measurer, at=now)
    assert second is not None
    verified = measurements_verify(
        portfolio=benefit.initiative.portfolio, measurements=[told, second], by=finance, at=now
    )
    assert [row.is_verified for row in verified] == [True, True]
    entry = trail(owner, benefit)[0]
    assert (entry.action, entry.changes) == (
        "measurement.verify",
        {"2026-01": ["7.500000", "7.500000"], "2026-02": ["9.000000", "9.000000"]},
    )


def test_it_answers_the_request(benefit: Benefit, portfolio: Portfolio, measurer: User, now: datetime) -> None:
    requests_open(portfolio=portfolio, at=now)
    measurement_record(benefit=benefit, month=JANUARY, value=7.5, by=measurer, at=now + LATER)
    answered = Request.objects.get(benefit=benefit, month=JANUARY.first_day)
    assert (answered.state, answered.answered_at) == ("answered", now + LATER)
    assert Request.objects.get(benefit=benefit, month=FEBRUARY.first_day).state == "open"


@pytest.mark.parametrize("table", ["benefits_measurement", "benefits_evidence"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET remark = 'x'", "DELETE FROM {}"])
def test_the_database_keeps_history_as_it_is(
    benefit: Benefit, told: Measurement, measurer: User, now: datetime, table: str, statement: str
) -> None:
    evidence_add(benefit=benefit, month=JANUARY, name="a.txt", content=b"a", by=measurer, at=now)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert (Measurement.objects.count(), Evidence.objects.count()) == (1, 1)


def test_evidence_is_kept_under_a_name_of_its_own(benefit: Benefit, measurer: User, now: datetime) -> None:
    evidence = evidence_add(
        benefit=benefit, month=JANUARY, name="../Ledger.PDF", content=b"%PDF-1.7 figures", by=measurer, at=now
    )
    assert (evidence.name, evidence.media_type, evidence.size) == ("Ledger.PDF", "application/pdf", 16)
    assert evidence.month == date(2026, 1, 1)
    assert "Ledger" not in evidence.file.name
    assert evidence.file.name.startswith("evidence/")
    assert evidence.digest == hashlib.sha256(b"%PDF-1.7 figures").hexdigest()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("run.exe", b"MZ", "of a kind that is not taken"),
        ("page.html", b"<script>", "of a kind that is not taken"),
        ("a.pdf", b"<html>", "does not hold what its ending says"),
        ("a.txt", b"", "is empty"),
        ("a.txt", b"a" * (15 * 1024 * 1024 + 1), "larger than 15.0"),
    ],
)
def test_it_refuses_other_files(
    benefit: Benefit, measurer: User, now: datetime, name: str, content: bytes, sentence: str
) -> None:
    with pytest.raises(ValidationError, match=sentence):
        evidence_add(benefit=benefit, month=JANUARY, name=name, content=content, by=measurer, at=now)
    assert Evidence.objects.count() == 0


def test_the_same_file_is_filed_once(benefit: Benefit, measurer: User, now: datetime) -> None:
    evidence_add(benefit=benefit, month=JANUARY, name="a.txt", content=b"a", by=measurer, at=now)
    with pytest.raises(ValidationError, match="filed for this month already"):
        evidence_add(benefit=benefit, month=JANUARY, name="b.txt", content=b"a", by=measurer, at=now)
