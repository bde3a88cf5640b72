"""The log: what goes in, who reads it, and how it looks."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from openvmo_web.access.models import User
from openvmo_web.audit.actions import record
from openvmo_web.audit.models import AuditEntry
from openvmo_web.audit.queries import trail
from openvmo_web.audit.registry import UnknownAction, register, registered_actions, sentence_of
from openvmo_web.audit.timeline import field_label, shown, timeline_of, value_shown
from openvmo_web.common.widgets import Change, TimelineEntry

Browser = Callable[[User], Client]


@pytest.fixture
def entry(administrator: User, stranger: User, portfolio_id: int, now: datetime) -> AuditEntry:
    return record(
        by=administrator,
        at=now,
        action="access.role_assign",
        on=stranger,
        portfolio_id=portfolio_id,
        changes={"name": ("Stan", "Stanley"), "role": (None, "viewer")},
        note="He asked for it.",
    )


def test_it_keeps_who_did_what(entry: AuditEntry, administrator: User, stranger: User) -> None:
    kept = AuditEntry.objects.get()
    assert (kept.actor_key, kept.actor_name) == (administrator.pk, "Ada Admin")
    assert (kept.kind, kept.key, kept.label) == ("access.user", str(stranger.pk), "Stan Stranger")
    assert kept.changes == {"name": ["Stan", "Stanley"], "role": [None, "viewer"]}


def test_it_refuses_an_action_that_nobody_registered(administrator: User, now: datetime) -> None:
    with pytest.raises(UnknownAction, match=r"'access\.dance'"):
        record(by=administrator, at=now, action="access.dance", on=administrator)
    assert AuditEntry.objects.count() == 0


def test_it_refuses_two_sentences_for_one_action() -> None:
    sentence = sentence_of("access.role_assign")
    register("access.role_assign", sentence)
    with pytest.raises(ValueError, match="registered twice"):
        register("access.role_assign", "Role thrown at somebody")


def test_it_has_a_sentence_for_every_action() -> None:
    assert [action for action in registered_actions() if not sentence_of(action)] == []


def test_it_is_read_by_those_with_the_right_in_the_portfolio(
    entry: AuditEntry, owner: User, executive: User, member: User, stranger: User
) -> None:
    readers = (owner, executive, member, stranger)
    assert [list(trail(reader, stranger)) for reader in readers] == [[entry], [entry], [], []]


def test_it_shows_what_one_did_oneself(stranger: User, owner: User, now: datetime) -> None:
    entry = record(by=stranger, at=now, action="access.token_issue", on=stranger)
    assert list(trail(stranger, stranger)) == [entry]
    assert list(trail(owner, stranger)) == []


def test_it_is_shown_with_the_names_of_the_fields(entry: AuditEntry, now: datetime) -> None:
    assert timeline_of([entry]) == [
        TimelineEntry(
            at=now,
            actor="Ada Admin",
            sentence="Role given",
            changes=[Change("Name", "Stan", "Stanley"), Change("Role", "", "Viewer")],
            note="He asked for it.",
        )
    ]


def test_it_shows_values_of_things_that_are_no_longer_kept() -> None:
    assert field_label("gone.thing", "go_live") == "Go live"
    assert [shown(value) for value in (None, 0, False, [1, None], "x")] == ["", "0", "False", "1, ", "x"]


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("target_date", "2024-11-01", "1 Nov 2024"),
        ("validated_at", "2026-04-01T09:30:00Z", "1 Apr 2026, 09:30"),
        ("target", "18.000000", "18"),
        ("kind", "non_cashable", "Non-cashable"),
        ("state", "agreed", "Agreed"),
        ("state", "no_longer_a_word", "no_longer_a_word"),
        ("is_disbenefit", True, "yes"),
        ("name", "2024-11-01", "2024-11-01"),
        ("owner", None, ""),
        ("next_review", "2025-09-17", "17 Sept 2025"),
        ("next_review", "2025-13-45", "2025-13-45"),
        ("members", ["Ann", "at_risk"], "Ann, At risk"),
    ],
)
def test_it_shows_values_as_readers_know_them(field: str, value: object, told: str) -> None:
    assert value_shown("benefits.benefit", field, value, {"at_risk": "At risk"}) == told


def test_it_names_months_and_days_in_the_format_of_the_reader() -> None:
    assert [field_label("benefits.benefit", name) for name in ("2025-03", "2025-03-20", "baseline_version")] == [
        "Mar 2025",
        "20 Mar 2025",
        "Baseline version",
    ]


def test_it_has_a_page(entry: AuditEntry, owner: User, member: User, signed_in: Browser) -> None:
    address = f"/audit/access.user/{entry.key}/"
    page = signed_in(owner).get(address).content.decode()
    assert [word in page for word in ("Role given", "Ada Admin", "Stanley", "He asked for it.")] == [True] * 4
    assert signed_in(member).get(address).status_code == 404
