"""Sets up the strategy room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StrategyConfig(AppConfig):
    """What the organisation wants."""

    name = "openvmo_web.strategy"
    label = "strategy"
    verbose_name = _("Strategy")

    def ready(self) -> None:
        """Name what can be done here."""
        from openvmo_web.audit.registry import register

        register("strategy.objective_add", _("Objective added"))
        register("strategy.objective_change", _("Objective changed"))
