"""The page of a trail."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from openvmo_web.audit.queries import trail_of
from openvmo_web.audit.timeline import model_of, timeline_of
from openvmo_web.common.http import AuthenticatedRequest

ENTRIES_A_PAGE = 50


@require_safe
def trail(request: AuthenticatedRequest, kind: str, key: str) -> HttpResponse:
    """Show what was done to a thing."""
    page = Paginator(trail_of(request.user, kind=kind, key=key), ENTRIES_A_PAGE).get_page(request.GET.get("page"))
    if not page.paginator.count:
        raise Http404
    model = model_of(kind)
    context = {
        "label": page.object_list[0].label,
        "kind": model._meta.verbose_name if model else kind,
        "page": page,
        "entries": timeline_of(page.object_list),
    }
    return render(request, "audit/trail.html", context)
