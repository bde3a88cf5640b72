"""The register: filters, search, order, pages, and the same list as a file."""

import csv
import io
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.web.reports.test_cockpit import text_of

from openvmo_web.access.models import User
from openvmo_web.insight.models import Run, Worth
from openvmo_web.portfolio.actions import initiative_add, initiative_change, programme_add
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.reports.register import register_rows

Browser = Callable[[User], Client]
REGISTER = "/p/agency/initiatives/"
BY_NAME = ["ALPHA", "BETA", "DELTA", "GAMMA"]


def shown(browser: Client, **parameters: Any) -> list[str]:
    """The codes of the rows, from the top."""
    answer = browser.get(REGISTER, parameters)
    assert answer.status_code == 200
    return [row.record.code for row in answer.context["table"].paginated_rows]


@pytest.fixture
def mixed(portfolio: Portfolio, owner: User, now: datetime) -> Portfolio:
    """The small portfolio, in which BETA belongs to a programme, a unit and a category, and is approved."""
    programme = programme_add(portfolio=portfolio, code="P", name="Harbours", by=owner, at=now)
    beta = Initiative.objects.get(code="BETA")
    values = {"programme": programme, "unit": "Port office", "category": "Building", "state": "approved"}
    initiative_change(initiative=beta, by=owner, at=now, **values)
    Initiative.objects.filter(code="GAMMA").update(confidence="red")
    return portfolio


def test_it_filters_and_searches(mixed: Portfolio, owner: User, signed_in: Browser) -> None:
    browser = signed_in(owner)
    programme = mixed.programmes.get()
    assert shown(browser) == BY_NAME
    assert shown(browser, programme=programme.pk) == ["BETA"]
    assert shown(browser, unit="Port office") == ["BETA"]
    assert shown(browser, category="Building") == ["BETA"]
    assert shown(browser, state=["approved", "closed"]) == ["BETA"]
    assert shown(browser, confidence=["red", "amber"]) == ["GAMMA"]
    assert shown(browser, search="initiative port") == ["BETA"]
    assert shown(browser, search="GAM") == ["GAMMA"]
    assert shown(browser, search="alpha beta") == []


def test_it_offers_only_what_the_portfolio_has(mixed: Portfolio, owner: User, signed_in: Browser) -> None:
    form = signed_in(owner).get(REGISTER).context["filter"].form
    assert [str(label) for _value, label in form.fields["unit"].choices] == ["All units", "Port office"]
    assert [str(label) for _value, label in form.fields["programme"].choices] == ["All programmes", "Harbours"]


def test_a_filter_without_rows_says_what_to_do(mixed: Portfolio, owner: User, signed_in: Browser) -> None:
    page = text_of(signed_in(owner).get(REGISTER, {"search": "nothing like it"}).content)
    assert "No initiative matches" in page
    assert "Clear the filters to see all initiatives." in page


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["ALPHA", "BETA", "DELTA", "GAMMA"]),
        ("-name", ["GAMMA", "DELTA", "BETA", "ALPHA"]),
        ("state", ["ALPHA", "DELTA", "GAMMA", "BETA"]),
        ("-state", ["BETA", "ALPHA", "DELTA", "GAMMA"]),
        ("-confidence", ["ALPHA", "BETA", "DELTA", "GAMMA"]),
        ("confidence", ["GAMMA", "ALPHA", "BETA", "DELTA"]),
        ("programme", ["BETA", "ALPHA", "DELTA", "GAMMA"]),
        ("-programme", ["BETA", "ALPHA", "DELTA", "GAMMA"]),
        ("-go_live", ["ALPHA", "BETA", "DELTA", "GAMMA"]),
        ("-cost", ["ALPHA", "BETA", "GAMMA", "DELTA"]),
        ("cost", ["DELTA", "GAMMA", "BETA", "ALPHA"]),
        ("-benefit", ["ALPHA", "BETA", "GAMMA", "DELTA"]),
        ("-npv", ["ALPHA", "BETA", "GAMMA", "DELTA"]),
        ("npv", ["DELTA", "GAMMA", "BETA", "ALPHA"]),
        ("-loss", ["DELTA"]),
    ],
)
def test_it_sorts_by_every_figure(
    sort: str, expected: list[str], mixed: Portfolio, forecast: Run, owner: User, signed_in: Browser
) -> None:
    assert shown(signed_in(owner), sort=sort)[: len(expected)] == expected


def test_what_is_not_known_comes_last_in_either_order(
    portfolio: Portfolio, owner: User, now: datetime, signed_in: Browser
) -> None:
    initiative_add(portfolio=portfolio, code="BARE", name="Bare", by=owner, at=now)
    browser = signed_in(owner)
    assert shown(browser, sort="cost")[-1] == "BARE"
    assert shown(browser, sort="-cost")[-1] == "BARE"


def test_it_shows_the_worth_of_the_newest_forecast(
    mixed: Portfolio, forecast: Run, owner: User, later: datetime
) -> None:
    worth = Worth.objects.get(initiative__code="ALPHA")
    row: Any = register_rows(owner, mixed, forecast).get(code="ALPHA")
    assert (row.npv_mean, row.npv_p10, row.npv_p90) == (worth.npv_mean, worth.npv_p10, worth.npv_p90)
    without: Any = register_rows(owner, mixed, None).get(code="ALPHA")
    assert without.npv_mean is None


def test_it_comes_in_pages(portfolio: Portfolio, owner: User, now: datetime, signed_in: Browser) -> None:
    for number in range(60):
        initiative_add(portfolio=portfolio, code=f"N{number:02}", name=f"New {number:02}", by=owner, at=now)
    browser = signed_in(owner)
    assert len(shown(browser)) == 50
    assert shown(browser, page=2)[-1] == "N59"
    assert len(shown(browser, page=2)) == 14
    assert "51 to 64 of 64" in text_of(browser.get(REGISTER, {"page": 2}).content)


def test_it_needs_at_most_thirteen_queries(
    portfolio: Portfolio, forecast: Run, owner: User, now: datetime, signed_in: Browser
) -> None:
    browser = signed_in(owner)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(REGISTER).status_code == 200
        return len(captured)

    queries()
    few = queries()
    for number in range(60):
        initiative_add(portfolio=portfolio, code=f"N{number}", name=f"New {number}", by=owner, at=now)
    assert queries() == few <= 13


def test_an_empty_register_says_how_to_fill_it(portfolio: Portfolio, owner: User, signed_in: Browser) -> None:
    empty = Portfolio.objects.get()
    empty.pk, empty.slug, empty.name = 2, "empty", "Empty"
    empty.save(force_insert=True)
    owner.assignments.update(portfolio_id=None)
    page = text_of(signed_in(owner).get("/p/empty/initiatives/").content)
    assert "This portfolio has no initiatives yet" in page
    assert "Import initiatives" in page


HEADING = [
    "Code",
    "Initiative",
    "Programme",
    "Unit",
    "Category",
    "State",
    "Delivery confidence",
    "Whole-life cost (GBP, 2026 prices)",
    "Start",
    "Go-live",
    "Steady benefit a year (GBP, 2026 prices)",
    "Expected net present value (GBP, 2026 prices)",
    "Net present value, low (P10) (GBP, 2026 prices)",
    "Net present value, high (P90) (GBP, 2026 prices)",
    "Chance of loss (share)",
]


def test_the_file_holds_what_the_page_shows(mixed: Portfolio, owner: User, signed_in: Browser) -> None:
    answer = signed_in(owner).get(f"{REGISTER}export.csv", {"state": "approved"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="agency-initiatives.csv"'
    assert list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))) == [
        HEADING,
        [
            "BETA",
            "Initiative BETA",
            "Harbours",
            "Port office",
            "Building",
            "Approved",
            "Not stated",
            "80.000000",
            "2026-04-01",
            "2027-04-01",
            "60.000000",
            "",
            "",
            "",
            "",
        ],
    ]


def test_the_file_keeps_the_order_of_the_page_and_all_its_rows(
    portfolio: Portfolio, owner: User, now: datetime, signed_in: Browser
) -> None:
    for number in range(60):
        initiative_add(portfolio=portfolio, code=f"N{number:02}", name=f"New {number:02}", by=owner, at=now)
    answer = signed_in(owner).get(f"{REGISTER}export.csv", {"sort": "-name"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert (len(rows), rows[1][0], rows[-1][0]) == (65, "N59", "ALPHA")


def test_the_workbook_holds_numbers_as_numbers(
    mixed: Portfolio, forecast: Run, owner: User, signed_in: Browser
) -> None:
    answer = signed_in(owner).get(f"{REGISTER}export.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    worth = Worth.objects.get(initiative__code="ALPHA")
    assert list(rows[0]) == HEADING
    assert rows[1][:2] == ("ALPHA", "Initiative ALPHA")
    assert rows[1][7:12] == (
        100,
        datetime.fromisoformat("2026-04-01"),
        datetime.fromisoformat("2027-04-01"),
        90,
        pytest.approx(float(worth.npv_mean)),
    )
    assert rows[1][14] == worth.probability_of_loss


def test_no_spreadsheet_takes_a_name_for_a_formula(
    portfolio: Portfolio, owner: User, now: datetime, signed_in: Browser
) -> None:
    formula = '=HYPERLINK("http://example.org","pay")'
    initiative_add(portfolio=portfolio, code="+1", name=formula, by=owner, at=now)
    browser = signed_in(owner)
    row = list(csv.reader(io.StringIO(browser.get(f"{REGISTER}export.csv").content.decode("utf-8-sig"))))[1]
    assert row[:2] == ["'+1", f"'{formula}"]
    sheet = openpyxl.load_workbook(io.BytesIO(browser.get(f"{REGISTER}export.xlsx").content)).active
    assert sheet is not None
    assert (sheet["B2"].value, sheet["B2"].data_type) == (formula, "s")


def test_the_register_has_no_other_forms(portfolio: Portfolio, owner: User, signed_in: Browser) -> None:
    assert signed_in(owner).get(f"{REGISTER}export.pdf").status_code == 404


def test_who_may_only_look_downloads_nothing(portfolio: Portfolio, member: User, signed_in: Browser) -> None:
    browser = signed_in(member)
    assert browser.get(f"{REGISTER}export.csv").status_code == 403
    assert "Download" not in text_of(browser.get(REGISTER).content)


def test_figures_are_exact(mixed: Portfolio, owner: User) -> None:
    row: Any = register_rows(owner, mixed, None).get(code="BETA")
    assert (row.current_plan.cost_likely, row.current_plan.annual_benefit_likely) == (Decimal(80), Decimal(60))
