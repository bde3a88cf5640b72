"""Sets up the portfolio room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortfolioConfig(AppConfig):
    """Portfolios and what is in them."""

    name = "openvmo_web.portfolio"
    label = "portfolio"
    verbose_name = _("Portfolio")

    def ready(self) -> None:
        """Name what can be done here, and where roles can be given."""
        from openvmo_web.access.places import register_places
        from openvmo_web.audit.registry import register
        from openvmo_web.portfolio.queries import names_of

        register("portfolio.add", _("Portfolio added"))
        register("portfolio.change", _("Portfolio changed"))
        register("programme.add", _("Programme added"))
        register("programme.change", _("Programme changed"))
        register("initiative.add", _("Initiative added"))
        register("initiative.change", _("Initiative changed"))
        register("dependency.set", _("Dependency stated"))
        register("correlation.set", _("Correlation stated"))
        register("budget.set", _("Budget set"))
        register_places(names_of)
