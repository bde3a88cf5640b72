"""The invented agency: its size, its promises, and that what went wrong can be found."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest

from openvmo.engine.model import Accrual, BenefitClass, Initiative, InitiativeState, Portfolio
from openvmo.engine.model.check import check_portfolio
from openvmo.engine.quantities import Month
from openvmo.example import example_history, example_portfolio, frame
from openvmo.example.history import ChoiceMade, PlanRevised
from openvmo.example.network import claim_specs, link_specs, node_specs
from openvmo.example.story import BOOKED_TWICE, CREEP_ID, CUT_ID, DECAYING_ID, GREEN_BUT_EMPTY_ID, SILENT_ID, SLIPS
from openvmo.example.strategy import EVERY, measure_specs, readings_until

UNTIL = Month(2026, 10)


@pytest.fixture(scope="module")
def present() -> Portfolio:
    return example_portfolio(until=UNTIL)


def measured(initiative: Initiative, benefit: str) -> list[float]:
    return [one.value for one in initiative.measurements if one.benefit == benefit]


def planned_a_month(initiative: Initiative, benefit: str) -> float:
    (profile,) = [profile for profile in initiative.options[0].profiles if profile.benefit == benefit]
    return profile.annual.likely / 12


def test_it_has_sixty_initiatives_in_five_programmes_with_140_benefits(present: Portfolio) -> None:
    benefits = [benefit for initiative in present.initiatives for benefit in initiative.benefits]
    assert (len(present.initiatives), len(present.programmes), len(benefits)) == (60, 5, 140)
    assert {benefit.kind for benefit in benefits} == set(BenefitClass)
    assert any(benefit.is_disbenefit for benefit in benefits)
    assert len({benefit.id for benefit in benefits}) == 140


def test_nothing_in_it_needs_a_remedy(present: Portfolio) -> None:
    assert check_portfolio(present) == ()


def test_the_same_seed_tells_the_same_story() -> None:
    assert example_history(3, until=UNTIL) == example_history(3, until=UNTIL)
    assert example_history(3, until=UNTIL) != example_history(4, until=UNTIL)


def test_events_come_in_order_of_time() -> None:
    history = example_history(until=UNTIL)
    days = [event.on for event in history.events]
    assert days == sorted(days)
    assert (history.opened_on.isoformat()[:7], days[-1].isoformat()[:7]) == ("2024-10", "2026-10")


def test_every_stage_of_life_is_there(present: Portfolio) -> None:
    states = Counter(initiative.state for initiative in present.initiatives)
    assert {InitiativeState.PROPOSAL, InitiativeState.DELIVERY, InitiativeState.OPERATION} <= set(states)


def test_one_choice_is_decided_and_one_waits() -> None:
    choices = [event for event in example_history(until=UNTIL).events if isinstance(event, ChoiceMade)]
    assert [choice.is_decided for choice in choices] == [True, False]


def test_budgets_are_short_of_what_the_plans_would_take(present: Portfolio) -> None:
    year = present.start.fiscal_year(present.fiscal_year_start) + 1
    (budget,) = [budget.amount for budget in present.budgets if budget.year == year]
    assert 15e6 < budget < 30e6


def test_one_saving_is_booked_twice(present: Portfolio) -> None:
    first, second = (
        benefit for initiative in present.initiatives for benefit in initiative.benefits if benefit.id in BOOKED_TWICE
    )
    assert (first.measure, first.beneficiaries) == (second.measure, second.beneficiaries)


def test_the_green_portal_brings_nothing(present: Portfolio) -> None:
    portal = present.initiative(GREEN_BUT_EMPTY_ID)
    assert {str(report.confidence) for report in portal.status} == {"green"}
    assert all(milestone.forecast is None for milestone in portal.milestones)
    shares = [one.value / planned_a_month(portal, one.benefit) for one in portal.measurements]
    assert len(shares) > 20
    assert max(shares) < 0.1


def test_the_slip_travels_from_the_law_to_the_services() -> None:
    revised = [event for event in example_history(until=UNTIL).events if isinstance(event, PlanRevised)]
    first = {
        event.initiative: event.on
        for event in reversed(revised)
        if event.initiative in SLIPS and "round" not in event.reason
    }
    order = ["DIG-01", "DIG-02", "DIG-06", "DIG-04", "DIG-05", "DIG-10"]
    assert sorted(first, key=lambda code: first[code]) == order


def test_the_cost_creeps_below_each_tolerance() -> None:
    history = example_history(until=UNTIL)
    opening = history.opening.initiative(CREEP_ID).options[0].costs[0].amount.likely
    costs = [opening] + [
        event.options[0].costs[0].amount.likely
        for event in history.events
        if isinstance(event, PlanRevised) and event.initiative == CREEP_ID
    ]
    assert max(later / earlier for earlier, later in itertools.pairwise(costs)) < 1.05
    assert costs[-1] / costs[0] > 1.3


def test_the_energy_saved_decays(present: Portfolio) -> None:
    saved = measured(present.initiative(DECAYING_ID), f"{DECAYING_ID}-B1")
    assert max(saved) > 1.5 * saved[-1]


def test_the_silent_owner_reported_before(present: Portfolio) -> None:
    last = max(one.month for one in present.initiative(SILENT_ID).measurements)
    assert UNTIL - last == 10


def test_coaching_was_cut_and_the_platform_starves(present: Portfolio) -> None:
    history = example_history(until=UNTIL)
    revised = [event for event in history.events if isinstance(event, PlanRevised) and event.initiative == CUT_ID]
    assert any("cut" in event.reason for event in revised)
    platform = present.initiative("DIG-03")
    shares = [one.value / planned_a_month(platform, one.benefit) for one in platform.measurements]
    assert max(shares) < 0.5


def test_every_measure_belongs_to_an_objective_and_was_read_in_the_story() -> None:
    known = {objective.id for objective in frame.OBJECTIVES}
    read = Counter(one.measure for one in readings_until(UNTIL, 24, seed=1))
    assert {spec.objective for spec in measure_specs()} <= known
    assert {spec.id: read[spec.id] for spec in measure_specs()} == {
        spec.id: 24 // EVERY[spec.frequency] for spec in measure_specs()
    }


def test_its_map_links_what_there_is_and_claims_no_outcome_twice(present: Portfolio) -> None:
    nodes = {node.id: node for node in node_specs()}
    benefits = {benefit.id for initiative in present.initiatives for benefit in initiative.benefits}
    assert {end for link in link_specs() for end in (link.source, link.target)} <= {*nodes, *benefits}
    claimed: Counter[str] = Counter()
    for claim in claim_specs():
        claimed[claim.outcome] += round(claim.share * 100)
    assert claimed == {"O-ONLINE": 100, "O-ONEGO": 64, "O-SIGNIN": 97, "O-VISITS": 100, "O-ENERGY": 100}
    assert set(claimed) == {code for code, node in nodes.items() if node.pool is not None}


def test_a_few_benefits_say_too_little(present: Portfolio) -> None:
    told = [benefit for one in present.initiatives for benefit in one.benefits if benefit.unit or benefit.measure]
    vague = [benefit for benefit in told if not benefit.observable]
    assert 5 <= len(vague) <= 25


def test_a_level_stands_between_its_baseline_and_target(present: Portfolio) -> None:
    initiative = present.initiative("LIC-01")
    (benefit,) = [benefit for benefit in initiative.benefits if benefit.accrual is Accrual.LEVEL]
    values = measured(initiative, benefit.id)
    assert (benefit.baseline, benefit.target) == (35.0, 80.0)
    assert len(values) > 10
    assert all(30 < value < 90 for value in values)
