"""Sets up the room of templates and papers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PapersConfig(AppConfig):
    """The organisation's templates, and the papers that are written with them."""

    name = "openvmo_web.papers"
    label = "papers"
    verbose_name = _("Papers")

    def ready(self) -> None:
        """Name what can be done here."""
