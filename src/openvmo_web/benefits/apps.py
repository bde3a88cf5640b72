"""The benefits app."""

from django.apps import AppConfig


class BenefitsConfig(AppConfig):
    """The benefits app."""

    name = "openvmo_web.benefits"
    label = "benefits"
