"""The strategy for programs: objectives, weights, measures with their values, value drivers."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema
from ninja.pagination import paginate
from ninja.responses import Status

from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.access.permissions import require_somewhere
from openvmo_web.common.api import KnownOn, Paged, Strict, Text, Whole, responses
from openvmo_web.common.fields import stored_amount
from openvmo_web.common.http import authenticated
from openvmo_web.common.moments import moment_of
from openvmo_web.strategy import actions
from openvmo_web.strategy.models import Driver, Measure, Objective, Reading, Weighing
from openvmo_web.strategy.queries import (
    Strategy,
    all_weighings_of,
    driver_of,
    drivers_of,
    measure_of,
    objective_of,
    possible_owners,
    readings_of,
    strategy_of,
)
from openvmo_web.strategy.tree import Branch, Standing, standing_of

router = Router(tags=["Strategy"])

MONTH_PATTERN = r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$"
DAY_PATTERN = r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
LARGEST = 1e17

DriverKind = Literal["financial", "operational", "customer", "strategic", "risk", "social"]
DirectionWord = Literal["increase", "decrease", "maintain"]
FrequencyWord = Literal["not_stated", "monthly", "quarterly", "half_yearly", "yearly", "once"]
TimingWord = Literal["not_stated", "leading", "lagging"]
MeasureKind = Literal["kpi", "key_result"]
Method = Literal["direct", "swing", "pairwise"]
Key = Whole
Day = Annotated[str, Field(pattern=DAY_PATTERN, max_length=10, examples=["2026-03-31"])]
MonthText = Annotated[str, Field(pattern=MONTH_PATTERN, max_length=7, examples=["2026-04"])]
Number = Annotated[float, Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False)]


class ObjectiveOut(Schema):
    """An objective with what it counts and how far it has come."""

    id: int
    code: str
    name: str
    description: str
    parent: int | None = Field(description="Id of the objective above it; null at the top.")
    owner: str | None = Field(description="E-mail address of the owner.")
    starts: str | None = Field(description="First month, such as 2026-04.")
    ends: str | None = Field(description="Last month.")
    weight: float | None = Field(description="As it was stated, beside its siblings.")
    share: float | None = Field(description="Share among its siblings; null until all of them are weighed.")
    share_of_whole: float | None = Field(description="Share of the whole strategy.")
    progress: float | None = Field(description="0 to 1; null while nothing is measured, and of a retired objective.")
    measured: int = Field(description="Measures, with those below it, that have a value that counts.")
    measures: int = Field(description="Measures, with those below it.")
    retired_at: datetime | None


class ObjectiveIn(Strict):
    """What can be changed of an objective; what is left out stays."""

    name: Text = Field(min_length=1, max_length=300)
    description: Text = Field("", max_length=20_000)
    parent: Key | None = Field(None, description="Id of the objective above it; null: the top.")
    owner: Text | None = Field(None, max_length=254, description="E-mail address of the owner.")
    starts: MonthText | None = None
    ends: MonthText | None = None
    weight: float | None = Field(None, ge=0, le=1e15, description="Beside its siblings, in any unit.")


class NewObjectiveIn(ObjectiveIn):
    """A new objective."""

    code: Text = Field(min_length=1, max_length=200)


class ObjectiveChangeIn(ObjectiveIn):
    """A change of an objective."""

    name: Text = Field("", min_length=1, max_length=300)


class NoteIn(Strict):
    """Why something is done."""

    note: Text = Field("", max_length=5_000)


class WeighingOut(Schema):
    """How weights were found."""

    id: int
    parent: int | None = Field(alias="parent_id", description="Id of the objective above those weighed; null: the top.")
    method: Method
    answers: Any = Field(description="A number by code; for pairwise triples of two codes and a ratio.")
    weights: dict[str, float]
    consistency: float | None = Field(description="Consistency ratio of pairwise answers.")
    reason: str
    recorded_at: datetime
    recorded_by: str = Field(alias="recorded_by.name")


class WeighingIn(Strict):
    """Answers from which the weights of the objectives right below one follow."""

    parent: Key | None = Field(None, description="Id of the objective above them; null: the top.")
    method: Method
    answers: dict[str, float] | list[list[str | float]] = Field(
        description="For direct and swing a number by code; for pairwise triples: two codes, and how many times as "
        "important the first is."
    )
    reason: Text = Field("", max_length=500, description="Needed where pairwise answers contradict one another.")


class MeasureOut(Schema):
    """A measure with how it stands."""

    id: int
    code: str
    name: str
    objective: int = Field(description="Id of the objective.")
    kind: MeasureKind
    description: str
    unit: str
    direction: str
    baseline: Decimal | None
    baseline_date: date | None
    target: Decimal | None
    target_date: date | None
    frequency: FrequencyWord
    data_source: str
    timing: TimingWord
    caution_at: Decimal | None
    critical_at: Decimal | None
    owner: str | None = Field(description="E-mail address of the owner.")
    state: Literal["on_track", "attention", "critical", "unjudged", "stale", "unmeasured"]
    newest_on: date | None
    newest_value: Decimal | None
    progress: float | None = Field(description="0 at the baseline, 1 at the target; it may lie outside.")
    score: float | None = Field(description="What it counts in the progress of its objective, 0 to 1.")
    retired_at: datetime | None


class MeasureIn(Strict):
    """What can be stated of a measure."""

    name: Text = Field(min_length=1, max_length=300)
    kind: MeasureKind = "kpi"
    description: Text = Field("", max_length=20_000)
    unit: Text = Field(min_length=1, max_length=64)
    direction: DirectionWord = "increase"
    baseline: Number | None = None
    baseline_date: Day | None = None
    target: Number | None = None
    target_date: Day | None = None
    frequency: FrequencyWord = "quarterly"
    data_source: Text = Field("", max_length=300)
    timing: TimingWord = "not_stated"
    caution_at: Number | None = None
    critical_at: Number | None = None
    owner: Text | None = Field(None, max_length=254, description="E-mail address of the owner.")


class NewMeasureIn(MeasureIn):
    """A new measure."""

    code: Text = Field(min_length=1, max_length=200)
    objective: Key = Field(description="Id of the objective.")


class MeasureChangeIn(MeasureIn):
    """A change of a measure; what is left out stays."""

    name: Text = Field("", min_length=1, max_length=300)
    unit: Text = Field("", min_length=1, max_length=64)
    objective: Key = Field(1, description="Id of the objective.")


class ReadingOut(Schema):
    """The value of a measure on a day."""

    on: date
    value: Decimal
    source: str
    remark: str
    recorded_at: datetime
    recorded_by: str = Field(alias="recorded_by.name")


class ReadingIn(Strict):
    """An observed value; another one for the same day supersedes it."""

    on: Day
    value: Number
    source: Text = Field("", max_length=300)
    remark: Text = Field("", max_length=5_000)


class DriverOut(Schema):
    """A kind of value in the organisation's own words."""

    id: int
    code: str
    name: str
    kind: DriverKind
    description: str
    position: int
    is_active: bool
    benefits: int = Field(alias="benefit_count", description="Benefits that name it, as far as you may see them.")


class DriverIn(Strict):
    """What can be stated of a value driver."""

    name: Text = Field(min_length=1, max_length=200)
    kind: DriverKind = "financial"
    description: Text = Field("", max_length=20_000)
    position: Whole = Field(0, ge=0, le=32_767)
    is_active: bool = True


class NewDriverIn(DriverIn):
    """A new value driver."""

    code: Text = Field(min_length=1, max_length=64)


class DriverChangeIn(DriverIn):
    """A change of a value driver; what is left out stays."""

    name: Text = Field("", min_length=1, max_length=200)


@router.get("/strategy/objectives", response=responses(list[ObjectiveOut], 404), summary="Objectives")
@paginate(Paged)
def objectives(request: HttpRequest, on: KnownOn = None) -> Any:
    """List the objectives, each after the one above it; retired ones come last."""
    found = _strategy(request, on)
    rows = [_objective(branch.objective, branch) for branch in found.branches.values()]
    return rows + [_objective(one, None) for one in found.retired]


@router.post(
    "/strategy/objectives",
    response=responses(ObjectiveOut, 404, 409, status=HTTPStatus.CREATED),
    summary="Add an objective",
)
def objective_add(request: HttpRequest, body: NewObjectiveIn) -> Status[Any]:
    """Add an objective under another one, or at the top."""
    viewer = authenticated(request).user
    values = _values(body)
    parent = values.pop("parent", None)
    above = objective_of(viewer, parent) if parent is not None else None
    made = actions.objective_add(**values, parent=above, by=viewer, at=timezone.now())
    return Status(HTTPStatus.CREATED, _shown(request, made.pk))


@router.get("/strategy/objectives/{int:pk}", response=responses(ObjectiveOut, 404), summary="One objective")
def objective(request: HttpRequest, pk: int, on: KnownOn = None) -> Any:
    """Show an objective."""
    return _shown(request, pk, on)


@router.patch(
    "/strategy/objectives/{int:pk}", response=responses(ObjectiveOut, 404, 409), summary="Change an objective"
)
def objective_change(request: HttpRequest, pk: int, body: ObjectiveChangeIn) -> Any:
    """Change what is sent of an objective; what is left out stays. Under another parent it needs to be weighed anew."""
    viewer, now = authenticated(request).user, timezone.now()
    changed, values = objective_of(viewer, pk), _values(body)
    # One change of the caller: all of it or nothing.
    with transaction.atomic():
        if "parent" in values:
            parent = values.pop("parent")
            above = objective_of(viewer, parent) if parent is not None else None
            actions.objective_move(objective=changed, parent=above, by=viewer, at=now)
        actions.objective_change(objective=changed, **values, by=viewer, at=now)
    return _shown(request, pk)


@router.post(
    "/strategy/objectives/{int:pk}/retire", response=responses(ObjectiveOut, 404, 409), summary="Retire an objective"
)
def objective_retire(request: HttpRequest, pk: int, body: NoteIn) -> Any:
    """Stop pursuing an objective that nothing serves any more."""
    viewer = authenticated(request).user
    actions.objective_retire(objective=objective_of(viewer, pk), note=body.note, by=viewer, at=timezone.now())
    return _shown(request, pk)


@router.post(
    "/strategy/objectives/{int:pk}/restore", response=responses(ObjectiveOut, 404, 409), summary="Restore an objective"
)
def objective_restore(request: HttpRequest, pk: int) -> Any:
    """Pursue a retired objective again."""
    viewer = authenticated(request).user
    actions.objective_restore(objective=objective_of(viewer, pk), by=viewer, at=timezone.now())
    return _shown(request, pk)


@router.get("/strategy/weighings", response=responses(list[WeighingOut]), summary="Weighings")
@paginate(Paged)
def weighings(request: HttpRequest) -> QuerySet[Weighing]:
    """List how weights were found, the newest first."""
    viewer = authenticated(request).user
    require_somewhere(viewer, "strategy.view")
    return all_weighings_of(viewer)


@router.post(
    "/strategy/weighings",
    response=responses(WeighingOut, 404, 409, status=HTTPStatus.CREATED),
    summary="Weigh objectives",
)
def weigh(request: HttpRequest, body: WeighingIn) -> Status[Weighing]:
    """Weigh the objectives right below one, or at the top, against one another."""
    viewer = authenticated(request).user
    parent = objective_of(viewer, body.parent) if body.parent is not None else None
    made = actions.weights_set(
        parent=parent,
        method=body.method,
        answers=body.answers,
        reason=body.reason,
        by=viewer,
        at=timezone.now(),
    )
    return Status(HTTPStatus.CREATED, made)


@router.get("/strategy/measures", response=responses(list[MeasureOut], 404), summary="Measures")
@paginate(Paged)
def measures(request: HttpRequest, on: KnownOn = None) -> Any:
    """List the measures with how they stand, by their codes."""
    found = _strategy(request, on)
    return [_measure(standing_of(one, found.newest.get(one.pk), found.today)) for one in _by_code(found)]


@router.post(
    "/strategy/measures", response=responses(MeasureOut, 404, 409, status=HTTPStatus.CREATED), summary="Add a measure"
)
def measure_add(request: HttpRequest, body: NewMeasureIn) -> Status[Any]:
    """Add a measure to an objective."""
    viewer = authenticated(request).user
    values = _values(body)
    values["objective"] = objective_of(viewer, values["objective"])
    made = actions.measure_add(**values, by=viewer, at=timezone.now())
    return Status(HTTPStatus.CREATED, _measured(request, made.pk))


@router.get("/strategy/measures/{int:pk}", response=responses(MeasureOut, 404), summary="One measure")
def measure(request: HttpRequest, pk: int, on: KnownOn = None) -> Any:
    """Show a measure with how it stands."""
    return _measured(request, pk, on)


@router.patch("/strategy/measures/{int:pk}", response=responses(MeasureOut, 404, 409), summary="Change a measure")
def measure_change(request: HttpRequest, pk: int, body: MeasureChangeIn) -> Any:
    """Change what is sent of a measure; what is left out stays."""
    viewer = authenticated(request).user
    changed, values = measure_of(viewer, pk), _values(body)
    if "objective" in values:
        values["objective"] = objective_of(viewer, values["objective"])
    actions.measure_change(measure=changed, **values, by=viewer, at=timezone.now())
    return _measured(request, pk)


@router.post("/strategy/measures/{int:pk}/retire", response=responses(MeasureOut, 404, 409), summary="Retire a measure")
def measure_retire(request: HttpRequest, pk: int, body: NoteIn) -> Any:
    """Stop measuring."""
    viewer = authenticated(request).user
    actions.measure_retire(measure=measure_of(viewer, pk), note=body.note, by=viewer, at=timezone.now())
    return _measured(request, pk)


@router.post(
    "/strategy/measures/{int:pk}/restore", response=responses(MeasureOut, 404, 409), summary="Restore a measure"
)
def measure_restore(request: HttpRequest, pk: int) -> Any:
    """Measure again."""
    viewer = authenticated(request).user
    actions.measure_restore(measure=measure_of(viewer, pk), by=viewer, at=timezone.now())
    return _measured(request, pk)


@router.get(
    "/strategy/measures/{int:pk}/readings", response=responses(list[ReadingOut], 404), summary="Values of a measure"
)
@paginate(Paged)
def readings(request: HttpRequest, pk: int, on: KnownOn = None) -> QuerySet[Reading]:
    """List the values in force, the oldest day first, without what was superseded."""
    at = moment_of(on)
    return readings_of(measure_of(authenticated(request).user, pk), at if on else None)


@router.post(
    "/strategy/measures/{int:pk}/readings",
    response={**responses(ReadingOut, 404, 409, status=HTTPStatus.CREATED), 200: ReadingOut},
    summary="Record a value",
)
def reading_add(request: HttpRequest, pk: int, body: ReadingIn) -> Status[Reading]:
    """Record the value of a measure on a day: 201 when it was added, 200 when exactly that was recorded already."""
    viewer = authenticated(request).user
    values = _values(body)
    measured = measure_of(viewer, pk)
    added = actions.reading_record(measure=measured, **values, by=viewer, at=timezone.now())
    standing: Reading = added or readings_of(measured).get(on=values["on"])
    return Status(HTTPStatus.OK if added is None else HTTPStatus.CREATED, standing)


@router.get("/strategy/drivers", response=responses(list[DriverOut]), summary="Value drivers")
@paginate(Paged)
def drivers(request: HttpRequest) -> QuerySet[Driver]:
    """List the value drivers in the organisation's own words."""
    viewer = authenticated(request).user
    require_somewhere(viewer, "strategy.view")
    return drivers_of(viewer)


@router.post(
    "/strategy/drivers", response=responses(DriverOut, status=HTTPStatus.CREATED), summary="Add a value driver"
)
def driver_add(request: HttpRequest, body: NewDriverIn) -> Status[Driver]:
    """Add a value driver."""
    viewer = authenticated(request).user
    made = actions.driver_add(**body.model_dump(), by=viewer, at=timezone.now())
    return Status(HTTPStatus.CREATED, driver_of(viewer, made.pk))


@router.get("/strategy/drivers/{int:pk}", response=responses(DriverOut, 404), summary="One value driver")
def driver(request: HttpRequest, pk: int) -> Driver:
    """Show a value driver."""
    return driver_of(authenticated(request).user, pk)


@router.patch("/strategy/drivers/{int:pk}", response=responses(DriverOut, 404), summary="Change a value driver")
def driver_change(request: HttpRequest, pk: int, body: DriverChangeIn) -> Driver:
    """Change what is sent of a value driver, or take it out of use."""
    viewer = authenticated(request).user
    values = body.model_dump(exclude_unset=True)
    actions.driver_change(driver=driver_of(viewer, pk), **values, by=viewer, at=timezone.now())
    return driver_of(viewer, pk)


def _strategy(request: HttpRequest, on: date | None = None) -> Strategy:
    """The strategy now, or as it was known on the day that the address names."""
    return strategy_of(authenticated(request).user, moment_of(on), is_past=on is not None)


def _shown(request: HttpRequest, pk: int, on: date | None = None) -> dict[str, Any]:
    present = objective_of(authenticated(request).user, pk)
    found = _strategy(request, on)
    shown = next((one for one in found.objectives if one.pk == pk), None)
    if shown is None:
        raise Http404(_("“%(objective)s” was not known on that day.") % {"objective": present})
    return _objective(shown, found.branches.get(pk))


def _measured(request: HttpRequest, pk: int, on: date | None = None) -> dict[str, Any]:
    present = measure_of(authenticated(request).user, pk)
    found = _strategy(request, on)
    shown = next((one for one in found.measures if one.pk == pk), None)
    if shown is None:
        raise Http404(_("“%(measure)s” was not known on that day.") % {"measure": present})
    return _measure(standing_of(shown, found.newest.get(pk), found.today))


def _by_code(found: Strategy) -> list[Measure]:
    return sorted(found.measures, key=lambda one: one.code)


def _objective(row: Objective, branch: Branch | None) -> dict[str, Any]:
    """An objective as it is answered; a retired one stands in no tree."""
    return {
        **{name: getattr(row, name) for name in ("id", "code", "name", "description", "weight", "retired_at")},
        "parent": row.parent_id,
        "owner": _address(row.owner),
        "starts": _month(row.starts),
        "ends": _month(row.ends),
        "share": branch.share if branch else None,
        "share_of_whole": branch.whole if branch else None,
        "progress": branch.progress.share if branch else None,
        "measured": branch.progress.measured if branch else 0,
        "measures": branch.progress.total if branch else 0,
    }


def _measure(standing: Standing) -> dict[str, Any]:
    row, newest = standing.measure, standing.newest
    plain = set(MeasureOut.model_fields) & {field.name for field in Measure._meta.concrete_fields}
    return {
        **{name: getattr(row, name) for name in plain},
        "objective": row.objective_id,
        "owner": _address(row.owner),
        "state": standing.state,
        "newest_on": newest.on if newest else None,
        "newest_value": newest.value if newest else None,
        "progress": standing.progress,
        "score": standing.score,
    }


def _address(owner: User | None) -> str | None:
    return owner.email if owner else None


def _month(first: date | None) -> str | None:
    return f"{first:%Y-%m}" if first else None


def _values(body: Schema) -> dict[str, Any]:
    """What was sent, with days, months, amounts and people as the actions take them."""
    sent = body.model_dump(exclude_unset=True)
    read: dict[str, Callable[[Any], Any]] = {
        "owner": _person,
        **dict.fromkeys(("starts", "ends"), lambda text: Month.parse(text).first_day),
        **dict.fromkeys(("on", "baseline_date", "target_date"), _day),
        **dict.fromkeys(("value", "baseline", "target", "caution_at", "critical_at"), stored_amount),
    }
    values = {}
    for name, value in sent.items():
        try:
            values[name] = read[name](value) if name in read and value is not None else value
        except ValidationError as error:
            raise ValidationError({name: error.messages}) from error
    return values


def _person(address: str) -> User:
    found = possible_owners().filter(email=address.lower()).first()
    if found is None:
        raise Http404(_("Nobody who can sign in has the address “%(address)s”.") % {"address": address})
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValidationError(_("“%(text)s” is not a day: write it like 2026-03-31.") % {"text": text}) from error
