"""What rooms above say against a change of benefits: they know what hangs on them.

Rooms live above this one, so each registers in its ``ready``::

    register_check(claims_against)    # claims_against(changing) -> objections
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openvmo_web.benefits.models import Benefit
from openvmo_web.common.merge import changes_of


@dataclass(frozen=True)
class Changing:
    """A benefit as it is stored, and as it would be."""

    before: Benefit
    after: Benefit

    def is_changed(self, field: str) -> bool:
        """Whether a field would say something else."""
        return bool(getattr(self.before, field) != getattr(self.after, field))


@dataclass(frozen=True)
class Objection:
    """Why a benefit, given by its key, cannot have the new value of a field."""

    benefit: int
    field: str
    problem: str


Check = Callable[[Sequence[Changing]], Iterable[Objection]]

_checks: list[Check] = []


def register_check(check: Check) -> None:
    """Register what a room asks; registering it twice changes nothing. It is asked about many benefits at once."""
    if check not in _checks:
        _checks.append(check)


def objections_to(told: Iterable[tuple[Benefit, Mapping[str, Any]]]) -> dict[int, list[tuple[str, str]]]:
    """Return what the rooms say against new values of stored benefits, by key: fields with problems."""
    changing = [one for row, values in told if not row._state.adding and (one := _changing(row, values))]
    found: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for check in _checks if changing else ():
        for objection in check(changing):
            found[objection.benefit].append((objection.field, objection.problem))
    return dict(found)


def _changing(row: Benefit, values: Mapping[str, Any]) -> Changing | None:
    """The benefit before and after; None where nothing changes."""
    changes = changes_of(row, values)
    after = copy.copy(row)
    for name in changes:
        setattr(after, name, values[name])
    return Changing(row, after) if changes else None
