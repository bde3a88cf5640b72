"""Sets up the access room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    """Who may do what."""

    name = "openvmo_web.access"
    label = "access"
    verbose_name = _("Access")

    def ready(self) -> None:
        """Register what this room brings to the others."""
        from openvmo_web.access import navigation
        from openvmo_web.access.rules import ROLE_NAMES
        from openvmo_web.audit.registry import register
        from openvmo_web.common.navigation import register_section

        roles = {role: _(name) for role, name in ROLE_NAMES.items()}
        register("access.user_create", _("User created"))
        register("access.role_assign", _("Role given"), roles)
        register("access.role_revoke", _("Role taken away"), roles)
        register("access.user_deactivate", _("User deactivated"))
        register("access.user_reactivate", _("User let in again"))
        register("access.holdings_pass_on", _("Everything handed over to somebody else"))
        register("access.digest_choose", _("E-mails chosen"))
        register("access.token_issue", _("API token issued"))
        register("access.token_revoke", _("API token revoked"))
        register("view.save", _("View of a list saved"))
        register("view.change", _("Saved view changed"))
        register("view.delete", _("Saved view deleted"))
        register_section(navigation.ORDER, navigation.section)
