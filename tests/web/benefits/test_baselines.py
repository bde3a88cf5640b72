"""Baselines: set by the decision that funds, adopted once for what was funded before, and frozen for good."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from tests.web.benefits.test_forecasts import LATER
from tests.web.small_portfolio import run_done

from openvmo_web.access.models import User
from openvmo_web.access.permissions import Refused
from openvmo_web.audit.models import AuditEntry
from openvmo_web.audit.queries import trail
from openvmo_web.benefits.actions import baseline_adopt, benefit_change, forecast_record, promise_renew
from openvmo_web.benefits.models import Baseline, Benefit
from openvmo_web.benefits.profile_queries import without_baseline
from openvmo_web.common.models import AppendOnlyError
from openvmo_web.governance.actions import decision_approve, decision_propose
from openvmo_web.governance.models import Body, Decision
from openvmo_web.portfolio.models import Initiative, Portfolio


@pytest.fixture
def benefit(portfolio: Portfolio) -> Benefit:
    """A benefit of an initiative that was funded before the portfolio came here."""
    Initiative.objects.filter(code="ALPHA").update(state="delivery")
    return Benefit.objects.select_related("initiative__current_plan").get(code="ALPHA-B")


def test_the_decision_that_funds_sets_the_baselines(
    proposal: Decision, portfolio: Portfolio, executive: User, owner: User, now: datetime
) -> None:
    decision_approve(decision=proposal, by=executive, at=now)
    funded = set(proposal.items.filter(verdict="fund").values_list("initiative__code", flat=True))
    baselines = list(Baseline.objects.select_related("benefit__initiative", "profile__option__plan"))
    assert {row.benefit.initiative.code for row in baselines} == funded
    assert {(row.number, row.decision, row.reason, row.recorded_by) for row in baselines} == {
        (1, proposal.number, "Decision 1", executive)
    }
    assert {row.profile.option.plan.number for row in baselines} == {1}
    assert baselines[0].measure["name"] == "Less paper"
    assert baselines[0].measure["kind"] == "cashable"
    newest = trail(owner, baselines[0].benefit).first()
    assert newest is not None
    assert (newest.action, newest.changes) == ("baseline.set", {"baseline_version": [None, 1]})


def test_a_forecast_leaves_the_baseline_and_a_later_decision_adds_one(
    proposal: Decision, portfolio: Portfolio, board: Body, executive: User, owner: User, now: datetime
) -> None:
    decision_approve(decision=proposal, by=executive, at=now)
    first = Baseline.objects.select_related("benefit__initiative").get(benefit__code="ALPHA-B")
    benefit_change(benefit=first.benefit, name="Much less paper", by=owner, at=now)
    forecast_record(benefit=first.benefit, profile=LATER, reason="Late", by=owner, at=now)
    assert list(Baseline.objects.filter(benefit=first.benefit)) == [first]

    later = now + timedelta(days=30)
    run = run_done(portfolio, "choose", by=owner, at=later)
    again = decision_propose(run=run, title="Fund again", rationale="New plan.", by=owner, at=later)
    decision_approve(decision=again, by=executive, at=later)
    rows = list(Baseline.objects.filter(benefit=first.benefit).select_related("profile"))
    assert [(row.number, row.decision) for row in rows] == [(1, 1), (2, 2)]
    assert rows[0].profile_id == first.profile_id
    assert rows[0].measure["name"] == "Less paper"
    assert (rows[1].profile.offset, rows[1].measure["name"]) == (LATER.offset, "Much less paper")


def test_the_plan_in_force_is_adopted_once(
    benefit: Benefit, portfolio: Portfolio, executive: User, now: datetime
) -> None:
    (baseline,) = baseline_adopt(portfolio=portfolio, benefits=[benefit], reason="Funded in 2024", by=executive, at=now)
    assert (baseline.number, baseline.decision, baseline.reason) == (1, None, "Funded in 2024")
    before = AuditEntry.objects.count()
    with pytest.raises(ValidationError, match=r"has a baseline already\. A funding decision sets a new one, or"):
        baseline_adopt(portfolio=portfolio, benefits=[benefit], reason="Again", by=executive, at=now)
    assert (Baseline.objects.count(), AuditEntry.objects.count()) == (1, before)


def test_a_proposal_has_no_baseline_to_adopt(portfolio: Portfolio, executive: User, now: datetime) -> None:
    proposed = list(Benefit.objects.filter(code="BETA-B"))
    with pytest.raises(ValidationError, match="is not funded yet"):
        baseline_adopt(portfolio=portfolio, benefits=proposed, reason="Early", by=executive, at=now)
    assert not Baseline.objects.exists()


@pytest.mark.parametrize(
    ("state", "work", "told"),
    [
        ("retired", "delivery", "“Less paper” is retired: nothing more is promised of it."),
        ("agreed", "stopped", "“Initiative ALPHA” was stopped: nothing more is promised of its benefits."),
    ],
)
def test_of_what_has_ended_nothing_more_is_promised(
    benefit: Benefit, portfolio: Portfolio, executive: User, now: datetime, state: str, work: str, told: str
) -> None:
    assert list(without_baseline(executive, portfolio)) == [benefit]
    Benefit.objects.filter(pk=benefit.pk).update(state=state)
    Initiative.objects.filter(code="ALPHA").update(state=work)
    assert not without_baseline(executive, portfolio).exists()
    with pytest.raises(ValidationError) as refusal:
        baseline_adopt(portfolio=portfolio, benefits=[benefit], reason="Late", by=executive, at=now)
    assert refusal.value.messages == [told]
    assert not Baseline.objects.exists()
    Benefit.objects.filter(pk=benefit.pk).update(state="agreed")
    Initiative.objects.filter(code="ALPHA").update(state="delivery")
    baseline_adopt(portfolio=portfolio, benefits=[benefit], reason="In time", by=executive, at=now)
    Benefit.objects.filter(pk=benefit.pk).update(state=state)
    Initiative.objects.filter(code="ALPHA").update(state=work)
    with pytest.raises(ValidationError) as refusal:
        promise_renew(benefit=benefit, values={"target": 5}, reason="Late", by=executive, at=now)
    assert refusal.value.messages == [told]
    assert Baseline.objects.count() == 1


def test_a_decision_promises_nothing_of_what_is_retired(proposal: Decision, executive: User, now: datetime) -> None:
    Benefit.objects.filter(code="ALPHA-B").update(state="retired")
    decision_approve(decision=proposal, by=executive, at=now)
    assert "ALPHA" in proposal.items.filter(verdict="fund").values_list("initiative__code", flat=True)
    assert Baseline.objects.exists()
    assert not Baseline.objects.filter(benefit__code="ALPHA-B").exists()


def test_who_owns_a_benefit_does_not_set_its_baseline(
    benefit: Benefit, portfolio: Portfolio, owner: User, now: datetime
) -> None:
    Benefit.objects.filter(pk=benefit.pk).update(owner=owner)
    with pytest.raises(Refused, match="Set baselines outside a funding decision"):
        baseline_adopt(portfolio=portfolio, benefits=[benefit], reason="Mine", by=owner, at=now)
    assert not Baseline.objects.exists()


def test_a_baseline_needs_a_reason_and_a_profile(
    benefit: Benefit, portfolio: Portfolio, executive: User, owner: User, now: datetime
) -> None:
    with pytest.raises(ValidationError, match="Say why"):
        baseline_adopt(portfolio=portfolio, benefits=[benefit], reason=" ", by=executive, at=now)
    unplanned = Benefit.objects.create(
        initiative=benefit.initiative, position=1, code="B2", name="Fewer calls", kind="cashable"
    )
    with pytest.raises(ValidationError, match="does not say how “Fewer calls” arrives"):
        baseline_adopt(portfolio=portfolio, benefits=[benefit, unplanned], reason="Old", by=executive, at=now)
    assert not Baseline.objects.exists()


def test_a_baseline_is_frozen_even_for_the_database(
    benefit: Benefit, portfolio: Portfolio, executive: User, owner: User, now: datetime
) -> None:
    (baseline,) = baseline_adopt(portfolio=portfolio, benefits=[benefit], reason="Old", by=executive, at=now)
    for statement in ("UPDATE benefits_baseline SET reason = 'better'", "DELETE FROM benefits_baseline"):
        with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
            connection.cursor().execute(statement)
    with pytest.raises(AppendOnlyError):
        baseline.save()
    forecast_record(benefit=benefit, profile=replace(LATER), reason="Late", by=owner, at=now)
    assert Baseline.objects.get().reason == "Old"
