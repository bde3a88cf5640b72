"""Two people change one map at once: the whole is never claimed twice, and no circle slips through."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
from django.db import connection
from tests.web.maps.cast import SmallMap

from openvmo_web.access.models import User
from openvmo_web.maps.actions import claim_set, link_add, node_add
from openvmo_web.maps.checks import CannotMap
from openvmo_web.maps.models import Claim, Link

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds: Callable[[], object]) -> list[str]:
    """Do things at the same moment, each on a connection of its own; return what the refused ones were told."""
    barrier = threading.Barrier(len(deeds))
    refusals: list[str] = []

    def do(deed: Callable[[], object]) -> None:
        try:
            barrier.wait()
            deed()
        except CannotMap as problem:
            refusals.append(str(problem))
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refusals


def test_two_claims_at_once_never_exceed_the_whole(small_map: SmallMap, owner: User, now: datetime) -> None:
    outcome = node_add(portfolio=small_map.portfolio, kind="outcome", name="New", by=owner, at=now)

    def claim_of(benefit: object) -> Callable[[], object]:
        return lambda: claim_set(outcome=outcome, benefit=benefit, share=Decimal("0.6"), by=owner, at=now)  # type: ignore[arg-type]

    refusals = at_once(claim_of(small_map.paper), claim_of(small_map.calls))
    assert len(refusals) == 1
    assert "40% is left" in refusals[0]
    assert [row.share for row in Claim.objects.filter(outcome=outcome)] == [Decimal("0.6")]


def test_two_links_at_once_never_close_a_circle(small_map: SmallMap, owner: User, now: datetime) -> None:
    portfolio = small_map.portfolio
    one, other = (node_add(portfolio=portfolio, kind="change", name=name, by=owner, at=now) for name in ("X", "Y"))
    refusals = at_once(
        lambda: link_add(portfolio=portfolio, source=one, target=other, by=owner, at=now),
        lambda: link_add(portfolio=portfolio, source=other, target=one, by=owner, at=now),
    )
    assert len(refusals) == 1
    assert "close a circle" in refusals[0]
    assert Link.objects.filter(source_node__in=[one, other]).count() == 1
