"""The addresses of decisions and of the rights to take them."""

from django.urls import path

from openvmo_web.governance import views

app_name = "governance"
urlpatterns = [
    path("p/<slug:slug>/rights/", views.rights, name="rights"),
    path("p/<slug:slug>/rights/body/", views.body_set, name="body-set"),
    path("p/<slug:slug>/rights/right/", views.right_set, name="right-set"),
    path("p/<slug:slug>/runs/<int:pk>/propose/", views.propose, name="propose"),
    path("p/<slug:slug>/decisions/", views.decisions, name="decisions"),
    path("p/<slug:slug>/decisions/<int:number>/", views.decision, name="decision"),
    path("p/<slug:slug>/decisions/<int:number>/approve/", views.approve, name="approve"),
    path("p/<slug:slug>/decisions/<int:number>/reject/", views.reject, name="reject"),
    path("p/<slug:slug>/decisions/<int:number>/withdraw/", views.withdraw, name="withdraw"),
    path("p/<slug:slug>/decisions/<int:number>/items.<str:format>", views.items_export, name="items-export"),
]
