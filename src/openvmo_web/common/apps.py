"""Sets up the room below all others."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CommonConfig(AppConfig):
    """The common room: base models, requests, headers, design system."""

    name = "openvmo_web.common"
    label = "common"

    def ready(self) -> None:
        """Keep the guards of the database after each migration."""
        from openvmo_web.common import addresses
        from openvmo_web.common.database import restore_guards

        addresses.register()
        post_migrate.connect(restore_guards, sender=self, dispatch_uid="common.restore_guards")
