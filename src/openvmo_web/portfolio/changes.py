"""Who works out anew what rests on initiatives: rooms above this one, which register how.

The money of an initiative by month rests on its state and plan, on its benefits, on measurements and on what was spent;
all of them change in rooms of their own. The room that keeps the sums says once how it works them out, and whatever
changes an initiative, or anything that belongs to it, asks for it::

    register_refresh(sums_refresh)         # in ready()
    refresh([initiative.pk], at)           # at the end of an action
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

Refresh = Callable[[Iterable[int], datetime], None]

_refreshes: list[Refresh] = []
_gathered: ContextVar[set[int] | None] = ContextVar("gathered", default=None)


def register_refresh(how: Refresh) -> None:
    """Register how what rests on initiatives is worked out; registering it twice changes nothing."""
    if how not in _refreshes:
        _refreshes.append(how)


def refresh(initiatives: Iterable[int], at: datetime) -> None:
    """Work out anew what rests on initiatives, given by their keys; within ``refreshed_once`` at its end."""
    waiting = _gathered.get()
    if waiting is not None:
        waiting.update(initiatives)
        return
    keys = sorted(set(initiatives))
    if keys:
        for how in _refreshes:
            how(keys, at)


@contextmanager
def refreshed_once(at: datetime) -> Iterator[None]:
    """Work out only once, at the end, what rests on the initiatives that several actions change.

    Use it within the transaction of these actions; when one of them fails nothing is worked out.
    """
    if _gathered.get() is not None:
        yield
        return
    waiting: set[int] = set()
    token = _gathered.set(waiting)
    try:
        yield
    finally:
        _gathered.reset(token)
    refresh(waiting, at)
