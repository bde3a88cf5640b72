"""What is written about the benefits of the register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from openvmo.engine import model
from openvmo_web.access.models import User
from openvmo_web.access.permissions import require
from openvmo_web.audit.actions import Deed, record, record_all
from openvmo_web.benefits.checks import (
    PEOPLE,
    Problems,
    bulk_problems,
    change_problems,
    frozen_by,
    people_problems,
    thawed,
    with_doubt,
    with_names,
)
from openvmo_web.benefits.models import Benefit
from openvmo_web.benefits.rules import benefit_values
from openvmo_web.benefits.standings import refresh
from openvmo_web.benefits.stated import (
    BenefitKey,
    Wanted,
    benefit_key,
    present_benefits,
    unsaved,
    wanted_rows,
    with_people,
    with_positions,
)
from openvmo_web.common.merge import BATCH, Changes, changes_of, changes_of_new, rows_merge
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.strategy.models import Objective


class CannotChange(ValidationError):
    """Several benefits cannot be changed together; each problem names the benefit."""


def benefit_add(
    *, initiative: Initiative, name: str, kind: str, code: str = "", by: User, at: datetime, **values: Any
) -> Benefit:
    """Add a benefit to an initiative; how it arrives is part of the plan.

    Args:
        initiative: The initiative that brings it.
        name: A change verb and a measure.
        kind: Its class.
        code: Short name, unique in the initiative; empty gives the next one.
        by: Who adds it.
        at: When.
        values: Further fields by name.

    Raises:
        Refused: the person may not change the register.
        ValidationError: by field, what cannot be stored.
    """
    require(by, "benefit.change", portfolio_id=initiative.portfolio_id)
    with transaction.atomic():
        benefit = _new_benefit(initiative, {"name": name, "kind": kind, "code": code, **values})
        _refuse(people_problems(values, initiative.portfolio_id) | change_problems(benefit, values, {}))
        benefit.save()
        changes = changes_of_new(benefit)
        record(by=by, at=at, action="benefit.add", on=benefit, portfolio_id=initiative.portfolio_id, changes=changes)
        refresh([benefit.pk], at)
    return benefit


def benefit_change(*, benefit: Benefit, by: User, at: datetime, note: str = "", **values: Any) -> Benefit:
    """Change a benefit's fields, given by name; what stays the same is not recorded.

    Raises:
        Refused: the person may not change the register.
        ValidationError: by field, what cannot be stored; nothing was changed.
    """
    portfolio_id = benefit.initiative.portfolio_id
    require(by, "benefit.change", portfolio_id=portfolio_id)
    with transaction.atomic():
        told = with_names(benefit, values)
        _refuse(_people_problems(benefit, told) | change_problems(benefit, told, frozen_by([benefit.pk])))
        _store([(benefit, told)], portfolio_id, by, at, note=note)
    return benefit


def benefits_change(
    *, benefits: Sequence[Benefit], values: Mapping[str, Any], by: User, at: datetime, note: str = ""
) -> list[Benefit]:
    """Give several benefits of a portfolio the same values: all of them or none, in one gesture.

    Args:
        benefits: The benefits, of one portfolio, each with its initiative.
        values: The new values by field.
        by: Who changes them.
        at: When.
        note: Why.

    Returns:
        Those that were changed; the others said so already.

    Raises:
        Refused: the person may not change the register.
        CannotChange: one of them cannot be changed; each problem names the benefit.
    """
    for portfolio_id in sorted({benefit.initiative.portfolio_id for benefit in benefits}):
        require(by, "benefit.change", portfolio_id=portfolio_id)
    with transaction.atomic():
        told = [(benefit, with_names(benefit, values)) for benefit in benefits]
        if benefits:
            _refuse(people_problems(values, benefits[0].initiative.portfolio_id))
        _refuse_all(bulk_problems(told, frozen_by([benefit.pk for benefit in benefits])))
        return _store(told, benefits[0].initiative.portfolio_id if benefits else None, by, at, note=note)


def benefit_retire(*, benefit: Benefit, reason: str, by: User, at: datetime) -> Benefit:
    """Retire a benefit that is no longer pursued or that has run its course; its figures stay.

    Raises:
        Refused: the person may not change the register.
        ValidationError: it is retired already, or no reason is given.
    """
    portfolio_id = benefit.initiative.portfolio_id
    require(by, "benefit.change", portfolio_id=portfolio_id)
    if benefit.state == "retired":
        raise ValidationError(_("This benefit is retired already."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the benefit is retired.")})
    with transaction.atomic():
        changes = {"state": (benefit.state, "retired")}
        benefit.state = "retired"
        benefit.save(update_fields=["state"])
        record(
            by=by, at=at, action="benefit.retire", on=benefit, portfolio_id=portfolio_id, changes=changes, note=reason
        )
        refresh([benefit.pk], at)
    return benefit


def benefit_validate(*, benefit: Benefit, by: User, at: datetime, note: str = "") -> Benefit:
    """Vouch for finance that a benefit is stated as it will count; never for a benefit of one's own.

    Raises:
        Refused: the person may not validate benefits.
        ValidationError: the person owns it, it was validated already, or it is retired.
    """
    portfolio_id = benefit.initiative.portfolio_id
    require(by, "benefit.validate", portfolio_id=portfolio_id)
    if benefit.owner_id == by.pk:
        raise ValidationError(_("You are accountable for this benefit: another person has to validate it."))
    if benefit.validated_at is not None:
        raise ValidationError(_("Finance has validated this benefit already, and nothing of it has changed since."))
    if benefit.state == "retired":
        raise ValidationError(_("This benefit is retired: there is nothing to validate."))
    with transaction.atomic():
        changes = _set(benefit, {"validated_at": at, "validated_by": by})
        benefit.save(update_fields=list(changes))
        record(
            by=by, at=at, action="benefit.validate", on=benefit, portfolio_id=portfolio_id, changes=changes, note=note
        )
    return benefit


def benefits_import(
    *,
    portfolio: Portfolio,
    stated: Sequence[model.Initiative],
    initiatives: Mapping[str, Initiative],
    objectives: Mapping[str, Objective],
    by: User,
    at: datetime,
    gesture: UUID | None = None,
) -> dict[BenefitKey, Benefit]:
    """Bring the benefits of a file into line; return all of the portfolio's, by initiative key and code.

    Raises:
        Refused: the person may not import.
        CannotChange: the file changes what a baseline has frozen; each problem names the benefit.
    """
    require(by, "portfolio.import", portfolio_id=portfolio.pk)
    with transaction.atomic():
        present = present_benefits(portfolio)
        wanted = {
            (initiatives[one.id].pk, benefit.id): benefit_values(benefit)
            | {"initiative": initiatives[one.id], "objective": objectives.get(benefit.objective)}
            for one in stated
            for benefit in one.benefits
        }
        wanted = with_people(wanted, present)
        frozen = frozen_by(Benefit.objects.filter(initiative__portfolio=portfolio).values("pk"))
        _refuse_all(thawed(((present[key], values) for key, values in wanted.items() if key in present), frozen))
        merged = rows_merge(Benefit, present.values(), with_positions(wanted, present), key=benefit_key)
        deeds = [Deed("benefit.add", row, changes_of_new(row)) for row in merged.added]
        deeds += [Deed("benefit.change", row, changes) for row, changes in merged.changed]
        record_all(deeds, by=by, at=at, portfolio_id=portfolio.pk, gesture=gesture)
    return merged.rows


def benefits_apply(
    *, portfolio: Portfolio, wanted: Sequence[Wanted], by: User, at: datetime, gesture: UUID | None = None
) -> list[Benefit]:
    """Bring benefits into line with a sheet: those that it names and no others, all of them or none.

    Args:
        portfolio: The portfolio.
        wanted: What the sheet states; a benefit that is not known is added.
        by: Who imports it.
        at: When.
        gesture: Shared by all audit entries.

    Returns:
        The benefits that were added or changed.

    Raises:
        Refused: the person may not change the register.
        CannotChange: one of them cannot be stored; each problem names the benefit.
    """
    require(by, "benefit.change", portfolio_id=portfolio.pk)
    with transaction.atomic():
        told = wanted_rows(portfolio, wanted)
        frozen = frozen_by(Benefit.objects.filter(initiative__portfolio=portfolio).values("pk"))
        _refuse_all(bulk_problems(told, frozen))
        new = [row for row, _values in told if row._state.adding]
        Benefit.objects.bulk_create(new, batch_size=BATCH)
        deeds = [Deed("benefit.add", row, changes_of_new(row)) for row in new]
        record_all(deeds, by=by, at=at, portfolio_id=portfolio.pk, gesture=gesture)
        changed = _store(told, portfolio.pk, by, at, gesture=gesture)
        refresh([row.pk for row in new], at)
    return [*new, *changed]


def _new_benefit(initiative: Initiative, values: Mapping[str, Any]) -> Benefit:
    codes = set(initiative.benefits.values_list("code", flat=True))
    position = len(codes)
    numbered = (f"{initiative.code}-B{number}" for number in range(position + 1, position + len(codes) + 2))
    code = values["code"] or next(code for code in numbered if code not in codes)
    if code in codes:
        taken = _("The initiative has a benefit with this code already. Choose another one, or leave it empty.")
        raise ValidationError({"code": taken})
    return unsaved(initiative, {**values, "code": code, "position": position})


def _store(
    told: Iterable[tuple[Benefit, Mapping[str, Any]]],
    portfolio_id: int | None,
    by: User,
    at: datetime,
    *,
    note: str = "",
    gesture: UUID | None = None,
) -> list[Benefit]:
    """Write the values that differ, in few queries; return the benefits that were changed."""
    changed = [(row, _set(row, with_doubt(row, values))) for row, values in told]
    changed = [(row, changes) for row, changes in changed if changes]
    fields = sorted({name for _row, changes in changed for name in changes})
    if not changed:
        return []
    Benefit.objects.bulk_update([row for row, _changes in changed], fields, batch_size=BATCH)
    deeds = [Deed("benefit.change", row, changes, note) for row, changes in changed]
    shared = gesture or (uuid4() if len(changed) > 1 else None)
    record_all(deeds, by=by, at=at, portfolio_id=portfolio_id, gesture=shared)
    refresh([row.pk for row, _changes in changed], at)
    return [row for row, _changes in changed]


def _set(row: Benefit, values: Mapping[str, Any]) -> Changes:
    changes = changes_of(row, values)
    for name in changes:
        setattr(row, name, values[name])
    return changes


def _people_problems(row: Benefit, values: Mapping[str, Any]) -> Problems:
    """Only who is chosen anew is asked about: an old choice does not keep others from their work."""
    fresh = {role: values[role] for role in PEOPLE if role in changes_of(row, values)}
    return people_problems(fresh, row.initiative.portfolio_id)


def _refuse(problems: Problems) -> None:
    if problems:
        raise ValidationError(dict(problems))


def _refuse_all(problems: Sequence[tuple[Benefit, Problems]]) -> None:
    if problems:
        raise CannotChange(
            [
                _("%(code)s %(name)s: %(problem)s") % {"code": row.code, "name": row.name, "problem": problem}
                for row, by_field in problems
                for told in by_field.values()
                for problem in told
            ]
        )
