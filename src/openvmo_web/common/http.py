"""The request as our views see it."""

from typing import TYPE_CHECKING, cast

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from openvmo_web.access.models import User


class AuthenticatedRequest(HttpRequest):
    """A request behind the sign-in: every view gets one, except those marked ``login_not_required``."""

    user: "User"
    htmx: "HtmxDetails"
    csp_nonce: str


def authenticated(request: HttpRequest) -> AuthenticatedRequest:
    """Return the same request with the type that it has behind the sign-in."""
    return cast(AuthenticatedRequest, request)
