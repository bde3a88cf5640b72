"""Where the people stand in the navigation."""

from django.urls import reverse
from django.utils.translation import gettext as _

from openvmo_web.access.permissions import may_somewhere
from openvmo_web.common.http import AuthenticatedRequest
from openvmo_web.common.widgets import NavigationItem, NavigationSection

ORDER = 90


def section(request: AuthenticatedRequest) -> NavigationSection | None:
    """Return the section for those who may give roles somewhere."""
    if not may_somewhere(request.user, "access.assign"):
        return None
    url = reverse("access:people")
    item = NavigationItem(_("People"), url, "people", active=request.path.startswith(url))
    return NavigationSection(_("Administration"), [item])
