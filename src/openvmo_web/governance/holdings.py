"""The bodies that people are members of, for those who leave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from openvmo_web.access.holdings import MOST_PLACES, Holding
from openvmo_web.access.models import User
from openvmo_web.audit.actions import Deed, record_all
from openvmo_web.governance.models import Body


class Memberships:
    """The bodies that decide together; a person without successor there would leave a seat empty."""

    def find(self, person: User) -> Iterator[Holding]:
        """Count the bodies of a person."""
        names = sorted(self._bodies_of(person).values_list("name", flat=True))
        yield Holding(_("Member of bodies"), len(names), names[:MOST_PLACES])

    def pass_on(self, *, from_user: User, to_user: User, by: User, at: datetime, gesture: UUID) -> int:
        """Put another person in each seat; call it in a transaction."""
        bodies = list(self._bodies_of(from_user))
        deeds: defaultdict[int, list[Deed]] = defaultdict(list)
        for body in bodies:
            body.members.remove(from_user)
            body.members.add(to_user)
            changes = {"members": (from_user.name, to_user.name)}
            deeds[body.portfolio_id].append(Deed("body.set", body, changes))
        for portfolio_id, done in deeds.items():
            record_all(done, by=by, at=at, portfolio_id=portfolio_id, gesture=gesture)
        return len(bodies)

    @staticmethod
    def _bodies_of(person: User) -> QuerySet[Body]:
        return Body.objects.filter(members=person)


HOLDINGS = Memberships()
