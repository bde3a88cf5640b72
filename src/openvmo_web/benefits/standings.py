"""Who works out the standings anew: a room above this one, which registers how.

Plans, baselines and the register belong here, measurements to the room above; the figures in ``Standing`` rest on all
of them. That room says once how it works them out, and whatever changes a benefit, or is measured of it, asks for it::

    register_refresh(standings_refresh)    # in ready()
    refresh([benefit.pk], at)              # at the end of an action

What changes a benefit changes its initiative, too: what rests on that is worked out as well.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from openvmo_web.benefits.models import Benefit
from openvmo_web.common.merge import BATCH
from openvmo_web.portfolio import changes

Refresh = Callable[[Iterable[int], datetime], None]

_refreshes: list[Refresh] = []


def register_refresh(how: Refresh) -> None:
    """Register how standings are worked out; registering it twice changes nothing."""
    if how not in _refreshes:
        _refreshes.append(how)


def refresh(benefits: Iterable[int], at: datetime) -> None:
    """Work out anew where benefits stand, given by their keys, and what rests on their initiatives."""
    keys = list(benefits)
    for how in _refreshes:
        how(keys, at)
    changes.refresh(_initiatives_of(keys), at)


def _initiatives_of(keys: list[int]) -> set[int]:
    found: set[int] = set()
    for start in range(0, len(keys), BATCH):
        rows = Benefit.objects.filter(pk__in=keys[start : start + BATCH])
        found.update(rows.order_by().values_list("initiative", flat=True).distinct())
    return found
