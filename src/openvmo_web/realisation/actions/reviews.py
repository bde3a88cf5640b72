"""What is written about the reviews of benefits in operation; they outlive the initiative that brought the benefit."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import DateField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from openvmo_web.access.models import User
from openvmo_web.audit.actions import Deed, record, record_all
from openvmo_web.benefits.holders import require_for
from openvmo_web.benefits.models import Benefit
from openvmo_web.benefits.standings import refresh
from openvmo_web.common.merge import row_change
from openvmo_web.realisation.models import Handover, Review
from openvmo_web.realisation.rules_operations import DEFAULT_REVIEW_MONTHS, first_review, months_later, state_reviewed

BATCH = 2_000


def review_plan(*, benefit: Benefit, due_on: date, by: User, at: datetime) -> Review:
    """Plan the next review of a benefit, or move the one that is planned.

    Raises:
        Refused: the person may not record reviews of this benefit.
        ValidationError: the day is past, or the benefit is retired.
    """
    portfolio_id = benefit.initiative.portfolio_id
    require_for(by, "review.record", benefit)
    if due_on < timezone.localdate(at):
        raise ValidationError({"due_on": _("This day is past: choose today or a later day.")})
    with transaction.atomic():
        _refuse_retired(_locked(benefit))
        review = Review.objects.filter(benefit=benefit, held_on=None).first() or Review(
            benefit=benefit, portfolio_id=portfolio_id
        )
        before = review.due_on if review.pk else None
        if before != due_on:
            review.due_on = due_on
            review.save()
            changes = {"next_review": (before, due_on)}
            record(by=by, at=at, action="review.plan", on=benefit, portfolio_id=portfolio_id, changes=changes)
    return review


def review_record(
    *,
    review: Review,
    held_on: date,
    verdict: str,
    remark: str = "",
    next_due: date | None = None,
    by: User,
    at: datetime,
) -> Review | None:
    """Record a review that was held; it then stays as it is.

    Args:
        review: The planned review.
        held_on: The day on which it was held.
        verdict: One of ``REVIEW_VERDICTS``; after "retire" the benefit is followed no more.
        remark: What was found and agreed.
        next_due: When the next one is due; None: after the benefit's months between reviews.
        by: The benefit's owner or sustainer, or whoever reviews all benefits.
        at: When this is recorded.

    Returns:
        The next review; None after "retire".

    Raises:
        Refused: the person may not record reviews of this benefit.
        ValidationError: a day cannot be, the review was recorded already, or the benefit is retired.
    """
    require_for(by, "review.record", review.benefit)
    with transaction.atomic():
        benefit = _locked(review.benefit)
        _refuse_retired(benefit)
        locked = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
        _check_review(locked, held_on, verdict, next_due, timezone.localdate(at))
        locked.held_on, locked.verdict, locked.remark = held_on, verdict, remark
        locked.recorded_by, locked.recorded_at = by, at
        locked.save()
        changes = row_change(benefit, {"state": state_reviewed(benefit.state, verdict)})
        following = None if verdict == "retire" else _following(benefit, held_on, next_due)
        changes["reviewed"] = (None, verdict)
        changes["next_review"] = (locked.due_on, following.due_on if following else None)
        record(
            by=by,
            at=at,
            action="review.record",
            on=benefit,
            portfolio_id=benefit.initiative.portfolio_id,
            changes=changes,
            note=remark,
        )
        if verdict == "retire":
            refresh([benefit.pk], at)
    return following


def reviews_plan_all(*, at: datetime) -> int:
    """Plan the next review of each benefit in operation that has none; the system does so every morning.

    A benefit is in operation from its go-live or hand-over on, whatever became of the initiative since then.

    Returns:
        How many reviews were planned.
    """
    today = timezone.localdate(at)
    with transaction.atomic():
        planned = [
            Review(benefit=benefit, portfolio_id=benefit.initiative.portfolio_id, due_on=_first_due(benefit, today))
            for benefit in _without_review(today).iterator()
        ]
        Review.objects.bulk_create(planned, batch_size=BATCH, ignore_conflicts=True)
        keys = {review.benefit_id for review in planned}
        stored = Review.objects.filter(held_on=None, benefit__in=keys).select_related("benefit__initiative")
        for portfolio_id, deeds in _by_portfolio(stored).items():
            record_all(deeds, by=None, at=at, portfolio_id=portfolio_id)
    return len(planned)


def _locked(benefit: Benefit) -> Benefit:
    """The benefit as it stands now; whoever changes it at the same moment waits."""
    rows = Benefit.objects.select_for_update(of=("self",)).select_related("initiative")
    found: Benefit = rows.get(pk=benefit.pk)
    return found


def _refuse_retired(benefit: Benefit) -> None:
    if benefit.state == "retired":
        raise ValidationError(_("This benefit is retired: nothing is left to review."))


def _check_review(review: Review, held_on: date, verdict: str, next_due: date | None, today: date) -> None:
    if review.held_on is not None:
        raise ValidationError(_("This review was recorded already; what was recorded stays as it is."))
    if held_on > today:
        raise ValidationError({"held_on": _("This day is still to come: record the review after it was held.")})
    if verdict == "retire" and next_due is not None:
        raise ValidationError({"next_due": _("With nothing more to follow there is no next review: leave it empty.")})
    if next_due is not None and next_due <= held_on:
        raise ValidationError({"next_due": _("The next review has to be after this one.")})


def _following(benefit: Benefit, held_on: date, next_due: date | None) -> Review:
    due_on = next_due or months_later(held_on, benefit.review_months or DEFAULT_REVIEW_MONTHS)
    following: Review = Review.objects.create(portfolio=benefit.initiative.portfolio, benefit=benefit, due_on=due_on)
    return following


def _without_review(today: date) -> QuerySet[Benefit]:
    accepted = Handover.objects.filter(benefit=OuterRef("pk"), state="accepted").values("benefit")
    taken_over = Subquery(accepted.annotate(latest=Max("answered_at")).values("latest"))
    return (
        Benefit.objects.exclude(state="retired")
        .filter(~Exists(Review.objects.filter(benefit=OuterRef("pk"), held_on=None)))
        .annotate(
            taken_over_at=taken_over,
            live_on=F("initiative__current_plan__go_live"),
            reviewed_on=Subquery(
                Review.objects.filter(benefit=OuterRef("pk"))
                .values("benefit")
                .annotate(latest=Max("held_on"))
                .values("latest"),
                output_field=DateField(),
            ),
        )
        .filter(Q(taken_over_at__isnull=False) | Q(review_months__isnull=False, live_on__lte=today))
        .order_by("pk")
    )


def _first_due(benefit: Benefit, today: date) -> date:
    taken_over = benefit.taken_over_at  # type: ignore[attr-defined]  # annotated
    start = benefit.reviewed_on or (timezone.localdate(taken_over) if taken_over else benefit.live_on)  # type: ignore[attr-defined]
    return first_review(start, benefit.review_months or DEFAULT_REVIEW_MONTHS, today)


def _by_portfolio(reviews: QuerySet[Review]) -> dict[int, list[Deed]]:
    deeds: dict[int, list[Deed]] = {}
    for review in reviews:
        deed = Deed("review.plan", review, {"due_on": (None, review.due_on)})
        deeds.setdefault(review.benefit.initiative.portfolio_id, []).append(deed)
    return deeds
