"""Sets up the room of the benefits map."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MapsConfig(AppConfig):
    """Which enablers and changes lead to which outcomes, benefits and objectives."""

    name = "openvmo_web.maps"
    label = "maps"
    verbose_name = _("Benefits map")

    def ready(self) -> None:
        """Name what can be done here."""
