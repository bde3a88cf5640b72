"""Sets up the exchange room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    """Files on their way in and out."""

    name = "openvmo_web.exchange"
    label = "exchange"
    verbose_name = _("Exchange")

    def ready(self) -> None:
        """Name what can be done here."""
        from openvmo_web.audit.registry import register
        from openvmo_web.common.navigation import register_section
        from openvmo_web.exchange import navigation

        register_section(navigation.ORDER, navigation.section)
        register("exchange.import_preview", _("File uploaded for import"))
        register("exchange.import_read", _("File read and compared with the portfolio"))
        register("exchange.records_import", _("Records imported"))
        register("exchange.import_apply", _("File imported"))
        register("exchange.import_discard", _("Import discarded"))
        register("exchange.export", _("Portfolio exported"))
