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
    Problems,
    bulk_problems,
    change_problems,
    known_about,
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
    held,
    hold,
    present_benefits,
    unsaved,
    wanted_rows,
)
from openvmo_web.common.merge import BATCH, Changes, changes_of, changes_of_new
from openvmo_web.portfolio.changes import refreshed_once
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
        # Codes count up: of two who add at the same time the second finds the benefit of the first.
        Initiative.objects.select_for_update().get(pk=initiative.pk)
        benefit = _new_benefit(initiative, {"name": name, "kind": kind, "code": code, **values})
        _refuse(_problems(benefit, values, initiative.portfolio_id))
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
        hold(benefit)
        told = with_names(benefit, values)
        _refuse(_problems(benefit, told, portfolio_id))
        _store([(benefit, told)], portfolio_id, by, at, note=note)
    return benefit


def benefits_change(
    *, benefits: Sequence[Benefit], values: Mapping[str, Any], by: User, at: datetime, note: str = ""
) -> list[Benefit]:
    """Give several benefits of a portfolio the same values: all of them or none, in one gesture.

    Args:
        benefits: The benefits, of one portfolio, each with its initiative; what is stored of them counts.
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
    if not benefits:
        return []
    portfolio_id = benefits[0].initiative.portfolio_id
    with transaction.atomic():
        rows = held(benefit.pk for benefit in benefits)
        told = [(rows[benefit.pk], with_names(rows[benefit.pk], values)) for benefit in benefits]
        _refuse_all(bulk_problems(told, portfolio_id))
        return _store(told, portfolio_id, by, at, note=note)


def benefit_retire(*, benefit: Benefit, reason: str, by: User, at: datetime) -> Benefit:
    """Retire a benefit that is no longer pursued or that has run its course; its figures stay.

    Raises:
        Refused: the person may not change the register.
        ValidationError: it is retired already, or no reason is given.
    """
    portfolio_id = benefit.initiative.portfolio_id
    require(by, "benefit.change", portfolio_id=portfolio_id)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the benefit is retired.")})
    with transaction.atomic():
        hold(benefit)
        if benefit.state == "retired":
            raise ValidationError(_("This benefit is retired already."))
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
    with transaction.atomic():
        hold(benefit)
        _check_validatable(benefit, by)
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
    """Bring the benefits of a file into line; return all that its initiatives have, by initiative key and code.

    A name means a person only where that person can see the portfolio; it stays as stated in any case.

    Raises:
        Refused: the person may not import.
        CannotChange: one of them cannot be stored; each problem names the benefit.
    """
    require(by, "portfolio.import", portfolio_id=portfolio.pk)
    wanted = [
        Wanted(
            initiatives[one.id],
            benefit.id,
            {
                **{name: value for name, value in benefit_values(benefit).items() if name != "code"},
                "objective": objectives.get(benefit.objective),
            },
        )
        for one in stated
        for benefit in one.benefits
    ]
    with transaction.atomic():
        present = present_benefits(portfolio, wanted, is_held=True)
        told = wanted_rows(present, wanted, seen_in=portfolio.pk)
        _bring_into_line(told, portfolio.pk, by, at, gesture)
    return present | {benefit_key(row): row for row, _values in told}


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
        present = present_benefits(portfolio, wanted, is_held=True)
        return _bring_into_line(wanted_rows(present, wanted), portfolio.pk, by, at, gesture)


def _bring_into_line(
    told: Sequence[tuple[Benefit, Mapping[str, Any]]], portfolio_id: int, by: User, at: datetime, gesture: UUID | None
) -> list[Benefit]:
    """Add the rows that are new and change the others, all or none; return those that were added or changed."""
    _refuse_all(bulk_problems(told, portfolio_id))
    new = [row for row, _values in told if row._state.adding]
    known = [(row, values) for row, values in told if not row._state.adding]
    Benefit.objects.bulk_create(new, batch_size=BATCH)
    deeds = [Deed("benefit.add", row, changes_of_new(row)) for row in new]
    record_all(deeds, by=by, at=at, portfolio_id=portfolio_id, gesture=gesture)
    with refreshed_once(at):
        changed = _store(known, portfolio_id, by, at, gesture=gesture)
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


def _problems(row: Benefit, values: Mapping[str, Any], portfolio_id: int) -> Problems:
    return change_problems(row, values, known_about([(row, values)], portfolio_id))


def _check_validatable(benefit: Benefit, by: User) -> None:
    if benefit.owner_id == by.pk:
        raise ValidationError(_("You are accountable for this benefit: another person has to validate it."))
    if benefit.validated_at is not None:
        raise ValidationError(_("Finance has validated this benefit already, and nothing of it has changed since."))
    if benefit.state == "retired":
        raise ValidationError(_("This benefit is retired: there is nothing to validate."))


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
