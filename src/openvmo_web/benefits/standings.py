"""Who works out the standings anew: a room above this one, which registers how.

Plans, baselines and the register belong here, measurements to the room above; the figures in ``Standing`` rest on all
of them. That room says once how it works them out, and whatever changes a benefit here asks for it::

    register_refresh(standings_refresh)    # in ready()
    refresh([benefit.pk], at)              # at the end of an action
"""

from collections.abc import Callable, Iterable
from datetime import datetime

Refresh = Callable[[Iterable[int], datetime], None]

_refreshes: list[Refresh] = []


def register_refresh(how: Refresh) -> None:
    """Register how standings are worked out; registering it twice changes nothing."""
    if how not in _refreshes:
        _refreshes.append(how)


def refresh(benefits: Iterable[int], at: datetime) -> None:
    """Work out anew where benefits stand, given by their keys."""
    keys = list(benefits)
    for how in _refreshes:
        how(keys, at)
