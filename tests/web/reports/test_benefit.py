"""The page of a benefit: promised, expected and measured, today and as known on a day."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.web.benefits.test_forecasts import LATER
from tests.web.conftest import person
from tests.web.maps.cast import map_make

from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.benefits.actions import assumption_add, baseline_adopt, benefit_add, benefit_change, forecast_record
from openvmo_web.benefits.models import Benefit
from openvmo_web.common.charts import Chart
from openvmo_web.maps.actions import claim_set, link_add, node_add, node_change
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.realisation.actions import measurement_record, measurement_verify
from openvmo_web.reports.benefit import BenefitPage
from openvmo_web.strategy.actions import objective_add, objective_change

SPRING = datetime(2026, 3, 2, 9, tzinfo=UTC)
SUMMER = datetime(2026, 6, 10, 9, tzinfo=UTC)
AUTUMN = datetime(2026, 9, 10, 9, tzinfo=UTC)


@pytest.fixture
def benefit(portfolio: Portfolio) -> Benefit:
    Initiative.objects.filter(code="ALPHA").update(state="delivery")
    return Benefit.objects.select_related("initiative__portfolio", "initiative__current_plan").get(code="ALPHA-B")


@pytest.fixture
def story(benefit: Benefit, portfolio: Portfolio, owner: User, executive: User) -> Benefit:
    """A benefit with a past: a baseline in spring, a measurement and a forecast in summer, a correction in autumn."""
    finance = person("fiona@example.org", "Fiona Finance", "finance", portfolio.pk)
    baseline_adopt(portfolio=portfolio, benefits=[benefit], reason="Funded in 2024", by=executive, at=SPRING)
    assumption_add(benefit=benefit, text="Letters stay as many", by=owner, at=SPRING)
    measured = measurement_record(benefit=benefit, month=Month(2026, 5), value=4.0, by=owner, at=SUMMER)
    assert measured is not None
    measurement_verify(measurement=measured, by=finance, at=SUMMER + timedelta(hours=1))
    forecast_record(benefit=benefit, profile=LATER, reason="Roll-out is late", by=owner, at=SUMMER)
    benefit_change(benefit=benefit, description="Half of all letters", by=owner, at=AUTUMN)
    measurement_record(benefit=benefit, month=Month(2026, 5), value=3.0, by=owner, at=AUTUMN)
    return benefit


def page_of(browser: Client, benefit: Benefit, on: str = "") -> BenefitPage:
    """What the page of a benefit shows."""
    answer = browser.get(benefit.get_absolute_url(), {"on": on} if on else {})
    assert answer.status_code == 200
    page: BenefitPage = answer.context["page"]
    return page


def column(chart: Chart, label: str) -> dict[str, object]:
    """One column of a chart's table, by month."""
    place = [one.label for one in chart.columns].index(label)
    return {row[0]: row[place] for row in chart.rows if row[place] is not None}


def test_it_shows_the_promise_the_forecast_and_the_measured_months(
    story: Benefit, owner: User, signed_in: Callable[[User], Client]
) -> None:
    page = page_of(signed_in(owner), story)
    assert page.planned is not None
    assert page.forecast is not None
    assert (page.planned.profile.annual.likely, page.forecast.profile, page.annual_change) == (90.0, LATER, -20.0)
    assert [(line.row.value, line.status.label, len(line.earlier)) for line in page.measurements] == [
        (3, "Reported", 2)
    ]
    assert page.arriving is not None
    assert column(page.arriving, "Reported") == {"2026-05": 3.0}
    assert column(page.arriving, "Baseline")["2027-04"] == pytest.approx(90 / 12)
    assert page.moving is None
    assert [(line.title, line.is_in_force) for line in page.versions] == [
        ("Forecast, plan version 2", True),
        ("Baseline 1", True),
        ("Forecast, plan version 1", False),
    ]
    changes = {change.label: (change.before, change.after) for change in page.versions[0].changes}
    assert changes["First month"] == ("Apr 2027", "Oct 2027")
    assert changes["Lasts"] == ("without an end", "60 months")
    assert page.standing.realised == Decimal(3)


def test_it_shows_what_was_known_on_a_day(story: Benefit, owner: User, signed_in: Callable[[User], Client]) -> None:
    browser = signed_in(owner)
    spring, summer = page_of(browser, story, "2026-03-02"), page_of(browser, story, "2026-06-10")
    assert (spring.measurements, spring.forecast and spring.forecast.profile.annual.likely) == ([], 90.0)
    assert [line.row.text for line in spring.assumptions] == ["Letters stay as many"]
    assert [(line.row.value, line.status.label) for line in summer.measurements] == [(4, "Verified")]
    assert summer.forecast is not None
    assert (summer.forecast.profile, summer.benefit.description) == (LATER, "")
    assert (summer.standing.realised, summer.standing.verified) == (4, 4)
    assert "You are reading the past" in browser.get(f"{story.get_absolute_url()}?on=2026-06-10").content.decode()


def test_the_past_bears_the_names_of_then(
    benefit: Benefit, portfolio: Portfolio, owner: User, executive: User, signed_in: Callable[[User], Client]
) -> None:
    aim = objective_add(code="AIM", name="Old aim", by=executive, at=SPRING)
    benefit_change(benefit=benefit, objective=aim, by=owner, at=SPRING)
    drawn = map_make(portfolio, by=owner, at=SPRING)
    link_add(portfolio=portfolio, source=drawn.calls, target=drawn.paper, by=owner, at=SPRING)
    objective_change(objective=aim, name="New aim", by=executive, at=AUTUMN)
    node_change(node=drawn.service, name="Newest service", by=owner, at=AUTUMN)
    benefit_change(benefit=drawn.calls, name="Fewest calls", by=owner, at=AUTUMN)

    browser, today = signed_in(owner), ("New aim", "Newest service", "Fewest calls")
    before = browser.get(f"{benefit.get_absolute_url()}?on=2026-06-10").content.decode()
    assert [name for name in today if name in before.partition("known-on")[2]] == []
    assert all(name in before for name in ("Old aim", "Faster service", "of “Faster service”"))
    after = browser.get(benefit.get_absolute_url()).content.decode()
    assert all(name in after for name in today)


def test_the_past_is_read_in_as_many_queries_however_much_leads_to_it(
    benefit: Benefit, portfolio: Portfolio, owner: User, signed_in: Callable[[User], Client]
) -> None:
    map_make(portfolio, by=owner, at=SPRING)
    browser, address, counts = signed_in(owner), f"{benefit.get_absolute_url()}?on=2026-06-10", []
    browser.get(address)
    for name in ("Fewer calls", "Fewer visits"):
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
        counts.append(len(queries))
        node = node_add(portfolio=portfolio, kind="outcome", name=name, pool=Decimal(10), by=owner, at=SPRING)
        link_add(portfolio=portfolio, source=node, target=benefit, by=owner, at=SPRING)
        claim_set(outcome=node, benefit=benefit, share=Decimal("0.5"), by=owner, at=SPRING)
    assert counts[0] == counts[1]


def test_a_day_before_it_was_known_says_so(story: Benefit, owner: User, signed_in: Callable[[User], Client]) -> None:
    answer = signed_in(owner).get(story.get_absolute_url(), {"on": "2020-01-01"})
    assert answer.context["page"] is None
    assert "Nothing was known of this benefit" in answer.content.decode()


def test_a_level_is_drawn_against_its_target(
    benefit: Benefit, owner: User, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    days = benefit_add(
        initiative=benefit.initiative,
        code="DAYS",
        name="Fewer days to decide a claim",
        kind="quantifiable",
        unit="days",
        accrual="level",
        direction="decrease",
        baseline=Decimal(30),
        target=Decimal(18),
        by=owner,
        at=now,
    )
    profile = replace(LATER, benefit="DAYS", ramp_months=0, decay=0.0, offset=0)
    forecast_record(benefit=days, profile=profile, reason="First view", by=owner, at=now)
    measurement_record(benefit=days, month=Month(2026, 2), value=27.0, by=owner, at=now)
    page = page_of(signed_in(owner), days)
    assert page.moving is not None
    assert column(page.moving, "Reported") == {"2026-02": 27.0}
    assert set(column(page.moving, "Target").values()) == {18.0}
    # 70 days a year less is 70 days below where it stood before.
    assert column(page.moving, "Forecast")["2027-06"] == pytest.approx(30 - 70)
    assert page.arriving is not None
    assert column(page.arriving, "Reported") == {"2026-02": pytest.approx(3 / 12)}


def test_a_benefit_without_plan_and_figures_says_what_to_do(
    portfolio: Portfolio, owner: User, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    bare = Initiative.objects.create(portfolio=portfolio, code="EPS", name="Epsilon")
    new = benefit_add(initiative=bare, code="EPS-B", name="Fewer calls", kind="qualitative", by=owner, at=now)
    html = signed_in(owner).get(new.get_absolute_url()).content.decode()
    for sentence in (
        "Nothing says yet how it arrives",
        "Nothing was measured yet",
        "neither a baseline nor a forecast",
    ):
        assert sentence in html


def test_it_offers_what_the_viewer_may_do(
    benefit: Benefit, owner: User, member: User, executive: User, signed_in: Callable[[User], Client]
) -> None:
    def offered(user: User) -> list[str]:
        return [action.label for action in signed_in(user).get(benefit.get_absolute_url()).context["actions"]]

    assert offered(owner) == [
        "Measure",
        "Record a forecast",
        "Change",
        "Hand over to operations",
        "Show on the map",
    ]
    assert offered(member) == ["Show on the map"]
    assert signed_in(executive).get(benefit.get_absolute_url()).context["may_adopt"]
    assert not signed_in(owner).get(benefit.get_absolute_url()).context["may_adopt"]


def test_a_stranger_does_not_find_it(benefit: Benefit, stranger: User, signed_in: Callable[[User], Client]) -> None:
    assert signed_in(stranger).get(benefit.get_absolute_url()).status_code == 404


def test_its_number_of_queries_does_not_grow(story: Benefit, owner: User, signed_in: Callable[[User], Client]) -> None:
    browser = signed_in(owner)
    page_of(browser, story)
    with CaptureQueriesContext(connection) as few:
        page_of(browser, story)
    for number in range(6):
        at = AUTUMN + timedelta(days=number)
        measurement_record(benefit=story, month=Month(2026, 1 + number), value=1.0 + number, by=owner, at=at)
        forecast_record(benefit=story, profile=replace(LATER, offset=number), reason="Again", by=owner, at=at)
    with CaptureQueriesContext(connection) as many:
        page_of(browser, story)
    assert len(many) <= len(few)
