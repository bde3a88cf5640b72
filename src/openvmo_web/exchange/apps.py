"""The exchange app."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The exchange app."""

    name = "openvmo_web.exchange"
    label = "exchange"
