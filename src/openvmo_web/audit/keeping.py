"""What is worked out from all of a portfolio, kept until something is recorded in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache
from django.db.models import Sum

from openvmo import __version__
from openvmo_web.audit.models import AuditEntry

T = TypeVar("T")
KEPT_SECONDS = 24 * 3600
# Entries become visible when their transaction ends, which on PostgreSQL is not the order of their keys: a long import
# may end after a small change that took a higher key. So many of the newest are looked at.
LOOKED_AT = 1_000


def mark_of(portfolio_id: int) -> int:
    """Return a number that rises with everything that is done in a portfolio; 0 when nothing was.

    Every change writes an entry, so that what is worked out from a portfolio holds until this number rises. It is the
    sum of the newest keys: entries are never deleted, so that one which comes to light late, below the newest, raises
    it as well. A counter would tell the same, but to raise it where each change is recorded would make all who write to
    a portfolio wait for the longest import, and lock rows in an order in which two changes can wait for each other.
    """
    newest = AuditEntry.objects.filter(portfolio_id=portfolio_id).order_by("-pk").values("pk")[:LOOKED_AT]
    return int(newest.aggregate(mark=Sum("pk"))["mark"] or 0)


def kept(name: str, portfolio_id: int, work_out: Callable[[], T]) -> T:
    """Return what is kept since the last thing that was done in a portfolio, or else work it out now and keep it.

    Args:
        name: What it is, with all that it depends on besides the portfolio, such as the month.
        portfolio_id: The portfolio.
        work_out: How it is worked out; never to None.
    """
    key = f"{name}:{__version__}:{portfolio_id}:{mark_of(portfolio_id)}"
    value: T | None = cache.get(key)
    if value is None:
        value = work_out()
        cache.set(key, value, timeout=KEPT_SECONDS)
    return value
