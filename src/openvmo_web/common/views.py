"""The living style page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from openvmo_web.common.design import samples
from openvmo_web.common.http import AuthenticatedRequest


@require_safe
def design(request: AuthenticatedRequest) -> HttpResponse:
    """Show every component of the design system in every state."""
    return render(request, "common/design.html", samples(request))
