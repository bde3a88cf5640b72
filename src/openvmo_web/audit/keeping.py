"""What is worked out from all of a portfolio, kept until something is recorded in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache
from django.db.models import Max

from openvmo import __version__
from openvmo_web.audit.models import AuditEntry

T = TypeVar("T")
KEPT_SECONDS = 24 * 3600


def newest_entry(portfolio_id: int) -> int:
    """Return the key of the last thing that was done in a portfolio; 0 when nothing was.

    Every change writes an entry, so that what is worked out from a portfolio holds until this number rises.
    """
    return AuditEntry.objects.filter(portfolio_id=portfolio_id).aggregate(newest=Max("pk"))["newest"] or 0


def kept(name: str, portfolio_id: int, work_out: Callable[[], T]) -> T:
    """Return what is kept since the last thing that was done in a portfolio, or else work it out now and keep it.

    Args:
        name: What it is, with all that it depends on besides the portfolio, such as the month.
        portfolio_id: The portfolio.
        work_out: How it is worked out; never to None.
    """
    key = f"{name}:{__version__}:{portfolio_id}:{newest_entry(portfolio_id)}"
    value: T | None = cache.get(key)
    if value is None:
        value = work_out()
        cache.set(key, value, timeout=KEPT_SECONDS)
    return value
