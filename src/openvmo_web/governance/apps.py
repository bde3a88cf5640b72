"""Sets up the governance room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GovernanceConfig(AppConfig):
    """Who decides, and what was decided."""

    name = "openvmo_web.governance"
    label = "governance"
    verbose_name = _("Governance")

    def ready(self) -> None:
        """Name what can be done here."""
        from openvmo_web.access.holdings import register_holdings
        from openvmo_web.audit.registry import register
        from openvmo_web.governance.holdings import HOLDINGS

        register("body.set", _("Body set"))
        register("right.set", _("Decision right set"))
        register("decision.propose", _("Decision proposed"))
        register("decision.approve", _("Decision approved"))
        register("decision.reject", _("Decision rejected"))
        register("decision.withdraw", _("Decision withdrawn"))
        register_holdings(HOLDINGS)
