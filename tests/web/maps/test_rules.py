"""What leads to what, what is lost with what, and where things stand."""

from __future__ import annotations

import time
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openvmo_web.maps.rules import (
    COLUMNS,
    HEIGHT,
    STEP_ACROSS,
    TOP,
    WIDTH,
    AlreadyLinked,
    Backwards,
    Circle,
    Edge,
    Layout,
    LinkProblem,
    ObjectiveBeyondBenefit,
    OverClaim,
    Point,
    Thing,
    check_claim,
    check_link,
    downstream,
    in_order,
    laid_out,
    losses,
    path_between,
    spread,
)

THINGS = {
    id: Thing(id, kind, id.upper())
    for id, kind in (
        ("scan", "enabler"),
        ("law", "enabler"),
        ("train", "change"),
        ("fast", "outcome"),
        ("trust", "outcome"),
        ("hours", "benefit"),
        ("calls", "benefit"),
        ("aim", "objective"),
    )
}
# Half of the outcome hangs on the scanner; the law is needed for the training; trust needs all of fast service.
EDGES = [
    Edge("scan", "fast", 0.5),
    Edge("law", "train"),
    Edge("train", "fast", 0.4),
    Edge("fast", "trust"),
    Edge("fast", "hours", 0.8),
    Edge("trust", "calls"),
    Edge("law", "calls", 0.25),
]


@pytest.mark.parametrize(
    ("source", "target"),
    [("scan", "law"), ("scan", "train"), ("scan", "hours"), ("hours", "calls"), ("hours", "aim"), ("trust", "hours")],
)
def test_it_leads_on_or_within_a_column(source: str, target: str) -> None:
    check_link(THINGS, EDGES, source, target)


@pytest.mark.parametrize(
    ("source", "target", "problem"),
    [
        ("train", "scan", Backwards),
        ("hours", "fast", Backwards),
        ("aim", "hours", Backwards),
        ("aim", "aim", ObjectiveBeyondBenefit),
        ("fast", "aim", ObjectiveBeyondBenefit),
        ("scan", "fast", AlreadyLinked),
        ("scan", "scan", Circle),
        ("trust", "fast", Circle),
    ],
)
def test_it_refuses_other_links(source: str, target: str, problem: type[LinkProblem]) -> None:
    with pytest.raises(LinkProblem) as refused:
        check_link(THINGS, EDGES, source, target)
    assert type(refused.value) is problem


def test_it_names_the_circle() -> None:
    with pytest.raises(Circle) as refused:
        check_link(THINGS, EDGES, "trust", "fast")
    assert refused.value.names == ("TRUST", "FAST", "TRUST")


def test_it_finds_a_shortest_path() -> None:
    assert path_between(EDGES, "law", "calls") == ("law", "calls")
    assert path_between(EDGES, "law", "hours") == ("law", "train", "fast", "hours")
    assert path_between(EDGES, "hours", "law") == ()
    assert path_between(EDGES, "law", "law") == ("law",)


def test_it_works_out_by_hand_what_is_lost() -> None:
    # Without the law the training is lost whole, so fast service loses 40 %, hours 0.8 x 40 % = 32 %, trust 40 %, and
    # calls 1 - (1 - 40 %) (1 - 25 %) = 55 %.
    assert losses(EDGES, ["law"]) == {"law": 1.0, "train": 1.0, "fast": 0.4, "trust": 0.4, "hours": 0.32, "calls": 0.55}
    # Without both, fast service loses 1 - 0.5 x 0.6 = 70 %.
    both = losses(EDGES, ["law", "scan"])
    assert (both["fast"], both["hours"], both["calls"]) == (0.7, 0.56, 0.775)
    assert losses(EDGES, ["calls"]) == {"calls": 1.0}
    assert losses(EDGES, []) == {}


def test_it_finds_what_hangs_on_a_thing() -> None:
    assert downstream(EDGES, ["train"]) == {"train", "fast", "trust", "hours", "calls"}


def test_claims_never_exceed_the_whole() -> None:
    check_claim([("Hours", Decimal("0.62"))], Decimal("0.38"))
    with pytest.raises(OverClaim) as refused:
        check_claim([("Hours", Decimal("0.62"))], Decimal("0.380001"))
    assert refused.value.others == (("Hours", Decimal("0.62")),)
    assert refused.value.left == Decimal("0.38")


def test_it_stands_in_columns_by_kind() -> None:
    layout = laid_out(list(THINGS.values()), EDGES)
    assert [band.kind for band in layout.bands] == list(COLUMNS)
    assert layout.points["scan"].x == layout.points["law"].x == 0
    assert layout.points["trust"].x == layout.points["fast"].x + STEP_ACROSS
    assert [band.start for band in layout.bands] == [column * STEP_ACROSS for column in (0, 1, 2, 4, 5)]
    assert min(point.y for point in layout.points.values()) == TOP
    assert overlaps(layout) == []


def test_it_uncrosses_links() -> None:
    names = [("a", "z"), ("b", "y"), ("c", "x")]
    things = [Thing(one, "enabler", one) for one, _ in names] + [Thing(other, "change", other) for _, other in names]
    points = laid_out(things, [Edge(one, other) for one, other in names]).points
    assert [points[one].y for one, _ in names] == [points[other].y for _, other in names]


def test_chosen_places_hold_and_the_rest_makes_room() -> None:
    alone = laid_out(list(THINGS.values()), EDGES)
    place = Point(0, alone.points["law"].y + 3)
    layout = laid_out(list(THINGS.values()), EDGES, {"scan": place, "fast": Point(9_999, 10)})
    assert layout.points["scan"] == place
    outcomes = layout.bands[2]
    assert layout.points["fast"] == Point(outcomes.end, TOP)
    assert overlaps(layout) == []


def test_it_lays_out_three_hundred_things_quickly() -> None:
    things = [Thing(f"{kind}{number}", kind, f"{number}") for kind in COLUMNS for number in range(60)]
    edges = [
        Edge(f"{COLUMNS[column]}{number}", f"{COLUMNS[column + 1]}{(number * 7 + column * 13 + step) % 60}")
        for column in range(4)
        for number in range(60)
        for step in (0, 17)
    ]
    begun = time.perf_counter()
    layout = laid_out(things, edges)
    assert time.perf_counter() - begun < 1
    assert overlaps(layout) == []
    assert laid_out(things, edges) == layout


def test_values_are_spread_a_step_apart() -> None:
    assert spread([5.0, 0.0], 10.0) == [-2.5, 7.5]
    assert spread([], 10.0) == []


def overlaps(layout: Layout) -> list[tuple[str, str]]:
    """The pairs of things that lie over each other."""
    return [
        (one, other)
        for (one, here), (other, there) in combinations(layout.points.items(), 2)
        if abs(here.x - there.x) < WIDTH and abs(here.y - there.y) < HEIGHT
    ]


@st.composite
def networks(draw: st.DrawFn) -> tuple[list[Thing], list[Edge]]:
    """A map as it grows: links are tried one by one, and those that the rules refuse are left out."""
    kinds = draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=14))
    things = {f"t{number}": Thing(f"t{number}", kind, f"T{number}") for number, kind in enumerate(kinds)}
    ids = st.sampled_from(sorted(things))
    edges: list[Edge] = []
    for source, target in draw(st.lists(st.tuples(ids, ids), max_size=40)):
        strength = draw(st.none() | st.floats(0.01, 1))
        try:
            check_link(things, edges, source, target)
        except LinkProblem:
            continue
        edges.append(Edge(source, target, strength))
    return list(things.values()), edges


@given(networks())
@settings(max_examples=150, deadline=None)
def test_a_map_never_holds_a_circle(network: tuple[list[Thing], list[Edge]]) -> None:
    _things, edges = network
    order = in_order(edges)
    assert set(order) == {end for edge in edges for end in (edge.source, edge.target)}
    assert all(order.index(edge.source) < order.index(edge.target) for edge in edges)


places = st.builds(Point, st.floats(-500, 3_000), st.floats(-500, 3_000))


@given(networks(), st.dictionaries(st.sampled_from([f"t{number}" for number in range(14)]), places, max_size=6))
@settings(max_examples=150, deadline=None)
def test_things_never_overlap(network: tuple[list[Thing], list[Edge]], chosen: dict[str, Point]) -> None:
    things, edges = network
    layout = laid_out(things, edges, chosen)
    assert set(layout.points) == {thing.id for thing in things}
    assert overlaps(layout) == []
    bands = {band.kind: band for band in layout.bands}
    assert all(bands[one.kind].start <= layout.points[one.id].x <= bands[one.kind].end for one in things)


@given(networks(), st.data())
@settings(max_examples=100, deadline=None)
def test_what_is_lost_is_a_share_and_grows_with_what_is_cut(
    network: tuple[list[Thing], list[Edge]], data: st.DataObject
) -> None:
    things, edges = network
    ids = [thing.id for thing in things]
    few = data.draw(st.lists(st.sampled_from(ids), max_size=2))
    more = few + data.draw(st.lists(st.sampled_from(ids), max_size=2))
    less, greater = losses(edges, few), losses(edges, more)
    assert set(less) <= downstream(edges, few)
    assert all(0 < share <= 1 for share in greater.values())
    assert all(share <= greater[id] + 1e-9 for id, share in less.items())
