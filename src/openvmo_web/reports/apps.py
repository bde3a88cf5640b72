"""The reports app."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """The reports app."""

    name = "openvmo_web.reports"
    label = "reports"
