"""The addresses of measurements, hand-overs, reviews and tasks."""

from django.urls import URLPattern

app_name = "realisation"
urlpatterns: list[URLPattern] = []
