"""The portfolio app."""

from django.apps import AppConfig


class PortfolioConfig(AppConfig):
    """The portfolio app."""

    name = "openvmo_web.portfolio"
    label = "portfolio"
