"""What is read about decisions and the rights to take them, always for a viewer."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from openvmo_web.access.models import User
from openvmo_web.access.permissions import may
from openvmo_web.access.queries import holders_of
from openvmo_web.common.actor import Actor
from openvmo_web.governance.models import Body, Decision, DecisionItem, DecisionRight
from openvmo_web.governance.rules import Right, decider_for
from openvmo_web.insight.models import Run
from openvmo_web.portfolio.models import Portfolio


def decisions_of(viewer: Actor | AnonymousUser, portfolio: Portfolio) -> QuerySet[Decision]:
    """Return the decisions of a portfolio, newest first, each with the number of initiatives that it funds."""
    funded = Count("items", filter=Q(items__verdict="fund"))
    decisions = Decision.objects.visible_to(viewer).filter(portfolio=portfolio).annotate(funded=funded)
    return decisions.select_related("portfolio", "decider", "proposed_by", "decided_by")


def decision_of(viewer: Actor | AnonymousUser, portfolio: Portfolio, number: int) -> Decision:
    """Return one decision of a portfolio.

    Raises:
        Http404: there is none that the viewer may see.
    """
    related = ("portfolio", "decider", "proposed_by", "decided_by", "run__snapshot", "run__portfolio", "run__job")
    decisions = decisions_of(viewer, portfolio).select_related(*related).filter(number=number)
    decision = decisions.defer("run__result", "run__snapshot__document").first()
    if decision is None:
        raise Http404(_("There is no decision %(number)s in this portfolio.") % {"number": number})
    return decision


def items_of(decision: Decision) -> QuerySet[DecisionItem]:
    """Return what a decision says about each initiative, the funded ones first."""
    items = decision.items.select_related("initiative__portfolio", "initiative__programme", "plan")
    return items.order_by("-verdict", "initiative__name")


def decisions_on(run: Run) -> QuerySet[Decision]:
    """Return the decisions that rest on a run."""
    return run.decisions.select_related("portfolio")


def waiting_for(viewer: User, portfolio: Portfolio) -> QuerySet[Decision]:
    """Return the proposals that a viewer may decide on now."""
    if not may(viewer, "decision.decide", portfolio.pk):
        return Decision.objects.none()
    proposed = decisions_of(viewer, portfolio).filter(state="proposed", decider__members=viewer)
    return proposed.exclude(proposed_by=viewer)


def rights_of(viewer: Actor | AnonymousUser, portfolio: Portfolio) -> QuerySet[DecisionRight]:
    """Return the decision rights of a portfolio with their bodies and members, the lowest limit first."""
    rights = DecisionRight.objects.visible_to(viewer).filter(portfolio=portfolio).select_related("decider", "portfolio")
    return rights.prefetch_related("decider__members").order_by("kind", "up_to", "pk")


def bodies_of(viewer: Actor | AnonymousUser, portfolio: Portfolio) -> QuerySet[Body]:
    """Return the bodies of a portfolio with their members."""
    return Body.objects.visible_to(viewer).filter(portfolio=portfolio).prefetch_related("members")


def body_of(viewer: Actor | AnonymousUser, portfolio: Portfolio, code: str) -> Body:
    """Return one body of a portfolio.

    Raises:
        Http404: there is none that the viewer may see.
    """
    body = bodies_of(viewer, portfolio).filter(code=code).first()
    if body is None:
        raise Http404(_("There is no body “%(code)s” in this portfolio.") % {"code": code})
    return body


def plain(rights: Iterable[DecisionRight]) -> list[Right]:
    """Return stored rights as the rules take them."""
    return [Right(right.kind, right.up_to, right.decider.code) for right in rights]


def deciding_body(portfolio: Portfolio, kind: str, amount: Decimal) -> Body:
    """Return the one body that decides on a kind of decision of a size.

    Raises:
        NoSingleDecider: there is none, or more than one.
    """
    rights = DecisionRight.objects.filter(portfolio=portfolio).select_related("decider")
    return Body.objects.get(portfolio=portfolio, code=decider_for(plain(rights), kind, amount))


def deciders_of(decision: Decision) -> list[User]:
    """Return who may decide on a proposal: members of its body with the right to decide, without its proposer."""
    members = possible_members(decision.portfolio_id).filter(bodies=decision.decider_id)
    return list(members.exclude(pk=decision.proposed_by_id))


def possible_members(portfolio_id: int) -> QuerySet[User]:
    """Return the people who can sit in a body of a portfolio: the active ones with the right to decide in it."""
    return holders_of("decision.decide", portfolio_id)
