"""Sets up the jobs room."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    """Background work."""

    name = "openvmo_web.jobs"
    label = "jobs"
    verbose_name = _("Jobs")

    def ready(self) -> None:
        """Register what this room brings to the others."""
        from openvmo_web.audit.registry import register
        from openvmo_web.common.health import register_check
        from openvmo_web.jobs.health import a_worker_lives

        register("jobs.cancel", _("Job cancelled"))
        register_check("worker", a_worker_lives)
        autodiscover_modules("tasks")
