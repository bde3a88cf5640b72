"""The pages of the common room: the style page, the entrance, and pages of last resort."""

from http import HTTPStatus

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from openvmo_web.access.models import User


def test_it_shows_the_style_page_to_anyone_signed_in(client: Client, stranger: User) -> None:
    client.force_login(stranger)
    response = client.get(reverse("common:design"), headers={"accept-language": "en-GB"})

    html = response.content.decode()
    assert response.status_code == HTTPStatus.OK
    assert html.count('data-chart role="img"') == 8
    assert 'lang="en-gb" dir="ltr"' in html
    assert 'class="skip-link"' in html
    assert "£236.5m" in html


@pytest.mark.usefixtures("db")
def test_it_sends_visitors_to_the_entrance(client: Client) -> None:
    response = client.get(reverse("common:design"))

    assert response.status_code == HTTPStatus.FOUND
    assert response.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.usefixtures("db")
def test_it_has_an_entrance_without_sign_up(client: Client) -> None:
    html = client.get(reverse("account_login")).content.decode()

    assert "entrance-main" in html
    assert reverse("account_signup") not in html
    assert "<style" not in html


def test_it_sorts_by_links_that_say_how_the_column_is_sorted(client: Client, stranger: User) -> None:
    client.force_login(stranger)
    html = client.get(reverse("common:design"), {"sort": "cost"}).content.decode()

    assert html.count('aria-sort="ascending"') == 1
    assert 'href="?sort=-cost"' in html


@pytest.mark.parametrize("page", ["account_email", "account_change_password", "mfa_index", "account_logout"])
def test_it_dresses_the_account_pages(client: Client, stranger: User, page: str) -> None:
    client.force_login(stranger)
    html = client.get(reverse(page)).content.decode()

    assert "account-page" in html
    assert 'id="navigation"' in html


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "500"])
def test_it_says_what_to_do_when_nothing_else_works(code: str) -> None:
    html = render_to_string(f"{code}.html")

    assert "<h1>" in html
    assert 'href="/"' in html


def test_it_passes_on_the_reason_of_a_refusal() -> None:
    html = render_to_string("403.html", {"exception": "You need the right to decide."}, RequestFactory().get("/"))

    assert "You need the right to decide." in html
    assert "Nothing has been changed." in html
