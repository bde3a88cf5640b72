"""The insight app."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """The insight app."""

    name = "openvmo_web.insight"
    label = "insight"
