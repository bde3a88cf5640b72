"""All addresses: each room brings its own, signing in is allauth's, and programs have one root."""

from importlib.util import find_spec

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path

from openvmo_web.config.rooms import ROOMS
from openvmo_web.exchange.api import api



def _without_sign_in(endpoints: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """Programs send a token instead of signing in, and the description of the API is open."""
    for endpoint in endpoints:
        if isinstance(endpoint, URLPattern):
            endpoint.callback = login_not_required(endpoint.callback)
    return endpoints


endpoints, app, namespace = api.urls
urlpatterns: list[URLPattern | URLResolver] = [
    *(
        path("", include(f"openvmo_web.{room}.urls"))
        for room in reversed(ROOMS)
        if find_spec(f"openvmo_web.{room}.urls")
    ),
    path("accounts/", include("allauth.urls")),
    path("api/", (_without_sign_in(endpoints), app, namespace)),
]
