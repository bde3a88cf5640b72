"""Portfolios and initiatives for programs."""

from datetime import date
from decimal import Decimal
from typing import Literal

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Field, FilterSchema, Query, Router, Schema
from ninja.pagination import paginate

from openvmo.engine.model.kinds import Confidence, InitiativeState
from openvmo_web.common.api import Paged, Text, responses
from openvmo_web.common.http import authenticated
from openvmo_web.common.searching import words_in
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.portfolio.queries import initiative_of, portfolio_of, portfolios_of

router = Router(tags=["Portfolios"])

Order = Literal["name", "-name", "code", "-code", "cost", "-cost", "go_live", "-go_live"]
ORDERS: dict[str, str] = {
    "name": "name",
    "code": "code",
    "cost": "current_plan__cost_likely",
    "go_live": "current_plan__go_live",
}


class PortfolioOut(Schema):
    """A portfolio and the conventions of its figures."""

    slug: str
    name: str
    description: str
    currency: str = Field(description="ISO 4217 code of every amount.")
    price_base: int = Field(description="Year in whose prices every amount is stated.")
    starts: date = Field(description="First day of the valuation month; what was spent before is sunk.")
    horizon: int = Field(description="Months of the appraisal.")
    discount_rate: float = Field(description="Real, as a share a year.")
    fiscal_year_start: int = Field(description="Month in which the financial year starts.")


class PlanOut(Schema):
    """The newest version of a plan in figures; amounts in the portfolio's currency at its price base."""

    number: int
    cost_likely: Decimal | None = Field(description="Whole-life cost, likely; null when the plan states none.")
    starts: date | None
    go_live: date | None
    annual_benefit_likely: Decimal | None = Field(
        description="Steady benefit a year in money; null when none has a value."
    )


class InitiativeOut(Schema):
    """An initiative as lists show it."""

    code: str
    name: str
    programme: str | None = Field(None, alias="programme.code")
    unit: str
    category: str
    state: InitiativeState
    confidence: Confidence
    reference_class: str
    lead: str = Field(alias="lead_name")
    plan: PlanOut | None = Field(None, alias="current_plan")


class InitiativeDetail(InitiativeOut):
    """An initiative with its description."""

    description: str


class InitiativeFilter(FilterSchema):
    """Which initiatives to list."""

    search: Text | None = Field(None, max_length=200, description="Words, each in the name, code or unit.")
    state: InitiativeState | None = None
    confidence: Confidence | None = None
    programme: Text | None = Field(None, max_length=200, description="Code of the programme.")

    def filter_search(self, value: str | None) -> Q:
        """Every word must occur somewhere."""
        return words_in(value, "name", "code", "unit")

    def filter_programme(self, value: str | None) -> Q:
        """The programme by its code."""
        return Q(programme__code=value) if value else Q()


@router.get("/portfolios", response=responses(list[PortfolioOut]), summary="Portfolios")
@paginate(Paged)
def portfolios(request: HttpRequest) -> QuerySet[Portfolio]:
    """List the portfolios that you may see, by name."""
    return portfolios_of(authenticated(request).user)


@router.get("/portfolios/{slug:slug}", response=responses(PortfolioOut, 404), summary="One portfolio")
def portfolio(request: HttpRequest, slug: str) -> Portfolio:
    """Show a portfolio."""
    return portfolio_of(authenticated(request).user, slug)


@router.get("/portfolios/{slug:slug}/initiatives", response=responses(list[InitiativeOut], 404), summary="Initiatives")
@paginate(Paged)
def initiatives(
    request: HttpRequest, slug: str, filters: Query[InitiativeFilter], order: Order = "name"
) -> QuerySet[Initiative]:
    """List the initiatives of a portfolio."""
    viewer = authenticated(request).user
    rows = Initiative.objects.visible_to(viewer).filter(portfolio=portfolio_of(viewer, slug))
    field = ("-" if order.startswith("-") else "") + ORDERS[order.removeprefix("-")]
    return filters.filter(rows.select_related("programme", "current_plan")).order_by(field, "pk")


@router.get(
    "/portfolios/{slug:slug}/initiatives/{code:code}",
    response=responses(InitiativeDetail, 404),
    summary="One initiative",
)
def initiative(request: HttpRequest, slug: str, code: str) -> Initiative:
    """Show an initiative."""
    return initiative_of(portfolio_of(authenticated(request).user, slug), code)
