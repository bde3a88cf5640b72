"""The addresses of imports and of the portfolio as a file."""

from django.urls import path

from openvmo_web.exchange import views

app_name = "exchange"
urlpatterns = [
    path("import/", views.imports, name="imports"),
    path("import/template.xlsx", views.template, name="template"),
    path("import/<int:pk>/", views.preview, name="import"),
    path("import/<int:pk>/changes/", views.preview, {"show": "changes"}, name="changes"),
    path("import/<int:pk>/findings/", views.preview, {"show": "findings"}, name="findings"),
    path("import/<int:pk>/findings.csv", views.findings_file, name="findings-file"),
    path("import/<int:pk>/confirm", views.confirm, name="confirm"),
    path("import/<int:pk>/discard", views.discard, name="discard"),
    path("p/<slug:slug>/benefits/import/", views.benefits, name="benefits"),
    path("p/<slug:slug>/export/<slug:format>/", views.export, name="export"),
]
