"""What is kept: until something is recorded in the portfolio, in whichever order that comes to light."""

from collections.abc import Callable
from datetime import datetime
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openvmo_web.access.models import User
from openvmo_web.audit import keeping
from openvmo_web.audit.actions import record
from openvmo_web.audit.keeping import kept, mark_of
from openvmo_web.audit.models import AuditEntry

Recorded = Callable[..., AuditEntry]


@pytest.fixture
def recorded(administrator: User, stranger: User, portfolio_id: int, now: datetime) -> Recorded:
    """Records something in the standing portfolio or another one, under a key of its own where one is given."""

    def entry(key: int | None = None, *, within: int = portfolio_id) -> AuditEntry:
        if key is None:
            return record(by=administrator, at=now, action="access.role_assign", on=stranger, portfolio_id=within)
        return AuditEntry.objects.create(pk=key, at=now, action="access.role_assign", portfolio_id=within)

    return entry


def test_it_is_worked_out_once_until_something_is_recorded_here(recorded: Recorded, portfolio_id: int) -> None:
    times = count(1)

    def times_worked_out() -> int:
        return kept("tests.times", portfolio_id, lambda: next(times))

    assert mark_of(portfolio_id) == 0
    assert (times_worked_out(), times_worked_out()) == (1, 1)
    recorded(within=portfolio_id + 1)
    assert times_worked_out() == 1
    recorded()
    assert (times_worked_out(), times_worked_out()) == (2, 2)


def test_an_entry_that_comes_to_light_below_the_newest_counts(recorded: Recorded, portfolio_id: int) -> None:
    newest = recorded(1_000_000).pk
    before = mark_of(portfolio_id)
    assert kept("tests.late", portfolio_id, lambda: "before") == "before"
    recorded(newest - 1)
    assert AuditEntry.objects.order_by("pk").values_list("pk", flat=True).last() == newest
    assert mark_of(portfolio_id) > before
    assert kept("tests.late", portfolio_id, lambda: "after") == "after"


def test_it_looks_at_the_newest_entries_in_one_query(
    recorded: Recorded, portfolio_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LOOKED_AT", 2)
    keys = [recorded().pk for _time in range(3)]
    with CaptureQueriesContext(connection) as queries:
        assert mark_of(portfolio_id) == sum(keys[1:])
    assert len(queries) == 1
