"""Measurements for programs."""

from datetime import datetime
from decimal import Decimal
from http import HTTPStatus

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema
from ninja.pagination import paginate
from ninja.responses import Status

from openvmo.engine.quantities import Month
from openvmo_web.benefits.api import benefit_at
from openvmo_web.benefits.models import Benefit, Measurement
from openvmo_web.common.api import Paged, Strict, Text, responses
from openvmo_web.common.http import authenticated
from openvmo_web.realisation.actions import measurement_record

router = Router(tags=["Realisation"])

MONTH_PATTERN = r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$"
LARGEST = 1e17


class MeasurementOut(Schema):
    """What was observed in a month."""

    month: str
    value: Decimal = Field(description="In money, or in the unit of the benefit.")
    source: str
    is_verified: bool = Field(description="Whether another person has verified it.")
    recorded_at: datetime
    recorded_by: str

    @staticmethod
    def resolve_month(row: Measurement) -> str:
        """The month as 2026-04."""
        return f"{row.month:%Y-%m}"

    @staticmethod
    def resolve_recorded_by(row: Measurement) -> str:
        """The name of the person."""
        return row.recorded_by.name


class MeasurementIn(Strict):
    """An observed value for a month; another value for the same month supersedes the earlier one."""

    month: str = Field(pattern=MONTH_PATTERN, max_length=7, examples=["2026-04"])
    value: float = Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False)
    source: Text = Field("", max_length=300)


def _in_force(benefit: Benefit) -> QuerySet[Measurement]:
    rows = Measurement.objects.filter(benefit=benefit, superseded_by=None)
    return rows.select_related("recorded_by").order_by("month")


@router.get(
    "/portfolios/{slug:slug}/initiatives/{code:code}/benefits/{code:benefit}/measurements",
    response=responses(list[MeasurementOut], 404),
    summary="Measurements of a benefit",
)
@paginate(Paged)
def measurements(request: HttpRequest, slug: str, code: str, benefit: str) -> QuerySet[Measurement]:
    """List what was measured, oldest month first, without what was superseded."""
    return _in_force(benefit_at(request, slug, code, benefit))


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
    month = Month.parse(body.month)
    viewer, now = authenticated(request).user, timezone.now()
    added = measurement_record(benefit=found, month=month, value=body.value, source=body.source, by=viewer, at=now)
    standing: Measurement = added or _in_force(found).get(month=month.first_day)
    return Status(HTTPStatus.OK if added is None else HTTPStatus.CREATED, standing)
