"""What every endpoint of the API has in common: strict schemas, documented answers, pages of rows."""

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, Query, Schema
from ninja.pagination import PaginationBase
from pydantic import BeforeValidator, ConfigDict, StringConstraints

MOST_ROWS = 500
ROWS = 50

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

# For ``moments.moment_of``.
KnownOn = Annotated[date | None, Query(description="A day such as 2026-03-31: as known at its end; without it, now.")]


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

    def paginate_queryset(  # the library says with what it calls
        self,
        queryset: QuerySet[Any],
        pagination: Any,
        request: HttpRequest,
        **params: Any,
    ) -> Any:
        """Return one page."""
        start, end = pagination.offset, pagination.offset + pagination.limit
        return {"items": list(queryset[start:end]), "count": self._items_count(queryset)}
