"""Errors of the API: whatever goes wrong at one of its addresses, the answer has the one form with a stable code."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial, wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as InvalidValue
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import URLPattern, URLResolver, re_path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import HttpError, Throttled, ValidationError

from openvmo_web.common.api import CODES, Detail, Problem

NOT_ALLOWED = HTTPStatus.METHOD_NOT_ALLOWED
PART_OF_ADDRESS = re.compile(r"<(?:\w+:)?(\w+)>")


def problem(
    api: NinjaAPI, request: HttpRequest, status: int, message: str, details: list[Detail] | None = None
) -> HttpResponse:
    """Answer with an error."""
    body = Problem(code=CODES[status], message=message, details=details or [])
    return api.create_response(request, body.model_dump(), status=status)


def add_error_handlers(api: NinjaAPI, conflicts: tuple[type[Exception], ...]) -> None:
    """Make an API answer every foreseen error in the one form.

    Args:
        api: The API.
        conflicts: Exceptions of the rooms which say that things do not stand so that this can be done.
    """
    statuses: dict[type[Exception], int] = {
        PermissionDenied: HTTPStatus.FORBIDDEN,
        BadRequest: HTTPStatus.BAD_REQUEST,
        SuspiciousOperation: HTTPStatus.BAD_REQUEST,
        MultiPartParserError: HTTPStatus.BAD_REQUEST,
        **dict.fromkeys(conflicts, HTTPStatus.CONFLICT),
    }
    handlers: dict[type[Exception], Callable[..., HttpResponse]] = {
        **{error: partial(_said, status) for error, status in statuses.items()},
        Http404: _not_found,
        InvalidValue: _invalid_value,
        RequestDataTooBig: _too_large,
        ValidationError: _invalid_request,
        Throttled: _throttled,
        HttpError: _http_error,
    }
    for error, handler in handlers.items():
        api.add_exception_handler(error, _bound(api, handler))


def _bound(api: NinjaAPI, handler: Callable[..., HttpResponse]) -> Callable[[HttpRequest, Any], HttpResponse]:
    return lambda request, error: handler(api=api, request=request, error=error)


def _said(status: int, *, api: NinjaAPI, request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(api, request, status, " ".join(getattr(error, "messages", [str(error)])))


def _not_found(*, api: NinjaAPI, request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(api, request, HTTPStatus.NOT_FOUND, str(error) or _("There is nothing here that you may see."))


def _invalid_value(*, api: NinjaAPI, request: HttpRequest, error: InvalidValue) -> HttpResponse:
    details = [Detail(where=where, message=message) for where, message in _parts_of(error)]
    return problem(api, request, HTTPStatus.UNPROCESSABLE_ENTITY, " ".join(error.messages), details)


def _invalid_request(*, api: NinjaAPI, request: HttpRequest, error: ValidationError) -> HttpResponse:
    details = [Detail(where=_where(part["loc"]), message=part["msg"]) for part in error.errors]
    return problem(api, request, HTTPStatus.UNPROCESSABLE_ENTITY, _misfit(), details)


def _too_large(*, api: NinjaAPI, request: HttpRequest, error: BaseException) -> HttpResponse:  # noqa: ARG001
    message = _("The request is larger than this server takes. Send less at once.")
    return problem(api, request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message)


def _throttled(*, api: NinjaAPI, request: HttpRequest, error: Throttled) -> HttpResponse:
    answer = problem(api, request, HTTPStatus.TOO_MANY_REQUESTS, _("Too many requests. Wait and try again."))
    answer["Retry-After"] = str(max(int(error.wait or 1), 1))
    return answer


def _http_error(*, api: NinjaAPI, request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, RequestDataTooBig):
        return _too_large(api=api, request=request, error=error.__cause__)
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
