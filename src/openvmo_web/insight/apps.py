"""Sets up the insight room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InsightConfig(AppConfig):
    """Forecasts and choices, and what they rest on."""

    name = "openvmo_web.insight"
    label = "insight"
    verbose_name = _("Insight")

    def ready(self) -> None:
        """Name what can be done here."""
        from openvmo_web.audit.registry import register
        from openvmo_web.insight.sums import sums_refresh
        from openvmo_web.portfolio.changes import register_refresh

        register("run.start", _("Run started"))
        register("run.finish", _("Run finished"))
        register("run.fail", _("Run failed"))
        register("run.cancel", _("Run cancelled"))
        register("recomputation.start", _("Second computation started"))
        register("recomputation.finish", _("Second computation compared"))
        register_refresh(sums_refresh)
