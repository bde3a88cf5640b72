"""Bodies, rights, proposals and decisions."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from tests.web.conftest import person
from tests.web.small_portfolio import option_of, run_done, tampered_copy

from openvmo_web.access.models import User
from openvmo_web.access.permissions import Refused
from openvmo_web.audit.models import AuditEntry
from openvmo_web.audit.queries import trail
from openvmo_web.benefits.actions import plan_record, promise_renew
from openvmo_web.benefits.models import Baseline, Benefit
from openvmo_web.benefits.profile_queries import profiles_in_force
from openvmo_web.governance.actions import (
    CannotDecide,
    body_set,
    decision_approve,
    decision_propose,
    decision_reject,
    decision_withdraw,
    right_set,
)
from openvmo_web.governance.evidence import decision_verify, is_unchanged
from openvmo_web.governance.models import Body, Decision, DecisionItem, DecisionRight
from openvmo_web.insight.models import Run
from openvmo_web.insight.queries import document_of
from openvmo_web.portfolio.models import Initiative, Portfolio


def states(portfolio: Portfolio) -> dict[str, str]:
    """Where each initiative stands."""
    return dict(portfolio.initiatives.values_list("code", "state"))


def test_a_body_is_set_once(board: Body, executive: User, administrator: User, now: datetime) -> None:
    before = AuditEntry.objects.count()
    body_set(portfolio=board.portfolio, code="BOARD", name="Board", members=[executive], by=administrator, at=now)
    assert (Body.objects.count(), AuditEntry.objects.count()) == (1, before)


def test_who_gives_no_roles_sets_no_rights(board: Body, owner: User, now: datetime) -> None:
    with pytest.raises(Refused, match="Give people roles"):
        right_set(portfolio=board.portfolio, kind="fund_portfolio", up_to=Decimal(5), decider=board, by=owner, at=now)
    assert DecisionRight.objects.count() == 1


def test_a_right_replaces_the_one_of_its_size(board: Body, administrator: User, now: datetime) -> None:
    council = body_set(portfolio=board.portfolio, code="COUNCIL", name="Council", members=[], by=administrator, at=now)
    right_set(portfolio=board.portfolio, kind="fund_portfolio", up_to=None, decider=council, by=administrator, at=now)
    assert [right.decider for right in DecisionRight.objects.all()] == [council]


def test_a_choice_becomes_a_proposal(proposal: Decision, choice: Run, owner: User) -> None:
    document = document_of(choice)
    items = {item.initiative.code: item for item in proposal.items.select_related("initiative", "plan")}
    assert {code: item.verdict == "fund" for code, item in items.items()} == {
        row["initiative"]: row["is_in"] for row in document["initiatives"]
    }
    assert {item.plan.number for item in items.values() if item.plan} == {1}
    assert (proposal.number, proposal.state, proposal.decider.code) == (1, "proposed", "BOARD")
    assert float(proposal.amount) == pytest.approx(document["cost"]["mean"], abs=1e-6)
    assert [entry.action for entry in trail(owner, proposal)] == ["decision.propose"]
    assert is_unchanged(proposal)


def test_a_forecast_cannot_be_proposed(choice: Run, board: Body, owner: User, now: datetime) -> None:
    choice.kind = "forecast"
    with pytest.raises(CannotDecide, match="Only a finished choice"):
        decision_propose(run=choice, title="T", rationale="R", by=owner, at=now)


def test_without_a_decider_nothing_is_proposed(choice: Run, owner: User, now: datetime) -> None:
    with pytest.raises(CannotDecide, match="Nobody decides on “Fund the portfolio”"):
        decision_propose(run=choice, title="T", rationale="R", by=owner, at=now)
    assert (Decision.objects.count(), DecisionItem.objects.count()) == (0, 0)


def test_a_choice_is_proposed_once(proposal: Decision, choice: Run, owner: User, now: datetime) -> None:
    with pytest.raises(CannotDecide, match="already decision 1, which is proposed"):
        decision_propose(run=choice, title="Again", rationale="R", by=owner, at=now)
    assert Decision.objects.count() == 1


def test_the_board_approves_and_what_it_funds_is_approved(proposal: Decision, executive: User, now: datetime) -> None:
    funded = set(proposal.items.filter(verdict="fund").values_list("initiative__code", flat=True))
    decided = decision_approve(decision=proposal, remark="Go.", by=executive, at=now)
    assert (decided.state, decided.decided_by, decided.remark) == ("approved", executive, "Go.")
    expected = {code: "approved" if code in funded else "proposal" for code in states(decided.portfolio)}
    assert 0 < len(funded) < len(expected)
    assert states(decided.portfolio) == expected
    gestures = AuditEntry.objects.exclude(gesture=None).values_list("action", "gesture")
    assert {action for action, _gesture in gestures} == {
        "decision.approve",
        "initiative.change",
        "baseline.set",
    }
    assert len({gesture for _action, gesture in gestures}) == 1


@pytest.fixture
def two_ways(portfolio: Portfolio, owner: User, now: datetime) -> Initiative:
    """An initiative whose second course of action brings ten times as much as the first for the same money."""
    initiative = Initiative.objects.select_related("current_plan").get(code="ALPHA")
    small = option_of(100.0, 9.0, benefit="ALPHA-B")
    large = replace(option_of(100.0, 90.0, benefit="ALPHA-B"), id="large", name="Larger")
    plan_record(initiative=initiative, options=[small, large], reason="Two ways", by=owner, at=now - timedelta(hours=1))
    return initiative


def likely_by_plan(benefit: Benefit) -> tuple[str, Decimal]:
    """Which course of action the plan in force takes, and what it brings."""
    profile = profiles_in_force([benefit.pk]).select_related("option").get()
    return profile.option.code, profile.annual_likely


def test_what_is_funded_stands_first_in_the_plan_and_is_what_a_renewed_promise_keeps(
    two_ways: Initiative, board: Body, executive: User, owner: User, now: datetime
) -> None:
    run = run_done(two_ways.portfolio, "choose", by=owner, at=now)
    proposal = decision_propose(run=run, title="Fund", rationale="Value.", by=owner, at=now)
    assert proposal.items.get(initiative=two_ways).option_code == "large"
    benefit = Benefit.objects.select_related("initiative").get(code="ALPHA-B")
    assert likely_by_plan(benefit) == ("plan", 9)
    versions = dict(Initiative.objects.values_list("code", "current_plan__number"))
    decision_approve(decision=proposal, by=executive, at=now)
    assert dict(Initiative.objects.values_list("code", "current_plan__number")) == versions | {"ALPHA": 3}
    assert likely_by_plan(benefit) == ("large", 90)
    plan = Initiative.objects.select_related("current_plan").get(code="ALPHA").current_plan
    assert plan is not None
    assert (plan.reason, plan.recorded_by, plan.annual_benefit_likely) == ("Decision 1", executive, 90)
    assert list(plan.options.order_by("position").values_list("code", flat=True)) == ["large", "plan"]
    promise_renew(benefit=benefit, values={"target": Decimal(5)}, reason="Better known", by=executive, at=now)
    promised = Baseline.objects.filter(benefit=benefit).order_by("number")
    assert list(promised.values_list("profile__option__code", "profile__annual_likely")) == [("large", 90)] * 2


def test_a_plan_that_has_lost_what_is_funded_takes_it_up_again(
    two_ways: Initiative, board: Body, executive: User, owner: User, now: datetime
) -> None:
    run = run_done(two_ways.portfolio, "choose", by=owner, at=now)
    proposal = decision_propose(run=run, title="Fund", rationale="Value.", by=owner, at=now)
    small = option_of(100.0, 8.0, benefit="ALPHA-B")
    plan_record(initiative=two_ways, options=[small], reason="One way", by=owner, at=now)
    decision_approve(decision=proposal, by=executive, at=now)
    benefit = Benefit.objects.get(code="ALPHA-B")
    assert likely_by_plan(benefit) == ("large", 90)
    assert Baseline.objects.get(benefit=benefit).profile.option.plan.number == 2


def test_a_stranger_to_the_board_is_refused_and_nothing_changes(proposal: Decision, db: None, now: datetime) -> None:
    outsider = person("otto@example.org", "Otto Outside", "executive")
    before = AuditEntry.objects.count()
    with pytest.raises(Refused, match=r"not a member.*“Board” to decide: Eva Executive"):
        decision_approve(decision=proposal, by=outsider, at=now)
    assert Decision.objects.get().state == "proposed"
    assert set(states(proposal.portfolio).values()) == {"proposal"}
    assert AuditEntry.objects.count() == before


def test_who_lacks_the_right_is_refused(proposal: Decision, board: Body, member: User, now: datetime) -> None:
    board.members.add(member)
    with pytest.raises(Refused, match="Take decisions"):
        decision_approve(decision=proposal, by=member, at=now)
    assert Decision.objects.get().state == "proposed"


def test_nobody_decides_on_his_own_proposal(choice: Run, board: Body, executive: User, now: datetime) -> None:
    both = person("bo@example.org", "Bo Both", "portfolio_manager")
    both.assignments.create(role="executive", granted_at=now)
    board.members.add(both)
    decision = decision_propose(run=choice, title="Mine", rationale="R", by=both, at=now)
    with pytest.raises(Refused, match=r"You proposed this decision.*Eva Executive"):
        decision_approve(decision=decision, by=both, at=now)
    assert decision_approve(decision=decision, by=executive, at=now).state == "approved"


def test_a_rejection_says_why(proposal: Decision, executive: User, now: datetime) -> None:
    with pytest.raises(CannotDecide, match="Say in a remark why"):
        decision_reject(decision=proposal, remark=" ", by=executive, at=now)
    assert decision_reject(decision=proposal, remark="Too dear.", by=executive, at=now).state == "rejected"
    assert set(states(proposal.portfolio).values()) == {"proposal"}


def test_only_its_proposer_withdraws(proposal: Decision, administrator: User, owner: User, now: datetime) -> None:
    with pytest.raises(Refused, match="Only Olga Owner"):
        decision_withdraw(decision=proposal, by=administrator, at=now)
    assert decision_withdraw(decision=proposal, by=owner, at=now).state == "withdrawn"


def test_it_is_decided_once(proposal: Decision, executive: User, now: datetime) -> None:
    decision_approve(decision=proposal, by=executive, at=now)
    with pytest.raises(CannotDecide, match="approved since 2 Mar 2026, by Eva Executive"):
        decision_reject(decision=proposal, remark="No.", by=executive, at=now)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE governance_decision SET title = 'x'",
        "DELETE FROM governance_decision",
        "UPDATE governance_decisionitem SET verdict = 'fund'",
        "DELETE FROM governance_decisionitem",
    ],
)
def test_the_database_refuses_to_change_what_was_decided(
    proposal: Decision, executive: User, now: datetime, statement: str
) -> None:
    decision_approve(decision=proposal, by=executive, at=now)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_its_verification_agrees(proposal: Decision) -> None:
    assert decision_verify(proposal).agrees


def test_tampered_inputs_stop_the_decision(proposal: Decision, executive: User, now: datetime) -> None:
    copy = tampered_copy(proposal.run, now)
    Decision.objects.filter(pk=proposal.pk).update(run=copy)
    proposal.refresh_from_db()
    verification = decision_verify(proposal)
    assert (verification.comparison.agrees, verification.is_evidence_unchanged) == (False, False)
    with pytest.raises(CannotDecide, match="stored evidence is not what was proposed"):
        decision_approve(decision=proposal, by=executive, at=now)
    assert set(states(proposal.portfolio).values()) == {"proposal"}
