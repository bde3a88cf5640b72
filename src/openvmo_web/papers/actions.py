"""What is written about templates and papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from openvmo_web.access.models import User
from openvmo_web.access.permissions import require, require_somewhere
from openvmo_web.audit.actions import record
from openvmo_web.benefits.models import Benefit
from openvmo_web.papers.facts import Subject, facts_for, told_beside
from openvmo_web.papers.models import Paper, PaperVersion, Template, TemplateVersion
from openvmo_web.papers.rules import (
    Section,
    SectionProblem,
    changed,
    keyed,
    section_problems,
    value_problem,
)
from openvmo_web.papers.words import SECTION_PROBLEMS, value_sentence
from openvmo_web.portfolio.models import Initiative

CODE_LENGTH = 60


class CannotWrite(ValueError):
    """A template or a paper cannot be written as things stand; the message says why and what to do."""


class WrongSections(ValidationError):
    """The sections cannot make a template.

    Attributes:
        problems: What is wrong, with the place of each section.
    """

    def __init__(self, problems: Sequence[SectionProblem]) -> None:
        super().__init__({_place(problem): [str(SECTION_PROBLEMS[problem.code])] for problem in problems})
        self.problems = problems


class WrongValues(ValidationError):
    """Some answers do not fit their sections.

    Attributes:
        problems: The sentence for each wrong section, by its key.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__({key: [sentence] for key, sentence in problems.items()})
        self.problems = problems


def template_add(
    *, kind: str, name: str, sections: Sequence[Section], reason: str = "", by: User, at: datetime
) -> Template:
    """Add a template with its first version; its code is made from its name and stays.

    Raises:
        Refused: `by` may not change templates anywhere.
        WrongSections: the sections cannot make a template.
        CannotWrite: a template of this name is there already.
    """
    require_somewhere(by, "template.change")
    code = slugify(name, allow_unicode=False)[:CODE_LENGTH].strip("-")
    if not code:
        raise CannotWrite(_("Give a name with at least one Latin letter or digit: the address is made from it."))
    with transaction.atomic():
        if Template.objects.filter(code=code).exists():
            raise CannotWrite(_("There is a template of this name already. Change that one, or give another name."))
        template = Template(kind=kind, code=code, name=name)
        template.full_clean()
        template.save()
        _version_add(template, sections, reason, by=by, at=at)
        changes = {"kind": (None, kind), "name": (None, name), "sections": (None, _titles(sections))}
        record(by=by, at=at, action="template.add", on=template, changes=changes, note=reason)
    return template


def template_change(
    *, template: Template, name: str, sections: Sequence[Section], reason: str, by: User, at: datetime
) -> Template:
    """Store the sections as a new version, and the name; papers keep the version that they were written with.

    Stating what is already so adds nothing.

    Raises:
        Refused: `by` may not change templates anywhere.
        WrongSections: the sections cannot make a template.
    """
    require_somewhere(by, "template.change")
    with transaction.atomic():
        template = Template.objects.select_for_update().get(pk=template.pk)
        newest = template.versions.order_by("number").last()
        old = newest.asks if newest else ()
        if name == template.name and keyed(sections) == old:
            return template
        changes: dict[str, tuple[str | None, str | None]] = {}
        if keyed(sections) != old:
            new = _version_add(template, sections, reason, by=by, at=at)
            changes |= _section_changes(old, new.asks)
        if name != template.name:
            changes["name"] = (template.name, name)
            template.name = name
            template.full_clean()
            template.save(update_fields=["name"])
        record(by=by, at=at, action="template.change", on=template, changes=changes, note=reason)
    return template


def template_retire(*, template: Template, reason: str = "", by: User, at: datetime) -> Template:
    """Take a template out of use: no new paper is begun with it, and those that were stay as they are."""
    require_somewhere(by, "template.change")
    return _use_set(template, is_active=False, action="template.retire", reason=reason, by=by, at=at)


def template_restore(*, template: Template, reason: str = "", by: User, at: datetime) -> Template:
    """Take a retired template back into use."""
    require_somewhere(by, "template.change")
    return _use_set(template, is_active=True, action="template.restore", reason=reason, by=by, at=at)


def paper_save(
    *,
    template: Template,
    initiative: Initiative,
    benefit: Benefit | None = None,
    values: Mapping[str, str],
    note: str = "",
    based_on: int | None = None,
    by: User,
    at: datetime,
) -> PaperVersion:
    """Store what a paper says as a new version, with the facts as the register tells them now.

    What is wanted and empty is flagged by the version, not refused. Stating what the newest version says adds nothing.

    Args:
        template: The template; its newest version is used.
        initiative: What the paper is about.
        benefit: The benefit that it is about, for the templates of benefits.
        values: The answers by the keys of the sections; what is left out is empty.
        note: What changed, in the words of the writer.
        based_on: The number of the version that the writer had before him, 0 for none; None does not ask.
        by: Who writes.
        at: When.

    Raises:
        Refused: `by` may not change the initiative, or the register for a paper of a benefit.
        WrongValues: some answers do not fit their sections.
        CannotWrite: the template is retired or of another kind of subject, or somebody else has saved meanwhile.
    """
    permission = "benefit.change" if template.is_of_benefit else "initiative.change"
    require(by, permission, portfolio_id=initiative.portfolio_id)
    _check_subject(template, initiative, benefit)
    template_version = template.versions.order_by("number").last()
    if template_version is None:
        raise CannotWrite(_("This template has no sections yet. Change the template first."))
    sections = template_version.asks
    written = _checked(sections, values)
    with transaction.atomic():
        paper = _paper(template, initiative, benefit)
        newest = paper.versions.select_related("template_version", "recorded_by").order_by("number").last()
        if newest is None and not template.is_active:
            raise CannotWrite(_("This template is retired: no new paper is begun with it. Choose another one."))
        _check_based_on(newest, based_on)
        before = newest.values if newest else {}
        kept = written | told_beside(sections, Subject(initiative, benefit), before)
        changes = changed(sections, before, kept)
        if newest and not changes and newest.template_version_id == template_version.pk:
            return newest
        version = PaperVersion.objects.create(
            paper=paper,
            template_version=template_version,
            number=newest.number + 1 if newest else 1,
            values=kept,
            note=note,
            recorded_at=at,
            recorded_by=by,
        )
        portfolio_id = initiative.portfolio_id
        record(by=by, at=at, action="paper.save", on=paper, portfolio_id=portfolio_id, changes=changes, note=note)
    return version


def _version_add(
    template: Template, sections: Sequence[Section], reason: str, *, by: User, at: datetime
) -> TemplateVersion:
    problems = section_problems(sections, facts_for(template.kind))
    if problems:
        raise WrongSections(problems)
    last = template.versions.aggregate(last=Max("number"))["last"] or 0
    return TemplateVersion.objects.create(
        template=template,
        number=last + 1,
        sections=[section.as_stored for section in keyed(sections)],
        reason=reason,
        recorded_at=at,
        recorded_by=by,
    )


def _use_set(template: Template, *, is_active: bool, action: str, reason: str, by: User, at: datetime) -> Template:
    with transaction.atomic():
        template = Template.objects.select_for_update().get(pk=template.pk)
        if template.is_active != is_active:
            template.is_active = is_active
            template.save(update_fields=["is_active"])
            changes = {"is_active": (not is_active, is_active)}
            record(by=by, at=at, action=action, on=template, changes=changes, note=reason)
    return template


def _paper(template: Template, initiative: Initiative, benefit: Benefit | None) -> Paper:
    """The paper, locked, so that its versions count up without a gap."""
    paper, _is_new = Paper.objects.get_or_create(template=template, initiative=initiative, benefit=benefit)
    return Paper.objects.select_for_update().get(pk=paper.pk)


def _check_subject(template: Template, initiative: Initiative, benefit: Benefit | None) -> None:
    if template.is_of_benefit and (benefit is None or benefit.initiative_id != initiative.pk):
        raise CannotWrite(_("This template is filled in for a benefit. Name a benefit of this initiative."))
    if not template.is_of_benefit and benefit is not None:
        raise CannotWrite(_("This template is filled in for the initiative, not for one of its benefits."))


def _check_based_on(newest: PaperVersion | None, based_on: int | None) -> None:
    if based_on is None or based_on == (newest.number if newest else 0):
        return
    if newest is None:
        raise CannotWrite(_("This paper has no version %(number)s. Open it anew.") % {"number": based_on})
    raise CannotWrite(
        _(
            "%(name)s has saved version %(number)s while you were writing. Nothing of yours is stored yet: "
            "open the paper in a second window, bring the two together, and save again."
        )
        % {"name": newest.recorded_by, "number": newest.number}
    )


def _checked(sections: Sequence[Section], values: Mapping[str, str]) -> dict[str, str]:
    """The answers as they are kept; unknown and unfit ones are refused together."""
    written = {section.key: section for section in sections if section.kind != "fact"}
    problems = {key: _("This template has no such section to write in.") for key in values if key not in written}
    kept = {key: values.get(key, "").strip() for key in written}
    for key, section in written.items():
        code = value_problem(section, kept[key])
        if code:
            problems[key] = value_sentence(section, code)
    if problems:
        raise WrongValues(problems)
    return kept


def _section_changes(old: Sequence[Section], new: Sequence[Section]) -> dict[str, tuple[str | None, str | None]]:
    """What differs between two versions of a template: its order and titles, and each changed section."""
    before, after = {section.key: section for section in old}, {section.key: section for section in new}
    changes: dict[str, tuple[str | None, str | None]] = {}
    if _titles(old) != _titles(new):
        changes["sections"] = (_titles(old), _titles(new))
    for key in before.keys() & after.keys():
        if before[key] != after[key] and before[key].title == after[key].title:
            changes[before[key].title] = (_details(before[key]), _details(after[key]))
    return changes


def _titles(sections: Sequence[Section]) -> str:
    return "; ".join(section.title for section in sections)


def _details(section: Section) -> str:
    wanted = _("wanted") if section.required else _("may stay empty")
    return ", ".join(filter(None, (section.kind, section.fact, "/".join(section.choices), wanted, section.help)))


def _place(problem: SectionProblem) -> str:
    """Where a problem is, as programs write it."""
    return "sections" if problem.field == "sections" else f"sections.{problem.place}.{problem.field}"
