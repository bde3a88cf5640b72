"""The owners: figures worked out by hand, by owner and by unit."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from tests.web.conftest import person

from openvmo_web.access.models import User
from openvmo_web.audit.actions import record
from openvmo_web.benefits.models import Benefit, Standing
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.realisation.analysis import standings_refresh_all
from openvmo_web.reports.owners import Line, benefits_held, engagement, lines_of, trend_status
from openvmo_web.reports.tables import OwnersTable

Browser = Callable[[User], Client]
ADDRESS = "/p/agency/owners/"


@pytest.fixture
def holder(portfolio: Portfolio) -> User:
    """Owns two benefits."""
    return person("otto@example.org", "Otto Own", "benefit_owner", portfolio.pk)


@pytest.fixture
def held(arrived: Portfolio, holder: User, later: datetime) -> Portfolio:
    """Otto owns what ALPHA and BETA bring, Bea, who has no account, what GAMMA brings; DELTA is not funded.

    The figures of the standings are set by hand: what they mean is tested where they are worked out.
    """
    standings_refresh_all(arrived.pk, later)
    Benefit.objects.filter(code__in=("ALPHA-B", "BETA-B")).update(owner=holder, owner_name=holder.name)
    Benefit.objects.filter(code="BETA-B").update(kind="non_cashable")
    Benefit.objects.filter(code="GAMMA-B").update(owner_name="Bea")
    Initiative.objects.filter(code="ALPHA").update(unit="North")
    _stand("ALPHA-B", 90, 80, 60, 40, 20, due=10, on_time=8, missing=1, trend=0.20, is_decaying=False)
    _stand("BETA-B", 30, 20, 20, 10, 10, due=5, on_time=1, missing=2, trend=-0.40, is_decaying=True)
    _stand("GAMMA-B", 30, 10, 10, None, None, due=0, on_time=0, missing=0, trend=None, is_decaying=False)
    return arrived


def _stand(
    code: str,
    promised: int,
    planned: int,
    forecast: int,
    realised: int | None,
    verified: int | None,
    **values: float | bool | None,
) -> None:
    Standing.objects.filter(benefit__code=code).update(
        annual_planned=promised, planned=planned, forecast=forecast, realised=realised, verified=verified, **values
    )


def lines(portfolio: Portfolio, viewer: User, at: datetime, by: str = "owner") -> list[Line]:
    return lines_of(benefits_held(viewer, portfolio, "funded"), portfolio, by, at)  # type: ignore[arg-type]


def test_it_adds_up_the_figures_of_an_owner(held: Portfolio, holder: User, later: datetime) -> None:
    otto = lines(held, holder, later)[1]

    assert (otto.owner, otto.name, otto.is_active, otto.benefits) == (holder.pk, "Otto Own", True, 2)
    assert (otto.promised, otto.promised_cashable) == (Decimal(120), Decimal(90))
    assert (otto.planned, otto.forecast, otto.realised, otto.verified) == (100, 80, 50, 30)
    assert otto.realised_cashable == 40
    assert (otto.realised_share, otto.verified_share) == (0.5, 0.6)
    assert (otto.due, otto.on_time, otto.on_time_share, otto.missing, otto.decaying) == (15, 9, 0.6, 3, 1)


def test_it_weighs_the_trend_by_what_was_promised(held: Portfolio, holder: User, later: datetime) -> None:
    otto = lines(held, holder, later)[1]

    assert otto.trend == pytest.approx((90 * 0.20 - 30 * 0.40) / 120)
    assert otto.trend_status is not None
    assert (otto.trend_status.label, otto.trend_status.symbol) == ("Rising", "up")


@pytest.mark.parametrize(
    ("trend", "word"), [(0.05, "Rising"), (0.049, "Steady"), (-0.049, "Steady"), (-0.05, "Falling"), (None, None)]
)
def test_it_says_a_trend_in_a_word(trend: float | None, word: str | None) -> None:
    shown = trend_status(trend)
    assert (shown.label if shown else None) == word


def test_a_dis_benefit_that_rises_pulls_the_trend_down(held: Portfolio, holder: User, later: datetime) -> None:
    Benefit.objects.filter(code="BETA-B").update(is_disbenefit=True)
    Standing.objects.filter(benefit__code="BETA-B").update(annual_planned=-30, trend=1.0)

    assert lines(held, holder, later)[1].trend == pytest.approx((90 * 0.20 - 30 * 1.0) / 120)


def test_it_shows_names_without_account_and_nobody(held: Portfolio, holder: User, later: datetime) -> None:
    Benefit.objects.filter(code="BETA-B").update(owner=None, owner_name="")

    found = lines(held, holder, later)
    assert [(line.owner, line.name) for line in found] == [(None, "Bea"), (holder.pk, "Otto Own"), (None, "")]
    assert found[0].realised is None
    assert found[0].on_time_share is None


def test_it_adds_up_by_unit(held: Portfolio, holder: User, later: datetime) -> None:
    found = {line.name: (line.benefits, line.realised) for line in lines(held, holder, later, "unit")}

    assert found == {"North": (1, 40), "": (2, 10)}


def test_it_adds_up_everything_by_owner_and_by_unit_alike(held: Portfolio, holder: User, later: datetime) -> None:
    sums = [sum(line.planned or 0 for line in lines(held, holder, later, by)) for by in ("owner", "unit")]

    assert sums == [110, 110]


def test_what_others_report_does_not_make_an_owner_engaged(held: Portfolio, holder: User, later: datetime) -> None:
    reported, done = later - timedelta(days=5), later - timedelta(days=10)
    Standing.objects.filter(benefit__owner=holder).update(last_reported_at=reported)
    otto = lines(held, holder, later)[1]
    assert (otto.active_at, otto.reported_at) == (None, reported)
    assert engagement(otto.tended_at, later).label == "Silent"

    _acts(holder, "ALPHA-B", done)
    otto = lines(held, holder, later)[1]
    assert (otto.active_at, otto.reported_at) == (done, reported)
    cell = OwnersTable([otto], portfolio=held, by="owner", at=later).rows[0].get_cell("active_at")
    assert [word in cell for word in ("Engaged", "own deed", "29 Feb 2028", "last report", "5 Mar 2028")] == [True] * 5


def test_who_has_no_account_is_judged_by_what_is_reported(held: Portfolio, holder: User, later: datetime) -> None:
    reported = later - timedelta(days=5)
    Standing.objects.filter(benefit__code="GAMMA-B").update(last_reported_at=reported)

    bea = lines(held, holder, later)[0]
    assert (bea.name, bea.has_account, bea.active_at, bea.tended_at) == ("Bea", False, None, reported)


def test_a_unit_is_as_engaged_as_the_most_engaged_of_its_owners(held: Portfolio, holder: User, later: datetime) -> None:
    first, second = later - timedelta(days=20), later - timedelta(days=3)
    nia = person("nia@example.org", "Nia New", "benefit_owner", held.pk)
    Benefit.objects.filter(code="GAMMA-B").update(owner=nia)
    _acts(holder, "ALPHA-B", first)
    _acts(nia, "GAMMA-B", second)

    found = {line.name: (line.has_account, line.active_at) for line in lines(held, holder, later, "unit")}
    assert found == {"North": (True, first), "": (True, second)}


def _acts(user: User, code: str, at: datetime) -> None:
    benefit = Benefit.objects.select_related("initiative").get(code=code)
    record(by=user, at=at, action="benefit.change", on=benefit, portfolio_id=benefit.initiative.portfolio_id)


def test_it_says_who_looks_after_his_benefits(later: datetime) -> None:
    assert engagement(later - timedelta(days=45), later).label == "Engaged"
    assert engagement(later - timedelta(days=46), later).label == "Silent"
    assert engagement(None, later).label == "Silent"


def test_it_shows_owners_with_their_statements(held: Portfolio, holder: User, member: User, signed_in: Browser) -> None:
    page = signed_in(member).get(ADDRESS).content.decode()

    assert f'<a href="/p/agency/owners/{holder.pk}/">Otto Own</a>' in page
    assert "no account" in page
    assert "cashable" in page


def test_it_sorts_with_what_is_not_known_last(held: Portfolio, holder: User, member: User, signed_in: Browser) -> None:
    for order in ("realised", "-realised"):
        page = signed_in(member).get(ADDRESS, {"sort": order}).content.decode()
        assert page.index("Otto Own") < page.index("Bea")


def test_it_filters_by_class(held: Portfolio, holder: User, member: User, signed_in: Browser) -> None:
    page = signed_in(member).get(ADDRESS, {"kind": "non_cashable"}).content.decode()

    assert "Otto Own" in page
    assert ">Bea<" not in page


def test_it_says_what_to_do_when_nobody_owns_anything(portfolio: Portfolio, member: User, signed_in: Browser) -> None:
    assert "Nobody owns a benefit of funded work yet" in signed_in(member).get(ADDRESS).content.decode()


def test_it_comes_as_csv_in_the_order_of_the_page(held: Portfolio, owner: User, signed_in: Browser) -> None:
    content = signed_in(owner).get(f"{ADDRESS}export.csv", {"sort": "-planned"}).content.decode("utf-8-sig")

    rows = list(csv.DictReader(io.StringIO(content)))
    assert [row["Owner"] for row in rows] == ["Otto Own", "Bea"]
    assert Decimal(rows[0]["Realised to date (GBP, 2026 prices)"]) == 50
    assert rows[1]["Realised to date (GBP, 2026 prices)"] == ""


def test_it_comes_as_a_workbook_by_unit(held: Portfolio, owner: User, signed_in: Browser) -> None:
    assert signed_in(owner).get(f"{ADDRESS}export.xlsx", {"by": "unit"}).content.startswith(b"PK")


def test_it_refuses_downloads_to_viewers(held: Portfolio, member: User, signed_in: Browser) -> None:
    assert signed_in(member).get(f"{ADDRESS}export.csv").status_code == 403
