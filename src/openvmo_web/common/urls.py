"""The addresses of the common room."""

from django.urls import path

from openvmo_web.common.health import health

app_name = "common"
urlpatterns = [path("health", health, name="health")]
