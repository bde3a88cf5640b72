"""Where the imports stand in the navigation."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from openvmo_web.common.http import AuthenticatedRequest
from openvmo_web.common.widgets import NavigationItem, NavigationSection
from openvmo_web.exchange.queries import may_import_somewhere

ORDER = 80


def section(request: AuthenticatedRequest) -> NavigationSection | None:
    """Return the section for those who may import."""
    if not may_import_somewhere(request.user):
        return None
    url = reverse("exchange:imports")
    item = NavigationItem(_("Import"), url, "import", active=request.path.startswith(url))
    return NavigationSection(_("Data"), [item])
