"""The benefits map for programs."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError
from ninja.responses import Status

from openvmo_web.access.queries import holders_of
from openvmo_web.benefits.models import Benefit
from openvmo_web.common.api import Strict, Text, responses
from openvmo_web.common.http import authenticated
from openvmo_web.common.moments import moment_of
from openvmo_web.maps import actions
from openvmo_web.maps.models import Claim, Link, Node
from openvmo_web.maps.queries import (
    BENEFIT,
    NODE,
    BenefitMap,
    Scope,
    TooMuch,
    claim_of,
    link_of,
    map_of,
    node_of,
    scope_of,
    source_id,
    split_id,
    target_id,
    thing_of,
)
from openvmo_web.maps.rules import Point
from openvmo_web.maps.what_if import what_if
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.portfolio.queries import portfolio_of
from openvmo_web.strategy.models import Objective

router = Router(tags=["Benefits map"])

MAP = "/portfolios/{slug:slug}/map"
MONTH_PATTERN = r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$"
ID_PATTERN = r"^(node|benefit|objective)-[0-9]{1,18}$"
LARGEST = 1e15
MOST_AT_ONCE = 400

Kind = Literal["enabler", "change", "outcome"]
State = Literal["planned", "under_way", "at_risk", "in_place", "cut"]


class ThingOut(Schema):
    """Something on a map."""

    id: str = Field(description="Such as node-12, benefit-3 or objective-7.")
    kind: Literal["enabler", "change", "outcome", "benefit", "objective"]
    name: str
    code: str
    state: str | None = Field(description="Of a node its state, of a benefit where it stands; null for an objective.")
    pool: Decimal | None = Field(None, description="Of an outcome: the gain a year that its benefits share.")
    pool_unit: str = Field("", description="Empty means money.")
    present_value: Decimal | None = Field(
        None, description="Of a benefit: present value of its forecast in money; null when it has none."
    )
    x: float
    y: float


class LinkOut(Schema):
    """What leads to what."""

    id: int | None = Field(description="Null where a benefit serves its objective: that is stated by the benefit.")
    source: str
    target: str
    strength: float | None = Field(description="Share of the target that hangs on the source; null: all of it.")


class ClaimOut(Schema):
    """A share of an outcome's gain."""

    id: int
    outcome: str
    benefit: str
    share: Decimal

    @staticmethod
    def resolve_outcome(row: Claim) -> str:
        """The id of the outcome on the map."""
        return f"node-{row.outcome_id}"

    @staticmethod
    def resolve_benefit(row: Claim) -> str:
        """The id of the benefit on the map."""
        return f"benefit-{row.benefit_id}"


class MapOut(Schema):
    """A part of a portfolio's benefits map."""

    things: list[ThingOut]
    links: list[LinkOut]
    claims: list[ClaimOut]
    left_out: int = Field(description="Benefits of the portfolio that nothing leads to and that are left out.")
    objectives_left_out: int = Field(description="Objectives of the portfolio that no benefit serves and left out.")


class NodeOut(Schema):
    """An enabler, a change or an outcome."""

    id: int
    kind: Kind
    code: str
    name: str
    description: str
    state: State
    due: str | None = Field(description="Month in which it is to be in place.")
    initiative: str | None = Field(None, alias="initiative.code")
    owner: str | None = Field(None, alias="owner.email")
    pool: Decimal | None
    pool_low: Decimal | None = Field(description="P10 of the gain a year; null when no uncertainty was stated.")
    pool_high: Decimal | None = Field(description="P90 of the gain a year.")
    pool_unit: str

    @staticmethod
    def resolve_due(row: Node) -> str | None:
        """The month as 2026-04."""
        return f"{row.due:%Y-%m}" if row.due else None


class NodeIn(Strict):
    """What is stated of an enabler, a change or an outcome."""

    kind: Kind
    name: Text = Field(min_length=1, max_length=300)
    code: Text = Field("", max_length=200, description="Empty: the next free one of its kind.")
    description: Text = Field("", max_length=20_000)
    state: State = "planned"
    due: str | None = Field(None, pattern=MONTH_PATTERN, max_length=7)
    initiative: Text | None = Field(None, max_length=200, description="Code of the initiative that brings it.")
    owner: Text | None = Field(None, max_length=254, description="E-mail address of the owner.")
    pool: float | None = Field(None, gt=0, le=LARGEST)
    pool_low: float | None = Field(
        None, ge=-LARGEST, le=LARGEST, description="P10; give both low and high, or neither."
    )
    pool_high: float | None = Field(None, ge=-LARGEST, le=LARGEST, description="P90.")
    pool_unit: Text = Field("", max_length=64)


class NodeChange(Strict):
    """The fields of a node that change; what is left out stays."""

    kind: Kind | None = None
    name: Text | None = Field(None, min_length=1, max_length=300)
    description: Text | None = Field(None, max_length=20_000)
    state: State | None = None
    due: str | None = Field(None, pattern=MONTH_PATTERN, max_length=7)
    initiative: Text | None = Field(None, max_length=200)
    owner: Text | None = Field(None, max_length=254)
    pool: float | None = Field(None, gt=0, le=LARGEST)
    pool_low: float | None = Field(
        None, ge=-LARGEST, le=LARGEST, description="P10; give both low and high, or neither."
    )
    pool_high: float | None = Field(None, ge=-LARGEST, le=LARGEST, description="P90.")
    pool_unit: Text | None = Field(None, max_length=64)


class RemoveIn(Strict):
    """How a node is removed."""

    cascade: bool = Field(default=False, description="Remove the claims on it too; without it they keep it on the map.")


class LinkIn(Strict):
    """A new link between things of the map; from a benefit to an objective it says which one the benefit serves."""

    source: str = Field(pattern=ID_PATTERN, max_length=64)
    target: str = Field(pattern=ID_PATTERN, max_length=64)
    strength: float | None = Field(None, gt=0, le=1)


class StrengthIn(Strict):
    """How much of the target hangs on the source."""

    strength: float | None = Field(gt=0, le=1, description="A share above 0 and up to 1; null: all of it.")


class ClaimIn(Strict):
    """The share of an outcome that a benefit claims, in place of what it claimed."""

    outcome: str = Field(pattern=r"^node-[0-9]{1,18}$", max_length=64)
    benefit: str = Field(pattern=r"^benefit-[0-9]{1,18}$", max_length=64)
    share: float = Field(ge=0.000001, le=1)


class PlaceIn(Strict):
    """Where a thing is put: across from the start of its column, and down from the top."""

    id: str = Field(pattern=ID_PATTERN, max_length=64)
    x: float = Field(ge=-1e6, le=1e6, allow_inf_nan=False)
    y: float = Field(ge=-1e6, le=1e6, allow_inf_nan=False)


class PlacesIn(Strict):
    """Where things are put."""

    places: list[PlaceIn] = Field(min_length=1, max_length=MOST_AT_ONCE)


class Counted(Schema):
    """How many things were concerned."""

    count: int


class CutIn(Strict):
    """What is cut; everything of the portfolio that hangs on it is hit."""

    cut: list[str] = Field(max_length=MOST_AT_ONCE, description="Ids of the things that are cut.")
    on: date | None = Field(None, description="As known at the end of this day.")


class HitOut(Schema):
    """A benefit that hangs on what is cut."""

    benefit: str
    name: str
    share: float = Field(description="Share of it that is lost.")
    present_value: Decimal | None
    at_stake: Decimal | None = Field(description="In money; null when the benefit has no value in money.")


class WhatIfOut(Schema):
    """What would be lost; nothing of it is stored."""

    losses: dict[str, float] = Field(description="Share that is lost of each thing, by its id.")
    benefits: list[HitOut]
    total_at_stake: Decimal


class MapQuery(Schema):
    """Which part of the map, and as known when."""

    initiative: Text = Field("", max_length=200, description="Code of an initiative: what it has to do with.")
    programme: Text = Field("", max_length=200, description="Code of a programme: what it has to do with.")
    thing: str = Field("", pattern=r"^((node|benefit|objective)-[0-9]{1,18})?$", description="What hangs on it.")
    on: date | None = Field(None, description="As known at the end of this day.")


def _portfolio(request: HttpRequest, slug: str) -> Portfolio:
    return portfolio_of(authenticated(request).user, slug)


def _map(request: HttpRequest, portfolio: Portfolio, scope: Scope) -> BenefitMap:
    try:
        return map_of(authenticated(request).user, portfolio, scope)
    except TooMuch as problem:
        message = _("%(count)d things do not fit on one map. Ask for a programme, an initiative or a thing.")
        raise HttpError(HTTPStatus.CONFLICT, message % {"count": problem.count}) from problem


def _moment(on: date | None) -> datetime | None:
    """The moment as known at which something is asked; None: now."""
    return None if on is None else moment_of(on)


def _row(shown: BenefitMap, kind: str, key: int) -> Node | Benefit | Objective:
    if kind == NODE:
        return shown.nodes[key]
    return shown.benefits[key] if kind == BENEFIT else shown.objectives[key]


def _thing(shown: BenefitMap, id: str) -> dict[str, Any]:
    kind, key = split_id(id)
    row = _row(shown, kind, key)
    status = shown.status_of(id)
    thing, point = shown.things[id], shown.layout.points[id]
    return {
        "id": id,
        "kind": thing.kind,
        "name": thing.name,
        "code": row.code,
        "state": row.state if isinstance(row, Node) else status and str(status.label),
        "pool": row.pool if isinstance(row, Node) else None,
        "pool_unit": row.pool_unit if isinstance(row, Node) else "",
        "present_value": shown.values.get(key) if kind == "benefit" else None,
        "x": point.x,
        "y": point.y,
    }


@router.get(MAP, response=responses(MapOut, 404, 409), summary="Benefits map")
def benefits_map(request: HttpRequest, slug: str, part: Query[MapQuery]) -> dict[str, Any]:
    """Show the map of a portfolio, or the part that an initiative, a programme or a thing has to do with."""
    portfolio = _portfolio(request, slug)
    at = _moment(part.on)
    scope = scope_of(portfolio, initiative=part.initiative, programme=part.programme, root=part.thing, at=at)
    shown = _map(request, portfolio, scope)
    links = [
        {
            "id": int(one.id.removeprefix("link-")) if one.id.startswith("link-") else None,
            "source": one.source,
            "target": one.target,
            "strength": one.strength,
        }
        for one in shown.connections
    ]
    things = [_thing(shown, id) for id in shown.things]
    return {
        "things": things,
        "links": links,
        "claims": list(shown.claims),
        "left_out": shown.left_out,
        "objectives_left_out": shown.objectives_left_out,
    }


@router.post(f"{MAP}/what-if", response=responses(WhatIfOut, 404), summary="What if something were cut?")
def map_what_if(request: HttpRequest, slug: str, body: CutIn) -> dict[str, Any]:
    """Say which benefits hang on what is cut, and how much forecast value. Nothing is stored."""
    portfolio = _portfolio(request, slug)
    answer = what_if(authenticated(request).user, portfolio, body.cut, _moment(body.on))
    hits = [
        {
            "benefit": f"benefit-{hit.benefit.pk}",
            "name": hit.benefit.name,
            "share": hit.share,
            "present_value": hit.value,
            "at_stake": hit.at_stake,
        }
        for hit in answer.hits
    ]
    return {"losses": answer.losses, "benefits": hits, "total_at_stake": answer.total}


@router.post(f"{MAP}/nodes", response=responses(NodeOut, 404, 409, status=HTTPStatus.CREATED), summary="Add a node")
def node_add(request: HttpRequest, slug: str, body: NodeIn) -> Status[Node]:
    """Add an enabler, a change or an outcome."""
    portfolio = _portfolio(request, slug)
    values = _node_values(portfolio, body.dict())
    added = actions.node_add(portfolio=portfolio, **values, by=authenticated(request).user, at=timezone.now())
    return Status(HTTPStatus.CREATED, added)


@router.get(f"{MAP}/nodes/{{int:node}}", response=responses(NodeOut, 404), summary="One node")
def one_node(request: HttpRequest, slug: str, node: int) -> Node:
    """Show an enabler, a change or an outcome."""
    return node_of(authenticated(request).user, _portfolio(request, slug), node)


@router.patch(f"{MAP}/nodes/{{int:node}}", response=responses(NodeOut, 404, 409), summary="Change a node")
def node_change(request: HttpRequest, slug: str, node: int, body: NodeChange) -> Node:
    """Change the fields that are given; null empties those that may be empty."""
    found = one_node(request, slug, node)
    values = _node_values(found.portfolio, body.dict(exclude_unset=True))
    emptied = [name for name in ("kind", "name", "description", "state", "pool_unit") if values.get(name, "") is None]
    if emptied:
        raise HttpError(HTTPStatus.UNPROCESSABLE_ENTITY, _("%(name)s cannot be null.") % {"name": emptied[0]})
    return actions.node_change(node=found, **values, by=authenticated(request).user, at=timezone.now())


@router.post(f"{MAP}/nodes/{{int:node}}/remove", response=responses(NodeOut, 404, 409), summary="Remove a node")
def node_remove(request: HttpRequest, slug: str, node: int, body: RemoveIn) -> Node:
    """Take a node off the map with its links; it stays in the history."""
    found = one_node(request, slug, node)
    return actions.node_remove(node=found, cascade=body.cascade, by=authenticated(request).user, at=timezone.now())


@router.post(f"{MAP}/links", response=responses(LinkOut, 404, 409, status=HTTPStatus.CREATED), summary="Add a link")
def link_add(request: HttpRequest, slug: str, body: LinkIn) -> Status[dict[str, Any]]:
    """Say that one thing leads to another."""
    viewer, portfolio, now = authenticated(request).user, _portfolio(request, slug), timezone.now()
    source, target = (thing_of(viewer, portfolio, id) for id in (body.source, body.target))
    made = actions.things_connect(
        portfolio=portfolio, source=source, target=target, strength=body.strength, by=viewer, at=now
    )
    served = {"id": None, "source": body.source, "target": body.target, "strength": None}
    return Status(HTTPStatus.CREATED, _link(made) if isinstance(made, Link) else served)


@router.patch(f"{MAP}/links/{{int:link}}", response=responses(LinkOut, 404), summary="Change a link")
def link_change(request: HttpRequest, slug: str, link: int, body: StrengthIn) -> dict[str, Any]:
    """Say how much of its target hangs on its source."""
    viewer = authenticated(request).user
    found = link_of(viewer, _portfolio(request, slug), link)
    return _link(actions.link_change(link=found, strength=body.strength, by=viewer, at=timezone.now()))


@router.post(f"{MAP}/links/{{int:link}}/remove", response=responses(LinkOut, 404, 409), summary="Remove a link")
def link_remove(request: HttpRequest, slug: str, link: int) -> dict[str, Any]:
    """Take a link off the map; it stays in the history."""
    viewer = authenticated(request).user
    found = link_of(viewer, _portfolio(request, slug), link)
    return _link(actions.link_remove(link=found, by=viewer, at=timezone.now()))


@router.post(f"{MAP}/claims", response=responses(ClaimOut, 404, 409), summary="Claim a share")
def claim_set(request: HttpRequest, slug: str, body: ClaimIn) -> Claim:
    """Let a benefit claim a share of an outcome's gain; all claims together never exceed the whole."""
    viewer, portfolio = authenticated(request).user, _portfolio(request, slug)
    outcome, benefit = (thing_of(viewer, portfolio, id) for id in (body.outcome, body.benefit))
    if not isinstance(outcome, Node) or not isinstance(benefit, Benefit):
        raise Http404
    share = Decimal(repr(body.share)).quantize(Decimal("0.000001"))
    return actions.claim_set(outcome=outcome, benefit=benefit, share=share, by=viewer, at=timezone.now())


@router.post(f"{MAP}/claims/{{int:claim}}/remove", response=responses(ClaimOut, 404), summary="Give a share back")
def claim_remove(request: HttpRequest, slug: str, claim: int) -> Claim:
    """Give a claimed share back."""
    viewer = authenticated(request).user
    found = claim_of(viewer, _portfolio(request, slug), claim)
    return actions.claim_remove(claim=found, by=viewer, at=timezone.now())


@router.post(f"{MAP}/places", response=responses(Counted, 404, 409), summary="Put things somewhere")
def places_set(request: HttpRequest, slug: str, body: PlacesIn) -> dict[str, int]:
    """Remember where things are put on the drawing."""
    points = {place.id: Point(place.x, place.y) for place in body.places}
    portfolio, viewer = _portfolio(request, slug), authenticated(request).user
    return {"count": actions.places_set(portfolio=portfolio, places=points, by=viewer, at=timezone.now())}


@router.post(f"{MAP}/undo", response=responses(Counted, 404, 409), summary="Undo")
def undo(request: HttpRequest, slug: str) -> dict[str, int]:
    """Take your own last change of nodes, links and claims back."""
    portfolio, viewer = _portfolio(request, slug), authenticated(request).user
    return {"count": len(actions.gesture_undo(portfolio=portfolio, by=viewer, at=timezone.now()))}


def _link(row: Link) -> dict[str, Any]:
    return {"id": row.pk, "source": source_id(row), "target": target_id(row), "strength": row.strength}


def _node_values(portfolio: Portfolio, stated: dict[str, Any]) -> dict[str, Any]:
    """The values of a node's row: a month, an initiative, an owner and an amount instead of their texts."""
    values = dict(stated)
    if values.get("due"):
        values["due"] = date.fromisoformat(f"{values['due']}-01")
    for name in ("pool", "pool_low", "pool_high"):
        if values.get(name) is not None:
            values[name] = Decimal(repr(values[name])).quantize(Decimal("0.000001"))
    if values.get("initiative") is not None:
        code = values["initiative"]
        values["initiative"] = Initiative.objects.filter(portfolio=portfolio, code=code).first()
        if values["initiative"] is None:
            message = _("There is no initiative “%(code)s” in this portfolio.") % {"code": code}
            raise HttpError(HTTPStatus.UNPROCESSABLE_ENTITY, message)
    if values.get("owner") is not None:
        email = values["owner"]
        values["owner"] = holders_of("portfolio.view", portfolio.pk).filter(email=email.lower()).first()
        if values["owner"] is None:
            message = _("Nobody with the address %(email)s may see this portfolio.") % {"email": email}
            raise HttpError(HTTPStatus.UNPROCESSABLE_ENTITY, message)
    return values
