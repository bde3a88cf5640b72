"""The agency's benefits map: what leads to what, and who claims how much of an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from openvmo.example.specs import rows_of


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSpec:
    """An enabler, a change or an outcome; an outcome may have a gain a year that its benefits share."""

    id: str
    kind: str
    name: str
    initiative: str
    owner: str
    state: str
    pool: float | None
    pool_unit: str


@dataclass(frozen=True, slots=True)
class LinkSpec:
    """One thing leads to another, which may be a benefit; without a strength all of it hangs on it."""

    source: str
    target: str
    strength: float | None


@dataclass(frozen=True, slots=True)
class ClaimSpec:
    """A benefit claims a share of an outcome."""

    outcome: str
    benefit: str
    share: float


@cache
def node_specs() -> tuple[NodeSpec, ...]:
    """All nodes in the order of the table."""
    return tuple(
        NodeSpec(
            id=row["id"],
            kind=row["kind"],
            name=row["name"],
            initiative=row["initiative"],
            owner=row["owner"],
            state=row["state"],
            pool=float(row["pool"]) if row["pool"] else None,
            pool_unit=row["pool_unit"],
        )
        for row in rows_of("map_nodes.csv")
    )


@cache
def link_specs() -> tuple[LinkSpec, ...]:
    """All links in the order of the table."""
    return tuple(
        LinkSpec(row["source"], row["target"], float(row["strength"]) if row["strength"] else None)
        for row in rows_of("map_links.csv")
    )


@cache
def claim_specs() -> tuple[ClaimSpec, ...]:
    """All claims in the order of the table."""
    return tuple(ClaimSpec(row["outcome"], row["benefit"], float(row["share"])) for row in rows_of("map_claims.csv"))
