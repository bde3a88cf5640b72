"""Forecasts and baselines of benefits for programs, and benefits as they were known on a day."""

from datetime import date, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema
from ninja.errors import HttpError
from ninja.pagination import paginate
from ninja.responses import Status

from openvmo.engine import model
from openvmo.engine.model.kinds import RampShape
from openvmo.engine.quantities import Estimate, Family
from openvmo_web.benefits import actions
from openvmo_web.benefits.analysis import arrival_of
from openvmo_web.benefits.history import benefit_as_known
from openvmo_web.benefits.models import Baseline, Benefit, Profile
from openvmo_web.benefits.profile_queries import baselines_until, benefit_of, forecast_known, profiles_until
from openvmo_web.common.api import KnownOn, Paged, Strict, Text, Whole, responses
from openvmo_web.common.http import authenticated
from openvmo_web.common.moments import moment_of
from openvmo_web.portfolio.queries import portfolio_of
from openvmo_web.portfolio.rules import USUAL_TAIL

router = Router(tags=["Forecasts and baselines"])

LARGEST = 1e15
LONGEST = 600

Amount = Annotated[float, Field(ge=0, lt=LARGEST, allow_inf_nan=False)]
Chance = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
FamilyWord = Literal["three_point", "triangular", "pert", "normal", "lognormal", "uniform", "discrete", "empirical"]
RampWord = Literal["step", "linear", "s_curve", "curve"]
Outcome = Annotated[list[Amount], Field(min_length=2, max_length=2)]  # a value and its chance
Months = Annotated[Whole, Field(ge=0, le=LONGEST)]
Reason = Annotated[Text, Field(min_length=1, max_length=500)]


class ShapeOut(Schema):
    """How an uncertain quantity is spread beside its low, likely and high value."""

    family: FamilyWord = Field("three_point", description="Shape of the distribution.")
    tail: float = Field(USUAL_TAIL, description="Chance of lying below low, and above high; 0 when they are limits.")
    outcomes: list[list[float]] = Field([], description="Possible values with their chances.")


class ProfileOut(Schema):
    """How a benefit arrives, in money or its own unit."""

    plan: int = Field(alias="option.plan.number", description="Version of the initiative's plan.")
    annual_low: Decimal | None = Field(description="Steady value a year, P10; null when no uncertainty was stated.")
    annual_likely: Decimal = Field(description="Steady value a year, P50.")
    annual_high: Decimal | None = Field(description="Steady value a year, P90.")
    annual_shape: ShapeOut = Field(description="How it is spread; what is missing has the usual value.")
    offset: int = Field(description="Months from go-live to the first effect.")
    first_month: str = Field(description="First month with an effect, such as 2026-04.")
    ramp_months: int
    ramp_shape: RampWord
    curve: list[float] = Field(description="Share of the steady value in each month, for the shape curve.")
    duration: int | None = Field(description="Months with an effect; null when it goes on.")
    decay: float = Field(description="Share lost each year once steady.")
    reason: str = Field(alias="option.plan.reason")
    recorded_at: datetime = Field(alias="option.plan.recorded_at")
    recorded_by: str = Field(alias="option.plan.recorded_by.name")

    @staticmethod
    def resolve_first_month(row: Profile) -> str:
        """Go-live and offset together."""
        return arrival_of(row).first_text


class BaselineOut(Schema):
    """What was promised of a benefit when it was funded; it is never changed."""

    number: int
    decision: int | None = Field(description="Number of the decision that set it; null when it was adopted.")
    reason: str
    measure: dict[str, Any] = Field(description="What the benefit said of its measure then.")
    profile: ProfileOut
    recorded_at: datetime
    recorded_by: str = Field(alias="recorded_by.name")


class KnownOut(Schema):
    """A benefit as it was known at the end of a day."""

    on: date
    values: dict[str, Any] = Field(
        description="Every field by its name; amounts as exact texts, other records by their keys."
    )
    forecast: ProfileOut | None
    baseline: BaselineOut | None


class BenefitForecastIn(Strict):
    """How a benefit is now expected to arrive."""

    annual_likely: Amount
    annual_low: Amount | None = Field(None, description="P10; give both low and high, or neither.")
    annual_high: Amount | None = Field(None, description="P90.")
    family: FamilyWord = Field("three_point", description="Shape of the distribution.")
    tail: Annotated[float, Field(ge=0, lt=0.5)] = Field(
        USUAL_TAIL, description="Chance of lying below low, and above high; 0 when they are limits."
    )
    outcomes: Annotated[list[Outcome], Field(max_length=1_000)] = Field(
        [],
        description="Only for discrete and empirical: values with their chances; annual_likely is their median.",
    )
    offset: Annotated[Whole, Field(ge=-LONGEST, le=LONGEST)] = Field(0, description="Months from go-live.")
    ramp_months: Months = 0
    ramp_shape: RampWord = "linear"
    curve: Annotated[list[Chance], Field(max_length=LONGEST)] = Field(
        [], description="Share of the steady value in each month, for the shape curve."
    )
    duration: Annotated[Whole, Field(ge=1, le=LONGEST)] | None = None
    decay: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.0
    reason: Reason


class AdoptIn(Strict):
    """Why the plan in force is what was promised."""

    reason: Reason


@router.get(
    "/portfolios/{slug:slug}/benefits/{int:pk}/known",
    response=responses(KnownOut, 404),
    summary="A benefit as known on a day",
)
def known(request: HttpRequest, slug: str, pk: int, on: KnownOn = None) -> dict[str, Any]:
    """Show what a benefit said of itself, and what was promised and expected of it, at the end of a day."""
    benefit, at = _benefit(request, slug, pk), moment_of(on)
    state = benefit_as_known(benefit, at)
    if state is None:
        raise Http404(_("This benefit was not known yet on %(day)s.") % {"day": on})
    return {
        "on": timezone.localdate(at),
        "values": state.state_values,
        "forecast": forecast_known(benefit, at),
        "baseline": baselines_until(benefit, at).first(),
    }


@router.get(
    "/portfolios/{slug:slug}/benefits/{int:pk}/forecasts",
    response=responses(list[ProfileOut], 404),
    summary="Forecasts of a benefit",
)
@paginate(Paged)
def forecasts(request: HttpRequest, slug: str, pk: int, on: KnownOn = None) -> QuerySet[Profile]:
    """List how a benefit was expected to arrive, the newest first: its profile in each version of the plan."""
    return profiles_until(_benefit(request, slug, pk), moment_of(on))


@router.post(
    "/portfolios/{slug:slug}/benefits/{int:pk}/forecasts",
    response=responses(ProfileOut, 404, status=HTTPStatus.CREATED),
    summary="Record a forecast",
)
def forecast_record(request: HttpRequest, slug: str, pk: int, body: BenefitForecastIn) -> Status[Profile]:
    """Record how a benefit is now expected to arrive: a new version of the plan. What says the same adds nothing."""
    benefit, now = _benefit(request, slug, pk), timezone.now()
    actions.forecast_record(
        benefit=benefit, profile=_profile(benefit, body), reason=body.reason, by=authenticated(request).user, at=now
    )
    return Status(HTTPStatus.CREATED, profiles_until(benefit, now).get(option__plan__current_of__isnull=False))


@router.get(
    "/portfolios/{slug:slug}/benefits/{int:pk}/baselines",
    response=responses(list[BaselineOut], 404),
    summary="Baselines of a benefit",
)
@paginate(Paged)
def baselines(request: HttpRequest, slug: str, pk: int, on: KnownOn = None) -> QuerySet[Baseline]:
    """List what was promised of a benefit, the newest first, which holds."""
    return baselines_until(_benefit(request, slug, pk), moment_of(on))


@router.post(
    "/portfolios/{slug:slug}/benefits/{int:pk}/baselines",
    response=responses(BaselineOut, 404, status=HTTPStatus.CREATED),
    summary="Adopt the plan in force as the baseline",
)
def baseline_adopt(request: HttpRequest, slug: str, pk: int, body: AdoptIn) -> Status[Baseline]:
    """Take the plan in force as what was promised, once, for what was funded before it came here."""
    benefit = _benefit(request, slug, pk)
    (made,) = actions.baseline_adopt(
        portfolio=benefit.initiative.portfolio,
        benefits=[benefit],
        reason=body.reason,
        by=authenticated(request).user,
        at=timezone.now(),
    )
    return Status(HTTPStatus.CREATED, baselines_until(benefit, made.recorded_at).get(pk=made.pk))


def _benefit(request: HttpRequest, slug: str, pk: int) -> Benefit:
    viewer = authenticated(request).user
    return benefit_of(viewer, portfolio_of(viewer, slug), pk)


def _profile(benefit: Benefit, body: BenefitForecastIn) -> model.Profile:
    try:
        annual = Estimate(
            body.annual_likely,
            low=body.annual_low,
            high=body.annual_high,
            family=Family(body.family),
            tail=body.tail,
            outcomes=tuple((value, chance) for value, chance in body.outcomes),
        )
    except ValueError as error:
        message = _("Give low, likely and high in rising order, or only the likely value: %(reason)s.")
        raise HttpError(HTTPStatus.UNPROCESSABLE_ENTITY, message % {"reason": error}) from error
    return model.Profile(
        benefit=benefit.code,
        annual=annual,
        offset=body.offset,
        ramp_months=body.ramp_months,
        ramp_shape=RampShape(body.ramp_shape),
        curve=tuple(body.curve),
        duration=body.duration,
        decay=body.decay,
    )
