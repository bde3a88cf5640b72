"""What every template knows, besides what its view gives."""

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from openvmo_web.common.http import authenticated
from openvmo_web.common.navigation import page_values, sections_for


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the nonce, and for signed-in people the navigation and the registered values, each made on first use."""
    context: dict[str, Any] = {"csp_nonce": getattr(request, "csp_nonce", "")}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context
    known = authenticated(request)
    context["navigation"] = SimpleLazyObject(partial(sections_for, known))
    for name, provider in page_values().items():
        context[name] = SimpleLazyObject(partial(provider, known))
    return context
