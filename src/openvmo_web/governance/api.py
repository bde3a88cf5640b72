"""Decisions for programs."""

from datetime import datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema
from ninja.pagination import paginate
from ninja.responses import Status

from openvmo_web.common.api import Paged, Strict, Text, Whole, responses
from openvmo_web.common.http import authenticated
from openvmo_web.governance.actions import decision_approve, decision_propose, decision_reject, decision_withdraw
from openvmo_web.governance.models import Decision
from openvmo_web.governance.queries import decision_of, decisions_of, items_of
from openvmo_web.insight.queries import run_of
from openvmo_web.portfolio.queries import portfolio_of

router = Router(tags=["Decisions"])


class ItemOut(Schema):
    """What a decision says about one initiative."""

    initiative: str = Field(alias="initiative.code")
    verdict: Literal["fund", "decline"]
    option: str = Field(alias="option_code")
    cost: Decimal | None
    value: Decimal | None
    reason: str


class DecisionOut(Schema):
    """A proposed or taken decision."""

    number: int
    title: str
    rationale: str
    state: Literal["proposed", "approved", "rejected", "withdrawn"]
    amount: Decimal
    run: int = Field(alias="run_id")
    evidence_digest: str
    decider: str = Field(alias="decider.name")
    proposed_by: str = Field(alias="proposed_by.name")
    proposed_at: datetime
    decided_by: str | None = Field(None, alias="decided_by.name")
    decided_at: datetime | None
    remark: str


class DecisionDetail(DecisionOut):
    """A decision with what it says about each initiative."""

    items: list[ItemOut]

    @staticmethod
    def resolve_items(decision: Decision) -> list[object]:
        """The funded ones first."""
        return list(items_of(decision))


class ProposalIn(Strict):
    """A finished choice on its way to those who decide."""

    run: Whole = Field(ge=1, le=2**63 - 1, description="Id of the finished choice.")
    title: Text = Field(min_length=1, max_length=300)
    rationale: Text = Field(min_length=1, max_length=20_000)


class RemarkIn(Strict):
    """What the decider says."""

    remark: Text = Field("", max_length=20_000)


@router.get("/portfolios/{slug:slug}/decisions", response=responses(list[DecisionOut], 404), summary="Decisions")
@paginate(Paged)
def decisions(request: HttpRequest, slug: str) -> QuerySet[Decision]:
    """List the decisions of a portfolio, newest first."""
    viewer = authenticated(request).user
    return decisions_of(viewer, portfolio_of(viewer, slug))


@router.get(
    "/portfolios/{slug:slug}/decisions/{int:number}", response=responses(DecisionDetail, 404), summary="One decision"
)
def decision(request: HttpRequest, slug: str, number: int) -> Decision:
    """Show a decision with its items."""
    viewer = authenticated(request).user
    return decision_of(viewer, portfolio_of(viewer, slug), number)


@router.post(
    "/portfolios/{slug:slug}/decisions",
    response=responses(DecisionDetail, 404, 409, status=HTTPStatus.CREATED),
    summary="Propose a choice as a decision",
)
def propose(request: HttpRequest, slug: str, body: ProposalIn) -> Status[Decision]:
    """Make a finished choice a proposal to the body that decides on its size."""
    viewer = authenticated(request).user
    run = run_of(viewer, portfolio_of(viewer, slug), body.run)
    made = decision_propose(run=run, title=body.title, rationale=body.rationale, by=viewer, at=timezone.now())
    return Status(HTTPStatus.CREATED, made)


@router.post(
    "/portfolios/{slug:slug}/decisions/{int:number}/approve",
    response=responses(DecisionDetail, 404, 409),
    summary="Approve",
)
def approve(request: HttpRequest, slug: str, number: int, body: RemarkIn) -> Decision:
    """Approve a proposal that your body decides on."""
    shown = decision(request, slug, number)
    return decision_approve(decision=shown, remark=body.remark, by=authenticated(request).user, at=timezone.now())


@router.post(
    "/portfolios/{slug:slug}/decisions/{int:number}/reject",
    response=responses(DecisionDetail, 404, 409),
    summary="Reject",
)
def reject(request: HttpRequest, slug: str, number: int, body: RemarkIn) -> Decision:
    """Reject a proposal that your body decides on, with a remark that says why."""
    shown = decision(request, slug, number)
    return decision_reject(decision=shown, remark=body.remark, by=authenticated(request).user, at=timezone.now())


@router.post(
    "/portfolios/{slug:slug}/decisions/{int:number}/withdraw",
    response=responses(DecisionDetail, 404, 409),
    summary="Withdraw",
)
def withdraw(request: HttpRequest, slug: str, number: int, body: RemarkIn) -> Decision:
    """Take back a proposal of your own."""
    shown = decision(request, slug, number)
    return decision_withdraw(decision=shown, remark=body.remark, by=authenticated(request).user, at=timezone.now())
