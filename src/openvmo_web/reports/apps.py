"""Sets up the reports room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """Pages and documents that read several rooms at once."""

    name = "openvmo_web.reports"
    label = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        """Bring the portfolio's pages into the navigation."""
        from openvmo_web.common.navigation import register_page_value, register_section
        from openvmo_web.papers.facts import register as register_fact
        from openvmo_web.reports import navigation
        from openvmo_web.reports.papers import net_present_value

        for order, section in navigation.sections():
            register_section(order, section)
        register_page_value("portfolios", navigation.portfolios)
        register_page_value("portfolio", navigation.current_portfolio)
        register_fact("npv", _("Expected net present value"), net_present_value)
