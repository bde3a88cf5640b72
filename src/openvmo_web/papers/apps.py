"""Sets up the room of templates and papers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PapersConfig(AppConfig):
    """The organisation's templates, and the papers that are written with them."""

    name = "openvmo_web.papers"
    label = "papers"
    verbose_name = _("Papers")

    def ready(self) -> None:
        """Name what can be done here, and what papers can take from the register."""
        from openvmo_web.audit.registry import register
        from openvmo_web.papers.facts import register_own

        register("template.add", _("Template added"))
        register("template.change", _("Template changed"))
        register("template.retire", _("Template retired"))
        register("template.restore", _("Template taken back into use"))
        register("paper.save", _("Paper saved"))
        register_own()
