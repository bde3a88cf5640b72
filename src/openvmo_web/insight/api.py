"""Runs for programs: start one, follow it, fetch its result."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema
from ninja.pagination import paginate
from ninja.responses import Status
from pydantic import StringConstraints

from openvmo_web.common.api import Paged, Strict, Text, Whole, responses
from openvmo_web.common.fields import label_of
from openvmo_web.common.http import authenticated
from openvmo_web.insight import words
from openvmo_web.insight.actions import CannotRun, run_cancel, run_start
from openvmo_web.insight.analysis import RunChanges, run_changes_of
from openvmo_web.insight.models import Run
from openvmo_web.insight.queries import result_of, run_of, runs_of, snapshot_of
from openvmo_web.portfolio.queries import portfolio_of

router = Router(tags=["Runs"])

LARGEST = 1e15
MOST_TRIALS = 200_000
LARGEST_SEED = 2**31 - 1

Year = Annotated[str, StringConstraints(pattern=r"^(19|20)[0-9]{2}$", max_length=4)]
Money = Annotated[float, Field(ge=0, le=LARGEST)]
# The description would otherwise say nothing of other keys, which means that they are welcome.
ByYear = Annotated[
    dict[Year, Money], Field(min_length=1, max_length=200, json_schema_extra={"additionalProperties": False})
]


class RunOut(Schema):
    """A run: what was asked, and where it stands."""

    id: int
    kind: Literal["forecast", "choose"]
    state: Literal["queued", "running", "succeeded", "failed", "cancelled"]
    progress: float = Field(description="Share that is done, from 0 to 1.")
    parameters: dict[str, Any]
    inputs: str = Field(description="SHA-256 of the frozen inputs.")
    result_digest: str = Field(description="SHA-256 of the result; empty until it is finished.")
    engine_version: str
    failure: str
    started_by: str
    started_at: datetime
    finished_at: datetime | None

    @staticmethod
    def resolve_progress(run: Run) -> float:
        """A finished run is done, whatever became of its job."""
        return 1.0 if run.is_finished else run.job.progress if run.job else 0.0

    @staticmethod
    def resolve_inputs(run: Run) -> str:
        """The digest of the snapshot."""
        return run.snapshot.digest

    @staticmethod
    def resolve_started_by(run: Run) -> str:
        """The name of the person."""
        return run.started_by.name


class LoadingsIn(Strict):
    """How strongly uncertain quantities move together; the squares add up to at most 1."""

    portfolio: float = Field(0.3, ge=0, le=1, description="Weight of what all initiatives share.")
    theme: float = Field(0.2, ge=0, le=1, description="Weight of what initiatives of one category share.")
    programme: float = Field(0.4, ge=0, le=1, description="Weight of what a programme shares.")


class ForecastIn(Strict):
    """What to forecast."""

    trials: Whole = Field(10_000, ge=100, le=MOST_TRIALS, description="Simulated futures.")
    seed: Whole = Field(1, ge=0, le=LARGEST_SEED)
    sampling: Literal["balanced", "plain"] = Field(
        "balanced", description="Spread the futures evenly over what may happen, or draw each by itself."
    )
    precision: float | None = Field(
        None,
        ge=0.0001,
        le=0.5,
        description="Standard error of the mean NPV, as a share of it, up to which the futures are doubled.",
    )
    loadings: LoadingsIn | None = Field(None, description="What initiatives have in common; null takes the defaults.")
    outside_view: bool = Field(
        default=True, description="Correct the plans by how finished work of the same kind turned out."
    )
    references: list[dict[str, Any]] | None = Field(
        None,
        max_length=1000,
        description="Reference classes of your own, the list `classes` of a file that `openvmo calibrate` writes; "
        "they go before published ones of the same id.",
    )
    assumed_bcr: float | None = Field(
        None, ge=0, le=100, description="Benefit-cost ratio assumed for initiatives that state no financial benefit."
    )
    benefit_years: Whole = Field(10, ge=1, le=60, description="Years over which an assumed benefit arrives.")


class EachYear(Strict):
    """The same money in every financial year."""

    each_year: Money


class ShareOfDemand(Strict):
    """As much money in each financial year as a share of what all initiatives together would need."""

    share_of_demand: float = Field(ge=0, le=100)


class ChooseIn(ForecastIn):
    """What to choose from, under which limits."""

    budgets: ByYear | EachYear | ShareOfDemand | None = Field(
        None,
        description="Money by year, in every year, or as a share of the demand; null takes the portfolio's.",
        examples=[{"2026": 5e8, "2027": 4e8}, {"each_year": 5e8}, {"share_of_demand": 0.6}],
    )
    mandatory: list[Text] = Field([], max_length=2000, description="Codes of initiatives that must be in.")
    forbidden: list[Text] = Field([], max_length=2000, description="Codes of initiatives that must be out.")


class ChangeOut(Schema):
    """One thing that differs."""

    place: list[str] = Field(description="Where it stands, from the outside in.")
    before: Any = Field(description="Null when it was not there.")
    after: Any = Field(description="Null when it is not there any more.")


class ShiftOut(Schema):
    """How far an expected figure moved, in the portfolio's money."""

    name: str = Field(description="A total, or the code of an initiative.")
    before: float | None
    after: float | None
    difference: float
    may_be_chance: bool = Field(description="Whether draws alone would often move it as far.")
    changes: int = Field(description="Number of changed inputs of the initiative.")


class ChangesOut(Schema):
    """Why two forecasts differ."""

    causes: list[Literal["engine", "seed", "parameters", "inputs"]]
    engine: list[str]
    parameters: list[ChangeOut]
    inputs: list[ChangeOut]
    totals: list[ShiftOut]
    initiatives: list[ShiftOut] = Field(description="Expected net present value, the largest change first.")
    by_inputs: float = Field(description="Part of the change that comes from initiatives whose own inputs changed.")
    by_others: float


@router.get("/portfolios/{slug:slug}/runs", response=responses(list[RunOut], 404), summary="Runs")
@paginate(Paged)
def runs(request: HttpRequest, slug: str) -> QuerySet[Run]:
    """List the runs of a portfolio, newest first."""
    viewer = authenticated(request).user
    # The list on the page leaves the parameters out; programs get them.
    return (
        runs_of(viewer, portfolio_of(viewer, slug))
        .defer(None)
        .defer("result", "snapshot__document")
        .select_related("snapshot")
    )


@router.get("/portfolios/{slug:slug}/runs/{int:pk}", response=responses(RunOut, 404), summary="One run")
def run(request: HttpRequest, slug: str, pk: int) -> Run:
    """Show where a run stands."""
    viewer = authenticated(request).user
    return run_of(viewer, portfolio_of(viewer, slug), pk)


@router.get(
    "/portfolios/{slug:slug}/runs/{int:pk}/result",
    response=responses(dict[str, Any], 404, 409),
    summary="Result of a run",
)
def result(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Return the whole result of a finished run, to the byte as it was stored: its SHA-256 is `result_digest`."""
    finished = run(request, slug, pk)
    if not finished.is_finished:
        state = label_of(words.STATES, finished.state)
        raise CannotRun(_("This run has no result. It is: %(state)s.") % {"state": state})
    return HttpResponse(result_of(finished), content_type="application/json")


@router.get(
    "/portfolios/{slug:slug}/runs/{int:pk}/inputs",
    response=responses(dict[str, Any], 404),
    summary="Frozen inputs of a run",
)
def inputs(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Return the portfolio as it stood when the run was started, to the byte: its SHA-256 is `inputs`."""
    return HttpResponse(snapshot_of(run(request, slug, pk)), content_type="application/json")


@router.get(
    "/portfolios/{slug:slug}/runs/{int:pk}/since/{int:earlier}",
    response=responses(ChangesOut, 404, 409),
    summary="What changed between two forecasts",
)
def changes(request: HttpRequest, slug: str, pk: int, earlier: int) -> RunChanges:
    """Return what changed from an earlier forecast to this one, and how far each initiative moved."""
    before, later = run(request, slug, earlier), run(request, slug, pk)
    try:
        return run_changes_of(before, later)
    except ValueError as problem:
        raise CannotRun(_("These two runs cannot be compared: %(why)s.") % {"why": problem}) from problem


@router.post(
    "/portfolios/{slug:slug}/runs/forecast",
    response=responses(RunOut, 404, 409, status=HTTPStatus.ACCEPTED),
    summary="Start a forecast",
)
def forecast(request: HttpRequest, slug: str, body: ForecastIn) -> Status[Run]:
    """Freeze the inputs and queue a forecast of them."""
    return _started(request, slug, "forecast", body)


@router.post(
    "/portfolios/{slug:slug}/runs/choose",
    response=responses(RunOut, 404, 409, status=HTTPStatus.ACCEPTED),
    summary="Start a choice",
)
def choose(request: HttpRequest, slug: str, body: ChooseIn) -> Status[Run]:
    """Freeze the inputs and queue the search for the best portfolio under the limits."""
    return _started(request, slug, "choose", body)


@router.post("/portfolios/{slug:slug}/runs/{int:pk}/cancel", response=responses(RunOut, 404), summary="Cancel a run")
def cancel(request: HttpRequest, slug: str, pk: int) -> Run:
    """Ask a run to stop; one that has ended stays as it is."""
    run_cancel(run=run(request, slug, pk), by=authenticated(request).user, at=timezone.now())
    return run(request, slug, pk)


def _started(request: HttpRequest, slug: str, kind: str, body: ForecastIn) -> Status[Run]:
    viewer = authenticated(request).user
    parameters = body.model_dump(exclude_none=True)
    started = run_start(
        portfolio=portfolio_of(viewer, slug), kind=kind, parameters=parameters, by=viewer, at=timezone.now()
    )
    return Status(HTTPStatus.ACCEPTED, started)
