"""The addresses of the audit trail."""

from django.urls import path

from openvmo_web.audit import views

app_name = "audit"
urlpatterns = [path("audit/<str:kind>/<str:key>/", views.trail, name="trail")]
