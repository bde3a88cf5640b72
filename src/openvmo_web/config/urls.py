"""All addresses: each room brings its own, signing in is allauth's, and programs have one root."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from openvmo_web.common.api_errors import endpoints_of
from openvmo_web.config.rooms import ROOMS
from openvmo_web.exchange.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    *(
        path("", include(f"openvmo_web.{room}.urls"))
        for room in reversed(ROOMS)
        if find_spec(f"openvmo_web.{room}.urls")
    ),
    path("accounts/", include("allauth.urls")),
    path("api/", endpoints_of(api)),
]
