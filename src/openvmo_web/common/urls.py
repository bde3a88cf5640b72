"""The addresses of the common room."""

from django.urls import path

from openvmo_web.common import health, views

app_name = "common"
urlpatterns = [
    path("health", health.health, name="health"),
    path("design/", views.design, name="design"),
]
