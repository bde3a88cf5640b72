"""Bodies and decision rights, set on their page."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
from django.test import Client
from tests.web.conftest import person

from openvmo_web.access.models import User
from openvmo_web.audit.models import AuditEntry
from openvmo_web.audit.queries import trail
from openvmo_web.governance.actions import body_set
from openvmo_web.governance.models import Body, Decision, DecisionRight
from openvmo_web.insight.models import Run
from openvmo_web.portfolio.models import Portfolio

SignedIn = Callable[[User], Client]
RIGHTS = "/p/agency/rights/"
BODY = f"{RIGHTS}body/"
RIGHT = f"{RIGHTS}right/"
KIND = "fund_portfolio"


def test_a_new_portfolio_comes_to_its_first_decision(
    choice: Run, executive: User, administrator: User, owner: User, signed_in: SignedIn
) -> None:
    propose = f"/p/agency/runs/{choice.pk}/propose/"
    proposal = {"title": "Fund it", "rationale": "Best value."}
    refused = signed_in(owner).post(propose, proposal)
    assert refused.status_code == 422
    assert f'<a href="{RIGHTS}">See who decides what</a>' in refused.text
    office = signed_in(administrator)
    office.post(BODY, {"name": "Investment board", "members": [executive.pk]})
    office.post(RIGHT, {"kind": KIND, "up_to": "", "decider": "investment-board"})
    assert signed_in(owner).post(propose, proposal).status_code == 302
    signed_in(executive).post("/p/agency/decisions/1/approve/", {"remark": "Go."})
    decision = Decision.objects.get()
    assert (decision.state, decision.decider.name, decision.decided_by) == ("approved", "Investment board", executive)


def test_a_body_is_added(portfolio: Portfolio, executive: User, administrator: User, signed_in: SignedIn) -> None:
    page = signed_in(administrator).post(BODY, {"name": "Investment board", "members": [executive.pk]}, follow=True)
    assert page.redirect_chain == [(RIGHTS, 302)]
    assert "“Investment board” and its members are saved." in page.text
    body = Body.objects.get()
    assert (body.code, body.name, list(body.members.all())) == ("investment-board", "Investment board", [executive])
    assert [(entry.action, entry.actor_name) for entry in trail(administrator, body)] == [("body.set", "Ada Admin")]


def test_a_body_is_changed_and_keeps_its_code(
    board: Body, executive: User, administrator: User, signed_in: SignedIn
) -> None:
    erik = person("erik@example.org", "Erik Executive", "executive")
    client = signed_in(administrator)
    page = client.get(f"{RIGHTS}?body=BOARD")
    assert "Change “Board”" in page.text
    assert f'action="{BODY}?body=BOARD"' in page.text
    assert page.context["body_form"]["members"].value() == [executive.pk]
    answer = client.post(f"{BODY}?body=BOARD", {"name": "Council", "members": [erik.pk]})
    assert answer.status_code == 302
    body = Body.objects.get()
    assert (body.code, body.name, list(body.members.all())) == ("BOARD", "Council", [erik])


def test_a_body_that_is_not_there_is_not_changed(board: Body, administrator: User, signed_in: SignedIn) -> None:
    assert signed_in(administrator).get(f"{RIGHTS}?body=OTHER").status_code == 404


def test_it_offers_only_people_who_may_decide(
    portfolio: Portfolio, executive: User, administrator: User, owner: User, signed_in: SignedIn
) -> None:
    person("elsa@example.org", "Elsa Elsewhere", "executive", portfolio.pk + 1)
    here = person("hans@example.org", "Hans Here", "executive", portfolio.pk)
    gone = person("gus@example.org", "Gus Gone", "executive")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    page = signed_in(administrator).get(RIGHTS)
    assert list(page.context["body_form"].fields["members"].queryset) == [executive, here]


def test_it_says_that_nobody_can_be_a_member(portfolio: Portfolio, administrator: User, signed_in: SignedIn) -> None:
    assert "Nobody has the right “Take decisions” in this portfolio yet." in signed_in(administrator).get(RIGHTS).text


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "This field is required."),
        ("!!!", "Give a name with at least one letter or digit."),
        ("board", "There is a body of this name already."),
    ],
)
def test_a_body_needs_a_name_of_its_own(
    name: str, message: str, board: Body, executive: User, administrator: User, signed_in: SignedIn
) -> None:
    before = AuditEntry.objects.count()
    page = signed_in(administrator).post(BODY, {"name": name, "members": [executive.pk]})
    assert page.status_code == 422
    assert message in page.context["body_form"].errors["name"][0]
    assert (Body.objects.count(), AuditEntry.objects.count()) == (1, before)


def test_who_may_not_decide_is_no_member(
    portfolio: Portfolio, owner: User, executive: User, administrator: User, signed_in: SignedIn
) -> None:
    client = signed_in(administrator)
    for members in ([owner.pk], []):
        page = client.post(BODY, {"name": "Board", "members": members})
        assert (page.status_code, list(page.context["body_form"].errors)) == (422, ["members"])
    assert Body.objects.count() == 0


def test_a_right_is_set_up_to_a_limit(board: Body, administrator: User, signed_in: SignedIn, now: datetime) -> None:
    body_set(portfolio=board.portfolio, code="TEAM", name="Team", members=[], by=administrator, at=now)
    page = signed_in(administrator).post(RIGHT, {"kind": KIND, "up_to": "250.50", "decider": "TEAM"}, follow=True)
    assert page.redirect_chain == [(RIGHTS, 302)]
    assert "“Team” now decides on “Fund the portfolio” up to" in page.text
    rights = dict(DecisionRight.objects.values_list("decider__code", "up_to"))
    assert rights == {"BOARD": None, "TEAM": Decimal("250.5")}
    right = DecisionRight.objects.get(decider__code="TEAM")
    assert [entry.action for entry in trail(administrator, right)] == ["right.set"]


@pytest.mark.parametrize(
    ("field", "value"), [("up_to", "much"), ("up_to", "-5"), ("decider", "OTHER"), ("decider", ""), ("kind", "war")]
)
def test_a_wrong_right_is_told_by_field(
    field: str, value: str, board: Body, administrator: User, signed_in: SignedIn
) -> None:
    page = signed_in(administrator).post(RIGHT, {"kind": KIND, "up_to": "5", "decider": "BOARD", field: value})
    assert (page.status_code, list(page.context["right_form"].errors)) == (422, [field])
    assert "Please correct what is marked below." in page.text
    assert DecisionRight.objects.count() == 1


def test_who_gives_no_roles_reads_only(
    board: Body, owner: User, executive: User, member: User, signed_in: SignedIn
) -> None:
    before = AuditEntry.objects.count()
    for reader in (owner, executive, member):
        client = signed_in(reader)
        page = client.get(RIGHTS)
        assert page.status_code == 200
        assert "Add a body" not in page.text
        assert "Say who decides" not in page.text
        assert client.post(BODY, {"name": "Mine", "members": [executive.pk]}).status_code == 403
        assert client.post(RIGHT, {"kind": KIND, "up_to": "5", "decider": "BOARD"}).status_code == 403
    assert (Body.objects.count(), DecisionRight.objects.count(), AuditEntry.objects.count()) == (1, 1, before)
