"""The strategy app."""

from django.apps import AppConfig


class StrategyConfig(AppConfig):
    """The strategy app."""

    name = "openvmo_web.strategy"
    label = "strategy"
