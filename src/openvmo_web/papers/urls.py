"""The addresses of templates and papers."""

from django.urls import path

from openvmo_web.papers import views

app_name = "papers"
urlpatterns = [
    path("templates/", views.templates, name="templates"),
    path("templates/new/", views.template_new, name="template-new"),
    path("templates/<slug:code>/", views.template, name="template"),
    path("templates/<slug:code>/change/", views.template_change, name="template-change"),
    path("templates/<slug:code>/use/", views.template_use, name="template-use"),
    path("p/<slug:slug>/initiatives/<code:code>/papers/", views.papers, name="papers"),
    path("p/<slug:slug>/initiatives/<code:code>/papers/<slug:template>/", views.write, name="write"),
    path("p/<slug:slug>/papers/<int:pk>/", views.paper, name="paper"),
]
