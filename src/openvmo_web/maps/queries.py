"""What is read about the benefits map, always for a viewer.

A map may be that of a whole portfolio, or what an initiative or a programme leads to. Only as much is read as can be
drawn: who has more is asked to choose a part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from openvmo_web.audit.queries import states_known
from openvmo_web.benefits.models import Benefit, Standing
from openvmo_web.benefits.words import STATES as BENEFIT_STATES
from openvmo_web.common.actor import Actor
from openvmo_web.common.fields import label_of
from openvmo_web.common.models import Versioned
from openvmo_web.common.widgets import Status
from openvmo_web.maps.analysis import present_values
from openvmo_web.maps.models import Claim, Link, Node, Place
from openvmo_web.maps.rules import Edge, Layout, Point, Thing, laid_out, losses
from openvmo_web.maps.words import standing_status, status_of
from openvmo_web.portfolio.models import Initiative, Portfolio, Programme
from openvmo_web.strategy.models import Objective

Viewer = Actor | AnonymousUser
V = TypeVar("V", bound=Versioned)

# More than this nobody can read on one screen.
MOST_DRAWN = 400
# More benefits to which nothing leads, or objectives that no benefit serves, would bury the map.
MOST_UNLINKED, MOST_IDLE = 24, 6
MOST_FOUND = 20

NODE, BENEFIT, OBJECTIVE, LINK, SERVES = "node", "benefit", "objective", "link", "serves"


@dataclass(frozen=True)
class Scope:
    """Which part of a portfolio's map is asked for, and as known when; without a part it is the whole.

    Attributes:
        initiative: What this initiative has to do with.
        programme: What the initiatives of this programme have to do with.
        root: What hangs on the thing with this id.
        also: The ids of things that are shown besides.
        at: As known then; None: now.
    """

    initiative: Initiative | None = None
    programme: Programme | None = None
    root: str = ""
    also: tuple[str, ...] = ()
    at: datetime | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it is the map of the whole portfolio."""
        return self.initiative is None and self.programme is None and not self.root

    @property
    def name(self) -> str:
        """The name of the part; empty for the whole."""
        return str(self.initiative or self.programme or "")


class TooMuch(ValueError):
    """More would be drawn than anybody can read; ``count`` says how much."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} things do not fit on one map")
        self.count = count


@dataclass(frozen=True)
class Connection:
    """A link as it is drawn; a benefit serves its objective without a stored link."""

    id: str
    source: str
    target: str
    strength: float | None = None

    @property
    def edge(self) -> Edge:
        """The link as the rules take it."""
        return Edge(self.source, self.target, self.strength)


@dataclass(frozen=True)
class BenefitMap:
    """A part of a portfolio's map with everything that is shown of it."""

    portfolio: Portfolio
    scope: Scope
    nodes: Mapping[int, Node]
    benefits: Mapping[int, Benefit]
    objectives: Mapping[int, Objective]
    links: tuple[Link, ...]
    claims: tuple[Claim, ...]
    standings: Mapping[int, Standing]
    values: Mapping[int, Decimal]
    places: Mapping[str, Point]
    left_out: int = 0

    @cached_property
    def things(self) -> dict[str, Thing]:
        """Everything on the map by its id there."""
        nodes = [Thing(f"{NODE}-{key}", row.kind, row.name) for key, row in self.nodes.items()]
        benefits = [Thing(f"{BENEFIT}-{key}", "benefit", row.name) for key, row in self.benefits.items()]
        objectives = [Thing(f"{OBJECTIVE}-{key}", "objective", row.name) for key, row in self.objectives.items()]
        return {thing.id: thing for thing in (*nodes, *benefits, *objectives)}

    @cached_property
    def connections(self) -> tuple[Connection, ...]:
        """All links between things on the map."""
        stored = (Connection(f"{LINK}-{row.pk}", source_id(row), target_id(row), row.strength) for row in self.links)
        served = (
            Connection(f"{SERVES}-{key}", f"{BENEFIT}-{key}", f"{OBJECTIVE}-{row.objective_id}")
            for key, row in self.benefits.items()
            if row.objective_id
        )
        return tuple(one for one in (*stored, *served) if one.source in self.things and one.target in self.things)

    @cached_property
    def layout(self) -> Layout:
        """Where everything stands."""
        return laid_out(list(self.things.values()), [one.edge for one in self.connections], self.places)

    def status_of(self, id: str) -> Status | None:
        """Return how a thing stands, in words; objectives have no state here."""
        kind, key = split_id(id)
        if kind == NODE:
            return status_of(self.nodes[key].state)
        if kind == BENEFIT and self.scope.at is not None:
            return Status(label_of(BENEFIT_STATES, self.benefits[key].state), "neutral", "circle")
        return standing_status(self.standings.get(key)) if kind == BENEFIT else None

    def claimed(self, outcome: int) -> Decimal:
        """Return how much of an outcome is claimed."""
        return self._claimed.get(outcome, Decimal(0))

    def leads_to(self, id: str) -> list[Thing]:
        """Return what a thing leads to."""
        return [self.things[other] for other in self._targets.get(id, ())]

    def hangs_on(self, id: str) -> list[Thing]:
        """Return what leads to a thing."""
        return [self.things[other] for other in self._sources.get(id, ())]

    @cached_property
    def _claimed(self) -> dict[int, Decimal]:
        claimed: dict[int, Decimal] = {}
        for row in self.claims:
            claimed[row.outcome_id] = claimed.get(row.outcome_id, Decimal(0)) + row.share
        return claimed

    @cached_property
    def _targets(self) -> dict[str, list[str]]:
        targets: dict[str, list[str]] = {}
        for one in self.connections:
            targets.setdefault(one.source, []).append(one.target)
        return targets

    @cached_property
    def _sources(self) -> dict[str, list[str]]:
        sources: dict[str, list[str]] = {}
        for one in self.connections:
            sources.setdefault(one.target, []).append(one.source)
        return sources


@dataclass(frozen=True)
class Hit:
    """A benefit that hangs on what was cut: the share that it loses, and the money at stake where it has a value."""

    benefit: Benefit
    share: float
    value: Decimal | None
    at_stake: Decimal | None


@dataclass(frozen=True)
class WhatIf:
    """What would be lost without some things; nothing of it is stored."""

    cut: tuple[Thing, ...]
    losses: Mapping[str, float]
    hits: tuple[Hit, ...]
    total: Decimal = field(default=Decimal(0))

    @property
    def unvalued(self) -> int:
        """How many of the benefits that are hit have no value in money."""
        return sum(hit.at_stake is None for hit in self.hits)


def scope_of(
    portfolio: Portfolio,
    *,
    initiative: str = "",
    programme: str = "",
    root: str = "",
    also: Iterable[str] = (),
    at: datetime | None = None,
) -> Scope:
    """Return the part of a map that an address names.

    Raises:
        Http404: there is no such initiative, programme or thing.
    """
    found_initiative = found_programme = None
    if initiative:
        found_initiative = Initiative.objects.filter(portfolio=portfolio, code=initiative).first()
        if found_initiative is None:
            raise Http404(_("There is no initiative “%(code)s” in this portfolio.") % {"code": initiative})
    elif programme:
        found_programme = Programme.objects.filter(portfolio=portfolio, code=programme).first()
        if found_programme is None:
            raise Http404(_("There is no programme “%(code)s” in this portfolio.") % {"code": programme})
    wanted = tuple(dict.fromkeys(also))[:MOST_FOUND]
    for id in (*wanted, *([root] if root else ())):
        split_id(id)
    return Scope(found_initiative, found_programme, root, wanted, at)


def map_of(viewer: Viewer, portfolio: Portfolio, scope: Scope) -> BenefitMap:
    """Return a part of a portfolio's map.

    Args:
        viewer: Who looks.
        portfolio: A portfolio that the viewer was shown.
        scope: Which part.

    Raises:
        TooMuch: more than ``MOST_DRAWN`` things would be on it.
    """
    nodes, benefits, left_out = _whole(viewer, portfolio, scope) if scope.is_whole else _part(viewer, portfolio, scope)
    if len(nodes) + len(benefits) > MOST_DRAWN:
        raise TooMuch(len(nodes) + len(benefits))
    node_rows = _known(Node, Node.objects.filter(pk__in=nodes), scope.at)
    benefit_rows = _known(Benefit, Benefit.objects.filter(pk__in=benefits), scope.at)
    objectives = _objectives(portfolio, scope, benefit_rows)
    among = Q(source_node__in=nodes) | Q(source_benefit__in=benefits)
    links = _known(Link, _alive(Link.objects.filter(among, portfolio=portfolio), scope.at), scope.at)
    claims = _known(Claim, _alive(Claim.objects.filter(outcome__in=nodes), scope.at), scope.at)
    return BenefitMap(
        portfolio=portfolio,
        scope=scope,
        nodes=node_rows,
        benefits=benefit_rows,
        objectives=objectives,
        links=tuple(links.values()),
        claims=tuple(claims.values()),
        standings={row.benefit_id: row for row in Standing.objects.filter(benefit__in=benefits)},
        values=present_values(portfolio, benefits),
        places=places_of(portfolio, {NODE: nodes, BENEFIT: benefits, OBJECTIVE: objectives}),
        left_out=left_out,
    )


def _whole(viewer: Viewer, portfolio: Portfolio, scope: Scope) -> tuple[set[int], set[int], int]:
    """The keys of all nodes and benefits; of many benefits only those that are linked or asked for."""
    alive = _alive(Node.objects.visible_to(viewer).filter(portfolio=portfolio), scope.at)
    nodes = set(alive.values_list("pk", flat=True)[: MOST_DRAWN + 1])
    if len(nodes) > MOST_DRAWN:
        raise TooMuch(alive.count())
    links = _alive(Link.objects.visible_to(viewer).filter(portfolio=portfolio), scope.at)
    ends = links.exclude(source_benefit=None, target_benefit=None).values_list("source_benefit", "target_benefit")
    linked = {key for pair in ends[: 10 * MOST_DRAWN] for key in pair if key}
    every = Benefit.objects.visible_to(viewer).filter(initiative__portfolio=portfolio)
    asked = every.filter(pk__in=[key for kind, key in map(split_id, scope.also) if kind == BENEFIT])
    some = set(every.exclude(pk__in=linked).values_list("pk", flat=True)[: MOST_UNLINKED + 1])
    if len(some) <= MOST_UNLINKED:
        return nodes, linked | some, 0
    benefits = linked | set(asked.values_list("pk", flat=True))
    return nodes, benefits, every.count() - len(benefits)


def _part(viewer: Viewer, portfolio: Portfolio, scope: Scope) -> tuple[set[int], set[int], int]:
    """The keys of what belongs to a part, of everything that it leads to, and of what leads to it directly."""
    nodes, benefits = _seeds(viewer, portfolio, scope)
    links = _alive(Link.objects.visible_to(viewer).filter(portfolio=portfolio), scope.at)
    ends = ("source_node", "source_benefit", "target_node", "target_benefit")
    upstream = list(links.filter(Q(target_node__in=nodes) | Q(target_benefit__in=benefits)).values_list(*ends))
    fresh_nodes, fresh_benefits = set(nodes), set(benefits)
    while (fresh_nodes or fresh_benefits) and len(nodes) + len(benefits) <= MOST_DRAWN:
        found = links.filter(Q(source_node__in=fresh_nodes) | Q(source_benefit__in=fresh_benefits)).values_list(*ends)
        reached = list(found)
        fresh_nodes = {target for _n, _b, target, _c in reached if target is not None} - nodes
        fresh_benefits = {target for _n, _b, _m, target in reached if target is not None} - benefits
        nodes |= fresh_nodes
        benefits |= fresh_benefits
    nodes |= {node for node, _b, _m, _c in upstream if node is not None}
    benefits |= {benefit for _n, benefit, _m, _c in upstream if benefit is not None}
    return nodes, benefits, 0


def _seeds(viewer: Viewer, portfolio: Portfolio, scope: Scope) -> tuple[set[int], set[int]]:
    also = [split_id(id) for id in (*scope.also, *([scope.root] if scope.root else ()))]
    belongs = Q(pk__in=())
    if scope.initiative:
        belongs = Q(initiative=scope.initiative)
    elif scope.programme:
        belongs = Q(initiative__programme=scope.programme)
    named_nodes = Q(pk__in=[key for kind, key in also if kind == NODE])
    named_benefits = Q(pk__in=[key for kind, key in also if kind == BENEFIT])
    nodes = _alive(Node.objects.visible_to(viewer).filter(portfolio=portfolio), scope.at).filter(belongs | named_nodes)
    benefits = Benefit.objects.visible_to(viewer).filter(initiative__portfolio=portfolio)
    found = benefits.filter(belongs | named_benefits).values_list("pk", flat=True)
    return set(nodes.values_list("pk", flat=True)[: MOST_DRAWN + 1]), set(found[: MOST_DRAWN + 1])


def _alive(rows: QuerySet[V], at: datetime | None) -> QuerySet[V]:
    """The rows that were not yet removed at a moment, now without one; their states then say whether they existed."""
    return rows.filter(removed_at=None) if at is None else rows.filter(Q(removed_at=None) | Q(removed_at__gt=at))


def _known(kind: type[V], rows: QuerySet[V], at: datetime | None) -> dict[int, V]:
    """The rows by key, as they were known at a moment; what was not known then is left out."""
    if at is None:
        return {row.pk: row for row in rows}
    keys = [str(key) for key in rows.values_list("pk", flat=True)]
    states = states_known(kind._meta.label_lower, keys, at)
    known = {int(key): kind.of_state(int(key), state) for key, state in states.items()}
    return {key: row for key, row in known.items() if getattr(row, "removed_at", None) is None}


def _objectives(portfolio: Portfolio, scope: Scope, benefits: Mapping[int, Benefit]) -> dict[int, Objective]:
    """The objectives that the benefits serve; on the map of the whole also a few of the portfolio that none serves."""
    wanted = Q(pk__in={row.objective_id for row in benefits.values() if row.objective_id})
    wanted |= Q(pk__in=[key for kind, key in map(split_id, scope.also) if kind == OBJECTIVE])
    found = {row.pk: row for row in Objective.objects.filter(wanted)}
    if scope.is_whole and scope.at is None:
        idle = Objective.objects.filter(portfolios=portfolio, retired_at=None, children=None).exclude(pk__in=found)
        unserved = list(idle[: MOST_IDLE + 1])
        found |= {row.pk: row for row in unserved} if len(unserved) <= MOST_IDLE else {}
    return found


def places_of(portfolio: Portfolio, keys: Mapping[str, Iterable[int]]) -> dict[str, Point]:
    """Return where people put things on a portfolio's map; the things are given by kind and key."""
    wanted = Q(pk__in=())
    for kind, of_kind in keys.items():
        wanted |= Q(kind=kind, key__in=list(of_kind))
    rows = Place.objects.filter(wanted, portfolio=portfolio).values_list("kind", "key", "x", "y")
    return {f"{kind}-{key}": Point(x, y) for kind, key, x, y in rows}


def what_if(shown: BenefitMap, cut: Iterable[str]) -> WhatIf:
    """Return what would be lost of the benefits on a map without some of its things.

    Raises:
        Http404: something that is to be cut is not on the map.
    """
    wanted = tuple(dict.fromkeys(cut))
    for id in wanted:
        if id not in shown.things:
            raise Http404(_("There is nothing with the id “%(id)s” on this map.") % {"id": id})
    # An objective has many benefits and does not stand or fall with one of them.
    lost = losses([one.edge for one in shown.connections if not one.id.startswith(SERVES)], wanted)
    hits = [_hit(shown, key, lost[f"{BENEFIT}-{key}"]) for key in shown.benefits if f"{BENEFIT}-{key}" in lost]
    hits.sort(key=_gravity)
    total = sum((hit.at_stake for hit in hits if hit.at_stake is not None), Decimal(0))
    return WhatIf(tuple(shown.things[id] for id in wanted), lost, tuple(hits), total)


def _gravity(hit: Hit) -> tuple[Decimal, float, str]:
    """Most money first, then the largest share."""
    return -abs(hit.at_stake or Decimal(0)), -hit.share, hit.benefit.name


def _hit(shown: BenefitMap, key: int, share: float) -> Hit:
    value = shown.values.get(key)
    at_stake = None if value is None else value * Decimal(repr(share))
    return Hit(shown.benefits[key], share, value, at_stake)


def node_of(viewer: Viewer, portfolio: Portfolio, key: int) -> Node:
    """Return an enabler, change or outcome that is on a portfolio's map.

    Raises:
        Http404: there is none that the viewer may see.
    """
    rows = Node.objects.visible_to(viewer).filter(portfolio=portfolio, removed_at=None, pk=key)
    node = rows.select_related("portfolio", "initiative", "owner").first()
    if node is None:
        raise Http404(_("There is no such enabler, change or outcome on this map."))
    return node


def benefit_on(viewer: Viewer, portfolio: Portfolio, key: int) -> Benefit:
    """Return a benefit of a portfolio.

    Raises:
        Http404: there is none that the viewer may see.
    """
    rows = Benefit.objects.visible_to(viewer).filter(initiative__portfolio=portfolio, pk=key)
    benefit = rows.select_related("initiative__portfolio", "objective", "owner").first()
    if benefit is None:
        raise Http404(_("There is no such benefit in this portfolio."))
    return benefit


def link_of(viewer: Viewer, portfolio: Portfolio, key: int) -> Link:
    """Return a link of a portfolio's map.

    Raises:
        Http404: there is none that the viewer may see.
    """
    related = ("portfolio", "source_node", "source_benefit", "target_node", "target_benefit")
    rows = Link.objects.visible_to(viewer).filter(portfolio=portfolio, removed_at=None, pk=key)
    link = rows.select_related(*related).first()
    if link is None:
        raise Http404(_("There is no such link on this map."))
    return link


def claim_of(viewer: Viewer, portfolio: Portfolio, key: int) -> Claim:
    """Return a claim on an outcome of a portfolio's map.

    Raises:
        Http404: there is none that the viewer may see.
    """
    rows = Claim.objects.visible_to(viewer).filter(outcome__portfolio=portfolio, removed_at=None, pk=key)
    claim = rows.select_related("outcome__portfolio", "benefit").first()
    if claim is None:
        raise Http404(_("There is no such claim on this map."))
    return claim


def downstream_of(portfolio: Portfolio, id: str) -> tuple[dict[str, Thing], list[Edge]]:
    """Return everything that hangs on a thing, with the links between; itself is among it."""
    links = Link.objects.filter(portfolio=portfolio, removed_at=None)
    edges: list[Edge] = []
    seen, fresh = {id}, {id}
    while fresh:
        keys = {kind: [key for found, key in map(split_id, fresh) if found == kind] for kind in (NODE, BENEFIT)}
        found = links.filter(Q(source_node__in=keys[NODE]) | Q(source_benefit__in=keys[BENEFIT]))
        reached = [Edge(source_id(row), target_id(row), row.strength) for row in found]
        edges += reached
        fresh = {edge.target for edge in reached} - seen
        seen |= fresh
    return things_named(seen), edges


def things_named(ids: Iterable[str]) -> dict[str, Thing]:
    """Return nodes and benefits as the rules take them, by their ids on a map."""
    pairs = [split_id(id) for id in ids]
    nodes = Node.objects.filter(pk__in=[key for kind, key in pairs if kind == NODE])
    benefits = Benefit.objects.filter(pk__in=[key for kind, key in pairs if kind == BENEFIT])
    things = [
        *(Thing(f"{NODE}-{key}", kind, name) for key, kind, name in nodes.values_list("pk", "kind", "name")),
        *(Thing(f"{BENEFIT}-{key}", "benefit", name) for key, name in benefits.values_list("pk", "name")),
    ]
    return {thing.id: thing for thing in things}


def claims_in_force(outcome: Node) -> QuerySet[Claim]:
    """Return the claims on an outcome with their benefits, the oldest first."""
    rows = Claim.objects.filter(outcome=outcome, removed_at=None)
    return rows.select_related("benefit__initiative", "outcome").order_by("pk")


def claims_of(benefit: Benefit) -> QuerySet[Claim]:
    """Return what a benefit claims, with the outcomes."""
    return Claim.objects.filter(benefit=benefit, removed_at=None).select_related("outcome").order_by("pk")


def found_on(viewer: Viewer, portfolio: Portfolio, words: str) -> list[tuple[str, Node | Benefit]]:
    """Return the things of a portfolio's map whose name or code holds some words, with their ids there."""
    matches = Q(name__icontains=words) | Q(code__icontains=words)
    nodes = Node.objects.visible_to(viewer).filter(matches, portfolio=portfolio, removed_at=None)
    benefits = Benefit.objects.visible_to(viewer).filter(matches, initiative__portfolio=portfolio)
    return [
        *((f"{NODE}-{row.pk}", row) for row in nodes.select_related("initiative").order_by("name", "pk")[:MOST_FOUND]),
        *(
            (f"{BENEFIT}-{row.pk}", row)
            for row in benefits.select_related("initiative").order_by("name", "pk")[:MOST_FOUND]
        ),
    ]


def parts_of(viewer: Viewer, portfolio: Portfolio) -> list[Programme]:
    """Return the programmes of a portfolio that have initiatives, each with how many."""
    rows = Programme.objects.visible_to(viewer).filter(portfolio=portfolio)
    return list(rows.annotate(size=Count("initiatives")).filter(size__gt=0).order_by("name"))


def source_id(link: Link) -> str:
    """Return the id of what a link comes from."""
    return f"{NODE}-{link.source_node_id}" if link.source_node_id else f"{BENEFIT}-{link.source_benefit_id}"


def target_id(link: Link) -> str:
    """Return the id of what a link leads to."""
    return f"{NODE}-{link.target_node_id}" if link.target_node_id else f"{BENEFIT}-{link.target_benefit_id}"


def split_id(id: str) -> tuple[str, int]:
    """Return the kind and the key of an id such as ``node-12``.

    Raises:
        Http404: it is not the id of anything.
    """
    kind, _dash, key = id.partition("-")
    if kind not in (NODE, BENEFIT, OBJECTIVE) or not key.isascii() or not key.isdigit() or len(key) > 18:
        raise Http404(_("“%(id)s” is not the id of a thing on a map.") % {"id": id})
    return kind, int(key)


def thing_of(viewer: Viewer, portfolio: Portfolio, id: str) -> Node | Benefit | Objective:
    """Return what an id on a map stands for.

    Raises:
        Http404: there is no such thing that the viewer may see.
    """
    kind, key = split_id(id)
    if kind == NODE:
        return node_of(viewer, portfolio, key)
    if kind == BENEFIT:
        return benefit_on(viewer, portfolio, key)
    objective = Objective.objects.filter(pk=key, retired_at=None).first()
    if objective is None:
        raise Http404(_("There is no such objective."))
    return objective


def links_of(viewer: Viewer, portfolio: Portfolio, id: str) -> dict[str, list[tuple[str, str, Link]]]:
    """Return the links of a thing under ``links_in`` and ``links_out``, each with the id and name at its other end."""
    kind, key = split_id(id)
    if kind == OBJECTIVE:
        return {"links_in": [], "links_out": []}
    related = ("source_node", "source_benefit", "target_node", "target_benefit")
    links = Link.objects.visible_to(viewer).filter(portfolio=portfolio, removed_at=None).select_related(*related)
    coming = links.filter(**{f"target_{kind}": key})
    going = links.filter(**{f"source_{kind}": key})
    return {
        "links_in": [(source_id(row), str(row.source_node or row.source_benefit), row) for row in coming],
        "links_out": [(target_id(row), str(row.target_node or row.target_benefit), row) for row in going],
    }
