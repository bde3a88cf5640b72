"""The pages of templates and papers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openvmo_web.access.permissions import may, may_somewhere, require, require_somewhere
from openvmo_web.audit.queries import trail
from openvmo_web.audit.timeline import timeline_of
from openvmo_web.common.http import AuthenticatedRequest
from openvmo_web.common.moments import moment_asked
from openvmo_web.common.tables import paginate
from openvmo_web.common.widgets import Breadcrumb
from openvmo_web.papers import actions, words
from openvmo_web.papers.defaults import starting_sections
from openvmo_web.papers.facts import Subject, facts_for, told
from openvmo_web.papers.forms import (
    NewTemplateForm,
    PaperForm,
    PaperSaveForm,
    TemplateForm,
    problems_show,
    row_of,
    rows_after,
    rows_sent,
    sections_form,
    sections_stated,
)
from openvmo_web.papers.models import Paper, PaperVersion, Template, TemplateVersion
from openvmo_web.papers.queries import (
    benefit_about,
    history_of,
    may_write,
    paper_about,
    paper_of,
    slots_of,
    template_history,
    template_of,
    templates_of,
    version_asked,
    versions_known,
)
from openvmo_web.papers.rules import keyed
from openvmo_web.papers.tables import TemplateTable
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.portfolio.queries import initiative_of, portfolio_of

TRAIL_LENGTH = 20


@require_safe
def templates(request: AuthenticatedRequest) -> HttpResponse:
    """List the templates of the organisation."""
    table = TemplateTable(templates_of(request.user))
    paginate(table, request)
    context = {"table": table, "may_change": may_somewhere(request.user, "template.change")}
    return render(request, "papers/templates.html", context)


@require_safe
def template(request: AuthenticatedRequest, code: str) -> HttpResponse:
    """Show what a template asks for, and how it came to be so."""
    newest = template_of(request.user, code)
    context = {
        "template": newest.template,
        "version": newest,
        "asked": _asked(newest),
        "versions": template_history(newest.template)[:TRAIL_LENGTH],
        "may_change": may_somewhere(request.user, "template.change"),
        "entries": timeline_of(trail(request.user, newest.template)[:TRAIL_LENGTH]),
        "breadcrumbs": [_templates_crumb()],
    }
    return render(request, "papers/template.html", context)


@require_http_methods(["GET", "POST"])
def template_new(request: AuthenticatedRequest) -> HttpResponse:
    """Begin a template: its kind and name first, its sections on the next page."""
    require_somewhere(request.user, "template.change")
    form = NewTemplateForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        start = starting_sections()
        try:
            added = actions.template_add(**form.cleaned_data, sections=start, by=request.user, at=timezone.now())
        except actions.CannotWrite as problem:
            form.add_error("name", str(problem))
        else:
            messages.success(request, _("The template is added. Now say what it asks for."))
            return redirect("papers:template-change", added.code)
    context = {"form": form, "breadcrumbs": [_templates_crumb()]}
    return render(request, "papers/template_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def template_change(request: AuthenticatedRequest, code: str) -> HttpResponse:
    """Change what a template asks for: every button but “Save” only changes the page."""
    require_somewhere(request.user, "template.change")
    newest = template_of(request.user, code)
    gesture = request.POST.get("gesture", "")
    if request.method != "POST":
        form = TemplateForm(initial={"name": newest.template.name})
        sections = sections_form([row_of(section) for section in newest.asks], newest.template.kind)
        return _editor(request, newest, form, sections)
    if gesture != "save":
        rows, focus = rows_after(rows_sent(request.POST), gesture)
        form = TemplateForm(initial={name: request.POST.get(name, "") for name in ("name", "reason")})
        sections = sections_form(rows, newest.template.kind)
        return _editor(request, newest, form, sections, focus=focus, is_preview=gesture == "preview", is_unsaved=True)
    form = TemplateForm(request.POST)
    sections = sections_stated(request.POST, newest.template.kind)
    if form.is_valid() and sections.is_valid() and _template_saved(request, newest.template, form, sections):
        messages.success(request, _("The template is saved. Papers keep the version that they were written with."))
        return redirect(newest.template)
    return _editor(request, newest, form, sections, is_unsaved=True)


@require_POST
def template_use(request: AuthenticatedRequest, code: str) -> HttpResponse:
    """Retire a template, or take a retired one back into use."""
    require_somewhere(request.user, "template.change")
    shown = template_of(request.user, code).template
    reason = request.POST.get("reason", "").strip()[:500]
    if shown.is_active:
        actions.template_retire(template=shown, reason=reason, by=request.user, at=timezone.now())
        messages.success(request, _("The template is retired. Papers that were begun with it stay."))
    else:
        actions.template_restore(template=shown, reason=reason, by=request.user, at=timezone.now())
        messages.success(request, _("The template is in use again."))
    return redirect(shown)


@require_safe
def papers(request: AuthenticatedRequest, slug: str, code: str) -> HttpResponse:
    """List the papers of an initiative, and those that may be begun."""
    portfolio = portfolio_of(request.user, slug)
    about = initiative_of(portfolio, code)
    at, known_on = moment_asked(request)
    slots = slots_of(request.user, about, at)
    context = {
        "portfolio": portfolio,
        "initiative": about,
        "slots": [
            (
                slot,
                words.completeness_status(slot.version.completeness if slot.version else None, len(slot.missing)),
                slot.template.is_active and not known_on and may_write(request.user, slot.template, portfolio.pk),
            )
            for slot in slots
        ],
        "known_on": known_on,
        "today": timezone.localdate(),
        "breadcrumbs": _initiative_crumbs(portfolio, about),
    }
    return render(request, "papers/papers.html", context)


@require_http_methods(["GET", "POST"])
def write(request: AuthenticatedRequest, slug: str, code: str, template: str) -> HttpResponse:
    """Fill in a paper of an initiative, or of the benefit that ``?benefit=`` names by its key."""
    portfolio = portfolio_of(request.user, slug)
    about = initiative_of(portfolio, code)
    asked = template_of(request.user, template)
    key = request.GET.get("benefit", "")
    benefit = benefit_about(about, asked.template, int(key) if key.isdecimal() and len(key) < 19 else None)
    permission = "benefit.change" if asked.template.is_of_benefit else "initiative.change"
    require(request.user, permission, portfolio_id=portfolio.pk)
    paper = paper_about(asked.template, about, benefit)
    newest = versions_known(paper, timezone.now()).first() if paper else None
    if newest is None and not asked.template.is_active:
        raise Http404(_("This template is retired: no new paper is begun with it."))
    values = newest.values if newest else {}
    data = request.POST if request.method == "POST" else None
    form = PaperForm(asked.asks, data, values)
    save = PaperSaveForm(data, initial={"based_on": newest.number if newest else 0})
    if data is not None and form.is_valid() and save.is_valid():
        try:
            saved = actions.paper_save(
                template=asked.template,
                initiative=about,
                benefit=benefit,
                values=form.values,
                **save.cleaned_data,
                by=request.user,
                at=timezone.now(),
            )
        except actions.WrongValues as problem:
            for wrong, sentence in problem.problems.items():
                form.add_error(wrong if wrong in form.fields else None, sentence)
        except actions.CannotWrite as problem:
            form.add_error(None, str(problem))
        else:
            _tell_saved(request, saved)
            return redirect(saved.paper)
    context = {
        "portfolio": portfolio,
        "initiative": about,
        "benefit": benefit,
        "template": asked.template,
        "newest": newest,
        "is_of_older_template": newest is not None and newest.template_version_id != asked.pk,
        "form": form,
        "rows": list(form.rows(told(asked.asks, Subject(about, benefit)))),
        "save": save,
        "cancel_url": paper.get_absolute_url() if paper and newest else _papers_url(portfolio, about),
        "breadcrumbs": [*_initiative_crumbs(portfolio, about), _papers_crumb(portfolio, about)],
    }
    return render(request, "papers/write.html", context, status=422 if form.errors or save.errors else 200)


@require_safe
def paper(request: AuthenticatedRequest, slug: str, pk: int) -> HttpResponse:
    """Show what a paper says, or said in a version or on a day, and how it came to say so."""
    portfolio = portfolio_of(request.user, slug)
    shown = paper_of(request.user, portfolio, pk)
    at, known_on = moment_asked(request)
    version = version_asked(request, shown, at)
    newest = versions_known(shown, timezone.now())[:1].get()
    context = {
        "portfolio": portfolio,
        "paper": shown,
        "version": version,
        "newest": newest,
        "status": words.completeness_status(version.completeness, len(version.missing)),
        "answers": _answers(version),
        "history": history_of(shown, at),
        "known_on": known_on,
        "today": timezone.localdate(),
        "may_write": may_write(request.user, shown.template, portfolio.pk),
        "may_export": may(request.user, "portfolio.export", portfolio.pk),
        "write_url": write_url(portfolio, shown),
        "breadcrumbs": [
            *_initiative_crumbs(portfolio, shown.initiative),
            _papers_crumb(portfolio, shown.initiative),
        ],
    }
    return render(request, "papers/paper.html", context)


def write_url(portfolio: Portfolio, paper: Paper) -> str:
    """Return the address where a paper is written on."""
    address = reverse("papers:write", args=[portfolio.slug, paper.initiative.code, paper.template.code])
    return f"{address}?benefit={paper.benefit_id}" if paper.benefit_id else address


def _template_saved(request: AuthenticatedRequest, template: Template, form: TemplateForm, sections: Any) -> bool:
    stated = [row.section for row in sections.forms]
    try:
        actions.template_change(
            template=template, **form.cleaned_data, sections=stated, by=request.user, at=timezone.now()
        )
    except actions.WrongSections as problem:
        problems_show(form, sections, problem.problems)
        return False
    return True


def _editor(
    request: AuthenticatedRequest,
    newest: TemplateVersion,
    form: TemplateForm,
    sections: Any,
    *,
    focus: int | None = None,
    is_preview: bool = False,
    is_unsaved: bool = False,
) -> HttpResponse:
    is_wrong = form.is_bound and (bool(form.errors) or any(row.errors for row in sections.forms))
    context = {
        "template": newest.template,
        "form": form,
        "sections": sections,
        "focus": focus,
        "last": len(sections.forms) - 1,
        "preview": _preview(request, newest.template) if is_preview else None,
        "is_unsaved": is_unsaved,
        "is_wrong": is_wrong,
        "breadcrumbs": [_templates_crumb(), Breadcrumb(str(newest.template), newest.template.get_absolute_url())],
    }
    return render(request, "papers/template_change.html", context, status=422 if is_wrong else 200)


def _preview(request: AuthenticatedRequest, template: Template) -> list[Any]:
    """The sections as they stand on the page, as whoever writes a paper will see them."""
    stated = sections_stated(request.POST, template.kind)
    stated.is_valid()
    sections = keyed([row.section for row in stated.forms if row.is_valid()])
    return list(PaperForm(sections).rows({}))


def _asked(version: TemplateVersion) -> list[dict[str, Any]]:
    """What a template asks for, in the reader's language."""
    facts = facts_for(version.template.kind)
    return [
        {
            "title": words.shown(section.title),
            "help": words.shown(section.help),
            "kind": words.SECTION_KINDS[section.kind],
            "fact": facts[section.fact].label if section.fact in facts else "",
            "choices": [words.shown(choice) for choice in section.choices],
            "required": section.required,
        }
        for section in version.asks
    ]


def _answers(version: PaperVersion) -> list[dict[str, Any]]:
    """What a paper says, in the order of its template."""
    return [
        {
            "title": words.shown(section.title),
            "section": section,
            "text": words.answer_shown(section, version.values.get(section.key, "")),
        }
        for section in version.template_version.asks
    ]


def _tell_saved(request: AuthenticatedRequest, saved: PaperVersion) -> None:
    empty = [words.shown(section.title) for section in saved.missing]
    if empty:
        titles = ", ".join(f"“{title}”" for title in empty)
        messages.warning(request, _("The paper is saved. Still empty: %(titles)s.") % {"titles": titles})
    else:
        messages.success(request, _("The paper is saved, and complete."))


def _templates_crumb() -> Breadcrumb:
    return Breadcrumb(_("Templates"), reverse("papers:templates"))


def _initiative_crumbs(portfolio: Portfolio, initiative: Initiative) -> list[Breadcrumb]:
    return [
        Breadcrumb(_("Initiatives"), reverse("portfolio:register", args=[portfolio.slug])),
        Breadcrumb(initiative.name, initiative.get_absolute_url()),
    ]


def _papers_url(portfolio: Portfolio, initiative: Initiative) -> str:
    return reverse("papers:papers", args=[portfolio.slug, initiative.code])


def _papers_crumb(portfolio: Portfolio, initiative: Initiative) -> Breadcrumb:
    return Breadcrumb(_("Papers"), _papers_url(portfolio, initiative))
