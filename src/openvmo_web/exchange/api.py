"""The root of the API: the endpoints of every room under one address, and files in and out."""

from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, File, Form, NinjaAPI, Router, Schema
from ninja.errors import HttpError
from ninja.files import UploadedFile
from ninja.pagination import paginate
from ninja.responses import Status

from openvmo_web.access.api import TokenAuth, TokenThrottle
from openvmo_web.access.api import router as access
from openvmo_web.benefits.api import router as benefits
from openvmo_web.benefits.api_profiles import router as profiles
from openvmo_web.common.api import Detail, Paged, Strict, Text, responses
from openvmo_web.common.api_errors import add_error_handlers, problem
from openvmo_web.common.http import authenticated
from openvmo_web.exchange.actions import CannotImport, import_confirm, import_discard, import_preview, portfolio_export
from openvmo_web.exchange.analysis import MEDIA_TYPES
from openvmo_web.exchange.models import Import
from openvmo_web.exchange.queries import import_of, imports_of
from openvmo_web.governance.actions import CannotDecide
from openvmo_web.governance.api import router as governance
from openvmo_web.insight.actions import CannotRun
from openvmo_web.insight.analysis import ParameterError
from openvmo_web.insight.api import router as insight
from openvmo_web.maps.api import router as maps
from openvmo_web.maps.checks import CannotMap
from openvmo_web.papers.actions import CannotWrite
from openvmo_web.papers.api import router as papers
from openvmo_web.portfolio.api import router as portfolio
from openvmo_web.portfolio.queries import portfolio_of
from openvmo_web.realisation.api import router as realisation
from openvmo_web.realisation.api_operations import router as operations
from openvmo_web.strategy.actions import CannotChange
from openvmo_web.strategy.api import router as strategy

DESCRIPTION = """
Portfolios, benefits, runs and decisions for programs. Send a token of yours as `Authorization: Bearer openvmo_…`; it
carries your rights and no others. Lists come in pages of `limit` rows from `offset`. An error has a stable `code`, a
`message` for people and `details`. What you may not see does not exist: it answers 404.
"""

files = Router(tags=["Files"])

ExportFormat = Literal["native_workbook", "json", "csv_folder"]


class ImportOut(Schema):
    """An uploaded file and what it would change."""

    id: int
    file_name: str
    format: str = Field(description="Recognised format; empty when it was not.")
    state: Literal["reading", "previewed", "refused", "applied", "discarded"]
    job: Literal["queued", "running", "succeeded", "failed", "cancelled"] | None = Field(
        None,
        alias="job.status",
        description="Where the worker stands that reads or imports a large file; null when none was needed.",
    )
    portfolio: str = Field(alias="slug", description="Address of the portfolio that it goes into.")
    counts: dict[str, dict[str, int]] = Field(
        description="For each kind of record how many the file adds and changes; and its findings by severity."
    )
    uploaded_at: datetime
    applied_at: datetime | None


class FindingOut(Schema):
    """Something to correct or to know: what, what to do, and where in the file."""

    severity: Literal["error", "warning", "note"]
    code: str = Field(description="Stable name of the kind of finding.")
    problem: str
    remedy: str
    file: str
    sheet: str
    row: int | None
    column: str
    value: str


class ChangeOut(Schema):
    """One difference that the import makes."""

    effect: Literal["add", "change"]
    record: str = Field(description="Kind of record.")
    key: str
    name: str
    field: str = Field(description="The changed field; empty for a new record.")
    before: str
    after: str


class ImportDetail(ImportOut):
    """An import with its findings and differences, the first 5000 of each; the counts are of all."""

    findings: list[FindingOut]
    changes: list[ChangeOut]


class UploadIn(Strict):
    """Where a file goes, and what it is."""

    format: Literal["", "benefit_register"] = Field(
        "",
        description=(
            "“benefit_register”: the sheet of benefits of a portfolio, as a workbook or CSV, which changes the "
            "register and nothing else. Empty: a file that states a portfolio, whose format is recognised."
        ),
    )

    portfolio: Text = Field("", max_length=64, description="Address of a portfolio; empty makes a new one.")
    name: Text = Field("", max_length=300, description="Name of a new portfolio; empty takes that of the file.")
    slug: str = Field(
        "",
        max_length=64,
        pattern=r"^[a-z0-9-]*$",
        description="Address of a new portfolio; empty makes one from its name.",
    )


@files.get("/imports", response=responses(list[ImportOut]), summary="Imports")
@paginate(Paged)
def imports(request: HttpRequest) -> QuerySet[Import]:
    """List the imports that you may see, newest first."""
    return imports_of(authenticated(request).user)


@files.post("/imports", response=responses(ImportDetail, 404, 413, status=HTTPStatus.CREATED), summary="Upload a file")
def upload(request: HttpRequest, file: File[UploadedFile], into: Form[UploadIn]) -> Status[Import]:
    """Find out what a file would change. Nothing is changed before the import is confirmed."""
    viewer, now = authenticated(request).user, timezone.now()
    if (file.size or 0) > settings.OPENVMO_UPLOAD_LIMIT:
        limit = settings.OPENVMO_UPLOAD_LIMIT // 2**20
        message = _("The file is larger than %(limit)d MB. Split it, or ask the operator for a higher limit.")
        raise HttpError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message % {"limit": limit})
    target = portfolio_of(viewer, into.portfolio) if into.portfolio else None
    made = import_preview(
        content=file.read(),
        file_name=file.name or "upload",
        portfolio=target,
        name=into.name,
        slug=into.slug,
        format=into.format,
        by=viewer,
        at=now,
    )
    return Status(HTTPStatus.CREATED, made)


@files.get("/imports/{int:pk}", response=responses(ImportDetail, 404), summary="One import")
def one_import(request: HttpRequest, pk: int) -> Import:
    """Show an import with its findings and changes."""
    return import_of(authenticated(request).user, pk)


@files.post("/imports/{int:pk}/confirm", response=responses(ImportDetail, 404, 409), summary="Confirm an import")
def confirm(request: HttpRequest, pk: int) -> Import:
    """Write everything that the file says, or nothing at all; a worker does so when it changes much."""
    import_confirm(imported=one_import(request, pk), by=authenticated(request).user, at=timezone.now())
    return one_import(request, pk)


@files.post("/imports/{int:pk}/discard", response=responses(ImportDetail, 404, 409), summary="Discard an import")
def discard(request: HttpRequest, pk: int) -> Import:
    """Put a file aside for good."""
    import_discard(imported=one_import(request, pk), by=authenticated(request).user, at=timezone.now())
    return one_import(request, pk)


@files.get(
    "/portfolios/{slug:slug}/export",
    response=responses(dict[str, Any], 404),
    summary="A portfolio as a file",
    openapi_extra={"responses": {200: {"content": {media_type: {} for media_type in MEDIA_TYPES.values()}}}},
)
def export(request: HttpRequest, slug: str, format: ExportFormat = "native_workbook") -> HttpResponse:
    """Return a whole portfolio as the native workbook, as JSON, or as a ZIP of CSV files."""
    viewer = authenticated(request).user
    shown = portfolio_of(viewer, slug)
    name, content, media_type = portfolio_export(portfolio=shown, format=format, by=viewer, at=timezone.now())
    return HttpResponse(
        content, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


api = NinjaAPI(
    title="OpenVMO",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    openapi_url="/openapi.json",
    docs_url=None,
    auth=TokenAuth(),
    throttle=[TokenThrottle()],
)
# The benefits come before the initiatives, whose codes may hold anything, also slashes.
ROUTERS = (
    access,
    papers,
    realisation,
    operations,
    maps,
    benefits,
    profiles,
    portfolio,
    insight,
    governance,
    strategy,
    files,
)
for router in ROUTERS:
    api.add_router("/v1", router)
add_error_handlers(api, conflicts=(CannotRun, CannotDecide, CannotWrite, CannotImport, CannotMap, CannotChange))


@api.exception_handler(ParameterError)
def unusable_parameters(request: HttpRequest, error: ParameterError) -> HttpResponse:
    """Name each parameter of a run that cannot be used."""
    details = [Detail(where=f"body.{one.parameter}", message=f"{one.problem} {one.remedy}") for one in error.problems]
    message = _("The run cannot be started with these parameters. Correct the values that the details name.")
    return problem(api, request, HTTPStatus.UNPROCESSABLE_ENTITY, message, details)
