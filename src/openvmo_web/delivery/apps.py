"""The delivery app."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """The delivery app."""

    name = "openvmo_web.delivery"
    label = "delivery"
