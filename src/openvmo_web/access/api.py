"""Who calls the API."""

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema
from ninja.errors import AuthorizationError
from ninja.security import HttpBearer
from ninja.throttling import AuthRateThrottle

from openvmo_web.access.models import User
from openvmo_web.access.permissions import may_somewhere
from openvmo_web.access.queries import token_in_force, token_seen
from openvmo_web.common.api import responses
from openvmo_web.common.http import authenticated

router = Router(tags=["You"])


class TokenAuth(HttpBearer):
    """A person's API token; it carries the rights of that person and no others."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """Return the person whose token it is; None when it is not in force."""
        now = timezone.now()
        found = token_in_force(token, at=now)
        if found is None:
            return None
        if not may_somewhere(found.user, "api.use"):
            raise AuthorizationError(message=_("Your roles do not include the use of the API. Ask an administrator."))
        token_seen(found, at=now)
        request.user = found.user
        return found.user


class TokenThrottle(AuthRateThrottle):
    """So many requests a minute for each person, whatever number of tokens."""

    def __init__(self) -> None:
        super().__init__(settings.API_RATE)

    def get_cache_key(self, request: HttpRequest) -> str:
        """Return under what the requests of a person are counted."""
        return f"access.api.requests:{authenticated(request).user.pk}"


class Person(Schema):
    """The person whose token was sent."""

    email: str
    name: str
    language: str = Field(description="Empty: the language that the browser asks for.")


@router.get("/me", response=responses(Person), summary="The person whose token was sent")
def me(request: HttpRequest) -> User:
    """Say whose token was sent: a first call to see that it works."""
    return authenticated(request).user
