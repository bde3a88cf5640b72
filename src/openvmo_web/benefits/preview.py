"""What a change of several benefits would do, before it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openvmo_web.benefits.checks import Problems, bulk_problems, label_of_field, with_names
from openvmo_web.benefits.models import Benefit
from openvmo_web.common.merge import changes_of


@dataclass(frozen=True)
class FieldChange:
    """One field of one benefit, before and after, in words."""

    benefit: Benefit
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class BulkPreview:
    """What would change.

    Attributes:
        changes: Each field that would change.
        changed: How many benefits would change.
        problems: The benefits that cannot change, with the problems by field; then none of them changes.
    """

    changes: list[FieldChange]
    changed: int
    problems: list[tuple[Benefit, Problems]]


def bulk_preview(benefits: Sequence[Benefit], values: Mapping[str, Any]) -> BulkPreview:
    """Return what giving several benefits of one portfolio the same values would change; nothing is written."""
    told = [(benefit, with_names(benefit, values)) for benefit in benefits]
    problems = bulk_problems(told, benefits[0].initiative.portfolio_id) if benefits else []
    changes = [change for benefit, wanted in told for change in field_changes(benefit, wanted)]
    return BulkPreview(changes, len({change.benefit.pk for change in changes}), problems)


def field_changes(benefit: Benefit, values: Mapping[str, Any]) -> list[FieldChange]:
    """Return the fields in which new values differ from a benefit, in words; a name goes with its person."""
    return [
        FieldChange(benefit, label_of_field(name), _in_words(benefit, name, before), _in_words(benefit, name, after))
        for name, (before, after) in changes_of(benefit, values).items()
        if not (name.endswith("_name") and name.removesuffix("_name") in values)
    ]


def _in_words(_benefit: Benefit, name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    choices = dict(Benefit._meta.get_field(name).flatchoices)  # type: ignore[union-attr]
    return str(choices.get(value, value))
