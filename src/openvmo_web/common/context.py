"""What every page knows."""

from typing import Any

from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the nonce for scripts and styles."""
    return {"csp_nonce": getattr(request, "csp_nonce", "")}
