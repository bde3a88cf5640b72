"""The places in which a role can be given, by name; the room that owns them registers how to read them.

Portfolios live above this room, so it knows of them no more than their keys and names::

    register_places(places_of)    # places_of(viewer) -> [(portfolio_id, name), …]
"""

from collections.abc import Callable, Iterable

from openvmo_web.access.models import User

PlacesProvider = Callable[[User], Iterable[tuple[int, str]]]

_providers: list[PlacesProvider] = []


def register_places(provider: PlacesProvider) -> None:
    """Register where the names of the places come from; registering it twice changes nothing."""
    if provider not in _providers:
        _providers.append(provider)


def places_of(viewer: User) -> dict[int, str]:
    """Return the names, by key, of the places in which a person may give roles."""
    scope = viewer.scope_of("access.assign")
    return {key: name for provider in _providers for key, name in provider(viewer) if scope.covers(key)}
