"""Hand-overs, reviews and one's own tasks, for programs."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema
from ninja.pagination import paginate
from ninja.responses import Status
from pydantic import BeforeValidator
from pydantic import Strict as Strictness

from openvmo_web.access.models import User
from openvmo_web.benefits.api import benefit_at
from openvmo_web.benefits.holders import require_for
from openvmo_web.common.api import Paged, Strict, Text, responses
from openvmo_web.common.http import authenticated
from openvmo_web.portfolio.queries import portfolio_of
from openvmo_web.realisation import actions
from openvmo_web.realisation.holders import may_propose_handover
from openvmo_web.realisation.models import Handover, Review
from openvmo_web.realisation.operations_queries import (
    handover_shown,
    handovers_of,
    possible_sustainers,
    review_shown,
    reviews_of,
    waiting_for,
)
from openvmo_web.realisation.rules_operations import Condition

router = Router(tags=["Operations"])

DAY_LENGTH = len("2026-03-31")
BENEFIT = "/portfolios/{slug:slug}/initiatives/{code:code}/benefits/{code:benefit}"
HANDOVER = "/portfolios/{slug:slug}/handovers/{int:pk}"
REVIEW = "/portfolios/{slug:slug}/reviews/{int:pk}"


def _day(value: object) -> object:
    return date.fromisoformat(value) if isinstance(value, str) and len(value) == DAY_LENGTH else value


# JSON knows no days: a text such as 2026-03-31 is one, and a number is none.
Day = Annotated[date, Strictness(), BeforeValidator(_day)]


class ConditionIn(Strict):
    """What has to be in place, and whether it is."""

    text: Text = Field(min_length=1, max_length=300)
    is_met: bool = False
    note: Text = Field("", max_length=500)

    def stated(self) -> Condition:
        """The condition as the action takes it."""
        return Condition(self.text, is_met=self.is_met, note=self.note)


class HandoverOut(Schema):
    """A benefit offered to the leader who is to sustain it, and what came of that."""

    id: int
    sustainer: str = Field(alias="sustainer.name")
    state: Literal["proposed", "accepted", "declined", "withdrawn"]
    conditions: list[dict[str, Any]]
    message: str
    proposed_by: str = Field(alias="proposed_by.name")
    proposed_at: datetime
    answer: str
    answered_by: str | None = Field(None, alias="answered_by.name")
    answered_at: datetime | None


class HandoverIn(Strict):
    """To whom a benefit is offered, and on which conditions."""

    sustainer: Text = Field(max_length=254, description="The e-mail address of the person.")
    conditions: list[ConditionIn] = Field([], max_length=20)
    message: Text = Field("", max_length=5_000)


class AcceptanceIn(Strict):
    """The conditions of the proposal, each with whether it is met, and what the sustainer says."""

    conditions: list[ConditionIn] = Field([], max_length=20)
    answer: Text = Field("", max_length=5_000)


class DeclineIn(Strict):
    """Why the sustainer declines."""

    answer: Text = Field(min_length=1, max_length=5_000)


class ReviewOut(Schema):
    """A review that is to be held, or was."""

    id: int
    initiative: str = Field(alias="benefit.initiative.code")
    benefit: str = Field(alias="benefit.code")
    due_on: date
    held_on: date | None
    verdict: Literal["", "sustained", "at_risk", "lost", "retire"]
    remark: str
    recorded_by: str | None = Field(None, alias="recorded_by.name")
    recorded_at: datetime | None


class ReviewIn(Strict):
    """What a review found."""

    held_on: Day
    verdict: Literal["sustained", "at_risk", "lost", "retire"]
    remark: Text = Field("", max_length=10_000)
    next_due: Day | None = Field(None, description="Empty: after the months between reviews that the benefit states.")


class PlanIn(Strict):
    """The day of the next review."""

    due_on: Day


class ReviewFilter(Schema):
    """Which reviews."""

    is_held: bool | None = Field(None, description="Only those that were held, or only those that were not.")
    due_before: Day | None = Field(None, description="Only those that are due before this day.")


class TaskFilter(Schema):
    """How many tasks."""

    most: int = Field(25, ge=1, le=200, description="At most so many of each kind.")


class TaskOut(Schema):
    """Something that waits for you."""

    kind: Literal["measure", "contested", "verify", "handover", "review", "assumption", "decay"]
    title: str
    detail: str
    place: str
    address: str = Field(description="The page where it is done, from the root of the server.")
    due_on: date | None
    is_late: bool


@router.get("/me/tasks", response=responses(list[TaskOut]), summary="What waits for you")
def tasks(request: HttpRequest, filters: Query[TaskFilter]) -> list[dict[str, Any]]:
    """List what waits for you in all portfolios, of each kind the most urgent."""
    groups = waiting_for(authenticated(request).user, timezone.now(), listed=filters.most)
    return [
        {
            "kind": group.kind,
            "title": item.title,
            "detail": item.detail,
            "place": item.place,
            "address": item.url,
            "due_on": item.due_on,
            "is_late": item.is_late,
        }
        for group in groups
        for item in group.items
    ]


@router.get(f"{BENEFIT}/handovers", response=responses(list[HandoverOut], 404), summary="Hand-overs of a benefit")
@paginate(Paged)
def handovers(request: HttpRequest, slug: str, code: str, benefit: str) -> QuerySet[Handover]:
    """List the hand-overs of a benefit, the newest first."""
    return handovers_of(authenticated(request).user, benefit_at(request, slug, code, benefit))


@router.post(
    f"{BENEFIT}/handovers",
    response=responses(HandoverOut, 404, status=HTTPStatus.CREATED),
    summary="Propose a hand-over",
)
def handover_propose(request: HttpRequest, slug: str, code: str, benefit: str, body: HandoverIn) -> Status[Handover]:
    """Offer a benefit to the leader who is to sustain it."""
    viewer = authenticated(request).user
    found = benefit_at(request, slug, code, benefit)
    if may_propose_handover(viewer, found):
        sustainer = _sustainer(found.initiative.portfolio_id, body.sustainer)
    else:
        # The action refuses with the reason, before it looks at anybody.
        sustainer = viewer
    conditions = [condition.stated() for condition in body.conditions]
    made = actions.handover_propose(
        benefit=found, sustainer=sustainer, conditions=conditions, message=body.message, by=viewer, at=timezone.now()
    )
    return Status(HTTPStatus.CREATED, made)


@router.post(f"{HANDOVER}/accept", response=responses(HandoverOut, 404), summary="Take a benefit over")
def handover_accept(request: HttpRequest, slug: str, pk: int, body: AcceptanceIn) -> Handover:
    """Take a benefit over that was offered to you."""
    viewer = authenticated(request).user
    found = handover_shown(viewer, portfolio_of(viewer, slug), pk)
    conditions = [condition.stated() for condition in body.conditions]
    return actions.handover_accept(
        handover=found, conditions=conditions, answer=body.answer, by=viewer, at=timezone.now()
    )


@router.post(f"{HANDOVER}/decline", response=responses(HandoverOut, 404), summary="Decline a hand-over")
def handover_decline(request: HttpRequest, slug: str, pk: int, body: DeclineIn) -> Handover:
    """Decline to take a benefit over, with the reason."""
    viewer = authenticated(request).user
    found = handover_shown(viewer, portfolio_of(viewer, slug), pk)
    return actions.handover_decline(handover=found, answer=body.answer, by=viewer, at=timezone.now())


@router.post(f"{HANDOVER}/withdraw", response=responses(HandoverOut, 404), summary="Withdraw a hand-over")
def handover_withdraw(request: HttpRequest, slug: str, pk: int) -> Handover:
    """Take a proposal back that nobody has answered."""
    viewer = authenticated(request).user
    found = handover_shown(viewer, portfolio_of(viewer, slug), pk)
    return actions.handover_withdraw(handover=found, by=viewer, at=timezone.now())


@router.get("/portfolios/{slug:slug}/reviews", response=responses(list[ReviewOut], 404), summary="Reviews")
@paginate(Paged)
def reviews(request: HttpRequest, slug: str, filters: Query[ReviewFilter]) -> QuerySet[Review]:
    """List the reviews of a portfolio's benefits by the day on which they are due."""
    viewer = authenticated(request).user
    found = reviews_of(viewer, portfolio_of(viewer, slug))
    if filters.is_held is not None:
        found = found.filter(held_on__isnull=not filters.is_held)
    return found if filters.due_before is None else found.filter(due_on__lt=filters.due_before)


@router.post(f"{BENEFIT}/reviews", response=responses(ReviewOut, 404), summary="Plan the next review")
def review_plan(request: HttpRequest, slug: str, code: str, benefit: str, body: PlanIn) -> Review:
    """Plan the next review of a benefit, or move the one that is planned."""
    found = benefit_at(request, slug, code, benefit)
    return actions.review_plan(benefit=found, due_on=body.due_on, by=authenticated(request).user, at=timezone.now())


@router.post(f"{REVIEW}/record", response=responses(ReviewOut, 404), summary="Record a review")
def review_record(request: HttpRequest, slug: str, pk: int, body: ReviewIn) -> Review:
    """Record a review that was held; it then stays as it is."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    found = review_shown(viewer, portfolio, pk)
    require_for(viewer, "review.record", found.benefit)
    actions.review_record(review=found, **body.dict(), by=viewer, at=timezone.now())
    return review_shown(viewer, portfolio, pk)


def _sustainer(portfolio_id: int, email: str) -> User:
    found = possible_sustainers(portfolio_id).filter(email=email.lower()).first()
    if found is None:
        raise ValidationError(
            {
                "sustainer": _("Nobody with the address %(address)s can act for benefits in this portfolio.")
                % {"address": email}
            }
        )
    return found
