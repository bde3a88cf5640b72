"""What speaks against a change of the map, beside everything else that is on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from openvmo_web.benefits.analysis import estimate
from openvmo_web.benefits.guards import Changing, Objection
from openvmo_web.benefits.models import Benefit
from openvmo_web.maps import rules
from openvmo_web.maps.models import Claim, Link, Node
from openvmo_web.maps.queries import (
    BENEFIT,
    NODE,
    OBJECTIVE,
    claims_in_force,
    claims_on,
    downstream_of,
    keys_of,
    source_id,
    target_id,
    things_named,
)
from openvmo_web.maps.words import sentence_of_claim, sentence_of_link, sentence_of_unit
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.strategy.models import Objective


class CannotMap(ValueError):
    """The map cannot be changed in this way; the message says why and what to do."""


def check_initiative(node: Node) -> None:
    """Refuse an initiative of another portfolio."""
    if node.initiative is not None and node.initiative.portfolio_id != node.portfolio_id:
        raise CannotMap(
            _("The initiative “%(initiative)s” belongs to another portfolio. Choose one of this portfolio.")
            % {"initiative": node.initiative}
        )


def check_belongs(portfolio: Portfolio, row: Node | Benefit) -> None:
    """Refuse what is not on this portfolio's map, or no longer."""
    if isinstance(row, Node):
        owner, is_gone = row.portfolio_id, row.removed_at is not None
    else:
        owner, is_gone = row.initiative.portfolio_id, row.state == rules.RETIRED
    if owner != portfolio.pk or is_gone:
        raise CannotMap(_("“%(thing)s” is not on the map of this portfolio.") % {"thing": row})


def check_on_map(portfolio: Portfolio, ids: Iterable[str]) -> None:
    """Refuse ids of things that are not on this portfolio's map."""
    wanted = list(ids)
    known = {
        NODE: Node.objects.filter(portfolio=portfolio, removed_at=None, pk__in=keys_of(wanted, NODE)),
        BENEFIT: Benefit.objects.filter(initiative__portfolio=portfolio, pk__in=keys_of(wanted, BENEFIT)),
        OBJECTIVE: Objective.objects.filter(pk__in=keys_of(wanted, OBJECTIVE)),
    }
    for kind, rows in known.items():
        missing = set(keys_of(wanted, kind)) - set(rows.values_list("pk", flat=True))
        if missing:
            raise CannotMap(
                _("“%(id)s” is not on the map of this portfolio. Load the map again.")
                % {"id": f"{kind}-{min(missing)}"}
            )


def check_link(link: Link) -> None:
    """Refuse a link that the rules of the map do not allow, beside the links in force."""
    source, target = source_id(link), target_id(link)
    edges = downstream_of(link.portfolio, [target])
    things = things_named([source, target, *(edge.target for edge in edges)])
    others = [edge for edge in edges if (edge.source, edge.target) != (source, target)]
    if _is_doubled(link):
        others.append(rules.Edge(source, target))
    try:
        rules.check_link(things, others, source, target)
    except rules.LinkProblem as problem:
        raise CannotMap(sentence_of_link(problem, things[source].name, things[target].name)) from problem


def _is_doubled(link: Link) -> bool:
    """Whether another link in force joins the same two things."""
    names = ("source_node", "source_benefit", "target_node", "target_benefit")
    same_ends = {name: getattr(link, f"{name}_id") for name in names}
    return Link.objects.filter(portfolio=link.portfolio, removed_at=None, **same_ends).exclude(pk=link.pk).exists()


def check_pool(node: Node) -> None:
    """Refuse a gain that is no estimate: low and high do not belong to it, or to the way it is spread."""
    if node.pool is None:
        if node.pool_low is not None or node.pool_high is not None:
            raise ValidationError({"pool": _("State the gain itself too, or clear its low and high value.")})
        return
    try:
        estimate(node.pool, node.pool_low, node.pool_high, node.pool_shape)
    except ValueError as problem:
        message = _("The gain, its low and its high value do not go together: %(reason)s.") % {"reason": problem}
        raise ValidationError({"pool": message}) from problem


def check_links_of(node: Node) -> None:
    """Refuse a kind with which a node's links would lead backwards."""
    links = Link.objects.filter(Q(source_node=node) | Q(target_node=node), removed_at=None)
    for link in links.select_related("portfolio", "source_node", "source_benefit", "target_node", "target_benefit"):
        check_link(link)


def check_node(node: Node) -> None:
    """Refuse a kind or a unit that does not go with the claims on a node."""
    if node.kind != "outcome" and claims_on(node).exists():
        raise CannotMap(
            _("“%(node)s” stays an outcome while benefits claim shares of it. Remove the claims first.")
            % {"node": node}
        )
    for claim in claims_in_force(node):
        check_unit(node, claim.benefit)


def check_unit(outcome: Node, benefit: Benefit) -> None:
    """Refuse a benefit that is counted in another unit than the gain that it wants a share of."""
    refusal = unit_refusal(outcome, benefit)
    if refusal:
        raise CannotMap(refusal)


def unit_refusal(outcome: Node, benefit: Benefit) -> str:
    """Return why a benefit cannot have a share of an outcome for its unit; empty when it can."""
    if outcome.pool is None or outcome.pool_unit.strip().casefold() == benefit.unit.strip().casefold():
        return ""
    money = outcome.portfolio.currency
    return sentence_of_unit(outcome.name, outcome.pool_unit or money, benefit.name, benefit.unit or money)


def check_outcome(node: Node) -> None:
    """Refuse shares of what is no outcome."""
    if node.kind != "outcome":
        raise CannotMap(_("Only an outcome has a gain to share, and “%(node)s” is none.") % {"node": node})


def check_share(outcome: Node, others: Iterable[Claim], share: Decimal) -> None:
    """Refuse a share that exceeds, with the other claims on an outcome, the whole."""
    refusal = share_refusal(outcome, [(claim.benefit.name, claim.share) for claim in others], share)
    if refusal:
        raise CannotMap(refusal)


def share_refusal(outcome: Node, others: Sequence[tuple[str, Decimal]], share: Decimal) -> str:
    """Return why a share cannot be had beside the other claims on an outcome; empty when it can."""
    try:
        rules.check_claim(others, share)
    except rules.OverClaim as problem:
        return sentence_of_claim(problem, outcome.name, share)
    return ""


def claims_against(changing: Sequence[Changing]) -> Iterator[Objection]:
    """Return which benefits could not keep the shares of outcomes that they claim; registered with the benefits.

    A benefit that claims a share keeps its unit, and one that is taken up again finds its share still free.
    """
    wanted = {one.after.pk: one for one in changing if _is_concerned(one)}
    claims = Claim.objects.filter(benefit__in=wanted, removed_at=None)
    if not wanted or not claims.exists():
        return
    with transaction.atomic():
        # Whoever would claim a share meanwhile waits for the outcome.
        held = Node.objects.select_for_update(of=("self",)).filter(pk__in=claims.values("outcome")).order_by("pk")
        outcomes = {row.pk: row for row in held.select_related("portfolio")}
        beside = _in_force(outcomes, wanted)
    for claim in claims.order_by("pk"):
        one, outcome = wanted[claim.benefit_id], outcomes[claim.outcome_id]
        yield from _objections(one, claim, outcome, [row for row in beside[outcome.pk] if row.pk != claim.pk])


def _is_concerned(one: Changing) -> bool:
    return one.after.state != rules.RETIRED and (one.is_changed("unit") or one.before.state == rules.RETIRED)


def _in_force(outcomes: Iterable[int], wanted: Mapping[int, Changing]) -> Mapping[int, list[Claim]]:
    """The claims on outcomes as they would count: those of benefits that are taken up again too."""
    rows = Claim.objects.filter(Q(benefit__in=wanted) | ~Q(benefit__state=rules.RETIRED), outcome__in=outcomes)
    found: defaultdict[int, list[Claim]] = defaultdict(list)
    for claim in rows.filter(removed_at=None).select_related("benefit").order_by("pk"):
        found[claim.outcome_id].append(claim)
    return found


def _objections(one: Changing, claim: Claim, outcome: Node, others: Iterable[Claim]) -> Iterator[Objection]:
    is_back = one.before.state == rules.RETIRED
    refusal = unit_refusal(outcome, one.after)
    if refusal:
        yield Objection(one.after.pk, "state" if is_back else "unit", refusal)
    if is_back:
        named = [(other.benefit.name, other.share) for other in others]
        refusal = share_refusal(outcome, named, claim.share)
        if refusal:
            yield Objection(one.after.pk, "state", refusal)
