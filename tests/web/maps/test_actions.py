"""The nodes, links, claims and places of a benefits map: done, refused with words, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from tests.web.conftest import person

from openvmo_web.access.models import User
from openvmo_web.access.permissions import Refused
from openvmo_web.audit.models import AuditEntry, Version
from openvmo_web.audit.queries import trail
from openvmo_web.benefits.actions import benefit_add, benefit_change, benefit_retire, benefits_change
from openvmo_web.benefits.models import Benefit
from openvmo_web.maps.actions import (
    benefit_serve,
    claim_remove,
    claim_set,
    gesture_undo,
    layout_reset,
    link_add,
    link_change,
    link_remove,
    node_add,
    node_change,
    node_remove,
    places_set,
)
from openvmo_web.maps.checks import CannotMap
from openvmo_web.maps.holdings import HOLDINGS
from openvmo_web.maps.models import Claim, Link, Node, Place
from openvmo_web.maps.queries import Scope, map_of
from openvmo_web.maps.rules import Point
from openvmo_web.portfolio.actions import initiative_add, portfolio_add
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.strategy.models import Objective


def in_force(kind: type[Node] | type[Link] | type[Claim]) -> int:
    """How many rows of a kind were not removed."""
    return kind.objects.filter(removed_at=None).count()


def stored() -> tuple[int, ...]:
    """How much there is of everything that an action on the map writes."""
    return (in_force(Node), in_force(Link), in_force(Claim), Place.objects.count(), AuditEntry.objects.count())


@pytest.fixture
def benefit(portfolio: Portfolio) -> Benefit:
    """The benefit of the first initiative."""
    return Benefit.objects.select_related("initiative").get(code="ALPHA-B")


@pytest.fixture
def other(portfolio: Portfolio) -> Benefit:
    """The benefit of the second initiative."""
    return Benefit.objects.select_related("initiative").get(code="BETA-B")


@pytest.fixture
def outcome(portfolio: Portfolio, owner: User, now: datetime) -> Node:
    """An outcome with a gain in money to share."""
    return node_add(portfolio=portfolio, kind="outcome", name="Faster service", pool=Decimal(1000), by=owner, at=now)


@pytest.fixture
def enabler(portfolio: Portfolio, owner: User, now: datetime) -> Node:
    """Something that has to be in place."""
    return node_add(portfolio=portfolio, kind="enabler", name="Scanner", by=owner, at=now)


def test_it_adds_with_the_next_code_of_the_kind(enabler: Node, outcome: Node, owner: User, now: datetime) -> None:
    second = node_add(portfolio=enabler.portfolio, kind="enabler", name="Printer", by=owner, at=now)
    assert (enabler.code, second.code, outcome.code) == ("E1", "E2", "O1")
    assert [entry.action for entry in trail(owner, enabler)] == ["node.add"]
    assert Version.objects.get(kind="maps.node", key=str(enabler.pk)).values["name"] == "Scanner"


def test_it_is_refused_to_who_only_looks(enabler: Node, member: User, now: datetime) -> None:
    before = stored()
    with pytest.raises(Refused, match="Change the benefits map"):
        node_change(node=enabler, name="Mine", by=member, at=now)
    with pytest.raises(Refused, match="Change the benefits map"):
        node_add(portfolio=enabler.portfolio, kind="change", name="X", by=member, at=now)
    with pytest.raises(Refused, match="Change the benefits map"):
        places_set(portfolio=enabler.portfolio, places={f"node-{enabler.pk}": Point(0, 0)}, by=member, at=now)
    assert stored() == before


def test_it_changes_only_what_differs(enabler: Node, owner: User, now: datetime) -> None:
    node_change(node=enabler, name="Scanner", state="in_place", by=owner, at=now)
    assert trail(owner, enabler)[0].changes == {"state": ["planned", "in_place"]}
    before = stored()
    node_change(node=enabler, name="Scanner", state="in_place", by=owner, at=now)
    assert stored() == before


def test_only_an_outcome_has_a_gain_to_share(enabler: Node, owner: User, now: datetime) -> None:
    with pytest.raises(ValidationError, match="Only an outcome has a gain to share"):
        node_change(node=enabler, pool=Decimal(5), by=owner, at=now)
    enabler.refresh_from_db()
    assert enabler.pool is None


def test_an_initiative_of_elsewhere_is_refused(enabler: Node, administrator: User, now: datetime) -> None:
    elsewhere = portfolio_add(
        slug="other", name="Other", currency="EUR", price_base=2026, starts=now.date(), by=administrator, at=now
    )
    foreign = initiative_add(portfolio=elsewhere, code="F", name="Foreign", by=administrator, at=now)
    with pytest.raises(CannotMap, match="“Foreign” belongs to another portfolio"):
        node_change(node=enabler, initiative=foreign, by=administrator, at=now)
    assert Node.objects.get(pk=enabler.pk).initiative is None


def test_it_links_and_names_the_circle(outcome: Node, owner: User, now: datetime) -> None:
    portfolio = outcome.portfolio
    second, third = (
        node_add(portfolio=portfolio, kind="outcome", name=name, by=owner, at=now) for name in ("Trust", "Use")
    )
    link_add(portfolio=portfolio, source=outcome, target=second, by=owner, at=now)
    link_add(portfolio=portfolio, source=second, target=third, strength=0.5, by=owner, at=now)
    before = stored()
    with pytest.raises(CannotMap, match="circle: Use → Faster service → Trust → Use"):
        link_add(portfolio=portfolio, source=third, target=outcome, by=owner, at=now)
    with pytest.raises(CannotMap, match="circle: Use → Use"):
        link_add(portfolio=portfolio, source=third, target=third, by=owner, at=now)
    assert stored() == before


def test_it_refuses_to_lead_backwards_or_twice(
    outcome: Node, enabler: Node, benefit: Benefit, owner: User, now: datetime
) -> None:
    portfolio = outcome.portfolio
    link_add(portfolio=portfolio, source=enabler, target=outcome, by=owner, at=now)
    before = stored()
    with pytest.raises(CannotMap, match="the map goes from enablers over changes"):
        link_add(portfolio=portfolio, source=outcome, target=enabler, by=owner, at=now)
    with pytest.raises(CannotMap, match="“Less paper” cannot lead to “Scanner”"):
        link_add(portfolio=portfolio, source=benefit, target=enabler, by=owner, at=now)
    with pytest.raises(CannotMap, match="leads to “Faster service” already"):
        link_add(portfolio=portfolio, source=enabler, target=outcome, by=owner, at=now)
    assert stored() == before


def test_a_strength_is_a_share(outcome: Node, enabler: Node, owner: User, now: datetime) -> None:
    link = link_add(portfolio=outcome.portfolio, source=enabler, target=outcome, by=owner, at=now)
    assert link_change(link=link, strength=0.25, by=owner, at=now).strength == 0.25
    with pytest.raises(ValidationError, match="above 0% and up to 100%"):
        link_change(link=link, strength=1.5, by=owner, at=now)
    link.refresh_from_db()
    assert link.strength == 0.25
    assert link_change(link=link, strength=None, by=owner, at=now).strength is None


def test_a_claim_links_and_counts_up_to_the_whole(
    outcome: Node, benefit: Benefit, other: Benefit, owner: User, now: datetime
) -> None:
    claim_set(outcome=outcome, benefit=benefit, share=Decimal("0.62"), by=owner, at=now)
    assert (in_force(Claim), in_force(Link)) == (1, 1)
    claim_set(outcome=outcome, benefit=other, share=Decimal("0.38"), by=owner, at=now)
    assert sum(claim.share for claim in Claim.objects.all()) == 1
    claim_set(outcome=outcome, benefit=benefit, share=Decimal("0.5"), by=owner, at=now)
    assert (in_force(Claim), in_force(Link)) == (2, 2)


def test_an_over_claim_is_refused_with_the_others(
    outcome: Node, benefit: Benefit, other: Benefit, owner: User, now: datetime
) -> None:
    claim_set(outcome=outcome, benefit=benefit, share=Decimal("0.62"), by=owner, at=now)
    before = stored()
    sentence = r"38\.01% of “Faster service” cannot be claimed: 38% is left\. Claimed by others: “Less paper” 62%\."
    with pytest.raises(CannotMap, match=sentence):
        claim_set(outcome=outcome, benefit=other, share=Decimal("0.3801"), by=owner, at=now)
    with pytest.raises(CannotMap, match="has 100% to share: 101% cannot be claimed"):
        claim_set(outcome=outcome, benefit=benefit, share=Decimal("1.01"), by=owner, at=now)
    assert stored() == before


def test_benefits_of_the_same_name_claim_their_own_shares(
    outcome: Node, benefit: Benefit, other: Benefit, owner: User, now: datetime
) -> None:
    benefit_change(benefit=other, name=benefit.name, by=owner, at=now)
    third = benefit_add(initiative=benefit.initiative, name="Quiet", kind="cashable", by=owner, at=now)
    claim_set(outcome=outcome, benefit=benefit, share=Decimal("0.62"), by=owner, at=now)
    claim_set(outcome=outcome, benefit=other, share=Decimal("0.38"), by=owner, at=now)
    before = stored()
    sentence = "62% of “Faster service” cannot be claimed: 0% is left.*“Less paper” 62%, “Less paper” 38%"
    with pytest.raises(CannotMap, match=sentence):
        claim_set(outcome=outcome, benefit=third, share=Decimal("0.62"), by=owner, at=now)
    assert stored() == before


def test_another_unit_is_refused(outcome: Node, benefit: Benefit, owner: User, now: datetime) -> None:
    node_change(node=outcome, pool_unit="hours", by=owner, at=now)
    before = stored()
    with pytest.raises(CannotMap, match="“Faster service” is counted in hours, and “Less paper” in GBP"):
        claim_set(outcome=outcome, benefit=benefit, share=Decimal("0.1"), by=owner, at=now)
    assert stored() == before
    benefit_change(benefit=benefit, unit="Hours", by=owner, at=now)
    claim_set(outcome=outcome, benefit=benefit, share=Decimal("0.1"), by=owner, at=now)
    with pytest.raises(CannotMap, match="is counted in days"):
        node_change(node=outcome, pool_unit="days", by=owner, at=now)
    assert Node.objects.get(pk=outcome.pk).pool_unit == "hours"


def test_only_an_outcome_is_claimed(enabler: Node, benefit: Benefit, owner: User, now: datetime) -> None:
    with pytest.raises(CannotMap, match="Only an outcome has a gain to share"):
        claim_set(outcome=enabler, benefit=benefit, share=Decimal("0.1"), by=owner, at=now)
    assert in_force(Claim) == 0


def test_what_is_claimed_stays_unless_the_claims_go_with_it(
    outcome: Node, benefit: Benefit, owner: User, now: datetime
) -> None:
    claim = claim_set(outcome=outcome, benefit=benefit, share=Decimal("0.5"), by=owner, at=now)
    link = Link.objects.get()
    before = stored()
    with pytest.raises(CannotMap, match="while benefits claim shares of it: “Less paper”"):
        node_remove(node=outcome, by=owner, at=now)
    with pytest.raises(CannotMap, match="“Less paper” claims 50% of “Faster service” along this link"):
        link_remove(link=link, by=owner, at=now)
    with pytest.raises(CannotMap, match="stays an outcome"):
        node_change(node=outcome, kind="change", pool=None, by=owner, at=now)
    assert stored() == before
    outcome.refresh_from_db()
    node_remove(node=outcome, cascade=True, by=owner, at=now)
    assert (in_force(Node), in_force(Link), in_force(Claim)) == (0, 0, 0)
    claim.refresh_from_db()
    assert claim.removed_at == now


def test_a_removed_node_comes_back_with_all_that_went_with_it(
    outcome: Node, benefit: Benefit, owner: User, now: datetime
) -> None:
    claim_set(outcome=outcome, benefit=benefit, share=Decimal("0.5"), by=owner, at=now)
    node_remove(node=outcome, cascade=True, by=owner, at=now)
    rows = gesture_undo(portfolio=outcome.portfolio, by=owner, at=now)
    assert {row.record_kind for row in rows} == {"maps.node", "maps.link", "maps.claim"}
    assert (in_force(Node), in_force(Link), in_force(Claim)) == (1, 1, 1)
    assert trail(owner, outcome)[0].action == "map.undo"


def test_each_undo_goes_one_gesture_back(enabler: Node, outcome: Node, owner: User, now: datetime) -> None:
    portfolio = enabler.portfolio
    link = link_add(portfolio=portfolio, source=enabler, target=outcome, by=owner, at=now)
    link_change(link=link, strength=0.5, by=owner, at=now)
    gesture_undo(portfolio=portfolio, by=owner, at=now)
    link.refresh_from_db()
    assert (link.strength, link.removed_at) == (None, None)
    gesture_undo(portfolio=portfolio, by=owner, at=now)
    assert in_force(Link) == 0
    gesture_undo(portfolio=portfolio, by=owner, at=now)
    gesture_undo(portfolio=portfolio, by=owner, at=now)
    assert in_force(Node) == 0
    with pytest.raises(CannotMap, match="no change of yours"):
        gesture_undo(portfolio=portfolio, by=owner, at=now)


def test_an_undo_never_breaks_what_others_built(
    outcome: Node, benefit: Benefit, other: Benefit, owner: User, administrator: User, now: datetime
) -> None:
    portfolio = outcome.portfolio
    claim = claim_set(outcome=outcome, benefit=benefit, share=Decimal("0.6"), by=owner, at=now)
    claim_remove(claim=claim, by=owner, at=now)
    claim_set(outcome=outcome, benefit=other, share=Decimal("0.7"), by=administrator, at=now)
    before = stored()
    with pytest.raises(CannotMap, match="60% of “Faster service” cannot be claimed: 30% is left"):
        gesture_undo(portfolio=portfolio, by=owner, at=now)
    assert stored() == before
    node_change(node=outcome, name="Quick", by=owner, at=now)
    node_change(node=outcome, name="Quicker", by=administrator, at=now)
    with pytest.raises(CannotMap, match="“Quicker” was changed again"):
        gesture_undo(portfolio=portfolio, by=owner, at=now)
    assert Node.objects.get(pk=outcome.pk).name == "Quicker"


def test_a_node_that_others_linked_stays(
    enabler: Node, outcome: Node, owner: User, administrator: User, now: datetime
) -> None:
    portfolio = enabler.portfolio
    late = node_add(portfolio=portfolio, kind="change", name="Training", by=owner, at=now)
    link_add(portfolio=portfolio, source=late, target=outcome, by=administrator, at=now)
    with pytest.raises(CannotMap, match="“Training” is linked by now"):
        gesture_undo(portfolio=portfolio, by=owner, at=now)
    assert Node.objects.get(pk=late.pk).removed_at is None


def test_a_benefit_serves_an_objective(benefit: Benefit, owner: User, now: datetime) -> None:
    objective = Objective.objects.create(code="A", name="Serve better")
    assert benefit_serve(benefit=benefit, objective=objective, by=owner, at=now).objective == objective
    objective.retired_at = now
    objective.save()
    with pytest.raises(CannotMap, match="“Serve better” is no longer pursued"):
        benefit_serve(benefit=benefit, objective=objective, by=owner, at=now)
    assert benefit_serve(benefit=benefit, objective=None, by=owner, at=now).objective is None


def test_places_are_kept_and_forgotten(enabler: Node, benefit: Benefit, owner: User, now: datetime) -> None:
    portfolio = enabler.portfolio
    places = {f"node-{enabler.pk}": Point(0, 400), f"benefit-{benefit.pk}": Point(10, 90)}
    assert places_set(portfolio=portfolio, places=places, by=owner, at=now) == 2
    assert places_set(portfolio=portfolio, places={f"node-{enabler.pk}": Point(0, 300)}, by=owner, at=now) == 1
    assert map_of(owner, portfolio, Scope()).layout.points[f"node-{enabler.pk}"] == Point(0, 300)
    assert layout_reset(portfolio=portfolio, things=places, by=owner, at=now) == 2
    assert Place.objects.count() == 0


def test_places_of_elsewhere_are_refused(enabler: Node, owner: User, now: datetime) -> None:
    before = stored()
    with pytest.raises(CannotMap, match="“benefit-999” is not on the map"):
        places_set(portfolio=enabler.portfolio, places={"benefit-999": Point(0, 0)}, by=owner, at=now)
    assert stored() == before


def test_the_map_reads_as_it_was_known(
    outcome: Node, enabler: Node, benefit: Benefit, owner: User, now: datetime
) -> None:
    portfolio = outcome.portfolio
    later, latest = now + timedelta(days=1), now + timedelta(days=2)
    link = link_add(portfolio=portfolio, source=enabler, target=outcome, by=owner, at=later)
    node_change(node=enabler, name="Big scanner", by=owner, at=later)
    link_remove(link=link, by=owner, at=latest)
    node_remove(node=enabler, by=owner, at=latest)
    seen = {
        at: (
            sorted(row.name for row in shown.nodes.values()),
            len(shown.connections),
        )
        for at in (now - timedelta(seconds=1), now, later, latest)
        for shown in (map_of(owner, portfolio, Scope(at=at)),)
    }
    assert seen == {
        now - timedelta(seconds=1): ([], 0),
        now: (["Faster service", "Scanner"], 0),
        later: (["Big scanner", "Faster service"], 1),
        latest: (["Faster service"], 0),
    }


def test_who_manages_another_portfolio_changes_nothing_here(enabler: Node, db: None, now: datetime) -> None:
    stranger = person("pia@example.org", "Pia Elsewhere", "portfolio_manager", 99)
    with pytest.raises(Refused, match="Change the benefits map"):
        node_remove(node=enabler, by=stranger, at=now)
    assert in_force(Node) == 1


def test_an_undo_that_others_have_overtaken_is_refused_in_words(
    outcome: Node, enabler: Node, benefit: Benefit, owner: User, administrator: User, now: datetime
) -> None:
    portfolio = outcome.portfolio
    claim = claim_set(outcome=outcome, benefit=benefit, share=Decimal("0.5"), by=owner, at=now)
    claim_remove(claim=claim, by=owner, at=now)
    claim_set(outcome=outcome, benefit=benefit, share=Decimal("0.2"), by=administrator, at=now)
    before = stored()
    with pytest.raises(CannotMap, match=r"The benefit claims a share of this outcome already\. Nothing was taken back"):
        gesture_undo(portfolio=portfolio, by=owner, at=now)
    assert stored() == before

    node_change(node=enabler, code="E7", by=owner, at=now)
    node_add(portfolio=portfolio, kind="enabler", name="Printer", code="E1", by=administrator, at=now)
    before = stored()
    with pytest.raises(CannotMap, match="“Scanner” cannot be as it was before your last change"):
        gesture_undo(portfolio=portfolio, by=owner, at=now)
    assert stored() == before


def test_a_claim_does_not_come_back_on_what_is_no_outcome_any_more(
    outcome: Node, benefit: Benefit, owner: User, administrator: User, now: datetime
) -> None:
    claim = claim_set(outcome=outcome, benefit=benefit, share=Decimal("0.5"), by=owner, at=now)
    claim_remove(claim=claim, by=owner, at=now)
    node_change(node=outcome, kind="change", pool=None, by=administrator, at=now)
    with pytest.raises(CannotMap, match="Only an outcome has a gain to share"):
        gesture_undo(portfolio=outcome.portfolio, by=owner, at=now)
    assert in_force(Claim) == 0


def test_an_undo_hands_nothing_back_that_was_passed_on(
    enabler: Node, owner: User, executive: User, administrator: User, now: datetime
) -> None:
    node_change(node=enabler, owner=executive, by=administrator, at=now)
    HOLDINGS.pass_on(from_user=executive, to_user=owner, by=administrator, at=now, gesture=uuid4())
    assert trail(owner, enabler)[0].action == "node.pass_on"
    before = stored()
    with pytest.raises(CannotMap, match="“Scanner” was changed again since your last change"):
        gesture_undo(portfolio=enabler.portfolio, by=administrator, at=now)
    assert stored() == before
    assert Node.objects.get(pk=enabler.pk).owner == owner


def test_what_is_changed_is_what_is_stored(
    outcome: Node, enabler: Node, benefit: Benefit, owner: User, now: datetime
) -> None:
    portfolio = outcome.portfolio
    seen = Node.objects.get(pk=enabler.pk)
    node_change(node=enabler, name="Big scanner", by=owner, at=now)
    node_change(node=seen, name="Scanner", by=owner, at=now)
    assert trail(owner, enabler)[0].changes == {"name": ["Big scanner", "Scanner"]}

    link = link_add(portfolio=portfolio, source=enabler, target=outcome, strength=0.5, by=owner, at=now)
    claim = claim_set(outcome=outcome, benefit=benefit, share=Decimal("0.5"), by=owner, at=now)
    stale_node, stale_link, stale_claim = (
        Node.objects.get(pk=enabler.pk),
        Link.objects.get(pk=link.pk),
        Claim.objects.get(pk=claim.pk),
    )
    node_remove(node=enabler, by=owner, at=now)
    claim_remove(claim=claim, by=owner, at=now)
    before = stored()
    deeds: tuple[Callable[[], object], ...] = (
        lambda: node_change(node=stale_node, name="Mine", by=owner, at=now),
        lambda: node_remove(node=stale_node, by=owner, at=now),
        lambda: link_change(link=stale_link, strength=0.1, by=owner, at=now),
        lambda: link_remove(link=stale_link, by=owner, at=now),
        lambda: claim_remove(claim=stale_claim, by=owner, at=now),
        lambda: link_add(portfolio=portfolio, source=stale_node, target=outcome, by=owner, at=now),
    )
    for deed in deeds:
        with pytest.raises(CannotMap, match=r"no longer on the map|is not on the map"):
            deed()
    assert stored() == before


def test_a_benefit_that_claims_a_share_keeps_its_unit(
    outcome: Node, benefit: Benefit, other: Benefit, owner: User, now: datetime
) -> None:
    claim = claim_set(outcome=outcome, benefit=benefit, share=Decimal("0.5"), by=owner, at=now)
    before = stored()
    with pytest.raises(ValidationError, match="is counted in GBP, and “Less paper” in hours") as refused:
        benefit_change(benefit=benefit, unit="hours", by=owner, at=now)
    assert set(refused.value.message_dict) == {"unit"}
    with pytest.raises(ValidationError, match="is counted in GBP"):
        benefits_change(benefits=[other, benefit], values={"unit": "hours"}, by=owner, at=now)
    assert stored() == before
    assert set(Benefit.objects.values_list("unit", flat=True)) == {""}
    claim_remove(claim=claim, by=owner, at=now)
    assert benefit_change(benefit=benefit, unit="hours", by=owner, at=now).unit == "hours"


def test_a_benefit_that_is_taken_up_again_finds_its_share_still_free(
    outcome: Node, benefit: Benefit, other: Benefit, owner: User, now: datetime
) -> None:
    claim = claim_set(outcome=outcome, benefit=benefit, share=Decimal("0.62"), by=owner, at=now)
    benefit_retire(benefit=benefit, reason="Not pursued", by=owner, at=now)
    with pytest.raises(CannotMap, match="“Less paper” is not on the map"):
        claim_set(outcome=outcome, benefit=benefit, share=Decimal("0.1"), by=owner, at=now)
    claim_set(outcome=outcome, benefit=other, share=Decimal("0.5"), by=owner, at=now)
    before = stored()
    with pytest.raises(ValidationError, match="62% of “Faster service” cannot be claimed: 50% is left"):
        benefit_change(benefit=benefit, state="identified", by=owner, at=now)
    assert stored() == before
    claim_remove(claim=claim, by=owner, at=now)
    assert benefit_change(benefit=benefit, state="identified", by=owner, at=now).state == "identified"


def test_two_that_are_taken_up_again_together_share_what_is_left(
    outcome: Node, benefit: Benefit, other: Benefit, owner: User, now: datetime
) -> None:
    for row in (benefit, other):
        claim_set(outcome=outcome, benefit=row, share=Decimal("0.6"), by=owner, at=now)
        benefit_retire(benefit=row, reason="Not pursued", by=owner, at=now)
    with pytest.raises(ValidationError, match="60% of “Faster service” cannot be claimed: 40% is left"):
        benefits_change(benefits=[benefit, other], values={"state": "identified"}, by=owner, at=now)
    assert benefit_change(benefit=benefit, state="identified", by=owner, at=now).state == "identified"


def test_the_share_of_a_retired_benefit_goes_with_its_outcome(
    outcome: Node, benefit: Benefit, owner: User, now: datetime
) -> None:
    claim_set(outcome=outcome, benefit=benefit, share=Decimal("0.6"), by=owner, at=now)
    benefit_retire(benefit=benefit, reason="Not pursued", by=owner, at=now)
    node_remove(node=outcome, by=owner, at=now)
    assert (in_force(Node), in_force(Claim), in_force(Link)) == (0, 0, 0)
    gesture_undo(portfolio=outcome.portfolio, by=owner, at=now)
    assert (in_force(Node), in_force(Claim), in_force(Link)) == (1, 1, 1)


def test_a_gain_lies_between_its_low_and_high(portfolio: Portfolio, owner: User, now: datetime) -> None:
    done: dict[str, Any] = {"by": owner, "at": now}
    outcome = node_add(
        portfolio=portfolio,
        kind="outcome",
        name="Rent",
        pool=Decimal(10),
        pool_low=Decimal(8),
        pool_high=Decimal(15),
        **done,
    )
    with pytest.raises(ValidationError, match="do not go together"):
        node_change(node=outcome, pool=Decimal(20), **done)
    with pytest.raises(ValidationError, match="State the gain itself too"):
        node_change(node=Node.objects.get(pk=outcome.pk), pool=None, **done)
    assert Node.objects.get(pk=outcome.pk).pool == 10
