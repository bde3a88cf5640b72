"""Owners, their statements and the coverage for programs; read only."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from ninja.pagination import paginate

from openvmo_web.access.models import User
from openvmo_web.common.api import MOST_ROWS, KnownOn, Paged, responses
from openvmo_web.common.http import authenticated
from openvmo_web.common.moments import moment_of
from openvmo_web.portfolio.models import Portfolio, Programme
from openvmo_web.portfolio.queries import portfolio_of
from openvmo_web.reports.coverage import Coverage, coverage_of, orphans_of
from openvmo_web.reports.owners import Line, benefits_held, lines_of
from openvmo_web.reports.queries import owner_of
from openvmo_web.reports.statement import Statement, period_of
from openvmo_web.reports.statement_rows import Leaf, statement_known, statement_now

router = Router(tags=["Value"])


class OwnerOut(Schema):
    """One owner or unit; money in the portfolio's currency at its price base, dis-benefits negative."""

    owner: int | None = Field(description="Key of the person; null for a unit, a name without an account, or nobody.")
    name: str = Field(description="Empty for benefits that nobody owns.")
    benefits: int
    promised: Decimal | None = Field(description="Steady value a year by the baselines.")
    promised_cashable: Decimal | None
    planned: Decimal | None = Field(description="To date, as the next four.")
    forecast: Decimal | None
    realised: Decimal | None
    realised_cashable: Decimal | None
    verified: Decimal | None
    due: int = Field(description="Measurements that were due.")
    on_time: int
    missing: int
    decaying: int = Field(description="Benefits that fade away.")
    contested: int = Field(description="Benefits whose last measurement is contested.")
    trend: float | None = Field(description="0.1: the last three months brought ten per cent more than those before.")
    active_at: datetime | None = Field(description="Last deed of the owner, or of one in the unit; null: none lately.")
    reported_at: datetime | None = Field(description="Last report of a measurement, by anybody.")


class FiguresOut(Schema):
    """Money of the period, dis-benefits negative; null where nothing is known."""

    planned: float | None
    forecast: float | None
    realised: float | None
    verified: float | None


class StatedOut(Schema):
    """One benefit of a statement."""

    id: int = Field(alias="benefit.pk")
    code: str = Field(alias="benefit.code")
    name: str = Field(alias="benefit.name")
    initiative: str = Field(alias="initiative.code")
    kind: str = Field(alias="benefit.kind", description="The class of the benefit.")
    is_disbenefit: bool = Field(alias="benefit.is_disbenefit")
    has_baseline: bool = Field(alias="held.has_baseline", description="If not, the plan in force stands in for it.")
    figures: FiguresOut


class AskedOut(Schema):
    """A measurement that was due and has not come."""

    benefit: int = Field(alias="benefit.pk")
    month: date
    due_on: date


class ContestedOut(Schema):
    """A measurement that another person contests."""

    benefit: int = Field(alias="benefit.pk")
    month: date
    remark: str


class StatementOut(Schema):
    """What an owner, or the whole portfolio, answers for, as known at a moment; the sums hold all benefits."""

    owner: int | None = Field(None, alias="owner.pk", description="Null for the statement of all benefits.")
    name: str = Field("", alias="owner.name")
    currency: str = Field(alias="portfolio.currency")
    price_base: int = Field(alias="portfolio.price_base")
    known_at: datetime = Field(alias="at")
    period: str = Field(alias="period.word", description="Year in which the financial year starts; empty: to date.")
    first_month: str | None = Field(description="Null: from the beginning.")
    last_month: str = Field(description="The last month that is over.")
    cashable: FiguresOut
    together: FiguresOut = Field(description="All classes added up, cashable or not.")
    benefit_count: int = Field(alias="benefits")
    benefits: list[StatedOut] = Field(
        alias="lines", description="Those of the page: the largest of an owner first, those of all by initiative."
    )
    missing_count: int = Field(alias="asked_count")
    missing: list[AskedOut] = Field(alias="asked", description="The oldest.")
    contested_count: int
    contested: list[ContestedOut] = Field(description="The oldest.")

    @staticmethod
    def resolve_first_month(statement: Statement) -> str | None:
        """Write the month as text."""
        return str(statement.period.first) if statement.period.first else None

    @staticmethod
    def resolve_last_month(statement: Statement) -> str:
        """Write the month as text."""
        return str(statement.period.last)


class PartOut(Schema):
    """What the benefits of one class in one programme give to one objective."""

    programme: str | None = Field(description="Code; null for initiatives of no programme.")
    objective: str | None = Field(description="Code; null for benefits that serve none.")
    kind: str
    spending: float
    annual: float | None = Field(description="Steady value a year; null where none is in money.")
    benefits: int


class AlignedOut(Schema):
    """One objective beside those of its level."""

    code: str
    name: str
    weight: float | None = Field(description="Share of the weight; null unless all weights of the level are stated.")
    spending: float
    spending_share: float | None
    annual: float | None
    annual_share: float | None
    benefits: int


class CoverageOut(Schema):
    """How the spending of a portfolio serves its objectives; the three kinds of spending add up to all of it."""

    currency: str
    price_base: int
    spending: float
    spending_serving: float
    spending_without_objective: float
    spending_without_benefit: float
    initiatives_without_cost: int
    initiatives_without_objective: int
    benefits_without_objective: int
    benefits_without_value: int
    objectives: list[AlignedOut] = Field(description="Of the top of the tree, what serves those below counted in.")
    unserved: list[str] = Field(description="Codes of the objectives which no benefit serves.")
    parts: list[PartOut]


class OwnersIn(Schema):
    """How owners are added up."""

    by: Literal["owner", "unit"] = "owner"
    work: Literal["funded", "all"] = Field("funded", description="all: everything that was not stopped.")


class StatementIn(Schema):
    """What a statement is about."""

    period: str = Field("", max_length=4, description="Year in which the financial year starts; empty: to date.")
    page: int = Field(1, ge=1, le=2**31 - 1, description=f"Page of {MOST_ROWS} benefits; one there is not: the last.")


@router.get("/portfolios/{slug:slug}/owners", response=responses(list[OwnerOut], 404), summary="Owners of benefits")
@paginate(Paged)
def owners(request: HttpRequest, slug: str, asked: Query[OwnersIn]) -> list[Line]:
    """List who owns the value, and whether it came."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    return lines_of(benefits_held(viewer, portfolio, asked.work), portfolio, asked.by, timezone.now())


@router.get(
    "/portfolios/{slug:slug}/owners/{int:owner}/statement",
    response=responses(StatementOut, 404),
    summary="The statement of an owner",
)
def statement(request: HttpRequest, slug: str, owner: int, asked: Query[StatementIn], on: KnownOn = None) -> Statement:
    """Show what an owner promised and what came, benefit by benefit, as known on a day."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    return _statement(viewer, portfolio, owner_of(portfolio, owner), asked, on)


@router.get(
    "/portfolios/{slug:slug}/statement",
    response=responses(StatementOut, 404),
    summary="The statement of all benefits",
)
def portfolio_statement(request: HttpRequest, slug: str, asked: Query[StatementIn], on: KnownOn = None) -> Statement:
    """Show what the funded work of a portfolio promised and what came, as known on a day."""
    viewer = authenticated(request).user
    return _statement(viewer, portfolio_of(viewer, slug), None, asked, on)


def _statement(
    viewer: User, portfolio: Portfolio, owner: User | None, asked: StatementIn, on: date | None
) -> Statement:
    at = moment_of(on)
    read = statement_known if on else statement_now
    leaf = Leaf(asked.page, MOST_ROWS)
    return read(viewer, portfolio, owner, period_of(portfolio, asked.period, at), at, leaf=leaf)


@router.get("/portfolios/{slug:slug}/coverage", response=responses(CoverageOut, 404), summary="Coverage")
def coverage(request: HttpRequest, slug: str, work: Literal["all", "funded"] = "all") -> CoverageOut:
    """Show what the money serves, and what of the strategy nothing serves."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    found = coverage_of(viewer, portfolio, work=work)
    orphans = orphans_of(viewer, portfolio, work, listed=0)
    return CoverageOut(
        currency=portfolio.currency,
        price_base=portfolio.price_base,
        spending=found.cost,
        spending_serving=found.cost_serving,
        spending_without_objective=found.cost_aimless,
        spending_without_benefit=found.cost_unserving,
        initiatives_without_cost=found.unpriced,
        initiatives_without_objective=orphans.initiative_count,
        benefits_without_objective=orphans.benefit_count,
        benefits_without_value=orphans.unvalued_count,
        objectives=_aligned(found),
        unserved=[hole.objective.code for hole in found.holes],
        parts=_parts(found),
    )


def _aligned(found: Coverage) -> list[AlignedOut]:
    return [
        AlignedOut(
            code=row.column.objective.code if row.column.objective else "",
            name=row.column.label,
            weight=row.weight,
            spending=row.spending,
            spending_share=row.spending_share,
            annual=row.annual,
            annual_share=row.annual_share,
            benefits=row.benefits,
        )
        for row in found.alignment()
    ]


def _parts(found: Coverage) -> list[PartOut]:
    programmes = dict(Programme.objects.filter(portfolio=found.portfolio).values_list("pk", "code"))
    objectives = {key: objective.code for key, objective in found.aims.by_key.items()}
    return [
        PartOut(
            programme=programmes.get(part.group) if part.group else None,
            objective=objectives.get(part.objective) if part.objective else None,
            kind=part.kind,
            spending=part.spending,
            annual=part.annual,
            benefits=part.benefits,
        )
        for part in found.parts
    ]
