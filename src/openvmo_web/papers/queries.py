"""What is read about templates and papers, always for a viewer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from openvmo_web.access.models import User
from openvmo_web.access.permissions import may, require_somewhere
from openvmo_web.benefits.models import Benefit
from openvmo_web.papers.models import Paper, PaperVersion, Template, TemplateVersion
from openvmo_web.papers.rules import Section, changed
from openvmo_web.portfolio.models import Initiative, Portfolio

VERSIONS_SHOWN = 50


def templates_of(viewer: User) -> QuerySet[TemplateVersion]:
    """Return the newest version of each template, with the template and who recorded it.

    Raises:
        Refused: the viewer sees no portfolio at all.
    """
    require_somewhere(viewer, "portfolio.view")
    newest = TemplateVersion.objects.filter(template=OuterRef("template")).order_by("-number").values("number")[:1]
    versions = TemplateVersion.objects.select_related("template", "recorded_by")
    return versions.filter(number=Subquery(newest)).order_by("template__kind", "template__name")


def template_of(viewer: User, code: str) -> TemplateVersion:
    """Return the newest version of a template.

    Raises:
        Http404: there is no such template.
    """
    version = templates_of(viewer).filter(template__code=code).first()
    if version is None:
        raise Http404(_("There is no template “%(code)s”.") % {"code": code})
    return version


def template_history(template: Template) -> QuerySet[TemplateVersion]:
    """Return the versions of a template, the newest first."""
    return template.versions.select_related("recorded_by").order_by("-number")


def papers_visible(viewer: User) -> QuerySet[Paper]:
    """Return the papers of the portfolios that a viewer may see."""
    related = ("template", "benefit", "initiative__portfolio", "initiative__current_plan")
    return Paper.objects.visible_to(viewer).select_related(*related)


def paper_of(viewer: User, portfolio: Portfolio, pk: int) -> Paper:
    """Return a paper of a portfolio.

    Raises:
        Http404: there is none that the viewer may see.
    """
    paper = papers_visible(viewer).filter(initiative__portfolio=portfolio, pk=pk).first()
    if paper is None:
        raise Http404(_("There is no such paper in this portfolio."))
    return paper


def paper_about(template: Template, initiative: Initiative, benefit: Benefit | None) -> Paper | None:
    """Return the paper that was begun with a template about an initiative or a benefit; None when none was."""
    return Paper.objects.filter(template=template, initiative=initiative, benefit=benefit).first()


def benefit_about(initiative: Initiative, template: Template, pk: int | None) -> Benefit | None:
    """Return the benefit that a paper with a template is about; None for a template of initiatives.

    Raises:
        Http404: the template is one of benefits, and the key names no benefit of the initiative.
    """
    if not template.is_of_benefit:
        return None
    related = ("objective", "owner", "measurer", "sustainer")
    benefit = initiative.benefits.select_related(*related).filter(pk=pk).first() if pk else None
    if benefit is None:
        raise Http404(_("This template is filled in for a benefit, and the initiative has none with this key."))
    return benefit


def versions_known(paper: Paper, at: datetime) -> QuerySet[PaperVersion]:
    """Return the versions of a paper that were there at a moment, the newest first."""
    versions = paper.versions.filter(recorded_at__lte=at)
    return versions.select_related("template_version__template", "recorded_by").order_by("-number")


def version_asked(request: HttpRequest, paper: Paper, at: datetime) -> PaperVersion:
    """Return the version that ``?version=`` names, or the newest that was there at a moment.

    Raises:
        Http404: there is no such version.
    """
    number = request.GET.get("version", "")
    versions = versions_known(paper, at)
    if number:
        versions = versions.filter(number=int(number)) if number.isdecimal() and len(number) < 9 else versions.none()
    version = versions.first()
    if version is None:
        raise Http404(_("This paper has no such version, or none on that day."))
    return version


@dataclass(frozen=True)
class Step:
    """A version of a paper with what it changed: the titles of the sections that differ from the version before."""

    version: PaperVersion
    changed: Sequence[str]


def history_of(paper: Paper, at: datetime) -> list[Step]:
    """Return the latest versions of a paper that were there at a moment, the newest first."""
    versions = list(versions_known(paper, at)[: VERSIONS_SHOWN + 1])
    earlier = [*versions[1:], None]
    steps = [Step(version, _changed(version, before)) for version, before in zip(versions, earlier, strict=True)]
    return steps[:VERSIONS_SHOWN]


def _changed(version: PaperVersion, before: PaperVersion | None) -> list[str]:
    return list(changed(version.template_version.asks, before.values if before else {}, version.values))


@dataclass(frozen=True)
class Slot:
    """A paper that an initiative may have: with which template, about which benefit, and its newest version."""

    template: Template
    benefit: Benefit | None
    paper: Paper | None
    version: PaperVersion | None

    @property
    def missing(self) -> Sequence[Section]:
        """The sections that are wanted and empty; none before it is begun."""
        return self.version.missing if self.version else ()


def slots_of(viewer: User, initiative: Initiative, at: datetime) -> list[Slot]:
    """Return the papers of an initiative as known at a moment: those that were begun, and those that may be.

    A retired template stays in the list where a paper was begun with it.
    """
    begun = {
        (version.paper.template_id, version.paper.benefit_id): version
        for version in _newest_versions(viewer, initiative, at)
    }
    templates = list(Template.objects.order_by("kind", "name"))
    benefits = list(initiative.benefits.order_by("position"))
    return list(_slots(templates, benefits, begun))


def _slots(
    templates: Sequence[Template], benefits: Sequence[Benefit], begun: dict[tuple[int, int | None], PaperVersion]
) -> Iterator[Slot]:
    for template in templates:
        subjects: Sequence[Benefit | None] = benefits if template.is_of_benefit else [None]
        for benefit in subjects:
            version = begun.get((template.pk, benefit.pk if benefit else None))
            if version or template.is_active:
                yield Slot(template, benefit, version.paper if version else None, version)


def _newest_versions(viewer: User, initiative: Initiative, at: datetime) -> QuerySet[PaperVersion]:
    newest = PaperVersion.objects.filter(paper=OuterRef("paper"), recorded_at__lte=at).order_by("-number")
    versions = PaperVersion.objects.visible_to(viewer).filter(paper__initiative=initiative)
    versions = versions.filter(number=Subquery(newest.values("number")[:1]))
    return versions.select_related("paper", "template_version", "recorded_by")


def may_write(viewer: User, template: Template, portfolio_id: int) -> bool:
    """Return whether a person may write papers with a template in a portfolio."""
    return may(viewer, "benefit.change" if template.is_of_benefit else "initiative.change", portfolio_id)
