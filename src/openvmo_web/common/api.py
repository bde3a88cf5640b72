"""What every endpoint of the API has in common: strict schemas, pages of rows, and errors with stable codes."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Annotated, Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as InvalidValue
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import URLPattern, URLResolver, re_path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import Field, NinjaAPI, Schema
from ninja.errors import HttpError, Throttled, ValidationError
from ninja.pagination import PaginationBase
from pydantic import BeforeValidator, ConfigDict, StringConstraints

MOST_ROWS = 500
ROWS = 50
NOT_ALLOWED = HTTPStatus.METHOD_NOT_ALLOWED
PART_OF_ADDRESS = re.compile(r"<(?:\w+:)?(\w+)>")

# The code of an error is part of the contract: a program may rely on it, while the message is for people.
CODES: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "malformed",
    HTTPStatus.UNAUTHORIZED: "unauthenticated",
    HTTPStatus.FORBIDDEN: "refused",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.CONFLICT: "conflict",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
    HTTPStatus.UNPROCESSABLE_ENTITY: "invalid",
    HTTPStatus.TOO_MANY_REQUESTS: "too_many_requests",
}

# No database can keep the character NUL in a text.
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
# JSON knows one kind of number: 5.0 is as whole as 5.
Whole = Annotated[int, BeforeValidator(lambda value: int(value) if _is_whole(value) else value)]


class Strict(Schema):
    """A body that is taken at its word: an unknown field is not dropped, and a text is not taken for a number."""

    model_config = ConfigDict(extra="forbid", strict=True)


def _is_whole(value: object) -> bool:
    return isinstance(value, float) and value.is_integer()


class Detail(Schema):
    """One part of what is wrong."""

    where: str = Field(description="Path to the value, such as body.value or query.limit.")
    message: str = Field(description="What is wrong and what to do.")


class Problem(Schema):
    """Why a request was not carried out."""

    code: str = Field(description="Stable name of the kind of error.", examples=["not_found"])
    message: str = Field(description="What is wrong, in words.")
    details: list[Detail] = Field(default=[], description="Each wrong value, if there are several.")


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


def add_error_handlers(api: NinjaAPI, conflicts: tuple[type[Exception], ...]) -> None:
    """Make an API answer every foreseen error in the one form.

    Args:
        api: The API.
        conflicts: Exceptions of the rooms which say that things do not stand so that this can be done.
    """

    def answer(status: int) -> Callable[[HttpRequest, Exception], HttpResponse]:
        return lambda request, error: problem(api, request, status, str(error))

    for kind in conflicts:
        api.add_exception_handler(kind, answer(HTTPStatus.CONFLICT))
    api.add_exception_handler(PermissionDenied, answer(HTTPStatus.FORBIDDEN))
    for malformed in (BadRequest, SuspiciousOperation, MultiPartParserError):
        api.add_exception_handler(malformed, answer(HTTPStatus.BAD_REQUEST))

    @api.exception_handler(Http404)
    def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
        return problem(api, request, HTTPStatus.NOT_FOUND, str(error) or _("There is nothing here that you may see."))

    @api.exception_handler(InvalidValue)
    def invalid_value(request: HttpRequest, error: InvalidValue) -> HttpResponse:
        details = [Detail(where=where, message=message) for where, message in _parts_of(error)]
        return problem(api, request, HTTPStatus.UNPROCESSABLE_ENTITY, " ".join(error.messages), details)

    @api.exception_handler(RequestDataTooBig)
    def too_large(request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
        message = _("The request is larger than this server takes. Send less at once.")
        return problem(api, request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message)

    @api.exception_handler(ValidationError)
    def invalid_request(request: HttpRequest, error: ValidationError) -> HttpResponse:
        details = [Detail(where=_where(part["loc"]), message=part["msg"]) for part in error.errors]
        return problem(api, request, HTTPStatus.UNPROCESSABLE_ENTITY, _misfit(), details)

    @api.exception_handler(Throttled)
    def throttled(request: HttpRequest, error: Throttled) -> HttpResponse:
        answer = problem(api, request, HTTPStatus.TOO_MANY_REQUESTS, _("Too many requests. Wait and try again."))
        answer["Retry-After"] = str(max(int(error.wait or 1), 1))
        return answer

    @api.exception_handler(HttpError)
    def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
        if isinstance(error.__cause__, RequestDataTooBig):
            return too_large(request, error.__cause__)
        if error.status_code == HTTPStatus.UNAUTHORIZED:
            return _unauthenticated(api, request)
        message = _("The body of the request is not JSON.") if error.__cause__ else str(error)
        return problem(api, request, error.status_code, message)


def _where(location: tuple[str | int, ...]) -> str:
    """The path to a value as the caller wrote it: of a body without the name that the endpoint's function gives it."""
    source, *path = location
    return ".".join(map(str, (source, *(path[1:] if source == "body" else path))))


def _unauthenticated(api: NinjaAPI, request: HttpRequest) -> HttpResponse:
    message = _(
        "Send a token that is in force: Authorization: Bearer openvmo_…. Tokens are made on the page of your account."
    )
    answer = problem(api, request, HTTPStatus.UNAUTHORIZED, message)
    answer["WWW-Authenticate"] = "Bearer"
    return answer


def _parts_of(error: InvalidValue) -> Iterator[tuple[str, str]]:
    """Each message of a refused value with the field that it is about, where the refusal names fields."""
    for field, messages in getattr(error, "error_dict", {}).items():
        for message in messages:
            yield field, " ".join(message.messages)


def endpoints_of(api: NinjaAPI) -> tuple[list[URLPattern | URLResolver], str, str]:
    """Return the addresses of an API for ``path``, all of which answer errors in the one form.

    Programs send a token instead of signing in, and the description of the API is open.
    """
    endpoints, app, namespace = api.urls
    parameters = _query_parameters(api)
    for endpoint in endpoints:
        if isinstance(endpoint, URLPattern):
            known = parameters.get(PART_OF_ADDRESS.sub(r"{\1}", str(endpoint.pattern)), {})
            endpoint.callback = login_not_required(_in_the_one_form(api, endpoint.callback, known))
    return [*endpoints, re_path(r"^[\s\S]*$", _nothing_here(api))], app, namespace


def _query_parameters(api: NinjaAPI) -> dict[str, dict[str, frozenset[str]]]:
    """The names of the query parameters that are described, by address and method."""
    return {
        address.lstrip("/"): {
            method.upper(): frozenset(one["name"] for one in operation.get("parameters", ()) if one["in"] == "query")
            for method, operation in operations.items()
        }
        for address, operations in api.get_openapi_schema(path_prefix="")["paths"].items()
    }


def _in_the_one_form(
    api: NinjaAPI, view: Callable[..., HttpResponse], parameters: Mapping[str, frozenset[str]]
) -> Callable[..., HttpResponse]:
    """Let a view answer as the handlers do also where the framework answers before them, or not at all.

    Args:
        api: The API.
        view: A view of the API.
        parameters: The query parameters of each of its methods; another one is an error, like an unknown field.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        unknown = set(request.GET) - parameters.get(str(request.method), frozenset(request.GET))
        if unknown:
            return _unknown_parameters(api, request, sorted(unknown))
        try:
            answer = view(request, *args, **kwargs)
        except Http404 as missing:
            return api.on_exception(request, missing)
        return _not_allowed(api, request, answer["Allow"]) if answer.status_code == NOT_ALLOWED else answer

    return answered


def _unknown_parameters(api: NinjaAPI, request: HttpRequest, names: list[str]) -> HttpResponse:
    details = [Detail(where=f"query.{name}", message=_("There is no such parameter. Leave it out.")) for name in names]
    return problem(api, request, HTTPStatus.UNPROCESSABLE_ENTITY, _misfit(), details)


def _not_allowed(api: NinjaAPI, request: HttpRequest, methods: str) -> HttpResponse:
    message = _("This address answers to %(methods)s only.") % {"methods": methods}
    answer = problem(api, request, NOT_ALLOWED, message)
    answer["Allow"] = methods
    return answer


def _misfit() -> str:
    return _("The request does not fit. Correct the values that the details name.")


def _nothing_here(api: NinjaAPI) -> Callable[..., HttpResponse]:
    @login_not_required
    @csrf_exempt
    def nothing(request: HttpRequest) -> HttpResponse:
        message = _("There is no such address in the API. All of them stand in /api/openapi.json.")
        return problem(api, request, HTTPStatus.NOT_FOUND, message)

    return nothing
