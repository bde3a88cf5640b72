"""The headers that protect a page."""

import re

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_it_allows_only_what_is_ours_or_carries_the_nonce() -> None:
    answer = Client().get("/accounts/login/")
    found = re.search(r"'nonce-([\w-]{20,})'", answer["Content-Security-Policy"])
    assert found is not None
    assert answer["Content-Security-Policy"] == (
        f"default-src 'self'; script-src 'self' 'nonce-{found[1]}'; style-src-elem 'self' 'nonce-{found[1]}'; "
        "style-src-attr 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; "
        "form-action 'self'; object-src 'none'"
    )


def test_it_uses_each_nonce_once() -> None:
    first, second = (Client().get("/accounts/login/")["Content-Security-Policy"] for _turn in range(2))
    assert first != second


def test_it_sets_the_other_headers() -> None:
    answer = Client().get("/accounts/login/")
    names = (
        "X-Content-Type-Options",
        "Referrer-Policy",
        "Cross-Origin-Opener-Policy",
        "X-Frame-Options",
        "Permissions-Policy",
    )
    assert [answer[name] for name in names] == [
        "nosniff",
        "same-origin",
        "same-origin",
        "DENY",
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ]
