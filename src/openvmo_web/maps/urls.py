"""Addresses of the benefits map."""

from django.urls import path

from openvmo_web.maps import views

app_name = "maps"
urlpatterns = [
    path("p/<slug:slug>/map/", views.benefits_map, name="map"),
    path("p/<slug:slug>/map/data/", views.data, name="data"),
    path("p/<slug:slug>/map/export.<str:format>", views.export, name="export"),
    path("p/<slug:slug>/map/what-if/", views.what_if_page, name="what-if"),
    path("p/<slug:slug>/map/undo/", views.undo, name="undo"),
    path("p/<slug:slug>/map/tidy/", views.tidy, name="tidy"),
    path("p/<slug:slug>/map/places/", views.places, name="places"),
    path("p/<slug:slug>/map/nodes/new/", views.node_new, name="node-new"),
    path("p/<slug:slug>/map/nodes/<int:pk>/change/", views.node_change, name="node-change"),
    path("p/<slug:slug>/map/nodes/<int:pk>/remove/", views.node_remove, name="node-remove"),
    path("p/<slug:slug>/map/nodes/<int:pk>/claims/", views.claim_set, name="claim-set"),
    path("p/<slug:slug>/map/claims/<int:pk>/remove/", views.claim_remove, name="claim-remove"),
    path("p/<slug:slug>/map/links/new/", views.link_new, name="link-new"),
    path("p/<slug:slug>/map/links/<int:pk>/", views.link, name="link"),
    path("p/<slug:slug>/map/links/<int:pk>/remove/", views.link_remove, name="link-remove"),
    path("p/<slug:slug>/map/benefits/<int:pk>/objective/", views.objective_set, name="objective-set"),
    path("p/<slug:slug>/map/things/<str:thing>/", views.thing, name="thing"),
]
