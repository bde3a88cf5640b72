"""What would be lost of a portfolio's benefits without some things of its map; nothing of it is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.http import Http404
from django.utils.translation import gettext as _

from openvmo_web.audit.queries import rows_known
from openvmo_web.benefits.models import Benefit
from openvmo_web.maps.analysis import present_values
from openvmo_web.maps.queries import (
    BENEFIT,
    NODE,
    Viewer,
    benefit_thing,
    benefits_on,
    downstream_of,
    keys_of,
    node_thing,
    nodes_on,
)
from openvmo_web.maps.rules import Thing, losses
from openvmo_web.portfolio.models import Portfolio


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


def what_if(viewer: Viewer, portfolio: Portfolio, cut: Iterable[str], at: datetime | None = None) -> WhatIf:
    """Return what would be lost of a portfolio's benefits without some things, whichever part of the map is looked at.

    Args:
        viewer: Who asks.
        portfolio: A portfolio that the viewer was shown.
        cut: The ids of enablers, changes, outcomes or benefits.
        at: As known then; None: now.

    Raises:
        Http404: something that is to be cut is not on the portfolio's map.
    """
    wanted = tuple(dict.fromkeys(cut))
    edges = downstream_of(portfolio, wanted, at)
    touched = {*wanted, *(edge.target for edge in edges)}
    benefits = rows_known(benefits_on(viewer, portfolio, at).filter(pk__in=keys_of(touched, BENEFIT)), at)
    things = _things(viewer, portfolio, wanted, benefits, at)
    on_map = {*(id for id in touched if id.startswith(f"{NODE}-")), *(f"{BENEFIT}-{key}" for key in benefits)}
    lost = losses([edge for edge in edges if {edge.source, edge.target} <= on_map], wanted)
    hit = {key: row for key, row in benefits.items() if f"{BENEFIT}-{key}" in lost}
    values = present_values(portfolio, hit, at)
    hits = sorted((_hit(row, lost[f"{BENEFIT}-{key}"], values.get(key)) for key, row in hit.items()), key=_gravity)
    total = sum((one.at_stake for one in hits if one.at_stake is not None), Decimal(0))
    return WhatIf(tuple(things[id] for id in wanted), lost, tuple(hits), total)


def _things(
    viewer: Viewer, portfolio: Portfolio, ids: Iterable[str], benefits: Mapping[int, Benefit], at: datetime | None
) -> dict[str, Thing]:
    """The things that are to be cut, by id."""
    nodes = rows_known(nodes_on(viewer, portfolio, at).filter(pk__in=keys_of(ids, NODE)), at)
    things = {thing.id: thing for thing in (*map(node_thing, nodes.values()), *map(benefit_thing, benefits.values()))}
    for id in ids:
        if id not in things:
            raise Http404(_("There is nothing with the id “%(id)s” on this map that could be cut.") % {"id": id})
    return things


def _hit(benefit: Benefit, share: float, value: Decimal | None) -> Hit:
    return Hit(benefit, share, value, None if value is None else value * Decimal(repr(share)))


def _gravity(hit: Hit) -> tuple[Decimal, float, str]:
    """Most money first, then the largest share."""
    return -abs(hit.at_stake or Decimal(0)), -hit.share, hit.benefit.name
