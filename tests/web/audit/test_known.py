"""Records as they were known at a moment."""

from __future__ import annotations

from datetime import datetime, timedelta

from openvmo_web.access.models import User
from openvmo_web.audit.actions import record
from openvmo_web.audit.queries import rows_known
from openvmo_web.strategy.models import Objective


def test_rows_read_as_they_were_known_in_the_order_of_the_query(administrator: User, now: datetime) -> None:
    later = now + timedelta(days=1)
    second, first = (Objective.objects.create(code=code, name=f"Aim {code}") for code in ("B", "A"))
    for row in (second, first):
        record(by=administrator, at=now, action="strategy.objective_add", on=row)
    first.name = "Another aim"
    first.save()
    record(by=administrator, at=later, action="strategy.objective_change", on=first)
    third = Objective.objects.create(code="C", name="Aim C")
    record(by=administrator, at=later, action="strategy.objective_add", on=third)

    rows = Objective.objects.order_by("code")
    names = {at: [row.name for row in rows_known(rows, at).values()] for at in (now - later + now, now, later, None)}
    assert names == {
        now - later + now: [],
        now: ["Aim A", "Aim B"],
        later: ["Another aim", "Aim B", "Aim C"],
        None: ["Another aim", "Aim B", "Aim C"],
    }
    assert list(rows_known(rows, now)) == [first.pk, second.pk]
