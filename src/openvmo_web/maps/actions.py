"""What is written about the benefits map: its nodes, links, claims and places, and the way back.

A circle and an over-claim are seen only by looking at several rows, so one change of a portfolio's map waits for the
other: every action holds the row of the portfolio.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from openvmo.engine import model
from openvmo_web.access.models import User
from openvmo_web.access.permissions import require
from openvmo_web.audit.actions import Deed, record, record_all
from openvmo_web.audit.models import AuditEntry, Version
from openvmo_web.benefits.actions import benefit_change
from openvmo_web.benefits.models import Benefit
from openvmo_web.benefits.stated import hold
from openvmo_web.common.fields import stored_amount
from openvmo_web.common.merge import Changes, changes_of_new, row_change, rows_merge
from openvmo_web.common.models import Versioned
from openvmo_web.maps.checks import (
    CannotMap,
    check_belongs,
    check_initiative,
    check_link,
    check_links_of,
    check_node,
    check_on_map,
    check_outcome,
    check_pool,
    check_share,
    check_unit,
)
from openvmo_web.maps.models import Claim, Link, Node, Place
from openvmo_web.maps.queries import BENEFIT, NODE, OBJECTIVE, claims_in_force, claims_on, keys_of, split_id
from openvmo_web.maps.rules import RETIRED, Point, pool_values
from openvmo_web.maps.words import sentence_of_ends, share_words
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.strategy.models import Objective

N = TypeVar("N", Node, Link, Claim)

UNDO = "map.undo"
# What people do on the map; what is handed on when somebody leaves is no gesture on it.
OWN_ACTIONS = (
    "node.add",
    "node.change",
    "node.remove",
    "link.add",
    "link.change",
    "link.remove",
    "claim.set",
    "claim.remove",
)
# The kinds whose states are kept, so that a gesture on them can be taken back.
UNDOABLE: tuple[type[Versioned], ...] = (Node, Link, Claim)
CODE_LETTERS = {"enabler": "E", "change": "C", "outcome": "O"}


def node_add(
    *,
    portfolio: Portfolio,
    kind: str,
    name: str,
    code: str = "",
    by: User,
    at: datetime,
    gesture: UUID | None = None,
    **values: Any,
) -> Node:
    """Add an enabler, a change or an outcome; without a code it gets the next one of its kind.

    Raises:
        Refused: `by` may not change the map.
        ValidationError: a value does not fit, or the code is taken.
        CannotMap: the initiative belongs to another portfolio.
    """
    require(by, "map.change", portfolio_id=portfolio.pk)
    with transaction.atomic():
        _hold(portfolio)
        node = Node(portfolio=portfolio, kind=kind, name=name, code=code or _next_code(portfolio, kind), **values)
        check_initiative(node)
        check_pool(node)
        node.full_clean()
        node.save()
        _record_new(node, "node.add", portfolio, by=by, at=at, gesture=gesture or uuid4())
    return node


def node_change(*, node: Node, by: User, at: datetime, **values: Any) -> Node:
    """Change a node's fields, given by name; what stays the same is not recorded.

    Raises:
        Refused: `by` may not change the map.
        ValidationError: a value does not fit.
        CannotMap: what leads to it, what hangs on it or who claims it does not go with the change.
    """
    require(by, "map.change", portfolio_id=node.portfolio_id)
    with transaction.atomic():
        _hold(node.portfolio)
        _bring_up(node)
        is_moved = values.get("kind", node.kind) != node.kind
        changes = _changed(node, values)
        check_initiative(node)
        check_node(node)
        check_pool(node)
        if is_moved:
            check_links_of(node)
        _record_change(node, "node.change", node.portfolio_id, changes, by=by, at=at, gesture=uuid4())
    return node


def node_remove(*, node: Node, cascade: bool = False, by: User, at: datetime) -> Node:
    """Take a node off the map with its links; it stays for those who look back.

    Args:
        node: The node.
        cascade: Remove the claims on it too; without it they keep it on the map.
        by: Who removes it.
        at: When.

    Raises:
        Refused: `by` may not change the map.
        CannotMap: benefits claim shares of it.
    """
    require(by, "map.change", portfolio_id=node.portfolio_id)
    with transaction.atomic():
        _hold(node.portfolio)
        _bring_up(node)
        claims = list(claims_on(node))
        if claims_in_force(node).exists() and not cascade:
            raise CannotMap(
                _("“%(node)s” cannot be removed while benefits claim shares of it: %(benefits)s. Remove them with it.")
                % {"node": node, "benefits": ", ".join(f"“{claim.benefit}”" for claim in claims_in_force(node))}
            )
        links = Link.objects.filter(Q(source_node=node) | Q(target_node=node), removed_at=None)
        related = links.select_related("source_node", "source_benefit", "target_node", "target_benefit")
        doomed: list[tuple[str, Versioned]] = [("claim.remove", claim) for claim in claims]
        doomed += [("link.remove", link) for link in related]
        doomed.append(("node.remove", node))
        deeds = [Deed(action, row, row_change(row, {"removed_at": at})) for action, row in doomed]
        record_all(deeds, by=by, at=at, portfolio_id=node.portfolio_id, gesture=uuid4())
    return node


def link_add(
    *,
    portfolio: Portfolio,
    source: Node | Benefit,
    target: Node | Benefit,
    strength: float | None = None,
    by: User,
    at: datetime,
    gesture: UUID | None = None,
) -> Link:
    """Say that one thing leads to another.

    Raises:
        Refused: `by` may not change the map.
        ValidationError: the strength is not a share.
        CannotMap: the link would lead backwards, close a circle, or is there already.
    """
    require(by, "map.change", portfolio_id=portfolio.pk)
    with transaction.atomic():
        _hold(portfolio)
        link = Link(portfolio=portfolio, strength=strength)
        for end, row in (("source", source), ("target", target)):
            row.refresh_from_db()
            check_belongs(portfolio, row)
            setattr(link, f"{end}_node" if isinstance(row, Node) else f"{end}_benefit", row)
        check_link(link)
        link.full_clean()
        link.save()
        _record_new(link, "link.add", portfolio, by=by, at=at, gesture=gesture or uuid4())
    return link


def things_connect(
    *,
    portfolio: Portfolio,
    source: Node | Benefit | Objective,
    target: Node | Benefit | Objective,
    strength: float | None = None,
    by: User,
    at: datetime,
) -> Link | Benefit:
    """Connect two things of a map: by a link, or by saying which objective a benefit serves.

    Raises:
        Refused: `by` may not change the map.
        ValidationError: the strength is not a share.
        CannotMap: the one cannot lead to the other.
    """
    if isinstance(source, Benefit) and isinstance(target, Objective):
        return benefit_serve(benefit=source, objective=target, by=by, at=at)
    if isinstance(source, Objective) or isinstance(target, Objective):
        require(by, "map.change", portfolio_id=portfolio.pk)
        raise CannotMap(sentence_of_ends(source, target))
    return link_add(portfolio=portfolio, source=source, target=target, strength=strength, by=by, at=at)


def link_change(*, link: Link, strength: float | None, by: User, at: datetime) -> Link:
    """Say how much of its target hangs on a link's source; None: all of it.

    Raises:
        Refused: `by` may not change the map.
        ValidationError: the strength is not a share.
        CannotMap: the link was removed by now.
    """
    require(by, "map.change", portfolio_id=link.portfolio_id)
    with transaction.atomic():
        _hold(link.portfolio)
        _bring_up(link)
        changes = _changed(link, {"strength": strength})
        _record_change(link, "link.change", link.portfolio_id, changes, by=by, at=at, gesture=uuid4())
    return link


def link_remove(*, link: Link, by: User, at: datetime) -> Link:
    """Take a link off the map; it stays for those who look back.

    Raises:
        Refused: `by` may not change the map.
        CannotMap: a claim rests on it.
    """
    require(by, "map.change", portfolio_id=link.portfolio_id)
    with transaction.atomic():
        _hold(link.portfolio)
        _bring_up(link)
        claim = Claim.objects.filter(
            outcome=link.source_node_id, benefit=link.target_benefit_id, removed_at=None
        ).first()
        if claim:
            raise CannotMap(
                _("“%(benefit)s” claims %(share)s of “%(outcome)s” along this link. Remove the claim first.")
                % {
                    "benefit": link.target_benefit,
                    "share": share_words(claim.share),
                    "outcome": link.source_node,
                }
            )
        changes = row_change(link, {"removed_at": at})
        _record_change(link, "link.remove", link.portfolio_id, changes, by=by, at=at, gesture=uuid4())
    return link


def claim_set(*, outcome: Node, benefit: Benefit, share: Decimal, by: User, at: datetime) -> Claim:
    """Let a benefit claim a share of an outcome's gain, in place of what it claimed; it is linked to it if need be.

    Raises:
        Refused: `by` may not change the map.
        ValidationError: the share is not above 0 and up to 1.
        CannotMap: the claims together would exceed the whole, the units differ, or it is not an outcome.
    """
    portfolio = outcome.portfolio
    require(by, "map.change", portfolio_id=portfolio.pk)
    with transaction.atomic():
        _hold(portfolio)
        # Whoever changes the unit of the benefit, or takes up another one, meanwhile waits for them in this order.
        hold(benefit)
        _bring_up(outcome)
        check_belongs(portfolio, outcome)
        check_belongs(portfolio, benefit)
        check_outcome(outcome)
        check_unit(outcome, benefit)
        claims = {claim.benefit_id: claim for claim in claims_in_force(outcome)}
        present = claims.pop(benefit.pk, None)
        check_share(outcome, claims.values(), share)
        gesture = uuid4()
        if present is None:
            claim = Claim(outcome=outcome, benefit=benefit, share=share)
            claim.full_clean()
            claim.save()
            _record_new(claim, "claim.set", portfolio, by=by, at=at, gesture=gesture)
            if not Link.objects.filter(source_node=outcome, target_benefit=benefit, removed_at=None).exists():
                link_add(portfolio=portfolio, source=outcome, target=benefit, by=by, at=at, gesture=gesture)
            return claim
        changes = _changed(present, {"share": share})
        _record_change(present, "claim.set", portfolio.pk, changes, by=by, at=at, gesture=gesture)
    return present


def claim_remove(*, claim: Claim, by: User, at: datetime) -> Claim:
    """Give a claimed share back; the link stays.

    Raises:
        Refused: `by` may not change the map.
        CannotMap: it was given back by now.
    """
    portfolio = claim.outcome.portfolio
    require(by, "map.change", portfolio_id=portfolio.pk)
    with transaction.atomic():
        _hold(portfolio)
        _bring_up(claim)
        changes = row_change(claim, {"removed_at": at})
        _record_change(claim, "claim.remove", portfolio.pk, changes, by=by, at=at, gesture=uuid4())
    return claim


def pools_import(
    *,
    portfolio: Portfolio,
    stated: model.Portfolio,
    initiatives: Mapping[str, Initiative],
    benefits: Mapping[tuple[int, str], Benefit],
    by: User,
    at: datetime,
    gesture: UUID | None = None,
) -> dict[str, Node]:
    """Bring the pools of a file and the claims on them into line; return their outcomes on the map, by code.

    A benefit claims a share of the one pool that the file names, in place of what it claimed of others; where the file
    names none, its claims stay.

    Args:
        portfolio: The portfolio.
        stated: What the file states; it has passed the checks, so no claims exceed the whole.
        initiatives: The initiatives of the portfolio, by code.
        benefits: Its benefits, by the key of the initiative and their code.
        by: Who imports it.
        at: When.
        gesture: Shared by all audit entries.
    """
    require(by, "portfolio.import", portfolio_id=portfolio.pk)
    with transaction.atomic():
        _hold(portfolio)
        wanted = {pool.id: pool_values(pool) | {"portfolio": portfolio} for pool in stated.pools}
        nodes = rows_merge(Node, portfolio.map_nodes.select_related("portfolio"), wanted, key=lambda row: row.code)
        deeds = [Deed("node.add", row, changes_of_new(row)) for row in nodes.added]
        deeds += [Deed("node.change", row, changes) for row, changes in nodes.changed]
        shares = {
            benefits[initiatives[one.id].pk, benefit.id].pk: (nodes.rows[benefit.pool], stored_amount(benefit.claim))
            for one in stated.initiatives
            for benefit in one.benefits
            if benefit.pool and benefit.claim
        }
        deeds += [*_claims_moved(shares, at), *_claims_linked(portfolio, shares)]
        record_all(deeds, by=by, at=at, portfolio_id=portfolio.pk, gesture=gesture)
    return {code: nodes.rows[code] for code in wanted}


def _claims_moved(shares: Mapping[int, tuple[Node, Decimal]], at: datetime) -> Iterator[Deed]:
    """Give back what benefits claimed of other pools, and store what they claim now."""
    present = Claim.objects.filter(benefit__in=shares, removed_at=None, outcome__pool__isnull=False)
    in_force: dict[tuple[int, int], Claim] = {}
    for claim in present.select_related("outcome", "benefit"):
        if claim.outcome_id == shares[claim.benefit_id][0].pk:
            in_force[claim.outcome_id, claim.benefit_id] = claim
        else:
            yield Deed("claim.remove", claim, row_change(claim, {"removed_at": at}))
    wanted = {
        (outcome.pk, benefit): {"outcome_id": outcome.pk, "benefit_id": benefit, "share": share}
        for benefit, (outcome, share) in shares.items()
    }
    claims = rows_merge(Claim, in_force.values(), wanted, key=lambda row: (row.outcome_id, row.benefit_id))
    yield from (Deed("claim.set", row, changes_of_new(row)) for row in claims.added)
    yield from (Deed("claim.set", row, changes) for row, changes in claims.changed)


def _claims_linked(portfolio: Portfolio, shares: Mapping[int, tuple[Node, Decimal]]) -> Iterator[Deed]:
    """Lead outcomes to the benefits that claim shares of them; nothing leads back, so no circle can close."""
    links = Link.objects.filter(portfolio=portfolio, target_benefit__in=shares, removed_at=None)
    linked = set(links.values_list("source_node", "target_benefit"))
    new = [
        Link(portfolio=portfolio, source_node=outcome, target_benefit_id=benefit)
        for benefit, (outcome, _share) in shares.items()
        if (outcome.pk, benefit) not in linked
    ]
    yield from (Deed("link.add", row, changes_of_new(row)) for row in Link.objects.bulk_create(new))


def benefit_serve(*, benefit: Benefit, objective: Objective | None, by: User, at: datetime) -> Benefit:
    """Say which objective a benefit serves; None: none.

    Raises:
        Refused: `by` may not change the map, or not the register of benefits.
        CannotMap: the objective is no longer pursued.
    """
    require(by, "map.change", portfolio_id=benefit.initiative.portfolio_id)
    if objective is not None and objective.retired_at is not None:
        raise CannotMap(
            _("The objective “%(objective)s” is no longer pursued. Choose one that is.") % {"objective": objective}
        )
    return benefit_change(benefit=benefit, objective=objective, by=by, at=at)


def places_set(*, portfolio: Portfolio, places: Mapping[str, Point], by: User, at: datetime) -> int:
    """Remember where somebody put things on the map; return how many.

    Args:
        portfolio: The portfolio.
        places: The places by the ids of the things: across from the start of the column, and down from the top.
        by: Who put them there.
        at: When.

    Raises:
        Refused: `by` may not change the map.
        CannotMap: something is not of this portfolio.
    """
    require(by, "map.change", portfolio_id=portfolio.pk)
    if not places:
        return 0
    check_on_map(portfolio, places)
    pairs = {split_id(id): point for id, point in places.items()}
    rows = [
        Place(portfolio=portfolio, kind=kind, key=key, x=point.x, y=point.y) for (kind, key), point in pairs.items()
    ]
    with transaction.atomic():
        unique = ("portfolio", "kind", "key")
        Place.objects.bulk_create(rows, update_conflicts=True, unique_fields=unique, update_fields=("x", "y"))
        changes = {"places": (None, len(rows))}
        record(by=by, at=at, action="map.arrange", on=portfolio, portfolio_id=portfolio.pk, changes=changes)
    return len(rows)


def layout_reset(*, portfolio: Portfolio, things: Iterable[str], by: User, at: datetime) -> int:
    """Forget where things were put, so that the map lays them out by itself; return how many.

    Raises:
        Refused: `by` may not change the map.
    """
    require(by, "map.change", portfolio_id=portfolio.pk)
    wanted, wanted_ids = Q(pk__in=()), list(things)
    for kind in (NODE, BENEFIT, OBJECTIVE):
        wanted |= Q(kind=kind, key__in=keys_of(wanted_ids, kind))
    with transaction.atomic():
        count, _kinds = Place.objects.filter(wanted, portfolio=portfolio).delete()
        if count:
            changes = {"places": (count, None)}
            record(by=by, at=at, action="map.tidy", on=portfolio, portfolio_id=portfolio.pk, changes=changes)
    return count


def gesture_undo(*, portfolio: Portfolio, by: User, at: datetime) -> list[Versioned]:
    """Take back the last change that a person made to a map's nodes, links and claims; return what has changed back.

    Raises:
        Refused: `by` may not change the map.
        CannotMap: there is nothing to take back, or others have built on it since.
    """
    require(by, "map.change", portfolio_id=portfolio.pk)
    with transaction.atomic():
        _hold(portfolio)
        entries = _last_gesture(portfolio, by)
        # Backwards: what was added or removed last had what was there before it.
        deeds = [_undone(entry, at) for entry in reversed(entries)]
        rows = [deed.on for deed in deeds if isinstance(deed.on, Versioned)]
        for row in rows:
            _check_fits(row)
        record_all(deeds, by=by, at=at, portfolio_id=portfolio.pk, gesture=entries[0].gesture)
    return rows


def _hold(portfolio: Portfolio) -> None:
    """Wait for other changes of this map to end, and keep them waiting until this one has ended."""
    Portfolio.objects.select_for_update(no_key=True).get(pk=portfolio.pk)


def _bring_up(row: N) -> None:
    """Bring a row up to what is stored, and hold it until the transaction is over; refuse what was removed by now.

    What was read before may say what another person has changed since.
    """
    row.refresh_from_db(from_queryset=type(row).objects.select_for_update(of=("self",)))
    if row.removed_at is not None:
        raise CannotMap(_("“%(thing)s” is no longer on the map. Load the map again.") % {"thing": row})


def _changed(row: Versioned, values: Mapping[str, Any]) -> Changes:
    """Store values that fit; those that do not are refused with words before the database refuses them without."""
    wanted = copy(row)
    for name, value in values.items():
        setattr(wanted, name, value)
    wanted.full_clean()
    return row_change(row, values)


def _record_new(row: Versioned, action: str, portfolio: Portfolio, *, by: User, at: datetime, gesture: UUID) -> None:
    changes = changes_of_new(row)
    record(by=by, at=at, action=action, on=row, portfolio_id=portfolio.pk, changes=changes, gesture=gesture)


def _record_change(
    row: Versioned,
    action: str,
    portfolio_id: int,
    changes: Changes,
    *,
    by: User,
    at: datetime,
    gesture: UUID,
) -> None:
    if changes:
        record(by=by, at=at, action=action, on=row, portfolio_id=portfolio_id, changes=changes, gesture=gesture)


def _next_code(portfolio: Portfolio, kind: str) -> str:
    """The letter of the kind with the first free number behind those that were given."""
    letter = CODE_LETTERS.get(kind, "N")
    codes = Node.objects.filter(portfolio=portfolio, code__startswith=letter).values_list("code", flat=True)
    numbers = [int(code[1:]) for code in codes if code[1:].isascii() and code[1:].isdigit()]
    return f"{letter}{max(numbers, default=0) + 1}"


def _last_gesture(portfolio: Portfolio, by: User) -> list[AuditEntry]:
    """The entries of the last gesture of a person on a map that was not yet taken back, in their order."""
    kinds = [kind._meta.label_lower for kind in UNDOABLE]
    entries = AuditEntry.objects.filter(portfolio_id=portfolio.pk, kind__in=kinds, action__in=(*OWN_ACTIONS, UNDO))
    undone = entries.filter(action=UNDO).values("gesture")
    last = entries.filter(actor_key=by.pk).exclude(gesture=None).exclude(gesture__in=undone).order_by("-id").first()
    if last is None:
        raise CannotMap(_("There is no change of yours on this map that could be taken back."))
    return list(entries.filter(gesture=last.gesture).order_by("id"))


def _undone(entry: AuditEntry, at: datetime) -> Deed:
    """Give the row of an entry the state that it had before, and return what was changed back.

    Raises:
        CannotMap: it was changed again, or others have taken its code or its place since.
    """
    row, values = _state_before(entry, at)
    try:
        return Deed(UNDO, row, _changed(row, values))
    except ValidationError as problem:
        raise CannotMap(
            _("“%(thing)s” cannot be as it was before your last change: %(problem)s Nothing was taken back.")
            % {"thing": row, "problem": " ".join(problem.messages)}
        ) from problem


def _state_before(entry: AuditEntry, at: datetime) -> tuple[Versioned, dict[str, Any]]:
    """The row that an entry is about, and the values that it had before; what was new then is removed."""
    kind = next(kind for kind in UNDOABLE if kind._meta.label_lower == entry.kind)
    row = kind._default_manager.get(pk=int(entry.key))
    states = Version.objects.filter(kind=entry.kind, key=entry.key).order_by("-at", "-id")
    after = states.get(entry=entry)
    if states[0].values != after.values:
        raise CannotMap(
            _("“%(thing)s” was changed again since your last change. Nothing was taken back.") % {"thing": row}
        )
    earlier = states.filter(id__lt=after.pk).first()
    if earlier is None:
        return row, {"removed_at": at}
    before = kind.of_state(row.pk, earlier.values)
    names = [field.name for field in kind._meta.concrete_fields if field.name != "id"]
    return row, {name: getattr(before, name) for name in names}


def _check_fits(row: Versioned) -> None:
    """Refuse a state of before that no longer goes with what others have done since."""
    if isinstance(row, Node):
        links = Link.objects.filter(Q(source_node=row) | Q(target_node=row), removed_at=None)
        if row.removed_at is not None and (links.exists() or claims_on(row).exists()):
            raise CannotMap(
                _("“%(node)s” is linked by now, so adding it cannot be taken back. Remove it instead.") % {"node": row}
            )
        if row.removed_at is None:
            check_node(row)
            check_links_of(row)
    elif isinstance(row, Link) and row.removed_at is None:
        for end in (row.source_node, row.target_node):
            if end is not None:
                check_belongs(row.portfolio, end)
        check_link(row)
    elif isinstance(row, Claim) and row.removed_at is None:
        check_belongs(row.outcome.portfolio, row.outcome)
        check_outcome(row.outcome)
        if row.benefit.state == RETIRED:
            # It counts again once the benefit is taken up again, and is looked at then.
            return
        check_unit(row.outcome, row.benefit)
        check_share(row.outcome, claims_in_force(row.outcome).exclude(pk=row.pk), row.share)
