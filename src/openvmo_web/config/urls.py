"""All addresses: each room brings its own, and signing in is allauth's."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from openvmo_web.config.rooms import ROOMS

urlpatterns: list[URLPattern | URLResolver] = [
    *(
        path("", include(f"openvmo_web.{room}.urls"))
        for room in reversed(ROOMS)
        if find_spec(f"openvmo_web.{room}.urls")
    ),
    path("accounts/", include("allauth.urls")),
]
