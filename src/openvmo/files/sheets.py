"""The sheets of the native workbook and their columns, derived from the fields of the records."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from openvmo.engine.model import (
    Actual,
    Benefit,
    Budget,
    Correlation,
    CostLine,
    Dependency,
    Initiative,
    Measurement,
    Milestone,
    Objective,
    Option,
    Pool,
    Portfolio,
    Profile,
    Programme,
    Risk,
    StatusReport,
)
from openvmo.engine.quantities import Family
from openvmo.files.schema import Field, FieldKind, fields_of

# The order of the sheets in a workbook, with the name of each. How records are nested is read from the records.
_NAMES: dict[type[Any], str] = {
    Portfolio: "Portfolio",
    Objective: "Objectives",
    Programme: "Programmes",
    Initiative: "Initiatives",
    Option: "Options",
    CostLine: "Costs",
    Benefit: "Benefits",
    Profile: "Profiles",
    Risk: "Risks",
    Dependency: "Dependencies",
    Budget: "Budgets",
    Pool: "Pools",
    Correlation: "Correlations",
    Milestone: "Milestones",
    StatusReport: "Status",
    Actual: "Actuals",
    Measurement: "Measurements",
}
# The columns of an estimate: what each holds and what it means.
_ESTIMATE_PARTS = {
    "low": (
        FieldKind.NUMBER,
        "P10: one chance in ten of being below. Leave it empty together with high when no uncertainty was stated.",
    ),
    "likely": (FieldKind.NUMBER, "P50: as likely above as below; of a triangular or PERT estimate the mode."),
    "high": (FieldKind.NUMBER, "P90: one chance in ten of being above."),
    "family": (FieldKind.WORD, "The shape of its distribution."),
    "tail": (FieldKind.NUMBER, "What low and high mean: 0.1 for P10 and P90, 0.05 for P5 and P95, 0 for limits."),
    "outcomes": (
        FieldKind.OUTCOMES,
        "Only for discrete and empirical: values with chances, such as 0: 0.7; 100: 0.3, or observed values: 3; 5; 8.",
    ),
}
_EMPTY_PARTS = {"family": "Empty means three_point.", "tail": "Empty means 0.1."}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet.

    Args:
        heading: text in row 1.
        field: the field of the record that it states, or the key of the record above.
        kind: what its cells hold; never an estimate or records.
        about: one sentence that says what it means.
        part: low, likely, high, family, tail or outcomes when the field is an estimate, else "".
        is_key: whether it names the record above rather than stating a field.
        vocabulary: the words that its cells may hold; None when they hold no words.
    """

    heading: str
    field: Field
    kind: FieldKind
    about: str
    part: str = ""
    is_key: bool = False
    vocabulary: type[Any] | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The words that a cell may hold, empty when any text or number may stand there."""
        return () if self.vocabulary is None else tuple(member.value for member in self.vocabulary)

    @property
    def empty_means(self) -> str:
        """What an empty cell means where a part of an estimate has its own default, else ""."""
        return _EMPTY_PARTS.get(self.part, "")

    @property
    def is_required(self) -> bool:
        """Whether a cell of this column may not be empty."""
        return self.is_key or (self.field.is_required and self.part in ("", "likely"))


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind of record as a sheet.

    Args:
        name: name of the sheet, and of the CSV file in lower case.
        record: the record type of its rows.
        holder: the sheet of the record above; None for the portfolio itself.
        held_in: field of the record above that holds these records, "" for the portfolio itself.
        keys: columns that name the record above, outermost first; empty right under the portfolio.
        columns: columns of the record's own fields.
    """

    name: str
    record: type[Any]
    holder: Sheet | None
    held_in: str
    keys: tuple[Column, ...]
    columns: tuple[Column, ...]

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """Every column from the left."""
        return self.keys + self.columns

    @property
    def plain_fields(self) -> tuple[Field, ...]:
        """The fields that its columns state: all but nested records."""
        return tuple(field for field in fields_of(self.record) if field.kind is not FieldKind.RECORDS)


def normalised(heading: object) -> str:
    """A heading or sheet name without what people write differently: case, spaces, hyphens and underscores.

    >>> normalised(" Amount-Likely ") == normalised("amount_likely")
    True
    """
    return re.sub(r"[\s_\-]+", "", str(heading)).casefold()


def key_of(record: Any) -> str:
    """The text that names a record for the records nested in it."""
    return str(record.id)


def _sheets_from(record: type[Any], holder: Sheet | None, held_in: str) -> list[Sheet]:
    """The sheet of a record type, followed by the sheets of all that is nested in it."""
    keys = () if holder is None or holder.record is Portfolio else (*holder.keys, _key_column(holder))
    own = tuple(column for field in fields_of(record) for column in _columns_of(field))
    sheet = Sheet(_NAMES[record], record, holder, held_in, keys, own)
    nested = [(field.holds, field.name) for field in fields_of(record) if field.kind is FieldKind.RECORDS]
    return [sheet, *(found for kind, name in nested if kind is not None for found in _sheets_from(kind, sheet, name))]


def _key_column(holder: Sheet) -> Column:
    (identity,) = [field for field in fields_of(holder.record) if field.name == "id"]
    word = holder.record.__name__.lower()
    return Column(word, identity, FieldKind.TEXT, f"Id of the {word} that the row belongs to.", is_key=True)


def _columns_of(field: Field) -> tuple[Column, ...]:
    if field.kind is FieldKind.RECORDS:
        return ()
    if field.kind is not FieldKind.ESTIMATE:
        return (Column(field.name, field, field.kind, field.about, vocabulary=_vocabulary(field)),)
    return tuple(
        Column(
            f"{field.name}_{part}",
            field,
            kind,
            f"{field.about} {meaning}",
            part,
            vocabulary=Family if kind is FieldKind.WORD else None,
        )
        for part, (kind, meaning) in _ESTIMATE_PARTS.items()
    )


def _vocabulary(field: Field) -> type[Any] | None:
    return field.holds if field.kind is FieldKind.WORD else None


def _in_order() -> tuple[Sheet, ...]:
    order = list(_NAMES)
    return tuple(sorted(_sheets_from(Portfolio, None, ""), key=lambda sheet: order.index(sheet.record)))


SHEETS: tuple[Sheet, ...] = _in_order()
SHEET_BY_NAME: dict[str, Sheet] = {normalised(sheet.name): sheet for sheet in SHEETS}
GUIDE = "Guide"


def children_of(sheet: Sheet) -> tuple[Sheet, ...]:
    """The sheets of the records nested in this sheet's records."""
    return tuple(found for found in SHEETS if found.holder is not None and found.holder.name == sheet.name)
