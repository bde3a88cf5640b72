"""The money that is kept by month is what the originals add up to, whatever has happened to them."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from tests.web.conftest import person

from openvmo.engine import model
from openvmo.engine.quantities import Estimate, Month
from openvmo_web.access.models import User
from openvmo_web.benefits.actions import benefit_add, benefit_change, plan_record
from openvmo_web.benefits.models import Benefit, Measurement
from openvmo_web.delivery.actions import actual_record
from openvmo_web.exchange.actions import records_import
from openvmo_web.insight import sums
from openvmo_web.insight.analysis import portfolio_as_known
from openvmo_web.insight.flows import MoneyByMonth, added, money_of, silent_from
from openvmo_web.insight.models import BlockMoney, InitiativeMoney, Silence, YearMoney
from openvmo_web.insight.sums import money_of_portfolio, sums_refresh_all
from openvmo_web.jobs.registry import daily_tasks
from openvmo_web.portfolio import changes
from openvmo_web.portfolio.actions import initiative_change
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.realisation.actions import measurement_record, measurement_verify
from openvmo_web.reports.analysis import Picture, portfolio_picture
from openvmo_web.reports.glance import Glance, glance_at

SHOWN = 100


@pytest.fixture
def verifier(portfolio: Portfolio) -> User:
    """Verifies what others report."""
    return person("vera@example.org", "Vera Verifier", "finance", portfolio.pk)


def assert_agrees(glance: Glance, picture: Picture) -> None:
    """Both show the same; what is not exact in binary may differ by rounding where it is added in another order."""
    for name in ("planned_cost", "planned_benefit", "actual_cost", "realised_benefit"):
        kept, direct = getattr(glance.flows, name), getattr(picture.flows, name)
        assert [value is None for value in kept] == [value is None for value in direct]
        assert [value or 0.0 for value in kept] == pytest.approx(
            [value or 0.0 for value in direct], rel=1e-12, abs=1e-9
        )
    assert (glance.flows.months, glance.flows.unvalued) == (picture.flows.months, picture.flows.unvalued)
    # Each initiative is worked out by one function: its own figures are the same to the last bit.
    assert tuple(glance.shortfalls.first) == picture.shortfalls
    assert tuple(glance.overspends.first) == picture.overspends
    assert tuple(glance.silences.first) == picture.silences
    assert glance.silences.count == len(picture.silences)


class History:
    """What people do to a portfolio, by chance."""

    def __init__(self, seed: int, portfolio: Portfolio, by: User, verifier: User, at: datetime) -> None:
        self.chance = random.Random(seed)
        self.portfolio, self.by, self.verifier, self.at = portfolio, by, verifier, at

    def go_on(self) -> None:
        """Do one thing more, some hours later."""
        self.at += timedelta(hours=self.chance.randint(1, 24 * 20))
        step = self.chance.choice(
            (self.move, self.plan, self.measure, self.measure, self.spend, self.value, self.verify)
        )
        step(self.chance.choice(list(self.portfolio.initiatives.order_by("pk"))))

    def some_month(self) -> Month:
        """A month of the last two years."""
        return Month.of(self.at.date()) + self.chance.randint(-20, 0)

    def move(self, initiative: Initiative) -> None:
        """Another state."""
        state = self.chance.choice(("proposal", "approved", "delivery", "operation", "stopped"))
        initiative_change(initiative=initiative, state=state, by=self.by, at=self.at)

    def plan(self, initiative: Initiative) -> None:
        """Another plan, with costs in money and another benefit now and then."""
        if self.chance.random() < 0.3:
            kind = self.chance.choice(("cashable", "qualitative", "quantifiable"))
            unit = "hours" if kind == "quantifiable" else ""
            name = f"Gain {self.chance.random()}"
            benefit_add(initiative=initiative, name=name, kind=kind, unit=unit, by=self.by, at=self.at)
        costs = tuple(
            model.CostLine(
                id=f"C{number}",
                name="Cost",
                amount=Estimate(self.chance.uniform(1, 90)),
                anchor=self.chance.choice(list(model.Anchor)),
                offset=self.chance.randint(-2, 6),
                months=self.chance.choice((None, 1, 7)),
            )
            for number in range(self.chance.randint(0, 3))
        )
        profiles = tuple(
            model.Profile(
                benefit=benefit.code,
                annual=Estimate(self.chance.uniform(1, 90)),
                offset=self.chance.randint(-2, 6),
                ramp_months=self.chance.randint(0, 9),
                duration=self.chance.choice((None, 3, 30)),
                decay=self.chance.choice((0.0, 0.2)),
            )
            for benefit in initiative.benefits.order_by("pk")
            if self.chance.random() < 0.8
        )
        start = Month.of(self.at.date()) + self.chance.randint(-24, 6)
        duration = self.chance.randint(1, 18)
        option = model.Option(id="plan", name="Plan", start=start, duration=duration, costs=costs, profiles=profiles)
        plan_record(initiative=initiative, options=[option], reason="Chance", by=self.by, at=self.at)

    def measure(self, initiative: Initiative) -> None:
        """A value, or a correction of one."""
        benefit = self.chance.choice(list(initiative.benefits.order_by("pk")))
        value = round(self.chance.uniform(-2, 9), 2)
        measurement_record(benefit=benefit, month=self.some_month(), value=value, by=self.by, at=self.at)

    def verify(self, initiative: Initiative) -> None:
        """A row that supersedes without another value."""
        waiting = Measurement.objects.filter(
            benefit__initiative=initiative, is_verified=False, superseded_by=None
        ).order_by("pk")
        for measurement in waiting[:1]:
            measurement_verify(measurement=measurement, by=self.verifier, at=self.at)

    def spend(self, initiative: Initiative) -> None:
        """Money spent, or a correction of it."""
        amount = round(self.chance.uniform(0, 30), 2)
        actual_record(initiative=initiative, month=self.some_month(), amount=amount, by=self.by, at=self.at)

    def value(self, initiative: Initiative) -> None:
        """Another worth of what is measured."""
        for benefit in initiative.benefits.filter(kind="quantifiable").order_by("pk"):
            worth = self.chance.choice((None, Decimal(3), Decimal("0.7")))
            benefit_change(benefit=benefit, value_per_unit=worth, by=self.by, at=self.at)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_kept_is_what_the_originals_add_up_to(
    seed: int, portfolio: Portfolio, owner: User, verifier: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Several blocks, although there are few initiatives.
    monkeypatch.setattr(sums, "BLOCK", 2)
    history = History(seed, portfolio, owner, verifier, now)
    for _step in range(40):
        history.go_on()
    # The year that is kept of an initiative is that of the month in which it changed, or of the next.
    for initiative in portfolio.initiatives.all():
        actual_record(initiative=initiative, month=Month.of(history.at.date()), amount=1.0, by=owner, at=history.at)
    assert_agrees(glance_at(portfolio, history.at, SHOWN), portfolio_picture(portfolio, history.at))
    kept = InitiativeMoney.objects.order_by("initiative")
    before = [(row.initiative_id, row.first, bytes(row.amounts)) for row in kept]
    sums_refresh_all(portfolio.pk, history.at)
    assert [(row.initiative_id, row.first, bytes(row.amounts)) for row in kept.all()] == before
    assert_agrees(glance_at(portfolio, history.at, SHOWN), portfolio_picture(portfolio, history.at))


def test_only_what_is_funded_is_in_the_sum_of_a_block(portfolio: Portfolio, owner: User, now: datetime) -> None:
    assert money_of_portfolio(portfolio) is None
    alpha = Initiative.objects.get(code="ALPHA")
    initiative_change(initiative=alpha, state="approved", by=owner, at=now)
    found = money_of_portfolio(portfolio)
    assert found is not None
    assert found.amounts[0].sum() == pytest.approx(100.0)
    initiative_change(initiative=alpha, state="stopped", by=owner, at=now)
    assert money_of_portfolio(portfolio) is None


def test_a_month_that_passes_needs_no_work_at_once(portfolio: Portfolio, owner: User, now: datetime) -> None:
    alpha = Initiative.objects.get(code="ALPHA")
    initiative_change(initiative=alpha, state="approved", by=owner, at=now)
    actual_record(initiative=alpha, month=Month(2026, 2), amount=3.0, by=owner, at=now)
    next_month = now.replace(month=4)
    assert [row.before.isoformat() for row in YearMoney.objects.all()] == ["2026-03-01", "2026-04-01"]
    assert_agrees(glance_at(portfolio, next_month, SHOWN), portfolio_picture(portfolio, next_month))
    assert "insight.sums" in [daily.name for daily in daily_tasks()]


def test_a_measured_benefit_is_silent_no_longer(portfolio: Portfolio, owner: User, now: datetime) -> None:
    alpha, later = Initiative.objects.get(code="ALPHA"), now.replace(year=2028)
    initiative_change(initiative=alpha, state="operation", by=owner, at=later)
    assert [row.since.isoformat() for row in Silence.objects.all()] == ["2027-08-01"]
    benefit = Benefit.objects.get(code="ALPHA-B")
    measurement_record(benefit=benefit, month=Month(2028, 2), value=1.0, by=owner, at=later)
    assert not Silence.objects.exists()


def test_a_level_without_a_baseline_is_in_no_sum(portfolio: Portfolio, owner: User, now: datetime) -> None:
    alpha = Initiative.objects.get(code="ALPHA")
    record = portfolio_as_known(portfolio, now, only=[alpha.pk]).initiatives[0]
    level = replace(record.benefits[0], accrual=model.Accrual.LEVEL)
    measured = model.Measurement(benefit=level.id, month=Month(2026, 2), value=4.0)
    money = money_of(replace(record, benefits=(level,), measurements=(measured,)), Month(2026, 12))
    assert money.observed_from == Month(2026, 2)
    assert np.isnan(money.amounts[3]).all()


def test_an_import_works_each_initiative_out_once(
    portfolio: Portfolio, owner: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[int]] = []
    monkeypatch.setattr(changes, "_refreshes", [lambda keys, _at: asked.append(list(keys))])
    stated = portfolio_as_known(portfolio, now)
    alpha = replace(
        stated.initiatives[0],
        state=model.InitiativeState.OPERATION,
        actuals=(model.Actual(month=Month(2026, 2), amount=5.0),),
        measurements=(model.Measurement(benefit="ALPHA-B", month=Month(2026, 2), value=4.0),),
    )
    records_import(portfolio=portfolio, stated=replace(stated, initiatives=(alpha,)), reason="", by=owner, at=now)
    assert asked == [[Initiative.objects.get(code="ALPHA").pk]]


def test_nothing_is_worked_out_when_an_action_fails(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[int]] = []
    monkeypatch.setattr(changes, "_refreshes", [lambda keys, _at: asked.append(list(keys))])

    def fail() -> None:
        with changes.refreshed_once(now):
            changes.refresh([1], now)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with changes.refreshed_once(now), changes.refreshed_once(now):
        changes.refresh([2, 3], now)
        changes.refresh([2], now)
    assert asked == [[2, 3]]


def test_unknown_months_stay_unknown_in_a_sum() -> None:
    nan = float("nan")
    one = MoneyByMonth(Month(2026, 1), np.array([[1.0, 1], [0, 0], [5, nan], [nan, nan]]), Month(2026, 1), 1)
    two = MoneyByMonth(Month(2026, 2), np.array([[2.0, 2], [0, 3], [nan, nan], [0, nan]]), Month(2026, 2), 0)
    total = added([two, one])
    assert total is not None
    assert (total.first, total.observed_from, total.unvalued) == (Month(2026, 1), Month(2026, 1), 1)
    expected = [[1, 3, 2], [0, 0, 3], [5, nan, nan], [nan, 0, nan]]
    np.testing.assert_array_equal(total.amounts, np.array(expected))
    assert added([]) is None
    assert BlockMoney._meta.get_field("amounts").get_default() == b""
    again = MoneyByMonth.unpacked(total.first, total.packed(), total.observed_from, total.unvalued)
    np.testing.assert_array_equal(again.amounts, total.amounts)


def test_a_benefit_is_silent_after_three_months() -> None:
    first = Month(2027, 4)
    assert silent_from(first, None, None) == Month(2027, 8)
    assert silent_from(first, None, Month(2026, 1)) == Month(2027, 8)
    assert silent_from(first, None, Month(2027, 9)) == Month(2028, 1)
    # Measured to within three months of its end: nothing more is expected.
    assert silent_from(first, Month(2028, 4), Month(2028, 1)) is None
    assert silent_from(first, Month(2028, 4), Month(2027, 12)) == Month(2028, 4)
