"""Why two forecasts differ."""

import dataclasses
import math

import pytest
from tests.analysis.small_town import initiative, town

from openvmo.analysis import Change, run_analysis, run_changes, run_record
from openvmo.engine.model import Dependency, DependencyKind, Portfolio
from openvmo.engine.quantities import Estimate

TRIALS = {"trials": 400}


def recorded(portfolio: Portfolio, kind: str = "forecast", **parameters: object) -> dict[str, object]:
    return run_record(portfolio, run_analysis(kind, portfolio, TRIALS | parameters))


def dearer(portfolio: Portfolio, name: str, amount: float) -> Portfolio:
    def changed(one):
        option = one.options[0]
        line = dataclasses.replace(option.costs[0], amount=Estimate(amount, low=0.9 * amount, high=1.4 * amount))
        return dataclasses.replace(one, options=(dataclasses.replace(option, costs=(line,)),))

    return dataclasses.replace(
        portfolio, initiatives=tuple(changed(one) if one.id == name else one for one in portfolio.initiatives)
    )


EARLIER = recorded(town())


def test_a_run_does_not_differ_from_itself():
    found = run_changes(EARLIER, EARLIER)
    assert (found.causes, found.parameters, found.inputs, found.initiatives) == ((), (), (), ())
    assert [shift.difference for shift in found.totals] == [0.0] * 4


def test_with_one_seed_only_what_was_changed_moves():
    found = run_changes(EARLIER, recorded(dearer(town(), "library", 400e6)))
    assert found.causes == ("inputs",)
    place = ("initiatives", "library", "options", "plan", "costs", "build", "amount")
    assert found.inputs == tuple(
        Change((*place, name), before, after)
        for name, before, after in (("low", 270e6, 360e6), ("likely", 300e6, 400e6), ("high", 420e6, 560e6))
    )
    assert [(shift.name, shift.changes) for shift in found.initiatives] == [("library", 3)]
    npv = found.totals[0]
    assert npv.difference == pytest.approx(found.by_inputs, rel=1e-7)
    assert npv.difference < -80e6
    assert found.by_others == 0.0


def test_what_waits_for_a_changed_one_moves_without_changes_of_its_own():
    waiting = (Dependency(kind=DependencyKind.FINISH_TO_START, source="library", target="pool"),)

    def plan(months: int) -> Portfolio:
        own = (initiative("library", 300e6, 180e6, months=months), initiative("pool", 200e6, 20e6))
        return dataclasses.replace(town(*own), dependencies=waiting)

    found = run_changes(recorded(plan(12)), recorded(plan(24)))
    assert {shift.name: shift.changes for shift in found.initiatives} == {"library": 1, "pool": 0}
    assert found.by_others != 0.0
    assert found.by_inputs + found.by_others == pytest.approx(found.totals[0].difference, rel=1e-7)


def test_another_seed_moves_figures_by_chance():
    found = run_changes(EARLIER, recorded(town(), seed=2))
    assert found.causes == ("seed",)
    assert found.parameters == (Change(("parameters", "seed"), 1, 2),)
    assert all(shift.error > 0 and not math.isnan(shift.error) for shift in found.totals)
    assert {shift.name for shift in found.initiatives} == {"bridge", "library", "pool"}
    assert found.by_inputs == 0.0


def test_a_parameter_is_told_from_the_draws():
    found = run_changes(EARLIER, recorded(town(), assumed_bcr=2.0))
    assert found.causes == ("parameters",)


def test_what_came_and_what_went_has_one_side_only():
    found = run_changes(EARLIER, recorded(town(initiative("bridge", 900e6, 400e6), initiative("tram", 100e6, 30e6))))
    sides = {shift.name: (shift.before is None, shift.after is None) for shift in found.initiatives}
    assert sides == {"library": (False, True), "pool": (False, True), "tram": (True, False)}
    gone = [change.place for change in found.inputs if change.after is None]
    assert gone == [("initiatives", "library"), ("initiatives", "pool")]


def test_it_compares_forecasts_in_one_money_only():
    euros = recorded(dataclasses.replace(town(), currency="EUR"))
    with pytest.raises(ValueError, match="different money: currency GBP and EUR"):
        run_changes(EARLIER, euros)
    with pytest.raises(ValueError, match="only forecasts"):
        run_changes(EARLIER, recorded(town(), "choose", budgets={"each_year": 1e9}))
