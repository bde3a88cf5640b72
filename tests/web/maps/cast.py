"""A small map: a scanner and a law lead to a change, the change to an outcome, the outcome to two benefits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from openvmo_web.access.models import User
from openvmo_web.benefits.models import Benefit
from openvmo_web.maps.actions import claim_set, link_add, node_add
from openvmo_web.maps.models import Claim, Link, Node
from openvmo_web.portfolio.models import Portfolio


@dataclass(frozen=True)
class SmallMap:
    """The things of the small map."""

    portfolio: Portfolio
    scanner: Node
    law: Node
    training: Node
    service: Node
    paper: Benefit
    calls: Benefit
    link: Link
    claim: Claim


def map_make(portfolio: Portfolio, *, by: User, at: datetime) -> SmallMap:
    """Draw the small map: half of the change hangs on the scanner, and a fifth of the second benefit on the outcome."""
    benefits = {row.code: row for row in Benefit.objects.select_related("initiative__portfolio")}
    alpha = portfolio.initiatives.get(code="ALPHA")
    done = {"portfolio": portfolio, "by": by, "at": at}
    scanner = node_add(kind="enabler", name="Scanner", initiative=alpha, state="in_place", **done)
    law = node_add(kind="enabler", name="Law", state="at_risk", **done)
    training = node_add(kind="change", name="Staff scan", **done)
    service = node_add(kind="outcome", name="Faster service", pool=Decimal(1000), **done)
    paper, calls = benefits["ALPHA-B"], benefits["BETA-B"]
    link = link_add(source=scanner, target=training, strength=0.5, **done)
    link_add(source=law, target=training, strength=0.25, **done)
    link_add(source=training, target=service, **done)
    link_add(source=service, target=paper, **done)
    link_add(source=service, target=calls, strength=0.2, **done)
    claim = claim_set(outcome=service, benefit=paper, share=Decimal("0.62"), by=by, at=at)
    return SmallMap(portfolio, scanner, law, training, service, paper, calls, link, claim)
