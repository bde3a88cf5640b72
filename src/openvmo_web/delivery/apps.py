"""Sets up the delivery room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveryConfig(AppConfig):
    """How the work goes."""

    name = "openvmo_web.delivery"
    label = "delivery"
    verbose_name = _("Delivery")

    def ready(self) -> None:
        """Name what can be done here."""
        from openvmo_web.audit.registry import register
        from openvmo_web.portfolio.words import CONFIDENCES

        register("milestone.set", _("Milestone set"))
        register("status.record", _("Status reported"), CONFIDENCES)
        register("actual.record", _("Actual costs recorded"))
