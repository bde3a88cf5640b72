"""What would change between two portfolios, cell by cell, as an import preview shows it."""

from __future__ import annotations

import collections
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from openvmo.engine.model import Portfolio
from openvmo.files.sheets import SHEETS, Sheet
from openvmo.files.tables import Key, rows_of

Row = tuple[str | float | int | None, ...]

# The columns that tell the rows of a sheet apart under the same record; all other columns are what may change.
_IDENTIFIED_BY: dict[str, tuple[str, ...]] = {
    "Portfolio": (),
    "Profiles": ("benefit",),
    "Dependencies": ("kind", "source", "target"),
    "Budgets": ("year",),
    "Status": ("at",),
    "Actuals": ("month", "source"),
    "Measurements": ("benefit", "month"),
}


class Change(StrEnum):
    """What happened to a record."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One record that came or went, or one value that changed.

    Args:
        sheet: the kind of record, as its sheet is named.
        key: the ids that name the record, outermost first; empty for the portfolio itself.
        column: heading of the changed value, "" when the whole record came or went.
        old: the old value as a cell, None when empty or when the record was added.
        new: the new value as a cell, None when empty or when the record was removed.
        kind: added, changed or removed.
    """

    sheet: str
    key: Key
    column: str
    old: str | float | int | None
    new: str | float | int | None
    kind: Change


def portfolio_differences(old: Portfolio, new: Portfolio) -> tuple[Difference, ...]:
    """Every difference between two portfolios, in the order of the sheets; empty when they state the same.

    The order of records does not count. Records are matched by their ids, or by what else tells them apart, such as the
    year of a budget; several with the same, such as two actuals of one month and source, are matched in their order.
    """
    return tuple(difference for sheet in SHEETS for difference in _in_sheet(sheet, old, new))


def _in_sheet(sheet: Sheet, old: Portfolio, new: Portfolio) -> Iterator[Difference]:
    before, after = _rows_by_key(sheet, old), _rows_by_key(sheet, new)
    for key, row in before.items():
        if key not in after:
            yield Difference(sheet.name, key, "", None, None, Change.REMOVED)
        elif row != after[key]:
            yield from _in_row(sheet, key, row, after[key])
    for key in after:
        if key not in before:
            yield Difference(sheet.name, key, "", None, None, Change.ADDED)


def _in_row(sheet: Sheet, key: Key, before: Row, after: Row) -> Iterator[Difference]:
    for column, old, new in zip(sheet.all_columns, before, after, strict=True):
        if old != new:
            yield Difference(sheet.name, key, column.heading, old, new, Change.CHANGED)


def _rows_by_key(sheet: Sheet, portfolio: Portfolio) -> dict[Key, Row]:
    headings = [column.heading for column in sheet.all_columns]
    names = (*(column.heading for column in sheet.keys), *_IDENTIFIED_BY.get(sheet.name, ("id",)))
    places = [headings.index(name) for name in names]
    seen: collections.Counter[Key] = collections.Counter()
    rows: dict[Key, Row] = {}
    for row in rows_of(portfolio, sheet):
        key = tuple(str(row[place]) for place in places)
        seen[key] += 1
        rows[key if seen[key] == 1 else (*key, f"#{seen[key]}")] = row
    return rows
