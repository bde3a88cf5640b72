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
        from openvmo_web.access.holdings import register_holdings
        from openvmo_web.audit.registry import register
        from openvmo_web.strategy.holdings import MEASURES, OBJECTIVES

        register("strategy.objective_add", _("Objective added"))
        register("strategy.objective_change", _("Objective changed"))
        register("strategy.objective_move", _("Objective moved"))
        register("strategy.objective_weigh", _("Objective weighed"))
        register("strategy.objective_retire", _("Objective retired"))
        register("strategy.objective_restore", _("Objective restored"))
        register("strategy.weights_set", _("Objectives weighed against one another"))
        register("strategy.driver_add", _("Value driver added"))
        register("strategy.driver_change", _("Value driver changed"))
        register("strategy.measure_add", _("Measure added"))
        register("strategy.measure_change", _("Measure changed"))
        register("strategy.measure_retire", _("Measure retired"))
        register("strategy.measure_restore", _("Measure restored"))
        register("strategy.reading_record", _("Value recorded"))
        register("strategy.reading_correct", _("Value corrected"))
        register_holdings(OBJECTIVES)
        register_holdings(MEASURES)
