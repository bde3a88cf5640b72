"""Sets up the audit room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """The log of what was done."""

    name = "openvmo_web.audit"
    label = "audit"
    verbose_name = _("Audit")
