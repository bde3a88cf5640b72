"""Templates and papers: what is stored, what is refused, and what the trail says."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import translation
from tests.web.papers.conftest import SECTIONS
from tests.web.small_portfolio import option_of

from openvmo_web.access.models import User
from openvmo_web.access.permissions import Refused
from openvmo_web.audit.models import AuditEntry
from openvmo_web.benefits.actions import assumption_add, plan_record
from openvmo_web.benefits.models import Benefit
from openvmo_web.papers.actions import (
    CannotWrite,
    WrongSections,
    WrongValues,
    paper_save,
    template_add,
    template_change,
    template_restore,
    template_retire,
)
from openvmo_web.papers.facts import Subject, told
from openvmo_web.papers.models import Paper, PaperVersion, Template, TemplateVersion
from openvmo_web.papers.queries import history_of, slots_of, versions_known
from openvmo_web.papers.rules import Section
from openvmo_web.portfolio.models import Initiative

ANSWERS = {"why": "Paper is slow.", "who": "Citizens", "when": "2026-06-30", "much": "12.5", "which": "North"}


def entries(action: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action=action).order_by("pk"))


def test_it_has_four_templates_from_the_start(db: None) -> None:
    found = Template.objects.filter(is_active=True).values_list("kind", "code")
    assert sorted(found) == [
        ("benefit_profile", "benefit-profile"),
        ("business_case", "business-case"),
        ("charter", "charter"),
        ("risk_assessment", "risk-assessment"),
    ]
    assert set(TemplateVersion.objects.values_list("number", "recorded_by")) == {(1, None)}


class TestTemplates:
    def test_it_adds_one(self, template: Template, owner: User, now: datetime) -> None:
        version = template.versions.get()
        assert (template.code, template.kind, template.name) == ("short-charter", "charter", "Short charter")
        assert (version.number, version.asks, version.recorded_by, version.recorded_at) == (1, SECTIONS, owner, now)
        entry = entries("template.add")[0]
        assert entry.changes["name"] == [None, "Short charter"]
        assert entry.portfolio_id is None

    @pytest.mark.parametrize("name", ["Short charter", "short CHARTER", "¿?"])
    def test_it_refuses_a_name_that_is_taken_or_none(
        self, name: str, template: Template, owner: User, now: datetime
    ) -> None:
        with pytest.raises(CannotWrite):
            template_add(kind="charter", name=name, sections=SECTIONS, by=owner, at=now)
        assert Template.objects.count() == 5

    def test_it_stores_a_change_as_a_new_version(self, template: Template, owner: User, now: datetime) -> None:
        sections = (*SECTIONS[1:], Section("", "What if not?", required=True))
        template_change(template=template, name="Charter", sections=sections, reason="Shorter", by=owner, at=now)
        old, new = template.versions.order_by("number")
        assert (old.number, old.asks) == (1, SECTIONS)
        assert (new.number, new.reason) == (2, "Shorter")
        assert new.asks == (*SECTIONS[1:], Section("what-if-not", "What if not?", required=True))
        entry = entries("template.change")[0]
        assert entry.note == "Shorter"
        assert entry.changes["name"] == ["Short charter", "Charter"]
        assert entry.changes["sections"][1] == "Who?; When?; How much?; Which way?; What is gained?; What if not?"

    def test_it_adds_nothing_when_nothing_differs(self, template: Template, owner: User, now: datetime) -> None:
        template_change(template=template, name=template.name, sections=SECTIONS, reason="", by=owner, at=now)
        assert template.versions.count() == 1
        assert entries("template.change") == []

    def test_it_refuses_wrong_sections_and_changes_nothing(
        self, template: Template, owner: User, now: datetime
    ) -> None:
        with pytest.raises(WrongSections) as refused:
            template_change(template=template, name="Other", sections=[Section("a", "")], reason="", by=owner, at=now)
        assert refused.value.message_dict == {
            "sections.0.title": ["Give the section a title: it is the question that the writer answers."]
        }
        template.refresh_from_db()
        assert (template.name, template.versions.count()) == ("Short charter", 1)

    def test_it_refuses_who_has_not_the_right(self, template: Template, member: User, now: datetime) -> None:
        with pytest.raises(Refused):
            template_change(template=template, name="Mine", sections=SECTIONS, reason="", by=member, at=now)
        with pytest.raises(Refused):
            template_retire(template=template, by=member, at=now)
        with pytest.raises(Refused):
            template_restore(template=template, by=member, at=now)
        with pytest.raises(Refused):
            template_add(kind="charter", name="Mine", sections=SECTIONS, by=member, at=now)
        assert AuditEntry.objects.filter(actor_key=member.pk).count() == 0

    def test_it_is_retired_and_taken_back(self, template: Template, owner: User, now: datetime) -> None:
        assert not template_retire(template=template, reason="Too long", by=owner, at=now).is_active
        template_retire(template=template, reason="Again", by=owner, at=now)
        assert template_restore(template=template, by=owner, at=now).is_active
        assert [entry.changes for entry in entries("template.retire")] == [{"is_active": [True, False]}]
        assert [entry.changes for entry in entries("template.restore")] == [{"is_active": [False, True]}]


class TestPapers:
    def save(self, template: Template, initiative: Initiative, by: User, at: datetime, **more: object) -> PaperVersion:
        stated = {"values": ANSWERS, **more}
        return paper_save(template=template, initiative=initiative, by=by, at=at, **stated)  # type: ignore[arg-type]

    def test_it_saves_what_was_said_with_the_facts(
        self, template: Template, initiative: Initiative, owner: User, now: datetime
    ) -> None:
        saved = self.save(template, initiative, owner, now, note="First")
        assert saved.values == {**ANSWERS, "gains": "Less paper: Cashable, no measure yet, nobody owns it yet"}
        assert (saved.number, saved.note, saved.recorded_by, saved.completeness) == (1, "First", owner, 1.0)
        entry = entries("paper.save")[0]
        assert entry.portfolio_id == initiative.portfolio_id
        assert entry.changes["Who?"] == [None, "Citizens"]
        assert entry.note == "First"

    def test_it_flags_what_is_empty_and_saves_it_all_the_same(
        self, template: Template, initiative: Initiative, owner: User, now: datetime
    ) -> None:
        saved = self.save(template, initiative, owner, now, values={"who": "Citizens"})
        assert [section.key for section in saved.missing] == ["why"]
        assert saved.completeness == pytest.approx(2 / 3)

    def test_it_keeps_the_facts_of_the_day_on_which_it_was_saved(
        self, initiative: Initiative, owner: User, now: datetime
    ) -> None:
        template = template_add(
            kind="charter",
            name="Money",
            sections=[Section("cost", "Cost?", kind="fact", fact="cost")],
            by=owner,
            at=now,
        )
        first = self.save(template, initiative, owner, now, values={})
        plan_record(
            initiative=initiative,
            options=[option_of(250.0, 90.0, benefit="ALPHA-B")],
            reason="Dearer",
            by=owner,
            at=now,
        )
        initiative.refresh_from_db()
        second = self.save(template, initiative, owner, now, values={})
        assert first.values == {"cost": "£100, likely, at 2026 prices; version 1 of the plan"}
        assert second.values == {"cost": "£250, likely, at 2026 prices; version 2 of the plan"}
        assert (first.number, second.number) == (1, 2)

    def test_it_adds_no_version_when_nothing_differs(
        self, template: Template, initiative: Initiative, owner: User, now: datetime
    ) -> None:
        first = self.save(template, initiative, owner, now)
        assert self.save(template, initiative, owner, now + timedelta(days=1)) == first
        assert len(entries("paper.save")) == 1

    def test_another_language_changes_no_fact(
        self, initiative: Initiative, benefit: Benefit, owner: User, now: datetime
    ) -> None:
        sections = [Section("why", "Why?"), Section("rests", "On what?", kind="fact", fact="assumptions")]
        template = template_add(kind="benefit_profile", name="Grounds", sections=sections, by=owner, at=now)
        assumption_add(benefit=benefit, text="People follow", expires_on=date(2026, 6, 30), by=owner, at=now)
        about = {"benefit": benefit, "values": {"why": "So"}}
        first = self.save(template, initiative, owner, now, **about)
        with translation.override("en"):
            assert told(sections, Subject(initiative, benefit)) != {"rests": first.values["rests"]}
            assert self.save(template, initiative, owner, now, **about) == first
            second = self.save(template, initiative, owner, now, benefit=benefit, values={"why": "Because"})
        assert (second.number, second.values["rests"]) == (2, first.values["rests"])
        assert entries("paper.save")[-1].changes == {"Why?": ["So", "Because"]}
        assert history_of(second.paper, now)[0].changed == ["Why?"]

    def test_an_option_without_costs_says_so(self, initiative: Initiative, owner: User, now: datetime) -> None:
        free = replace(option_of(100.0, 90.0, benefit="ALPHA-B"), costs=())
        plan_record(initiative=initiative, options=[free], reason="Not costed", by=owner, at=now)
        initiative.refresh_from_db()
        section = Section("options", "Which way?", kind="fact", fact="options")
        (line,) = told([section], Subject(initiative))["options"].splitlines()
        assert ": no costs stated, from Apr 2026, 12 months" in line

    def test_it_refuses_unfit_answers_together(
        self, template: Template, initiative: Initiative, owner: User, now: datetime
    ) -> None:
        wrong = {"when": "soon", "much": "lots", "which": "West", "gains": "all", "colour": "red"}
        with pytest.raises(WrongValues) as refused:
            self.save(template, initiative, owner, now, values=wrong)
        assert refused.value.problems == {
            "gains": "This template has no such section to write in.",
            "colour": "This template has no such section to write in.",
            "when": "This is not a day. Write it like 2026-03-31.",
            "much": "This is not a number that can be kept. Write it like 1250.5.",
            "which": "Choose one of: North, South.",
        }
        assert not Paper.objects.exists()

    def test_it_refuses_to_write_over_what_another_has_saved(
        self, template: Template, initiative: Initiative, owner: User, administrator: User, now: datetime
    ) -> None:
        self.save(template, initiative, administrator, now, based_on=0)
        with pytest.raises(CannotWrite, match="Ada Admin has saved version 1 while you were writing"):
            self.save(template, initiative, owner, now, values={"who": "Me"}, based_on=0)
        assert PaperVersion.objects.count() == 1

    def test_it_refuses_who_has_not_the_right(
        self, template: Template, initiative: Initiative, member: User, now: datetime
    ) -> None:
        with pytest.raises(Refused):
            self.save(template, initiative, member, now)
        assert not Paper.objects.exists()

    def test_it_begins_none_with_a_retired_template(
        self, template: Template, initiative: Initiative, owner: User, now: datetime
    ) -> None:
        retired = template_retire(template=template, by=owner, at=now)
        with pytest.raises(CannotWrite, match="retired"):
            self.save(retired, initiative, owner, now)
        assert not Paper.objects.exists()

    def test_it_goes_on_with_a_retired_template(
        self, template: Template, initiative: Initiative, owner: User, now: datetime
    ) -> None:
        self.save(template, initiative, owner, now)
        retired = template_retire(template=template, by=owner, at=now)
        assert self.save(retired, initiative, owner, now, values={"who": "Both"}).number == 2

    def test_a_benefit_profile_is_about_a_benefit(
        self, initiative: Initiative, benefit: Benefit, template: Template, owner: User, now: datetime
    ) -> None:
        profile = Template.objects.get(code="benefit-profile")
        with pytest.raises(CannotWrite, match="filled in for a benefit"):
            self.save(profile, initiative, owner, now, values={})
        with pytest.raises(CannotWrite, match="not for one of its benefits"):
            self.save(template, initiative, owner, now, benefit=benefit)
        other = Benefit.objects.get(initiative__code="BETA")
        with pytest.raises(CannotWrite, match="Name a benefit of this initiative"):
            self.save(profile, initiative, owner, now, values={}, benefit=other)
        saved = self.save(profile, initiative, owner, now, values={"summary": "No forms"}, benefit=benefit)
        assert saved.paper.benefit == benefit
        assert saved.values["profile"].splitlines() == [
            "£90 a year, likely; in 8 of 10 futures £54 to £108",
            "From Apr 2027",
        ]

    def test_it_is_read_as_it_was_known_on_a_day(
        self, template: Template, initiative: Initiative, owner: User, now: datetime
    ) -> None:
        first = self.save(template, initiative, owner, now, values={"who": "Citizens"})
        second = self.save(template, initiative, owner, now + timedelta(days=2), note="More")
        paper = first.paper
        assert versions_known(paper, now + timedelta(days=1)).first() == first
        assert versions_known(paper, now + timedelta(days=2)).first() == second
        steps = history_of(paper, now + timedelta(days=2))
        assert [step.version for step in steps] == [second, first]
        assert steps[0].changed == ["Why?", "When?", "How much?", "Which way?"]
        slots = {slot.template.code: slot for slot in slots_of(owner, initiative, now - timedelta(days=1))}
        assert slots["short-charter"].version is None
        assert sorted(slots) == [
            "benefit-profile",
            "business-case",
            "charter",
            "risk-assessment",
            "short-charter",
        ]

    def test_its_versions_are_never_changed(
        self, template: Template, initiative: Initiative, owner: User, now: datetime
    ) -> None:
        saved = self.save(template, initiative, owner, now)
        for table, key in (("papers_paperversion", saved.pk), ("papers_templateversion", saved.template_version_id)):
            for verb in (f"UPDATE {table} SET number = 9", f"DELETE FROM {table}"):
                with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(f"{verb} WHERE id = {key}")


def test_a_template_of_an_unknown_kind_is_refused(owner: User, now: datetime) -> None:
    with pytest.raises(ValidationError):
        template_add(kind="poem", name="Poem", sections=SECTIONS, by=owner, at=now)
    assert Template.objects.count() == 4
