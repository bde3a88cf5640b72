"""Measurements, their evidence, the requests for them and the closing of months, for programs."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, File, Form, Router, Schema
from ninja.files import UploadedFile
from ninja.pagination import paginate
from ninja.responses import Status

from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.access.permissions import may, require
from openvmo_web.benefits.api import Key, benefit_at
from openvmo_web.benefits.models import Benefit, Evidence, Measurement
from openvmo_web.common.api import KnownOn, Paged, Strict, Text, responses
from openvmo_web.common.http import authenticated
from openvmo_web.common.moments import moment_of
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.portfolio.queries import portfolio_of
from openvmo_web.realisation import actions
from openvmo_web.realisation.files import LARGEST as LARGEST_FILE
from openvmo_web.realisation.models import PeriodClosing, Request, Unverified
from openvmo_web.realisation.queries import (
    closings_of,
    measurements_known,
    measurements_named,
    request_of,
    requests_of,
    unverified_of,
)
from openvmo_web.realisation.refusals import CannotReport, Report
from openvmo_web.realisation.views import evidence as evidence_download

router = Router(tags=["Realisation"])

MONTH_PATTERN = r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$"
LARGEST = 1e17
MOST_AT_ONCE = 500

MonthText = Annotated[str, Field(pattern=MONTH_PATTERN, max_length=7, examples=["2026-04"])]
Value = Annotated[float, Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False)]
Remark = Annotated[Text, Field(max_length=500)]
Reason = Annotated[Text, Field(min_length=1, max_length=500)]
Stands = Literal["open", "late", "missing", "answered", "waived"]


class MeasurementOut(Schema):
    """What was observed in a month."""

    id: int
    month: str
    value: Decimal = Field(description="In money, or in the unit of the benefit.")
    source: str
    remark: str
    is_verified: bool = Field(description="Whether another person has verified it.")
    is_contested: bool = Field(description="Whether somebody doubts it; the remark says why.")
    reported_by: str
    recorded_at: datetime
    recorded_by: str

    @staticmethod
    def resolve_month(row: Measurement) -> str:
        """The month as 2026-04."""
        return f"{row.month:%Y-%m}"

    @staticmethod
    def resolve_reported_by(row: Measurement) -> str:
        """The name of the person who stated the value."""
        return (row.reported_by or row.recorded_by).name

    @staticmethod
    def resolve_recorded_by(row: Measurement) -> str:
        """The name of the person who recorded, verified or contested it."""
        return row.recorded_by.name


class MeasurementIn(Strict):
    """An observed value for a month; another value for the same month supersedes the earlier one."""

    month: MonthText
    value: Value
    unit: Text = Field("", max_length=64, description="Refused unless it is the benefit's own; empty: not checked.")
    source: Text = Field("", max_length=300, description="Empty: as before, else the benefit's own source.")
    remark: Remark = ""


class ReportIn(MeasurementIn):
    """An observed value of one of several benefits."""

    initiative: Text = Field(max_length=200, description="Code of the initiative.")
    benefit: Text = Field(max_length=200, description="Code of the benefit in its initiative.")


class ReportsIn(Strict):
    """Many observed values: all are recorded, or none."""

    measurements: list[ReportIn] = Field(min_length=1, max_length=MOST_AT_ONCE)


class ReportedOut(Schema):
    """How many values were new."""

    recorded: int
    unchanged: int = Field(description="Values that were reported exactly so before.")


class ChosenIn(Strict):
    """Measurements by their ids."""

    measurements: list[Key] = Field(min_length=1, max_length=MOST_AT_ONCE)


class ContestIn(ChosenIn):
    """Measurements that are doubted, and why."""

    remark: Reason


class UnverifiedOut(Schema):
    """A measurement that another person has to look at."""

    initiative: str = Field(alias="benefit.initiative.code")
    benefit: str = Field(alias="benefit.code")
    measurement: MeasurementOut


class EvidenceIn(Strict):
    """What a file that is handed in shows."""

    month: MonthText
    remark: Text = Field("", max_length=500)


class EvidenceOut(Schema):
    """A file that shows what a month brought."""

    id: int
    month: str
    name: str
    media_type: str
    size: int
    digest: str = Field(description="SHA-256 of the file.")
    remark: str
    recorded_at: datetime
    recorded_by: str = Field(alias="recorded_by.name")

    @staticmethod
    def resolve_month(row: Evidence) -> str:
        """The month as 2026-04."""
        return f"{row.month:%Y-%m}"


class RequestOut(Schema):
    """A measurement that is asked for."""

    id: int
    initiative: str = Field(alias="benefit.initiative.code")
    benefit: str = Field(alias="benefit.code")
    month: str = Field(description="The last month of the period.")
    due_on: date
    stands: Stands
    addressee: str | None = Field(None, alias="addressee.name")
    reminders: int
    reminded_at: datetime | None
    answered_at: datetime | None
    reason: str

    @staticmethod
    def resolve_month(row: Request) -> str:
        """The month as 2026-04."""
        return f"{row.month:%Y-%m}"


class WaiveIn(Strict):
    """Why no measurement is needed."""

    reason: Reason


class ClosingOut(Schema):
    """When months were closed to measurements, or opened again."""

    until: str | None = Field(description="The last closed month; null when all are open.")
    reason: str
    recorded_at: datetime
    recorded_by: str = Field(alias="recorded_by.name")

    @staticmethod
    def resolve_until(row: PeriodClosing) -> str | None:
        """The month as 2026-04."""
        return None if row.until is None else f"{row.until:%Y-%m}"


class ClosingIn(Strict):
    """Up to which month the figures are final."""

    until: MonthText
    reason: Remark = ""


class ReopeningIn(Strict):
    """Up to which month the figures stay final."""

    until: MonthText | None = Field(None, description="Null opens all months.")
    reason: Reason


@router.get(
    "/portfolios/{slug:slug}/initiatives/{code:code}/benefits/{code:benefit}/measurements",
    response=responses(list[MeasurementOut], 404),
    summary="Measurements of a benefit",
)
@paginate(Paged)
def measurements(request: HttpRequest, slug: str, code: str, benefit: str, on: KnownOn = None) -> QuerySet[Measurement]:
    """List what was measured, oldest month first, without what was superseded; `on` tells as known after a day."""
    found = benefit_at(request, slug, code, benefit)
    return measurements_known(found, moment_of(on))


@router.post(
    "/portfolios/{slug:slug}/initiatives/{code:code}/benefits/{code:benefit}/measurements",
    response={**responses(MeasurementOut, 404, status=HTTPStatus.CREATED), 200: MeasurementOut},
    summary="Report a measurement",
)
def measurement_add(
    request: HttpRequest, slug: str, code: str, benefit: str, body: MeasurementIn
) -> Status[Measurement]:
    """Report what a benefit brought in a month: 201 when it was added, 200 when exactly that was reported already."""
    found = benefit_at(request, slug, code, benefit)
    month, stated = Month.parse(body.month), body.dict(exclude={"month"})
    by, now = authenticated(request).user, timezone.now()
    added = actions.measurement_record(benefit=found, month=month, **stated, by=by, at=now)
    standing = added or measurements_known(found, now).get(month=month.first_day)
    return Status(HTTPStatus.OK if added is None else HTTPStatus.CREATED, standing)


@router.post(
    "/portfolios/{slug:slug}/measurements",
    response=responses(ReportedOut, 404),
    summary="Report many measurements",
)
def measurements_add(request: HttpRequest, slug: str, body: ReportsIn) -> ReportedOut:
    """Report values of many benefits and months: all of them, or none with what is wrong with each."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    benefits = _benefits(portfolio, body.measurements)
    reports = [
        Report(
            benefits[one.initiative, one.benefit], Month.parse(one.month), one.value, one.source, one.remark, one.unit
        )
        for one in body.measurements
    ]
    try:
        added = actions.measurements_report(portfolio=portfolio, reports=reports, by=viewer, at=timezone.now())
    except CannotReport as error:
        places = {f"body.measurements.{one.place}.{one.refusal.part}": one.refusal.sentence for one in error.problems}
        raise ValidationError(places) from error
    return ReportedOut(recorded=len(added), unchanged=len(reports) - len(added))


@router.get(
    "/portfolios/{slug:slug}/measurements/unverified",
    response=responses(list[UnverifiedOut], 404),
    summary="Measurements to verify",
)
@paginate(Paged)
def unverified(request: HttpRequest, slug: str) -> QuerySet[Unverified]:
    """List what nobody has verified in the open months, oldest month first."""
    viewer = authenticated(request).user
    return unverified_of(viewer, portfolio_of(viewer, slug))


@router.post(
    "/portfolios/{slug:slug}/measurements/verify",
    response=responses(list[MeasurementOut], 404),
    summary="Verify measurements",
)
def measurements_verify(request: HttpRequest, slug: str, body: ChosenIn) -> list[Measurement]:
    """Confirm what other people reported: all of it, or none. What is verified already is passed over."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    require(viewer, "measurement.verify", portfolio_id=portfolio.pk)
    chosen = _chosen(viewer, portfolio, body)
    return actions.measurements_verify(portfolio=portfolio, measurements=chosen, by=viewer, at=timezone.now())


@router.post(
    "/portfolios/{slug:slug}/measurements/contest",
    response=responses(list[MeasurementOut], 404),
    summary="Contest measurements",
)
def measurements_contest(request: HttpRequest, slug: str, body: ContestIn) -> list[Measurement]:
    """Doubt what other people reported, for one reason: all of it, or none. The owner of a benefit may do so, too."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    if not may(viewer, "benefit.own", portfolio.pk):
        require(viewer, "measurement.verify", portfolio_id=portfolio.pk)
    chosen = _chosen(viewer, portfolio, body)
    return actions.measurements_contest(
        portfolio=portfolio, measurements=chosen, remark=body.remark, by=viewer, at=timezone.now()
    )


@router.get(
    "/portfolios/{slug:slug}/initiatives/{code:code}/benefits/{code:benefit}/evidence",
    response=responses(list[EvidenceOut], 404),
    summary="Evidence for a benefit",
)
@paginate(Paged)
def evidence(request: HttpRequest, slug: str, code: str, benefit: str) -> QuerySet[Evidence]:
    """List the files that show what the months brought."""
    rows = Evidence.objects.filter(benefit=benefit_at(request, slug, code, benefit))
    return rows.select_related("recorded_by").order_by("month", "recorded_at", "pk")


@router.post(
    "/portfolios/{slug:slug}/initiatives/{code:code}/benefits/{code:benefit}/evidence",
    response=responses(EvidenceOut, 404, 413, status=HTTPStatus.CREATED),
    summary="File evidence",
)
def evidence_add(
    request: HttpRequest,
    slug: str,
    code: str,
    benefit: str,
    about: Form[EvidenceIn],
    file: File[UploadedFile],
) -> Status[Evidence]:
    """File a document or a picture for a month; it cannot be taken back."""
    added = actions.evidence_add(
        benefit=benefit_at(request, slug, code, benefit),
        month=Month.parse(about.month),
        name=file.name or "",
        content=file.read(LARGEST_FILE + 1),
        remark=about.remark,
        by=authenticated(request).user,
        at=timezone.now(),
    )
    return Status(HTTPStatus.CREATED, added)


@router.get(
    "/portfolios/{slug:slug}/evidence/{int:file}",
    response=responses(None, 404),
    summary="Download evidence",
)
def evidence_file(request: HttpRequest, slug: str, file: int) -> HttpResponse:
    """Download a file of evidence."""
    return evidence_download(authenticated(request), slug, file)


@router.get(
    "/portfolios/{slug:slug}/requests",
    response=responses(list[RequestOut], 404),
    summary="Requests for measurements",
)
@paginate(Paged)
def requests(request: HttpRequest, slug: str, stands: Stands | None = None) -> QuerySet[Request]:
    """List the measurements that are asked for, longest due first."""
    viewer = authenticated(request).user
    rows = requests_of(viewer, portfolio_of(viewer, slug), timezone.localdate())
    return rows if stands is None else rows.filter(Q(stands=stands))


@router.post(
    "/portfolios/{slug:slug}/requests/{int:asked}/waive",
    response=responses(RequestOut, 404),
    summary="Waive a request",
)
def request_waive(request: HttpRequest, slug: str, asked: int, body: WaiveIn) -> Request:
    """Do without a measurement, with a reason."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    found = request_of(viewer, portfolio, asked)
    actions.request_waive(request=found, reason=body.reason, by=viewer, at=timezone.now())
    return requests_of(viewer, portfolio, timezone.localdate()).get(pk=asked)


@router.get(
    "/portfolios/{slug:slug}/closings",
    response=responses(list[ClosingOut], 404),
    summary="Closings of months",
)
@paginate(Paged)
def closings(request: HttpRequest, slug: str) -> QuerySet[PeriodClosing]:
    """List when months were closed to measurements and opened again, the newest first."""
    viewer = authenticated(request).user
    return closings_of(viewer, portfolio_of(viewer, slug))


@router.post(
    "/portfolios/{slug:slug}/closings",
    response=responses(ClosingOut, 404, status=HTTPStatus.CREATED),
    summary="Close months",
)
def period_close(request: HttpRequest, slug: str, body: ClosingIn) -> Status[PeriodClosing]:
    """Make the figures of a month and of all months before final."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    until, now = Month.parse(body.until), timezone.now()
    closed = actions.period_close(portfolio=portfolio, until=until, reason=body.reason, by=viewer, at=now)
    return Status(HTTPStatus.CREATED, closed)


@router.post(
    "/portfolios/{slug:slug}/closings/reopen",
    response=responses(ClosingOut, 404, status=HTTPStatus.CREATED),
    summary="Open months again",
)
def period_reopen(request: HttpRequest, slug: str, body: ReopeningIn) -> Status[PeriodClosing]:
    """Open closed months again, with a reason."""
    viewer = authenticated(request).user
    portfolio = portfolio_of(viewer, slug)
    until = None if body.until is None else Month.parse(body.until)
    opened = actions.period_reopen(portfolio=portfolio, until=until, reason=body.reason, by=viewer, at=timezone.now())
    return Status(HTTPStatus.CREATED, opened)


def _benefits(portfolio: Portfolio, stated: Iterable[ReportIn]) -> dict[tuple[str, str], Benefit]:
    """The benefits that are named; each that does not exist is a problem at its place."""
    wanted = list(stated)
    rows = Benefit.objects.filter(initiative__portfolio=portfolio, code__in={one.benefit for one in wanted})
    found = {(row.initiative.code, row.code): row for row in rows.select_related("initiative__portfolio")}
    sentence = _("There is no benefit “%(code)s” in this initiative.")
    missing: dict[str, Any] = {
        f"body.measurements.{place}.benefit": sentence % {"code": one.benefit}
        for place, one in enumerate(wanted)
        if (one.initiative, one.benefit) not in found
    }
    if missing:
        raise ValidationError(missing)
    return found


def _chosen(viewer: User, portfolio: Portfolio, body: ChosenIn) -> list[Measurement]:
    """The measurements with these ids; one that does not exist for the viewer answers 404."""
    found = measurements_named(viewer, portfolio, body.measurements)
    missing = set(body.measurements) - {row.pk for row in found}
    if missing:
        raise Http404(_("There is no measurement %(pk)s in this portfolio.") % {"pk": min(missing)})
    return found
