"""What every endpoint of the API has in common: strict schemas, pages of rows, and errors with stable codes."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as InvalidValue
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, NinjaAPI, Schema
from ninja.errors import HttpError, Throttled, ValidationError
from ninja.pagination import PaginationBase
from pydantic import ConfigDict

MOST_ROWS = 500
ROWS = 50

# The code of an error is part of the contract: a program may rely on it, while the message is for people.
CODES: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "malformed",
    HTTPStatus.UNAUTHORIZED: "unauthenticated",
    HTTPStatus.FORBIDDEN: "refused",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.CONFLICT: "conflict",
    HTTPStatus.UNPROCESSABLE_ENTITY: "invalid",
    HTTPStatus.TOO_MANY_REQUESTS: "too_many_requests",
}


class Strict(Schema):
    """A body in which a field that nobody knows is an error, not silently dropped."""

    model_config = ConfigDict(extra="forbid")


class Detail(Schema):
    """One part of what is wrong."""

    where: str = Field(description="Path to the value, such as body.value or query.limit.")
    message: str = Field(description="What is wrong and what to do.")


class Problem(Schema):
    """Why a request was not carried out."""

    code: str = Field(description="Stable name of the kind of error.", examples=["not_found"])
    message: str = Field(description="What is wrong, in words.")
    details: list[Detail] = Field(default=[], description="Each wrong value, if there are several.")


Responses = dict[int, type[Any] | None]


def responses(success: Any, *also: int, status: int = HTTPStatus.OK) -> dict[Any, Any]:
    """Return the answers that an endpoint documents: the success and the errors that every endpoint may give.

    Args:
        success: Schema of the success.
        also: Further statuses of errors, such as 404 or 409.
        status: Status of the success.
    """
    errors = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.UNPROCESSABLE_ENTITY)
    every = (*errors, HTTPStatus.TOO_MANY_REQUESTS, *also)
    return {int(status): success} | {int(error): Problem for error in every}


class Paged(PaginationBase):
    """Rows in pages: `limit` rows from `offset` on, with the count of all."""

    class Input(Schema):
        """Where a page begins and how long it is."""

        limit: int = Field(ROWS, ge=1, le=MOST_ROWS, description="Rows on the page.")
        offset: int = Field(0, ge=0, le=2**31 - 1, description="Rows before the page.")

    class Output(Schema):
        """A page of rows."""

        items: list[Any]
        count: int = Field(description="Rows on all pages together.")

    def paginate_queryset(self, queryset: QuerySet[Any], pagination: Any, request: HttpRequest, **_params: Any) -> Any:
        """Return one page."""
        start, end = pagination.offset, pagination.offset + pagination.limit
        return {"items": list(queryset[start:end]), "count": self._items_count(queryset)}


def problem(api: NinjaAPI, request: HttpRequest, status: int, message: str, details: list[Detail] | None = None) -> HttpResponse:
    """Answer with an error."""
    body = Problem(code=CODES[status], message=message, details=details or [])
    return api.create_response(request, body.model_dump(), status=status)


def add_error_handlers(api: NinjaAPI, conflicts: tuple[type[Exception], ...], invalid: tuple[type[Exception], ...]) -> None:
    """Make an API answer every foreseen error in the one form.

    Args:
        api: The API.
        conflicts: Exceptions of the rooms which say that things do not stand so that this can be done.
        invalid: Exceptions of the rooms which say that a value cannot be used.
    """

    def answer(status: int) -> Callable[[HttpRequest, Exception], HttpResponse]:
        return lambda request, error: problem(api, request, status, str(error))

    for kind in conflicts:
        api.add_exception_handler(kind, answer(HTTPStatus.CONFLICT))
    for kind in invalid:
        api.add_exception_handler(kind, answer(HTTPStatus.UNPROCESSABLE_ENTITY))
    api.add_exception_handler(PermissionDenied, answer(HTTPStatus.FORBIDDEN))

    @api.exception_handler(Http404)
    def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
        return problem(api, request, HTTPStatus.NOT_FOUND, str(error) or _("There is nothing here that you may see."))

    @api.exception_handler(InvalidValue)
    def invalid_value(request: HttpRequest, error: InvalidValue) -> HttpResponse:
        return problem(api, request, HTTPStatus.UNPROCESSABLE_ENTITY, " ".join(error.messages))

    @api.exception_handler(ValidationError)
    def invalid_request(request: HttpRequest, error: ValidationError) -> HttpResponse:
        details = [Detail(where=".".join(map(str, part["loc"])), message=part["msg"]) for part in error.errors]
        message = _("The request does not fit. Correct the values that the details name.")
        return problem(api, request, HTTPStatus.UNPROCESSABLE_ENTITY, message, details)

    @api.exception_handler(Throttled)
    def throttled(request: HttpRequest, error: Throttled) -> HttpResponse:
        answer = problem(api, request, HTTPStatus.TOO_MANY_REQUESTS, _("Too many requests. Wait and try again."))
        answer["Retry-After"] = str(max(int(error.wait or 1), 1))
        return answer

    @api.exception_handler(HttpError)
    def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
        if error.status_code == HTTPStatus.UNAUTHORIZED:
            message = _("Send a token that is in force: Authorization: Bearer openvmo_…. Tokens are made on the page of your account.")
            return problem(api, request, error.status_code, message)
        return problem(api, request, error.status_code, str(error))
