"""All addresses: each room brings its own, signing in is allauth's, and programs have one root."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from openvmo_web.common.api_errors import endpoints_of
from openvmo_web.config.rooms import ROOMS
from openvmo_web.exchange.api import api
from openvmo_web.reports.api import router as reports

# The pages that read several rooms stand above the root of the API, so they join it here.
api.add_router("/v1", reports)

# One namespace is included once: these addresses come with those that ``reports`` adds to them.
COMPOSED = ("benefits",)

urlpatterns: list[URLPattern | URLResolver] = [
    *(
        path("", include(f"openvmo_web.{room}.urls"))
        for room in reversed(ROOMS)
        if room not in COMPOSED and find_spec(f"openvmo_web.{room}.urls")
    ),
    path("accounts/", include("allauth.urls")),
    path("api/", endpoints_of(api)),
]
