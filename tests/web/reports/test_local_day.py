"""The day is that of the organisation, not of Greenwich: in Auckland April begins while it is still March there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.benefits.models import Benefit
from openvmo_web.common.formats import current_locale
from openvmo_web.insight.sums import sums_refresh_all
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.realisation.actions import measurement_record
from openvmo_web.reports.analysis import initiative_flows, initiative_record
from openvmo_web.reports.contents import contents_of
from openvmo_web.reports.documents import portfolio_report_response
from openvmo_web.reports.glance import glance_at
from openvmo_web.reports.owners import benefits_held, lines_of, owners_export_row
from openvmo_web.reports.queries import picture_of
from openvmo_web.reports.statement import period_of
from openvmo_web.reports.statement_document import known_as
from openvmo_web.reports.statement_rows import statement_now
from openvmo_web.reports.tables import OwnersTable

# Half past one in the morning of the first of April.
FIRST = datetime(2028, 3, 31, 12, 30, tzinfo=UTC)
APRIL = Month(2028, 4)


@pytest.fixture(autouse=True)
def auckland() -> Iterator[None]:
    with override_settings(TIME_ZONE="Pacific/Auckland"), timezone.override("Pacific/Auckland"):
        yield


def test_months_are_over_when_they_are_over_there(arrived: Portfolio) -> None:
    alpha = Initiative.objects.select_related("portfolio").get(code="ALPHA")
    record = initiative_record(alpha, FIRST)
    assert record is not None

    ends = APRIL + 11
    assert initiative_flows(record, FIRST).months[-1] == ends
    assert picture_of(arrived, FIRST - timedelta(days=1)).flows.months[-1] == ends + -1
    assert picture_of(arrived, FIRST).flows.months[-1] == ends
    assert glance_at(arrived, FIRST, 5).flows.months[-1] == ends


def test_the_home_page_finds_the_year_that_was_kept(arrived: Portfolio) -> None:
    sums_refresh_all(arrived.pk, FIRST)

    picture, glance = picture_of(arrived, FIRST), glance_at(arrived, FIRST, 5)
    assert [gap.code for gap in glance.shortfalls.first] == [gap.code for gap in picture.shortfalls] != []


def test_documents_are_of_the_day_there(arrived: Portfolio, owner: User) -> None:
    statement = statement_now(owner, arrived, None, period_of(arrived, "", FIRST), FIRST)

    assert "up to the end of Mar 2028, as known on 1 Apr 2028." in known_as(statement, current_locale())
    contents = contents_of(owner, arrived, FIRST, current_locale())
    assert contents.subtitle.startswith("Portfolio report, as known on 1 Apr 2028.")
    answer = portfolio_report_response(owner, arrived, FIRST, "xlsx")
    assert answer["Content-Disposition"] == 'attachment; filename="agency-2028-04-01.xlsx"'


def test_owners_were_active_on_the_day_there(arrived: Portfolio, owner: User) -> None:
    benefit = Benefit.objects.get(code="ALPHA-B")
    measurement_record(benefit=benefit, month=Month(2027, 6), value=5.0, by=owner, at=FIRST)

    (line,) = lines_of(benefits_held(owner, arrived, "funded"), arrived, "owner", FIRST)
    assert owners_export_row(line)[-1] == date(2028, 4, 1)
    assert "1 Apr 2028" in OwnersTable([line], portfolio=arrived, by="owner", at=FIRST).rows[0].get_cell("active_at")
