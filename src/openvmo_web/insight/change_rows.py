"""What changed between two forecasts, as rows for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from openvmo_web.common import formats
from openvmo_web.insight.analysis import RunChanges
from openvmo_web.portfolio.models import Initiative, Portfolio


@dataclass(frozen=True)
class Move:
    """How far the expected net present value of one initiative moved."""

    initiative: str
    initiative_name: str
    before: float | None
    after: float | None
    difference: float
    changes: int
    is_chance: bool
    currency: str


@dataclass(frozen=True)
class ChangeRow:
    """One changed input: of which initiative, what, and its two values in words."""

    initiative: str
    what: str
    before: str
    after: str


def move_rows(portfolio: Portfolio, found: RunChanges) -> list[Move]:
    """Return the initiatives whose expected value moved, the farthest first."""
    keys = [shift.name for shift in found.initiatives]
    names = dict(Initiative.objects.filter(portfolio=portfolio, code__in=keys).values_list("code", "name"))
    return [
        Move(
            initiative=shift.name,
            initiative_name=names.get(shift.name, shift.name),
            before=shift.before,
            after=shift.after,
            difference=shift.difference,
            changes=shift.changes,
            is_chance=found.causes == ("seed",) or shift.may_be_chance,
            currency=portfolio.currency,
        )
        for shift in found.initiatives
    ]


def change_rows(found: RunChanges) -> list[ChangeRow]:
    """Return the changed parameters and inputs, in the order of the documents."""
    locale = formats.current_locale()
    return [
        *(_row("", change.place, change.before, change.after, locale) for change in found.parameters),
        *(_row(change.initiative, change.place, change.before, change.after, locale) for change in found.inputs),
    ]


def _row(initiative: str, place: tuple[str, ...], before: Any, after: Any, locale: str) -> ChangeRow:
    inner = place[2:] if initiative else place
    what = " › ".join(part.replace("_", " ") for part in inner) or _("the whole initiative")
    return ChangeRow(initiative, what, _said(before, locale), _said(after, locale))


def _said(value: Any, locale: str) -> str:
    """A value of a document as people read it; what holds others is named, not printed."""
    if value is None:
        return formats.NOT_KNOWN
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return formats.formatted(value, "number", locale)
    if isinstance(value, Mapping):
        return str(value.get("name") or value.get("id") or _("stated"))
    if isinstance(value, list):
        return _("%(count)d entries") % {"count": len(value)}
    return str(value)
