"""Templates and papers for programs."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema
from ninja.pagination import paginate
from ninja.responses import Status
from pydantic import StringConstraints

from openvmo_web.benefits.models import Benefit
from openvmo_web.common.api import KnownOn, Paged, Strict, Text, Whole, responses
from openvmo_web.common.http import authenticated
from openvmo_web.common.moments import moment_of
from openvmo_web.papers.actions import paper_save, template_add, template_change
from openvmo_web.papers.models import PaperVersion, Template, TemplateVersion
from openvmo_web.papers.queries import paper_about, slots_of, template_of, templates_of, versions_known
from openvmo_web.papers.rules import MOST_SECTIONS, Section
from openvmo_web.portfolio.models import Initiative
from openvmo_web.portfolio.queries import initiative_of, portfolio_of

router = Router(tags=["Papers"])

PAPERS = "/portfolios/{slug:slug}/initiatives/{code:code}/papers"
Kind = Literal["charter", "business_case", "benefit_profile", "risk_assessment"]
SectionKind = Literal["text", "long_text", "number", "date", "choice", "fact"]


class SectionOut(Schema):
    """One thing that a template asks for."""

    key: str
    title: str
    help: str
    kind: SectionKind
    required: bool = Field(description="Whether a paper without it is incomplete; nothing is refused for it.")
    choices: list[str]
    fact: str = Field(description="Name of the fact that is taken from the register; empty for other kinds.")


class TemplateOut(Schema):
    """A template as its newest version has it."""

    code: str = Field(alias="template.code")
    name: str = Field(alias="template.name")
    kind: Kind = Field(alias="template.kind")
    is_active: bool = Field(alias="template.is_active")
    version: int = Field(alias="number")
    recorded_at: datetime
    recorded_by: str | None = Field(None, alias="recorded_by.name", description="Null when it came with OpenVMO.")
    reason: str
    sections: list[SectionOut]


class SectionIn(Strict):
    """One section as it is to be."""

    key: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]*$", max_length=80)] = Field(
        "", description="Key of an existing section; empty makes one from the title."
    )
    title: Text = Field(min_length=1, max_length=300)
    help: Text = Field("", max_length=1_000)
    kind: SectionKind = "long_text"
    required: bool = False
    choices: list[Text] = Field([], max_length=100)
    fact: Text = Field("", max_length=64)


class TemplateIn(Strict):
    """A template as it is to be."""

    name: Text = Field(min_length=1, max_length=200)
    sections: list[SectionIn] = Field(min_length=1, max_length=MOST_SECTIONS)
    reason: Text = Field("", max_length=500)


class TemplateNew(TemplateIn):
    """A new template: its kind stays, and its code is made from its name."""

    kind: Kind


class PaperLine(Schema):
    """A paper of an initiative, begun or not."""

    template: str = Field(alias="template.code")
    benefit: str | None = Field(None, alias="benefit.code", description="Null for a paper of the initiative.")
    version: int | None = Field(None, alias="version.number", description="Null when it was not begun.")
    completeness: float | None = Field(None, alias="version.completeness", description="Share of the wanted sections.")
    recorded_at: datetime | None = Field(None, alias="version.recorded_at")
    recorded_by: str | None = Field(None, alias="version.recorded_by.name")


class PaperOut(Schema):
    """What a paper says in a version."""

    template: str = Field(alias="template_version.template.code")
    template_version: int = Field(alias="template_version.number")
    version: int = Field(alias="number")
    values: dict[str, str] = Field(description="Answers by the keys of the sections; facts as they were then.")
    completeness: float = Field(description="Share of the wanted sections that have an answer.")
    missing: list[str] = Field(description="Keys of the wanted sections that are empty.")
    note: str
    recorded_at: datetime
    recorded_by: str = Field(alias="recorded_by.name")

    @staticmethod
    def resolve_missing(version: PaperVersion) -> list[str]:
        """The keys, in the order of the template."""
        return [section.key for section in version.missing]


class PaperIn(Strict):
    """What a paper is to say; a section that is left out is emptied, and facts are taken from the register."""

    values: dict[str, Text] = Field(max_length=MOST_SECTIONS)
    note: Text = Field("", max_length=500)
    based_on: Whole | None = Field(
        None,
        ge=0,
        le=2**31 - 1,
        description="Version that the writer had; refused when there is a newer one.",
    )


@router.get("/templates", response=responses(list[TemplateOut]), summary="Templates")
@paginate(Paged)
def templates(request: HttpRequest) -> QuerySet[TemplateVersion]:
    """List the templates, each with its newest version."""
    return templates_of(authenticated(request).user)


@router.post("/templates", response=responses(TemplateOut, 409, status=HTTPStatus.CREATED), summary="Add a template")
def add(request: HttpRequest, body: TemplateNew) -> Status[TemplateVersion]:
    """Add a template with its first version."""
    viewer = authenticated(request).user
    made = template_add(
        kind=body.kind,
        name=body.name,
        sections=_sections(body.sections),
        reason=body.reason,
        by=viewer,
        at=timezone.now(),
    )
    return Status(HTTPStatus.CREATED, template_of(viewer, made.code))


@router.get("/templates/{slug:template}", response=responses(TemplateOut, 404), summary="One template")
def template(request: HttpRequest, template: str) -> TemplateVersion:
    """Show a template."""
    return template_of(authenticated(request).user, template)


@router.put("/templates/{slug:template}", response=responses(TemplateOut, 404, 409), summary="Change a template")
def change(request: HttpRequest, template: str, body: TemplateIn) -> TemplateVersion:
    """Store the sections as a new version; stating what is already so adds none."""
    viewer = authenticated(request).user
    shown = template_of(viewer, template).template
    template_change(
        template=shown,
        name=body.name,
        sections=_sections(body.sections),
        reason=body.reason,
        by=viewer,
        at=timezone.now(),
    )
    return template_of(viewer, template)


@router.get(PAPERS, response=responses(list[PaperLine], 404), summary="Papers of an initiative")
def papers(request: HttpRequest, slug: str, code: str, on: KnownOn = None) -> object:
    """List the papers of an initiative and those that may be begun, as known on a day."""
    viewer = authenticated(request).user
    return slots_of(viewer, _initiative(request, slug, code), moment_of(on))


@router.get(f"{PAPERS}/{{slug:template}}", response=responses(PaperOut, 404), summary="One paper")
def paper(
    request: HttpRequest,
    slug: str,
    code: str,
    template: str,
    benefit: Annotated[Text | None, Query(max_length=200, description="Code of the benefit that it is about.")] = None,
    on: KnownOn = None,
) -> PaperVersion:
    """Show what a paper says, or said on a day."""
    initiative = _initiative(request, slug, code)
    asked = template_of(authenticated(request).user, template).template
    found = paper_about(asked, initiative, _benefit(initiative, asked, benefit))
    version = versions_known(found, moment_of(on)).first() if found else None
    if version is None:
        raise Http404(_("This paper has not been begun, or not by that day."))
    return version


@router.put(f"{PAPERS}/{{slug:template}}", response=responses(PaperOut, 404, 409), summary="Save a paper")
def save(
    request: HttpRequest,
    slug: str,
    code: str,
    template: str,
    body: PaperIn,
    benefit: Annotated[Text | None, Query(max_length=200, description="Code of the benefit that it is about.")] = None,
) -> PaperVersion:
    """Store a new version of a paper; stating what is already so adds none."""
    viewer = authenticated(request).user
    initiative = _initiative(request, slug, code)
    asked = template_of(viewer, template).template
    return paper_save(
        template=asked,
        initiative=initiative,
        benefit=_benefit(initiative, asked, benefit),
        **body.dict(),
        by=viewer,
        at=timezone.now(),
    )


def _sections(rows: Sequence[SectionIn]) -> list[Section]:
    return [Section(**{**row.dict(), "choices": tuple(row.choices)}) for row in rows]


def _initiative(request: HttpRequest, slug: str, code: str) -> Initiative:
    return initiative_of(portfolio_of(authenticated(request).user, slug), code)


def _benefit(initiative: Initiative, template: Template, code: str | None) -> Benefit | None:
    if not template.is_of_benefit:
        return None
    benefit = initiative.benefits.filter(code=code).first()
    if benefit is None:
        raise Http404(_("This template is filled in for a benefit: name one of the initiative by its code."))
    return benefit
