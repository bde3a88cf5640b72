"""How allauth behaves in this house."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Lets nobody sign up: people are added by an administrator."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Say no."""
        return False

    def get_user_display_name(self, user: Any) -> str:
        """Return the name that others see."""
        return str(user.name)
