"""Whatever goes wrong, a program gets the one form of an error with a stable code."""

from datetime import datetime, timedelta
from time import time

import pytest
from django.core.cache import cache
from django.test import Client, override_settings
from tests.web.api.conftest import Program

from openvmo_web.access.actions import token_issue, token_revoke
from openvmo_web.access.api import TokenThrottle
from openvmo_web.access.models import Assignment, User
from openvmo_web.audit.models import AuditEntry
from openvmo_web.portfolio.models import Portfolio

ME = "/api/v1/me"
MEASUREMENTS = "/api/v1/portfolios/agency/initiatives/ALPHA/benefits/ALPHA-B/measurements"
ADDRESSES = (
    ME,
    "/api/v1/portfolios",
    "/api/v1/portfolios/agency",
    "/api/v1/portfolios/agency/initiatives",
    "/api/v1/portfolios/agency/initiatives/ALPHA",
    "/api/v1/portfolios/agency/initiatives/ALPHA/benefits",
    MEASUREMENTS,
    "/api/v1/portfolios/agency/runs",
    "/api/v1/portfolios/agency/runs/1",
    "/api/v1/portfolios/agency/runs/1/result",
    "/api/v1/portfolios/agency/runs/1/inputs",
    "/api/v1/portfolios/agency/decisions",
    "/api/v1/portfolios/agency/decisions/1",
    "/api/v1/portfolios/agency/export",
    "/api/v1/imports",
    "/api/v1/imports/1",
)
UNAUTHENTICATED = {
    "code": "unauthenticated",
    "message": "Send a token that is in force: Authorization: Bearer openvmo_…. "
    "Tokens are made on the page of your account.",
    "details": [],
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_asks_for_a_token(address: str, portfolio: Portfolio) -> None:
    answer = Client().get(address)
    assert (answer.status_code, answer.json()) == (401, UNAUTHENTICATED)
    assert answer["WWW-Authenticate"] == "Bearer"


def test_it_does_not_take_a_session_for_a_token(owner: User) -> None:
    browser = Client()
    browser.force_login(owner)
    assert browser.get(ME).status_code == 401


def test_it_refuses_tokens_that_are_not_in_force(owner: User, now: datetime) -> None:
    _expired, expired_secret = token_issue(name="old", expires_at=now, by=owner, at=now - timedelta(days=1))
    revoked, revoked_secret = token_issue(name="lost", by=owner, at=now)
    token_revoke(token=revoked, by=owner, at=now)
    for secret in (expired_secret, revoked_secret, "openvmo_guessed", ""):
        answer = Client().get(ME, headers={"Authorization": f"Bearer {secret}"})
        assert (answer.status_code, answer.json()) == (401, UNAUTHENTICATED)


def test_it_refuses_the_token_of_somebody_who_left(program: Program, owner: User) -> None:
    client = program(owner)
    User.objects.update(is_active=False)
    assert client.get(ME).status_code == 401


def test_it_refuses_those_whose_roles_do_not_include_the_api(program: Program, owner: User, now: datetime) -> None:
    client = program(owner)
    Assignment.objects.update(role="viewer")
    answer = client.get(ME)
    assert answer.status_code == 403
    assert answer.json() == {
        "code": "refused",
        "message": "Your roles do not include the use of the API. Ask an administrator.",
        "details": [],
    }


def test_it_says_how_long_to_wait_after_too_many_requests(program: Program, owner: User, executive: User) -> None:
    client = program(owner)
    asked = int(TokenThrottle().num_requests or 0)
    assert asked == 600
    cache.set(f"access.api.requests:{owner.pk}", [time() - 50] * asked)
    answer = client.get(ME)
    assert answer.status_code == 429
    assert 8 <= int(answer["Retry-After"]) <= 10
    assert answer.json() == {
        "code": "too_many_requests",
        "message": "Too many requests. Wait and try again.",
        "details": [],
    }
    assert program(executive).get(ME).status_code == 200


@pytest.mark.parametrize("address", [one for one in ADDRESSES if "agency" in one])
def test_it_shows_nothing_of_a_portfolio_that_one_may_not_see(
    address: str, portfolio: Portfolio, program: Program, stranger: User
) -> None:
    Assignment.objects.create(user=stranger, role="portfolio_manager", portfolio_id=99, granted_at=stranger.joined_at)
    answer = program(stranger).get(address)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.json()["message"] == "There is no portfolio “agency” that you may see."


def test_it_knows_no_other_addresses(owner: User, program: Program) -> None:
    for address in ("/api/", "/api/v1/nothing", "/api/v1/portfolios/a b", "/api/v1/imports/none", "/api/v1/a%0Ab"):
        answer = program(owner).get(address)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_it_names_the_methods_that_an_address_answers_to(owner: User, program: Program) -> None:
    answer = program(owner).delete(ME)
    assert (answer.status_code, answer["Allow"]) == (405, "GET")
    assert answer.json() == {
        "code": "method_not_allowed",
        "message": "This address answers to GET only.",
        "details": [],
    }


def test_it_refuses_parameters_that_nobody_knows(owner: User, program: Program) -> None:
    answer = program(owner).get("/api/v1/portfolios", {"limit": 5, "page": 2})
    assert answer.status_code == 422
    assert answer.json() == {
        "code": "invalid",
        "message": "The request does not fit. Correct the values that the details name.",
        "details": [{"where": "query.page", "message": "There is no such parameter. Leave it out."}],
    }


@pytest.mark.parametrize("body", ["{", "[1", "\xff", "nothing"])
def test_it_refuses_a_body_that_is_no_json(body: str, portfolio: Portfolio, owner: User, program: Program) -> None:
    answer = program(owner).post(MEASUREMENTS, body.encode("latin-1"), content_type="application/json")
    assert answer.status_code == 400
    assert answer.json() == {"code": "malformed", "message": "The body of the request is not JSON.", "details": []}


def test_it_refuses_a_body_that_is_too_large(portfolio: Portfolio, owner: User, program: Program) -> None:
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=10):
        answer = program(owner).post(MEASUREMENTS, {"month": "2026-01", "value": 1.0}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_it_refuses_a_broken_form(owner: User, program: Program) -> None:
    answer = program(owner).post("/api/v1/imports", b"nothing", content_type="multipart/form-data")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_a_refusal_changes_nothing(portfolio: Portfolio, program: Program, executive: User) -> None:
    before = AuditEntry.objects.count()
    client = program(executive)
    kept = AuditEntry.objects.count()
    answer = client.post(MEASUREMENTS, {"month": "2026-01", "value": 1.0}, content_type="application/json")
    assert answer.status_code == 403
    assert answer.json()["code"] == "refused"
    assert answer.json()["message"].startswith("You do not have the right “Report measurements” here.")
    assert (kept - before, AuditEntry.objects.count()) == (1, kept)
