"""What is read about the benefits map, always for a viewer.

A map may be that of a whole portfolio, or what an initiative or a programme leads to. Only as much is read as can be
drawn: who has more is asked to choose a part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast
from django.http import Http404
from django.utils.translation import gettext as _

from openvmo_web.audit.models import Version
from openvmo_web.audit.queries import rows_known
from openvmo_web.benefits.models import Benefit, Standing
from openvmo_web.benefits.words import STATES as BENEFIT_STATES
from openvmo_web.common.actor import Actor
from openvmo_web.common.fields import label_of
from openvmo_web.common.models import Versioned
from openvmo_web.common.widgets import Status
from openvmo_web.maps.analysis import present_values
from openvmo_web.maps.models import Claim, Link, Node, Place
from openvmo_web.maps.rules import RETIRED, Edge, Layout, Point, Thing, laid_out
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
    # How many benefits without a link and objectives that no benefit serves are not drawn.
    left_out: int = 0
    objectives_left_out: int = 0

    @cached_property
    def things(self) -> dict[str, Thing]:
        """Everything on the map by its id there."""
        nodes = map(node_thing, self.nodes.values())
        benefits = map(benefit_thing, self.benefits.values())
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


def node_thing(row: Node) -> Thing:
    """Return a node as the rules take it."""
    return Thing(f"{NODE}-{row.pk}", row.kind, row.name)


def benefit_thing(row: Benefit) -> Thing:
    """Return a benefit as the rules take it."""
    return Thing(f"{BENEFIT}-{row.pk}", BENEFIT, row.name)


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
    node_rows = rows_known(Node.objects.filter(pk__in=nodes), scope.at)
    benefit_rows = rows_known(Benefit.objects.filter(pk__in=benefits), scope.at)
    objectives, unserved = _objectives(portfolio, scope, benefit_rows)
    among = Q(source_node__in=nodes) | Q(source_benefit__in=benefits)
    links = rows_known(links_on(viewer, portfolio, scope.at).filter(among), scope.at)
    # Who claims a share of an outcome may stand on another part of the map, and still counts.
    in_use = benefits_on(viewer, portfolio, scope.at).values("pk")
    claims = rows_known(_alive(Claim.objects.filter(outcome__in=nodes, benefit__in=in_use), scope.at), scope.at)
    return BenefitMap(
        portfolio=portfolio,
        scope=scope,
        nodes=node_rows,
        benefits=benefit_rows,
        objectives=objectives,
        links=tuple(links.values()),
        claims=tuple(claims.values()),
        standings={row.benefit_id: row for row in Standing.objects.filter(benefit__in=benefits)},
        values=present_values(portfolio, benefit_rows, scope.at),
        places=places_of(portfolio, {NODE: nodes, BENEFIT: benefits, OBJECTIVE: objectives}),
        left_out=left_out,
        objectives_left_out=unserved,
    )


def _whole(viewer: Viewer, portfolio: Portfolio, scope: Scope) -> tuple[set[int], set[int], int]:
    """The keys of all nodes and benefits; of many benefits only those that are linked or asked for."""
    alive = nodes_on(viewer, portfolio, scope.at)
    nodes = set(alive.values_list("pk", flat=True)[: MOST_DRAWN + 1])
    if len(nodes) > MOST_DRAWN:
        raise TooMuch(alive.count())
    links = links_on(viewer, portfolio, scope.at).exclude(source_benefit=None, target_benefit=None)
    ends = links.values_list("source_benefit", "target_benefit")[: 10 * MOST_DRAWN]
    every = benefits_on(viewer, portfolio, scope.at)
    linked = _among(every, {key for pair in ends for key in pair if key})
    asked = every.filter(pk__in=keys_of(scope.also, BENEFIT))
    some = set(every.exclude(pk__in=linked).values_list("pk", flat=True)[: MOST_UNLINKED + 1])
    if len(some) <= MOST_UNLINKED:
        return nodes, linked | some, 0
    benefits = linked | set(asked.values_list("pk", flat=True))
    return nodes, benefits, every.count() - len(benefits)


def _part(viewer: Viewer, portfolio: Portfolio, scope: Scope) -> tuple[set[int], set[int], int]:
    """The keys of what belongs to a part, of everything that it leads to, and of what leads to it directly."""
    nodes, benefits = _seeds(viewer, portfolio, scope)
    links, every = links_on(viewer, portfolio, scope.at), benefits_on(viewer, portfolio, scope.at)
    ends = ("source_node", "source_benefit", "target_node", "target_benefit")
    upstream = list(links.filter(Q(target_node__in=nodes) | Q(target_benefit__in=benefits)).values_list(*ends))
    fresh_nodes, fresh_benefits = set(nodes), set(benefits)
    while (fresh_nodes or fresh_benefits) and len(nodes) + len(benefits) <= MOST_DRAWN:
        found = links.filter(Q(source_node__in=fresh_nodes) | Q(source_benefit__in=fresh_benefits)).values_list(*ends)
        reached = list(found)
        fresh_nodes = {target for _n, _b, target, _c in reached if target is not None} - nodes
        fresh_benefits = _among(every, {target for _n, _b, _m, target in reached if target is not None} - benefits)
        nodes |= fresh_nodes
        benefits |= fresh_benefits
    nodes |= {node for node, _b, _m, _c in upstream if node is not None}
    benefits |= _among(every, {benefit for _n, benefit, _m, _c in upstream if benefit is not None})
    return nodes, benefits, 0


def _seeds(viewer: Viewer, portfolio: Portfolio, scope: Scope) -> tuple[set[int], set[int]]:
    also = [*scope.also, *([scope.root] if scope.root else ())]
    belongs = Q(pk__in=())
    if scope.initiative:
        belongs = Q(initiative=scope.initiative)
    elif scope.programme:
        belongs = Q(initiative__programme=scope.programme)
    named_nodes = Q(pk__in=keys_of(also, NODE))
    named_benefits = Q(pk__in=keys_of(also, BENEFIT))
    nodes = nodes_on(viewer, portfolio, scope.at).filter(belongs | named_nodes)
    benefits = benefits_on(viewer, portfolio, scope.at)
    found = benefits.filter(belongs | named_benefits).values_list("pk", flat=True)
    return set(nodes.values_list("pk", flat=True)[: MOST_DRAWN + 1]), set(found[: MOST_DRAWN + 1])


def nodes_on(viewer: Viewer, portfolio: Portfolio, at: datetime | None = None) -> QuerySet[Node]:
    """Return the nodes that are on a portfolio's map, now or at a moment."""
    return _alive(Node.objects.visible_to(viewer).filter(portfolio=portfolio), at)


def benefits_on(viewer: Viewer, portfolio: Portfolio, at: datetime | None = None) -> QuerySet[Benefit]:
    """Return the benefits that may be on a portfolio's map, now or at a moment: all that were known and not retired."""
    rows = Benefit.objects.visible_to(viewer).filter(initiative__portfolio=portfolio)
    if at is None:
        return rows.exclude(state=RETIRED)
    in_use = Version.objects.filter(pk=OuterRef("state_then")).exclude(values__state=RETIRED)
    return _with_state(rows, at).filter(Exists(in_use))


def links_on(viewer: Viewer, portfolio: Portfolio, at: datetime | None = None) -> QuerySet[Link]:
    """Return the links of a portfolio's map, now or at a moment; those of retired benefits are among them."""
    return _alive(Link.objects.visible_to(viewer).filter(portfolio=portfolio), at)


def _alive(rows: QuerySet[V], at: datetime | None) -> QuerySet[V]:
    """The rows that were there and not removed at a moment; now without one."""
    if at is None:
        return rows.filter(removed_at=None)
    on_map = Version.objects.filter(pk=OuterRef("state_then"), values__removed_at=None)
    return _with_state(rows, at).filter(Exists(on_map))


def _with_state(rows: QuerySet[V], at: datetime) -> QuerySet[Any, Any]:
    """The rows with ``state_then``: the key of the newest state that was kept of each until a moment."""
    own = Version.objects.filter(kind=rows.model._meta.label_lower, key=Cast(OuterRef("pk"), CharField()), at__lte=at)
    return rows.annotate(state_then=Subquery(own.order_by("-at", "-id").values("pk")[:1]))


def _among(rows: QuerySet[V], keys: set[int]) -> set[int]:
    """Those of some keys that belong to the rows of a query."""
    return set(rows.filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()


def _objectives(
    portfolio: Portfolio, scope: Scope, benefits: Mapping[int, Benefit]
) -> tuple[dict[int, Objective], int]:
    """The objectives that the benefits serve; on the map of the whole also a few that none serves, or how many."""
    wanted = Q(pk__in={row.objective_id for row in benefits.values() if row.objective_id})
    wanted |= Q(pk__in=keys_of(scope.also, OBJECTIVE))
    found = rows_known(Objective.objects.filter(wanted), scope.at)
    if not scope.is_whole or scope.at is not None:
        return found, 0
    idle = Objective.objects.filter(portfolios=portfolio, retired_at=None, children=None).exclude(pk__in=found)
    unserved = list(idle[: MOST_IDLE + 1])
    if len(unserved) > MOST_IDLE:
        return found, idle.count()
    return found | {row.pk: row for row in unserved}, 0


def places_of(portfolio: Portfolio, keys: Mapping[str, Iterable[int]]) -> dict[str, Point]:
    """Return where people put things on a portfolio's map; the things are given by kind and key."""
    wanted = Q(pk__in=())
    for kind, of_kind in keys.items():
        wanted |= Q(kind=kind, key__in=list(of_kind))
    rows = Place.objects.filter(wanted, portfolio=portfolio).values_list("kind", "key", "x", "y")
    return {f"{kind}-{key}": Point(x, y) for kind, key, x, y in rows}


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


def downstream_of(portfolio: Portfolio, ids: Iterable[str], at: datetime | None = None) -> list[Edge]:
    """Return the links between some things and everything that hangs on them, now or at a moment.

    Links of retired benefits are among them: they are in force again once the benefit is.
    """
    links = _alive(Link.objects.filter(portfolio=portfolio), at)
    edges: list[Edge] = []
    fresh = set(ids)
    seen = set(fresh)
    while fresh:
        found = links.filter(Q(source_node__in=keys_of(fresh, NODE)) | Q(source_benefit__in=keys_of(fresh, BENEFIT)))
        reached = [Edge(source_id(row), target_id(row), row.strength) for row in rows_known(found, at).values()]
        edges += reached
        fresh = {edge.target for edge in reached} - seen
        seen |= fresh
    return edges


def things_named(ids: Iterable[str]) -> dict[str, Thing]:
    """Return nodes and benefits as the rules take them, by their ids on a map."""
    ids = set(ids)
    nodes = map(node_thing, Node.objects.filter(pk__in=keys_of(ids, NODE)))
    benefits = map(benefit_thing, Benefit.objects.filter(pk__in=keys_of(ids, BENEFIT)))
    return {thing.id: thing for thing in (*nodes, *benefits)}


def claims_on(outcome: Node) -> QuerySet[Claim]:
    """Return the claims on an outcome with their benefits, the oldest first; those of retired benefits too."""
    rows = Claim.objects.filter(outcome=outcome, removed_at=None)
    return rows.select_related("benefit__initiative", "outcome").order_by("pk")


def claims_in_force(outcome: Node) -> QuerySet[Claim]:
    """Return the claims on an outcome that count: a retired benefit takes no share."""
    return claims_on(outcome).exclude(benefit__state=RETIRED)


def claims_of(benefit: Benefit) -> QuerySet[Claim]:
    """Return what a benefit claims, with the outcomes."""
    return Claim.objects.filter(benefit=benefit, removed_at=None).select_related("outcome").order_by("pk")


def found_on(viewer: Viewer, portfolio: Portfolio, words: str) -> list[tuple[str, Node | Benefit]]:
    """Return the things of a portfolio's map whose name or code holds some words, with their ids there."""
    matches = Q(name__icontains=words) | Q(code__icontains=words)
    nodes = nodes_on(viewer, portfolio).filter(matches)
    benefits = benefits_on(viewer, portfolio).filter(matches)
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


def keys_of(ids: Iterable[str], kind: str) -> list[int]:
    """Return the keys of the things of a kind among some ids on a map."""
    return [key for found, key in map(split_id, ids) if found == kind]


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
