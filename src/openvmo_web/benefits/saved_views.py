"""The pages of saved views of the register: keep one, rename it, show it to everybody, delete it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from openvmo_web.access.actions import view_change, view_delete, view_save
from openvmo_web.access.models import SavedView, User
from openvmo_web.access.permissions import may
from openvmo_web.access.queries import views_of
from openvmo_web.benefits.forms import SaveViewForm
from openvmo_web.benefits.register import shown_by_name
from openvmo_web.benefits.views import PAGE, saved_address
from openvmo_web.common.http import authenticated
from openvmo_web.common.widgets import Breadcrumb
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.portfolio.queries import portfolio_of


@require_safe
def saved_views(request: HttpRequest, slug: str) -> HttpResponse:
    """List the saved views that the viewer is offered, with what can be done about them."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    listed = [(view, saved_address(view), _form_of(view)) for view in views_of(viewer, PAGE, portfolio.pk)]
    context = {
        "portfolio": portfolio,
        "saved_views": listed,
        "viewer": viewer,
        "may_keep_order": may(viewer, "portfolio.change", portfolio.pk),
        "breadcrumbs": [Breadcrumb(_("Benefits"), reverse("benefits:register", args=[slug]))],
    }
    return render(request, "benefits/saved_views.html", context)


def _form_of(view: SavedView) -> SaveViewForm:
    known = {"name": view.name, "is_shared": view.is_shared}
    return SaveViewForm(initial=known, auto_id=f"view{view.pk}_%s")


@require_POST
def save(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep the list as it is under a name, and open it."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    columns = [name for name in request.POST.getlist("columns") if name in shown_by_name()]
    try:
        view = view_save(
            page=PAGE,
            portfolio_id=portfolio.pk,
            name=request.POST.get("name", "").strip(),
            query=request.POST.get("query", ""),
            columns=columns,
            is_shared="is_shared" in request.POST,
            by=viewer,
            at=timezone.now(),
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("benefits:register", slug)
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return redirect(f"{reverse('benefits:register', args=[slug])}{saved_address(view)}")


@require_POST
def change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Rename a view, or show it to everybody or to nobody else."""
    viewer = authenticated(request).user
    view = _view_of(viewer, portfolio_of(viewer, slug), pk)
    name, is_shared = request.POST.get("name", "").strip(), "is_shared" in request.POST
    try:
        view_change(view=view, name=name, is_shared=is_shared, by=viewer, at=timezone.now())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The view was changed."))
    return redirect("benefits:views", slug)


@require_POST
def delete(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Delete a view."""
    viewer = authenticated(request).user
    view_delete(view=_view_of(viewer, portfolio_of(viewer, slug), pk), by=viewer, at=timezone.now())
    messages.success(request, _("The view was deleted."))
    return redirect("benefits:views", slug)


def _view_of(viewer: User, portfolio: Portfolio, pk: int) -> SavedView:
    found = views_of(viewer, PAGE, portfolio.pk).filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such saved view that you may see."))
    return found
