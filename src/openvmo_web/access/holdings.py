"""What people are named for: benefits, objectives, bodies; the rooms that own these say so and can pass them on.

Nobody leaves while something live names him. Rooms live above this one, so each registers in its ``ready``::

    register_holdings(HOLDINGS)    # a NamedRows, or another object with find(person) and pass_on(from_user=…, …)
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Protocol
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from openvmo_web.access.models import User
from openvmo_web.audit.actions import Deed, record_all
from openvmo_web.common.merge import row_change

MOST_PLACES = 3


@dataclass(frozen=True)
class Holding:
    """Some things of one kind that name a person.

    Attributes:
        what: What the person is to them, such as "Owner of benefits".
        count: How many they are.
        places: Where they are, by name; a few of them.
    """

    what: str
    count: int
    places: Sequence[str] = ()


class Holdings(Protocol):
    """What a room knows of its things that name people."""

    def find(self, person: User) -> Iterable[Holding]:
        """Say for what live things a person is named."""
        ...

    def pass_on(self, *, from_user: User, to_user: User, by: User, at: datetime, gesture: UUID) -> int:
        """Name another person in all of them, recorded; return how many there were."""
        ...


_rooms: list[Holdings] = []


def register_holdings(room: Holdings) -> None:
    """Register what a room knows; registering it twice changes nothing."""
    if room not in _rooms:
        _rooms.append(room)


def rooms_with_holdings() -> list[Holdings]:
    """Return what the rooms registered."""
    return list(_rooms)


def holdings_of(person: User) -> list[Holding]:
    """Return for what a person is named in all rooms; empty when he can leave."""
    return [holding for room in _rooms for holding in room.find(person) if holding.count]


@dataclass(frozen=True)
class NamedField:
    """A field in which rows name a person.

    Attributes:
        field: The field.
        what: What the person is to the rows, such as "Owner of benefits".
        name_field: The field that keeps the name in words; empty: there is none.
    """

    field: str
    what: str | Promise
    name_field: str = ""


@dataclass(frozen=True)
class NamedRows:
    """The holdings of one table whose rows name people in some of their fields.

    Attributes:
        live: The rows that still matter.
        fields: Where they name people.
        action: What is recorded when somebody else is named; registered by the room.
        place: The path to the name of the place of a row, such as ``portfolio__name``.
        portfolio: The path to the key of its portfolio; empty: the rows belong to the whole organisation.
        permission: What the new person has to hold in the portfolio; empty: nothing.
    """

    live: Callable[[], QuerySet[Any]]
    fields: Sequence[NamedField]
    action: str
    place: str
    portfolio: str = ""
    permission: str = ""

    def find(self, person: User) -> Iterator[Holding]:
        """Count the rows that name a person, field by field."""
        for named in self.fields:
            places = self.live().filter(**{named.field: person}).order_by().values_list(self.place, flat=True)
            counts = Counter(str(place) for place in places)
            yield Holding(str(named.what), counts.total(), sorted(counts)[:MOST_PLACES])

    def pass_on(self, *, from_user: User, to_user: User, by: User, at: datetime, gesture: UUID) -> int:
        """Name another person in all of them, each one recorded; call it in a transaction.

        Raises:
            ValidationError: the new person may not act in one of the portfolios.
        """
        conditions = reduce(or_, (Q(**{named.field: from_user}) for named in self.fields))
        keys = {"portfolio_key": F(self.portfolio)} if self.portfolio else {}
        rows = list(self.live().filter(conditions).annotate(place_name=F(self.place), **keys))
        self._check_may_act(to_user, rows)
        deeds: defaultdict[int | None, list[Deed]] = defaultdict(list)
        for row in rows:
            changes = row_change(row, self._values(row, from_user, to_user))
            deeds[getattr(row, "portfolio_key", None)].append(Deed(self.action, row, changes))
        for portfolio_id, done in deeds.items():
            record_all(done, by=by, at=at, portfolio_id=portfolio_id, gesture=gesture)
        return len(rows)

    def _values(self, row: Any, from_user: User, to_user: User) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for named in self.fields:
            if getattr(row, f"{named.field}_id") == from_user.pk:
                values[named.field] = to_user
                if named.name_field:
                    values[named.name_field] = to_user.name
        return values

    def _check_may_act(self, person: User, rows: Iterable[Any]) -> None:
        if not self.permission:
            return
        scope = person.scope_of(self.permission)
        closed = sorted({row.place_name for row in rows if not scope.covers(row.portfolio_key)})
        if closed:
            raise ValidationError(
                _("%(name)s has no role to act for benefits in: %(places)s. Give one first, or choose somebody else.")
                % {"name": person.name, "places": ", ".join(closed)}
            )
