"""The root of the API: the endpoints of every room under one address, and files in and out."""

from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, File, Form, NinjaAPI, Router, Schema
from ninja.files import UploadedFile
from ninja.pagination import paginate
from ninja.responses import Status

from openvmo_web.access.api import TokenAuth, TokenThrottle
from openvmo_web.access.api import router as access
from openvmo_web.benefits.api import router as benefits
from openvmo_web.common.api import Paged, add_error_handlers, responses
from openvmo_web.common.http import authenticated
from openvmo_web.exchange.actions import import_confirm, import_discard, import_preview, portfolio_export
from openvmo_web.exchange.models import Import
from openvmo_web.exchange.queries import import_of, imports_of, targets_of
from openvmo_web.governance.actions import CannotDecide
from openvmo_web.governance.api import router as governance
from openvmo_web.insight.actions import CannotRun
from openvmo_web.insight.analysis import ParameterError
from openvmo_web.insight.api import router as insight
from openvmo_web.portfolio.api import router as portfolio
from openvmo_web.portfolio.queries import portfolio_of

DESCRIPTION = """
Portfolios, benefits, runs and decisions for programs. Send a token of yours as `Authorization: Bearer openvmo_…`; it carries
your rights and no others. Lists come in pages of `limit` rows from `offset`. An error has a stable `code`, a `message` for
people and `details`. What you may not see does not exist: it answers 404.
"""

files = Router(tags=["Files"])

ExportFormat = Literal["native_workbook", "json", "csv_folder"]


class ImportOut(Schema):
    """An uploaded file and what it would change."""

    id: int
    file_name: str
    format: str = Field(description="Recognised format; empty when it was not.")
    state: Literal["reading", "previewed", "refused", "applied", "discarded"]
    portfolio: str = Field(alias="slug", description="Address of the portfolio that it goes into.")
    counts: dict[str, Any] = Field(description="How many things of each kind are new and how many change.")
    uploaded_at: datetime
    applied_at: datetime | None


class ImportDetail(ImportOut):
    """An import with every finding and every change."""

    findings: list[dict[str, Any]] = Field(description="Where, what and what to do, for each problem.")
    changes: list[dict[str, Any]] = Field(description="Each change: effect, record, key, field, before, after.")


@files.get("/imports", response=responses(list[ImportOut]), summary="Imports")
@paginate(Paged)
def imports(request: HttpRequest) -> QuerySet[Import]:
    """List the imports that you may see, newest first."""
    return imports_of(authenticated(request).user)


@files.post("/imports", response=responses(ImportDetail, 404, status=HTTPStatus.CREATED), summary="Upload a file")
def upload(
    request: HttpRequest,
    file: File[UploadedFile],
    portfolio: Form[str] = "",
    name: Form[str] = "",
) -> Status[Import]:
    """Find out what a file would change. Nothing is changed before the import is confirmed.

    `portfolio` is the address of the portfolio that the file goes into; empty makes a new one, called `name`.
    """
    viewer = authenticated(request).user
    target = targets_of(viewer).filter(slug=portfolio).first() if portfolio else None
    if portfolio and target is None:
        raise Http404(_("There is no portfolio “%(slug)s” into which you may import.") % {"slug": portfolio})
    made = import_preview(
        content=file.read(), file_name=file.name or "upload", portfolio=target, name=name, by=viewer, at=timezone.now()
    )
    return Status(HTTPStatus.CREATED, made)


@files.get("/imports/{int:pk}", response=responses(ImportDetail, 404), summary="One import")
def one_import(request: HttpRequest, pk: int) -> Import:
    """Show an import with its findings and changes."""
    return import_of(authenticated(request).user, pk)


@files.post("/imports/{int:pk}/confirm", response=responses(ImportDetail, 404), summary="Confirm an import")
def confirm(request: HttpRequest, pk: int) -> Import:
    """Write everything that the file says, or nothing at all."""
    import_confirm(imported=one_import(request, pk), by=authenticated(request).user, at=timezone.now())
    return one_import(request, pk)


@files.post("/imports/{int:pk}/discard", response=responses(ImportDetail, 404), summary="Discard an import")
def discard(request: HttpRequest, pk: int) -> Import:
    """Put a file aside for good."""
    import_discard(imported=one_import(request, pk), by=authenticated(request).user, at=timezone.now())
    return one_import(request, pk)


@files.get(
    "/portfolios/{slug}/export",
    response=responses(bytes, 404),
    summary="A portfolio as a file",
    openapi_extra={"responses": {200: {"description": "The file", "content": {"application/octet-stream": {}}}}},
)
def export(request: HttpRequest, slug: str, format: ExportFormat = "native_workbook") -> HttpResponse:  # noqa: A002
    """Return a whole portfolio as the native workbook, as JSON, or as a ZIP of CSV files."""
    viewer = authenticated(request).user
    shown = portfolio_of(viewer, slug)
    name, content, media_type = portfolio_export(portfolio=shown, format=format, by=viewer, at=timezone.now())
    return HttpResponse(content, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


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
for router in (access, portfolio, benefits, insight, governance, files):
    api.add_router("/v1", router)
add_error_handlers(api, conflicts=(CannotRun, CannotDecide), invalid=(ParameterError,))
