"""The addresses of runs."""

from django.urls import path

from openvmo_web.insight import change_views, forecast_views, reference_views, views

app_name = "insight"
urlpatterns = [
    path("insight/references/", reference_views.references, name="references"),
    path("insight/references/export.<str:format>", reference_views.references_export, name="references-export"),
    path("p/<slug:slug>/runs/", views.runs, name="runs"),
    path("p/<slug:slug>/runs/new/<str:kind>/", views.run_new, name="run-new"),
    path("p/<slug:slug>/runs/<int:pk>/", views.run, name="run"),
    path("p/<slug:slug>/runs/<int:pk>/cancel/", views.run_cancel, name="run-cancel"),
    path("p/<slug:slug>/runs/<int:pk>/recompute/", views.run_recompute, name="run-recompute"),
    path("p/<slug:slug>/runs/<int:pk>/since/<int:earlier>/", change_views.run_changes, name="run-changes"),
    path(
        "p/<slug:slug>/runs/<int:pk>/since/<int:earlier>/inputs.<str:format>",
        change_views.run_changes_export,
        name="run-changes-export",
    ),
    path("p/<slug:slug>/runs/<int:pk>/initiatives/<code:code>/", forecast_views.run_initiative, name="run-initiative"),
    path("p/<slug:slug>/runs/<int:pk>/benefits/<int:benefit>/", forecast_views.run_benefit, name="run-benefit"),
    path("p/<slug:slug>/runs/<int:pk>/rows.<str:format>", views.run_export, name="run-export"),
    path("p/<slug:slug>/runs/<int:pk>/evidence.json", views.run_evidence, name="run-evidence"),
]
