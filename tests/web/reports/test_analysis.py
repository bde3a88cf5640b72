"""Planned beside observed money, in figures worked out by hand."""

from datetime import datetime

import pytest

from openvmo.engine.quantities import Month
from openvmo_web.benefits.models import Benefit
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.reports.analysis import (
    Flows,
    cumulative,
    initiative_flows,
    initiative_record,
    known_sum,
    portfolio_picture,
)

NOW = Month(2028, 3)


def at_month(flows: Flows, series: tuple[float | None, ...], year: int, month: int) -> float | None:
    return series[flows.months.index(Month(year, month))]


def test_unknown_values_are_no_noughts() -> None:
    assert known_sum([None, None]) is None
    assert known_sum([1.0, None, 2.0]) == 3.0
    assert cumulative([1.0, None, 2.0, None]) == [1.0, 1.0, 3.0, None]
    assert cumulative([None, None]) == [None, None]


def test_flows_add_up_what_is_funded(arrived: Portfolio, later: datetime) -> None:
    flows = portfolio_picture(arrived, later).flows
    assert (flows.months[0], flows.months[-1]) == (Month(2026, 3), Month(2029, 2))
    # 100 + 80 + 60 over twelve months from 2026-04; the proposal of 50 is not in.
    assert at_month(flows, flows.planned_cost, 2026, 3) == 0.0
    assert at_month(flows, flows.planned_cost, 2026, 4) == pytest.approx(240 / 12)
    assert sum(flows.planned_cost) == pytest.approx(240)
    # 90 + 60 + 30 a year from 2027-04.
    assert at_month(flows, flows.planned_benefit, 2027, 3) == 0.0
    assert at_month(flows, flows.planned_benefit, 2027, 4) == pytest.approx(180 / 12)
    assert at_month(flows, flows.actual_cost, 2027, 3) == 10.0
    assert at_month(flows, flows.actual_cost, 2027, 4) is None
    assert at_month(flows, flows.realised_benefit, 2027, 5) == 6.0
    assert at_month(flows, flows.realised_benefit, 2028, 2) == 5.0
    assert flows.unvalued == 0


def test_the_last_year_ends_before_the_present_month(arrived: Portfolio, later: datetime) -> None:
    year = portfolio_picture(arrived, later).flows.last(12, NOW)
    assert (year.months[0], year.months[-1], len(year.months)) == (Month(2027, 3), Month(2028, 2), 12)
    assert known_sum(year.realised_benefit) == 16.0
    assert known_sum(year.actual_cost) == 10.0


def test_it_compares_only_the_months_that_were_observed(arrived: Portfolio, later: datetime) -> None:
    picture = portfolio_picture(arrived, later)
    [short], [over] = picture.shortfalls, picture.overspends
    # Two measured months of 90 / 12 planned, 5 + 6 seen; one month of 100 / 12 planned, 10 spent.
    assert (short.code, short.planned, short.observed) == ("ALPHA", pytest.approx(15.0), 11.0)
    assert short.share == pytest.approx(11 / 15)
    assert (over.code, over.planned, over.observed) == ("ALPHA", pytest.approx(100 / 12), 10.0)
    assert over.share == pytest.approx(1.2)


def test_it_names_benefits_that_have_fallen_silent(arrived: Portfolio, later: datetime) -> None:
    silences = portfolio_picture(arrived, later).silences
    assert [(one.initiative_code, one.last_measured) for one in silences] == [("ALPHA", "2027-05"), ("GAMMA", None)]


def test_a_benefit_may_be_silent_for_three_months(arrived: Portfolio, later: datetime) -> None:
    july, august = (portfolio_picture(arrived, later.replace(year=2027, month=month)) for month in (7, 8))
    assert july.silences == ()
    # What was recorded in 2028 was not known then.
    assert [(one.initiative_code, one.last_measured) for one in august.silences] == [
        ("ALPHA", None),
        ("BETA", None),
        ("GAMMA", None),
    ]


def test_qualitative_benefits_are_not_missed(arrived: Portfolio, later: datetime) -> None:
    Benefit.objects.update(kind="qualitative")
    picture = portfolio_picture(arrived, later)
    assert picture.silences == ()
    assert picture.flows.unvalued == 3
    assert known_sum(picture.flows.realised_benefit) is None


def test_it_shows_one_initiative_whether_funded_or_not(portfolio: Portfolio, later: datetime) -> None:
    delta = initiative_record(Initiative.objects.get(code="DELTA"), later)
    assert delta is not None
    flows = initiative_flows(delta, later)
    assert sum(flows.planned_cost) == pytest.approx(50)
    assert known_sum(flows.actual_cost) is None


def test_an_initiative_is_unknown_before_it_was_recorded(portfolio: Portfolio, now: datetime) -> None:
    assert initiative_record(Initiative.objects.get(code="DELTA"), now.replace(year=2020)) is None


def test_a_portfolio_without_initiatives_has_flows_of_nothing(portfolio: Portfolio, later: datetime) -> None:
    picture = portfolio_picture(portfolio, later)  # proposals only
    assert len(picture.flows.months) == 36
    assert not any(picture.flows.planned_cost)
    assert (picture.shortfalls, picture.overspends, picture.silences) == ((), (), ())
