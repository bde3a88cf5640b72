"""What is written when a benefit passes to the leader who sustains it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from openvmo_web.access.models import User
from openvmo_web.access.permissions import may, require
from openvmo_web.access.queries import holders_of
from openvmo_web.audit.actions import record
from openvmo_web.benefits.models import Benefit
from openvmo_web.common.merge import row_change
from openvmo_web.realisation.holders import may_answer_handover, may_propose_handover
from openvmo_web.realisation.models import Handover, Review
from openvmo_web.realisation.rules_operations import (
    DEFAULT_REVIEW_MONTHS,
    Condition,
    conditions_left,
    first_review,
    state_handed_over,
)


def handover_propose(
    *,
    benefit: Benefit,
    sustainer: User,
    conditions: Sequence[Condition],
    message: str = "",
    by: User,
    at: datetime,
) -> Handover:
    """Propose to a leader of operations that he takes a benefit over.

    Args:
        benefit: The benefit.
        sustainer: The leader; he has to hold a role in which he can act for benefits in his name.
        conditions: What has to be in place.
        message: What the proposer says.
        by: Who proposes: the benefit's owner, or whoever changes the register.
        at: When.

    Raises:
        Refused: the person may not propose.
        ValidationError: a proposal waits already, the benefit is retired, or the leader cannot act here.
    """
    portfolio_id = benefit.initiative.portfolio_id
    if not may_propose_handover(by, benefit):
        require(by, "benefit.change", portfolio_id=portfolio_id)
    proposed = Handover(
        benefit=benefit,
        sustainer=sustainer,
        conditions=[asdict(condition) for condition in conditions],
        message=message,
        proposed_by=by,
        proposed_at=at,
    )
    with transaction.atomic():
        # Whoever proposes at the same moment waits here and then finds the first proposal.
        present = Benefit.objects.select_for_update(of=("self",)).select_related("initiative").get(pk=benefit.pk)
        _check_can_be_handed_over(present, sustainer)
        proposed.save()
        changes = {"handover": (None, sustainer.name)}
        record(
            by=by,
            at=at,
            action="handover.propose",
            on=benefit,
            portfolio_id=portfolio_id,
            changes=changes,
            note=message,
        )
    return proposed


def handover_accept(
    *, handover: Handover, conditions: Sequence[Condition], answer: str = "", by: User, at: datetime
) -> Handover:
    """Take a benefit over: from now on the sustainer answers for it, and its first review is planned.

    Args:
        handover: The proposal.
        conditions: Each of its conditions, with whether it is met; one that is not needs a note how it will be.
        answer: What the sustainer says.
        by: The sustainer, or whoever takes over for others.
        at: When.

    Raises:
        Refused: the person may not answer.
        ValidationError: it was answered already, the benefit is retired, or a condition is neither met nor provided
            for.
    """
    with transaction.atomic():
        locked = _locked_to_answer(handover, by)
        _refuse_retired(locked.benefit)
        _check_conditions(locked, conditions)
        locked.conditions = [asdict(condition) for condition in conditions]
        _answer(locked, "accepted", answer, by, at)
        benefit, sustainer = locked.benefit, locked.sustainer
        changes = row_change(
            benefit,
            {"sustainer": sustainer, "sustainer_name": sustainer.name, "state": state_handed_over(benefit.state)},
        )
        _record(locked, "handover.accept", changes, answer, by, at)
        _plan_first_review(benefit, timezone.localdate(at))
    return locked


def handover_decline(*, handover: Handover, answer: str, by: User, at: datetime) -> Handover:
    """Decline to take a benefit over, with the reason.

    Raises:
        Refused: the person may not answer.
        ValidationError: it was answered already, or no reason is given.
    """
    with transaction.atomic():
        locked = _locked_to_answer(handover, by)
        if not answer.strip():
            raise ValidationError({"answer": _("Say why, so that the proposer knows what is missing.")})
        _answer(locked, "declined", answer, by, at)
        _record(locked, "handover.decline", {}, answer, by, at)
    return locked


def handover_withdraw(*, handover: Handover, by: User, at: datetime) -> Handover:
    """Take a proposal back that nobody has answered; whoever may propose may do so."""
    benefit = handover.benefit
    if not may_propose_handover(by, benefit):
        require(by, "benefit.change", portfolio_id=benefit.initiative.portfolio_id)
    with transaction.atomic():
        locked = _locked(handover)
        _answer(locked, "withdrawn", "", by, at)
        _record(locked, "handover.withdraw", {}, "", by, at)
    return locked


def _check_can_be_handed_over(benefit: Benefit, sustainer: User) -> None:
    waiting = Handover.objects.filter(benefit=benefit, state="proposed").select_related("sustainer").first()
    if waiting is not None:
        raise ValidationError(
            _("A hand-over to %(name)s waits for an answer. Withdraw it before you propose another one.")
            % {"name": waiting.sustainer}
        )
    _refuse_retired(benefit)
    portfolio_id = benefit.initiative.portfolio_id
    if not holders_of("benefit.own", portfolio_id).filter(pk=sustainer.pk).exists():
        raise ValidationError(
            {
                "sustainer": _(
                    "%(name)s cannot act for benefits in this portfolio. Choose somebody else, or have an "
                    "administrator give the role “Sustainer” first."
                )
                % {"name": sustainer.name}
            }
        )


def _refuse_retired(benefit: Benefit) -> None:
    if benefit.state == "retired":
        raise ValidationError(_("This benefit is retired: there is nothing left to sustain."))


def _locked(handover: Handover) -> Handover:
    # The benefit first, as everybody who changes it does; so its state is the present one, too.
    Benefit.objects.select_for_update(of=("self",)).get(pk=handover.benefit_id)
    rows = Handover.objects.select_for_update(of=("self",)).select_related("benefit__initiative", "sustainer")
    locked: Handover = rows.get(pk=handover.pk)
    if locked.state != "proposed":
        raise ValidationError(_("This hand-over was answered already; what was answered stays as it is."))
    return locked


def _locked_to_answer(handover: Handover, by: User) -> Handover:
    locked = _locked(handover)
    if not may_answer_handover(by, locked):
        if locked.proposed_by_id == by.pk and may(by, "handover.accept", locked.benefit.initiative.portfolio_id):
            raise ValidationError(_("You proposed this hand-over: somebody else has to answer it."))
        require(by, "handover.accept", portfolio_id=locked.benefit.initiative.portfolio_id)
    return locked


def _check_conditions(handover: Handover, conditions: Sequence[Condition]) -> None:
    if [condition.text for condition in conditions] != [condition["text"] for condition in handover.conditions]:
        raise ValidationError(_("These are not the conditions of the proposal: open it again and answer each of them."))
    left = conditions_left(conditions)
    if left:
        raise ValidationError(
            _("Not met and without a note how it will be met: %(conditions)s.")
            % {"conditions": "; ".join(f"“{text}”" for text in left)}
        )


def _answer(handover: Handover, state: str, answer: str, by: User, at: datetime) -> None:
    handover.state, handover.answer, handover.answered_by, handover.answered_at = state, answer, by, at
    handover.save()


def _plan_first_review(benefit: Benefit, today: date) -> None:
    due_on = first_review(today, benefit.review_months or DEFAULT_REVIEW_MONTHS, today)
    Review.objects.get_or_create(
        benefit=benefit, held_on=None, defaults={"due_on": due_on, "portfolio": benefit.initiative.portfolio}
    )


def _record(
    handover: Handover, action: str, changes: dict[str, tuple[object, object]], note: str, by: User, at: datetime
) -> None:
    benefit = handover.benefit
    portfolio_id = benefit.initiative.portfolio_id
    record(by=by, at=at, action=action, on=benefit, portfolio_id=portfolio_id, changes=changes, note=note)
