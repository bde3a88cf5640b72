"""The addresses of jobs."""

from django.urls import path

from openvmo_web.jobs import views

app_name = "jobs"
urlpatterns = [
    path("jobs/<int:pk>/", views.job, name="job"),
    path("jobs/<int:pk>/events", views.events, name="events"),
    path("jobs/<int:pk>/cancel", views.cancel, name="cancel"),
]
