"""The addresses of measurements, hand-overs, reviews and tasks."""

from django.urls import URLPattern, path

from openvmo_web.realisation import operations_views

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
]
