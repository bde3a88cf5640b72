"""The pages of measurements: one value, many, a file, verification, evidence, closing."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.benefits.models import Benefit, Evidence, Measurement
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.realisation.actions import (
    evidence_add,
    measurement_record,
    measurement_verify,
    period_close,
    requests_open,
)
from openvmo_web.realisation.models import Request, Unverified

Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Let the pages be read at the moment at which the cast acts."""
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.fixture
def january(benefit: Benefit, measurer: User, now: datetime) -> Measurement:
    row = measurement_record(benefit=benefit, month=Month(2026, 1), value=90, by=measurer, at=now)
    assert row is not None
    return row


def address(benefit: Benefit, month: str = "") -> str:
    query = f"?month={month}" if month else ""
    return f"/p/agency/benefits/{benefit.pk}/measure/{query}"


def test_the_entry_page_asks_for_one_number(benefit: Benefit, measurer: User, signed_in: Browser) -> None:
    page = signed_in(measurer).get(address(benefit, "2026-02")).content.decode()
    assert "What did February 2026 bring?" in page
    assert "£100.00" in page  # planned: a twelfth of 1,200 a year
    assert 'value="General ledger"' in page


def test_it_asks_for_what_is_due_longest(
    benefit: Benefit, measurer: User, portfolio: Portfolio, now: datetime, signed_in: Browser
) -> None:
    requests_open(portfolio=portfolio, at=now)
    assert "What did July 2025 bring?" in signed_in(measurer).get(address(benefit)).content.decode()


def test_a_value_is_saved_with_its_evidence_and_the_next_request_is_offered(
    benefit: Benefit, measurer: User, portfolio: Portfolio, now: datetime, signed_in: Browser
) -> None:
    requests_open(portfolio=portfolio, at=now)
    photo = SimpleUploadedFile("ledger.png", b"\x89PNG\r\n\x1a\n...", "image/png")
    answer = signed_in(measurer).post(
        address(benefit, "2025-07"), {"value": "1,250.50", "remark": "As booked", "file": photo}, follow=True
    )
    assert answer.redirect_chain == [(f"{address(benefit, '2025-07')}&saved=yes", 302)]
    page = answer.content.decode()
    assert "July 2025: <span" in page
    assert "Next: Less paper, Aug 2025" in page
    row = Measurement.objects.get()
    assert (row.value, row.source, row.remark) == (Decimal("1250.5"), "General ledger", "As booked")
    assert (Evidence.objects.get().name, Request.objects.get(month=date(2025, 7, 1)).state) == (
        "ledger.png",
        "answered",
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"value": ""}, "This field is required"),
        ({"value": "many"}, "A number is expected here"),
        ({"value": "5%"}, "can be read in two ways"),
        ({"value": "7", "file": SimpleUploadedFile("a.exe", b"MZ")}, "of a kind that is not taken"),
    ],
)
def test_what_cannot_be_saved_is_said_and_nothing_changes(
    benefit: Benefit, measurer: User, signed_in: Browser, given: dict[str, object], sentence: str
) -> None:
    answer = signed_in(measurer).post(address(benefit, "2026-01"), given)
    assert (answer.status_code, Measurement.objects.count(), Evidence.objects.count()) == (422, 0, 0)
    assert sentence in answer.content.decode()


def test_a_value_is_not_saved_without_its_evidence(
    benefit: Benefit, measurer: User, now: datetime, signed_in: Browser
) -> None:
    evidence_add(benefit=benefit, month=Month(2026, 1), name="a.txt", content=b"a", by=measurer, at=now)
    again = {"value": "7", "file": SimpleUploadedFile("b.txt", b"a")}
    answer = signed_in(measurer).post(address(benefit, "2026-01"), again)
    assert answer.status_code == 422
    assert Measurement.objects.count() == 0


def test_what_a_quarter_brought_is_spread_over_its_months(benefit: Benefit, measurer: User, signed_in: Browser) -> None:
    Benefit.objects.filter(pk=benefit.pk).update(frequency="quarterly")
    browser = signed_in(measurer)
    assert "What did October 2025 to December 2025 bring?" in browser.get(address(benefit, "2025-12")).content.decode()
    browser.post(address(benefit, "2025-12"), {"value": "100"})
    values = list(Measurement.objects.order_by("month").values_list("month", "value"))
    assert values == [
        (date(2025, 10, 1), Decimal("33.333333")),
        (date(2025, 11, 1), Decimal("33.333333")),
        (date(2025, 12, 1), Decimal("33.333334")),
    ]
    assert 'value="100"' in browser.get(address(benefit, "2025-12")).content.decode()


def test_a_period_is_asked_for_without_its_closed_months(
    benefit: Benefit, measurer: User, portfolio: Portfolio, finance: User, now: datetime, signed_in: Browser
) -> None:
    Benefit.objects.filter(pk=benefit.pk).update(frequency="quarterly")
    period_close(portfolio=portfolio, until=Month(2025, 10), by=finance, at=now)
    browser = signed_in(measurer)
    assert "What did November 2025 to December 2025 bring?" in browser.get(address(benefit, "2025-12")).content.decode()
    assert "October 2025 is closed" in browser.get(address(benefit, "2025-10")).content.decode()
    assert browser.post(address(benefit, "2025-12"), {"value": "100"}).status_code == 302
    values = list(Measurement.objects.order_by("month").values_list("month", "value"))
    assert values == [(date(2025, 11, 1), Decimal(50)), (date(2025, 12, 1), Decimal(50))]
    period_close(portfolio=portfolio, until=Month(2025, 12), by=finance, at=now)
    assert "December 2025 is closed" in browser.get(address(benefit, "2025-12")).content.decode()


def test_the_same_value_with_evidence_keeps_the_figures_of_the_months(
    benefit: Benefit, measurer: User, finance: User, now: datetime, signed_in: Browser
) -> None:
    Benefit.objects.filter(pk=benefit.pk).update(frequency="quarterly")
    for month, value in ((10, 20), (11, 30), (12, 50)):
        row = measurement_record(benefit=benefit, month=Month(2025, month), value=value, by=measurer, at=now)
        assert row is not None
        measurement_verify(measurement=row, by=finance, at=now)
    browser = signed_in(measurer)
    assert 'value="100"' in browser.get(address(benefit, "2025-12")).content.decode()
    paper = SimpleUploadedFile("ledger.txt", b"100")
    given = {"value": "100", "source": "General ledger", "file": paper}
    assert browser.post(address(benefit, "2025-12"), given).status_code == 302
    in_force = Measurement.objects.filter(superseded_by=None).order_by("month")
    assert list(in_force.values_list("value", "is_verified")) == [
        (Decimal(20), True),
        (Decimal(30), True),
        (Decimal(50), True),
    ]
    assert (Measurement.objects.count(), Evidence.objects.get().name) == (6, "ledger.txt")


def test_a_level_is_asked_for_as_it_stood(benefit: Benefit, measurer: User, signed_in: Browser) -> None:
    Benefit.objects.filter(pk=benefit.pk).update(
        accrual="level",
        frequency="quarterly",
        direction="decrease",
        baseline=500,
        unit="sheets",
        measure="Sheets a day",
    )
    page = signed_in(measurer).get(address(benefit, "2025-12")).content.decode()
    assert "Where did “Sheets a day” stand in December 2025?" in page
    assert "-700" in page  # 500 less the 1,200 that are planned a year


@pytest.mark.parametrize("month", ["2026", "9999-12", "0001-01", "2026-13"])
def test_a_month_that_is_none_is_not_found(benefit: Benefit, measurer: User, signed_in: Browser, month: str) -> None:
    assert signed_in(measurer).get(address(benefit, month)).status_code == 404


def test_the_grid_records_what_changed_and_nothing_else(
    benefit: Benefit, january: Measurement, measurer: User, signed_in: Browser
) -> None:
    cells = {f"v{benefit.pk}-2026-01": "90", f"v{benefit.pk}-2026-02": "95,5", f"v{benefit.pk}-2025-12": ""}
    cells[f"o{benefit.pk}-2026-01"] = "90"
    answer = signed_in(measurer).post("/p/agency/measurements/enter/", cells, follow=True)
    assert "1 value recorded." in answer.content.decode()
    assert list(Measurement.objects.order_by("pk").values_list("month", "value")) == [
        (date(2026, 1, 1), Decimal(90)),
        (date(2026, 2, 1), Decimal("95.5")),
    ]


def test_the_grid_marks_each_wrong_cell_and_records_nothing(
    benefit: Benefit, january: Measurement, measurer: User, signed_in: Browser
) -> None:
    cells = {f"v{benefit.pk}-2026-01": "", f"v{benefit.pk}-2026-02": "x", f"v{benefit.pk}-2025-12": "80"}
    cells[f"o{benefit.pk}-2026-01"] = "90"
    answer = signed_in(measurer).post("/p/agency/measurements/enter/", cells)
    page = answer.content.decode()
    assert (answer.status_code, Measurement.objects.count()) == (422, 1)
    assert page.count('aria-invalid="true"') == 2
    assert "A reported value is not erased." in page
    assert 'value="80"' in page


def test_a_cell_that_nobody_touched_leaves_a_newer_figure_alone(
    benefit: Benefit, january: Measurement, measurer: User, owner: User, now: datetime, signed_in: Browser
) -> None:
    browser = signed_in(measurer)
    page = browser.get("/p/agency/measurements/enter/").content.decode()
    assert f'<input type="hidden" name="o{benefit.pk}-2026-01" value="90">' in page
    measurement_record(benefit=benefit, month=Month(2026, 1), value=97, by=owner, at=now)
    as_shown = {f"v{benefit.pk}-2026-01": "90", f"o{benefit.pk}-2026-01": "90"}
    other_cell = {f"v{benefit.pk}-2026-02": "95", f"o{benefit.pk}-2026-02": ""}
    browser.post("/p/agency/measurements/enter/", as_shown | other_cell)
    in_force = Measurement.objects.filter(superseded_by=None).order_by("month")
    assert list(in_force.values_list("value", flat=True)) == [Decimal(97), Decimal(95)]


def test_a_cell_that_both_changed_is_refused_until_the_newer_figure_was_seen(
    benefit: Benefit, january: Measurement, measurer: User, owner: User, now: datetime, signed_in: Browser
) -> None:
    measurement_record(benefit=benefit, month=Month(2026, 1), value=97, by=owner, at=now)
    browser = signed_in(measurer)
    typed = {f"v{benefit.pk}-2026-01": "91", f"o{benefit.pk}-2026-01": "90"}
    answer = browser.post("/p/agency/measurements/enter/", typed)
    page = answer.content.decode()
    assert (answer.status_code, "Meanwhile 97 was reported here. Save again to replace it." in page) == (422, True)
    assert f'<input type="hidden" name="o{benefit.pk}-2026-01" value="97">' in page
    assert Measurement.objects.get(superseded_by=None).value == 97
    browser.post("/p/agency/measurements/enter/", typed | {f"o{benefit.pk}-2026-01": "97"})
    assert Measurement.objects.get(superseded_by=None).value == 91


def test_the_grid_has_no_months_before_1990(benefit: Benefit, measurer: User, signed_in: Browser) -> None:
    browser = signed_in(measurer)
    answer = browser.get("/p/agency/measurements/enter/?until=0001-02")
    assert (answer.status_code, f'name="v{benefit.pk}-1990-01"' in answer.content.decode()) == (200, True)
    for month in ("0000-05", "0001-05"):
        assert browser.post("/p/agency/measurements/enter/", {f"v{benefit.pk}-{month}": "5"}).status_code == 302
    assert Measurement.objects.count() == 0


def test_the_grid_shows_only_what_one_may_report(
    benefit: Benefit, measurer: User, owner: User, signed_in: Browser
) -> None:
    assert signed_in(measurer).get("/p/agency/measurements/enter/").content.decode().count('scope="row"') == 1
    assert signed_in(owner).get("/p/agency/measurements/enter/").content.decode().count('scope="row"') == 4
    other = Benefit.objects.get(code="BETA-B")
    signed_in(measurer).post("/p/agency/measurements/enter/", {f"v{other.pk}-2026-01": "5"})
    assert Measurement.objects.count() == 0


def test_verifiers_see_what_waits_and_verify_it(
    benefit: Benefit, january: Measurement, measurer: User, finance: User, signed_in: Browser
) -> None:
    browser = signed_in(finance)
    page = browser.get("/p/agency/measurements/verify/").content.decode()
    assert ("£90.00" in page, "£100.00" in page, "Mia Measurer" in page) == (True, True, True)
    answer = browser.post(
        "/p/agency/measurements/verify/", {"measurement": [january.pk], "verdict": "verify"}, follow=True
    )
    assert "1 measurement verified." in answer.content.decode()
    assert (Measurement.objects.filter(is_verified=True).count(), Unverified.objects.count()) == (1, 0)


def test_verifiers_contest_with_a_reason(
    benefit: Benefit, january: Measurement, measurer: User, finance: User, signed_in: Browser
) -> None:
    browser = signed_in(finance)
    chosen = {"measurement": [january.pk], "verdict": "contest"}
    assert (
        "Say what is doubtful" in browser.post("/p/agency/measurements/verify/", chosen, follow=True).content.decode()
    )
    browser.post("/p/agency/measurements/verify/", chosen | {"remark": "Which ledger?"})
    assert "Which ledger?" in browser.get("/p/agency/measurements/verify/?state=contested").content.decode()
    assert "Which ledger?" in signed_in(measurer).get(address(benefit, "2026-01")).content.decode()


def test_the_owner_of_a_benefit_contests_what_others_reported_for_it(
    benefit: Benefit, january: Measurement, portfolio: Portfolio, holder: User, owner: User, signed_in: Browser
) -> None:
    other = measurement_record(
        benefit=Benefit.objects.get(code="BETA-B"), month=Month(2026, 1), value=1, by=owner, at=timezone.now()
    )
    assert other is not None
    browser = signed_in(holder)
    page = browser.get("/p/agency/measurements/verify/").content.decode()
    assert (page.count('name="measurement"'), 'value="verify"' in page, 'value="contest"' in page) == (1, False, True)
    doubt = {"verdict": "contest", "remark": "Which ledger?"}
    assert browser.post("/p/agency/measurements/verify/", doubt | {"measurement": [other.pk]}).status_code == 403
    assert (
        browser.post("/p/agency/measurements/verify/", {"measurement": [january.pk], "verdict": "verify"}).status_code
        == 403
    )
    assert Measurement.objects.count() == 2
    browser.post("/p/agency/measurements/verify/", doubt | {"measurement": [january.pk]})
    row = Measurement.objects.get(supersedes=january)
    assert (row.is_contested, row.remark, row.recorded_by) == (True, "Which ledger?", holder)


def test_nobody_chooses_a_figure_of_ones_own(
    benefit: Benefit, finance: User, now: datetime, signed_in: Browser
) -> None:
    Benefit.objects.filter(pk=benefit.pk).update(measurer=finance)
    benefit.refresh_from_db()
    own = measurement_record(benefit=benefit, month=Month(2026, 1), value=1, by=finance, at=now)
    assert own is not None
    browser = signed_in(finance)
    page = browser.get("/p/agency/measurements/verify/").content.decode()
    assert ("yours" in page, 'name="measurement"' in page) == (True, False)
    answer = browser.post("/p/agency/measurements/verify/", {"measurement": [own.pk], "verdict": "verify"}, follow=True)
    assert "another person has to verify it" in answer.content.decode()
    assert Measurement.objects.count() == 1


def test_requests_are_listed_by_where_they_stand(
    benefit: Benefit, portfolio: Portfolio, owner: User, now: datetime, signed_in: Browser
) -> None:
    requests_open(portfolio=portfolio, at=now)
    browser = signed_in(owner)
    assert browser.get("/p/agency/measurements/").context["table"].paginator.count == 8
    stands = {
        state: browser.get(f"/p/agency/measurements/?stands={state}").context["table"].paginator.count
        for state in ("open", "late", "missing", "answered")
    }
    # January was due on 15 February and so is late; what was due a month earlier is missing.
    assert stands == {"open": 1, "late": 1, "missing": 6, "answered": 0}


def test_a_request_is_waived_with_a_reason(
    benefit: Benefit, portfolio: Portfolio, owner: User, measurer: User, now: datetime, signed_in: Browser
) -> None:
    requests_open(portfolio=portfolio, at=now)
    asked = Request.objects.first()
    assert asked is not None
    page = f"/p/agency/measurements/requests/{asked.pk}/waive/"
    assert signed_in(measurer).post(page, {"reason": "No"}).status_code == 403
    assert signed_in(owner).post(page, {"reason": ""}).status_code == 422
    assert signed_in(owner).post(page, {"reason": "Not live yet"}).status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.reason) == ("waived", "Not live yet")
    assert "Waived" in signed_in(owner).get("/p/agency/measurements/?stands=waived").content.decode()


def test_evidence_is_a_download_that_no_browser_runs(
    benefit: Benefit, measurer: User, member: User, stranger: User, now: datetime, signed_in: Browser
) -> None:
    file = evidence_add(
        benefit=benefit, month=Month(2026, 1), name="Beleg ü.txt", content=b"<b>90</b>", by=measurer, at=now
    )
    page = f"/p/agency/evidence/{file.pk}/"
    answer = signed_in(member).get(page)
    assert answer.content == b"<b>90</b>"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=utf-8''Beleg%20%C3%BC.txt"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert signed_in(stranger).get(page).status_code == 404


def test_a_link_in_an_e_mail_leads_to_the_page_after_signing_in(benefit: Benefit) -> None:
    answer = Client().get(address(benefit, "2026-01"))
    assert answer.status_code == 302
    assert answer.headers["Location"] == (
        f"/accounts/login/?next=/p/agency/benefits/{benefit.pk}/measure/%3Fmonth%3D2026-01"
    )


def test_months_are_closed_and_opened_again(
    benefit: Benefit, january: Measurement, portfolio: Portfolio, finance: User, measurer: User, signed_in: Browser
) -> None:
    browser = signed_in(finance)
    assert "Not verified" in browser.get("/p/agency/measurements/closing/").content.decode()
    browser.post("/p/agency/measurements/closing/close/", {"until": "2026-01", "reason": ""})
    portfolio.refresh_from_db()
    assert portfolio.closed_until == date(2026, 1, 1)
    assert "January 2026 is closed" in signed_in(measurer).get(address(benefit, "2026-01")).content.decode()
    assert browser.post("/p/agency/measurements/closing/reopen/", {"until": "2025-12"}).status_code == 422
    browser.post("/p/agency/measurements/closing/reopen/", {"until": "2025-12", "reason": "Wrong ledger"})
    portfolio.refresh_from_db()
    assert portfolio.closed_until == date(2025, 12, 1)
    assert signed_in(measurer).post("/p/agency/measurements/closing/close/", {"until": "2026-01"}).status_code == 403


def filled(rows: list[list[object]]) -> SimpleUploadedFile:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Measurements"
    sheet.append(["Initiative", "Benefit", "Name", "Month", "Value", "Unit", "Source", "Remark"])
    for row in rows:
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return SimpleUploadedFile("filled.xlsx", content.getvalue())


def test_a_file_goes_out_and_comes_back_with_only_its_changes(
    benefit: Benefit, january: Measurement, owner: User, now: datetime, signed_in: Browser
) -> None:
    measurement_record(benefit=benefit, month=Month(2026, 2), value=95, by=owner, at=now)
    browser = signed_in(owner)
    exported = browser.get("/p/agency/measurements/all.xlsx?since=2026-01&until=2026-02")
    book = load_workbook(io.BytesIO(exported.content))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[3]][:5] == ["ALPHA", "ALPHA-B", "Less paper", "2026-02", 95]
    sheet.cell(3, 5).value = 97
    changed = io.BytesIO()
    book.save(changed)
    answer = browser.post(
        "/p/agency/measurements/file/", {"file": SimpleUploadedFile("m.xlsx", changed.getvalue())}, follow=True
    )
    assert "1 value recorded. 1 said the same as before." in answer.content.decode()
    assert Measurement.objects.count() == 3
    assert Measurement.objects.get(month=date(2026, 2, 1), superseded_by=None).value == 97


def test_a_wrong_file_names_each_problem_in_its_place(benefit: Benefit, measurer: User, signed_in: Browser) -> None:
    file = filled(
        [
            ["ALPHA", "ALPHA-B", "", "2026-01", 90, "GBP", "", ""],
            ["ALPHA", "ALPHA-B", "", "soon", 90, "", "", ""],
            ["ALPHA", "ALPHA-B", "", "2026-09", 90, "", "", ""],
            ["ALPHA", "ALPHA-B", "", "2025-12", 90, "hours", "", ""],
            ["ALPHA", "NONE", "", "2025-12", 90, "", "", ""],
            ["BETA", "BETA-B", "", "2025-12", 90, "", "", ""],
            ["ALPHA", "ALPHA-B", "", "2026-01", 91, "", "", ""],
            ["ALPHA", "ALPHA-B", "", "2025-11", "", "", "", ""],
        ]
    )
    answer = signed_in(measurer).post("/p/agency/measurements/file/", {"file": file})
    assert (answer.status_code, Measurement.objects.count()) == (422, 0)
    assert [(one.where, one.what) for one in answer.context["findings"]] == [
        ("Measurements · row 8 · month · 2026-01", "Row 2 states this month already."),
        ("Measurements · row 3 · month · soon", "A month is expected here."),
        (
            "Measurements · row 4 · month · 2026-09",
            "September 2026 has not begun yet: report it when there is something to report.",
        ),
        (
            "Measurements · row 5 · unit · hours",
            "“Less paper” is measured in GBP, not in hours: convert the value and state it again.",
        ),
        ("Measurements · row 6 · benefit · NONE", "There is no such benefit in this initiative."),
        ("Measurements · row 7 · benefit · BETA-B", "This benefit is not yours to report."),
    ]


def test_a_template_asks_for_what_is_due(
    benefit: Benefit, portfolio: Portfolio, measurer: User, now: datetime, signed_in: Browser
) -> None:
    requests_open(portfolio=portfolio, at=now)
    content = signed_in(measurer).get("/p/agency/measurements/template.csv").content.decode("utf-8-sig")
    lines = content.splitlines()
    assert lines[0] == "initiative,benefit,name,month,value,unit,source,remark"
    assert lines[1] == "ALPHA,ALPHA-B,Less paper,2025-07,,GBP,General ledger,"
    assert len(lines) == 9
    filled_in = content.replace("2025-07,,", "2025-07,12.5,")
    answer = signed_in(measurer).post(
        "/p/agency/measurements/file/", {"file": SimpleUploadedFile("m.csv", filled_in.encode())}, follow=True
    )
    assert "1 value recorded." in answer.content.decode()


def test_what_is_due_is_exported(
    benefit: Benefit, portfolio: Portfolio, owner: User, now: datetime, signed_in: Browser
) -> None:
    requests_open(portfolio=portfolio, at=now)
    content = signed_in(owner).get("/p/agency/measurements/due.csv?stands=late").content.decode("utf-8-sig")
    assert content.splitlines()[1] == "ALPHA,ALPHA-B,Less paper,2026-01,2026-02-15,Late,Mia Measurer,0,"
