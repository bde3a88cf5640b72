"""Rows brought into line with what somebody states: the missing added, the different changed, the rest left alone."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from openvmo_web.common.models import Record

R = TypeVar("R", bound=Record)
K = TypeVar("K", bound=Hashable)
Values = Mapping[str, Any]
Changes = dict[str, tuple[Any, Any]]

BATCH = 2_000


@dataclass(frozen=True)
class Merged(Generic[K, R]):
    """What a merge did.

    Attributes:
        rows: All rows under their keys, those that were left alone too.
        added: The new rows.
        changed: The changed rows, each with the old and the new value of its changed fields.
    """

    rows: dict[K, R]
    added: list[R]
    changed: list[tuple[R, Changes]]


def changes_of(row: Record, values: Values) -> Changes:
    """Return the fields in which a row differs from the values, each with the old and the new value."""
    return {
        name: (_readable(getattr(row, name)), _readable(value))
        for name, value in values.items()
        if _differs(row, name, value)
    }


def changes_of_new(row: Record) -> Changes:
    """Return the fields that a new row states, each with nothing as its old value; what has its default is left out."""
    stated = {field.name: getattr(row, field.name) for field in row._meta.concrete_fields if field.name != "id"}
    defaults = {field.name: field.get_default() for field in row._meta.concrete_fields}
    return {name: (None, _readable(value)) for name, value in stated.items() if value != defaults[name]}


def row_change(row: Record, values: Values) -> Changes:
    """Store the values that differ from the row; return what was changed."""
    changes = changes_of(row, values)
    if changes:
        for name in changes:
            setattr(row, name, values[name])
        row.save(update_fields=list(changes))
    return changes


def rows_merge(
    kind: type[R], present: Iterable[R], wanted: Mapping[K, Values], *, key: Callable[[R], K]
) -> Merged[K, R]:
    """Bring rows into line with what is wanted; call it in a transaction.

    Args:
        kind: The model.
        present: The rows that may be meant.
        wanted: The values of each row, under its key; rows with other keys are left alone.
        key: The key of a row.
    """
    rows = {key(row): row for row in present}
    changed = [(rows[name], row_change(rows[name], values)) for name, values in wanted.items() if name in rows]
    new = {name: kind(**values) for name, values in wanted.items() if name not in rows}
    added = kind._default_manager.bulk_create(new.values(), batch_size=BATCH)
    return Merged(
        rows | dict(zip(new, added, strict=True)), added, [(row, changes) for row, changes in changed if changes]
    )


def history_add(
    kind: type[R],
    in_force: Iterable[R],
    wanted: Mapping[K, Values],
    *,
    key: Callable[[R], K],
    recorded: Values,
) -> list[tuple[R, R | None]]:
    """Add observations to a history that is never changed; call it in a transaction.

    A value that differs from the one in force supersedes it; one that says the same adds nothing.

    Args:
        kind: The model, with a field ``supersedes``.
        in_force: The rows that may be meant and that no other row supersedes.
        wanted: The values of each row, under its key.
        key: The key of a row.
        recorded: The values of all new rows, such as who recorded them.

    Returns:
        The new rows, each with the row that it supersedes.
    """
    rows = {key(row): row for row in in_force}
    fresh = {name: values for name, values in wanted.items() if name not in rows or changes_of(rows[name], values)}
    added = [kind(**values, **recorded, supersedes=rows.get(name)) for name, values in fresh.items()]
    kind._default_manager.bulk_create(added, batch_size=BATCH)
    return [(row, rows.get(name)) for name, row in zip(fresh, added, strict=True)]


def _differs(row: Record, name: str, value: Any) -> bool:
    if isinstance(value, Record):
        return bool(getattr(row, f"{name}_id") != value.pk)
    return bool(getattr(row, name) != value)


def _readable(value: Any) -> Any:
    return str(value) if isinstance(value, Record) else value
