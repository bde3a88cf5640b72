"""Which part of a map is read, and what would be lost with what."""

from __future__ import annotations

import math
from datetime import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from tests.web.conftest import person
from tests.web.maps.cast import SmallMap

from openvmo_web.access.models import User
from openvmo_web.benefits.actions import benefit_add, benefit_change
from openvmo_web.maps import queries
from openvmo_web.maps.actions import link_add, node_add
from openvmo_web.maps.analysis import present_values
from openvmo_web.maps.queries import Scope, TooMuch, map_of, scope_of, split_id, what_if
from openvmo_web.portfolio.actions import initiative_change, programme_add


def names(shown: queries.BenefitMap) -> list[str]:
    """The names of everything on a map but its benefits, which share one name, and how many benefits."""
    return [*sorted(row.name for row in shown.nodes.values()), f"{len(shown.benefits)} benefits"]


def test_the_present_value_is_the_sum_by_hand(small_map: SmallMap) -> None:
    # 90 a year from month 12 until month 95 of the horizon, in twelfths, discounted by month at 3.5 % a year.
    by_hand = sum(90 / 12 * 1.035 ** (-month / 12) for month in range(12, 96))
    value = present_values(small_map.portfolio, [small_map.paper.pk])[small_map.paper.pk]
    assert math.isclose(float(value), by_hand, rel_tol=1e-9)


def test_a_dis_benefit_counts_against_and_what_has_no_value_is_left_out(
    small_map: SmallMap, owner: User, now: datetime
) -> None:
    plus = present_values(small_map.portfolio, [small_map.paper.pk])[small_map.paper.pk]
    benefit_change(benefit=small_map.paper, is_disbenefit=True, by=owner, at=now)
    assert present_values(small_map.portfolio, [small_map.paper.pk])[small_map.paper.pk] == -plus
    benefit_change(benefit=small_map.paper, unit="hours", by=owner, at=now)
    assert present_values(small_map.portfolio, [small_map.paper.pk]) == {}


def test_it_says_what_hangs_on_the_scanner(small_map: SmallMap, owner: User) -> None:
    shown = map_of(owner, small_map.portfolio, Scope())
    answer = what_if(shown, [f"node-{small_map.scanner.pk}"])
    # Half of the change, so half of the outcome and of the paper; of the calls a fifth of that half.
    shares = {hit.benefit.code: hit.share for hit in answer.hits}
    assert shares == {"ALPHA-B": 0.5, "BETA-B": 0.1}
    value = {code: shown.values[row.pk] for code, row in (("A", small_map.paper), ("B", small_map.calls))}
    assert answer.total == value["A"] / 2 + value["B"] / 10
    both = what_if(shown, [f"node-{small_map.scanner.pk}", f"node-{small_map.law.pk}"])
    assert {hit.benefit.code: hit.share for hit in both.hits} == {"ALPHA-B": 0.625, "BETA-B": 0.125}


def test_what_is_not_on_the_map_cannot_be_cut(small_map: SmallMap, owner: User) -> None:
    shown = map_of(owner, small_map.portfolio, Scope())
    with pytest.raises(Http404, match="nothing with the id “node-999”"):
        what_if(shown, ["node-999"])


def test_an_initiative_has_to_do_with_what_it_leads_to_and_hangs_on(
    small_map: SmallMap, owner: User, now: datetime
) -> None:
    portfolio = small_map.portfolio
    grant = node_add(portfolio=portfolio, kind="enabler", name="Grant", by=owner, at=now)
    link_add(portfolio=portfolio, source=grant, target=small_map.scanner, by=owner, at=now)
    earlier = node_add(portfolio=portfolio, kind="enabler", name="Vote", by=owner, at=now)
    link_add(portfolio=portfolio, source=earlier, target=grant, by=owner, at=now)
    alpha = map_of(owner, portfolio, scope_of(portfolio, initiative="ALPHA"))
    # The vote is two steps before; what else leads to the change is no business of this initiative.
    assert names(alpha) == ["Faster service", "Grant", "Scanner", "Staff scan", "2 benefits"]
    gamma = map_of(owner, portfolio, scope_of(portfolio, initiative="GAMMA"))
    assert names(gamma) == ["1 benefits"]
    root = map_of(owner, portfolio, scope_of(portfolio, root=f"node-{small_map.training.pk}"))
    assert names(root) == ["Faster service", "Law", "Scanner", "Staff scan", "2 benefits"]


def test_a_programme_has_the_maps_of_its_initiatives(small_map: SmallMap, owner: User, now: datetime) -> None:
    portfolio = small_map.portfolio
    programme = programme_add(portfolio=portfolio, code="DIGITAL", name="Digital", by=owner, at=now)
    initiative = portfolio.initiatives.get(code="DELTA")
    initiative_change(initiative=initiative, programme=programme, by=owner, at=now)
    shown = map_of(owner, portfolio, scope_of(portfolio, programme="DIGITAL"))
    assert [row.code for row in shown.benefits.values()] == ["DELTA-B"]
    with pytest.raises(Http404, match="no programme “OTHER”"):
        scope_of(portfolio, programme="OTHER")


def test_many_benefits_without_a_link_are_left_out_and_counted(
    small_map: SmallMap, owner: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_UNLINKED", 1)
    portfolio = small_map.portfolio
    shown = map_of(owner, portfolio, Scope())
    assert (len(shown.benefits), shown.left_out) == (2, 2)
    other = portfolio.initiatives.get(code="GAMMA").benefits.get()
    asked = map_of(owner, portfolio, scope_of(portfolio, also=[f"benefit-{other.pk}"]))
    assert (len(asked.benefits), asked.left_out) == (3, 1)


def test_more_than_can_be_drawn_is_refused(small_map: SmallMap, owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST_DRAWN", 3)
    with pytest.raises(TooMuch) as refused:
        map_of(owner, small_map.portfolio, Scope())
    assert refused.value.count == 4


def test_a_stranger_sees_nothing_of_a_map(small_map: SmallMap, db: None) -> None:
    stranger = person("sid@example.org", "Sid Stranger")
    assert names(map_of(stranger, small_map.portfolio, Scope())) == ["0 benefits"]


def test_it_reads_as_many_queries_however_much_there_is(small_map: SmallMap, owner: User, now: datetime) -> None:
    with CaptureQueriesContext(connection) as few:
        map_of(owner, small_map.portfolio, Scope())
    for number in range(12):
        node = node_add(portfolio=small_map.portfolio, kind="change", name=f"Change {number}", by=owner, at=now)
        link_add(portfolio=small_map.portfolio, source=node, target=small_map.service, by=owner, at=now)
        benefit_add(
            initiative=small_map.paper.initiative, code=f"N{number}", name="New", kind="cashable", by=owner, at=now
        )
    with CaptureQueriesContext(connection) as many:
        map_of(owner, small_map.portfolio, Scope())
    assert len(many) == len(few)


@pytest.mark.parametrize("id", ["node", "node-", "node-x", "goal-1", "node--1", "node-²", f"node-{'9' * 30}"])
def test_it_refuses_what_is_no_id(id: str) -> None:
    with pytest.raises(Http404, match="is not the id of a thing"):
        split_id(id)


def test_claims_are_counted_by_outcome(small_map: SmallMap, owner: User) -> None:
    shown = map_of(owner, small_map.portfolio, Scope())
    assert shown.claimed(small_map.service.pk) == Decimal("0.62")
    assert shown.claimed(small_map.law.pk) == 0
