"""Where one's own tasks stand in the navigation."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from openvmo_web.common.http import AuthenticatedRequest
from openvmo_web.common.widgets import NavigationItem, NavigationSection
from openvmo_web.realisation.operations_queries import waiting_count

# Before the pages of the portfolio: tasks belong to the person.
ORDER = 5


def section(request: AuthenticatedRequest) -> NavigationSection:
    """Return the way to what waits for the viewer, with how much that is."""
    url = reverse("realisation:tasks")
    count = waiting_count(request.user, timezone.localdate())
    item = NavigationItem(_("My tasks"), url, "task", active=request.path == url, count=count or None)
    return NavigationSection("", [item])
