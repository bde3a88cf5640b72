"""The pages of decisions."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from openvmo_web.access.models import User
from openvmo_web.governance.actions import decision_approve, decision_propose, decision_withdraw
from openvmo_web.governance.models import Body, Decision
from openvmo_web.insight.models import Run
from openvmo_web.portfolio.models import Portfolio

SignedIn = Callable[[User], Client]
DECISIONS = "/p/agency/decisions/"
QUERIES_OF_THE_LIST = 14
QUERIES_OF_A_DECISION = 17


def test_an_empty_list_says_what_to_do(portfolio: Portfolio, owner: User, signed_in: SignedIn) -> None:
    page = signed_in(owner).get(DECISIONS)
    assert page.status_code == 200
    assert "A decision begins with a choice" in page.text


def test_the_list_says_who_waits_and_counts_queries(
    proposal: Decision, owner: User, signed_in: SignedIn, now: datetime
) -> None:
    client = signed_in(owner)
    client.get(DECISIONS)
    with CaptureQueriesContext(connection) as one:
        assert "waits for Board" in client.get(DECISIONS).text
    run = proposal.run
    for number in range(4):
        decision_withdraw(decision=Decision.objects.first(), by=owner, at=now)  # type: ignore[arg-type]
        decision_propose(run=run, title=f"Again {number}", rationale="R", by=owner, at=now)
    with CaptureQueriesContext(connection) as many:
        client.get(DECISIONS)
    assert len(one) == len(many) <= QUERIES_OF_THE_LIST
    assert "Again 0" not in client.get(f"{DECISIONS}?state=proposed").text


def test_a_choice_is_proposed_on_its_page(choice: Run, board: Body, owner: User, signed_in: SignedIn) -> None:
    client = signed_in(owner)
    address = f"/p/agency/runs/{choice.pk}/propose/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"title": "", "rationale": "R"}).status_code == 422
    answer = client.post(address, {"title": "Fund it", "rationale": "Best value."})
    assert (answer.status_code, answer["Location"]) == (302, f"{DECISIONS}1/")
    again = client.post(address, {"title": "Fund it", "rationale": "Best value."})
    assert (again.status_code, Decision.objects.count()) == (422, 1)
    assert "already decision 1" in again.text


def test_a_choice_without_a_decider_says_so(choice: Run, owner: User, signed_in: SignedIn) -> None:
    answer = signed_in(owner).post(f"/p/agency/runs/{choice.pk}/propose/", {"title": "T", "rationale": "R"})
    assert answer.status_code == 422
    assert "Nobody decides on “Fund the portfolio”" in answer.text


def test_its_decider_may_decide_and_its_proposer_may_not(
    proposal: Decision, owner: User, executive: User, signed_in: SignedIn
) -> None:
    client = signed_in(executive)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(f"{DECISIONS}1/")
    assert "This waits for you" in page.text
    assert 'data-dialog="approve"' in page.text
    assert len(queries) <= QUERIES_OF_A_DECISION
    page = signed_in(owner).get(f"{DECISIONS}1/")
    assert "This waits for “Board”" in page.text
    assert "Eva Executive" in page.text
    assert 'data-dialog="approve"' not in page.text
    assert 'data-dialog="withdraw"' in page.text


def test_it_is_approved_on_its_page(proposal: Decision, executive: User, signed_in: SignedIn) -> None:
    client = signed_in(executive)
    page = client.post(f"{DECISIONS}1/approve/", {"remark": "Go."}, follow=True)
    assert "Approved by Eva Executive" in page.text
    assert "Go." in page.text
    assert 'data-dialog="approve"' not in page.text
    page = client.post(f"{DECISIONS}1/reject/", {"remark": "No."}, follow=True)
    assert "It can no longer be changed." in page.text
    assert Decision.objects.get().state == "approved"


def test_a_rejection_needs_a_reason(proposal: Decision, executive: User, signed_in: SignedIn) -> None:
    page = signed_in(executive).post(f"{DECISIONS}1/reject/", {"remark": ""}, follow=True)
    assert "Say in a remark why" in page.text
    assert Decision.objects.get().state == "proposed"


def test_its_proposer_withdraws_it(proposal: Decision, owner: User, signed_in: SignedIn) -> None:
    page = signed_in(owner).post(f"{DECISIONS}1/withdraw/", {}, follow=True)
    assert "The proposal is withdrawn." in page.text


def test_its_items_are_downloaded(proposal: Decision, owner: User, signed_in: SignedIn) -> None:
    lines = signed_in(owner).get(f"{DECISIONS}1/items.csv").content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Code,Initiative,Verdict")
    assert len(lines) == 5


def test_the_rights_are_listed_with_their_holes(portfolio: Portfolio, owner: User, signed_in: SignedIn) -> None:
    assert "Nobody decides on “Fund the portfolio”" in signed_in(owner).get("/p/agency/rights/").text


def test_the_rights_name_body_and_members(board: Body, owner: User, signed_in: SignedIn) -> None:
    page = signed_in(owner).get("/p/agency/rights/").text
    assert "Nobody decides" not in page
    assert "without a limit" in page
    assert "Eva Executive" in page


GETS = ("decisions/", "decisions/1/", "decisions/1/items.csv", "rights/", "runs/{run}/propose/")
POSTS = ("decisions/1/approve/", "decisions/1/reject/", "decisions/1/withdraw/")


@pytest.mark.parametrize("address", [*GETS, *POSTS])
def test_each_address_answers_each_role(
    address: str,
    proposal: Decision,
    executive: User,
    owner: User,
    member: User,
    stranger: User,
    signed_in: SignedIn,
    now: datetime,
) -> None:
    decision_approve(decision=proposal, by=executive, at=now)
    url = "/p/agency/" + address.format(run=proposal.run_id)

    def status(client: Client) -> int:
        return (client.post(url) if address in POSTS else client.get(url)).status_code

    is_deciding = address in ("decisions/1/approve/", "decisions/1/reject/")
    is_proposing = address in ("runs/{run}/propose/", "decisions/1/withdraw/")
    passed = 302 if address in POSTS else 200
    expected = {
        executive: 403 if is_proposing else passed,
        owner: 403 if is_deciding else passed,
        member: 403 if address in POSTS or is_proposing or address.endswith(".csv") else 200,
        stranger: 404,
    }
    assert {person: status(signed_in(person)) for person in expected} == expected
    assert status(Client()) == 302
