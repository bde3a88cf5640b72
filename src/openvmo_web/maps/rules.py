"""What leads to what on a benefits map, what hangs on what, and where things stand on it: rules in plain values."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from openvmo.engine import model
from openvmo_web.common.fields import stored_amount
from openvmo_web.portfolio.rules import shape_values

# The columns of a map in the order in which value arises; nothing leads backwards.
COLUMNS = ("enabler", "change", "outcome", "benefit", "objective")

WIDTH, HEIGHT = 208.0, 84.0
GAP_ACROSS, GAP_DOWN = 92.0, 28.0
TOP = 72.0
STEP_ACROSS, STEP_DOWN = WIDTH + GAP_ACROSS, HEIGHT + GAP_DOWN

ORDERING_SWEEPS, PLACING_SWEEPS = 12, 8
WHOLE = Decimal(1)
# The state of a benefit that is no longer on any map.
RETIRED = "retired"


@dataclass(frozen=True)
class Thing:
    """Something on a map: its id there, its kind (one of ``COLUMNS``), and its name."""

    id: str
    kind: str
    name: str


@dataclass(frozen=True)
class Edge:
    """One thing leads to another; without a strength the whole target hangs on the source."""

    source: str
    target: str
    strength: float | None = None


@dataclass(frozen=True)
class Point:
    """Where the upper start corner of a thing stands."""

    x: float
    y: float


class LinkProblem(ValueError):
    """Two things cannot be linked."""


class Backwards(LinkProblem):
    """The link would lead against the order of the columns."""


class ObjectiveBeyondBenefit(LinkProblem):
    """Something other than a benefit would lead to an objective."""


class AlreadyLinked(LinkProblem):
    """The two are linked already."""


class Circle(LinkProblem):
    """The link would close a circle; ``names`` are the things on it, the first one again at the end."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(" → ".join(names))
        self.names = tuple(names)


class OverClaim(ValueError):
    """The claims of an outcome would exceed the whole; ``others`` are the other claims, each with a name."""

    def __init__(self, others: Sequence[tuple[str, Decimal]]) -> None:
        super().__init__("the claims of an outcome would exceed the whole")
        self.others = tuple(others)
        self.left = left_of(share for _name, share in self.others)


def pool_values(pool: model.Pool) -> dict[str, Any]:
    """Return the values of the outcome whose gain a pool is."""
    return {
        "kind": "outcome",
        "code": pool.id,
        "name": pool.name,
        "pool": stored_amount(pool.annual.likely),
        "pool_low": stored_amount(pool.annual.low),
        "pool_high": stored_amount(pool.annual.high),
        "pool_shape": shape_values(pool.annual),
        "pool_unit": pool.unit,
        "pool_value": stored_amount(pool.value_per_unit),
        "removed_at": None,
    }


def check_link(things: Mapping[str, Thing], edges: Iterable[Edge], source: str, target: str) -> None:
    """Raise unless a link may be added to a map.

    Args:
        things: What is on the map, by id.
        edges: The links that are there.
        source: The id of what leads.
        target: The id of what it leads to.

    Raises:
        ObjectiveBeyondBenefit: only a benefit leads to an objective.
        Backwards: the target stands in an earlier column.
        AlreadyLinked: the link is there.
        Circle: the source hangs on the target already, or is the target.
    """
    kinds = things[source].kind, things[target].kind
    if kinds[1] == "objective" and kinds[0] != "benefit":
        raise ObjectiveBeyondBenefit
    if kinds[0] == "objective" or COLUMNS.index(kinds[0]) > COLUMNS.index(kinds[1]):
        raise Backwards
    edges = tuple(edges)
    if any((edge.source, edge.target) == (source, target) for edge in edges):
        raise AlreadyLinked
    path = path_between(edges, target, source)
    if path:
        raise Circle([things[id].name for id in (source, *path)])


def path_between(edges: Iterable[Edge], start: str, end: str) -> tuple[str, ...]:
    """Return a shortest path along the links, both ends included; empty when there is none.

    >>> path_between([Edge("a", "b"), Edge("b", "c")], "a", "c")
    ('a', 'b', 'c')
    """
    targets = _targets(edges)
    came_from: dict[str, str] = {}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        if here == end:
            return tuple(_walked(came_from, start, end))
        for following in targets[here]:
            if following not in came_from and following != start:
                came_from[following] = here
                waiting.append(following)
    return ()


def _walked(came_from: Mapping[str, str], start: str, end: str) -> Iterator[str]:
    steps = [end]
    while steps[-1] != start:
        steps.append(came_from[steps[-1]])
    return reversed(steps)


def left_of(shares: Iterable[Decimal]) -> Decimal:
    """Return the share of an outcome that nobody claims.

    >>> left_of([Decimal("0.5"), Decimal("0.12")])
    Decimal('0.38')
    """
    return WHOLE - sum(shares, Decimal(0))


def check_claim(others: Sequence[tuple[str, Decimal]], share: Decimal) -> None:
    """Raise ``OverClaim`` when a share and the other claims exceed the whole.

    Args:
        others: Each other claim with the name of its benefit; two benefits may bear the same name.
        share: The share that is wanted.
    """
    if share > left_of(claimed for _name, claimed in others):
        raise OverClaim(others)


def losses(edges: Iterable[Edge], cut: Iterable[str]) -> dict[str, float]:
    """Return the share that is lost of everything that hangs on what is cut, and of what is cut itself.

    What hangs on several things loses each strength's share in turn: 1 - (1 - s1 l1)(1 - s2 l2)..., where s is the
    strength of a link and l the loss of its source.

    >>> losses([Edge("a", "b", 0.5), Edge("b", "c", 0.4), Edge("d", "c", 1.0)], ["a"])
    {'a': 1.0, 'b': 0.5, 'c': 0.2}
    """
    lost = dict.fromkeys(cut, 1.0)
    edges = tuple(edges)
    into = _into(edges)
    for id in in_order(edges):
        if id in lost:
            continue
        kept = 1.0
        for edge in into[id]:
            kept *= 1 - (1.0 if edge.strength is None else edge.strength) * lost.get(edge.source, 0.0)
        if kept < 1:
            # A share of 0.2 reads 0.2, whatever the binary digits behind it.
            lost[id] = round(1 - kept, 12)
    return lost


def in_order(edges: Iterable[Edge]) -> list[str]:
    """Return all linked things so that each stands behind what leads to it; things on a circle are left out."""
    edges = tuple(edges)
    targets = _targets(edges)
    missing: defaultdict[str, int] = defaultdict(int)
    for edge in edges:
        missing[edge.target] += 1
    ready = deque(dict.fromkeys(edge.source for edge in edges if not missing[edge.source]))
    ordered = []
    while ready:
        here = ready.popleft()
        ordered.append(here)
        for following in targets[here]:
            missing[following] -= 1
            if not missing[following]:
                ready.append(following)
    return ordered


def downstream(edges: Iterable[Edge], start: Iterable[str]) -> set[str]:
    """Return what hangs on some things, themselves included."""
    targets = _targets(edges)
    found, waiting = set(start), list(start)
    while waiting:
        for following in targets[waiting.pop()]:
            if following not in found:
                found.add(following)
                waiting.append(following)
    return found


def _targets(edges: Iterable[Edge]) -> defaultdict[str, list[str]]:
    targets: defaultdict[str, list[str]] = defaultdict(list)
    for edge in edges:
        targets[edge.source].append(edge.target)
    return targets


def _into(edges: Iterable[Edge]) -> defaultdict[str, list[Edge]]:
    into: defaultdict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        into[edge.target].append(edge)
    return into


@dataclass(frozen=True)
class Band:
    """The part of a map that belongs to a kind: from the start of its first layer to that of its last one."""

    kind: str
    start: float
    end: float


@dataclass(frozen=True)
class Layout:
    """Where everything stands, and the bands of the kinds."""

    points: Mapping[str, Point]
    bands: tuple[Band, ...]


def laid_out(things: Sequence[Thing], edges: Sequence[Edge], places: Mapping[str, Point] | None = None) -> Layout:
    """Return where things stand: in columns by kind, with few crossing links and no two things over each other.

    The same map always gives the same picture.

    Args:
        things: What is on the map.
        edges: Its links; those that lead to something else are left out.
        places: Where somebody put things: across from the start of their band, and down from the top.
    """
    known = {thing.id for thing in things}
    inner = [edge for edge in edges if edge.source in known and edge.target in known]
    depth = _depths(things, inner)
    bands = _bands(things, depth)
    start = {band.kind: band.start for band in bands}
    heights = _heights(_ordered_layers(things, inner, depth), inner)
    points = {thing.id: Point(start[thing.kind] + depth[thing.id] * STEP_ACROSS, heights[thing.id]) for thing in things}
    return Layout(_with_places(things, points, bands, places or {}), bands)


def _depths(things: Sequence[Thing], edges: Sequence[Edge]) -> dict[str, int]:
    """How many links of the same kind lead to each thing, along the longest way."""
    kinds = {thing.id: thing.kind for thing in things}
    within = [edge for edge in edges if kinds[edge.source] == kinds[edge.target]]
    into = _into(within)
    depth = dict.fromkeys(kinds, 0)
    for id in in_order(within):
        depth[id] = max((depth[edge.source] + 1 for edge in into[id]), default=0)
    return depth


def _bands(things: Sequence[Thing], depth: Mapping[str, int]) -> tuple[Band, ...]:
    bands = []
    start = 0.0
    for kind in COLUMNS:
        layers = max((depth[thing.id] for thing in things if thing.kind == kind), default=0)
        bands.append(Band(kind, start, start + layers * STEP_ACROSS))
        start += (layers + 1) * STEP_ACROSS
    return tuple(bands)


def _ordered_layers(things: Sequence[Thing], edges: Sequence[Edge], depth: Mapping[str, int]) -> list[list[str]]:
    """The layers, each in an order in which few links cross: sweeps by the means of the neighbours' places."""
    grouped: defaultdict[tuple[int, int], list[Thing]] = defaultdict(list)
    for thing in things:
        grouped[(COLUMNS.index(thing.kind), depth[thing.id])].append(thing)
    layers = [
        [thing.id for thing in sorted(grouped[key], key=lambda thing: (thing.name, thing.id))]
        for key in sorted(grouped)
    ]
    around = _neighbours(edges)
    best, fewest = layers, _crossings(layers, edges)
    for sweep in range(ORDERING_SWEEPS):
        if not fewest:
            break
        layers = _swept(layers, around, backwards=bool(sweep % 2))
        crossings = _crossings(layers, edges)
        if crossings < fewest:
            best, fewest = layers, crossings
    return best


def _swept(layers: Sequence[Sequence[str]], around: Mapping[str, Sequence[str]], *, backwards: bool) -> list[list[str]]:
    """The layers after one sweep: each ordered by the mean place of the neighbours that were passed already."""
    passed: dict[str, float] = {}
    swept: list[list[str]] = []
    for layer in reversed(layers) if backwards else layers:
        own = {id: _share(place, len(layer)) for place, id in enumerate(layer)}
        wish = {id: _mean([passed[other] for other in around.get(id, ()) if other in passed], own[id]) for id in layer}
        ordered = sorted(layer, key=lambda one, wish=wish, own=own: (wish[one], own[one]))  # type: ignore[misc]
        passed |= {id: _share(place, len(ordered)) for place, id in enumerate(ordered)}
        swept.append(ordered)
    return swept[::-1] if backwards else swept


def _share(place: int, of: int) -> float:
    """Places of layers of different lengths become comparable as shares of the length."""
    return (place + 0.5) / of


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _neighbours(edges: Iterable[Edge]) -> dict[str, list[str]]:
    around: defaultdict[str, list[str]] = defaultdict(list)
    for edge in edges:
        around[edge.source].append(edge.target)
        around[edge.target].append(edge.source)
    return dict(around)


def _crossings(layers: Sequence[Sequence[str]], edges: Iterable[Edge]) -> int:
    """How many pairs of links between the same two layers cross."""
    at = {id: (number, place) for number, layer in enumerate(layers) for place, id in enumerate(layer)}
    between: defaultdict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for edge in edges:
        (first, start), (second, end) = at[edge.source], at[edge.target]
        between[(first, second)].append((start, end))
    return sum(_inversions([end for _start, end in sorted(pairs)]) for pairs in between.values())


def _inversions(numbers: Sequence[int]) -> int:
    """How many pairs stand in the wrong order, counted with a tree of sums."""
    size = max(numbers, default=0) + 1
    tree = [0] * (size + 1)
    wrong = 0
    for seen, number in enumerate(numbers):
        at, not_greater = number + 1, 0
        while at:
            not_greater += tree[at]
            at -= at & -at
        wrong += seen - not_greater
        at = number + 1
        while at <= size:
            tree[at] += 1
            at += at & -at
    return wrong


def _heights(layers: Sequence[Sequence[str]], edges: Sequence[Edge]) -> dict[str, float]:
    """How far down everything stands: near its neighbours, in the order of its layer; what has none comes last."""
    around = _neighbours(edges)
    linked = [[id for id in layer if id in around] for layer in layers]
    longest = max((len(layer) for layer in linked), default=0)
    heights = {
        id: (place + (longest - len(layer)) / 2) * STEP_DOWN for layer in linked for place, id in enumerate(layer)
    }
    for sweep in range(PLACING_SWEEPS):
        for row in linked if sweep % 2 == 0 else reversed(linked):
            wishes = [_mean([heights[other] for other in around[id]], heights[id]) for id in row]
            heights |= dict(zip(row, spread(wishes, STEP_DOWN), strict=True))
    top = min(heights.values(), default=0.0)
    for layer in layers:
        below = max((heights[id] + STEP_DOWN for id in layer if id in around), default=top)
        alone = [id for id in layer if id not in around]
        heights |= {id: below + place * STEP_DOWN for place, id in enumerate(alone)}
    return {id: round(height - top + TOP, 1) for id, height in heights.items()}


def spread(wishes: Sequence[float], step: float) -> list[float]:
    """Return rising values at least a step apart that are nearest to the wishes in the sum of squares.

    >>> spread([0.0, 0.0, 30.0], 10.0)
    [-5.0, 5.0, 30.0]
    """
    # Less a step for each place the values need only not fall: neighbours that would are pooled at their mean.
    pools: list[tuple[float, int]] = []
    for place, wish in enumerate(wishes):
        pools.append((wish - place * step, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (mean, count), (earlier, before) = pools.pop(), pools.pop()
            pools.append(((earlier * before + mean * count) / (before + count), before + count))
    flat = [mean for mean, count in pools for _ in range(count)]
    return [mean + place * step for place, mean in enumerate(flat)]


def _with_places(
    things: Sequence[Thing], points: Mapping[str, Point], bands: Sequence[Band], places: Mapping[str, Point]
) -> dict[str, Point]:
    """The points with the places that people chose; whatever else would lie over another thing moves down."""
    band_of = {band.kind: band for band in bands}
    placed = {thing.id: _inside(band_of[thing.kind], places[thing.id]) for thing in things if thing.id in places}
    if not placed:
        return dict(points)
    settled: dict[str, Point] = {}
    waiting = sorted(points, key=lambda one: (one not in placed, points[one].y, one))
    for id in waiting:
        settled[id] = _free(placed.get(id, points[id]), settled.values())
    return {thing.id: settled[thing.id] for thing in things}


def _inside(band: Band, place: Point) -> Point:
    """A place keeps to the band of its kind, so that the heading above it stays true."""
    return Point(min(max(band.start + place.x, band.start), band.end), max(place.y, TOP))


def _free(wish: Point, taken: Iterable[Point]) -> Point:
    """The first place at or below a wish that no other thing covers."""
    columns = sorted((point for point in taken if abs(point.x - wish.x) < WIDTH + 8), key=lambda point: point.y)
    y = wish.y
    for point in columns:
        if abs(point.y - y) < HEIGHT + 8:
            y = point.y + STEP_DOWN
    return Point(wish.x, y)
