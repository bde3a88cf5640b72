"""The addresses of measurements, hand-overs, reviews and tasks."""

from django.urls import URLPattern, path

from openvmo_web.realisation import entry_views, operations_views, views

app_name = "realisation"
urlpatterns: list[URLPattern] = [
    path("tasks/", operations_views.tasks, name="tasks"),
    path("p/<slug:slug>/benefits/<int:pk>/handover/", operations_views.handover, name="handover"),
    path("p/<slug:slug>/handovers/<int:pk>/accept/", operations_views.handover_acceptance, name="handover-accept"),
    path("p/<slug:slug>/handovers/<int:pk>/decline/", operations_views.handover_refusal, name="handover-decline"),
    path("p/<slug:slug>/handovers/<int:pk>/withdraw/", operations_views.handover_withdrawal, name="handover-withdraw"),
    path("p/<slug:slug>/benefits/<int:pk>/review/", operations_views.review_planning, name="review-plan"),
    path("p/<slug:slug>/reviews/", operations_views.reviews, name="reviews"),
    path("p/<slug:slug>/reviews/export.<str:format>", operations_views.reviews_export, name="reviews-export"),
    path("p/<slug:slug>/reviews/<int:pk>/", operations_views.review, name="review"),
    path("p/<slug:slug>/measurements/", views.due, name="measurements"),
    path("p/<slug:slug>/measurements/due.<str:format>", views.due_export, name="due-export"),
    path("p/<slug:slug>/measurements/requests/<int:pk>/waive/", views.request_waive, name="request-waive"),
    path("p/<slug:slug>/measurements/enter/", entry_views.enter_many, name="measurements-enter"),
    path("p/<slug:slug>/measurements/verify/", views.verify, name="measurements-verify"),
    path("p/<slug:slug>/measurements/file/", entry_views.file, name="measurements-file"),
    path("p/<slug:slug>/measurements/template.<str:format>", entry_views.template, name="measurements-template"),
    path("p/<slug:slug>/measurements/all.<str:format>", entry_views.export, name="measurements-export"),
    path("p/<slug:slug>/measurements/closing/", views.closing, name="closing"),
    path("p/<slug:slug>/measurements/closing/close/", views.period_close, name="period-close"),
    path("p/<slug:slug>/measurements/closing/reopen/", views.period_reopen, name="period-reopen"),
    path("p/<slug:slug>/benefits/<int:pk>/measure/", entry_views.measure, name="measure"),
    path("p/<slug:slug>/evidence/<int:pk>/", views.evidence, name="evidence"),
]
