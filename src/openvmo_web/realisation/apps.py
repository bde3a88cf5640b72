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
        from openvmo_web.access.holdings import register_holdings
        from openvmo_web.audit.registry import register
        from openvmo_web.benefits.standings import register_refresh
        from openvmo_web.common.navigation import register_section
        from openvmo_web.realisation import navigation, words
        from openvmo_web.realisation.analysis import standings_refresh
        from openvmo_web.realisation.holdings import HANDOVERS, REQUESTS

        register("measurement.record", _("Measurements recorded"))
        register("measurement.verify", _("Measurement verified"))
        register("measurement.contest", _("Measurement contested"))
        register("evidence.add", _("Evidence filed"))
        register("request.open", _("Measurements asked for"))
        register("request.close", _("Requests for what is no longer followed closed"))
        register("request.redirect", _("Request for a measurement passed to somebody else"))
        register("request.waive", _("Request for a measurement waived"))
        register("period.close", _("Months closed to measurements"))
        register("period.reopen", _("Closed months opened again"))
        register("handover.propose", _("Hand-over proposed"))
        register("handover.accept", _("Hand-over accepted"))
        register("handover.decline", _("Hand-over declined"))
        register("handover.withdraw", _("Hand-over withdrawn"))
        register("review.plan", _("Review planned"))
        register("handover.redirect", _("Hand-over passed to somebody else"))
        register("review.record", _("Review recorded"), words.REVIEW_VERDICTS)
        register("digest.send", _("E-mail with what waits sent"))
        register_section(navigation.ORDER, navigation.section)
        register_holdings(HANDOVERS)
        register_holdings(REQUESTS)
        register_refresh(standings_refresh)
