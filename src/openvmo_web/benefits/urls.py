"""Addresses of the register, of forecasts and of baselines.

The page of a benefit shows what rooms above know of it too: ``reports`` adds it, and includes all of them together.
"""

from django.urls import URLPattern, path

from openvmo_web.benefits import forecast_views, form_views, saved_views, views

app_name = "benefits"
urlpatterns: list[URLPattern] = [
    path("p/<slug:slug>/benefits/", views.register, name="register"),
    path("p/<slug:slug>/benefits/export.<str:format>", views.register_export, name="register-export"),
    path("p/<slug:slug>/benefits/bulk/", views.bulk, name="bulk"),
    path("p/<slug:slug>/benefits/new/", form_views.new, name="new"),
    path("p/<slug:slug>/benefits/completeness/", form_views.completeness, name="completeness"),
    path("p/<slug:slug>/benefits/views/", saved_views.saved_views, name="views"),
    path("p/<slug:slug>/benefits/views/save/", saved_views.save, name="view-save"),
    path("p/<slug:slug>/benefits/views/<int:pk>/change/", saved_views.change, name="view-change"),
    path("p/<slug:slug>/benefits/views/<int:pk>/delete/", saved_views.delete, name="view-delete"),
    path("p/<slug:slug>/benefits/<int:pk>/change/", form_views.change, name="change"),
    path("p/<slug:slug>/benefits/<int:pk>/cell/<slug:field>/", views.cell, name="cell"),
    path("p/<slug:slug>/benefits/<int:pk>/retire/", form_views.retire, name="retire"),
    path("p/<slug:slug>/benefits/<int:pk>/promise/", form_views.promise, name="promise"),
    path("p/<slug:slug>/benefits/<int:pk>/validate/", form_views.validate, name="validate"),
    path("p/<slug:slug>/benefits/<int:pk>/assumptions/", form_views.assumptions, name="assumptions"),
    path("p/<slug:slug>/baselines/", forecast_views.baselines, name="baselines"),
    path("p/<slug:slug>/baselines/adopt/", forecast_views.baselines_adopt, name="baselines-adopt"),
    path("p/<slug:slug>/benefits/<int:pk>/forecast/", forecast_views.forecast, name="forecast"),
    path("p/<slug:slug>/benefits/<int:pk>/forecast/preview/", forecast_views.preview, name="forecast-preview"),
    path("p/<slug:slug>/benefits/<int:pk>/baseline/", forecast_views.baseline_adopt, name="baseline-adopt"),
]
