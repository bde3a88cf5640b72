"""Signing in, and the page of tokens."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from openvmo_web.access.models import ApiToken, User

Browser = Callable[[User], Client]
PASSWORD = "correct horse battery"


@pytest.fixture
def with_password(owner: User) -> User:
    cache.clear()
    owner.set_password(PASSWORD)
    owner.save()
    return owner


def sign_in(email: str, password: str) -> int:
    return Client().post("/accounts/login/", {"login": email, "password": password}).status_code


def test_it_signs_in_by_e_mail_in_any_spelling(with_password: User) -> None:
    assert sign_in("OLGA@Example.org", PASSWORD) == 302


def test_it_lets_nobody_in_who_is_not_active(with_password: User) -> None:
    User.objects.update(is_active=False)
    answer = Client().post("/accounts/login/", {"login": with_password.email, "password": PASSWORD})
    assert answer.headers.get("Location", "") != "/"


def test_it_stops_guessing_after_five_wrong_passwords(with_password: User) -> None:
    for _turn in range(5):
        assert sign_in(with_password.email, "wrong") == 200
    assert sign_in(with_password.email, PASSWORD) == 200


def test_it_lets_nobody_sign_up(db: None) -> None:
    Client().post("/accounts/signup/", {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD})
    assert User.objects.count() == 0


def test_it_shows_a_new_token_once(owner: User, signed_in: Browser) -> None:
    browser = signed_in(owner)
    answer = browser.post("/account/tokens/", {"name": "nightly export", "days": "30"})
    token = ApiToken.objects.get()
    assert token.expires_at == token.created_at + timedelta(days=30)
    assert answer.content.decode().count(token.prefix) == 2
    assert browser.get("/account/tokens/").content.decode().count(token.prefix) == 1


def test_it_revokes_ones_own_token(owner: User, signed_in: Browser) -> None:
    browser = signed_in(owner)
    browser.post("/account/tokens/", {"name": "nightly export", "days": ""})
    assert ApiToken.objects.get().expires_at is None
    assert browser.post(f"/account/tokens/{ApiToken.objects.get().pk}/revoke").status_code == 302
    assert ApiToken.objects.get().revoked_at is not None


def test_it_hides_the_tokens_of_others(owner: User, executive: User, signed_in: Browser) -> None:
    signed_in(owner).post("/account/tokens/", {"name": "weekly figures", "days": ""})
    token = ApiToken.objects.get()
    assert signed_in(executive).post(f"/account/tokens/{token.pk}/revoke").status_code == 404
    assert "weekly figures" not in signed_in(executive).get("/account/tokens/").content.decode()


def test_it_says_why_somebody_cannot_have_a_token(member: User, signed_in: Browser) -> None:
    assert (
        "None of your roles includes the right to use the API."
        in signed_in(member).get("/account/tokens/").content.decode()
    )
    assert signed_in(member).post("/account/tokens/", {"name": "x", "days": ""}).status_code == 403


def test_it_speaks_the_language_of_the_user(owner: User, signed_in: Browser) -> None:
    User.objects.update(language="en")
    assert signed_in(owner).get("/account/tokens/", headers={"Accept-Language": "en-gb"})["Content-Language"] == "en"
