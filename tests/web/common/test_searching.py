"""How every list is searched."""

import pytest
from django.utils import timezone

from openvmo_web.access.models import User
from openvmo_web.common.searching import words_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> None:
    User.objects.create(email="ann@example.org", name="Ann Archer", joined_at=timezone.now())
    User.objects.create(email="100%@example.org", name="Bob", joined_at=timezone.now())


def found(text: str | None) -> list[str]:
    return [user.email for user in User.objects.filter(words_in(text, "name", "email")).order_by("email")]


@pytest.mark.parametrize(
    ("text", "emails"),
    [
        ("ARCHER example", ["ann@example.org"]),
        ("ann bob", []),
        ("", ["100%@example.org", "ann@example.org"]),
        (None, ["100%@example.org", "ann@example.org"]),
        ("0%", ["100%@example.org"]),
        ("_", []),
    ],
)
def test_it_finds_rows_in_which_each_word_occurs_somewhere(people, text, emails):
    assert found(text) == emails


def test_it_finds_no_word_across_two_fields(people):
    assert found("Archerann") == []
