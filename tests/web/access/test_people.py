"""The page of people: adding them, giving roles and taking them away."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from tests.web.conftest import person

from openvmo_web.access.actions import role_revoke
from openvmo_web.access.models import Assignment, User
from openvmo_web.access.permissions import Refused, may
from openvmo_web.access.rules import LastAdministrator, check_someone_can_give_roles
from openvmo_web.audit.models import AuditEntry
from openvmo_web.portfolio.models import Portfolio

Browser = Callable[[User], Client]
NIA = {
    "email": "Nia@Example.org",
    "name": "Nia New",
    "role": "analyst",
    "where": "organisation",
    "password": "correct horse battery",
}


@pytest.fixture
def local(portfolio: Portfolio) -> User:
    """Gives roles in the small portfolio, and nowhere else."""
    return person("lou@example.org", "Lou Local", "administrator", portfolio.pk)


def deeds() -> list[tuple[str, str, str]]:
    access = AuditEntry.objects.filter(action__startswith="access.").order_by("id")
    return list(access.values_list("action", "actor_name", "label"))


def test_it_adds_a_person_with_a_role(administrator: User, signed_in: Browser) -> None:
    browser = signed_in(administrator)
    assert browser.post("/people/add/", NIA).status_code == 302
    nia = User.objects.get(email="nia@example.org")
    assert (nia.check_password("correct horse battery"), may(nia, "run.start")) == (True, True)
    assert deeds() == [("access.user_create", "Ada Admin", "Nia New"), ("access.role_assign", "Ada Admin", "Nia New")]
    assert "Nia New can sign in now." in browser.get("/people/").content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"password": "short"}, "This password is too short."),
        ({"password": "nia@example.org"}, "too similar to the e-mail address"),
        ({"email": "ADA@example.org"}, "User with this E-mail address already exists."),
        ({"email": "nobody"}, "Enter a valid email address."),
        ({"where": ""}, "This field is required."),
        ({"where": "99"}, "Select a valid choice."),
        ({"role": "king"}, "Select a valid choice."),
    ],
)
def test_it_says_what_is_wrong_and_adds_nobody(
    change: dict[str, str], sentence: str, administrator: User, signed_in: Browser
) -> None:
    answer = signed_in(administrator).post("/people/add/", NIA | change)
    assert (answer.status_code, User.objects.count(), deeds()) == (422, 1, [])
    assert sentence in answer.content.decode()


def test_it_refuses_those_without_the_right(owner: User, signed_in: Browser) -> None:
    browser = signed_in(owner)
    assert browser.get("/people/").status_code == 403
    assert browser.post("/people/add/", NIA).status_code == 403
    assert browser.post(f"/people/{owner.pk}/role/", {"role": "viewer", "where": "organisation"}).status_code == 403
    assert browser.post(f"/people/roles/{owner.assignments.get().pk}/revoke/").status_code == 403
    assert (User.objects.count(), Assignment.objects.get().revoked_at, deeds()) == (1, None, [])
    assert 'href="/people/"' not in browser.get("/account/tokens/").content.decode()


def test_it_finds_people_by_name_and_address(administrator: User, owner: User, signed_in: Browser) -> None:
    browser = signed_in(administrator)
    assert [row.record for row in browser.get("/people/?search=OLGA@").context["table"].rows] == [owner]
    assert [row.record for row in browser.get("/people/?search=admin").context["table"].rows] == [administrator]


def test_it_shows_each_role_with_its_place(portfolio: Portfolio, administrator: User, signed_in: Browser) -> None:
    page = signed_in(administrator).get("/people/").content.decode()
    assert f'<span class="cell-note">{portfolio.name}</span>' in page
    assert '<span class="cell-note">Whole organisation</span>' in page
    assert 'href="/people/"' in page


def test_it_asks_for_few_queries_however_many_people_there_are(
    portfolio: Portfolio, administrator: User, signed_in: Browser, django_assert_num_queries: Callable[..., object]
) -> None:
    browser = signed_in(administrator)
    browser.get("/people/")
    for number in range(20):
        person(f"p{number}@example.org", f"Person {number}", "viewer", portfolio.pk)
    with django_assert_num_queries(9):  # type: ignore[attr-defined]
        browser.get("/people/")


def test_it_gives_a_role(portfolio: Portfolio, administrator: User, stranger: User, signed_in: Browser) -> None:
    answer = signed_in(administrator).post(f"/people/{stranger.pk}/role/", {"role": "finance", "where": portfolio.pk})
    assert (answer.status_code, may(stranger, "measurement.verify", portfolio.pk)) == (302, True)
    assert deeds() == [("access.role_assign", "Ada Admin", "Stan Stranger")]


def test_it_asks_again_for_a_role_that_is_incomplete(administrator: User, stranger: User, signed_in: Browser) -> None:
    answer = signed_in(administrator).post(f"/people/{stranger.pk}/role/", {"role": "finance"})
    assert (answer.status_code, stranger.assignments.count(), deeds()) == (422, 0, [])
    assert "Give Stan Stranger a role" in answer.content.decode()


def test_it_takes_a_role_away(administrator: User, member: User, signed_in: Browser) -> None:
    held = member.assignments.get()
    assert signed_in(administrator).post(f"/people/roles/{held.pk}/revoke/").status_code == 302
    assert not may(member, "portfolio.view", held.portfolio_id)
    assert deeds() == [("access.role_revoke", "Ada Admin", "Max Member")]


def test_it_lets_a_portfolio_administrator_work_there_only(
    portfolio: Portfolio, local: User, administrator: User, signed_in: Browser
) -> None:
    browser = signed_in(local)
    assert browser.post("/people/add/", NIA).status_code == 422
    assert browser.post(f"/people/{local.pk}/role/", {"role": "finance", "where": "organisation"}).status_code == 422
    everywhere = administrator.assignments.get()
    assert browser.post(f"/people/roles/{everywhere.pk}/revoke/").status_code == 403
    elsewhere = person("pat@example.org", "Pat", "viewer", portfolio.pk + 1).assignments.get()
    assert browser.post(f"/people/roles/{elsewhere.pk}/revoke/").status_code == 404
    assert (deeds(), Assignment.objects.filter(revoked_at=None).count()) == ([], 4)
    assert browser.post("/people/add/", NIA | {"where": portfolio.pk}).status_code == 302
    assert may(User.objects.get(email="nia@example.org"), "run.start", portfolio.pk)


def test_it_keeps_the_last_administrator(administrator: User, local: User, signed_in: Browser, now: datetime) -> None:
    browser = signed_in(administrator)
    held = administrator.assignments.get()
    page = browser.post(f"/people/roles/{held.pk}/revoke/", follow=True).content.decode()
    assert "Ada Admin is the last administrator of the organisation." in page
    assert (may(administrator, "access.assign"), deeds()) == (True, [])
    User.objects.filter(pk=person("rita@example.org", "Rita", "administrator").pk).update(is_active=False)
    with pytest.raises(LastAdministrator):
        role_revoke(assignment=held, by=administrator, at=now)
    with pytest.raises(Refused):
        role_revoke(assignment=held, by=local, at=now)


def test_it_lets_an_administrator_go_when_another_remains(administrator: User, signed_in: Browser) -> None:
    person("rita@example.org", "Rita", "administrator")
    answer = signed_in(administrator).post(f"/people/roles/{administrator.assignments.get().pk}/revoke/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_it_needs_one_person_who_can_give_roles() -> None:
    check_someone_can_give_roles(1)
    with pytest.raises(LastAdministrator):
        check_someone_can_give_roles(0)
