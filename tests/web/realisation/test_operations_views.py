"""The pages of hand-overs, reviews and tasks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.web.realisation.cast import benefit_in, person_in, proposed_to

from openvmo_web.access.models import User
from openvmo_web.benefits.models import Benefit
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.realisation.models import Handover, Review

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


@pytest.fixture
def sustainer(portfolio: Portfolio, now: datetime) -> User:
    """Leads the unit in which the benefit stays."""
    return person_in(portfolio, "sven@example.org", "Sven Sustainer", "sustainer", now)


@pytest.fixture
def benefit(portfolio: Portfolio) -> Benefit:
    """A benefit before its hand-over."""
    return benefit_in(portfolio)


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined,no-any-return]


def test_it_hands_over_by_pages(benefit: Benefit, owner: User, sustainer: User, signed_in: Browser) -> None:
    address = f"/p/agency/benefits/{benefit.pk}/handover/"
    browser = signed_in(owner)
    page = text(browser.get(address))
    assert "The source of the figures is agreed" in page
    assert "Propose the hand-over" in page
    stated = {"sustainer": sustainer.pk, "conditions": "Measure in place\n\nBooked", "message": "All is well."}
    assert browser.post(address, stated).status_code == 302
    assert "This waits for Sven Sustainer" in text(browser.get(address))
    theirs = signed_in(sustainer)
    tasks = text(theirs.get("/tasks/"))
    assert "Benefits offered to you to sustain" in tasks
    assert f'href="{address}"' in tasks
    assert '<span class="count"><span class="value">1</span></span>' in tasks
    handover = Handover.objects.get()
    accept = f"/p/agency/handovers/{handover.pk}/accept/"
    refused = theirs.post(accept, {"met_0": "on"})
    assert refused.status_code == 422
    assert "Not met and without a note how it will be met: “Booked”." in text(refused)
    assert theirs.post(accept, {"met_0": "on", "note_1": "In 2027"}).status_code == 302
    page = text(theirs.get(address))
    assert "Accepted by Sven Sustainer" in page
    assert "In 2027" in page
    assert "Nothing waits for you" in text(theirs.get("/tasks/"))


def test_it_declines_and_withdraws(benefit: Benefit, owner: User, sustainer: User, signed_in: Browser) -> None:
    now = timezone.now()
    first = proposed_to(benefit, sustainer, by=owner, at=now)
    theirs = signed_in(sustainer)
    answer = theirs.post(f"/p/agency/handovers/{first.pk}/decline/", {"answer": ""}, follow=True)
    assert "Say why, so that the proposer knows what is missing." in text(answer)
    theirs.post(f"/p/agency/handovers/{first.pk}/decline/", {"answer": "Not yet."})
    second = proposed_to(benefit, sustainer, by=owner, at=now)
    assert theirs.post(f"/p/agency/handovers/{second.pk}/withdraw/").status_code == 403
    signed_in(owner).post(f"/p/agency/handovers/{second.pk}/withdraw/")
    again = signed_in(owner).post(f"/p/agency/handovers/{second.pk}/withdraw/", follow=True)
    assert "was answered already" in text(again)
    assert list(Handover.objects.order_by("pk").values_list("state", flat=True)) == ["declined", "withdrawn"]


def test_it_offers_nothing_to_those_who_only_look(
    benefit: Benefit, member: User, owner: User, sustainer: User, signed_in: Browser
) -> None:
    browser = signed_in(member)
    address = f"/p/agency/benefits/{benefit.pk}/handover/"
    assert "Propose the hand-over" not in text(browser.get(address))
    assert browser.post(address, {"sustainer": sustainer.pk}).status_code == 403
    proposed_to(benefit, sustainer, by=owner, at=timezone.now())
    page = text(browser.get(address))
    assert ("This waits for Sven Sustainer" in page, "Take the benefit over" in page) == (True, False)


@pytest.fixture
def calendar(portfolio: Portfolio, owner: User) -> list[Review]:
    """A late review, one to come, and one that was held."""
    today = timezone.localdate()
    late, coming, held = (
        benefit_in(portfolio, f"{code}-B", name=f"Benefit {code}") for code in ("ALPHA", "BETA", "GAMMA")
    )
    return [
        Review.objects.create(portfolio=late.initiative.portfolio, benefit=late, due_on=today - timedelta(days=3)),
        Review.objects.create(portfolio=coming.initiative.portfolio, benefit=coming, due_on=today + timedelta(days=3)),
        Review.objects.create(
            portfolio=held.initiative.portfolio,
            benefit=held,
            due_on=today - timedelta(days=9),
            held_on=today - timedelta(days=9),
            verdict="at_risk",
            remark="Figures fall.",
            recorded_by=owner,
            recorded_at=timezone.now(),
        ),
    ]


def names_in(page: str) -> list[str]:
    return [code for code in ("ALPHA", "BETA", "GAMMA") if f">Benefit {code}</a>" in page]


def test_it_lists_late_reviews_first(calendar: list[Review], member: User, signed_in: Browser) -> None:
    page = text(signed_in(member).get("/p/agency/reviews/"))
    assert page.index(">Benefit ALPHA<") < page.index(">Benefit BETA<") < page.index(">Benefit GAMMA<")
    assert "(1 late)" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("stand=late", ["ALPHA"]),
        ("stand=open", ["ALPHA", "BETA"]),
        ("stand=held", ["GAMMA"]),
        ("verdict=at_risk", ["GAMMA"]),
        ("search=bet+benefit", ["BETA"]),
        ("mine=on", []),
    ],
)
def test_it_filters_the_calendar(
    calendar: list[Review], owner: User, signed_in: Browser, query: str, found: list[str]
) -> None:
    assert names_in(text(signed_in(owner).get(f"/p/agency/reviews/?{query}"))) == found


def test_it_narrows_to_a_month(calendar: list[Review], owner: User, signed_in: Browser) -> None:
    review = calendar[1]
    review.due_on = (timezone.localdate().replace(day=1) + timedelta(days=70)).replace(day=5)
    review.save()
    assert names_in(text(signed_in(owner).get(f"/p/agency/reviews/?month={review.due_on:%Y-%m}"))) == ["BETA"]


def test_it_exports_what_is_filtered(calendar: list[Review], owner: User, member: User, signed_in: Browser) -> None:
    address = "/p/agency/reviews/export.csv?stand=held"
    content = signed_in(owner).get(address).content.decode("utf-8-sig").splitlines()
    assert content[0].startswith("Due,Initiative code,Initiative,Benefit code,Benefit,Owner,Sustainer,State,Held")
    held = calendar[2].held_on
    assert content[1:] == [f"{held},GAMMA,Initiative GAMMA,GAMMA-B,Benefit GAMMA,,,At risk,{held},Figures fall."]
    assert signed_in(member).get(address).status_code == 403
    assert signed_in(owner).get("/p/agency/reviews/export.pdf").status_code == 404


def test_it_records_and_moves_a_review(calendar: list[Review], owner: User, member: User, signed_in: Browser) -> None:
    late = calendar[0]
    address = f"/p/agency/reviews/{late.pk}/"
    today = timezone.localdate()
    assert "Record the review" not in text(signed_in(member).get(address))
    assert signed_in(member).post(address, {"held_on": today, "verdict": "lost"}).status_code == 403
    browser = signed_in(owner)
    move = f"/p/agency/benefits/{late.benefit_id}/review/"
    assert browser.post(move, {"due_on": today - timedelta(days=1)}).status_code == 422
    assert browser.post(move, {"due_on": today + timedelta(days=1)}).status_code == 302
    wrong = browser.post(address, {"held_on": today + timedelta(days=1), "verdict": "lost"})
    assert (wrong.status_code, "This day is still to come" in text(wrong)) == (422, True)
    assert browser.post(address, {"held_on": today, "verdict": "lost", "remark": "Gone."}).status_code == 302
    page = text(browser.get(address))
    assert "Gone." in page
    assert "Record the review" not in page
    assert signed_in(member).get(move).status_code == 403


def test_what_is_in_another_portfolio_does_not_exist(
    benefit: Benefit, calendar: list[Review], stranger: User, signed_in: Browser
) -> None:
    browser = signed_in(stranger)
    for address in (f"benefits/{benefit.pk}/handover/", "reviews/", f"reviews/{calendar[0].pk}/"):
        assert browser.get(f"/p/agency/{address}").status_code == 404
    assert "Nothing waits for you" in text(browser.get("/tasks/"))
