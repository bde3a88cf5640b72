"""Which part of a map is read, and what would be lost with what."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.web.benefits.test_forecasts import LATER
from tests.web.conftest import person
from tests.web.maps.cast import SmallMap

from openvmo_web.access.models import User
from openvmo_web.benefits.actions import benefit_add, benefit_change, benefit_retire, forecast_record
from openvmo_web.benefits.models import Benefit
from openvmo_web.maps import queries
from openvmo_web.maps.actions import claim_set, link_add, link_change, node_add
from openvmo_web.maps.analysis import present_values, shares_known
from openvmo_web.maps.drawing import sentence_of
from openvmo_web.maps.models import Node
from openvmo_web.maps.queries import Scope, TooMuch, claims_in_force, found_on, map_of, scope_of, split_id
from openvmo_web.maps.what_if import WhatIf, what_if
from openvmo_web.portfolio.actions import initiative_change, programme_add
from openvmo_web.strategy.actions import objective_add, objective_change
from openvmo_web.strategy.models import Objective


def names(shown: queries.BenefitMap) -> list[str]:
    """The names of everything on a map but its benefits, which share one name, and how many benefits."""
    return [*sorted(row.name for row in shown.nodes.values()), f"{len(shown.benefits)} benefits"]


def worth(benefit: Benefit, at: datetime | None = None) -> Decimal | None:
    """The present value of the forecast of a benefit."""
    return present_values(benefit.initiative.portfolio, {benefit.pk: benefit}, at).get(benefit.pk)


def test_the_present_value_is_the_sum_by_hand(small_map: SmallMap) -> None:
    # 90 a year from month 12 until month 95 of the horizon, in twelfths, discounted by month at 3.5 % a year.
    by_hand = sum(90 / 12 * 1.035 ** (-month / 12) for month in range(12, 96))
    value = worth(small_map.paper)
    assert value is not None
    assert math.isclose(float(value), by_hand, rel_tol=1e-9)


def test_a_dis_benefit_counts_against_and_what_has_no_value_is_left_out(
    small_map: SmallMap, owner: User, now: datetime
) -> None:
    plus = worth(small_map.calls)
    assert plus is not None
    benefit_change(benefit=small_map.calls, is_disbenefit=True, by=owner, at=now)
    assert worth(small_map.calls) == -plus
    benefit_change(benefit=small_map.calls, unit="hours", by=owner, at=now)
    assert worth(small_map.calls) is None


def test_it_says_what_hangs_on_the_scanner(small_map: SmallMap, owner: User) -> None:
    shown = map_of(owner, small_map.portfolio, Scope())
    answer = what_if(owner, small_map.portfolio, [f"node-{small_map.scanner.pk}"])
    # Half of the change, so half of the outcome and of the paper; of the calls a fifth of that half.
    shares = {hit.benefit.code: hit.share for hit in answer.hits}
    assert shares == {"ALPHA-B": 0.5, "BETA-B": 0.1}
    value = {code: shown.values[row.pk] for code, row in (("A", small_map.paper), ("B", small_map.calls))}
    assert answer.total == value["A"] / 2 + value["B"] / 10
    both = what_if(owner, small_map.portfolio, [f"node-{small_map.scanner.pk}", f"node-{small_map.law.pk}"])
    assert {hit.benefit.code: hit.share for hit in both.hits} == {"ALPHA-B": 0.625, "BETA-B": 0.125}


def test_as_much_is_lost_whichever_part_is_looked_at(
    small_map: SmallMap, owner: User, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    portfolio = small_map.portfolio
    grant = node_add(portfolio=portfolio, kind="enabler", name="Grant", by=owner, at=now)
    other = portfolio.initiatives.get(code="DELTA").benefits.get()
    for target in (small_map.scanner, other):
        link_add(portfolio=portfolio, source=grant, target=target, by=owner, at=now)
    # The grant stands on the map of this initiative, what else it leads to does not.
    alpha = map_of(owner, portfolio, scope_of(portfolio, initiative="ALPHA"))
    assert f"node-{grant.pk}" in alpha.things
    assert other.pk not in alpha.benefits
    answers = {
        part: signed_in(owner).get(
            f"/p/agency/map/what-if/?cut=node-{grant.pk}{part}", headers={"Accept": "application/json"}
        )
        for part in ("", "&initiative=ALPHA", "&initiative=GAMMA")
    }
    assert {part: answer.status_code for part, answer in answers.items()} == dict.fromkeys(answers, 200)
    assert {answer.json()["words"] for answer in answers.values()} == {sentence_of(portfolio, cut_now(owner, grant))}
    assert sorted(hit.benefit.code for hit in cut_now(owner, grant).hits) == ["ALPHA-B", "BETA-B", "DELTA-B"]


def cut_now(viewer: User, node: Node) -> WhatIf:
    """What would be lost without a node."""
    return what_if(viewer, node.portfolio, [f"node-{node.pk}"])


def test_a_past_map_shows_the_figures_and_names_of_then(
    small_map: SmallMap, owner: User, executive: User, now: datetime
) -> None:
    portfolio, paper, later = small_map.portfolio, small_map.paper, now + timedelta(days=1)
    objective = objective_add(code="PAPERLESS", name="Paperless", by=executive, at=now)
    benefit_change(benefit=paper, objective=objective, by=owner, at=now)
    before = worth(paper)
    objective_change(objective=objective, name="Without paper", by=executive, at=later)
    forecast_record(benefit=paper, profile=LATER, reason="Late", by=owner, at=later)
    benefit_change(benefit=small_map.calls, value_per_unit=Decimal(3), unit="calls", by=owner, at=later)
    link_change(link=small_map.link, strength=0.25, by=owner, at=later)

    then, today = (map_of(owner, portfolio, Scope(at=at)) for at in (now, later))
    assert [row.name for row in then.objectives.values()] == ["Paperless"]
    assert [row.name for row in today.objectives.values()] == ["Without paper"]
    assert then.values[paper.pk] == before == worth(paper, now)
    assert today.values[paper.pk] == worth(paper) != before
    assert then.values[small_map.calls.pk] != today.values[small_map.calls.pk]
    cut = [f"node-{small_map.scanner.pk}"]
    past, present = (what_if(owner, portfolio, cut, at) for at in (now, None))
    assert (past.losses[f"benefit-{paper.pk}"], present.losses[f"benefit-{paper.pk}"]) == (0.5, 0.25)
    assert past.total == then.values[paper.pk] / 2 + then.values[small_map.calls.pk] / 10


def test_a_retired_benefit_leaves_the_map_and_gives_its_share_back(
    small_map: SmallMap, owner: User, now: datetime
) -> None:
    portfolio, paper, later = small_map.portfolio, small_map.paper, now + timedelta(days=1)
    beyond = portfolio.initiatives.get(code="DELTA").benefits.get()
    link_add(portfolio=portfolio, source=paper, target=beyond, by=owner, at=now)
    cut = [f"node-{small_map.scanner.pk}"]
    benefit_retire(benefit=paper, reason="Not pursued", by=owner, at=later)

    shown = map_of(owner, portfolio, Scope())
    assert paper.pk not in shown.benefits
    assert shown.claimed(small_map.service.pk) == 0
    assert list(claims_in_force(small_map.service)) == []
    assert paper not in [row for _id, row in found_on(owner, portfolio, "paper")]
    assert [hit.benefit.code for hit in what_if(owner, portfolio, cut).hits] == ["BETA-B"]
    part = map_of(owner, portfolio, scope_of(portfolio, root=f"node-{small_map.service.pk}"))
    assert [row.code for row in part.benefits.values()] == ["BETA-B"]

    then = map_of(owner, portfolio, Scope(at=now))
    assert (paper.pk in then.benefits, then.claimed(small_map.service.pk)) == (True, Decimal("0.62"))
    hits = what_if(owner, portfolio, cut, now).hits
    assert sorted(hit.benefit.code for hit in hits) == ["ALPHA-B", "BETA-B", "DELTA-B"]


def test_the_engine_is_not_given_the_share_of_a_retired_benefit(
    small_map: SmallMap, owner: User, now: datetime
) -> None:
    portfolio, paper, later = small_map.portfolio, small_map.paper, now + timedelta(days=1)
    benefit_retire(benefit=paper, reason="Not pursued", by=owner, at=later)
    claim_set(outcome=small_map.service, benefit=small_map.calls, share=Decimal("0.8"), by=owner, at=later)
    claims = {at: shares_known(portfolio, at).claims for at in (now, later)}
    assert {at: {key: one["claim"] for key, one in found.items()} for at, found in claims.items()} == {
        now: {paper.pk: 0.62},
        later: {small_map.calls.pk: 0.8},
    }


def test_it_says_how_many_objectives_nothing_serves(small_map: SmallMap, owner: User, now: datetime) -> None:
    portfolio = small_map.portfolio
    for number in range(queries.MOST_IDLE + 1):
        if number == queries.MOST_IDLE:
            few = map_of(owner, portfolio, Scope())
            assert (len(few.objectives), few.objectives_left_out) == (queries.MOST_IDLE, 0)
        objective = Objective.objects.create(code=f"O{number}", name=f"Aim {number}")
        portfolio.objectives.add(objective)
    many = map_of(owner, portfolio, Scope())
    assert (len(many.objectives), many.objectives_left_out) == (0, queries.MOST_IDLE + 1)


def test_what_is_not_on_the_map_cannot_be_cut(small_map: SmallMap, owner: User) -> None:
    for id in ("node-999", f"objective-{Objective.objects.create(code='X', name='X').pk}"):
        with pytest.raises(Http404, match=f"nothing with the id “{id}” on this map that could be cut"):
            what_if(owner, small_map.portfolio, [id])


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
