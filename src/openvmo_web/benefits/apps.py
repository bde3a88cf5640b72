"""Sets up the benefits room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BenefitsConfig(AppConfig):
    """What the value is, how it is planned to arrive, and what was measured."""

    name = "openvmo_web.benefits"
    label = "benefits"
    verbose_name = _("Benefits")

    def ready(self) -> None:
        """Name what can be done here."""
        from openvmo_web.access.holdings import register_holdings
        from openvmo_web.audit.registry import register
        from openvmo_web.benefits.holdings import HOLDINGS

        register("assumption.add", _("Assumption added"))
        register("assumption.change", _("Assumption changed"))
        register("benefit.add", _("Benefit added"))
        register("benefit.change", _("Benefit changed"))
        register("benefit.retire", _("Benefit retired"))
        register("benefit.validate", _("Benefit validated by finance"))
        register("baseline.adopt", _("Baselines of all plans in force asked for"))
        register("baseline.set", _("Baseline set"))
        register("forecast.record", _("Forecast of the benefit recorded"))
        register("promise.renew", _("Promise of the benefit renewed"))
        register("plan.record", _("New version of the plan recorded"))
        register_holdings(HOLDINGS)
