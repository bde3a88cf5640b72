"""Coverage: hand-made figures, and sums that always agree."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone

from openvmo.engine import model
from openvmo.engine.quantities import Estimate, Month
from openvmo_web.access.actions import token_issue
from openvmo_web.access.models import User
from openvmo_web.benefits.actions import benefit_add, benefit_change, plan_record
from openvmo_web.benefits.models import Benefit
from openvmo_web.portfolio.actions import initiative_add, initiative_change
from openvmo_web.portfolio.models import Initiative, Portfolio, Programme
from openvmo_web.realisation.analysis import standings_refresh_all
from openvmo_web.reports.coverage import NO_BENEFIT, NO_OBJECTIVE, coverage_of, orphans_of, streams_chart
from openvmo_web.reports.coverage_page import coverage_rows
from openvmo_web.reports.coverage_rows import parts_of
from openvmo_web.strategy.models import Objective

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ADDRESS = "/p/agency/coverage/"


@pytest.fixture
def objectives(db: None) -> dict[str, Objective]:
    """Grow, with a part of its own, weighs three times as much as save and green together."""
    grow = Objective.objects.create(code="GROW", name="Grow", weight=6)
    return {
        "grow": grow,
        "reach": Objective.objects.create(code="REACH", name="Reach more people", parent=grow, weight=1),
        "save": Objective.objects.create(code="SAVE", name="Save money", weight=1),
        "green": Objective.objects.create(code="GREEN", name="Green estate", weight=1),
    }


@pytest.fixture
def covered(portfolio: Portfolio, objectives: dict[str, Objective], owner: User) -> Portfolio:
    """The small portfolio with benefits of every kind.

    ALPHA costs 100: 90 a year for SAVE and a qualitative benefit for REACH. BETA costs 80 and serves nothing.
    GAMMA costs 60: 30 a year for SAVE, 10 for GROW, and a dis-benefit of 5 for SAVE. DELTA costs 50: 2 for REACH.
    EPSILON costs 20 and states no benefit; ZETA states no cost.
    """
    rows = {row.code: row for row in portfolio.initiatives.all()}
    acts = {"by": owner, "at": NOW}
    _serve("ALPHA-B", objectives["save"], owner)
    benefit_add(
        initiative=rows["ALPHA"],
        code="ALPHA-Q",
        name="Calmer",
        kind="qualitative",
        objective=objectives["reach"],
        **acts,
    )
    _serve("GAMMA-B", objectives["save"], owner)
    benefit_add(
        initiative=rows["GAMMA"],
        code="GAMMA-C",
        name="Faster",
        kind="non_cashable",
        objective=objectives["grow"],
        **acts,
    )
    benefit_add(
        initiative=rows["GAMMA"],
        code="GAMMA-D",
        name="More training",
        kind="cashable",
        is_disbenefit=True,
        objective=objectives["save"],
        **acts,
    )
    plan_record(
        initiative=rows["GAMMA"],
        options=[_plan(60, {"GAMMA-B": 30, "GAMMA-C": 10, "GAMMA-D": 5})],
        reason="All benefits",
        **acts,
    )
    _serve("DELTA-B", objectives["reach"], owner)
    epsilon = initiative_add(portfolio=portfolio, code="EPSILON", name="Initiative EPSILON", **acts)
    plan_record(initiative=epsilon, options=[_plan(20, {})], reason="Only costs", **acts)
    initiative_add(portfolio=portfolio, code="ZETA", name="Initiative ZETA", **acts)
    standings_refresh_all(portfolio.pk, NOW)
    return portfolio


def _serve(code: str, objective: Objective, owner: User) -> None:
    benefit_change(benefit=Benefit.objects.get(code=code), objective=objective, by=owner, at=NOW)


def _plan(cost: float, benefits: dict[str, float]) -> model.Option:
    return model.Option(
        id="plan",
        name="As planned",
        start=Month(2026, 4),
        duration=12,
        costs=(model.CostLine(id="build", name="Build", amount=Estimate(cost)),),
        profiles=tuple(model.Profile(benefit=code, annual=Estimate(annual)) for code, annual in benefits.items()),
    )


def test_it_divides_spending_by_steady_value_and_evenly_where_there_is_none(
    covered: Portfolio, objectives: dict[str, Objective]
) -> None:
    keys = dict(Initiative.objects.values_list("pk", "code"))
    names = {objective.pk: name for name, objective in objectives.items()}
    parts = {
        (keys[part.group or 0], names.get(part.objective or 0), part.kind): (part.spending, part.annual, part.benefits)
        for part in parts_of(covered, "all", "initiative")
    }

    assert parts == {
        ("ALPHA", "save", "cashable"): (50.0, 90.0, 1),
        ("ALPHA", "reach", "qualitative"): (50.0, None, 1),
        ("BETA", None, "cashable"): (80.0, 60.0, 1),
        ("GAMMA", "save", "cashable"): (45.0, 25.0, 2),
        ("GAMMA", "grow", "non_cashable"): (15.0, 10.0, 1),
        ("DELTA", "reach", "cashable"): (50.0, 2.0, 1),
    }


def test_it_adds_up_what_serves_each_objective(
    covered: Portfolio, objectives: dict[str, Objective], owner: User
) -> None:
    coverage = coverage_of(owner, covered)

    totals = {place: (cell.spending, cell.annual, cell.count) for place, cell in coverage.totals.items()}
    assert totals == {
        objectives["grow"].pk: (115.0, 12.0, 3),
        objectives["save"].pk: (95.0, 115.0, 3),
        NO_OBJECTIVE: (80.0, 60.0, 1),
        NO_BENEFIT: (20.0, None, 0),
    }
    assert coverage.cost == 310.0
    assert (coverage.cost_serving, coverage.cost_aimless, coverage.cost_unserving) == (210.0, 80.0, 20.0)
    assert coverage.unpriced == 1
    assert coverage.annual == 187.0


def test_it_looks_below_an_objective(covered: Portfolio, objectives: dict[str, Objective], owner: User) -> None:
    coverage = coverage_of(owner, covered, under=objectives["grow"].pk)

    totals = {place: cell.spending for place, cell in coverage.totals.items()}
    assert [column.label for column in coverage.columns] == [
        "Reach more people",
        "Grow itself",
        "Elsewhere",
        "No benefit stated",
    ]
    assert totals == {objectives["reach"].pk: 100.0, objectives["grow"].pk: 15.0, "elsewhere": 175.0, NO_BENEFIT: 20.0}


def test_it_compares_the_money_with_the_weight(covered: Portfolio, owner: User) -> None:
    rows = {row.column.label: row for row in coverage_of(owner, covered).alignment()}

    assert [rows[name].weight for name in ("Grow", "Save money", "Green estate")] == [0.75, 0.125, 0.125]
    assert rows["Grow"].spending_share == pytest.approx(115 / 210)
    assert rows["Grow"].annual_share == pytest.approx(12 / 127)
    assert rows["Grow"].status.label == "Less money than weight"
    assert rows["Save money"].status.label == "More money than weight"
    assert rows["Green estate"].status.label == "Not served"


def test_it_says_no_weight_unless_every_weight_is_stated(
    covered: Portfolio, objectives: dict[str, Objective], owner: User
) -> None:
    Objective.objects.filter(pk=objectives["green"].pk).update(weight=None)

    rows = {row.column.label: row for row in coverage_of(owner, covered).alignment()}
    assert rows["Grow"].weight is None
    assert rows["Grow"].status.label == "No weight"


def test_it_lists_holes_and_orphans(covered: Portfolio, owner: User) -> None:
    coverage = coverage_of(owner, covered)
    orphans = orphans_of(owner, covered, "all")

    assert [hole.objective.code for hole in coverage.holes] == ["GREEN"]
    assert [row.code for row in orphans.initiatives] == ["BETA", "EPSILON"]
    assert [row.code for row in orphans.benefits] == ["BETA-B"]
    assert [row.code for row in orphans.unvalued] == []


def test_it_finds_an_objective_unserved_of_which_no_part_is_served(
    covered: Portfolio, objectives: dict[str, Objective], owner: User
) -> None:
    Objective.objects.create(code="GREEN.HEAT", name="Heat", parent=objectives["green"])

    holes = coverage_of(owner, covered).holes
    assert [(hole.objective.code, hole.depth) for hole in holes] == [("GREEN", 0), ("GREEN.HEAT", 1)]


def test_it_leaves_the_objectives_of_other_portfolios_out(covered: Portfolio, owner: User) -> None:
    other = Portfolio.objects.create(
        slug="other", name="Other", currency="EUR", price_base=2026, starts="2026-01-01", horizon=12, discount_rate=0.0
    )
    other.objectives.add(Objective.objects.create(code="OTHER", name="Of another portfolio"))

    assert "OTHER" not in [hole.objective.code for hole in coverage_of(owner, covered).holes]


def test_it_counts_only_funded_work_when_asked(covered: Portfolio, owner: User) -> None:
    initiative_change(initiative=Initiative.objects.get(code="ALPHA"), state="delivery", by=owner, at=NOW)

    assert coverage_of(owner, covered, work="funded").cost == 100.0


def test_it_leaves_stopped_work_out(covered: Portfolio, owner: User) -> None:
    initiative_change(initiative=Initiative.objects.get(code="ALPHA"), state="stopped", by=owner, at=NOW)

    assert coverage_of(owner, covered).cost == 210.0


@pytest.mark.parametrize("by", ["programme", "initiative"])
def test_its_streams_add_up_to_all_spending(covered: Portfolio, owner: User, by: str) -> None:
    programme = Programme.objects.create(portfolio=covered, code="P", name="Cashable")
    covered.initiatives.filter(code__in=("ALPHA", "BETA")).update(programme=programme)

    chart = streams_chart(owner, coverage_of(owner, covered), by)  # type: ignore[arg-type]
    links = chart.option["series"][0]["links"]
    sums = [sum(link["value"] for link in links if link["source"].startswith(f"{layer}:")) for layer in range(3)]
    assert sums == pytest.approx([310.0, 310.0, 290.0])
    assert [row[2] for row in chart.rows if row[1] == "Serves no objective"] == [80.0]
    assert [row[2] for row in chart.rows if row[1] == "No benefit stated"] == [20.0]


def test_it_draws_many_initiatives_as_the_largest_and_the_others(covered: Portfolio, owner: User) -> None:
    for number in range(9):
        initiative = initiative_add(portfolio=covered, code=f"N{number}", name=f"New {number}", by=owner, at=NOW)
        plan_record(initiative=initiative, options=[_plan(200 + number, {})], reason="New", by=owner, at=NOW)

    chart = streams_chart(owner, coverage_of(owner, covered), "initiative")
    first = {row[1]: row[2] for row in chart.rows if row[0] == "Spending"}
    assert first["Other initiatives"] == 310.0
    assert first["New 8"] == 208.0
    assert len(first) == 10
    assert sum(row[2] for row in chart.rows if row[0] == "Other initiatives") == pytest.approx(310.0)


def test_the_rows_of_the_file_add_up_to_all_spending(covered: Portfolio, owner: User) -> None:
    rows = list(coverage_rows(owner, coverage_of(owner, covered)))

    assert sum(row[4] for row in rows) == pytest.approx(310.0)
    assert [row[0] for row in rows] == ["ALPHA", "ALPHA", "BETA", "DELTA", "EPSILON", "GAMMA", "GAMMA"]


def test_it_shows_the_matrix_by_programme_and_by_initiative(
    covered: Portfolio, member: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(member)

    page = client.get(ADDRESS).content.decode()
    assert "Where does the money go, and what does it serve?" in page
    assert "No programme" in page
    assert "£310" in page
    page = client.get(ADDRESS, {"rows": "initiative", "show": "count"}).content.decode()
    assert "Initiative ALPHA" in page


def test_it_finds_initiatives_by_word(covered: Portfolio, member: User, signed_in: Callable[[User], Client]) -> None:
    page = signed_in(member).get(ADDRESS, {"search": "alpha"}).content.decode()

    matrix = page.split('id="list"')[1].split("</table>")[0]
    assert "Initiative ALPHA" in matrix
    assert "Initiative BETA" not in matrix


def test_it_says_what_to_do_when_there_is_nothing(
    owner: User, portfolio_id: int, signed_in: Callable[[User], Client]
) -> None:
    Portfolio.objects.create(
        pk=portfolio_id,
        slug="agency",
        name="A",
        currency="GBP",
        price_base=2026,
        starts="2026-04-01",
        horizon=12,
        discount_rate=0,
    )

    assert "There is nothing to cover yet" in signed_in(owner).get(ADDRESS).content.decode()


def test_it_comes_as_csv(covered: Portfolio, owner: User, signed_in: Callable[[User], Client]) -> None:
    content = signed_in(owner).get(f"{ADDRESS}export.csv").content.decode("utf-8-sig")

    rows = list(csv.DictReader(io.StringIO(content)))
    assert rows[0]["Serves"] == "Grow"
    assert [row["Spending (GBP, 2026 prices)"] for row in rows if row["Code"] == "GAMMA"] == ["15.0", "45.0"]


def test_it_comes_as_a_workbook_with_every_gap(
    covered: Portfolio, owner: User, signed_in: Callable[[User], Client]
) -> None:
    content = signed_in(owner).get(f"{ADDRESS}export.xlsx").content

    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == [
        "Coverage",
        "Weight and money",
        "Objectives not served",
        "Spending without objective",
        "Benefits without objective",
        "Benefits without value",
    ]
    assert [row[0].value for row in book["Spending without objective"].iter_rows(min_row=2)] == ["BETA", "EPSILON"]


def test_it_refuses_other_formats(covered: Portfolio, owner: User, signed_in: Callable[[User], Client]) -> None:
    assert signed_in(owner).get(f"{ADDRESS}export.docx").status_code == 404


def test_it_reads_in_the_api_as_on_the_page(covered: Portfolio, owner: User) -> None:
    token = token_issue(name="figures", by=owner, at=timezone.now())[1]
    answer = Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/portfolios/agency/coverage").json()

    assert (answer["spending"], answer["spending_serving"]) == (310.0, 210.0)
    assert (answer["spending_without_objective"], answer["spending_without_benefit"]) == (80.0, 20.0)
    assert answer["unserved"] == ["GREEN"]
    assert sum(part["spending"] for part in answer["parts"]) == pytest.approx(290.0)
    assert (answer["initiatives_without_objective"], answer["benefits_without_objective"]) == (2, 1)
