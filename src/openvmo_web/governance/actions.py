"""What is written about bodies, rights and decisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from openvmo_web.access.models import User
from openvmo_web.access.permissions import Refused, require
from openvmo_web.audit.actions import record
from openvmo_web.benefits.actions import baselines_set, options_fund
from openvmo_web.common import formats
from openvmo_web.common.fields import stored_amount
from openvmo_web.governance.evidence import evidence_digest, is_unchanged
from openvmo_web.governance.models import Body, Decision, DecisionItem, DecisionRight
from openvmo_web.governance.queries import deciders_of, deciding_body
from openvmo_web.governance.rules import NoSingleDecider
from openvmo_web.governance.words import limit_words, sentence_of, status_of
from openvmo_web.insight.models import Run
from openvmo_web.insight.queries import document_of, plans_as_known
from openvmo_web.portfolio.actions import initiatives_approve
from openvmo_web.portfolio.changes import refreshed_once
from openvmo_web.portfolio.models import Initiative, Portfolio

KIND = "fund_portfolio"


class CannotDecide(ValueError):
    """A decision cannot be proposed or taken as things stand; the message says why and what to do."""


class NobodyDecides(CannotDecide):
    """The decision rights of the portfolio do not name exactly one body for a decision of this size."""


def body_set(*, portfolio: Portfolio, code: str, name: str, members: Iterable[User], by: User, at: datetime) -> Body:
    """Add a body or change its name and members; setting what is already so changes nothing."""
    require(by, "access.assign", portfolio_id=portfolio.pk)
    with transaction.atomic():
        body, is_new = Body.objects.get_or_create(portfolio=portfolio, code=code, defaults={"name": name})
        old_name, old = (None if is_new else body.name), set(body.members.all())
        body.name = name
        body.full_clean()
        body.save(update_fields=["name"])
        body.members.set(members)
        new = set(body.members.all())
        changes = {"name": (old_name, name), "members": (_names(old), _names(new))}
        _record_changes(body, "body.set", changes, by=by, at=at)
    return body


def right_set(
    *, portfolio: Portfolio, kind: str, up_to: Decimal | None, decider: Body, by: User, at: datetime
) -> DecisionRight:
    """Name the body that decides on a kind of decision up to an amount, in place of the one that did."""
    require(by, "access.assign", portfolio_id=portfolio.pk)
    if decider.portfolio_id != portfolio.pk:
        raise CannotDecide(_("“%(body)s” belongs to another portfolio. Choose a body of this one.") % {"body": decider})
    with transaction.atomic():
        right = DecisionRight.objects.select_for_update(of=("self",)).select_related("decider")
        found = right.filter(portfolio=portfolio, kind=kind, up_to=up_to).first()
        old = found.decider.name if found else None
        kept = found or DecisionRight(portfolio=portfolio, kind=kind, up_to=up_to)
        kept.decider = decider
        kept.full_clean()
        kept.save()
        limit = limit_words(up_to, portfolio.currency)
        changes = {"decider": (old, decider.name), "limit": (limit if found else None, limit)}
        _record_changes(kept, "right.set", changes, by=by, at=at)
    return kept


def decision_propose(*, run: Run, title: str, rationale: str, by: User, at: datetime) -> Decision:
    """Make a finished choice a proposal to the one body that decides on its size, with the evidence frozen.

    Raises:
        Refused: `by` may not propose decisions here.
        CannotDecide: the run is no finished choice, or it was proposed already.
        NobodyDecides: nobody has the right to decide on it.
    """
    require(by, "decision.propose", portfolio_id=run.portfolio_id)
    document = _choice_document(run)
    amount = stored_amount(document["cost"]["mean"])
    with transaction.atomic():
        # Numbers count up without a gap: one proposal at a time in a portfolio.
        portfolio = Portfolio.objects.select_for_update().get(pk=run.portfolio_id)
        _check_not_proposed(run)
        items = list(_items(run, document))
        decision = Decision.objects.create(
            portfolio=portfolio,
            number=1 + (Decision.objects.filter(portfolio=portfolio).aggregate(last=Max("number"))["last"] or 0),
            kind=KIND,
            title=title,
            rationale=rationale,
            amount=amount,
            run=run,
            evidence_digest=evidence_digest(run, items),
            decider=_decider(portfolio, amount),
            proposed_by=by,
            proposed_at=at,
        )
        for item in items:
            item.decision = decision
        DecisionItem.objects.bulk_create(items)
        changes = {
            "title": (None, title),
            "decider": (None, decision.decider.name),
            "evidence": (None, decision.evidence_digest),
        }
        _record_changes(decision, "decision.propose", changes, by=by, at=at)
    return decision


def decision_approve(*, decision: Decision, remark: str = "", by: User, at: datetime) -> Decision:
    """Approve a proposal: what it funds moves from proposal to approved, and its plan versions become the baseline.

    An option that is funded and does not stand first in its plan does so in a new version.

    Raises:
        Refused: `by` does not decide on it; the message says who does.
        CannotDecide: it was decided already, or its evidence is not what was proposed.
    """
    with transaction.atomic(), refreshed_once(at):
        decision = _for_deciding(decision, by)
        if not is_unchanged(decision):
            raise CannotDecide(
                _("The stored evidence is not what was proposed. Nothing was decided: have the run verified.")
            )
        gesture = uuid4()
        decision = _decided(decision, "approved", "decision.approve", remark, by=by, at=at, gesture=gesture)
        funded = Initiative.objects.filter(decision_items__decision=decision, decision_items__verdict="fund")
        initiatives_approve(
            initiatives=list(funded.order_by("pk")),
            note=_("Decision %(number)s") % {"number": decision.number},
            by=by,
            at=at,
            gesture=gesture,
        )
        items = decision.items.filter(verdict="fund", plan__isnull=False).select_related("plan").order_by("pk")
        said: dict[str, Any] = {
            "portfolio": decision.portfolio,
            "funded": [(item.plan, item.option_code) for item in items],
            "decision": decision.number,
            "by": by,
            "at": at,
            "gesture": gesture,
        }
        options_fund(**said)
        baselines_set(**said)
    return decision


def decision_reject(*, decision: Decision, remark: str, by: User, at: datetime) -> Decision:
    """Reject a proposal; the remark tells its proposer why.

    Raises:
        Refused: `by` does not decide on it; the message says who does.
        CannotDecide: it was decided already, or no reason was given.
    """
    with transaction.atomic():
        decision = _for_deciding(decision, by)
        if not remark.strip():
            raise CannotDecide(_("Say in a remark why the proposal is rejected: its proposer needs to know."))
        return _decided(decision, "rejected", "decision.reject", remark, by=by, at=at)


def decision_withdraw(*, decision: Decision, remark: str = "", by: User, at: datetime) -> Decision:
    """Take back a proposal of one's own before it is decided.

    Raises:
        Refused: somebody else proposed it.
        CannotDecide: it was decided already.
    """
    require(by, "decision.propose", portfolio_id=decision.portfolio_id)
    with transaction.atomic():
        decision = _open(decision)
        if decision.proposed_by_id != by.pk:
            sentence = _("Only %(proposer)s, who proposed it, can withdraw this decision.") % {
                "proposer": decision.proposed_by
            }
            raise Refused(sentence, permission="decision.propose", portfolio_id=decision.portfolio_id)
        return _decided(decision, "withdrawn", "decision.withdraw", remark, by=by, at=at)


def _choice_document(run: Run) -> Mapping[str, Any]:
    if run.kind != "choose" or not run.is_finished:
        raise CannotDecide(_("Only a finished choice can be proposed. Start a choice and wait for its result."))
    return document_of(run)


def _check_not_proposed(run: Run) -> None:
    earlier = Decision.objects.filter(run=run, state__in=("proposed", "approved")).first()
    if earlier is not None:
        values = {"number": earlier.number, "state": status_of(earlier.state).label.lower()}
        raise CannotDecide(_("This choice is already decision %(number)s, which is %(state)s. Open that one.") % values)


def _decider(portfolio: Portfolio, amount: Decimal) -> Body:
    try:
        return deciding_body(portfolio, KIND, amount)
    except NoSingleDecider as problem:
        raise NobodyDecides(sentence_of(problem, portfolio.currency)) from problem


def _items(run: Run, document: Mapping[str, Any]) -> Iterator[DecisionItem]:
    """What the choice says about each initiative, with the plan version that the run was given."""
    initiatives = {row.code: row for row in Initiative.objects.filter(portfolio=run.portfolio_id)}
    plans = {plan.initiative_id: plan for plan in plans_as_known(run.portfolio, run.started_at)}
    for row in document["initiatives"]:
        initiative = initiatives[row["initiative"]]
        yield DecisionItem(
            initiative=initiative,
            plan=plans.get(initiative.pk),
            verdict="fund" if row["is_in"] else "decline",
            option_code=row["option"] or "",
            cost=stored_amount(row["cost"]),
            value=stored_amount(row["value"]),
            reason=row["reason"],
        )


def _for_deciding(decision: Decision, by: User) -> Decision:
    """The decision locked and still open, once it is sure that this person decides on it."""
    require(by, "decision.decide", portfolio_id=decision.portfolio_id)
    decision = _open(decision)
    deciders = deciders_of(decision)
    if by in deciders:
        return decision
    values = {
        "body": decision.decider,
        "names": ", ".join(str(person) for person in deciders) or _("nobody at present"),
    }
    why = (
        _("You proposed this decision, so that somebody else decides it.")
        if by.pk == decision.proposed_by_id
        else _("You are not a member of the body that decides on this.")
    )
    who = _("It is for “%(body)s” to decide: %(names)s.") % values
    raise Refused(f"{why} {who}", permission="decision.decide", portfolio_id=decision.portfolio_id)


def _open(decision: Decision) -> Decision:
    locked = Decision.objects.select_for_update(of=("self",)).select_related(
        "decider", "portfolio", "proposed_by", "decided_by"
    )
    decision = locked.get(pk=decision.pk)
    if decision.decided_at is not None:
        values = {
            "state": status_of(decision.state).label.lower(),
            "name": decision.decided_by,
            "day": formats.day(decision.decided_at, formats.current_locale()),
        }
        raise CannotDecide(
            _("This decision is %(state)s since %(day)s, by %(name)s. It can no longer be changed.") % values
        )
    return decision


def _decided(
    decision: Decision, state: str, action: str, remark: str, *, by: User, at: datetime, gesture: Any = None
) -> Decision:
    old = decision.state
    decision.state, decision.remark, decision.decided_by, decision.decided_at = state, remark.strip(), by, at
    decision.save(update_fields=["state", "remark", "decided_by", "decided_at"])
    changes = {"state": (old, state)}
    record(
        by=by,
        at=at,
        action=action,
        on=decision,
        portfolio_id=decision.portfolio_id,
        changes=changes,
        note=decision.remark,
        gesture=gesture,
    )
    return decision


def _record_changes(
    on: Body | DecisionRight | Decision,
    action: str,
    changes: Mapping[str, tuple[object, object]],
    *,
    by: User,
    at: datetime,
) -> None:
    """Record what differs; what was set to what it was already leaves no trace."""
    different = {field: pair for field, pair in changes.items() if pair[0] != pair[1]}
    if different:
        record(by=by, at=at, action=action, on=on, portfolio_id=on.portfolio_id, changes=different)


def _names(people: Iterable[User]) -> str:
    return ", ".join(sorted(str(person) for person in people))
