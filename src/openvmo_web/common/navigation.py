"""What every page shows around its content; the rooms above register what is theirs.

An app registers in its ``ready``::

    register_section(20, portfolio_section)            # section(request) -> NavigationSection | None
    register_page_value("portfolios", my_portfolios)   # value(request), read only when a template asks for it
"""

from collections.abc import Callable
from typing import Any

from openvmo_web.common.http import AuthenticatedRequest
from openvmo_web.common.widgets import NavigationSection

SectionProvider = Callable[[AuthenticatedRequest], NavigationSection | None]
ValueProvider = Callable[[AuthenticatedRequest], Any]

_sections: dict[SectionProvider, int] = {}
_values: dict[str, ValueProvider] = {}


def register_section(order: int, provider: SectionProvider) -> None:
    """Register a section of the navigation; lower orders stand higher. None from the provider leaves it out."""
    _sections[provider] = order


def register_page_value(name: str, provider: ValueProvider) -> None:
    """Register a value that every template may use, for example ``portfolios`` for the switcher."""
    if _values.get(name, provider) is not provider:
        raise ValueError(f"The page value {name!r} is registered twice.")
    _values[name] = provider


def sections_for(request: AuthenticatedRequest) -> list[NavigationSection]:
    """Return the sections of the navigation for a signed-in person, in their order."""
    found = (provider(request) for provider in sorted(_sections, key=lambda provider: _sections[provider]))
    return [section for section in found if section is not None and section.items]


def page_values() -> dict[str, ValueProvider]:
    """Return the registered values by name."""
    return dict(_values)
