"""The pages of templates and papers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader
from tests.web.papers.conftest import SECTIONS

from openvmo_web.access.models import User
from openvmo_web.benefits.models import Benefit
from openvmo_web.insight.models import Run
from openvmo_web.papers.actions import paper_save, template_retire
from openvmo_web.papers.models import Paper, PaperVersion, Template
from openvmo_web.portfolio.models import Initiative

SignedIn = Callable[[User], Client]
EDITOR = "/templates/short-charter/change/"
PAPERS = "/p/agency/initiatives/ALPHA/papers/"
WRITE = f"{PAPERS}short-charter/"


def text(answer: object) -> str:
    return " ".join(answer.content.decode().split())  # type: ignore[attr-defined]


def sent(gesture: str, **changes: str) -> dict[str, str]:
    """What the editor sends when a button is pressed."""
    count = len(SECTIONS)
    data = {"name": "Short charter", "reason": "", "gesture": gesture, "sections-INITIAL_FORMS": str(count)}
    data["sections-TOTAL_FORMS"] = str(count)
    for place, section in enumerate(SECTIONS):
        stored = {**section.as_stored, "choices": "\n".join(section.choices)}
        data |= {f"sections-{place}-{name}": str(value) for name, value in stored.items() if name != "required"}
        if section.required:
            data[f"sections-{place}-required"] = "on"
    return data | changes


class TestTemplates:
    def test_it_lists_them_with_their_newest_version(
        self, template: Template, owner: User, member: User, signed_in: SignedIn
    ) -> None:
        page = text(signed_in(owner).get("/templates/"))
        for words in ("Business case", "Short charter", "came with OpenVMO", "Olga Owner", "Add a template"):
            assert words in page
        assert "Add a template" not in text(signed_in(member).get("/templates/"))

    def test_it_shows_what_one_asks_for(self, template: Template, member: User, signed_in: SignedIn) -> None:
        page = text(signed_in(member).get("/templates/short-charter/"))
        for words in ("Why?", "The need.", "Choice: North · South", "Benefits with measure and owner", "Version 1"):
            assert words in page
        assert "papers:template-change" not in page
        assert signed_in(member).get("/templates/nothing/").status_code == 404

    def test_it_adds_one_and_goes_on_to_its_sections(
        self, template: Template, owner: User, signed_in: SignedIn
    ) -> None:
        data = {"kind": "risk_assessment", "name": "Supplier risks", "reason": "New policy"}
        answer = signed_in(owner).post("/templates/new/", data)
        assert (answer.status_code, answer["Location"]) == (302, "/templates/supplier-risks/change/")
        added = Template.objects.get(code="supplier-risks")
        assert [section.key for section in added.versions.get().asks] == ["objectives", "benefits", "evidence", "stop"]

    def test_it_says_when_the_name_is_taken(self, template: Template, owner: User, signed_in: SignedIn) -> None:
        answer = signed_in(owner).post("/templates/new/", {"kind": "charter", "name": "Short charter"})
        assert answer.status_code == 422
        assert "There is a template of this name already." in text(answer)

    def test_it_retires_one_and_takes_it_back(self, template: Template, owner: User, signed_in: SignedIn) -> None:
        browser = signed_in(owner)
        browser.post("/templates/short-charter/use/", {"reason": "Too short"})
        template.refresh_from_db()
        assert not template.is_active
        assert "Retired" in text(browser.get("/templates/short-charter/"))
        browser.post("/templates/short-charter/use/")
        template.refresh_from_db()
        assert template.is_active


class TestEditor:
    def test_it_shows_the_sections(self, template: Template, owner: User, signed_in: SignedIn) -> None:
        page = text(signed_in(owner).get(EDITOR))
        assert 'value="Which way?"' in page
        assert page.count('value="remove-') == len(SECTIONS)
        assert page.count('value="up-') == len(SECTIONS) - 1

    @pytest.mark.parametrize(
        ("gesture", "titles"),
        [
            ("up-1", ["Who?", "Why?", "When?", "How much?", "Which way?", "What is gained?"]),
            ("down-0", ["Who?", "Why?", "When?", "How much?", "Which way?", "What is gained?"]),
            ("remove-0", ["Who?", "When?", "How much?", "Which way?", "What is gained?"]),
            ("add", ["Why?", "Who?", "When?", "How much?", "Which way?", "What is gained?", None]),
        ],
    )
    def test_its_buttons_change_the_page_alone(
        self, gesture: str, titles: list[str | None], template: Template, owner: User, signed_in: SignedIn
    ) -> None:
        answer = signed_in(owner).post(EDITOR, sent(gesture))
        assert answer.status_code == 200
        assert [row["title"].value() for row in answer.context["sections"].forms] == titles
        assert 'data-changed="true"' in text(answer)
        assert template.versions.count() == 1

    def test_it_shows_the_page_as_the_writer_will_see_it(
        self, template: Template, owner: User, signed_in: SignedIn
    ) -> None:
        answer = signed_in(owner).post(EDITOR, sent("preview", **{"sections-0-title": "For whom?"}))
        page = text(answer)
        assert "As the writer will see it" in page
        assert "For whom?" in page.split('id="preview"')[1]
        assert template.versions.count() == 1

    def test_it_saves_a_new_version(self, template: Template, owner: User, signed_in: SignedIn) -> None:
        changes = {"sections-0-title": "For whom?", "sections-4-choices": "North\nSouth\n\nWest", "reason": "Clearer"}
        answer = signed_in(owner).post(EDITOR, sent("save", **changes))
        assert (answer.status_code, answer["Location"]) == (302, "/templates/short-charter/")
        newest = template.versions.get(number=2)
        assert (newest.asks[0].key, newest.asks[0].title) == ("why", "For whom?")
        assert newest.asks[4].choices == ("North", "South", "West")
        assert newest.asks[5] == SECTIONS[5]

    def test_it_marks_what_is_wrong_and_stores_nothing(
        self, template: Template, owner: User, signed_in: SignedIn
    ) -> None:
        changes = {"sections-4-choices": "North", "sections-5-fact": ""}
        answer = signed_in(owner).post(EDITOR, sent("save", **changes))
        assert answer.status_code == 422
        page = text(answer)
        for sentence in (
            "State at least two different choices",
            "Choose the fact that is taken from the register.",
        ):
            assert sentence in page
        assert template.versions.count() == 1

    def test_it_wants_a_title(self, template: Template, owner: User, signed_in: SignedIn) -> None:
        answer = signed_in(owner).post(EDITOR, sent("save", **{"sections-0-title": " "}))
        assert answer.status_code == 422
        assert "Give the section a title" in text(answer)
        assert template.versions.count() == 1

    def test_it_wants_at_least_one_section(self, template: Template, owner: User, signed_in: SignedIn) -> None:
        answer = signed_in(owner).post(EDITOR, sent("save", **{"sections-TOTAL_FORMS": "0"}))
        assert answer.status_code == 422
        assert "A template needs at least one section." in text(answer)


class TestWriting:
    def test_it_lists_the_papers_of_an_initiative(
        self, template: Template, initiative: Initiative, owner: User, member: User, signed_in: SignedIn
    ) -> None:
        page = text(signed_in(owner).get(PAPERS))
        assert page.count("Not begun") == 5
        assert "Begin: Benefit profile, Less paper" in page
        assert "Begin:" not in text(signed_in(member).get(PAPERS))

    def test_it_leaves_retired_templates_out(
        self, template: Template, initiative: Initiative, owner: User, now: datetime, signed_in: SignedIn
    ) -> None:
        template_retire(template=template, by=owner, at=now)
        assert "Short charter" not in text(signed_in(owner).get(PAPERS))
        assert signed_in(owner).get(WRITE).status_code == 404

    def test_it_shows_the_sections_with_the_facts(
        self, template: Template, initiative: Initiative, owner: User, signed_in: SignedIn
    ) -> None:
        page = text(signed_in(owner).get(WRITE))
        assert "Less paper: Cashable, no measure yet, nobody owns it yet" in page
        assert 'type="date" name="paper-when"' in page
        assert "data-guard" in page

    def test_it_saves_and_says_what_is_empty(
        self, template: Template, initiative: Initiative, owner: User, signed_in: SignedIn
    ) -> None:
        browser = signed_in(owner)
        answer = browser.post(WRITE, {"paper-who": "Citizens", "paper-much": "12.50", "based_on": "0"}, follow=True)
        version = PaperVersion.objects.get()
        assert version.values["much"] == "12.50"
        page = text(answer)
        assert "Still empty: “Why?”" in page
        assert "1 section is empty" in page
        assert "12.5" in page

    def test_it_marks_unfit_answers(
        self, template: Template, initiative: Initiative, owner: User, signed_in: SignedIn
    ) -> None:
        answer = signed_in(owner).post(WRITE, {"paper-when": "soon", "paper-much": "1e99", "based_on": "0"})
        assert answer.status_code == 422
        assert not Paper.objects.exists()
        assert "Please correct what is marked below." in text(answer)

    def test_it_keeps_what_was_typed_when_another_saved_before(
        self, template: Template, initiative: Initiative, owner: User, now: datetime, signed_in: SignedIn
    ) -> None:
        paper_save(template=template, initiative=initiative, values={"who": "Citizens"}, by=owner, at=now)
        answer = signed_in(owner).post(WRITE, {"paper-who": "Companies", "based_on": "0"})
        assert answer.status_code == 422
        page = text(answer)
        assert "Olga Owner has saved version 1 while you were writing." in page
        assert 'value="Companies"' in page
        assert PaperVersion.objects.count() == 1

    def test_a_paper_of_a_benefit_names_it(
        self, initiative: Initiative, benefit: Benefit, owner: User, signed_in: SignedIn
    ) -> None:
        address = f"{PAPERS}benefit-profile/"
        browser = signed_in(owner)
        assert [browser.get(f"{address}?benefit={key}").status_code for key in ("", "x", 10**18, benefit.pk)] == [
            404,
            404,
            404,
            200,
        ]
        browser.post(f"{address}?benefit={benefit.pk}", {"paper-summary": "No forms", "based_on": "0"})
        assert Paper.objects.get().benefit == benefit

    def test_it_takes_the_value_from_the_newest_forecast(
        self, initiative: Initiative, forecast: Run, owner: User, signed_in: SignedIn
    ) -> None:
        page = text(signed_in(owner).get(f"{PAPERS}business-case/"))
        assert "expected; in 8 of 10 futures" in page
        assert "Forecast of 2 Mar 2026" in page


class TestReading:
    @pytest.fixture
    def version(self, template: Template, initiative: Initiative, owner: User, now: datetime) -> PaperVersion:
        """A paper in two versions."""
        before = now - timedelta(days=10)
        for at, values in ((before, {"who": "Citizens"}), (now, {"who": "Companies", "why": "Paper is slow."})):
            saved = paper_save(template=template, initiative=initiative, values=values, by=owner, at=at, note="Said")
        return saved

    def test_it_shows_the_newest_with_its_history(
        self, version: PaperVersion, member: User, signed_in: SignedIn
    ) -> None:
        page = text(signed_in(member).get(version.paper.get_absolute_url()))
        for words in ("Companies", "Paper is slow.", "Version 2", "Version 1", "2 sections changed", "Complete"):
            assert words in page
        assert "Write on" not in page

    def test_it_shows_an_older_version(self, version: PaperVersion, owner: User, signed_in: SignedIn) -> None:
        address = version.paper.get_absolute_url()
        browser = signed_in(owner)
        page = text(browser.get(f"{address}?version=1"))
        assert "Citizens" in page
        assert "This is version 1; the newest is version 2." in page
        assert [browser.get(f"{address}?version={number}").status_code for number in ("3", "x", "9" * 20)] == [404] * 3

    def test_it_shows_what_was_known_on_a_day(self, version: PaperVersion, owner: User, signed_in: SignedIn) -> None:
        address = version.paper.get_absolute_url()
        browser = signed_in(owner)
        assert "Citizens" in text(browser.get(f"{address}?on=2026-02-25"))
        assert browser.get(f"{address}?on=2026-02-01").status_code == 404
        assert "as they stood" not in text(browser.get(PAPERS))
        assert "Papers are shown as they stood on" in text(browser.get(f"{PAPERS}?on=2026-02-25"))

    def test_it_is_a_pdf_that_says_the_same(self, version: PaperVersion, owner: User, signed_in: SignedIn) -> None:
        answer = signed_in(owner).get(f"{version.paper.get_absolute_url()}paper.pdf")
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"] == 'attachment; filename="short-charter-ALPHA-v2.pdf"'
        printed = " ".join(PdfReader(BytesIO(answer.content)).pages[0].extract_text().split())
        for words in ("Short charter", "Initiative ALPHA", "Version 2, Olga Owner, 2 Mar 2026", "Companies"):
            assert words in printed
