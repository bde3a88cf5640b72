"""What an import would change, in plain values."""

from dataclasses import replace

from openvmo.engine import model
from openvmo.engine.quantities import Estimate, Month
from openvmo_web.exchange.rules import (
    Change,
    address_for,
    as_stored,
    counts_of,
    differences,
    left_alone,
    merged,
    with_known_ids,
)


def option(cost: float) -> model.Option:
    line = model.CostLine(id="build", name="Build", amount=Estimate(cost, low=cost / 2, high=cost * 2))
    return model.Option(id="plan", start=Month(2026, 4), duration=12, costs=(line,))


def portfolio(*initiatives: model.Initiative, **fields: object) -> model.Portfolio:
    frame = model.Portfolio(id="p", currency="GBP", price_base=2026, start=Month(2026, 4), initiatives=initiatives)
    return replace(frame, **fields)  # type: ignore[arg-type]


ALPHA = model.Initiative(id="A", name="Alpha", options=(option(100.0),))
BETA = model.Initiative(id="B", name="Beta")


def test_it_adds_and_takes_nothing_away() -> None:
    after = merged(portfolio(ALPHA), portfolio(BETA))
    assert [initiative.id for initiative in after.initiatives] == ["A", "B"]
    assert left_alone(portfolio(ALPHA), portfolio(BETA)) == [{"key": "A", "name": "Alpha"}]


def test_the_same_file_again_makes_no_difference() -> None:
    stated = portfolio(replace(ALPHA, options=(option(100 / 3),)), budgets=(model.Budget(year=2026, amount=1 / 3),))
    stored = merged(portfolio(), stated)
    assert list(differences(stored, merged(stored, stated))) == []


def test_a_dearer_plan_names_the_cost_line_and_both_figures() -> None:
    changes = differences(portfolio(ALPHA), portfolio(replace(ALPHA, options=(option(120.5),))))
    assert list(changes) == [
        Change("change", "plan", "A", "Alpha", "plan · build · amount", "100 (50 … 200)", "120.5 (60.25 … 241)")
    ]


def test_a_new_initiative_and_its_plan_are_new() -> None:
    changes = list(differences(portfolio(), portfolio(ALPHA)))
    assert [(change.effect, change.record, change.key) for change in changes] == [
        ("add", "initiative", "A"),
        ("add", "plan", "A"),
    ]


def test_a_thing_that_differs_in_two_fields_counts_once() -> None:
    changes = differences(portfolio(BETA), portfolio(replace(BETA, name="Better", unit="North")))
    assert counts_of(changes) == {"initiative": {"add": 0, "change": 1}}


def test_what_was_verified_stays_so_while_the_figure_is_the_same() -> None:
    told = model.Measurement(benefit="B1", month=Month(2026, 5), value=5.0, is_verified=True)
    present = portfolio(replace(ALPHA, measurements=(told,)))
    same = portfolio(replace(ALPHA, measurements=(replace(told, is_verified=False),)))
    other = portfolio(replace(ALPHA, measurements=(replace(told, value=6.0, is_verified=False),)))
    assert merged(present, same).initiatives[0].measurements == (told,)
    assert merged(present, other).initiatives[0].measurements == (replace(told, value=6.0, is_verified=False),)


def test_amounts_are_compared_as_the_database_keeps_them() -> None:
    stored = as_stored(portfolio(budgets=(model.Budget(year=2026, amount=123456789012.1234567),)))
    assert stored.budgets[0].amount == 123456789012.123
    assert as_stored(stored) == stored


def test_it_finds_a_free_address() -> None:
    assert address_for("Land & Licences 2026", {"land-licences-2026"}.__contains__) == "land-licences-2026-2"
    assert address_for("***", lambda _slug: False) == "portfolio"


def named(*initiatives: tuple[str, str]) -> model.Portfolio:
    """A portfolio of initiatives by id and name."""
    return portfolio(*(model.Initiative(id=key, name=name) for key, name in initiatives))


def test_it_finds_an_initiative_with_another_id_by_its_name() -> None:
    present = named(("crossrail", "Crossrail Programme"), ("hs2", "High Speed 2"))
    leans = model.Dependency(kind=model.DependencyKind.REQUIRES, source="DFT_1", target="DFT_2")
    stated = replace(
        named(("DFT_1", "Crossrail  programme"), ("DFT_2", "Lower Thames Crossing")), dependencies=(leans,)
    )
    known, matched = with_known_ids(present, stated)
    assert ([one.id for one in known.initiatives], matched) == (["crossrail", "DFT_2"], 1)
    assert known.dependencies == (replace(leans, source="crossrail"),)


def test_it_leaves_ids_alone_where_a_name_could_mean_two() -> None:
    present = named(("a", "Same name"), ("b", "Same name"), ("c", "Used"))
    stated = named(("x", "Same name"), ("y", "Used"), ("c", "Another"))
    assert with_known_ids(present, stated) == (stated, 0)
