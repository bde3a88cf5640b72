"""The register of benefits for programs: benefits with where they stand, their assumptions, and saved views."""

from datetime import date, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, FilterSchema, Query, Router, Schema
from ninja.pagination import paginate
from ninja.responses import Status

from openvmo.engine.model.kinds import (
    Accrual,
    BenefitClass,
    BenefitTerm,
    Direction,
    Frequency,
    Level,
    Timing,
    ValueDriver,
)
from openvmo_web.access.actions import view_change, view_delete, view_save
from openvmo_web.access.models import SavedView
from openvmo_web.access.queries import holders_of, views_of
from openvmo_web.benefits import actions
from openvmo_web.benefits.checks import PEOPLE
from openvmo_web.benefits.history import benefits_as_known
from openvmo_web.benefits.models import Assumption, Benefit
from openvmo_web.benefits.queries import assumption_of, assumptions_of, register_row
from openvmo_web.benefits.register import GAPS, NOBODY, SEARCHED, benefits_of, shown_by_name
from openvmo_web.benefits.rules import doam
from openvmo_web.benefits.views import PAGE
from openvmo_web.common.api import KnownOn, Paged, Strict, Text, Whole, responses
from openvmo_web.common.fields import stored_amount
from openvmo_web.common.http import authenticated
from openvmo_web.common.moments import moment_of
from openvmo_web.common.searching import words_in
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.portfolio.queries import initiative_of, portfolio_of
from openvmo_web.strategy.models import Driver, Measure, Objective

router = Router(tags=["Benefits"])

LARGEST = 1e15
MOST_KEY = 2**63 - 1
MOST_AT_ONCE = 500
DAY_PATTERN = r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"

Key = Annotated[Whole, Field(ge=1, le=MOST_KEY)]
Day = Annotated[str, Field(pattern=DAY_PATTERN, max_length=10, examples=["2026-03-31"])]
Number = Annotated[float, Field(gt=-LARGEST, lt=LARGEST, allow_inf_nan=False)]
Line = Annotated[Text, Field(max_length=300)]
Long = Annotated[Text, Field(max_length=20_000)]
ClassWord = Literal["cashable", "non_cashable", "quantifiable", "qualitative"]
DriverWord = Literal["financial", "operational", "customer", "strategic", "risk", "social"]
TermWord = Literal["not_stated", "short", "long"]
AccrualWord = Literal["flow", "level"]
DirectionWord = Literal["not_stated", "increase", "decrease", "maintain"]
FrequencyWord = Literal["not_stated", "monthly", "quarterly", "half_yearly", "yearly", "once"]
TimingWord = Literal["not_stated", "leading", "lagging"]
LevelWord = Literal["not_stated", "low", "medium", "high"]
StateWord = Literal["identified", "agreed", "arriving", "sustained", "retired"]
AssumptionState = Literal["open", "holds", "failed"]
Gap = Literal[
    "incomplete",
    "no_baseline",
    "no_target",
    "no_source",
    "no_frequency",
    "not_promised",
    "not_validated",
    "late",
    "missing",
    "contested",
    "decaying",
]
Order = Literal[
    "name",
    "-name",
    "code",
    "-code",
    "target_date",
    "-target_date",
    "doam",
    "-doam",
    "planned",
    "-planned",
    "forecast",
    "-forecast",
    "realised",
    "-realised",
    "verified",
    "-verified",
]


class StandingOut(Schema):
    """Where a benefit stands up to the last month that is over; money is negative for a dis-benefit."""

    until: date = Field(description="First day of the last month that counts.")
    has_baseline: bool
    annual_planned: Decimal | None
    annual_forecast: Decimal | None
    planned: Decimal | None = Field(description="To date; without a baseline the plan in force stands in for it.")
    forecast: Decimal | None
    realised: Decimal | None
    verified: Decimal | None
    due: int = Field(description="Measurements due.")
    on_time: int
    missing: int
    last_month: date | None
    last_value: Decimal | None
    is_last_verified: bool
    is_last_contested: bool
    trend: float | None = Field(description="Last three months against the three before, as a share.")
    is_decaying: bool


class TestOut(Schema):
    """One of the four tests of completeness."""

    letter: Literal["D", "O", "A", "M"]
    is_passed: bool
    missing: list[str] = Field(description="What to do, in words.")


class BenefitOut(Schema):
    """A benefit of an initiative."""

    id: int
    code: str
    name: str
    initiative: str = Field(alias="initiative.code")
    state: StateWord
    kind: BenefitClass
    driver: ValueDriver
    value_driver: str | None = Field(None, alias="value_driver.code", description="Own value driver, by its code.")
    is_disbenefit: bool
    is_intangible: bool
    term: BenefitTerm
    priority: int | None = Field(description="1 is highest.")
    category: str
    objective: str | None = Field(None, alias="objective.code")
    description: str
    beneficiaries: str
    losers: str
    recipient: str
    cost_centre: str
    owner: str = Field(alias="owner_name")
    owner_email: str | None = Field(None, alias="owner.email")
    measurer: str = Field(alias="measurer_name")
    measurer_email: str | None = Field(None, alias="measurer.email")
    sustainer: str = Field(alias="sustainer_name")
    sustainer_email: str | None = Field(None, alias="sustainer.email")
    measure: str
    unit: str = Field(description="Unit of its values; empty means money.")
    value_per_unit: Decimal | None = Field(description="Money that one unit is worth; null when no value was agreed.")
    accrual: Accrual
    direction: Direction
    baseline: Decimal | None
    baseline_date: date | None
    target: Decimal | None
    target_date: date | None
    frequency: Frequency
    data_source: str
    timing: Timing
    caution_at: Decimal | None
    critical_at: Decimal | None
    strategic_measure: str | None = Field(None, alias="strategic_measure.code")
    feature: str
    observable: str
    attribution: str
    activities: str
    cost_to_realise: Decimal | None
    evidence: Level
    realisation_risk: Level
    review_months: int | None
    due_days: int
    remind_days: int
    validated_at: datetime | None
    tests: list[TestOut] = Field(description="The tests of completeness.")
    standing: StandingOut | None = Field(
        description="Null before its figures were worked out for the first time, and of the past."
    )

    @staticmethod
    def resolve_tests(row: Benefit) -> list[dict[str, Any]]:
        """The tests, by the one rule that pages use too."""
        return [
            {"letter": test.letter, "is_passed": test.is_passed, "missing": list(test.missing)}
            for test in doam(row.state_values)
        ]

    @staticmethod
    def resolve_standing(row: Benefit) -> Any:
        """The figures; a row without them has none."""
        return getattr(row, "standing", None)


class BenefitValues(Strict):
    """What can be said of a benefit; what is left out stays as it is."""

    driver: DriverWord = "financial"
    value_driver: Line | None = Field(None, description="Own value driver, by its code.")
    is_disbenefit: bool = False
    is_intangible: bool = False
    term: TermWord = "not_stated"
    priority: Annotated[Whole, Field(ge=1, le=5)] | None = None
    category: Annotated[Text, Field(max_length=200)] = ""
    objective: Line | None = Field(None, description="By its code.")
    description: Long = ""
    beneficiaries: Line = ""
    losers: Line = ""
    recipient: Annotated[Text, Field(max_length=200)] = ""
    cost_centre: Annotated[Text, Field(max_length=64)] = ""
    owner: Line | None = Field(None, description="E-mail address of somebody who sees the portfolio; null: nobody.")
    owner_name: Annotated[Text, Field(max_length=200)] = Field("", description="Only for a person without account.")
    measurer: Line | None = None
    measurer_name: Annotated[Text, Field(max_length=200)] = ""
    sustainer: Line | None = None
    sustainer_name: Annotated[Text, Field(max_length=200)] = ""
    measure: Line = ""
    unit: Annotated[Text, Field(max_length=64)] = ""
    value_per_unit: Number | None = None
    accrual: AccrualWord = "flow"
    direction: DirectionWord = "not_stated"
    baseline: Number | None = None
    baseline_date: Day | None = None
    target: Number | None = None
    target_date: Day | None = None
    frequency: FrequencyWord = "not_stated"
    data_source: Line = ""
    timing: TimingWord = "not_stated"
    caution_at: Number | None = None
    critical_at: Number | None = None
    strategic_measure: Line | None = Field(None, description="By its code.")
    feature: Long = ""
    observable: Long = ""
    attribution: Long = ""
    activities: Long = ""
    cost_to_realise: Number | None = None
    evidence: LevelWord = "not_stated"
    realisation_risk: LevelWord = "not_stated"
    review_months: Annotated[Whole, Field(ge=1, le=600)] | None = None
    due_days: Annotated[Whole, Field(ge=0, le=366)] = 15
    remind_days: Annotated[Whole, Field(ge=1, le=366)] = 7


class NewBenefitIn(BenefitValues):
    """A new benefit."""

    initiative: Line = Field(min_length=1, description="Code of the initiative that brings it.")
    name: Line = Field(min_length=1, description="A change verb and a measure: “Fewer days to decide a claim”.")
    kind: ClassWord
    code: Annotated[Text, Field(max_length=200)] = Field("", description="Empty: the next one is taken.")


class BenefitChangeIn(BenefitValues):
    """A change of a benefit."""

    name: Line = Field("", min_length=1)
    kind: ClassWord = "cashable"
    state: StateWord = "identified"
    note: Annotated[Text, Field(max_length=500)] = Field("", description="Why.")


class PromiseIn(Strict):
    """What is promised of a benefit from now on; what is left out stays as it is."""

    kind: ClassWord = "cashable"
    is_disbenefit: bool = False
    value_per_unit: Number | None = None
    unit: Annotated[Text, Field(max_length=64)] = Field("", description="Stays once the benefit was measured.")
    measure: Line = ""
    accrual: AccrualWord = Field("flow", description="Stays once the benefit was measured.")
    direction: DirectionWord = "not_stated"
    baseline: Number | None = None
    baseline_date: Day | None = None
    target: Number | None = None
    target_date: Day | None = None
    reason: Text = Field(min_length=1, max_length=500)


class BulkChangeIn(Strict):
    """The same change of several benefits: all of them or none."""

    benefits: list[Key] = Field(min_length=1, max_length=MOST_AT_ONCE, description="Their ids.")
    values: BenefitChangeIn


class BulkOut(Schema):
    """What a change of several did."""

    changed: list[int] = Field(description="Ids of those that changed; the others said so already.")


class RetireIn(Strict):
    """Why a benefit is retired."""

    reason: Text = Field(min_length=1, max_length=500)


class AssumptionOut(Schema):
    """What a benefit rests on."""

    id: int
    text: str
    expires_on: date | None = Field(description="The day by which it is to be checked.")
    state: AssumptionState
    remark: str


class AssumptionIn(Strict):
    """An assumption."""

    text: Text = Field(min_length=1, max_length=500)
    expires_on: Day | None = None
    remark: Text = Field("", max_length=500)


class AssumptionChangeIn(AssumptionIn):
    """A change of an assumption; what is left out stays as it is."""

    text: Text = Field("", min_length=1, max_length=500)
    state: AssumptionState = "open"


class ViewOut(Schema):
    """A list as somebody wants to find it again."""

    id: int
    name: str
    query: str = Field(description="Filters and sorting, as in the address of the page.")
    columns: list[str]
    is_shared: bool
    by: str = Field(alias="user.name")


class ViewIn(Strict):
    """A view to keep; one of yours with the same name is replaced."""

    name: Text = Field(min_length=1, max_length=100)
    query: Text = Field("", max_length=5_000)
    columns: list[Text] = Field([], max_length=100)
    is_shared: bool = False


class ViewChangeIn(Strict):
    """Another name of a view, and whether everybody is offered it."""

    name: Text = Field(min_length=1, max_length=100)
    is_shared: bool


class BenefitFilter(FilterSchema):
    """Which benefits to list."""

    search: Text | None = Field(None, max_length=200, description="Words, each in the name, code, measure or owner.")
    initiative: Text | None = Field(None, max_length=200, description="Code of the initiative.")
    programme: Text | None = Field(None, max_length=200, description="Code of the programme.")
    objective: Text | None = Field(None, max_length=200, description="Code of the objective; “none” for none.")
    owner: Text | None = Field(None, max_length=200, description="Name of the owner; “nobody” for none.")
    state: StateWord | None = None
    kind: ClassWord | None = None
    driver: DriverWord | None = None
    gap: Gap | None = Field(None, description="What is missing or wrong.")

    def filter_search(self, value: str | None) -> Q:
        """Every word must occur somewhere."""
        return words_in(value, *SEARCHED)

    def filter_initiative(self, value: str | None) -> Q:
        """The initiative by its code."""
        return Q(initiative__code=value) if value else Q()

    def filter_programme(self, value: str | None) -> Q:
        """The programme by its code."""
        return Q(initiative__programme__code=value) if value else Q()

    def filter_objective(self, value: str | None) -> Q:
        """The objective by its code."""
        return Q() if not value else Q(objective=None) if value == "none" else Q(objective__code=value)

    def filter_owner(self, value: str | None) -> Q:
        """The owner by name."""
        return Q() if not value else Q(owner_name="" if value == NOBODY else value)

    def filter_gap(self, value: str | None) -> Q:
        """The gaps that the page knows too."""
        return GAPS[value][1] if value else Q()


def benefit_at(request: HttpRequest, slug: str, code: str, benefit: str) -> Benefit:
    """Return the benefit at an address; what one may not see does not exist for him."""
    initiative = initiative_of(portfolio_of(authenticated(request).user, slug), code)
    found = Benefit.objects.select_related("initiative").filter(initiative=initiative, code=benefit).first()
    if found is None:
        raise Http404(_("There is no benefit “%(code)s” in this initiative.") % {"code": benefit})
    return found


def _portfolio(request: HttpRequest, slug: str) -> Portfolio:
    return portfolio_of(authenticated(request).user, slug)


def _row(request: HttpRequest, slug: str, pk: int) -> Benefit:
    viewer = authenticated(request).user
    return register_row(viewer, portfolio_of(viewer, slug), pk)


@router.get(
    "/portfolios/{slug:slug}/initiatives/{code:code}/benefits",
    response=responses(list[BenefitOut], 404),
    summary="Benefits of an initiative",
)
@paginate(Paged)
def benefits(request: HttpRequest, slug: str, code: str) -> QuerySet[Benefit]:
    """List the benefits that an initiative may bring."""
    portfolio = _portfolio(request, slug)
    initiative = initiative_of(portfolio, code)
    rows = benefits_of(authenticated(request).user, portfolio)
    return rows.filter(initiative=initiative).order_by("position")


@router.get(
    "/portfolios/{slug:slug}/benefits", response=responses(list[BenefitOut], 404), summary="Register of benefits"
)
@paginate(Paged)
def register(
    request: HttpRequest, slug: str, filters: Query[BenefitFilter], order: Order = "name"
) -> QuerySet[Benefit]:
    """List the benefits of a portfolio; what is not known comes last in either order."""
    rows = benefits_of(authenticated(request).user, _portfolio(request, slug))
    name = order.removeprefix("-")
    first = F("name") if name == "name" else shown_by_name()[name].order
    ordered = first.desc(nulls_last=True) if order.startswith("-") else first.asc(nulls_last=True)
    return filters.filter(rows).order_by(ordered, "name", "pk")


@router.post(
    "/portfolios/{slug:slug}/benefits",
    response=responses(BenefitOut, 404, status=HTTPStatus.CREATED),
    summary="Add a benefit",
)
def add(request: HttpRequest, slug: str, body: NewBenefitIn) -> Status[Benefit]:
    """Add a benefit to an initiative; how it arrives is part of the plan."""
    portfolio = _portfolio(request, slug)
    given = body.dict(exclude_unset=True)
    initiative = initiative_of(portfolio, given.pop("initiative"))
    values = _values(given, portfolio)
    made = actions.benefit_add(initiative=initiative, by=authenticated(request).user, at=timezone.now(), **values)
    return Status(HTTPStatus.CREATED, _row(request, slug, made.pk))


@router.patch("/portfolios/{slug:slug}/benefits", response=responses(BulkOut, 404), summary="Change several benefits")
def change_several(request: HttpRequest, slug: str, body: BulkChangeIn) -> dict[str, list[int]]:
    """Give several benefits the same values: all of them change or none."""
    viewer, portfolio = authenticated(request).user, _portfolio(request, slug)
    rows = list(benefits_of(viewer, portfolio).filter(pk__in=body.benefits))
    if len(rows) != len(set(body.benefits)):
        raise Http404(_("Not all of these benefits are in this portfolio. Nothing was changed."))
    given = body.values.dict(exclude_unset=True)
    note = given.pop("note", "")
    values = _values(given, portfolio)
    changed = actions.benefits_change(benefits=rows, values=values, note=note, by=viewer, at=timezone.now())
    return {"changed": [row.pk for row in changed]}


@router.get("/portfolios/{slug:slug}/benefits/{int:pk}", response=responses(BenefitOut, 404), summary="One benefit")
def one(request: HttpRequest, slug: str, pk: int, on: KnownOn = None) -> Benefit:
    """Show a benefit with where it stands; or what it said of itself on a day, without figures."""
    row, at = _row(request, slug, pk), moment_of(on)
    if on is None:
        return row
    known = next(benefits_as_known(row.initiative.portfolio, Benefit.objects.filter(pk=pk), at), None)
    if known is None:
        raise Http404(_("This benefit was not known yet on %(day)s.") % {"day": on})
    Benefit._meta.get_field("standing").set_cached_value(known, None)
    return known


@router.patch(
    "/portfolios/{slug:slug}/benefits/{int:pk}", response=responses(BenefitOut, 404), summary="Change a benefit"
)
def change(request: HttpRequest, slug: str, pk: int, body: BenefitChangeIn) -> Benefit:
    """Change what is given; the rest stays as it is."""
    benefit = _row(request, slug, pk)
    given = body.dict(exclude_unset=True)
    note = given.pop("note", "")
    values = _values(given, benefit.initiative.portfolio)
    actions.benefit_change(benefit=benefit, note=note, by=authenticated(request).user, at=timezone.now(), **values)
    return _row(request, slug, pk)


@router.post(
    "/portfolios/{slug:slug}/benefits/{int:pk}/promise",
    response=responses(BenefitOut, 404),
    summary="Renew the promise of a benefit",
)
def promise_renew(request: HttpRequest, slug: str, pk: int, body: PromiseIn) -> Benefit:
    """Promise something else from now on: the next baseline, beside those before it; never for one of your own."""
    benefit = _row(request, slug, pk)
    given = body.dict(exclude_unset=True)
    reason = given.pop("reason")
    values = _values(given, benefit.initiative.portfolio)
    actions.promise_renew(
        benefit=benefit, values=values, reason=reason, by=authenticated(request).user, at=timezone.now()
    )
    return _row(request, slug, pk)


@router.post(
    "/portfolios/{slug:slug}/benefits/{int:pk}/retire",
    response=responses(BenefitOut, 404),
    summary="Retire a benefit",
)
def retire(request: HttpRequest, slug: str, pk: int, body: RetireIn) -> Benefit:
    """Retire a benefit that is no longer pursued; its figures stay."""
    benefit = _row(request, slug, pk)
    actions.benefit_retire(benefit=benefit, reason=body.reason, by=authenticated(request).user, at=timezone.now())
    return _row(request, slug, pk)


@router.post(
    "/portfolios/{slug:slug}/benefits/{int:pk}/validate",
    response=responses(BenefitOut, 404),
    summary="Validate a benefit for finance",
)
def validate(request: HttpRequest, slug: str, pk: int) -> Benefit:
    """Vouch that a benefit is stated as it will count; never for one of your own."""
    actions.benefit_validate(benefit=_row(request, slug, pk), by=authenticated(request).user, at=timezone.now())
    return _row(request, slug, pk)


@router.get(
    "/portfolios/{slug:slug}/benefits/{int:pk}/assumptions",
    response=responses(list[AssumptionOut], 404),
    summary="Assumptions of a benefit",
)
@paginate(Paged)
def assumptions(request: HttpRequest, slug: str, pk: int) -> QuerySet[Assumption]:
    """List what a benefit rests on."""
    return assumptions_of(_row(request, slug, pk))


@router.post(
    "/portfolios/{slug:slug}/benefits/{int:pk}/assumptions",
    response=responses(AssumptionOut, 404, status=HTTPStatus.CREATED),
    summary="Note an assumption",
)
def assumption_note(request: HttpRequest, slug: str, pk: int, body: AssumptionIn) -> Status[Assumption]:
    """Note something that a benefit rests on."""
    values = _with_days(body.dict(), "expires_on")
    benefit = _row(request, slug, pk)
    made = actions.assumption_add(benefit=benefit, by=authenticated(request).user, at=timezone.now(), **values)
    return Status(HTTPStatus.CREATED, made)


@router.patch(
    "/portfolios/{slug:slug}/benefits/{int:pk}/assumptions/{int:key}",
    response=responses(AssumptionOut, 404),
    summary="Change an assumption",
)
def assumption_change(request: HttpRequest, slug: str, pk: int, key: int, body: AssumptionChangeIn) -> Assumption:
    """Change an assumption, or say whether it holds."""
    assumption = assumption_of(_row(request, slug, pk), key)
    values = _with_days(body.dict(exclude_unset=True), "expires_on")
    return actions.assumption_change(assumption=assumption, by=authenticated(request).user, at=timezone.now(), **values)


@router.get("/portfolios/{slug:slug}/benefits/views", response=responses(list[ViewOut], 404), summary="Saved views")
@paginate(Paged)
def saved_views(request: HttpRequest, slug: str) -> QuerySet[SavedView]:
    """List your saved views of the register, and those that others show to everybody."""
    return views_of(authenticated(request).user, PAGE, _portfolio(request, slug).pk)


@router.post(
    "/portfolios/{slug:slug}/benefits/views",
    response=responses(ViewOut, 404, status=HTTPStatus.CREATED),
    summary="Save a view",
)
def saved_view_add(request: HttpRequest, slug: str, body: ViewIn) -> Status[SavedView]:
    """Keep a list under a name."""
    portfolio = _portfolio(request, slug)
    _check_columns(body.columns)
    made = view_save(
        page=PAGE, portfolio_id=portfolio.pk, by=authenticated(request).user, at=timezone.now(), **body.dict()
    )
    return Status(HTTPStatus.CREATED, made)


@router.patch(
    "/portfolios/{slug:slug}/benefits/views/{int:key}", response=responses(ViewOut, 404), summary="Change a saved view"
)
def saved_view_change(request: HttpRequest, slug: str, key: int, body: ViewChangeIn) -> SavedView:
    """Rename a view, or show it to everybody or to nobody else."""
    view = _view(request, slug, key)
    return view_change(view=view, by=authenticated(request).user, at=timezone.now(), **body.dict())


@router.delete(
    "/portfolios/{slug:slug}/benefits/views/{int:key}",
    response=responses(None, 404, status=HTTPStatus.NO_CONTENT),
    summary="Delete a saved view",
)
def saved_view_delete(request: HttpRequest, slug: str, key: int) -> Status[None]:
    """Delete a view."""
    view_delete(view=_view(request, slug, key), by=authenticated(request).user, at=timezone.now())
    return Status(HTTPStatus.NO_CONTENT, None)


def _view(request: HttpRequest, slug: str, key: int) -> SavedView:
    views = views_of(authenticated(request).user, PAGE, _portfolio(request, slug).pk)
    found = views.filter(pk=key).first()
    if found is None:
        raise Http404(_("There is no such saved view that you may see."))
    return found


def _check_columns(columns: list[str]) -> None:
    unknown = [name for name in columns if name not in shown_by_name()]
    if unknown:
        told = {"unknown": ", ".join(unknown), "known": ", ".join(shown_by_name())}
        raise ValidationError({"columns": _("There is no column %(unknown)s; the columns are %(known)s.") % told})


def _values(given: dict[str, Any], portfolio: Portfolio) -> dict[str, Any]:
    """Turn what a program says into the values of a row: codes into rows, addresses into people, texts into days."""
    values = _with_days(given, "baseline_date", "target_date")
    for name, value in values.items():
        if isinstance(value, float):
            values[name] = stored_amount(value)
    for name, kind in (("objective", Objective), ("value_driver", Driver), ("strategic_measure", Measure)):
        if values.get(name) is not None:
            values[name] = _named(name, kind.objects.filter(code=values[name]).first(), values[name])
    people = holders_of("portfolio.view", portfolio.pk)
    for role in PEOPLE:
        if values.get(role) is not None:
            values[role] = _named(role, people.filter(email=values[role].lower()).first(), values[role])
        elif role in values:
            # Nobody means nobody: neither somebody with an account nor a name without one.
            values.setdefault(f"{role}_name", "")
    return values


def _named(name: str, found: Any, said: str) -> Any:
    if found is None:
        problem = _("There is nothing here with the code or address “%(said)s”. Correct it, or add it first.")
        raise ValidationError({name: problem % {"said": said}})
    return found


def _with_days(given: dict[str, Any], *names: str) -> dict[str, Any]:
    """Read days; one that the calendar lacks, such as 2026-02-30, is refused."""
    values = dict(given)
    for name in names:
        if values.get(name) is not None:
            try:
                values[name] = date.fromisoformat(values[name])
            except ValueError as error:
                problem = _("“%(day)s” is not a day of the calendar.") % {"day": values[name]}
                raise ValidationError({name: problem}) from error
    return values
