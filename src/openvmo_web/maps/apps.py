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
        from openvmo_web.access.holdings import register_holdings
        from openvmo_web.audit.registry import register
        from openvmo_web.benefits.guards import register_check
        from openvmo_web.maps.checks import claims_against
        from openvmo_web.maps.holdings import HOLDINGS

        register("node.add", _("Added to the benefits map"))
        register("node.change", _("Changed on the benefits map"))
        register("node.pass_on", _("Given to another owner on the benefits map"))
        register("node.remove", _("Removed from the benefits map"))
        register("link.add", _("Link added to the benefits map"))
        register("link.change", _("Link of the benefits map changed"))
        register("link.remove", _("Link removed from the benefits map"))
        register("claim.set", _("Share of an outcome claimed"))
        register("claim.remove", _("Share of an outcome given back"))
        register("map.arrange", _("Things moved on the benefits map"))
        register("map.tidy", _("Benefits map laid out anew"))
        register("map.undo", _("Change of the benefits map taken back"))
        register_holdings(HOLDINGS)
        register_check(claims_against)
