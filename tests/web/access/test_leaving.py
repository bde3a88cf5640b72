"""People who leave: what names them is handed over first, then they are shut out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from tests.web.conftest import person

from openvmo_web.access.actions import (
    StillNamed,
    digest_choose,
    holdings_pass_on,
    token_issue,
    user_deactivate,
    user_reactivate,
)
from openvmo_web.access.holdings import holdings_of
from openvmo_web.access.models import Assignment, User
from openvmo_web.access.permissions import Refused
from openvmo_web.access.rules import LastAdministrator
from openvmo_web.audit.models import AuditEntry, Version
from openvmo_web.benefits.models import Benefit
from openvmo_web.governance.models import Body
from openvmo_web.maps.models import Node
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.realisation.models import Handover, Request
from openvmo_web.strategy.models import Measure, Objective

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


@pytest.fixture
def leaver(portfolio: Portfolio) -> User:
    """Owns benefits and is about to leave."""
    return person("lea@example.org", "Lea Leaver", "benefit_owner", portfolio.pk)


@pytest.fixture
def heir(portfolio: Portfolio) -> User:
    """Takes everything over."""
    return person("hans@example.org", "Hans Heir", "benefit_owner", portfolio.pk)


@pytest.fixture
def world(portfolio: Portfolio, leaver: User, owner: User, now: datetime) -> None:
    """One of each thing that names the leaver, and a retired benefit that names her without being in the way."""
    alpha, beta, gamma, delta = (Benefit.objects.get(code=f"{code}-B") for code in ("ALPHA", "BETA", "GAMMA", "DELTA"))
    Benefit.objects.filter(pk=alpha.pk).update(owner=leaver, owner_name=leaver.name, measurer=leaver)
    Benefit.objects.filter(pk=beta.pk).update(sustainer=leaver, sustainer_name=leaver.name)
    Benefit.objects.filter(pk=gamma.pk).update(owner=leaver, state="retired")
    objective = Objective.objects.create(code="O", name="Less paper", owner=leaver)
    Measure.objects.create(objective=objective, code="M", name="Sheets", unit="sheets", owner=leaver)
    Node.objects.create(portfolio=portfolio, kind="enabler", code="E", name="Scanner", owner=leaver)
    Body.objects.create(portfolio=portfolio, code="B", name="Board").members.add(leaver)
    Handover.objects.create(benefit=delta, sustainer=leaver, proposed_by=owner, proposed_at=now)
    Request.objects.create(
        portfolio=portfolio, benefit=alpha, month=now.date(), due_on=now.date(), addressee=leaver, opened_at=now
    )


EXPECTED = {
    "Owner of benefits": 1,
    "Measurer of benefits": 1,
    "Sustainer of benefits": 1,
    "Owner of objectives": 1,
    "Owner of measures": 1,
    "Owner of things on the benefits map": 1,
    "Member of bodies": 1,
    "Benefits offered to sustain": 1,
    "Measurements to give": 1,
}


@pytest.mark.usefixtures("world")
def test_it_says_what_names_a_person_and_where(leaver: User) -> None:
    found = holdings_of(leaver)
    assert {holding.what: holding.count for holding in found} == EXPECTED
    places = {holding.what: holding.places for holding in found}
    assert places["Owner of benefits"] == ["Agency"]
    assert places["Member of bodies"] == ["Board"]


@pytest.mark.usefixtures("world")
def test_it_keeps_a_person_whom_something_live_names(leaver: User, administrator: User, now: datetime) -> None:
    _token, _secret = token_issue(name="export", by=leaver, at=now)
    with pytest.raises(StillNamed, match=r"9 things still name Lea Leaver\. .*Owner of benefits: 1 \(Agency\)"):
        user_deactivate(user=leaver, by=administrator, at=now)
    leaver.refresh_from_db()
    assert leaver.is_active
    assert not AuditEntry.objects.filter(action="access.user_deactivate").exists()
    assert leaver.tokens.filter(revoked_at=None).count() == 1


@pytest.mark.usefixtures("world")
def test_it_hands_everything_over_in_one_gesture(leaver: User, heir: User, administrator: User, now: datetime) -> None:
    assert holdings_pass_on(from_user=leaver, to_user=heir, by=administrator, at=now) == 8
    assert holdings_of(leaver) == []
    assert {holding.what: holding.count for holding in holdings_of(heir)} == EXPECTED
    alpha = Benefit.objects.get(code="ALPHA-B")
    assert (alpha.owner, alpha.owner_name, alpha.measurer_name) == (heir, "Hans Heir", "Hans Heir")
    assert Benefit.objects.get(code="GAMMA-B").owner == leaver
    entries = AuditEntry.objects.exclude(gesture=None)
    assert len(set(entries.values_list("gesture"))) == 1
    entry = entries.get(action="benefit.change", key=str(alpha.pk))
    assert entry.changes["owner"] == ["Lea Leaver", "Hans Heir"]
    version = Version.objects.filter(kind=alpha.record_kind, key=str(alpha.pk)).latest("pk")
    assert version.values["owner"] == heir.pk
    user_deactivate(user=leaver, by=administrator, at=now)
    assert not leaver.is_active


@pytest.mark.usefixtures("world")
def test_it_hands_over_only_to_somebody_who_can_act(
    leaver: User, administrator: User, executive: User, stranger: User, owner: User, now: datetime
) -> None:
    with pytest.raises(ValidationError, match="Stan Stranger has no role to act for benefits in: Agency"):
        holdings_pass_on(from_user=leaver, to_user=stranger, by=administrator, at=now)
    stranger.is_active = False
    for other in (leaver, stranger):
        with pytest.raises(ValidationError, match="Choose another person who can sign in"):
            holdings_pass_on(from_user=leaver, to_user=other, by=administrator, at=now)
    with pytest.raises(Refused):
        holdings_pass_on(from_user=leaver, to_user=executive, by=owner, at=now)
    assert {holding.what: holding.count for holding in holdings_of(leaver)} == EXPECTED
    assert not AuditEntry.objects.exclude(gesture=None).exists()


def test_it_shuts_a_person_out(leaver: User, administrator: User, signed_in: Browser, now: datetime) -> None:
    browser = signed_in(leaver)
    token, secret = token_issue(name="export", by=leaver, at=now)
    program = Client(headers={"Authorization": f"Bearer {secret}"})
    assert (browser.get("/tasks/").status_code, program.get("/api/v1/me").status_code) == (200, 200)
    user_deactivate(user=leaver, by=administrator, at=now)
    assert (browser.get("/tasks/").status_code, program.get("/api/v1/me").status_code) == (302, 401)
    token.refresh_from_db()
    assert token.revoked_at == now
    user_reactivate(user=leaver, by=administrator, at=now)
    # The roles hold again; the token stays revoked, and whoever still has the old session has to sign in.
    assert browser.get("/tasks/").status_code == 302
    assert signed_in(User.objects.get(pk=leaver.pk)).get("/p/agency/reviews/").status_code == 200
    assert program.get("/api/v1/me").status_code == 401
    actions = AuditEntry.objects.filter(key=str(leaver.pk), kind=leaver.record_kind).order_by("pk")
    assert list(actions.values_list("action", flat=True)) == ["access.user_deactivate", "access.user_reactivate"]


def test_nobody_shuts_out_himself_or_the_last_administrator(
    administrator: User, owner: User, stranger: User, now: datetime
) -> None:
    with pytest.raises(ValidationError, match="You cannot deactivate yourself"):
        user_deactivate(user=administrator, by=administrator, at=now)
    with pytest.raises(Refused):
        user_deactivate(user=administrator, by=owner, at=now)
    second = person("zoe@example.org", "Zoe Second", "administrator")
    user_deactivate(user=administrator, by=second, at=now)
    assert not administrator.is_active
    # A right that was read before it was taken away still meets the rule.
    Assignment.objects.filter(user=second).update(user=stranger)
    with pytest.raises(LastAdministrator):
        user_deactivate(user=stranger, by=second, at=now)
    stranger.refresh_from_db()
    assert stranger.is_active


def test_doing_it_twice_changes_nothing(leaver: User, administrator: User, now: datetime) -> None:
    for _time in range(2):
        user_deactivate(user=leaver, by=administrator, at=now)
    for _time in range(2):
        user_reactivate(user=leaver, by=administrator, at=now)
    assert AuditEntry.objects.filter(kind=leaver.record_kind, key=str(leaver.pk)).count() == 2


@pytest.mark.usefixtures("world")
def test_the_pages_lead_through_it(
    leaver: User, heir: User, stranger: User, administrator: User, signed_in: Browser
) -> None:
    browser = signed_in(administrator)
    address = f"/people/{leaver.pk}"
    assert f'href="{address}/leave/"' in browser.get("/people/").content.decode()
    page = browser.get(f"{address}/leave/").content.decode()
    assert ("What names this person" in page, "Nothing names this person" in page) == (True, False)
    refused = browser.post(f"{address}/deactivate/", follow=True).content.decode()
    assert "9 things still name Lea Leaver" in refused
    wrong = browser.post(f"{address}/pass-on/", {"to_user": stranger.pk})
    assert (wrong.status_code, "has no role to act" in wrong.content.decode()) == (422, True)
    browser.post(f"{address}/pass-on/", {"to_user": heir.pk})
    assert "Nothing names this person" in browser.get(f"{address}/leave/").content.decode()
    done = browser.post(f"{address}/deactivate/", follow=True).content.decode()
    assert "Lea Leaver can no longer sign in." in done
    again = browser.post(f"{address}/reactivate/", follow=True).content.decode()
    assert "Lea Leaver can sign in again" in again


def test_the_pages_are_for_those_who_give_roles_everywhere(leaver: User, owner: User, signed_in: Browser) -> None:
    local = person("lou@example.org", "Lou Local", "administrator", 1)
    for user in (owner, local):
        browser = signed_in(user)
        assert browser.get(f"/people/{leaver.pk}/leave/").status_code == 403
        for verb in ("pass-on", "deactivate", "reactivate"):
            assert browser.post(f"/people/{leaver.pk}/{verb}/").status_code == 403
    assert "Deactivate" not in signed_in(local).get("/people/").content.decode()


def test_one_chooses_ones_own_e_mails(leaver: User, stranger: User, signed_in: Browser, now: datetime) -> None:
    browser = signed_in(leaver)
    assert "Every Monday" in browser.get("/account/notifications/").content.decode()
    assert browser.post("/account/notifications/", {"digest": "weekly"}).status_code == 302
    leaver.refresh_from_db()
    assert leaver.digest == "weekly"
    assert browser.post("/account/notifications/", {"digest": "hourly"}).status_code == 422
    digest_choose(digest="weekly", by=leaver, at=now)
    entry = AuditEntry.objects.get(action="access.digest_choose")
    assert entry.changes == {"digest": ["daily", "weekly"]}
    with pytest.raises(Refused):
        digest_choose(digest="never", by=stranger, at=now)
    with pytest.raises(ValueError, match="There is no digest 'hourly'"):
        digest_choose(digest="hourly", by=leaver, at=now)
