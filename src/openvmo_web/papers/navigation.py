"""Where the templates stand in the navigation."""

from django.urls import reverse
from django.utils.translation import gettext as _

from openvmo_web.access.permissions import may_somewhere
from openvmo_web.common.http import AuthenticatedRequest
from openvmo_web.common.widgets import NavigationItem, NavigationSection

ORDER = 80


def section(request: AuthenticatedRequest) -> NavigationSection | None:
    """Return the section for those who may change the templates."""
    if not may_somewhere(request.user, "template.change"):
        return None
    url = reverse("papers:templates")
    item = NavigationItem(_("Templates"), url, "document", active=request.path.startswith(url))
    return NavigationSection(_("Organisation"), [item])
