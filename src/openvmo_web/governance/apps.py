"""The governance app."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    """The governance app."""

    name = "openvmo_web.governance"
    label = "governance"
