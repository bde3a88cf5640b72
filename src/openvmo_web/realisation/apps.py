"""Sets up the realisation room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RealisationConfig(AppConfig):
    """Whether the value arrives: measurements asked for, given, verified; benefits handed over, reviewed, sustained."""

    name = "openvmo_web.realisation"
    label = "realisation"
    verbose_name = _("Realisation")

    def ready(self) -> None:
        """Name what can be done here."""
        from openvmo_web.audit.registry import register

        register("measurement.record", _("Measurements recorded"))
        register("measurement.verify", _("Measurement verified"))
