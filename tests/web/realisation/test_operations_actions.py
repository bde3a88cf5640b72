"""Benefits handed over and reviewed: what is written, what is refused, and that answers stay as they are."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from tests.web.realisation.cast import CONDITIONS, MET, benefit_in, on, person_in, proposed_to

from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.access.permissions import Refused
from openvmo_web.audit.models import AuditEntry, Version
from openvmo_web.benefits.actions import benefit_retire
from openvmo_web.benefits.models import Benefit
from openvmo_web.portfolio.actions import initiative_change
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.realisation.actions import (
    handover_accept,
    handover_decline,
    handover_propose,
    handover_withdraw,
    measurement_record,
    review_plan,
    review_record,
    reviews_plan_all,
)
from openvmo_web.realisation.models import Handover, Review
from openvmo_web.realisation.operations_queries import reviews_of
from openvmo_web.realisation.queries import unverified_of
from openvmo_web.realisation.rules_operations import Condition

pytestmark = pytest.mark.django_db


@pytest.fixture
def sustainer(portfolio: Portfolio, now: datetime) -> User:
    """Leads the unit in which the benefit stays."""
    return person_in(portfolio, "sven@example.org", "Sven Sustainer", "sustainer", now)


@pytest.fixture
def benefit(portfolio: Portfolio) -> Benefit:
    """An agreed benefit that is reviewed every quarter."""
    return benefit_in(portfolio, state="agreed", review_months=3)


@pytest.fixture
def handover(benefit: Benefit, sustainer: User, owner: User, now: datetime) -> Handover:
    """The benefit proposed to the sustainer."""
    return proposed_to(benefit, sustainer, by=owner, at=now)


def entries_of(benefit: Benefit) -> list[str]:
    """The actions that were recorded about a benefit, oldest first, without its addition."""
    found = AuditEntry.objects.filter(kind=benefit.record_kind, key=benefit.record_key).order_by("pk")
    return [entry.action for entry in found if entry.action != "benefit.add"]


def test_it_proposes_a_hand_over(handover: Handover, benefit: Benefit, sustainer: User) -> None:
    assert (handover.state, handover.sustainer, handover.message) == ("proposed", sustainer, "All is in place.")
    assert handover.conditions == [
        {"text": "Measure in place", "is_met": False, "note": ""},
        {"text": "Booked in the budget", "is_met": False, "note": ""},
    ]
    benefit.refresh_from_db()
    assert (benefit.sustainer, benefit.state) == (None, "agreed")
    assert entries_of(benefit) == ["handover.propose"]


def test_the_owner_of_the_benefit_may_propose_and_others_may_not(
    portfolio: Portfolio, sustainer: User, member: User, now: datetime
) -> None:
    holder = person_in(portfolio, "berta@example.org", "Berta Owner", "benefit_owner", now)
    benefit = benefit_in(portfolio, owner=holder)
    with pytest.raises(Refused):
        proposed_to(benefit, sustainer, by=member, at=now)
    with pytest.raises(Refused):
        proposed_to(benefit, sustainer, by=sustainer, at=now)
    assert (Handover.objects.count(), entries_of(benefit)) == (0, [])
    assert proposed_to(benefit, sustainer, by=holder, at=now).proposed_by == holder


def test_it_proposes_one_at_a_time(handover: Handover, benefit: Benefit, sustainer: User, owner: User) -> None:
    with pytest.raises(ValidationError, match="A hand-over to Sven Sustainer waits for an answer"):
        proposed_to(benefit, sustainer, by=owner, at=handover.proposed_at)
    handover_withdraw(handover=handover, by=owner, at=handover.proposed_at)
    assert proposed_to(benefit, sustainer, by=owner, at=handover.proposed_at).state == "proposed"


def test_it_refuses_somebody_who_cannot_act_and_a_retired_benefit(
    portfolio: Portfolio, benefit: Benefit, owner: User, member: User, sustainer: User, now: datetime
) -> None:
    with pytest.raises(ValidationError, match="Max Member cannot act for benefits in this portfolio"):
        proposed_to(benefit, member, by=owner, at=now)
    with pytest.raises(ValidationError, match="This benefit is retired"):
        proposed_to(benefit_in(portfolio, state="retired"), sustainer, by=owner, at=now)
    assert Handover.objects.count() == 0


def test_the_sustainer_takes_it_over(handover: Handover, benefit: Benefit, sustainer: User, now: datetime) -> None:
    handover_accept(handover=handover, conditions=MET, answer="Gladly.", by=sustainer, at=now)
    handover.refresh_from_db()
    assert (handover.state, handover.answered_by, handover.answered_at) == ("accepted", sustainer, now)
    assert handover.conditions[1] == {
        "text": "Booked in the budget",
        "is_met": False,
        "note": "In the budget of 2027",
    }
    benefit.refresh_from_db()
    assert (benefit.sustainer, benefit.sustainer_name, benefit.state) == (sustainer, "Sven Sustainer", "arriving")
    # Handed over on 2 March, reviewed every three months.
    assert [(review.due_on, review.held_on) for review in benefit.reviews.all()] == [(on("2026-06-02"), None)]
    assert entries_of(benefit) == ["handover.propose", "handover.accept"]
    kept = Version.objects.filter(kind=benefit.record_kind, key=benefit.record_key).order_by("-pk")[0]
    assert (kept.values["sustainer"], kept.values["state"]) == (sustainer.pk, "arriving")


def test_only_the_sustainer_or_who_takes_over_for_others_answers(
    handover: Handover, benefit: Benefit, owner: User, member: User, executive: User, now: datetime
) -> None:
    for user in (owner, member):
        with pytest.raises(Refused):
            handover_accept(handover=handover, conditions=MET, by=user, at=now)
        with pytest.raises(Refused):
            handover_decline(handover=handover, answer="No.", by=user, at=now)
    handover.refresh_from_db()
    benefit.refresh_from_db()
    assert (handover.state, benefit.sustainer) == ("proposed", None)
    assert entries_of(benefit) == ["handover.propose"]
    handover_accept(handover=handover, conditions=MET, by=executive, at=now)
    benefit.refresh_from_db()
    assert benefit.sustainer == handover.sustainer


def test_nobody_answers_his_own_proposal(benefit: Benefit, sustainer: User, executive: User, now: datetime) -> None:
    benefit.owner = executive
    benefit.save()
    handover = proposed_to(benefit, sustainer, by=executive, at=now)
    with pytest.raises(ValidationError, match="somebody else has to answer it"):
        handover_accept(handover=handover, conditions=MET, by=executive, at=now)
    assert Handover.objects.get().state == "proposed"


def test_it_needs_each_condition_met_or_provided_for(handover: Handover, sustainer: User, now: datetime) -> None:
    with pytest.raises(ValidationError, match="“Measure in place”; “Booked in the budget”"):
        handover_accept(handover=handover, conditions=CONDITIONS, by=sustainer, at=now)
    with pytest.raises(ValidationError, match="not the conditions of the proposal"):
        handover_accept(handover=handover, conditions=[Condition("Mine", is_met=True)], by=sustainer, at=now)
    assert Handover.objects.get().state == "proposed"


def test_the_sustainer_declines_with_a_reason(
    handover: Handover, benefit: Benefit, sustainer: User, now: datetime
) -> None:
    with pytest.raises(ValidationError, match="Say why"):
        handover_decline(handover=handover, answer=" ", by=sustainer, at=now)
    handover_decline(handover=handover, answer="No figures yet.", by=sustainer, at=now)
    benefit.refresh_from_db()
    assert (Handover.objects.get().answer, benefit.sustainer) == ("No figures yet.", None)
    assert entries_of(benefit) == ["handover.propose", "handover.decline"]
    with pytest.raises(ValidationError, match="was answered already"):
        handover_accept(handover=handover, conditions=MET, by=sustainer, at=now)


def test_the_database_keeps_an_answer_as_it_is(handover: Handover, sustainer: User, now: datetime) -> None:
    handover_accept(handover=handover, conditions=MET, by=sustainer, at=now)
    for statement in ("UPDATE realisation_handover SET answer = 'x'", "DELETE FROM realisation_handover"):
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_it_records_a_review_and_plans_the_next(
    handover: Handover, benefit: Benefit, sustainer: User, now: datetime
) -> None:
    handover_accept(handover=handover, conditions=MET, by=sustainer, at=now)
    later = now + timedelta(days=95)
    following = review_record(
        review=Review.objects.get(),
        held_on=on("2026-06-04"),
        verdict="sustained",
        remark="Holds.",
        by=sustainer,
        at=later,
    )
    assert following is not None
    assert (following.due_on, following.held_on) == (on("2026-09-04"), None)
    benefit.refresh_from_db()
    assert benefit.state == "sustained"
    assert entries_of(benefit)[-1] == "review.record"
    atrisk = review_record(
        review=following,
        held_on=on("2026-06-05"),
        verdict="at_risk",
        next_due=on("2026-07-01"),
        by=sustainer,
        at=later,
    )
    assert atrisk is not None
    assert atrisk.due_on == on("2026-07-01")
    benefit.refresh_from_db()
    assert benefit.state == "arriving"


def test_the_database_keeps_a_review_as_it_was_held(benefit: Benefit, owner: User, now: datetime) -> None:
    review = review_plan(benefit=benefit, due_on=on("2026-03-02"), by=owner, at=now)
    review_record(review=review, held_on=on("2026-03-02"), verdict="sustained", by=owner, at=now)
    with pytest.raises(ValidationError, match="recorded already"):
        review_record(review=review, held_on=on("2026-03-02"), verdict="lost", by=owner, at=now)
    for statement in (
        "UPDATE realisation_review SET verdict = 'lost' WHERE held_on IS NOT NULL",
        "DELETE FROM realisation_review WHERE held_on IS NOT NULL",
    ):
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_nothing_follows_a_benefit_that_is_retired(benefit: Benefit, owner: User, now: datetime) -> None:
    review = review_plan(benefit=benefit, due_on=on("2026-03-02"), by=owner, at=now)
    assert review_record(review=review, held_on=on("2026-03-02"), verdict="retire", by=owner, at=now) is None
    benefit.refresh_from_db()
    assert benefit.state == "retired"
    assert reviews_plan_all(at=now + timedelta(days=900)) == 0
    with pytest.raises(ValidationError, match="nothing is left to review"):
        review_plan(benefit=benefit, due_on=on("2026-05-02"), by=owner, at=now)


def test_a_retired_benefit_is_neither_reviewed_nor_taken_over(
    handover: Handover, benefit: Benefit, sustainer: User, owner: User, now: datetime
) -> None:
    review = review_plan(benefit=benefit, due_on=on("2026-03-02"), by=owner, at=now)
    benefit_retire(benefit=benefit, reason="No use any more", by=owner, at=now)
    with pytest.raises(ValidationError, match="nothing is left to review"):
        review_record(review=review, held_on=on("2026-03-02"), verdict="sustained", by=owner, at=now)
    with pytest.raises(ValidationError, match="nothing left to sustain"):
        handover_accept(handover=handover, conditions=MET, by=sustainer, at=now)
    benefit.refresh_from_db()
    assert (benefit.state, benefit.sustainer, Review.objects.get().held_on) == ("retired", None, None)
    assert entries_of(benefit)[-1] == "benefit.retire"
    assert list(reviews_of(owner, benefit.initiative.portfolio)) == []


@pytest.mark.parametrize("by_review", [True, False])
def test_what_nobody_verified_of_a_retired_benefit_holds_nobody_up(
    benefit: Benefit,
    owner: User,
    now: datetime,
    by_review: bool,
) -> None:
    measurement_record(benefit=benefit, month=Month(2026, 1), value=1, by=owner, at=now)
    portfolio = benefit.initiative.portfolio
    assert unverified_of(owner, portfolio).count() == 1
    if by_review:
        review = review_plan(benefit=benefit, due_on=on("2026-03-02"), by=owner, at=now)
        review_record(review=review, held_on=on("2026-03-02"), verdict="retire", by=owner, at=now)
    else:
        benefit_retire(benefit=benefit, reason="No use any more", by=owner, at=now)
    assert unverified_of(owner, portfolio).count() == 0


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"held_on": "2026-03-03", "verdict": "sustained"}, "still to come"),
        ({"held_on": "2026-03-02", "verdict": "sustained", "next_due": "2026-03-02"}, "has to be after this one"),
        ({"held_on": "2026-03-02", "verdict": "retire", "next_due": "2026-09-02"}, "leave it empty"),
    ],
)
def test_it_refuses_days_that_cannot_be(
    benefit: Benefit, owner: User, now: datetime, values: dict[str, str], message: str
) -> None:
    review = review_plan(benefit=benefit, due_on=on("2026-03-02"), by=owner, at=now)
    days = {name: on(text) for name, text in values.items() if name != "verdict"}
    with pytest.raises(ValidationError, match=message):
        review_record(review=review, verdict=values["verdict"], by=owner, at=now, **days)
    assert Review.objects.get().held_on is None
    assert entries_of(benefit) == ["review.plan"]


def test_others_neither_plan_nor_record(benefit: Benefit, owner: User, member: User, now: datetime) -> None:
    with pytest.raises(Refused):
        review_plan(benefit=benefit, due_on=on("2026-04-01"), by=member, at=now)
    review = review_plan(benefit=benefit, due_on=on("2026-04-01"), by=owner, at=now)
    with pytest.raises(Refused):
        review_record(review=review, held_on=on("2026-03-02"), verdict="retire", by=member, at=now)
    with pytest.raises(ValidationError, match="This day is past"):
        review_plan(benefit=benefit, due_on=on("2026-03-01"), by=owner, at=now)
    assert (review_plan(benefit=benefit, due_on=on("2026-05-01"), by=owner, at=now).pk, Review.objects.count()) == (
        review.pk,
        1,
    )


def test_reviews_go_on_after_the_initiative_was_stopped(benefit: Benefit, owner: User, now: datetime) -> None:
    # The plan of the small portfolio goes live in April 2027.
    initiative_change(initiative=benefit.initiative, state="stopped", by=owner, at=now)
    assert reviews_plan_all(at=now) == 0
    at = now.replace(year=2027, month=5)
    assert reviews_plan_all(at=at) == 1
    assert reviews_plan_all(at=at) == 0
    review = Review.objects.get()
    assert (review.benefit, review.due_on) == (benefit, on("2027-07-01"))
    entry = AuditEntry.objects.get(action="review.plan")
    assert (entry.actor_name, entry.portfolio_id) == ("OpenVMO", benefit.initiative.portfolio_id)


def test_it_plans_the_next_review_from_the_last_one(benefit: Benefit, owner: User, now: datetime) -> None:
    Review.objects.create(
        portfolio=benefit.initiative.portfolio,
        benefit=benefit,
        due_on=on("2026-01-10"),
        held_on=on("2026-01-15"),
        verdict="sustained",
    )
    handover_like = Handover.objects.create(
        benefit=benefit, sustainer=owner, proposed_by=owner, proposed_at=now, state="accepted", answered_at=now
    )
    assert reviews_plan_all(at=now) == 1
    assert handover_like.benefit.reviews.get(held_on=None).due_on == on("2026-04-15")


def test_it_proposes_through_the_action_only_what_it_is_given(
    benefit: Benefit, sustainer: User, owner: User, now: datetime
) -> None:
    bare = handover_propose(benefit=benefit, sustainer=sustainer, conditions=(), by=owner, at=now)
    accepted = handover_accept(handover=bare, conditions=(), by=sustainer, at=now)
    assert (accepted.conditions, accepted.message) == ([], "")
