"""The portfolio report as PDF and as workbook: the same figures as the pages."""

import io
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.utils import translation
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from openvmo_web.access.models import User
from openvmo_web.benefits.models import Benefit
from openvmo_web.common.formats import formatted
from openvmo_web.governance.models import Decision
from openvmo_web.insight.models import Run
from openvmo_web.insight.queries import document_of
from openvmo_web.insight.sums import sums_refresh_all
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.reports import pictures
from openvmo_web.reports.charts import value_arriving
from openvmo_web.reports.contents import Contents, contents_of
from openvmo_web.reports.documents import report_pdf, report_xlsx
from openvmo_web.reports.pictures import PictureError, chart_svg
from openvmo_web.reports.queries import picture_of

Browser = Callable[[User], Client]


def pdf_text(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


@pytest.fixture
def contents(arrived: Portfolio, forecast: Run, proposal: Decision, owner: User, later: datetime) -> Contents:
    with translation.override("en-gb"):
        return contents_of(owner, arrived, later, "en_GB")


def test_it_says_where_the_portfolio_stands(contents: Contents, forecast: Run) -> None:
    npv = document_of(forecast)["totals"]["npv"]
    short = {name: formatted(npv[name], "money-short:GBP", "en_GB") for name in ("mean", "p10", "p90")}
    assert contents.subtitle == "Portfolio report, as known on 10 Mar 2028. GBP at 2026 prices."
    assert contents.summary == [
        (
            f"From here on the portfolio is expected to be worth {short['mean']}; "
            f"in 8 of 10 futures between {short['p10']} and {short['p90']}."
        ),
        "In the last twelve months £16 of benefits were measured where £45 was planned.",
        "1 initiative brings less than planned. 1 initiative spends more than planned. 2 benefits have fallen silent.",
    ]
    assert [(figure.label, figure.value) for figure in contents.figures[2:]] == [
        ("Benefits realised, 12 months", "£16"),
        ("Spent, 12 months", "£10"),
    ]


def test_its_tables_hold_every_row(contents: Contents, choice: Run) -> None:
    sheets = {sheet.key: sheet for sheet in contents.sheets}
    assert [row[0] for row in sheets["initiatives"].rows] == ["ALPHA", "BETA", "DELTA", "GAMMA"]
    assert [row[:4] for row in sheets["attention"].rows] == [
        ["Less benefit than planned", "Initiative ALPHA", pytest.approx(15.0), 11.0],
        ["More cost than planned", "Initiative ALPHA", pytest.approx(100 / 12), 10.0],
        ["Benefit fallen silent", "Initiative ALPHA: Less paper", None, None],
        ["Benefit fallen silent", "Initiative GAMMA: Less paper", None, None],
        ["Delivery in doubt", "Initiative GAMMA", None, None],
    ]
    chosen = {row["initiative_name"]: row["is_in"] for row in document_of(choice)["initiatives"]}
    assert {row[0]: row[1] == "Fund" for row in sheets["choice"].rows} == chosen
    assert [row[:4] for row in sheets["decisions"].rows] == [[1, "Fund 2026/27", "Proposed", "Board"]]
    assert [picture.title for picture in contents.pictures] == [
        "Is the value arriving?",
        "What is the portfolio worth from here?",
        "Does the choice fit the budget?",
    ]


def test_the_pdf_holds_the_figures_of_the_page(contents: Contents, later: datetime) -> None:
    text = pdf_text(report_pdf(contents, later, "en_GB"))
    for sentence in (*contents.summary, *(figure.value for figure in contents.figures)):
        assert sentence in text
    for sheet in contents.sheets:
        assert sheet.title in text
    assert "Initiative DELTA" in text


def test_the_pdf_can_be_read_aloud(contents: Contents, later: datetime) -> None:
    reader = PdfReader(io.BytesIO(report_pdf(contents, later, "en_GB")))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - an object of the reader that equals True
    assert root["/Lang"] == "en-GB"
    assert "/StructTreeRoot" in root
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert reader.metadata is not None
    assert reader.metadata.title == "Agency"


def test_the_pdf_draws_its_charts(contents: Contents, later: datetime) -> None:
    drawn = report_pdf(contents, later, "en_GB")
    alternative = list(alternatives(PdfReader(io.BytesIO(drawn))))
    assert [text for text in alternative if text.startswith("Is the value arriving?")]
    svg = chart_svg(contents.pictures[0].chart, "en_GB", width=760, height=300)
    assert svg.startswith("<svg")
    assert len(re.findall("<path", svg)) > 3
    assert "£" in svg


def alternatives(reader: PdfReader) -> Iterator[str]:
    """The texts that stand for pictures."""
    for number in range(1, len(reader.xref[0]) + len(reader.xref_objStm) + 1):
        thing = reader.get_object(number)
        if isinstance(thing, dict) and "/Alt" in thing:
            yield str(thing["/Alt"])


def test_the_same_report_is_the_same_file(contents: Contents, later: datetime) -> None:
    assert report_pdf(contents, later, "en_GB") == report_pdf(contents, later, "en_GB")


def test_the_workbook_holds_the_same_numbers_unrounded(contents: Contents, later: datetime) -> None:
    content = report_xlsx(contents, later, "en_GB")
    book = CalamineWorkbook.from_object(io.BytesIO(content))
    assert book.sheet_names == ["Agency", "Initiatives", "Needs attention", "The newest choice, and why", "Decisions"]
    rows = book.get_sheet_by_name("Initiatives").to_python()
    sheet = next(sheet for sheet in contents.sheets if sheet.key == "initiatives")
    assert rows[0] == [column.heading for column in sheet.columns]
    assert [row[0] for row in rows[1:]] == ["ALPHA", "BETA", "DELTA", "GAMMA"]
    assert rows[1][11] == pytest.approx(float(sheet.rows[0][11]), abs=1e-9)
    summary = book.get_sheet_by_name("Agency").to_python()
    assert summary[3][:2] == ["Benefits realised, 12 months", "£16"]


def test_a_portfolio_of_any_name_has_its_workbook(arrived: Portfolio, owner: User, later: datetime) -> None:
    arrived.name = "Initiatives [A/B]: 'all' of 2026/27 and 2027/28"
    names = openpyxl.load_workbook(
        io.BytesIO(report_xlsx(contents_of(owner, arrived, later, "en_GB"), later, "en_GB"))
    ).sheetnames
    assert names[0] == "Initiatives A B all of 2026 27"


def test_an_empty_portfolio_has_its_report(portfolio: Portfolio, owner: User, later: datetime) -> None:
    empty = Portfolio.objects.get()
    empty.pk, empty.slug, empty.name = 2, "empty", "Empty"
    empty.save(force_insert=True)
    owner.assignments.update(portfolio_id=None)
    contents = contents_of(User.objects.get(pk=owner.pk), empty, later, "en_GB")
    text = pdf_text(report_pdf(contents, later, "en_GB"))
    for sentence in (
        "No forecast has been run yet, so this report states no value to come.",
        "No benefit was measured in the last twelve months.",
        "The portfolio has no initiatives.",
        "Nothing needs attention.",
        "No choice has been made yet.",
        "No decision has been proposed yet.",
    ):
        assert sentence in text
    assert contents.pictures == []
    assert len(CalamineWorkbook.from_object(io.BytesIO(report_xlsx(contents, later, "en_GB"))).sheet_names) == 5


def test_benefits_without_a_value_are_no_noughts(arrived: Portfolio, owner: User, later: datetime) -> None:
    Benefit.objects.update(kind="qualitative")
    # A change past the actions asks nobody to work out anew what rests on it.
    sums_refresh_all(arrived.pk, later)
    contents = contents_of(owner, arrived, later, "en_GB")
    assert contents.figures[2].value == "–"
    assert contents.summary[1] == "No benefit was measured in the last twelve months."


@pytest.mark.parametrize(("language", "locale", "figure"), [("de", "de", "16 €"), ("ar", "ar", "16")])
def test_it_writes_numbers_as_the_reader_does(
    language: str, locale: str, figure: str, arrived: Portfolio, forecast: Run, owner: User, later: datetime
) -> None:
    Portfolio.objects.update(currency="EUR")
    arrived.refresh_from_db()
    with translation.override(language):
        contents = contents_of(owner, arrived, later, locale)
        content = report_pdf(contents, later, locale)
    assert figure in contents.figures[2].value.replace("\xa0", " ")
    assert PdfReader(io.BytesIO(content)).trailer["/Root"]["/Lang"] == language  # type: ignore[index]


def test_a_missing_drawing_script_says_what_to_do(
    arrived: Portfolio, later: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    chart = value_arriving(picture_of(arrived, later).flows, "GBP")
    monkeypatch.setattr(pictures, "PRINTER", "static/common/dist/nothing.js")
    pictures._context.cache_clear()
    with pytest.raises(PictureError, match=r"Install the package again \(pip install -e .\)"):
        chart_svg(chart, "en_GB", width=760, height=300)
    pictures._context.cache_clear()


def test_names_cannot_break_out_of_the_report(arrived: Portfolio, owner: User, later: datetime) -> None:
    name = '#panic("x") *bold* $ \\ <b> “'
    Initiative.objects.filter(code="ALPHA").update(name=name)
    assert '#panic("x") *bold* $ \\ <b>' in pdf_text(
        report_pdf(contents_of(owner, arrived, later, "en_GB"), later, "en_GB")
    )


@pytest.mark.parametrize(
    ("format", "media_type", "begins"),
    [
        ("pdf", "application/pdf", b"%PDF"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
    ],
)
def test_it_is_downloaded(
    format: str, media_type: str, begins: bytes, portfolio: Portfolio, owner: User, signed_in: Browser
) -> None:
    answer = signed_in(owner).get(f"/p/agency/reports/portfolio.{format}")
    assert (answer.status_code, answer["Content-Type"]) == (200, media_type)
    assert re.fullmatch(rf'attachment; filename="agency-\d{{4}}-\d\d-\d\d\.{format}"', answer["Content-Disposition"])
    assert answer.content.startswith(begins)


def test_the_page_of_documents_says_on_what_they_rest(
    portfolio: Portfolio, owner: User, member: User, signed_in: Browser
) -> None:
    page = signed_in(owner).get("/p/agency/reports/").content.decode()
    assert "There is no finished forecast yet" in page
    assert "/p/agency/reports/portfolio.pdf" in page
    assert "/p/agency/reports/portfolio.pdf" not in signed_in(member).get("/p/agency/reports/").content.decode()
    assert signed_in(member).get("/p/agency/reports/portfolio.pdf").status_code == 403
    assert signed_in(owner).get("/p/agency/reports/portfolio.docx").status_code == 404
