"""The statement of an owner: figures worked out by hand, as known on a day, and equal to the standings of today.

Until the end of February 2028, in eleven months after go-live, ALPHA-B promised 7.50 a month, ALPHA-N (non-cashable) 1,
and ALPHA-D, a dis-benefit, takes 0.50 a month.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import astuple
from datetime import datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.db.models import Sum
from django.http import Http404
from django.test import Client
from django.utils import timezone, translation
from pypdf import PdfReader
from tests.web.conftest import person

from openvmo.engine import model
from openvmo.engine.quantities import Estimate, Month
from openvmo_web.access.actions import token_issue
from openvmo_web.access.models import Assignment, User
from openvmo_web.benefits.actions import (
    baseline_adopt,
    benefit_add,
    benefit_change,
    forecast_record,
    plan_record,
)
from openvmo_web.benefits.models import Benefit, Measurement, Standing
from openvmo_web.common.export import MEDIA_TYPES
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.realisation.actions import measurement_contest, measurement_record, measurement_verify
from openvmo_web.realisation.analysis import standings_refresh_all
from openvmo_web.realisation.models import Arrival
from openvmo_web.reports import api, documents, statement_rows
from openvmo_web.reports.documents import report_pdf, report_xlsx
from openvmo_web.reports.owners import benefits_held, lines_of
from openvmo_web.reports.statement import Figures, Statement, period_of, periods_of
from openvmo_web.reports.statement_document import statement_contents
from openvmo_web.reports.statement_rows import Leaf, statement_known, statement_now

Browser = Callable[[User], Client]
A_DAY = timedelta(days=1)


@pytest.fixture
def holder(portfolio: Portfolio) -> User:
    """Owns the benefits of ALPHA."""
    return person("otto@example.org", "Otto Own", "benefit_owner", portfolio.pk)


@pytest.fixture
def finance(portfolio: Portfolio) -> User:
    """Verifies."""
    return person("fiona@example.org", "Fiona Finance", "finance", portfolio.pk)


@pytest.fixture
def owned(arrived: Portfolio, holder: User, owner: User, finance: User, later: datetime) -> Portfolio:
    """ALPHA brings a cashable benefit, a non-cashable one, a dis-benefit and one that is no money, all of one owner.

    The first was measured in two months, 5 and 6, of which the 5 is verified and the 6 contested; the second brought 2.
    """
    alpha, acts = Initiative.objects.get(code="ALPHA"), {"by": owner, "at": later}
    kinds = {"ALPHA-N": "non_cashable", "ALPHA-D": "cashable", "ALPHA-Q": "qualitative"}
    for code, kind in kinds.items():
        benefit_add(
            initiative=alpha, code=code, name=f"Benefit {code}", kind=kind, is_disbenefit=code == "ALPHA-D", **acts
        )
    options = [_plan({"ALPHA-B": 90.0, "ALPHA-N": 12.0, "ALPHA-D": 6.0})]
    plan_record(initiative=alpha, options=options, reason="All benefits", **acts)
    for code in ("ALPHA-B", *kinds):
        benefit_change(benefit=Benefit.objects.get(code=code), owner=holder, owner_name=holder.name, **acts)
    measurement_record(benefit=Benefit.objects.get(code="ALPHA-N"), month=Month(2028, 1), value=2.0, **acts)
    april, may = Measurement.objects.filter(benefit__code="ALPHA-B").order_by("month")
    measurement_verify(measurement=april, by=finance, at=later)
    measurement_contest(measurement=may, remark="Counted twice", by=finance, at=later)
    standings_refresh_all(arrived.pk, later)
    return arrived


def _plan(benefits: dict[str, float]) -> model.Option:
    return model.Option(
        id="plan",
        start=Month(2026, 4),
        duration=12,
        profiles=tuple(model.Profile(benefit=code, annual=Estimate(annual)) for code, annual in benefits.items()),
    )


def made(portfolio: Portfolio, holder: User, at: datetime, word: str = "") -> Statement:
    return statement_known(holder, portfolio, holder, period_of(portfolio, word, at), at)


def test_it_states_what_was_promised_and_what_came(owned: Portfolio, holder: User, later: datetime) -> None:
    lines = {line.benefit.code: astuple(line.figures) for line in made(owned, holder, later).lines}

    assert lines == {
        "ALPHA-B": (82.5, 82.5, 11.0, 5.0),
        "ALPHA-N": (11.0, 11.0, 2.0, 0.0),
        "ALPHA-D": (-5.5, -5.5, None, None),
        "ALPHA-Q": (None, None, None, None),
    }


def test_it_never_adds_cashable_to_other_classes_without_saying_so(
    owned: Portfolio, holder: User, later: datetime
) -> None:
    statement = made(owned, holder, later)

    assert [group.label for group in statement.groups] == ["Cashable", "Non-cashable", "Qualitative", "Dis-benefits"]
    assert astuple(statement.groups[0].total) == (82.5, 82.5, 11.0, 5.0)
    assert astuple(statement.cashable) == (77.0, 77.0, 11.0, 5.0)
    assert astuple(statement.together) == (88.0, 88.0, 13.0, 5.0)
    assert statement.unvalued == 1


def test_a_planned_loss_has_no_share(owned: Portfolio, holder: User, owner: User, later: datetime) -> None:
    loss = Benefit.objects.get(code="ALPHA-D")
    measurement_record(benefit=loss, month=Month(2028, 1), value=4.0, by=owner, at=later)
    statement = made(owned, holder, later)

    shares = {line.benefit.code: line.figures.share for line in statement.lines}
    assert shares == {
        "ALPHA-B": pytest.approx(11 / 82.5),
        "ALPHA-N": pytest.approx(2 / 11),
        "ALPHA-D": None,
        "ALPHA-Q": None,
    }
    assert [group.total.share for group in statement.groups if group.label == "Dis-benefits"] == [None]
    benefits = benefits_held(holder, owned, "funded").filter(owner=holder)
    for only in (benefits, benefits.filter(pk=loss.pk)):
        (line,) = lines_of(only, owned, "owner", later)
        sums = Figures(*(float(value) for value in (line.planned, line.forecast, line.realised, line.verified)))
        assert line.realised_share == sums.share
    assert line.realised == Decimal(-4)


def test_it_equals_the_standings_of_today(owned: Portfolio, holder: User, later: datetime) -> None:
    standings = {row.benefit_id: row for row in Standing.objects.filter(benefit__owner=holder)}

    statement = made(owned, holder, later)
    assert len(statement.lines) == 4
    for line in statement.lines:
        held = standings[line.benefit.pk]
        stated = [None if value is None else Decimal(repr(value)) for value in astuple(line.figures)]
        assert stated == [held.planned, held.forecast, held.realised, held.verified]
    names = ("planned", "forecast", "realised", "verified")
    sums = Standing.objects.filter(benefit__owner=holder).aggregate(**{name: Sum(name) for name in names})
    assert [Decimal(repr(value)) for value in astuple(statement.together)] == [sums[name] for name in names]


def test_it_tells_a_financial_year_from_everything_to_date(owned: Portfolio, holder: User, later: datetime) -> None:
    year = made(owned, holder, later, "2027")
    before = made(owned, holder, later, "2026")

    assert year.period.label == "Financial year 2027/28"
    assert (str(year.period.first), str(year.period.last), str(year.period.ahead)) == ("2027-04", "2028-02", "2028-03")
    assert astuple(year.cashable) == (77.0, 77.0, 11.0, 5.0)
    assert astuple(before.together) == (None, None, None, None)


def test_it_offers_the_financial_years_that_have_begun(owned: Portfolio, later: datetime) -> None:
    assert [period.word for period in periods_of(owned, later)] == ["", "2027", "2026", "2025", "2024", "2023"]


def test_it_refuses_a_period_that_has_not_begun(owned: Portfolio, later: datetime) -> None:
    with pytest.raises(Http404, match="“2028” is no period"):
        period_of(owned, "2028", later)


def test_a_baseline_stays_when_the_forecast_moves(
    owned: Portfolio, holder: User, executive: User, later: datetime
) -> None:
    benefit = Benefit.objects.select_related("initiative__portfolio").get(code="ALPHA-B")
    baseline_adopt(portfolio=owned, benefits=[benefit], reason="As funded", by=executive, at=later)
    profile = model.Profile(benefit="ALPHA-B", annual=Estimate(60.0))
    forecast_record(benefit=benefit, profile=profile, reason="Slower", by=holder, at=later)

    line = next(line for line in made(owned, holder, later).lines if line.benefit.code == "ALPHA-B")
    assert line.held.has_baseline
    assert astuple(line.figures) == (82.5, 55.0, 11.0, 5.0)


def test_it_reads_the_past_as_it_was_known(
    owned: Portfolio, holder: User, owner: User, stranger: User, later: datetime
) -> None:
    benefit = Benefit.objects.select_related("initiative__portfolio").get(code="ALPHA-B")
    measurement_record(benefit=benefit, month=Month(2027, 6), value=7.0, by=owner, at=later + A_DAY)
    profile = model.Profile(benefit="ALPHA-B", annual=Estimate(60.0))
    forecast_record(benefit=benefit, profile=profile, reason="Slower", by=owner, at=later + A_DAY)
    gone = Benefit.objects.get(code="ALPHA-N")
    benefit_change(benefit=gone, owner=owner, owner_name=owner.name, by=owner, at=later + 2 * A_DAY)

    now = made(owned, holder, later + 2 * A_DAY)
    then = made(owned, holder, later)
    assert {line.benefit.code for line in now.lines} == {"ALPHA-B", "ALPHA-D", "ALPHA-Q"}
    assert astuple(now.lines[0].figures) == (55.0, 55.0, 18.0, 5.0)
    assert {line.benefit.code for line in then.lines} == {"ALPHA-B", "ALPHA-N", "ALPHA-D", "ALPHA-Q"}
    assert astuple(then.lines[0].figures) == (82.5, 82.5, 11.0, 5.0)


def test_it_names_what_is_contested(owned: Portfolio, holder: User, later: datetime) -> None:
    (row,) = made(owned, holder, later).contested

    assert (row.benefit.code, f"{row.month:%Y-%m}", row.remark) == ("ALPHA-B", "2027-05", "Counted twice")


def test_its_chart_ends_where_its_figures_do(owned: Portfolio, holder: User, later: datetime) -> None:
    statement = made(owned, holder, later)

    last = statement.arriving().rows[-1]
    assert last == ("2028-02", 88.0, 88.0, None, None)
    assert max(row[3] for row in statement.arriving().rows if row[3] is not None) == 13.0


def test_it_comes_as_a_pdf_of_the_same_figures(owned: Portfolio, holder: User, later: datetime) -> None:
    with translation.override("en-gb"):
        contents = statement_contents(made(owned, holder, later), "en_GB")
        content = report_pdf(contents, later, "en_GB")

    text = _text_of(content)
    assert "Statement of benefits: Otto Own" in text
    assert "To date, up to the end of Feb 2028, as known on 10 Mar 2028. GBP at 2026 prices." in text
    assert "Cashable: £11 realised where £77 was planned; £5 verified." in text
    assert "Cashable and other benefits together: £13 realised where £88 was planned; £5 verified." in text
    assert "1 benefit has no value in money and is in no sum." in text
    assert "Is the owner's value arriving?" in text
    assert "Counted twice" in text
    assert "What the words mean" in text
    assert "Signature" in text


def test_a_pdf_names_the_first_of_many_and_a_workbook_all(
    owned: Portfolio, holder: User, executive: User, signed_in: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "MOST_PRINTED", 2)

    for address in (f"/p/agency/owners/{holder.pk}/statement", "/p/agency/statement/statement"):
        count = 4 if "owners" in address else 6
        browser = signed_in(executive)
        text = _text_of(browser.get(f"{address}.pdf").content)
        assert f"The first 2 of {count}; the workbook holds all." in text
        assert "Less paper" in text
        assert "Benefit ALPHA-Q" not in text
        book = openpyxl.load_workbook(io.BytesIO(browser.get(f"{address}.xlsx").content))
        assert book["Benefits"].max_row == 1 + count


def _text_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_it_comes_as_a_workbook(owned: Portfolio, holder: User, later: datetime) -> None:
    with translation.override("en-gb"):
        content = report_xlsx(statement_contents(made(owned, holder, later), "en_GB"), later, "en_GB")

    book = openpyxl.load_workbook(io.BytesIO(content))
    rows = list(book["Benefits"].iter_rows(values_only=True))
    assert rows[1][:9] == ("ALPHA-B", "Less paper", "Initiative ALPHA", "Cashable", "No", 82.5, 82.5, 11, 5)
    assert rows[1][9] == pytest.approx(11 / 82.5)


def test_its_owner_reads_and_downloads_it(owned: Portfolio, holder: User, signed_in: Browser) -> None:
    address = f"/p/agency/owners/{holder.pk}/"

    page = signed_in(holder).get(address)
    assert page.status_code == 200
    assert "Statement of benefits: Otto Own" in page.content.decode()
    file = signed_in(holder).get(f"{address}statement.xlsx")
    assert file["Content-Type"] == MEDIA_TYPES["xlsx"]
    assert signed_in(holder).get(f"{address}statement.pdf").content.startswith(b"%PDF-")


def test_the_statement_of_a_past_owner_stays(
    owned: Portfolio, holder: User, owner: User, member: User, signed_in: Browser, later: datetime
) -> None:
    for benefit in Benefit.objects.filter(owner=holder):
        benefit_change(benefit=benefit, owner=owner, owner_name=owner.name, by=owner, at=later + A_DAY)
    Assignment.objects.filter(user=holder).delete()

    page = signed_in(member).get(f"/p/agency/owners/{holder.pk}/")
    assert page.status_code == 200
    assert "Otto Own owns no benefit of work that is funded." in page.content.decode()
    assert statement_known(member, owned, holder, period_of(owned, "", later), later).benefits == 4


def test_a_viewer_reads_it_but_downloads_nothing(
    owned: Portfolio, holder: User, member: User, signed_in: Browser
) -> None:
    address = f"/p/agency/owners/{holder.pk}/"

    assert signed_in(member).get(address).status_code == 200
    assert signed_in(member).get(f"{address}statement.pdf").status_code == 403


def test_a_stranger_is_shown_nothing(owned: Portfolio, holder: User, stranger: User, signed_in: Browser) -> None:
    assert signed_in(stranger).get(f"/p/agency/owners/{holder.pk}/").status_code == 404
    assert signed_in(holder).get(f"/p/agency/owners/{stranger.pk}/").status_code == 404


@pytest.mark.parametrize("query", ["period=1066", "period=soon", "on=yesterday"])
def test_it_refuses_a_time_that_there_is_not(owned: Portfolio, holder: User, signed_in: Browser, query: str) -> None:
    assert signed_in(holder).get(f"/p/agency/owners/{holder.pk}/?{query}").status_code == 404


def test_it_reads_in_the_api(owned: Portfolio, holder: User, later: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: later)
    token = token_issue(name="figures", by=holder, at=later)[1]
    client = Client(headers={"Authorization": f"Bearer {token}"})
    address = f"/api/v1/portfolios/agency/owners/{holder.pk}/statement"

    answer = client.get(address).json()
    assert (answer["owner"], answer["name"], answer["currency"]) == (holder.pk, "Otto Own", "GBP")
    assert [row["code"] for row in answer["benefits"]] == ["ALPHA-B", "ALPHA-N", "ALPHA-D", "ALPHA-Q"]
    assert answer["cashable"] == {"planned": 77.0, "forecast": 77.0, "realised": 11.0, "verified": 5.0}
    assert answer["contested"][0]["remark"] == "Counted twice"
    assert client.get(f"{address}?on=2028-03-09").json()["benefits"] == []
    assert client.get(f"{address}?on=2028-03-11").status_code == 404
    owners = client.get("/api/v1/portfolios/agency/owners").json()
    assert [(row["name"], row["benefits"]) for row in owners["items"]] == [("Otto Own", 4), ("", 2)]


def test_the_statement_of_all_benefits_reads_in_the_api(
    owned: Portfolio, owner: User, later: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: later)
    token = token_issue(name="figures", by=owner, at=later)[1]
    client = Client(headers={"Authorization": f"Bearer {token}"})
    address = "/api/v1/portfolios/agency/statement"

    answer = client.get(address).json()
    assert (answer["owner"], answer["name"], answer["benefit_count"], len(answer["benefits"])) == (None, "", 6, 6)
    assert (answer["missing_count"], answer["contested_count"]) == (0, 1)
    monkeypatch.setattr(api, "MOST_ROWS", 4)
    last = client.get(f"{address}?page=2").json()
    assert (len(last["benefits"]), last["together"]) == (2, answer["together"])
    assert client.get(f"{address}?on=2028-03-09").json()["benefit_count"] == 3


def test_what_is_kept_of_each_benefit_states_the_same(owned: Portfolio, holder: User, later: datetime) -> None:
    for word in ("", "2027", "2026"):
        period = period_of(owned, word, later)
        kept, known = statement_now(holder, owned, holder, period, later), made(owned, holder, later, word)

        assert [astuple(line.figures) for line in kept.lines] == [astuple(line.figures) for line in known.lines]
        assert kept.groups == known.groups
        assert kept.arriving().rows == known.arriving().rows
        assert (kept.unvalued, kept.without_baseline) == (known.unvalued, known.without_baseline)
        assert (kept.asked, kept.contested) == (known.asked, known.contested)


def test_what_is_not_kept_yet_is_worked_out(owned: Portfolio, holder: User, later: datetime) -> None:
    Arrival.objects.all().delete()

    stated = statement_now(holder, owned, holder, period_of(owned, "", later), later)
    assert astuple(stated.together) == (88.0, 88.0, 13.0, 5.0)


def test_the_statement_of_all_benefits_adds_up_those_of_the_owners(
    owned: Portfolio, holder: User, later: datetime
) -> None:
    period = period_of(owned, "", later)
    everything, known = (read(holder, owned, None, period, later) for read in (statement_now, statement_known))

    assert [line.benefit.code for line in everything.lines] == [line.benefit.code for line in known.lines]
    assert everything.benefits == 6
    assert everything.groups == known.groups
    assert astuple(everything.together) == astuple(known.together)


def test_a_page_lists_some_and_adds_up_all(owned: Portfolio, holder: User, later: datetime) -> None:
    period = period_of(owned, "", later)
    first, last = (statement_now(holder, owned, holder, period, later, leaf=Leaf(page, 3)) for page in (1, 9))

    assert [line.benefit.code for line in first.lines] == ["ALPHA-B", "ALPHA-N", "ALPHA-D"]
    assert [line.benefit.code for line in last.lines] == ["ALPHA-Q"]
    assert first.groups == last.groups


def test_the_past_of_too_many_benefits_is_refused(
    owned: Portfolio, holder: User, later: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statement_rows, "MOST_OF_THE_PAST", 5)

    with pytest.raises(Http404, match="at most 5 benefits at once"):
        statement_known(holder, owned, None, period_of(owned, "", later), later)


def test_the_statement_of_all_benefits_comes_as_a_page_and_as_files(
    owned: Portfolio, executive: User, member: User, signed_in: Browser
) -> None:
    address = "/p/agency/statement/"

    assert "Statement of all benefits" in signed_in(member).get(address).content.decode()
    assert signed_in(member).get(f"{address}?period=1066").status_code == 404
    assert signed_in(member).get(f"{address}statement.pdf").status_code == 403
    browser = signed_in(executive)
    assert browser.get(f"{address}statement.pdf").content.startswith(b"%PDF-")
    assert browser.get(f"{address}statement.xlsx")["Content-Type"] == MEDIA_TYPES["xlsx"]
    assert browser.get(f"{address}statement.docx").status_code == 404
