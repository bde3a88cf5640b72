"""The pages of the register: the list in its views, its files, a cell, and a change of several benefits."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openvmo_web.access.models import User
from openvmo_web.access.permissions import may, require
from openvmo_web.access.queries import views_of
from openvmo_web.benefits import actions
from openvmo_web.benefits.exports import FORMATS, register_export_columns, register_export_row, workbook_response
from openvmo_web.benefits.forms import BenefitForm, BulkForm, SaveViewForm
from openvmo_web.benefits.models import Benefit
from openvmo_web.benefits.preview import BulkPreview, bulk_preview
from openvmo_web.benefits.queries import register_row
from openvmo_web.benefits.register import (
    GROUPS,
    VIEWS,
    Card,
    RegisterFilter,
    Shows,
    benefits_of,
    card_of,
    columns_asked,
    shown_by_name,
)
from openvmo_web.benefits.tables import RegisterTable, cell_as_html, name_as_html
from openvmo_web.common import formats
from openvmo_web.common.export import export_response
from openvmo_web.common.http import AuthenticatedRequest, authenticated
from openvmo_web.common.tables import PER_PAGE, paginate, sort
from openvmo_web.common.widgets import Breadcrumb, Tab
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.portfolio.queries import portfolio_of

PAGE = "benefits:register"
MOST_AT_ONCE = 2_000
# What is kept of an address in a saved view: filters and sorting, not the page or the columns.
NOT_SAVED = ("page", "columns", "saved", "csrfmiddlewaretoken")


@require_safe
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """List the benefits of a portfolio as a table, as cards, or so that they can be changed in place."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    may_change = may(viewer, "benefit.change", portfolio.pk)
    view = _view_of(request, may_change=may_change)
    columns = columns_asked(request.GET.getlist("columns"))
    filtered = RegisterFilter(request.GET, benefits_of(viewer, portfolio), viewer=viewer, portfolio=portfolio)
    table = RegisterTable(filtered.qs, portfolio=portfolio, columns=columns, is_editing=view == "edit")
    paginate(table, request)
    context = {
        "portfolio": portfolio,
        "filter": filtered,
        "table": table,
        "view": view,
        "tabs": _view_tabs(request, view, may_change=may_change),
        "column_groups": _column_groups(columns),
        "kept": _kept_without(request.GET, "columns", "page"),
        "cards": _cards(table) if view == "cards" else [],
        "is_filtered": bool(request.GET),
        "may_change": may_change,
        "may_export": may(viewer, "portfolio.export", portfolio.pk),
        "money": f"money-short:{portfolio.currency}",
        **_saved(request, viewer, portfolio),
    }
    return render(request, "benefits/register.html", context)


@require_safe
def register_export(request: HttpRequest, slug: str, format: str) -> HttpResponse:
    """Download the register as filtered, sorted and cut to columns on the page, or all of it for editing."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    require(viewer, "portfolio.export", portfolio_id=portfolio.pk)
    if format not in FORMATS:
        raise Http404(_("The register comes as csv or xlsx, not as %(format)s.") % {"format": format})
    columns = columns_asked(request.GET.getlist("columns"))
    filtered = RegisterFilter(request.GET, benefits_of(viewer, portfolio), viewer=viewer, portfolio=portfolio)
    table = RegisterTable(filtered.qs, portfolio=portfolio, columns=columns)
    sort(table, request)
    rows = (row.record for row in table.rows)
    if format == "xlsx" and request.GET.get("for") == "editing":
        return workbook_response(f"{portfolio.slug}-benefits", rows)
    headings = register_export_columns(portfolio, columns)
    lines = (register_export_row(benefit, columns) for benefit in rows)
    return export_response(format, f"{portfolio.slug}-benefits", headings, lines)  # type: ignore[arg-type]


@require_http_methods(["GET", "POST"])
def cell(request: HttpRequest, slug: str, pk: int, field: str) -> HttpResponse:
    """Show a cell of the list, offer a form in its place, or store what the form says.

    Without the script that asks for it, the whole form of the benefit serves.
    """
    known = authenticated(request)
    portfolio = portfolio_of(known.user, slug)
    require(known.user, "benefit.change", portfolio_id=portfolio.pk)
    benefit = register_row(known.user, portfolio, pk)
    shows = shown_by_name().get(field)
    if field != "name" and (shows is None or not shows.is_editable):
        raise Http404(_("“%(field)s” is not changed in the list.") % {"field": field})
    if not known.htmx:
        return redirect("benefits:change", slug, pk)
    if request.method == "GET" and request.GET.get("show"):
        return HttpResponse(_shown_cell(shows, benefit, portfolio))
    form = BenefitForm(request.POST or None, portfolio=portfolio, benefit=benefit, only=(field,), auto_id=f"{pk}-%s")
    if request.method == "POST" and form.is_valid() and _stored(form, benefit, known):
        return HttpResponse(_shown_cell(shows, register_row(known.user, portfolio, pk), portfolio))
    context = {"form": form, "field": form[field], "action": request.path, "benefit": benefit}
    return render(request, "benefits/cell.html", context, status=422 if form.errors else 200)


@require_POST
def bulk(request: HttpRequest, slug: str) -> HttpResponse:
    """Change several benefits: ask what, show what would change, and change them all or none."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    require(viewer, "benefit.change", portfolio_id=portfolio.pk)
    chosen = _chosen(request, viewer, portfolio)
    if refusal := _choice_refusal(chosen):
        messages.error(request, refusal)
        return redirect("benefits:register", slug)
    is_asked = "preview" in request.POST or "confirm" in request.POST
    form = BulkForm(request.POST if is_asked else None, portfolio=portfolio)
    preview = bulk_preview(chosen, form.values()) if is_asked and form.is_valid() else None
    if preview and not preview.problems and "confirm" in request.POST:
        return _changed(request, portfolio, chosen, form)
    context = {
        "portfolio": portfolio,
        "chosen": chosen,
        "form": form,
        "preview": preview,
        "shown": preview.changes[:PER_PAGE] if preview else [],
        "breadcrumbs": [Breadcrumb(_("Benefits"), reverse("benefits:register", args=[slug]))],
    }
    return render(request, "benefits/bulk.html", context, status=422 if _has_problems(form, preview) else 200)


def _has_problems(form: BulkForm, preview: BulkPreview | None) -> bool:
    return bool(form.errors) or bool(preview and preview.problems)


def _changed(request: HttpRequest, portfolio: Portfolio, chosen: list[Benefit], form: BulkForm) -> HttpResponse:
    """Change the chosen benefits and go back to the list."""
    changed = actions.benefits_change(
        benefits=chosen,
        values=form.values(),
        note=form.cleaned_data["note"],
        by=authenticated(request).user,
        at=timezone.now(),
    )
    told = ngettext("%(count)d benefit was changed.", "%(count)d benefits were changed.", len(changed))
    messages.success(request, told % {"count": len(changed)})
    return redirect(f"{reverse('benefits:register', args=[portfolio.slug])}?view=edit")


def _chosen(request: HttpRequest, viewer: User, portfolio: Portfolio) -> list[Benefit]:
    """The benefits whose boxes were ticked, or all that the filters let through; one more than may be at most."""
    rows = benefits_of(viewer, portfolio)
    if request.POST.get("everything"):
        query = QueryDict(request.POST.get("query", ""))
        chosen = RegisterFilter(query, rows, viewer=viewer, portfolio=portfolio).qs
    else:
        keys = [int(key) for key in request.POST.getlist("chosen") if key.isdecimal()]
        chosen = rows.filter(pk__in=keys)
    return list(chosen[: MOST_AT_ONCE + 1])


def _choice_refusal(chosen: list[Benefit]) -> str:
    """Why these benefits cannot be changed together; empty when they can."""
    if not chosen:
        return _("Choose at least one benefit.")
    if len(chosen) > MOST_AT_ONCE:
        told = _("More than %(most)s benefits are chosen: filter the list, or use the sheet “All fields for editing”.")
        return told % {"most": formats.formatted(MOST_AT_ONCE, "integer", formats.current_locale())}
    return ""


def _stored(form: BenefitForm, benefit: Benefit, request: AuthenticatedRequest) -> bool:
    """Store what a form says; tell at its fields why it cannot be stored."""
    try:
        actions.benefit_change(benefit=benefit, by=request.user, at=timezone.now(), **form.values())
    except ValidationError as refusal:
        form.add_refusal(refusal.message_dict)
        return False
    return True


def _shown_cell(shows: Shows | None, benefit: Benefit, portfolio: Portfolio) -> str:
    if shows is not None:
        return cell_as_html(shows, benefit, portfolio, is_fresh=True)
    return name_as_html(benefit, portfolio, is_editing=True, is_fresh=True)


def _view_of(request: HttpRequest, *, may_change: bool) -> str:
    asked = request.GET.get("view", "table")
    return asked if asked in VIEWS and (may_change or asked != "edit") else "table"


def _view_tabs(request: HttpRequest, view: str, *, may_change: bool) -> list[Tab]:
    offered = [name for name in VIEWS if may_change or name != "edit"]
    tabs = []
    for name in offered:
        query = request.GET.copy()
        query.pop("page", None)
        query["view"] = name
        tabs.append(Tab(str(VIEWS[name]), f"?{query.urlencode()}", active=name == view))
    return tabs


def _column_groups(chosen: list[Shows]) -> list[tuple[Any, list[tuple[Shows, bool]]]]:
    """All columns under their headings, each with whether it is shown."""
    names = {one.name for one in chosen}
    return [
        (title, [(one, one.name in names) for one in shown_by_name().values() if one.group == group])
        for group, title in GROUPS.items()
    ]


def _kept_without(query: QueryDict, *names: str) -> list[tuple[str, str]]:
    return [(name, value) for name, values in query.lists() if name not in names for value in values]


def _saved(request: HttpRequest, viewer: User, portfolio: Portfolio) -> dict[str, Any]:
    """The views that are offered, the one that is open, and what saving would keep."""
    views = list(views_of(viewer, PAGE, portfolio.pk))
    kept = QueryDict(mutable=True)
    for name, value in _kept_without(request.GET, *NOT_SAVED):
        kept.appendlist(name, value)
    opened = request.GET.get("saved", "")
    return {
        "saved_views": [(view, saved_address(view)) for view in views],
        "opened": next((view for view in views if str(view.pk) == opened), None),
        "save_form": SaveViewForm(auto_id="save_%s"),
        "query_now": kept.urlencode(),
        "columns_now": request.GET.getlist("columns"),
    }


def saved_address(view: Any) -> str:
    """Return the query of the address that opens a saved view."""
    query = QueryDict(view.query, mutable=True)
    query.setlist("columns", view.columns)
    query["saved"] = str(view.pk)
    return f"?{query.urlencode()}"


def _cards(table: RegisterTable) -> list[Card]:
    """The benefits of the page at hand as cards."""
    return [card_of(row.record) for row in table.paginated_rows]
